//! Proving keys: read from the user's cache, or made on first use.
//!
//! A proving key is some megabytes and follows from the circuit and a public seed, so that it is not committed but made
//! where it is needed. What is made, and whatever is read, must have the hash in the manifest.
//!
//! Files: `<cache>/insecure-development/<circuit>-<first 16 digits of the key's digest>.pk`, a [key file](crate::file).
//! They are written under another name, flushed and renamed, so that a file of that name is always whole; a lock keeps two
//! processes from making the same key at once.

use crate::{
    KeyFile, KeyFileError, KeyKind, Manifest, ManifestEntry, Provenance, file::HEADER_BYTES,
    manifest::NotPinned, provenance::INSECURE_DEVELOPMENT_SEED,
};
use ark_relations::gr1cs::ConstraintSynthesizer;
use core::fmt;
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};
use tabella_keys::{KeyCache, KeyOpener, files};
use tabella_primitives::{Fr, digest::Digest};
use tabella_protocol::statement::CircuitId;
use tabella_prover::{KeyError, ProvingKey, SetupError, insecure_development_setup};

pub use tabella_keys::files::CACHE_VARIABLE;

/// A directory of proving keys.
#[derive(Clone, Debug)]
pub struct ParamsCache {
    directory: PathBuf,
    manifest: Manifest,
}

/// What is happening, for progress and warnings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheEvent {
    /// A cached key is read and checked.
    Loading {
        /// The file.
        path: PathBuf,
    },
    /// A cached file was refused and will be replaced. To be shown: something damaged the file.
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: RefusedFile,
    },
    /// A development key is made, which takes seconds.
    Making {
        /// The circuit.
        circuit: CircuitId,
    },
    /// The key that was made is written.
    Writing {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        bytes: u64,
    },
    /// The cache cannot be read or written: the key is made, and made again next time. To be shown; said once for each key.
    NoCache {
        /// What was read or written.
        path: PathBuf,
        /// What the operating system says.
        kind: io::ErrorKind,
    },
}

/// Why a cached file is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusedFile {
    /// Not a key file.
    File(KeyFileError),
    /// Not the pinned key.
    NotPinned(NotPinned),
    /// The hash is the pinned one, and yet the key does not decode.
    Key(KeyError),
}

impl fmt::Display for RefusedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::NotPinned(error) => error.fmt(f),
            Self::Key(error) => error.fmt(f),
        }
    }
}

/// How a proving key was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It was in the cache.
    Loaded,
    /// It was not in the cache and was made.
    Made,
    /// What was in the cache was refused; it was made anew.
    Replaced,
    /// It was made, and the cache cannot keep it.
    NotKept,
}

/// A proving key that has the pinned hash.
#[derive(Clone, Debug)]
pub struct PinnedProvingKey {
    /// The key.
    pub key: ProvingKey,
    /// Its name: the digest of its bytes.
    pub digest: Digest,
    /// Where it comes from. To be shown wherever it is used.
    pub provenance: Provenance,
    /// How it was come by.
    pub outcome: Outcome,
    /// Its file, which is not there if the outcome is [`Outcome::NotKept`].
    pub path: PathBuf,
}

impl PinnedProvingKey {
    /// The same key with the tables that the opener wants, if there are any.
    #[must_use]
    pub fn with_tables(self, opener: &KeyOpener<'_>) -> Self {
        Self { key: opener.add_tables(self.key, &self.digest), ..self }
    }
}

/// Why there is no proving key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheError {
    /// The user has no home directory, and [`CACHE_VARIABLE`] is not set.
    NoDirectory,
    /// The file of a key that cannot be made here could not be read.
    Io {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        kind: io::ErrorKind,
    },
    /// The manifest has no keys for the circuit.
    NotPinned(NotPinned),
    /// The pinned key is from a ceremony: it cannot be made here, only obtained and put at `path`.
    NotHere {
        /// Where it should be.
        path: PathBuf,
    },
    /// The circuit given is not the one whose keys are pinned.
    OtherCircuit {
        /// Digest in the manifest.
        expected: Digest,
        /// Digest of the circuit given.
        actual: Digest,
    },
    /// The key could not be made.
    Setup(SetupError),
    /// The key that was made has another hash than the pinned one. It was not written.
    NotReproduced {
        /// Digest in the manifest.
        expected: Digest,
        /// Digest of the key that was made.
        actual: Digest,
    },
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDirectory => {
                write!(f, "there is no home directory for the cache of proving keys; set {CACHE_VARIABLE}")
            }
            Self::Io { path, kind } => write!(f, "{}: {kind}", path.display()),
            Self::NotPinned(error) => error.fmt(f),
            Self::NotHere { path } => {
                write!(f, "the proving key comes from a ceremony and is not at {}", path.display())
            }
            Self::OtherCircuit { expected, actual } => {
                write!(f, "keys are pinned for circuit {expected}, the circuit given is {actual}")
            }
            Self::Setup(error) => error.fmt(f),
            Self::NotReproduced { expected, actual } => {
                write!(f, "the development key that was made is {actual}, pinned is {expected}")
            }
        }
    }
}

impl core::error::Error for CacheError {}

impl ParamsCache {
    /// The directory that [`CACHE_VARIABLE`] names, else `tabella` in the user's cache directory.
    ///
    /// # Errors
    /// [`CacheError::NoDirectory`].
    pub fn open_default() -> Result<Self, CacheError> {
        let directory = files::cache_directory().ok_or(CacheError::NoDirectory)?;
        Ok(Self::open(directory))
    }

    /// A cache in this directory, which is made when the first key is written.
    #[must_use]
    pub fn open(directory: impl Into<PathBuf>) -> Self {
        Self::open_with_manifest(directory, Manifest::pinned().clone())
    }

    /// A cache for the keys of another manifest.
    #[must_use]
    pub fn open_with_manifest(directory: impl Into<PathBuf>, manifest: Manifest) -> Self {
        Self { directory: directory.into(), manifest }
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where tables of the keys are kept.
    #[must_use]
    pub fn key_cache(&self) -> KeyCache {
        KeyCache::at(self.directory.join("keys"))
    }

    /// Where the proving key of a circuit is, or would be.
    ///
    /// # Errors
    /// [`CacheError::NotPinned`].
    pub fn path(&self, circuit: CircuitId) -> Result<PathBuf, CacheError> {
        self.manifest.entry(circuit).map(|entry| self.path_of(entry)).map_err(CacheError::NotPinned)
    }

    fn path_of(&self, entry: &ManifestEntry) -> PathBuf {
        let folder = match entry.provenance {
            Provenance::Development => "insecure-development",
            Provenance::Ceremony { .. } => "ceremony",
        };
        let digest = entry.proving_key.digest.to_string();
        let short: String = digest.chars().take(16).collect();
        self.directory.join(folder).join(format!("{}-{short}.pk", entry.circuit))
    }

    /// The proving key of a circuit: the cached one if it has the pinned hash, else a newly made one if that has it.
    ///
    /// `circuit` needs no witness. `observer` hears what happens, in particular when a damaged file is replaced, and when the cache
    /// cannot keep the key.
    ///
    /// # Errors
    /// [`CacheError`].
    ///
    /// # Panics
    /// Never: lengths in memory fit 64 bits.
    pub fn proving_key<C: ConstraintSynthesizer<Fr> + Clone>(
        &self,
        id: CircuitId,
        circuit: &C,
        mut observer: impl FnMut(CacheEvent),
    ) -> Result<PinnedProvingKey, CacheError> {
        let entry = self.manifest.entry(id).map_err(CacheError::NotPinned)?;
        let path = self.path_of(entry);
        let provenance = entry.provenance;
        let digest = entry.proving_key.digest;
        let found = |key, path| PinnedProvingKey { key, digest, provenance, outcome: Outcome::Loaded, path };
        let first = load(entry, &path, &mut |event| {
            // A file that is refused here is read and reported once more under the lock.
            if matches!(event, CacheEvent::Loading { .. }) {
                observer(event);
            }
        });
        match (first, provenance) {
            (Ok(Cached::Good(key)), _) => return Ok(found(*key, path)),
            (_, Provenance::Development) => {}
            (Ok(_), Provenance::Ceremony { .. }) => return Err(CacheError::NotHere { path }),
            (Err(error), Provenance::Ceremony { .. }) => {
                return Err(CacheError::Io { path, kind: error.kind() });
            }
        }
        let lock = self.lock(&path);
        // Another process may have made it while this one waited for the lock.
        let (mut outcome, fault) = match lock.as_ref().map(|_held| load(entry, &path, &mut observer)) {
            Ok(Ok(Cached::Good(key))) => return Ok(found(*key, path)),
            Ok(Ok(Cached::Missing)) => (Outcome::Made, None),
            Ok(Ok(Cached::Refused)) => (Outcome::Replaced, None),
            // Perhaps it can be replaced.
            Ok(Err(error)) => (Outcome::Replaced, Some((path.clone(), error.kind()))),
            Err((path, kind)) => (Outcome::NotKept, Some((path.clone(), *kind))),
        };
        if let Some((path, kind)) = fault {
            observer(CacheEvent::NoCache { path, kind });
        }
        observer(CacheEvent::Making { circuit: id });
        let key = make(entry, circuit)?;
        let bytes = key.to_bytes();
        let file = KeyFile::new(KeyKind::Proving, provenance, id, entry.circuit_digest, &bytes);
        if *file.digest() != entry.proving_key.digest {
            return Err(CacheError::NotReproduced {
                expected: entry.proving_key.digest,
                actual: *file.digest(),
            });
        }
        if outcome != Outcome::NotKept {
            let length = u64::try_from(bytes.len() + HEADER_BYTES).expect("lengths fit 64 bits");
            observer(CacheEvent::Writing { path: path.clone(), bytes: length });
            if let Err(error) = files::write(&path, [file.header().as_slice(), file.key()]) {
                observer(CacheEvent::NoCache { path: path.clone(), kind: error.kind() });
                outcome = Outcome::NotKept;
            }
        }
        Ok(PinnedProvingKey { key, digest, provenance, outcome, path })
    }

    /// Waits until no other process makes the key of this file; what cannot be written is named.
    fn lock(&self, path: &Path) -> Result<File, (PathBuf, io::ErrorKind)> {
        let parent = path.parent().unwrap_or(&self.directory);
        let named = |path: &Path, error: io::Error| (path.to_owned(), error.kind());
        fs::create_dir_all(parent).map_err(|e| named(parent, e))?;
        let lock = path.with_extension("lock");
        files::lock(&lock).map_err(|e| named(&lock, e))
    }
}

/// What lies in the cache.
enum Cached {
    Missing,
    Refused,
    Good(Box<ProvingKey>),
}

fn load(entry: &ManifestEntry, path: &Path, observer: &mut dyn FnMut(CacheEvent)) -> io::Result<Cached> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Cached::Missing),
        Err(error) => return Err(error),
    };
    observer(CacheEvent::Loading { path: path.to_owned() });
    // One byte more than the key has shows that a file is too long; a file of any length costs no more memory than that.
    let header = u64::try_from(HEADER_BYTES).expect("a constant");
    let length = entry.proving_key.bytes.saturating_add(header);
    let mut bytes = Vec::new();
    file.take(length.saturating_add(1)).read_to_end(&mut bytes)?;
    match decode(entry, &bytes) {
        Ok(key) => Ok(Cached::Good(Box::new(key))),
        Err(cause) => {
            observer(CacheEvent::Refused { path: path.to_owned(), cause });
            Ok(Cached::Refused)
        }
    }
}

fn decode(entry: &ManifestEntry, bytes: &[u8]) -> Result<ProvingKey, RefusedFile> {
    let file = KeyFile::read(bytes).map_err(RefusedFile::File)?;
    entry.check(KeyKind::Proving, &file).map_err(RefusedFile::NotPinned)?;
    ProvingKey::from_trusted_bytes_checked_by_hash(file.key()).map_err(RefusedFile::Key)
}

fn make<C: ConstraintSynthesizer<Fr> + Clone>(
    entry: &ManifestEntry,
    circuit: &C,
) -> Result<ProvingKey, CacheError> {
    let key = insecure_development_setup(circuit, &INSECURE_DEVELOPMENT_SEED).map_err(CacheError::Setup)?;
    if *key.circuit_digest() != entry.circuit_digest {
        return Err(CacheError::OtherCircuit {
            expected: entry.circuit_digest,
            actual: *key.circuit_digest(),
        });
    }
    Ok(key)
}

#[cfg(test)]
mod tests;
