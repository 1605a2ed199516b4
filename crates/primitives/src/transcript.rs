//! Challenges and nonces of sigma proofs that are checked outside circuits: typed values over [merlin].
//!
//! A proof begins with a domain tag; everything that it is about goes in behind a label before the first challenge is drawn
//! (strong Fiat-Shamir [Bernhard-Pereira-Warinschi 2012]). merlin frames label and length of each value, so that no two sequences
//! of values meet in one state. Lists go in behind their number.
//!
//! [merlin]: https://merlin.cool

use crate::{
    digest::Digest,
    edwards::{Point, Scalar, scalar_from_le_bytes_wide},
    encoding::Canonical,
    rng::{ArkRng, CryptoRng},
    secret::Secret,
};
use alloc::vec::Vec;
use ark_std::rand::RngCore;
use core::fmt;
use zeroize::Zeroizing;

/// What a proof has absorbed so far.
///
/// ```
/// use tabella_primitives::{domain, transcript::Transcript};
/// let challenge = |value: u64| {
///     let mut transcript = Transcript::new(domain::TRUSTEE_COMPLAINT);
///     transcript.u64("value", value);
///     transcript.challenge_scalar("challenge")
/// };
/// assert_eq!(challenge(1), challenge(1));
/// assert_ne!(challenge(1), challenge(2));
/// ```
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    /// Begins with a tag of [`crate::domain`].
    #[must_use]
    pub fn new(tag: &'static str) -> Self {
        Self(merlin::Transcript::new(tag.as_bytes()))
    }

    /// Absorbs a byte string.
    pub fn bytes(&mut self, label: &'static str, bytes: &[u8]) {
        self.0.append_message(label.as_bytes(), bytes);
    }

    /// Absorbs an integer as 8 bytes big endian.
    pub fn u64(&mut self, label: &'static str, value: u64) {
        self.bytes(label, &value.to_be_bytes());
    }

    /// Absorbs a digest.
    pub fn digest(&mut self, label: &'static str, digest: &Digest) {
        self.bytes(label, digest.as_bytes());
    }

    /// Absorbs a field element or a scalar as its canonical 32 bytes.
    pub fn field(&mut self, label: &'static str, value: &impl Canonical) {
        self.bytes(label, &value.to_be_bytes());
    }

    /// Absorbs a point as its EIP-2494 coordinates, 64 bytes.
    pub fn point(&mut self, label: &'static str, point: &Point) {
        self.bytes(label, &point.to_xy_bytes());
    }

    /// Absorbs a list of points behind their number.
    pub fn points(&mut self, label: &'static str, points: &[Point]) {
        self.u64(label, u64::try_from(points.len()).unwrap_or(u64::MAX));
        for point in points {
            self.point(label, point);
        }
    }

    /// A challenge in `[0, l)`: 512 bits reduced, so that its distance from uniform is below 2^-260. It is absorbed in turn.
    pub fn challenge_scalar(&mut self, label: &'static str) -> Scalar {
        let mut wide = [0u8; 64];
        self.0.challenge_bytes(label.as_bytes(), &mut wide);
        scalar_from_le_bytes_wide(&wide)
    }

    /// So many nonces, from all that was absorbed, the secrets, and the generator: neither a weak generator nor the same secrets
    /// for two statements lead to one nonce under two challenges.
    pub fn nonces(
        &self,
        secrets: &[&Scalar],
        count: usize,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Vec<Secret<Scalar>> {
        let mut builder = self.0.build_rng();
        for secret in secrets {
            builder = builder.rekey_with_witness_bytes(b"secret", &*Zeroizing::new(secret.to_be_bytes()));
        }
        let mut source = builder.finalize(&mut ArkRng(rng));
        (0..count)
            .map(|_| {
                let mut wide = Zeroizing::new([0u8; 64]);
                source.fill_bytes(wide.as_mut());
                Secret::new(scalar_from_le_bytes_wide(wide.as_ref()))
            })
            .collect()
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transcript(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fr, domain};
    use alloc::vec;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn after(absorb: impl FnOnce(&mut Transcript)) -> Scalar {
        let mut transcript = Transcript::new(domain::TRUSTEE_KNOWLEDGE);
        absorb(&mut transcript);
        transcript.challenge_scalar("challenge")
    }

    #[test]
    fn every_value_label_order_and_split_changes_the_challenge() {
        let (p, q) = (Point::base(), Point::base() + Point::base());
        let all = vec![
            after(|_| ()),
            after(|t| t.bytes("a", b"")),
            after(|t| t.bytes("b", b"")),
            after(|t| t.bytes("a", b"x")),
            after(|t| {
                t.bytes("a", b"x");
                t.bytes("a", b"")
            }),
            after(|t| t.u64("a", 0)),
            after(|t| t.u64("a", 1)),
            after(|t| t.field("a", &Fr::from(1))),
            after(|t| t.field("a", &Scalar::from(2u64))),
            after(|t| t.digest("a", &Digest::from_bytes([9; 32]))),
            after(|t| t.point("a", &p)),
            after(|t| t.point("a", &-p)),
            after(|t| t.points("a", &[p, q])),
            after(|t| t.points("a", &[q, p])),
            after(|t| {
                t.points("a", &[p]);
                t.points("a", &[q])
            }),
            Transcript::new(domain::TRUSTEE_COMPLAINT).challenge_scalar("challenge"),
            Transcript::new(domain::TRUSTEE_KNOWLEDGE).challenge_scalar("other"),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
        }
    }

    #[test]
    fn nonces_depend_on_transcript_secret_and_generator() {
        let nonces = |value: u64, secret: u64, seed: u64| -> Vec<Scalar> {
            let mut transcript = Transcript::new(domain::TRUSTEE_KNOWLEDGE);
            transcript.u64("value", value);
            let secret = Scalar::from(secret);
            let rng = &mut ChaCha20Rng::seed_from_u64(seed);
            transcript.nonces(&[&secret], 2, rng).iter().map(|nonce| *nonce.expose_secret()).collect()
        };
        assert_eq!(nonces(1, 2, 3), nonces(1, 2, 3));
        let all: Vec<Scalar> = [(1, 2, 3), (9, 2, 3), (1, 9, 3), (1, 2, 9)]
            .into_iter()
            .flat_map(|(a, b, c)| nonces(a, b, c))
            .collect();
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
        }
    }
}
