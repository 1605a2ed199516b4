//! Trustees, each with a secret and a memory of their own, hold a key ceremony by files, and open the sum of an election.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{
    arg, done, fails,
    house::{House, NAMES},
    tabella,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tabella::{
    Citizen, Election, Registrar,
    audit::PublishedHead,
    ballot::CastBallot,
    ballot_box::RegistryLeaves,
    election::{Manifest, SecretBallots, Window},
    keys,
    params::{KeyPolicy, ParamsCache},
    primitives::rng,
    protocol::trustee::{CeremonyRecord, OpeningPolicy},
};

fn message(refused: &Value) -> &str {
    refused["error"]["message"].as_str().unwrap()
}

fn hint(refused: &Value) -> &str {
    refused["error"]["hint"].as_str().unwrap()
}

/// What people see on standard output and standard error.
fn shown(args: &[&str]) -> (String, String) {
    let output = tabella().args(args).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Changes one hexadecimal digit of the body of a package.
fn tampered(package: &[u8]) -> Vec<u8> {
    let mut bytes = package.to_vec();
    let at = package.windows(8).position(|window| window == b"\"body\":\"").unwrap() + 8 + 10;
    bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
    bytes
}

#[test]
fn three_of_five_make_keys_and_open_a_sum_by_files() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 5, "3", "2");

    // Round 0. Whoever waits is told for whom, and a step that is taken again is the same.
    for number in [1, 2, 4] {
        assert_eq!(house.next(number)["steps"], json!(["commit"]));
    }
    let commit = fs::read(house.file("0-commit-01.json")).unwrap();
    let again = house.next(1);
    let awaited = json!([{"trustee": 3, "name": "Carol"}, {"trustee": 5, "name": "Eve"}]);
    assert_eq!(
        (&again["steps"], &again["round"], &again["awaited"]),
        (&json!([]), &json!("commit"), &awaited)
    );
    fs::remove_file(house.file("0-commit-01.json")).unwrap();
    house.next(1);
    assert_eq!(fs::read(house.file("0-commit-01.json")).unwrap(), commit);

    // Nothing secret lies in clear, and nothing opens with another passphrase or for another trustee.
    let state = house.state(1);
    for file in [&house.secret(1), &state] {
        assert!(fs::read(file).unwrap().starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"), "{file:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    let mut other = tabella();
    other.args(["trustee", "next", arg(&house.secret(1)), arg(&house.folder)]);
    other.env("TABELLA_PASSPHRASE", "wrong horse").assert().code(6);
    house.next_fails(2, &["--state", arg(&state)], 1, "other-trustee");

    // A package that was changed on the way keeps its sender waiting, who is not blamed.
    house.next(3);
    let third = house.file("0-commit-03.json");
    let right = fs::read(&third).unwrap();
    fs::write(&third, tampered(&right)).unwrap();
    let refused = house.next_fails(1, &[], 1, "package-refused");
    assert!(
        message(&refused).contains("trustee 3 (Carol)") && message(&refused).contains("changed on the way")
    );
    assert!(message(&refused).contains("0-commit-03.json") && refused["blames"] == json!([]), "{refused}");
    // So does one of another ceremony of the same people.
    let inbox = root.path().join("again");
    fs::create_dir(&inbox).unwrap();
    for number in 1..=5 {
        let card = format!("trustee-0{number}.json");
        fs::copy(house.file(&card), inbox.join(&card)).unwrap();
    }
    let stale = root.path().join("stale");
    house.convene(&inbox, &stale, ["3", "2"]);
    done(&["trustee", "next", arg(&house.secret(3)), arg(&stale)]);
    fs::copy(stale.join("0-commit-03.json"), &third).unwrap();
    let refused = house.next_fails(1, &[], 1, "package-refused");
    assert!(message(&refused).contains("the package is for session"), "{refused}");
    fs::write(&third, &right).unwrap();

    // All rounds, in any order.
    for _ in 0..5 {
        for number in [5, 1, 4, 2, 3] {
            house.next(number);
        }
    }
    let ends: Vec<Value> = (1..=5).map(|number| house.next(number)).collect();
    assert!(ends.iter().all(|end| end["done"] == true && end["transcript"] == ends[0]["transcript"]));
    let record = house.file("ceremony.json");
    let transcript = ends[0]["transcript"].as_str().unwrap();
    let verified =
        done(&["trustee", "verify", arg(&record), "--names", arg(&house.folder), "--transcript", transcript]);
    assert_eq!((&verified["threshold"], verified["keys"].as_array().unwrap().len()), (&json!(3), 2));
    assert_eq!(
        (&verified["trustees"][1]["name"], &verified["trustees"][1]["holds_share"]),
        (&json!(NAMES[1]), &json!(true))
    );
    let none = "0".repeat(64);
    fails(&["trustee", "verify", arg(&record), "--transcript", &none], 1, "other-transcript");
    let text = fs::read_to_string(&record).unwrap();
    let changed = root.path().join("changed.json");
    fs::write(&changed, tampered(text.as_bytes())).unwrap();
    fails(&["trustee", "verify", arg(&changed)], 1, "ceremony-faulty");

    let ceremony = CeremonyRecord::from_json(text.as_bytes()).unwrap();
    let election = hold(&ceremony);
    open(root.path(), &house, &election);
}

/// An election that was closed: the record for trustees, and one without the last ballot.
struct Held {
    manifest: Manifest,
    record: (Vec<u8>, PublishedHead),
    subset: (Vec<u8>, PublishedHead),
    /// All ballots, of a box that was closed in the year 2096 by the clock of its clerk.
    future: Vec<u8>,
}

/// Three citizens vote: two for yes, one for no.
fn hold(ceremony: &CeremonyRecord) -> Held {
    let rng = &mut rng::from_os().unwrap();
    let citizens: Vec<Citizen> = (0..3).map(|_| Citizen::generate(rng)).collect();
    let mut registrar = Registrar::new();
    registrar.register(citizens.iter().map(Citizen::commitment)).unwrap();
    let keys = ceremony.verify().unwrap();
    let draft = Manifest::builder("Town meeting", "Shall the mill become a library?")
        .options(["Yes", "No"])
        .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
        .secret(SecretBallots::new(&keys, OpeningPolicy::new(2).unwrap()));
    let policy = KeyPolicy::AllowInsecureDevelopmentKeys;
    let election = Election::create(draft, registrar.freeze().unwrap(), policy, rng).unwrap();
    let manifest = election.manifest().clone();
    let cache = ParamsCache::open_default().unwrap();
    let key = keys::proving_key(&cache, manifest.circuit(), |_| ()).unwrap().key;
    let ballots: Vec<CastBallot> = citizens
        .iter()
        .zip(["Yes", "No", "Yes"])
        .map(|(citizen, choice)| {
            let sealed = citizen.seal(&election, registrar.registry(), [(choice, 1)], rng).unwrap();
            sealed.cast(&key, rng).unwrap()
        })
        .collect();
    let record_of = |ballots: &[CastBallot], closed_at: u64| {
        let ballot_box = election.memory_ballot_box().unwrap();
        for ballot in ballots {
            ballot_box.accept(ballot_box.check(ballot).unwrap(), 1_700_000_100).unwrap();
        }
        let closing = ballot_box.close(closed_at).unwrap();
        let leaves = RegistryLeaves::Plain(registrar.registry().tree().leaves());
        let mut record = Vec::new();
        ballot_box.write_unopened(&mut record, leaves, ceremony).unwrap();
        (record, PublishedHead::from(closing))
    };
    let (record, subset) = (record_of(&ballots, 1_700_003_600), record_of(&ballots[..2], 1_700_003_600));
    Held { manifest, record, subset, future: record_of(&ballots, 4_000_000_000).0 }
}

/// Trustees give shares, each of one sum only; anybody opens it.
fn open(root: &Path, house: &House, held: &Held) {
    let at = |name: &str| root.join(name);
    let (record, subset) = (at("unopened.jsonl"), at("subset.jsonl"));
    fs::write(&record, &held.record.0).unwrap();
    fs::write(&subset, &held.subset.0).unwrap();
    let id = held.manifest.id().to_string();
    let head = |head: &PublishedHead| format!("{}:{}", head.ballots, head.link);
    let (whole_head, subset_head) = (head(&held.record.1), head(&held.subset.1));
    let shares = at("shares");
    fs::create_dir(&shares).unwrap();
    let share_path = |number: usize| shares.join(format!("{number}.json"));
    let secrets: Vec<PathBuf> = (1..=5).map(|number| house.secret(number)).collect();
    let share = |number: usize, record: &Path, head: &str, out: &Path| -> Vec<String> {
        let args =
            ["trustee", "share", arg(&secrets[number - 1]), arg(record), "--election", &id, "--head", head];
        args.into_iter().chain(["--out", arg(out)]).map(str::to_owned).collect()
    };
    let run = |args: &[String]| done(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let refuse =
        |args: &[String], code: &str| fails(&args.iter().map(String::as_str).collect::<Vec<_>>(), 1, code);

    // Another record than the box's is refused, and takes nothing away.
    let other = refuse(&share(1, &subset, &whole_head, &share_path(1)), "other-head");
    assert!(hint(&other).starts_with("compare --head with what was published"), "{other}");
    // Nor does somebody give one who took no part in the ceremony, of whom nothing is left behind.
    let stranger = at("stranger");
    done(&["trustee", "new", "--out", arg(&stranger), "--work-factor", "1"]);
    let mut strange = share(1, &record, &whole_head, &share_path(1));
    strange[2] = arg(&stranger).to_owned();
    let strange = refuse(&strange, "not-registered");
    let said = format!(
        "{} is of a ceremony in which the trustee of {} is not",
        record.display(),
        stranger.display()
    );
    assert_eq!(message(&strange), said);
    let beside = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(beside.filter(|name| name.to_str().unwrap().starts_with("stranger")).eq(["stranger"]));
    assert_eq!(run(&share(1, &record, &whole_head, &share_path(1)))["trustee"], 1);
    // The same share as often as one likes; of another sum none, whatever else was published.
    let first = fs::read(share_path(1)).unwrap();
    fs::remove_file(share_path(1)).unwrap();
    run(&share(1, &record, &whole_head, &share_path(1)));
    run(&share(1, &record, &whole_head, &share_path(1)));
    assert_eq!(fs::read(share_path(1)).unwrap(), first);
    let second = refuse(&share(1, &subset, &subset_head, &at("second.json")), "already-opened");
    assert!(message(&second).contains("is not opened as well") && !at("second.json").exists(), "{second}");
    assert!(hint(&second).ends_with("; each election needs a ceremony of its own"), "{second}");
    run(&share(3, &record, &whole_head, &share_path(3)));
    // Whoever gives a share is told that the box says it closes in the future, before anything is done.
    let future = at("future.jsonl");
    fs::write(&future, &held.future).unwrap();
    fs::write(at("2.json"), "something else").unwrap();
    let told = share(2, &future, &whole_head, &at("2.json"));
    let (told, error) = shown(&told.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(told.contains("WARNING: the record says the ballot box closed "), "{told}");
    assert!(error.contains("2.json: the file is already there"), "{error}");
    fs::remove_file(at("2.json")).unwrap();
    let warned = run(&share(2, &future, &whole_head, &at("2.json")));
    let warnings = warned["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["warning"] == "closed-in-future"), "{warned}");
    run(&share(5, &record, &whole_head, &share_path(5)));
    let lie = fs::read(share_path(5)).unwrap();
    fs::write(share_path(5), tampered(&lie)).unwrap();
    fs::write(share_path(6), "no share").unwrap();
    // A share of another ceremony is nobody's of this one. A file that was named is told as what it is; what else lies in a folder is passed over.
    let mut foreign: Value = serde_json::from_slice(&first).unwrap();
    foreign["session"] = "0".repeat(64).into();
    fs::write(share_path(8), foreign.to_string()).unwrap();
    fs::copy(house.file("trustee-02.json"), shares.join("card.json")).unwrap();
    let (manifest, card) = (at("manifest.json"), house.file("trustee-01.json"));
    fs::write(&manifest, held.manifest.to_json_pretty()).unwrap();

    // Two good ones are too few; a third opens the sum, whatever lies beside it.
    let whole = at("record.jsonl");
    let open =
        ["trustee", "open", arg(&record), arg(&shares), "--names", arg(&house.folder), "--out", arg(&whole)];
    let none = fails(&[&open[..], &[arg(&at("none.json"))]].concat(), 4, "not-found");
    assert!(message(&none).contains("none.json") && none["error"]["hint"].is_null(), "{none}");
    let few = fails(&[&open[..], &[arg(&card), arg(&manifest)]].concat(), 1, "too-few-shares");
    for said in [
        "8.json: a share of another ceremony",
        "trustee-01.json: no share: it is a trustee's registration",
        "manifest.json: no file of a ceremony: it is an election manifest",
    ] {
        assert!(message(&few).contains(said), "{few}");
    }
    assert!(!message(&few).contains("card.json"), "{few}");
    assert!(message(&few).contains("good shares: 2; needed: 3") && message(&few).contains("trustee 5 (Eve)"));
    let missing = |numbers: [usize; 2]| json!(numbers.map(|n| json!({"trustee": n, "name": NAMES[n - 1]})));
    assert_eq!((&few["missing"][0]["trustee"], few["missing"].as_array().unwrap().len()), (&json!(2), 3));
    run(&share(4, &record, &whole_head, &share_path(4)));
    // A copy of a share says nothing new.
    fs::copy(share_path(4), share_path(7)).unwrap();
    let opened = done(&open);
    assert_eq!(opened["missing"], missing([2, 5]));
    let dropped: Vec<(&Value, &Value)> = opened["dropped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|drop| (&drop["trustee"], &drop["to_blame"]))
        .collect();
    assert_eq!(dropped, [(&json!(5), &json!(false))]);
    assert!(opened["unreadable"][0]["file"].as_str().unwrap().ends_with("6.json"), "{opened}");
    assert_eq!((&opened["opened"], &opened["tally"]["winners"]), (&json!(true), &json!([0])));
    fails(&open, 4, "file-exists");
    // A share is no part of a proof, and is told as what it is.
    let (proved, part) = (at("proved.jsonl"), share_path(1));
    let prove = ["tally", "prove", arg(&whole), "--part", arg(&part), "--out", arg(&proved)];
    assert!(message(&fails(&prove, 3, "malformed-file")).contains("it is a trustee's package"));

    // Anybody counts and audits what was opened.
    let votes = |tally: &Value| -> Vec<u64> {
        tally["counts"].as_array().unwrap().iter().map(|count| count["votes"].as_u64().unwrap()).collect()
    };
    assert_eq!(votes(&done(&["tally", arg(&whole)])["tally"]), [2, 1]);
    let digest = opened["digest"].as_str().unwrap();
    let audit = done(&["audit", arg(&whole), "--election", &id, "--digest", digest, "--head", &whole_head]);
    assert_eq!((&audit["valid"], &audit["ballots"]), (&json!(true), &json!(3)));
    // What was opened is none to be opened.
    fails(
        &["trustee", "open", arg(&whole), arg(&shares), "--out", arg(&at("more.jsonl"))],
        1,
        "already-whole",
    );
}

#[test]
fn who_is_silent_is_left_out_by_all_and_a_lost_memory_is_told() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 4, "2", "2");
    for number in [1, 2, 3] {
        house.next(number);
    }
    house.next_fails(1, &["--without", "1"], 2, "usage");
    house.next_fails(1, &["--without", "9"], 2, "usage");
    house.next_fails(1, &["--without", "3"], 1, "has-spoken");
    // Trustee 1 goes on; the others are told, and do the same.
    let secret = house.secret(1);
    let went = done(&["trustee", "next", arg(&secret), arg(&house.folder), "--without", "4"]);
    assert_eq!((&went["steps"], &went["blames"][0]["name"]), (&json!(["reveal"]), &json!("Dave")));
    let told = house.next_fails(2, &[], 1, "left-out");
    assert!(
        message(&told).contains("trustee 1 (Ann)") && message(&told).contains("trustee 4 (Dave)"),
        "{told}"
    );
    // Trustee 4 comes too late: the others have gone on.
    done(&["trustee", "next", arg(&house.secret(4)), arg(&house.folder)]);
    for number in [2, 3] {
        let secret = house.secret(number);
        done(&["trustee", "next", arg(&secret), arg(&house.folder), "--without", "4"]);
    }
    for _ in 0..4 {
        for number in [3, 2, 1] {
            house.next(number);
        }
    }
    let end = house.next(2);
    assert_eq!((&end["done"], &end["late"][0]["trustee"]), (&json!(true), &json!(4)));
    let verified = done(&["trustee", "verify", arg(&house.file("ceremony.json"))]);
    let dave = &verified["trustees"][3];
    assert_eq!(
        (&dave["holds_share"], &dave["faults"]),
        (&json!(false), &json!(["no package of round `commit`"]))
    );

    // A package that is gone is named, one that was exchanged too; a memory that is lost is never made anew.
    let deal = house.file("2-deal-03.json");
    let right = fs::read(&deal).unwrap();
    fs::remove_file(&deal).unwrap();
    let gone = house.next_fails(1, &[], 1, "packages-gone");
    assert!(message(&gone).contains("trustee 3 (Carol)"), "{gone}");
    fs::write(&deal, tampered(&right)).unwrap();
    house.next_fails(1, &[], 1, "packages-gone");
    fs::write(&deal, &right).unwrap();
    let state = house.state(1);
    let kept = fs::read(&state).unwrap();
    fs::remove_file(&state).unwrap();
    house.next_fails(1, &[], 1, "state-lost");
    assert!(!state.exists());
    fs::write(&state, &kept[..kept.len() / 2]).unwrap();
    house.next_fails(1, &[], 3, "malformed-file");
    fs::write(&state, &kept).unwrap();
    assert_eq!(house.next(1)["done"], true);
}

#[test]
fn a_ceremony_has_trustees_who_differ() {
    let root = tempfile::tempdir().unwrap();
    let secret = root.path().join("me.trustee");
    let new = ["trustee", "new", "--out", arg(&secret), "--work-factor", "1"];
    done(&new);
    fails(&new, 4, "file-exists");
    let [one, two, out] = ["1.json", "2.json", "out"].map(|name| root.path().join(name));
    let register = |name: &str, out: &Path| {
        done(&["trustee", "register", arg(&secret), "--name", name, "--out", arg(out)]);
    };
    register("Ann", &one);
    register("Bob", &two);
    let convene = |cards: &[&str], threshold: &str, exit: i32, code: &str| {
        let args = [&["trustee", "convene"], cards].concat();
        let more = ["--threshold", threshold, "--options", "2", "--out", arg(&out)];
        fails(&[args.as_slice(), &more].concat(), exit, code)
    };
    let same = convene(&[arg(&one), arg(&two)], "2", 1, "same-trustee");
    assert!(message(&same).contains("2.json"), "{same}");
    let twice = convene(&[arg(&one), arg(&one)], "2", 2, "usage");
    assert!(message(&twice).ends_with("1.json is given twice"), "{twice}");
    convene(&[arg(&one)], "2", 2, "usage");
    let text = fs::read_to_string(&one).unwrap();
    fs::write(&two, text.replace("Ann", "Eve")).unwrap();
    convene(&[arg(&two)], "1", 1, "invalid-signature");
    fs::write(&two, text.replace("-v1", "-v2")).unwrap();
    convene(&[arg(&two)], "1", 3, "malformed-file");
    assert!(!out.exists());
    let high = fails(&["trustee", "next", arg(&secret), arg(root.path())], 4, "not-found");
    assert_eq!(hint(&high), "name the folder with parameters.json, as the convener gave it");
    // No election has so few options, and none so many.
    for options in ["1", "9"] {
        let args =
            ["trustee", "convene", arg(&one), "--threshold", "1", "--options", options, "--out", arg(&out)];
        let said = format!("invalid value '{options}' for '--options <K>': {options} is not in 2..=8");
        assert_eq!(message(&fails(&args, 2, "usage")), said);
    }
    // A public file in the place of the secret.
    let public = ["trustee", "register", arg(&one), "--name", "Ann", "--out", arg(&out)];
    let said = "is not the file of a trustee's secret: it is a trustee's registration";
    assert!(message(&fails(&public, 3, "malformed-file")).ends_with(said));
    let (_, error) = shown(&public);
    assert!(!error.contains("chmod"), "{error}");
    fails(&["trustee", "register", arg(&secret), "--name", "", "--out", arg(&out)], 2, "usage");
}

#[test]
fn a_threshold_of_one_is_warned_of_and_a_new_ceremony_is_told() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 2, "1", "2");
    let alone = "with a threshold of 1 any single trustee reads every ballot alone, unnoticed";
    let line = format!("\nWARNING: {alone}\n");
    let secret = house.secret(1);
    let (begun, notes) = shown(&["trustee", "next", arg(&secret), arg(&house.folder)]);
    let (beginning, _) = begun.split_once("you spoke in round").unwrap();
    assert!(beginning.contains(&line), "{begun}");
    assert_eq!(notes, "");
    let ceremony = house.hold();
    assert_eq!(house.next(1)["warnings"], json!([alone]));
    let verify = ["trustee", "verify", arg(&ceremony)];
    assert_eq!(done(&verify)["warnings"], json!([alone]));
    assert!(shown(&verify).0.contains(&line));

    // Whoever creates the election is told too, and that these keys serve no other one.
    let [list, election, second] = ["list.csv", "election.json", "second"].map(|name| root.path().join(name));
    fs::write(&list, "11\n22\n").unwrap();
    let create =
        [
            &[
                "election",
                "create",
                "--title",
                "Mill",
                "--question",
                "What?",
                "--option",
                "A",
                "--option",
                "B",
            ][..],
            &["--closes", "+1h", "--insecure-development-keys", "--least-ballots", "2", "--force"],
            &["--registry", arg(&list), "--ceremony", arg(&ceremony), "--out", arg(&election)],
        ]
        .concat();
    assert_eq!(done(&create)["warnings"], json!([alone]));
    let (created, _) = shown(&create);
    let once = "Use this ceremony for no other election: its trustees open one.";
    assert!(created.ends_with(&format!("{line}{once}\n")), "{created}");

    // Other parameters are another ceremony.
    let state = house.state(1);
    house.convene(&house.file("trustee-01.json"), &second, ["1", "2"]);
    let (_, notes) = shown(&["trustee", "next", arg(&secret), arg(&second)]);
    let said = format!("note: a new ceremony was begun; {} is of another one: ", state.display());
    assert!(notes.starts_with(&said) && notes.contains(arg(&second.join("parameters.json"))), "{notes}");
    assert_eq!(shown(&["trustee", "next", arg(&secret), arg(&second)]).1, "");
}

#[test]
fn whoever_signs_two_packages_of_a_round_is_named_in_the_way_on() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 3, "2", "2");
    for number in [1, 2, 3, 1] {
        house.next(number);
    }
    // The third forgets what it said, in a folder where nobody has spoken.
    let empty = root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    fs::copy(house.file("parameters.json"), empty.join("parameters.json")).unwrap();
    fs::remove_file(house.state(3)).unwrap();
    done(&["trustee", "next", arg(&house.secret(3)), arg(&empty)]);
    fs::copy(empty.join("0-commit-03.json"), house.file("again.json")).unwrap();
    let two = house.next_fails(1, &[], 1, "equivocation");
    let way_on = ": hold a new ceremony without trustee 3 (Carol), with `tabella trustee convene`";
    assert!(hint(&two).ends_with(way_on), "{two}");
}
