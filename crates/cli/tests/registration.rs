//! Citizens register with proofs of possession; who hands in anything else does not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, odd_folder, tabella};
use std::{fs, path::Path};

fn register(folder: &Path, name: &str, label: &str) -> String {
    let identity = folder.join(format!("{name}.identity"));
    let out = folder.join(format!("{name}.json"));
    let made = done(&["identity", "new", "--out", arg(&identity), "--work-factor", "4"]);
    let args = ["identity", "register", arg(&identity), "--registry", label, "--out", arg(&out)];
    let registration = done(&args);
    assert_eq!(registration["commitment"], made["commitment"]);
    assert_eq!(registration["registry"], label);
    fails(&args, 4, "file-exists");
    made["commitment"].as_str().unwrap().to_owned()
}

#[test]
fn registrations_are_checked_and_taken_all_or_none() {
    let root = tempfile::tempdir().unwrap();
    let inbox = odd_folder(root.path(), "inbox");
    let town = root.path().join("town.registry");
    let [town, folder] = [arg(&town), arg(&inbox)];
    let commitments = ["a", "b", "c"].map(|name| register(&inbox, name, "Town é"));
    done(&["registry", "new", town]);
    let empty = odd_folder(root.path(), "empty");
    fails(&["registry", "register", town, "--label", "Town é", arg(&empty)], 3, "no-registrations");
    fails(&["registry", "register", town, "--label", "", folder], 2, "usage");

    // For another registry: the first file is named, nobody is registered.
    let refused = fails(&["registry", "register", town, "--label", "county", folder], 1, "other-registry");
    assert!(refused["error"]["message"].as_str().unwrap().contains("a.json"), "{refused}");

    // One that is not right among the others: the third is named, nobody is registered.
    let third = inbox.join("c.json");
    let right = fs::read_to_string(&third).unwrap();
    let tampered = [
        (right.replace(&commitments[2], &commitments[0]), 1, "not-the-key"),
        (right.replace("Town é", "town é"), 1, "other-registry"),
        (right.replace("-v1", "-v2"), 3, "malformed-file"),
        (right.replacen('{', "{\"more\":1,", 1), 3, "malformed-file"),
        (right[..right.len() / 2].to_owned(), 3, "truncated-file"),
        (right.clone() + &" ".repeat(4096), 3, "file-too-large"),
    ];
    for (text, exit, code) in tampered {
        fs::write(&third, text).unwrap();
        let refused = fails(&["registry", "register", town, "--label", "Town é", folder], exit, code);
        assert!(refused["error"]["message"].as_str().unwrap().contains("c.json"), "{refused}");
        assert_eq!(done(&["registry", "root", town])["citizens"], 0);
    }

    // The root of a private tree under the signature of somebody in it.
    let private = root.path().join("private.registry");
    done(&["registry", "new", arg(&private)]);
    let tree = done(&["registry", "add", arg(&private), &commitments[1], &commitments[2]]);
    fs::write(&third, right.replace(&commitments[2], tree["root"].as_str().unwrap())).unwrap();
    fails(&["registry", "register", town, "--label", "Town é", folder], 1, "not-the-key");

    // All right; then nobody twice.
    fs::write(&third, &right).unwrap();
    let state = done(&["registry", "register", town, "--label", "Town é", folder]);
    assert_eq!(state["citizens"], 3);
    let refused =
        fails(&["registry", "register", town, "--label", "Town é", arg(&third)], 1, "commitment-refused");
    assert!(refused["error"]["message"].as_str().unwrap().contains("c.json"), "{refused}");
    let again = root.path().join("again.registry");
    done(&["registry", "new", arg(&again)]);
    fails(
        &["registry", "register", arg(&again), "--label", "Town é", arg(&third), arg(&third)],
        1,
        "commitment-refused",
    );
    let list = root.path().join("list.csv");
    fs::write(&list, format!("{}\n", commitments.join("\n"))).unwrap();
    assert_eq!(done(&["registry", "root", arg(&list)])["root"], state["root"]);
}

#[test]
fn whoever_takes_bare_commitments_is_warned() {
    let root = tempfile::tempdir().unwrap();
    let town = root.path().join("town.registry");
    let list = root.path().join("list.csv");
    fs::write(&list, "8\n").unwrap();
    let warned = |args: &[&str]| {
        let output = tabella().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}");
        let text = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
        text.contains("whoever hands in a bare commitment")
    };
    let registry = arg(&town);
    assert!(!warned(&["registry", "new", registry]));
    assert!(warned(&["registry", "add", registry, "7"]));
    assert!(warned(&["registry", "import", registry, arg(&list)]));
    assert!(warned(&["registry", "update", registry, "--slot", "0", "--to", "9"]));
    assert!(!warned(&["registry", "remove", registry, "--slot", "0"]));
    for command in ["add", "import", "import-semaphore", "update"] {
        assert!(warned(&["registry", command, "--help"]), "{command}");
    }
    assert!(!warned(&["registry", "register", "--help"]));
}
