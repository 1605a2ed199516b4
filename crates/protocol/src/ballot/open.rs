//! An open ballot as it travels to the ballot box.

use super::{BallotDigest, BallotError, BallotStatement, MAX_BALLOT_BYTES, PROOF_BYTES, Selection};
use crate::{
    election::{ElectionId, Manifest},
    registry::RegistryRoot,
    statement::{MembershipInstance, Nullifier},
    wire::{self, DecodeError, Reader},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{digest::Digest, encoding};

/// The format of a file with an open ballot.
pub const BALLOT_FORMAT: &str = "tabella-open-ballot-v1";

/// An open ballot with its proof, as it came from outside: nothing about it was verified. It shows what was chosen and hides who
/// chose it.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenBallot {
    pub(super) statement: BallotStatement,
    pub(super) proof: [u8; PROOF_BYTES],
}

impl OpenBallot {
    /// What the proof is about.
    #[must_use]
    pub const fn statement(&self) -> &BallotStatement {
        &self.statement
    }

    /// The proof, undecoded.
    #[must_use]
    pub const fn proof(&self) -> &[u8; PROOF_BYTES] {
        &self.proof
    }

    /// The voter's mark in the election.
    #[must_use]
    pub const fn nullifier(&self) -> Nullifier {
        self.statement.nullifier
    }

    /// The choice.
    #[must_use]
    pub const fn selection(&self) -> &Selection {
        &self.statement.selection
    }

    /// The ballot's name, which its proof does not enter.
    #[must_use]
    pub fn digest(&self) -> BallotDigest {
        self.statement.digest()
    }

    /// Checks everything but the proof, and gives the public values that the proof must fit. The root is the manifest's,
    /// the scope follows from its name.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn instance(&self, manifest: &Manifest) -> Result<MembershipInstance, BallotError> {
        self.statement.check(manifest)?;
        Ok(self.statement.instance())
    }

    /// Reads a ballot file.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<BallotFile>(bytes, MAX_BALLOT_BYTES)?.try_into()
    }

    /// The ballot in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// The compact form: election, registry root, nullifier (32 bytes each), proof (256), the circuit's name behind its
    /// length (1 byte), selection.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let statement = &self.statement;
        let mut bytes = Vec::with_capacity(3 * 32 + PROOF_BYTES + 33);
        bytes.extend_from_slice(statement.election.as_bytes());
        bytes.extend_from_slice(&statement.registry_root.to_bytes());
        bytes.extend_from_slice(&statement.nullifier.to_bytes());
        bytes.extend_from_slice(&self.proof);
        wire::put_circuit(&mut bytes, statement.circuit);
        bytes.extend_from_slice(&statement.selection.to_bytes());
        bytes
    }

    /// Decodes [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let election = reader.take()?;
        let root = reader.take::<32>()?;
        let nullifier = reader.take::<32>()?;
        let proof = reader.take()?;
        let statement = BallotStatement {
            circuit: reader.circuit()?,
            election: ElectionId::from_digest(Digest::from_bytes(election)),
            registry_root: RegistryRoot::from_bytes(&root).map_err(wire::in_field("registry_root"))?,
            nullifier: Nullifier::from_bytes(&nullifier).map_err(wire::in_field("nullifier"))?,
            selection: Selection::from_bytes(reader.rest())?,
        };
        Ok(statement.into_ballot(proof))
    }
}

impl fmt::Debug for OpenBallot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenBallot").field("statement", &self.statement).finish_non_exhaustive()
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BallotFile {
    format: String,
    circuit: String,
    election: String,
    registry_root: String,
    nullifier: String,
    selection: Vec<u16>,
    proof: String,
}

impl TryFrom<BallotFile> for OpenBallot {
    type Error = DecodeError;

    fn try_from(file: BallotFile) -> Result<Self, DecodeError> {
        wire::expect_format(BALLOT_FORMAT, &file.format)?;
        let statement = BallotStatement {
            circuit: wire::circuit(&file.circuit)?,
            election: ElectionId::from_hex(&file.election).map_err(wire::in_field("election"))?,
            registry_root: RegistryRoot::from_decimal(&file.registry_root)
                .map_err(wire::in_field("registry_root"))?,
            nullifier: Nullifier::from_decimal(&file.nullifier).map_err(wire::in_field("nullifier"))?,
            selection: Selection::from_canonical(file.selection)?,
        };
        Ok(statement.into_ballot(encoding::decode_hex(&file.proof).map_err(wire::in_field("proof"))?))
    }
}

impl Serialize for OpenBallot {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        BallotFile {
            format: BALLOT_FORMAT.to_string(),
            circuit: self.statement.circuit.name().to_string(),
            election: self.statement.election.to_string(),
            registry_root: self.statement.registry_root.to_string(),
            nullifier: self.statement.nullifier.to_string(),
            selection: self.statement.selection.indices().to_vec(),
            proof: encoding::encode_hex(&self.proof),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for OpenBallot {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BallotFile::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}
