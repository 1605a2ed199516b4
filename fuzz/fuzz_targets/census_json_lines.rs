//! See `tabella_fuzz::registries::census_json_lines`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::registries::census_json_lines(data);
});
