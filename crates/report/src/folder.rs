//! A folder of one record: `benches/results/<date>-<cpu>-<threads>[-<what>]`.

use crate::{date, machine::Machine};
use serde::Serialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A folder for one record. Files in it are never overwritten: a record is kept as it came.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes a new folder under `results` for a measurement on this machine today. If there is one of that name, a number is
    /// added.
    ///
    /// # Errors
    /// If the operating system refuses.
    pub fn create(results: &Path, machine: &Machine, what: &str) -> io::Result<Self> {
        fs::create_dir_all(results)?;
        let name = format!("{}-{}-{what}", date::today(), machine.file_name());
        for number in 1u32.. {
            let name = if number == 1 { name.clone() } else { format!("{name}-{number}") };
            match fs::create_dir(results.join(&name)) {
                Ok(()) => return Ok(Self(results.join(name))),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::from(io::ErrorKind::AlreadyExists))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a text.
    ///
    /// # Errors
    /// If the operating system refuses, or the file is there.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        use std::io::Write as _;
        fs::File::create_new(self.0.join(name))?.write_all(text.as_bytes())
    }

    /// Writes JSON with line breaks.
    ///
    /// # Errors
    /// If the operating system refuses, the file is there, or the value has no JSON.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> io::Result<()> {
        self.write(name, &format!("{}\n", serde_json::to_string_pretty(value)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_numbered_and_not_overwritten() {
        let results = std::env::temp_dir().join(format!("tabella-report-{}", std::process::id()));
        let machine = Machine { cpu: "A (B)".into(), threads: 3, ..Machine::this() };
        let first = Folder::create(&results, &machine, "x").unwrap();
        let second = Folder::create(&results, &machine, "x").unwrap();
        assert!(first.path().ends_with(format!("{}-a-b-3-x", date::today())));
        assert!(second.path().ends_with(format!("{}-a-b-3-x-2", date::today())));
        first.write_json("a.json", &[1]).unwrap();
        assert_eq!(first.write("a.json", "").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(first.path().join("a.json")).unwrap(), "[\n  1\n]\n");
        fs::remove_dir_all(&results).unwrap();
    }
}
