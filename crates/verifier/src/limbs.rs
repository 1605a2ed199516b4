//! The base field in limbs of 64 bits, with reduction put off until a sum of products is complete.
//!
//! | type | value | what it is for |
//! | --- | --- | --- |
//! | [`Element`] | in `[0, q)` | what is kept |
//! | [`Sum`] | in `(-64 q, 64 q)` | sums and differences of elements, before [`Sum::settle`] |
//! | [`Wide`] | in `[-2^511, 2^511)` | sums and differences of products, before [`Wide::reduce`] |
//! | [`Wider`] | in `(-63 R q, 63 R q)` | such with small factors |
//!
//! Elements are in Montgomery form with `R = 2^256`, as arkworks', so that conversion costs nothing. `R = 5.29 q`, hence
//! `2^511 = 14 q^2`. Nothing here branches on values: a conditional subtraction that the CPU guesses wrong costs as much as a
//! product. The tests compare with arkworks and with integers of any size.
#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "indices are constants or masked, conversions take words of double words, and every product goes through here"
)]

use ark_bn254::{Fq, FqConfig};
use ark_ff::{BigInt, MontConfig, PrimeField};

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

/// `a + b + carry` and the next carry. (As std's, which is not yet for constants.)
#[inline(always)]
const fn carry_on(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// `a - b - borrow` and the next borrow.
#[inline(always)]
const fn borrow_on(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// `a + b` and whether it wrapped.
#[inline(always)]
const fn add<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    let mut sum = [0; N];
    let mut carry = false;
    let mut i = 0;
    while i < N {
        (sum[i], carry) = carry_on(a[i], b[i], carry);
        i += 1;
    }
    (sum, carry)
}

/// `a - b` and whether it wrapped.
#[inline(always)]
const fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    let mut difference = [0; N];
    let mut borrow = false;
    let mut i = 0;
    while i < N {
        (difference[i], borrow) = borrow_on(a[i], b[i], borrow);
        i += 1;
    }
    (difference, borrow)
}

/// `a b`.
#[inline(always)]
fn row(a: u64, b: &[u64; 4]) -> [u64; 5] {
    let product = |limb: u64| (u128::from(a) * u128::from(limb), u128::from(a) * u128::from(limb) >> 64);
    let [(l0, h0), (l1, h1), (l2, h2), (l3, h3)] = b.map(product);
    let (r1, carry) = carry_on(l1 as u64, h0 as u64, false);
    let (r2, carry) = carry_on(l2 as u64, h1 as u64, carry);
    let (r3, carry) = carry_on(l3 as u64, h2 as u64, carry);
    [l0 as u64, r1, r2, r3, (h3 as u64).wrapping_add(u64::from(carry))]
}

/// `t + a b`, whose top limb holds it because `t < 2^256`.
#[inline(always)]
fn row_plus(t: &[u64; 4], a: u64, b: &[u64; 4]) -> [u64; 5] {
    let [w0, w1, w2, w3, w4] = row(a, b);
    let ([t0, t1, t2, t3], carry) = add(t, &[w0, w1, w2, w3]);
    [t0, t1, t2, t3, w4.wrapping_add(u64::from(carry))]
}

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
    Element(if below { *t } else { difference })
}

/// All ones if the number in two's complement with this top limb is negative, else 0.
#[inline(always)]
const fn sign(top: u64) -> u64 {
    0u64.wrapping_sub(top >> 63)
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
        let mask = 0u64.wrapping_sub(u64::from(below));
        Self(add(&difference, &MODULUS.map(|limb| limb & mask)).0)
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

/// One of so many multiples of q stands on each side of 0.
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

impl Sum {
    #[inline(always)]
    pub(crate) const fn plus(&self, other: &Self) -> Self {
        Self(add(&self.0, &other.0).0)
    }

    #[inline(always)]
    pub(crate) const fn minus(&self, other: &Self) -> Self {
        Self(sub(&self.0, &other.0).0)
    }

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
        subtract_modulus(&sub(&[r0, r1, r2, r3], &MODULI[place as usize]).0)
    }
}

impl Wide {
    #[inline(always)]
    pub(crate) const fn plus(&self, other: &Self) -> Self {
        Self(add(&self.0, &other.0).0)
    }

    #[inline(always)]
    pub(crate) const fn minus(&self, other: &Self) -> Self {
        Self(sub(&self.0, &other.0).0)
    }

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
