//! What a trustee who closed a round without somebody tells the others, so that all leave out the same. It decides nothing by itself.
//!
//! ```text
//! body = round (1) numbers of those who were left out, ascending (1 each)        a package of [`Round::LeftOut`], signed as all packages
//! ```

use super::{
    MAX_TRUSTEES, Package, Round, TrusteeIndex,
    package::{Body, index_of, round_of},
};
use crate::wire::{DecodeError, Reader};
use alloc::vec::Vec;
use tabella_primitives::{digest::Digest, encoding::EncodingError};

/// A trustee's note that it closed a round without others (see the [module](self)). Public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The round that was closed, from 0 to 3.
    pub round: Round,
    /// Who was left out: one or more, ascending.
    pub without: Vec<TrusteeIndex>,
}

/// What a participant reads about who was left out of the round that is due for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Who is not excluded by the rounds that are closed, ascending.
    pub left: Vec<TrusteeIndex>,
    /// Notes of others who are left, and whose they are.
    pub heard: Vec<(TrusteeIndex, LeftOut)>,
    /// Notes of those who are excluded and have no say: whose, and the digest of the package.
    pub unheard: Vec<(TrusteeIndex, Digest)>,
    /// Notes that their signer's own package of the next round belies: whose, and the digest of the note.
    pub belied: Vec<(TrusteeIndex, Digest)>,
    /// Who is left and has spoken in the round that is due, ascending.
    pub spoke: Vec<TrusteeIndex>,
    /// Of those, who saw other packages of the closed rounds: with them the round cannot be closed.
    pub other_view: Vec<TrusteeIndex>,
    /// Who is left and says to have closed which round without this trustee.
    pub against_me: Vec<(TrusteeIndex, Round)>,
}

impl LeftOut {
    /// The note in a package of [`Round::LeftOut`]. The signature is not looked at: see [`Package::verify`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn of(package: &Package) -> Result<Self, DecodeError> {
        if package.round() != Round::LeftOut {
            return Err(DecodeError::Field { field: "round", error: EncodingError::NotCanonical });
        }
        Self::from_bytes(package.body())
    }
}

impl Body for LeftOut {
    const ROUND: Round = Round::LeftOut;

    fn to_bytes(&self) -> Vec<u8> {
        core::iter::once(self.round.number()).chain(self.without.iter().map(|t| t.get())).collect()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let round = round_of(reader.u8()?)?;
        let wrong = |field, error| Err(DecodeError::Field { field, error });
        if round > Round::Complain {
            return wrong("round", EncodingError::NotCanonical);
        }
        let count = bytes.len().saturating_sub(1);
        if count == 0 || count > usize::from(MAX_TRUSTEES) {
            return wrong("without", EncodingError::Length { expected: 1, actual: count });
        }
        let numbers = reader.slice(count)?;
        let without: Vec<TrusteeIndex> =
            numbers.iter().map(|number| index_of("without", *number)).collect::<Result<_, _>>()?;
        if !without.is_sorted_by(|a, b| a < b) {
            return wrong("without", EncodingError::NotCanonical);
        }
        reader.finish()?;
        Ok(Self { round, without })
    }
}
