//! What a trustee, or whoever writes into the folder of a ceremony, may try.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, house::House, tabella};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn message(refused: &Value) -> &str {
    refused["error"]["message"].as_str().unwrap()
}

fn hint(refused: &Value) -> &str {
    refused["error"]["hint"].as_str().unwrap()
}

/// File names and causes of what was refused.
fn refused(answer: &Value) -> Vec<(String, &str)> {
    let file =
        |file: &Value| Path::new(file.as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
    let all = answer["refused"].as_array().unwrap().iter();
    all.map(|one| (file(&one["file"]), one["cause"].as_str().unwrap())).collect()
}

/// Runs `trustee next` of somebody with more options.
fn next_with(house: &House, number: usize, more: &[&str]) -> Value {
    let secret = house.secret(number);
    done(&[&["trustee", "next", arg(&secret), arg(&house.folder)], more].concat())
}

/// The same ceremony of the same people in another folder, of which they remember nothing in the first.
struct Elsewhere<'a> {
    house: &'a House,
    root: PathBuf,
    folder: PathBuf,
}

impl<'a> Elsewhere<'a> {
    fn new(house: &'a House, root: &Path) -> Self {
        let folder = root.join("elsewhere");
        fs::create_dir(&folder).unwrap();
        fs::copy(house.file("parameters.json"), folder.join("parameters.json")).unwrap();
        Self { house, root: root.to_owned(), folder }
    }

    fn next(&self, number: usize, more: &[&str]) {
        let (secret, state) = (self.house.secret(number), self.root.join(format!("{number}.state")));
        let args = ["trustee", "next", arg(&secret), arg(&self.folder), "--state", arg(&state)];
        done(&[&args[..], more].concat());
    }
}

#[test]
fn a_second_package_of_a_closed_round_stops_all_and_blames_who_signed_it() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 4, "2", "2");
    for number in [1, 2, 3, 4, 1] {
        house.next(number);
    }
    // Trustees 1 and 4 have closed round 0; now trustee 4 says something else in it.
    let late = house.file("late.json");
    let elsewhere = Elsewhere::new(&house, root.path());
    elsewhere.next(4, &[]);
    fs::copy(elsewhere.folder.join("0-commit-04.json"), &late).unwrap();
    let stopped = house.next_fails(1, &[], 1, "equivocation");
    let text = message(&stopped);
    assert!(text.starts_with("trustee 4 (Dave) signed two different packages of round `commit`: "), "{text}");
    assert!(text.contains("0-commit-04.json and ") && text.ends_with("late.json"), "{text}");
    assert_eq!(stopped["culprits"], json!([{"trustee": 4, "name": "Dave"}]));
    let files = &stopped["files"];
    assert_eq!(stopped["late"], json!([{"round": "commit", "trustee": 4, "name": "Dave", "files": files}]));
    assert_eq!((&stopped["blames"], stopped["files"].as_array().unwrap().len()), (&json!([]), 2));
    // Trustees 2 and 3 see both in time, and exclude trustee 4. With trustee 1 they cannot go on, and do not blame it.
    let blames = json!([{"trustee": 4, "name": "Dave", "fault": "two different packages of round `commit`"}]);
    let second = house.next(2);
    assert_eq!((&second["steps"], &second["blames"]), (&json!(["reveal"]), &blames));
    let differ = house.next_fails(3, &[], 1, "equivocation");
    assert!(house.file("1-reveal-03.json").is_file());
    assert_eq!((&differ["trustees"][0]["trustee"], &differ["alone"]), (&json!(1), &Value::Null));
    assert_eq!(differ["culprits"], json!([{"trustee": 4, "name": "Dave"}]));
    assert_eq!(differ["blames"], blames);
    // Nor does trustee 1 blame them, where the second package never arrives.
    fs::remove_file(&late).unwrap();
    let differ = house.next_fails(1, &[], 1, "views-differ");
    assert!(
        message(&differ).contains("trustee 2") && message(&differ).contains("trustee 3 (Carol)"),
        "{differ}"
    );
    assert_eq!((&differ["blames"], &differ["culprits"]), (&json!([]), &Value::Null));
    assert!(!house.file("ceremony.json").exists());
}

#[test]
fn notes_about_who_is_left_out_are_signed() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 4, "2", "2");
    for number in [1, 2, 3] {
        house.next(number);
    }
    // Whoever writes into the folder is no trustee: these are no notes, and nobody is told to leave out anybody.
    let session = house.next(2)["session"].as_str().unwrap().to_owned();
    let note = |by: u8| json!({"format": "tabella-trustee-left-out-v1", "session": session, "round": "commit", "by": by, "without": [3]});
    fs::write(house.file("unsigned.json"), note(1).to_string()).unwrap();
    let waiting = house.next(2);
    assert_eq!(refused(&waiting), [("unsigned.json".to_owned(), "no file of a ceremony")]);
    assert_eq!(waiting["awaited"], json!([{"trustee": 4, "name": "Dave"}]));

    // Trustee 1 goes on without trustee 4. Its note in another's name is none.
    let went = next_with(&house, 1, &["--without", "4"]);
    let files: Vec<String> =
        went["written"].as_array().unwrap().iter().map(|f| f.as_str().unwrap().to_owned()).collect();
    assert!(
        files[0].ends_with("0-commit-01-without.json") && files[1].ends_with("1-reveal-01.json"),
        "{went}"
    );
    let written: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let genuine = String::from_utf8(written[0].clone()).unwrap();
    fs::remove_file(&files[0]).unwrap();
    fs::write(house.file("unsigned.json"), genuine.replace("\"sender\":1", "\"sender\":3")).unwrap();
    let cause = "the package is not signed by trustee 3, or was changed on the way";
    assert_eq!(refused(&house.next(2)), [("unsigned.json".to_owned(), cause)]);
    fs::remove_file(house.file("unsigned.json")).unwrap();

    // The machine of trustee 1 stopped after it had written down what it did: the same command writes the same again.
    fs::remove_file(&files[1]).unwrap();
    let again = next_with(&house, 1, &["--without", "4"]);
    assert_eq!((&again["written"], &again["steps"]), (&went["written"], &json!([])));
    assert_eq!((&went["without_effect"], &again["without_effect"][0]["trustee"]), (&json!([]), &json!(4)));
    assert_eq!(files.iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>(), written);
    let told = house.next_fails(2, &[], 1, "left-out");
    assert!(message(&told).starts_with(
        "trustee 1 (Ann) says to have closed round `commit` without trustee 4 (Dave), as 1 of 2 others do"
    ));
    assert!(hint(&told).starts_with("wait for trustee 4, or ask it and all others"), "{told}");
    assert_eq!((&told["subject"]["trustee"], &told["others"]), (&json!(4), &json!(2)));
    assert_eq!(told["said_by"], json!([{"trustee": 1, "name": "Ann"}]));

    // Trustee 4 is excluded, and has no say in the next round. Its note is genuine: it comes from another run of the same ceremony.
    next_with(&house, 2, &["--without", "4"]);
    let elsewhere = Elsewhere::new(&house, root.path());
    for number in [1, 2, 3, 4, 1, 2] {
        elsewhere.next(number, &[]);
    }
    elsewhere.next(4, &["--without", "3"]);
    let note = "1-reveal-04-without.json";
    fs::copy(elsewhere.folder.join(note), house.file(note)).unwrap();
    let waiting = house.next(2);
    let cause = "trustee 4 (Dave) is excluded, and has no say in who is left out";
    assert_eq!(refused(&waiting), [(note.to_owned(), cause)]);
    assert_eq!(waiting["awaited"], json!([{"trustee": 3, "name": "Carol"}]));
}

#[test]
fn a_second_registration_takes_nobodys_name() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 3, "2", "2");
    let register = |number: usize, name: &str, file: &str| {
        let secret = house.secret(number);
        done(&["trustee", "register", arg(&secret), "--name", name, "--out", arg(&house.file(file))]);
    };
    // The same name once more says nothing new.
    register(1, "Ann", "again.json");
    assert_eq!((&house.next(1)["name"], &house.next(1)["name_conflicts"]), (&json!("Ann"), &json!([])));
    // Trustee 3, who is Carol, goes by the name of trustee 1 as well, in a file that is read first, and in one that is read last.
    for file in ["0.json", "zz.json"] {
        register(3, "Ann", file);
        let seen = house.next(2);
        assert_eq!(seen["awaited"], json!([{"trustee": 3, "name": null}]));
        let conflicts: Vec<&str> =
            seen["name_conflicts"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        assert_eq!(conflicts.len(), 2, "{conflicts:?}");
        assert!(conflicts[0].starts_with("trustee 3 is shown by number, for it signed several names: "));
        assert!(conflicts[1].starts_with("shown by number, for several go by the name Ann: trustee 1 in "));
        assert!(conflicts.iter().all(|line| line.contains(file)), "{conflicts:?}");
        assert_eq!(house.next(1)["name"], Value::Null);
        fs::remove_file(house.file(file)).unwrap();
    }
    assert_eq!(house.next(1)["name"], "Ann");
    let record = house.hold();
    // With --names too; and what is named must be there, and be a registration.
    register(3, "Ann", "0.json");
    let verify = ["trustee", "verify", arg(&record), "--names"];
    let output = tabella().args(verify).arg(&house.folder).output().unwrap();
    let (text, notes) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(
        text.contains("  trustee 1 holds a share\n") && text.contains("  trustee 3 holds a share\n"),
        "{text}"
    );
    assert!(text.contains("trustee 2 (Ключ 'é') holds a share"), "{text}");
    assert_eq!(notes.lines().filter(|line| line.starts_with("note: ")).count(), 2, "{notes}");
    fails(&[&verify[..], &[arg(&house.file("absent.json"))]].concat(), 4, "not-found");
    fails(&[&verify[..], &[arg(&house.file("parameters.json"))]].concat(), 3, "malformed-file");
    // A record of the same ceremony that has another form is left as it is.
    let spaced = fs::read_to_string(&record).unwrap().replacen(":", ": ", 1);
    fs::write(&record, &spaced).unwrap();
    assert_eq!(house.next(2)["done"], true);
    assert_eq!(fs::read_to_string(&record).unwrap(), spaced);
    fs::write(&record, "{}").unwrap();
    house.next_fails(2, &[], 4, "file-exists");
}

#[test]
fn no_command_of_trustees_overwrites_what_it_reads() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let (secret, word) = (at("me.trustee"), at("word"));
    fs::write(&word, "correct horse\n").unwrap();
    let new = |out: &Path| {
        let args =
            ["trustee", "new", "--work-factor", "1", "--force", "--passphrase-file", arg(&word), "--out"];
        args.into_iter().chain([arg(out)]).map(str::to_owned).collect::<Vec<_>>()
    };
    let refuse = |args: &[String]| fails(&args.iter().map(String::as_str).collect::<Vec<_>>(), 2, "usage");
    refuse(&new(&word));
    done(&new(&secret).iter().map(String::as_str).collect::<Vec<_>>());
    let kept = fs::read(&secret).unwrap();
    let register = |out: &Path| {
        let args = [
            "trustee",
            "register",
            arg(&secret),
            "--name",
            "Ann",
            "--force",
            "--passphrase-file",
            arg(&word),
        ];
        args.into_iter().chain(["--out", arg(out)]).map(str::to_owned).collect::<Vec<_>>()
    };
    refuse(&register(&secret));
    refuse(&register(&word));
    assert_eq!((fs::read(&secret).unwrap(), fs::read(&word).unwrap()), (kept, b"correct horse\n".to_vec()));
    let card = at("ann.json");
    done(&register(&card).iter().map(String::as_str).collect::<Vec<_>>());
    // Shares are read from folders; a file in one is no place for a record.
    let shares = at("shares");
    fs::create_dir(&shares).unwrap();
    let share = shares.join("1.json");
    fs::write(&share, "a share").unwrap();
    let open = ["trustee", "open", arg(&card), arg(&shares), "--force", "--out"];
    for out in [&share, &card] {
        fails(&[&open[..], &[arg(out)]].concat(), 2, "usage");
    }
    fails(&[&open[..], &[arg(&card), "--names", arg(root.path())]].concat(), 2, "usage");
    assert_eq!(fs::read(&share).unwrap(), b"a share");
    // A record that is there stands; the command says what it is about.
    let stands = fails(&["trustee", "open", arg(&card), arg(&shares), "--out", arg(&word)], 4, "file-exists");
    assert!(hint(&stands).starts_with("if the sum was opened into it, it stands as it is"), "{stands}");

    // One of one: any single trustee reads every ballot. There is no --force to speak of.
    let folder = at("ceremony");
    let convene = ["trustee", "convene", arg(&card), "-t", "1", "--options", "2", "--out", arg(&folder)];
    let convened = done(&convene);
    assert!(
        convened["warnings"][0].as_str().unwrap().contains("any single trustee reads every ballot alone")
    );
    let again = fails(&convene, 4, "file-exists");
    assert_eq!(hint(&again), "choose another name, or move it away");
}

/// Side remarks come after the cause of a failure, of which they are none.
#[cfg(unix)]
#[test]
fn notes_come_after_errors() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 2, "2", "2");
    let secret = house.secret(1);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let mut wrong = tabella();
    wrong.args(["trustee", "next", arg(&secret), arg(&house.folder)]).env("TABELLA_PASSPHRASE", "wrong");
    let said = String::from_utf8(wrong.output().unwrap().stderr).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].starts_with("error: ") && lines[1].starts_with("note: others"),
        "{said}"
    );
}

/// Trustee 4 signs that it closed round 0 without trustee 3, who has spoken.
#[test]
fn a_lying_note_excludes_nobody() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 4, "2", "2");
    let elsewhere = Elsewhere::new(&house, root.path());
    for number in [4, 1, 2, 3] {
        house.next(number);
    }
    for number in [1, 2, 4] {
        elsewhere.next(number, &[]);
    }
    elsewhere.next(4, &["--without", "3"]);
    let lie = house.file("zz.json");
    fs::copy(elsewhere.folder.join("0-commit-04-without.json"), &lie).unwrap();
    // Nobody is advised to do the same; whoever believes the package goes on, and whoever is named is told.
    let told = house.next_fails(1, &[], 1, "left-out");
    let says = "trustee 4 (Dave) says to have closed round `commit` without trustee 3 (Carol), as 1 of 2 others do; but trustee 3's package of this round is here";
    assert_eq!(message(&told), says);
    assert!(!hint(&told).contains("--without") && hint(&told).contains("--with 3"), "{told}");
    let third = house.next(3);
    assert_eq!(third["left_out_by"], json!([{"round": "commit", "trustee": 4, "name": "Dave"}]));
    house.next_fails(1, &["--with", "9"], 2, "usage");
    house.next_fails(1, &["--with", "3", "--without", "3"], 2, "usage");
    let went = next_with(&house, 1, &["--with", "3"]);
    assert_eq!((&went["steps"], &went["blames"]), (&json!(["reveal"]), &json!([])));
    // What trustee 4 reveals says that it closed the round with trustee 3.
    fs::remove_file(&lie).unwrap();
    house.next(4);
    fs::copy(elsewhere.folder.join("0-commit-04-without.json"), &lie).unwrap();
    let second = house.next(2);
    assert_eq!(second["steps"], json!(["reveal", "deal"]));
    let cause = "trustee 4 (Dave) signed that it left out somebody, and in the next round that it did not: the note is not true";
    assert_eq!(refused(&second), [("zz.json".to_owned(), cause)]);
}

/// Trustee 4 is silent, but for a note that names trustee 3: whoever is left out has no say.
#[test]
fn a_note_of_one_who_is_left_out_is_passed_over() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 4, "2", "2");
    for number in [1, 2, 3] {
        house.next(number);
    }
    let elsewhere = Elsewhere::new(&house, root.path());
    for number in [1, 2, 4] {
        elsewhere.next(number, &[]);
    }
    elsewhere.next(4, &["--without", "3"]);
    fs::copy(elsewhere.folder.join("0-commit-04-without.json"), house.file("zz.json")).unwrap();
    house.next_fails(1, &[], 1, "left-out");
    // Nor does its note make an exclusion of trustee 3 rightful.
    house.next_fails(1, &["--without", "4", "--without", "3"], 1, "has-spoken");
    let went = next_with(&house, 1, &["--without", "4"]);
    assert_eq!(went["steps"], json!(["reveal"]));
    assert_eq!((&went["blames"][0]["trustee"], went["blames"].as_array().unwrap().len()), (&json!(4), 1));
}

/// Trustee 4 shows trustee 3 another package than the rest, and then says that it left out trustee 3. Views that differ stay views that differ.
#[test]
fn a_note_makes_no_exclusion_of_another_view() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 4, "2", "2");
    let elsewhere = Elsewhere::new(&house, root.path());
    for number in [1, 2, 3] {
        house.next(number);
    }
    let other = house.file("0-commit-04.json");
    elsewhere.next(4, &[]);
    fs::copy(elsewhere.folder.join("0-commit-04.json"), &other).unwrap();
    house.next(3);
    fs::remove_file(&other).unwrap();
    for number in [4, 1] {
        house.next(number);
    }
    house.next_fails(2, &[], 1, "views-differ");
    // Its note on the round that is due now comes from a run in which trustee 3 was silent.
    for number in [3, 1, 2, 1, 4] {
        elsewhere.next(number, &[]);
    }
    elsewhere.next(4, &["--without", "3"]);
    fs::copy(elsewhere.folder.join("1-reveal-04-without.json"), house.file("zz.json")).unwrap();
    let differ = house.next_fails(1, &[], 1, "views-differ");
    assert_eq!(differ["trustees"], json!([{"trustee": 3, "name": "Carol"}]));
    // Trustee 3 is honest: it is asked first.
    let asked = "trustee 3 (Carol) alone differs from all others: ask it for its files of round `commit`";
    assert!(hint(&differ).starts_with(asked), "{differ}");
    let kept = fs::read(&other).unwrap();
    fs::write(&other, fs::read(elsewhere.folder.join("0-commit-04.json")).unwrap()).unwrap();
    let alone = house.next_fails(3, &[], 1, "views-differ");
    fs::write(&other, kept).unwrap();
    assert!(hint(&alone).starts_with("you alone differ from all others: send them your files"), "{alone}");
    house.next_fails(1, &["--without", "3"], 1, "has-spoken");
}

/// A record of the ceremony in another order is none; what every trustee writes is.
#[test]
fn a_ceremony_in_another_order_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 2, "2", "2");
    let record = house.hold();
    let own = fs::read_to_string(&record).unwrap();
    let mut value: Value = serde_json::from_str(&own).unwrap();
    value["packages"].as_array_mut().unwrap().swap(0, 1);
    fs::write(&record, value.to_string()).unwrap();
    fails(&["trustee", "verify", arg(&record)], 3, "malformed-file");
    house.next_fails(2, &[], 4, "file-exists");
    fs::remove_file(&record).unwrap();
    assert_eq!(house.next(2)["done"], true);
    assert_eq!(fs::read_to_string(&record).unwrap(), own);
}

/// Trustee 4 closes round 0 without trustee 3 on a copy of everything, and hands out what it reveals then, without the note.
#[test]
fn who_leaves_out_somebody_in_secret_is_named() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 4, "2", "2");
    let elsewhere = Elsewhere::new(&house, root.path());
    for number in [4, 1, 2, 3] {
        house.next(number);
    }
    for number in [1, 2, 4] {
        let name = format!("0-commit-0{number}.json");
        fs::copy(house.file(&name), elsewhere.folder.join(name)).unwrap();
    }
    fs::copy(house.state(4), root.path().join("4.state")).unwrap();
    elsewhere.next(4, &["--without", "3"]);
    fs::copy(elsewhere.folder.join("1-reveal-04.json"), house.file("1-reveal-04.json")).unwrap();
    house.next(1);
    let differ = house.next_fails(2, &[], 1, "views-differ");
    let says =
        "; trustee 4 (Dave) closed round `commit` without trustee 3 (Carol), and no note of that is here";
    assert!(message(&differ).ends_with(says), "{differ}");
    let (third, fourth) = (json!({"trustee": 3, "name": "Carol"}), json!({"trustee": 4, "name": "Dave"}));
    let closed =
        json!([{"trustee": 4, "name": "Dave", "round": "commit", "without": [third], "noted": false}]);
    assert_eq!(
        (&differ["closed_without"], &differ["alone"], &differ["culprits"]),
        (&closed, &fourth, &Value::Null)
    );
}

/// Somebody has all signatures and wrote the record, but the last one never came here by itself.
#[test]
fn a_record_that_is_there_is_taken_and_nobody_is_left_out_of_it() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 3, "2", "2");
    let record = house.hold();
    fs::remove_file(house.file("4-endorse-03.json")).unwrap();
    assert_eq!(house.next(2)["done"], true);
    // Nor is a record taken that does not hold.
    let whole = fs::read_to_string(&record).unwrap();
    let mut value: Value = serde_json::from_str(&whole).unwrap();
    value["packages"].as_array_mut().unwrap().remove(0);
    for text in [value.to_string(), "{}".to_owned()] {
        fs::write(&record, text).unwrap();
        assert_eq!(house.next(2)["awaited"], json!([{"trustee": 3, "name": "Carol"}]));
    }
    let refused = house.next_fails(2, &["--without", "3"], 1, "cannot-be-left-out");
    assert!(message(&refused).starts_with("trustee 3 (Carol) cannot be left out any more"), "{refused}");
    fs::write(&record, whole).unwrap();
    assert_eq!(house.next(2)["done"], true);
}

/// Trustee 3 signs a second complaint on a copy of everything, and withholds its signature from trustee 2 when all others have finished.
#[test]
fn a_ceremony_that_all_have_signed_stands_whatever_is_signed_afterwards() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 3, "2", "2");
    let elsewhere = Elsewhere::new(&house, root.path());
    for number in [1, 2, 3, 1, 2, 3] {
        house.next(number);
    }
    // Trustee 3 has dealt, trustee 1 has not yet.
    for entry in fs::read_dir(&house.folder).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), elsewhere.folder.join(entry.file_name())).unwrap();
    }
    fs::copy(house.state(3), root.path().join("3.state")).unwrap();
    elsewhere.next(3, &["--without", "1"]);
    for number in [1, 2, 3, 1, 2, 3, 1] {
        house.next(number);
    }
    assert_eq!(house.next(1)["done"], true);
    fs::copy(elsewhere.folder.join("3-complain-03.json"), house.file("zz.json")).unwrap();
    fs::remove_file(house.file("4-endorse-03.json")).unwrap();
    let record = house.file("ceremony.json");
    let whole = fs::read_to_string(&record).unwrap();
    fs::remove_file(&record).unwrap();
    house.next_fails(2, &[], 1, "equivocation");
    fs::write(&record, whole).unwrap();
    assert_eq!(house.next(2)["done"], true);
}

/// The state of another ceremony says nothing in this one, and writes nothing into its folder.
#[test]
fn a_state_of_another_ceremony_is_refused_before_anything_is_written() {
    let root = tempfile::tempdir().unwrap();
    let house = House::convened(root.path(), 2, "2", "2");
    house.next(1);
    let folder = root.path().join("second");
    let cards = [1, 2].map(|number| house.file(&format!("trustee-{number:02}.json")));
    let convene =
        ["trustee", "convene", arg(&cards[0]), arg(&cards[1]), "-t", "2", "--options", "2", "--out"];
    done(&[&convene[..], &[arg(&folder)]].concat());
    let before = fs::read_dir(&folder).unwrap().count();
    let (secret, state) = (house.secret(1), house.state(1));
    let next = ["trustee", "next", arg(&secret), arg(&folder), "--state", arg(&state)];
    let refused = fails(&next, 1, "other-ceremony");
    assert!(message(&refused).contains(" is the state of another ceremony, of session "), "{refused}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), before);
}
