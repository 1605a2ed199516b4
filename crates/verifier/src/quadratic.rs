//! `Fq2 = Fq[u] / (u^2 + 1)`, with products left wide until their sum is complete.
//!
//! A product takes three products of integers [A. Karatsuba], and a sum of products two reductions, however many they are
//! [D. F. Aranha, K. Karabina, P. Longa, C. H. Gebotys, J. Lopez, "Faster explicit formulas for computing pairings over
//! ordinary curves", eprint 2010/526, section 3]. Ranges in comments are in units of q for sums, of `q^2` for wide numbers, where
//! `R q` is 5.29.

use crate::limbs::{Element, Loose, Sum, Wide};
use ark_bn254::Fq2;
use ark_ff::Field;

/// `c0 + c1 u`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element2 {
    pub(crate) c0: Element,
    pub(crate) c1: Element,
}

/// A factor of a product, not reduced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loose2 {
    c0: Loose,
    c1: Loose,
}

/// A sum of elements, not reduced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sum2 {
    c0: Sum,
    c1: Sum,
}

/// A sum of products, not reduced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide2 {
    c0: Wide,
    c1: Wide,
}

impl Element2 {
    pub(crate) const ZERO: Self = Self { c0: Element::ZERO, c1: Element::ZERO };
    pub(crate) const ONE: Self = Self { c0: Element::ONE, c1: Element::ZERO };

    #[inline]
    pub(crate) const fn of(value: &Fq2) -> Self {
        Self { c0: Element::of(&value.c0), c1: Element::of(&value.c1) }
    }

    #[inline]
    pub(crate) const fn to_field(self) -> Fq2 {
        Fq2::new(self.c0.to_field(), self.c1.to_field())
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self { c0: self.c0.plus(&other.c0), c1: self.c1.plus(&other.c1) }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self { c0: self.c0.minus(&other.c0), c1: self.c1.minus(&other.c1) }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    pub(crate) fn negated(&self) -> Self {
        Self::ZERO.minus(self)
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    pub(crate) fn doubled(&self) -> Self {
        self.plus(self)
    }

    /// `self other` for an element of Fq.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    pub(crate) fn scaled(&self, by: &Element) -> Self {
        Self { c0: self.c0.times(by), c1: self.c1.times(by) }
    }

    #[inline]
    pub(crate) fn times(&self, other: &Self) -> Self {
        self.wide_times(other).reduce().settle()
    }

    #[inline]
    pub(crate) fn squared(&self) -> Self {
        self.wide_square().reduce().settle()
    }

    /// The product: in (-1, 1) and [0, 2).
    #[inline]
    pub(crate) fn wide_times(&self, other: &Self) -> Wide2 {
        self.loose().times(&other.loose())
    }

    /// The square plus a multiple of q: in [0, 2) and [0, 2).
    pub(crate) fn wide_square(&self) -> Wide2 {
        let (a, b) = (self.c0.loose(), self.c1.loose());
        Wide2 { c0: a.plus(&b).times(&self.c0.minus(&self.c1).loose()), c1: a.plus(&a).times(&b) }
    }

    /// `self^(q^n)`: itself, or its conjugate.
    pub(crate) fn frobenius(&self, n: usize) -> Self {
        if n.is_multiple_of(2) { *self } else { Self { c0: self.c0, c1: Element::ZERO.minus(&self.c1) } }
    }

    /// The inverse, by arkworks. `None` for 0.
    pub(crate) fn inverse(&self) -> Option<Self> {
        Some(Self::of(&self.to_field().inverse()?))
    }

    #[inline]
    pub(crate) const fn loose(&self) -> Loose2 {
        Loose2 { c0: self.c0.loose(), c1: self.c1.loose() }
    }

    #[inline]
    pub(crate) const fn sum(&self) -> Sum2 {
        Sum2 { c0: self.c0.sum(), c1: self.c1.sum() }
    }
}

impl Loose2 {
    /// The sum, a factor if both are reduced.
    #[inline]
    pub(crate) const fn plus(&self, other: &Self) -> Self {
        Self { c0: self.c0.plus(&other.c0), c1: self.c1.plus(&other.c1) }
    }

    /// The product of sums of at most two: in (-4, 4) and [0, 8).
    #[inline(never)]
    pub(crate) fn times(&self, other: &Self) -> Wide2 {
        let low = self.c0.times(&other.c0);
        let high = self.c1.times(&other.c1);
        let cross = self.c0.plus(&self.c1).times(&other.c0.plus(&other.c1));
        Wide2 { c0: low.minus(&high), c1: cross.minus(&low).minus(&high) }
    }
}

/// Sums and differences, part by part.
macro_rules! by_parts {
    ($($pair:ident),+) => {
        $(impl $pair {
            #[inline]
            pub(crate) const fn plus(&self, other: &Self) -> Self {
                Self { c0: self.c0.plus(&other.c0), c1: self.c1.plus(&other.c1) }
            }

            #[inline]
            pub(crate) const fn minus(&self, other: &Self) -> Self {
                Self { c0: self.c0.minus(&other.c0), c1: self.c1.minus(&other.c1) }
            }
        })+
    };
}

by_parts!(Sum2, Wide2);

impl Sum2 {
    /// `k self`.
    #[inline]
    pub(crate) fn by(&self, k: u64) -> Self {
        Self { c0: self.c0.by(k), c1: self.c1.by(k) }
    }

    /// `xi self`, with `xi = 9 + u`.
    #[inline]
    pub(crate) fn by_xi(&self) -> Self {
        Self { c0: self.c0.by(9).minus(&self.c1), c1: self.c1.by(9).plus(&self.c0) }
    }

    #[inline]
    pub(crate) fn settle(&self) -> Element2 {
        Element2 { c0: self.c0.settle(), c1: self.c1.settle() }
    }
}

impl Wide2 {
    #[inline(never)]
    pub(crate) fn reduce(&self) -> Sum2 {
        Sum2 { c0: self.c0.reduce(), c1: self.c1.reduce() }
    }

    /// `self + xi other`, reduced.
    #[inline(never)]
    pub(crate) fn reduce_with_xi(&self, other: &Self) -> Sum2 {
        Sum2 {
            c0: other.c0.nine_times().plus(&self.c0).minus(&other.c1).reduce(),
            c1: other.c1.nine_times().plus(&self.c1).plus(&other.c0).reduce(),
        }
    }

    /// `xi self`, reduced.
    #[inline(never)]
    pub(crate) fn reduce_by_xi(&self) -> Sum2 {
        Sum2 {
            c0: self.c0.nine_times().minus(&self.c1).reduce(),
            c1: self.c1.nine_times().plus(&self.c0).reduce(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fq, Fq6Config};
    use ark_ff::{AdditiveGroup, BigInt, Fp6Config, UniformRand};
    use std::vec::Vec;

    /// Pairs of parts at the edges, in Montgomery form too, and random ones.
    fn elements() -> Vec<Fq2> {
        let mut rng = ark_std::test_rng();
        let least = Fq::new_unchecked(BigInt([1, 0, 0, 0]));
        let half = Fq::from(2).inverse().unwrap();
        let parts = [Fq::ZERO, Fq::ONE, -Fq::ONE, least, -least, half, -half];
        let mut elements: Vec<Fq2> = parts.iter().flat_map(|a| parts.map(|b| Fq2::new(*a, b))).collect();
        elements.extend((0..20).map(|_| Fq2::rand(&mut rng)));
        elements
    }

    #[test]
    fn sums_and_products_are_those_of_arkworks() {
        let elements = elements();
        for a in &elements {
            let own = Element2::of(a);
            assert_eq!(own.to_field(), *a);
            assert_eq!(own.squared().to_field(), a.square());
            assert_eq!(own.negated().to_field(), -*a);
            assert_eq!(own.doubled().to_field(), a.double());
            assert_eq!(own.inverse().map(Element2::to_field), a.inverse());
            assert_eq!(own.sum().by_xi().settle().to_field(), *a * Fq6Config::NONRESIDUE);
            for b in &elements {
                let other = Element2::of(b);
                assert_eq!(own.plus(&other).to_field(), *a + b);
                assert_eq!(own.minus(&other).to_field(), *a - b);
                assert_eq!(own.times(&other).to_field(), *a * b);
                assert_eq!(own.scaled(&other.c0).to_field(), Fq2::new(a.c0 * b.c0, a.c1 * b.c0));
                let (product, square) = (own.wide_times(&other), own.wide_square());
                let with_xi = product.reduce_with_xi(&square).settle().to_field();
                assert_eq!(with_xi, *a * b + a.square() * Fq6Config::NONRESIDUE);
                assert_eq!(product.reduce_by_xi().settle().to_field(), *a * b * Fq6Config::NONRESIDUE);
                let mixed = product.plus(&square).minus(&other.wide_square()).reduce().settle();
                assert_eq!(mixed.to_field(), *a * b + a.square() - b.square());
                let loose = own.loose().plus(&other.loose());
                assert_eq!(loose.times(&loose).reduce().settle().to_field(), (*a + b).square());
                let sum = own.sum().by(3).minus(&other.sum().by(2)).plus(&own.sum()).settle();
                assert_eq!(sum.to_field(), a.double().double() - b.double());
            }
        }
    }
}
