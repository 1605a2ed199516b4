//! Multiplication of a point by signed bits, six constraints for each and eight more: 1,514 for the randomness of a ciphertext, 776 for a challenge.
//!
//! n signs `t_j = 2 b_j - 1`, n at most 251, stand for the odd integer `N = 2 2^n + sum 2^j t_j = 2^n + 1 + 2 B` (of a randomness n = 251). With T and `Q = Y + T` of [`randomness`](super::randomness), digit by digit from the top,
//!
//! ```text
//! R = 2 Q;   R <- 2 R + t_j Q, j = n-1..0;   N Y = R - T
//! ```
//!
//! The sign costs one product, `t_j v_Q`; `2 R + t_j Q` is computed as `(R + t_j Q) + R` without the middle's ordinate. Windows of two or three
//! digits cost six for each bit as well (a doubling four, the last one with the addition five, the choice three or five), and a table.
//!
//! *No exception*, for every assignment in which Y is a point of order l: R = k Q before a step, and the laws need `k != +-1` and
//! `2 k + t != 0` modulo 2 l, which the module of the randomness proves. The first doubling needs v_Q != 0: Q is not of order two.

use super::{
    boolean::Bit,
    edwards::EdwardsPoint,
    montgomery::{MontgomeryPoint, double_add_slopes},
    num::Num,
    randomness::RandomnessBits,
};
use crate::{constrain, naming::numbered, part};
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::Fr;

/// `rho Y`, not the identity unless rho is 0, which [`RandomnessBits::mul_base`] excludes.
///
/// # Security
/// Y must be a point of order l in every satisfying assignment: here because the coordinates are hashed into the election's identifier,
/// and whoever accepts a ballot computed that from keys that were checked.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none; [`SynthesisError::DivisionByZero`] if Y has another order.
pub fn mul_key(
    cs: &ConstraintSystemRef<Fr>,
    key: &EdwardsPoint,
    randomness: &RandomnessBits,
) -> Result<EdwardsPoint, SynthesisError> {
    mul_odd(cs, key, randomness.bits())
}

/// `N Y` for the bits of B (see the [module](self)); not the identity unless l divides N, which no challenge does.
///
/// # Security
/// Y must be a point of order l in every satisfying assignment, and N no multiple of l: else coordinates of the product are free.
///
/// # Errors
/// As for [`mul_key`].
pub fn mul_odd(
    cs: &ConstraintSystemRef<Fr>,
    key: &EdwardsPoint,
    bits: &[Bit],
) -> Result<EdwardsPoint, SynthesisError> {
    let sum = shifted_product(cs, key, bits)?;
    edwards(cs, &sum)
}

/// [`mul_odd`] for whatever bits: one more constraint, `not-zero/inverse`, excludes multiples of l.
///
/// # Errors
/// As for [`mul_key`], [`SynthesisError::DivisionByZero`] if l divides N.
pub fn mul_odd_not_zero(
    cs: &ConstraintSystemRef<Fr>,
    key: &EdwardsPoint,
    bits: &[Bit],
) -> Result<EdwardsPoint, SynthesisError> {
    let sum = shifted_product(cs, key, bits)?;
    {
        let _part = part!("not-zero");
        sum.enforce_ordinate_not_zero(cs)?;
    }
    edwards(cs, &sum)
}

fn edwards(cs: &ConstraintSystemRef<Fr>, sum: &MontgomeryPoint) -> Result<EdwardsPoint, SynthesisError> {
    let _part = part!("edwards");
    let (x, y) = sum.to_edwards_across(cs)?;
    Ok(EdwardsPoint { x, y })
}

/// `N Y + T`.
fn shifted_product(
    cs: &ConstraintSystemRef<Fr>,
    key: &EdwardsPoint,
    bits: &[Bit],
) -> Result<MontgomeryPoint, SynthesisError> {
    let shifted = {
        let _part = part!("shifted");
        shift(cs, key)?
    };
    let mut sum = {
        let _part = part!("first");
        shifted.double(cs)?
    };
    let signs: Vec<Num> = bits.iter().map(Bit::sign).collect();
    let slopes = slopes(&sum, &shifted, &signs)?;
    let step = part!("step");
    for (place, (j, sign)) in signs.iter().enumerate().rev().enumerate() {
        let _number = numbered(j).entered();
        let v = Num::witness(cs, shifted.v.value().zip(sign.value()).map(|(v, sign)| v * sign))?;
        constrain!(cs, "signed", shifted.v.lc(), sign.lc(), v.lc())?;
        let addend = MontgomeryPoint { u: shifted.u.clone(), v };
        let slopes = slopes.as_ref().and_then(|slopes| slopes.get(place)).copied();
        sum = sum.double_add_by_slopes(&addend, slopes, cs)?;
    }
    drop(step);
    Ok(sum)
}

/// Montgomery coordinates of Y + T, which is (-x, -y): `u = (1 - y) / (1 + y)`, `v = -u / x`. Two constraints: `u`, `v`.
fn shift(cs: &ConstraintSystemRef<Fr>, key: &EdwardsPoint) -> Result<MontgomeryPoint, SynthesisError> {
    let (above, below) = (key.y.scaled(-Fr::ONE).plus(Fr::ONE), key.y.plus(Fr::ONE));
    let u = Num::witness(cs, above.quotient(&below)?)?;
    constrain!(cs, "u", below.lc(), u.lc(), above.lc())?;
    let negative = u.scaled(-Fr::ONE);
    let v = Num::witness(cs, negative.quotient(&key.x)?)?;
    constrain!(cs, "v", key.x.lc(), v.lc(), negative.lc())?;
    Ok(MontgomeryPoint { u, v })
}

type Slopes = zeroize::Zeroizing<Vec<[Fr; 2]>>;

/// Both slopes of every step in order, if there is a witness.
fn slopes(
    first: &MontgomeryPoint,
    addend: &MontgomeryPoint,
    signs: &[Num],
) -> Result<Option<Slopes>, SynthesisError> {
    let value = |point: &MontgomeryPoint| point.u.value().zip(point.v.value());
    let signs: Option<zeroize::Zeroizing<Vec<Fr>>> =
        signs.iter().rev().map(Num::value).collect::<Option<Vec<_>>>().map(zeroize::Zeroizing::new);
    let (Some(first), Some(addend), Some(signs)) = (value(first), value(addend), signs) else {
        return Ok(None);
    };
    double_add_slopes(first, addend, signs.iter().copied()).map(Some).ok_or(SynthesisError::DivisionByZero)
}
