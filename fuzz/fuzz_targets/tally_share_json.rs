//! See `tabella_fuzz::aggregates::tally_share_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::aggregates::tally_share_json(data);
});
