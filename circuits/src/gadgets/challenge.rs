//! Challenges that a circuit recomputes.

use super::{
    boolean::Bit,
    num::Num,
    range::{Unsigned, enforce_range},
};
use crate::part;
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::{Fr, challenge::CircuitChallenge};

/// Bits of a hash above those of a challenge: r is below 2^254.
const REST_BITS: usize = 126;

/// The 128 bits of a challenge, which may be used before its hash is known.
#[derive(Clone, Debug)]
pub struct ChallengeBits(Unsigned);

impl ChallengeBits {
    /// Allocates the bits. 128 constraints, `bit/<j>/boolean`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn witness(
        cs: &ConstraintSystemRef<Fr>,
        challenge: Option<CircuitChallenge>,
    ) -> Result<Self, SynthesisError> {
        let bits = challenge.map(|challenge| challenge.bits());
        Unsigned::witness(cs, bits, CircuitChallenge::BITS).map(Self)
    }

    /// The bits, lowest first.
    #[must_use]
    pub fn bits(&self) -> &[Bit] {
        self.0.bits()
    }

    /// Enforces that they are the lowest bits of a hash: what is above them has 126 bits. 126 constraints, `rest/bit/<j>/boolean`.
    ///
    /// # Security
    /// Of a third of all hashes not h alone but `h + r` as well is below 2^254, and gives a second challenge. A prover may choose between two: at most
    /// one bit of soundness for each challenge, cheaper than a comparison. Of eight
    /// coefficients at once, as in the tally, up to 2^8 choices; on average over the hashes `(4/3)^8`, about 10, so that some 2^-124 are left of 2^-128.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    #[allow(clippy::missing_panics_doc, reason = "2 is not 0")]
    pub fn enforce_of(&self, cs: &ConstraintSystemRef<Fr>, hash: &Num) -> Result<(), SynthesisError> {
        let unit = Fr::from(2u64).pow([128]).inverse().expect("2 is not 0");
        let _part = part!("rest");
        enforce_range(cs, &(hash - self.0.num()).scaled(unit), REST_BITS)
    }
}
