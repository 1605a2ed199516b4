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
//! so that columns are summed as integers, on raw bits; what the offsets add up to is subtracted in advance ([`columns`]).
//! Of the ten columns of a product the three lowest are multiplied by `2^(51 k - 153) mod p` and added to those above,
//! all at once; two Montgomery steps are left. R is 2^255. Limbs come out balanced, in `[-2^50, 2^50)`.
//!
//! Bounds, with p < 2^253.6 and all in absolute value: a sum of products of values that adds up to at most `x p^2` is reduced
//! to at most `(0.379 x + 0.51) p`, and the top limb of that must stay below 2^51, so that x is at most 5. Elements of the
//! quadratic extension are centred once more, to 0.51 p, on the way out of the columns.
//!
//! | value | limbs | of p |
//! | --- | --- | --- |
//! | loaded | 2^50 | 0.51 |
//! | tight | 2^50, from `reduce` 2^50 + 4 | 0.9 |
//! | loose | 2^51 + 4 | 1.9 |
//!
//! In memory all limbs are shifted by 2^50 into `[0, 2^51)` and packed into 255 bits: words of zeros are no element.

use crate::{
    doubles::Doubles,
    engine::{Engine, Job},
    modulus::{Modulus, Words, bits, centred, power_of_two, uncentred},
};

/// Bits of a limb.
pub(crate) const BITS: i32 = 51;
pub(crate) const LIMBS: usize = 5;
/// 2^51 - 1.
pub(crate) const MASK: u64 = (1 << BITS) - 1;
/// 3 * 2^102, and its raw bits: doubles around it are multiples of 2^51.
pub(crate) const HIGH: f64 = 3.0 * pow2(102);
/// 3 * 2^51: doubles around it are integers.
pub(crate) const LOW: f64 = 3.0 * pow2(51);
/// What a low half is added to.
pub(crate) const BOTH: f64 = HIGH + LOW;
/// Added to columns so that they are positive and can be shifted without a sign.
pub(crate) const BIAS: u64 = 1 << 60;
/// Added to columns so that cutting bits off rounds to nearest.
pub(crate) const HALF: u64 = 1 << (BITS - 1);
/// What the bias of one column carries into the next.
pub(crate) const BIAS_CARRY: u64 = BIAS >> BITS;
/// Exponent of 2^52, which makes a double of an integer below 2^52.
pub(crate) const EXPONENT: f64 = pow2(52);

/// What is subtracted from the double of a limb to balance it.
#[allow(clippy::cast_precision_loss)]
pub(crate) const BIAS_LIMB: f64 = EXPONENT + HALF as f64;

const fn pow2(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

/// What the columns of a sum of `products` products start with, or those of a `square`, where mixed terms are added once:
/// minus the offsets of all halves that will be added, and the biases.
const fn columns(products: u64, square: bool) -> [u64; 10] {
    let mut low = [0u64; 10];
    let mut high = [0u64; 10];
    let mut i = 0;
    while i < LIMBS {
        let mut j = if square { i } else { 0 };
        while j < LIMBS {
            low[i + j] += products;
            high[i + j + 1] += products;
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
        let offsets = low[k].wrapping_mul(LOW.to_bits()).wrapping_add(high[k].wrapping_mul(HIGH.to_bits()));
        // The last column becomes a double as it is.
        let start = if k == 9 { LOW.to_bits() } else { BIAS + HALF };
        let carried = if k == 0 { 0 } else { BIAS_CARRY };
        columns[k] = start.wrapping_sub(carried).wrapping_sub(offsets);
        k += 1;
    }
    columns
}

/// For one product.
pub(crate) const ONE: [u64; 10] = columns(1, false);
/// For the sum of two products.
pub(crate) const TWO: [u64; 10] = columns(2, false);
/// For one square.
pub(crate) const SQUARE: [u64; 10] = columns(1, true);

/// What stored words are shifted by: 2^50 in each limb.
const OFFSET: Words = {
    let mut offset = [0u64; 4];
    let mut i = 0;
    while i < LIMBS {
        let bit = 51 * i + 50;
        offset[bit / 64] |= 1 << (bit % 64);
        i += 1;
    }
    offset
};

/// A modulus in limbs.
pub(crate) struct Limbs<M>(M);

impl<M: Modulus> Limbs<M> {
    /// The modulus.
    pub(crate) const P: [f64; LIMBS] = balanced(M::P);
    /// `-1 / p mod 2^51`, balanced.
    pub(crate) const NEGATIVE_INVERSE: f64 = {
        let inverse = crate::modulus::negative_inverse(M::P[0]) & MASK;
        signed(if inverse > MASK / 2 { inverse.wrapping_sub(MASK + 1) } else { inverse })
    };
    /// `2^(51 k - 153) mod p` for k = 0, 1, 2.
    pub(crate) const FOLD: [[f64; LIMBS]; 3] = [
        balanced(power_of_two(-3 * BITS, M::P)),
        balanced(power_of_two(-2 * BITS, M::P)),
        balanced(power_of_two(-BITS, M::P)),
    ];
    /// One over the modulus in units of its top limb.
    pub(crate) const TOP_INVERSE: f64 = 1.0 / (M::P[3] >> 12) as f64;
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

/// An array of five by limb number. Unlike `core::array::from_fn` it never becomes a call, which would leave the vectors'
/// registers and the enabled instructions.
macro_rules! limbs {
    (|$i:ident| $body:expr) => {
        [
            limbs!(@ $i 0 $body),
            limbs!(@ $i 1 $body),
            limbs!(@ $i 2 $body),
            limbs!(@ $i 3 $body),
            limbs!(@ $i 4 $body),
        ]
    };
    (@ $i:ident $n:literal $body:expr) => {{
        const $i: usize = $n;
        $body
    }};
}

/// [`Engine`] over [`Doubles`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fma<D>(pub(crate) D);

pub(crate) type Fe<D> = [<D as Doubles>::V; LIMBS];
type Columns<D> = [<D as Doubles>::V; 10];

impl<D: Doubles> Fma<D> {
    #[inline(always)]
    fn start(self, columns: &[u64; 10]) -> Columns<D> {
        let s = self.0;
        [
            s.splat_bits(columns[0]),
            s.splat_bits(columns[1]),
            s.splat_bits(columns[2]),
            s.splat_bits(columns[3]),
            s.splat_bits(columns[4]),
            s.splat_bits(columns[5]),
            s.splat_bits(columns[6]),
            s.splat_bits(columns[7]),
            s.splat_bits(columns[8]),
            s.splat_bits(columns[9]),
        ]
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

    /// Column by column, so that two columns are at work at a time.
    #[inline(always)]
    fn accumulate_product(self, columns: &mut Columns<D>, a: &Fe<D>, b: &Fe<D>) {
        macro_rules! product {
            ($(($i:literal, $j:literal))*) => { $(self.accumulate(columns, $i + $j, a[$i], b[$j]);)* };
        }
        product! {
            (0, 0)
            (0, 1) (1, 0)
            (0, 2) (1, 1) (2, 0)
            (0, 3) (1, 2) (2, 1) (3, 0)
            (0, 4) (1, 3) (2, 2) (3, 1) (4, 0)
            (1, 4) (2, 3) (3, 2) (4, 1)
            (2, 4) (3, 3) (4, 2)
            (3, 4) (4, 3)
            (4, 4)
        }
    }

    /// [`Self::accumulate_product`] of a value with itself, whose double's limbs are `twice`.
    #[inline(always)]
    fn accumulate_square(self, columns: &mut Columns<D>, a: &Fe<D>, twice: &Fe<D>) {
        macro_rules! product {
            ($(($i:literal, $j:literal))*) => { $(self.accumulate(columns, $i + $j, a[$i], twice[$j]);)* };
            (own $(($i:literal, $j:literal))*) => { $(self.accumulate(columns, $i + $j, a[$i], a[$j]);)* };
        }
        product! { own (0, 0) }
        product! { (0, 1) (0, 2) }
        product! { own (1, 1) }
        product! { (0, 3) (1, 2) (0, 4) (1, 3) }
        product! { own (2, 2) }
        product! { (1, 4) (2, 3) (2, 4) }
        product! { own (3, 3) }
        product! { (3, 4) }
        product! { own (4, 4) }
    }

    /// Adds a limb times a constant to the columns from `at` on.
    #[inline(always)]
    fn accumulate_row(self, columns: &mut Columns<D>, at: usize, limb: D::V, row: &[f64; LIMBS]) {
        let s = self.0;
        self.accumulate(columns, at, limb, s.splat(row[0]));
        self.accumulate(columns, at + 1, limb, s.splat(row[1]));
        self.accumulate(columns, at + 2, limb, s.splat(row[2]));
        self.accumulate(columns, at + 3, limb, s.splat(row[3]));
        self.accumulate(columns, at + 4, limb, s.splat(row[4]));
    }

    /// One Montgomery step: a multiple of p that makes the column a multiple of 2^51, and the column's carry.
    #[inline(always)]
    fn step<M: Modulus>(self, columns: &mut Columns<D>, at: usize) {
        let s = self.0;
        let limb = self.limb(columns[at]);
        let inverse = s.splat(Limbs::<M>::NEGATIVE_INVERSE);
        let hi = s.fma(limb, inverse, s.splat(HIGH));
        let lo = s.fma(limb, inverse, s.sub(s.splat(BOTH), hi));
        self.accumulate_row(columns, at, s.sub(lo, s.splat(LOW)), &Limbs::<M>::P);
        self.carry(columns, at);
    }

    /// The low 51 bits of a column, balanced, as a double.
    #[inline(always)]
    fn limb(self, column: D::V) -> D::V {
        let s = self.0;
        let low = s.and(column, s.splat_bits(MASK));
        s.sub(s.or(low, s.splat(EXPONENT)), s.splat(BIAS_LIMB))
    }

    #[inline(always)]
    fn carry(self, columns: &mut Columns<D>, from: usize) {
        columns[from + 1] = self.0.add_bits(columns[from + 1], self.0.shr::<BITS>(columns[from]));
    }

    /// The columns' value over R; `CENTRED`: at most 0.51 p.
    #[inline(always)]
    fn reduce_columns<M: Modulus, const CENTRED: bool>(self, mut columns: Columns<D>) -> Fe<D> {
        let s = self.0;
        self.carry(&mut columns, 0);
        self.carry(&mut columns, 1);
        self.carry(&mut columns, 2);
        let limbs = [self.limb(columns[0]), self.limb(columns[1]), self.limb(columns[2])];
        self.accumulate_row(&mut columns, 3, limbs[0], &Limbs::<M>::FOLD[0]);
        self.accumulate_row(&mut columns, 3, limbs[1], &Limbs::<M>::FOLD[1]);
        self.accumulate_row(&mut columns, 3, limbs[2], &Limbs::<M>::FOLD[2]);
        self.step::<M>(&mut columns, 3);
        self.step::<M>(&mut columns, 4);
        if CENTRED {
            // What the lower columns carry is too little to matter.
            let top = s.sub(columns[9], s.splat(LOW));
            let multiple = self.multiple::<M>(top);
            let low = s.splat(LOW);
            let offset = s.splat_bits(LOW.to_bits());
            macro_rules! subtract {
                ($($i:literal)*) => {
                    $(
                        let product = s.fma(multiple, s.splat(Limbs::<M>::P[$i]), low);
                        columns[5 + $i] = s.add_bits(columns[5 + $i], s.sub_bits(product, offset));
                    )*
                };
            }
            subtract! { 0 1 2 3 4 }
        }
        self.carry(&mut columns, 5);
        self.carry(&mut columns, 6);
        self.carry(&mut columns, 7);
        self.carry(&mut columns, 8);
        let top = s.sub(columns[9], s.splat(LOW));
        [self.limb(columns[5]), self.limb(columns[6]), self.limb(columns[7]), self.limb(columns[8]), top]
    }

    /// The multiple of p that brings a value with this top limb nearest to zero when it is added.
    #[inline(always)]
    fn multiple<M: Modulus>(self, top: D::V) -> D::V {
        let s = self.0;
        let low = s.splat(LOW);
        s.sub(low, s.fma(top, s.splat(Limbs::<M>::TOP_INVERSE), low))
    }

    /// One pass of carries, all limbs at once, for limbs of at most 2^53 and a top limb of any size: all but the top one
    /// come out at most 2^50 + 4.
    #[inline(always)]
    fn tidy(self, a: Fe<D>) -> Fe<D> {
        let s = self.0;
        let high = s.splat(HIGH);
        let scale = s.splat(1.0 / pow2(51));
        // Of the top limb nothing is carried.
        let c0 = s.sub(s.add(a[0], high), high);
        let c1 = s.sub(s.add(a[1], high), high);
        let c2 = s.sub(s.add(a[2], high), high);
        let c3 = s.sub(s.add(a[3], high), high);
        [
            s.sub(a[0], c0),
            s.fma(c0, scale, s.sub(a[1], c1)),
            s.fma(c1, scale, s.sub(a[2], c2)),
            s.fma(c2, scale, s.sub(a[3], c3)),
            s.fma(c3, scale, a[4]),
        ]
    }

    /// The limbs of stored words.
    #[inline(always)]
    pub(crate) fn limbs_of(self, [w0, w1, w2, w3]: [D::V; 4]) -> Fe<D> {
        let s = self.0;
        let mask = s.splat_bits(MASK);
        let limbs = [
            s.and(w0, mask),
            s.and(s.or(s.shr::<51>(w0), s.shl::<13>(w1)), mask),
            s.and(s.or(s.shr::<38>(w1), s.shl::<26>(w2)), mask),
            s.and(s.or(s.shr::<25>(w2), s.shl::<39>(w3)), mask),
            s.shr::<12>(w3),
        ];
        let exponent = s.splat(EXPONENT);
        let offset = s.splat(BIAS_LIMB);
        limbs!(|I| s.sub(s.or(limbs[I], exponent), offset))
    }

    /// The stored words of a reduced value.
    #[inline(always)]
    pub(crate) fn words_of(self, reduced: Fe<D>) -> [D::V; 4] {
        let s = self.0;
        // Limb plus 2^50 as an integer, plus 2^51 so that it is positive; what that carries is taken back in the next.
        let low = s.splat(LOW);
        let mask = s.splat_bits(MASK);
        const START: u64 = HALF + MASK + 1;
        macro_rules! integer {
            ($i:literal, $plus:expr) => {
                s.add_bits(s.add(reduced[$i], low), s.splat_bits($plus.wrapping_sub(LOW.to_bits())))
            };
        }
        let i0 = integer!(0, START);
        let i1 = s.add_bits(integer!(1, (START - 1)), s.shr::<BITS>(i0));
        let i2 = s.add_bits(integer!(2, (START - 1)), s.shr::<BITS>(i1));
        let i3 = s.add_bits(integer!(3, (START - 1)), s.shr::<BITS>(i2));
        let l4 = s.add_bits(integer!(4, (HALF - 1)), s.shr::<BITS>(i3));
        let (l0, l1, l2, l3) = (s.and(i0, mask), s.and(i1, mask), s.and(i2, mask), s.and(i3, mask));
        [
            s.or(l0, s.shl::<51>(l1)),
            s.or(s.shr::<13>(l1), s.shl::<38>(l2)),
            s.or(s.shr::<26>(l2), s.shl::<25>(l3)),
            s.or(s.shr::<39>(l3), s.shl::<12>(l4)),
        ]
    }
}

impl<D: Products> Engine for Fma<D>
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
    fn prefetch<T: bytemuck::Pod>(self, soon: &T) {
        self.0.prefetch(soon);
    }

    #[inline(always)]
    fn load<'a>(self, at: impl Fn(usize) -> &'a [u64; 4]) -> Fe<D> {
        self.0.limbs(at)
    }

    #[inline(always)]
    fn store(self, reduced: Fe<D>, put: impl FnMut(usize, [u64; 4])) {
        self.0.words(reduced, put);
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn stored<M: Modulus>(canonical: Words) -> Words {
        centred(canonical, M::P, OFFSET)
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn canonical<M: Modulus>(stored: &Words) -> Words {
        uncentred(*stored, M::P, OFFSET)
    }

    #[inline(always)]
    fn mul<M: Modulus>(self, a: Fe<D>, b: Fe<D>) -> Fe<D> {
        self.0.product::<M>(&a, &b)
    }

    #[inline(always)]
    fn square<M: Modulus>(self, a: Fe<D>) -> Fe<D> {
        self.0.square::<M>(&a, &self.add::<M>(a, a))
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn mul_complex<M: Modulus>(self, a: [Fe<D>; 2], b: [Fe<D>; 2]) -> [Fe<D>; 2] {
        let minus = limbs!(|I| self.0.xor(a[1][I], self.0.splat(-0.0)));
        [
            self.0.sum_centred::<M>([&a[0], &b[0]], [&minus, &b[1]]),
            self.0.sum_centred::<M>([&a[0], &b[1]], [&a[1], &b[0]]),
        ]
    }

    #[inline(always)]
    fn square_complex<M: Modulus>(self, a: [Fe<D>; 2]) -> [Fe<D>; 2] {
        [
            self.0.product_centred::<M>(&self.add::<M>(a[0], a[1]), &self.sub::<M>(a[0], a[1])),
            self.0.product_centred::<M>(&self.add::<M>(a[0], a[0]), &a[1]),
        ]
    }

    #[inline(always)]
    fn add<M: Modulus>(self, a: Fe<D>, b: Fe<D>) -> Fe<D> {
        limbs!(|I| self.0.add(a[I], b[I]))
    }

    #[inline(always)]
    fn sub<M: Modulus>(self, a: Fe<D>, b: Fe<D>) -> Fe<D> {
        limbs!(|I| self.0.sub(a[I], b[I]))
    }

    #[inline(always)]
    fn negate_where<M: Modulus>(self, a: Fe<D>, negative: impl Fn(usize) -> u64) -> Fe<D> {
        let s = self.0;
        let sign = s.and(s.lanes(negative), s.splat_bits(1 << 63));
        limbs!(|I| s.xor(a[I], sign))
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn reduce<M: Modulus>(self, a: Fe<D>) -> Fe<D> {
        let s = self.0;
        let a = self.tidy(a);
        let multiple = self.multiple::<M>(a[4]);
        self.tidy(limbs!(|I| s.fma(multiple, s.splat(Limbs::<M>::P[I]), a[I])))
    }
}

/// Products in limbs, and the way from words to limbs and back; an instruction set may have them written out.
pub(crate) trait Products: Doubles {
    /// See [`Engine::load`].
    #[inline(always)]
    fn limbs<'a>(self, at: impl Fn(usize) -> &'a Words) -> Fe<Self> {
        Fma(self).limbs_of(self.load(at))
    }

    /// See [`Engine::store`].
    #[inline(always)]
    fn words(self, reduced: Fe<Self>, put: impl FnMut(usize, Words)) {
        self.store(Fma(self).words_of(reduced), put);
    }

    /// `a b / R`.
    #[inline(always)]
    fn product<M: Modulus>(self, a: &Fe<Self>, b: &Fe<Self>) -> Fe<Self> {
        let mut columns = Fma(self).start(&ONE);
        Fma(self).accumulate_product(&mut columns, a, b);
        Fma(self).reduce_columns::<M, false>(columns)
    }

    /// `a^2 / R`, with `twice = 2 a`.
    #[inline(always)]
    fn square<M: Modulus>(self, a: &Fe<Self>, twice: &Fe<Self>) -> Fe<Self> {
        let mut columns = Fma(self).start(&SQUARE);
        Fma(self).accumulate_square(&mut columns, a, twice);
        Fma(self).reduce_columns::<M, false>(columns)
    }

    /// `a b / R`, centred.
    #[inline(always)]
    fn product_centred<M: Modulus>(self, a: &Fe<Self>, b: &Fe<Self>) -> Fe<Self> {
        let mut columns = Fma(self).start(&ONE);
        Fma(self).accumulate_product(&mut columns, a, b);
        Fma(self).reduce_columns::<M, true>(columns)
    }

    /// `(a b + c d) / R`, centred.
    #[inline(always)]
    fn sum_centred<M: Modulus>(self, [a, b]: [&Fe<Self>; 2], [c, d]: [&Fe<Self>; 2]) -> Fe<Self> {
        let mut columns = Fma(self).start(&TWO);
        Fma(self).accumulate_product(&mut columns, a, b);
        Fma(self).accumulate_product(&mut columns, c, d);
        Fma(self).reduce_columns::<M, true>(columns)
    }
}

impl Products for crate::doubles::Twin {}

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
