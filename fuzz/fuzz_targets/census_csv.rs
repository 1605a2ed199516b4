//! See `tabella_fuzz::registries::census_csv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::registries::census_csv(data);
});
