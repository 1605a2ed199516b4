//! Semaphore's way from a text, number or bytes to a field element, and the newtypes around field elements.

mod text;

use alloc::string::String;
use core::fmt;
use tabella_primitives::{
    Fr,
    digest::keccak256,
    encoding::{Canonical, EncodingError, decimal_to_limbs, limbs_to_decimal},
};

/// Largest number that a JavaScript number holds exactly together with its neighbours, 2^53 - 1.
pub const MAX_SAFE_NUMBER: u64 = (1 << 53) - 1;
/// Greatest length in bytes of a text that is not a number.
pub const MAX_TEXT_LEN: usize = 31;

/// A message or a scope before it is hashed: an integer of at most 256 bits, as Semaphore v4's proof object carries it.
///
/// Bytes: 32, big endian. Text: decimal. Semaphore calls the conversion from text, numbers and bytes `toBigInt`.
///
/// ```
/// use tabella_protocol::value::SemaphoreValue;
/// let vote = SemaphoreValue::from_text("vote")?;
/// assert_eq!(vote.to_string(), "53569839482546675576249958618073094405308666635364249632727197861265534877696");
/// // The trap: a text that JavaScript reads as a number is that number.
/// assert_eq!(SemaphoreValue::from_text("123")?, SemaphoreValue::from_u64(123));
/// # Ok::<(), tabella_protocol::value::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SemaphoreValue([u8; 32]);

/// Why a text, number or bytes are not a message or scope of Semaphore.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The number is below zero. (Semaphore converts it and then fails to hash it.)
    Negative,
    /// The number does not fit 256 bits. (Semaphore converts it and then fails to hash it.)
    TooLarge,
    /// The text is not a number and longer than [`MAX_TEXT_LEN`] bytes.
    TextTooLong {
        /// Its length in bytes of UTF-8.
        bytes: usize,
    },
    /// The number has a fraction, or is infinite, or is not a number.
    NotAnInteger,
    /// The number is beyond [`MAX_SAFE_NUMBER`], where a JavaScript number no longer is exact.
    UnsafeInteger,
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative => f.write_str("the number is negative; messages and scopes are not"),
            Self::TooLarge => f.write_str("the number does not fit 256 bits"),
            Self::TextTooLong { bytes } => {
                write!(f, "the text has {bytes} bytes; at most {MAX_TEXT_LEN} fit, hash longer ones first")
            }
            Self::NotAnInteger => f.write_str("the number is not an integer"),
            Self::UnsafeInteger => f.write_str(
                "the number is beyond 2^53 - 1, where a floating-point number is not exact; give it as text",
            ),
        }
    }
}

impl core::error::Error for ValueError {}

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

    /// An integer, as Semaphore takes a `bigint`.
    #[must_use]
    pub fn from_u64(value: u64) -> Self {
        Self::from_limbs([value, 0, 0, 0])
    }

    /// A JavaScript number, as Semaphore takes it.
    ///
    /// # Errors
    /// [`ValueError::NotAnInteger`], [`ValueError::UnsafeInteger`] or [`ValueError::Negative`].
    pub fn from_number(value: f64) -> Result<Self, ValueError> {
        if !value.is_finite() || value.trunc() != value {
            return Err(ValueError::NotAnInteger);
        }
        // The text of an integral f64 is its digits, and 2^53 has sixteen of them. "-0" is zero.
        let text = alloc::format!("{}", value.abs());
        match text.parse::<u64>() {
            Ok(integer) if integer <= MAX_SAFE_NUMBER && (value >= 0.0 || integer == 0) => {
                Ok(Self::from_u64(integer))
            }
            Ok(integer) if integer <= MAX_SAFE_NUMBER => Err(ValueError::Negative),
            _ => Err(ValueError::UnsafeInteger),
        }
    }

    /// A byte array as a big-endian integer of any length; leading zeros do not count.
    ///
    /// # Errors
    /// [`ValueError::TooLarge`] if the integer does not fit 256 bits.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ValueError> {
        let significant = bytes.iter().position(|byte| *byte != 0).map_or(0, |start| bytes.len() - start);
        if significant > 32 {
            return Err(ValueError::TooLarge);
        }
        let mut value = [0u8; 32];
        for (to, from) in value.iter_mut().rev().zip(bytes.iter().rev()) {
            *to = *from;
        }
        Ok(Self(value))
    }

    /// A text, exactly as Semaphore v4's JavaScript takes it.
    ///
    /// A text that JavaScript's `BigInt` reads is the number it reads: decimal with an optional sign, `0x`, `0o` or `0b` with
    /// digits, blanks around it, and blanks alone are 0. Any other text is its UTF-8 bytes, padded with zeros on the right
    /// to 32, as a big-endian integer.
    ///
    /// So "7", "007", " 7 ", "0x7" and the number 7 are one and the same scope, and "", " " and 0 are another; and
    /// a text and the same text followed by zero bytes do not differ.
    ///
    /// # Errors
    /// [`ValueError::Negative`], [`ValueError::TooLarge`] or [`ValueError::TextTooLong`].
    pub fn from_text(text: &str) -> Result<Self, ValueError> {
        if let Some(number) = text::ethers_integer(text) {
            return match number {
                text::Integer::Negative => Err(ValueError::Negative),
                text::Integer::TooLarge => Err(ValueError::TooLarge),
                text::Integer::Value(limbs) => Ok(Self::from_limbs(limbs)),
            };
        }
        if text.len() > MAX_TEXT_LEN {
            return Err(ValueError::TextTooLong { bytes: text.len() });
        }
        let mut value = [0u8; 32];
        for (to, from) in value.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Ok(Self(value))
    }

    /// A decimal integer in its shortest form, as files have it.
    ///
    /// # Errors
    /// [`EncodingError`] unless it is digits, without leading zero, below 2^256.
    pub fn from_decimal(text: &str) -> Result<Self, EncodingError> {
        decimal_to_limbs(text).map(Self::from_limbs)
    }

    fn from_limbs(limbs: [u64; 4]) -> Self {
        let mut bytes = [0u8; 32];
        for (chunk, limb) in bytes.rchunks_exact_mut(8).zip(limbs) {
            chunk.copy_from_slice(&limb.to_be_bytes());
        }
        Self(bytes)
    }

    fn to_limbs(self) -> [u64; 4] {
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().rev().zip(self.0.as_chunks::<8>().0) {
            *limb = u64::from_be_bytes(*chunk);
        }
        limbs
    }

    /// The field element that enters the circuit: `keccak256(value) >> 8`, which is below 2^248 and so canonical.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "248 bits are below the modulus")]
    pub fn hash(&self) -> Fr {
        let mut shifted = [0u8; 32];
        for (to, from) in shifted.iter_mut().skip(1).zip(keccak256(&self.0)) {
            *to = from;
        }
        Fr::from_be_bytes(&shifted).expect("248 bits are below the modulus")
    }
}

impl fmt::Display for SemaphoreValue {
    /// Decimal text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&limbs_to_decimal(&self.to_limbs()))
    }
}

impl serde::Serialize for SemaphoreValue {
    /// A decimal text.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for SemaphoreValue {
    /// A decimal text in its shortest form.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::from_decimal(&text).map_err(serde::de::Error::custom)
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

/// Declares a newtype around a digest with its one text form.
macro_rules! digest_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Bytes: 32. Text: 64 lower-case hexadecimal digits.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(tabella_primitives::digest::Digest);

        impl $name {
            /// Wraps a digest, as it stands in a file: it names nothing until it is compared with a computed one.
            #[must_use]
            pub const fn from_digest(digest: tabella_primitives::digest::Digest) -> Self {
                Self(digest)
            }

            /// The digest.
            #[must_use]
            pub const fn as_digest(&self) -> &tabella_primitives::digest::Digest {
                &self.0
            }

            /// Parses exactly 64 lower-case hexadecimal digits.
            ///
            /// # Errors
            /// [`EncodingError::Length`](tabella_primitives::encoding::EncodingError::Length) or
            /// [`EncodingError::InvalidDigit`](tabella_primitives::encoding::EncodingError::InvalidDigit).
            pub fn from_hex(text: &str) -> Result<Self, tabella_primitives::encoding::EncodingError> {
                tabella_primitives::digest::Digest::from_hex(text).map(Self)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}
pub(crate) use digest_newtype;

#[cfg(test)]
mod tests;
