//! See `tabella_fuzz::texts::record`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::texts::record(data);
});
