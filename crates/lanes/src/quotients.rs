//! Products in limbs of doubles for short vectors: all that makes them wait or costs an instruction more is avoided.
//!
//! In [`crate::fma`] the second Montgomery quotient waits for the whole first step. Here both come from the two columns together,
//! `m3 + 2^51 m4 = (c3 + 2^51 c4) (-1/p) mod 2^102`, which costs one more multiplication, and all else that the columns
//! above need is added meanwhile.
//!
//! Two products of limbs of at most 2^50 that belong to the same column share one addition of high and one of low halves: the second
//! starts from the first's high half, and low halves are added as doubles, within 2^51 of their offset.
//!
//! The low half of the quotient times the lowest limb of p is never computed: it is minus the low bits of the column, so that
//! column and low half together are what the column carries, rounded to nearest. At a tie, which rounding to even would
//! decide, that holds if the low half is 2^50. The quotient is then -2^50 or 2^50, and the low half 2^50 for the first if p is 3
//! modulo 4, for the second if p is 1. The first quotient comes out so by the same rounding, the second is balanced so.
//!
//! Constants are values that the compiler cannot know ([`Constants::new`]): compilers in browsers make a constant anew, by three
//! instructions, each time it is used, but a value is read from memory by one.

use crate::{
    doubles::Doubles,
    fma::{BIAS, BIAS_CARRY, BIAS_LIMB, BITS, BOTH, EXPONENT, Fe, HALF, HIGH, LIMBS, LOW, Limbs, MASK},
    modulus::{Modulus, negative_inverse},
};

/// Two limbs of a quotient.
struct Inverse<M>(M);

impl<M: Modulus> Inverse<M> {
    /// `-1 / p mod 2^102`, balanced.
    const LIMBS: [f64; 2] = {
        let p = M::P[0] as u128 | (M::P[1] as u128) << 64;
        let half = negative_inverse(M::P[0]).wrapping_neg() as u128;
        // One round doubles the number of right bits, from 64.
        let inverse = half.wrapping_mul(2u128.wrapping_sub(p.wrapping_mul(half))).wrapping_neg();
        let low = inverse as u64 & MASK;
        let carry = low >> (BITS - 1);
        let high = ((inverse >> BITS) as u64 & MASK).wrapping_add(carry) & MASK;
        [balance(low), balance(high)]
    };
    /// What half of the second quotient's range is less, so that ties fall as they should: see [`crate::quotients`].
    const TIE: u64 = (M::P[0] & 3 == 1) as u64;
}

/// The residue modulo 2^51 in `[-2^50, 2^50)`.
const fn balance(residue: u64) -> f64 {
    (if residue >= HALF { residue.wrapping_sub(MASK + 1) } else { residue }) as i64 as f64
}

/// What the columns of a sum of `products` products start with, or those of a square, where mixed terms are added once: as in
/// [`crate::fma`], but for the halves that are added here.
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
        // Three folds: a pair and one.
        low[3 + i] += 2;
        high[4 + i] += 2;
        // Multiples of p: first and last limb alone, without the lowest low halves, others in pairs.
        low[4 + i] += 1;
        high[4 + i] += 1;
        i += 1;
    }
    // Where two lowest limbs would have made a pair.
    high[5] += 1;
    high[9] += 1;
    let mut columns = [0u64; 10];
    let mut k = 0;
    while k < 10 {
        let offsets = low[k].wrapping_mul(LOW.to_bits()).wrapping_add(high[k].wrapping_mul(HIGH.to_bits()));
        let start = if k == 9 { LOW.to_bits() } else { BIAS + HALF };
        let carried = if k == 0 { 0 } else { BIAS_CARRY };
        columns[k] = start.wrapping_sub(carried).wrapping_sub(offsets);
        k += 1;
    }
    columns
}

/// All that products modulo one prime need, in every lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Constants<V> {
    high: V,
    both: V,
    low: V,
    low_bits: V,
    mask: V,
    exponent: V,
    limb: V,
    /// What makes the low bits of a quotient an integer that can be cut off, and what is subtracted from its double then.
    quotient: [V; 2],
    product: [V; 10],
    sum: [V; 10],
    square: [V; 10],
    fold: [[V; LIMBS]; 3],
    p: [V; LIMBS],
    inverse: [V; 2],
    top_inverse: V,
}

impl<V: Copy> Constants<V> {
    /// The compiler must not know them: else it writes them into every product again.
    #[inline(always)]
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn new<D: Doubles<V = V>, M: Modulus>(s: D) -> Self {
        let splat = |x: f64| core::hint::black_box(s.splat(x));
        let bits = |x: u64| core::hint::black_box(s.splat_bits(x));
        Self {
            high: splat(HIGH),
            both: splat(BOTH),
            low: splat(LOW),
            low_bits: bits(LOW.to_bits()),
            mask: bits(MASK),
            exponent: splat(EXPONENT),
            limb: splat(BIAS_LIMB),
            quotient: [bits(HALF - Inverse::<M>::TIE), splat(BIAS_LIMB - Inverse::<M>::TIE as f64)],
            product: const { columns(1, false) }.map(bits),
            sum: const { columns(2, false) }.map(bits),
            square: const { columns(1, true) }.map(bits),
            fold: Limbs::<M>::FOLD.map(|row| row.map(splat)),
            p: Limbs::<M>::P.map(splat),
            inverse: Inverse::<M>::LIMBS.map(splat),
            top_inverse: splat(Limbs::<M>::TOP_INVERSE),
        }
    }
}

/// The steps of one product.
struct Steps<'a, D: Doubles>(D, &'a Constants<D::V>);

impl<D: Doubles> Steps<'_, D> {
    /// High and low half of `a b`, with their offsets.
    #[inline(always)]
    fn halves(&self, a: D::V, b: D::V) -> (D::V, D::V) {
        let Self(s, k) = self;
        let high = s.fma(a, b, k.high);
        (high, s.fma(a, b, s.sub(k.both, high)))
    }

    /// High and low half of `a b + c d`, with the offsets of one product.
    #[inline(always)]
    fn halves_of_pair(&self, [a, b]: [D::V; 2], [c, d]: [D::V; 2]) -> (D::V, D::V) {
        let s = self.0;
        let (first, low) = self.halves(a, b);
        let high = s.fma(c, d, first);
        (high, s.add(low, s.fma(c, d, s.sub(first, high))))
    }

    /// The low 51 bits, balanced, of a column that has half of that added.
    #[inline(always)]
    fn limb(&self, column: D::V) -> D::V {
        let Self(s, k) = self;
        s.sub(s.or(s.and(column, k.mask), k.exponent), k.limb)
    }

    /// The same of a sum without that half, with the ties of the second quotient.
    #[inline(always)]
    fn quotient(&self, sum: D::V) -> D::V {
        let Self(s, k) = self;
        let low = s.and(s.add_bits(sum, k.quotient[0]), k.mask);
        s.sub(s.or(low, k.exponent), k.quotient[1])
    }

    /// What a column carries.
    #[inline(always)]
    fn carry(&self, column: D::V) -> D::V {
        self.0.shr::<BITS>(column)
    }
}

/// Adds the products of the pairs to one column and the next.
macro_rules! add {
    ($steps:ident, $column:ident, $next:ident; $($a:expr, $b:expr;)*) => {
        $(
            let (high, low) = $steps.halves($a, $b);
            $column = $steps.0.add_bits($column, low);
            $next = $steps.0.add_bits($next, high);
        )*
    };
    (both $steps:ident, $column:ident, $next:ident; $a:expr, $b:expr; $c:expr, $d:expr;) => {
        let (high, low) = $steps.halves_of_pair([$a, $b], [$c, $d]);
        $column = $steps.0.add_bits($column, low);
        $next = $steps.0.add_bits($next, high);
    };
}

/// A sum of limb products over R. The columns' products are given as pairs of limbs.
macro_rules! reduced {
    (
        $s:ident, $k:ident, $start:ident, $centred:expr;
        $p0:tt $p1:tt $p2:tt $p3:tt $p4:tt $p5:tt $p6:tt $p7:tt $p8:tt
    ) => {{
        let steps = Steps($s, $k);
        let Constants { $start: start, fold, p, inverse, .. } = $k;
        let [mut c0, mut c1, mut c2, mut c3, mut c4, mut c5, mut c6, mut c7, mut c8, mut c9] = *start;
        reduced!(@ steps c0 c1 $p0);
        let d0 = steps.limb(c0);
        c1 = $s.add_bits(c1, steps.carry(c0));
        reduced!(@ steps c1 c2 $p1);
        let d1 = steps.limb(c1);
        c2 = $s.add_bits(c2, steps.carry(c1));
        reduced!(@ steps c2 c3 $p2);
        let d2 = steps.limb(c2);
        c3 = $s.add_bits(c3, steps.carry(c2));
        reduced!(@ steps c3 c4 $p3);
        add!(both steps, c3, c4; d0, fold[0][0]; d1, fold[1][0];);
        add!(steps, c3, c4; d2, fold[2][0];);
        let x3 = steps.limb(c3);
        c4 = $s.add_bits(c4, steps.carry(c3));
        let (high, low) = steps.halves(x3, inverse[0]);
        let m3 = $s.sub(low, $k.low);
        let (_, mixed) = steps.halves(x3, inverse[1]);
        reduced!(@ steps c4 c5 $p4);
        add!(both steps, c4, c5; d0, fold[0][1]; d1, fold[1][1];);
        add!(steps, c4, c5; d2, fold[2][1];);
        // The offsets that the column still misses are multiples of 2^51.
        let (_, low) = steps.halves(steps.limb(c4), inverse[0]);
        let m4 = steps.quotient($s.add_bits($s.add_bits(mixed, high), low));
        reduced!(@ steps c5 c6 $p5);
        add!(both steps, c5, c6; d0, fold[0][2]; d1, fold[1][2];);
        add!(steps, c5, c6; d2, fold[2][2];);
        reduced!(@ steps c6 c7 $p6);
        add!(both steps, c6, c7; d0, fold[0][3]; d1, fold[1][3];);
        add!(steps, c6, c7; d2, fold[2][3];);
        reduced!(@ steps c7 c8 $p7);
        add!(both steps, c7, c8; d0, fold[0][4]; d1, fold[1][4];);
        add!(steps, c7, c8; d2, fold[2][4];);
        reduced!(@ steps c8 c9 $p8);
        c4 = $s.add_bits(c4, $s.fma(m3, p[0], $k.high));
        add!(steps, c4, c5; m3, p[1];);
        c5 = $s.add_bits(c5, $s.add_bits($s.fma(m4, p[0], $k.high), steps.carry(c4)));
        add!(both steps, c5, c6; m3, p[2]; m4, p[1];);
        add!(both steps, c6, c7; m3, p[3]; m4, p[2];);
        add!(both steps, c7, c8; m3, p[4]; m4, p[3];);
        add!(steps, c8, c9; m4, p[4];);
        if $centred {
            // What the lower columns carry is too little to matter.
            let top = $s.sub(c9, $k.low);
            let multiple = $s.sub($k.low, $s.fma(top, $k.top_inverse, $k.low));
            let times = |limb: usize| $s.sub_bits($s.fma(multiple, p[limb], $k.low), $k.low_bits);
            c5 = $s.add_bits(c5, times(0));
            c6 = $s.add_bits(c6, times(1));
            c7 = $s.add_bits(c7, times(2));
            c8 = $s.add_bits(c8, times(3));
            c9 = $s.add_bits(c9, times(4));
        }
        c6 = $s.add_bits(c6, steps.carry(c5));
        c7 = $s.add_bits(c7, steps.carry(c6));
        c8 = $s.add_bits(c8, steps.carry(c7));
        c9 = $s.add_bits(c9, steps.carry(c8));
        let top = $s.sub(c9, $k.low);
        [steps.limb(c5), steps.limb(c6), steps.limb(c7), steps.limb(c8), top]
    }};
    (@ $steps:ident $column:ident $next:ident [$($a:expr, $b:expr;)*]) => {
        add!($steps, $column, $next; $($a, $b;)*)
    };
}

/// `a b / R`, within the bounds of [`crate::fma`]; `CENTRED`: at most 0.51 p.
#[inline(always)]
pub(crate) fn product<D: Doubles, const CENTRED: bool>(
    s: D,
    k: &Constants<D::V>,
    a: &Fe<D>,
    b: &Fe<D>,
) -> Fe<D> {
    let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (*a, *b);
    reduced! {
        s, k, product, CENTRED;
        [a0, b0;]
        [a0, b1; a1, b0;]
        [a0, b2; a1, b1; a2, b0;]
        [a0, b3; a1, b2; a2, b1; a3, b0;]
        [a0, b4; a1, b3; a2, b2; a3, b1; a4, b0;]
        [a1, b4; a2, b3; a3, b2; a4, b1;]
        [a2, b4; a3, b3; a4, b2;]
        [a3, b4; a4, b3;]
        [a4, b4;]
    }
}

/// `(a b + c d) / R`, centred, within the bounds of [`crate::fma`].
#[inline(always)]
pub(crate) fn sum<D: Doubles>(s: D, k: &Constants<D::V>, [a, b]: [&Fe<D>; 2], [c, d]: [&Fe<D>; 2]) -> Fe<D> {
    let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (*a, *b);
    let ([e0, e1, e2, e3, e4], [f0, f1, f2, f3, f4]) = (*c, *d);
    reduced! {
        s, k, sum, true;
        [a0, b0; e0, f0;]
        [a0, b1; a1, b0; e0, f1; e1, f0;]
        [a0, b2; a1, b1; a2, b0; e0, f2; e1, f1; e2, f0;]
        [a0, b3; a1, b2; a2, b1; a3, b0; e0, f3; e1, f2; e2, f1; e3, f0;]
        [a0, b4; a1, b3; a2, b2; a3, b1; a4, b0; e0, f4; e1, f3; e2, f2; e3, f1; e4, f0;]
        [a1, b4; a2, b3; a3, b2; a4, b1; e1, f4; e2, f3; e3, f2; e4, f1;]
        [a2, b4; a3, b3; a4, b2; e2, f4; e3, f3; e4, f2;]
        [a3, b4; a4, b3; e3, f4; e4, f3;]
        [a4, b4; e4, f4;]
    }
}

/// `a^2 / R`, with `twice = 2 a`, within the bounds of [`crate::fma`].
#[inline(always)]
pub(crate) fn square<D: Doubles>(s: D, k: &Constants<D::V>, a: &Fe<D>, twice: &Fe<D>) -> Fe<D> {
    let ([a0, a1, a2, a3, a4], [_, t1, t2, t3, t4]) = (*a, *twice);
    reduced! {
        s, k, square, false;
        [a0, a0;]
        [a0, t1;]
        [a0, t2; a1, a1;]
        [a0, t3; a1, t2;]
        [a0, t4; a1, t3; a2, a2;]
        [a1, t4; a2, t3;]
        [a2, t4; a3, a3;]
        [a3, t4;]
        [a4, a4;]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        doubles::Twin,
        engine::Engine,
        fma::Fma,
        modulus::{Base, Scalar, Words},
        stored::{from_ark, to_ark},
    };
    use ark_ff::{AdditiveGroup, Field, Fp, MontBackend};

    type E = Fma<Twin>;
    type F<M> = Fp<MontBackend<<M as Modulus>::Config, 4>, 4>;

    fn load<M: Modulus>(x: &F<M>) -> Fe<Twin> {
        let words: Words = from_ark::<E, M>(x);
        Fma(Twin).load(|_| &words)
    }

    fn value<M: Modulus>(x: Fe<Twin>) -> F<M> {
        let mut words = [0; 4];
        Fma(Twin).store(Fma(Twin).reduce::<M>(x), |_, lane| words = lane);
        to_ark::<E, M>(&words)
    }

    fn as_in_arkworks<M: Modulus>() {
        let (e, k) = (Fma(Twin), Constants::new::<Twin, M>(Twin));
        let half = F::<M>::from(2u64).inverse().unwrap();
        // Around zero, around the centre, where limbs are extreme, and at large.
        let mut values = vec![F::<M>::ZERO, F::<M>::ONE, -F::<M>::ONE, half, -half];
        for i in 0..60 {
            let last = values[values.len() - 1];
            values.push(last.square() + F::<M>::from(i));
            values.push(F::<M>::from(2u64).pow([51 * i]) - F::<M>::from(i % 2));
        }
        for v in values.windows(4) {
            let [a, b, c, d] = [load::<M>(&v[0]), load::<M>(&v[1]), load::<M>(&v[2]), load::<M>(&v[3])];
            assert_eq!(value::<M>(product::<Twin, false>(Twin, &k, &a, &b)), v[0] * v[1]);
            // The difference of two values is loose.
            let loose = e.sub::<M>(a, b);
            assert_eq!(value::<M>(product::<Twin, true>(Twin, &k, &loose, &b)), (v[0] - v[1]) * v[1]);
            let twice = e.add::<M>(a, a);
            assert_eq!(value::<M>(square::<Twin>(Twin, &k, &a, &twice)), v[0].square());
            let expected = v[0] * v[1] + v[2] * v[3];
            assert_eq!(value::<M>(sum::<Twin>(Twin, &k, [&a, &b], [&c, &d])), expected);
        }
    }

    #[test]
    fn products_squares_and_sums_are_those_of_arkworks() {
        as_in_arkworks::<Base>();
        as_in_arkworks::<Scalar>();
    }

    /// Columns three and four of which the low bits are exactly half: where rounding to even decides the quotients.
    fn ties<M: Modulus>() {
        let k = Constants::new::<Twin, M>(Twin);
        let r = F::<M>::from(2u64).pow([255]);
        let limb = |at: usize, value: f64| {
            let mut limbs = [[0.0; 2]; LIMBS];
            limbs[at] = [value; 2];
            limbs
        };
        let number = |at: u64, value: i64| {
            let power = F::<M>::from(2u64).pow([51 * at]) * F::<M>::from(value.unsigned_abs());
            if value < 0 { -power } else { power }
        };
        let half = 1i64 << 50;
        for (i, j) in [(0usize, 3usize), (1, 2), (2, 1), (3, 0), (0, 4), (1, 3), (2, 2), (3, 1), (4, 0)] {
            for (x, y) in [(-half, 1), (half, 1), (half, -1), (-half, 3), (half, 5), (-half, -half)] {
                #[allow(clippy::cast_precision_loss)]
                let (a, b) = (limb(i, x as f64), limb(j, y as f64));
                let expected = number(i as u64, x) * number(j as u64, y);
                let product = value::<M>(product::<Twin, false>(Twin, &k, &a, &b));
                // The product is one over R, and so is its value.
                assert_eq!(product * r.square(), expected, "{i} {j} {x} {y}");
            }
        }
    }

    #[test]
    fn ties_are_rounded_as_the_quotients_want_it() {
        ties::<Base>();
        ties::<Scalar>();
    }
}
