//! See `tabella_fuzz::circom::r1cs_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::circom::r1cs_bytes(data);
});
