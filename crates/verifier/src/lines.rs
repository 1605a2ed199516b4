//! Lines through multiples of a point of G2, in the order in which the Miller loop takes them.
//!
//! | points | steps | products in Fq2 per line: step, multiplication |
//! | --- | --- | --- |
//! | of a key | once, kept as [`FixedLines`] | -, 10 |
//! | of one proof | homogeneous, without inversion ([`Projective`]) | about 8, 13 |
//! | of many proofs | affine, all in lockstep with one inversion ([`Affine`]) | about 7, 10 |
//!
//! # No exceptional steps
//! A step adds multiples of Q that are known in advance. For Q of prime order r they meet, or are opposite, for every Q or for
//! none; so a test with one point shows that no step divides by zero.

use crate::{limbs::Element, point::psi_affine, quadratic::Element2, tower::Element12};
use alloc::vec::Vec;
use ark_bn254::{Config as Curve, G2Affine, g2};
use ark_ec::{bn::BnConfig, short_weierstrass::SWCurveConfig};

/// Where in G1 a line is evaluated: `x / y` and `1 / y`.
pub(crate) type Place = (Element, Element);

/// A step of the Miller loop after the squaring: doubling T, or adding a multiple of Q to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Double,
    Add,
    Subtract,
    /// Adding psi(Q).
    AddPsi,
    /// Subtracting psi^2(Q).
    SubtractPsi2,
}

/// All steps in order: the signed digits of 6x + 2 from the second highest on, then the two of psi.
pub(crate) fn steps() -> impl Iterator<Item = Step> {
    let digit = |digit: &i8| {
        let add = match digit {
            1 => Some(Step::Add),
            -1 => Some(Step::Subtract),
            _ => None,
        };
        [Some(Step::Double), add].into_iter().flatten()
    };
    Curve::ATE_LOOP_COUNT.iter().rev().skip(1).flat_map(digit).chain([Step::AddPsi, Step::SubtractPsi2])
}

/// The point that a step adds, if it does not double.
fn addend(origin: &G2Affine, step: Step) -> Option<(Element2, Element2)> {
    let point = match step {
        Step::Double => return None,
        Step::Add => *origin,
        Step::Subtract => -*origin,
        Step::AddPsi => psi_affine(origin),
        Step::SubtractPsi2 => -psi_affine(&psi_affine(origin)),
    };
    Some((Element2::of(&point.x), Element2::of(&point.y)))
}

/// A line `1 + (slope x/y) w + (offset 1/y) v w` through points of the twist, up to a factor in Fq2, which the final
/// exponentiation makes 1: `slope` is minus that of the line on the twist.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    slope: Element2,
    offset: Element2,
}

impl Line {
    /// `f` times the line.
    pub(crate) fn times(&self, f: &Element12, (x, y): &Place) -> Element12 {
        f.times_line(&self.slope.scaled(x), &self.offset.scaled(y))
    }
}

/// The same with a first coefficient `scale` in place of 1.
pub(crate) struct ScaledLine {
    scale: Element2,
    line: Line,
}

impl ScaledLine {
    /// `f` times the line.
    pub(crate) fn times(&self, f: &Element12, (x, y): &Place) -> Element12 {
        f.times_scaled_line(&self.scale, &self.line.slope.scaled(x), &self.line.offset.scaled(y))
    }
}

/// The lines of a point of G2 that many pairings have in common. About 11 KiB.
#[derive(Clone)]
pub(crate) struct FixedLines(Vec<Line>);

impl FixedLines {
    /// Computes them for a point of order r.
    pub(crate) fn new(point: &G2Affine) -> Self {
        let mut walker = Projective::new(point);
        let lines: Vec<ScaledLine> = steps().map(|step| walker.walk(step)).collect();
        let mut inverses: Vec<Element2> = lines.iter().map(|line| line.scale).collect();
        invert_all(&mut inverses).expect("no step is exceptional");
        let divide = |(ScaledLine { line, .. }, inverse): (&ScaledLine, &Element2)| Line {
            slope: line.slope.times(inverse),
            offset: line.offset.times(inverse),
        };
        Self(lines.iter().zip(&inverses).map(divide).collect())
    }

    /// The line of that step.
    pub(crate) fn get(&self, index: usize) -> Option<&Line> {
        self.0.get(index)
    }
}

/// A point on its way through the loop, in homogeneous coordinates.
pub(crate) struct Projective {
    x: Element2,
    y: Element2,
    z: Element2,
    /// Q.
    origin: G2Affine,
    /// `3 b` of the twist `y^2 = x^3 + b`.
    three_b: Element2,
}

impl Projective {
    /// Starts at a point of order r.
    pub(crate) fn new(origin: &G2Affine) -> Self {
        let b = Element2::of(&g2::Config::COEFF_B);
        Self {
            x: Element2::of(&origin.x),
            y: Element2::of(&origin.y),
            z: Element2::ONE,
            origin: *origin,
            three_b: b.doubled().plus(&b),
        }
    }

    /// Takes the step.
    pub(crate) fn walk(&mut self, step: Step) -> ScaledLine {
        match addend(&self.origin, step) {
            None => self.double(),
            Some(point) => self.add(&point),
        }
    }

    /// [C. Costello, T. Lange, M. Naehrig, "Faster pairing computations on curves with high-degree twists", eprint 2009/615,
    /// section 5], coordinates times 4.
    fn double(&mut self) -> ScaledLine {
        let Self { x, y, z, .. } = *self;
        let (y2, z2) = (y.squared(), z.squared());
        // 3 b z^2, and three times that.
        let e = self.three_b.times(&z2);
        let e3 = e.doubled().plus(&e);
        // 2 y z
        let yz = y.plus(&z).squared().minus(&y2.plus(&z2));
        let x2 = x.squared();
        self.x = x.times(&y).doubled().times(&y2.minus(&e3));
        let e2 = e.squared();
        let e2 = e2.doubled().plus(&e2).doubled().doubled();
        self.y = y2.plus(&e3).squared().minus(&e2);
        self.z = y2.times(&yz).doubled().doubled();
        ScaledLine { scale: yz.negated(), line: Line { slope: x2.doubled().plus(&x2), offset: e.minus(&y2) } }
    }

    /// The same, section 5, with the point in affine coordinates.
    fn add(&mut self, (other_x, other_y): &(Element2, Element2)) -> ScaledLine {
        let Self { x, y, z, .. } = *self;
        let theta = y.minus(&other_y.times(&z));
        let lambda = x.minus(&other_x.times(&z));
        let d = lambda.squared();
        let e = lambda.times(&d);
        let g = x.times(&d);
        let h = e.plus(&z.times(&theta.squared())).minus(&g.doubled());
        self.x = lambda.times(&h);
        self.y = theta.wide_times(&g.minus(&h)).minus(&e.wide_times(&y)).reduce().settle();
        self.z = z.times(&e);
        ScaledLine {
            scale: lambda,
            line: Line {
                slope: theta.negated(),
                offset: theta.wide_times(other_x).minus(&lambda.wide_times(other_y)).reduce().settle(),
            },
        }
    }
}

/// A point on its way through the loop, in affine coordinates.
pub(crate) struct Affine {
    /// T, never the identity.
    at: (Element2, Element2),
    /// Q.
    origin: G2Affine,
}

impl Affine {
    /// Starts at a point of order r.
    pub(crate) fn new(origin: &G2Affine) -> Self {
        Self { at: (Element2::of(&origin.x), Element2::of(&origin.y)), origin: *origin }
    }

    /// By what the slope is divided: `2 y`, or the difference of the x coordinates.
    pub(crate) fn divisor(&self, step: Step) -> Element2 {
        let (x, y) = &self.at;
        addend(&self.origin, step).map_or_else(|| y.doubled(), |(other, _)| x.minus(&other))
    }

    /// Takes the step, given the inverse of [`Self::divisor`].
    pub(crate) fn walk(&mut self, step: Step, inverse: &Element2) -> Line {
        let (x, y) = self.at;
        let (numerator, other_x) = match addend(&self.origin, step) {
            Some((other_x, other_y)) => (y.minus(&other_y), other_x),
            None => {
                let square = x.squared();
                (square.doubled().plus(&square), x)
            }
        };
        let slope = numerator.times(inverse);
        let offset = slope.times(&x).minus(&y);
        let next = slope.squared().minus(&x).minus(&other_x);
        // slope (x - next) - y
        self.at = (next, offset.minus(&slope.times(&next)));
        Line { slope: slope.negated(), offset }
    }
}

/// Replaces every value by its inverse, with one inversion in all and three products for each [P. Montgomery, "Speeding the
/// Pollard and elliptic curve methods of factorization", 1987, section 10.3.1]. `None`, and nothing replaced, if one is 0.
pub(crate) fn invert_all(values: &mut [Element2]) -> Option<()> {
    let mut product = Element2::ONE;
    let mut before = Vec::with_capacity(values.len());
    for value in &*values {
        before.push(product);
        product = product.times(value);
    }
    let mut inverse = product.inverse()?;
    for (value, before) in values.iter_mut().zip(before).rev() {
        let next = inverse.times(value);
        *value = inverse.times(&before);
        inverse = next;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Bn254, Fq2};
    use ark_ec::pairing::Pairing;
    use ark_ff::{Field, UniformRand};
    use std::{vec, vec::Vec};

    #[test]
    fn lines_are_those_of_arkworks() {
        let mut rng = ark_std::test_rng();
        for _ in 0..4 {
            let point = G2Affine::rand(&mut rng);
            let expected = <Bn254 as Pairing>::G2Prepared::from(point).ell_coeffs;
            let fixed = FixedLines::new(&point);
            let (mut projective, mut affine) = (Projective::new(&point), Affine::new(&point));
            assert_eq!(steps().count(), expected.len());
            for (index, (step, (c0, c1, c2))) in steps().zip(expected).enumerate() {
                let expected = [c1 / c0, c2 / c0];
                let inverse = affine.divisor(step).inverse().unwrap();
                let ScaledLine { scale, line } = projective.walk(step);
                let scale = scale.inverse().unwrap();
                let scaled = Line { slope: line.slope.times(&scale), offset: line.offset.times(&scale) };
                for line in [fixed.get(index).unwrap(), &affine.walk(step, &inverse), &scaled] {
                    assert_eq!([line.slope, line.offset].map(Element2::to_field), expected, "{index}");
                }
            }
            assert!(fixed.get(steps().count()).is_none());
        }
    }

    #[test]
    fn all_are_inverted_or_none() {
        let mut rng = ark_std::test_rng();
        for count in [0, 1, 2, 9] {
            let values: Vec<Element2> = (0..count).map(|_| Element2::of(&Fq2::rand(&mut rng))).collect();
            let mut inverses = values.clone();
            assert_eq!(invert_all(&mut inverses), Some(()));
            assert!(
                values.iter().zip(&inverses).all(|(value, inverse)| value.times(inverse) == Element2::ONE)
            );
            let mut with_zero = [values, vec![Element2::ZERO, Element2::ONE]].concat();
            let before = with_zero.clone();
            assert_eq!(invert_all(&mut with_zero), None);
            assert_eq!(with_zero, before);
        }
        assert_eq!(Element2::of(&(Fq2::ONE + Fq2::ONE)).inverse().unwrap().doubled(), Element2::ONE);
    }
}
