//! See `tabella_fuzz::circom::witness_program_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::circom::witness_program_bytes(data);
});
