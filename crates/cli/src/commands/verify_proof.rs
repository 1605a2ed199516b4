//! `tabella verify-proof PROOF`: a Semaphore v4 proof, as its JavaScript writes it.

use crate::{
    error::Failure,
    files,
    report::{Report, table},
    ui::{GOOD, styled},
};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tabella::{
    primitives::encoding::Canonical,
    protocol::value::SemaphoreValue,
    semaphore::{self, SemaphoreProof},
    verifier::snarkjs,
};

/// A Semaphore proof.
#[derive(Args, Debug)]
pub(crate) struct VerifyProofArgs {
    /// The proof: JSON with merkleTreeDepth, merkleTreeRoot, nullifier, message, scope, points
    proof: PathBuf,
    /// The depth that the proof must have been made for (default: what the proof says)
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=32))]
    depth: Option<u8>,
    /// A verifying key as snarkjs writes it (default: Semaphore's published key of that depth)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The root that the proof must be about, decimal
    #[arg(long)]
    root: Option<String>,
    /// The scope that the proof must be about, as given to Semaphore (text or number)
    #[arg(long)]
    scope: Option<String>,
    /// The message that the proof must carry, as given to Semaphore (text or number)
    #[arg(long)]
    message: Option<String>,
}

pub(crate) fn run(args: &VerifyProofArgs) -> Result<Report, Failure> {
    let text = files::read_text(&args.proof, files::SMALL, "a Semaphore proof")?;
    let proof = SemaphoreProof::from_json(&text)
        .map_err(|cause| Failure::malformed(&args.proof, "a Semaphore proof", cause))?;
    expect_same("depth", args.depth.map(|d| d.to_string()), proof.depth.to_string())?;
    expect_same("root", args.root.clone(), proof.root.to_decimal())?;
    expect_value("scope", args.scope.as_deref(), &proof.scope)?;
    expect_value("message", args.message.as_deref(), &proof.message)?;
    let key = match &args.key {
        Some(path) => {
            let text = files::read_text(path, files::SMALL, "a verifying key")?;
            snarkjs::key_from_json(&text)
                .map_err(|cause| Failure::malformed(path, "a verifying key", cause))?
        }
        None => semaphore::verifying_key(proof.depth)
            .ok_or_else(|| Failure::internal("a published key does not decode"))?,
    };
    let digest = key.digest().to_string();
    let hash = |value| SemaphoreValue::from_be_bytes(value).hash();
    let inputs = [proof.root, proof.nullifier, hash(proof.message), hash(proof.scope)];
    key.prepare().verify_inputs(&inputs, &proof.proof).map_err(|cause| {
        Failure::refused("invalid-proof", cause)
            .hint("the proof, its public values or the key were changed, or do not belong together")
    })?;
    let root = proof.root.to_decimal();
    let nullifier = proof.nullifier.to_decimal();
    let rows = [
        ("depth", proof.depth.to_string()),
        ("root", root.clone()),
        ("nullifier", nullifier.clone()),
        ("verifying key", digest.clone()),
    ];
    let text = format!("{}\n{}", styled(GOOD, "the proof is valid"), table(&rows));
    let json = json!({
        "valid": true, "depth": proof.depth, "root": root, "nullifier": nullifier, "verifying_key": digest,
    });
    Ok(Report::new(json, text))
}

fn expect_value(what: &str, expected: Option<&str>, found: &[u8; 32]) -> Result<(), Failure> {
    let Some(text) = expected else { return Ok(()) };
    let value =
        SemaphoreValue::from_text(text).map_err(|cause| Failure::usage(format!("--{what}: {cause}")))?;
    if value.as_be_bytes() == found {
        Ok(())
    } else {
        Err(Failure::refused("other-statement", format!("the proof is about another {what} than {text:?}")))
    }
}

fn expect_same(what: &str, expected: Option<String>, found: String) -> Result<(), Failure> {
    match expected {
        Some(expected) if expected != found => Err(Failure::refused(
            "other-statement",
            format!("the proof is about {what} {found}, not {expected}"),
        )),
        _ => Ok(()),
    }
}
