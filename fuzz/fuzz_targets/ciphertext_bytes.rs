//! See `tabella_fuzz::trustees::ciphertext_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::trustees::ciphertext_bytes(data);
});
