//! See `tabella_fuzz::aggregates::tally_proof_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::aggregates::tally_proof_json(data);
});
