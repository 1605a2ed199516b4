//! See `tabella_fuzz::texts::snarkjs_proof_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::texts::snarkjs_proof_json(data);
});
