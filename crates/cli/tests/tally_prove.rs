//! Proofs of sum and tally, added to a record by files.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, tabella};
use std::fs;

#[test]
fn proofs_are_made_kept_added_and_audited() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let args = ["demo", "--secret", "--prove", "--citizens", "4", "--voters", "3", "--dir", arg(&dir)];
    let report = done(&args);
    assert_eq!(report["proofs"]["sum_proofs"], 1);
    // Trustee 2 was absent, trustee 4 opened something else: neither has a part.
    assert_eq!(report["proofs"]["parts"], serde_json::json!(["part-1.json", "part-3.json", "part-5.json"]));
    let audited = done(&["audit", arg(&dir.join("record-proved.jsonl"))]);
    assert_eq!(audited["proofs"]["sum"], serde_json::json!({"circuit": "sum-2-of-64-v1", "batches": 1}));
    assert_eq!(audited["proofs"]["tally"], "tally-2-v1");

    let [record, out, kept] = ["record.jsonl", "out.jsonl", "kept.jsonl"].map(|name| dir.join(name));
    let absent = done(&["audit", arg(&record)]);
    assert_eq!(absent["proofs"], serde_json::json!({"sum": null, "tally": null}));
    let [one, three, five] = [1, 3, 5].map(|number| dir.join(format!("part-{number}.json")));
    let parts = ["--part", arg(&one), "--part", arg(&three)];
    let prove = ["tally", "prove", arg(&record), "--out", arg(&out), "--keep", arg(&kept)];
    // Too few parts are refused before anything is proved.
    fails(&[&prove[..], &parts].concat(), 1, "not-provable");
    assert!(!out.exists() && !kept.exists());
    let all = [&prove[..], &parts, &["--part", arg(&five)]].concat();
    let proved = done(&all);
    assert_eq!((&proved["sum_proofs"], &proved["tally_proof"]), (&1.into(), &true.into()));
    let audited = done(&["audit", arg(&out), "--digest", proved["digest"].as_str().unwrap()]);
    assert_eq!(audited["proofs"]["tally"], "tally-2-v1");
    fails(&all, 4, "file-exists");

    // What was kept is not made again, and a line that was cut off is; without parts there is no proof of the tally.
    let line = fs::read_to_string(&kept).unwrap();
    assert_eq!(line.lines().count(), 1);
    fs::write(&kept, format!("{line}{}", &line[..100])).unwrap();
    let again = dir.join("again.jsonl");
    let prove = ["tally", "prove", arg(&record), "--out", arg(&again), "--keep", arg(&kept)];
    let proved = done(&prove);
    assert_eq!((&proved["sum_proofs"], &proved["tally_proof"]), (&1.into(), &false.into()));
    assert_eq!(fs::read_to_string(&kept).unwrap(), line);
    let first = |path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let (out, again) = (first(&out), first(&again));
    assert_eq!(out.len(), again.len() + 1);
    assert_eq!(out.get(..again.len() - 1), again.get(..again.len() - 1));

    // A proof of the tally that the record has stays in it, and one that was proved is asked for.
    let (had, stays) = (dir.join("record-proved.jsonl"), dir.join("stays.jsonl"));
    fs::write(&stays, "to be overwritten").unwrap();
    let prove = ["tally", "prove", arg(&had), "-o", arg(&stays), "--keep", arg(&kept)];
    fails(&prove, 4, "file-exists");
    let stayed = done(&[&prove[..], &["--force"]].concat());
    assert_eq!((&stayed["sum_proofs"], &stayed["tally_proof"]), (&1.into(), &true.into()));
    let require = ["--require-sum-proofs", "--require-tally-proof"];
    let audited = done(&[&["audit", arg(&stays)], &require[..]].concat());
    assert_eq!(audited["proofs"]["tally"], "tally-2-v1");
    let hint = |fault: &serde_json::Value| fault["error"]["hint"].as_str().unwrap().to_owned();
    for option in require {
        let missing = fails(&["audit", arg(&record), option], 1, "record-faulty");
        assert!(hint(&missing).contains("`tabella tally prove` makes them"), "{missing}");
    }
    fails(&["audit", arg(&dir.join("again.jsonl")), require[1]], 1, "record-faulty");

    // Files of another kind are not begun anew.
    for other in [
        "x",
        "line\n",
        "{\"format\":\"tabella-election-manifest-v1\"}",
        "{\"format\":\"tabella-sum-proof-v1\"}\n",
    ] {
        let (file, new) = (dir.join("other"), dir.join("new.jsonl"));
        fs::write(&file, other).unwrap();
        fails(
            &["tally", "prove", arg(&record), "--out", arg(&new), "--keep", arg(&file)],
            3,
            "malformed-file",
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), other);
    }

    // A kept proof of something else, a part that is none, and open ballots.
    let wrong = dir.join("wrong.jsonl");
    fs::write(&kept, line.replacen("\"batch\":0", "\"batch\":1", 1)).unwrap();
    let prove = ["tally", "prove", arg(&record), "--out", arg(&wrong), "--keep", arg(&kept)];
    let told = fails(&prove, 1, "not-proved")["error"].clone();
    assert_eq!(
        told["message"],
        format!(
            "{}: its proof of batch 0 is not of this record, or was made with another --batch",
            arg(&kept)
        )
    );
    assert!(told["hint"].as_str().unwrap().starts_with("name another file with --keep"), "{told}");
    assert!(fs::read_to_string(&kept).unwrap().contains("\"batch\":1"));
    let prove = ["tally", "prove", arg(&record), "--out", arg(&wrong), "--part", arg(&kept)];
    let told = fails(&prove, 3, "malformed-file");
    assert!(told["error"]["message"].as_str().unwrap().contains("it is a proof of a sum"), "{told}");
    let unopened = dir.join("record-unopened.jsonl");
    let prove = ["tally", "prove", arg(&unopened), "--out", arg(&wrong)];
    let early = fails(&prove, 1, "not-provable");
    assert!(hint(&early).contains("have not opened the sum yet"), "{early}");
    // Parts are not signed: a wrong one is told with its file.
    let text = fs::read_to_string(&one).unwrap();
    let forged = dir.join("forged.json");
    fs::write(&forged, text.replacen("\"trustee\":1", "\"trustee\":2", 1)).unwrap();
    let prove = ["tally", "prove", arg(&record), "--out", arg(&wrong), "--part", arg(&forged)];
    let told = fails(&[&prove[..], &parts].concat(), 1, "not-provable");
    let message = told["error"]["message"].as_str().unwrap();
    assert!(message.contains("forged.json in the name of trustee 2: "), "{told}");
    // A part that is trustee 3's in the name of trustee 5, who opened the sum as well.
    let text = fs::read_to_string(&three).unwrap();
    fs::write(&forged, text.replacen("\"trustee\":3", "\"trustee\":5", 1)).unwrap();
    let told = fails(&[&prove[..], &parts].concat(), 1, "not-provable");
    let message = told["error"]["message"].as_str().unwrap();
    let why = "trustee 5: the proof does not hold for this record: it is wrong, or of another one";
    assert!(message.ends_with(why), "{told}");
    assert!(!wrong.exists());
    fails(&["tally"], 2, "usage");
    let text = String::from_utf8(tabella().args(["tally", arg(&record)]).output().unwrap().stdout).unwrap();
    assert!(text.contains("2 votes"), "{text}");
}
