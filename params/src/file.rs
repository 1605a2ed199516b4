//! The format of key files: a header of fixed length, then the key.
//!
//! All integers big endian.
//!
//! | offset | bytes | field |
//! | --- | --- | --- |
//! | 0 | 16 | magic: `tabella-key` and five zeros |
//! | 16 | 2 | version: 1 |
//! | 18 | 1 | kind: 1 verifying key, 2 proving key |
//! | 19 | 1 | provenance: 1 development, 2 ceremony |
//! | 20 | 32 | circuit: its name in ASCII, padded with zeros |
//! | 52 | 32 | digest of the circuit's matrices |
//! | 84 | 32 | digest of the ceremony's transcript; zeros for development |
//! | 116 | 8 | length of the key in bytes |
//! | 124 | 32 | digest of the key's bytes |
//! | 156 | 32 | digest of the 156 bytes above |
//! | 188 | | the key |
//!
//! Reading checks the header before it looks at the key and the key's digest before anybody decodes it. Nothing is
//! allocated for what a header claims: the file is in memory already, and a length that differs from it is refused.

use crate::Provenance;
use core::fmt;
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    file_digest::file_digest,
};
use tabella_protocol::statement::CircuitId;

const MAGIC: [u8; 16] = *b"tabella-key\0\0\0\0\0";
const VERSION: u16 = 1;
/// Length of the header.
pub const HEADER_BYTES: usize = 188;
/// Length of the header without its own digest.
const HASHED_BYTES: usize = 156;
const NAME_BYTES: usize = 32;

/// What a key file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A verifying key, as [`tabella_verifier::VerifyingKey::to_bytes`] encodes it.
    Verifying,
    /// A proving key, as `tabella_prover::ProvingKey::to_bytes` encodes it.
    Proving,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verifying => "verifying key",
            Self::Proving => "proving key",
        })
    }
}

impl KeyKind {
    const fn code(self) -> u8 {
        match self {
            Self::Verifying => 1,
            Self::Proving => 2,
        }
    }

    /// Digest of the bytes of such a key, under the tag of its kind: the key's name. For a verifying key it equals
    /// [`tabella_verifier::VerifyingKey::digest`]; proving keys, which are large and in no contract, are hashed by BLAKE3
    /// ([`file_digest`]).
    #[must_use]
    pub fn digest(self, key: &[u8]) -> Digest {
        match self {
            Self::Verifying => TaggedHasher::new(domain::VERIFYING_KEY).bytes(key).finish(),
            Self::Proving => file_digest(domain::PROVING_KEY, &[key]),
        }
    }
}

/// A field of the header. Shown with its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The first 16 bytes.
    Magic,
    /// The version of the format.
    Version,
    /// The [`KeyKind`].
    Kind,
    /// The [`Provenance`].
    Provenance,
    /// The circuit's name.
    Circuit,
    /// The digest of the ceremony's transcript.
    Transcript,
    /// The digest of the header.
    HeaderDigest,
}

impl Field {
    /// Where the field begins in the file, in bytes.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self {
            Self::Magic => 0,
            Self::Version => 16,
            Self::Kind => 18,
            Self::Provenance => 19,
            Self::Circuit => 20,
            Self::Transcript => 84,
            Self::HeaderDigest => HASHED_BYTES,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Magic => "magic",
            Self::Version => "version",
            Self::Kind => "kind",
            Self::Provenance => "provenance",
            Self::Circuit => "circuit",
            Self::Transcript => "transcript",
            Self::HeaderDigest => "header digest",
        })?;
        write!(f, " at offset {}", self.offset())
    }
}

/// Why bytes are not a key file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file ends within the header.
    Truncated {
        /// Bytes found; the header alone has [`HEADER_BYTES`].
        actual: usize,
    },
    /// A field of the header does not have a value that this version knows.
    Field(Field),
    /// The key is shorter or longer than the header (at offset 116) says.
    Length {
        /// Bytes of the key that the header announces.
        expected: u64,
        /// Bytes behind the header.
        actual: usize,
    },
    /// The key's bytes do not have the digest which the header (at offset 124) states.
    Digest {
        /// In the header.
        expected: Digest,
        /// Of the bytes.
        actual: Digest,
    },
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { actual } => {
                write!(f, "the key file ends after {actual} bytes, within its header of {HEADER_BYTES}")
            }
            Self::Field(field) => write!(f, "the key file's header is not valid: {field}"),
            Self::Length { expected, actual } => write!(
                f,
                "the key file's header (offset 116) announces a key of {expected} bytes, there are {actual}"
            ),
            Self::Digest { expected, actual } => write!(
                f,
                "the key file's header (offset 124) names the key {expected}, its bytes are those of {actual}"
            ),
        }
    }
}

impl core::error::Error for KeyFileError {}

/// A key file whose header, length and digest were checked. What it says of itself is consistent; whether it is the key
/// one wants, the [manifest](crate::manifest) tells.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyFile<'a> {
    kind: KeyKind,
    provenance: Provenance,
    circuit: CircuitId,
    circuit_digest: Digest,
    digest: Digest,
    key: &'a [u8],
}

impl fmt::Debug for KeyFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFile({} of {}, {}, {})", self.kind, self.circuit, self.digest, self.provenance)
    }
}

impl<'a> KeyFile<'a> {
    /// A key file for these bytes of a key, whose digest is computed here.
    #[must_use]
    pub fn new(
        kind: KeyKind,
        provenance: Provenance,
        circuit: CircuitId,
        circuit_digest: Digest,
        key: &'a [u8],
    ) -> Self {
        Self { kind, provenance, circuit, circuit_digest, digest: kind.digest(key), key }
    }

    /// Checks a whole file.
    ///
    /// # Errors
    /// [`KeyFileError`], naming the field.
    ///
    /// # Panics
    /// Never: the header's length is checked first.
    pub fn read(file: &'a [u8]) -> Result<Self, KeyFileError> {
        let truncated = KeyFileError::Truncated { actual: file.len() };
        let (header, key) = file.split_first_chunk::<HEADER_BYTES>().ok_or(truncated)?;
        let mut fields = Fields(header);
        let refused = |field| move |()| KeyFileError::Field(field);
        require(fields.take() == MAGIC).map_err(refused(Field::Magic))?;
        require(u16::from_be_bytes(fields.take()) == VERSION).map_err(refused(Field::Version))?;
        let [kind] = fields.take();
        let [provenance] = fields.take();
        let name: [u8; NAME_BYTES] = fields.take();
        let circuit_digest = Digest::from_bytes(fields.take());
        let transcript: [u8; 32] = fields.take();
        let length = u64::from_be_bytes(fields.take());
        let digest = Digest::from_bytes(fields.take());
        // The digests of circuit and key are any 32 bytes: only this shows that they were changed.
        let header_digest = header_digest(header.first_chunk().expect("the header is longer"));
        require(Digest::from_bytes(fields.take()) == header_digest).map_err(refused(Field::HeaderDigest))?;

        let kind = [KeyKind::Verifying, KeyKind::Proving]
            .into_iter()
            .find(|k| k.code() == kind)
            .ok_or(KeyFileError::Field(Field::Kind))?;
        let provenance = match (provenance, transcript == [0; 32]) {
            (1, true) => Provenance::Development,
            (2, false) => Provenance::Ceremony { transcript: Digest::from_bytes(transcript) },
            (1 | 2, _) => return Err(KeyFileError::Field(Field::Transcript)),
            _ => return Err(KeyFileError::Field(Field::Provenance)),
        };
        let circuit = CircuitId::ALL
            .into_iter()
            .find(|id| padded(*id) == name)
            .ok_or(KeyFileError::Field(Field::Circuit))?;
        if u64::try_from(key.len()).ok() != Some(length) {
            return Err(KeyFileError::Length { expected: length, actual: key.len() });
        }
        let actual = kind.digest(key);
        if actual != digest {
            return Err(KeyFileError::Digest { expected: digest, actual });
        }
        Ok(Self { kind, provenance, circuit, circuit_digest, digest, key })
    }

    /// The 188 bytes that go before the key.
    ///
    /// # Panics
    /// Never: the fields add up to 188 bytes.
    #[must_use]
    pub fn header(&self) -> [u8; HEADER_BYTES] {
        let (provenance, transcript) = match &self.provenance {
            Provenance::Development => (1, [0; 32]),
            Provenance::Ceremony { transcript } => (2, *transcript.as_bytes()),
        };
        let length = u64::try_from(self.key.len()).expect("a length in memory fits 64 bits");
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(&MAGIC);
        header.extend_from_slice(&VERSION.to_be_bytes());
        header.extend_from_slice(&[self.kind.code(), provenance]);
        header.extend_from_slice(&padded(self.circuit));
        header.extend_from_slice(self.circuit_digest.as_bytes());
        header.extend_from_slice(&transcript);
        header.extend_from_slice(&length.to_be_bytes());
        header.extend_from_slice(self.digest.as_bytes());
        let digest = header_digest(header.first_chunk().expect("156 bytes stand above"));
        header.extend_from_slice(digest.as_bytes());
        header.try_into().expect("the fields add up to 188 bytes")
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.header().as_slice(), self.key].concat()
    }

    /// What the file holds.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Where the key comes from, as the file says.
    #[must_use]
    pub const fn provenance(&self) -> Provenance {
        self.provenance
    }

    /// The circuit the key is for.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        self.circuit
    }

    /// Digest of the circuit's matrices, as the file says.
    #[must_use]
    pub const fn circuit_digest(&self) -> &Digest {
        &self.circuit_digest
    }

    /// Digest of the key's bytes: the key's name.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The key's bytes.
    #[must_use]
    pub const fn key(&self) -> &'a [u8] {
        self.key
    }
}

/// Reads a header field by field. The fields add up to [`HEADER_BYTES`].
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) =
            self.0.split_first_chunk::<N>().expect("the fields add up to the header's length");
        self.0 = rest;
        *field
    }
}

fn require(condition: bool) -> Result<(), ()> {
    if condition { Ok(()) } else { Err(()) }
}

fn header_digest(hashed: &[u8; HASHED_BYTES]) -> Digest {
    TaggedHasher::new(domain::KEY_FILE_HEADER).bytes(hashed).finish()
}

fn padded(circuit: CircuitId) -> [u8; NAME_BYTES] {
    let mut name = [0; NAME_BYTES];
    for (to, from) in name.iter_mut().zip(circuit.name().bytes()) {
        *to = from;
    }
    name
}

#[cfg(test)]
mod tests;
