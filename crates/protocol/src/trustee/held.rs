//! What a trustee keeps between rounds, and its form in bytes.
//!
//! ```text
//! stage (1) session (32) trustee (1)
//! seen: number (1), then trustee (1) and digest of its package (32) each
//! public part: length (2, big endian), bytes
//! rows: number (1), then label (1), number of scalars (1), scalars (32 each)
//! ```

use super::{SessionId, TrusteeIndex, package::index_of};
use crate::wire::{self, DecodeError, Reader};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::{
    digest::Digest,
    edwards::Scalar,
    encoding::{Canonical, EncodingError},
    secret::Secret,
};
use zeroize::Zeroizing;

/// Greatest length of the form in bytes.
pub(super) const MAX_HELD_BYTES: usize = 32 * 1024;

/// The packages of one round that a trustee saw when it acted: who sent which.
pub(super) type Seen = Vec<(TrusteeIndex, Digest)>;

/// Secrets of one trustee at one stage of a ceremony.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) session: SessionId,
    pub(super) trustee: TrusteeIndex,
    pub(super) seen: Seen,
    pub(super) public: Vec<u8>,
    /// Labelled rows of secret scalars.
    pub(super) rows: Vec<(u8, Vec<Secret<Scalar>>)>,
}

impl Held {
    pub(super) fn to_bytes(&self, stage: u8) -> Zeroizing<Vec<u8>> {
        let scalars: usize = self.rows.iter().map(|(_, row)| 2 + 32 * row.len()).sum();
        // Room from the start, so that no copy stays behind when the bytes grow.
        let length = 1 + 32 + 1 + 1 + 33 * self.seen.len() + 2 + self.public.len() + 1 + scalars;
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        let count = |count: usize| u8::try_from(count).expect("trustees, keys and degrees are few");
        bytes.push(stage);
        bytes.extend(self.session.as_digest().as_bytes());
        bytes.push(self.trustee.get());
        bytes.push(count(self.seen.len()));
        for (trustee, digest) in &self.seen {
            bytes.push(trustee.get());
            bytes.extend(digest.as_bytes());
        }
        let public = u16::try_from(self.public.len()).expect("a body is shorter than 2^16 bytes");
        bytes.extend(public.to_be_bytes());
        bytes.extend(&self.public);
        bytes.push(count(self.rows.len()));
        for (label, row) in &self.rows {
            bytes.extend([*label, count(row.len())]);
            for scalar in row {
                bytes.extend_from_slice(&*Zeroizing::new(scalar.expose_secret().to_be_bytes()));
            }
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8], stage: u8) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_HELD_BYTES {
            return Err(DecodeError::Oversized { limit: MAX_HELD_BYTES, actual: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        if reader.u8()? != stage {
            return Err(DecodeError::Field { field: "stage", error: EncodingError::NotCanonical });
        }
        let session = SessionId::from_digest(Digest::from_bytes(reader.take()?));
        let trustee = index_of("trustee", reader.u8()?)?;
        let mut seen = Seen::new();
        for _ in 0..reader.u8()? {
            let trustee = index_of("seen", reader.u8()?)?;
            seen.push((trustee, Digest::from_bytes(reader.take()?)));
        }
        let public = usize::from(u16::from_be_bytes(reader.take()?));
        let public = reader.slice(public)?.to_vec();
        let mut rows = Vec::new();
        for _ in 0..reader.u8()? {
            let (label, count) = (reader.u8()?, reader.u8()?);
            let mut row = Vec::with_capacity(count.into());
            for _ in 0..count {
                let scalar = Zeroizing::new(reader.take::<32>()?);
                row.push(Secret::new(
                    Scalar::from_be_bytes(scalar.as_ref()).map_err(wire::in_field("rows"))?,
                ));
            }
            rows.push((label, row));
        }
        reader.finish()?;
        Ok(Self { session, trustee, seen, public, rows })
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(trustee {}, ..)", self.trustee)
    }
}

/// Declares the secrets of one stage: what stays with the trustee.
macro_rules! secret_package {
    ($(#[$doc:meta])* $name:ident, stage $stage:literal) => {
        $(#[$doc])*
        ///
        /// Secret: erased when dropped, and printed without what is inside.
        #[derive(Clone)]
        pub struct $name(pub(super) crate::trustee::held::Held);

        impl $name {
            /// The ceremony to which it belongs.
            #[must_use]
            pub const fn session(&self) -> &crate::trustee::SessionId {
                &self.0.session
            }

            /// Whose it is.
            #[must_use]
            pub const fn trustee(&self) -> crate::trustee::TrusteeIndex {
                self.0.trustee
            }

            /// Everything in bytes, to be kept encrypted. Whoever calls this answers for what becomes of it.
            #[must_use]
            pub fn expose_bytes(&self) -> zeroize::Zeroizing<alloc::vec::Vec<u8>> {
                self.0.to_bytes($stage)
            }

            /// Decodes [`Self::expose_bytes`].
            ///
            /// # Errors
            /// [`DecodeError`](crate::wire::DecodeError); the bytes of another stage are none of this one.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, crate::wire::DecodeError> {
                crate::trustee::held::Held::from_bytes(bytes, $stage).map(Self)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "{:?}"), self.0)
            }
        }
    };
}
pub(super) use secret_package;
