//! Baby Jubjub in Montgomery coordinates, where adding costs three constraints.
//!
//! `v^2 = u^3 + 168698 u^2 + u`, birationally equivalent to EIP-2494's Edwards curve by `u = (1 + y) / (1 - y)`,
//! `v = u / x` and back by `x = u / v`, `y = (u - 1) / (u + 1)` [EIP-2494; Bernstein-Birkner-Joye-Lange-Peters 2008,
//! theorem 3.2]. The identity has no Montgomery coordinates.

use super::num::Num;
use crate::constrain;
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::{
    Fr,
    edwards::{MONTGOMERY_A, Point},
};

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
        let (du, dv) = (&other.u - &self.u, &other.v - &self.v);
        let slope = quotient(&dv, &du)?;
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

/// `above / below`, if there is a witness.
fn quotient(above: &Num, below: &Num) -> Result<Option<Fr>, SynthesisError> {
    let Some((above, below)) = above.value().zip(below.value()) else { return Ok(None) };
    let inverse = below.inverse().ok_or(SynthesisError::DivisionByZero)?;
    Ok(Some(above * inverse))
}
