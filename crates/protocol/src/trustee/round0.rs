//! Round 0: commit to what round 1 reveals, before anybody has revealed anything.
//!
//! ```text
//! h_i = keccak(tag, session, i, content of the package of round 1)
//! ```
//!
//! Without it the last trustee to reveal sees the contributions of all others and chooses its own so that the key comes out as it
//! likes. A trustee who does not like what comes out can still stay silent in a later round; then it is excluded, by name.

use super::{
    CeremonyParameters, Package, Round, RoundError, SessionId, TrusteeIndex, TrusteeSecret,
    held::{Held, secret_package},
    package::Body,
    polynomial,
    round1::Reveal,
};
use crate::wire::{DecodeError, Reader};
use alloc::vec::Vec;
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    rng::CryptoRng,
};

secret_package! {
    /// After round 0: the polynomials, and what will be revealed.
    SecretPackage, stage 0
}

/// The body: the hash of the content of round 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Commitment(pub(super) Digest);

impl Body for Commitment {
    const ROUND: Round = Round::Commit;

    fn to_bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let digest = Digest::from_bytes(reader.take()?);
        reader.finish()?;
        Ok(Self(digest))
    }
}

/// The hash of the content of round 1.
pub(super) fn hash(session: &SessionId, trustee: TrusteeIndex, reveal: &[u8]) -> Digest {
    TaggedHasher::new(domain::TRUSTEE_COMMITMENT)
        .digest(session.as_digest())
        .u64(trustee.get().into())
        .bytes(reveal)
        .finish()
}

/// Begins a ceremony: draws one polynomial of degree t - 1 for each key, and commits to them.
///
/// # Errors
/// [`RoundError::NotRegistered`] if these keys are none of the ceremony's.
pub fn commit(
    parameters: &CeremonyParameters,
    me: &TrusteeSecret,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(SecretPackage, Package), RoundError> {
    let trustee = parameters.index_of(me.keys()).ok_or(RoundError::NotRegistered)?;
    let polynomials: Vec<_> =
        (0..parameters.slots()).map(|_| polynomial::random(parameters.threshold(), rng)).collect();
    let reveal = Reveal::of(parameters, trustee, &polynomials, rng).to_bytes();
    let commitment = Commitment(hash(parameters.session(), trustee, &reveal));
    let package = Package::sign(*parameters.session(), trustee, &commitment, me);
    let held = Held {
        session: *parameters.session(),
        trustee,
        seen: Vec::new(),
        public: reveal,
        rows: (0..).zip(polynomials).collect(),
    };
    Ok((SecretPackage(held), package))
}
