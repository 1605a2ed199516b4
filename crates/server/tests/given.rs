//! Sites of elections that others made, and folders that do not fit.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{POLICY, Place, Running, files_below, proving_key, wait_until};
use serde_json::json;
use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};
use tabella::{
    Auditor, Citizen, Election, Registrar,
    ballot::Selection,
    election::{Manifest, SecretBallots, Window},
    hold_ceremony,
    params::KeyPolicy,
    primitives::rng,
    protocol::trustee::OpeningPolicy,
};
use tabella_server::{OpenSiteError, Purpose, ServeError, Server, SiteFault};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Writes an election's folder.
fn publish(folder: &Path, window: Window, secret: bool) -> (Vec<Citizen>, Registrar, Election) {
    let rng = &mut rng::from_os().unwrap();
    let citizens: Vec<Citizen> = (0..3).map(|_| Citizen::generate(rng)).collect();
    let mut registrar = Registrar::new();
    registrar.register(citizens.iter().map(Citizen::commitment)).unwrap();
    fs::create_dir_all(folder).unwrap();
    let mut draft = Manifest::builder("Mill", "Library?").options(["Yes", "No"]).window(window);
    if secret {
        let (_, record, ceremony) = hold_ceremony(2, 3, 2, rng).unwrap();
        fs::write(folder.join("ceremony.json"), record.to_json()).unwrap();
        draft = draft.secret(SecretBallots::new(&ceremony, OpeningPolicy::new(2).unwrap()));
    }
    let election = Election::create(draft, registrar.freeze().unwrap(), POLICY, rng).unwrap();
    // Published with a line end, which the server keeps.
    let manifest = format!("{}\n\n", election.manifest().to_json_pretty());
    fs::write(folder.join("election.json"), manifest).unwrap();
    let mut snapshot = Vec::new();
    registrar.registry().write_snapshot(&mut snapshot).unwrap();
    fs::write(folder.join("registry.json"), snapshot).unwrap();
    (citizens, registrar, election)
}

fn given(folders: &[&Path]) -> Purpose {
    Purpose::Elections { folders: folders.iter().map(|folder| folder.to_path_buf()).collect(), keys: POLICY }
}

#[test]
fn given_elections_are_served_and_closed_in_time() {
    let place = Place::new();
    let (one, two) = (place.at("one"), place.at("two"));
    let closes_at = now() + 5;
    let (citizens, registrar, election) = publish(&one, Window { opens_at: now(), closes_at }, false);
    let (others, _, secret) = publish(&two, Window { opens_at: now() + 500, closes_at: now() + 1000 }, true);
    let key = proving_key(election.manifest().circuit());
    let rng = &mut rng::from_os().unwrap();
    let selection = Selection::from_labels(election.manifest(), ["Yes"]).unwrap();
    let ballot = citizens[0].vote(&election, registrar.registry(), selection, key, rng).unwrap();
    let site = Running::start(place.settings(given(&[&one, &two])));
    let shown = site.site();
    assert_eq!((&shown["rehearsal"], &shown["registry"]), (&json!(false), &json!(null)));
    assert_eq!(shown["elections"].as_array().unwrap().len(), 2);
    let id = election.manifest().id().to_string();
    let manifest = site.get(&format!("/api/v1/elections/{id}/manifest")).expect(200);
    assert_eq!(manifest.bytes, fs::read(one.join("election.json")).unwrap(), "byte for byte");
    let accepted = site.cast(&election, &ballot);
    // A slow machine may have come too late.
    let in_time = accepted.status == 201;
    assert!(in_time || accepted.refusal() == (409, "closed".to_owned()));
    // Nobody registers or starts anything here.
    let registration = site.post("/api/v1/registrations", "{}");
    assert_eq!(registration.refusal(), (409, "registry-closed".to_owned()));
    for path in ["/api/v1/rehearsal/elections", &format!("/api/v1/rehearsal/elections/{id}/close")] {
        assert_eq!(site.post(path, "{}").refusal(), (404, "not-a-rehearsal".to_owned()));
    }
    let planned = secret.manifest().id().to_string();
    assert_eq!(site.state(&planned)["state"], "planned");
    site.path(&secret, &others[0], 0);
    wait_until("the record", || site.state(&id)["state"] == "finished");
    assert!(site.state(&id)["closed_at"].as_u64().unwrap() >= closes_at);
    let record = site.get(&format!("/api/v1/elections/{id}/record")).expect(200);
    let report = Auditor::new(POLICY).audit(record.bytes.as_slice(), rng).unwrap();
    assert_eq!(report.ballots, u64::from(in_time));
    // A restart knows them, and does not begin anew.
    site.stop();
    let site = Running::start(place.settings(given(&[&two])));
    assert_eq!(site.state(&id)["state"], "finished");
    assert_eq!(site.site()["elections"].as_array().unwrap().len(), 2);
}

#[test]
fn secret_ballots_wait_for_their_trustees() {
    let place = Place::new();
    let folder = place.at("one");
    let window = Window { opens_at: now(), closes_at: now() + 8 };
    let (citizens, registrar, election) = publish(&folder, window, true);
    let (key, rng) = (proving_key(election.manifest().circuit()), &mut rng::from_os().unwrap());
    let site = Running::start(place.settings(given(&[&folder])));
    let mut accepted = 0;
    for citizen in &citizens {
        let sealed = citizen.seal(&election, registrar.registry(), [("Yes", 1)], rng).unwrap();
        accepted += usize::from(site.cast(&election, &sealed.cast(key, rng).unwrap()).status == 201);
    }
    let id = election.manifest().id().to_string();
    let record = format!("/api/v1/elections/{id}/record");
    let unopened = format!("{record}?unopened");
    wait_until("the record for trustees", || site.get(&unopened).status == 200);
    let report = Auditor::new(POLICY).audit_unopened(site.get(&unopened).bytes.as_slice(), rng).unwrap();
    assert_eq!(report.closing.ballots, u64::try_from(accepted).unwrap());
    if accepted >= 2 {
        assert_eq!(site.state(&id)["state"], "closed");
        assert_eq!(site.get(&record).refusal(), (409, "not-finished".to_owned()));
    }
}

#[test]
fn folders_that_do_not_fit_are_refused_by_name() {
    let place = Place::new();
    let window = Window { opens_at: 1_700_000_000, closes_at: 1_700_000_001 };
    let folder = |name: &str| place.at(name);
    publish(&folder("good"), window, true);
    let open = |purpose| {
        let settings = place.settings(purpose);
        match Server::bind(settings, "127.0.0.1:0".parse().unwrap(), |_| ()) {
            Err(ServeError::Site(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let refused = |name: &str| open(given(&[&folder(name)]));
    let copy = |name: &str, change: &str, content: &str| {
        fs::create_dir(folder(name)).unwrap();
        for file in files_below(&folder("good")) {
            fs::copy(&file, folder(name).join(file.file_name().unwrap())).unwrap();
        }
        fs::write(folder(name).join(change), content).unwrap();
        refused(name)
    };
    assert!(matches!(*refused("none").fault, SiteFault::Io(std::io::ErrorKind::NotFound)));
    let error = copy("a", "election.json", "{}");
    assert_eq!(error.path, folder("a").join("election.json"));
    assert!(matches!(*error.fault, SiteFault::Manifest(_)));
    assert!(matches!(*copy("b", "registry.json", "{}").fault, SiteFault::Registry(_)));
    assert!(matches!(*copy("c", "ceremony.json", "{}").fault, SiteFault::Ceremony(_)));
    publish(&folder("other"), window, true);
    let text = |name: &str, file: &str| fs::read_to_string(folder(name).join(file)).unwrap();
    let (registry, ceremony) = (text("other", "registry.json"), text("other", "ceremony.json"));
    assert_eq!(*copy("d", "registry.json", &registry).fault, SiteFault::OtherRegistry);
    assert_eq!(*copy("e", "ceremony.json", &ceremony).fault, SiteFault::OtherCeremony);
    let large = " ".repeat(256 * 1024 + 1);
    assert_eq!(*copy("f", "election.json", &large).fault, SiteFault::TooLarge { limit: 256 * 1024 });
    // Development keys must be asked for.
    let keys = KeyPolicy::CeremonyOnly;
    let error = open(Purpose::Elections { folders: vec![folder("good")], keys });
    assert!(matches!(*error.fault, SiteFault::Election(_)));
    // One folder is not for both; and not for two servers at once.
    let error = open(Purpose::Rehearsal);
    assert_eq!(error, OpenSiteError { path: place.at("site"), fault: Box::new(SiteFault::OtherPurpose) });
    let _site = Running::start(place.settings(given(&[&folder("good")])));
    assert!(matches!(*refused("good").fault, SiteFault::Store(_)));
}

#[test]
fn an_address_in_use_leaves_no_folder_behind() {
    let place = Place::new();
    let site = place.rehearse();
    let other = Place::new();
    let error = Server::bind(other.settings(Purpose::Rehearsal), site.address, |_| ()).unwrap_err();
    assert!(matches!(error, ServeError::Listen { address, .. } if address == site.address));
    assert!(!other.at("site").exists());
}
