//! Registrar, citizens, clerk and auditor, each with a folder of their own, exchanging files only.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, odd_folder, tabella};
use std::{fs, path::Path};

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
}

#[test]
fn an_election_among_four_people() {
    let root = tempfile::tempdir().unwrap();
    let [registrar, clerk, auditor] =
        ["registrar", "clerk", "auditor"].map(|name| odd_folder(root.path(), name));
    let citizens: Vec<_> = (0..3).map(|n| odd_folder(root.path(), &format!("citizen{n}"))).collect();

    // Citizens make identities and send their commitments.
    let mut commitments = Vec::new();
    for folder in &citizens {
        let file = folder.join("me.identity");
        let made = done(&["identity", "new", "--out", arg(&file), "--work-factor", "4"]);
        let shown = done(&["identity", "show", arg(&file)]);
        assert_eq!(made["commitment"], shown["commitment"]);
        commitments.push(made["commitment"].as_str().unwrap().to_owned());
    }

    // The registrar registers two by hand and one from a list.
    let registry = registrar.join("town.registry");
    done(&["registry", "new", arg(&registry)]);
    done(&["registry", "add", arg(&registry), &commitments[0], &commitments[1]]);
    let list = registrar.join("list.csv");
    fs::write(&list, format!("name,commitment\r\n\"Doe, Jane\",{}\r\n", commitments[2])).unwrap();
    let state = done(&["registry", "import", arg(&registry), arg(&list)]);
    assert_eq!(state["citizens"], 3);
    let snapshot = registrar.join("registry.json");
    done(&["registry", "export", arg(&registry), "--out", arg(&snapshot)]);
    assert_eq!(done(&["registry", "root", arg(&snapshot)])["root"], state["root"]);
    let group = registrar.join("group.json");
    done(&["registry", "export", arg(&registry), "--out", arg(&group), "--format", "semaphore"]);
    let imported =
        done(&["registry", "import-semaphore", arg(&registrar.join("again.registry")), arg(&group)]);
    assert_eq!(imported["root"], state["root"]);
    let path = registrar.join("path.json");
    done(&["registry", "path", arg(&registry), "--commitment", &commitments[2], "--out", arg(&path)]);
    assert_eq!(done(&["registry", "history", arg(&registry)])["states"], 2);
    done(&["registry", "check", arg(&registry)]);

    // The clerk creates the election from the published registry and opens the box.
    copy(&snapshot, &clerk.join("registry.json"));
    let draft = clerk.join("draft.json");
    fs::write(
        &draft,
        r#"{"title": "Mill", "question": "What shall we do with it?", "options": ["Library", "Owls"]}"#,
    )
    .unwrap();
    let manifest = clerk.join("election.json");
    let clerks_registry = clerk.join("registry.json");
    let create = [
        "election",
        "create",
        "--from",
        arg(&draft),
        "--registry",
        arg(&clerks_registry),
        "--opens",
        "2023-11-14T22:13:20Z",
        "--closes",
        "+1h",
        "--quorum",
        "50%",
        "--out",
        arg(&manifest),
    ];
    fails(&create, 1, "insecure-keys");
    let mut create = create.to_vec();
    create.push("--insecure-development-keys");
    let election = done(&create);
    assert_eq!(election["insecure_development_key"], true);
    assert_eq!(done(&["election", "show", arg(&manifest)])["election"], election["election"]);
    let ballot_box = clerk.join("town.box");
    fails(&["box", "open", arg(&ballot_box), "--election", arg(&manifest)], 1, "insecure-keys");
    done(&["box", "open", arg(&ballot_box), "--election", arg(&manifest), "--insecure-development-keys"]);

    // Citizens vote; the third with a path instead of the whole registry.
    let inbox = clerk.join("inbox");
    fs::create_dir(&inbox).unwrap();
    for (number, folder) in citizens.iter().enumerate() {
        copy(&manifest, &folder.join("election.json"));
        copy(&snapshot, &folder.join("registry.json"));
        copy(&path, &folder.join("path.json"));
        let (identity, election, ballot) =
            (folder.join("me.identity"), folder.join("election.json"), folder.join("ballot.json"));
        let (flag, source) =
            if number == 2 { ("--path", "path.json") } else { ("--registry", "registry.json") };
        let source = folder.join(source);
        let choice = ["Owls", "1", "Library"][number];
        done(&[
            "vote",
            arg(&identity),
            "--election",
            arg(&election),
            flag,
            arg(&source),
            "--select",
            choice,
            "--out",
            arg(&ballot),
        ]);
        copy(&ballot, &inbox.join(format!("{number}.json")));
    }
    fails(
        &[
            "vote",
            arg(&citizens[0].join("me.identity")),
            "--election",
            arg(&manifest),
            "--path",
            arg(&path),
            "--select",
            "Owls",
            "--out",
            arg(&citizens[0].join("other.json")),
        ],
        1,
        "other-identity",
    );

    // The clerk accepts them; again gives the same receipts; a second choice is refused.
    let receipts = clerk.join("receipts");
    let checked = done(&["box", "check", arg(&ballot_box), arg(&inbox)]);
    assert_eq!(checked["valid"], 3);
    let accept = ["box", "accept", arg(&ballot_box), arg(&inbox), "--receipts", arg(&receipts)];
    assert_eq!(done(&accept)["accepted"], 3);
    let receipt = fs::read(receipts.join("1.receipt.json")).unwrap();
    let again = done(&accept);
    assert_eq!((&again["accepted"], &again["accepted_before"]), (&0.into(), &3.into()));
    assert_eq!(fs::read(receipts.join("1.receipt.json")).unwrap(), receipt);
    let second = citizens[0].join("second.json");
    done(&[
        "vote",
        arg(&citizens[0].join("me.identity")),
        "--election",
        arg(&manifest),
        "--registry",
        arg(&snapshot),
        "--select",
        "Library",
        "--out",
        arg(&second),
    ]);
    fails(&["box", "accept", arg(&ballot_box), arg(&second)], 1, "already-voted");
    let status = done(&["box", "status", arg(&ballot_box)]);
    assert_eq!(status["ballots"], 3);

    // Closing too early is refused; then the record is exported.
    let record = clerk.join("record.jsonl");
    let export =
        ["box", "export", arg(&ballot_box), "--out", arg(&record), "--registry", arg(&clerks_registry)];
    fails(&export, 1, "not-closed");
    fails(&["box", "close", arg(&ballot_box)], 1, "too-early");
    done(&["box", "close", arg(&ballot_box), "--at", "+2h"]);
    // Whoever comes late is told when voting ended, not when the box was closed.
    let late = fails(&["box", "accept", arg(&ballot_box), arg(&second), "--at", "+3h"], 1, "closed");
    let ended = late["error"]["message"].as_str().unwrap().rsplit_once("voting ended at ").unwrap().1;
    let shown = tabella().args(["election", "show", arg(&manifest)]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&format!("closes         {ended}\n")), "{late}\n{shown}");
    let exported = done(&export);

    // Anybody counts; the auditor redoes everything; citizens look for their ballots.
    copy(&record, &auditor.join("record.jsonl"));
    let published = auditor.join("record.jsonl");
    let tally = done(&["tally", arg(&published)]);
    assert_eq!(tally["tally"]["winners"], serde_json::json!([1]));
    let digest = exported["digest"].as_str().unwrap();
    let id = election["election"].as_str().unwrap();
    let my_receipt = receipts.join("0.receipt.json");
    let audit =
        ["audit", arg(&published), "--digest", digest, "--election", id, "--receipt", arg(&my_receipt)];
    let report = done(&audit);
    assert_eq!(
        (&report["valid"], &report["ballots"], &report["receipts_found"]),
        (&true.into(), &3.into(), &1.into())
    );
    assert_eq!(done(&["audit", "--one-by-one", arg(&published)])["record_digest"], digest);
    let hint = |args: &[&str], code: &str| {
        fails(&[&["audit", arg(&published)], args].concat(), 1, code)["error"]["hint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        hint(&["--ceremony-keys-only"], "untrusted-key"),
        "it is a development key; there are none from a ceremony yet"
    );
    // What was given may be wrong, and not the record.
    let zeros = "00".repeat(32);
    let head = |ballots: u8| format!("{ballots}:{zeros}");
    for (args, code) in [
        (&["--election", zeros.as_str()], "other-election"),
        (&["--digest", zeros.as_str()], "record-faulty"),
        (&["--head", head(2).as_str()], "record-faulty"),
        (&["--head", head(9).as_str()], "record-faulty"),
    ] {
        let said = hint(args, code);
        assert!(
            said.starts_with("compare what you gave with what was published, receipts one by one"),
            "{said}"
        );
    }
    done(&["receipt", "check", arg(&my_receipt), arg(&published)]);
    let [mine, others] = [0, 1].map(|citizen: usize| citizens[citizen].join("me.identity"));
    let check =
        ["receipt", "check", arg(&my_receipt), arg(&published), "--election", arg(&manifest), "--identity"];
    let found = done(&[&check[..], &[arg(&mine)]].concat());
    let said = done(&["identity", "nullifier", arg(&mine), "--election", arg(&manifest)]);
    assert_eq!((&found["yours"], &found["nullifier"]), (&true.into(), &said["nullifier"]));
    assert_eq!((&said["commitment"], &said["election"]), (&commitments[0].clone().into(), &id.into()));
    fails(&[&check[..], &[arg(&others)]].concat(), 1, "other-voter");

    // A record that was tampered with, and one that was cut off.
    let text = fs::read_to_string(&published).unwrap();
    let tampered = auditor.join("tampered.jsonl");
    fs::write(&tampered, text.replacen("\"selection\":[1]", "\"selection\":[0]", 1)).unwrap();
    let fault = fails(&["audit", arg(&tampered)], 1, "record-faulty");
    assert_eq!(fault["fault"]["entry"], 1);
    fails(&["receipt", "check", arg(&my_receipt), arg(&tampered)], 3, "malformed-record");
    let cut = auditor.join("cut.jsonl");
    fs::write(&cut, &text[..text.len() / 2]).unwrap();
    fails(&["audit", arg(&cut)], 1, "record-faulty");
    // Another file in a record's place is told as what it is.
    for command in [&["audit"][..], &["tally"]] {
        let other = fails(&[command, &[arg(&my_receipt)]].concat(), 3, "malformed-file");
        let message = other["error"]["message"].as_str().unwrap();
        assert!(message.ends_with("is not an election record: it is a receipt"), "{other}");
    }
    fails(&["tally", arg(&cut)], 3, "malformed-record");
}
