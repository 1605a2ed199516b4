//! One published state of a registry.

use crate::value::field_newtype;

field_newtype! {
    /// One published state of a registry: the root of its LeanIMT.
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal.
    RegistryRoot
}
