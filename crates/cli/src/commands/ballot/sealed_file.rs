//! A sealed ballot in a file, while its voter decides, and what is left of it after.
//!
//! ```text
//! {"format":"tabella-sealed-ballot-v1","state":"sealed","tracking_code":..,"manifest":{..},"kept":"-----BEGIN AGE ..."}
//! {"format":"tabella-sealed-ballot-v1","state":"cast","tracking_code":..,"manifest":{..},"ballot":"{..}"}
//! {"format":"tabella-sealed-ballot-v1","state":"challenged","tracking_code":..,"manifest":{..}}
//! ```
//!
//! A ballot is decided once: `state` becomes `cast` or `challenged`, and `kept`, which alone can be opened, is gone, before the
//! ballot or its opening is written. `ballot` is what is handed in: casting again, after a crash, gives the same one. Whoever copies the file beforehand and has the passphrase can do both, and deceives nobody but
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
    Citizen, Election, SealedVote, VoteError,
    ballot::{CastBallot, KeptBallot, SealError},
    election::Manifest,
    protocol::encrypted::DecryptError,
};

/// Type and version of the file.
const FORMAT: &str = "tabella-sealed-ballot-v1";

/// Where a sealed ballot stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// The voter has not decided.
    Sealed,
    /// It was proved, to be handed in.
    Cast,
    /// It was opened.
    Challenged,
}

/// What becomes of a sealed ballot.
pub(super) enum Decision<'a> {
    /// It was proved, and this is handed in.
    Cast(&'a CastBallot),
    /// It is opened.
    Challenge,
}

/// The file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Form {
    format: String,
    state: State,
    tracking_code: String,
    manifest: Manifest,
    /// The ballot under the passphrase of the voter's identity, while she has not decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<String>,
    /// The ballot as it is handed in, in JSON, once it is cast. Nothing secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ballot: Option<String>,
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
        ballot: None,
    };
    put(path, existing, &form)
}

fn put(path: &Path, existing: Existing, form: &Form) -> Result<(), Failure> {
    let text = serde_json::to_string(form).map_err(Failure::internal)?;
    files::write(path, text.as_bytes(), existing, Privacy::Secret)
}

/// A sealed ballot, and what became of it.
#[allow(clippy::large_enum_variant, reason = "one value per run of the program")]
pub(super) enum Sealed<'a> {
    Undecided(Undecided<'a>),
    /// It was cast already: the ballot, and the election.
    Cast(CastBallot, Manifest),
    /// It was challenged already.
    Challenged {
        code: String,
    },
}

/// A ballot that is not decided, and that nobody else decides meanwhile.
pub(super) struct Undecided<'a> {
    path: &'a Path,
    form: Form,
    kept: String,
    /// The lock goes with the file as it was opened; after it was replaced, whoever waited for it finds another state.
    locked: File,
}

/// A ballot that was challenged has no other fate.
pub(super) fn already_challenged(message: impl std::fmt::Display) -> Failure {
    Failure::refused("already-challenged", message).hint("seal another one to vote")
}

impl<'a> Sealed<'a> {
    /// Opens the file of a ballot.
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
        let malformed = |cause| Err(Failure::malformed(path, "a sealed ballot", cause));
        match (form.state, form.kept.take(), form.ballot.take()) {
            (State::Sealed, Some(kept), None) => Ok(Self::Undecided(Undecided { path, form, kept, locked })),
            // The file says all three, code, ballot and manifest: they must belong together.
            (State::Cast, None, Some(ballot)) => match CastBallot::from_json(ballot.as_bytes()) {
                Ok(ballot) if ballot.tracking_code().to_string() != *code => {
                    malformed("the cast ballot in it is not the one with the code that it names")
                }
                Ok(ballot) if ballot.instance(&form.manifest).is_err() => {
                    malformed("the cast ballot in it is not of the election in it")
                }
                Ok(ballot) => Ok(Self::Cast(ballot, form.manifest)),
                Err(_) => malformed("the cast ballot in it is none"),
            },
            (State::Challenged, None, None) => Ok(Self::Challenged { code: form.tracking_code }),
            _ => malformed("what is in it does not belong to its state"),
        }
    }

    /// The ballot to be challenged, if the voter has not decided.
    pub(super) fn for_challenge(self) -> Result<Undecided<'a>, Failure> {
        match self {
            Self::Undecided(undecided) => Ok(undecided),
            Self::Challenged { code } => Err(already_challenged(format_args!(
                "the ballot {code} was challenged before, and its opening is written once"
            ))),
            Self::Cast(ballot, _) => Err(Failure::refused(
                "already-cast",
                format_args!(
                    "the ballot {} was cast: it is not opened, for then it would be known",
                    ballot.tracking_code()
                ),
            )
            .hint("seal another one to challenge this machine; `tabella ballot cast` writes this one again")),
        }
    }
}

impl Undecided<'_> {
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
                            "{}: it was sealed under another passphrase than that of this identity",
                            self.path.display()
                        ),
                    )
                    .hint("give the identity that sealed it, under the passphrase that it had then"),
                    other => Failure::malformed(self.path, "a sealed ballot", other),
                }
            })?;
        let citizen = Citizen::from_identity(unlocked.identity.clone());
        let sealed = citizen.resume(election, kept).map_err(|error| match error {
            // A path of the citizen's own was found good when the ballot was sealed.
            VoteError::Seal(SealError::NotRegistered) => Failure::refused(
                "other-identity",
                format_args!("{}: it was sealed by another identity than this one", self.path.display()),
            )
            .hint("give the identity that sealed it; nothing was decided about the ballot"),
            other => vote_failure(other),
        })?;
        if sealed.tracking_code().to_string() != self.form.tracking_code {
            return Err(Failure::malformed(
                self.path,
                "a sealed ballot",
                "it is not the ballot with the code that it names",
            ));
        }
        Ok(sealed)
    }

    /// Takes what can be opened out of the file, for good, and puts what is cast in its place: this is on the disk before anything else that
    /// was made of the ballot may be. Answers the lock, to be held until that is.
    pub(super) fn decide(mut self, decision: Decision<'_>) -> Result<File, Failure> {
        (self.form.state, self.form.ballot) = match decision {
            Decision::Cast(ballot) => (State::Cast, Some(ballot.to_json())),
            Decision::Challenge => (State::Challenged, None),
        };
        put(self.path, Existing::Replace, &self.form)?;
        Ok(self.locked)
    }
}
