//! Proving keys in every format that there is: snarkjs' and our own, told apart by how they begin.

use super::kinds::{Kind, PROVING_KEY};
use crate::{error::Failure, files, ui::Ui};
use std::path::Path;
use tabella::{
    circom::Zkey,
    keys::{CheckedKey, KeyOpener, OpenKeyError},
    params::{KeyFile, KeyKind},
    prover::{KeyError, ProvingKey},
};

/// Largest proving key, constraints or witness (bytes).
pub(super) const LIMIT: u64 = 64 << 30;

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

    /// Checks a key that was read, all of it.
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let bytes = bare(path, bytes)?;
        let own = if ProvingKey::is_magic(bytes) {
            ProvingKey::from_bytes(bytes)
        } else if ProvingKey::is_compact_magic(bytes) {
            ProvingKey::from_compact_bytes(bytes)
        } else {
            let zkey = Zkey::from_bytes(bytes).map_err(|e| PROVING_KEY.refuse(path, bytes, e))?;
            return Ok(Self::Zkey(Box::new(zkey)));
        };
        Ok(Self::Own(Box::new(own.map_err(|e| refuse_own(path, bytes, &e))?)))
    }

    /// The key.
    pub(super) fn key(&self) -> &ProvingKey {
        match self {
            Self::Zkey(zkey) => zkey.key(),
            Self::Own(key) => key,
        }
    }
}

/// Reads and checks a key, all of it, to prove with it.
pub(crate) fn read_key(path: &Path) -> Result<ProvingKey, Failure> {
    let bytes = read(path)?;
    Ok(match AnyKey::parse(path, &bytes)? {
        AnyKey::Zkey(zkey) => zkey.into_key(),
        AnyKey::Own(key) => *key,
    })
}

/// Reads a key to prove with it. What begins like something else is refused.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = files::read(path, LIMIT)?;
    PROVING_KEY.other(path, &bytes).map_or(Ok(bytes), Err)
}

/// Checks the key that was read, unless the opener's cache remembers that it was.
pub(super) fn check<'o, 'a>(
    path: &Path,
    bytes: &[u8],
    opener: &'o KeyOpener<'a>,
) -> Result<CheckedKey<'o, 'a>, Failure> {
    let bytes = bare(path, bytes)?;
    opener.check(bytes).map_err(|error| match error {
        OpenKeyError::Own(error) => refuse_own(path, bytes, &error),
        other => PROVING_KEY.refuse(path, bytes, other),
    })
}

/// The bytes of the key itself, without the header of a key file, which names circuit and provenance.
fn bare<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a [u8], Failure> {
    if Kind::of(bytes) != Some(Kind::KeyFile) {
        return Ok(bytes);
    }
    let file = KeyFile::read(bytes).map_err(|e| PROVING_KEY.refuse(path, bytes, e))?;
    if file.kind() != KeyKind::Proving {
        return Err(PROVING_KEY.refuse(path, bytes, format_args!("it is a {}", file.kind())));
    }
    Ok(file.key())
}

/// The failure of a key of ours, without saying twice that it should be a proving key.
fn refuse_own(path: &Path, bytes: &[u8], error: &KeyError) -> Failure {
    match error {
        KeyError::InFile { section, offset, cause } => {
            PROVING_KEY.refuse(path, bytes, format_args!("section {section:?}, offset {offset}: {cause}"))
        }
        other => PROVING_KEY.refuse(path, bytes, other),
    }
}
