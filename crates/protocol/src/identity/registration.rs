//! Proof of possession: what a citizen hands to a registrar.
//!
//! A bare commitment is 32 bytes, and so is the root of a private tree: leaves and inner nodes are both `H_2` of two elements,
//! and a membership path may be longer than the registry is deep. Whoever registers such a root acts once for every leaf below it.
//! No circuit with the public inputs of Semaphore v4 can tell; the registrar can, because a registration opens the commitment:
//!
//! ```text
//! c = H_2(A.x, A.y)                     a root of a tree would have to be the hash of a point whose coordinates are nodes
//! m = hash(keccak(tag, label, c))       tag = domain::REGISTRATION, hash as for scopes and messages
//! signature: EdDSA with Poseidon under A over m
//! ```
//!
//! The label names the registry, so that a registration cannot be used again in another one. A registration names its citizen
//! towards the registrar, as the commitment does, and says nothing about later acts.

use super::{Identity, IdentityCommitment, RegistryLabel, Signature};
use crate::{
    value::SemaphoreValue,
    wire::{self, DecodeError},
};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    Fr,
    digest::TaggedHasher,
    domain,
    edwards::Point,
    encoding::{self, Canonical},
};

/// Type and version of the JSON form of a registration.
pub const REGISTRATION_FORMAT: &str = "tabella-registration-v1";
/// Greatest length in bytes of the JSON form of a registration.
pub const MAX_REGISTRATION_BYTES: usize = 4096;

/// A commitment with the proof that whoever hands it in has its secret key.
///
/// Not secret, but it names the citizen: for the registrar only. Unchecked until [`Registration::verify`] has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    registry: RegistryLabel,
    commitment: IdentityCommitment,
    public_key: Point,
    signature: Signature,
}

/// Why a registration is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistrationError {
    /// It was made for a registry with another label.
    OtherRegistry {
        /// The label of this registry.
        expected: RegistryLabel,
        /// The label in the registration.
        actual: RegistryLabel,
    },
    /// The commitment is not that of the public key: it belongs to somebody else, or is no commitment at all but the root of a
    /// tree.
    NotTheKeyOfTheCommitment,
    /// The signature does not belong to label, commitment and public key.
    InvalidSignature,
}

impl fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherRegistry { expected, actual } => {
                write!(
                    f,
                    "the registration is for registry {actual:?}, not for {expected:?}",
                    actual = actual.as_str(),
                    expected = expected.as_str()
                )
            }
            Self::NotTheKeyOfTheCommitment => {
                f.write_str("the commitment is not that of the public key in the registration")
            }
            Self::InvalidSignature => {
                f.write_str("the signature does not belong to the label, commitment and public key")
            }
        }
    }
}

impl core::error::Error for RegistrationError {}

/// What is signed: `hash(keccak(tag, label, commitment))`.
fn message(registry: &RegistryLabel, commitment: &IdentityCommitment) -> Fr {
    let digest = TaggedHasher::new(domain::REGISTRATION)
        .bytes(registry.as_str().as_bytes())
        .fr(commitment.as_field())
        .finish();
    SemaphoreValue::from_be_bytes(*digest.as_bytes()).hash()
}

impl Identity {
    /// Registers in the registry of that label: the commitment and a proof that its key is this identity's.
    #[must_use]
    pub fn register(&self, registry: &RegistryLabel) -> Registration {
        let commitment = self.commitment();
        Registration {
            registry: registry.clone(),
            commitment,
            public_key: *self.public_key(),
            signature: self.sign(&message(registry, &commitment)),
        }
    }
}

impl Registration {
    /// A registration from its parts, unchecked.
    #[must_use]
    pub const fn from_parts(
        registry: RegistryLabel,
        commitment: IdentityCommitment,
        public_key: Point,
        signature: Signature,
    ) -> Self {
        Self { registry, commitment, public_key, signature }
    }

    /// The label of the registry for which it was made.
    #[must_use]
    pub const fn registry(&self) -> &RegistryLabel {
        &self.registry
    }

    /// Checks the registration for the registry of that label; answers the commitment to be registered.
    ///
    /// That the commitment is new to the registry is for the registry to check.
    ///
    /// # Errors
    /// [`RegistrationError`] names the first check that fails.
    pub fn verify(&self, registry: &RegistryLabel) -> Result<IdentityCommitment, RegistrationError> {
        if self.registry != *registry {
            return Err(RegistrationError::OtherRegistry {
                expected: registry.clone(),
                actual: self.registry.clone(),
            });
        }
        if IdentityCommitment::of_public_key(&self.public_key) != self.commitment {
            return Err(RegistrationError::NotTheKeyOfTheCommitment);
        }
        // Refuses the identity as public key too; that a point lies on the curve and in the subgroup its type says.
        Identity::verify(&self.public_key, &message(registry, &self.commitment), &self.signature)
            .map_err(|_| RegistrationError::InvalidSignature)?;
        Ok(self.commitment)
    }

    /// The registration in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let (x, y) = self.public_key.to_xy();
        wire::to_json(&RegistrationFile {
            format: REGISTRATION_FORMAT.to_string(),
            registry: self.registry.to_string(),
            commitment: self.commitment.to_string(),
            public_key: [x.to_decimal(), y.to_decimal()],
            signature: encoding::encode_hex(&self.signature.to_packed()),
        })
    }

    /// Decodes [`Self::to_json`]. Not yet checked: see [`Self::verify`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let file: RegistrationFile = wire::parse_json(bytes, MAX_REGISTRATION_BYTES)?;
        wire::expect_format(REGISTRATION_FORMAT, &file.format)?;
        let [x, y] = &file.public_key;
        let in_key = wire::in_field("public_key");
        let (x, y) = (Fr::from_decimal(x).map_err(&in_key)?, Fr::from_decimal(y).map_err(&in_key)?);
        let packed: [u8; Signature::PACKED_LEN] =
            encoding::decode_hex(&file.signature).map_err(wire::in_field("signature"))?;
        Ok(Self {
            registry: RegistryLabel::new(file.registry)
                .map_err(|error| DecodeError::Label { field: "registry", error })?,
            commitment: IdentityCommitment::from_decimal(&file.commitment)
                .map_err(wire::in_field("commitment"))?,
            public_key: Point::from_xy(x, y).map_err(in_key)?,
            signature: Signature::from_packed(&packed).map_err(wire::in_field("signature"))?,
        })
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationFile {
    format: String,
    registry: String,
    commitment: String,
    public_key: [String; 2],
    signature: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        identity::{InvalidLabel, MAX_LABEL_CHARS},
        registry::Registry,
    };
    use alloc::format;
    use tabella_primitives::encoding::EncodingError;

    fn label(text: &str) -> RegistryLabel {
        RegistryLabel::new(text).unwrap()
    }

    fn identity(name: &str) -> Identity {
        Identity::from_private_key_text(name)
    }

    #[test]
    fn what_a_citizen_hands_in_is_accepted_after_a_round_trip() {
        for text in ["town", "Ключ é \"\\ 'x' 🗳", &"\u{1f5f3}".repeat(MAX_LABEL_CHARS)] {
            let town = label(text);
            let registration = identity("a").register(&town);
            let json = registration.to_json();
            assert!(json.len() <= MAX_REGISTRATION_BYTES);
            assert_eq!(Registration::from_json(json.as_bytes()), Ok(registration.clone()));
            assert_eq!(registration.verify(&town), Ok(identity("a").commitment()));
        }
        // Every character of the longest label may be escaped, and the file still fits.
        let longest = identity("a").register(&label(&"\u{1f5f3}".repeat(MAX_LABEL_CHARS))).to_json();
        let escaped = longest.replace('\u{1f5f3}', "\\ud83d\\uddf3");
        assert!(Registration::from_json(escaped.as_bytes()).is_ok());
    }

    #[test]
    fn a_registration_serves_one_registry() {
        let (town, county) = (label("town"), label("county"));
        let registration = identity("a").register(&town);
        assert_eq!(
            registration.verify(&county),
            Err(RegistrationError::OtherRegistry { expected: county.clone(), actual: town })
        );
        // Relabelling it does not help: the label is signed.
        let relabelled = Registration { registry: county.clone(), ..registration };
        assert_eq!(relabelled.verify(&county), Err(RegistrationError::InvalidSignature));
    }

    #[test]
    fn nobody_registers_the_commitment_of_another_or_signs_for_them() {
        let town = label("town");
        let (mine, theirs) = (identity("a").register(&town), identity("b").register(&town));
        let stolen = Registration { commitment: theirs.commitment, ..mine.clone() };
        assert_eq!(stolen.verify(&town), Err(RegistrationError::NotTheKeyOfTheCommitment));
        let forged = Registration { signature: mine.signature, ..theirs };
        assert_eq!(forged.verify(&town), Err(RegistrationError::InvalidSignature));
        let nobody = Registration {
            commitment: IdentityCommitment::of_public_key(&Point::identity()),
            public_key: Point::identity(),
            ..mine
        };
        assert_eq!(nobody.verify(&town), Err(RegistrationError::InvalidSignature));
    }

    #[test]
    fn a_tampered_signature_is_refused() {
        let town = label("town");
        let good = identity("a").register(&town);
        let packed = good.signature.to_packed();
        for bit in (0..512).step_by(3) {
            let mut bad = packed;
            bad[bit / 8] ^= 1 << (bit % 8);
            if let Ok(signature) = Signature::from_packed(&bad) {
                let tampered = Registration { signature, ..good.clone() };
                assert_eq!(tampered.verify(&town), Err(RegistrationError::InvalidSignature), "bit {bit}");
            }
        }
        let other_message = identity("a").sign(&Fr::from(7));
        let tampered = Registration { signature: other_message, ..good };
        assert_eq!(tampered.verify(&town), Err(RegistrationError::InvalidSignature));
    }

    /// The attack that registration is for: one leaf that is the root of a private tree votes once for each of its leaves.
    #[test]
    fn the_root_of_a_private_tree_has_no_registration() {
        let town = label("town");
        let mut private = Registry::new();
        private.append_batch(&[identity("a").commitment(), identity("b").commitment()]).unwrap();
        let root = IdentityCommitment::from_field(*private.root().unwrap().as_field());
        for name in ["a", "b", "c"] {
            let signer = identity(name);
            let attempt = Registration::from_parts(
                town.clone(),
                root,
                *signer.public_key(),
                signer.sign(&message(&town, &root)),
            );
            assert_eq!(attempt.verify(&town), Err(RegistrationError::NotTheKeyOfTheCommitment));
        }
        // The only opening of the root are its two leaves, and they are no key.
        let [left, right] = [0, 1].map(|slot| *private.commitment(slot).unwrap().as_field());
        assert!(Point::from_xy(left, right).is_err());
    }

    #[test]
    fn files_are_read_strictly() {
        let json = identity("a").register(&label("town")).to_json();
        let read = |from: &str, to: &str| {
            assert!(json.contains(from), "{from}");
            Registration::from_json(json.replacen(from, to, 1).as_bytes())
        };
        assert_eq!(
            read("registration-v1", "registration-v2"),
            Err(DecodeError::WrongFormat {
                expected: REGISTRATION_FORMAT,
                found: "tabella-registration-v2".to_string()
            })
        );
        assert_eq!(
            read("town", ""),
            Err(DecodeError::Label { field: "registry", error: InvalidLabel::Empty })
        );
        assert_eq!(
            read("\"commitment\":\"", "\"commitment\":\"0"),
            Err(DecodeError::Field { field: "commitment", error: EncodingError::NotCanonical })
        );
        assert_eq!(
            read("\"public_key\":[\"", "\"public_key\":[\"1"),
            Err(DecodeError::Field { field: "public_key", error: EncodingError::NotCanonical })
        );
        for (from, to) in [("{", "{\"more\":1,"), ("{", "{\"registry\":\"town\","), ("}", "}}"), ("}", "")] {
            assert!(matches!(read(from, to), Err(DecodeError::Json { .. })), "{from} {to}");
        }
        let identity_key = "\"public_key\":[\"0\",\"1\"]";
        let (before, rest) = json.split_once("\"public_key\"").unwrap();
        let (_, after) = rest.split_once(']').unwrap();
        assert_eq!(
            Registration::from_json(format!("{before}{identity_key}{after}").as_bytes()),
            Err(DecodeError::Field { field: "public_key", error: EncodingError::Identity })
        );
        let padded = format!("{json}{}", " ".repeat(MAX_REGISTRATION_BYTES));
        assert_eq!(
            Registration::from_json(padded.as_bytes()),
            Err(DecodeError::Oversized { limit: MAX_REGISTRATION_BYTES, actual: padded.len() })
        );
    }

    #[test]
    fn a_registration_shows_no_secret() {
        let identity = identity("a");
        let shown = format!("{:?}", identity.register(&label("town")));
        assert!(shown.contains("town") && shown.contains(&identity.commitment().to_string()));
        assert!(!shown.contains(&identity.secret().expose_secret().to_decimal()));
    }
}
