//! A verifying key: its points, its canonical bytes, its name, and which keys are refused.

use crate::{
    point::{self, G1_BYTES, G2_BYTES},
    verify::PreparedVerifyingKey,
};
use alloc::vec::Vec;
use ark_bn254::{G1Affine, G2Affine};
use core::fmt;
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    encoding::EncodingError,
};

/// What is needed to verify the proofs of one circuit: `alpha` in G1, `beta`, `gamma`, `delta` in G2, and `IC` in G1, one
/// point more than there are public inputs.
///
/// All points are in their group of order r and none is the identity; keys that can be seen to be forgeable are refused
/// ([`WeakKey`]). Whether the key belongs to a circuit, and whether the secrets behind it were destroyed, no check of
/// the key alone can tell: a key is trusted by its [`digest`](Self::digest).
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    alpha: G1Affine,
    beta: G2Affine,
    gamma: G2Affine,
    delta: G2Affine,
    ic: Vec<G1Affine>,
}

/// One of the points of a [`VerifyingKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPoint {
    /// `alpha`, in G1.
    Alpha,
    /// `beta`, in G2.
    Beta,
    /// `gamma`, in G2.
    Gamma,
    /// `delta`, in G2.
    Delta,
    /// `IC` of that index, in G1: 0 belongs to the constant one, i to the i-th public input.
    Ic(usize),
}

impl fmt::Display for KeyPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alpha => f.write_str("alpha"),
            Self::Beta => f.write_str("beta"),
            Self::Gamma => f.write_str("gamma"),
            Self::Delta => f.write_str("delta"),
            Self::Ic(index) => write!(f, "IC[{index}]"),
        }
    }
}

/// A relation between the points of a key by which anybody can forge proofs. An honest setup makes one with probability
/// below 2^-240.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WeakKey {
    /// `gamma = +-delta`: with V the sum of the inputs, `(alpha, beta, -+V)` satisfies the equation for every statement.
    /// This is the key of an unfinished setup, and it has been exploited.
    GammaIsDelta,
    /// `beta = +-gamma`: `(alpha +- V, beta + delta, alpha +- V)`, shifted by delta so that no point is the identity,
    /// satisfies it for `C = A`.
    BetaIsGamma,
    /// `beta = +-delta`: `(V, gamma + beta, +-(V - alpha))` satisfies it.
    BetaIsDelta,
    /// `IC[first] = +-IC[second]`. With first = 0 the sum of the inputs can be made the identity, and then
    /// `(alpha, beta + delta, alpha)` satisfies the equation; otherwise two inputs are bound only by their sum or
    /// difference, so that one proof serves many statements.
    IcRepeats {
        /// The smaller index.
        first: usize,
        /// The greater index.
        second: usize,
    },
}

impl fmt::Display for WeakKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("forgeable key: ")?;
        match self {
            Self::GammaIsDelta => f.write_str("gamma equals delta up to sign (the setup was not finished)"),
            Self::BetaIsGamma => f.write_str("beta equals gamma up to sign"),
            Self::BetaIsDelta => f.write_str("beta equals delta up to sign"),
            Self::IcRepeats { first, second } => write!(f, "IC[{first}] equals IC[{second}] up to sign"),
        }
    }
}

/// Why points or bytes are not a [`VerifyingKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The number of bytes does not fit: a key with n public inputs has `516 + 64 n` bytes.
    Length {
        /// Bytes that the number of points asks for.
        expected: usize,
        /// Bytes found.
        actual: usize,
    },
    /// There is no `IC` point at all, not even that of the constant one.
    NoIc,
    /// There are more `IC` points than 32 bits count.
    TooManyIc,
    /// This point is not what it must be.
    Point {
        /// Which.
        point: KeyPoint,
        /// What is wrong with it.
        cause: EncodingError,
    },
    /// Anybody could forge proofs.
    Weak(WeakKey),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, actual } => {
                write!(f, "the verifying key should have {expected} bytes and has {actual}")
            }
            Self::NoIc => f.write_str("the verifying key has no IC point"),
            Self::TooManyIc => f.write_str("the verifying key has too many IC points"),
            Self::Point { point, cause } => write!(f, "{point} of the verifying key: {cause}"),
            Self::Weak(weak) => weak.fmt(f),
        }
    }
}

impl core::error::Error for KeyError {}

impl VerifyingKey {
    /// Bytes before the `IC` points: alpha, beta, gamma, delta, and the number of `IC` points.
    const HEAD_BYTES: usize = G1_BYTES + 3 * G2_BYTES + 4;

    /// Makes a key of its points.
    ///
    /// # Errors
    /// [`KeyError::NoIc`], [`KeyError::TooManyIc`], [`KeyError::Point`] for a point that is the identity, off the curve
    /// or outside its group, [`KeyError::Weak`] for a forgeable key. An `IC` point that is the identity would leave its
    /// input unbound.
    pub fn from_parts(
        alpha: G1Affine,
        beta: G2Affine,
        gamma: G2Affine,
        delta: G2Affine,
        ic: Vec<G1Affine>,
    ) -> Result<Self, KeyError> {
        let alpha = point::check_g1(alpha).map_err(at(KeyPoint::Alpha))?;
        let beta = point::check_g2(beta).map_err(at(KeyPoint::Beta))?;
        let gamma = point::check_g2(gamma).map_err(at(KeyPoint::Gamma))?;
        let delta = point::check_g2(delta).map_err(at(KeyPoint::Delta))?;
        for (index, point) in ic.iter().enumerate() {
            let _checked = point::check_g1(*point).map_err(at(KeyPoint::Ic(index)))?;
        }
        Self { alpha, beta, gamma, delta, ic }.check()
    }

    /// Refuses wrong numbers of points, and keys that can be seen to be forgeable; each point has been checked.
    fn check(self) -> Result<Self, KeyError> {
        if self.ic.is_empty() {
            return Err(KeyError::NoIc);
        }
        u32::try_from(self.ic.len()).map_err(|_| KeyError::TooManyIc)?;
        self.check_strength().map_err(KeyError::Weak)?;
        Ok(self)
    }

    /// Refuses keys that can be seen to be forgeable.
    fn check_strength(&self) -> Result<(), WeakKey> {
        // Points with one x coordinate are equal up to sign.
        if self.gamma.x == self.delta.x {
            return Err(WeakKey::GammaIsDelta);
        }
        if self.beta.x == self.gamma.x {
            return Err(WeakKey::BetaIsGamma);
        }
        if self.beta.x == self.delta.x {
            return Err(WeakKey::BetaIsDelta);
        }
        let mut by_x: Vec<_> = self.ic.iter().enumerate().map(|(index, point)| (point.x, index)).collect();
        by_x.sort_unstable();
        for (one, other) in by_x.iter().zip(by_x.iter().skip(1)) {
            if one.0 == other.0 {
                return Err(WeakKey::IcRepeats { first: one.1, second: other.1 });
            }
        }
        Ok(())
    }

    /// Decodes what [`Self::to_bytes`] makes. The work is linear in the number of bytes found.
    ///
    /// # Errors
    /// [`KeyError::Length`] for missing or trailing bytes, and those of [`Self::from_parts`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let too_short = KeyError::Length { expected: Self::HEAD_BYTES, actual: bytes.len() };
        let (points, rest) = bytes.split_at_checked(Self::HEAD_BYTES - 4).ok_or_else(|| too_short.clone())?;
        let (count, ic) = rest.split_first_chunk::<4>().ok_or(too_short)?;
        // Nothing is allocated before the length is known to fit. Saturated, it fits no slice.
        let count = usize::try_from(u32::from_be_bytes(*count)).unwrap_or(usize::MAX);
        let expected = Self::HEAD_BYTES.saturating_add(G1_BYTES.saturating_mul(count));
        if bytes.len() != expected {
            return Err(KeyError::Length { expected, actual: bytes.len() });
        }
        let (alpha, g2) = points.split_at(G1_BYTES);
        let (beta, g2) = g2.split_at(G2_BYTES);
        let (gamma, delta) = g2.split_at(G2_BYTES);
        let ic: Result<_, _> = ic
            .as_chunks::<G1_BYTES>()
            .0
            .iter()
            .enumerate()
            .map(|(index, bytes)| point::g1_from_bytes(bytes).map_err(at(KeyPoint::Ic(index))))
            .collect();
        Self {
            alpha: point::g1_from_bytes(alpha).map_err(at(KeyPoint::Alpha))?,
            beta: point::g2_from_bytes(beta).map_err(at(KeyPoint::Beta))?,
            gamma: point::g2_from_bytes(gamma).map_err(at(KeyPoint::Gamma))?,
            delta: point::g2_from_bytes(delta).map_err(at(KeyPoint::Delta))?,
            ic: ic?,
        }
        .check()
    }

    /// Canonical bytes: `alpha (64), beta (128), gamma (128), delta (128), number of IC points (4, big endian), IC (64
    /// each)`, that is `516 + 64 n` bytes for n public inputs.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::HEAD_BYTES + G1_BYTES * self.ic.len());
        bytes.extend_from_slice(&point::g1_to_bytes(&self.alpha));
        for point in [&self.beta, &self.gamma, &self.delta] {
            bytes.extend_from_slice(&point::g2_to_bytes(point));
        }
        bytes.extend_from_slice(&self.ic_count().to_be_bytes());
        for point in &self.ic {
            bytes.extend_from_slice(&point::g1_to_bytes(point));
        }
        bytes
    }

    fn ic_count(&self) -> u32 {
        u32::try_from(self.ic.len()).expect("counted when the key was made")
    }

    /// The key's name: the digest of its canonical bytes under [`domain::VERIFYING_KEY`].
    #[must_use]
    pub fn digest(&self) -> Digest {
        TaggedHasher::new(domain::VERIFYING_KEY).bytes(&self.to_bytes()).finish()
    }

    /// Number of public inputs of the circuit.
    #[must_use]
    pub fn public_inputs(&self) -> usize {
        self.ic.len() - 1
    }

    /// Computes once what every verification needs.
    #[must_use]
    pub fn prepare(self) -> PreparedVerifyingKey {
        PreparedVerifyingKey::new(self)
    }

    /// `alpha`, in G1.
    pub const fn alpha(&self) -> &G1Affine {
        &self.alpha
    }

    /// `beta`, in G2.
    pub const fn beta(&self) -> &G2Affine {
        &self.beta
    }

    /// `gamma`, in G2.
    pub const fn gamma(&self) -> &G2Affine {
        &self.gamma
    }

    /// `delta`, in G2.
    pub const fn delta(&self) -> &G2Affine {
        &self.delta
    }

    /// `IC`, in G1: that of the constant one, then one for each public input.
    pub fn ic(&self) -> &[G1Affine] {
        &self.ic
    }
}

/// Names the point in an error.
fn at(point: KeyPoint) -> impl FnOnce(EncodingError) -> KeyError {
    move |cause| KeyError::Point { point, cause }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, {} public inputs)", self.digest(), self.public_inputs())
    }
}
