//! See `tabella_fuzz::secret::ballot_opening_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::secret::ballot_opening_json(data);
});
