//! Files of text: JSON of keys, proofs, elections and ballots, and election records.

use tabella_protocol::{
    ballot::CastBallot,
    election::Manifest,
    record::{RecordError, RecordReader},
};
use tabella_verifier::{semaphore::SemaphoreProof, snarkjs};

/// Decodes; what was accepted must decode from its own encoding to the same value.
pub(crate) fn survives<T: PartialEq + core::fmt::Debug, E: core::fmt::Debug>(
    data: &[u8],
    decode: impl Fn(&str) -> Result<T, E>,
    encode: impl Fn(&T) -> String,
) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(value) = decode(text) else { return false };
    let again = decode(&encode(&value)).expect("what was encoded here decodes");
    assert_eq!(again, value);
    true
}

/// A verifying key of snarkjs.
#[must_use]
pub fn snarkjs_key_json(data: &[u8]) -> bool {
    survives(data, snarkjs::key_from_json, snarkjs::key_to_json)
}

/// A proof of snarkjs.
#[must_use]
pub fn snarkjs_proof_json(data: &[u8]) -> bool {
    survives(data, snarkjs::proof_from_json, snarkjs::proof_to_json)
}

/// Public inputs of snarkjs.
#[must_use]
pub fn snarkjs_inputs_json(data: &[u8]) -> bool {
    survives(data, snarkjs::inputs_from_json, |inputs| snarkjs::inputs_to_json(inputs))
}

/// A proof object of Semaphore v4.
#[must_use]
pub fn semaphore_proof_json(data: &[u8]) -> bool {
    survives(data, SemaphoreProof::from_json, SemaphoreProof::to_json)
}

/// The list of pinned keys.
#[must_use]
pub fn key_manifest_json(data: &[u8]) -> bool {
    use tabella_params::Manifest;
    survives(data, Manifest::from_json, Manifest::to_json)
}

/// The manifest of an election.
#[must_use]
pub fn election_manifest_json(data: &[u8]) -> bool {
    survives(data, |text| Manifest::from_json(text.as_bytes()), Manifest::to_json)
}

/// A cast ballot.
#[must_use]
pub fn ballot_json(data: &[u8]) -> bool {
    survives(data, |text| CastBallot::from_json(text.as_bytes()), CastBallot::to_json)
}

/// An election record, read to its end or its first fault. After a fault nothing more is read.
#[must_use]
pub fn record(data: &[u8]) -> bool {
    let mut reader = RecordReader::new(data);
    let mut entries = 0;
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) => {
                assert_eq!(entry.number, entries);
                entries += 1;
            }
            Ok(None) => return entries > 0,
            Err(_) => {
                assert_eq!(reader.next_entry().err(), Some(RecordError::AlreadyFailed));
                return false;
            }
        }
    }
}
