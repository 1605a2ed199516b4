//! See `tabella_fuzz::texts::snarkjs_inputs_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::texts::snarkjs_inputs_json(data);
});
