//! Every command with its documented failures: exit code, one line of cause, one JSON object, no panic.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, json, tabella};
use predicates::prelude::*;
use std::fs;

#[test]
fn usage_errors() {
    for args in [
        &["frobnicate"][..],
        &["identity", "new"],
        &["registry", "add", "x"],
        &["registry", "add", "x", "007"],
        &["registry", "add", "x", "-1"],
        &["election", "create"],
        &["vote"],
        &["box", "open"],
        &["demo", "--citizens", "1"],
        &["demo", "--citizens", "3", "--voters", "4"],
        &["params", "show", "membership-11-v1"],
        &["verify-proof", "x", "--depth", "33"],
        &["completions", "tcl"],
        &["man", "--colour"],
    ] {
        fails(args, 2, "usage");
    }
    // Without a command there is help.
    for args in [&[][..], &["identity"], &["box"]] {
        tabella().args(args).assert().code(2);
        assert_eq!(json(args).1["error"]["message"], "a command is missing");
    }
}

#[test]
fn help_version_completions_and_manual_pages() {
    tabella().arg("--help").assert().success().stdout(predicate::str::contains("Exit codes:"));
    tabella().args(["box", "accept", "--help"]).assert().success();
    tabella().arg("--version").assert().success().stdout(predicate::str::starts_with("tabella "));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        tabella().args(["completions", shell]).assert().success().stdout(predicate::str::contains("tabella"));
    }
    tabella().arg("man").assert().success().stdout(predicate::str::contains(".TH"));
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    let written = done(&["man", "--out", arg(&pages)]);
    assert!(written["pages"].as_array().unwrap().len() > 30);
    assert!(fs::read_to_string(pages.join("tabella-box-open.1")).unwrap().contains("ballot box"));
    fails(&["man", "--out", arg(&pages)], 4, "file-exists");
}

#[test]
fn identities() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let me = at("me.identity");
    done(&["identity", "new", "--out", arg(&me), "--work-factor", "2"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&me).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = fs::read(&me).unwrap();
    fails(&["identity", "new", "--out", arg(&me), "--work-factor", "2"], 4, "file-exists");
    assert_eq!(fs::read(&me).unwrap(), before);
    fails(&["identity", "new", "--out", arg(&at("none/me"))], 4, "not-found");
    fails(&["identity", "new", "--out", arg(&at("b")), "--work-factor", "99"], 2, "usage");
    fails(&["identity", "show", arg(&at("none"))], 4, "not-found");
    fails(&["identity", "show", arg(folder.path())], 4, "io");

    let word = at("word");
    fs::write(&word, "wrong\n").unwrap();
    fails(&["identity", "show", arg(&me), "--passphrase-file", arg(&word)], 6, "wrong-passphrase");
    fs::write(&word, "\n").unwrap();
    fails(
        &["identity", "new", "--out", arg(&at("c")), "--passphrase-file", arg(&word)],
        6,
        "passphrase-empty",
    );
    tabella()
        .env_remove("TABELLA_PASSPHRASE")
        .args(["identity", "show", arg(&me)])
        .assert()
        .code(6)
        .stderr(predicate::str::contains("TABELLA_PASSPHRASE"));
    let text = fs::read_to_string(&me).unwrap();
    let broken = at("broken");
    fs::write(&broken, &text[..text.len() / 2]).unwrap();
    fails(&["identity", "show", arg(&broken)], 3, "malformed-file");
    fs::write(&broken, vec![b'x'; 100_000]).unwrap();
    fails(&["identity", "show", arg(&broken)], 3, "file-too-large");

    // Out to Semaphore and back.
    let exported = at("exported");
    done(&["identity", "export", arg(&me), "--out", arg(&exported)]);
    let again = at("again");
    let (one, two) = (
        done(&["identity", "show", arg(&me)]),
        done(&["identity", "import", arg(&exported), "--out", arg(&again), "--work-factor", "2"]),
    );
    assert_eq!(one["commitment"], two["commitment"]);
    fs::write(&exported, "not base64!").unwrap();
    let other = at("d");
    fails(
        &["identity", "import", arg(&exported), "--out", arg(&other), "--work-factor", "2"],
        3,
        "malformed-file",
    );

    // By a recovery phrase.
    let phrased = at("phrased");
    let made = done(&["identity", "new", "--out", arg(&phrased), "--phrase", "--work-factor", "2"]);
    let phrase = at("phrase");
    fs::write(&phrase, made["recovery_phrase"].as_str().unwrap()).unwrap();
    let recover = |out: &str| {
        ["identity", "recover", "--out", out, "--phrase-file", arg(&phrase), "--work-factor", "2"]
            .map(str::to_owned)
    };
    let args = recover(arg(&at("recovered")));
    let recovered = done(&args.each_ref().map(String::as_str));
    assert_eq!(recovered["commitment"], made["commitment"]);
    fs::write(&phrase, "abandon ability able").unwrap();
    let args = recover(arg(&at("e")));
    fails(&args.each_ref().map(String::as_str), 3, "wrong-phrase");

    // Signatures.
    let signature = at("signature.json");
    done(&["identity", "sign", arg(&me), "--message", "hello", "--out", arg(&signature)]);
    let verified = done(&["identity", "verify", arg(&signature), "--message", "hello"]);
    assert_eq!(verified["commitment"], one["commitment"]);
    fails(&["identity", "verify", arg(&signature), "--message", "hullo"], 1, "other-message");
    fails(&["identity", "verify", arg(&signature), "--commitment", "5"], 1, "other-signer");
    let text = fs::read_to_string(&signature).unwrap();
    fs::write(&signature, text.replace("hello", "hullo")).unwrap();
    fails(&["identity", "verify", arg(&signature)], 1, "invalid-signature");
    fs::write(&signature, &text[..text.len() / 2]).unwrap();
    fails(&["identity", "verify", arg(&signature)], 3, "truncated-file");
    let long = "x".repeat(40);
    fails(&["identity", "sign", arg(&me), "--message", &long, "--out", arg(&at("f"))], 2, "usage");
}

#[test]
fn registries() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let registry = at("r");
    done(&["registry", "new", arg(&registry)]);
    let there = fails(&["registry", "new", arg(&registry)], 4, "file-exists");
    assert_eq!(there["error"]["message"], format!("cannot make {}: it is there already", arg(&registry)));
    done(&["registry", "add", arg(&registry), "11", "22"]);
    let root = done(&["registry", "root", arg(&registry)]);
    fails(&["registry", "add", arg(&registry), "33", "0"], 1, "commitment-refused");
    fails(&["registry", "add", arg(&registry), "33", "11"], 1, "commitment-refused");
    fails(&["registry", "remove", arg(&registry), "--slot", "9"], 1, "no-such-slot");
    fails(&["registry", "remove", arg(&registry), "--commitment", "9"], 1, "not-registered");
    fails(&["registry", "update", arg(&registry), "--slot", "0", "--to", "22"], 1, "commitment-refused");
    assert_eq!(done(&["registry", "root", arg(&registry)]), root, "what is refused changes nothing");
    done(&["registry", "update", arg(&registry), "--slot", "0", "--to", "44"]);
    done(&["registry", "remove", arg(&registry), "--commitment", "44"]);
    fails(&["registry", "remove", arg(&registry), "--slot", "0"], 1, "already-removed");
    fails(&["registry", "update", arg(&registry), "--slot", "0", "--to", "5"], 1, "already-removed");
    fails(&["registry", "root", arg(&at("none"))], 4, "not-found");
    fails(&["registry", "add", arg(&at("none")), "1"], 4, "not-found");

    let list = at("list.csv");
    for (text, code) in [
        ("1\n2\n2\n", "malformed-list"),
        ("1\n0\n", "malformed-list"),
        ("1\n0x2\n", "malformed-list"),
        ("1\n007\n", "malformed-list"),
        (
            "1\n21888242871839275222246405745257275088548364400416034343698204186575808495617\n",
            "malformed-list",
        ),
        ("a,b\n1,2\n", "malformed-list"),
        ("", "malformed-list"),
        ("1\n22\n", "commitment-refused"),
    ] {
        fs::write(&list, text).unwrap();
        let exit = if code == "malformed-list" { 3 } else { 1 };
        let failed = fails(&["registry", "import", arg(&registry), arg(&list)], exit, code);
        let message = failed["error"]["message"].as_str().unwrap();
        assert!(message.contains("line"), "{message}");
    }
    assert_eq!(done(&["registry", "root", arg(&registry)])["size"], 2, "nothing was half-imported");
    let lines = at("list.jsonl");
    fs::write(&lines, "\"5\"\n{\"commitment\": \"6\"}\n").unwrap();
    done(&["registry", "import", arg(&registry), arg(&lines)]);
    let rubbish = at("rubbish.json");
    fs::write(&rubbish, "[[\"1\"],").unwrap();
    fails(&["registry", "import-semaphore", arg(&at("s")), arg(&rubbish)], 3, "malformed-file");
    fs::write(&rubbish, "{\"format\": \"tabella-registry\"").unwrap();
    fails(&["registry", "root", arg(&rubbish)], 3, "malformed-file");
    let text = fs::read(&registry).unwrap();
    fs::write(at("cut"), &text[..100]).unwrap();
    fails(&["registry", "add", arg(&at("cut")), "1"], 3, "truncated-file");
    fs::write(at("rubbish"), vec![7; 100_000]).unwrap();
    fails(&["registry", "add", arg(&at("rubbish")), "1"], 3, "damaged-store");
}

#[test]
fn elections_boxes_and_records_that_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let rubbish = at("rubbish");
    let new_box = at("new.box");
    let commands: [&[&str]; 7] = [
        &["election", "show", arg(&rubbish)],
        &["box", "open", arg(&new_box), "--election", arg(&rubbish)],
        &["box", "status", arg(&rubbish)],
        &["audit", arg(&rubbish)],
        &["tally", arg(&rubbish)],
        &["receipt", "check", arg(&rubbish), arg(&rubbish)],
        &["params", "verify", arg(&rubbish)],
    ];
    for args in commands {
        fails(args, 4, "not-found");
    }
    for content in [&b""[..], b"{}", b"[]", b"\xff\xfe", b"{\"format\":\"x\"}", &[b'['; 100_000]] {
        fs::write(&rubbish, content).unwrap();
        for args in commands {
            let (exit, value) = json(args);
            assert!(exit == 3 || (exit == 1 && args[0] == "audit"), "{args:?} {content:?}: {exit} {value}");
        }
    }
    // An election that makes no sense.
    let registry = at("list.csv");
    fs::write(&registry, "11\n22\n").unwrap();
    let out = at("e.json");
    let base = [
        "election",
        "create",
        "--registry",
        arg(&registry),
        "--title",
        "T",
        "--question",
        "Q",
        "--out",
        arg(&out),
        "--insecure-development-keys",
    ];
    let with = |more: &[&str]| {
        let mut args: Vec<String> = base.iter().map(|a| (*a).to_owned()).collect();
        args.extend(more.iter().map(|a| (*a).to_owned()));
        args
    };
    for more in [
        &["--closes", "+1h"][..],
        &["--closes", "+1h", "--option", "A"],
        &["--option", "A", "--option", "B"],
        &["--closes", "+1h", "--option", "A", "--option", "A"],
        &["--closes", "now", "--option", "A", "--option", "B", "--opens", "+1h"],
        &["--closes", "soon", "--option", "A", "--option", "B"],
        &["--closes", "+1h", "--option", "A", "--option", "B", "--seats", "9"],
        &["--closes", "+1h", "--option", "A", "--option", "B", "--quorum", "9"],
        &["--closes", "+1h", "--option", "A", "--option", "B", "--threshold", "3/2"],
    ] {
        let args = with(more);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        fails(&args, 2, "usage");
        assert!(!out.exists());
    }
    fs::write(&registry, "").unwrap();
    let args = with(&["--closes", "+1h", "--option", "A", "--option", "B"]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    assert_eq!(json(&args).0, 3);
}

#[test]
fn known_answers() {
    let vectors = tabella_testkit::semaphore_vectors();
    tabella()
        .args(["vectors", "check", arg(&vectors)])
        .assert()
        .success()
        .stdout(predicate::str::ends_with("\n787 passed, 0 failed\n"));
    let folder = tempfile::tempdir().unwrap();
    fails(&["vectors", "check", arg(folder.path())], 3, "no-vectors");
    fails(&["vectors", "check", arg(&folder.path().join("none"))], 4, "not-found");
    // Proofs alone are verified with the published keys.
    fs::copy(vectors.join("proofs.json"), folder.path().join("proofs.json")).unwrap();
    let alone = done(&["vectors", "check", arg(folder.path())]);
    assert_eq!(alone["failed"], 0);
    // One digit changed, one file garbled, one unknown.
    let text = fs::read_to_string(vectors.join("poseidon.json")).unwrap();
    let spoilt = text.replacen(
        "7853200120776062878684798364095072458815029376092732009249414926327459813530",
        "7853200120776062878684798364095072458815029376092732009249414926327459813531",
        1,
    );
    assert_ne!(text, spoilt);
    fs::write(folder.path().join("poseidon.json"), spoilt).unwrap();
    fs::write(folder.path().join("groups.json"), "{\"members\": [").unwrap();
    fs::write(folder.path().join("other.json"), "{}").unwrap();
    let failed = fails(&["vectors", "check", arg(folder.path())], 1, "vectors-failed");
    assert_eq!(failed["failed"], 2);
    assert!(failed["notes"][0].as_str().unwrap().contains("other.json"));
    let entries: Vec<_> =
        failed["failures"].as_array().unwrap().iter().map(|f| f["entry"].as_str().unwrap()).collect();
    assert_eq!(entries, ["", "poseidon2[1].out"]);
}

#[test]
fn semaphore_proofs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proof.json");
    let proofs = tabella_testkit::semaphore_vector("proofs.json");
    let proof = &proofs["proofs"][0]["proof"];
    fs::write(&file, proof.to_string()).unwrap();
    let args = ["verify-proof", arg(&file)];
    assert_eq!(done(&args)["valid"], true);
    done(&["verify-proof", arg(&file), "--depth", "1", "--scope", "vote", "--message", "Hello world"]);
    fails(&["verify-proof", arg(&file), "--scope", "other"], 1, "other-statement");
    fails(&["verify-proof", arg(&file), "--depth", "2"], 1, "other-statement");
    let mut changed = proof.clone();
    changed["scope"] = "1".into();
    fs::write(&file, changed.to_string()).unwrap();
    fails(&args, 1, "invalid-proof");
    changed["nullifier"] = format!("0{}", proof["nullifier"].as_str().unwrap()).into();
    fs::write(&file, changed.to_string()).unwrap();
    fails(&args, 3, "malformed-file");
}

#[test]
fn a_closed_pipe_colours_and_a_foreign_locale_do_no_harm() {
    tabella()
        .args(["--color", "always", "params", "list"])
        .assert()
        .success()
        .stdout(predicate::str::contains("\u{1b}["));
    for (name, value) in [("NO_COLOR", "1"), ("LANG", "C"), ("TZ", "Pacific/Chatham"), ("TERM", "dumb")] {
        tabella()
            .env(name, value)
            .args(["params", "list"])
            .assert()
            .success()
            .stdout(predicate::str::contains("\u{1b}[").not());
    }
    // `tabella man | true`: the reader goes before the writer is done.
    use std::process::{Command, Stdio};
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("tabella"))
        .args(["man"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn a_small_demonstration_in_secret() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let report = done(&["demo", "--secret", "--citizens", "4", "--voters", "3", "--dir", arg(&dir)]);
    assert_eq!((&report["accepted"], &report["insecure_development_key"]), (&3.into(), &true.into()));
    assert_eq!(report["attempts"].as_array().unwrap().len(), 3);
    let votes: Vec<_> =
        report["tally"]["counts"].as_array().unwrap().iter().map(|c| c["votes"].as_u64().unwrap()).collect();
    assert_eq!(votes, [2, 1]);
    let dropped = report["trustees"]["dropped"].as_array().unwrap();
    assert_eq!(dropped.len(), 1);
    assert!(dropped[0].as_str().unwrap().starts_with("trustee 4: a share for another sum"), "{dropped:?}");
    done(&["audit", arg(&dir.join("record.jsonl"))]);
    let tally = done(&["tally", arg(&dir.join("record.jsonl"))]);
    assert_eq!(tally["tally"], report["tally"]);
    fails(&["audit", arg(&dir.join("record-unopened.jsonl"))], 1, "record-faulty");
    let [town, registry, out] = ["town.box", "registry.json", "out.jsonl"].map(|name| dir.join(name));
    let export = ["box", "export", arg(&town), "--registry", arg(&registry), "--out", arg(&out)];
    fails(&export, 2, "usage");
    assert!(!out.exists());
    // What it leaves is what the clerk's commands make.
    done(&[&export[..], &["--ceremony", arg(&dir.join("ceremony.json"))]].concat());
    assert_eq!(fs::read(&out).unwrap(), fs::read(dir.join("record-unopened.jsonl")).unwrap());
    done(&["audit", "--unopened", arg(&out)]);
    fails(&["tally", arg(&out)], 1, "not-opened");
    let shown = tabella().args(["election", "show", arg(&dir.join("election.json"))]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("secret: encrypted; trustees open their sum alone, of at least "), "{shown}");
}

#[test]
fn a_small_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let report = done(&["demo", "--citizens", "4", "--voters", "3", "--dir", arg(&dir)]);
    assert_eq!((&report["accepted"], &report["insecure_development_key"]), (&3.into(), &true.into()));
    let codes: Vec<_> =
        report["attempts"].as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 10);
    assert!(codes.contains(&"already-voted") && codes.contains(&"foreign-registry-root"), "{codes:?}");
    done(&["audit", arg(&dir.join("record.jsonl"))]);
    fails(&["audit", arg(&dir.join("record-tampered.jsonl"))], 1, "record-faulty");
    fails(&["demo", "--dir", arg(&dir)], 4, "file-exists");
}
