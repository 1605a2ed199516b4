//! Baby Jubjub in Montgomery coordinates, where adding costs three constraints.
//!
//! `v^2 = u^3 + 168698 u^2 + u`, birationally equivalent to EIP-2494's Edwards curve by `u = (1 + y) / (1 - y)`,
//! `v = u / x` and back by `x = u / v`, `y = (u - 1) / (u + 1)` [EIP-2494; Bernstein-Birkner-Joye-Lange-Peters 2008,
//! theorem 3.2]. The identity has no Montgomery coordinates.

use super::num::Num;
use crate::constrain;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::{
    Fr,
    edwards::{MONTGOMERY_A, Point},
};
use zeroize::Zeroizing;

/// Montgomery coordinates (u, v) of a point of the prime subgroup other than the identity.
#[must_use]
pub fn coordinates(point: &Point) -> Option<(Fr, Fr)> {
    let (x, y) = point.to_xy();
    let u = (Fr::ONE + y) * (Fr::ONE - y).inverse()?;
    Some((u, u * x.inverse()?))
}

/// A point in Montgomery coordinates.
#[derive(Clone, Debug)]
pub struct MontgomeryPoint {
    /// Coordinate u.
    pub u: Num,
    /// Coordinate v.
    pub v: Num,
}

impl MontgomeryPoint {
    /// The sum of two points whose coordinates u differ. Three constraints: `slope`, `u`, `v`.
    ///
    /// # Security
    /// Not complete: if `self.u = other.u` the slope is free, and so is the sum. The caller proves that no assignment
    /// leads there (see [`fixed_base`](super::fixed_base)).
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] if the coordinates u are equal in the witness.
    pub fn add_incomplete(&self, other: &Self, cs: &ConstraintSystemRef<Fr>) -> Result<Self, SynthesisError> {
        let slope = quotient(&(&other.v - &self.v), &(&other.u - &self.u))?;
        self.add_by_slope(other, slope, cs)
    }

    /// [`Self::add_incomplete`] with the slope `(v2 - v1) / (u2 - u1)` found by the caller: a division costs more than all else.
    ///
    /// The constraints are the same, so that a wrong slope satisfies none.
    pub(super) fn add_by_slope(
        &self,
        other: &Self,
        slope: Option<Fr>,
        cs: &ConstraintSystemRef<Fr>,
    ) -> Result<Self, SynthesisError> {
        let (du, dv) = (&other.u - &self.u, &other.v - &self.v);
        let u3 = slope
            .zip(self.u.value())
            .zip(other.u.value())
            .map(|((slope, u1), u2)| slope.square() - MONTGOMERY_A - u1 - u2);
        let v3 = slope
            .zip(self.u.value())
            .zip(self.v.value())
            .zip(u3)
            .map(|(((slope, u1), v1), u3)| slope * (u1 - u3) - v1);

        // Only the slope stands in the second factors: fewer points in G2 for the prover.
        let slope = Num::witness(cs, slope)?;
        constrain!(cs, "slope", du.lc(), slope.lc(), dv.lc())?;
        let u = Num::witness(cs, u3)?;
        let sum = (&(&self.u + &other.u) + &u).plus(MONTGOMERY_A);
        constrain!(cs, "u", slope.lc(), slope.lc(), sum.lc())?;
        let v = Num::witness(cs, v3)?;
        constrain!(cs, "v", (&self.u - &u).lc(), slope.lc(), (&self.v + &v).lc())?;
        Ok(Self { u, v })
    }

    /// EIP-2494 coordinates (x, y). Two constraints: `x`, `y`.
    ///
    /// They fix x and y: on the prime subgroup without the identity v is not 0 (only points of order two have v = 0),
    /// and u is not -1 (`v^2 = A - 2 = d` has no root).
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] for a witness that is no such point.
    pub fn to_edwards(&self, cs: &ConstraintSystemRef<Fr>) -> Result<(Num, Num), SynthesisError> {
        let (above, below) = (self.u.plus(-Fr::ONE), self.u.plus(Fr::ONE));
        let x = Num::witness(cs, quotient(&self.u, &self.v)?)?;
        constrain!(cs, "x", self.v.lc(), x.lc(), self.u.lc())?;
        let y = Num::witness(cs, quotient(&above, &below)?)?;
        constrain!(cs, "y", below.lc(), y.lc(), above.lc())?;
        Ok((x, y))
    }
}

/// The slopes of a chain of additions `p_0 + p_1 + .. + p_n` of points (u, v), n of them, with one division for all.
///
/// Sums are kept as (X, Y, Z), `u = X / Z^2`, `v = Y / Z^3`; each addition takes Z to `(u_i Z^2 - X) Z`, which is also the
/// slope's denominator. `None` if two coordinates u meet. Secret if the points are; erased when dropped.
pub(super) fn slopes(first: (Fr, Fr), others: &[(Fr, Fr)]) -> Option<Zeroizing<Vec<Fr>>> {
    let mut sum = Zeroizing::new([first.0, first.1, Fr::ONE]);
    // Numerator and denominator; the denominators before, multiplied.
    let mut steps = Zeroizing::new(Vec::with_capacity(others.len()));
    let mut product = Zeroizing::new(Fr::ONE);
    for (u, v) in others {
        let [x, y, z] = *sum;
        let square = z.square();
        let far = square * u;
        let run = far - x;
        let rise = square * z * v - y;
        let z = z * run;
        steps.push([rise, z, *product]);
        *product *= z;
        let run_square = run.square();
        let near = x * run_square;
        let x3 = rise.square() - MONTGOMERY_A * z.square() - near - far * run_square;
        let y3 = rise * (near - x3) - y * run_square * run;
        *sum = [x3, y3, z];
    }
    let mut inverse = Zeroizing::new(product.inverse()?);
    let mut slopes = Zeroizing::new(vec![Fr::ZERO; others.len()]);
    for (slope, [rise, z, before]) in slopes.iter_mut().zip(steps.iter()).rev() {
        *slope = *rise * *before * *inverse;
        *inverse *= z;
    }
    Some(slopes)
}

/// `above / below`, if there is a witness.
fn quotient(above: &Num, below: &Num) -> Result<Option<Fr>, SynthesisError> {
    let Some((above, below)) = above.value().zip(below.value()) else { return Ok(None) };
    let inverse = below.inverse().ok_or(SynthesisError::DivisionByZero)?;
    Ok(Some(above * inverse))
}
