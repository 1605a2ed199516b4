//! A secret ballot with its proof, as it travels to the ballot box.

use super::{
    BallotDigest, BallotError, BallotSize, MAX_BALLOT_BYTES, PROOF_BYTES, SealedBallot, SealedInstance,
};
use crate::{
    election::{ElectionId, Manifest},
    statement::{CircuitId, Relation},
    wire::{self, DecodeError, Reader},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    edwards::Point,
    elgamal::{Ciphertext, MAX_SLOTS},
    encoding,
};

/// The format of a file with a secret ballot.
pub const SECRET_BALLOT_FORMAT: &str = "tabella-secret-ballot-v1";

/// A secret ballot with its proof, as it came from outside: points were decoded strictly, nothing else was verified.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBallot {
    size: BallotSize,
    election: ElectionId,
    sealed: SealedBallot,
    proof: [u8; PROOF_BYTES],
}

impl SecretBallot {
    /// Puts the proof on a ballot: 256 bytes as the verifier decodes them.
    ///
    /// # Errors
    /// [`BallotError`] unless it is a ballot of that election.
    pub fn new(
        manifest: &Manifest,
        sealed: SealedBallot,
        proof: [u8; PROOF_BYTES],
    ) -> Result<Self, BallotError> {
        let (kind, election) = (manifest.kind(), manifest.id());
        let size = manifest.sealed().ok_or(BallotError::OtherKind { expected: kind })?.size();
        let ballot = Self { size, election, sealed, proof };
        ballot.instance(manifest)?;
        Ok(ballot)
    }

    /// The circuit.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        self.size.circuit()
    }

    /// The election.
    #[must_use]
    pub const fn election(&self) -> ElectionId {
        self.election
    }

    /// What was proved: nullifier and encrypted numbers.
    #[must_use]
    pub const fn sealed(&self) -> &SealedBallot {
        &self.sealed
    }

    /// The proof, undecoded.
    #[must_use]
    pub const fn proof(&self) -> &[u8; PROOF_BYTES] {
        &self.proof
    }

    /// The ballot's name: the tagged digest of circuit, election and the digest that the proof binds.
    #[must_use]
    pub fn digest(&self) -> BallotDigest {
        name(self.size, &self.election, &self.sealed)
    }

    /// Checks everything but the proof, and gives the public values that the proof must fit: all of them are computed from what
    /// travelled.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn instance(&self, manifest: &Manifest) -> Result<SealedInstance, BallotError> {
        if self.election != manifest.id() {
            return Err(BallotError::UnknownElection { expected: manifest.id(), actual: self.election });
        }
        let kind = BallotError::OtherKind { expected: manifest.kind() };
        let election = manifest.sealed().ok_or(kind)?;
        if self.circuit() != manifest.circuit() {
            return Err(BallotError::UnknownCircuit { expected: manifest.circuit(), actual: self.circuit() });
        }
        self.sealed.instance(election).map_err(BallotError::Sealed)
    }

    /// Reads a file with a secret ballot.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<SecretBallotFile>(bytes, MAX_BALLOT_BYTES)?.try_into()
    }

    /// The ballot in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// The compact form: the circuit's name behind its length (1 byte), election (32 bytes), proof (256), then what
    /// [`SealedBallot`] says.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(33 + 32 + PROOF_BYTES + 64 + Ciphertext::MAX_LEN);
        wire::put_circuit(&mut bytes, self.circuit());
        bytes.extend_from_slice(self.election.as_bytes());
        bytes.extend_from_slice(&self.proof);
        bytes.extend_from_slice(&self.sealed.to_bytes());
        bytes
    }

    /// Decodes [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let size = size_of(reader.circuit()?)?;
        let election = ElectionId::from_digest(Digest::from_bytes(reader.take()?));
        let proof = reader.take()?;
        let sealed = SealedBallot::from_bytes(reader.rest())?;
        Self::from_parts(size, election, sealed, proof)
    }

    /// A circuit's digest covers as many points as it has slots: more of them would have no name.
    fn from_parts(
        size: BallotSize,
        election: ElectionId,
        sealed: SealedBallot,
        proof: [u8; PROOF_BYTES],
    ) -> Result<Self, DecodeError> {
        let (slots, actual) = (size.slots(), sealed.ciphertext.slots());
        if actual > slots {
            let error = encoding::EncodingError::Length { expected: slots + 1, actual: actual + 1 };
            return Err(DecodeError::Field { field: "ciphertext", error });
        }
        Ok(Self { size, election, sealed, proof })
    }
}

/// The name of a secret ballot before it has a proof: what a wallet shows before it is told whether to cast or to open the ballot.
pub(super) fn name(size: BallotSize, election: &ElectionId, sealed: &SealedBallot) -> BallotDigest {
    BallotDigest::from_digest(
        TaggedHasher::new(domain::SECRET_BALLOT)
            .bytes(size.circuit().name().as_bytes())
            .digest(election.as_digest())
            .fr(sealed.digest(size).as_field())
            .finish(),
    )
}

/// The size of a ballot circuit.
fn size_of(circuit: CircuitId) -> Result<BallotSize, DecodeError> {
    match circuit.relation() {
        Relation::Ballot(size) => Ok(size),
        _ => Err(DecodeError::UnknownCircuit { name: circuit.to_string() }),
    }
}

impl fmt::Debug for SecretBallot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretBallot")
            .field("circuit", &self.circuit())
            .field("election", &self.election)
            .field("sealed", &self.sealed)
            .finish_non_exhaustive()
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretBallotFile {
    format: String,
    circuit: String,
    election: String,
    sealed_election: String,
    nullifier: String,
    /// C_0, C_1..C_k, packed, 64 hexadecimal digits each.
    ciphertext: Vec<String>,
    proof: String,
}

impl TryFrom<SecretBallotFile> for SecretBallot {
    type Error = DecodeError;

    fn try_from(file: SecretBallotFile) -> Result<Self, DecodeError> {
        wire::expect_format(SECRET_BALLOT_FORMAT, &file.format)?;
        let sealed = SealedBallot::from_fields(&file.sealed_election, &file.nullifier, &file.ciphertext)?;
        Self::from_parts(
            size_of(wire::circuit(&file.circuit)?)?,
            ElectionId::from_hex(&file.election).map_err(wire::in_field("election"))?,
            sealed,
            encoding::decode_hex(&file.proof).map_err(wire::in_field("proof"))?,
        )
    }
}

impl Serialize for SecretBallot {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hex = |point: &Point| encoding::encode_hex(&point.to_packed());
        SecretBallotFile {
            format: SECRET_BALLOT_FORMAT.to_string(),
            circuit: self.circuit().name().to_string(),
            election: self.election.to_string(),
            sealed_election: self.sealed.election.to_string(),
            nullifier: self.sealed.nullifier.to_string(),
            ciphertext: self.sealed.ciphertext.points().iter().map(hex).collect(),
            proof: encoding::encode_hex(&self.proof),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SecretBallot {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SecretBallotFile::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

// The greatest ballot fits its file: texts of 64 digits in quotes with commas, two decimals, the proof, and names.
const _: () = assert!((MAX_SLOTS + 1) * 67 + 2 * 78 + 2 * PROOF_BYTES + 64 + 400 < MAX_BALLOT_BYTES);
