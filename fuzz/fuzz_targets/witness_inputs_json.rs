//! See `tabella_fuzz::circom::witness_inputs_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::circom::witness_inputs_json(data);
});
