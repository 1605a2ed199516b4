//! Semaphore's way from a text, number or bytes to a field element, and the newtypes around field elements.

use tabella_primitives::{Fr, digest::keccak256, encoding::Canonical};

/// A message or a scope before it is hashed: an integer of at most 256 bits, as Semaphore v4's proof object carries it.
///
/// Bytes: 32, big endian. Text: decimal. Semaphore calls the conversion from text, numbers and bytes `toBigInt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SemaphoreValue([u8; 32]);

impl SemaphoreValue {
    /// Wraps a 256-bit integer, big endian.
    #[must_use]
    pub const fn from_be_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The integer, big endian.
    #[must_use]
    pub const fn as_be_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The field element that enters the circuit: `keccak256(value) >> 8`, which is below 2^248 and so canonical.
    #[must_use]
    pub fn hash(&self) -> Fr {
        let mut shifted = [0u8; 32];
        for (to, from) in shifted.iter_mut().skip(1).zip(keccak256(&self.0)) {
            *to = from;
        }
        Fr::from_be_bytes(&shifted).expect("248 bits are below the modulus")
    }
}

/// Declares a newtype around one field element with the canonical encodings.
macro_rules! field_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(tabella_primitives::Fr);

        impl $name {
            /// Wraps a field element.
            #[must_use]
            pub const fn from_field(value: tabella_primitives::Fr) -> Self {
                Self(value)
            }

            /// The field element.
            #[must_use]
            pub const fn as_field(&self) -> &tabella_primitives::Fr {
                &self.0
            }

            /// Decodes 32 big-endian bytes; never reduces.
            ///
            /// # Errors
            /// [`EncodingError`](tabella_primitives::encoding::EncodingError) unless they are a canonical integer.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, tabella_primitives::encoding::EncodingError> {
                tabella_primitives::encoding::Canonical::from_be_bytes(bytes).map(Self)
            }

            /// Encodes as 32 big-endian bytes.
            #[must_use]
            pub fn to_bytes(&self) -> [u8; 32] {
                tabella_primitives::encoding::Canonical::to_be_bytes(&self.0)
            }

            /// Decodes decimal text; never reduces.
            ///
            /// # Errors
            /// [`EncodingError`](tabella_primitives::encoding::EncodingError) unless it is a canonical integer in its
            /// shortest form.
            pub fn from_decimal(text: &str) -> Result<Self, tabella_primitives::encoding::EncodingError> {
                tabella_primitives::encoding::Canonical::from_decimal(text).map(Self)
            }
        }

        impl core::fmt::Display for $name {
            /// Decimal text.
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&tabella_primitives::encoding::Canonical::to_decimal(&self.0))
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_decimal(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use field_newtype;
