//! See `tabella_fuzz::decoders::compact_key_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::decoders::compact_key_bytes(data);
});
