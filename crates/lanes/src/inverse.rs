//! Inverses in the base field, by a number of steps that does not depend on the value.
//!
//! Division steps of [Bernstein, Yang: Fast constant-time gcd computation and modular inversion, 2019], which begin with delta = 1/2: 590 of
//! them suffice for 256 bits, as Wuille showed for libsecp256k1. [`BATCH`] steps at a time are taken on the lowest words alone,
//! as a matrix, and then applied to the whole numbers. Limbs have 62 bits and signs, least significant first.

#![allow(unreachable_pub)] // What is sealed is public in name only.

use crate::modulus::{Base, Modulus, Words, add, negative_inverse, power_of_two, sub};
use ark_bn254::{Fq, Fq2};
use ark_ff::{BigInt, Field};

/// Bits of a limb.
const BITS: u32 = 62;
const MASK: u64 = (1 << BITS) - 1;
/// Steps of a matrix: it is kept times 2^62, so that applying it moves numbers by one limb.
const BATCH: u32 = 59;
/// Matrices that 590 steps take.
const BATCHES: u32 = 10;

type Limbs = [i64; 5];

/// A coordinate that can be inverted.
pub trait Invert: Field {
    /// The inverse of a value that is not zero; zero for zero.
    fn inverted(&self) -> Self;
    /// The product with an element of the base field.
    fn scaled(self, by: Fq) -> Self;
}

impl Invert for Fq {
    fn inverted(&self) -> Self {
        // The inverse of x R is x^-1 R^-1; two products by R are missing, and one more that multiplying takes away.
        const CUBE: Words = power_of_two(3 * 256, Base::P);
        times(Self::new_unchecked(BigInt(inverse::<Base>(self.0.0))), Self::new_unchecked(BigInt(CUBE)))
    }

    fn scaled(self, by: Fq) -> Self {
        times(self, by)
    }
}

impl Invert for Fq2 {
    /// `(a - b u) / (a^2 + b^2)`.
    fn inverted(&self) -> Self {
        let scale = (times(self.c0, self.c0) + times(self.c1, self.c1)).inverted();
        Self::new(times(self.c0, scale), -times(self.c1, scale))
    }

    fn scaled(self, by: Fq) -> Self {
        Self::new(times(self.c0, by), times(self.c1, by))
    }
}

/// A product of which few are wanted: one function, for browsers compile what runs once as well.
#[inline(never)]
fn times(a: Fq, b: Fq) -> Fq {
    a * b
}

/// `1 / x` in a field's Montgomery form of another radix, `x 2^radix_bits`, when arkworks takes both for its own elements: what to
/// multiply its inverses by.
pub(crate) const fn correction(radix_bits: i32) -> Fq {
    Fq::new_unchecked(BigInt(power_of_two(256 + 2 * (radix_bits - 256), Base::P)))
}

/// The inverse of x modulo p, for `0 < x < p`; zero for zero.
fn inverse<M: Modulus>(x: Words) -> Words {
    let p = const { limbs(M::P) };
    let (mut f, mut g) = (p, limbs(x));
    let (mut d, mut e): (Limbs, Limbs) = ([0; 5], [1, 0, 0, 0, 0]);
    let mut delta = -1;
    for _ in 0..BATCHES {
        let (after, matrix) = steps(delta, f[0], g[0]);
        delta = after;
        [d, e] = applied_modulo::<M>(&p, matrix, [&d, &e]);
        [f, g] = applied(matrix, [&f, &g]);
    }
    // Now g = 0 and f is 1 or -1, which is the sign of d; d lies between -2 p and p.
    words::<M>(d, f[4] >> 63)
}

/// `[[u, v], [q, r]]` times 2^62.
type Matrix = [[i64; 2]; 2];

/// Takes [`BATCH`] steps on the lowest limbs. `delta` stands for -(delta + 1/2).
fn steps(mut delta: i64, f: i64, g: i64) -> (i64, Matrix) {
    let [mut u, mut v, mut q, mut r] = [1 << (BITS - BATCH), 0, 0, 1i64 << (BITS - BATCH)];
    let (mut f, mut g) = (f, g);
    for _ in 0..BATCH {
        // All bits where delta > 0, and where g is odd.
        let positive = delta >> 63;
        let odd = -(g & 1);
        // Where g is odd: g + f, or g - f where delta > 0.
        let signed = |x: i64| (x ^ positive).wrapping_sub(positive) & odd;
        g = g.wrapping_add(signed(f));
        q = q.wrapping_add(signed(u));
        r = r.wrapping_add(signed(v));
        // Where delta > 0 and g was odd: f becomes what g was, which is f + (g - f).
        let swap = positive & odd;
        delta = (delta ^ swap) - 1;
        f = f.wrapping_add(g & swap);
        u = u.wrapping_add(q & swap);
        v = v.wrapping_add(r & swap);
        g >>= 1;
        u <<= 1;
        v <<= 1;
    }
    (delta, [[u, v], [q, r]])
}

/// `a x + b y`.
#[inline(always)]
fn dot([a, b]: [i64; 2], x: i64, y: i64) -> i128 {
    i128::from(a) * i128::from(x) + i128::from(b) * i128::from(y)
}

/// The low limb.
#[inline(always)]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)]
const fn low(x: i128) -> i64 {
    (x as u64 & MASK).cast_signed()
}

/// What remains above the low limb, where that fits.
#[inline(always)]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)]
const fn high(x: i128) -> i64 {
    x as i64
}

/// The matrix times `[f, g]`, which is divisible by 2^62, over 2^62.
#[inline(never)]
fn applied(matrix: Matrix, [f, g]: [&Limbs; 2]) -> [Limbs; 2] {
    matrix.map(|row| {
        let mut out = [0; 5];
        let mut sum = dot(row, f[0], g[0]) >> BITS;
        for i in 1..5 {
            sum += dot(row, f[i], g[i]);
            out[i - 1] = low(sum);
            sum >>= BITS;
        }
        out[4] = high(sum);
        out
    })
}

/// The matrix times `[d, e]`, plus the multiples of p that make it divisible by 2^62, over 2^62. Values stay between -2 p and p.
#[inline(never)]
fn applied_modulo<M: Modulus>(p: &Limbs, matrix: Matrix, [d, e]: [&Limbs; 2]) -> [Limbs; 2] {
    let inverse = const { negative_inverse(M::P[0]).wrapping_neg() };
    matrix.map(|row| {
        let mut out = [0; 5];
        // p more for each negative number.
        let lifted = (row[0] & (d[4] >> 63)) + (row[1] & (e[4] >> 63));
        let mut sum = dot(row, d[0], e[0]);
        let off = inverse.wrapping_mul(low(sum).cast_unsigned()).wrapping_add(lifted.cast_unsigned()) & MASK;
        let multiple = lifted - off.cast_signed();
        sum = (sum + i128::from(multiple) * i128::from(p[0])) >> BITS;
        for i in 1..5 {
            sum += dot(row, d[i], e[i]) + i128::from(multiple) * i128::from(p[i]);
            out[i - 1] = low(sum);
            sum >>= BITS;
        }
        out[4] = high(sum);
        out
    })
}

/// Words as limbs.
const fn limbs(w: Words) -> Limbs {
    [
        (w[0] & MASK).cast_signed(),
        ((w[0] >> 62 | w[1] << 2) & MASK).cast_signed(),
        ((w[1] >> 60 | w[2] << 4) & MASK).cast_signed(),
        ((w[2] >> 58 | w[3] << 6) & MASK).cast_signed(),
        (w[3] >> 56).cast_signed(),
    ]
}

/// The least representative of `d`, between -2 p and p, or of `-d` where `sign` is -1.
fn words<M: Modulus>(d: Limbs, sign: i64) -> Words {
    // Two's complement of 256 bits, where |d| < 2^255.
    let [l0, l1, l2, l3, l4] = d.map(i64::cast_unsigned);
    let w = [l0 | l1 << 62, l1 >> 2 | l2 << 60, l2 >> 4 | l3 << 58, l3 >> 6 | l4 << 56];
    let mask = sign.cast_unsigned();
    let masked = |w: Words, mask: u64| w.map(|word| word & mask);
    // -w is its complement plus one.
    let w = add(w.map(|word| word ^ mask), masked([1, 0, 0, 0], mask));
    // Between -2 p and 2 p: p twice to what is negative, then taken away once.
    let negative = |w: Words| (w[3].cast_signed() >> 63).cast_unsigned();
    let w = add(w, masked(M::P, negative(w)));
    let w = add(w, masked(M::P, negative(w)));
    let (less, _) = sub(w, M::P);
    add(less, masked(M::P, negative(less)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, UniformRand};
    use ark_std::test_rng;

    #[test]
    fn inverses_are_those_of_arkworks() {
        let mut values = vec![Fq::ONE, -Fq::ONE, Fq::from(2), -Fq::from(2), Fq::from(u64::MAX)];
        // Words of zeros and ones, as they lie in memory.
        for bit in 0..253 {
            let power = BigInt(core::array::from_fn(|i| if i == bit / 64 { 1 << (bit % 64) } else { 0 }));
            values.extend([Fq::new_unchecked(power), -Fq::new_unchecked(power)]);
        }
        let mut rng = test_rng();
        values.extend((0..2000).map(|_| Fq::rand(&mut rng)));
        for x in &values {
            assert_eq!(Some(x.inverted()), x.inverse(), "{x}");
        }
        for pair in values.windows(2) {
            let x = Fq2::new(pair[0], pair[1]);
            assert_eq!(Some(x.inverted()), x.inverse(), "{x}");
        }
        assert_eq!(Fq::ZERO.inverted(), Fq::ZERO);
    }
}
