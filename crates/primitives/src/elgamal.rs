//! Vector ElGamal on Baby Jubjub: k numbers under k keys and one randomness, in ciphertexts whose sums open to sums.
//!
//! ```text
//! C_0 = rho B8        C_j = m_j B8 + rho Y_j,  j = 1..k        (protocol section 2.2, equation 5)
//! ```
//!
//! One randomness is safe because the keys differ [Bellare-Boldyreva-Staddon 2003]; under one key `C_i - C_j` would show
//! `m_i - m_j`. Hence [`EncryptionKey`] refuses equal points.
//!
//! Numbers stand in the exponent, so a sum is read by [`discrete_log`](crate::discrete_log). A ciphertext alone can be changed into one
//! of another number: what binds it is the proof beside it, which is not this module's affair.

mod running;

pub use running::RunningSum;

use crate::{
    edwards::{Point, PointSum, Scalar, random_scalar},
    encoding::EncodingError,
    exec,
    rng::CryptoRng,
    secret::Secret,
};
use alloc::{vec, vec::Vec};
use ark_ff::Zero;
use core::fmt;
use zeroize::Zeroize;

/// Greatest number of numbers in one ciphertext.
pub const MAX_SLOTS: usize = 8;
/// Ciphertexts that are added as one piece of work: some tenth of a millisecond for each slot.
const PIECE: usize = 1024;

/// The public keys Y_1..Y_k, 1 to [`MAX_SLOTS`], all different and none the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptionKey(Vec<Point>);

/// Why points are no encryption key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptionKeyError {
    /// No point, or more than [`MAX_SLOTS`].
    Count {
        /// Number of points.
        actual: usize,
    },
    /// The point of this slot is the identity, which hides nothing.
    Identity {
        /// Slot, from 0.
        slot: usize,
    },
    /// Two slots have one point: a ciphertext would show the difference of their numbers.
    Repeated {
        /// The second of the slots, from 0.
        slot: usize,
        /// The first of them.
        earlier: usize,
    },
}

impl fmt::Display for EncryptionKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { actual } => write!(f, "a key has 1 to {MAX_SLOTS} points, found {actual}"),
            Self::Identity { slot } => write!(f, "the key of slot {slot} is the identity"),
            Self::Repeated { slot, earlier } => write!(f, "slots {earlier} and {slot} have the same key"),
        }
    }
}

impl core::error::Error for EncryptionKeyError {}

impl EncryptionKey {
    /// A key from its points.
    ///
    /// # Errors
    /// [`EncryptionKeyError`].
    pub fn new(points: Vec<Point>) -> Result<Self, EncryptionKeyError> {
        if points.is_empty() || points.len() > MAX_SLOTS {
            return Err(EncryptionKeyError::Count { actual: points.len() });
        }
        for (slot, point) in points.iter().enumerate() {
            if point.is_identity() {
                return Err(EncryptionKeyError::Identity { slot });
            }
            if let Some(earlier) = points.iter().take(slot).position(|other| other == point) {
                return Err(EncryptionKeyError::Repeated { slot, earlier });
            }
        }
        Ok(Self(points))
    }

    /// The points Y_1..Y_k.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// Number of slots k.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Encrypts one number for each slot. Numbers and randomness are used in fixed sequences.
    ///
    /// # Errors
    /// [`WrongSlots`] unless there is one number for each slot.
    pub fn encrypt(&self, numbers: &[u64], randomness: &Randomness) -> Result<Ciphertext, WrongSlots> {
        if numbers.len() != self.len() {
            return Err(WrongSlots { expected: self.len(), actual: numbers.len() });
        }
        let rho = randomness.expose_secret();
        let slots = self.0.iter().zip(numbers).map(|(key, number)| {
            let number = Secret::new(Scalar::from(*number));
            let mut shared = key.mul_secret(rho);
            let mut plain = Point::mul_base(number.expose_secret());
            let sum = plain.add_secret(&shared);
            shared.zeroize();
            plain.zeroize();
            sum
        });
        Ok(Ciphertext { points: core::iter::once(Point::mul_base(rho)).chain(slots).collect() })
    }
}

/// Another number of slots than the key or the first ciphertext has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongSlots {
    /// Number of slots that was expected.
    pub expected: usize,
    /// Number found.
    pub actual: usize,
}

impl fmt::Display for WrongSlots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} slots, found {}", self.expected, self.actual)
    }
}

impl core::error::Error for WrongSlots {}

/// The randomness rho of one ciphertext, in `[1, l)`: who has it opens the ciphertext.
///
/// Secret. Printed as `Randomness(..)`, erased when dropped.
#[derive(Clone)]
pub struct Randomness(Secret<Scalar>);

impl Randomness {
    /// Draws one.
    #[must_use]
    pub fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(random_scalar(rng))
    }

    /// A given one; None for zero, which hides nothing. One randomness serves one ciphertext.
    #[must_use]
    pub fn from_scalar(rho: Scalar) -> Option<Self> {
        let randomness = Self(Secret::new(rho));
        if randomness.expose_secret().is_zero() { None } else { Some(randomness) }
    }

    /// The scalar rho. Whoever calls this answers for what becomes of it.
    #[must_use]
    pub const fn expose_secret(&self) -> &Scalar {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness(..)")
    }
}

/// A ciphertext `(C_0, C_1..C_k)`, 1 <= k <= [`MAX_SLOTS`].
///
/// Bytes to travel: each point packed, 32 (k + 1) in all. Bytes to hash: both coordinates of each point, 64 (k + 1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ciphertext {
    /// C_0 first: never empty.
    points: Vec<Point>,
}

impl Ciphertext {
    /// Greatest length of the travelling form in bytes.
    pub const MAX_LEN: usize = Point::PACKED_LEN * (MAX_SLOTS + 1);

    /// A ciphertext from its points C_0, C_1..C_k.
    ///
    /// # Errors
    /// [`EncodingError::Length`] in points unless there are 2 to [`MAX_SLOTS`] + 1; [`EncodingError::Identity`] if one is the
    /// identity: as C_0 it leaves everything in clear, and no honest ciphertext has it elsewhere.
    pub fn from_points(points: Vec<Point>) -> Result<Self, EncodingError> {
        if points.len() < 2 || points.len() > MAX_SLOTS + 1 {
            return Err(EncodingError::Length { expected: MAX_SLOTS + 1, actual: points.len() });
        }
        if points.iter().any(Point::is_identity) {
            return Err(EncodingError::Identity);
        }
        Ok(Self { points })
    }

    /// The points C_0, C_1..C_k.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Number of slots k.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.points.len().saturating_sub(1)
    }

    /// The travelling form (see [`Ciphertext`]).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.points.iter().flat_map(Point::to_packed).collect()
    }

    /// Decodes the travelling form; the number of slots follows from the length.
    ///
    /// # Errors
    /// [`EncodingError::Length`] in bytes unless there are 2 to [`MAX_SLOTS`] + 1 points of 32; or what is wrong with a point, as
    /// [`Point::from_packed`] says, the identity included.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncodingError> {
        let (chunks, rest) = bytes.as_chunks::<{ Point::PACKED_LEN }>();
        if !rest.is_empty() || chunks.len() < 2 || chunks.len() > MAX_SLOTS + 1 {
            return Err(EncodingError::Length { expected: Self::MAX_LEN, actual: bytes.len() });
        }
        let points = chunks.iter().map(|chunk| Point::from_packed(chunk)).collect::<Result<_, _>>()?;
        Ok(Self { points })
    }

    /// The form that is hashed (see [`Ciphertext`]).
    #[must_use]
    pub fn to_xy_bytes(&self) -> Vec<u8> {
        self.points.iter().flat_map(Point::to_xy_bytes).collect()
    }
}

/// A sum of ciphertexts `(A, B_1..B_k)`, which opens to the sums of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiphertextSum {
    count: u64,
    points: Vec<Point>,
}

/// Why ciphertexts have no sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SumError {
    /// There are none.
    Empty,
    /// A ciphertext has another number of slots than the first.
    Slots {
        /// Its position, from 0.
        position: usize,
        /// What is wrong.
        error: WrongSlots,
    },
}

impl fmt::Display for SumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no ciphertexts to add"),
            Self::Slots { position, error } => write!(f, "ciphertext {position}: {error}"),
        }
    }
}

impl core::error::Error for SumError {}

impl CiphertextSum {
    /// The sum of no ciphertexts, for so many slots; none unless there are 1 to [`MAX_SLOTS`].
    #[must_use]
    pub fn none(slots: usize) -> Option<Self> {
        (1..=MAX_SLOTS)
            .contains(&slots)
            .then(|| Self { count: 0, points: vec![Point::identity(); slots.saturating_add(1)] })
    }

    /// The sum of ciphertexts, in pieces on all cores, by mixed additions and one division at the end.
    ///
    /// # Errors
    /// [`SumError`].
    pub fn of(ciphertexts: &[Ciphertext]) -> Result<Self, SumError> {
        let width = ciphertexts.first().ok_or(SumError::Empty)?.points.len();
        if let Some(position) = ciphertexts.iter().position(|other| other.points.len() != width) {
            let actual = ciphertexts.get(position).map_or(0, Ciphertext::slots);
            let error = WrongSlots { expected: width.saturating_sub(1), actual };
            return Err(SumError::Slots { position, error });
        }
        let parts = exec::map(ciphertexts.len().div_ceil(PIECE), |piece| {
            let mut sums = vec![PointSum::new(); width];
            for ciphertext in ciphertexts.iter().skip(piece * PIECE).take(PIECE) {
                for (sum, point) in sums.iter_mut().zip(&ciphertext.points) {
                    *sum += point;
                }
            }
            sums
        });
        let mut sums = vec![PointSum::new(); width];
        for part in parts {
            for (sum, part) in sums.iter_mut().zip(&part) {
                *sum += part;
            }
        }
        let count = u64::try_from(ciphertexts.len()).unwrap_or(u64::MAX);
        Ok(Self { count, points: PointSum::normalize(&sums) })
    }

    /// The sum of two sums.
    ///
    /// # Errors
    /// [`WrongSlots`] if the other has another number of slots.
    pub fn plus(&self, other: &Self) -> Result<Self, WrongSlots> {
        if self.slots() != other.slots() {
            return Err(WrongSlots { expected: self.slots(), actual: other.slots() });
        }
        let points = self.points.iter().zip(&other.points).map(|(a, b)| *a + *b).collect();
        Ok(Self { count: self.count.saturating_add(other.count), points })
    }

    /// Number of ciphertexts in the sum.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Number of slots k.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.points.len().saturating_sub(1)
    }

    /// A, then B_1..B_k.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// A, the sum of all C_0; the identity only of no ciphertexts, or if somebody arranged it.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "a sum has at least two points")]
    pub fn shared(&self) -> &Point {
        self.points.first().expect("a sum has at least two points")
    }

    /// B_1..B_k, the sums of all C_j.
    #[must_use]
    pub fn bodies(&self) -> &[Point] {
        self.points.get(1..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn key(slots: u64) -> (Vec<Scalar>, EncryptionKey) {
        let secrets: Vec<Scalar> = (1..=slots).map(|i| Scalar::from(i * 7_919)).collect();
        let points = secrets.iter().map(Point::mul_base).collect();
        (secrets, EncryptionKey::new(points).unwrap())
    }

    fn rng(seed: u64) -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(seed)
    }

    /// `B_j - x_j A`, which is the sum of the numbers times B8.
    fn open(secrets: &[Scalar], sum: &CiphertextSum) -> Vec<Point> {
        sum.bodies().iter().zip(secrets).map(|(b, x)| *b - sum.shared().mul_vartime(x)).collect()
    }

    #[test]
    fn keys_are_counted_and_distinct() {
        let g = Point::base();
        assert_eq!(EncryptionKey::new(vec![]), Err(EncryptionKeyError::Count { actual: 0 }));
        assert_eq!(EncryptionKey::new(vec![g; 9]), Err(EncryptionKeyError::Count { actual: 9 }));
        let identity = Err(EncryptionKeyError::Identity { slot: 1 });
        assert_eq!(EncryptionKey::new(vec![g, Point::identity()]), identity);
        let repeated = Err(EncryptionKeyError::Repeated { slot: 2, earlier: 0 });
        assert_eq!(EncryptionKey::new(vec![g, -g, g]), repeated);
        assert!(EncryptionKey::new(vec![g, -g]).is_ok());
    }

    #[test]
    fn ciphertexts_are_what_the_equation_says() {
        let (_, key) = key(3);
        let rho = Scalar::from(123_456_789u64);
        let sealed = key.encrypt(&[0, 1, u64::MAX], &Randomness::from_scalar(rho).unwrap()).unwrap();
        assert_eq!(sealed.points()[0], Point::base().mul_vartime(&rho));
        for (j, number) in [0, 1, u64::MAX].into_iter().enumerate() {
            let plain = Point::base().mul_vartime(&Scalar::from(number));
            assert_eq!(sealed.points()[j + 1], plain + key.points()[j].mul_vartime(&rho));
        }
        assert_eq!(
            key.encrypt(&[1, 2], &Randomness::random(&mut rng(1))),
            Err(WrongSlots { expected: 3, actual: 2 })
        );
        assert!(Randomness::from_scalar(Scalar::from(0u64)).is_none());
        assert_eq!(format!("{:?}", Randomness::from_scalar(rho).unwrap()), "Randomness(..)");
    }

    #[test]
    fn both_encodings_are_strict() {
        for slots in 1..=8u64 {
            let (_, key) = key(slots);
            let numbers: Vec<u64> = (0..slots).collect();
            let sealed = key.encrypt(&numbers, &Randomness::random(&mut rng(slots))).unwrap();
            let bytes = sealed.to_bytes();
            assert_eq!(bytes.len(), 32 * (sealed.slots() + 1));
            assert_eq!(Ciphertext::from_bytes(&bytes), Ok(sealed.clone()));
            assert_eq!(Ciphertext::from_points(sealed.points().to_vec()), Ok(sealed.clone()));
            let xy = sealed.to_xy_bytes();
            assert_eq!(xy.len(), 2 * bytes.len());
            assert_eq!(xy[64..128], sealed.points()[1].to_xy_bytes());
            // Each point in turn: identity, order 2, another field element, cut.
            for i in 0..=sealed.slots() {
                let at = 32 * i..32 * (i + 1);
                let with = |point: [u8; 32]| {
                    let mut bad = bytes.clone();
                    bad[at.clone()].copy_from_slice(&point);
                    Ciphertext::from_bytes(&bad)
                };
                assert_eq!(with(Point::identity().to_packed()), Err(EncodingError::Identity));
                let mut minus_one = crate::encoding::Canonical::to_be_bytes(&-crate::Fr::from(1));
                minus_one.reverse();
                assert_eq!(with(minus_one), Err(EncodingError::NotInSubgroup));
                assert_eq!(with([0xff; 32]), Err(EncodingError::NotCanonical));
                let mut points = sealed.points().to_vec();
                points[i] = Point::identity();
                assert_eq!(Ciphertext::from_points(points), Err(EncodingError::Identity));
            }
            for len in [0, 31, 32, 63, bytes.len() - 1, bytes.len() + 1, 32 * 10] {
                let mut bad = bytes.clone();
                bad.resize(len, 1);
                let expected = Err(EncodingError::Length { expected: Ciphertext::MAX_LEN, actual: len });
                assert_eq!(Ciphertext::from_bytes(&bad), expected, "{len}");
            }
        }
        assert_eq!(
            Ciphertext::from_points(vec![Point::base()]),
            Err(EncodingError::Length { expected: 9, actual: 1 })
        );
    }

    #[test]
    fn sums_name_what_does_not_fit() {
        assert_eq!(CiphertextSum::of(&[]), Err(SumError::Empty));
        let seal = |slots: u64| {
            key(slots)
                .1
                .encrypt(&vec![1; usize::try_from(slots).unwrap()], &Randomness::random(&mut rng(slots)))
        };
        let (two, three) = (seal(2).unwrap(), seal(3).unwrap());
        let error = WrongSlots { expected: 2, actual: 3 };
        let mixed = CiphertextSum::of(&[two.clone(), two.clone(), three.clone()]);
        assert_eq!(mixed, Err(SumError::Slots { position: 2, error }));
        let (two, three) = (CiphertextSum::of(&[two]).unwrap(), CiphertextSum::of(&[three]).unwrap());
        assert_eq!(two.plus(&three), Err(error));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_sum_opens_to_the_sum(
            slots in 1u64..=8,
            rows in prop::collection::vec(prop::array::uniform8(0u64..1 << 32), 1..12),
            seed in any::<u64>(),
            split in 0usize..12,
        ) {
            let (secrets, key) = key(slots);
            let rng = &mut rng(seed);
            let width = usize::try_from(slots).unwrap();
            let sealed: Vec<Ciphertext> = rows
                .iter()
                .map(|row| key.encrypt(&row[..width], &Randomness::random(rng)).unwrap())
                .collect();
            let sum = CiphertextSum::of(&sealed).unwrap();
            prop_assert_eq!(sum.count(), u64::try_from(rows.len()).unwrap());
            let totals: Vec<Point> = (0..width)
                .map(|j| Point::mul_base(&Scalar::from(rows.iter().map(|row| row[j]).sum::<u64>())))
                .collect();
            prop_assert_eq!(open(&secrets, &sum), totals);
            let split = split % rows.len();
            if split > 0 {
                let (a, b) = sealed.split_at(split);
                let both = CiphertextSum::of(a).unwrap().plus(&CiphertextSum::of(b).unwrap());
                prop_assert_eq!(both, Ok(sum));
            }
        }
    }

    #[test]
    fn many_pieces_give_the_same_sum() {
        let (secrets, key) = key(1);
        let one = key.encrypt(&[3], &Randomness::random(&mut rng(1))).unwrap();
        let count = 2 * PIECE + 7;
        let sum = CiphertextSum::of(&vec![one; count]).unwrap();
        let total = Scalar::from(3 * u64::try_from(count).unwrap());
        assert_eq!(open(&secrets, &sum), [Point::mul_base(&total)]);
    }
}
