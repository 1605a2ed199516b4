//! See `tabella_fuzz::trustees::key_ceremony_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::trustees::key_ceremony_json(data);
});
