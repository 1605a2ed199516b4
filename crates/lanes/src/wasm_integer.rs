//! One lane of nine 29-bit limbs, for WASM without fused multiply-add: it has no multiplication of 64 x 64 to 128 bits.
//!
//! A limb is a signed 64-bit integer, so that a column's sum needs no carry before its end. Columns are summed one after the
//! other; of each of the eight lowest the balanced low 29 bits d are taken out and `d (2^-29 mod p)` is added higher up, which
//! needs no multiplication to find d; the ninth goes by a Montgomery step. R is 2^261.
//!
//! Bounds, with p < 2^253.6 and all in absolute value: loaded and tight limbs are at most 2^28, so loose ones are at most 2^29, a
//! column of a complex product at most `2 * 9 * 2^57` and with all folds below 2^62. A product of values of at most `x p` and
//! `y p` is at most `(0.006 x y + 1.01) p`. What `reduce` gives is at most 0.51 p; in memory it stands plus 2^254, so that words of
//! zeros are no element.

use crate::{
    engine::{Engine, Job},
    modulus::{Modulus, Words, add, bits, negative_inverse, power_of_two, reduce_small, sub},
};

/// Bits of a limb.
const BITS: usize = 29;
const LIMBS: usize = 9;
/// Columns of a product.
const COLUMNS: usize = 2 * LIMBS - 1;
/// What keeps the sign and the low bits of a limb.
const SIGN: usize = 64 - BITS;
/// Added before bits are cut off, so that this rounds to nearest.
const HALF: i64 = 1 << (BITS - 1);

/// Precision of quotients by the modulus: the top limb has less than 28 bits.
const QUOTIENT_BITS: usize = 32;
/// What stored words are shifted by: 2^254.
const OFFSET: Words = [0, 0, 0, 1 << 62];
/// [`OFFSET`] in units of the top limb.
const TOP_OFFSET: i64 = 1 << (254 - BITS * (LIMBS - 1));

/// A modulus in limbs.
struct Limbs<M>(M);

impl<M: Modulus> Limbs<M> {
    /// The modulus.
    const P: [i64; LIMBS] = balanced(M::P);
    /// `2^-29 mod p`.
    const FOLD: [i64; LIMBS] = balanced(power_of_two(-29, M::P));
    /// `-1 / p mod 2^29`, balanced.
    const NEGATIVE_INVERSE: i64 = low(signed(negative_inverse(M::P[0])));
    /// 2^[`QUOTIENT_BITS`] over the modulus in units of its top limb.
    const TOP_INVERSE: i64 = (1 << QUOTIENT_BITS) / signed(M::P[3] >> 40);
}

#[allow(clippy::cast_possible_wrap)]
const fn signed(value: u64) -> i64 {
    value as i64
}
#[allow(clippy::cast_sign_loss)]
const fn unsigned(value: i64) -> u64 {
    value as u64
}

/// The low 29 bits, balanced.
#[inline(always)]
const fn low(value: i64) -> i64 {
    (value << SIGN) >> SIGN
}

/// What is left of a column for the next one when its [`low`] part is taken out.
#[inline(always)]
const fn carry(column: i64) -> i64 {
    column.wrapping_add(HALF) >> BITS
}

/// `value < 2^256` in balanced limbs.
#[inline(always)]
const fn balanced(value: Words) -> [i64; LIMBS] {
    let mut limbs = [0; LIMBS];
    let mut over = 0;
    let mut i = 0;
    while i < LIMBS {
        let limb = signed(bits(value, BITS * i, BITS));
        // The bit that makes this limb negative is what the next one gets.
        limbs[i] = if i + 1 < LIMBS { low(limb) } else { limb } + over;
        over = limb >> (BITS - 1);
        i += 1;
    }
    limbs
}

/// Carries from limb to limb.
#[inline(always)]
fn tidy(a: &mut Fe) {
    let mut over = 0;
    for limb in a.iter_mut().take(LIMBS - 1) {
        let sum = limb.wrapping_add(over);
        *limb = low(sum);
        over = carry(sum);
    }
    a[LIMBS - 1] = a[LIMBS - 1].wrapping_add(over);
}

/// One element at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Integer;

type Fe = [i64; LIMBS];

/// Column `k` of a product.
#[inline(always)]
fn column(a: &Fe, b: &Fe, k: usize) -> i64 {
    let from = k.saturating_sub(LIMBS - 1);
    let mut sum = 0i64;
    for i in from..=k - from {
        sum = sum.wrapping_add(a[i].wrapping_mul(b[k - i]));
    }
    sum
}

/// Column `k` of a square, from the element and its double.
#[inline(always)]
fn square_column(a: &Fe, twice: &Fe, k: usize) -> i64 {
    let from = k.saturating_sub(LIMBS - 1);
    let mut sum = 0i64;
    for i in from..k.div_ceil(2) {
        sum = sum.wrapping_add(twice[i].wrapping_mul(a[k - i]));
    }
    if k.is_multiple_of(2) { sum.wrapping_add(a[k / 2].wrapping_mul(a[k / 2])) } else { sum }
}

/// Columns in rising order, to their value over R.
struct Reduction<M> {
    /// What was taken out of the columns so far.
    digits: Fe,
    over: i64,
    out: Fe,
    modulus: core::marker::PhantomData<M>,
}

impl<M: Modulus> Reduction<M> {
    #[inline(always)]
    fn new() -> Self {
        Self { digits: [0; LIMBS], over: 0, out: [0; LIMBS], modulus: core::marker::PhantomData }
    }

    /// Takes column `k`.
    #[inline(always)]
    fn take(&mut self, k: usize, column: i64) {
        let mut sum = column.wrapping_add(self.over);
        // Digit i of weight i is folded into the columns i + 1 to i + 9.
        for i in k.saturating_sub(LIMBS)..k.min(LIMBS - 1) {
            sum = sum.wrapping_add(self.digits[i].wrapping_mul(Limbs::<M>::FOLD[k - 1 - i]));
        }
        if k + 1 < LIMBS {
            self.digits[k] = low(sum);
        } else if k + 1 == LIMBS {
            let multiple = low(low(sum).wrapping_mul(Limbs::<M>::NEGATIVE_INVERSE));
            sum = sum.wrapping_add(multiple.wrapping_mul(Limbs::<M>::P[0]));
            self.digits[k] = multiple;
        } else {
            sum = sum.wrapping_add(self.digits[LIMBS - 1].wrapping_mul(Limbs::<M>::P[k - (LIMBS - 1)]));
            self.out[k - LIMBS] = low(sum);
        }
        self.over = carry(sum);
    }

    #[inline(always)]
    fn finish(mut self) -> Fe {
        self.out[LIMBS - 1] = self.over;
        self.out
    }
}

/// Calls the body for each column with a constant index: loops over limbs are unrolled.
macro_rules! for_columns {
    ($k:ident => $body:block) => {
        for_columns!(@ $k $body 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    };
    (@ $k:ident $body:block $($index:literal)*) => {
        $({ const _: () = assert!($index < COLUMNS); let $k = $index; $body })*
    };
}

// Products and jobs are functions of their own: compilers, a browser's too, take long over functions that are large, and a call costs
// little beside a product.
impl Engine for Integer {
    const WIDTH: usize = 1;
    const RADIX_BITS: i32 = 261;
    type Fe = Fe;

    #[inline(never)]
    fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }

    #[inline(always)]
    fn load<'a>(self, at: impl Fn(usize) -> &'a Words) -> Fe {
        let mut limbs = balanced(*at(0));
        limbs[LIMBS - 1] -= TOP_OFFSET;
        limbs
    }

    #[inline(always)]
    fn store(self, reduced: Fe, mut put: impl FnMut(usize, Words)) {
        let mut words = [0u64; 4];
        let mut over = 0;
        for (i, limb) in reduced.into_iter().enumerate() {
            let limb = limb + over + if i + 1 < LIMBS { 0 } else { TOP_OFFSET };
            over = limb >> BITS;
            let digit = unsigned(limb) & ((1 << BITS) - 1);
            let (word, shift) = (BITS * i / 64, BITS * i % 64);
            words[word] |= digit << shift;
            if shift > 64 - BITS && word < 3 {
                words[word + 1] |= digit >> (64 - shift);
            }
        }
        put(0, words);
    }

    fn stored<M: Modulus>(canonical: Words) -> Words {
        let (doubled, p) = (add(canonical, canonical), M::P);
        let centred = if sub(p, doubled).1 { sub(canonical, p).0 } else { canonical };
        add(centred, OFFSET)
    }

    fn canonical<M: Modulus>(stored: &Words) -> Words {
        let (value, negative) = sub(*stored, OFFSET);
        reduce_small(if negative { add(value, M::P) } else { value }, M::P)
    }

    #[inline(never)]
    fn mul<M: Modulus>(self, a: Fe, b: Fe) -> Fe {
        let mut sum = Reduction::<M>::new();
        for_columns!(k => { sum.take(k, column(&a, &b, k)) });
        sum.finish()
    }

    #[inline(never)]
    fn square<M: Modulus>(self, a: Fe) -> Fe {
        let twice = a.map(|limb| limb << 1);
        let mut sum = Reduction::<M>::new();
        for_columns!(k => { sum.take(k, square_column(&a, &twice, k)) });
        sum.finish()
    }

    #[inline(never)]
    fn mul_complex<M: Modulus>(self, a: [Fe; 2], b: [Fe; 2]) -> [Fe; 2] {
        let (both_a, both_b) = (self.add::<M>(a[0], a[1]), self.add::<M>(b[0], b[1]));
        let (mut real, mut imaginary) = (Reduction::<M>::new(), Reduction::<M>::new());
        for_columns!(k => {
            let (t0, t1) = (column(&a[0], &b[0], k), column(&a[1], &b[1], k));
            real.take(k, t0.wrapping_sub(t1));
            // The column of the sums may overflow, but not the difference.
            imaginary.take(k, column(&both_a, &both_b, k).wrapping_sub(t0).wrapping_sub(t1));
        });
        [real.finish(), imaginary.finish()]
    }

    #[inline(never)]
    fn square_complex<M: Modulus>(self, a: [Fe; 2]) -> [Fe; 2] {
        let twice = a.map(|a| a.map(|limb| limb << 1));
        let (mut real, mut imaginary) = (Reduction::<M>::new(), Reduction::<M>::new());
        for_columns!(k => {
            let t0 = square_column(&a[0], &twice[0], k);
            real.take(k, t0.wrapping_sub(square_column(&a[1], &twice[1], k)));
            imaginary.take(k, column(&twice[0], &a[1], k));
        });
        [real.finish(), imaginary.finish()]
    }

    #[inline(always)]
    fn add<M: Modulus>(self, a: Fe, b: Fe) -> Fe {
        core::array::from_fn(
            #[inline(always)]
            |i| a[i].wrapping_add(b[i]),
        )
    }

    #[inline(always)]
    fn sub<M: Modulus>(self, a: Fe, b: Fe) -> Fe {
        core::array::from_fn(
            #[inline(always)]
            |i| a[i].wrapping_sub(b[i]),
        )
    }

    #[inline(always)]
    fn negate_where<M: Modulus>(self, a: Fe, negative: impl Fn(usize) -> u64) -> Fe {
        let sign = signed(negative(0));
        a.map(|limb| (limb ^ sign).wrapping_sub(sign))
    }

    #[inline(always)]
    fn reduce<M: Modulus>(self, mut a: Fe) -> Fe {
        tidy(&mut a);
        let scaled = a[LIMBS - 1].wrapping_mul(Limbs::<M>::TOP_INVERSE);
        let quotient = scaled.wrapping_add(1 << (QUOTIENT_BITS - 1)) >> QUOTIENT_BITS;
        for (limb, p) in a.iter_mut().zip(Limbs::<M>::P) {
            *limb = limb.wrapping_sub(quotient.wrapping_mul(p));
        }
        tidy(&mut a);
        a
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        modulus::Base,
        stored::{from_ark, to_ark},
    };
    use ark_bn254::{Fq, Fq2};
    use ark_ff::{AdditiveGroup, Field};

    fn load(x: &Fq) -> Fe {
        let words = from_ark::<Integer, Base>(x);
        Integer.load(|_| &words)
    }

    fn value(a: Fe) -> Fq {
        let mut words = [0; 4];
        Integer.store(Integer.reduce::<Base>(a), |_, lane| words = lane);
        assert_ne!(words, [0; 4]);
        to_ark::<Integer, Base>(&words)
    }

    #[test]
    fn everything_is_as_in_arkworks() {
        let (e, half) = (Integer, Fq::from(2).inverse().unwrap());
        let mut values = vec![Fq::ZERO, Fq::ONE, -Fq::ONE, half, -half];
        for i in 0..60 {
            let last = values[values.len() - 1];
            values.push(last.square() + Fq::from(i));
            values.push(Fq::from(2).pow([29 * i]) - Fq::from(i % 2));
        }
        for v in values.windows(4) {
            let [a, b, c, d] = [load(&v[0]), load(&v[1]), load(&v[2]), load(&v[3])];
            assert_eq!(value(a), v[0]);
            assert_eq!(value(e.mul::<Base>(a, b)), v[0] * v[1]);
            assert_eq!(value(e.square::<Base>(a)), v[0].square());
            let (sum, difference) = (e.add::<Base>(a, b), e.sub::<Base>(c, d));
            assert_eq!(value(e.mul::<Base>(sum, difference)), (v[0] + v[1]) * (v[2] - v[3]));
            assert_eq!(value(e.sub::<Base>(difference, a)), v[2] - v[3] - v[0]);
            assert_eq!(value(e.negate_where::<Base>(a, |_| u64::MAX)), -v[0]);
            assert_eq!(value(e.negate_where::<Base>(a, |_| 0)), v[0]);
            let (x, y) = (Fq2::new(v[0], v[1]), Fq2::new(v[2], v[3]));
            let complex = |[c0, c1]: [Fe; 2]| Fq2::new(value(c0), value(c1));
            assert_eq!(complex(e.mul_complex::<Base>([a, b], [c, d])), x * y);
            assert_eq!(complex(e.square_complex::<Base>([a, b])), x.square());
        }
    }
}
