//! A town with a secret election: citizens, trustees who have met, and the command lines that all of them type.

use super::{arg, done, fails, house::House};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Citizens and trustees, 2 of 3, in one folder.
pub(crate) struct Town {
    folder: tempfile::TempDir,
    pub(crate) house: House,
}

impl Town {
    pub(crate) fn new(citizens: u8, options: u8) -> Self {
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

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The path of a file that is there, or not yet.
    pub(crate) fn named(&self, name: &str) -> String {
        arg(&self.at(name)).to_owned()
    }

    /// `election create` with these options beside what every election has.
    pub(crate) fn create(&self, options: &[&str], out: &str) -> Vec<String> {
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
    pub(crate) fn vote(&self, citizen: u8, election: &str, options: &[&str], out: &str) -> Vec<String> {
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
    pub(crate) fn challenged(&self, election: &str, options: &[&str]) -> (Value, Value) {
        let mut seal = self.vote(0, election, options, "sealed");
        seal.extend(["--seal", "--force"].map(str::to_owned));
        let code = run(&seal)["tracking_code"].as_str().unwrap().to_owned();
        let (identity, sealed, opened) =
            (self.named("0.identity"), self.named("sealed"), self.named("opened"));
        done(&["ballot", "challenge", &identity, &sealed, "--out", &opened, "--force"]);
        let mine = self.nullifier(0, election);
        let election = self.named(election);
        let mut check =
            vec!["ballot", "check", &opened, "--election", &election, "--code", &code, "--nullifier", &mine];
        // The first citizen's weight, in weighted elections.
        if options.contains(&"--weights") {
            check.extend(["--weight", "10"]);
        }
        let said = done(&check);
        (said["numbers"].clone(), said["weight"].clone())
    }

    /// The citizen's mark in an election, as a machine that she trusts says it.
    pub(crate) fn nullifier(&self, citizen: usize, election: &str) -> String {
        let (identity, election) = (self.named(&format!("{citizen}.identity")), self.named(election));
        let said = done(&["identity", "nullifier", &identity, "--election", &election]);
        said["nullifier"].as_str().unwrap().to_owned()
    }

    /// The first two trustees check the record, as the box was closed, and give their shares; anybody opens its sum.
    pub(crate) fn open(&self, election: &str, head: &str, unopened: &str, whole: &str) {
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

pub(crate) fn words(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

pub(crate) fn run(args: &[String]) -> Value {
    done(&words(args))
}

pub(crate) fn refused(args: &[String], exit: i32, code: &str) -> Value {
    fails(&words(args), exit, code)
}

/// A JSON file with one member changed.
pub(crate) fn changed(from: &Path, to: &Path, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(from).unwrap()).unwrap();
    change(&mut value);
    fs::write(to, value.to_string()).unwrap();
}
