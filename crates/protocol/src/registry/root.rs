//! One published state of a registry.

use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use tabella_primitives::{
    Fr,
    encoding::{Canonical, EncodingError},
};

/// One published state of a registry: the root of its LeanIMT.
///
/// Bytes: 32, big endian, a positive integer below the BN254 scalar modulus. Text: decimal.
///
/// Root 0 is refused by every decoder: it is what a registry has whose only citizen was removed, or none at all, and
/// there is nobody who could vote under it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistryRoot(Fr);

impl RegistryRoot {
    /// Wraps a field element. The caller sees to it that it is not 0: see [`is_zero`](Self::is_zero).
    #[must_use]
    pub const fn from_field(value: Fr) -> Self {
        Self(value)
    }

    /// The field element.
    #[must_use]
    pub const fn as_field(&self) -> &Fr {
        &self.0
    }

    /// Whether this is the root of nobody, under which no election can be held.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == Fr::default()
    }

    /// Decodes 32 big-endian bytes; never reduces.
    ///
    /// # Errors
    /// [`EncodingError`] unless they are a canonical integer; [`EncodingError::Zero`] for root 0.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncodingError> {
        Fr::from_be_bytes(bytes).map(Self)?.not_zero()
    }

    /// Encodes as 32 big-endian bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_be_bytes()
    }

    /// Decodes decimal text; never reduces.
    ///
    /// # Errors
    /// [`EncodingError`] unless it is a canonical integer in its shortest form; [`EncodingError::Zero`] for root 0.
    pub fn from_decimal(text: &str) -> Result<Self, EncodingError> {
        Fr::from_decimal(text).map(Self)?.not_zero()
    }

    fn not_zero(self) -> Result<Self, EncodingError> {
        if self.is_zero() { Err(EncodingError::Zero) } else { Ok(self) }
    }
}

impl fmt::Display for RegistryRoot {
    /// Decimal text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_decimal())
    }
}

impl fmt::Debug for RegistryRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistryRoot({self})")
    }
}

impl Serialize for RegistryRoot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegistryRoot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_decimal(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_zero_is_refused_wherever_roots_are_decoded() {
        assert_eq!(RegistryRoot::from_decimal("0"), Err(EncodingError::Zero));
        assert_eq!(RegistryRoot::from_bytes(&[0; 32]), Err(EncodingError::Zero));
        assert!(serde_json::from_str::<RegistryRoot>("\"0\"").is_err());
        assert!(RegistryRoot::from_field(Fr::from(0)).is_zero());
    }

    #[test]
    fn encodings_are_inverted_by_decodings() {
        let root = RegistryRoot::from_decimal("42").unwrap();
        assert_eq!(RegistryRoot::from_bytes(&root.to_bytes()), Ok(root));
        assert_eq!(serde_json::to_string(&root).unwrap(), "\"42\"");
        assert_eq!(serde_json::from_str::<RegistryRoot>("\"42\"").unwrap(), root);
        assert_eq!(RegistryRoot::from_decimal("042"), Err(EncodingError::NotCanonical));
    }
}
