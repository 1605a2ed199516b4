//! A wire that is 0 or 1.

use super::num::Num;
use crate::constrain;
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError};
use tabella_primitives::Fr;

/// A wire that is 0 or 1: `b (b - 1) = 0`.
#[derive(Clone, Debug)]
pub struct Bit(Num);

impl Bit {
    /// Allocates a bit. One constraint, `boolean`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn witness(cs: &ConstraintSystemRef<Fr>, value: Option<bool>) -> Result<Self, SynthesisError> {
        let bit = Num::witness(cs, value.map(Fr::from))?;
        // Without this line a prover could use a "bit" of 2 and with it points that are in no table.
        constrain!(cs, "boolean", bit.lc(), bit.plus(-Fr::ONE).lc(), LinearCombination::zero())?;
        Ok(Self(bit))
    }

    /// 0 or 1.
    #[must_use]
    pub const fn num(&self) -> &Num {
        &self.0
    }

    /// 0 for 0, the number for 1: `b x`, a new wire. One constraint, `mask`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn mask(&self, cs: &ConstraintSystemRef<Fr>, num: &Num) -> Result<Num, SynthesisError> {
        let masked = Num::witness(cs, num.value().zip(self.0.value()).map(|(num, bit)| num * bit))?;
        constrain!(cs, "mask", num.lc(), self.0.lc(), masked.lc())?;
        Ok(masked)
    }

    /// One number for 1 and the other for 0: `zero + b (one - zero)`, a new wire. One constraint, `choice`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn choose(&self, cs: &ConstraintSystemRef<Fr>, one: &Num, zero: &Num) -> Result<Num, SynthesisError> {
        let difference = one - zero;
        let chosen = self.0.value().zip(difference.value()).zip(zero.value());
        let chosen = Num::witness(cs, chosen.map(|((bit, difference), zero)| zero + bit * difference))?;
        constrain!(cs, "choice", difference.lc(), self.0.lc(), (&chosen - zero).lc())?;
        Ok(chosen)
    }

    /// -1 for 0, 1 for 1: `2 b - 1`.
    #[must_use]
    pub fn sign(&self) -> Num {
        self.0.scaled(Fr::from(2u64)).plus(-Fr::ONE)
    }
}
