//! The folder of a ceremony: parameters, registrations, and the packages that have arrived so far.
//!
//! Whether trustees share the folder or each has one into which they put what comes by mail makes no difference.

use super::names::Names;
use crate::{
    error::{FILE_EXISTS, Failure},
    files::{self, Existing, OwnFile, Privacy},
    ui::Ui,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{
    primitives::digest::Digest,
    protocol::{
        trustee::{
            CEREMONY_FORMAT, CeremonyParameters, CeremonyRecord, KeyCeremony, LeftOut, MAX_CEREMONY_BYTES,
            MAX_PARAMETERS_BYTES, PACKAGE_FORMAT, PARAMETERS_FORMAT, Package, Round,
            TRUSTEE_REGISTRATION_FORMAT, TrusteeIndex, TrusteeRegistration,
        },
        wire::DecodeError,
    },
};

/// Name of the file with the parameters.
pub(super) const PARAMETERS: &str = "parameters.json";
/// Name of the file with the record of the whole ceremony.
const RECORD: &str = "ceremony.json";

/// What a file is.
pub(super) enum Content {
    Registration(TrusteeRegistration),
    Package(Package),
    Parameters,
    Record,
}

impl Content {
    /// In a sentence: "it is ..".
    pub(super) fn what(&self) -> String {
        match self {
            Self::Registration(_) => "a trustee's registration".to_owned(),
            Self::Package(package) => format!("a package of round `{}`", package.round()),
            Self::Parameters => "the parameters of a ceremony".to_owned(),
            Self::Record => "the record of a key ceremony".to_owned(),
        }
    }
}

/// A file that is not taken, and why.
#[derive(Debug)]
pub(super) struct RefusedFile {
    file: PathBuf,
    pub(super) cause: String,
    /// Whose package of which round it says it is.
    claims: Option<(Round, TrusteeIndex)>,
}

impl RefusedFile {
    /// Whether it says it is one of these packages.
    pub(super) fn claims_one_of(&self, round: Round, trustees: &[TrusteeIndex]) -> bool {
        self.claims.is_some_and(|(claimed, sender)| claimed == round && trustees.contains(&sender))
    }

    /// File and cause.
    pub(super) fn show(&self) -> String {
        format!("{}: {}", self.file.display(), self.cause)
    }

    pub(super) fn json(&self) -> Value {
        json!({"file": self.file.display().to_string(), "cause": self.cause})
    }
}

/// Everything that lies in the folder of a ceremony.
pub(super) struct CeremonyFolder {
    path: PathBuf,
    pub(super) parameters: CeremonyParameters,
    pub(super) names: Names,
    /// Packages of this ceremony, signed by those whose they say they are.
    pub(super) packages: Vec<Package>,
    pub(super) refused: Vec<RefusedFile>,
    /// Where packages of it lie.
    files: Vec<(Digest, PathBuf)>,
}

impl CeremonyFolder {
    pub(super) fn read(path: &Path, ui: &Ui) -> Result<Self, Failure> {
        let file = path.join(PARAMETERS);
        let limit = u64::try_from(MAX_PARAMETERS_BYTES).unwrap_or(u64::MAX);
        let bytes = files::read(&file, limit).map_err(|failure| match failure.code() {
            "not-found" => failure.hint("name the folder with parameters.json, as the convener gave it"),
            _ => failure,
        })?;
        let parameters = CeremonyParameters::from_json(&bytes)
            .map_err(|cause| files::decode_failure(&file, "the parameters of a ceremony", &cause))?;
        let mut folder = Self {
            path: path.to_owned(),
            parameters,
            names: Names::default(),
            packages: Vec::new(),
            refused: Vec::new(),
            files: Vec::new(),
        };
        for file in files::json_files(&[path.to_owned()], "no-packages", "package", ui)? {
            folder.take(file);
        }
        Ok(folder)
    }

    fn take(&mut self, file: PathBuf) {
        let content = match content_of(&file) {
            Ok(content) => content,
            Err(failure) => {
                let cause = failure.message().to_owned();
                return self.refused.push(RefusedFile { file, cause, claims: None });
            }
        };
        match content {
            Content::Registration(registration) => match registration.verify() {
                Ok(()) => self.names.add(&self.parameters, &registration, &file),
                Err(cause) => self.refuse(file, &cause),
            },
            Content::Package(package) => match package.verify(&self.parameters) {
                // Shares are not the ceremony's.
                Ok(()) if package.round() == Round::Decrypt => {}
                Ok(()) => {
                    if package.round() == Round::LeftOut
                        && let Err(cause) = LeftOut::of(&package)
                    {
                        return self.refuse(file, &cause);
                    }
                    self.files.push((package.digest(), file));
                    self.packages.push(package);
                }
                Err(cause) => {
                    let claims = Some((package.round(), package.sender()));
                    self.refused.push(RefusedFile { file, cause: cause.to_string(), claims });
                }
            },
            Content::Parameters | Content::Record => {}
        }
    }

    /// Sets a file aside that nobody is known to have made.
    fn refuse(&mut self, file: PathBuf, cause: &dyn std::fmt::Display) {
        self.refused.push(RefusedFile { file, cause: cause.to_string(), claims: None });
    }

    /// Sets the files aside in which a package is that has no say.
    pub(super) fn refuse_package(&mut self, package: &Digest, cause: &dyn std::fmt::Display) {
        let (refused, kept) = std::mem::take(&mut self.files).into_iter().partition(|(of, _)| of == package);
        self.files = kept;
        let refused: Vec<(Digest, PathBuf)> = refused;
        refused.into_iter().for_each(|(_, file)| self.refuse(file, cause));
    }

    /// The files in which each of two packages is, in the order in which they were read.
    pub(super) fn files_of_two(&self, packages: &[Digest; 2]) -> [String; 2] {
        packages.each_ref().map(|package| {
            let same = self.files.iter().filter(|(digest, _)| digest == package);
            same.map(|(_, file)| file.display().to_string()).collect::<Vec<_>>().join(", ")
        })
    }

    /// Writes a package, unless it lies there already; answers where it is written.
    pub(super) fn add(&mut self, package: &Package) -> Result<Option<PathBuf>, Failure> {
        if self.packages.contains(package) {
            return Ok(None);
        }
        // A note that somebody was left out is named after the round that was closed.
        let note = LeftOut::of(package).ok();
        let (round, end) = note.map_or((package.round(), ""), |note| (note.round, "-without"));
        let name = format!("{}-{round}-{:02}{end}.json", round.number(), package.sender().get());
        let path = self.publish(&name, &package.to_json())?;
        self.files.push((package.digest(), path.clone()));
        self.packages.push(package.clone());
        Ok(Some(path))
    }

    /// The record of a ceremony that lies there, not verified.
    fn record(&self) -> Option<CeremonyRecord> {
        let limit = u64::try_from(MAX_CEREMONY_BYTES).unwrap_or(u64::MAX);
        let bytes = files::read(&self.path.join(RECORD), limit).ok()?;
        CeremonyRecord::from_json(&bytes).ok()
    }

    /// Takes the endorsements out of the record that lies there, and says whether some are new. A record that does not hold, or in which this own
    /// endorsement is not, has none.
    pub(super) fn take_endorsements(&mut self, own: &Package) -> bool {
        let holds = |record: &CeremonyRecord| {
            record.packages().iter().any(|package| package.digest() == own.digest())
                && record.verify().is_ok()
        };
        let Some(record) = self.record().filter(holds) else { return false };
        let before = self.packages.len();
        for package in record.packages().iter().filter(|package| package.round() == Round::Endorse) {
            if package.verify(&self.parameters).is_ok() && !self.packages.contains(package) {
                self.packages.push(package.clone());
            }
        }
        self.packages.len() > before
    }

    /// Writes the record of the ceremony, unless one of the same ceremony lies there: whoever signs a package twice gives it two forms, which say the same.
    pub(super) fn add_record(
        &self,
        record: &CeremonyRecord,
        ceremony: &KeyCeremony,
    ) -> Result<PathBuf, Failure> {
        let path = self.path.join(RECORD);
        if self.record().is_some_and(|there| there.verify().is_ok_and(|there| there == *ceremony)) {
            return Ok(path);
        }
        self.publish(RECORD, &record.to_json())
    }

    /// Writes a file, unless the same one is there.
    fn publish(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.path.join(name);
        write_once(&path, text)?;
        Ok(path)
    }
}

/// Writes a line, unless the very same lies there; another file is left alone, and told.
pub(super) fn write_once(path: &Path, text: &str) -> Result<(), Failure> {
    let line = format!("{text}\n");
    match files::write(path, line.as_bytes(), Existing::Keep, Privacy::Public) {
        Err(failure) if failure.code() == FILE_EXISTS => {
            let limit = u64::try_from(line.len()).unwrap_or(u64::MAX);
            if files::read(path, limit).is_ok_and(|there| there == line.as_bytes()) {
                return Ok(());
            }
            Err(failure.hint(
                "what lies there is something else: move it away and run the command again, nothing is lost",
            ))
        }
        written => written,
    }
}

/// Reads a file by what it says it is.
pub(super) fn content_of(path: &Path) -> Result<Content, Failure> {
    #[derive(Deserialize)]
    struct Tag {
        format: String,
    }
    let bytes = files::read(path, u64::try_from(MAX_CEREMONY_BYTES).unwrap_or(u64::MAX))?;
    let malformed = |cause: &DecodeError| Failure::bad_input("malformed-file", format_args!("{cause}"));
    let foreign = |own: &OwnFile| {
        Failure::bad_input("malformed-file", format_args!("no file of a ceremony: it is {}", own.what))
    };
    let tag: Tag = serde_json::from_slice(&bytes).map_err(|cause| match OwnFile::of(&bytes) {
        Some(own) => foreign(own),
        None => Failure::bad_input("malformed-file", cause),
    })?;
    match tag.format.as_str() {
        TRUSTEE_REGISTRATION_FORMAT => {
            TrusteeRegistration::from_json(&bytes).map(Content::Registration).map_err(|e| malformed(&e))
        }
        PACKAGE_FORMAT => Package::from_json(&bytes).map(Content::Package).map_err(|e| malformed(&e)),
        PARAMETERS_FORMAT => Ok(Content::Parameters),
        CEREMONY_FORMAT => Ok(Content::Record),
        _ => Err(OwnFile::of(&bytes)
            .map_or_else(|| Failure::bad_input("malformed-file", "no file of a ceremony"), foreign)),
    }
}
