//! Fuzz targets for every decoder and state machine that takes input from outside.
//!
//! A target takes any bytes, must come to an end without a panic, and answers whether the bytes were accepted. What was
//! accepted must have one spelling: encoding it again gives the same bytes (for JSON, the same value).
//!
//! `fuzz_targets/` hands the targets to the fuzzer; the test in [`mod@replay`] runs them on stable Rust over [`seeds`],
//! mutations of these, and `regressions/`.

pub mod aggregates;
pub mod circom;
pub mod decoders;
pub mod identities;
pub mod registries;
pub mod replay;
pub mod secret;
pub mod seeds;
pub mod texts;
pub mod trustees;

/// A target: whether it accepts the bytes.
pub type Target = fn(&[u8]) -> bool;

/// All targets by name.
pub const TARGETS: [(&str, Target); 45] = [
    ("proof_bytes", decoders::proof_bytes),
    ("proving_key_bytes", decoders::proving_key_bytes),
    ("compact_key_bytes", decoders::compact_key_bytes),
    ("key_tables_bytes", decoders::key_tables_bytes),
    ("verifying_key_bytes", decoders::verifying_key_bytes),
    ("key_file", decoders::key_file),
    ("ballot_bytes", decoders::ballot_bytes),
    ("selection_bytes", decoders::selection_bytes),
    ("point_bytes", decoders::point_bytes),
    ("signature_bytes", decoders::signature_bytes),
    ("field_text", decoders::field_text),
    ("snarkjs_key_json", texts::snarkjs_key_json),
    ("snarkjs_proof_json", texts::snarkjs_proof_json),
    ("snarkjs_inputs_json", texts::snarkjs_inputs_json),
    ("semaphore_proof_json", texts::semaphore_proof_json),
    ("key_manifest_json", texts::key_manifest_json),
    ("election_manifest_json", texts::election_manifest_json),
    ("ballot_json", texts::ballot_json),
    ("ballot_opening_json", secret::ballot_opening_json),
    ("challenged_ballot_json", secret::challenged_ballot_json),
    ("record", texts::record),
    ("census_csv", registries::census_csv),
    ("census_json_lines", registries::census_json_lines),
    ("group_json", registries::group_json),
    ("registry_snapshot", registries::registry_snapshot),
    ("registry_pages", registries::registry_pages),
    ("registry_operations", registries::registry_operations),
    ("identity_export", identities::identity_export),
    ("identity_phrase", identities::identity_phrase),
    ("zkey_bytes", circom::zkey_bytes),
    ("wtns_bytes", circom::wtns_bytes),
    ("r1cs_bytes", circom::r1cs_bytes),
    ("witness_program_bytes", circom::witness_program_bytes),
    ("witness_inputs_json", circom::witness_inputs_json),
    ("ciphertext_bytes", trustees::ciphertext_bytes),
    ("trustee_package_bytes", trustees::trustee_package_bytes),
    ("trustee_package_json", trustees::trustee_package_json),
    ("trustee_parameters_json", trustees::trustee_parameters_json),
    ("trustee_registration_json", trustees::trustee_registration_json),
    ("key_ceremony_json", trustees::key_ceremony_json),
    ("key_share_bytes", trustees::key_share_bytes),
    ("opening_ledger_json", trustees::opening_ledger_json),
    ("sum_proof_json", aggregates::sum_proof_json),
    ("tally_proof_json", aggregates::tally_proof_json),
    ("tally_share_json", aggregates::tally_share_json),
];
