//! Products in limbs of doubles whose two Montgomery quotients are found at once.
//!
//! In [`crate::fma`] the second quotient waits for the whole first step. Where a vector is short, that wait is most of the time of
//! a product: a browser's compiler keeps less than one product in flight. Here both come from the two columns together,
//! `m3 + 2^51 m4 = (c3 + 2^51 c4) (-1/p) mod 2^102`, which costs one more multiplication, and all else that the columns
//! above need is added meanwhile.

use crate::{
    doubles::Doubles,
    fma::{BIAS_LIMB, BITS, BOTH, EXPONENT, Fe, HIGH, LOW, Limbs, MASK, ONE, SQUARE},
    modulus::{Modulus, negative_inverse},
};

/// Half a limb's range, by which limbs are balanced.
const HALF: u64 = MASK / 2 + 1;

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
}

/// The residue modulo 2^51 in `[-2^50, 2^50)`.
const fn balance(residue: u64) -> f64 {
    (if residue >= HALF { residue.wrapping_sub(MASK + 1) } else { residue }) as i64 as f64
}

/// The steps of one product.
struct Steps<D>(D);

impl<D: Doubles> Steps<D> {
    /// High and low half of `a b`, with their offsets.
    #[inline(always)]
    fn halves(&self, a: D::V, b: D::V) -> (D::V, D::V) {
        let s = self.0;
        let high = s.fma(a, b, s.splat(HIGH));
        (high, s.fma(a, b, s.sub(s.splat(BOTH), high)))
    }

    /// The low 51 bits, balanced, of a column that has half of that added.
    #[inline(always)]
    fn limb(&self, column: D::V) -> D::V {
        let s = self.0;
        let low = s.and(column, s.splat_bits(MASK));
        s.sub(s.or(low, s.splat(EXPONENT)), s.splat(BIAS_LIMB))
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
}

/// A sum of limb products over R. The columns' products are given as pairs of limbs.
macro_rules! reduced {
    (
        $s:ident, $modulus:ident, $start:ident;
        $p0:tt $p1:tt $p2:tt $p3:tt $p4:tt $p5:tt $p6:tt $p7:tt $p8:tt
    ) => {{
        let steps = Steps($s);
        let fold = |row: usize, limb: usize| $s.splat(Limbs::<$modulus>::FOLD[row][limb]);
        let p = |limb: usize| $s.splat(Limbs::<$modulus>::P[limb]);
        let inverse = |limb: usize| $s.splat(Inverse::<$modulus>::LIMBS[limb]);
        let start = |k: usize| $s.splat_bits($start[k]);
        let (mut c0, mut c1, mut c2, mut c3, mut c4) = (start(0), start(1), start(2), start(3), start(4));
        let (mut c5, mut c6, mut c7, mut c8, mut c9) = (start(5), start(6), start(7), start(8), start(9));
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
        add!(steps, c3, c4; d0, fold(0, 0); d1, fold(1, 0); d2, fold(2, 0););
        let x3 = steps.limb(c3);
        let (high, low) = steps.halves(x3, inverse(0));
        let m3 = $s.sub(low, $s.splat(LOW));
        let (_, mixed) = steps.halves(x3, inverse(1));
        reduced!(@ steps c4 c5 $p4);
        add!(steps, c4, c5; d0, fold(0, 1); d1, fold(1, 1); d2, fold(2, 1););
        // The offset of the one low half that column 3 still misses.
        let whole = $s.add_bits(c3, $s.splat_bits(LOW.to_bits()));
        let x4 = steps.limb($s.add_bits(c4, steps.carry(whole)));
        let (_, low) = steps.halves(x4, inverse(0));
        // All offsets are multiples of 2^51.
        let half = $s.splat_bits(HALF);
        let m4 = steps.limb($s.add_bits($s.add_bits(mixed, high), $s.add_bits(low, half)));
        reduced!(@ steps c5 c6 $p5);
        add!(steps, c5, c6; d0, fold(0, 2); d1, fold(1, 2); d2, fold(2, 2););
        reduced!(@ steps c6 c7 $p6);
        add!(steps, c6, c7; d0, fold(0, 3); d1, fold(1, 3); d2, fold(2, 3););
        reduced!(@ steps c7 c8 $p7);
        add!(steps, c7, c8; d0, fold(0, 4); d1, fold(1, 4); d2, fold(2, 4););
        reduced!(@ steps c8 c9 $p8);
        add!(steps, c3, c4; m3, p(0););
        add!(steps, c4, c5; m3, p(1); m4, p(0););
        add!(steps, c5, c6; m3, p(2); m4, p(1););
        add!(steps, c6, c7; m3, p(3); m4, p(2););
        add!(steps, c7, c8; m3, p(4); m4, p(3););
        add!(steps, c8, c9; m4, p(4););
        c4 = $s.add_bits(c4, steps.carry(c3));
        c5 = $s.add_bits(c5, steps.carry(c4));
        c6 = $s.add_bits(c6, steps.carry(c5));
        c7 = $s.add_bits(c7, steps.carry(c6));
        c8 = $s.add_bits(c8, steps.carry(c7));
        c9 = $s.add_bits(c9, steps.carry(c8));
        let top = $s.sub(c9, $s.splat(LOW));
        [steps.limb(c5), steps.limb(c6), steps.limb(c7), steps.limb(c8), top]
    }};
    (@ $steps:ident $column:ident $next:ident [$($a:expr, $b:expr;)*]) => {
        add!($steps, $column, $next; $($a, $b;)*)
    };
}

/// `a b / R`, within the bounds of [`crate::fma`].
#[inline(always)]
pub(crate) fn product<D: Doubles, M: Modulus>(s: D, a: &Fe<D>, b: &Fe<D>) -> Fe<D> {
    let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (*a, *b);
    reduced! {
        s, M, ONE;
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

/// `a^2 / R`, with `twice = 2 a`, within the bounds of [`crate::fma`].
#[inline(always)]
pub(crate) fn square<D: Doubles, M: Modulus>(s: D, a: &Fe<D>, twice: &Fe<D>) -> Fe<D> {
    let ([a0, a1, a2, a3, a4], [_, t1, t2, t3, t4]) = (*a, *twice);
    reduced! {
        s, M, SQUARE;
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
        modulus::Base,
        stored::{from_ark, to_ark},
    };
    use ark_bn254::Fq;
    use ark_ff::{AdditiveGroup, Field};

    type E = Fma<Twin>;

    #[test]
    fn products_and_squares_are_those_of_arkworks() {
        let (e, half) = (Fma(Twin), Fq::from(2).inverse().unwrap());
        // Around zero, around the centre, where limbs are extreme, and at large.
        let mut values = vec![Fq::ZERO, Fq::ONE, -Fq::ONE, half, -half];
        for i in 0..60 {
            let last = values[values.len() - 1];
            values.push(last.square() + Fq::from(i));
            values.push(Fq::from(2).pow([51 * i]) - Fq::from(i % 2));
        }
        for pair in values.windows(2) {
            let words = [from_ark::<E, Base>(&pair[0]), from_ark::<E, Base>(&pair[1])];
            let (a, b) = (e.load(|_| &words[0]), e.load(|_| &words[1]));
            let stored = |value| {
                let mut words = [0; 4];
                e.store(e.reduce::<Base>(value), |_, lane| words = lane);
                to_ark::<E, Base>(&words)
            };
            assert_eq!(stored(product::<Twin, Base>(Twin, &a, &b)), pair[0] * pair[1]);
            // The difference of two values is loose.
            let loose = e.sub::<Base>(a, b);
            assert_eq!(stored(product::<Twin, Base>(Twin, &loose, &b)), (pair[0] - pair[1]) * pair[1]);
            let twice = e.add::<Base>(a, a);
            assert_eq!(stored(square::<Twin, Base>(Twin, &a, &twice)), pair[0].square());
        }
    }
}
