//! See `tabella_fuzz::registries::registry_pages`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::registries::registry_pages(data);
});
