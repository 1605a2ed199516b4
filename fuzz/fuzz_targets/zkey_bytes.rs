//! See `tabella_fuzz::circom::zkey_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::circom::zkey_bytes(data);
});
