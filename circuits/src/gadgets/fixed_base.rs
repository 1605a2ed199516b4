//! Multiplication of the base point B8 by a secret scalar: 418 constraints.
//!
//! With `H = B8 / 2` (that is `(l + 1) / 2` times B8) and the bits of [`CanonicalScalar`],
//!
//! ```text
//! s B8 = k_0 H + sum_{i < 83} d_i 8^i H
//! d_i = 2 (b_{3i} + 2 b_{3i+1} + 4 b_{3i+2}) - 7              odd, -7..=7: bits 0 to 248
//! k_0 = 2^249 + 1 + 2^250 b_249 - (2^251 + 2) b_250           (2^249 + 1) or (3 2^249 + 1), or their negatives
//! ```
//!
//! because `2 s = 2 + sum 2^{j+1} b_j + 2 W b_250`, `W = l - 1 - 2^250 = -(1 + 2^250) mod l`, and the windows are
//! `2 sum_{j < 249} 2^j b_j - (2^249 - 1)`.
//!
//! **Tables.** Write `t_j = 2 b_j - 1`, so that `t_j^2 = 1`, and index a window by its three signs. Negating a point negates v and
//! keeps u, and negating all three signs negates d. So u is an even and v an odd function of the signs:
//!
//! ```text
//! u = c + c01 t0 t1 + c02 t0 t2 + c12 t1 t2 = c' + (t0 + (c12 / c02) t1) (c01 t1 + c02 t2)      c' = c - c01 c12 / c02
//! v = e0 t0 + e1 t1 + e2 t2 + e3 t0 t1 t2,   c12 t0 t1 t2 = t0 u - c t0 - c01 t1 - c02 t2
//! ```
//!
//! which are one product each. The first table, of k_0, has two signs: u costs one product, v none.
//!
//! **No exception.** Windows are added from 82 down to 0. Addition is incomplete: it must never meet
//! `k = +-d 8^i (mod l)` where `k = k_0 + sum_{j > i} d_j 8^j` is the sum before window i and d = d_i. Suppose
//! `k +- d 8^i = t l`. As `|k| + |d 8^i| <= 3 2^249 + 1 + (2^249 - 1) < 2 l`, t is -1, 0 or 1. Write `k_0 = e + m 2^249` with e = 1 or -1,
//! m odd. All of `m 2^249` and `d_j 8^j`, j > i, are multiples of `8^{i+1}` and d is odd, so `t l - e` is divisible by 2 exactly
//! 3i times. But `0 - e` is odd, `l - 1` is divisible by 2 exactly 4 times, `l + 1` exactly once: only t = 0, i = 0 is left,
//! that is `|k| <= 7` before the last window. There `|k| >= 2^249 + 1 - 7 (8 + .. + 8^82) = 9`, a contradiction. The same count shows
//! that no partial sum and no summand is the identity. (`tests::the_premises_of_no_exception` checks the numbers.)
//! The argument uses only that the bits are bits, so it holds for every satisfying assignment.

use super::{
    boolean::Bit,
    edwards::EdwardsPoint,
    montgomery::{self, MontgomeryPoint},
    num::Num,
    scalar::{BITS, CanonicalScalar},
};
use crate::{constrain, naming::numbered, part};
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use std::sync::LazyLock;
use tabella_primitives::{
    Fr,
    edwards::{Point, Scalar},
};
use zeroize::Zeroizing;

/// Number of three-bit windows.
pub const WINDOWS: usize = 83;

/// `s B8` in EIP-2494 coordinates (x, y); never the identity.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
pub fn mul_base(
    cs: &ConstraintSystemRef<Fr>,
    scalar: &CanonicalScalar,
) -> Result<(Num, Num), SynthesisError> {
    let (windows, top) = scalar.bits().split_at(BITS - 2);
    let [low, high] = top else { return Err(SynthesisError::Unsatisfiable) };
    let first = {
        let _part = part!("first");
        FIRST.select(cs, low, high)?
    };
    let sum = add_windows(cs, first, windows, &TABLES)?;
    let _part = part!("edwards");
    sum.to_edwards(cs)
}

/// Greatest number of bits that [`mul_base_small`] takes; it is a multiple of three, as every number of bits must be.
pub const MAX_SMALL_BITS: usize = 63;

/// `m B8` for an integer m of n = 3 w bits, at most [`MAX_SMALL_BITS`]; the identity for 0. `5 w + 2` constraints, 67 for 39 bits.
///
/// `m B8 = sum_{i < w} d_i 8^i H + (2^n - 1) H`, d_i as in the [module](self). *No exception*: windows are added from w - 1 down to 0. The
/// sum before window i is k H with `k = sum_{j > i} d_j 8^j`, an odd multiple of `8^{i+1}`, so `|k| >= 8^{i+1} > 7 8^i >= |d_i 8^i|`, and all
/// is below `8^w`, far below l: never is `k = +-d_i 8^i` modulo l, nor is a sum the identity. The constant is added in Edwards
/// coordinates, where the identity has its place.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none, [`SynthesisError::Unsatisfiable`] for another number of
/// bits.
pub fn mul_base_small(cs: &ConstraintSystemRef<Fr>, bits: &[Bit]) -> Result<EdwardsPoint, SynthesisError> {
    /// `(8^w - 1) H` for w = 1, 2, ..
    static OFFSETS: LazyLock<Vec<Point>> = LazyLock::new(|| {
        let of_bits = |bits: usize| half_base().mul_vartime(&Scalar::from((1u64 << bits) - 1));
        (3..=MAX_SMALL_BITS).step_by(3).map(of_bits).collect()
    });
    let (windows, rest) = bits.as_chunks::<3>();
    let last =
        windows.len().checked_sub(1).filter(|_| rest.is_empty()).ok_or(SynthesisError::Unsatisfiable)?;
    let offset = OFFSETS.get(last).ok_or(SynthesisError::Unsatisfiable)?;
    let (lower, top) = bits.split_at(3 * last);
    let (tables, top_table) = TABLES.split_at(last);
    let ([b0, b1, b2], [top_table, ..]) = (top, top_table) else { return Err(SynthesisError::Unsatisfiable) };
    let first = {
        let _part = part!("first");
        top_table.select(cs, [b0, b1, b2])?
    };
    let sum = add_windows(cs, first, lower, tables)?;
    let (x, y) = {
        let _part = part!("edwards");
        sum.to_edwards(cs)?
    };
    let _part = part!("offset");
    EdwardsPoint { x, y }.add_constant(offset, cs)
}

/// Adds one entry of each table, from the last to the first; three bits choose each. Five constraints a window,
/// `window/<i>/{entry/{u, v}, sum/{slope, u, v}}`.
///
/// Additions are incomplete: the caller proves that no bits lead to an exception.
pub(super) fn add_windows(
    cs: &ConstraintSystemRef<Fr>,
    first: MontgomeryPoint,
    bits: &[Bit],
    tables: &[Table],
) -> Result<MontgomeryPoint, SynthesisError> {
    let slopes = slopes(&first, bits, tables)?;
    let mut sum = first;
    let _part = part!("window");
    for (i, (bits, table)) in bits.chunks_exact(3).zip(tables).enumerate().rev() {
        let _number = numbered(i).entered();
        let [b0, b1, b2] = bits else { return Err(SynthesisError::Unsatisfiable) };
        let entry = {
            let _part = part!("entry");
            table.select(cs, [b0, b1, b2])?
        };
        let _part = part!("sum");
        let slope = slopes.as_ref().and_then(|slopes| slopes.get(tables.len() - 1 - i)).copied();
        sum = sum.add_by_slope(&entry, slope, cs)?;
    }
    Ok(sum)
}

/// The slopes of all additions in their order, if there is a witness.
fn slopes(
    first: &MontgomeryPoint,
    bits: &[Bit],
    tables: &[Table],
) -> Result<Option<Zeroizing<Vec<Fr>>>, SynthesisError> {
    let sign = |bit: &Bit| bit.num().value().map(|bit| bit.double() - Fr::ONE);
    let entries: Option<Vec<(Fr, Fr)>> = bits
        .chunks_exact(3)
        .zip(tables)
        .rev()
        .map(|(bits, table)| {
            let [b0, b1, b2] = bits else { return None };
            Some(table.entry(sign(b0)?, sign(b1)?, sign(b2)?))
        })
        .collect();
    let (Some(entries), Some(u), Some(v)) = (entries.map(Zeroizing::new), first.u.value(), first.v.value())
    else {
        return Ok(None);
    };
    montgomery::slopes((u, v), &entries).map(Some).ok_or(SynthesisError::DivisionByZero)
}

/// The four values of `k_0 H` as functions of the signs of bits 249 and 250: `u = c + c01 t0 t1`, `v = e0 t0 + e1 t1`.
struct FirstTable {
    c: Fr,
    c01: Fr,
    e: [Fr; 2],
}

static FIRST: LazyLock<FirstTable> = LazyLock::new(|| {
    let half = half_base();
    let power = Scalar::from(2u64).pow([249]);
    let point = |k: Scalar| affine(&half.mul_vartime(&k));
    // Signs (+, +): -(2^249 + 1). Signs (-, +): -(3 2^249 + 1).
    let (u_same, v_same) = point(-(power + Scalar::ONE));
    let (u_other, v_other) = point(-(power + power.double() + Scalar::ONE));
    let half = Fr::from(2u64).inverse().expect("2 is not 0");
    FirstTable {
        c: (u_same + u_other) * half,
        c01: (u_same - u_other) * half,
        e: [(v_same - v_other) * half, (v_same + v_other) * half],
    }
});

impl FirstTable {
    /// The coordinates for two signs.
    fn entry(&self, t0: Fr, t1: Fr) -> (Fr, Fr) {
        let [e0, e1] = self.e;
        (self.c + self.c01 * t0 * t1, e0 * t0 + e1 * t1)
    }

    /// One constraint: `u`.
    fn select(
        &self,
        cs: &ConstraintSystemRef<Fr>,
        low: &Bit,
        high: &Bit,
    ) -> Result<MontgomeryPoint, SynthesisError> {
        let (t0, t1) = (low.sign(), high.sign());
        let right = t1.scaled(self.c01);
        let u = t0.value().zip(t1.value()).map(|(t0, t1)| self.entry(t0, t1).0);
        let u = Num::witness(cs, u)?;
        constrain!(cs, "u", t0.lc(), right.lc(), u.plus(-self.c).lc())?;
        let [e0, e1] = self.e;
        Ok(MontgomeryPoint { u, v: &t0.scaled(e0) + &t1.scaled(e1) })
    }
}

/// The eight values of `d 8^i H` as functions of three signs, in the notation of the [module](self).
pub(super) struct Table {
    c: Fr,
    c01: Fr,
    c02: Fr,
    c12: Fr,
    e: [Fr; 4],
    /// `c12 / c02`.
    ratio: Fr,
    /// `e3 / c12`.
    factor: Fr,
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let mut unit = half_base();
    let eight = Scalar::from(8u64);
    (0..WINDOWS)
        .map(|_| {
            let table = Table::new(&unit);
            unit = unit.mul_vartime(&eight);
            table
        })
        .collect()
});

impl Table {
    /// The table of odd multiples of a point.
    pub(super) fn new(unit: &Point) -> Self {
        Self::of([1, 3, 5, 7].map(|k: u64| affine(&unit.mul_vartime(&Scalar::from(k)))))
    }

    /// The table of four points, those of the digits 1, 3, 5, 7, and their negatives.
    pub(super) fn of(points: [(Fr, Fr); 4]) -> Self {
        // The digit t0 + 2 t1 + 4 t2 with t2 = 1, at (t0, t1) = (-, -), (+, -), (-, +), (+, +).
        let [mm, pm, mp, pp] = points;
        let quarter = Fr::from(4u64).inverse().expect("4 is not 0");
        // Coefficients of 1, t0, t1 and t0 t1 of the function that takes these four values.
        let interpolate = |mm: Fr, pm: Fr, mp: Fr, pp: Fr| {
            [pp + mp + pm + mm, pp - mp + pm - mm, pp + mp - pm - mm, pp - mp - pm + mm]
                .map(|sum| sum * quarter)
        };
        let [c, c02, c12, c01] = interpolate(mm.0, pm.0, mp.0, pp.0);
        let [e2, e0, e1, e3] = interpolate(mm.1, pm.1, mp.1, pp.1);
        let over = |a: Fr, b: Fr| a * b.inverse().expect("not 0 in any table, as a test shows");
        Self { c, c01, c02, c12, e: [e0, e1, e2, e3], ratio: over(c12, c02), factor: over(e3, c12) }
    }

    /// The coordinates for three signs.
    fn entry(&self, t0: Fr, t1: Fr, t2: Fr) -> (Fr, Fr) {
        let (t01, t12) = (t0 * t1, t1 * t2);
        let [e0, e1, e2, e3] = self.e;
        let u = self.c + self.c01 * t01 + self.c02 * t0 * t2 + self.c12 * t12;
        (u, e0 * t0 + e1 * t1 + e2 * t2 + e3 * t01 * t2)
    }

    /// Two constraints: `u`, `v`.
    fn select(
        &self,
        cs: &ConstraintSystemRef<Fr>,
        bits: [&Bit; 3],
    ) -> Result<MontgomeryPoint, SynthesisError> {
        let [t0, t1, t2] = bits.map(Bit::sign);
        let left = &t0 + &t1.scaled(self.ratio);
        let right = &t1.scaled(self.c01) + &t2.scaled(self.c02);
        let constant = self.c - self.c01 * self.ratio;
        let u = product(&left, &right).map(|product| product + constant);
        let u = Num::witness(cs, u)?;
        constrain!(cs, "u", left.lc(), right.lc(), u.plus(-constant).lc())?;

        let [e0, e1, e2, _] = self.e;
        let factor = self.factor;
        let scaled_sign = t0.scaled(factor);
        let linear = &(&t0.scaled(e0 - factor * self.c) + &t1.scaled(e1 - factor * self.c01))
            + &t2.scaled(e2 - factor * self.c02);
        let v = product(&u, &scaled_sign).zip(linear.value()).map(|(product, linear)| product + linear);
        let v = Num::witness(cs, v)?;
        constrain!(cs, "v", u.lc(), scaled_sign.lc(), (&v - &linear).lc())?;
        Ok(MontgomeryPoint { u, v })
    }
}

/// `H = B8 / 2`.
fn half_base() -> Point {
    Point::base().mul_vartime(&Scalar::from(2u64).inverse().expect("2 is not 0"))
}

pub(super) fn affine(point: &Point) -> (Fr, Fr) {
    montgomery::coordinates(point).expect("a multiple of the base point that is not the identity")
}

fn product(a: &Num, b: &Num) -> Option<Fr> {
    a.value().zip(b.value()).map(|(a, b)| a * b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{BigInt, BigInteger, PrimeField};

    #[test]
    fn the_premises_of_no_exception() {
        let l = Scalar::MODULUS;
        let twos = |mut n: BigInt<4>| {
            let mut count = 0;
            while n.is_even() {
                n.div2();
                count += 1;
            }
            count
        };
        let (mut below, mut above) = (l, l);
        below.sub_with_borrow(&BigInt::one());
        above.add_with_carry(&BigInt::one());
        assert_eq!((twos(below), twos(above)), (4, 1));
        // 3 2^249 + 1 + 2^249 - 1 = 2^251 < 2 l.
        assert!(BigInt::one() << 251 < l << 1);
        // 2^249 + 1 - 7 (8 + .. + 8^82) = 2^249 + 1 - (8^83 - 8) = 9.
        assert_eq!(3 * WINDOWS, 249);
    }

    #[test]
    fn tables_take_their_values_and_divide_by_no_zero() {
        let signs = [Fr::ONE, -Fr::ONE];
        let mut unit = half_base();
        for table in TABLES.iter() {
            assert!(table.c02 != Fr::ZERO && table.c12 != Fr::ZERO && table.e[3] != Fr::ZERO);
            for index in 0..8u64 {
                let [t0, t1, t2] = [0, 1, 2].map(|j| signs[usize::from(index >> j & 1 == 0)]);
                let digit = Scalar::from(2 * index) - Scalar::from(7u64);
                let (u, v) = affine(&unit.mul_vartime(&digit));
                assert_eq!(u, table.c + table.c01 * t0 * t1 + table.c02 * t0 * t2 + table.c12 * t1 * t2);
                let [e0, e1, e2, e3] = table.e;
                assert_eq!(v, e0 * t0 + e1 * t1 + e2 * t2 + e3 * t0 * t1 * t2);
            }
            unit = unit.mul_vartime(&Scalar::from(8u64));
        }
        assert_eq!(TABLES.len(), WINDOWS);
    }
}
