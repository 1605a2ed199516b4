//! What a site is told before it starts.

use std::path::PathBuf;
use tabella::params::KeyPolicy;

/// What a site is told before it starts. Nothing secret.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of everything durable; made if it is not there.
    pub data: PathBuf,
    /// The wallet's files.
    pub files: PathBuf,
    /// What the site is called, on its pages.
    pub name: String,
    /// Whether pages are isolated from other origins, which threads in wallets need.
    pub isolation: bool,
    /// What the site is for.
    pub purpose: Purpose,
}

/// What a site is for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// Anybody may register, anybody may start elections; with insecure development keys.
    Rehearsal,
    /// Elections that others made.
    Elections {
        /// Their folders: `election.json` and `registry.json`, and `ceremony.json` where ballots are secret.
        folders: Vec<PathBuf>,
        /// Which keys are acceptable.
        keys: KeyPolicy,
    },
}
