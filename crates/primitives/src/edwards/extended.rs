//! Points in extended coordinates over [`Element`]: sums and doubles by the same sequence of instructions for all points.
//!
//! A point (x, y) of the curve `x^2 + y^2 = 1 + d x^2 y^2` is (X : Y : T : Z) with `x = X / Z`, `y = Y / Z`, `x y = T / Z` [Hisil, Wong,
//! Carter, Dawson: Twisted Edwards curves revisited, ASIACRYPT 2008, sections 3.1 and 3.3]. a = 1 is a square and d is none, so that the
//! law is complete.

#![allow(clippy::indexing_slicing, reason = "every index is a constant below the length of a fixed array")]

use super::R_MINUS_2;
use crate::{Fr, montgomery::Element};
use ark_ec::twisted_edwards::TECurveConfig;
use ark_ed_on_bn254::{EdwardsAffine, EdwardsConfig};
use ark_ff::Field;
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

/// A point; every coordinate is below 2r.
#[derive(Clone, Copy)]
pub(super) struct Extended([Element; 4]);

impl Extended {
    /// The identity.
    pub(super) fn identity() -> Self {
        let (zero, one) = (Element::ZERO, Element::from_field(&Fr::ONE));
        Self([zero, one, zero, one])
    }

    /// A point in arkworks' model.
    pub(super) fn from_affine(point: &EdwardsAffine) -> Self {
        let [x, y] = [&point.x, &point.y].map(Element::from_field);
        Self([x, y, x.times(y), Element::from_field(&Fr::ONE)])
    }

    /// The point in arkworks' model; this copy is erased.
    ///
    /// `Z^(r-2)` is 1 / Z: a power with a public exponent, where arkworks' `inverse` is a Euclid whose steps depend on the value. Z is not
    /// zero, the law is complete.
    pub(super) fn into_affine(mut self) -> EdwardsAffine {
        let [x, y, _, z] = self.0;
        let mut inverse = z.power(&R_MINUS_2);
        let point = EdwardsAffine::new_unchecked(x.times(inverse).to_field(), y.times(inverse).to_field());
        inverse.zeroize();
        self.zeroize();
        point
    }

    /// The sum.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let ([x1, y1, t1, z1], [x2, y2, t2, z2]) = (self.0, other.0);
        let (a, b) = (x1.times(x2), y1.times(y2));
        let c = t1.times(t2).times(Element::from_field(&EdwardsConfig::COEFF_D));
        let d = z1.times(z2);
        let e = x1.added(y1).times(x2.added(y2)).subtracted(a).subtracted(b);
        Self::out_of(e, d.subtracted(c), d.added(c), b.subtracted(a))
    }

    /// The double.
    pub(super) fn double(&self) -> Self {
        let [x, y, _, z] = self.0;
        let (a, b, zz) = (x.times(x), y.times(y), z.times(z));
        let both = x.added(y);
        let e = both.times(both).subtracted(a).subtracted(b);
        let g = a.added(b);
        Self::out_of(e, g.subtracted(zz.added(zz)), g, a.subtracted(b))
    }

    /// The outcome of both laws, out of what the paper calls E, F, G and H.
    fn out_of(e: Element, f: Element, g: Element, h: Element) -> Self {
        Self([e.times(f), g.times(h), e.times(h), f.times(g)])
    }

    /// Takes over a point if it is the one looked for.
    pub(super) fn take_if(&mut self, other: &Self, hit: Choice) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own = Element::conditional_select(own, other, hit);
        }
    }
}

impl Zeroize for Extended {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edwards::{Point, tests::arb_scalar};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_those_of_arkworks(p in arb_scalar(), q in arb_scalar()) {
            let (p, q) = (Point::base().mul_vartime(&p).0, Point::base().mul_vartime(&q).0);
            let [one, other] = [p, q].map(|point| Extended::from_affine(&point));
            prop_assert_eq!(one.plus(&other).into_affine(), p + q);
            prop_assert_eq!(one.double().into_affine(), p + p);
            // Whatever the representative.
            prop_assert_eq!(one.plus(&other).plus(&other.double()).into_affine(), p + q + q + q);
            prop_assert_eq!(one.plus(&one).into_affine(), p + p);
        }
    }

    #[test]
    fn the_identity_is_no_special_case() {
        let base = Point::base().0;
        let (identity, one) = (Extended::identity(), Extended::from_affine(&base));
        assert_eq!(identity.into_affine(), EdwardsAffine::zero());
        assert_eq!(identity.double().into_affine(), EdwardsAffine::zero());
        assert_eq!(identity.plus(&one).into_affine(), base);
        assert_eq!(one.plus(&Extended::from_affine(&-base)).into_affine(), EdwardsAffine::zero());
    }
}
