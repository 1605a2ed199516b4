//! Semaphore's published files: proving keys and witness programs, each pinned by length and SHA-256.
//!
//! They come from the npm package `@zk-kit/semaphore-artifacts` 4.13.0 (MIT) and are too large to be kept here (104 MB a
//! kind). `npm install @zk-kit/semaphore-artifacts@4.13.0` puts them into `node_modules/@zk-kit/semaphore-artifacts`.
//! This module alone touches files; who has the bytes from elsewhere calls [`Artifact::check`].

use crate::depth::Depth;
use core::fmt;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
};

/// The pins: name, length in bytes and SHA-256 of each file.
const PINS: &str = include_str!("../data/artifacts.txt");

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArtifactKind {
    /// The proving key of the ceremony, `.zkey`.
    ProvingKey,
    /// circom's witness program, `.wasm`. Only needed by who wants to compare: [`Witness`](crate::Witness) does without.
    WitnessProgram,
}

/// One of the 64 files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Artifact {
    /// What it is for.
    pub kind: ArtifactKind,
    /// Of which circuit.
    pub depth: Depth,
}

/// Why a file is not the published one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The file cannot be read.
    Unreadable {
        /// Which.
        artifact: Artifact,
        /// Where it was looked for.
        path: PathBuf,
        /// What the system says.
        kind: ErrorKind,
    },
    /// The file has another length.
    Length {
        /// Which.
        artifact: Artifact,
        /// Length of the published file in bytes.
        expected: u64,
        /// Length that was found; a file is not read further than one byte beyond the published length.
        actual: u64,
    },
    /// The file has the right length and another content.
    Hash {
        /// Which.
        artifact: Artifact,
        /// SHA-256 of the published file.
        expected: [u8; 32],
        /// SHA-256 that was found.
        actual: [u8; 32],
    },
}

impl fmt::Display for ArtifactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, kind, .. } => write!(f, "{}: {kind}", path.display()),
            Self::Length { artifact, expected, actual } => write!(
                f,
                "{artifact} is not Semaphore's: it should have {expected} bytes, {actual} were found"
            ),
            Self::Hash { artifact, expected, actual } => write!(
                f,
                "{artifact} is not Semaphore's: its SHA-256 should be {}, it is {}",
                hex::encode(expected),
                hex::encode(actual)
            ),
        }
    }
}

impl core::error::Error for ArtifactError {}

impl Artifact {
    /// The proving key of a circuit.
    #[must_use]
    pub const fn proving_key(depth: Depth) -> Self {
        Self { kind: ArtifactKind::ProvingKey, depth }
    }

    /// The witness program of a circuit.
    #[must_use]
    pub const fn witness_program(depth: Depth) -> Self {
        Self { kind: ArtifactKind::WitnessProgram, depth }
    }

    /// Length and SHA-256 of the published file.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "every file has its pin; a test reads them all")]
    pub fn pin(self) -> (u64, [u8; 32]) {
        let name = self.to_string();
        PINS.lines()
            .find_map(|line| {
                let mut fields = line.split(' ');
                if fields.next() != Some(&name) {
                    return None;
                }
                let length = fields.next()?.parse().ok()?;
                let mut hash = [0; 32];
                hex::decode_to_slice(fields.next()?, &mut hash).ok()?;
                Some((length, hash))
            })
            .expect("every file has its pin")
    }

    /// Whether these bytes are the published file.
    ///
    /// # Errors
    /// [`ArtifactError::Length`] or [`ArtifactError::Hash`].
    pub fn check(self, bytes: &[u8]) -> Result<(), ArtifactError> {
        let (length, expected) = self.pin();
        let actual = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if actual != length {
            return Err(ArtifactError::Length { artifact: self, expected: length, actual });
        }
        let actual = <[u8; 32]>::from(Sha256::digest(bytes));
        if actual != expected {
            return Err(ArtifactError::Hash { artifact: self, expected, actual });
        }
        Ok(())
    }
}

impl fmt::Display for Artifact {
    /// The file's name, `semaphore-20.zkey`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = match self.kind {
            ArtifactKind::ProvingKey => "zkey",
            ArtifactKind::WitnessProgram => "wasm",
        };
        write!(f, "semaphore-{}.{suffix}", self.depth)
    }
}

/// A folder with published files. It need not hold all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifacts {
    folder: PathBuf,
}

impl Artifacts {
    /// Names the folder; files are looked for when they are needed.
    #[must_use]
    pub fn open(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_path_buf() }
    }

    /// Reads a file and checks it.
    ///
    /// # Errors
    /// [`ArtifactError`]. A wrong file is read at most one byte beyond the published length.
    pub fn read(&self, artifact: Artifact) -> Result<Vec<u8>, ArtifactError> {
        let bytes = self.read_unchecked(artifact)?;
        artifact.check(&bytes)?;
        Ok(bytes)
    }

    /// Reads a file up to one byte beyond the published length.
    pub(crate) fn read_unchecked(&self, artifact: Artifact) -> Result<Vec<u8>, ArtifactError> {
        let path = self.folder.join(artifact.to_string());
        let (length, _) = artifact.pin();
        let read = || {
            let file = File::open(&path)?;
            // Room for all of it at once: growing takes longer than reading.
            let room = file.metadata()?.len().min(length) + 1;
            let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
            file.take(length + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|error: io::Error| ArtifactError::Unreadable { artifact, path, kind: error.kind() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Artifact {
        Artifact::proving_key(Depth::new(1).unwrap())
    }

    #[test]
    fn every_file_is_pinned_and_no_two_are_alike() {
        let mut pins: Vec<_> = Depth::all()
            .flat_map(|depth| [Artifact::proving_key(depth), Artifact::witness_program(depth)])
            .map(Artifact::pin)
            .collect();
        assert_eq!(PINS.lines().filter(|line| !line.starts_with('#')).count(), pins.len());
        pins.sort_unstable_by_key(|(_, hash)| *hash);
        pins.dedup_by_key(|(_, hash)| *hash);
        assert_eq!(pins.len(), 64);
        let (length, _) = Artifact::proving_key(Depth::new(20).unwrap()).pin();
        assert_eq!(length, 3_890_175);
    }

    #[test]
    fn wrong_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::open(folder.path());
        let path = folder.path().join("semaphore-1.zkey");
        let artifact = small();
        let missing = ArtifactError::Unreadable { artifact, path: path.clone(), kind: ErrorKind::NotFound };
        assert_eq!(artifacts.read(artifact), Err(missing));
        let (expected, hash) = artifact.pin();

        std::fs::write(&path, b"short").unwrap();
        assert_eq!(artifacts.read(artifact), Err(ArtifactError::Length { artifact, expected, actual: 5 }));

        let mut bytes = vec![0; usize::try_from(expected).unwrap()];
        std::fs::write(&path, &bytes).unwrap();
        let actual = <[u8; 32]>::from(Sha256::digest(&bytes));
        assert_eq!(artifacts.read(artifact), Err(ArtifactError::Hash { artifact, expected: hash, actual }));

        bytes.extend([0; 100]);
        std::fs::write(&path, &bytes).unwrap();
        let too_long = ArtifactError::Length { artifact, expected, actual: expected + 1 };
        assert_eq!(artifacts.read(artifact), Err(too_long));
    }
}
