//! What can fail in elections alone, by code.

use crate::failure::Failure;
use tabella::{
    VoteError,
    election::{ElectionError, ManifestFileError},
};

impl From<VoteError> for Failure {
    fn from(error: VoteError) -> Self {
        let code = match &error {
            VoteError::NotRegistered => "not-registered",
            VoteError::OtherRegistry { .. } => "other-registry",
            VoteError::OtherKey => "other-key",
            VoteError::Selection(_) => "invalid-selection",
            VoteError::OtherKind { .. } => "other-kind",
            VoteError::Prove(error) => return error.clone().into(),
            VoteError::Seal(_) => "not-sealed",
            _ => "not-proved",
        };
        Self::new(code, error)
    }
}

impl From<ManifestFileError> for Failure {
    fn from(error: ManifestFileError) -> Self {
        Self::new("bad-election", error)
    }
}

impl From<ElectionError> for Failure {
    fn from(error: ElectionError) -> Self {
        let code = match &error {
            ElectionError::Key(_) => "key-refused",
            ElectionError::OtherVerifyingKey { .. } | ElectionError::OtherProvenance { .. } => "other-key",
            _ => "bad-election",
        };
        Self::new(code, error)
    }
}
