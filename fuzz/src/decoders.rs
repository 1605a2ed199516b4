//! Values in bytes.

use tabella_params::KeyFile;
use tabella_primitives::{
    Fr,
    eddsa::Signature,
    edwards::Point,
    encoding::{Canonical, decimal_to_limbs, decode_hex},
};
use tabella_protocol::ballot::{CastBallot, Selection};
use tabella_prover::ProvingKey;
use tabella_verifier::{Proof, VerifyingKey};

/// A Groth16 proof.
#[must_use]
pub fn proof_bytes(data: &[u8]) -> bool {
    let decoded = Proof::from_bytes(data);
    decoded.inspect(|proof| assert_eq!(proof.to_bytes(), data)).is_ok()
}

/// A verifying key.
#[must_use]
pub fn verifying_key_bytes(data: &[u8]) -> bool {
    let decoded = VerifyingKey::from_bytes(data);
    decoded.inspect(|key| assert_eq!(key.to_bytes(), data)).is_ok()
}

/// A proving key with its matrices.
#[must_use]
pub fn proving_key_bytes(data: &[u8]) -> bool {
    let decoded = ProvingKey::from_bytes(data);
    decoded.inspect(|key| assert_eq!(key.to_bytes(), data)).is_ok()
}

/// A key file: header and key.
#[must_use]
pub fn key_file(data: &[u8]) -> bool {
    let decoded = KeyFile::read(data);
    decoded.inspect(|file| assert_eq!(file.to_bytes(), data)).is_ok()
}

/// A cast ballot.
#[must_use]
pub fn ballot_bytes(data: &[u8]) -> bool {
    let decoded = CastBallot::from_bytes(data);
    decoded.inspect(|ballot| assert_eq!(ballot.to_bytes(), data)).is_ok()
}

/// A selection.
#[must_use]
pub fn selection_bytes(data: &[u8]) -> bool {
    let decoded = Selection::from_bytes(data);
    decoded.inspect(|selection| assert_eq!(selection.to_bytes(), data)).is_ok()
}

/// A packed point of Baby Jubjub.
#[must_use]
pub fn point_bytes(data: &[u8]) -> bool {
    let decoded = Point::from_packed(data);
    decoded.inspect(|point| assert_eq!(point.to_packed(), data)).is_ok()
}

/// A packed signature.
#[must_use]
pub fn signature_bytes(data: &[u8]) -> bool {
    let decoded = Signature::from_packed(data);
    decoded.inspect(|signature| assert_eq!(signature.to_packed(), data)).is_ok()
}

/// A field element in decimal, or 32 bytes in hexadecimal, or as bytes.
#[must_use]
pub fn field_text(data: &[u8]) -> bool {
    if let Ok(value) = Fr::from_be_bytes(data) {
        assert_eq!(value.to_be_bytes(), data);
    }
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let hex = decode_hex::<32>(text).is_ok();
    let limbs = decimal_to_limbs(text);
    let decimal = Fr::from_decimal(text).inspect(|value| {
        assert_eq!(value.to_decimal(), text);
        assert!(limbs.is_ok(), "an element is an integer of at most 256 bits");
    });
    hex || decimal.is_ok()
}
