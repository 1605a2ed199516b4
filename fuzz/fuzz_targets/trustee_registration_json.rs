//! See `tabella_fuzz::trustees::trustee_registration_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::trustees::trustee_registration_json(data);
});
