//! Unsigned integers of a fixed number of bits, and differences that are not negative.

use super::{boolean::Bit, num::Num};
use crate::{constrain, naming::numbered, part};
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError};
use tabella_primitives::Fr;

/// An integer below 2^n, n below 253, in bits: a linear combination of them, no wire of its own.
#[derive(Clone, Debug)]
pub struct Unsigned {
    bits: Vec<Bit>,
    num: Num,
}

impl Unsigned {
    /// Allocates the n bits of an integer, lowest first. n constraints, `bit/<j>/boolean`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn witness(
        cs: &ConstraintSystemRef<Fr>,
        value: Option<u128>,
        bits: usize,
    ) -> Result<Self, SynthesisError> {
        let _part = part!("bit");
        let bits: Vec<Bit> = (0..bits)
            .map(|j| {
                let _number = numbered(j).entered();
                Bit::witness(cs, value.map(|value| (value >> j) & 1 == 1))
            })
            .collect::<Result<_, _>>()?;
        let num = Num::weighted_sum(cs, bits.iter().map(Bit::num), Fr::ONE, AdditiveGroup::double);
        Ok(Self { bits, num })
    }

    /// The integer.
    #[must_use]
    pub const fn num(&self) -> &Num {
        &self.num
    }

    /// The bits, lowest first.
    #[must_use]
    pub fn bits(&self) -> &[Bit] {
        &self.bits
    }
}

/// Enforces that a linear combination is an integer below 2^n. n constraints, `bit/<j>/boolean`.
///
/// The topmost bit is what the others leave, divided by 2^(n-1): it needs no wire and no equation.
/// Whatever value is given, the constraints can be met only if it is in range; values out of range leave `boolean` of the
/// topmost bit unsatisfied.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
pub fn enforce_range(cs: &ConstraintSystemRef<Fr>, num: &Num, n: usize) -> Result<(), SynthesisError> {
    let _part = part!("bit");
    let integer = num.value().map(|value| value.into_bigint());
    let lower: Vec<Num> = (0..n.saturating_sub(1))
        .map(|j| {
            let _number = numbered(j).entered();
            Bit::witness(cs, integer.map(|integer| integer.get_bit(j))).map(|bit| bit.num().clone())
        })
        .collect::<Result<_, _>>()?;
    let rest = num - &Num::weighted_sum(cs, lower.iter(), Fr::ONE, AdditiveGroup::double);
    let top = Fr::from(2u64).pow([u64::try_from(lower.len()).unwrap_or(u64::MAX)]);
    let _number = numbered(lower.len()).entered();
    // rest (rest - 2^(n-1)) = 0
    constrain!(cs, "boolean", rest.lc(), rest.plus(-top).lc(), LinearCombination::zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_relations::gr1cs::ConstraintSystem;

    fn fits(value: Fr, n: usize) -> bool {
        let cs = ConstraintSystem::new_ref();
        let num = Num::witness(&cs, Some(value)).unwrap();
        enforce_range(&cs, &num, n).unwrap();
        assert_eq!(cs.num_constraints(), n);
        cs.is_satisfied().unwrap()
    }

    #[test]
    fn ranges_end_where_they_should() {
        for n in [1, 2, 16, 19, 35] {
            let end = Fr::from(1u128 << n);
            for (value, expected) in [
                (Fr::ZERO, true),
                (Fr::ONE, true),
                (end - Fr::ONE, true),
                (end, false),
                (end + Fr::ONE, false),
                (-Fr::ONE, false),
                (-end, false),
                (Fr::from(2u64).inverse().unwrap(), false),
            ] {
                assert_eq!(fits(value, n), expected, "{value} in {n} bits");
            }
        }
    }
}
