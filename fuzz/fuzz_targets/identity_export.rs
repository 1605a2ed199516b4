//! See `tabella_fuzz::identities::identity_export`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::identities::identity_export(data);
});
