//! A sealed ballot in a file, while its voter decides, and what is left of it after.
//!
//! ```text
//! {"format":"tabella-sealed-ballot-v1","state":"sealed","tracking_code":..,"manifest":{..},"kept":"-----BEGIN AGE ..."}
//! ```
//!
//! A ballot is decided once: `state` becomes `cast` or `challenged`, and `kept`, without which there is no ballot, is gone, before the
//! ballot or its opening is written. Whoever copies the file beforehand and has the passphrase can do both, and deceives nobody but
//! herself.

use crate::{
    commands::{identity::Unlocked, vote::vote_failure},
    error::Failure,
    files::{self, Existing, Privacy},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, TryLockError},
    path::Path,
};
use tabella::{
    Citizen, Election, SealedVote, ballot::KeptBallot, election::Manifest, protocol::encrypted::DecryptError,
};

/// Type and version of the file.
const FORMAT: &str = "tabella-sealed-ballot-v1";

/// Where a sealed ballot stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// The voter has not decided.
    Sealed,
    /// It was proved, to be handed in.
    Cast,
    /// It was opened.
    Challenged,
}

/// The file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Form {
    format: String,
    state: State,
    tracking_code: String,
    manifest: Manifest,
    /// The ballot under the passphrase of the voter's identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<String>,
}

/// Writes a new file.
pub(crate) fn write(
    path: &Path,
    existing: Existing,
    sealed: &SealedVote,
    manifest: &Manifest,
    unlocked: &Unlocked,
) -> Result<(), Failure> {
    let kept =
        sealed.keep().encrypt_to_bytes(&unlocked.passphrase, unlocked.work).map_err(Failure::internal)?;
    let form = Form {
        format: FORMAT.to_owned(),
        state: State::Sealed,
        tracking_code: sealed.tracking_code().to_string(),
        manifest: manifest.clone(),
        kept: Some(String::from_utf8(kept).map_err(Failure::internal)?),
    };
    put(path, existing, &form)
}

fn put(path: &Path, existing: Existing, form: &Form) -> Result<(), Failure> {
    let text = serde_json::to_string(form).map_err(Failure::internal)?;
    files::write(path, text.as_bytes(), existing, Privacy::Secret)
}

/// A ballot that is not decided, and that nobody else decides meanwhile.
pub(super) struct Undecided<'a> {
    path: &'a Path,
    form: Form,
    kept: String,
    /// The lock goes with the file as it was opened; after it was replaced, whoever waited for it finds another state.
    locked: File,
}

impl<'a> Undecided<'a> {
    /// Opens the file of a ballot that is not decided.
    pub(super) fn open(path: &'a Path) -> Result<Self, Failure> {
        let locked = files::open(path)?;
        locked.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Failure::storage(format_args!(
                "{} is being cast or challenged by another program",
                path.display()
            )),
            TryLockError::Error(error) => Failure::io("lock", path, &error),
        })?;
        // Read after it was locked, by its name: what stands there now.
        let mut form: Form = files::read_json(path, files::SMALL, "a sealed ballot")?;
        if form.format != FORMAT {
            return Err(Failure::malformed(
                path,
                "a sealed ballot",
                format_args!("its format is not {FORMAT:?}"),
            ));
        }
        let code = &form.tracking_code;
        match (form.state, form.kept.take()) {
            (State::Sealed, Some(kept)) => Ok(Self { path, form, kept, locked }),
            (State::Sealed, None) => {
                Err(Failure::malformed(path, "a sealed ballot", "the ballot itself is missing in it"))
            }
            (State::Cast, _) => Err(Failure::refused(
                "already-cast",
                format_args!("the ballot {code} was cast: it is not opened, for then it would be known"),
            )
            .hint("seal another one to challenge this machine")),
            (State::Challenged, _) => Err(Failure::refused(
                "already-challenged",
                format_args!("the ballot {code} was challenged: what was opened is never cast"),
            )
            .hint("seal another one to vote")),
        }
    }

    /// The election.
    pub(super) const fn manifest(&self) -> &Manifest {
        &self.form.manifest
    }

    /// Decrypts the ballot.
    pub(super) fn resume(&self, election: &Election, unlocked: &Unlocked) -> Result<SealedVote, Failure> {
        let kept =
            KeptBallot::decrypt_from_bytes(self.kept.as_bytes(), &unlocked.passphrase).map_err(|cause| {
                match cause {
                    DecryptError::WrongPassphrase => Failure::passphrase(
                        "wrong-passphrase",
                        format_args!(
                            "{}: it was sealed under another passphrase than the identity's",
                            self.path.display()
                        ),
                    ),
                    other => Failure::malformed(self.path, "a sealed ballot", other),
                }
            })?;
        let citizen = Citizen::from_identity(unlocked.identity.clone());
        let sealed = citizen.resume(election, kept).map_err(vote_failure)?;
        if sealed.tracking_code().to_string() != self.form.tracking_code {
            return Err(Failure::malformed(
                self.path,
                "a sealed ballot",
                "it is not the ballot with the code that it names",
            ));
        }
        Ok(sealed)
    }

    /// Takes the ballot out of the file, for good: this is on the disk before anything that was made of the ballot may be. Answers the lock,
    /// to be held until that is.
    pub(super) fn decide(mut self, state: State) -> Result<File, Failure> {
        self.form.state = state;
        put(self.path, Existing::Replace, &self.form)?;
        Ok(self.locked)
    }
}
