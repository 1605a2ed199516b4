//! Baby Jubjub in Edwards coordinates (EIP-2494), where adding is complete.
//!
//! `x3 = (x1 y2 + y1 x2) / (1 + d x1 x2 y1 y2)`, `y3 = (y1 y2 - a x1 x2) / (1 - d x1 x2 y1 y2)`. As a is a square and d is not,
//! neither divisor vanishes for any two points of the curve [Bernstein-Birkner-Joye-Lange-Peters 2008, theorem 7.1], so x3 and
//! y3 are fixed, whatever the points: doubles, opposites and the identity included.

use super::num::Num;
use crate::{constrain, part};
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use std::sync::LazyLock;
use tabella_primitives::{
    Fr,
    edwards::{A, D, Point, Scalar},
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
    /// Allocates a point of order l, whatever the prover assigns: eight times a point of the curve that is its wire, and not the
    /// identity. 22 constraints: `square-x`, `square-y`, `curve`, `times/<i>/..`, `not-identity`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none, [`SynthesisError::DivisionByZero`] for the identity.
    #[allow(clippy::missing_panics_doc, reason = "8 is not 0")]
    pub fn witness_of_prime_order(
        cs: &ConstraintSystemRef<Fr>,
        point: Option<&Point>,
    ) -> Result<Self, SynthesisError> {
        static EIGHTH: LazyLock<Scalar> = LazyLock::new(|| Scalar::from(8u64).inverse().expect("8 is not 0"));
        let eighth = point.map(|point| point.mul_vartime(&EIGHTH).to_xy());
        let x = Num::witness(cs, eighth.map(|(x, _)| x))?;
        let y = Num::witness(cs, eighth.map(|(_, y)| y))?;
        let times = |a: &Num, b: &Num| Num::witness(cs, a.value().zip(b.value()).map(|(a, b)| a * b));
        let (square_x, square_y) = (times(&x, &x)?, times(&y, &y)?);
        constrain!(cs, "square-x", x.lc(), x.lc(), square_x.lc())?;
        constrain!(cs, "square-y", y.lc(), y.lc(), square_y.lc())?;
        // a x^2 + y^2 = 1 + d x^2 y^2. Off the curve the law of addition means nothing.
        let sides = (&square_x.scaled(A) + &square_y).plus(-Fr::ONE);
        constrain!(cs, "curve", square_x.scaled(D).lc(), square_y.lc(), sides.lc())?;
        let mut multiple = Self { x, y };
        let doublings = part!("times");
        for doubling in 0..3 {
            let _number = crate::naming::numbered(doubling).entered();
            multiple = multiple.add(&multiple, cs)?;
        }
        drop(doublings);
        multiple.enforce_not_identity(cs)?;
        Ok(multiple)
    }

    /// Enforces that a point of the prime subgroup is not the identity. One constraint, `not-identity`: x, which is 0 for the identity alone,
    /// has an inverse.
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] for the identity.
    pub fn enforce_not_identity(&self, cs: &ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let inverse = Num::witness(cs, Num::constant(Fr::ONE).quotient(&self.x)?)?;
        constrain!(cs, "not-identity", self.x.lc(), inverse.lc(), LinearCombination::from(Variable::One))
    }

    /// Enforces that two points are one. Two constraints: `equal-x`, `equal-y`.
    ///
    /// # Errors
    /// Those of the constraint system.
    pub fn enforce_equal(&self, other: &Self, cs: &ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let one = || LinearCombination::from(Variable::One);
        constrain!(cs, "equal-x", self.x.lc(), one(), other.x.lc())?;
        constrain!(cs, "equal-y", self.y.lc(), one(), other.y.lc())
    }

    /// The opposite point; free.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { x: self.x.scaled(-Fr::ONE), y: self.y.clone() }
    }

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
