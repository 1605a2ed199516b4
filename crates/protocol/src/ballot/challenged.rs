//! A ballot that was challenged: what a voter takes from the machine that made it to another one.

use super::{Opening, OpeningError, SealedBallot, TrackingCode, VoterWeight, VoterWeightError};
use crate::{
    election::{ElectionId, ElectionKind, Manifest},
    statement::Nullifier,
    wire::{self, DecodeError},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{edwards::Point, elgamal::MAX_SLOTS, encoding};

/// The format of a file with a challenged ballot.
pub const CHALLENGED_FORMAT: &str = "tabella-challenged-ballot-v1";
/// Greatest size of such a file, in bytes.
pub const MAX_CHALLENGED_BYTES: usize = 4 * 1024;

/// A sealed ballot with its [`Opening`]. It is never cast.
///
/// For the voter's own eyes: the ballot has her mark in the election, by which her cast ballot is known, though not what it says. Its
/// `Debug` form hides the opening.
#[derive(Clone, Debug)]
pub struct ChallengedBallot {
    /// The encrypted ballot.
    pub sealed: SealedBallot,
    /// What is in it.
    pub opening: Opening,
}

/// Why a challenged ballot does not hold. The first three are about what it is compared with; all others speak against the machine that
/// made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChallengeError {
    /// The election has ballots of another kind.
    OtherKind {
        /// The election's kind.
        expected: ElectionKind,
    },
    /// The voter cannot have the weight that she is said to have.
    Voter(VoterWeightError),
    /// The ballot was sealed for another election, which it names by a hash of another form.
    OtherElection {
        /// The election.
        expected: ElectionId,
    },
    /// It is another ballot than the one whose code was shown.
    OtherCode {
        /// The code that was written down.
        expected: TrackingCode,
        /// The ballot's.
        actual: TrackingCode,
    },
    /// It is another voter's ballot: the machine shows several voters one code, and casts for all but one what it likes (clash attack).
    OtherVoter {
        /// The nullifier that the voter has in this election.
        expected: Nullifier,
        /// The ballot's.
        actual: Nullifier,
    },
    /// The opening does not open the ballot.
    Opening(OpeningError),
}

impl fmt::Display for ChallengeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherKind { expected } => {
                write!(f, "the election has {}, of which none is challenged", expected.name())
            }
            Self::Voter(error) => error.fmt(f),
            Self::OtherElection { expected } => {
                write!(f, "the ballot was sealed for another election than {expected}")
            }
            Self::OtherCode { expected, actual } => {
                write!(f, "this is the ballot with code {actual}, not the one with code {expected}")
            }
            Self::OtherVoter { expected, actual } => {
                write!(
                    f,
                    "the ballot has nullifier {actual}, and the voter's is {expected}: it is another's ballot"
                )
            }
            Self::Opening(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ChallengeError {}

impl ChallengedBallot {
    /// Compares the ballot with the code that was shown before the challenge and with the voter's nullifier in this election, encrypts the
    /// numbers again and compares that too: gives the numbers, one for each option, each of which counts as often as the voter.
    ///
    /// Nullifier, code and weight are what the voter brings along; none may come from the machine that is challenged after it was asked to
    /// open the ballot. She computes the nullifier on a machine that she trusts, once for each election
    /// ([`SealedElection::nullifier`](super::SealedElection::nullifier)). Without it, a machine could show two voters who want the same one
    /// code, open the ballot of the one to both, and cast something else for the other [Küsters, Truderung, Vogt 2012: clash attacks].
    ///
    /// # Errors
    /// [`ChallengeError`].
    pub fn check(
        &self,
        manifest: &Manifest,
        voter: &Nullifier,
        code: &TrackingCode,
        weight: VoterWeight,
    ) -> Result<&[u64], ChallengeError> {
        let election = manifest.sealed().ok_or(ChallengeError::OtherKind { expected: manifest.kind() })?;
        let opened = self.opening.check(election, &self.sealed, weight).map_err(|error| match error {
            OpeningError::Voter(error) => ChallengeError::Voter(error),
            OpeningError::OtherElection { .. } => ChallengeError::OtherElection { expected: manifest.id() },
            other => ChallengeError::Opening(other),
        })?;
        let (expected, actual) = (*code, self.sealed.tracking_code(&manifest.id(), election.size()));
        if expected != actual {
            return Err(ChallengeError::OtherCode { expected, actual });
        }
        let (expected, actual) = (*voter, self.sealed.nullifier);
        if expected != actual {
            return Err(ChallengeError::OtherVoter { expected, actual });
        }
        Ok(opened)
    }

    /// Reads a file with a challenged ballot.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<ChallengedFile>(bytes, MAX_CHALLENGED_BYTES)?.try_into()
    }

    /// The ballot with its opening in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let hex = |point: &Point| encoding::encode_hex(&point.to_packed());
        wire::to_json(&ChallengedFile {
            format: CHALLENGED_FORMAT.to_string(),
            sealed_election: self.sealed.election.to_string(),
            nullifier: self.sealed.nullifier.to_string(),
            ciphertext: self.sealed.ciphertext.points().iter().map(hex).collect(),
            opening: self.opening.clone(),
        })
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChallengedFile {
    format: String,
    sealed_election: String,
    nullifier: String,
    /// C_0, C_1..C_k, packed, 64 hexadecimal digits each.
    ciphertext: Vec<String>,
    opening: Opening,
}

impl TryFrom<ChallengedFile> for ChallengedBallot {
    type Error = DecodeError;

    fn try_from(file: ChallengedFile) -> Result<Self, DecodeError> {
        wire::expect_format(CHALLENGED_FORMAT, &file.format)?;
        let sealed = SealedBallot::from_fields(&file.sealed_election, &file.nullifier, &file.ciphertext)?;
        Ok(Self { sealed, opening: file.opening })
    }
}

// The greatest ballot fits its file: points in quotes with commas, three decimals, the opening's numbers, and names.
const _: () = assert!((MAX_SLOTS + 1) * 67 + 3 * 80 + MAX_SLOTS * 21 + 500 < MAX_CHALLENGED_BYTES);
