//! See `tabella_fuzz::registries::group_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::registries::group_json(data);
});
