//! The files of circom and snarkjs.

use tabella_circom::{
    R1cs, Zkey,
    program::{Inputs, Limits, WitnessProgram},
    wtns,
};

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

/// A witness program, which is run too, within limits. Whatever it does, there is an end.
///
/// # Panics
/// If the inputs here are none.
#[must_use]
pub fn witness_program_bytes(data: &[u8]) -> bool {
    let inputs = Inputs::from_json("{\"x\": 3}").expect("these are inputs");
    let limits = Limits { memory: 16 << 20, steps: 1 << 20 };
    // Most programs fail: only that they do so in good order is looked at.
    WitnessProgram::from_bytes(data).inspect(|program| drop(program.run(&inputs, &limits))).is_ok()
}

/// Inputs of a circuit.
#[must_use]
pub fn witness_inputs_json(data: &[u8]) -> bool {
    str::from_utf8(data).is_ok_and(|text| Inputs::from_json(text).is_ok())
}
