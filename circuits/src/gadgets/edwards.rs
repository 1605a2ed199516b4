//! Baby Jubjub in Edwards coordinates (EIP-2494), where adding is complete.
//!
//! `x3 = (x1 y2 + y1 x2) / (1 + d x1 x2 y1 y2)`, `y3 = (y1 y2 - a x1 x2) / (1 - d x1 x2 y1 y2)`. As a is a square and d is not,
//! neither divisor vanishes for any two points of the curve [Bernstein-Birkner-Joye-Lange-Peters 2008, theorem 7.1], so x3 and
//! y3 are fixed, whatever the points: doubles, opposites and the identity included.

use super::num::Num;
use crate::constrain;
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::{
    Fr,
    edwards::{A, D, Point},
};

/// A point of the curve in EIP-2494 coordinates.
#[derive(Clone, Debug)]
pub struct EdwardsPoint {
    /// Coordinate x.
    pub x: Num,
    /// Coordinate y.
    pub y: Num,
}

impl EdwardsPoint {
    /// The sum of two points of the curve. Six constraints: `beta`, `gamma`, `delta`, `tau`, `x`, `y`.
    ///
    /// With `beta = x1 y2`, `gamma = y1 x2`, `delta = (y1 - a x1) (x2 + y2)`, so that
    /// `y1 y2 - a x1 x2 = delta + a beta - gamma`.
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] for a witness that is not on the curve.
    pub fn add(&self, other: &Self, cs: &ConstraintSystemRef<Fr>) -> Result<Self, SynthesisError> {
        let times = |a: &Num, b: &Num| Num::witness(cs, a.value().zip(b.value()).map(|(a, b)| a * b));
        let beta = times(&self.x, &other.y)?;
        constrain!(cs, "beta", self.x.lc(), other.y.lc(), beta.lc())?;
        let gamma = times(&self.y, &other.x)?;
        constrain!(cs, "gamma", self.y.lc(), other.x.lc(), gamma.lc())?;
        let (left, right) = (&self.y - &self.x.scaled(A), &other.x + &other.y);
        let delta = times(&left, &right)?;
        constrain!(cs, "delta", left.lc(), right.lc(), delta.lc())?;
        let tau = times(&beta, &gamma)?;
        constrain!(cs, "tau", beta.lc(), gamma.lc(), tau.lc())?;
        quotients(cs, &tau.scaled(D), &(&beta + &gamma), &(&(&delta + &beta.scaled(A)) - &gamma))
    }

    /// The sum with a constant point. Three constraints: `tau`, `x`, `y`.
    ///
    /// # Errors
    /// As for [`Self::add`].
    pub fn add_constant(&self, other: &Point, cs: &ConstraintSystemRef<Fr>) -> Result<Self, SynthesisError> {
        let (x2, y2) = other.to_xy();
        let tau = Num::witness(cs, self.x.value().zip(self.y.value()).map(|(x, y)| x * y))?;
        constrain!(cs, "tau", self.x.lc(), self.y.lc(), tau.lc())?;
        let above_x = &self.x.scaled(y2) + &self.y.scaled(x2);
        let above_y = &self.y.scaled(y2) - &self.x.scaled(A * x2);
        quotients(cs, &tau.scaled(D * x2 * y2), &above_x, &above_y)
    }
}

/// `x = above_x / (1 + tau)`, `y = above_y / (1 - tau)`.
fn quotients(
    cs: &ConstraintSystemRef<Fr>,
    tau: &Num,
    above_x: &Num,
    above_y: &Num,
) -> Result<EdwardsPoint, SynthesisError> {
    let below_x = tau.plus(Fr::ONE);
    let below_y = tau.scaled(-Fr::ONE).plus(Fr::ONE);
    let x = Num::witness(cs, above_x.quotient(&below_x)?)?;
    constrain!(cs, "x", below_x.lc(), x.lc(), above_x.lc())?;
    let y = Num::witness(cs, above_y.quotient(&below_y)?)?;
    constrain!(cs, "y", below_y.lc(), y.lc(), above_y.lc())?;
    Ok(EdwardsPoint { x, y })
}
