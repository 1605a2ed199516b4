//! See `tabella_fuzz::registries::registry_snapshot`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::registries::registry_snapshot(data);
});
