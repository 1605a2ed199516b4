//! Values in bytes.

use crate::seeds;
use std::sync::{Arc, LazyLock};
use tabella_params::KeyFile;
use tabella_primitives::{
    Fr,
    digest::Digest,
    eddsa::Signature,
    edwards::Point,
    encoding::{Canonical, decimal_to_limbs, decode_hex},
};
use tabella_protocol::{
    ballot::{CastBallot, Selection},
    election::ElectionKind,
};
use tabella_prover::{
    Kernel, ProvingKey, TableSize,
    tables::{SharedBytes, WholeTables},
};
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

/// Compact bytes of a proving key. What has the right form is read without the checks that its hash stands for.
#[must_use]
pub fn compact_key_bytes(data: &[u8]) -> bool {
    let trusted = ProvingKey::from_trusted_compact_bytes_checked_by_hash(data);
    let decoded = ProvingKey::from_compact_bytes(data);
    for key in trusted.iter().chain(&decoded) {
        // Only the checked one's digest is known to be that of its matrices.
        assert_eq!(key.to_compact_bytes(), data);
    }
    decoded.is_ok()
}

/// Tables of the key of [`seeds::proving_key`], for every kernel that there is, from any place in memory.
#[must_use]
pub fn key_tables_bytes(data: &[u8]) -> bool {
    static KEY: LazyLock<(ProvingKey, Digest)> = LazyLock::new(|| {
        let key = seeds::proving_key();
        let name = ProvingKey::name_of(&key.to_bytes());
        (key, name)
    });
    let (key, name) = &*KEY;
    // A file that is mapped begins at a multiple of 64.
    let mut lines = vec![[0; 64]; data.len() / 64 + 2];
    let start = lines.as_flattened().as_ptr().align_offset(64);
    lines.as_flattened_mut()[start..start + data.len()].copy_from_slice(data);
    let bytes: SharedBytes = Arc::new(Part { lines, start, length: data.len() });
    let Ok(whole) = WholeTables::read(bytes) else { return false };
    Kernel::available().into_iter().any(|kernel| {
        whole
            .for_key(key, name, kernel, TableSize::Small)
            .inspect(|tables| {
                let kept = tables.to_kept(name);
                assert_eq!(kept.pieces().collect::<Vec<_>>().concat(), data);
            })
            .is_ok()
    })
}

/// Bytes at a multiple of 64.
struct Part {
    lines: Vec<[u8; 64]>,
    start: usize,
    length: usize,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.lines.as_flattened()[self.start..self.start + self.length]
    }
}

/// A key file: header and key.
#[must_use]
pub fn key_file(data: &[u8]) -> bool {
    let decoded = KeyFile::read(data);
    decoded.inspect(|file| assert_eq!(file.to_bytes(), data)).is_ok()
}

/// A cast ballot of either kind.
#[must_use]
pub fn ballot_bytes(data: &[u8]) -> bool {
    let decodes = |kind| {
        let decoded = CastBallot::from_bytes(kind, data);
        decoded.inspect(|ballot| assert_eq!(ballot.to_bytes(), data)).is_ok()
    };
    ElectionKind::ALL.map(decodes).contains(&true)
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
