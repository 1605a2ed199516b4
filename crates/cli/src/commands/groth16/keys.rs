//! Proving keys in every format that there is: snarkjs' and our own, told apart by how they begin.

use crate::{error::Failure, files, ui::Ui};
use std::path::Path;
use tabella::{
    circom::Zkey,
    params::{KeyFile, KeyKind},
    prover::ProvingKey,
};

/// Largest proving key, constraints or witness (bytes).
pub(super) const LIMIT: u64 = 64 << 30;
/// How a key file begins that names its circuit and provenance.
const KEY_FILE: &[u8] = b"tabella-key";
/// How the bytes of a key begin without these.
const BARE_KEY: &[u8] = b"tabella-pk";

/// A proving key of any format.
pub(super) enum AnyKey {
    /// Of snarkjs.
    Zkey(Box<Zkey>),
    /// Of Tabella.
    Own(Box<ProvingKey>),
}

impl AnyKey {
    /// Reads and checks a key, all of it.
    pub(super) fn read(path: &Path, ui: &Ui) -> Result<Self, Failure> {
        let bytes = files::read(path, LIMIT)?;
        let bar = ui.progress("checking the proving key", None);
        let key = Self::parse(path, &bytes);
        drop(bar);
        key
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let malformed = |cause: &dyn std::fmt::Display| Failure::malformed(path, "a proving key", cause);
        let own = |bytes| ProvingKey::from_bytes(bytes).map_err(|e| malformed(&e));
        if bytes.starts_with(KEY_FILE) {
            let file = KeyFile::read(bytes).map_err(|e| malformed(&e))?;
            if file.kind() != KeyKind::Proving {
                return Err(malformed(&format_args!("it is a {} key", file.kind())));
            }
            Ok(Self::Own(Box::new(own(file.key())?)))
        } else if bytes.starts_with(BARE_KEY) {
            Ok(Self::Own(Box::new(own(bytes)?)))
        } else {
            Zkey::from_bytes(bytes).map(|zkey| Self::Zkey(Box::new(zkey))).map_err(|e| malformed(&e))
        }
    }

    /// The key.
    pub(super) fn key(&self) -> &ProvingKey {
        match self {
            Self::Zkey(zkey) => zkey.key(),
            Self::Own(key) => key,
        }
    }

    /// The key.
    pub(super) fn into_key(self) -> ProvingKey {
        match self {
            Self::Zkey(zkey) => zkey.into_key(),
            Self::Own(key) => *key,
        }
    }
}
