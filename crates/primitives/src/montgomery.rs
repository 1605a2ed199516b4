//! Multiplication modulo r without branches and with few reductions: the arithmetic below [`crate::poseidon::hash`] and below products of
//! points with secret scalars.
//!
//! arkworks brings every product below r by a comparison and a conditional subtraction, which compile to branches that
//! depend on the data. Here an element may stay below 2r, which saves the subtraction, and a whole dot product
//! is reduced once. What subtractions are left select by a mask. So the sequence of instructions is the same for
//! all values, and a secret may be hashed.
//!
//! Write rho = r / 2^256 = 0.18905.. (so 2^256 = 5.28 r). Montgomery reduction [Montgomery 1985] takes T to
//! `(T + k r) / 2^256` with `k < 2^256`, that is
//!
//! ```text
//! T < b r^2   =>   reduce(T) < (1 + rho b) r
//! ```
//!
//! For WASM products are functions of their own: without a multiplication of 64 by 64 bits each is large, and the copies for sixteen widths
//! would be a third of a browser's module.
//!
//! Every bound in this module and in `poseidon::permutation` follows from this line. For two factors below 2r: 1.757 r.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "every index is a loop counter below the length of a fixed array"
)]

use crate::{Fr, words::mul_add};
use ark_bn254::FrConfig;
use ark_ff::{BigInt, Field, MontConfig, PrimeField};
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

/// `a b`, as arkworks multiplies; but where that would compute with 128 bits that the target does not have, the product of this module.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
#[must_use]
pub fn product(a: &Fr, b: &Fr) -> Fr {
    if cfg!(target_arch = "wasm32") {
        Element::from_field(a).times(Element::from_field(b)).to_field()
    } else {
        *a * b
    }
}

/// `sum a_i b_i` for at most eight products, computed as [`product`] is.
#[inline]
#[must_use]
pub fn sum_of_products<const N: usize>(a: &[Fr; N], b: &[Fr; N]) -> Fr {
    const { assert!(N <= 8, "a sum of eight is below 2.52 r when it is reduced") };
    if cfg!(target_arch = "wasm32") {
        let factors = a.iter().zip(b);
        let sum = factors
            .fold(Wide::ZERO, |sum, (a, b)| sum.plus_product(Element::from_field(a), Element::from_field(b)));
        sum.reduce().to_field()
    } else {
        Fr::sum_of_products(a, b)
    }
}

/// The modulus r, least significant limb first.
const R: [u64; 4] = Fr::MODULUS.0;
/// 2r.
const TWICE_R: [u64; 4] = doubled(R);
/// `-1/r mod 2^64`.
const NEGATIVE_INVERSE: u64 = <FrConfig as MontConfig<4>>::INV;

const fn doubled(a: [u64; 4]) -> [u64; 4] {
    [a[0] << 1, (a[1] << 1) | (a[0] >> 63), (a[2] << 1) | (a[1] >> 63), (a[3] << 1) | (a[2] >> 63)]
}

/// `a - b` if that is not negative, else `a`.
#[inline(always)]
fn subtract_if_not_less(a: [u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut difference = [0u64; 4];
    let mut borrow = false;
    for i in 0..4 {
        (difference[i], borrow) = a[i].borrowing_sub(b[i], borrow);
    }
    let keep = 0u64.wrapping_sub(u64::from(borrow));
    core::array::from_fn(|i| difference[i] ^ (keep & (difference[i] ^ a[i])))
}

/// An integer below 2^256 that stands for an element of the field, in Montgomery form (times 2^256 modulo r).
///
/// Each function says which bound it needs and which it gives; elements of a table and elements made of a [`Fr`] are
/// below r.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element([u64; 4]);

impl Element {
    /// Zero.
    pub(crate) const ZERO: Self = Self([0; 4]);

    /// Bytes of an element.
    pub(crate) const BYTES: usize = 32;

    /// The limbs, each as its bytes from the least significant on.
    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let (limbs, _) = bytes.as_chunks();
        Self(core::array::from_fn(|limb| u64::from_le_bytes(limbs[limb])))
    }

    /// The element in Montgomery form; below r.
    #[inline(always)]
    pub(crate) const fn from_field(value: &Fr) -> Self {
        Self(value.0.0)
    }

    /// The element's canonical form. Needs a value below 4r.
    #[inline(always)]
    pub(crate) fn to_field(self) -> Fr {
        Fr::new_unchecked(BigInt::new(subtract_if_not_less(self.below_2r().0, &R)))
    }

    /// Brings a value below 4r below 2r.
    #[inline(always)]
    pub(crate) fn below_2r(self) -> Self {
        Self(subtract_if_not_less(self.0, &TWICE_R))
    }

    /// The sum as an integer. Needs a sum below 2^256.
    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        let mut sum = [0u64; 4];
        let mut carry = false;
        for i in 0..4 {
            (sum[i], carry) = self.0[i].carrying_add(other.0[i], carry);
        }
        debug_assert!(!carry, "the bounds keep a sum below 2^256");
        Self(sum)
    }

    /// The sum, below 2r. Needs summands below 2r.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn added(self, other: Self) -> Self {
        self.plus(other).below_2r()
    }

    /// The difference, below 2r. Needs both below 2r.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn subtracted(self, other: Self) -> Self {
        let mut negative = [0u64; 4];
        let mut borrow = false;
        for i in 0..4 {
            (negative[i], borrow) = TWICE_R[i].borrowing_sub(other.0[i], borrow);
        }
        debug_assert!(!borrow, "the bounds keep what is subtracted below 2r");
        self.plus(Self(negative)).below_2r()
    }

    /// The power with a public exponent, at least 2, least significant limb first; below 1.757 r. Needs a value below 2r.
    pub(crate) fn power(self, exponent: &[u64; 4]) -> Self {
        let mut bits =
            exponent.iter().rev().flat_map(|limb| (0..64).rev().map(move |bit| limb >> bit & 1 == 1));
        // From behind the highest bit.
        bits.find(|bit| *bit);
        bits.fold(self, |power, bit| {
            let square = power.times(power);
            if bit { square.times(self) } else { square }
        })
    }

    /// The product, below 1.757 r. Needs factors below 2r.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn times(self, other: Self) -> Self {
        Wide::ZERO.plus_product(self, other).reduce()
    }

    /// `self^5`, below 1.6 r. Needs a value below 2r: `x^2 < 1.757 r, x^4 < 1.584 r, x^5 < (1 + 2 * 1.584 rho) r`.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn power_5(self) -> Self {
        let square = self.times(self);
        self.times(square.times(square))
    }
}

impl Zeroize for Element {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl ConditionallySelectable for Element {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(core::array::from_fn(|i| u64::conditional_select(&a.0[i], &b.0[i], choice)))
    }
}

/// An integer below 2^512: a sum of products that waits for its reduction.
#[derive(Clone, Copy)]
pub(crate) struct Wide([u64; 8]);

impl Wide {
    /// Zero.
    pub(crate) const ZERO: Self = Self([0; 8]);

    /// Starts with a constant that is to be added to the reduced sum. It is below r and carries the factor 2^256
    /// twice, so it enters the low half and adds less than one to the result as an integer.
    #[inline(always)]
    pub(crate) const fn from_constant(twice_montgomery: Element) -> Self {
        let [a, b, c, d] = twice_montgomery.0;
        Self([a, b, c, d, 0, 0, 0, 0])
    }

    /// Adds a product. Needs a sum below 2^512: 13 products of one factor below 2r and one below r fit.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn plus_product(mut self, a: Element, b: Element) -> Self {
        let mut over = false;
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                (self.0[i + j], carry) = mul_add(a.0[i], b.0[j], self.0[i + j], carry);
            }
            (self.0[i + 4], over) = self.0[i + 4].carrying_add(carry, over);
        }
        debug_assert!(!over, "the bounds keep a sum of products below 2^512");
        self
    }

    /// Brings the high half below 2r, by subtracting multiples of `r 2^256`. Needs nothing.
    ///
    /// The high half is below 5.29 r: after one subtraction below 3.29 r, after two below 2r.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn fold(self) -> Self {
        let [a, b, c, d, high @ ..] = self.0;
        let high = subtract_if_not_less(subtract_if_not_less(high, &TWICE_R), &TWICE_R);
        Self([a, b, c, d, high[0], high[1], high[2], high[3]])
    }

    /// `(T + k r) / 2^256`, the Montgomery reduction. Needs T below `4.28 r 2^256`, so that the result is below 2^256.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub(crate) fn reduce(mut self) -> Element {
        let mut over = false;
        for i in 0..4 {
            let k = self.0[i].wrapping_mul(NEGATIVE_INVERSE);
            let mut carry = 0;
            for j in 0..4 {
                (self.0[i + j], carry) = mul_add(k, R[j], self.0[i + j], carry);
            }
            (self.0[i + 4], over) = self.0[i + 4].carrying_add(carry, over);
        }
        debug_assert!(!over, "the bounds keep a reduced value below 2^256");
        let [_, _, _, _, high @ ..] = self.0;
        Element(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    /// The greatest and the least that [`Element`] takes, and some between.
    fn edges() -> Vec<Element> {
        let [low, rest @ ..] = TWICE_R;
        let below_2r = Element([low - 1, rest[0], rest[1], rest[2]]);
        let mut edges = vec![Element::ZERO, Element([1, 0, 0, 0]), Element(R), below_2r];
        edges.extend([Fr::ONE, -Fr::ONE, Fr::from(7u64)].map(|value| Element::from_field(&value)));
        edges
    }

    #[test]
    fn sums_differences_and_products_hold_at_the_edges() {
        for a in edges() {
            for b in edges() {
                let (one, other) = (a.to_field(), b.to_field());
                for (result, expected) in
                    [(a.added(b), one + other), (a.subtracted(b), one - other), (a.times(b), one * other)]
                {
                    assert!(BigInt(result.0) < BigInt(TWICE_R), "{a:?} {b:?}");
                    assert_eq!(result.to_field(), expected, "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn powers_are_those_of_arkworks() {
        for exponent in [[2, 0, 0, 0], [0, 0, 0, 1 << 60], [u64::MAX, 1, 0, 7]] {
            for a in edges() {
                assert_eq!(a.power(&exponent).to_field(), a.to_field().pow(exponent), "{a:?} {exponent:?}");
            }
        }
    }

    #[test]
    fn selection_takes_one_or_the_other() {
        let [a, b, ..] = edges()[..] else { unreachable!("there are more") };
        for (choice, taken) in [(0, a), (1, b)] {
            assert_eq!(Element::conditional_select(&a, &b, Choice::from(choice)), taken);
        }
    }
}
