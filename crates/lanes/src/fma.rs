//! Field multiplication out of fused multiply-add on doubles.
//!
//! An element is five limbs of 51 bits, each a double that holds an integer. The exact product of two limbs comes in two halves,
//! after [Emmart, Zheng, Weems: Faster modular exponentiation using double precision floating point arithmetic on the GPU,
//! ARITH 2018], here for rounding to nearest: with `|a b| <= 2^102`,
//!
//! ```text
//! hi = fma(a, b, 3 * 2^102)                      its raw bits: bits(3 * 2^102) + round(a b / 2^51)
//! lo = fma(a, b, 3 * 2^102 + 3 * 2^51 - hi)      its raw bits: bits(3 * 2^51) + (a b - 2^51 round(a b / 2^51))
//! ```
//!
//! so that columns are summed as integers, on raw bits; what the offsets add up to is subtracted in advance ([`COLUMNS`]).
//! Of the ten columns of a product the three lowest are multiplied by `2^(51 k - 153) mod p` and added to those above,
//! all at once; two Montgomery steps are left. R is 2^255. Limbs come out balanced, in `[-2^50, 2^50)`.
//!
//! Bounds, with p < 2^253.6: a product of values of at most `x p` and `y p` is at most `(0.379 x y + 0.51) p` in absolute
//! value. Stored words are in `[0, 1.6 p)`.

use crate::{
    doubles::Doubles,
    engine::{Engine, Job},
    modulus::{Modulus, Words, bits, power_of_two},
};

/// Bits of a limb.
const BITS: i32 = 51;
const LIMBS: usize = 5;
/// 2^51 - 1.
const MASK: u64 = (1 << BITS) - 1;
/// 3 * 2^102, and its raw bits: doubles around it are multiples of 2^51.
const HIGH: f64 = 3.0 * pow2(102);
/// 3 * 2^51: doubles around it are integers.
const LOW: f64 = 3.0 * pow2(51);
/// What a low half is added to.
const BOTH: f64 = HIGH + LOW;
/// Added to columns so that they are positive and can be shifted without a sign.
const BIAS: u64 = 1 << 60;
/// Added to columns so that cutting bits off rounds to nearest.
const HALF: u64 = 1 << (BITS - 1);
/// What the bias of one column carries into the next.
const BIAS_CARRY: u64 = BIAS >> BITS;
/// Exponent of 2^52, which makes a double of an integer below 2^52.
const EXPONENT: f64 = pow2(52);

const fn pow2(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

/// What the columns of a product start with: minus the offsets of all halves that will be added, and the biases.
const COLUMNS: [u64; 10] = {
    let mut low = [0u64; 10];
    let mut high = [0u64; 10];
    let mut i = 0;
    while i < LIMBS {
        let mut j = 0;
        while j < LIMBS {
            low[i + j] += 1;
            high[i + j + 1] += 1;
            j += 1;
        }
        // Three folds and the first step begin at column 3, the second step at column 4.
        low[3 + i] += 4;
        high[4 + i] += 4;
        low[4 + i] += 1;
        high[5 + i] += 1;
        i += 1;
    }
    let mut columns = [0u64; 10];
    let mut k = 0;
    while k < 10 {
        let offsets =
            low[k].wrapping_mul(LOW.to_bits()).wrapping_add(high[k].wrapping_mul(HIGH.to_bits()));
        // The last column becomes a double as it is.
        let start = if k == 9 { LOW.to_bits() } else { BIAS + HALF };
        let carried = if k == 0 { 0 } else { BIAS_CARRY };
        columns[k] = start.wrapping_sub(carried).wrapping_sub(offsets);
        k += 1;
    }
    columns
};

/// A modulus in limbs.
struct Limbs<M>(M);

impl<M: Modulus> Limbs<M> {
    /// The modulus.
    const P: [f64; LIMBS] = balanced(M::P);
    /// `-1 / p mod 2^51`, balanced.
    const NEGATIVE_INVERSE: f64 = {
        let inverse = crate::modulus::negative_inverse(M::P[0]) & MASK;
        signed(if inverse > MASK / 2 { inverse.wrapping_sub(MASK + 1) } else { inverse })
    };
    /// `2^(51 k - 153) mod p` for k = 0, 1, 2.
    const FOLD: [[f64; LIMBS]; 3] = [
        balanced(power_of_two(-3 * BITS, M::P)),
        balanced(power_of_two(-2 * BITS, M::P)),
        balanced(power_of_two(-BITS, M::P)),
    ];
    /// One over the modulus in units of its top limb.
    const TOP_INVERSE: f64 = 1.0 / (M::P[3] >> 12) as f64;
}

/// `value < 2^255` in balanced limbs.
const fn balanced(value: Words) -> [f64; LIMBS] {
    let mut limbs = [0.0; LIMBS];
    let mut carry = 0;
    let mut i = 0;
    while i < LIMBS {
        let mut limb = bits(value, 51 * i, 51) + carry;
        carry = 0;
        if limb >= HALF && i + 1 < LIMBS {
            limb = limb.wrapping_sub(MASK + 1);
            carry = 1;
        }
        limbs[i] = signed(limb);
        i += 1;
    }
    limbs
}

#[allow(clippy::cast_possible_wrap, clippy::cast_precision_loss)]
const fn signed(value: u64) -> f64 {
    value as i64 as f64
}

/// [`Engine`] over [`Doubles`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fma<D>(pub(crate) D);

type Fe<D> = [<D as Doubles>::V; LIMBS];
type Columns<D> = [<D as Doubles>::V; 10];

impl<D: Doubles> Fma<D> {
    #[inline(always)]
    fn columns(self) -> Columns<D> {
        core::array::from_fn(|k| self.0.splat_bits(COLUMNS[k]))
    }

    /// Adds `a b` to the columns `at` and `at + 1`.
    #[inline(always)]
    fn accumulate(self, columns: &mut Columns<D>, at: usize, a: D::V, b: D::V) {
        let s = self.0;
        let hi = s.fma(a, b, s.splat(HIGH));
        let lo = s.fma(a, b, s.sub(s.splat(BOTH), hi));
        columns[at] = s.add_bits(columns[at], lo);
        columns[at + 1] = s.add_bits(columns[at + 1], hi);
    }

    #[inline(always)]
    fn accumulate_product(self, columns: &mut Columns<D>, a: &Fe<D>, b: &Fe<D>) {
        for i in 0..LIMBS {
            for j in 0..LIMBS {
                self.accumulate(columns, i + j, a[i], b[j]);
            }
        }
    }

    /// The low 51 bits of a column, balanced, as a double.
    #[inline(always)]
    fn limb(self, column: D::V) -> D::V {
        let s = self.0;
        #[allow(clippy::cast_precision_loss)]
        let offset = EXPONENT + HALF as f64;
        let low = s.and(column, s.splat_bits(MASK));
        s.sub(s.or(low, s.splat(EXPONENT)), s.splat(offset))
    }

    #[inline(always)]
    fn carry(self, columns: &mut Columns<D>, from: usize) {
        columns[from + 1] = self.0.add_bits(columns[from + 1], self.0.shr::<BITS>(columns[from]));
    }

    /// The columns' value over R.
    #[inline(always)]
    fn reduce_columns<M: Modulus>(self, mut columns: Columns<D>) -> Fe<D> {
        let s = self.0;
        self.carry(&mut columns, 0);
        self.carry(&mut columns, 1);
        self.carry(&mut columns, 2);
        for k in 0..3 {
            let limb = self.limb(columns[k]);
            for j in 0..LIMBS {
                self.accumulate(&mut columns, 3 + j, limb, s.splat(Limbs::<M>::FOLD[k][j]));
            }
        }
        for k in 3..5 {
            let limb = self.limb(columns[k]);
            let inverse = s.splat(Limbs::<M>::NEGATIVE_INVERSE);
            let hi = s.fma(limb, inverse, s.splat(HIGH));
            let lo = s.fma(limb, inverse, s.sub(s.splat(BOTH), hi));
            let quotient = s.sub(lo, s.splat(LOW));
            for j in 0..LIMBS {
                self.accumulate(&mut columns, k + j, quotient, s.splat(Limbs::<M>::P[j]));
            }
            self.carry(&mut columns, k);
        }
        for k in 5..9 {
            self.carry(&mut columns, k);
        }
        let top = s.sub(columns[9], s.splat(LOW));
        [
            self.limb(columns[5]),
            self.limb(columns[6]),
            self.limb(columns[7]),
            self.limb(columns[8]),
            top,
        ]
    }

    /// One pass of carries, all limbs at once, for limbs of at most 2^53 and a top limb of any size: all but the top one
    /// come out at most 2^50 + 4.
    #[inline(always)]
    fn tidy(self, a: Fe<D>) -> Fe<D> {
        let s = self.0;
        let high = s.splat(HIGH);
        let scale = s.splat(1.0 / pow2(51));
        let carries: [D::V; 4] = core::array::from_fn(|i| s.sub(s.add(a[i], high), high));
        core::array::from_fn(|i| {
            let kept = if i < 4 { s.sub(a[i], carries[i]) } else { a[i] };
            if i > 0 { s.fma(carries[i - 1], scale, kept) } else { kept }
        })
    }
}

impl<D: Doubles> Engine for Fma<D>
where
    Fma<D>: Enter,
{
    const WIDTH: usize = D::WIDTH;
    const RADIX_BITS: i32 = 255;
    type Fe = Fe<D>;

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Output {
        self.enter(job)
    }

    #[inline(always)]
    fn load<'a>(self, at: impl Fn(usize) -> &'a [u64; 4]) -> Fe<D> {
        let s = self.0;
        let [w0, w1, w2, w3] = s.load(at);
        let mask = s.splat_bits(MASK);
        let limbs = [
            s.and(w0, mask),
            s.and(s.or(s.shr::<51>(w0), s.shl::<13>(w1)), mask),
            s.and(s.or(s.shr::<38>(w1), s.shl::<26>(w2)), mask),
            s.and(s.or(s.shr::<25>(w2), s.shl::<39>(w3)), mask),
            s.shr::<12>(w3),
        ];
        let exponent = s.splat(EXPONENT);
        limbs.map(
            #[inline(always)]
            |limb| s.sub(s.or(limb, exponent), exponent),
        )
    }

    #[inline(always)]
    fn store<M: Modulus>(self, reduced: Fe<D>, put: impl FnMut(usize, [u64; 4])) {
        let s = self.0;
        // Limb plus that of p plus 2^51, as an integer: positive. What the 2^51 carries is taken back in the next.
        let mut carry = None;
        let mut words = [s.splat_bits(0); LIMBS];
        for i in 0..LIMBS {
            let integer = s.add(reduced[i], s.splat(LOW + Limbs::<M>::P[i]));
            let taken = if i == 0 { 0 } else { 1 };
            // The raw bits of LOW are its exponent and 2^51.
            let kept = if i < 4 { MASK + 1 } else { 0 };
            let mut integer = s.sub_bits(integer, s.splat_bits(LOW.to_bits() - kept + taken));
            if let Some(carry) = carry {
                integer = s.add_bits(integer, carry);
            }
            carry = Some(s.shr::<BITS>(integer));
            words[i] = if i < 4 { s.and(integer, s.splat_bits(MASK)) } else { integer };
        }
        let [l0, l1, l2, l3, l4] = words;
        s.store(
            [
                s.or(l0, s.shl::<51>(l1)),
                s.or(s.shr::<13>(l1), s.shl::<38>(l2)),
                s.or(s.shr::<26>(l2), s.shl::<25>(l3)),
                s.or(s.shr::<39>(l3), s.shl::<12>(l4)),
            ],
            put,
        );
    }

    #[inline(always)]
    fn mul<M: Modulus>(self, a: Fe<D>, b: Fe<D>) -> Fe<D> {
        let mut columns = self.columns();
        self.accumulate_product(&mut columns, &a, &b);
        self.reduce_columns::<M>(columns)
    }

    #[inline(always)]
    fn square<M: Modulus>(self, a: Fe<D>) -> Fe<D> {
        self.mul::<M>(a, a)
    }

    #[inline(always)]
    fn mul_complex<M: Modulus>(self, a: [Fe<D>; 2], b: [Fe<D>; 2]) -> [Fe<D>; 2] {
        let (a, b) = (a.map(#[inline(always)] |x| self.tidy(x)), b.map(#[inline(always)] |x| self.tidy(x)));
        let t0 = self.mul::<M>(a[0], b[0]);
        let t1 = self.mul::<M>(a[1], b[1]);
        let sum = self.mul::<M>(self.add::<M>(a[0], a[1]), self.add::<M>(b[0], b[1]));
        [self.sub::<M>(t0, t1), self.sub::<M>(self.sub::<M>(sum, t0), t1)]
    }

    #[inline(always)]
    fn square_complex<M: Modulus>(self, a: [Fe<D>; 2]) -> [Fe<D>; 2] {
        let a = a.map(#[inline(always)] |x| self.tidy(x));
        let real = self.mul::<M>(self.add::<M>(a[0], a[1]), self.sub::<M>(a[0], a[1]));
        let imaginary = self.mul::<M>(self.add::<M>(a[0], a[0]), a[1]);
        [real, imaginary]
    }

    #[inline(always)]
    fn add<M: Modulus>(self, a: Fe<D>, b: Fe<D>) -> Fe<D> {
        core::array::from_fn(|i| self.0.add(a[i], b[i]))
    }

    #[inline(always)]
    fn sub<M: Modulus>(self, a: Fe<D>, b: Fe<D>) -> Fe<D> {
        core::array::from_fn(|i| self.0.sub(a[i], b[i]))
    }

    #[inline(always)]
    fn negate_where<M: Modulus>(self, a: Fe<D>, negative: impl Fn(usize) -> u64) -> Fe<D> {
        let s = self.0;
        let sign = s.and(s.from_lanes(negative), s.splat_bits(1 << 63));
        a.map(
            #[inline(always)]
            |limb| s.xor(limb, sign),
        )
    }

    #[inline(always)]
    fn reduce<M: Modulus>(self, a: Fe<D>) -> Fe<D> {
        let s = self.0;
        let a = self.tidy(a);
        let low = s.splat(LOW);
        let multiple = s.fma(a[4], s.splat(Limbs::<M>::TOP_INVERSE), low);
        let multiple = s.sub(low, multiple);
        self.tidy(core::array::from_fn(|i| s.fma(multiple, s.splat(Limbs::<M>::P[i]), a[i])))
    }
}

/// Runs a job where the instructions of the lanes are enabled.
pub(crate) trait Enter: Sized {
    /// See [`Engine::run`].
    fn enter<J: Job>(self, job: J) -> J::Output;
}

impl Enter for Fma<crate::doubles::Twin> {
    fn enter<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
}
