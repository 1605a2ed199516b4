//! Scalars split in two by the endomorphism: see [`crate::halves`].

use super::{BITS, Fe, LIMBS, Limbs52, MASK, limbs};
use crate::{
    halves::{A1, B2, LONG_QUOTIENT, SHORT, SHORT_QUOTIENT},
    integers::Integers,
    modulus::{Scalar, Words},
};

/// Limbs of a half, with bits to spare.
const HALF: usize = 3;
/// Bits by which arkworks' Montgomery radix is shorter than that of this engine.
const SHORTER: u32 = 4;

/// The limbs of 128 bits.
const fn limbs_of_half<const N: usize>(value: u128) -> [u64; N] {
    let words: Words = [value as u64, (value >> 64) as u64, 0, 0];
    limbs(words, 0)
}

impl<I: Integers> Limbs52<I> {
    /// The columns of `a b` below the N-th, which are not carried.
    #[inline(always)]
    fn columns_below<const N: usize, const A: usize, const B: usize>(
        self,
        a: &[I::V; A],
        b: &[u64; B],
    ) -> [I::V; N] {
        let s = self.0;
        let mut columns = [s.splat(0); N];
        for (i, a) in a.iter().enumerate() {
            for (j, b) in b.iter().enumerate() {
                if i + j < N {
                    columns[i + j] = s.low(columns[i + j], *a, s.splat(*b));
                }
                if i + j + 1 < N {
                    columns[i + j + 1] = s.high(columns[i + j + 1], *a, s.splat(*b));
                }
            }
        }
        columns
    }

    /// `[k q / 2^260]` in `N - LIMBS` limbs, for columns that are not carried.
    #[inline(always)]
    fn rounded<const N: usize, const Q: usize>(self, k: &Fe<I>, quotient: &[u64; Q]) -> [I::V; N] {
        let s = self.0;
        let mut columns: [I::V; N] = self.columns_below(k, quotient);
        // One half, to round by cutting off.
        columns[LIMBS - 1] = s.add(columns[LIMBS - 1], s.splat(1 << (BITS - 1)));
        for i in 1..N {
            columns[i] = s.add(columns[i], s.shr::<BITS>(columns[i - 1]));
        }
        columns
    }

    /// `a - b - c` in two words, for columns that are not carried.
    #[inline(always)]
    fn rest(self, a: [I::V; HALF], b: [I::V; HALF], c: [I::V; HALF]) -> [I::V; 2] {
        let s = self.0;
        let mut rest = a;
        for i in 0..HALF {
            rest[i] = s.sub(rest[i], s.add(b[i], c[i]));
        }
        for i in 0..HALF - 1 {
            rest[i + 1] = s.add(rest[i + 1], s.sar::<BITS>(rest[i]));
            rest[i] = s.and(rest[i], s.splat(MASK));
        }
        let [low, middle, high] = rest;
        [s.or(low, s.shl::<52>(middle)), s.or(s.shr::<12>(middle), s.shl::<40>(high))]
    }

    /// The words of both halves of scalars that were loaded in arkworks' form.
    #[inline(always)]
    pub(super) fn split(self, loaded: Fe<I>) -> [I::V; 4] {
        let s = self.0;
        // Out of Montgomery form: what is divided by the larger radix is multiplied by what it is too large by. At most 1.1 r.
        let zero = s.splat(0);
        let [x0, x1, x2, x3, x4] = loaded.map(
            #[inline(always)]
            |limb| s.shl::<SHORTER>(limb),
        );
        let k = self.reduce_columns::<Scalar>([x0, x1, x2, x3, x4, zero, zero, zero, zero, zero]);

        let long: [u64; 3] = const { limbs(LONG_QUOTIENT, 0) };
        let short: [u64; 2] = const { limbs(SHORT_QUOTIENT, 0) };
        let [.., c0, c1, c2] = self.rounded::<8, 3>(&k, &long);
        let first = [c0, c1, c2];
        let [.., c0, c1] = self.rounded::<7, 2>(&k, &short);
        let second = [c0, c1];

        let (a1, b2) = const { (limbs_of_half::<HALF>(A1), limbs_of_half::<HALF>(B2)) };
        let short = const { limbs_of_half::<2>(SHORT as u128) };
        let [k0, k1, k2, ..] = k;
        let [low, high] =
            self.rest([k0, k1, k2], self.columns_below(&first, &a1), self.columns_below(&second, &short));
        let other: [I::V; HALF] = self.columns_below(&first, &short);
        let [other_low, other_high] = self.rest(other, self.columns_below(&second, &b2), [zero; HALF]);
        [low, high, other_low, other_high]
    }
}
