//! See `tabella_fuzz::texts::snarkjs_key_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::texts::snarkjs_key_json(data);
});
