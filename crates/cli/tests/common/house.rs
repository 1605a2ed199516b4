//! Trustees who meet by files.

use super::{arg, done, fails, odd_folder};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Names of trustees.
pub(crate) const NAMES: [&str; 5] = ["Ann", "Ключ 'é'", "Carol", "Dave", "Eve"];

/// The people of a ceremony, and the folder that they share.
pub(crate) struct House {
    pub(crate) folder: PathBuf,
    homes: Vec<PathBuf>,
}

impl House {
    /// Everyone makes a secret and comes forward; somebody convenes them.
    pub(crate) fn convened(root: &Path, trustees: usize, threshold: &str, options: &str) -> Self {
        let inbox = odd_folder(root, "inbox");
        let mut homes = Vec::new();
        for (number, name) in NAMES.iter().take(trustees).enumerate() {
            let home = odd_folder(root, &format!("trustee {number}"));
            let secret = home.join("me.trustee");
            done(&["trustee", "new", "--out", arg(&secret), "--work-factor", "1"]);
            let card = inbox.join(format!("{number}.json"));
            let made = done(&["trustee", "register", arg(&secret), "--name", name, "--out", arg(&card)]);
            assert_eq!(made["name"], *name);
            homes.push(home);
        }
        let folder = root.join("ceremony");
        let house = Self { folder, homes };
        let convened = house.convene(&inbox, &house.folder, [threshold, options]);
        let second = json!({"trustee": 2, "name": NAMES[1]});
        assert_eq!(
            (convened["trustees"].as_array().unwrap().len(), &convened["trustees"][1]),
            (trustees, &second)
        );
        house
    }

    pub(crate) fn convene(&self, inbox: &Path, out: &Path, [threshold, options]: [&str; 2]) -> Value {
        done(&[
            "trustee",
            "convene",
            arg(inbox),
            "--threshold",
            threshold,
            "--options",
            options,
            "--out",
            arg(out),
        ])
    }

    pub(crate) fn secret(&self, number: usize) -> PathBuf {
        self.homes[number - 1].join("me.trustee")
    }

    pub(crate) fn next(&self, number: usize) -> Value {
        done(&["trustee", "next", arg(&self.secret(number)), arg(&self.folder)])
    }

    pub(crate) fn next_fails(&self, number: usize, more: &[&str], exit: i32, code: &str) -> Value {
        let secret = self.secret(number);
        let args = [&["trustee", "next", arg(&secret), arg(&self.folder)], more].concat();
        fails(&args, exit, code)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The one file beside a trustee's secret in which it remembers the ceremony.
    pub(crate) fn state(&self, number: usize) -> PathBuf {
        let files = fs::read_dir(&self.homes[number - 1]).unwrap().map(|entry| entry.unwrap().path());
        let mut states: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|end| end == "state")).collect();
        assert_eq!(states.len(), 1);
        states.remove(0)
    }

    /// Everyone does what is due until there is a record of the ceremony; answers where.
    pub(crate) fn hold(&self) -> PathBuf {
        let record = self.file("ceremony.json");
        for _ in 0..6 {
            for number in 1..=self.homes.len() {
                self.next(number);
            }
        }
        assert!(record.is_file());
        record
    }
}
