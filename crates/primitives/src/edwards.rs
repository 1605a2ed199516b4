//! Baby Jubjub in the form of EIP-2494: `a x^2 + y^2 = 1 + d x^2 y^2` over BN254's scalar field, a = 168700, d = 168696.
//!
//! Order 8 l with l = 2736030358979909402780800718157159386076813972158567259200215660948447373041; the base point is
//! [EIP-2494]'s `B8`, of order l. Coordinates that enter or leave this module are always EIP-2494 coordinates.
//!
//! Inside, arithmetic is arkworks' on `ark-ed-on-bn254`, which is the isomorphic curve with a = 1. The isomorphism is
//! `(x, y) -> (sqrt(a) x, y)`; it stands in `to_model` and `from_model` below and nowhere else.
//!
//! | part | what |
//! | --- | --- |
//! | `extended` | sums and doubles without branches that depend on the points |
//! | `secret` | multiplication by secret scalars, without branches or look-ups that depend on them |
//! | `batch` | sums and products of many public points |
//! | `subgroup` | whether a point of the curve lies in the subgroup, by a pairing |
//!
//! [EIP-2494]: https://eips.ethereum.org/EIPS/eip-2494

mod batch;
mod extended;
mod secret;
mod subgroup;

pub use batch::PointSum;
pub use secret::random_scalar;

use crate::{
    Fr,
    encoding::{Canonical, EncodingError, is_negative},
};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ed_on_bn254::EdwardsAffine;
use ark_ff::{AdditiveGroup, Field, MontFp, PrimeField};
use core::{
    fmt,
    ops::{Add, Mul, Neg, Sub},
};
use zeroize::Zeroize;

/// An integer modulo l, the order of the prime-order subgroup.
pub type Scalar = ark_ed_on_bn254::Fr;

/// Coefficient a of EIP-2494.
pub const A: Fr = MontFp!("168700");
/// Coefficient d of EIP-2494.
pub const D: Fr = MontFp!("168696");
/// Coefficient A of the birationally equivalent Montgomery curve `B v^2 = u^3 + A u^2 + u` with B = 1.
pub const MONTGOMERY_A: Fr = MontFp!("168698");
/// x-coordinate of the base point B8.
pub const BASE_X: Fr =
    MontFp!("5299619240641551281634865583518297030282874472190772894086521144482721001553");
/// y-coordinate of the base point B8.
pub const BASE_Y: Fr =
    MontFp!("16950150798460657717958625567821834550301663161624707787222815936182638968203");

/// A square root of a, by which the x-coordinates of the two models differ. (Either root serves: they differ by the
/// automorphism (x, y) -> (-x, y).)
const SQRT_A: Fr = MontFp!("7214280148105020021932206872019688659210616427216992810330019057549499971851");
const SQRT_A_INVERSE: Fr =
    MontFp!("2957874849018779266517920829765869116077630550401372566248359756137677864698");

/// r - 2, the exponent of an inverse after Fermat.
const R_MINUS_2: [u64; 4] = {
    let [low, rest @ ..] = Fr::MODULUS.0;
    // r ends in 1 in binary, and its low limb is far above 2.
    [low - 2, rest[0], rest[1], rest[2]]
};

/// Windows of four bits in a scalar, which has 251.
const WINDOWS: usize = 63;
/// By how many bits a scalar is shifted left to have its topmost window at the top of its 256 bits.
const LEFT_OVER: u32 = 4;

/// A point of the prime-order subgroup of Baby Jubjub.
///
/// Every constructor checks membership, so whoever holds a `Point` holds a point of order l or the identity.
/// Packed bytes: 32, y little endian, the top bit set if x is above half of the modulus (circomlib's `packPoint`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Zeroize)]
pub struct Point(EdwardsAffine);

/// EIP-2494 coordinates into arkworks' a = 1 model.
fn to_model(x: Fr, y: Fr) -> EdwardsAffine {
    EdwardsAffine::new_unchecked(x * SQRT_A, y)
}

/// arkworks' a = 1 model into EIP-2494 coordinates.
fn from_model(point: &EdwardsAffine) -> (Fr, Fr) {
    (point.x * SQRT_A_INVERSE, point.y)
}

impl Point {
    /// Length of the packed form in bytes.
    pub const PACKED_LEN: usize = 32;
    /// Length of both coordinates in bytes.
    pub const XY_LEN: usize = 64;

    /// The neutral element (0, 1).
    #[must_use]
    pub fn identity() -> Self {
        Self(EdwardsAffine::zero())
    }

    /// The base point B8 of EIP-2494.
    #[must_use]
    pub fn base() -> Self {
        Self(to_model(BASE_X, BASE_Y))
    }

    /// A point from its EIP-2494 coordinates; the identity is refused.
    ///
    /// # Errors
    /// [`EncodingError::NotOnCurve`], [`EncodingError::NotInSubgroup`] or [`EncodingError::Identity`].
    pub fn from_xy(x: Fr, y: Fr) -> Result<Self, EncodingError> {
        match Self::from_xy_or_identity(x, y)? {
            point if point.is_identity() => Err(EncodingError::Identity),
            point => Ok(point),
        }
    }

    /// A point from its EIP-2494 coordinates, where the identity has a meaning (the sum of no ciphertexts, say).
    ///
    /// # Errors
    /// [`EncodingError::NotOnCurve`] or [`EncodingError::NotInSubgroup`].
    pub fn from_xy_or_identity(x: Fr, y: Fr) -> Result<Self, EncodingError> {
        let point = to_model(x, y);
        if !point.is_on_curve() {
            return Err(EncodingError::NotOnCurve);
        }
        if !subgroup::contains(&x, &y) {
            return Err(EncodingError::NotInSubgroup);
        }
        Ok(Self(point))
    }

    /// EIP-2494 coordinates (x, y).
    #[must_use]
    pub fn to_xy(&self) -> (Fr, Fr) {
        from_model(&self.0)
    }

    /// EIP-2494 coordinates x and y, 32 bytes big endian each: the form that is hashed.
    #[must_use]
    pub fn to_xy_bytes(&self) -> [u8; Self::XY_LEN] {
        let (x, y) = self.to_xy();
        let mut bytes = [0u8; Self::XY_LEN];
        for (to, from) in bytes.iter_mut().zip(x.to_be_bytes().into_iter().chain(y.to_be_bytes())) {
            *to = from;
        }
        bytes
    }

    /// Packed form (see [`Point`]).
    #[must_use]
    pub fn to_packed(&self) -> [u8; Self::PACKED_LEN] {
        let (x, y) = self.to_xy();
        let mut bytes = y.to_be_bytes();
        bytes.reverse();
        if is_negative(&x) {
            bytes[31] |= 0x80;
        }
        bytes
    }

    /// A point from its packed form; the identity is refused.
    ///
    /// # Errors
    /// [`EncodingError::Length`], [`EncodingError::NotCanonical`] (y not below the modulus, or a sign set on x = 0),
    /// [`EncodingError::NotOnCurve`], [`EncodingError::NotInSubgroup`] or [`EncodingError::Identity`].
    pub fn from_packed(bytes: &[u8]) -> Result<Self, EncodingError> {
        let mut bytes: [u8; 32] = bytes
            .try_into()
            .map_err(|_| EncodingError::Length { expected: Self::PACKED_LEN, actual: bytes.len() })?;
        let negative = bytes[31] & 0x80 != 0;
        bytes[31] &= 0x7f;
        bytes.reverse();
        let y = Fr::from_be_bytes(&bytes)?;
        // a x^2 + y^2 = 1 + d x^2 y^2  <=>  x^2 = (1 - y^2) / (a - d y^2); a/d is not a square, so the divisor is not 0.
        let y2 = y.square();
        let divisor = (A - D * y2).inverse().ok_or(EncodingError::NotOnCurve)?;
        let x = ((Fr::ONE - y2) * divisor).sqrt().ok_or(EncodingError::NotOnCurve)?;
        if x == Fr::ZERO && negative {
            return Err(EncodingError::NotCanonical);
        }
        Self::from_xy(if is_negative(&x) == negative { x } else { -x }, y)
    }

    /// Whether this is the neutral element.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.is_zero()
    }

    /// `scalar * self` in variable time: for public scalars only.
    #[must_use]
    pub fn mul_vartime(&self, scalar: &Scalar) -> Self {
        Self((self.0 * scalar).into_affine())
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self((self.0 + other.0).into_affine())
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self((self.0 - other.0).into_affine())
    }
}

impl Neg for Point {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<&Scalar> for Point {
    type Output = Self;
    /// Variable time, like [`Point::mul_vartime`]: for public scalars only.
    fn mul(self, scalar: &Scalar) -> Self {
        self.mul_vartime(scalar)
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (x, y) = self.to_xy();
        write!(f, "Point({}, {})", x.to_decimal(), y.to_decimal())
    }
}

/// Reduces a little-endian integer of any length modulo l (circomlib and Semaphore reduce hash outputs so).
///
/// Horner over 32-bit digits in the scalar field: the sequence of field operations depends on the length alone.
#[must_use]
pub fn scalar_from_le_bytes_wide(bytes: &[u8]) -> Scalar {
    let shift = Scalar::from(1u64 << 32);
    let mut sum = Scalar::ZERO;
    for chunk in bytes.rchunks(4) {
        let mut digit = 0u64;
        for byte in chunk.iter().rev() {
            digit = (digit << 8) | u64::from(*byte);
        }
        let width = chunk.len();
        let factor = if width == 4 { shift } else { Scalar::from(1u64 << (8 * width)) };
        sum = sum * factor + Scalar::from(digit);
        digit.zeroize();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::twisted_edwards::TECurveConfig;
    use ark_ed_on_bn254::{EdwardsConfig, EdwardsProjective};
    use proptest::prelude::*;

    pub(super) fn arb_scalar() -> impl Strategy<Value = Scalar> {
        prop::array::uniform32(any::<u8>()).prop_map(|bytes| scalar_from_le_bytes_wide(&bytes))
    }

    fn on_eip_2494_curve(x: Fr, y: Fr) -> bool {
        A * x.square() + y.square() == Fr::ONE + D * x.square() * y.square()
    }

    #[test]
    fn the_isomorphism_maps_curve_to_curve() {
        assert_eq!(SQRT_A.square(), A);
        assert_eq!(SQRT_A * SQRT_A_INVERSE, Fr::ONE);
        assert_eq!(D / A, <EdwardsConfig as TECurveConfig>::COEFF_D);
        assert!(on_eip_2494_curve(BASE_X, BASE_Y));
        assert_eq!(Point::base().to_xy(), (BASE_X, BASE_Y));
        assert!(Point::from_xy(BASE_X, BASE_Y).is_ok());
        assert_eq!(Point::base().0.mul_bigint(Scalar::MODULUS).into_affine(), EdwardsAffine::zero());
        // The trap: arkworks' own generator is not on the EIP-2494 curve.
        let foreign = EdwardsAffine::generator();
        assert!(!on_eip_2494_curve(foreign.x, foreign.y));
        assert_eq!(Point::from_xy(foreign.x, foreign.y), Err(EncodingError::NotOnCurve));
    }

    #[test]
    fn eip_2494_known_answers() {
        // EIP-2494: the generator G of the whole curve, and 8 G = B8.
        let g = (
            MontFp!("995203441582195749578291179787384436505546430278305826713579947235728471134"),
            MontFp!("5472060717959818805561601436314318772137091100104008585924551046643952123905"),
        );
        assert_eq!(Point::from_xy(g.0, g.1), Err(EncodingError::NotInSubgroup));
        let mut eight_g: EdwardsProjective = to_model(g.0, g.1).into();
        for _ in 0..3 {
            eight_g.double_in_place();
        }
        assert_eq!(from_model(&eight_g.into_affine()), (BASE_X, BASE_Y));
    }

    #[test]
    fn small_order_points_are_refused() {
        // Order 2: (0, -1). Order 4: (+-1/sqrt(a), 0).
        assert_eq!(Point::from_xy(Fr::ZERO, -Fr::ONE), Err(EncodingError::NotInSubgroup));
        assert_eq!(Point::from_xy(SQRT_A_INVERSE, Fr::ZERO), Err(EncodingError::NotInSubgroup));
        assert_eq!(Point::from_xy(Fr::ZERO, Fr::ONE), Err(EncodingError::Identity));
        assert!(Point::from_xy_or_identity(Fr::ZERO, Fr::ONE).is_ok());
        // Order 8: a point whose double is the point of order 4.
        let eighth = (2..200u64)
            .map(Fr::from)
            .filter_map(|y| {
                let x = ((Fr::ONE - y.square()) / (A - D * y.square())).sqrt()?;
                let small = to_model(x, y).mul_bigint(Scalar::MODULUS).into_affine();
                (!small.is_zero()).then_some(small)
            })
            .next()
            .expect("seven of eight points have a small-order part");
        let (x, y) = from_model(&eighth);
        assert_eq!(Point::from_xy(x, y), Err(EncodingError::NotInSubgroup));
        let mixed = (Point::base().0 + eighth).into_affine();
        let (x, y) = from_model(&mixed);
        assert!(on_eip_2494_curve(x, y));
        assert_eq!(Point::from_xy(x, y), Err(EncodingError::NotInSubgroup));
    }

    #[test]
    fn packed_form_is_unique() {
        let mut bytes = Point::base().to_packed();
        assert_eq!(Point::from_packed(&bytes), Ok(Point::base()));
        bytes[31] ^= 0x80;
        assert_eq!(Point::from_packed(&bytes), Ok(-Point::base()));
        let mut identity = [0u8; 32];
        identity[0] = 1;
        assert_eq!(Point::from_packed(&identity), Err(EncodingError::Identity));
        identity[31] = 0x80;
        assert_eq!(Point::from_packed(&identity), Err(EncodingError::NotCanonical));
        assert_eq!(Point::from_packed(&[0xff; 32]), Err(EncodingError::NotCanonical));
        assert_eq!(Point::from_packed(&[0; 33]), Err(EncodingError::Length { expected: 32, actual: 33 }));
    }

    #[test]
    fn wide_reduction_agrees_with_modulus() {
        let mut l = [0u8; 32];
        for (chunk, limb) in l.chunks_exact_mut(8).zip(Scalar::MODULUS.0) {
            chunk.copy_from_slice(&limb.to_le_bytes());
        }
        assert_eq!(scalar_from_le_bytes_wide(&l), Scalar::ZERO);
        l[0] += 5;
        assert_eq!(scalar_from_le_bytes_wide(&l), Scalar::from(5u64));
        assert_eq!(scalar_from_le_bytes_wide(&[7, 1]), Scalar::from(263u64));
        assert_eq!(scalar_from_le_bytes_wide(&[1, 2, 3, 4, 5]), Scalar::from(0x05_0403_0201u64));
        assert_eq!(scalar_from_le_bytes_wide(&[]), Scalar::ZERO);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn packing_round_trips(s in arb_scalar()) {
            let p = Point::mul_base(&s);
            prop_assume!(!p.is_identity());
            prop_assert_eq!(Point::from_packed(&p.to_packed()), Ok(p));
            let (x, y) = p.to_xy();
            prop_assert!(on_eip_2494_curve(x, y));
            prop_assert_eq!(Point::from_xy(x, y), Ok(p));
            let bytes = p.to_xy_bytes();
            prop_assert_eq!((Fr::from_be_bytes(&bytes[..32]), Fr::from_be_bytes(&bytes[32..])), (Ok(x), Ok(y)));
        }
    }
}
