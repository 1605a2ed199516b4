//! See `tabella_fuzz::decoders::key_tables_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::decoders::key_tables_bytes(data);
});
