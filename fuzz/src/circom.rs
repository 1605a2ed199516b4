//! The files of circom and snarkjs.

use tabella_circom::{R1cs, Zkey, wtns};

/// A proving key of snarkjs.
#[must_use]
pub fn zkey_bytes(data: &[u8]) -> bool {
    Zkey::from_bytes(data).inspect(|key| assert_eq!(key.to_bytes(), data)).is_ok()
}

/// The values of all variables. The sections may stand in another order than they are written in.
#[must_use]
pub fn wtns_bytes(data: &[u8]) -> bool {
    let decoded = wtns::from_bytes(data);
    decoded
        .inspect(|values| assert_eq!(wtns::from_bytes(&wtns::to_bytes(values)).as_ref(), Ok(values)))
        .is_ok()
}

/// Constraints. They are only read.
#[must_use]
pub fn r1cs_bytes(data: &[u8]) -> bool {
    R1cs::from_bytes(data).is_ok()
}
