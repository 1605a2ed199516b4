//! The public half of an identity.

use crate::value::field_newtype;
use tabella_primitives::{edwards::Point, poseidon};

field_newtype! {
    /// What the registry stores of a citizen: `c = H_2(A.x, A.y)` with `A = s B8` the public key (Semaphore v4).
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal, as in Semaphore's JSON.
    IdentityCommitment
}

impl IdentityCommitment {
    /// The commitment of a public key: `c = H_2(A.x, A.y)`.
    #[must_use]
    pub fn of_public_key(public_key: &Point) -> Self {
        let (x, y) = public_key.to_xy();
        Self::from_field(poseidon::hash(&[x, y]))
    }
}
