//! `tabella receipt check`: is my ballot in the record?

use crate::{
    error::Failure,
    files,
    report::{Report, table},
    ui::{GOOD, Ui, styled},
};
use clap::{Args, Subcommand};
use serde_json::json;
use std::{
    io::BufReader,
    path::{Path, PathBuf},
};
use tabella::record::{Receipt, ReceiptError};

/// Receipts.
#[derive(Args, Debug)]
pub(crate) struct ReceiptArgs {
    #[command(subcommand)]
    command: ReceiptCommand,
}

#[derive(Debug, Subcommand)]
enum ReceiptCommand {
    /// Look a receipt's ballot up in an election record
    Check {
        /// The receipt
        receipt: PathBuf,
        /// The election record
        record: PathBuf,
    },
}

pub(crate) fn run(args: ReceiptArgs, ui: &Ui) -> Result<Report, Failure> {
    let ReceiptCommand::Check { receipt: path, record } = args.command;
    let receipt = read_receipt(&path)?;
    let bar = ui.progress("reading the record", None);
    receipt.check_in_record(BufReader::new(files::open(&record)?)).map_err(|error| match &error {
        ReceiptError::Record(cause) => {
            Failure::bad_input("malformed-record", format_args!("{}: {cause}", record.display()))
        }
        ReceiptError::OtherElection { .. } => Failure::refused("other-election", error),
        _ => Failure::refused("not-in-record", error)
            .hint("keep receipt and record: together they prove the fault"),
    })?;
    drop(bar);
    let rows = [("index", receipt.index.to_string()), ("ballot", receipt.ballot.to_string())];
    let text =
        format!("{}\n{}", styled(GOOD, "the ballot stands in the record, as it was cast"), table(&rows));
    Ok(Report::new(
        json!({"found": true, "index": receipt.index, "ballot": receipt.ballot.to_string()}),
        text,
    ))
}

/// Reads a receipt file.
pub(crate) fn read_receipt(path: &Path) -> Result<Receipt, Failure> {
    Receipt::from_json(&files::read(path, files::SMALL)?)
        .map_err(|cause| files::decode_failure(path, "a receipt", &cause))
}
