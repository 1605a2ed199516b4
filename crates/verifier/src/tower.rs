//! The fields of degree 6 and 12 over the base field, as the pairing wants them.
//!
//! Meaning is arkworks': `Fq6 = Fq2[v] / (v^3 - xi)` with `xi = 9 + u`, `Fq12 = Fq6[w] / (w^2 - v)`. Products of Fq2 stay wide
//! until a coefficient is complete, and coefficients of Fq6 unsettled until one of Fq12 is. Ranges are noted as in
//! [`crate::quadratic`]; all are far within those of [`crate::limbs`]. The tests compare each function with arkworks'.

use crate::quadratic::{Element2, Sum2};
use ark_bn254::{Fq2, Fq6, Fq6Config, Fq12, Fq12Config};
use ark_ff::{Fp6Config, Fp12Config};

/// `c0 + c1 v + c2 v^2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element6 {
    pub(crate) c0: Element2,
    pub(crate) c1: Element2,
    pub(crate) c2: Element2,
}

/// `c0 + c1 w`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element12 {
    pub(crate) c0: Element6,
    pub(crate) c1: Element6,
}

/// A sum of elements, not reduced.
#[derive(Clone, Copy, Debug)]
struct Sum6 {
    c0: Sum2,
    c1: Sum2,
    c2: Sum2,
}

impl Sum6 {
    #[inline]
    fn plus(&self, other: &Self) -> Self {
        Self { c0: self.c0.plus(&other.c0), c1: self.c1.plus(&other.c1), c2: self.c2.plus(&other.c2) }
    }

    #[inline]
    fn minus(&self, other: &Self) -> Self {
        Self { c0: self.c0.minus(&other.c0), c1: self.c1.minus(&other.c1), c2: self.c2.minus(&other.c2) }
    }

    /// `v self`.
    #[inline]
    fn by_v(&self) -> Self {
        Self { c0: self.c2.by_xi(), c1: self.c0, c2: self.c1 }
    }

    #[inline]
    fn settle(&self) -> Element6 {
        Element6 { c0: self.c0.settle(), c1: self.c1.settle(), c2: self.c2.settle() }
    }
}

impl Element6 {
    const ZERO: Self = Self { c0: Element2::ZERO, c1: Element2::ZERO, c2: Element2::ZERO };

    #[cfg(test)]
    const fn of(value: &Fq6) -> Self {
        Self { c0: Element2::of(&value.c0), c1: Element2::of(&value.c1), c2: Element2::of(&value.c2) }
    }

    const fn to_field(self) -> Fq6 {
        Fq6::new(self.c0.to_field(), self.c1.to_field(), self.c2.to_field())
    }

    #[inline]
    fn plus(&self, other: &Self) -> Self {
        Self { c0: self.c0.plus(&other.c0), c1: self.c1.plus(&other.c1), c2: self.c2.plus(&other.c2) }
    }

    #[inline]
    fn negated(&self) -> Self {
        Self { c0: self.c0.negated(), c1: self.c1.negated(), c2: self.c2.negated() }
    }

    #[inline]
    const fn sum(&self) -> Sum6 {
        Sum6 { c0: self.c0.sum(), c1: self.c1.sum(), c2: self.c2.sum() }
    }

    /// The product, by six products in Fq2: coefficients in (-5, 9).
    fn times(&self, other: &Self) -> Sum6 {
        let [a0, a1, a2] = [self.c0.loose(), self.c1.loose(), self.c2.loose()];
        let [b0, b1, b2] = [other.c0.loose(), other.c1.loose(), other.c2.loose()];
        let [p0, p1, p2] = [a0.times(&b0), a1.times(&b1), a2.times(&b2)];
        // In (-2, 2) and [0, 4).
        let p12 = a1.plus(&a2).times(&b1.plus(&b2)).minus(&p1).minus(&p2);
        let p01 = a0.plus(&a1).times(&b0.plus(&b1)).minus(&p0).minus(&p1);
        let p02 = a0.plus(&a2).times(&b0.plus(&b2)).minus(&p0).minus(&p2);
        // In (-23, 40), (-13, 23) and (-3, 6).
        Sum6 { c0: p0.reduce_with_xi(&p12), c1: p01.reduce_with_xi(&p2), c2: p02.plus(&p1).reduce() }
    }

    /// The inverse, by nine products and three squares in Fq2, and an inverse there [J.-L. Beuchat et al., "High-speed software implementation
    /// of the optimal ate pairing over Barreto-Naehrig curves", eprint 2010/354, algorithm 17]. `None` for 0.
    fn inverse(&self) -> Option<Self> {
        let Self { c0: a0, c1: a1, c2: a2 } = self;
        let minus_a1 = a1.negated();
        // a0^2 - xi a1 a2, xi a2^2 - a0 a1, a1^2 - a0 a2
        let t0 = a0.wide_square().reduce_with_xi(&minus_a1.wide_times(a2)).settle();
        let t1 = minus_a1.wide_times(a0).reduce_with_xi(&a2.wide_square()).settle();
        let t2 = a1.wide_square().minus(&a0.wide_times(a2)).reduce().settle();
        let norm = a0.wide_times(&t0).reduce_with_xi(&a2.wide_times(&t1).plus(&a1.wide_times(&t2))).settle();
        let inverse = norm.inverse()?;
        Some(Self { c0: t0.times(&inverse), c1: t1.times(&inverse), c2: t2.times(&inverse) })
    }

    /// `self^(q^n)`.
    fn frobenius(&self, n: usize) -> Self {
        let [c1, c2] = [Fq6Config::FROBENIUS_COEFF_FP6_C1, Fq6Config::FROBENIUS_COEFF_FP6_C2];
        let [c0, by_c1, by_c2] = [self.c0, self.c1, self.c2].map(|c| c.frobenius(n));
        Self { c0, c1: by_c1.times(&power(c1, n)), c2: by_c2.times(&power(c2, n)) }
    }

    /// `self (c0 + c1 v)`, by five products in Fq2: coefficients in (-3, 5).
    fn times_two(&self, c0: &Element2, c1: &Element2) -> Sum6 {
        let [a0, a1, a2] = [self.c0.loose(), self.c1.loose(), self.c2.loose()];
        let [b0, b1] = [c0.loose(), c1.loose()];
        let [p0, p1] = [a0.times(&b0), a1.times(&b1)];
        let p01 = a0.plus(&a1).times(&b0.plus(&b1)).minus(&p0).minus(&p1);
        // In (-12, 21), (-2, 4) and (-2, 4).
        Sum6 { c0: p0.reduce_with_xi(&a2.times(&b1)), c1: p01.reduce(), c2: p1.plus(&a2.times(&b0)).reduce() }
    }
}

impl Element12 {
    pub(crate) const ONE: Self =
        Self { c0: Element6 { c0: Element2::ONE, ..Element6::ZERO }, c1: Element6::ZERO };

    #[cfg(test)]
    pub(crate) const fn of(value: &Fq12) -> Self {
        Self { c0: Element6::of(&value.c0), c1: Element6::of(&value.c1) }
    }

    pub(crate) const fn to_field(self) -> Fq12 {
        Fq12::new(self.c0.to_field(), self.c1.to_field())
    }

    /// The product, by eighteen products in Fq2.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn times(&self, other: &Self) -> Self {
        let [p0, p1] = [self.c0.times(&other.c0), self.c1.times(&other.c1)];
        let p01 = self.c0.plus(&self.c1).times(&other.c0.plus(&other.c1));
        Self { c0: p0.plus(&p1.by_v()).settle(), c1: p01.minus(&p0).minus(&p1).settle() }
    }

    /// The square, by twelve products in Fq2.
    pub(crate) fn squared(&self) -> Self {
        let p = self.c0.times(&self.c1);
        let q = self.c0.plus(&self.c1).times(&self.c0.sum().plus(&self.c1.sum().by_v()).settle());
        Self { c0: q.minus(&p).minus(&p.by_v()).settle(), c1: p.plus(&p).settle() }
    }

    /// The square of an element of the cyclotomic subgroup, by nine squares in Fq2 [R. Granger, M. Scott, "Faster squaring in
    /// the cyclotomic subgroup of sixth degree extensions", eprint 2009/565, section 3.2].
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn cyclotomic_squared(&self) -> Self {
        // (x + y s)^2 = t + t' s with s^2 = xi, t in (-1, 6), t' in (-4, 2); and then 3 t -+ 2 times the old value.
        let square4 = |x: &Element2, y: &Element2| {
            let (x2, y2) = (x.wide_square(), y.wide_square());
            (x2.reduce_with_xi(&y2), x.plus(y).wide_square().minus(&x2).minus(&y2))
        };
        let minus = |t: Sum2, old: &Element2| t.by(3).minus(&old.sum().by(2)).settle();
        let plus = |t: Sum2, old: &Element2| t.by(3).plus(&old.sum().by(2)).settle();
        let Self { c0: a, c1: b } = self;
        let (t0, t1) = square4(&a.c0, &b.c1);
        let (t2, t3) = square4(&b.c0, &a.c2);
        let (t4, t5) = square4(&a.c1, &b.c2);
        Self {
            c0: Element6 { c0: minus(t0, &a.c0), c1: minus(t2, &a.c1), c2: minus(t4, &a.c2) },
            c1: Element6 {
                c0: plus(t5.reduce_by_xi(), &b.c0),
                c1: plus(t1.reduce(), &b.c1),
                c2: plus(t3.reduce(), &b.c2),
            },
        }
    }

    /// `self (1 + c1 w + c2 v w)`, by ten products in Fq2.
    pub(crate) fn times_line(&self, c1: &Element2, c2: &Element2) -> Self {
        self.sparse(&self.c0.sum(), &Element2::ONE, c1, c2)
    }

    /// `self (c0 + c1 w + c2 v w)`, by thirteen products in Fq2.
    pub(crate) fn times_scaled_line(&self, c0: &Element2, c1: &Element2, c2: &Element2) -> Self {
        let by_c0 = |value: &Element2| value.wide_times(c0).reduce();
        let low = Sum6 { c0: by_c0(&self.c0.c0), c1: by_c0(&self.c0.c1), c2: by_c0(&self.c0.c2) };
        self.sparse(&low, c0, c1, c2)
    }

    /// `self (c0 + c1 w + c2 v w)`, given `low`, the product of `self.c0` and `c0`.
    #[inline]
    fn sparse(&self, low: &Sum6, c0: &Element2, c1: &Element2, c2: &Element2) -> Self {
        let high = self.c1.times_two(c1, c2);
        let cross = self.c0.plus(&self.c1).times_two(&c0.plus(c1), c2);
        Self { c0: low.plus(&high.by_v()).settle(), c1: cross.minus(low).minus(&high).settle() }
    }

    /// `self^(q^6)`: the inverse in the cyclotomic subgroup.
    pub(crate) fn conjugated(&self) -> Self {
        Self { c0: self.c0, c1: self.c1.negated() }
    }

    /// `self^(q^n)`.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn frobenius(&self, n: usize) -> Self {
        let by = power(Fq12Config::FROBENIUS_COEFF_FP12_C1, n);
        let Element6 { c0, c1, c2 } = self.c1.frobenius(n);
        Self {
            c0: self.c0.frobenius(n),
            c1: Element6 { c0: c0.times(&by), c1: c1.times(&by), c2: c2.times(&by) },
        }
    }

    /// The inverse, `(c0 - c1 w) / (c0^2 - v c1^2)`. `None` for 0.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn inverse(&self) -> Option<Self> {
        let Self { c0, c1 } = self;
        let inverse = c0.times(c0).minus(&c1.times(c1).by_v()).settle().inverse()?;
        Some(Self { c0: c0.times(&inverse).settle(), c1: c1.times(&inverse).settle().negated() })
    }
}

/// Number n of the factors by which the powers of q multiply a coefficient, which repeat.
fn power(factors: &[Fq2], n: usize) -> Element2 {
    Element2::of(factors.get(n % factors.len()).expect("less than its length"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Bn254, Fq, G1Affine, G2Affine};
    use ark_ec::{AffineRepr, pairing::Pairing};
    use ark_ff::{AdditiveGroup, CyclotomicMultSubgroup, Field, One, UniformRand, Zero};
    use std::vec::Vec;

    /// Random elements, and such of which parts are 0, 1, -1 or half of q.
    fn elements() -> Vec<Fq12> {
        let mut rng = ark_std::test_rng();
        let mut elements: Vec<Fq12> = (0..30).map(|_| Fq12::rand(&mut rng)).collect();
        elements.extend([Fq12::zero(), Fq12::one(), -Fq12::one()]);
        let half = Fq::from(2).inverse().unwrap();
        // In Montgomery form, 1 and q - 1.
        let [least, greatest] =
            [Fq::new_unchecked(ark_ff::BigInt::one()), -Fq::new_unchecked(ark_ff::BigInt::one())];
        let parts = [Fq::ZERO, Fq::ONE, -Fq::ONE, half, least, greatest];
        elements.extend(parts.map(|part| {
            let part = Fq2::new(part, part);
            Fq12::new(Fq6::new(part, part, part), Fq6::new(part, part, part))
        }));
        for i in 0..216 {
            let part = |salt: usize| parts[(i * 7 + salt * 5 + i / 6 + salt * (i / 36)) % 6];
            let pair = |salt: usize| Fq2::new(part(2 * salt), part(2 * salt + 1));
            elements
                .push(Fq12::new(Fq6::new(pair(0), pair(1), pair(2)), Fq6::new(pair(3), pair(4), pair(5))));
        }
        elements
    }

    #[test]
    fn products_are_those_of_arkworks() {
        let elements = elements();
        for (i, a) in elements.iter().enumerate() {
            let own = Element12::of(a);
            assert_eq!(own.to_field(), *a);
            assert_eq!(own.c0.sum().by_v().settle().to_field(), a.c0 * Fq12Config::NONRESIDUE);
            assert_eq!(own.squared().to_field(), a.square());
            assert_eq!(own.conjugated().to_field(), Fq12::new(a.c0, -a.c1));
            assert_eq!(own.inverse().map(Element12::to_field), a.inverse());
            assert_eq!(own.c0.inverse().map(Element6::to_field), a.c0.inverse());
            for n in 0..14 {
                assert_eq!(own.frobenius(n).to_field(), a.frobenius_map(n), "{n}");
            }
            for b in elements.iter().cycle().skip(i).step_by(17).take(9) {
                let other = Element12::of(b);
                assert_eq!(own.c0.times(&other.c1).settle().to_field(), a.c0 * b.c1);
                assert_eq!(own.times(&other).to_field(), *a * b);
            }
        }
    }

    #[test]
    fn products_with_lines_are_full_products() {
        let elements = elements();
        for (i, a) in elements.iter().enumerate() {
            let own = Element12::of(a);
            for b in elements.iter().cycle().skip(i).step_by(17).take(9) {
                let [c0, c1, c2] = [b.c0.c0, b.c1.c1, b.c0.c2];
                let line = |c0| Fq12::new(Fq6::new(c0, Fq2::ZERO, Fq2::ZERO), Fq6::new(c1, c2, Fq2::ZERO));
                let [own0, own1, own2] = [c0, c1, c2].map(|c| Element2::of(&c));
                assert_eq!(own.times_line(&own1, &own2).to_field(), *a * line(Fq2::ONE));
                assert_eq!(own.times_scaled_line(&own0, &own1, &own2).to_field(), *a * line(c0));
            }
        }
    }

    #[test]
    fn cyclotomic_squares_are_squares() {
        let generator = Bn254::pairing(G1Affine::generator(), G2Affine::generator()).0;
        let mut element = generator;
        for other in [Fq12::one(), generator.cyclotomic_inverse().unwrap()] {
            assert_eq!(Element12::of(&other).cyclotomic_squared().to_field(), other.square());
        }
        for _ in 0..50 {
            let square = Element12::of(&element).cyclotomic_squared().to_field();
            assert_eq!(square, element.square());
            element = square * generator;
        }
    }
}
