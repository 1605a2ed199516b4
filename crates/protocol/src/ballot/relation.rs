//! The ballot relation in plain code (protocol section 2.2).

use super::{SealedBallot, SealedElection, SealedInstance};
use crate::{
    election::VotesError,
    identity::IdentitySecret,
    registry::{MembershipPath, RegistryRoot},
    statement::Nullifier,
};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::{digest::tag_element, domain, edwards::Scalar, elgamal::Randomness, poseidon};
use zeroize::Zeroizing;

/// Secret values of the ballot relation.
#[derive(Clone)]
pub struct BallotWitness {
    /// The citizen's secret.
    pub secret: IdentitySecret,
    /// The citizen's weight; 1 in registries without weights.
    pub weight: u32,
    /// From the citizen's leaf to the root.
    pub path: MembershipPath,
    /// The numbers v_1..v_k, one for each option.
    pub votes: Zeroizing<Vec<u64>>,
    /// The randomness rho of the ciphertext.
    pub randomness: Randomness,
}

impl fmt::Debug for BallotWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BallotWitness(..)")
    }
}

/// Why there is no ballot for a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// The numbers are against the rules.
    Votes(VotesError),
    /// The identity secret is 0, which belongs to no citizen.
    ZeroSecret,
    /// A weight other than 1 in a registry without weights.
    Weight,
    /// The path does not lead from the citizen with this weight to the election's root.
    NotRegistered,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Votes(error) => error.fmt(f),
            Self::ZeroSecret => f.write_str("the identity secret is 0, which belongs to no citizen"),
            Self::Weight => f.write_str("the registry has no weights, so the weight must be 1"),
            Self::NotRegistered => {
                f.write_str("the path does not lead from this citizen to the registry's root")
            }
        }
    }
}

impl core::error::Error for SealError {}

impl SealedElection {
    /// The nullifier of a citizen in this election: `H_3(tag, election, s)`. The tag keeps a sign-in whose scope is the election's
    /// identifier from showing it.
    #[must_use]
    pub fn nullifier(&self, secret: &IdentitySecret) -> Nullifier {
        Nullifier::from_field(poseidon::hash(&[
            tag_element(domain::SEALED_NULLIFIER),
            *self.id().as_field(),
            *secret.expose_as_field_element().expose_secret(),
        ]))
    }

    /// The root to which the witness's path leads from its citizen.
    fn root_of(&self, witness: &BallotWitness) -> RegistryRoot {
        let commitment = witness.secret.commitment();
        if self.parameters().is_weighted() {
            witness.path.weighted_root(&commitment, witness.weight)
        } else {
            witness.path.root(&commitment)
        }
    }

    /// The ballot of a witness: `C_0 = rho B8, C_j = w v_j B8 + rho Y_j`.
    ///
    /// # Errors
    /// [`SealError`], the first that applies; nothing is encrypted then.
    pub fn seal(&self, witness: &BallotWitness) -> Result<SealedBallot, SealError> {
        self.parameters().check(&witness.votes).map_err(SealError::Votes)?;
        if *witness.secret.expose_secret() == Scalar::default() {
            return Err(SealError::ZeroSecret);
        }
        if !self.parameters().is_weighted() && witness.weight != 1 {
            return Err(SealError::Weight);
        }
        if self.root_of(witness) != self.root() {
            return Err(SealError::NotRegistered);
        }
        // Votes of 16 bits and weights of 32: the products are exact.
        let weight = u64::from(witness.weight);
        let numbers: Zeroizing<Vec<u64>> =
            Zeroizing::new(witness.votes.iter().map(|vote| vote * weight).collect());
        let ciphertext = self.key().encrypt(&numbers, &witness.randomness).map_err(|wrong| {
            SealError::Votes(VotesError::Count { expected: wrong.expected, actual: wrong.actual })
        })?;
        Ok(SealedBallot { election: self.id(), nullifier: self.nullifier(&witness.secret), ciphertext })
    }
}

/// The ballot relation in plain code, twin of the circuit (Tabella protocol, section 2.2, equations 1 to 7).
///
/// The encrypted numbers `w v_j` have at most [`MESSAGE_BITS`](crate::election::MESSAGE_BITS) bits.
#[must_use]
pub fn ballot_holds(election: &SealedElection, instance: &SealedInstance, witness: &BallotWitness) -> bool {
    let weight = u64::from(witness.weight);
    let fits = |vote: &u64| vote.checked_mul(weight).is_some_and(|m| m >> crate::election::MESSAGE_BITS == 0);
    witness.votes.iter().all(fits)
        && election.seal(witness).is_ok_and(|ballot| {
            ballot.digest(election.size()) == instance.digest
                && ballot.fingerprint(instance.gamma) == instance.fingerprint
        })
}
