//! See `tabella_fuzz::decoders::field_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::decoders::field_text(data);
});
