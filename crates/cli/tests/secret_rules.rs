//! Every rule of secret elections, and those that make no sense, by the command line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{
    done, fails, tabella,
    town::{Town, changed, refused, run, words},
};
use serde_json::{Value, json};
use std::fs;

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
    let twice = refuses(&["-s", "a=b", "--select-number", "1"], 1, "invalid-selection");
    assert_eq!(twice["error"]["message"], "\"a=b\" is chosen twice");
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
    let twice = refuses(&["-s", "Library=1", "-s", "0=2"], 1, "invalid-selection");
    assert_eq!(said(twice), "\"Library\" is chosen twice");
    for wrong in ["Library=", "Library=-1", "Library=03", "Library=1.5", "Owls=1", "=1"] {
        refuses(&["-s", wrong], 2, "usage");
    }
    refuses(&["--select-number", "3=1"], 2, "usage");

    election(&["--method", "budget", "--max", "10"]);
    let shown = tabella().args(["election", "show", &town.named("e.json")]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("up to 10 points in all, spread over the options"), "{shown}");
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
    let told = tabella().args(words(&seal)).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains(" --nullifier N --weight W` says")
            && told.contains("; W is your weight in the published list."),
        "{told}"
    );
    let code = run(&seal)["tracking_code"].as_str().unwrap().to_owned();
    let [mine, sealed, opened, lie, e] =
        ["0.identity", "sealed", "opened", "lie", "e.json"].map(|name| town.named(name));
    done(&["ballot", "challenge", &mine, &sealed, "--out", &opened, "--force"]);
    changed(&town.at("opened"), &town.at("lie"), |file| {
        file["opening"]["votes"] = json!([5, 0, 0]);
        file["opening"]["weight"] = 2.into();
    });
    let ann = town.nullifier(0, "e.json");
    let check = |file: &str, weight: &[&str], exit: i32, failure: &str| {
        let check = ["ballot", "check", file, "--election", &e, "--code", &code, "--nullifier", &ann];
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
    let check = ["ballot", "check", &opened, "--election", &e, "--code", &code];
    let check = [&check[..], &["--weight", "10", "--nullifier", &ann]].concat();
    let shown = tabella().args(&check).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("      1 x 10 = 10 for Library\n") && shown.contains("the weight 10,"), "{shown}");
    assert_eq!(done(&check)["products"], json!([10, 0, 0]));
    // The same under an election of another name.
    run(&town.create(
        &[&secret[..], &["--method", "score", "--max", "5", "--weights", &weights]].concat(),
        "f.json",
    ));
    let f = town.named("f.json");
    let other = [&check[..4], &[f.as_str()], &check[5..]].concat();
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
    let shown = |args: &[&str]| {
        let output = tabella().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let text = shown(&["box", "close", &ballot_box, "--at", "+2h"]);
    assert!(
        text.contains("\n0 ballots are fewer than the 2 that are opened: there will be no result.\n"),
        "{text}"
    );
    let export =
        ["box", "export", &ballot_box, "--out", &record, "--ceremony", &ceremony, "--registry", &list];
    let error = fails(&export, 2, "usage");
    assert!(error["error"]["message"].as_str().unwrap().contains("--weights are needed"), "{error}");
    assert_eq!(done(&[&export[..], &["--weights", &weights]].concat())["whole"], true);
    let report = done(&["audit", &record]);
    assert_eq!((&report["tally"]["outcome"], &report["citizens"]), (&"not-opened".into(), &2.into()));
    let text = shown(&["audit", &record]);
    assert!(text.contains("any 2 open the sum; none gave one\n"), "{text}");
    assert!(text.contains("  opening     none: fewer than 2 ballots are not opened\n"), "{text}");
    let text = shown(&["tally", &record]);
    assert!(text.contains("there are no shares to compare"), "{text}");
    assert_eq!(text.matches("What?").count(), 1, "{text}");
    // Nobody waits for shares of it, and nothing of it is proved.
    let whole = |args: &[&str]| {
        let told = fails(args, 1, "already-whole")["error"].clone();
        let few = ": the record is whole: its 0 ballots are fewer than the 2 that are opened, and nobody gives shares";
        assert!(told["message"].as_str().unwrap().ends_with(few), "{told}");
        assert!(told["hint"].as_str().unwrap().starts_with("`tabella audit` without --unopened"), "{told}");
    };
    whole(&["audit", "--unopened", &record]);
    let (out, part) = (town.named("out.jsonl"), town.named("part.json"));
    whole(&["trustee", "open", &record, "--out", &out]);
    fs::write(
        town.at("part.json"),
        json!({"format": "tabella-tally-share-v1", "trustee": 1, "proof": "00".repeat(48)}).to_string(),
    )
    .unwrap();
    let told = fails(&["tally", "prove", &record, "--out", &out, "--part", &part], 1, "not-provable");
    assert!(told["error"]["hint"].as_str().unwrap().contains("fewer ballots than are opened"), "{told}");
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
    assert_eq!(
        secret(&["--method", "score", "--max", "0"]),
        "--max 0 leaves nothing to give: score needs 1 at least"
    );
    assert_eq!(secret(&["--threshold", "3/2"]), "--threshold: \"3/2\" is no share above 0 and at most 1");
    let unknown =
        refuse(&["--ceremony", &ceremony, "--least-ballots", "2", "--method", "borda", "--threshold", "1/2"]);
    assert!(unknown["hint"].as_str().unwrap().starts_with("--threshold says this share"), "{unknown}");
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

    // Times that are past make sense in a rehearsal, and are remarked.
    let between = |opens: &str, closes: &str| {
        let options =
            ["--option", "A", "--option", "B", "--ceremony", &ceremony, "--least-ballots", "2", "--force"];
        let mut args = town.create(&options, "e.json");
        args.iter_mut().filter(|word| *word == "+1h").for_each(|word| *word = closes.to_owned());
        args.iter_mut()
            .filter(|word| *word == "2023-11-14T22:13:20Z")
            .for_each(|word| *word = opens.to_owned());
        args
    };
    let noted = |args: &[String]| {
        let output = tabella().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let mut seal = town.vote(0, "e.json", &["-s", "A"], "sealed");
    seal.extend(["--seal", "--force"].map(str::to_owned));
    let (early, late) = ("2023-11-14T00:00:00Z", "2023-11-15T00:00:00Z");
    let said = refused(&between(late, early), 2, "usage")["error"]["message"].clone();
    assert_eq!(said, format!("--closes: {early} is not after the election opens, at {late}"));
    let said = noted(&between(early, late));
    assert!(said.contains(&format!("note: the election closed at {late}, before it was created")), "{said}");
    let said = noted(&seal);
    assert!(
        said.contains(&format!("note: the election closed at {late}: a box takes this ballot only if")),
        "{said}"
    );
    assert!(!noted(&between("+1h", "+2h")).contains("closed"));
    assert!(noted(&seal).contains(": a box takes this ballot from then on"));
}
