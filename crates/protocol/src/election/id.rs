//! The name of an election.

use crate::value::{SemaphoreValue, digest_newtype};

digest_newtype! {
    /// Names one election: the tagged digest of every field of its manifest (protocol section 4).
    ///
    /// Who has the manifest calls [`Manifest::id`](super::Manifest::id).
    ElectionId
}

impl ElectionId {
    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The scope of this election: its 32 bytes as an integer. A nullifier can be neither replayed in another election
    /// nor linked with one.
    #[must_use]
    pub const fn scope(&self) -> SemaphoreValue {
        SemaphoreValue::from_be_bytes(*self.as_bytes())
    }
}
