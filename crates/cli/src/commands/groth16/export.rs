//! `tabella groth16 export WHAT KEY OUT`.

use super::{as_snarkjs_writes, keys::AnyKey};
use crate::{
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    ui::Ui,
};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;
use tabella::circom::{Zkey, json as snarkjs};

/// A key to write in another form.
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// What to write
    form: Form,
    /// The proving key: .zkey of snarkjs, or a key of Tabella
    key: PathBuf,
    /// Where it goes
    out: PathBuf,
    /// Overwrite a file that is there
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The verification key, as `snarkjs zkey export verificationkey` writes it
    VerificationKey,
    /// The proving key for snarkjs; the transcript of its ceremony is kept if the key is a .zkey
    Zkey,
    /// The proving key in Tabella's format, which is read faster
    Tabella,
    /// The proving key in a third of the bytes, for browsers: it makes the same proofs, and cannot be written for snarkjs again
    Compact,
}

pub(super) fn run(args: &ExportArgs, ui: &Ui) -> Result<Report, Failure> {
    let existing = Existing::from_force(args.force);
    files::check_output(&args.out, existing, &[&args.key])?;
    let key = AnyKey::read(&args.key, ui)?;
    let digest = key.key().verifying_key().digest().to_string();
    let bytes = match args.form {
        Form::VerificationKey => {
            as_snarkjs_writes(&snarkjs::key_to_json(key.key().verifying_key())).into_bytes()
        }
        Form::Tabella => key.key().to_bytes(),
        Form::Compact => key.key().to_compact_bytes(),
        Form::Zkey => {
            let bar = ui.progress("writing the key for snarkjs", None);
            let zkey = match key {
                AnyKey::Zkey(zkey) => *zkey,
                AnyKey::Own(key) => Zkey::from_key(*key).map_err(|e| {
                    Failure::refused("no-such-form", format_args!("{}: {e}", args.key.display()))
                })?,
            };
            let bytes = zkey.to_bytes();
            drop(bar);
            bytes
        }
    };
    files::write(&args.out, &bytes, existing, Privacy::Public)?;
    let out = args.out.display().to_string();
    let rows =
        [("written", out.clone()), ("bytes", bytes.len().to_string()), ("verifying key", digest.clone())];
    Ok(Report::new(json!({ "out": out, "bytes": bytes.len(), "verifying_key": digest }), table(&rows)))
}
