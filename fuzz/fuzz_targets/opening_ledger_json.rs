//! See `tabella_fuzz::trustees::opening_ledger_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::trustees::opening_ledger_json(data);
});
