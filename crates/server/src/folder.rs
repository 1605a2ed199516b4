//! The folder of one election: which file is what.
//!
//! ```text
//! elections/<id>/election.json          the manifest, byte for byte as it was published
//!                registry.json          the registry that it froze
//!                ceremony.json          secret ballots: the record of the key ceremony
//!                ballots.box            the ballot box
//!                trustees/              a rehearsal's secret ballots: the trustees with their secrets
//!                record-unopened.jsonl  secret ballots, once the box is closed: the record as trustees get it
//!                record.jsonl           the record, once there is a result
//! ```

use std::path::PathBuf;

/// The folder of one election.
#[derive(Clone, Debug)]
pub(crate) struct ElectionFolder(PathBuf);

impl ElectionFolder {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.0.join("election.json")
    }

    pub(crate) fn registry(&self) -> PathBuf {
        self.0.join("registry.json")
    }

    pub(crate) fn ceremony(&self) -> PathBuf {
        self.0.join("ceremony.json")
    }

    pub(crate) fn ballots(&self) -> PathBuf {
        self.0.join("ballots.box")
    }

    pub(crate) fn trustees(&self) -> PathBuf {
        self.0.join("trustees")
    }

    pub(crate) fn unopened_record(&self) -> PathBuf {
        self.0.join("record-unopened.jsonl")
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.0.join("record.jsonl")
    }
}
