//! See `tabella_fuzz::decoders::signature_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::decoders::signature_bytes(data);
});
