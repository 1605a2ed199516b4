//! What a challenged wallet shows: the secrets of a ballot that is not cast (Benaloh's challenge).
//!
//! A wallet encrypts, shows the ballot's [`TrackingCode`](super::TrackingCode), and only then learns whether the voter casts the ballot or
//! challenges it. A challenged ballot is opened: anybody sees on another machine whether it says what the voter asked for. A wallet that
//! encrypts something else is caught with the probability with which it is challenged [Benaloh 2006]. The opened ballot must never be
//! cast, for everybody could read it.

use super::{BallotWitness, SealedBallot, SealedElection, SealedElectionId, VoterWeight, VoterWeightError};
use crate::{
    election::VotesError,
    identity::IdentitySecret,
    registry::MembershipPath,
    wire::{self, DecodeError},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    edwards::Scalar,
    elgamal::{MAX_SLOTS, Randomness},
    encoding::{Canonical, EncodingError},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The format of a file with an opening.
pub const OPENING_FORMAT: &str = "tabella-ballot-opening-v1";
/// Greatest size of such a file, in bytes.
pub const MAX_OPENING_BYTES: usize = 1024;

/// The numbers, the weight and the randomness of a ballot that will not be cast. Neither nullifier nor identity.
///
/// Secret until it is shown. Printed as `Opening(..)`, erased when dropped.
#[derive(Clone)]
pub struct Opening {
    votes: Zeroizing<Vec<u64>>,
    weight: u32,
    randomness: Randomness,
}

/// Why an opening does not open a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpeningError {
    /// The ballot is of another election.
    OtherElection {
        /// The election asked for.
        expected: SealedElectionId,
        /// The ballot's election.
        actual: SealedElectionId,
    },
    /// The numbers are against the rules: such a ballot has no proof.
    Votes(VotesError),
    /// The voter cannot have the weight that she is said to have: nothing is said about the wallet.
    Voter(VoterWeightError),
    /// The ballot is opened at another weight than the voter's: the wallet lied about the weight, and so about the numbers, for the ballot
    /// encrypts their product alone.
    OtherWeight {
        /// The weight that the voter has; 1 in an election without weights.
        expected: u32,
        /// The weight of the opening.
        actual: u32,
    },
    /// The ballot does not encrypt these numbers: the wallet lied.
    OtherNumbers,
}

impl fmt::Display for OpeningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherElection { expected, actual } => {
                write!(f, "the ballot is of election {actual}, not of {expected}")
            }
            Self::Votes(error) => error.fmt(f),
            Self::Voter(error) => error.fmt(f),
            Self::OtherWeight { expected, actual } => {
                write!(f, "the ballot is opened at weight {actual}, and the voter's weight is {expected}")
            }
            Self::OtherNumbers => f.write_str(
                "the ballot does not encrypt these numbers: whoever made it lied about one of the two",
            ),
        }
    }
}

impl core::error::Error for OpeningError {}

impl Opening {
    /// Opens the ballot of a witness, which must never be cast then.
    #[must_use]
    pub fn of(witness: &BallotWitness) -> Self {
        Self { votes: witness.votes.clone(), weight: witness.weight, randomness: witness.randomness.clone() }
    }

    /// The witness of the citizen with this secret and path who sealed the ballot.
    #[must_use]
    pub fn witness(&self, secret: IdentitySecret, path: MembershipPath) -> BallotWitness {
        let Self { votes, weight, randomness } = self.clone();
        BallotWitness { secret, weight, path, votes, randomness }
    }

    /// Encrypts the numbers again and compares: gives the numbers, one for each option, each of which counts as often as the voter.
    ///
    /// The ciphertext fixes the products of numbers and weight alone, so that an opening at another weight than the voter's is refused:
    /// [`VoterWeight`]. Whose ballot it is and whether it is the one whose code was shown is not compared here, but by
    /// [`ChallengedBallot::check`](super::ChallengedBallot::check).
    ///
    /// # Errors
    /// [`OpeningError`].
    pub fn check(
        &self,
        election: &SealedElection,
        ballot: &SealedBallot,
        weight: VoterWeight,
    ) -> Result<&[u64], OpeningError> {
        let factor = weight.factor(election.weighting()).map_err(OpeningError::Voter)?;
        let (expected, actual) = (election.id(), ballot.election);
        if expected != actual {
            return Err(OpeningError::OtherElection { expected, actual });
        }
        election.parameters().check(&self.votes).map_err(OpeningError::Votes)?;
        if self.weight != factor {
            return Err(OpeningError::OtherWeight { expected: factor, actual: self.weight });
        }
        // Votes of 16 bits and weights of 32: the products are exact.
        let factor = u64::from(factor);
        let numbers: Zeroizing<Vec<u64>> =
            Zeroizing::new(self.votes.iter().map(|vote| vote * factor).collect());
        match election.key().encrypt(&numbers, &self.randomness) {
            Ok(ciphertext) if ciphertext == ballot.ciphertext => Ok(&self.votes),
            _ => Err(OpeningError::OtherNumbers),
        }
    }

    /// Reads a file with an opening.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<OpeningFile>(bytes, MAX_OPENING_BYTES)?.try_into()
    }

    /// The opening in one line of JSON, to be shown to whoever checks.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(..)")
    }
}

/// The JSON form. Erased when dropped, as what it is made of.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct OpeningFile {
    format: String,
    votes: Vec<u64>,
    weight: u32,
    randomness: String,
}

impl TryFrom<OpeningFile> for Opening {
    type Error = DecodeError;

    fn try_from(mut file: OpeningFile) -> Result<Self, DecodeError> {
        wire::expect_format(OPENING_FORMAT, &file.format)?;
        let votes = Zeroizing::new(core::mem::take(&mut file.votes));
        if votes.len() > MAX_SLOTS {
            let error = EncodingError::Length { expected: MAX_SLOTS, actual: votes.len() };
            return Err(DecodeError::Field { field: "votes", error });
        }
        let scalar = Scalar::from_decimal(&file.randomness).map_err(wire::in_field("randomness"))?;
        let zero = DecodeError::Field { field: "randomness", error: EncodingError::NotCanonical };
        let randomness = Randomness::from_scalar(scalar).ok_or(zero)?;
        Ok(Self { votes, weight: file.weight, randomness })
    }
}

impl Serialize for Opening {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        OpeningFile {
            format: OPENING_FORMAT.to_string(),
            votes: self.votes.to_vec(),
            weight: self.weight,
            randomness: self.randomness.expose_secret().to_decimal(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Opening {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OpeningFile::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}
