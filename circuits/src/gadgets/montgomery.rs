//! Baby Jubjub in Montgomery coordinates, where adding costs three constraints.
//!
//! `v^2 = u^3 + 168698 u^2 + u`, birationally equivalent to EIP-2494's Edwards curve by `u = (1 + y) / (1 - y)`,
//! `v = u / x` and back by `x = u / v`, `y = (u - 1) / (u + 1)` [EIP-2494; Bernstein-Birkner-Joye-Lange-Peters 2008,
//! theorem 3.2]. The identity has no Montgomery coordinates.

use super::num::Num;
use crate::constrain;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
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
        let slope = (&other.v - &self.v).quotient(&(&other.u - &self.u))?;
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
        let slope = Num::witness(cs, slope)?;
        constrain!(cs, "slope", du.lc(), slope.lc(), dv.lc())?;
        self.third(&other.u, &slope, cs)
    }

    /// Twice the point. Four constraints: `square`, `slope`, `u`, `v`.
    ///
    /// They fix the result if v is not 0, that is unless the point has order two.
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] if v is 0 in the witness.
    pub fn double(&self, cs: &ConstraintSystemRef<Fr>) -> Result<Self, SynthesisError> {
        let square = Num::witness(cs, self.u.value().map(|u| u.square()))?;
        constrain!(cs, "square", self.u.lc(), self.u.lc(), square.lc())?;
        // The tangent: (3 u^2 + 2 A u + 1) / (2 v).
        let above = (&square.scaled(Fr::from(3u64)) + &self.u.scaled(MONTGOMERY_A.double())).plus(Fr::ONE);
        let below = self.v.scaled(Fr::from(2u64));
        let slope = Num::witness(cs, above.quotient(&below)?)?;
        constrain!(cs, "slope", below.lc(), slope.lc(), above.lc())?;
        self.third(&self.u, &slope, cs)
    }

    /// `2 self + other` as `(self + other) + self`, with both slopes found by the caller. Five constraints: `first`, `middle`,
    /// `second`, `u`, `v`. The ordinate of the middle is not needed [Eisentraeger-Lauter-Montgomery 2003]:
    /// `slope_2 = -slope_1 - 2 v / (u_middle - u)`.
    ///
    /// # Security
    /// Not complete: the caller proves that no assignment makes `self.u = other.u` or `self.u = u_middle`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there are none.
    pub(super) fn double_add_by_slopes(
        &self,
        other: &Self,
        slopes: Option<[Fr; 2]>,
        cs: &ConstraintSystemRef<Fr>,
    ) -> Result<Self, SynthesisError> {
        let first = Num::witness(cs, slopes.map(|[first, _]| first))?;
        let (du, dv) = (&other.u - &self.u, &other.v - &self.v);
        constrain!(cs, "first", du.lc(), first.lc(), dv.lc())?;
        let known = (&self.u + &other.u).plus(MONTGOMERY_A);
        let middle = first.value().zip(known.value()).map(|(slope, known)| slope.square() - known);
        let middle = Num::witness(cs, middle)?;
        constrain!(cs, "middle", first.lc(), first.lc(), (&known + &middle).lc())?;
        let second = Num::witness(cs, slopes.map(|[_, second]| second))?;
        let twice = self.v.scaled(Fr::from(2u64));
        constrain!(cs, "second", (&self.u - &middle).lc(), (&first + &second).lc(), twice.lc())?;
        self.third(&middle, &second, cs)
    }

    /// The point opposite to the third one on a line through this one and another. Two constraints: `u`, `v`.
    fn third(
        &self,
        other_u: &Num,
        slope: &Num,
        cs: &ConstraintSystemRef<Fr>,
    ) -> Result<Self, SynthesisError> {
        let known = (&self.u + other_u).plus(MONTGOMERY_A);
        let u3 = slope.value().zip(known.value()).map(|(slope, known)| slope.square() - known);
        let v3 = slope
            .value()
            .zip(self.u.value())
            .zip(self.v.value())
            .zip(u3)
            .map(|(((slope, u1), v1), u3)| slope * (u1 - u3) - v1);
        // Only the slope stands in the second factors: fewer points in G2 for the prover.
        let u = Num::witness(cs, u3)?;
        constrain!(cs, "u", slope.lc(), slope.lc(), (&known + &u).lc())?;
        let v = Num::witness(cs, v3)?;
        constrain!(cs, "v", (&self.u - &u).lc(), slope.lc(), (&self.v + &v).lc())?;
        Ok(Self { u, v })
    }

    /// EIP-2494 coordinates (x, y) of `self + (0, 0)`, for self = P + (0, 0) with P of odd order and not the identity. Two
    /// constraints: `x`, `y`.
    ///
    /// In Edwards coordinates adding the point of order two is `(x, y) -> (-x, -y)`. Then v is not 0 and u is not -1, as for
    /// [`Self::to_edwards`].
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] for a witness that is no such point.
    pub fn to_edwards_across(&self, cs: &ConstraintSystemRef<Fr>) -> Result<(Num, Num), SynthesisError> {
        let (x, y) = self.to_edwards(cs)?;
        Ok((x.scaled(-Fr::ONE), y.scaled(-Fr::ONE)))
    }

    /// Enforces that v is not 0, so that the point is not of order two. One constraint, `inverse`.
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] if it is in the witness.
    pub(super) fn enforce_ordinate_not_zero(
        &self,
        cs: &ConstraintSystemRef<Fr>,
    ) -> Result<(), SynthesisError> {
        let inverse = Num::witness(cs, Num::constant(Fr::ONE).quotient(&self.v)?)?;
        constrain!(cs, "inverse", self.v.lc(), inverse.lc(), LinearCombination::from(Variable::One))
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
        let x = Num::witness(cs, self.u.quotient(&self.v)?)?;
        constrain!(cs, "x", self.v.lc(), x.lc(), self.u.lc())?;
        let y = Num::witness(cs, above.quotient(&below)?)?;
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

/// What [`slopes`] is for additions, for a chain of steps `p <- 2 p + t_i q`, t_i = 1 or -1: the slopes of `p + t_i q` and of that
/// plus p, with one division for all. `None` at an exception. Secret; erased when dropped.
///
/// Sums are kept as (X, Y, Z); the first addition is mixed, the second one of two points with the same Z [Meloni 2007].
pub(super) fn double_add_slopes(
    start: (Fr, Fr),
    addend: (Fr, Fr),
    signs: impl ExactSizeIterator<Item = Fr>,
) -> Option<Zeroizing<Vec<[Fr; 2]>>> {
    let mut sum = Zeroizing::new([start.0, start.1, Fr::ONE]);
    // For each slope: numerator, denominator, the denominators before, multiplied.
    let mut steps = Zeroizing::new(Vec::with_capacity(2 * signs.len()));
    let mut product = Zeroizing::new(Fr::ONE);
    for sign in signs {
        let [x, y, z] = *sum;
        let square = z.square();
        let far = square * addend.0;
        let run = far - x;
        let rise = square * z * addend.1 * sign - y;
        let z = z * run;
        let square = z.square();
        steps.push([rise, z, *product]);
        *product *= z;
        // The old sum with the new Z, and the middle.
        let run_square = run.square();
        let (near, y) = (x * run_square, y * run_square * run);
        let x_middle = rise.square() - MONTGOMERY_A * square - near - far * run_square;
        let y_middle = rise * (near - x_middle) - y;
        let run = near - x_middle;
        let rise = y - y_middle;
        let z = z * run;
        steps.push([rise, z, *product]);
        *product *= z;
        let run_square = run.square();
        let x_middle = x_middle * run_square;
        let x3 = rise.square() - MONTGOMERY_A * z.square() - x_middle - near * run_square;
        let y3 = rise * (x_middle - x3) - y_middle * run_square * run;
        *sum = [x3, y3, z];
    }
    let mut inverse = Zeroizing::new(product.inverse()?);
    let mut slopes = Zeroizing::new(vec![[Fr::ZERO; 2]; steps.len() / 2]);
    let places = slopes.iter_mut().flatten().rev();
    for (slope, [rise, z, before]) in places.zip(steps.iter().rev()) {
        *slope = *rise * *before * *inverse;
        *inverse *= z;
    }
    Some(slopes)
}
