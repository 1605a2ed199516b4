//! See `tabella_fuzz::texts::election_manifest_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::texts::election_manifest_json(data);
});
