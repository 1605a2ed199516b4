//! Secret elections: citizens, clerk, trustees and auditor by the command line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, house::House, tabella};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
/// Citizens and trustees, 2 of 3, in one folder.
struct Town {
    folder: tempfile::TempDir,
    house: House,
}

impl Town {
    fn new(citizens: u8, options: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = House::convened(folder.path(), 3, "2", &options.to_string());
        fs::copy(house.hold(), folder.path().join("ceremony.json")).unwrap();
        let town = Self { folder, house };
        let (mut list, mut weights) = (String::new(), String::from("commitment,weight\n"));
        for number in 0..citizens {
            let file = town.at(&format!("{number}.identity"));
            let made = done(&["identity", "new", "--out", arg(&file), "--work-factor", "2"]);
            let commitment = made["commitment"].as_str().unwrap();
            list.push_str(&format!("{commitment}\n"));
            weights.push_str(&format!("{commitment},{}\n", 10 * (number + 1)));
        }
        fs::write(town.at("list.csv"), list).unwrap();
        fs::write(town.at("weights.csv"), weights).unwrap();
        town
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The path of a file that is there, or not yet.
    fn named(&self, name: &str) -> String {
        arg(&self.at(name)).to_owned()
    }

    /// `election create` with these options beside what every election has.
    fn create(&self, options: &[&str], out: &str) -> Vec<String> {
        let mut args = ["election", "create", "--insecure-development-keys", "--title", "Mill"]
            .map(str::to_owned)
            .to_vec();
        args.extend(
            ["--question", "What?", "--opens", "2023-11-14T22:13:20Z", "--closes", "+1h"].map(str::to_owned),
        );
        args.extend(["--registry".to_owned(), self.named("list.csv"), "--out".to_owned(), self.named(out)]);
        args.extend(options.iter().map(|text| (*text).to_owned()));
        args
    }

    /// `vote` with these options beside what every vote has.
    fn vote(&self, citizen: u8, election: &str, options: &[&str], out: &str) -> Vec<String> {
        let mut args = vec!["vote".to_owned(), self.named(&format!("{citizen}.identity"))];
        args.extend([
            "--election".to_owned(),
            self.named(election),
            "--registry".to_owned(),
            self.named("list.csv"),
        ]);
        args.extend(["--out".to_owned(), self.named(out)]);
        args.extend(options.iter().map(|text| (*text).to_owned()));
        args
    }

    /// Seals, challenges and checks: what the ballot says, and with which weight.
    fn challenged(&self, election: &str, options: &[&str]) -> (Value, Value) {
        let mut seal = self.vote(0, election, options, "sealed");
        seal.extend(["--seal", "--force"].map(str::to_owned));
        let code = run(&seal)["tracking_code"].as_str().unwrap().to_owned();
        let (identity, sealed, opened) =
            (self.named("0.identity"), self.named("sealed"), self.named("opened"));
        done(&["ballot", "challenge", &identity, &sealed, "--out", &opened, "--force"]);
        let election = self.named(election);
        let mut check = vec!["ballot", "check", &opened, "--election", &election, "--code", &code];
        // The first citizen's weight, in weighted elections.
        if options.contains(&"--weights") {
            check.extend(["--weight", "10"]);
        }
        let said = done(&check);
        (said["numbers"].clone(), said["weight"].clone())
    }
}

fn words(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

fn run(args: &[String]) -> Value {
    done(&words(args))
}

fn refused(args: &[String], exit: i32, code: &str) -> Value {
    fails(&words(args), exit, code)
}

/// A JSON file with one member changed.
fn changed(from: &Path, to: &Path, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(from).unwrap()).unwrap();
    change(&mut value);
    fs::write(to, value.to_string()).unwrap();
}

#[test]
fn a_secret_election_from_its_creation_to_its_audit() {
    let town = Town::new(4, 2);
    let [ceremony, election, ballot_box, record] =
        ["ceremony.json", "election.json", "box", "unopened.jsonl"].map(|name| town.named(name));
    let secret = ["--option", "Library", "--option", "Owls", "--ceremony", &ceremony, "--least-ballots", "2"];

    // Wrong ceremonies: of another number of options, changed, none at all.
    let mut three = secret.to_vec();
    three.extend(["--option", "Mill"]);
    let error = refused(&town.create(&three, "election.json"), 2, "usage");
    assert!(
        error["error"]["message"].as_str().unwrap().ends_with("made keys for 2 options, the election has 3")
    );
    let with_ceremony = |name: &str| {
        let mut other = secret.to_vec();
        let path = town.named(name);
        other[5] = &path;
        words(&town.create(&other, "election.json")).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    changed(&town.at("ceremony.json"), &town.at("faulty.json"), |record| {
        let packages = record["packages"].as_array_mut().unwrap();
        packages.pop();
        packages.pop();
    });
    refused(&with_ceremony("faulty.json"), 1, "ceremony-faulty");
    refused(&with_ceremony("list.csv"), 3, "malformed-file");
    refused(&with_ceremony("none.json"), 4, "not-found");
    // Four citizens never cast the ten ballots that are opened by default; one ballot is no sum.
    refused(&town.create(&secret[..6], "election.json"), 2, "usage");
    refused(&town.create(&[&secret[..7], &["1"]].concat(), "election.json"), 2, "usage");
    let created = run(&town.create(&secret, "election.json"));
    assert_eq!(created["manifest"]["kind"], "secret-ballots");
    assert_eq!(created["manifest"]["secret"]["least_ballots"], 2);
    let shown = tabella().args(["election", "show", &election]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("secret: encrypted; trustees open their sum alone, of at least 2"), "{shown}");
    done(&["box", "open", &ballot_box, "--election", &election, "--insecure-development-keys"]);

    // The first citizen challenges the machine, and then casts what it seals next.
    let (sealed, first) = (town.named("0.sealed"), town.named("0.json"));
    let mine = town.named("0.identity");
    let seal = town.vote(0, "election.json", &["-s", "Owls", "--seal"], "0.sealed");
    let challenged_code = run(&seal)["tracking_code"].as_str().unwrap().to_owned();
    refused(&seal, 4, "file-exists");
    let opened = town.named("0.opened");
    let challenge = ["ballot", "challenge", &mine, &sealed, "--out", &opened];
    let cast = ["ballot", "cast", &mine, &sealed, "--out", &first];
    // Another's file opens under the same passphrase; the ballot is not hers.
    for decide in ["cast", "challenge"] {
        let other = ["ballot", decide, &town.named("1.identity"), &sealed, "--out", &first];
        fails(&other, 1, "other-identity");
        // The two files exchanged.
        let said = fails(&["ballot", decide, &sealed, &mine, "--out", &first], 3, "malformed-file");
        let said = said["error"]["message"].as_str().unwrap().to_owned();
        assert!(said.contains("is not a sealed ballot: it is a file under a passphrase"), "{said}");
    }
    fails(&["ballot", "challenge", &mine, &sealed, "--out", &sealed, "--force"], 2, "usage");
    assert_eq!(done(&challenge)["tracking_code"], *challenged_code);
    let check = ["ballot", "check", &opened, "--election", &election, "--code", &challenged_code];
    let said = done(&check);
    assert_eq!((&said["numbers"], &said["options"]), (&json!([0, 1]), &json!(["Library", "Owls"])));
    fails(&cast, 1, "already-challenged");
    fails(&[&challenge[..5], &[town.named("x").as_str()]].concat(), 1, "already-challenged");
    let left = fs::read_to_string(&sealed).unwrap();
    assert!(left.contains("\"challenged\"") && !left.contains("AGE"), "{left}");
    // A machine that opens another ballot than it showed, or other numbers.
    let second_code = run(&town.vote(0, "election.json", &["-s", "Owls", "--seal", "--force"], "0.sealed"));
    let second_code = second_code["tracking_code"].as_str().unwrap().to_owned();
    assert_ne!(second_code, challenged_code);
    let other = [&check[..6], &[second_code.as_str()]].concat();
    fails(&other, 1, "other-code");
    changed(&town.at("0.opened"), &town.at("lie"), |file| file["opening"]["votes"] = json!([1, 0]));
    fails(
        &["ballot", "check", &town.named("lie"), "--election", &election, "--code", &challenged_code],
        1,
        "wrong-opening",
    );
    fails(&["ballot", "check", &opened, "--election", &election, "--code", "ABCD"], 2, "usage");
    fails(&[&check[..], &["--weight", "1"]].concat(), 2, "usage");
    let was_cast = done(&cast);
    assert_eq!(was_cast["tracking_code"], *second_code);
    fails(&[&challenge[..5], &[town.named("x").as_str()]].concat(), 1, "already-cast");
    assert!(!town.at("x").exists());
    // Whoever lost the ballot, by a crash before it was written, gets the same one again; it cannot be opened any more.
    let left = fs::read_to_string(&sealed).unwrap();
    assert!(left.contains("\"cast\"") && !left.contains("AGE"), "{left}");
    assert_eq!(done(&[&cast[..5], &[town.named("x").as_str()]].concat()), {
        let mut again = was_cast.clone();
        again["path"] = town.named("x").into();
        again
    });
    assert_eq!(fs::read(town.at("x")).unwrap(), fs::read(&first).unwrap());
    let kept_code = Value::from(challenged_code.as_str());
    changed(&town.at("0.sealed"), &town.at("other.sealed"), |file| file["tracking_code"] = kept_code);
    let other = ["ballot", "cast", &mine, &town.named("other.sealed"), "--out", &town.named("y")];
    fails(&other, 3, "malformed-file");

    // Others cast at once.
    run(&town.vote(1, "election.json", &["-s", "0"], "1.json"));
    run(&town.vote(2, "election.json", &["-s", "Owls"], "2.json"));

    // Refused: an open ballot, another's encrypted choice, a good ballot under another's mark.
    let refuse = |name: &str, code: &str| {
        fails(&["box", "accept", &ballot_box, &town.named(name)], 1, code);
    };
    let id = created["election"].as_str().unwrap();
    let open = json!({
        "format": "tabella-open-ballot-v1", "circuit": "membership-10-v1", "election": id, "registry_root": "1",
        "nullifier": "1", "selection": [0], "proof": "00".repeat(256),
    });
    fs::write(town.at("open.json"), open.to_string()).unwrap();
    refuse("open.json", "other-kind");
    // What is no ballot is called by its name.
    for (name, what, hint) in [
        ("0.sealed", "it is a sealed ballot", "ballot cast"),
        ("0.opened", "it is a challenged ballot", "never cast"),
    ] {
        let error =
            fails(&["box", "accept", &ballot_box, &town.named(name)], 1, "malformed")["error"].clone();
        let (message, hinted) = (error["message"].as_str().unwrap(), error["hint"].as_str().unwrap());
        assert!(message.contains(what) && hinted.contains(hint), "{error}");
    }
    let early =
        fails(&["box", "accept", &ballot_box, &first, "--at", "1970-01-02T00:00:00Z"], 1, "not-yet-open");
    assert_eq!(
        early["error"]["message"],
        "the ballot came at 1970-01-02T00:00:00Z, the box opens at 2023-11-14T22:13:20Z"
    );
    let other: Value = serde_json::from_slice(&fs::read(town.at("1.json")).unwrap()).unwrap();
    for member in ["ciphertext", "nullifier"] {
        changed(&town.at("0.json"), &town.at("tampered.json"), |ballot| {
            ballot[member] = other[member].clone()
        });
        refuse("tampered.json", "invalid-proof");
    }
    let receipts = town.named("receipts");
    let ballots = ["0.json", "1.json", "2.json"].map(|name| town.named(name));
    let accepted =
        done(&["box", "accept", &ballot_box, &ballots[0], &ballots[1], &ballots[2], "--receipts", &receipts]);
    assert_eq!(
        (&accepted["accepted"], &accepted["ballots"][0]["tracking_code"]),
        (&3.into(), &second_code.clone().into())
    );
    let again = done(&["box", "accept", &ballot_box, &ballots[1], "--receipts", &receipts]);
    assert_eq!(
        (&again["accepted"], &again["accepted_before"], &again["ballots"][0]["new"]),
        (&0.into(), &1.into(), &false.into())
    );
    let output = tabella().args(["box", "accept", &ballot_box, &ballots[1]]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("0 accepted, 1 accepted before, 0 refused\n"), "{text}");
    // A second vote, the other way.
    run(&town.vote(1, "election.json", &["-s", "Owls"], "again.json"));
    refuse("again.json", "already-voted");

    // In the box: by code, in small letters too, by receipt, by ballot; what was challenged is nowhere.
    let find = |sought: &str, place: &str| done(&["receipt", "check", sought, place])["index"].clone();
    assert_eq!(find(&second_code, &ballot_box), 0);
    assert_eq!(find(&second_code.to_lowercase(), &ballot_box), 0);
    assert_eq!(find(&town.named("receipts/2.receipt.json"), &ballot_box), 2);
    assert_eq!(find(&ballots[1], &ballot_box), 1);
    fails(&["receipt", "check", &challenged_code, &ballot_box], 1, "not-in-record");
    let mistyped = fails(&["receipt", "check", &second_code[1..], &ballot_box], 4, "not-found");
    assert!(
        mistyped["error"]["hint"].as_str().unwrap().contains("no tracking code: eight groups"),
        "{mistyped}"
    );

    // Closed, and given to the trustees.
    let export = [
        "box",
        "export",
        &ballot_box,
        "--out",
        &record,
        "--registry",
        &town.named("list.csv"),
        "--ceremony",
        &ceremony,
    ]
    .map(str::to_owned);
    refused(&export, 1, "not-closed");
    let early = fails(&["box", "close", &ballot_box, "--at", "1970-01-02T00:00:00Z"], 1, "too-early");
    let message = early["error"]["message"].as_str().unwrap();
    assert!(message.ends_with("Z, now is 1970-01-02T00:00:00Z"), "{message}");
    let closed = done(&["box", "close", &ballot_box, "--at", "+2h"]);
    let head = closed["published_head"].as_str().unwrap();
    assert!(head.starts_with("3:"), "{head}");
    refused(&export[..7], 2, "usage");
    let elsewhere = tempfile::tempdir().unwrap();
    let strangers = House::convened(elsewhere.path(), 3, "2", "2").hold();
    refused(&[&export[..8], &[arg(&strangers).to_owned()]].concat(), 1, "other-ceremony");
    let exported = run(&export);
    assert_eq!(
        (&exported["whole"], &exported["threshold"], &exported["trustees"]),
        (&false.into(), &2.into(), &3.into())
    );
    let fault = fails(&["audit", &record], 1, "record-faulty");
    assert!(fault["error"]["hint"].as_str().unwrap().contains("--unopened"), "{fault}");
    let audited = done(&["audit", "--unopened", &record, "--election", id, "--head", head]);
    assert_eq!((&audited["published_head"], &audited["citizens"]), (&closed["published_head"], &4.into()));
    // The clerk said that it is two hours later than it is.
    let warned = audited["warnings"].as_array().unwrap();
    assert!(warned.iter().any(|warning| warning["warning"] == "closed-in-future"), "{audited}");
    fails(&["tally", &record], 1, "not-opened");
    assert_eq!(find(&second_code, &record), 0);
    assert_eq!(find(&town.named("receipts/0.receipt.json"), &record), 0);
    fails(&["receipt", "check", &challenged_code, &record], 1, "not-in-record");

    // Two trustees open it; the whole record is counted and audited.
    let whole = town.named("record.jsonl");
    town.open(id, head, "unopened.jsonl", "record.jsonl");
    let tally = done(&["tally", &whole]);
    assert_eq!((&tally["tally"]["counts"][0]["votes"], &tally["tally"]["winners"]), (&1.into(), &json!([1])));
    let report =
        done(&["audit", &whole, "--receipt", &town.named("receipts/1.receipt.json"), "--head", head]);
    assert_eq!(
        (&report["ballots"], &report["receipts_found"], &report["opening"]["shares"]),
        (&3.into(), &1.into(), &json!([1, 2]))
    );
    let error = fails(&["audit", "--unopened", &whole], 1, "already-whole")["error"].clone();
    assert_eq!(error["hint"], "audit it without --unopened");
    let shown = String::from_utf8(tabella().args(["audit", &whole]).output().unwrap().stdout).unwrap();
    assert!(shown.contains("opened    2023-11-14T22:13:20Z\nto close  2"), "{shown}");
    assert_eq!(find(&second_code, &whole), 0);

    // The trustees who opened it give their parts in the proof of the tally; the third has none to give.
    let (proved, parts) = (town.named("proved.jsonl"), [1, 2, 3].map(|n| town.named(&format!("{n}.part"))));
    for (number, part) in (1..).zip(&parts) {
        let secret = town.house.secret(number);
        let give = ["trustee", "part", arg(&secret), &whole, "--out", part];
        if number < 3 {
            assert_eq!(done(&give)["trustee"], number);
        } else {
            fails(&give, 1, "not-opened");
        }
    }
    let prove = ["tally", "prove", &whole, "--out", &proved, "--part", &parts[0], "--part", &parts[1]];
    let made = done(&prove);
    assert_eq!((&made["sum_proofs"], &made["tally_proof"]), (&1.into(), &true.into()));
    assert_eq!(done(&["audit", &proved, "--head", head])["ballots"], 3);
    let text = fs::read_to_string(&whole).unwrap();
    fs::write(&whole, text.replacen("{\"votes\":2,", "{\"votes\":3,", 1)).unwrap();
    fails(&["audit", &whole], 1, "record-faulty");
}

impl Town {
    /// The first two trustees check the record, as the box was closed, and give their shares; anybody opens its sum.
    fn open(&self, election: &str, head: &str, unopened: &str, whole: &str) {
        let mut open = ["trustee", "open"].map(str::to_owned).to_vec();
        open.push(self.named(unopened));
        for number in [1, 2] {
            let share = self.named(&format!("{number}.share"));
            let secret = self.house.secret(number);
            let what = ["--election", election, "--head", head, "--out", &share];
            done(&[&["trustee", "share", arg(&secret), &self.named(unopened)], what.as_slice()].concat());
            open.push(share);
        }
        open.extend(["--out".to_owned(), self.named(whole)]);
        assert_eq!(run(&open)["opened"], true);
    }
}

#[test]
fn every_rule_has_its_ballot() {
    let town = Town::new(2, 3);
    let ceremony = town.named("ceremony.json");
    let secret = [
        "--option",
        "Library",
        "--option",
        "a=b",
        "--option",
        "1",
        "--ceremony",
        &ceremony,
        "--least-ballots",
        "2",
    ];
    let election = |options: &[&str]| {
        let mut create = town.create(&[&secret[..], options].concat(), "e.json");
        create.push("--force".to_owned());
        run(&create);
    };
    let says = |options: &[&str]| town.challenged("e.json", options).0;
    let refuses = |options: &[&str], exit: i32, code: &str| {
        let mut vote = town.vote(0, "e.json", options, "sealed");
        vote.extend(["--seal", "--force"].map(str::to_owned));
        refused(&vote, exit, code)
    };

    election(&["--method", "approval", "--min", "2", "--no-abstention"]);
    assert_eq!(says(&["-s", "a=b", "-s", "Library"]), json!([1, 1, 0]));
    refuses(&["-s", "a=b"], 1, "invalid-selection");
    refuses(&["-s", "a=b", "-s", "a=b"], 1, "invalid-selection");
    refuses(&["--abstain"], 1, "invalid-selection");

    election(&["--method", "score", "--max", "5"]);
    assert_eq!(says(&["-s", "Library=3", "-s", "a=b=5"]), json!([3, 5, 0]));
    assert_eq!(says(&["--select-number", "2=1", "-s", "0=0"]), json!([0, 0, 1]));
    assert_eq!(says(&["--abstain"]), json!([0, 0, 0]));
    let error = refuses(&["-s", "Library"], 2, "usage");
    assert_eq!(error["error"]["hint"], "such as --select \"Library=1\"; options that are not named get 0");
    // The label of one option is the number of another.
    refuses(&["-s", "1=3"], 2, "usage");
    let said = |error: Value| error["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        said(refuses(&["-s", "a=b=1", "-s", "Library=6"], 1, "invalid-selection")),
        "the rules, score, do not allow this choice: \"Library\" gets 6, and one option gets at most 5"
    );
    let text = said(refuses(&["-s", "Library=99999999999999999999"], 2, "usage"));
    assert!(text.contains("\"99999999999999999999\" is no number that the rules, score, allow"), "{text}");
    refuses(&["-s", "Library=1", "-s", "0=2"], 1, "invalid-selection");
    for wrong in ["Library=", "Library=-1", "Library=03", "Library=1.5", "Owls=1", "=1"] {
        refuses(&["-s", wrong], 2, "usage");
    }
    refuses(&["--select-number", "3=1"], 2, "usage");

    election(&["--method", "budget", "--max", "10"]);
    assert_eq!(says(&["-s", "Library=4", "-s", "a=b=6"]), json!([4, 6, 0]));
    let text = said(refuses(&["-s", "Library=4", "-s", "a=b=7"], 1, "invalid-selection"));
    assert!(text.ends_with("the numbers add up to 11, and the rules ask for 1 to 10 in all"), "{text}");

    election(&["--method", "quadratic", "--max", "13"]);
    assert_eq!(says(&["-s", "Library=3", "-s", "a=b=2"]), json!([3, 2, 0]));
    let text = said(refuses(&["-s", "Library=3", "-s", "a=b=3"], 1, "invalid-selection"));
    assert!(text.ends_with("cost 18 credits, v times v for each option, and there are 13"), "{text}");

    election(&["--method", "borda"]);
    assert_eq!(says(&["-s", "a=b", "-s", "2", "-s", "Library"]), json!([0, 2, 1]));
    refuses(&["-s", "a=b", "-s", "Library"], 2, "usage");
    refuses(&["-s", "a=b", "-s", "Library", "--select-number", "2"], 2, "usage");
    refuses(&["-s", "a=b", "-s", "Library", "-s", "a=b"], 1, "invalid-selection");

    // Weights: of the first citizen 10.
    let weights = town.named("weights.csv");
    election(&["--method", "score", "--max", "5", "--weights", &weights]);
    refuses(&["-s", "Library=1"], 2, "usage");
    let (numbers, weight) = town.challenged("e.json", &["-s", "Library=5", "--weights", &weights]);
    assert_eq!((numbers, weight), (json!([5, 0, 0]), 10.into()));
    // A machine that seals 1 vote of weight 10 where 5 of weight 2 were asked for opens it as those: the voter knows her weight.
    let mut seal = town.vote(0, "e.json", &["-s", "Library=1", "--weights", &weights], "sealed");
    seal.extend(["--seal", "--force"].map(str::to_owned));
    let code = run(&seal)["tracking_code"].as_str().unwrap().to_owned();
    let [mine, sealed, opened, lie, e] =
        ["0.identity", "sealed", "opened", "lie", "e.json"].map(|name| town.named(name));
    done(&["ballot", "challenge", &mine, &sealed, "--out", &opened, "--force"]);
    changed(&town.at("opened"), &town.at("lie"), |file| {
        file["opening"]["votes"] = json!([5, 0, 0]);
        file["opening"]["weight"] = 2.into();
    });
    let check = |file: &str, weight: &[&str], exit: i32, failure: &str| {
        let check = ["ballot", "check", file, "--election", &e, "--code", &code];
        fails(&[&check[..], weight].concat(), exit, failure)["error"]["message"].as_str().unwrap().to_owned()
    };
    let said = check(&lie, &["--weight", "10"], 1, "other-weight");
    assert!(said.ends_with("the ballot is opened at weight 2, and the voter's weight is 10"), "{said}");
    let said = check(&lie, &[], 2, "usage");
    assert!(said.starts_with("--weight is needed: citizens of this election have weights"), "{said}");
    for wrong in ["0", "21"] {
        let said = check(&opened, &["--weight", wrong], 2, "usage");
        assert!(
            said.ends_with(&format!("weights of this election are from 1 to 20, and not {wrong}")),
            "{said}"
        );
    }
    let check = ["ballot", "check", &opened, "--election", &e, "--code", &code, "--weight", "10"];
    let shown = tabella().args(check).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("      1 x 10 = 10  Library\n") && shown.contains("the weight 10,"), "{shown}");
    assert_eq!(done(&check)["products"], json!([10, 0, 0]));
    // The same under an election of another name.
    run(&town.create(
        &[&secret[..], &["--method", "score", "--max", "5", "--weights", &weights]].concat(),
        "f.json",
    ));
    let other =
        ["ballot", "check", &opened, "--election", &town.named("f.json"), "--code", &code, "--weight", "10"];
    let said = fails(&other, 1, "other-election")["error"]["message"].as_str().unwrap().to_owned();
    assert!(said.contains("another election than ") && said.len() > 64, "{said}");
    let text = fs::read_to_string(&weights).unwrap();
    let list = |text: String| {
        fs::write(town.at("other.csv"), text).unwrap();
        ["-s", "Library=1", "--weights"]
            .map(str::to_owned)
            .into_iter()
            .chain([town.named("other.csv")])
            .collect::<Vec<_>>()
    };
    refuses(&words(&list(text.replace(",10", ",11"))), 1, "other-registry");
    refuses(&words(&list(text.replace(",10", ",0"))), 1, "other-weights");
    refuses(&words(&list(text.lines().take(2).collect::<Vec<_>>().join("\n"))), 1, "other-weights");
    refuses(&words(&list(text.replace(",10", ",4294967296"))), 3, "malformed-list");
    refuses(&words(&list(text.replace("commitment,", ""))), 3, "malformed-list");
    // Two ballots are never cast: the record is whole without a result, and its root is rebuilt from commitments and weights.
    let (ballot_box, record, list) = (town.named("box"), town.named("record.jsonl"), town.named("list.csv"));
    done(&["box", "open", &ballot_box, "--election", &town.named("e.json"), "--insecure-development-keys"]);
    done(&["box", "close", &ballot_box, "--at", "+2h"]);
    let export =
        ["box", "export", &ballot_box, "--out", &record, "--ceremony", &ceremony, "--registry", &list];
    let error = fails(&export, 2, "usage");
    assert!(error["error"]["message"].as_str().unwrap().contains("--weights are needed"), "{error}");
    assert_eq!(done(&[&export[..], &["--weights", &weights]].concat())["whole"], true);
    let report = done(&["audit", &record]);
    assert_eq!((&report["tally"]["outcome"], &report["citizens"]), (&"not-opened".into(), &2.into()));
}

#[test]
fn elections_that_make_no_sense_are_refused() {
    let town = Town::new(2, 2);
    let ceremony = town.named("ceremony.json");
    let refuse = |options: &[&str]| {
        let all = [&["--option", "A", "--option", "B"], options].concat();
        refused(&town.create(&all, "e.json"), 2, "usage")["error"].clone()
    };
    let secret = |options: &[&str]| {
        let ceremony = ["--ceremony", ceremony.as_str(), "--least-ballots", "2"];
        refuse(&[&ceremony[..], options].concat())["message"].as_str().unwrap().to_owned()
    };
    let open = refuse(&["--method", "score", "--max", "5"]);
    assert!(open["hint"].as_str().unwrap().contains("--ceremony"), "{open}");
    refuse(&["--weights", &town.named("weights.csv")]);
    let mut past = town.create(&["--option", "A", "--option", "B"], "e.json");
    past.iter_mut().filter(|word| *word == "+1h").for_each(|word| *word = "-7d".to_owned());
    let past = refused(&past, 2, "usage")["error"].clone();
    assert!(past["message"].as_str().unwrap().starts_with("\"-7d\" is before now"), "{past}");
    assert_eq!(secret(&["--method", "score"]), "--method score needs --max: the points for one option");
    assert_eq!(
        secret(&["--method", "budget", "--max", "65536"]),
        "--max 65536 is more than the 65535 that budget allows"
    );
    assert_eq!(
        secret(&["--method", "borda", "--max", "3"]),
        "--max does not go with borda, which leaves nothing to limit"
    );
    assert_eq!(
        secret(&["--method", "quadratic", "--min", "3"]),
        "--min is for approval; quadratic has no least number"
    );
    assert!(secret(&["--method", "score", "--max", "0"]).contains("the bound is 0"));
    assert!(
        secret(&["--method", "approval", "--max", "3"])
            .contains("from 1 to 3 options is not possible among 2")
    );
    // The sum of all weights must be one that can be opened.
    let heavy = fs::read_to_string(town.at("weights.csv")).unwrap().replace(",10", ",4294967295");
    fs::write(town.at("heavy.csv"), heavy).unwrap();
    let error = secret(&["--method", "score", "--max", "65535", "--weights", &town.named("heavy.csv")]);
    assert!(error.contains("a sum above 2^40 cannot be opened"), "{error}");
    let many: Vec<String> = (0..9).flat_map(|n| ["--option".to_owned(), format!("option {n}")]).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).chain(["--ceremony", &ceremony]).collect();
    let error = refused(&town.create(&many, "e.json"), 2, "usage");
    assert!(error["error"]["hint"].as_str().unwrap().contains("2 to 8 options"), "{error}");
    assert!(!town.at("e.json").exists());
}
