//! The optimal ate pairing of BN254, in the three forms in which verification meets it.
//!
//! ```text
//! e(P, Q) = (f_{6x+2,Q}(P) l_{[6x+2]Q, psi(Q)}(P) l_{[6x+2]Q + psi(Q), -psi^2(Q)}(P))^((q^12 - 1) / r)
//! ```
//!
//! [F. Vercauteren, "Optimal pairings", eprint 2008/096, section IV.A], where psi is the endomorphism of [`crate::point`].
//! Values are arkworks' (the tests compare), not so the steps: all pairs share one chain of squarings, and lines are divided
//! by their first coefficient where that is cheap. Such a factor lies in a proper subfield of Fq12, where the final
//! exponentiation makes it 1.
//!
//! | lines of Q | how | products in Fq2 per line |
//! | --- | --- | --- |
//! | of a key | [`FixedLines`], computed once | 10 |
//! | of one proof | arkworks' homogeneous steps, without inversion | 13, and about 8 for the step |
//! | of many proofs | affine steps of all in lockstep, with one inversion | 10, and about 8 for the step |
//!
//! # No exceptional steps
//! A step adds multiples of Q that are known in advance. For Q of prime order r they meet, or are opposite, for every Q or for
//! none; so a test with one point shows that no step divides by zero.

use crate::{
    point::psi_affine,
    tower::{cyclotomic_square, invert_all, mul_by_line, mul_by_scaled_line, mul2, mul12, square12},
};
use alloc::vec::Vec;
use ark_bn254::{Bn254, Config as Curve, Fq, Fq2, Fq12, G1Affine, G2Affine};
use ark_ec::{AffineRepr, bn::BnConfig, pairing::Pairing};
use ark_ff::{AdditiveGroup, Field, fields::serial_batch_inversion_and_mul};

/// A point of G1 at which lines are evaluated: `x / y` and `1 / y`. `None` for the identity, at which the pairing is 1.
type Place = Option<(Fq, Fq)>;

/// Places of points, with one inversion.
fn places(points: impl IntoIterator<Item = G1Affine>) -> Vec<Place> {
    let coordinates: Vec<_> = points.into_iter().map(|point| point.xy()).collect();
    // No point of G1 has y = 0, for that would be of order 2.
    let mut inverses: Vec<Fq> = coordinates.iter().map(|xy| xy.map_or(Fq::ZERO, |(_, y)| y)).collect();
    serial_batch_inversion_and_mul(&mut inverses, &Fq::ONE);
    coordinates.iter().zip(inverses).map(|(xy, inverse)| xy.map(|(x, _)| (x * inverse, inverse))).collect()
}

/// A line `1 + (slope x/y) w + (offset 1/y) v w` through points of the twist, up to the factor that does not matter: `slope` is
/// minus that of the line on the twist.
#[derive(Clone, Copy)]
struct Line {
    slope: Fq2,
    offset: Fq2,
}

impl Line {
    fn times(&self, f: &Fq12, (x, y): (Fq, Fq)) -> Fq12 {
        mul_by_line(f, &scale(&self.slope, &x), &scale(&self.offset, &y))
    }
}

fn scale(value: &Fq2, by: &Fq) -> Fq2 {
    Fq2::new(value.c0 * by, value.c1 * by)
}

/// A step of the Miller loop after the squaring: doubling T, or adding a multiple of Q to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Double,
    Add,
    Subtract,
    /// Adding psi(Q).
    AddPsi,
    /// Subtracting psi^2(Q).
    SubtractPsi2,
}

/// All steps in order: the signed digits of 6x + 2 from the second highest on, then the two of psi.
fn steps() -> impl Iterator<Item = Step> {
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

/// The Miller loop: squares before each doubling, and lets `lines` multiply by the lines of each step, whose number it gets.
fn run(mut lines: impl FnMut(usize, Step, Fq12) -> Fq12) -> Fq12 {
    let mut f = Fq12::ONE;
    for (index, step) in steps().enumerate() {
        // The first square is that of one.
        if step == Step::Double && index > 0 {
            f = square12(&f);
        }
        f = lines(index, step, f);
    }
    f
}

/// The lines of a point of G2 that many pairings have in common. About 11 KiB.
#[derive(Clone)]
pub(crate) struct FixedLines(Vec<Line>);

impl FixedLines {
    /// Computes them for a point of order r.
    pub(crate) fn new(point: &G2Affine) -> Self {
        let lines = <Bn254 as Pairing>::G2Prepared::from(point).ell_coeffs;
        let mut inverses: Vec<Fq2> = lines.iter().map(|(c0, _, _)| *c0).collect();
        invert_all(&mut inverses).expect("no step is exceptional");
        let divide = |((_, c1, c2), inverse): (&(Fq2, Fq2, Fq2), &Fq2)| Line {
            slope: mul2(c1, inverse),
            offset: mul2(c2, inverse),
        };
        Self(lines.iter().zip(&inverses).map(divide).collect())
    }
}

/// The product of the Miller loops of pairs whose second points are of a key. Pairs with the identity count for 1.
pub(crate) fn miller_fixed<const N: usize>(points: [G1Affine; N], lines: [&FixedLines; N]) -> Fq12 {
    let places = places(points);
    run(|index, _, f| fixed(f, index, &places, &lines))
}

/// [`miller_fixed`] with one more pair, whose second point is of a proof.
pub(crate) fn miller_one<const N: usize>(
    (a, b): (&G1Affine, &G2Affine),
    points: [G1Affine; N],
    lines: [&FixedLines; N],
) -> Fq12 {
    let places = places(points.into_iter().chain([*a]));
    let own = <Bn254 as Pairing>::G2Prepared::from(b).ell_coeffs;
    run(|index, _, f| {
        let f = fixed(f, index, &places, &lines);
        match (places.last(), own.get(index)) {
            (Some(Some((x, y))), Some((c0, c1, c2))) => {
                mul_by_scaled_line(&f, c0, &scale(c1, x), &scale(c2, y))
            }
            _ => f,
        }
    })
}

/// Multiplies by the lines of number `index` at the first places.
fn fixed(f: Fq12, index: usize, places: &[Place], lines: &[&FixedLines]) -> Fq12 {
    places.iter().zip(lines).fold(f, |f, (place, lines)| match (place, lines.0.get(index)) {
        (Some(place), Some(line)) => line.times(&f, *place),
        _ => f,
    })
}

/// A point of a proof on its way through the loop.
struct Walker {
    /// T, never the identity.
    at: (Fq2, Fq2),
    /// Q.
    origin: G2Affine,
    place: (Fq, Fq),
}

impl Walker {
    /// What the step adds to T: T itself, or a multiple of Q.
    fn other(&self, step: Step) -> (Fq2, Fq2) {
        let point = match step {
            Step::Double => return self.at,
            Step::Add => self.origin,
            Step::Subtract => -self.origin,
            Step::AddPsi => psi_affine(&self.origin),
            Step::SubtractPsi2 => -psi_affine(&psi_affine(&self.origin)),
        };
        (point.x, point.y)
    }

    /// By what the slope is divided: `2 y`, or the difference of the x coordinates.
    fn divisor(&self, step: Step) -> Fq2 {
        if step == Step::Double { self.at.1.double() } else { self.at.0 - self.other(step).0 }
    }

    /// Takes the step, given the inverse of [`Self::divisor`].
    fn walk(&mut self, step: Step, inverse: &Fq2) -> Line {
        let (x, y) = self.at;
        let (other_x, other_y) = self.other(step);
        let numerator = if step == Step::Double {
            let square = x.square();
            square.double() + square
        } else {
            y - other_y
        };
        let slope = mul2(&numerator, inverse);
        let offset = mul2(&slope, &x) - y;
        let next = slope.square() - x - other_x;
        // slope (x - next) - y
        self.at = (next, offset - mul2(&slope, &next));
        Line { slope: -slope, offset }
    }
}

/// The product of the Miller loops of many pairs of points of order r. Pairs with the identity count for 1.
pub(crate) fn miller_many(pairs: &[(G1Affine, G2Affine)]) -> Fq12 {
    let walker = |(place, (_, origin)): (Place, &(G1Affine, G2Affine))| {
        let (x, y) = origin.xy()?;
        Some(Walker { at: (x, y), origin: *origin, place: place? })
    };
    let places = places(pairs.iter().map(|(point, _)| *point));
    let mut walkers: Vec<Walker> = places.into_iter().zip(pairs).filter_map(walker).collect();
    let mut inverses = Vec::with_capacity(walkers.len());
    run(|_, step, f| {
        inverses.clear();
        inverses.extend(walkers.iter().map(|walker| walker.divisor(step)));
        invert_all(&mut inverses).expect("no step is exceptional");
        let walkers = walkers.iter_mut().zip(&inverses);
        walkers.fold(f, |f, (walker, inverse)| walker.walk(step, inverse).times(&f, walker.place))
    })
}

/// Digits of x, lowest first, in `-7, -5, .., 7` and 0, of four neighbours at most one not 0.
const X_DIGITS: [i8; 64] = x_digits();

#[allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "computed by the compiler, which would refuse"
)]
const fn x_digits() -> [i8; 64] {
    let mut digits = [0; 64];
    let mut rest = Curve::X[0];
    let mut place = 0;
    while rest > 0 {
        if rest % 2 == 1 {
            let digit = (rest % 16) as i8;
            let digit = if digit >= 8 { digit - 16 } else { digit };
            rest = if digit < 0 { rest + digit.unsigned_abs() as u64 } else { rest - digit as u64 };
            digits[place] = digit;
        }
        rest /= 2;
        place += 1;
    }
    digits
}

/// `value^-x` for a value of the cyclotomic subgroup, in which conjugates are inverses.
fn exp_by_minus_x(value: &Fq12) -> Fq12 {
    let square = cyclotomic_square(value);
    // value^1, value^3, value^5, value^7
    let mut odd = [*value; 4];
    let mut power = *value;
    for slot in odd.iter_mut().skip(1) {
        power = mul12(&power, &square);
        *slot = power;
    }
    let mut product = Fq12::ONE;
    for digit in X_DIGITS.iter().rev().skip_while(|digit| **digit == 0) {
        product = cyclotomic_square(&product);
        let place = usize::from(digit.unsigned_abs() / 2);
        if let (true, Some(power)) = (*digit != 0, odd.get(place)) {
            product = mul12(&product, &if *digit < 0 { conjugate(power) } else { *power });
        }
    }
    conjugate(&product)
}

/// `value^(q^6)`.
fn conjugate(value: &Fq12) -> Fq12 {
    Fq12::new(value.c0, -value.c1)
}

/// `value^(q^n)`.
fn frobenius(value: &Fq12, n: usize) -> Fq12 {
    let mut image = *value;
    image.frobenius_map_in_place(n);
    image
}

/// The final exponentiation, by `2 x (6 x^2 + 3 x + 1) (q^12 - 1) / r` [L. Fuentes-Castaneda, E. Knapp, F. Rodriguez-Henriquez,
/// "Faster hashing to G2", SAC 2011, section 5]: the extra factor is prime to r. `None` for 0, which no Miller loop gives.
pub(crate) fn final_exponentiation(value: &Fq12) -> Option<Fq12> {
    // To the (q^6 - 1) (q^2 + 1).
    let easy = mul12(&conjugate(value), &value.inverse()?);
    let m = mul12(&frobenius(&easy, 2), &easy);
    // Exponents of m, in x:
    let y0 = exp_by_minus_x(&m); //                  -x
    let y1 = cyclotomic_square(&y0); //              -2x
    let y3 = mul12(&cyclotomic_square(&y1), &y1); // -6x
    let y4 = exp_by_minus_x(&y3); //                 6x^2
    let y6 = exp_by_minus_x(&cyclotomic_square(&y4)); // -12x^3
    let y7 = mul12(&conjugate(&y6), &y4); //         12x^3 + 6x^2
    let y8 = mul12(&y7, &conjugate(&y3)); //         12x^3 + 6x^2 + 6x
    let y9 = mul12(&y8, &y1); //                     12x^3 + 6x^2 + 4x
    let y11 = mul12(&mul12(&y8, &y4), &m); //        12x^3 + 12x^2 + 6x + 1
    let y15 = mul12(&conjugate(&m), &y9); //         12x^3 + 6x^2 + 4x - 1
    // y11 + q y9 + q^2 y8 + q^3 y15
    let low = mul12(&frobenius(&y9, 1), &y11);
    let high = mul12(&frobenius(&y15, 3), &frobenius(&y8, 2));
    Some(mul12(&low, &high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::pairing::MillerLoopOutput;
    use ark_ff::{PrimeField, UniformRand, Zero};
    use num_bigint::BigInt;
    use std::vec;

    type Pairs = Vec<(G1Affine, G2Affine)>;

    fn pairs(count: usize) -> Pairs {
        let mut rng = ark_std::test_rng();
        (0..count).map(|_| (G1Affine::rand(&mut rng), G2Affine::rand(&mut rng))).collect()
    }

    /// arkworks' value of the product of the pairings.
    fn expected(pairs: &Pairs) -> Option<Fq12> {
        let (a, b): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
        Some(Bn254::multi_pairing(a, b).0)
    }

    #[test]
    fn all_forms_give_the_pairing_of_arkworks() {
        for seed in 0..6 {
            let [one, two, three] = <[_; 3]>::try_from(pairs(seed + 3).split_off(seed)).unwrap();
            let lines = [two, three].map(|(_, q)| FixedLines::new(&q));
            let fixed = miller_fixed([two.0, three.0], lines.each_ref());
            assert_eq!(final_exponentiation(&fixed), expected(&vec![two, three]));
            let all = miller_one((&one.0, &one.1), [two.0, three.0], lines.each_ref());
            assert_eq!(final_exponentiation(&all), expected(&vec![one, two, three]));
        }
        for count in [0, 1, 2, 3, 17] {
            let pairs = pairs(count);
            assert_eq!(final_exponentiation(&miller_many(&pairs)), expected(&pairs), "{count}");
        }
    }

    #[test]
    fn equal_opposite_and_absent_points() {
        let [(p, q), (other, _)] = <[_; 2]>::try_from(pairs(2)).unwrap();
        let none = G1Affine::identity();
        let lines = FixedLines::new(&q);
        for places in [[p, p], [p, -p], [p, none], [none, p], [none, none], [p, other]] {
            let twice = places.map(|place| (place, q)).to_vec();
            let fixed = miller_fixed(places, [&lines, &lines]);
            assert_eq!(final_exponentiation(&fixed), expected(&twice));
            assert_eq!(final_exponentiation(&miller_many(&twice)), expected(&twice));
            let all = miller_one((&places[0], &q), [places[1]], [&lines]);
            assert_eq!(final_exponentiation(&all), expected(&twice));
        }
        assert_eq!(final_exponentiation(&miller_many(&[(p, q), (-p, q), (p, -q)])), expected(&vec![(p, -q)]));
        assert_eq!(final_exponentiation(&miller_many(&[(p, q), (-p, q)])), Some(Fq12::ONE));
        assert_eq!(miller_many(&[(p, G2Affine::identity()), (none, q)]), Fq12::ONE);
    }

    #[test]
    fn the_final_exponentiation_is_that_of_arkworks() {
        let mut rng = ark_std::test_rng();
        let mut values: Vec<Fq12> = (0..20).map(|_| Fq12::rand(&mut rng)).collect();
        values.extend([Fq12::ONE, -Fq12::ONE, Fq12::zero()]);
        for value in values {
            let expected = Bn254::final_exponentiation(MillerLoopOutput(value)).map(|output| output.0);
            assert_eq!(final_exponentiation(&value), expected);
        }
        // The factor by which the exponent exceeds (q^12 - 1) / r is prime to r, so that only 1 becomes 1.
        let x = BigInt::from(Curve::X[0]);
        let factor: BigInt = 2 * &x * (6 * &x * &x + 3 * &x + 1);
        let r = BigInt::from_bytes_le(
            num_bigint::Sign::Plus,
            &ark_ff::BigInteger::to_bytes_le(&ark_bn254::Fr::MODULUS),
        );
        assert!(factor < r && factor > BigInt::ZERO, "less than a prime, and not 0");
    }

    #[test]
    fn the_digits_are_those_of_x() {
        let sum = X_DIGITS.iter().rev().fold(0i128, |sum, digit| 2 * sum + i128::from(*digit));
        assert_eq!(sum, i128::from(Curve::X[0]));
        assert!(X_DIGITS.iter().all(|digit| *digit == 0 || (digit % 2 != 0 && digit.abs() < 8)));
        assert!(X_DIGITS.windows(4).all(|four| four.iter().filter(|digit| **digit != 0).count() <= 1));
    }
}
