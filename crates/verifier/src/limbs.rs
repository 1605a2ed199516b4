//! The base field in limbs of 64 bits, with reduction put off until a sum of products is complete.
//!
//! | type | value | what it is for |
//! | --- | --- | --- |
//! | [`Element`] | in `[0, q)` | what is kept |
//! | [`Sum`] | in `[-63 q, 63 q]` | sums and differences of elements, before [`Sum::settle`] |
//! | [`Wide`] | in `[-2^511, 2^511)` | sums and differences of products, before [`Wide::reduce`] |
//! | [`Wider`] | in `[-62 R q, 62 R q]` | such with small factors |
//!
//! Elements are in Montgomery form with `R = 2^256`, as arkworks', so that conversion costs nothing. `R = 5.29 q`, hence
//! `2^511 = 14 q^2`. Nothing here branches on values, but for what almost never happens: a conditional subtraction that the CPU
//! guesses wrong costs as much as a product. The tests compare with arkworks and with integers of any size.
#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "indices are constants or masked, conversions take words of double words, and every product goes through here"
)]

mod words;

use ark_bn254::{Fq, FqConfig};
use ark_ff::{BigInt, MontConfig, PrimeField};
use words::{add, row, row_plus, select, sign, sub};

/// q.
const MODULUS: [u64; 4] = Fq::MODULUS.0;
/// `-1 / q mod 2^64`.
const INVERSE: u64 = <FqConfig as MontConfig<4>>::INV;

/// A residue in `[0, q)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element([u64; 4]);

/// A factor of a product below `2^256`, not reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loose([u64; 4]);

/// An integer in two's complement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sum([u64; 5]);

/// An integer in two's complement. Sums wrap: only the last one needs to be in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wide([u64; 8]);

/// An integer in two's complement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wider([u64; 9]);

/// A step of Montgomery's reduction: `t / 2^64 mod q`, below `q + 2^192` for any t [P. Montgomery, "Modular multiplication
/// without trial division", 1985].
#[inline(always)]
fn divide(t: &[u64; 4]) -> [u64; 4] {
    let [_, t1, t2, t3, t4] = row_plus(t, t[0].wrapping_mul(INVERSE), &MODULUS);
    [t1, t2, t3, t4]
}

/// `t mod q` for `t < 2 q`.
#[inline(always)]
fn subtract_modulus(t: &[u64; 4]) -> Element {
    let (difference, below) = sub(t, &MODULUS);
    Element(select(below, t, &difference))
}

impl Element {
    pub(crate) const ZERO: Self = Self([0; 4]);
    pub(crate) const ONE: Self = Self(<FqConfig as MontConfig<4>>::R.0);

    #[inline(always)]
    pub(crate) const fn of(value: &Fq) -> Self {
        Self(value.0.0)
    }

    #[inline(always)]
    pub(crate) const fn to_field(self) -> Fq {
        Fq::new_unchecked(BigInt(self.0))
    }

    #[inline(always)]
    pub(crate) fn plus(&self, other: &Self) -> Self {
        subtract_modulus(&add(&self.0, &other.0).0)
    }

    #[inline(always)]
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let (difference, below) = sub(&self.0, &other.0);
        Self(add(&difference, &select(below, &MODULUS, &[0; 4])).0)
    }

    /// `self other / R`, with a reduction after each row.
    #[inline(always)]
    pub(crate) fn times(&self, other: &Self) -> Self {
        let mut t = [0; 4];
        for limb in other.0 {
            // Below 2 q after each step, as q < 2^254.
            let [t0, t1, t2, t3, t4] = row_plus(&t, limb, &self.0);
            let [t0, t1, t2, t3] = divide(&[t0, t1, t2, t3]);
            t = [t0, t1, t2, t3.wrapping_add(t4)];
        }
        subtract_modulus(&t)
    }

    #[inline(always)]
    pub(crate) const fn loose(&self) -> Loose {
        Loose(self.0)
    }

    #[inline(always)]
    pub(crate) const fn sum(&self) -> Sum {
        let [a, b, c, d] = self.0;
        Sum([a, b, c, d, 0])
    }
}

impl Loose {
    /// The sum, for which there must be room below `2^256 = 5.29 q`.
    #[inline(always)]
    pub(crate) const fn plus(&self, other: &Self) -> Self {
        Self(add(&self.0, &other.0).0)
    }

    /// The product of integers.
    #[inline(always)]
    pub(crate) fn times(&self, other: &Self) -> Wide {
        let mut product = [0; 8];
        for (i, limb) in self.0.into_iter().enumerate() {
            let above = [product[i], product[i + 1], product[i + 2], product[i + 3]];
            let sum = row_plus(&above, limb, &other.0);
            product[i..i + 5].copy_from_slice(&sum);
        }
        Wide(product)
    }
}

/// So many multiples of q stand on each side of 0.
const MULTIPLES: u64 = 64;

/// `k q mod 2^256` at `64 + k`.
static MODULI: [[u64; 4]; 2 * MULTIPLES as usize] = moduli();

const fn moduli() -> [[u64; 4]; 2 * MULTIPLES as usize] {
    let mut table = [[0; 4]; 2 * MULTIPLES as usize];
    let mut k = MULTIPLES as usize;
    while k < 2 * MULTIPLES as usize - 1 {
        table[k + 1] = add(&table[k], &MODULUS).0;
        k += 1;
    }
    let mut k = MULTIPLES as usize;
    while k > 0 {
        table[k - 1] = sub(&table[k], &MODULUS).0;
        k -= 1;
    }
    table
}

/// Bits after the point of [`RECIPROCAL`].
const POINT: u32 = 55;
/// `2^224 / q`, less than `2^-55 + 2^-59` too small.
#[allow(clippy::cast_possible_wrap, reason = "below 2^26")]
const RECIPROCAL: i64 = ((1u64 << POINT) / ((MODULUS[3] >> 32) + 1)) as i64;

/// Sums and differences of integers in two's complement.
macro_rules! integers {
    ($($integer:ident),+) => {
        $(impl $integer {
            #[inline(always)]
            pub(crate) const fn plus(&self, other: &Self) -> Self {
                Self(add(&self.0, &other.0).0)
            }

            #[inline(always)]
            pub(crate) const fn minus(&self, other: &Self) -> Self {
                Self(sub(&self.0, &other.0).0)
            }
        })+
    };
}

integers!(Sum, Wide);

impl Sum {
    /// `k self`.
    #[inline(always)]
    pub(crate) fn by(&self, k: u64) -> Self {
        let [a, b, c, d, e] = self.0;
        let [r0, r1, r2, r3, r4] = row(k, &[a, b, c, d]);
        Self([r0, r1, r2, r3, r4.wrapping_add(e.wrapping_mul(k))])
    }

    /// The residue.
    ///
    /// The multiple of q below is estimated from the number without its last 224 bits, u. `u RECIPROCAL` misses by less than
    /// `|u| (2^-55 + 2^-59) < 2^-18`, for `|u| < 2^36`; from which 2^-17 are subtracted, so that the estimate is never too high,
    /// and at most 1 too low.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "two's complement is meant")]
    pub(crate) fn settle(&self) -> Element {
        let [r0, r1, r2, r3, r4] = self.0;
        let top = ((r3 >> 32) | (r4 << 32)) as i64;
        let quotient = (top * RECIPROCAL - (1 << (POINT - 17))) >> POINT;
        let place = (quotient as u64).wrapping_add(MULTIPLES) % (2 * MULTIPLES);
        let rest = sub(&[r0, r1, r2, r3], &MODULI[place as usize]).0;
        let (difference, below) = sub(&rest, &MODULUS);
        // The CPU guesses right: among random numbers one estimate in 2^17 is too low.
        Element(if below { rest } else { difference })
    }
}

impl Wide {
    #[inline(always)]
    const fn extended(&self) -> Wider {
        let [a, b, c, d, e, f, g, h] = self.0;
        Wider([a, b, c, d, e, f, g, h, sign(h)])
    }

    /// `9 self`.
    #[inline(always)]
    pub(crate) fn nine_times(&self) -> Wider {
        let [a, b, c, d, e, f, g, h] = self.0;
        let [r0, r1, r2, r3, r4] = row(9, &[a, b, c, d]);
        let [s0, s1, s2, s3, s4] = row(9, &[e, f, g, h]);
        let ([r4, r5, r6, r7, r8], _) = add(&[s0, s1, s2, s3, s4], &[r4, 0, 0, 0, 0]);
        // Without the sign, 2^512 was too much in a negative number.
        Wider([r0, r1, r2, r3, r4, r5, r6, r7, r8.wrapping_sub(sign(h) & 9)])
    }

    /// `self / R mod q`: between `self / R` and `self / R + q`.
    #[inline(always)]
    pub(crate) fn reduce(&self) -> Sum {
        self.extended().reduce()
    }
}

impl Wider {
    #[inline(always)]
    pub(crate) const fn plus(&self, other: &Wide) -> Self {
        Self(add(&self.0, &other.extended().0).0)
    }

    #[inline(always)]
    pub(crate) const fn minus(&self, other: &Wide) -> Self {
        Self(sub(&self.0, &other.extended().0).0)
    }

    /// `self / R mod q`: between `self / R` and `self / R + q`.
    #[inline(always)]
    pub(crate) fn reduce(&self) -> Sum {
        let [a, b, c, d, high @ ..] = self.0;
        // Below 2^256 the steps give at most q; what stands above is added as it is.
        let [t0, t1, t2, t3] = divide(&divide(&divide(&divide(&[a, b, c, d]))));
        Sum(add(&high, &[t0, t1, t2, t3, 0]).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, Field, UniformRand};
    use num_bigint::BigInt as Integer;
    use std::{vec, vec::Vec};

    fn integer(limbs: &[u64]) -> Integer {
        limbs.iter().rev().fold(Integer::ZERO, |sum, limb| (sum << 64) + *limb)
    }

    /// The integer in two's complement.
    fn signed(limbs: &[u64]) -> Integer {
        let negative = limbs.last().is_some_and(|top| top >> 63 == 1);
        integer(limbs) - (Integer::from(u64::from(negative)) << (64 * limbs.len()))
    }

    /// N limbs in two's complement.
    fn limbs<const N: usize>(value: &Integer) -> [u64; N] {
        let modulus = Integer::from(1) << (64 * N);
        let residue = ((value % &modulus) + &modulus) % &modulus;
        let digits = residue.to_u64_digits().1;
        core::array::from_fn(|i| digits.get(i).copied().unwrap_or(0))
    }

    fn q() -> Integer {
        integer(&MODULUS)
    }

    fn residue(value: &Integer) -> Integer {
        ((value % q()) + q()) % q()
    }

    fn value(element: &Element) -> Integer {
        let value = integer(&element.0);
        assert!(value < q());
        value
    }

    /// `value R mod q`: what an element or sum has that came of reducing `value`.
    fn times_r(value: &Integer) -> Integer {
        residue(&(value << 256))
    }

    /// Residues whose limbs are extreme, and random ones.
    fn residues() -> Vec<Element> {
        let mut rng = ark_std::test_rng();
        let small = [Fq::ZERO, Fq::ONE, Fq::ONE.double().inverse().unwrap()];
        let mut residues: Vec<Element> =
            small.iter().flat_map(|x| [*x, -*x]).map(|x| Element::of(&x)).collect();
        let extreme = [0, 1, 1 << 63, u64::MAX];
        for i in 0..256usize {
            let limb = |place: u32| extreme[(i >> (2 * place)) % 4];
            let mut limbs = [limb(0), limb(1), limb(2), limb(3)];
            // Each, or the greatest of the form that is below q.
            limbs[3] = limbs[3].min(MODULUS[3] - 1);
            residues.push(Element(limbs));
        }
        let [q0, q1, q2, q3] = MODULUS;
        residues
            .extend([[q0 - 1, q1, q2, q3], [q0 - 2, q1, q2, q3], [1, 0, 0, 0], [2, 0, 0, 0]].map(Element));
        residues.extend([[u64::MAX, q1 - 1, q2, q3], [u64::MAX, u64::MAX, q2 - 1, q3]].map(Element));
        residues.extend((0..20).map(|_| Element::of(&Fq::rand(&mut rng))));
        residues
    }

    #[test]
    fn elements_are_those_of_arkworks() {
        let residues = residues();
        for a in &residues {
            let a_field = a.to_field();
            assert_eq!(Element::of(&a_field), *a);
            for b in &residues {
                let b_field = b.to_field();
                assert_eq!(a.plus(b).to_field(), a_field + b_field);
                assert_eq!(a.minus(b).to_field(), a_field - b_field);
                assert_eq!(a.times(b).to_field(), a_field * b_field);
                let wide = a.loose().times(&b.loose());
                assert_eq!(wide.reduce().settle().to_field(), a_field * b_field);
                assert_eq!(wide.nine_times().reduce().settle().to_field(), a_field * b_field * Fq::from(9));
            }
        }
        assert_eq!((Element::ZERO.to_field(), Element::ONE.to_field()), (Fq::ZERO, Fq::ONE));
    }

    /// Factors below 2^256.
    fn factors() -> Vec<Loose> {
        let mut factors: Vec<Loose> = residues().iter().map(Element::loose).collect();
        let q = factors[factors.len() - 1];
        factors.extend([
            Loose([u64::MAX; 4]),
            Loose(MODULUS),
            Loose(MODULUS).plus(&Loose(MODULUS)),
            q.plus(&q),
        ]);
        factors
            .extend([[u64::MAX, 0, u64::MAX, 0], [0, u64::MAX, 0, u64::MAX], [0, 0, 0, u64::MAX]].map(Loose));
        factors
    }

    #[test]
    fn products_and_sums_are_those_of_integers() {
        let factors = factors();
        for (i, a) in factors.iter().enumerate() {
            for b in factors.iter().cycle().skip(i).step_by(7).take(50) {
                let product = a.times(b);
                assert_eq!(integer(&product.0), integer(&a.0) * integer(&b.0));
                let other = b.times(b);
                let (product_value, other_value) = (signed(&product.0), signed(&other.0));
                assert_eq!(product.plus(&other).0, limbs(&(&product_value + &other_value)));
                assert_eq!(product.minus(&other).0, limbs(&(&product_value - &other_value)));
                let nine = product.nine_times();
                assert_eq!(signed(&nine.0), &product_value * 9);
                assert_eq!(signed(&nine.plus(&other).0), &product_value * 9 + &other_value);
                assert_eq!(signed(&nine.minus(&other).0), &product_value * 9 - &other_value);
            }
        }
        assert_eq!(Loose([1, 2, 3, 4]).plus(&Loose([u64::MAX, 0, 0, 0])), Loose([0, 3, 3, 4]));
    }

    /// Neighbours of multiples of the unit, from `-most` to `most` times.
    fn around(unit: &Integer, most: i64) -> impl Iterator<Item = Integer> {
        let near = [-2, -1, 0, 1, 2].map(Integer::from);
        let far = [1u32, 64, 192, 224].map(|bits| Integer::from(1) << bits);
        let near: Vec<Integer> =
            near.into_iter().chain(far.iter().cloned()).chain(far.iter().map(|far| -far)).collect();
        (-most..=most).flat_map(move |k| near.clone().into_iter().map(move |near| (k, near))).map({
            let unit = unit.clone();
            move |(k, near)| &unit * k + near
        })
    }

    #[test]
    fn sums_settle_within_their_whole_range() {
        let mut tried = 0;
        let most = q() * 63;
        for number in around(&q(), 63).filter(|number| *number <= most && -number <= most) {
            let sum = Sum(limbs(&number));
            assert_eq!(signed(&sum.0), number);
            assert_eq!(value(&sum.settle()), residue(&number), "{number}");
            tried += 1;
        }
        assert!(tried > 1_600);
        let half: Integer = q() / 2;
        for number in around(&half, 5) {
            let sum = Sum(limbs(&number));
            assert_eq!(signed(&sum.by(9).0), &number * 9);
            assert_eq!(value(&sum.by(9).settle()), residue(&(&number * 9)));
            assert_eq!(signed(&sum.plus(&Sum([3, 0, 0, 0, 0])).0), &number + 3);
            assert_eq!(signed(&sum.minus(&Sum([3, 0, 0, 0, 0])).0), &number - 3);
        }
    }

    #[test]
    fn wide_numbers_reduce_within_their_whole_range() {
        let r: Integer = Integer::from(1) << 256;
        let check = |reduced: Sum, number: &Integer| {
            let sum = signed(&reduced.0);
            assert_eq!(times_r(&sum), residue(number), "{number}");
            // Between number / R and number / R + q, and one more for what is cut off.
            assert!(&sum * &r >= number - &r && &sum * &r <= number + q() * &r, "{number}");
            assert_eq!(value(&reduced.settle()), residue(&sum));
        };
        let edge: Integer = Integer::from(1) << 511;
        let mut numbers: Vec<Integer> = vec![-edge.clone(), edge - 1];
        numbers.extend(around(&(q() * q()), 13));
        numbers.extend(around(&r, 3));
        for number in &numbers {
            check(Wide(limbs(number)).reduce(), number);
        }
        for number in around(&(q() * &r), 62) {
            check(Wider(limbs(&number)).reduce(), &number);
        }
    }
}
