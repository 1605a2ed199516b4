//! Field multiplication out of fused multiply-add on integers of 52 bits.
//!
//! An element is five limbs of 52 bits, R is 2^260. The instructions add the low or the high 52 bits of a product of limbs to a
//! column, so that a product takes 25 of each [Gueron, Krasnov: Accelerating big integer arithmetic using Intel IFMA extensions,
//! ARITH 2016]. Columns have twelve bits to spare and are carried once. Of the ten columns the three lowest are multiplied by
//! `2^(52 k - 156) mod p` and added to those above, all at once; two Montgomery steps are left. What a step adds to its own
//! column makes that column a multiple of 2^52 and is at most 2^52 - 1, so that it need not be computed: the carry is the
//! column over 2^52, rounded up. A multiplication thus takes 100 such instructions, a square 80.
//!
//! Columns are signed: they are shifted with their sign, and differences of products become positive by a multiple of p that
//! they start with. R is `84 p`, which leaves room for lazy values: with `a b` below `x p^2`, the outcome is below
//! `(x / 84 + 1.01) p`.
//!
//! | value | limbs | of p |
//! | --- | --- | --- |
//! | loaded, tight | 0 to 2^52 | at most 2 |
//! | loose | 0 to 2^52 | at most 4 |
//! | lazy sums and differences | of either sign, below 2^55 | at most 6, not negative |
//!
//! In memory an element is its value below 2 p in 256 bits.
//!
//! What is reduced, or a product of a loose value by a reduced one, is at most 1.1 p. So four of them, two taken away, are at most
//! 6.2 p, and `reduce` takes what is below 7 p.

use crate::{
    engine::{Engine, Job},
    integers::Integers,
    modulus::{Modulus, Words, bits, power_of_two, reduce_small},
};

mod halves;

const LIMBS: usize = 5;
const COLUMNS: usize = 2 * LIMBS;
/// Bits of a limb.
const BITS: u32 = 52;
const MASK: u64 = (1 << BITS) - 1;

/// The limbs of `value 2^shift`, which must end below the last of `N`.
const fn limbs<const N: usize>(value: Words, shift: usize) -> [u64; N] {
    let mut limbs = [0; N];
    let mut bit = 0;
    while bit < 256 {
        let to = bit + shift;
        let limb = bits(value, bit, 1) << (to % 52);
        if limb != 0 {
            limbs[to / 52] |= limb;
        }
        bit += 1;
    }
    limbs
}

/// Constants of a modulus.
struct Constants<M>(M);

impl<M: Modulus> Constants<M> {
    const P: [u64; LIMBS] = limbs(M::P, 0);
    /// `2 p`: what differences begin with.
    const TWICE: [u64; LIMBS] = limbs(M::P, 1);
    /// `-1 / p mod 2^52`.
    const NEGATIVE_INVERSE: u64 = crate::modulus::negative_inverse(M::P[0]) & MASK;
    /// `2^(52 k - 156) mod p` for k = 0, 1, 2.
    const FOLD: [[u64; LIMBS]; 3] = [
        limbs(power_of_two(-156, M::P), 0),
        limbs(power_of_two(-104, M::P), 0),
        limbs(power_of_two(-52, M::P), 0),
    ];
    /// `2^257 p`, which is more than `8 p^2`: what differences of products begin with.
    const DIFFERENCE: [u64; COLUMNS] = limbs(M::P, 257);
    /// `(q - 1) p` for q from 0 to 7, limb by limb, with signs.
    const MULTIPLES: [[u64; 8]; LIMBS] = {
        let mut multiples = [[0; 8]; LIMBS];
        let mut i = 0;
        while i < LIMBS {
            let mut q = 0;
            while q < 8 {
                multiples[i][q] = Self::P[i].wrapping_mul(q as u64).wrapping_sub(Self::P[i]);
                q += 1;
            }
            i += 1;
        }
        multiples
    };
    /// 2^52 over one more than the top limb of p, rounded down.
    const TOP_INVERSE: u64 = (1 << BITS) / (Self::P[4] + 1);
    /// The top limb of p, less more than what lower limbs with signs can borrow from it.
    const TOP: u64 = Self::P[4] - 16;
}

/// [`Engine`] over [`Integers`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limbs52<I>(pub(crate) I);

type Fe<I> = [<I as Integers>::V; LIMBS];
type Columns<I> = [<I as Integers>::V; COLUMNS];

/// An array of five by limb number. Unlike `core::array::from_fn` it never becomes a call.
macro_rules! each {
    (|$i:ident| $body:expr) => {
        [each!(@ $i 0 $body), each!(@ $i 1 $body), each!(@ $i 2 $body), each!(@ $i 3 $body), each!(@ $i 4 $body)]
    };
    (@ $i:ident $n:literal $body:expr) => {{
        const $i: usize = $n;
        $body
    }};
}

impl<I: Integers> Limbs52<I> {
    #[inline(always)]
    fn splat(self, columns: &[u64; COLUMNS]) -> Columns<I> {
        let s = |k: usize| self.0.splat(columns[k]);
        [s(0), s(1), s(2), s(3), s(4), s(5), s(6), s(7), s(8), s(9)]
    }

    /// Adds `a b` to columns.
    #[inline(always)]
    fn accumulate(self, c: &mut Columns<I>, a: &Fe<I>, b: &Fe<I>) {
        let s = self.0;
        macro_rules! rows {
            ($($i:literal)*) => { $(
                rows!(@ low $i 0 [0 1 2 3 4]);
                rows!(@ high $i 1 [0 1 2 3 4]);
            )* };
            (@ $half:ident $i:literal $up:literal [$($j:literal)*]) => {
                $(c[$i + $j + $up] = s.$half(c[$i + $j + $up], a[$i], b[$j]);)*
            };
        }
        rows! { 0 1 2 3 4 }
    }

    /// `a^2` in columns: mixed products once, doubled, and then the squares of limbs.
    #[inline(always)]
    fn square_columns(self, a: &Fe<I>) -> Columns<I> {
        let s = self.0;
        let mut c = self.splat(&[0; COLUMNS]);
        macro_rules! products {
            ($(($i:literal, $j:literal))*) => { $(
                c[$i + $j] = s.low(c[$i + $j], a[$i], a[$j]);
                c[$i + $j + 1] = s.high(c[$i + $j + 1], a[$i], a[$j]);
            )* };
        }
        products! { (0, 1) (0, 3) (1, 4) (0, 2) (0, 4) (1, 2) (2, 4) (1, 3) (2, 3) (3, 4) }
        macro_rules! double {
            ($($k:literal)*) => { $(c[$k] = s.add(c[$k], c[$k]);)* };
        }
        double! { 1 2 3 4 5 6 7 8 }
        products! { (0, 0) (1, 1) (2, 2) (3, 3) (4, 4) }
        c
    }

    /// Carries from a column to the next.
    #[inline(always)]
    fn carry(self, c: &mut Columns<I>, from: usize) {
        c[from + 1] = self.0.add(c[from + 1], self.0.sar::<BITS>(c[from]));
    }

    /// One Montgomery step: adds the multiple of p that clears a column, but not to that column.
    #[inline(always)]
    fn step<M: Modulus>(self, c: &mut Columns<I>, at: usize) {
        let s = self.0;
        let quotient = s.low(s.splat(0), c[at], s.splat(Constants::<M>::NEGATIVE_INVERSE));
        let p = &Constants::<M>::P;
        macro_rules! row {
            ($half:ident $up:literal [$($j:literal)*]) => {
                $(c[at + $j + $up] = s.$half(c[at + $j + $up], quotient, s.splat(p[$j]));)*
            };
        }
        row!(low 0 [1 2 3 4]);
        row!(high 1 [0 1 2 3 4]);
        let up = s.add(c[at], s.splat(MASK));
        c[at + 1] = s.add(c[at + 1], s.sar::<BITS>(up));
    }

    /// The columns' value over R: tight.
    #[inline(always)]
    fn reduce_columns<M: Modulus>(self, c: Columns<I>) -> Fe<I> {
        self.settle(self.upper_columns::<M>(c))
    }

    /// The columns' value over R, at most 1.1 p, not carried.
    #[inline(always)]
    fn upper_columns<M: Modulus>(self, mut c: Columns<I>) -> Fe<I> {
        let s = self.0;
        self.carry(&mut c, 0);
        self.carry(&mut c, 1);
        self.carry(&mut c, 2);
        macro_rules! fold {
            ($($k:literal)*) => { $(
                fold!(@ $k low 3 [0 1 2 3 4]);
                fold!(@ $k high 4 [0 1 2 3 4]);
            )* };
            (@ $k:literal $half:ident $at:literal [$($j:literal)*]) => {
                $(c[$at + $j] = s.$half(c[$at + $j], c[$k], s.splat(Constants::<M>::FOLD[$k][$j]));)*
            };
        }
        fold! { 0 1 2 }
        self.step::<M>(&mut c, 3);
        self.step::<M>(&mut c, 4);
        [c[5], c[6], c[7], c[8], c[9]]
    }

    /// [`Self::settle`] for what is multiplied only: products look at 52 bits of a limb, so that those above need not be cut off.
    #[inline(always)]
    fn settle_factor(self, mut a: Fe<I>) -> Fe<I> {
        let s = self.0;
        macro_rules! carry {
            ($($i:literal)*) => { $(a[$i + 1] = s.add(a[$i + 1], s.sar::<BITS>(a[$i]));)* };
        }
        carry! { 0 1 2 3 }
        a
    }

    /// `a + b`, nothing but a factor.
    #[inline(always)]
    fn add_as_factor(self, a: Fe<I>, b: Fe<I>) -> Fe<I> {
        self.settle_factor(each!(|K| self.0.add(a[K], b[K])))
    }

    /// `a b` in columns.
    #[inline(always)]
    fn product_columns(self, a: &Fe<I>, b: &Fe<I>) -> Columns<I> {
        let mut columns = self.splat(&[0; COLUMNS]);
        self.accumulate(&mut columns, a, b);
        columns
    }

    /// Real and imaginary part of a product of complex numbers in columns: three products [Karatsuba, Ofman 1962].
    #[inline(always)]
    fn complex_columns<M: Modulus>(self, a: [Fe<I>; 2], b: [Fe<I>; 2]) -> [Columns<I>; 2] {
        let s = self.0;
        let minus = self.product_columns(&a[1], &b[1]);
        let mut real = self.product_columns(&a[0], &b[0]);
        let mut both = self.product_columns(&self.add_as_factor(a[0], a[1]), &self.add_as_factor(b[0], b[1]));
        let start = self.splat(&Constants::<M>::DIFFERENCE);
        for k in 0..COLUMNS {
            both[k] = s.sub(both[k], s.add(real[k], minus[k]));
            real[k] = s.add(s.sub(real[k], minus[k]), start[k]);
        }
        [real, both]
    }

    /// Carries limbs of either sign into limbs of 52 bits; the value must not be negative.
    #[inline(always)]
    fn settle(self, mut a: Fe<I>) -> Fe<I> {
        let s = self.0;
        let mask = s.splat(MASK);
        macro_rules! carry {
            ($($i:literal)*) => { $(
                a[$i + 1] = s.add(a[$i + 1], s.sar::<BITS>(a[$i]));
                a[$i] = s.and(a[$i], mask);
            )* };
        }
        carry! { 0 1 2 3 }
        a
    }
}

impl<I: Integers> Engine for Limbs52<I>
where
    Limbs52<I>: Enter,
{
    const WIDTH: usize = I::WIDTH;
    const RADIX_BITS: i32 = 260;
    type Fe = Fe<I>;

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Output {
        self.enter(job)
    }

    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, soon: &T) {
        self.0.prefetch(soon);
    }

    #[inline(always)]
    fn load<'a>(self, at: impl Fn(usize) -> &'a [u64; 4]) -> Fe<I> {
        let s = self.0;
        let [w0, w1, w2, w3] = s.load(at);
        let mask = s.splat(MASK);
        [
            s.and(w0, mask),
            s.and(s.or(s.shr::<52>(w0), s.shl::<12>(w1)), mask),
            s.and(s.or(s.shr::<40>(w1), s.shl::<24>(w2)), mask),
            s.and(s.or(s.shr::<28>(w2), s.shl::<36>(w3)), mask),
            s.shr::<16>(w3),
        ]
    }

    #[inline(always)]
    fn store(self, [l0, l1, l2, l3, l4]: Fe<I>, put: impl FnMut(usize, [u64; 4])) {
        let s = self.0;
        s.store(
            [
                s.or(l0, s.shl::<52>(l1)),
                s.or(s.shr::<12>(l1), s.shl::<40>(l2)),
                s.or(s.shr::<24>(l2), s.shl::<28>(l3)),
                s.or(s.shr::<36>(l3), s.shl::<16>(l4)),
            ],
            put,
        );
    }

    #[inline(always)]
    fn halves<'a>(self, at: impl Fn(usize) -> &'a Words, put: impl FnMut(usize, Words)) {
        self.0.store(self.split(self.load(at)), put);
    }

    fn stored<M: Modulus>(canonical: Words) -> Words {
        canonical
    }

    fn canonical<M: Modulus>(stored: &Words) -> Words {
        reduce_small(*stored, M::P)
    }

    #[inline(always)]
    fn mul<M: Modulus>(self, a: Fe<I>, b: Fe<I>) -> Fe<I> {
        self.reduce_columns::<M>(self.product_columns(&a, &b))
    }

    #[inline(always)]
    fn mul_as_factor<M: Modulus>(self, a: Fe<I>, b: Fe<I>) -> Fe<I> {
        self.settle_factor(self.upper_columns::<M>(self.product_columns(&a, &b)))
    }

    #[inline(always)]
    fn factor<M: Modulus>(self, [a0, a1, a2, a3, a4]: Fe<I>) -> Fe<I> {
        let cut = |limb| self.0.and(limb, self.0.splat(MASK));
        [cut(a0), cut(a1), cut(a2), cut(a3), a4]
    }

    #[inline(always)]
    fn mul_sub<M: Modulus>(self, a: Fe<I>, b: Fe<I>, c: Fe<I>) -> Fe<I> {
        let product = self.upper_columns::<M>(self.product_columns(&a, &b));
        self.reduce::<M>(self.sub_lazily::<M>(product, c))
    }

    #[inline(always)]
    fn square_sub<M: Modulus>(self, a: Fe<I>, c: Fe<I>, d: Fe<I>) -> Fe<I> {
        let square = self.upper_columns::<M>(self.square_columns(&a));
        self.reduce::<M>(self.sub_lazily::<M>(self.sub_lazily::<M>(square, c), d))
    }

    #[inline(always)]
    fn square<M: Modulus>(self, a: Fe<I>) -> Fe<I> {
        let columns = self.square_columns(&a);
        self.reduce_columns::<M>(columns)
    }

    #[inline(always)]
    fn mul_complex<M: Modulus>(self, a: [Fe<I>; 2], b: [Fe<I>; 2]) -> [Fe<I>; 2] {
        let [real, imaginary] = self.complex_columns::<M>(a, b);
        [self.reduce_columns::<M>(real), self.reduce_columns::<M>(imaginary)]
    }

    #[inline(always)]
    fn mul_complex_sub<M: Modulus>(self, a: [Fe<I>; 2], b: [Fe<I>; 2], c: [Fe<I>; 2]) -> [Fe<I>; 2] {
        let [real, imaginary] = self.complex_columns::<M>(a, b);
        let real = self.reduce::<M>(self.sub_lazily::<M>(self.upper_columns::<M>(real), c[0]));
        [real, self.reduce::<M>(self.sub_lazily::<M>(self.upper_columns::<M>(imaginary), c[1]))]
    }

    #[inline(always)]
    fn square_complex<M: Modulus>(self, a: [Fe<I>; 2]) -> [Fe<I>; 2] {
        [
            self.mul::<M>(self.add_as_factor(a[0], a[1]), self.sub_as_factor::<M>(a[0], a[1])),
            self.mul::<M>(self.add_as_factor(a[0], a[0]), a[1]),
        ]
    }

    #[inline(always)]
    fn add<M: Modulus>(self, a: Fe<I>, b: Fe<I>) -> Fe<I> {
        self.settle(each!(|K| self.0.add(a[K], b[K])))
    }

    #[inline(always)]
    fn sub<M: Modulus>(self, a: Fe<I>, b: Fe<I>) -> Fe<I> {
        self.settle(self.sub_lazily::<M>(a, b))
    }

    #[inline(always)]
    fn sub_as_factor<M: Modulus>(self, a: Fe<I>, b: Fe<I>) -> Fe<I> {
        self.settle_factor(self.sub_lazily::<M>(a, b))
    }

    #[inline(always)]
    fn sub_lazily<M: Modulus>(self, a: Fe<I>, b: Fe<I>) -> Fe<I> {
        let s = self.0;
        each!(|K| s.add(s.sub(a[K], b[K]), s.splat(Constants::<M>::TWICE[K])))
    }

    #[inline(always)]
    fn negate_where<M: Modulus>(self, a: Fe<I>, negative: impl Fn(usize) -> u64) -> Fe<I> {
        let s = self.0;
        let mask = s.mask(negative);
        each!(|K| s.sub_where(mask, s.splat(Constants::<M>::TWICE[K]), a[K]))
    }

    /// Takes `q p` away, with q from the top limb of `a + p`: the estimate is at most right, and too small by less than 0.1.
    #[inline(always)]
    fn reduce<M: Modulus>(self, a: Fe<I>) -> Fe<I> {
        let s = self.0;
        let top = s.add(a[4], s.splat(Constants::<M>::TOP));
        let quotient = s.high(s.splat(0), top, s.splat(Constants::<M>::TOP_INVERSE));
        self.settle(each!(|K| s.sub(a[K], s.pick(quotient, &Constants::<M>::MULTIPLES[K]))))
    }
}

/// Runs a job where the instructions of the lanes are enabled.
pub(crate) trait Enter: Sized {
    /// See [`Engine::run`].
    fn enter<J: Job>(self, job: J) -> J::Output;
}

#[cfg(test)]
impl Enter for Limbs52<crate::integers::Twin> {
    fn enter<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
}
