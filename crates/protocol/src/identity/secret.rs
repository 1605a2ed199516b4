//! The secret half of an identity.

use super::IdentityCommitment;
use crate::{statement::Nullifier, value::SemaphoreValue};
use core::fmt;
use tabella_primitives::{
    Fr,
    edwards::{Point, Scalar},
    encoding::Canonical,
    poseidon,
    secret::Secret,
};

/// The secret scalar s of a citizen, in [0, l).
///
/// Secret. Printed as `IdentitySecret(..)`, erased when dropped.
#[derive(Clone)]
pub struct IdentitySecret(Secret<Scalar>);

impl IdentitySecret {
    /// Wraps a secret scalar.
    #[must_use]
    pub const fn from_scalar(scalar: Scalar) -> Self {
        Self(Secret::new(scalar))
    }

    /// The secret scalar s. Whoever calls this answers for what becomes of it.
    #[must_use]
    pub const fn expose_secret(&self) -> &Scalar {
        self.0.expose_secret()
    }

    /// The secret scalar as an element of the circuit's field: the same integer, which is below l and so below r.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "l is below r")]
    pub fn expose_as_field_element(&self) -> Secret<Fr> {
        let bytes = zeroize::Zeroizing::new(self.expose_secret().to_be_bytes());
        Secret::new(Fr::from_be_bytes(bytes.as_ref()).expect("l is below r"))
    }

    /// The public key `A = s B8`.
    #[must_use]
    pub fn public_key(&self) -> Point {
        Point::mul_base(self.expose_secret())
    }

    /// The commitment `c = H_2(A.x, A.y)`.
    #[must_use]
    pub fn commitment(&self) -> IdentityCommitment {
        IdentityCommitment::of_public_key(&self.public_key())
    }

    /// The nullifier of this citizen in a scope: `nf = H_2(hash(scope), s)` (Semaphore v4).
    #[must_use]
    pub fn nullifier(&self, scope: &SemaphoreValue) -> Nullifier {
        Nullifier::from_field(poseidon::hash(&[
            scope.hash(),
            *self.expose_as_field_element().expose_secret(),
        ]))
    }
}

impl fmt::Debug for IdentitySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentitySecret(..)")
    }
}
