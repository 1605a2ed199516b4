//! `tabella groth16 verify [KEY] [PUBLIC] [PROOF]`, in snarkjs' order; names that are left out are those of snarkjs.

use super::kinds::{PROOF, PUBLIC, VERIFICATION_KEY, Wanted};
use crate::{
    error::Failure,
    files,
    report::{Report, table},
    ui::{GOOD, styled},
};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tabella::circom::json as snarkjs;

/// A proof to verify.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// The verification key, as snarkjs writes it
    #[arg(default_value = "verification_key.json")]
    key: PathBuf,
    /// The public inputs
    #[arg(default_value = "public.json")]
    public: PathBuf,
    /// The proof
    #[arg(default_value = "proof.json")]
    proof: PathBuf,
}

pub(super) fn run(args: &VerifyArgs) -> Result<Report, Failure> {
    let key = read(&args.key, &VERIFICATION_KEY, snarkjs::key_from_json)?;
    let inputs = read(&args.public, &PUBLIC, snarkjs::inputs_from_json)?;
    let proof = read(&args.proof, &PROOF, snarkjs::proof_from_json)?;
    let digest = key.digest().to_string();
    key.prepare().verify_inputs(&inputs, &proof).map_err(|cause| {
        Failure::refused("invalid-proof", cause)
            .hint("the proof, the public inputs or the key were changed, or do not belong together")
    })?;
    let rows = [("public inputs", inputs.len().to_string()), ("verifying key", digest.clone())];
    let text = format!("{}\n{}", styled(GOOD, "the proof is valid"), table(&rows));
    Ok(Report::new(json!({ "valid": true, "public_inputs": inputs.len(), "verifying_key": digest }), text))
}

fn read<T, E: std::fmt::Display>(
    path: &Path,
    wanted: &Wanted,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    let text = wanted.read_text(path, files::SMALL)?;
    parse(&text).map_err(|cause| wanted.refuse(path, text.as_bytes(), cause))
}
