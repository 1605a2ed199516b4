//! Rehearsals from registration to the audited record; restarts; many ballots at once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{POLICY, Place, wait_until};
use serde_json::json;
use std::{fs, thread};
use tabella::{Auditor, Receipt, audit::Warning, primitives::rng};

#[test]
fn an_open_election_from_registration_to_the_audited_record() {
    let place = Place::new();
    let site = place.rehearse();
    let before = site.site();
    assert_eq!((&before["name"], &before["rehearsal"]), (&json!("Town"), &json!(true)));
    assert_eq!((&before["registry"]["size"], &before["elections"]), (&json!(0), &json!([])));
    let citizens = [site.citizen(), site.citizen(), site.citizen()];
    assert_eq!(site.site()["registry"]["size"], 3);
    let id = site.start_election("open", &["Canteen", "Park"]);
    // Who registers later is not in this election.
    site.citizen();
    let election = site.election(&id);
    assert_eq!(election.manifest().registry().size, 3);
    let listed = site.site()["elections"][0].clone();
    assert_eq!(
        (&listed["id"], &listed["kind"], &listed["state"]),
        (&json!(id), &json!("open"), &json!("open"))
    );
    assert_eq!((&listed["title"], &listed["ballots"]), (&json!("Lunch"), &json!(0)));

    let ballots = ["Canteen", "Park", "Park"]
        .iter()
        .zip(&citizens)
        .map(|(choice, citizen)| site.ballot(&election, citizen, choice));
    let ballots: Vec<_> = ballots.collect();
    let receipts: Vec<Receipt> = ballots
        .iter()
        .map(|ballot| Receipt::from_json(&site.cast(&election, ballot).expect(201).bytes).unwrap())
        .collect();
    // The same ballot again is no second vote; another is.
    let again = site.cast(&election, &ballots[0]).expect(201);
    assert_eq!(Receipt::from_json(&again.bytes).unwrap(), receipts[0]);
    let second = site.ballot(&election, &citizens[0], "Park");
    let refused = site.cast(&election, &second);
    assert_eq!(refused.refusal(), (409, "already-voted".to_owned()));
    assert_eq!(
        refused.json()["error"]["message"],
        "this voter already cast another ballot, it stands at index 0"
    );
    let state = site.state(&id);
    assert_eq!(
        (&state["state"], &state["ballots"], &state["closed_at"]),
        (&json!("open"), &json!(3), &json!(null))
    );
    assert_eq!(state["head"], receipts[2].link.to_string());
    let record = format!("/api/v1/elections/{id}/record");
    assert_eq!(site.get(&record).refusal(), (409, "not-finished".to_owned()));

    let closed = site.post(&format!("/api/v1/rehearsal/elections/{id}/close"), "").expect(200).json();
    assert_eq!((&closed["state"], &closed["ballots"]), (&json!("finished"), &json!(3)));
    assert!(closed["closed_at"].is_u64());
    assert_eq!(site.cast(&election, &second).refusal(), (409, "closed".to_owned()));
    // Once more changes nothing.
    assert_eq!(site.post(&format!("/api/v1/rehearsal/elections/{id}/close"), "").expect(200).json(), closed);
    let answer = site.get(&record).expect(200);
    assert_eq!(answer.header("content-type"), "application/jsonl");
    let rng = &mut rng::from_os().unwrap();
    let report = Auditor::new(POLICY)
        .expect_election(election.manifest().id())
        .audit(answer.bytes.as_slice(), rng)
        .unwrap();
    let counts: Vec<u64> = report.tally.counts.iter().map(|count| count.votes).collect();
    assert_eq!((report.ballots, counts), (3, vec![1, 2]));
    assert!(
        report.warnings.iter().any(|warning| matches!(warning, Warning::ClosedEarly { .. })),
        "the audit says it"
    );
    for receipt in &receipts {
        receipt.check_in_record(answer.bytes.as_slice()).unwrap();
    }
    let unopened = site.get(&format!("{record}?unopened"));
    assert_eq!(unopened.refusal(), (404, "not-secret".to_owned()));
}

#[test]
fn a_secret_election_survives_a_restart_and_is_opened() {
    let place = Place::new();
    let site = place.rehearse();
    let citizens = [site.citizen(), site.citizen(), site.citizen()];
    let id = site.start_election("secret", &["Canteen", "Park"]);
    let election = site.election(&id);
    let mut ballots = Vec::new();
    for (citizen, choice) in citizens.iter().zip(["Park", "Canteen"]) {
        let ballot = site.ballot(&election, citizen, choice);
        site.cast(&election, &ballot).expect(201);
        ballots.push(ballot);
    }
    let (before, registry) = (site.state(&id), site.site()["registry"].clone());
    site.stop();

    let site = place.rehearse();
    assert_eq!(site.state(&id), before);
    assert_eq!(site.site()["registry"], registry, "label and slots are what they were");
    assert_eq!(site.site()["elections"][0]["kind"], "secret");
    let again = site.cast(&election, &ballots[1]).expect(201);
    assert_eq!(Receipt::from_json(&again.bytes).unwrap().index, 1);
    let second = site.ballot(&election, &citizens[0], "Canteen");
    assert_eq!(site.cast(&election, &second).refusal(), (409, "already-voted".to_owned()));
    let third = site.ballot(&election, &citizens[2], "Park");
    site.cast(&election, &third).expect(201);
    let record = format!("/api/v1/elections/{id}/record");
    assert_eq!(site.get(&format!("{record}?unopened")).refusal(), (409, "not-finished".to_owned()));

    let closed = site.post(&format!("/api/v1/rehearsal/elections/{id}/close"), "").expect(200).json();
    assert_eq!(closed["state"], "finished");
    let (rng, auditor) =
        (&mut rng::from_os().unwrap(), Auditor::new(POLICY).expect_election(election.manifest().id()));
    let unopened = site.get(&format!("{record}?unopened")).expect(200);
    assert_eq!(auditor.audit_unopened(unopened.bytes.as_slice(), rng).unwrap().closing.ballots, 3);
    let whole = site.get(&record).expect(200);
    let report = auditor.audit(whole.bytes.as_slice(), rng).unwrap();
    let counts: Vec<u64> = report.tally.counts.iter().map(|count| count.votes).collect();
    assert_eq!((report.ballots, counts), (3, vec![1, 2]));
    // Once more after a restart.
    site.stop();
    let site = place.rehearse();
    assert_eq!(site.state(&id)["state"], "finished");
    assert_eq!(site.get(&record).expect(200).bytes, whole.bytes);
}

#[test]
fn a_secret_election_with_one_ballot_ends_without_a_result() {
    let place = Place::new();
    let site = place.rehearse();
    let citizens = [site.citizen(), site.citizen()];
    let id = site.start_election("secret", &["Canteen", "Park"]);
    let election = site.election(&id);
    site.cast(&election, &site.ballot(&election, &citizens[0], "Park")).expect(201);
    let closed = site.post(&format!("/api/v1/rehearsal/elections/{id}/close"), "").expect(200).json();
    assert_eq!((&closed["state"], &closed["ballots"]), (&json!("finished"), &json!(1)));
    let record = site.get(&format!("/api/v1/elections/{id}/record")).expect(200);
    let report = Auditor::new(POLICY).audit(record.bytes.as_slice(), &mut rng::from_os().unwrap()).unwrap();
    assert!(
        report.opening.is_some_and(|opening| opening.shares.is_empty()) && report.tally.winners.is_empty()
    );
}

#[test]
fn what_was_interrupted_is_done_after_a_restart() {
    let place = Place::new();
    let site = place.rehearse();
    let citizens = [site.citizen(), site.citizen()];
    let id = site.start_election("secret", &["Canteen", "Park"]);
    let election = site.election(&id);
    for citizen in &citizens {
        site.cast(&election, &site.ballot(&election, citizen, "Park")).expect(201);
    }
    site.post(&format!("/api/v1/rehearsal/elections/{id}/close"), "").expect(200);
    site.stop();
    // As if the process had been killed before the record was written, and while an election was being made.
    let folder = place.at("site").join("elections").join(&id);
    fs::remove_file(folder.join("record.jsonl")).unwrap();
    let half = place.at("site").join("elections").join(".new-half");
    fs::create_dir(&half).unwrap();
    let site = place.rehearse();
    wait_until("the record", || site.state(&id)["state"] == "finished");
    assert!(!half.exists());
    assert_eq!(site.site()["elections"].as_array().unwrap().len(), 1);
    let record = site.get(&format!("/api/v1/elections/{id}/record")).expect(200);
    let report = Auditor::new(POLICY).audit(record.bytes.as_slice(), &mut rng::from_os().unwrap()).unwrap();
    assert_eq!((report.ballots, report.opening.unwrap().shares.len()), (2, 3));
}

#[test]
fn sixty_four_ballots_at_once_are_each_accepted_once() {
    const VOTERS: usize = 64;
    let place = Place::new();
    let site = place.rehearse();
    let citizens: Vec<_> = (0..VOTERS).map(|_| site.citizen()).collect();
    let id = site.start_election("open", &["Canteen", "Park"]);
    let election = site.election(&id);
    let ballots: Vec<_> = citizens.iter().map(|citizen| site.ballot(&election, citizen, "Park")).collect();
    // Each is sent twice, by two threads.
    let receipts: Vec<Receipt> = thread::scope(|scope| {
        let senders: Vec<_> = ballots
            .iter()
            .chain(&ballots)
            .map(|ballot| scope.spawn(|| site.cast(&election, ballot).expect(201).bytes))
            .collect();
        senders.into_iter().map(|sender| Receipt::from_json(&sender.join().unwrap()).unwrap()).collect()
    });
    let (first, second) = receipts.split_at(VOTERS);
    assert_eq!(first, second, "both got the same receipt");
    let mut indices: Vec<u64> = first.iter().map(|receipt| receipt.index).collect();
    indices.sort_unstable();
    assert!(indices.into_iter().eq(0..64));
    site.post(&format!("/api/v1/rehearsal/elections/{id}/close"), "").expect(200);
    let record = site.get(&format!("/api/v1/elections/{id}/record")).expect(200);
    let report = Auditor::new(POLICY).audit(record.bytes.as_slice(), &mut rng::from_os().unwrap()).unwrap();
    assert_eq!(report.ballots, 64);
}
