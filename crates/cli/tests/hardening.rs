//! What comes from strangers, what must not be lost, what must not be guessed.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, tabella};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// An election of three citizens with a box, all in one folder.
struct Town {
    folder: tempfile::TempDir,
}

impl Town {
    fn new(options: [&str; 2]) -> Self {
        let town = Self { folder: tempfile::tempdir().unwrap() };
        let mut list = String::new();
        for number in 0..3 {
            let file = town.at(&format!("{number}.identity"));
            let made = done(&["identity", "new", "--out", arg(&file), "--work-factor", "2"]);
            list.push_str(&format!("{}\n", made["commitment"].as_str().unwrap()));
        }
        fs::write(town.at("list.csv"), list).unwrap();
        let mut args = vec!["election", "create", "--insecure-development-keys", "--title", "Mill"];
        args.extend(["--question", "What?", "--description", "One\nvalid: yes", "--closes", "+1h"]);
        for option in options {
            args.extend(["--option", option]);
        }
        let (list, manifest, file) = (town.at("list.csv"), town.at("election.json"), town.at("box"));
        args.extend(["--registry", arg(&list), "--opens", "2023-11-14T22:13:20Z", "--out", arg(&manifest)]);
        done(&args);
        done(&["box", "open", arg(&file), "--election", arg(&manifest), "--insecure-development-keys"]);
        town
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn vote(&self, citizen: u8, choice: &[&str], out: &Path) {
        let (identity, list, manifest) =
            (self.at(&format!("{citizen}.identity")), self.at("list.csv"), self.at("election.json"));
        let mut args = vec!["vote", arg(&identity), "--registry", arg(&list), "--election", arg(&manifest)];
        args.extend(["--out", arg(out)]);
        args.extend(choice);
        done(&args);
    }
}

/// Both outputs of a run for people, and its exit code.
fn shown(args: &[&str]) -> (Option<i32>, String) {
    let output = tabella().args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code(), text)
}

fn is_clean(text: &str) -> bool {
    text.chars().all(|c| (c == '\n' || !c.is_control()) && !('\u{202a}'..='\u{202e}').contains(&c))
}

#[test]
fn ballot_boxes_take_files_of_strangers() {
    let town = Town::new(["Library", "Owls"]);
    let (manifest, file) = (town.at("election.json"), town.at("box"));

    // A description cannot pass for a line of the report.
    let (_, text) = shown(&["election", "show", arg(&manifest)]);
    assert!(text.contains("| One\n| valid: yes\n"), "{text}");

    // Two citizens send a ballot of the same name; the receipts of both are kept.
    let receipts = town.at("receipts");
    let (a, b) = (town.at("a"), town.at("b"));
    fs::create_dir(&a).unwrap();
    fs::create_dir(&b).unwrap();
    let (first, second) = (a.join("ballot.json"), b.join("ballot.json"));
    town.vote(0, &["--select", "Owls"], &first);
    town.vote(1, &["--select-number", "0"], &second);
    let accept = |ballot: &Path| {
        let answer = done(&["box", "accept", arg(&file), arg(ballot), "--receipts", arg(&receipts)]);
        PathBuf::from(answer["ballots"][0]["receipt_file"].as_str().unwrap())
    };
    let one = accept(&first);
    let kept = fs::read(&one).unwrap();
    let two = accept(&second);
    assert_eq!((one.file_name().unwrap(), &fs::read(&one).unwrap()), ("ballot.receipt.json".as_ref(), &kept));
    assert_ne!(one, two);
    assert_eq!(
        (accept(&first), accept(&second)),
        (one.clone(), two.clone()),
        "sent again: the same receipts"
    );
    assert_eq!(fs::read_dir(&receipts).unwrap().count(), 2);

    // Foreign content stays; the other ballots get their receipts all the same.
    fs::write(&one, "kept by the clerk").unwrap();
    fs::write(&two, "this too").unwrap();
    let third = town.at("third.json");
    town.vote(2, &["-s", "1"], &third);
    let digest = two.file_name().unwrap().to_str().unwrap().to_owned();
    let failed = fails(
        &["box", "accept", arg(&file), arg(&second), arg(&third), "--receipts", arg(&receipts)],
        4,
        "receipt-not-written",
    );
    let message = failed["error"]["message"].as_str().unwrap();
    assert!(message.contains(&digest) && message.contains("was accepted"), "{message}");
    assert_eq!(
        (&failed["accepted"], &failed["accepted_before"], &failed["refused"]),
        (&1.into(), &1.into(), &0.into())
    );
    assert_eq!(fs::read(&one).unwrap(), b"kept by the clerk");
    assert_eq!(fs::read(&two).unwrap(), b"this too");
    assert!(receipts.join("third.receipt.json").is_file());

    // A ballot that is not there is no ballot that was refused.
    let none = town.at("none.json");
    let told = fails(&["box", "check", arg(&file), arg(&none)], 4, "not-found")["error"].clone();
    assert!(
        told["message"].as_str().unwrap().starts_with(&format!("cannot open {}: ", arg(&none))),
        "{told}"
    );
    assert!(told["hint"].as_str().unwrap().starts_with("no ballot was looked at there"), "{told}");
    // Of several files each is told what it is, and what for.
    let opening = town.at("opening.json");
    fs::write(&opening, "{\"format\":\"tabella-challenged-ballot-v1\"}").unwrap();
    let (exit, text) = shown(&["box", "check", arg(&file), arg(&opening), arg(&manifest)]);
    assert!(exit == Some(1) && text.contains(": not a ballot: it is a challenged ballot\n"), "{text}");
    assert!(
        text.contains("  hint: it is never cast") && text.contains("error: refused: 2 files\n"),
        "{text}"
    );

    // File names and contents cannot write on the terminal.
    let inbox = town.at("inbox");
    fs::create_dir(&inbox).unwrap();
    fs::copy(&first, inbox.join("good.json")).unwrap();
    fs::write(inbox.join("x\u{1b}[2J\u{202e}\naccepted y.json"), "{\"\\u001b[2J\\u202e\": 1}").unwrap();
    let (exit, text) = shown(&["box", "check", arg(&file), arg(&inbox)]);
    assert_eq!(exit, Some(1));
    assert!(is_clean(&text) && text.contains("x\\u{1b}[2J\\u{202e}\\u{a}accepted y.json"), "{text:?}");
    assert_eq!(text.lines().filter(|line| line.starts_with("accepted")).count(), 0, "{text}");

    // Only regular files are taken from a folder, and no pipe makes the clerk wait.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&first, inbox.join("link.json")).unwrap();
        fs::create_dir(inbox.join("folder.json")).unwrap();
        let pipe = inbox.join("pipe.json");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (exit, text) = shown(&["box", "check", arg(&file), arg(&inbox)]);
        assert_eq!((exit, text.matches("is skipped").count()), (Some(1), 3), "{text}");
        fails(&["box", "check", arg(&file), arg(&pipe)], 4, "io");
        fails(&["audit", arg(&pipe)], 4, "io");
        fails(&["election", "show", "/dev/zero"], 4, "io");
    }

    // Heads that were published are looked for in the record.
    let head = done(&["box", "status", arg(&file)])["head"].as_str().unwrap().to_owned();
    let record = town.at("record.jsonl");
    done(&["box", "close", arg(&file), "--at", "+2h"]);
    done(&["box", "export", arg(&file), "--out", arg(&record)]);
    let audited = done(&["audit", arg(&record), "--head", &format!("3:{head}")]);
    assert_eq!(audited["heads_found"], 1);
    fails(&["audit", arg(&record), "--head", &format!("2:{head}")], 1, "record-faulty");
    for wrong in ["", "3", "x:00", "3:00", "-1:00"] {
        fails(&["audit", arg(&record), "--head", wrong], 2, "usage");
    }
}

#[test]
fn a_choice_is_not_guessed() {
    let town = Town::new(["1", "Owls"]);
    let (identity, list, manifest) = (town.at("0.identity"), town.at("list.csv"), town.at("election.json"));
    let out = town.at("ballot.json");
    for choice in ["1", "+1", "01", "2"] {
        let (file, registry, election) = (arg(&identity), arg(&list), arg(&manifest));
        fails(
            &["vote", file, "--registry", registry, "--election", election, "-s", choice, "-o", arg(&out)],
            2,
            "usage",
        );
    }
    town.vote(0, &["--select-number", "1"], &out);
    assert!(fs::read_to_string(&out).unwrap().contains("\"selection\""));
}

#[test]
fn a_small_registry_is_remarked() {
    let town = Town::new(["A", "B"]);
    let (list, out) = (town.at("list.csv"), town.at("again.json"));
    let (exit, text) = shown(&[
        "election",
        "create",
        "--insecure-development-keys",
        "--title",
        "T",
        "--question",
        "Q",
        "--closes",
        "+1h",
        "--option",
        "A",
        "--option",
        "B",
        "--registry",
        arg(&list),
        "--out",
        arg(&out),
    ]);
    assert!(exit == Some(0) && text.contains("note: the registry has only 3 slots"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_recovery_phrase_is_shown_or_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("me.identity");
    let run = |stdout: Stdio, closed: bool, json: bool| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("tabella"));
        command.env("TABELLA_PASSPHRASE", "correct horse").stdout(stdout).stderr(Stdio::piped());
        command.args(["identity", "new", "--phrase", "12", "--work-factor", "10", "--out", arg(&file)]);
        if json {
            command.arg("--json");
        }
        let mut child = command.spawn().unwrap();
        if closed {
            drop(child.stdout.take());
        }
        child.wait_with_output().unwrap()
    };
    for json in [false, true] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        for output in [run(Stdio::piped(), true, json), run(full.into(), false, json)] {
            let text = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(4), "{text}");
            assert!(text.contains("its phrase could not be shown"), "{text}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
    let output = run(Stdio::piped(), false, false);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && file.is_file());
    assert_eq!(text.matches("recovery phrase").count(), 1, "shown once: {text}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_text_do_no_harm() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(OsStr::from_bytes(b"me-\xff"));
    let run = |args: &[&OsStr]| {
        let output = tabella().arg("--json").args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    };
    let word = |text: &'static str| OsStr::new(text);
    let out = word("--out");
    for phrase in [&[][..], &[word("--phrase")]] {
        let _ = fs::remove_file(&file);
        let mut args =
            vec![word("identity"), word("new"), word("--work-factor"), word("2"), out, file.as_os_str()];
        args.extend(phrase);
        run(&args);
    }
    let (signature, exported) =
        (folder.path().join(OsStr::from_bytes(b"s-\xfe")), folder.path().join(OsStr::from_bytes(b"e-\xfe")));
    run(&[word("identity"), word("export"), file.as_os_str(), out, exported.as_os_str()]);
    run(&[
        word("identity"),
        word("sign"),
        file.as_os_str(),
        word("-m"),
        word("x"),
        out,
        signature.as_os_str(),
    ]);
    run(&[word("man"), out, folder.path().join(OsStr::from_bytes(b"man-\xfe")).as_os_str()]);
}

#[test]
fn guessable_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (exported, out) = (folder.path().join("exported"), folder.path().join("me.identity"));
    let import = ["identity", "import", arg(&exported), "--out", arg(&out), "--work-factor", "2"];
    // The empty key, "secret", and 15 bytes.
    for text in ["", "c2VjcmV0", "AAECAwQFBgcICQoLDA0O"] {
        fs::write(&exported, text).unwrap();
        fails(&import, 1, "weak-key");
        assert!(!out.exists());
    }
    let mut weak = import.to_vec();
    weak.push("--weak-key");
    done(&weak);
    fs::remove_file(&out).unwrap();
    // 16 bytes.
    fs::write(&exported, "AAECAwQFBgcICQoLDA0ODw==").unwrap();
    done(&import);
}

#[test]
fn a_signature_file_has_one_meaning() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (me, signature) = (at("me.identity"), at("signature.json"));
    done(&["identity", "new", "--out", arg(&me), "--work-factor", "2"]);
    done(&["identity", "sign", arg(&me), "--message", "a", "--out", arg(&signature)]);
    let verified = done(&["identity", "verify", arg(&signature)]);
    assert_eq!((&verified["kind"], &verified["signed_number"]), (&"text".into(), &"97".into()));
    let (_, text) = shown(&["identity", "verify", arg(&signature)]);
    assert!(text.contains("\"a\" (a text)") && text.contains("signed number  97"), "{text}");
    fails(&["identity", "verify", arg(&signature), "--message", "97"], 1, "other-message");

    let original = fs::read_to_string(&signature).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(original.contains(from), "{original}");
        fs::write(&signature, original.replace(from, to)).unwrap();
    };
    changed("\"message\": \"a\"", "\"message\": \"97\"");
    fails(&["identity", "verify", arg(&signature)], 3, "malformed-file");
    changed("\"kind\": \"text\"", "\"kind\": \"number\"");
    fails(&["identity", "verify", arg(&signature)], 3, "malformed-file");
    changed("\"message\": \"a\"", "\"message\": \"\\u0000a\"");
    fails(&["identity", "verify", arg(&signature)], 3, "malformed-file");
    // The message is quoted, whatever it holds.
    changed("\"message\": \"a\"", "\"message\": \"\\u001b[2J\"");
    fails(&["identity", "verify", arg(&signature)], 1, "invalid-signature");
    let escape = at("escape.json");
    done(&["identity", "sign", arg(&me), "--message", "\u{1b}[2J\n\u{202e}", "--out", arg(&escape)]);
    let (exit, text) = shown(&["identity", "verify", arg(&escape)]);
    assert!(exit == Some(0) && is_clean(&text), "{text:?}");
}

#[cfg(unix)]
#[test]
fn secrets_that_others_may_read_are_remarked() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (me, word) = (folder.path().join("me.identity"), folder.path().join("word"));
    fs::write(&word, "correct horse\n").unwrap();
    done(&["identity", "new", "--out", arg(&me), "--work-factor", "2"]);
    for (mode, remarks) in [(0o600, 0), (0o640, 2)] {
        for path in [&me, &word] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let (exit, text) = shown(&["identity", "show", arg(&me), "--passphrase-file", arg(&word)]);
        assert_eq!((exit, text.matches("chmod 600").count()), (Some(0), remarks), "{text}");
    }
}
