//! See `tabella_fuzz::secret::challenged_ballot_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tabella_fuzz::secret::challenged_ballot_json(data);
});
