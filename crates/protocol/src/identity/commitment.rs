//! The public half of an identity.

use crate::value::field_newtype;

field_newtype! {
    /// What the registry stores of a citizen: `c = H_2(A.x, A.y)` with `A = s B8` the public key (Semaphore v4).
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal, as in Semaphore's JSON.
    IdentityCommitment
}
