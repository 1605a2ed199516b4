//! Records in which every link and count fits, because whoever wrote them broke another rule.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{
    CLOSES_AT, OPENS_AT, Parts, SECRETS, ballot, builder, check, digest, fault, leaves, manifest, options,
    root_of, seal,
};
use tabella_audit::{AuditOptions, Cause, Fault, PublishedHead, PublishedReceipt, TrustedKey, Warning};
use tabella_primitives::{Fr, encoding::EncodingError};
use tabella_protocol::{
    ballot::{BallotError, BallotStatement, OpenBallot, Selection, SelectionError},
    election::{FrozenRegistry, KeyProvenance, Manifest, Rules, Window},
    record::Link,
    registry::RegistryRoot,
    statement::{CircuitId, Nullifier},
    tally::{Outcome, Tally},
};
use tabella_verifier::{DecodeError, InvalidProof, Proof, ProofPoint, testing::ForgingKey};

#[test]
fn an_honest_record_holds() {
    let parts = Parts::honest();
    let report = check(&parts.write(), &options()).unwrap();
    assert_eq!(report.election, parts.manifest.id());
    assert_eq!((report.ballots, report.entries, report.citizens), (7, 12, Some(10)));
    assert_eq!(report.tally, parts.tally);
    assert_eq!(report.head, *parts.links().last().unwrap());
    assert_eq!(report.warnings, [Warning::InsecureDevelopmentKey]);
    let text = report.to_string();
    for part in ["every check was made again", "INSECURE DEVELOPMENT", "Where do we eat?", "\"Park\""] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // What a record cannot show is not claimed.
    assert!(text.contains("no nullifier twice") && text.contains("proofs of possession"), "{text}");
    assert!(!text.contains("no citizen twice"), "{text}");
}

#[test]
fn a_closing_time_to_come_is_a_warning_for_who_has_a_clock() {
    let record = Parts::honest().write();
    let warnings = |options: AuditOptions| check(&record, &options).unwrap().warnings;
    assert_eq!(warnings(options()), [Warning::InsecureDevelopmentKey]);
    assert_eq!(warnings(options().now(CLOSES_AT)), [Warning::InsecureDevelopmentKey]);
    let future = Warning::ClosedInFuture { closed_at: CLOSES_AT, now: CLOSES_AT - 1 };
    assert_eq!(warnings(options().now(CLOSES_AT - 1)), [Warning::InsecureDevelopmentKey, future.clone()]);
    assert!(future.to_string().contains("closed 1 second from now"), "{future}");
    assert_eq!(
        serde_json::to_string(&future).unwrap(),
        format!(r#"{{"warning":"closed-in-future","closed_at":{CLOSES_AT},"now":{}}}"#, CLOSES_AT - 1)
    );
}

#[test]
fn an_election_without_ballots_and_without_its_registry_holds() {
    let mut parts = Parts::of(manifest(), Vec::new());
    parts.leaves.clear();
    parts.closed_at = CLOSES_AT - 60;
    let report = check(&parts.write(), &options()).unwrap();
    assert_eq!((report.ballots, report.citizens), (0, None));
    let early = Warning::ClosedEarly { closes_at: CLOSES_AT, closed_at: CLOSES_AT - 60 };
    assert_eq!(report.warnings, [Warning::InsecureDevelopmentKey, Warning::RegistryNotIncluded, early]);
    assert_eq!(report.tally.outcome, Outcome::NoneQualified);
}

#[test]
fn another_election_or_key_than_expected() {
    let record = Parts::honest().write();
    let actual = manifest().id();
    assert!(check(&record, &options().expect_election(actual)).is_ok());
    let other = builder().nonce([2; 32]).build().unwrap().id();
    assert_eq!(
        check(&record, &options().expect_election(other)),
        Err(Fault {
            entry: 0,
            field: "body.manifest",
            cause: Cause::WrongElection { expected: other, actual }
        })
    );
    let key = || SECRETS.verifying_key().prepare();
    let untrusted =
        Cause::UntrustedKey { circuit: CircuitId::Membership10V1, digest: SECRETS.verifying_key().digest() };
    let untrusted = Err(Fault { entry: 0, field: "body.manifest.verifying_key", cause: untrusted });
    // No key, the key for another circuit, another key.
    assert_eq!(check(&record, &AuditOptions::new([])), untrusted);
    let elsewhere = TrustedKey::new(CircuitId::Membership16V1, key(), KeyProvenance::InsecureDevelopment);
    assert_eq!(check(&record, &AuditOptions::new([elsewhere])), untrusted);
    let mut rng = common::rng();
    // The first draw is the election's own key.
    let [_, foreign] = [(); 2].map(|()| ForgingKey::generate(4, &mut rng).verifying_key().prepare());
    let foreign = TrustedKey::new(CircuitId::Membership10V1, foreign, KeyProvenance::InsecureDevelopment);
    assert_eq!(check(&record, &AuditOptions::new([foreign])), untrusted);
    let provenance = TrustedKey::new(CircuitId::Membership10V1, key(), KeyProvenance::Ceremony);
    let cause = Cause::WrongProvenance {
        expected: KeyProvenance::Ceremony,
        actual: KeyProvenance::InsecureDevelopment,
    };
    assert_eq!(
        check(&record, &AuditOptions::new([provenance])),
        Err(Fault { entry: 0, field: "body.manifest.key_provenance", cause })
    );
}

#[test]
fn a_key_for_other_statements_is_refused_at_the_manifest() {
    let key = ForgingKey::generate(3, &mut common::rng()).verifying_key();
    let manifest = builder().insecure_development_key(key.digest()).build().unwrap();
    let parts = Parts::of(manifest, Vec::new());
    let trusted =
        TrustedKey::new(CircuitId::Membership10V1, key.prepare(), KeyProvenance::InsecureDevelopment);
    let cause = Cause::InvalidProof(InvalidProof::WrongNumberOfInputs { expected: 3, actual: 4 });
    assert_eq!(
        check(&parts.write(), &AuditOptions::new([trusted])),
        Err(Fault { entry: 0, field: "body.manifest.verifying_key", cause })
    );
}

/// Every field of the manifest in turn: the ballots were cast for another election then.
#[test]
fn each_changed_field_of_the_manifest_is_detected() {
    let honest = manifest();
    let registry = *honest.registry();
    let window = honest.window();
    let rules = *honest.rules();
    let build = |change: &dyn Fn(tabella_protocol::election::ManifestBuilder) -> _| -> Manifest {
        let builder: tabella_protocol::election::ManifestBuilder = change(builder());
        builder.build().unwrap()
    };
    let changed = [
        Manifest::builder("Dinner", "Where do we eat?")
            .description("Twice a week.\nBring a friend.")
            .options(["Canteen", "Park", "Roof"])
            .rules(rules)
            .window(window)
            .registry(registry)
            .insecure_development_key(*honest.verifying_key())
            .nonce([1; 32])
            .build()
            .unwrap(),
        build(&|b| b.description("Once a week.")),
        build(&|b| b.options(["Canteen", "Roof", "Park"])),
        build(&|b| b.options(["Canteen", "Park", "Roof", "Home"])),
        build(&|b| b.rules(Rules::approval(1, 3))),
        build(&|b| b.rules(Rules { seats: 2, ..rules })),
        build(&|b| b.window(Window { opens_at: window.opens_at + 1, ..window })),
        build(&|b| b.window(Window { closes_at: window.closes_at + 1, ..window })),
        build(&|b| b.registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 11))),
        build(&|b| b.registry(FrozenRegistry::new(registry.root, 12))),
        build(&|b| b.nonce([2; 32])),
        build(&|b| b.binding(tabella_protocol::election::ChainBinding { chain_id: 1, contract: [3; 20] })),
    ];
    for manifest in changed {
        let mut parts = Parts::honest();
        let cause =
            Cause::Ballot(BallotError::UnknownElection { expected: manifest.id(), actual: honest.id() });
        parts.manifest = manifest;
        assert_eq!(fault(&parts.write()), Fault { entry: 1, field: "body.ballot.election", cause });
    }
    let circuit = builder().circuit(CircuitId::Membership16V1).build().unwrap();
    let key = builder().insecure_development_key(digest(8)).build().unwrap();
    for manifest in [circuit, key] {
        let cause = Cause::UntrustedKey { circuit: manifest.circuit(), digest: *manifest.verifying_key() };
        let mut parts = Parts::honest();
        parts.manifest = manifest;
        assert_eq!(fault(&parts.write()), Fault { entry: 0, field: "body.manifest.verifying_key", cause });
    }
}

/// Replaces the ballot in one place and expects the fault in its entry, wherever it is.
fn spoil_ballots(spoil: impl Fn(&OpenBallot) -> OpenBallot, field: &'static str, cause: &Cause) {
    for index in 0..7 {
        let mut parts = Parts::honest();
        parts.ballots[index] = spoil(&parts.ballots[index]);
        let entry = u64::try_from(index).unwrap() + 1;
        assert_eq!(fault(&parts.write()), Fault { entry, field, cause: cause.clone() });
    }
}

/// A ballot that claims to be for `honest` but was made for a variant of it.
fn ballot_from_json(ballot: &OpenBallot, from: &str, to: &str) -> OpenBallot {
    let json = ballot.to_json();
    assert!(json.contains(from), "{from} in {json}");
    OpenBallot::from_json(json.replacen(from, to, 1).as_bytes()).unwrap()
}

#[test]
fn ballots_of_another_election_circuit_or_registry() {
    let honest = manifest();
    let other = builder().nonce([9; 32]).build().unwrap();
    let error = BallotError::UnknownElection { expected: honest.id(), actual: other.id() };
    spoil_ballots(|_| ballot(&other, 9, &[0]), "body.ballot.election", &Cause::Ballot(error));

    let (expected, actual) = (CircuitId::Membership10V1, CircuitId::Membership16V1);
    let error = BallotError::UnknownCircuit { expected, actual };
    let spoil = |ballot: &OpenBallot| ballot_from_json(ballot, expected.name(), actual.name());
    spoil_ballots(spoil, "body.ballot.circuit", &Cause::Ballot(error));

    let actual = RegistryRoot::from_field(Fr::from(7));
    let error = BallotError::ForeignRegistryRoot { expected: honest.registry().root, actual };
    let spoil = |ballot: &OpenBallot| {
        let field = format!("\"registry_root\":\"{}\"", honest.registry().root);
        ballot_from_json(ballot, &field, "\"registry_root\":\"7\"")
    };
    spoil_ballots(spoil, "body.ballot.registry_root", &Cause::Ballot(error));
}

#[test]
fn choices_that_break_the_rules() {
    // Made for laxer rules, relabelled: only the choice is wrong then, and it is looked at before the proof.
    let lax = builder().rules(Rules::approval(1, 3)).build().unwrap();
    let honest = manifest();
    let selection = Selection::from_indices(&lax, [0, 1, 2]).unwrap();
    let three = seal(BallotStatement::new(&lax, Nullifier::from_field(Fr::from(9)), selection).unwrap());
    let three = ballot_from_json(&three, &lax.id().to_string(), &honest.id().to_string());
    let error = BallotError::InvalidSelection(SelectionError::TooMany { max: 2, actual: 3 });
    spoil_ballots(|_| three.clone(), "body.ballot.selection", &Cause::Ballot(error));
    let fourth = |ballot: &OpenBallot| {
        let json = ballot.to_json();
        let from = json.find("\"selection\":[").unwrap();
        let to = from + json[from..].find(']').unwrap();
        let json = format!("{}\"selection\":[3{}", &json[..from], &json[to..]);
        OpenBallot::from_json(json.as_bytes()).unwrap()
    };
    let error = BallotError::InvalidSelection(SelectionError::NoSuchOption { index: 3, options: 3 });
    spoil_ballots(fourth, "body.ballot.selection", &Cause::Ballot(error));
}

#[test]
fn proofs_that_prove_nothing() {
    let invalid = Cause::InvalidProof(InvalidProof::NotSatisfied);
    let with_proof =
        |ballot: &OpenBallot, proof: &Proof| ballot.statement().clone().into_ballot(proof.to_bytes());
    // C negated; the proof of another statement; another choice, another nullifier under the old proof.
    spoil_ballots(
        |ballot| {
            let proof = Proof::from_bytes(ballot.proof()).unwrap();
            with_proof(ballot, &Proof::from_parts(*proof.a(), *proof.b(), -*proof.c()).unwrap())
        },
        "body.ballot.proof",
        &invalid,
    );
    let foreign = Proof::from_bytes(ballot(&manifest(), 77, &[1]).proof()).unwrap();
    spoil_ballots(|ballot| with_proof(ballot, &foreign), "body.ballot.proof", &invalid);
    spoil_ballots(
        |ballot| {
            let choice = if ballot.selection().indices() == [0] { [1] } else { [0] };
            let selection = Selection::from_indices(&manifest(), choice).unwrap();
            let statement = BallotStatement::new(&manifest(), ballot.nullifier(), selection).unwrap();
            statement.into_ballot(*ballot.proof())
        },
        "body.ballot.proof",
        &invalid,
    );
    spoil_ballots(
        |ballot| {
            let nullifier = Nullifier::from_field(Fr::from(5));
            let statement = BallotStatement::new(&manifest(), nullifier, ballot.selection().clone()).unwrap();
            statement.into_ballot(*ballot.proof())
        },
        "body.ballot.proof",
        &invalid,
    );
}

#[test]
fn proofs_that_are_no_points() {
    let broken = |bytes: [u8; 256]| move |ballot: &OpenBallot| ballot.statement().clone().into_ballot(bytes);
    let point = |point, cause| Cause::MalformedProof(DecodeError::Point { point, cause });
    let cause = point(ProofPoint::A, EncodingError::Identity);
    spoil_ballots(broken([0; 256]), "body.ballot.proof", &cause);
    let cause = point(ProofPoint::A, EncodingError::NotCanonical);
    spoil_ballots(broken([0xff; 256]), "body.ballot.proof", &cause);
    let cause = point(ProofPoint::B, EncodingError::Identity);
    let spoil = |ballot: &OpenBallot| {
        let mut proof = *ballot.proof();
        proof[64..192].fill(0);
        ballot.statement().clone().into_ballot(proof)
    };
    spoil_ballots(spoil, "body.ballot.proof", &cause);
}

#[test]
fn the_first_of_several_faults_is_named() {
    let mut parts = Parts::honest();
    // A bad proof in entry 3 waits in the batch when entry 5 turns out to be a second vote.
    parts.ballots[4] = parts.ballots[0].clone();
    let second_vote = Cause::RepeatedNullifier { earlier: 1 };
    let expected = Fault { entry: 5, field: "body.ballot.nullifier", cause: second_vote };
    assert_eq!(fault(&parts.write()), expected);
    let stolen = *parts.ballots[1].proof();
    parts.ballots[2] = parts.ballots[2].statement().clone().into_ballot(stolen);
    let invalid = Cause::InvalidProof(InvalidProof::NotSatisfied);
    assert_eq!(fault(&parts.write()), Fault { entry: 3, field: "body.ballot.proof", cause: invalid });
    // A malformed proof before it comes first, one after it does not.
    parts.ballots[3] = parts.ballots[3].statement().clone().into_ballot([0; 256]);
    assert_eq!(fault(&parts.write()).entry, 3);
    parts.ballots[1] = parts.ballots[1].statement().clone().into_ballot([0; 256]);
    assert_eq!(fault(&parts.write()).entry, 2);
    // The fault of a line that is no entry comes after it, too.
    let mut record = parts.write();
    record.truncate(record.len() - 10);
    assert_eq!(fault(&record).entry, 2);
}

#[test]
fn second_votes() {
    for (first, second) in [(0, 1), (0, 6), (5, 6), (2, 4)] {
        let mut parts = Parts::honest();
        // Another choice with a valid proof, the same citizen.
        let nullifier = 100 + u64::try_from(first).unwrap();
        parts.ballots[second] = ballot(&parts.manifest, nullifier, &[0, 1]);
        let entry = u64::try_from(second).unwrap() + 1;
        let earlier = u64::try_from(first).unwrap() + 1;
        let cause = Cause::RepeatedNullifier { earlier };
        let expected = Fault { entry, field: "body.ballot.nullifier", cause };
        assert_eq!(fault(&parts.recount().write()), expected);
    }
}

#[test]
fn more_ballots_than_places_or_citizens() {
    let manifest = manifest();
    let ballots = |count: u64| (0..count).map(|n| ballot(&manifest, 50 + n, &[0])).collect();
    let parts = Parts::of(manifest.clone(), ballots(12));
    let cause = Cause::TooManyBallots { places: 11 };
    assert_eq!(fault(&parts.write()), Fault { entry: 12, field: "body.index", cause });
    // Eleven fit the places, but one place is empty. Entry 13 is the registry.
    let parts = Parts::of(manifest.clone(), ballots(11));
    let cause = Cause::MoreBallotsThanCitizens { ballots: 11, citizens: 10 };
    assert_eq!(fault(&parts.write()), Fault { entry: 13, field: "body.leaves", cause });
}

#[test]
fn registries_that_are_not_the_elections() {
    let with = |leaves: Vec<Fr>| fault(&Parts { leaves, ..Parts::honest() }.write());
    let expected = manifest().registry().root;
    let of = |cause| Fault { entry: 9, field: "body.leaves", cause };
    for place in 0..11 {
        let mut changed = leaves();
        changed[place] += Fr::from(77);
        let actual = root_of(&changed);
        assert_eq!(with(changed), of(Cause::RegistryRoot { expected, actual }), "{place}");
    }
    let mut swapped = leaves();
    swapped.swap(4, 5);
    let actual = root_of(&swapped);
    assert_eq!(with(swapped), of(Cause::RegistryRoot { expected, actual }));
    let mut removed = leaves();
    removed[0] = Fr::from(0);
    let actual = root_of(&removed);
    assert_eq!(with(removed), of(Cause::RegistryRoot { expected, actual }));
    let mut twice = leaves();
    twice[7] = twice[2];
    assert_eq!(with(twice), of(Cause::RepeatedCommitment { earlier: 2, later: 7 }));
    let mut longer = leaves();
    longer.push(Fr::from(5));
    assert_eq!(with(longer), of(Cause::RegistrySize { expected: 11, actual: 12 }));
    let shorter = leaves()[..10].to_vec();
    assert_eq!(with(shorter), of(Cause::RegistrySize { expected: 11, actual: 10 }));
}

#[test]
fn closing_times_that_cannot_be() {
    for closed_at in [0, OPENS_AT - 1, Window::MAX_TIME + 1, u64::MAX] {
        let parts = Parts { closed_at, ..Parts::honest() };
        let cause = Cause::ClosingTime { opens_at: OPENS_AT, closed_at };
        assert_eq!(fault(&parts.write()), Fault { entry: 8, field: "body.closed_at", cause });
    }
    for closed_at in [OPENS_AT, Window::MAX_TIME] {
        assert!(check(&Parts { closed_at, ..Parts::honest() }.write(), &options()).is_ok());
    }
}

#[test]
fn each_changed_field_of_the_result_is_detected() {
    type Change = fn(&mut Tally);
    let changes: [(&str, Change); 14] = [
        ("body.ballots", |t| t.ballots += 1),
        ("body.abstentions", |t| t.abstentions = Some(0)),
        ("body.counts", |t| t.counts[0].votes += 1),
        ("body.counts", |t| t.counts[2].votes = u64::MAX),
        ("body.counts", |t| t.counts[1].qualified = false),
        ("body.counts", |t| t.counts.swap(0, 1)),
        ("body.counts", |t| {
            t.counts.pop();
        }),
        ("body.quorum", |t| t.quorum = 1),
        ("body.quorum_met", |t| t.quorum_met = false),
        ("body.winners", |t| t.winners = vec![0]),
        ("body.winners", |t| t.winners.push(0)),
        ("body.winners", |t| t.winners.push(99)),
        ("body.tied", |t| t.tied.push(0)),
        ("body.outcome", |t| t.outcome = Outcome::QuorumNotMet),
    ];
    let honest = Parts::honest();
    for (field, change) in changes {
        let mut parts = honest.clone();
        change(&mut parts.tally);
        let cause = Cause::WrongTally { counted: Box::new(honest.tally.clone()) };
        assert_eq!(fault(&parts.write()), Fault { entry: 10, field, cause });
    }
}

#[test]
fn a_rewritten_past_is_detected_by_receipts_heads_and_the_digest() {
    let honest = Parts::honest();
    let links = honest.links();
    let receipts: Vec<PublishedReceipt> = (0..)
        .zip(&honest.ballots)
        .zip(&links[1..])
        .map(|((index, ballot), link)| PublishedReceipt {
            index,
            ballot: ballot.digest(),
            nullifier: ballot.nullifier(),
            link: *link,
        })
        .collect();
    let heads: Vec<PublishedHead> =
        (0..).zip(&links).map(|(ballots, link)| PublishedHead { ballots, link: *link }).collect();
    let digest = check(&honest.write(), &options()).unwrap().record_digest;
    let all = options()
        .expect_receipts(receipts.iter().rev().copied())
        .expect_heads(heads.iter().rev().copied())
        .expect_record(digest);
    let report = check(&honest.write(), &all).unwrap();
    assert_eq!((report.receipts_found, report.heads_found), (7, 8));

    // Ballot 3 is left out: nothing in the record alone shows it.
    let mut cut = honest.clone();
    cut.ballots.remove(3);
    let cut = cut.recount();
    let record = cut.write();
    let actual = check(&record, &options()).unwrap().record_digest;
    let cause = Cause::WrongRecord { expected: digest, actual };
    assert_eq!(
        check(&record, &options().expect_record(digest)),
        Err(Fault { entry: 10, field: "body.digest", cause })
    );
    let cause =
        Cause::ReceiptBallot { expected: honest.ballots[3].digest(), actual: honest.ballots[4].digest() };
    assert_eq!(
        check(&record, &options().expect_receipts([receipts[3]])),
        Err(Fault { entry: 4, field: "body.ballot", cause })
    );
    // A ballot's name covers its nullifier: it is the receipt that was changed.
    let (expected, actual) = (honest.ballots[1].nullifier(), honest.ballots[0].nullifier());
    let changed = PublishedReceipt { nullifier: expected, ..receipts[0] };
    let cause = Cause::ReceiptNullifier { expected, actual };
    assert_eq!(
        check(&record, &options().expect_receipts([changed])),
        Err(Fault { entry: 1, field: "body.ballot.nullifier", cause })
    );
    let cause = Cause::PublishedLink { expected: links[5], actual: cut.links()[5] };
    assert_eq!(
        check(&record, &options().expect_heads([heads[5]])),
        Err(Fault { entry: 5, field: "link", cause })
    );
    // Published before the change: found, as they should be.
    assert!(
        check(&record, &options().expect_receipts(receipts[..3].to_vec()).expect_heads(heads[..4].to_vec()))
            .is_ok()
    );

    // A later proof for the same ballot (anybody can re-randomise it) changes the link, not the ballot.
    let mut other_proof = honest.clone();
    let proof = Proof::from_bytes(honest.ballots[2].proof()).unwrap();
    let proof = Proof::from_parts(-*proof.a(), -*proof.b(), *proof.c()).unwrap();
    other_proof.ballots[2] = honest.ballots[2].statement().clone().into_ballot(proof.to_bytes());
    let record = other_proof.write();
    assert!(check(&record, &options()).is_ok());
    let cause = Cause::PublishedLink { expected: links[3], actual: other_proof.links()[3] };
    assert_eq!(
        check(&record, &options().expect_receipts([receipts[2]])),
        Err(Fault { entry: 3, field: "link", cause })
    );

    // The tail is cut off.
    for keep in 0..7 {
        let mut cut = honest.clone();
        cut.ballots.truncate(keep);
        let record = cut.recount().write();
        let actual = u64::try_from(keep).unwrap();
        let missing = |expected| {
            Err(Fault {
                entry: actual + 1,
                field: "body.ballots",
                cause: Cause::MissingBallots { expected, actual },
            })
        };
        assert!(check(&record, &options()).is_ok());
        assert_eq!(check(&record, &options().expect_heads([heads[7]])), missing(7));
        assert_eq!(check(&record, &options().expect_receipts([receipts[6]])), missing(7));
        assert_eq!(check(&record, &all), missing(7));
        assert_eq!(check(&record, &options().expect_heads([heads[keep + 1]])), missing(actual + 1));
    }
    // An order of ballots that was changed shows at the first that moved.
    let mut reordered = honest.clone();
    reordered.ballots.swap(1, 5);
    let cause =
        Cause::ReceiptBallot { expected: honest.ballots[1].digest(), actual: honest.ballots[5].digest() };
    assert_eq!(check(&reordered.write(), &all), Err(Fault { entry: 2, field: "body.ballot", cause }));
    let wrong_start = PublishedHead { ballots: 0, link: Link::GENESIS };
    let cause = Cause::PublishedLink { expected: Link::GENESIS, actual: links[0] };
    assert_eq!(
        check(&honest.write(), &options().expect_heads([wrong_start])),
        Err(Fault { entry: 0, field: "link", cause })
    );
}

#[test]
fn faults_say_where_and_what() {
    let mut parts = Parts::honest();
    parts.ballots[4] = parts.ballots[0].clone();
    assert_eq!(
        fault(&parts.write()).to_string(),
        "entry 5 (line 6), body.ballot.nullifier: a second vote: the ballot in entry 1 has the same nullifier"
    );
    assert_eq!(fault(b"").to_string(), "entry 0 (line 1): the record is cut off here");
}

#[test]
fn the_report_is_json_for_machines() {
    let report = check(&Parts::honest().write(), &options()).unwrap();
    let json: serde_json::Value = serde_json::to_value(&report).unwrap();
    assert_eq!(json["format"], "tabella-audit-report-v1");
    assert_eq!(json["election"], manifest().id().to_string());
    assert_eq!(json["record_digest"], report.record_digest.to_string());
    assert_eq!(json["tally"]["counts"][1]["votes"], 3);
    assert_eq!(json["warnings"][0]["warning"], "insecure-development-key");
}

#[test]
fn many_ballots_in_several_batches() {
    // One full batch and a part of a second; a registry large enough for all of them, not included.
    let root = RegistryRoot::from_field(Fr::from(7));
    let manifest = builder().registry(FrozenRegistry::new(root, 1000)).build().unwrap();
    let ballots: Vec<OpenBallot> = (0..600).map(|n| ballot(&manifest, n, &[0])).collect();
    let mut parts = Parts::of(manifest, ballots);
    parts.leaves.clear();
    let mut seen = Vec::new();
    let report =
        tabella_audit::audit(parts.write().as_slice(), &options(), &mut common::rng(), &mut |p| seen.push(p))
            .unwrap();
    assert_eq!(report.ballots, 600);
    assert_eq!(seen.iter().map(|p| p.ballots).collect::<Vec<_>>(), [512, 600, 600]);
    for bad in [511, 512, 599] {
        let mut parts = parts.clone();
        parts.ballots[bad] = parts.ballots[bad].statement().clone().into_ballot(*parts.ballots[0].proof());
        let found =
            tabella_audit::audit(parts.write().as_slice(), &options(), &mut common::rng(), &mut |_| {});
        let cause = Cause::InvalidProof(InvalidProof::NotSatisfied);
        let entry = u64::try_from(bad).unwrap() + 1;
        assert_eq!(found, Err(Fault { entry, field: "body.ballot.proof", cause }));
    }
}
