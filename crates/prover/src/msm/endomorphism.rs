//! The endomorphism of the groups of points, by which scalars are split ([`tabella_lanes::Halves`]).

use crate::msm::Sum;
use ark_bn254::Fr;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::{AdditiveGroup, Zero};
use tabella_lanes::{G1, G2, Group, Halves};
use zeroize::{Zeroize, Zeroizing};

/// A group with the endomorphism that multiplies by `lambda`.
pub(crate) trait Endomorphic: Group {
    /// `lambda P`.
    fn endomorphism(point: &Sum<Self>) -> Sum<Self>;
}

impl Endomorphic for G1 {
    fn endomorphism(point: &Sum<G1>) -> Sum<G1> {
        ark_bn254::g1::Config::endomorphism(point)
    }
}

impl Endomorphic for G2 {
    /// arkworks' endomorphism of G2 multiplies by `lambda^2`, the other root: done twice it multiplies by `lambda^4 = lambda`.
    fn endomorphism(point: &Sum<G2>) -> Sum<G2> {
        use ark_bn254::g2::Config;
        Config::endomorphism(&Config::endomorphism(point))
    }
}

/// Bits of a half: [`Halves::BOUND`] is below 2^126.
const HALF_BITS: usize = 126;
const _: () = assert!(Halves::BOUND >> HALF_BITS == 0);

/// `k P` for a P of order r, by both halves of the scalar at once: about 126 doublings and 95 additions, in a time that depends on the scalar.
///
/// arkworks' products split the scalar in integers on the heap and leave them there. Here all that follows from scalar and point is erased.
pub(crate) fn multiple<G: Endomorphic>(point: &Sum<G>, scalar: &Fr) -> Zeroizing<Sum<G>>
where
    Sum<G>: Zeroize,
{
    let halves = Zeroizing::new(Halves::of(scalar).0);
    let magnitudes = Zeroizing::new(halves.map(i128::unsigned_abs));
    let signed = |point: Sum<G>, half: i128| if half < 0 { -point } else { point };
    let [first, second] = *halves;
    let (first, second) = (signed(*point, first), signed(G::endomorphism(point), second));
    // By the bit of the first half, and of the second.
    let multiples = Zeroizing::new([[Sum::<G>::zero(), second], [first, first + second]]);
    let mut sum = Zeroizing::new(Sum::<G>::zero());
    for bit in (0..HALF_BITS).rev() {
        sum.double_in_place();
        let [first, second] = magnitudes.map(|half| usize::from(half >> bit & 1 == 1));
        *sum += multiples[first][second];
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::PrimeGroup;
    use ark_ff::{Field, UniformRand};

    #[test]
    fn endomorphisms_multiply_by_lambda() {
        let lambda: Fr = ark_bn254::g1::Config::LAMBDA;
        let g1 = Sum::<G1>::generator();
        assert_eq!(G1::endomorphism(&g1), g1 * lambda);
        let g2 = Sum::<G2>::generator();
        assert_eq!(G2::endomorphism(&g2), g2 * lambda);
        assert_eq!(G2::endomorphism(&Sum::<G2>::zero()), Sum::<G2>::zero());
    }

    fn multiples_are_arkworks<G: Endomorphic>()
    where
        Sum<G>: Zeroize,
    {
        let mut rng = ark_std::test_rng();
        let lambda: Fr = ark_bn254::g1::Config::LAMBDA;
        let half = Fr::from(2u64).inverse().unwrap();
        let mut scalars =
            vec![Fr::zero(), Fr::from(1u64), -Fr::from(1u64), lambda, -lambda, half, half * lambda];
        scalars.extend((0..20).map(|_| Fr::rand(&mut rng)));
        for scalar in scalars {
            let point = Sum::<G>::generator() * Fr::rand(&mut rng);
            assert_eq!(*multiple::<G>(&point, &scalar), point * scalar, "{scalar}");
            assert_eq!(*multiple::<G>(&Sum::<G>::zero(), &scalar), Sum::<G>::zero());
        }
    }

    #[test]
    fn multiples_are_those_of_arkworks() {
        multiples_are_arkworks::<G1>();
        multiples_are_arkworks::<G2>();
    }
}
