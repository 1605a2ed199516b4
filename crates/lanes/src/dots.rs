//! Field multiplication out of sums of two products of 16-bit integers, the one product that every SIMD has in full.
//!
//! An element is twenty limbs of 13 bits, signed and balanced, in pairs: limb 2i in the low half of a lane of 32 bits, limb 2i + 1 in
//! its high half. With the limbs of the one factor in such pairs, those of the other in pairs the other way around, at even and at odd
//! places, two products of a column come from one instruction ([`Turned`]).
//!
//! Columns are summed two at a time, from the lowest. Of each of the nineteen lowest the balanced low 13 bits d are taken out and
//! `d (2^-13 mod p)` is added higher up, which needs no multiplication to find d, and two at a time again; the twentieth goes by a
//! Montgomery step. R is 2^260.
//!
//! Bounds, with `p / R < 0.012` and all in absolute value. Limbs:
//!
//! | value | limbs | of p |
//! | --- | --- | --- |
//! | loaded | 2^12 | 0.53, lifted 1 |
//! | tight | 2^12, from `reduce` 2^12 + 4 | 1 |
//! | loose | 2^13 + 8 | 2 |
//!
//! A column of a product is below `20 (2^12 + 4)(2^13 + 8) < 2^29.4`. With a second product in the same column, or two loose factors, which
//! both the extension alone has, and with all folds it is below 2^31. Factors of the extension are added once more for one of three
//! products, whose columns may wrap around; what is left of them when the others are subtracted does not. A sum of products of values that
//! adds up to at most `x p^2` is reduced to at most `(0.012 x + 0.76) p`. `reduce` takes limbs that are below 2^15 even after four times p is
//! taken away, and gives at most 0.53 p.
//!
//! In memory all limbs are shifted by 2^12 into `[0, 2^13)`, the top one by 2^8, and packed into 256 bits: words of zeros are no element.

use crate::{
    engine::{Engine, Job},
    modulus::{Modulus, Words, add, bits, centred, negative_inverse, power_of_two, sub, uncentred},
    shorts::{Shorts, WIDTH},
};
use core::hint::black_box;

/// Bits of a limb.
const BITS: u32 = 13;
const LIMBS: usize = 20;
/// Pairs of limbs.
const PAIRS: usize = LIMBS / 2;
/// What moves the low bits of a limb to the top of a lane.
const TOP: u32 = 32 - BITS;
/// Added before bits are cut off, so that this rounds to nearest.
const HALF: i32 = 1 << (BITS - 1);
/// [`HALF`] in both halves.
const HALVES: i32 = pair(HALF, HALF);
/// The low half of a lane.
const LOW: i32 = 0xffff;

/// Precision of quotients by the modulus.
const QUOTIENT_BITS: u32 = 20;
/// What the top limb is shifted by in memory.
const TOP_OFFSET: i32 = 1 << 8;
/// What stored words are shifted by.
const OFFSET: Words = {
    let mut offset = [0u64; 4];
    let mut i = 0;
    while i < LIMBS {
        let bit = if i + 1 < LIMBS { BITS as usize * (i + 1) - 1 } else { 255 };
        offset[bit / 64] |= 1 << (bit % 64);
        i += 1;
    }
    offset
};

/// Two halves of a lane.
const fn pair(low: i32, high: i32) -> i32 {
    (low & LOW) | high << 16
}

/// The low 13 bits, balanced.
const fn balance(value: i32) -> i32 {
    (value << TOP) >> TOP
}

/// `value < 2^256` in balanced limbs.
#[allow(clippy::cast_possible_truncation)]
const fn balanced(value: Words) -> [i32; LIMBS] {
    let mut limbs = [0; LIMBS];
    let mut over = 0;
    let mut i = 0;
    while i < LIMBS {
        let limb = bits(value, BITS as usize * i, BITS as usize) as i32 + over;
        limbs[i] = if i + 1 < LIMBS { balance(limb) } else { limb };
        over = (limb + HALF) >> BITS;
        i += 1;
    }
    limbs
}

/// What products modulo one prime need.
struct Constants {
    /// `F_2m` and `F_(2m-1)` for m from 0 to 10, F the limbs of `2^-13 mod p`, the nearer to zero.
    fold_even: [i32; PAIRS + 1],
    /// `F_(2m+1)` and `F_2m`.
    fold_odd: [i32; PAIRS],
    /// `F_j` and limb j of the modulus: what the last two digits add.
    last: [i32; LIMBS],
    /// The lowest limb of the modulus.
    lowest: i32,
    /// `-1 / p mod 2^13`, balanced.
    negative_inverse: i32,
    /// Pairs of limbs of the modulus.
    p: [i32; PAIRS],
    /// 2^[`QUOTIENT_BITS`] over the modulus in units of its last limb but one, and in units of its last.
    inverse: i32,
}

/// A modulus in limbs.
struct Limbs<M>(M);

#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
impl<M: Modulus> Limbs<M> {
    const CONSTANTS: &'static Constants = &{
        let p = balanced(M::P);
        let fold = {
            let (fold, mut limbs, mut i) = (power_of_two(-(BITS as i32), M::P), [0; LIMBS], 0);
            let negative = sub(M::P, add(fold, fold)).1;
            let least = balanced(if negative { sub(M::P, fold).0 } else { fold });
            while i < LIMBS {
                limbs[i] = if negative { -least[i] } else { least[i] };
                i += 1;
            }
            limbs
        };
        let (mut fold_even, mut fold_odd) = ([0; PAIRS + 1], [0; PAIRS]);
        let (mut last, mut pairs) = ([0; LIMBS], [0; PAIRS]);
        let mut m = 0;
        while m <= PAIRS {
            let above = if m < PAIRS { fold[2 * m] } else { 0 };
            fold_even[m] = pair(above, if m > 0 { fold[2 * m - 1] } else { 0 });
            if m < PAIRS {
                fold_odd[m] = pair(fold[2 * m + 1], fold[2 * m]);
                pairs[m] = pair(p[2 * m], p[2 * m + 1]);
            }
            m += 1;
        }
        let mut j = 0;
        while j < LIMBS {
            last[j] = pair(fold[j], p[j]);
            // Sums of four values less four times p stay below 2^15, as `reduce` wants it.
            assert!(p[j].abs() < HALF - 64);
            j += 1;
        }
        // The modulus in units of limb 18, times 2^12.
        let unit = bits(M::P, 222, 34);
        let inverse = (1u64 << (QUOTIENT_BITS + 12)) / unit;
        let top = (1u64 << (QUOTIENT_BITS + 12 + BITS)) / unit;
        assert!(top < 1 << 15);
        Constants {
            fold_even,
            fold_odd,
            last,
            lowest: pair(p[0], 0),
            negative_inverse: pair(balance(negative_inverse(M::P[0]) as i32), 0),
            p: pairs,
            inverse: pair(inverse as i32, top as i32),
        }
    };

    /// Where the constants are, which the compiler must not know: compilers in browsers make a constant anew, by several instructions, each
    /// time it is used, but read a value from memory by one.
    #[inline(always)]
    fn constants() -> &'static Constants {
        black_box(Self::CONSTANTS)
    }
}

/// [`Engine`] over [`Shorts`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dots<S>(pub(crate) S);

/// Limbs in pairs.
type Fe<S> = [<S as Shorts>::V; PAIRS];

/// An array by number. Unlike `core::array::from_fn` it never becomes a call.
macro_rules! array {
    (|$i:ident| $body:expr) => {
        array!(@ $i $body; 0 1 2 3 4 5 6 7 8 9)
    };
    (@ $i:ident $body:expr; $($n:literal)*) => {
        [$({ const $i: usize = $n; $body }),*]
    };
}

/// A factor as the other one meets it: pairs with the higher limb in the low half.
struct Turned<S: Shorts> {
    /// Limbs 2m and 2m - 1, for m from 0 to 10.
    even: [S::V; PAIRS + 1],
    /// Limbs 2m + 1 and 2m.
    odd: [S::V; PAIRS],
}

impl<S: Shorts> Turned<S> {
    #[inline(always)]
    fn new(s: S, b: &Fe<S>) -> Self {
        // Its low half and its high half, each where the other was.
        let down = array!(|I| s.shr::<16>(b[I]));
        let up = array!(|I| s.shl::<16>(b[I]));
        let (low, high) = (s.splat(LOW), s.splat(!LOW));
        let above = |m: usize| s.and(b[m], low);
        let below = |m: usize| s.and(b[m], high);
        let even = [
            above(0),
            s.or(above(1), below(0)),
            s.or(above(2), below(1)),
            s.or(above(3), below(2)),
            s.or(above(4), below(3)),
            s.or(above(5), below(4)),
            s.or(above(6), below(5)),
            s.or(above(7), below(6)),
            s.or(above(8), below(7)),
            s.or(above(9), below(8)),
            below(9),
        ];
        Self { even, odd: array!(|I| s.or(down[I], up[I])) }
    }

    /// Columns 2c and 2c + 1 of the product with `a`.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // Compilers unroll what counts.
    fn columns(&self, s: S, a: &Fe<S>, c: usize) -> [S::V; 2] {
        let from = c.saturating_sub(PAIRS);
        let mut even = s.dot(a[from], self.even[c - from]);
        let mut odd = if c - from < PAIRS { s.dot(a[from], self.odd[c - from]) } else { s.splat(0) };
        for i in from + 1..PAIRS.min(c + 1) {
            even = s.add(even, s.dot(a[i], self.even[c - i]));
            if c - i < PAIRS {
                odd = s.add(odd, s.dot(a[i], self.odd[c - i]));
            }
        }
        [even, odd]
    }
}

/// Columns in rising order, to their value over R.
struct Reduction<S: Shorts> {
    lanes: S,
    constants: &'static Constants,
    /// What was taken out of the columns so far.
    digits: Fe<S>,
    over: S::V,
    out: Fe<S>,
}

impl<S: Shorts> Reduction<S> {
    #[inline(always)]
    fn new<M: Modulus>(s: S) -> Self {
        let none = s.splat(0);
        Self {
            lanes: s,
            constants: Limbs::<M>::constants(),
            digits: [none; PAIRS],
            over: none,
            out: [none; PAIRS],
        }
    }

    /// What is left of a column for the next one when its low part is taken out.
    #[inline(always)]
    fn carry(&self, column: S::V) -> S::V {
        self.lanes.sar::<BITS>(self.lanes.add(column, self.lanes.splat(HALF)))
    }

    /// The low 13 bits of a column, balanced.
    #[inline(always)]
    fn low(&self, column: S::V) -> S::V {
        self.lanes.sar::<TOP>(self.lanes.shl::<TOP>(column))
    }

    /// A digit in the low half, below the low bits of a column.
    #[inline(always)]
    fn pair(&self, low: S::V, column: S::V) -> S::V {
        let s = self.lanes;
        // What is shifted out below is nothing.
        let high = s.sar::<{ TOP - 16 }>(s.shl::<TOP>(column));
        s.or(s.and(low, s.splat(LOW)), high)
    }

    /// Adds what digits are folded to, which stand in pairs from `from` to `to`, to columns 2c and 2c + 1.
    #[inline(always)]
    fn fold(&self, [mut even, mut odd]: [S::V; 2], c: usize, from: usize, to: usize) -> [S::V; 2] {
        let (s, k) = (self.lanes, self.constants);
        for i in from..to {
            if c - 1 - i < PAIRS {
                even = s.add(even, s.dot(self.digits[i], s.splat(k.fold_odd[c - 1 - i])));
            }
            odd = s.add(odd, s.dot(self.digits[i], s.splat(k.fold_even[c - i])));
        }
        [even, odd]
    }

    /// Takes columns 2c and 2c + 1.
    #[inline(always)]
    fn take(&mut self, c: usize, [even, odd]: [S::V; 2]) {
        let (s, k) = (self.lanes, self.constants);
        let even = s.add(even, self.over);
        if c < PAIRS {
            let [even, odd] = self.fold([even, odd], c, 0, c);
            let digit = self.low(even);
            let odd = s.add(s.add(odd, self.carry(even)), s.dot(digit, s.splat(k.fold_even[0])));
            if c + 1 < PAIRS {
                self.digits[c] = self.pair(digit, odd);
                self.over = self.carry(odd);
            } else {
                let multiple = s.dot(self.low(odd), s.splat(k.negative_inverse));
                self.digits[c] = self.pair(digit, multiple);
                self.over = s.sar::<BITS>(s.add(odd, s.dot(self.low(multiple), s.splat(k.lowest))));
            }
        } else {
            let [mut even, mut odd] = self.fold([even, odd], c, c - PAIRS, PAIRS - 1);
            // Columns 19 + j.
            let (last, j) = (self.digits[PAIRS - 1], 2 * c + 1 - LIMBS);
            even = s.add(even, s.dot(last, s.splat(k.last[j])));
            if j + 1 < LIMBS {
                odd = s.add(odd, s.dot(last, s.splat(k.last[j + 1])));
            }
            odd = s.add(odd, self.carry(even));
            if j + 1 < LIMBS {
                self.out[c - PAIRS] = self.pair(self.low(even), odd);
                self.over = self.carry(odd);
            } else {
                // The top limb keeps all.
                self.out[c - PAIRS] = s.or(s.and(self.low(even), s.splat(LOW)), s.shl::<16>(odd));
            }
        }
    }
}

/// Calls the body for each two columns with a constant number: loops over limbs are unrolled.
macro_rules! for_columns {
    ($c:ident => $body:block) => {
        for_columns!(@ $c $body 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)
    };
    (@ $c:ident $body:block $($index:literal)*) => {
        $({ const _: () = assert!($index < LIMBS); let $c = $index; $body })*
    };
}

impl<S: Shorts> Dots<S> {
    #[inline(always)]
    fn on_pairs(a: Fe<S>, b: Fe<S>, f: impl Fn(S::V, S::V) -> S::V) -> Fe<S> {
        array!(|I| f(a[I], b[I]))
    }

    /// Carries from each limb to the next, all at once, for halves below 2^15: all but the top one come out at most 2^12 + 4.
    #[inline(always)]
    fn tidy(self, a: Fe<S>) -> Fe<S> {
        let s = self.0;
        // Half of what is added, and no more than a half can hold, before the last bit is cut off.
        let carries = array!(|I| {
            let rounded = s.add_halves(s.sar_halves::<{ BITS - 1 }>(a[I]), s.splat(pair(1, 1)));
            s.sar_halves::<1>(rounded)
        });
        array!(|I| {
            let low = s.sar_halves::<{ 16 - BITS }>(s.shl_halves::<{ 16 - BITS }>(a[I]));
            // Of the top limb nothing is carried.
            let rest =
                if I + 1 < PAIRS { low } else { s.or(s.and(low, s.splat(LOW)), s.and(a[I], s.splat(!LOW))) };
            let within = s.shl::<16>(carries[I]);
            let below = match I.checked_sub(1) {
                Some(below) => s.shr::<16>(carries[below]),
                None => s.splat(0),
            };
            s.add_halves(rest, s.or(within, below))
        })
    }

    /// The limbs of stored words of every lane.
    #[inline(never)]
    fn limbs(self, at: [&Words; WIDTH]) -> Fe<S> {
        self.limbs_of(self.0.load(
            #[inline(always)]
            |lane| at[lane],
        ))
    }

    /// The stored words of every lane of a reduced value.
    #[inline(never)]
    fn words(self, reduced: Fe<S>) -> [Words; WIDTH] {
        let mut words = [Words::default(); WIDTH];
        self.0.store(
            self.words_of(reduced),
            #[inline(always)]
            |lane, own| words[lane] = own,
        );
        words
    }

    /// The limbs of stored words.
    #[inline(always)]
    fn limbs_of(self, words: [S::V; 8]) -> Fe<S> {
        let s = self.0;
        // 26 bits from bit 26 I on.
        macro_rules! bits {
            ($word:literal, $shift:literal) => {
                s.shr::<$shift>(words[$word])
            };
            ($word:literal, $shift:literal, more) => {
                s.or(s.shr::<$shift>(words[$word]), s.shl::<{ 32 - $shift }>(words[$word + 1]))
            };
        }
        let both = [
            words[0],
            bits!(0, 26, more),
            bits!(1, 20, more),
            bits!(2, 14, more),
            bits!(3, 8, more),
            bits!(4, 2),
            bits!(4, 28, more),
            bits!(5, 22, more),
            bits!(6, 16, more),
            bits!(7, 10),
        ];
        const MASK: i32 = (1 << BITS) - 1;
        array!(|I| {
            let low = s.and(both[I], s.splat(MASK));
            let high = s.and(s.shl::<{ 16 - BITS }>(both[I]), s.splat(MASK << 16));
            s.sub_halves(s.or(low, high), s.splat(offset(I)))
        })
    }

    /// The stored words of a reduced value.
    #[inline(always)]
    fn words_of(self, reduced: Fe<S>) -> [S::V; 8] {
        let s = self.0;
        // Pairs as integers, and carries from one to the next.
        let mut over = s.splat(0);
        let both = reduced.map(
            #[inline(always)]
            |pair| s.dot(pair, s.splat(self::pair(1, 1 << BITS))),
        );
        let mut bits = [over; PAIRS];
        for (i, pair) in both.into_iter().enumerate() {
            let offset = offset(i);
            let sum = s.add(s.add(pair, s.splat((offset & LOW) + ((offset >> 16) << BITS))), over);
            bits[i] = s.and(sum, s.splat((1 << (2 * BITS)) - 1));
            over = s.sar::<{ 2 * BITS }>(sum);
        }
        macro_rules! word {
            ($at:literal, $down:literal, $up:literal) => {
                s.or(s.shr::<$down>(bits[$at]), s.shl::<$up>(bits[$at + 1]))
            };
        }
        [
            s.or(bits[0], s.shl::<26>(bits[1])),
            word!(1, 6, 20),
            word!(2, 12, 14),
            word!(3, 18, 8),
            s.or(word!(4, 24, 2), s.shl::<28>(bits[6])),
            word!(6, 4, 22),
            word!(7, 10, 16),
            word!(8, 16, 10),
        ]
    }
}

/// What pair `i` is shifted by in memory.
const fn offset(i: usize) -> i32 {
    if i + 1 < PAIRS { HALVES } else { pair(HALF, TOP_OFFSET) }
}

// Products and what stands between memory and limbs are functions of their own: compilers, a browser's too, take long over functions that
// are large, and a call costs little beside a product.
impl<S: Shorts> Engine for Dots<S> {
    const WIDTH: usize = WIDTH;
    const RADIX_BITS: i32 = 260;
    type Fe = Fe<S>;

    #[inline(never)]
    fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }

    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, soon: &T) {
        self.0.prefetch(soon);
    }

    #[inline(always)]
    fn load<'a>(self, at: impl Fn(usize) -> &'a Words) -> Fe<S> {
        self.limbs([at(0), at(1), at(2), at(3)])
    }

    #[inline(always)]
    fn store(self, reduced: Fe<S>, mut put: impl FnMut(usize, Words)) {
        let [first, second, third, fourth] = self.words(reduced);
        put(0, first);
        put(1, second);
        put(2, third);
        put(3, fourth);
    }

    #[inline(never)]
    fn stored<M: Modulus>(canonical: Words) -> Words {
        centred(canonical, M::P, OFFSET)
    }

    #[inline(always)]
    fn lifted<M: Modulus>(canonical: Words) -> Words {
        add(canonical, OFFSET)
    }

    #[inline(never)]
    fn canonical<M: Modulus>(stored: &Words) -> Words {
        uncentred(*stored, M::P, OFFSET)
    }

    #[inline(never)]
    fn mul<M: Modulus>(self, a: Fe<S>, b: Fe<S>) -> Fe<S> {
        let (b, mut sum) = (Turned::new(self.0, &b), Reduction::new::<M>(self.0));
        for_columns!(c => { sum.take(c, b.columns(self.0, &a, c)) });
        sum.out
    }

    #[inline(always)]
    fn square<M: Modulus>(self, a: Fe<S>) -> Fe<S> {
        self.mul::<M>(a, a)
    }

    #[inline(never)]
    fn mul_complex<M: Modulus>(self, a: [Fe<S>; 2], b: [Fe<S>; 2]) -> [Fe<S>; 2] {
        let s = self.0;
        let both = self.add::<M>(a[0], a[1]);
        let b_both = Turned::new(s, &self.add::<M>(b[0], b[1]));
        let b = [Turned::new(s, &b[0]), Turned::new(s, &b[1])];
        let (mut real, mut imaginary) = (Reduction::new::<M>(s), Reduction::new::<M>(s));
        for_columns!(c => {
            let (t0, t1) = (b[0].columns(s, &a[0], c), b[1].columns(s, &a[1], c));
            real.take(c, [s.sub(t0[0], t1[0]), s.sub(t0[1], t1[1])]);
            let t = b_both.columns(s, &both, c);
            // Columns of the sums may wrap around, the differences are in bounds.
            imaginary.take(c, [s.sub(t[0], s.add(t0[0], t1[0])), s.sub(t[1], s.add(t0[1], t1[1]))]);
        });
        [real.out, imaginary.out]
    }

    #[inline(always)]
    fn square_complex<M: Modulus>(self, a: [Fe<S>; 2]) -> [Fe<S>; 2] {
        [
            self.mul::<M>(self.add::<M>(a[0], a[1]), self.sub::<M>(a[0], a[1])),
            self.mul::<M>(self.add::<M>(a[0], a[0]), a[1]),
        ]
    }

    #[inline(always)]
    fn add<M: Modulus>(self, a: Fe<S>, b: Fe<S>) -> Fe<S> {
        Self::on_pairs(a, b, |a, b| self.0.add_halves(a, b))
    }

    #[inline(always)]
    fn sub<M: Modulus>(self, a: Fe<S>, b: Fe<S>) -> Fe<S> {
        Self::on_pairs(a, b, |a, b| self.0.sub_halves(a, b))
    }

    #[inline(always)]
    fn negate_where<M: Modulus>(self, a: Fe<S>, negative: impl Fn(usize) -> u64) -> Fe<S> {
        let s = self.0;
        let sign = s.lanes(negative);
        Self::on_pairs(a, a, |a, _| s.sub_halves(s.xor(a, sign), sign))
    }

    #[inline(never)]
    fn reduce<M: Modulus>(self, a: Fe<S>) -> Fe<S> {
        let (s, k) = (self.0, Limbs::<M>::constants());
        let scaled = s.dot(a[PAIRS - 1], s.splat(k.inverse));
        let multiple = s.sar::<QUOTIENT_BITS>(s.add(scaled, s.splat(1 << (QUOTIENT_BITS - 1))));
        // In both halves.
        let multiple = s.or(s.and(multiple, s.splat(LOW)), s.shl::<16>(multiple));
        self.tidy(array!(|I| s.sub_halves(a[I], s.mul_halves(multiple, s.splat(k.p[I])))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{modulus::Base, shorts::Twin, stored::to_ark};
    use ark_bn254::{Fq, Fq2};
    use ark_ff::Field;

    type Lanes = Fe<Twin>;

    /// All limbs the same but the top one, in every lane.
    fn all(limb: i32, top: i32) -> Lanes {
        let mut pairs = [[pair(limb, limb); WIDTH]; PAIRS];
        pairs[PAIRS - 1] = [pair(limb, top); WIDTH];
        pairs
    }

    /// What limbs stand for, times R.
    fn element(a: &Lanes) -> Fq {
        let limbs = a.iter().flat_map(|lanes| [(lanes[0] << 16) >> 16, lanes[0] >> 16]);
        let base = Fq::from(1 << BITS);
        limbs.rev().fold(Fq::from(0), |sum, limb| sum * base + Fq::from(limb))
    }

    fn stored(a: Lanes) -> Fq {
        let mut words = Words::default();
        Dots(Twin).store(Dots(Twin).reduce::<Base>(a), |_, lane| words = lane);
        assert_ne!(words, [0; 4]);
        to_ark::<Dots<Twin>, Base>(&words)
    }

    /// Limbs as large as they may be, of either sign, nowhere overflow.
    #[test]
    fn limbs_at_their_bounds() {
        let (e, r) = (Dots(Twin), Fq::from(2).pow([260]));
        let inverse = r.inverse().unwrap();
        let extremes = [(4096, 96), (-4096, -96), (4100, 50), (-4100, -50), (4095, -96), (-4096, 96)];
        for (limb, top) in extremes {
            let (tight, loose) = (all(limb, top), all(2 * limb, 2 * top));
            let (t, l) = (element(&tight), element(&loose));
            assert_eq!(stored(tight), t * inverse);
            for (other, b) in [(tight, t), (loose, l)] {
                let product = e.mul::<Base>(tight, other);
                assert_eq!(element(&product), t * b * inverse);
                // Neither in the columns nor by the carries is more left than stated.
                assert_eq!(element(&e.square::<Base>(product)), (t * b).square() * inverse.pow([3]));
            }
            let negative = e.sub::<Base>(all(0, 0), tight);
            for second in [tight, negative] {
                let (z, w) = (Fq2::new(l, -l), Fq2::new(t, element(&second)));
                let minus = e.sub::<Base>(all(0, 0), loose);
                let complex = |[c0, c1]: [Lanes; 2]| Fq2::new(element(&c0), element(&c1));
                let product = e.mul_complex::<Base>([loose, minus], [tight, second]);
                assert_eq!(complex(product), z * w * Fq2::new(inverse, Fq::from(0)));
                let square = e.square_complex::<Base>([tight, second]);
                assert_eq!(complex(square), w.square() * Fq2::new(inverse, Fq::from(0)));
            }
        }
        for sign in [1, -1] {
            // Four lifted values.
            let four = all(sign * 4 * 4095, sign * 4 * 96);
            assert_eq!(stored(four), element(&four) * inverse);
        }
    }
}
