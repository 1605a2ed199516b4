//! Whether a point of the curve lies in the subgroup of order l, by one exponentiation instead of 251 doublings.
//!
//! The rational 8-torsion is cyclic: a d is not a square, so (0, -1) is the only point of order 2. With T of order 8, the Tate
//! pairing `P -> f_T(P)^((r - 1) / 8)` is a character of E / 8E of order 8 [Frey-Rueck 1994], because 8 divides r - 1; and 8E is
//! the subgroup of order l. So P lies in it exactly if `f_T(P)` is an eighth power [Koshelev, eprint 2022/037].
//!
//! On the Montgomery curve `v^2 = u^3 + A u^2 + u` with `u = (1 + y) / (1 - y)`, `v = u / x`, Miller's function of T is
//!
//! ```text
//! f_T = l_T^4 (u - 1)^(-4) l_2T^2 u^(-1)        2T = (1, v_2T), 4T = (0, 0)
//! l_T = v - (lambda u + mu)                     the tangent at T
//! l_2T = v - v_2T u                             the tangent at 2T, which meets (0, 0)
//! ```
//!
//! Powers of eight of denominators are dropped, so that nothing is divided:
//! `f_T = (n^2 (2 y)^2 (1 + y) (1 - v_2T x) x)^2 (1 - y^2)^7` with `n = (1 + y) - mu (1 - y) x - lambda (1 + y) x`.

use crate::{Fr, montgomery::product};
use ark_ff::{AdditiveGroup, Field, MontFp, PrimeField};

/// Slope of the tangent at T.
const LAMBDA: Fr = MontFp!("5125366436769623165205660392107939355810725029703343239946747673935168202680");
/// Ordinate at which the tangent at T meets u = 0.
const MU: Fr = MontFp!("2088913711335396856726546479911749303399891397513649570383271383614331769171");
/// v-coordinate of 2T, whose u-coordinate is 1: a square root of A + 2 = a.
const V_2T: Fr = MontFp!("14673962723734255200314198873237586429337747973199041533368185129026308523766");

/// (r - 1) / 8.
const EXPONENT: [u64; 4] = {
    let [a, b, c, d] = Fr::MODULUS.0;
    // r = 1 mod 8: the shift drops the one.
    [(a >> 3) | (b << 61), (b >> 3) | (c << 61), (c >> 3) | (d << 61), d >> 3]
};

fn square(x: &Fr) -> Fr {
    product(x, x)
}

/// Whether a point of the curve in EIP-2494 coordinates lies in the subgroup of order l. Variable time: for public points.
pub(super) fn contains(x: &Fr, y: &Fr) -> bool {
    let (over, under) = (Fr::ONE + y, Fr::ONE - y);
    if *x == Fr::ZERO {
        // (0, 1) is the identity, (0, -1) has order 2; there the lines have a pole.
        return under == Fr::ZERO;
    }
    let tangent = over - product(&(product(&MU, &under) + product(&LAMBDA, &over)), x);
    let line = product(&(Fr::ONE - product(&V_2T, x)), x);
    let root = product(&product(&square(&tangent), &square(&y.double())), &product(&over, &line));
    let s = product(&over, &under);
    let s2 = square(&s);
    // Zero only at points of the 8-torsion, where a line meets its own point: none but the identity lies in the subgroup.
    let seventh = product(&product(&square(&s2), &s2), &s);
    product(&square(&root), &seventh).pow(EXPONENT) == Fr::ONE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edwards::{A, Scalar, scalar_from_le_bytes_wide, to_model};
    use ark_ec::{AffineRepr, CurveGroup, twisted_edwards::TECurveConfig};
    use ark_ed_on_bn254::{EdwardsAffine, EdwardsConfig};
    use ark_ff::Zero;
    use proptest::prelude::*;

    /// EIP-2494's generator of the whole curve, of order 8 l.
    fn generator() -> EdwardsAffine {
        to_model(
            MontFp!("995203441582195749578291179787384436505546430278305826713579947235728471134"),
            MontFp!("5472060717959818805561601436314318772137091100104008585924551046643952123905"),
        )
    }

    #[test]
    fn the_constants_are_those_of_a_point_of_order_eight() {
        let t = generator().mul_bigint(Scalar::MODULUS).into_affine();
        let (x, y) = super::super::from_model(&t);
        let u = (Fr::ONE + y) / (Fr::ONE - y);
        let v = u / x;
        let a = super::super::MONTGOMERY_A;
        assert_eq!(v.square(), u * (u.square() + a * u + Fr::ONE));
        assert_eq!(LAMBDA, (Fr::from(3) * u.square() + a * u.double() + Fr::ONE) / v.double());
        assert_eq!(MU, v - LAMBDA * u);
        let (x2, y2) = super::super::from_model(&(t + t).into_affine());
        assert_eq!((Fr::ONE + y2, V_2T), (Fr::ONE - y2, x2.inverse().unwrap()));
        assert_eq!(V_2T.square(), A);
        assert_eq!(Fr::from(8) * Fr::from_bigint(ark_ff::BigInt::new(EXPONENT)).unwrap(), -Fr::ONE);
    }

    #[test]
    fn of_the_torsion_only_the_identity_is_contained() {
        let t = generator().mul_bigint(Scalar::MODULUS);
        let mut point = ark_ed_on_bn254::EdwardsProjective::zero();
        for i in 0..8 {
            let (x, y) = super::super::from_model(&point.into_affine());
            assert_eq!(contains(&x, &y), i == 0, "{i} T");
            point += t;
        }
        assert!(point.is_zero());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_pairing_and_the_multiplication_by_l_agree(bytes in prop::array::uniform32(any::<u8>()), coset in 0u64..8) {
            let scalar = scalar_from_le_bytes_wide(&bytes);
            // 8 s G lies in the subgroup, and i G in its i-th coset.
            let point = generator().mul_bigint(scalar.into_bigint()).into_affine().mul_bigint([8u64])
                + generator().mul_bigint([coset]);
            let point = point.into_affine();
            let (x, y) = super::super::from_model(&point);
            prop_assert_eq!(contains(&x, &y), coset == 0);
            prop_assert_eq!(EdwardsConfig::is_in_correct_subgroup_assuming_on_curve(&point), coset == 0);
        }
    }
}
