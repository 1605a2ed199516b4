//! A trustee's part in the proof of a tally.
//!
//! ```text
//! statement   V = x B8, E = x A;   R = r B8, R' = r A;   e = challenge(H_13(tag, sum, first, second, j, V, E, R, R'));   s = r + e x
//! valid       e = challenge(H_13(tag, sum, first, second, j, V, E, s B8 - e V, s A - e E))
//! ```
//!
//! The sum's name binds election, ceremony and A; V and E follow from the trustee's verification keys and its decryption share.

use super::TallyStatement;
use crate::{
    trustee::{AuthorisedSum, DecryptionShare, KeyCeremony, KeyShare, TrusteeIndex, Verified},
    wire::{self, DecodeError, take},
};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    Fr,
    challenge::CircuitChallenge,
    digest::tag_element,
    domain,
    edwards::{Point, Scalar},
    encoding::{self, Canonical},
    instance::PublicInputs,
    poseidon,
    rng::CryptoRng,
    secret::Secret,
    transcript::Transcript,
};
use zeroize::Zeroize;

/// Type and version of the JSON form of a trustee's part in the proof of a tally.
pub const TALLY_SHARE_FORMAT: &str = "tabella-tally-share-v1";
/// Greatest length of the JSON form in bytes.
pub const MAX_TALLY_SHARE_BYTES: usize = 512;

/// Proof that a trustee's combined key and combined image have one logarithm. Bytes: trustee 1, challenge 16, response 32, big endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TallyShare {
    trustee: TrusteeIndex,
    challenge: CircuitChallenge,
    response: Scalar,
}

/// Why there is no such proof, or why it does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TallyShareError {
    /// The tally is of another sum than was authorised, or the election's keys are not the ceremony's.
    OtherSum {
        /// Whose share it is.
        trustee: TrusteeIndex,
    },
    /// The decryption share is another trustee's, or of another sum.
    OtherShare {
        /// Whose share it is.
        trustee: TrusteeIndex,
    },
    /// The proof does not hold.
    InvalidProof {
        /// Whose share it is.
        trustee: TrusteeIndex,
    },
    /// Another good share of this trustee is there; one is needed.
    Duplicate {
        /// Whose share it is.
        trustee: TrusteeIndex,
    },
}

impl TallyShareError {
    /// Whose share it is.
    #[must_use]
    pub const fn trustee(&self) -> TrusteeIndex {
        match self {
            Self::OtherSum { trustee }
            | Self::OtherShare { trustee }
            | Self::InvalidProof { trustee }
            | Self::Duplicate { trustee } => *trustee,
        }
    }
}

impl fmt::Display for TallyShareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trustee {}: ", self.trustee())?;
        match self {
            Self::OtherSum { .. } => f.write_str("the tally is of another sum or of other keys"),
            Self::OtherShare { .. } => f.write_str("not the decryption share of this trustee and sum"),
            Self::InvalidProof { .. } => {
                f.write_str("the proof does not hold for this record: it is wrong, or of another one")
            }
            Self::Duplicate { .. } => f.write_str("another good part of this trustee is there already"),
        }
    }
}

impl core::error::Error for TallyShareError {}

/// The challenge after the first message.
pub(super) fn challenge(
    statement: &TallyStatement,
    trustee: TrusteeIndex,
    points: [&Point; 4],
) -> CircuitChallenge {
    let [sum, first, second] = statement.instance().public_inputs();
    let [(vx, vy), (ex, ey), (rx, ry), (qx, qy)] = points.map(Point::to_xy);
    let tag = tag_element(domain::TALLY_SHARE);
    let index = Fr::from(trustee.get());
    CircuitChallenge::of_hash(&poseidon::hash(&[
        tag, sum, first, second, index, vx, vy, ex, ey, rx, ry, qx, qy,
    ]))
}

/// Whether the proof holds for that combined key and image.
pub(super) fn holds(statement: &TallyStatement, share: &TallyShare, key: &Point, image: &Point) -> bool {
    let factors = [share.response, -share.challenge.to_scalar()];
    let over_generator = Point::multi_mul_vartime(&[Point::base(), *key], &factors);
    let over_shared = Point::multi_mul_vartime(&[*statement.sum().shared(), *image], &factors);
    let all = [key, image, &over_generator, &over_shared];
    challenge(statement, share.trustee, all) == share.challenge
}

impl KeyShare {
    /// Proves this trustee's part of a tally, after the sum was decrypted. It shows nothing that the decryption share does not show.
    ///
    /// # Errors
    /// [`TallyShareError::OtherSum`] unless the statement is about the authorised sum and the keys of this share's ceremony.
    pub fn prove_tally(
        &self,
        ceremony: &KeyCeremony,
        authorised: &AuthorisedSum,
        statement: &TallyStatement,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TallyShare, TallyShareError> {
        let trustee = self.trustee();
        let sum = authorised.sum();
        let fits = (authorised.session, authorised.trustee) == (*self.session(), trustee)
            && ceremony.session() == self.session()
            && self.transcript() == Some(ceremony.transcript())
            && sum.transcript() == ceremony.transcript()
            && statement.election().key() == ceremony.key()
            && statement.sum().shared() == sum.sum().shared()
            && statement.sum().bodies() == sum.sum().bodies();
        if !fits {
            return Err(TallyShareError::OtherSum { trustee });
        }
        let (coefficients, unused) = statement.scalars();
        let mut combined = Secret::new(unused);
        for (coefficient, secret) in coefficients.iter().zip(self.scalars()) {
            let mut term = *coefficient;
            term *= secret.expose_secret();
            *combined.expose_secret_mut() += term;
            term.zeroize();
        }
        let mut transcript = Transcript::new(domain::TALLY_NONCE);
        for input in statement.instance().public_inputs() {
            transcript.field("statement", &input);
        }
        let mut nonce = Secret::new(Scalar::default());
        for fresh in transcript.nonces(&[combined.expose_secret()], 1, rng) {
            *nonce.expose_secret_mut() += fresh.expose_secret();
        }
        let (x, r) = (combined.expose_secret(), nonce.expose_secret());
        let shared = sum.sum().shared();
        let points = [Point::mul_base(x), shared.mul_secret(x), Point::mul_base(r), shared.mul_secret(r)];
        let challenge = challenge(statement, trustee, points.each_ref());
        let mut response = challenge.to_scalar();
        response *= x;
        response += r;
        Ok(TallyShare { trustee, challenge, response })
    }
}

impl TallyShare {
    /// Length of the encoding in bytes.
    pub const ENCODED_LEN: usize = 49;

    /// Whose it is.
    #[must_use]
    pub const fn trustee(&self) -> TrusteeIndex {
        self.trustee
    }

    /// The challenge e.
    #[must_use]
    pub const fn challenge(&self) -> CircuitChallenge {
        self.challenge
    }

    /// The response s.
    #[must_use]
    pub const fn response(&self) -> &Scalar {
        &self.response
    }

    /// Checks the proof against the trustee's keys and its share of the decryption; answers V and E.
    ///
    /// # Errors
    /// [`TallyShareError`].
    pub fn verify(
        &self,
        ceremony: &KeyCeremony,
        statement: &TallyStatement,
        decryption: &DecryptionShare<Verified>,
    ) -> Result<(Point, Point), TallyShareError> {
        let trustee = self.trustee;
        if statement.election().key() != ceremony.key() {
            return Err(TallyShareError::OtherSum { trustee });
        }
        let keys = ceremony
            .verification_key(trustee)
            .filter(|keys| decryption.trustee() == trustee && decryption.images().len() == keys.len())
            .ok_or(TallyShareError::OtherShare { trustee })?;
        let key = statement.combine(keys, &Point::base());
        let image = statement.combine(decryption.images(), statement.sum().shared());
        if holds(statement, self, &key, &image) {
            Ok((key, image))
        } else {
            Err(TallyShareError::InvalidProof { trustee })
        }
    }

    /// Encodes the share.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::ENCODED_LEN] {
        let mut bytes = [self.trustee.get(); Self::ENCODED_LEN];
        let parts = self.challenge.bits().to_be_bytes().into_iter().chain(self.response.to_be_bytes());
        for (to, from) in bytes.iter_mut().skip(1).zip(parts) {
            *to = from;
        }
        bytes
    }

    /// Decodes [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`DecodeError`], naming the part.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let length = || DecodeError::Length { expected: Self::ENCODED_LEN, actual: bytes.len() };
        if bytes.len() != Self::ENCODED_LEN {
            return Err(length());
        }
        let mut rest = bytes;
        let [number] = take::<1>(&mut rest).ok_or_else(length)?;
        let challenge = take::<16>(&mut rest).ok_or_else(length)?;
        let response = take::<32>(&mut rest).ok_or_else(length)?;
        let index = TrusteeIndex::new(number);
        Ok(Self {
            trustee: index.map_err(|_| {
                wire::in_field("trustee")(tabella_primitives::encoding::EncodingError::NotCanonical)
            })?,
            challenge: CircuitChallenge::from_bits(u128::from_be_bytes(challenge)),
            response: Scalar::from_be_bytes(&response).map_err(wire::in_field("response"))?,
        })
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TallyShareFile {
    format: String,
    trustee: u8,
    /// What stands after the trustee in the compact form, in hexadecimal.
    proof: String,
}

impl TallyShare {
    /// The share in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(&TallyShareFile {
            format: TALLY_SHARE_FORMAT.to_string(),
            trustee: self.trustee.get(),
            proof: encoding::encode_hex(self.to_bytes().split_at(1).1),
        })
    }

    /// Decodes [`Self::to_json`].
    ///
    /// # Errors
    /// [`DecodeError`], naming the part.
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let file: TallyShareFile = wire::parse_json_as(TALLY_SHARE_FORMAT, bytes, MAX_TALLY_SHARE_BYTES)?;
        let proof: [u8; Self::ENCODED_LEN - 1] =
            encoding::decode_hex(&file.proof).map_err(wire::in_field("proof"))?;
        let mut bytes = [file.trustee; Self::ENCODED_LEN];
        bytes.split_at_mut(1).1.copy_from_slice(&proof);
        Self::from_bytes(&bytes)
    }
}
