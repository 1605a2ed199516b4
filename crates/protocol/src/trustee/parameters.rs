//! Who holds a key ceremony, and for how many of how many: its parameters, and the session that they name.

use super::{MAX_TRUSTEES, TrusteeIndex, TrusteeKeys};
use crate::{
    value::digest_newtype,
    wire::{self, DecodeError},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    Fr,
    digest::TaggedHasher,
    domain,
    edwards::Point,
    elgamal::MAX_SLOTS,
    encoding::{self, Canonical},
    rng::CryptoRng,
    transcript::Transcript,
};

/// Type and version of the JSON form of the parameters.
pub const PARAMETERS_FORMAT: &str = "tabella-trustee-parameters-v1";
/// Greatest length in bytes of the JSON form of the parameters.
pub const MAX_PARAMETERS_BYTES: usize = 32 * 1024;

digest_newtype! {
    /// Names one key ceremony: the tagged digest of nonce, t, n, k and all registered keys. Everything that trustees say is bound to it.
    SessionId
}

/// The parameters of a key ceremony: t of n trustees, k keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CeremonyParameters {
    nonce: [u8; 32],
    threshold: u8,
    slots: u8,
    trustees: Vec<TrusteeKeys>,
    session: SessionId,
}

/// Why there can be no such ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParametersError {
    /// No trustee, or more than [`MAX_TRUSTEES`].
    Trustees {
        /// Their number.
        actual: usize,
    },
    /// The threshold is 0 or above the number of trustees.
    Threshold {
        /// The threshold t.
        threshold: u8,
        /// The number of trustees n.
        trustees: usize,
    },
    /// No key, or more than one ciphertext has slots for.
    Slots {
        /// The number of keys k.
        actual: u8,
    },
    /// A registered key is the identity.
    IdentityKey {
        /// Whose.
        trustee: TrusteeIndex,
    },
    /// Two registered keys are the same.
    SameKey {
        /// Whose it is the second time.
        trustee: TrusteeIndex,
        /// Whose it is the first time; maybe the same trustee's.
        earlier: TrusteeIndex,
    },
}

impl fmt::Display for ParametersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trustees { actual } => {
                write!(f, "there are 1 to {MAX_TRUSTEES} trustees; {actual} cannot hold a ceremony")
            }
            Self::Threshold { threshold, trustees } => {
                write!(f, "the threshold {threshold} is not between 1 and the number of trustees, {trustees}")
            }
            Self::Slots { actual } => write!(f, "there are 1 to {MAX_SLOTS} keys, not {actual}"),
            Self::IdentityKey { trustee } => {
                write!(f, "a registered key of trustee {trustee} is the identity")
            }
            Self::SameKey { trustee, earlier } => {
                write!(f, "trustee {trustee} registers a key that trustee {earlier} registers")
            }
        }
    }
}

impl core::error::Error for ParametersError {}

impl CeremonyParameters {
    /// Parameters; trustees are numbered from 1 in the order of the list. The nonce keeps two ceremonies of the same people apart.
    /// It is never used again: a package of the first ceremony would serve as proof that its sender speaks twice in the second.
    ///
    /// # Errors
    /// [`ParametersError`].
    pub fn new(
        nonce: [u8; 32],
        threshold: u8,
        slots: u8,
        trustees: Vec<TrusteeKeys>,
    ) -> Result<Self, ParametersError> {
        let count = trustees.len();
        if count == 0 || count > usize::from(MAX_TRUSTEES) {
            return Err(ParametersError::Trustees { actual: count });
        }
        if threshold == 0 || usize::from(threshold) > count {
            return Err(ParametersError::Threshold { threshold, trustees: count });
        }
        if slots == 0 || usize::from(slots) > MAX_SLOTS {
            return Err(ParametersError::Slots { actual: slots });
        }
        let mut seen: Vec<(TrusteeIndex, Point)> = Vec::new();
        for (trustee, keys) in indices(count).zip(&trustees) {
            for key in [keys.encryption, keys.signing] {
                if key.is_identity() {
                    return Err(ParametersError::IdentityKey { trustee });
                }
                if let Some((earlier, _)) = seen.iter().find(|(_, other)| *other == key) {
                    return Err(ParametersError::SameKey { trustee, earlier: *earlier });
                }
                seen.push((trustee, key));
            }
        }
        let hasher = TaggedHasher::new(domain::TRUSTEE_SESSION).bytes(&nonce).bytes(&[
            threshold,
            u8::try_from(count).unwrap_or(MAX_TRUSTEES),
            slots,
        ]);
        let session = seen.iter().fold(hasher, |hasher, (_, key)| hasher.bytes(&key.to_xy_bytes())).finish();
        Ok(Self { nonce, threshold, slots, trustees, session: SessionId::from_digest(session) })
    }

    /// Parameters with a fresh nonce.
    ///
    /// # Errors
    /// [`ParametersError`].
    pub fn convene(
        threshold: u8,
        slots: u8,
        trustees: Vec<TrusteeKeys>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, ParametersError> {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        Self::new(nonce, threshold, slots, trustees)
    }

    /// The ceremony's name.
    #[must_use]
    pub const fn session(&self) -> &SessionId {
        &self.session
    }

    /// How many trustees decrypt: t.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Number of keys k that the ceremony makes.
    #[must_use]
    pub const fn slots(&self) -> u8 {
        self.slots
    }

    /// The registered keys, in the order of the trustees' numbers.
    #[must_use]
    pub fn trustees(&self) -> &[TrusteeKeys] {
        &self.trustees
    }

    /// All trustees' numbers.
    pub fn indices(&self) -> impl Iterator<Item = TrusteeIndex> + use<> {
        indices(self.trustees.len())
    }

    /// The registered keys of one trustee.
    #[must_use]
    pub fn keys_of(&self, trustee: TrusteeIndex) -> Option<&TrusteeKeys> {
        self.trustees.get(trustee.place())
    }

    /// The number of the trustee who registered these keys.
    #[must_use]
    pub fn index_of(&self, keys: &TrusteeKeys) -> Option<TrusteeIndex> {
        self.indices().zip(&self.trustees).find(|(_, other)| *other == keys).map(|(index, _)| index)
    }

    /// What every proof of the ceremony begins with. The session fixes the rest; n, t and k stand there once more, so that a proof says
    /// it itself.
    pub(super) fn transcript(&self, tag: &'static str, prover: TrusteeIndex) -> Transcript {
        let mut transcript = Transcript::new(tag);
        transcript.digest("session", self.session.as_digest());
        transcript.u64("trustees", u64::try_from(self.trustees.len()).unwrap_or(u64::MAX));
        transcript.u64("threshold", self.threshold.into());
        transcript.u64("slots", self.slots.into());
        transcript.u64("prover", prover.get().into());
        transcript
    }

    /// The parameters in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// Decodes [`Self::to_json`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<ParametersFile>(bytes, MAX_PARAMETERS_BYTES)?.try_into()
    }
}

/// The numbers of so many trustees.
fn indices(count: usize) -> impl Iterator<Item = TrusteeIndex> {
    (1..=MAX_TRUSTEES).take(count).filter_map(|number| TrusteeIndex::new(number).ok())
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParametersFile {
    format: String,
    nonce: String,
    threshold: u8,
    slots: u8,
    trustees: Vec<KeysFile>,
}

/// The keys of a trustee. Points as their two coordinates in decimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeysFile {
    encryption: [String; 2],
    signing: [String; 2],
}

impl KeysFile {
    pub(super) fn of(keys: &TrusteeKeys) -> Self {
        Self { encryption: point_to(&keys.encryption), signing: point_to(&keys.signing) }
    }

    pub(super) fn decode(&self) -> Result<TrusteeKeys, DecodeError> {
        Ok(TrusteeKeys {
            encryption: point_from("encryption", &self.encryption)?,
            signing: point_from("signing", &self.signing)?,
        })
    }
}

fn point_from(field: &'static str, [x, y]: &[String; 2]) -> Result<Point, DecodeError> {
    let in_field = wire::in_field(field);
    let x = Fr::from_decimal(x).map_err(&in_field)?;
    Point::from_xy(x, Fr::from_decimal(y).map_err(&in_field)?).map_err(in_field)
}

fn point_to(point: &Point) -> [String; 2] {
    let (x, y) = point.to_xy();
    [x.to_decimal(), y.to_decimal()]
}

impl TryFrom<ParametersFile> for CeremonyParameters {
    type Error = DecodeError;

    fn try_from(file: ParametersFile) -> Result<Self, DecodeError> {
        wire::expect_format(PARAMETERS_FORMAT, &file.format)?;
        let trustees = file.trustees.iter().map(KeysFile::decode).collect::<Result<_, DecodeError>>()?;
        let nonce = encoding::decode_hex(&file.nonce).map_err(wire::in_field("nonce"))?;
        Self::new(nonce, file.threshold, file.slots, trustees).map_err(DecodeError::Ceremony)
    }
}

impl Serialize for CeremonyParameters {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ParametersFile {
            format: PARAMETERS_FORMAT.to_string(),
            nonce: encoding::encode_hex(&self.nonce),
            threshold: self.threshold,
            slots: self.slots,
            trustees: self.trustees.iter().map(KeysFile::of).collect(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CeremonyParameters {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ParametersFile::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}
