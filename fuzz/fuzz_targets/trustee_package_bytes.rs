//! See `tabella_fuzz::trustees::trustee_package_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::trustees::trustee_package_bytes(data);
});
