//! How a trustee comes forward: a name and the two public keys, signed by the trustee.
//!
//! ```text
//! digest = keccak(tag, name, encryption key, signing key)        signature: EdDSA with Poseidon over hash(digest)
//! ```
//!
//! The name is for people: a ceremony knows its trustees by number and keys. The signature says that whoever signs as this trustee goes by
//! that name; whether it is that person's, those who know the person must find out, by comparing keys.

use super::{TrusteeKeys, TrusteeSecret, parameters::KeysFile};
use crate::{
    identity::{InvalidLabel, InvalidSignature, Signature, check_label},
    wire::{self, DecodeError},
};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain, encoding,
};

/// Type and version of the JSON form of a trustee's registration.
pub const TRUSTEE_REGISTRATION_FORMAT: &str = "tabella-trustee-registration-v1";
/// Greatest length in bytes of the JSON form of a trustee's registration.
pub const MAX_TRUSTEE_REGISTRATION_BYTES: usize = 4096;

/// The name of a trustee: 1 to 128 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrusteeName(String);

impl TrusteeName {
    /// A name from its text.
    ///
    /// # Errors
    /// [`InvalidLabel`].
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidLabel> {
        let text = text.into();
        check_label(&text)?;
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TrusteeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A trustee's name and keys. Public. Unchecked until [`TrusteeRegistration::verify`] has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrusteeRegistration {
    name: TrusteeName,
    keys: TrusteeKeys,
    signature: Signature,
}

impl TrusteeSecret {
    /// Comes forward under a name.
    #[must_use]
    pub fn register(&self, name: TrusteeName) -> TrusteeRegistration {
        let signature = self.sign(&digest(&name, self.keys()));
        TrusteeRegistration { name, keys: *self.keys(), signature }
    }
}

fn digest(name: &TrusteeName, keys: &TrusteeKeys) -> Digest {
    TaggedHasher::new(domain::TRUSTEE_REGISTRATION)
        .bytes(name.as_str().as_bytes())
        .bytes(&keys.encryption.to_xy_bytes())
        .bytes(&keys.signing.to_xy_bytes())
        .finish()
}

impl TrusteeRegistration {
    /// The name.
    #[must_use]
    pub const fn name(&self) -> &TrusteeName {
        &self.name
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &TrusteeKeys {
        &self.keys
    }

    /// Checks that whoever has the signing key goes by this name and has this encryption key.
    ///
    /// # Errors
    /// [`InvalidSignature`].
    pub fn verify(&self) -> Result<(), InvalidSignature> {
        self.keys.verify(&digest(&self.name, &self.keys), &self.signature)
    }

    /// The registration in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(&RegistrationFile {
            format: TRUSTEE_REGISTRATION_FORMAT.to_string(),
            name: self.name.to_string(),
            keys: KeysFile::of(&self.keys),
            signature: encoding::encode_hex(&self.signature.to_packed()),
        })
    }

    /// Decodes [`Self::to_json`]. Not yet checked: see [`Self::verify`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let file: RegistrationFile = wire::parse_json(bytes, MAX_TRUSTEE_REGISTRATION_BYTES)?;
        wire::expect_format(TRUSTEE_REGISTRATION_FORMAT, &file.format)?;
        let packed: [u8; Signature::PACKED_LEN] =
            encoding::decode_hex(&file.signature).map_err(wire::in_field("signature"))?;
        Ok(Self {
            name: TrusteeName::new(file.name).map_err(|error| DecodeError::Label { field: "name", error })?,
            keys: file.keys.decode()?,
            signature: Signature::from_packed(&packed).map_err(wire::in_field("signature"))?,
        })
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationFile {
    format: String,
    name: String,
    keys: KeysFile,
    signature: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> TrusteeName {
        TrusteeName::new(text).unwrap()
    }

    #[test]
    fn a_registration_says_who_has_which_keys() {
        let me = TrusteeSecret::from_seed(&[1; 32]);
        for text in ["Ann", "Ключ é \"\\ 'x' 🗳", &"\u{1f5f3}".repeat(128)] {
            let registration = me.register(name(text));
            let json = registration.to_json();
            assert!(json.len() <= MAX_TRUSTEE_REGISTRATION_BYTES);
            let read = TrusteeRegistration::from_json(json.as_bytes()).unwrap();
            assert_eq!((&read, read.verify()), (&registration, Ok(())));
            assert_eq!((read.name().as_str(), read.keys()), (text, me.keys()));
        }
        assert_eq!(TrusteeName::new(""), Err(InvalidLabel::Empty));
    }

    #[test]
    fn another_name_or_key_is_not_signed() {
        let (me, other) = (TrusteeSecret::from_seed(&[1; 32]), TrusteeSecret::from_seed(&[2; 32]));
        let right = me.register(name("Ann"));
        let renamed = TrusteeRegistration { name: name("Bob"), ..right.clone() };
        let mut encryption = right.clone();
        encryption.keys.encryption = other.keys().encryption;
        let mut signing = right.clone();
        signing.keys.signing = other.keys().signing;
        for wrong in [renamed, encryption, signing] {
            assert_eq!(wrong.verify(), Err(InvalidSignature::NotSatisfied), "{wrong:?}");
        }
        let json = right.to_json();
        let read = |json: String| TrusteeRegistration::from_json(json.as_bytes());
        let empty = DecodeError::Label { field: "name", error: InvalidLabel::Empty };
        assert_eq!(read(json.replace("Ann", "")), Err(empty));
        assert!(matches!(read(json.replace("-v1", "-v2")), Err(DecodeError::WrongFormat { .. })));
        assert!(matches!(read(json.replacen('{', "{\"more\":1,", 1)), Err(DecodeError::Json { .. })));
    }
}
