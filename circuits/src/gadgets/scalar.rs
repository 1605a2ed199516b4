//! An integer in `1..l` in bits, where every assignment of the bits is such an integer.
//!
//! Bit j weighs `2^j` for j < 250; bit 250 weighs `W = l - 1 - 2^250`, and
//!
//! ```text
//! s = 1 + sum_{j < 250} 2^j b_j + W b_250
//! ```
//!
//! *Sound*: the sum is least with all bits 0, that is 1, and greatest with all bits 1, that is
//! `1 + (2^250 - 1) + (l - 1 - 2^250) = l - 1`. It is below r, so the field element is that integer: no comparison with l is
//! needed. *Complete*: `W <= 2^250` since `l < 2^251`, so that the two ranges `1..=2^250` (bit 250 clear) and
//! `1 + W..=l - 1` (bit 250 set) meet. Some integers have two encodings; both are the same field element and, as
//! `W B8 = -(2^250 + 1) B8`, the same point, so the prover gains nothing by the choice.
//!
//! With the usual weight `2^250` the bits could hold `s + l` as well: the same public key, hence the same citizen, but
//! another field element and so another nullifier.

use super::{boolean::Bit, num::Num};
use crate::{naming::numbered, part};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField};
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError, Variable};
use tabella_primitives::{Fr, edwards::Scalar, secret::Secret};
use zeroize::{Zeroize, Zeroizing};

/// Number of bits.
pub const BITS: usize = 251;

/// An integer s in `1..l`, l the order of Baby Jubjub's prime subgroup.
#[derive(Clone, Debug)]
pub struct CanonicalScalar {
    bits: Vec<Bit>,
    num: Num,
}

impl CanonicalScalar {
    /// Allocates the bits of a scalar. 251 constraints, `bit/<j>/boolean`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none,
    /// [`SynthesisError::Unsatisfiable`] for 0.
    pub fn witness(
        cs: &ConstraintSystemRef<Fr>,
        scalar: Option<&Secret<Scalar>>,
    ) -> Result<Self, SynthesisError> {
        let encoded =
            scalar.map(|s| encode(s.expose_secret()).ok_or(SynthesisError::Unsatisfiable)).transpose()?;
        let _part = part!("bit");
        let mut bits = Vec::with_capacity(BITS);
        for j in 0..BITS {
            let _number = numbered(j).entered();
            bits.push(Bit::witness(cs, encoded.as_ref().and_then(|bits| bits.get(j)).copied())?);
        }
        let mut value = encoded.is_some().then_some(Fr::ONE);
        for (bit, weight) in bits.iter().zip(weights()) {
            if let Some((sum, bit)) = value.as_mut().zip(bit.num().value()) {
                *sum += bit * weight;
            }
        }
        let num = Num::from_terms(cs, value, || {
            let mut terms = vec![(Fr::ONE, Variable::One)];
            for (bit, weight) in bits.iter().zip(weights()) {
                let bit = bit.num().lc().0.into_iter();
                terms.extend(bit.map(|(coefficient, wire)| (coefficient * weight, wire)));
            }
            terms
        });
        Ok(Self { bits, num })
    }

    /// The integer s as a field element: a linear combination of 251 bits and 1, no wire of its own.
    #[must_use]
    pub const fn num(&self) -> &Num {
        &self.num
    }

    /// The bits b_0 to b_250.
    #[must_use]
    pub fn bits(&self) -> &[Bit] {
        &self.bits
    }
}

/// What each bit adds to s: `2^0, .., 2^249, l - 1 - 2^250`.
#[allow(clippy::missing_panics_doc, reason = "the weight is a constant below r")]
pub fn weights() -> impl Iterator<Item = Fr> {
    let powers = core::iter::successors(Some(Fr::ONE), |power| Some(power.double())).take(BITS - 1);
    let top = Fr::from_bigint(top_weight()).expect("the weight is below l, which is below r");
    powers.chain([top])
}

/// `W = l - 1 - 2^250`.
fn top_weight() -> BigInt<4> {
    let mut weight = Scalar::MODULUS;
    weight.sub_with_borrow(&BigInt::one());
    weight.sub_with_borrow(&(BigInt::one() << 250));
    weight
}

/// The bits of a scalar as the prover sets them: bit 250 exactly if `s > 2^250`. `None` for 0.
///
/// No branch and no index depends on the scalar, except that 0 is refused.
#[must_use]
pub fn encode(scalar: &Scalar) -> Option<Zeroizing<Vec<bool>>> {
    if *scalar == Scalar::ZERO {
        return None;
    }
    let mut rest = scalar.into_bigint();
    rest.sub_with_borrow(&BigInt::one());
    let top = rest.get_bit(BITS - 1);
    let mask = 0u64.wrapping_sub(u64::from(top));
    let mut subtrahend = top_weight();
    subtrahend.0.iter_mut().for_each(|limb| *limb &= mask);
    rest.sub_with_borrow(&subtrahend);
    let bits = (0..BITS - 1).map(|j| rest.get_bit(j)).chain([top]).collect();
    rest.zeroize();
    subtrahend.zeroize();
    Some(Zeroizing::new(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bits: &[bool]) -> Fr {
        Fr::ONE + bits.iter().zip(weights()).map(|(bit, weight)| weight * Fr::from(*bit)).sum::<Fr>()
    }

    fn as_field(scalar: Scalar) -> Fr {
        Fr::from_bigint(scalar.into_bigint()).unwrap()
    }

    #[test]
    fn least_is_one_and_greatest_is_l_minus_one() {
        assert_eq!(decode(&[false; BITS]), Fr::ONE);
        assert_eq!(decode(&[true; BITS]), as_field(-Scalar::ONE));
        // The premise of both proofs: 2^250 < l < 2^251, and W <= 2^250.
        assert_eq!(Scalar::MODULUS.num_bits(), 251);
        assert!(top_weight() <= BigInt::one() << 250);
    }

    #[test]
    fn every_scalar_but_zero_has_an_encoding() {
        assert!(encode(&Scalar::ZERO).is_none());
        let half = Scalar::from(2u64).pow([250]);
        for offset in 0..40u64 {
            let offset = Scalar::from(offset);
            for scalar in [Scalar::ONE + offset, half + offset, half - offset, -Scalar::ONE - offset] {
                assert_eq!(decode(&encode(&scalar).unwrap()), as_field(scalar), "{scalar}");
            }
        }
    }
}
