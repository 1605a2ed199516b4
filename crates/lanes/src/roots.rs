//! Roots of unity for one size, in an engine's form.
//!
//! With `w_k` of order k, level h of the table is `w_2h^-j` for `j < h`. The odd powers of `w_4h`, which the coset asks for, are in
//! level 2h: `w_4h^-(2j + 1)` as it stands, and `w_4h^(2j + 1) = -w_4h^-(2h - 2j - 1)` from its end. So one table of
//! levels 1, 2, 4, .., n serves all transforms of size n.

use crate::{
    engine::{Engine, Job},
    modulus::{Modulus, Scalar, Words, power_of_two, sub},
    stored::from_ark,
};
use ark_bn254::Fr;
use ark_ff::{FftField, Field};

/// Roots of unity and scales for one size.
#[derive(Debug)]
pub(crate) struct Roots {
    /// Level h begins at h.
    table: Vec<Words>,
    /// What turns the coefficients of `a b`, and those of c, into such of the quotient: see [`crate::domain`].
    pub(crate) quotient: [Words; 2],
    /// The same for values of the remainder.
    pub(crate) remainder: [Words; 2],
}

/// Which roots a level takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `w_2h^-j`: from values on the domain.
    Inverse,
    /// `w_4h^-(2j + 1)`: from values on the coset.
    InverseOdd,
    /// `-w_4h^(2j + 1)`: to values on the coset.
    MinusOdd,
}

impl Roots {
    /// Root j of level h.
    #[inline(always)]
    pub(crate) fn at(&self, kind: Kind, h: usize, j: usize) -> &Words {
        match kind {
            Kind::Inverse => &self.table[h + j],
            Kind::InverseOdd => &self.table[2 * h + 2 * j + 1],
            Kind::MinusOdd => &self.table[4 * h - 2 * j - 1],
        }
    }
}

/// Makes [`Roots`] for a size that is a power of two: `None` where the field has no root of twice that order.
pub(crate) struct MakeRoots {
    pub(crate) size: usize,
}

/// Vectors that are multiplied side by side.
const CHAINS: usize = 4;

impl Job for MakeRoots {
    type Output = Option<Roots>;

    #[inline(always)]
    fn run<E: Engine>(self, e: E) -> Option<Roots> {
        let Self { size } = self;
        let root = Fr::get_root_of_unity(u64::try_from(size).ok()?.checked_mul(2)?)?.inverse()?;
        let mut table = vec![[0; 4]; 2 * size];
        let (lower, top) = table.split_at_mut(size);
        let first = powers(root, CHAINS * E::WIDTH);
        let step = from_ark::<E, Scalar>(&first[CHAINS * E::WIDTH]);
        let words: Vec<Words> = first.iter().map(from_ark::<E, Scalar>).collect();
        let step = e.splat(&step);
        let mut chains: [E::Fe; CHAINS] = [step; CHAINS];
        for (k, chain) in chains.iter_mut().enumerate() {
            *chain = e.load(
                #[inline(always)]
                |lane| &words[k * E::WIDTH + lane],
            );
        }
        for start in (0..size).step_by(CHAINS * E::WIDTH) {
            for (k, chain) in chains.iter_mut().enumerate() {
                let from = start + k * E::WIDTH;
                e.store(
                    e.reduce::<Scalar>(*chain),
                    #[inline(always)]
                    |lane, words| {
                        if let Some(place) = top.get_mut(from + lane) {
                            *place = words;
                        }
                    },
                );
                *chain = e.mul::<Scalar>(*chain, step);
            }
        }
        let mut h = 1;
        while h < size {
            for (place, power) in lower[h..2 * h].iter_mut().zip(top.iter().step_by(size / h)) {
                *place = *power;
            }
            h *= 2;
        }
        let [quotient, remainder] = scales::<E>(size);
        Some(Roots { table, quotient, remainder })
    }
}

/// `root^0` to `root^count`.
#[inline(never)]
fn powers(root: Fr, count: usize) -> Vec<Fr> {
    core::iter::successors(Some(Fr::ONE), |power| Some(*power * root)).take(count + 1).collect()
}

/// [`Roots::quotient`] and [`Roots::remainder`].
///
/// Transforms are not scaled, and elements are transformed as arkworks holds them: what an engine takes for `v` is `s v` with
/// `s = 2^256 / R`. From the coset come `n^3 s^2` times the coefficients of `a b`, from the domain `n s` times those of c.
/// On the coset there are `n^2 s^2 a b` and `n s c`. A factor f, as an integer, makes `2^256 v` of `v 2^256 / f`, which is how
/// arkworks holds v. The divisor of the quotient is -2.
///
/// With n and R powers of two all of these are such, but for signs.
#[inline(never)]
fn scales<E: Engine>(size: usize) -> [[Words; 2]; 2] {
    let (k, r) = (size.trailing_zeros().cast_signed(), E::RADIX_BITS);
    let power = |exponent: i32| power_of_two(exponent, Scalar::P);
    let scale = |exponent: i32| E::stored::<Scalar>(power(exponent));
    // Over the divisor, -2.
    let quotient = |exponent: i32| E::stored::<Scalar>(sub(Scalar::P, power(exponent - 1)).0);
    let (product, c) = (2 * r - 256 - 2 * k, r - k);
    [[quotient(product - k), quotient(c)], [scale(product), scale(c)]]
}
