//! The endomorphism of the groups of points, by which scalars are split ([`tabella_lanes::Halves`]).

use ark_ec::scalar_mul::glv::GLVConfig;
use tabella_lanes::{G1, G2, Group};

/// A group with the endomorphism that multiplies by `lambda`.
pub(crate) trait Endomorphic: Group {
    /// `lambda P = (beta x, y)`, with a `beta` of the group's own.
    fn endomorphism(point: &Self::Affine) -> Self::Affine;
}

impl Endomorphic for G1 {
    fn endomorphism(point: &Self::Affine) -> Self::Affine {
        ark_bn254::g1::Config::endomorphism_affine(point)
    }
}

impl Endomorphic for G2 {
    /// arkworks' endomorphism of G2 multiplies by `lambda^2`, the other root: done twice it multiplies by `lambda^4 = lambda`.
    fn endomorphism(point: &Self::Affine) -> Self::Affine {
        use ark_bn254::g2::Config;
        Config::endomorphism_affine(&Config::endomorphism_affine(point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use ark_ec::{AffineRepr, CurveGroup};

    #[test]
    fn endomorphisms_multiply_by_lambda() {
        let lambda: Fr = ark_bn254::g1::Config::LAMBDA;
        let g1 = ark_bn254::G1Affine::generator();
        assert_eq!(G1::endomorphism(&g1), (g1 * lambda).into_affine());
        let g2 = ark_bn254::G2Affine::generator();
        assert_eq!(G2::endomorphism(&g2), (g2 * lambda).into_affine());
        let infinity = ark_bn254::G2Affine::identity();
        assert_eq!(G2::endomorphism(&infinity), infinity);
    }
}
