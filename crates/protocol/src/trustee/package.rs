//! What travels between trustees: one signed package for each round.
//!
//! ```text
//! digest = keccak(tag, round, session, sender, body)        signature: EdDSA with Poseidon over hash(digest)
//! bytes  = round (1) session (32) sender (1) length of the body (2, big endian) body signature (64)
//! ```
//!
//! The body is read only after the signature was checked: what is wrong with it then is the sender's doing, and nobody else's.

use super::{CeremonyParameters, InvalidIndex, SessionId, TrusteeIndex, TrusteeSecret};
use crate::wire::{self, DecodeError, Reader};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    eddsa::Signature,
    encoding::{self, EncodingError},
};

/// Type and version of the JSON form of a package.
pub const PACKAGE_FORMAT: &str = "tabella-trustee-package-v1";
/// Greatest length of a body in bytes.
pub const MAX_BODY_BYTES: usize = 8 * 1024;
/// Greatest length of the JSON form in bytes.
pub const MAX_PACKAGE_BYTES: usize = 2 * MAX_BODY_BYTES + 1024;
/// Bytes of the compact form around the body.
const FRAME_BYTES: usize = 1 + 32 + 1 + 2 + Signature::PACKED_LEN;

/// For what a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Round {
    /// Round 0: the hash of the package of round 1.
    Commit,
    /// Round 1: commitments to polynomials, and the proof that their constant terms are known.
    Reveal,
    /// Round 2: encrypted shares.
    Deal,
    /// Round 3: complaints, none or several.
    Complain,
    /// The signature of the transcript, which ends the ceremony.
    Endorse,
    /// A share of the decryption of a sum.
    Decrypt,
    /// A note for the others that a round was closed without somebody. It stands in no record.
    LeftOut,
}

impl Round {
    /// Every kind of package, in order.
    pub const ALL: [Self; 7] =
        [Self::Commit, Self::Reveal, Self::Deal, Self::Complain, Self::Endorse, Self::Decrypt, Self::LeftOut];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Reveal => "reveal",
            Self::Deal => "deal",
            Self::Complain => "complain",
            Self::Endorse => "endorse",
            Self::Decrypt => "decrypt",
            Self::LeftOut => "left-out",
        }
    }

    /// The number in compact forms and digests.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Commit => 0,
            Self::Reveal => 1,
            Self::Deal => 2,
            Self::Complain => 3,
            Self::Endorse => 4,
            Self::Decrypt => 5,
            Self::LeftOut => 6,
        }
    }

    /// The round after this one.
    #[must_use]
    pub(super) fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|round| round.number() == self.number() + 1)
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a package of one round says: its body, but for the view before it in rounds 1 to 3 (see [`super::view`]).
pub(super) trait Body: Sized {
    const ROUND: Round;
    fn to_bytes(&self) -> Vec<u8>;
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError>;
}

/// A signed package, as it came from outside: nothing about it was verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Package {
    session: SessionId,
    round: Round,
    sender: TrusteeIndex,
    body: Vec<u8>,
    signature: Signature,
}

/// Why a package is not taken. Nobody is to blame: anyone can write another's name on a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackageError {
    /// It belongs to another ceremony.
    OtherSession {
        /// The session of this ceremony.
        expected: SessionId,
        /// The session in the package.
        actual: SessionId,
    },
    /// It belongs to another round, or not to a ceremony.
    OtherRound {
        /// The round in the package.
        actual: Round,
    },
    /// No trustee of the ceremony has this number.
    UnknownSender {
        /// The number in the package.
        sender: TrusteeIndex,
    },
    /// It is not signed by the trustee whose number it bears, or was changed on the way.
    BadSignature {
        /// The number in the package.
        claimed: TrusteeIndex,
    },
    /// Its round was closed without it. A trustee who waits to see what others reveal sends a late package.
    Late {
        /// The round.
        round: Round,
        /// Who signed it.
        sender: TrusteeIndex,
    },
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherSession { expected, actual } => {
                write!(f, "the package is for session {actual}, not for {expected}")
            }
            Self::OtherRound { actual } => write!(f, "a package of round `{actual}` has no place here"),
            Self::UnknownSender { sender } => write!(f, "the ceremony has no trustee {sender}"),
            Self::BadSignature { claimed } => {
                write!(f, "the package is not signed by trustee {claimed}, or was changed on the way")
            }
            Self::Late { round, sender } => {
                write!(f, "round `{round}` is closed; the package of trustee {sender} is late")
            }
        }
    }
}

impl core::error::Error for PackageError {}

impl Package {
    /// Signs a body.
    pub(super) fn sign<B: Body>(
        session: SessionId,
        sender: TrusteeIndex,
        body: &B,
        secret: &TrusteeSecret,
    ) -> Self {
        Self::sign_bytes(session, B::ROUND, sender, body.to_bytes(), secret)
    }

    /// Signs whatever it is given.
    pub(super) fn sign_bytes(
        session: SessionId,
        round: Round,
        sender: TrusteeIndex,
        body: Vec<u8>,
        secret: &TrusteeSecret,
    ) -> Self {
        let signature = secret.sign(&digest(round, &session, sender, &body));
        Self { session, round, sender, body, signature }
    }

    /// The ceremony to which it belongs.
    #[must_use]
    pub const fn session(&self) -> &SessionId {
        &self.session
    }

    /// For what it is.
    #[must_use]
    pub const fn round(&self) -> Round {
        self.round
    }

    /// Whose it says it is.
    #[must_use]
    pub const fn sender(&self) -> TrusteeIndex {
        self.sender
    }

    /// The body, undecoded.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What is signed: everything but the signature.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest(self.round, &self.session, self.sender, &self.body)
    }

    /// Where it stands among others in a record: by round, sender and digest.
    #[must_use]
    pub fn order(&self) -> (Round, TrusteeIndex, Digest) {
        (self.round, self.sender, self.digest())
    }

    /// Checks that the trustee whose number it bears said this in this ceremony.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn verify(&self, parameters: &CeremonyParameters) -> Result<(), PackageError> {
        if self.session != *parameters.session() {
            return Err(PackageError::OtherSession { expected: *parameters.session(), actual: self.session });
        }
        let sender = self.sender;
        let keys = parameters.keys_of(sender).ok_or(PackageError::UnknownSender { sender })?;
        keys.verify(&self.digest(), &self.signature)
            .map_err(|_| PackageError::BadSignature { claimed: sender })
    }

    /// The compact form (see the [module](self)).
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "bodies are shorter than 2^16 bytes")]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FRAME_BYTES + self.body.len());
        bytes.push(self.round.number());
        bytes.extend_from_slice(self.session.as_digest().as_bytes());
        bytes.push(self.sender.get());
        let length = u16::try_from(self.body.len()).expect("bodies are shorter than 2^16 bytes");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&self.body);
        bytes.extend_from_slice(&self.signature.to_packed());
        bytes
    }

    /// Decodes [`Self::to_bytes`]. The body is not looked at.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let round = round_of(reader.u8()?)?;
        let session = SessionId::from_digest(Digest::from_bytes(reader.take()?));
        let sender = index_of("sender", reader.u8()?)?;
        let length = usize::from(u16::from_be_bytes(reader.take()?));
        check_length(length)?;
        let body = reader.slice(length)?.to_vec();
        let signature = Signature::from_packed(&reader.take::<{ Signature::PACKED_LEN }>()?)
            .map_err(wire::in_field("signature"))?;
        reader.finish()?;
        Ok(Self { session, round, sender, body, signature })
    }

    /// The package in one line of JSON; body and signature in hexadecimal.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// Decodes [`Self::to_json`]. The body is not looked at.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<PackageFile>(bytes, MAX_PACKAGE_BYTES)?.try_into()
    }
}

fn digest(round: Round, session: &SessionId, sender: TrusteeIndex, body: &[u8]) -> Digest {
    TaggedHasher::new(domain::TRUSTEE_PACKAGE)
        .u64(round.number().into())
        .digest(session.as_digest())
        .u64(sender.get().into())
        .bytes(body)
        .finish()
}

/// A round by its number in a compact form.
pub(super) fn round_of(number: u8) -> Result<Round, DecodeError> {
    let error = DecodeError::Field { field: "round", error: EncodingError::NotCanonical };
    Round::ALL.into_iter().find(|round| round.number() == number).ok_or(error)
}

/// A trustee's number in a compact form.
pub(super) fn index_of(field: &'static str, number: u8) -> Result<TrusteeIndex, DecodeError> {
    TrusteeIndex::new(number).map_err(|InvalidIndex(number)| DecodeError::Field {
        field,
        error: if number == 0 { EncodingError::Zero } else { EncodingError::NotCanonical },
    })
}

fn check_length(length: usize) -> Result<(), DecodeError> {
    if length > MAX_BODY_BYTES {
        return Err(DecodeError::Oversized { limit: MAX_BODY_BYTES, actual: length });
    }
    Ok(())
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package")
            .field("round", &self.round)
            .field("sender", &self.sender)
            .field("digest", &self.digest())
            .finish_non_exhaustive()
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackageFile {
    format: String,
    session: String,
    round: String,
    sender: u8,
    body: String,
    signature: String,
}

impl TryFrom<PackageFile> for Package {
    type Error = DecodeError;

    fn try_from(file: PackageFile) -> Result<Self, DecodeError> {
        wire::expect_format(PACKAGE_FORMAT, &file.format)?;
        let error = DecodeError::Field { field: "round", error: EncodingError::NotCanonical };
        let packed: [u8; Signature::PACKED_LEN] =
            encoding::decode_hex(&file.signature).map_err(wire::in_field("signature"))?;
        check_length(file.body.len() / 2)?;
        Ok(Self {
            session: SessionId::from_hex(&file.session).map_err(wire::in_field("session"))?,
            round: Round::ALL.into_iter().find(|round| round.name() == file.round).ok_or(error)?,
            sender: index_of("sender", file.sender)?,
            body: encoding::decode_hex_vec(&file.body).map_err(wire::in_field("body"))?,
            signature: Signature::from_packed(&packed).map_err(wire::in_field("signature"))?,
        })
    }
}

impl Serialize for Package {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PackageFile {
            format: PACKAGE_FORMAT.to_string(),
            session: self.session.to_string(),
            round: self.round.name().to_string(),
            sender: self.sender.get(),
            body: encoding::encode_hex(&self.body),
            signature: encoding::encode_hex(&self.signature.to_packed()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Package {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PackageFile::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}
