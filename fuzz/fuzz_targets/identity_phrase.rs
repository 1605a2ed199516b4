//! See `tabella_fuzz::identities::identity_phrase`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::identities::identity_phrase(data);
});
