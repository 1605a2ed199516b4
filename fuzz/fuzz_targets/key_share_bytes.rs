//! See `tabella_fuzz::trustees::key_share_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::trustees::key_share_bytes(data);
});
