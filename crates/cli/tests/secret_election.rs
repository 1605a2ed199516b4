//! A secret election: citizens, clerk, trustees and auditor by the command line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{
    arg, done, fails,
    house::House,
    tabella,
    town::{Town, changed, refused, run, words},
};
use serde_json::{Value, json};
use std::fs;

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

    // Files that were taken for each other.
    let town_registry = town.named("town.registry");
    done(&["registry", "import", &town_registry, &town.named("list.csv")]);
    let other_registry =
        ["vote", &town.named("0.identity"), "--election", &election, "--registry", &election];
    for (wrong, code, said) in [
        (
            &["receipt", "check", &election, &ballot_box][..],
            "malformed-file",
            "a receipt: it is an election manifest",
        ),
        (
            &[&other_registry[..], &["--abstain", "--out", "none"]].concat(),
            "malformed-file",
            "a registry: it is an election manifest",
        ),
        (&["box", "status", &town_registry], "damaged-store", "a ballot box: not a store of"),
        (&["registry", "root", &ballot_box], "damaged-store", "a registry: not a store of"),
        (
            &["registry", "root", &town.named("0.identity")],
            "malformed-file",
            "a list of commitments: it is a file under a passphrase",
        ),
    ] {
        let said_it = fails(wrong, 3, code)["error"]["message"].as_str().unwrap().to_owned();
        assert!(said_it.contains(&format!(" is not {said}")), "{said_it}");
    }

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
    let [ann, bob] = [0, 1].map(|citizen| town.nullifier(citizen, "election.json"));
    let check = [
        "ballot",
        "check",
        &opened,
        "--election",
        &election,
        "--code",
        &challenged_code,
        "--nullifier",
        &ann,
    ];
    let said = done(&check);
    assert_eq!(said["nullifier"], *ann);
    assert_eq!((&said["numbers"], &said["options"]), (&json!([0, 1]), &json!(["Library", "Owls"])));
    // Clash attack: Bob wants the same, and his machine shows him this code. What it opens then is not his ballot.
    let clash = fails(&[&check[..8], &[bob.as_str()]].concat(), 1, "other-voter")["error"]["message"].clone();
    let said = format!("the ballot has nullifier {ann}, and the voter's is {bob}: it is another's ballot");
    assert!(clash.as_str().unwrap().ends_with(&said), "{clash}");
    let bobs = town.named("1.identity");
    let by_identity = |identity: &str| -> Vec<String> {
        [&check[..7], &["--identity", identity]].concat().into_iter().map(str::to_owned).collect()
    };
    assert_eq!(run(&by_identity(&mine))["nullifier"], *ann);
    refused(&by_identity(&bobs), 1, "other-voter");
    let missing = fails(&check[..7], 2, "usage")["error"]["message"].clone();
    assert!(
        missing.as_str().unwrap().starts_with("--nullifier or --identity is needed: machines of"),
        "{missing}"
    );
    fails(&[&check[..], &["--identity", mine.as_str()]].concat(), 2, "usage");
    fails(&[&check[..8], &["0x1"]].concat(), 2, "usage");
    let never = fails(&cast, 1, "already-challenged")["error"]["message"].clone();
    assert_eq!(never, format!("the ballot {challenged_code} was challenged: what was opened is never cast"));
    let again = fails(&[&challenge[..5], &[town.named("x").as_str()]].concat(), 1, "already-challenged");
    assert_eq!(
        again["error"]["message"],
        format!("the ballot {challenged_code} was challenged before, and its opening is written once")
    );
    let left = fs::read_to_string(&sealed).unwrap();
    assert!(left.contains("\"challenged\"") && !left.contains("AGE"), "{left}");
    // A machine that opens another ballot than it showed, or other numbers.
    let second_code = run(&town.vote(0, "election.json", &["-s", "Owls", "--seal", "--force"], "0.sealed"));
    let second_code = second_code["tracking_code"].as_str().unwrap().to_owned();
    assert_ne!(second_code, challenged_code);
    let other = [&check[..6], &[second_code.as_str()], &check[7..]].concat();
    fails(&other, 1, "other-code");
    changed(&town.at("0.opened"), &town.at("lie"), |file| file["opening"]["votes"] = json!([1, 0]));
    fails(&[&check[..2], &[town.named("lie").as_str()], &check[3..]].concat(), 1, "wrong-opening");
    fails(&[&check[..6], &["ABCD"], &check[7..]].concat(), 2, "usage");
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
    // Nor is a manifest believed that the ballot does not belong to.
    run(&town.create(&secret, "another.json"));
    let another: Value = serde_json::from_slice(&fs::read(town.at("another.json")).unwrap()).unwrap();
    changed(&town.at("0.sealed"), &town.at("other.sealed"), |file| file["manifest"] = another);
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
    // Bob finds there the code that his machine showed him: of Ann's ballot.
    let mark = ["receipt", "check", &second_code, &ballot_box, "--nullifier"];
    assert_eq!(done(&[&mark[..], &[ann.as_str()]].concat())["yours"], true);
    fails(&[&mark[..], &[bob.as_str()]].concat(), 1, "other-voter");
    assert_eq!(find(&second_code.to_lowercase(), &ballot_box), 0);
    assert_eq!(find(&second_code.replace('-', ""), &ballot_box), 0);
    assert_eq!(find(&second_code.replace('-', " "), &ballot_box), 0);
    assert_eq!(find(&town.named("receipts/2.receipt.json"), &ballot_box), 2);
    assert_eq!(find(&ballots[1], &ballot_box), 1);
    fails(&["receipt", "check", &challenged_code, &ballot_box], 1, "not-in-record");
    // A receipt that the box does not keep to: the ballot is there, and that is said.
    let lie = town.named("lie.receipt");
    let lies = |member: &str, value: Value| {
        changed(&town.at("receipts/2.receipt.json"), &town.at("lie.receipt"), |file| file[member] = value);
        let told = fails(&["receipt", "check", &lie, &ballot_box], 1, "not-in-record")["error"].clone();
        assert!(told["hint"].as_str().unwrap().contains("keep both, and ask the clerk"), "{told}");
        told["message"].as_str().unwrap().to_owned()
    };
    assert!(lies("index", 1.into()).ends_with(" stands at index 2, and the receipt says index 1"));
    let said = lies("link", "00".repeat(32).into());
    assert!(said.contains(" stands at index 2, and the link after it is ") && said.ends_with("00"), "{said}");
    let said = lies("nullifier", ann.as_str().into());
    assert!(said.contains(" has nullifier ") && said.ends_with(", the receipt says another: it was changed"));
    // What is of another election is told as that, and not as missing.
    let another = town.named("another.json");
    let by_code = ["receipt", "check", &challenged_code, &ballot_box, "--election", &another];
    let said = fails(&by_code, 1, "other-election")["error"]["message"].as_str().unwrap().to_owned();
    assert!(said.starts_with(&format!("{ballot_box} is of election {id}, not of ")), "{said}");
    changed(&town.at("receipts/2.receipt.json"), &town.at("lie.receipt"), |file| {
        file["election"] = "00".repeat(32).into();
    });
    for place in [&[ballot_box.as_str()][..], &[&ballot_box, "--election", &election]] {
        fails(&[&["receipt", "check", &lie], place].concat(), 1, "other-election");
    }
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
    let message = refused(&export, 1, "not-closed")["error"]["message"].clone();
    assert_eq!(message, format!("{ballot_box}: the ballot box is still open; close it first"));
    let early = fails(&["box", "close", &ballot_box, "--at", "1970-01-02T00:00:00Z"], 1, "too-early");
    let message = early["error"]["message"].as_str().unwrap();
    assert!(message.ends_with("Z, now is 1970-01-02T00:00:00Z"), "{message}");
    let closed = done(&["box", "close", &ballot_box, "--at", "+2h"]);
    let head = closed["published_head"].as_str().unwrap();
    assert!(head.starts_with("3:"), "{head}");
    refused(&export[..7], 2, "usage");
    let elsewhere = tempfile::tempdir().unwrap();
    let strangers = House::convened(elsewhere.path(), 3, "2", "2").hold();
    let other =
        refused(&[&export[..8], &[arg(&strangers).to_owned()]].concat(), 1, "other-ceremony")["error"]
            .clone();
    assert!(other["message"].as_str().unwrap().starts_with(&format!("{}: ", arg(&strangers))), "{other}");
    assert!(other["hint"].as_str().unwrap().contains("with which the election was created"), "{other}");
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
    let found = done(&["receipt", "check", &second_code, &record]);
    assert_eq!(
        (&found["index"], &found["nullifier"], &found["yours"]),
        (&0.into(), &ann.into(), &Value::Null)
    );
    let by_identity = ["receipt", "check", &second_code, &record, "--identity", &bobs];
    fails(&by_identity, 2, "usage");
    for (manifest, code) in [(&election, "other-voter"), (&another, "other-election")] {
        fails(&[&by_identity[..], &["--election", manifest.as_str()]].concat(), 1, code);
    }
    assert_eq!(find(&town.named("receipts/0.receipt.json"), &record), 0);
    fails(&["receipt", "check", &challenged_code, &record], 1, "not-in-record");
    let by_code = ["receipt", "check", &challenged_code, &record, "--election", &another];
    fails(&by_code, 1, "other-election");
    fails(&["receipt", "check", &lie, &record], 1, "other-election");
    // The auditor's receipt is of another election: the record is not at fault.
    let said =
        fails(&["audit", "--unopened", &record, "--receipt", &lie], 1, "other-election")["error"].clone();
    assert_eq!(said["hint"], format!("{lie} is the receipt of a ballot in that other election"));
    let both = ["audit", "--unopened", &record, "--election", id, "--receipt", &lie];
    let said = fails(&both, 1, "other-election")["error"]["message"].as_str().unwrap().to_owned();
    assert!(said.starts_with(&format!("{lie} is of election 0000")) && said.ends_with(id), "{said}");

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
            let error = fails(&give, 1, "not-opened")["error"].clone();
            assert_eq!(error["hint"], "parts come from trustees whose shares are in the record: 1, 2");
        }
    }
    // A second part of the first trustee, as good as the first, stands for nobody else: the files are named.
    let (first, again) = (town.house.secret(1), town.named("again.part"));
    done(&["trustee", "part", arg(&first), &whole, "--out", &again]);
    let twice = ["tally", "prove", &whole, "--out", &proved, "--part", &parts[0], "--part", &again];
    let said = fails(&twice, 1, "not-provable")["error"]["message"].as_str().unwrap().to_owned();
    let second =
        format!("{again} in the name of trustee 1: another good part of this trustee is there already");
    assert_eq!(said, format!("{whole}: parts of trustees: 1; needed: 2; {second}"));
    let prove = ["tally", "prove", &whole, "--out", &proved, "--part", &parts[0], "--part", &parts[1]];
    let made = done(&prove);
    // Of an election without ballots nothing was opened.
    let [empty_box, empty, out] = ["empty.box", "empty.jsonl", "out.jsonl"].map(|name| town.named(name));
    done(&["box", "open", &empty_box, "--election", &another, "--insecure-development-keys"]);
    done(&["box", "close", &empty_box, "--at", "+2h"]);
    done(&["box", "export", &empty_box, "--out", &empty, "--ceremony", &ceremony]);
    let text = tabella().args(["tally", "prove", &empty, "--out", &out]).output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("of the sum of 0 ballots; none of the tally, which was not opened."), "{text}");
    assert_eq!((&made["sum_proofs"], &made["tally_proof"]), (&1.into(), &true.into()));
    assert_eq!(done(&["audit", &proved, "--head", head])["ballots"], 3);
    let text = fs::read_to_string(&whole).unwrap();
    fs::write(&whole, text.replacen("{\"votes\":2,", "{\"votes\":3,", 1)).unwrap();
    fails(&["audit", &whole], 1, "record-faulty");
}
