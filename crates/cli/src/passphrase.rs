//! Passphrases: from a file, from the environment, or from the terminal.

use crate::{error::Failure, files, ui::Ui};
use clap::Args;
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Environment variable that holds a passphrase.
pub(crate) const VARIABLE: &str = "TABELLA_PASSPHRASE";
/// Longest passphrase in bytes.
const MAX_LEN: u64 = 4096;

/// Where the passphrase of a secret file comes from.
#[derive(Args, Debug)]
pub(crate) struct PassphraseArgs {
    /// Read the passphrase from the first line of this file (else: TABELLA_PASSPHRASE, else: ask)
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    /// The file that the passphrase is read from, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    /// The passphrase of a file that exists.
    pub(crate) fn existing(&self, ui: &Ui) -> Result<Zeroizing<String>, Failure> {
        match self.given(ui)? {
            Some(passphrase) => Ok(passphrase),
            None => ask("Passphrase: "),
        }
    }

    /// A passphrase for a new file: asked for twice.
    pub(crate) fn new_one(&self, ui: &Ui) -> Result<Zeroizing<String>, Failure> {
        let passphrase = match self.given(ui)? {
            Some(passphrase) => passphrase,
            None => {
                let first = ask("New passphrase: ")?;
                let second = ask("The same again: ")?;
                if *first != *second {
                    return Err(Failure::passphrase("passphrase-mismatch", "the two passphrases differ"));
                }
                first
            }
        };
        if passphrase.is_empty() {
            return Err(Failure::passphrase("passphrase-empty", "an empty passphrase protects nothing"));
        }
        Ok(passphrase)
    }

    fn given(&self, ui: &Ui) -> Result<Option<Zeroizing<String>>, Failure> {
        if let Some(path) = &self.passphrase_file {
            warn_if_exposed(path, ui);
            let text = Zeroizing::new(files::read_text(path, MAX_LEN, "a passphrase file")?);
            let line = text.lines().next().unwrap_or_default();
            return Ok(Some(Zeroizing::new(line.to_owned())));
        }
        match std::env::var(VARIABLE) {
            Ok(passphrase) => Ok(Some(Zeroizing::new(passphrase))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(Failure::passphrase("passphrase-not-text", format!("{VARIABLE} is not UTF-8 text")))
            }
        }
    }
}

/// Notes that others may read a secret file; it is read all the same.
pub(crate) fn warn_if_exposed(path: &Path, ui: &Ui) {
    if files::is_exposed(path) {
        ui.note(&format!("others on this machine may read or change {0}: chmod 600 {0}", path.display()));
    }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let missing = || {
        Failure::passphrase("passphrase-missing", "a passphrase is needed and there is no terminal to ask on")
            .hint(format!("use --passphrase-file FILE or the environment variable {VARIABLE}"))
    };
    if !std::io::stdin().is_terminal() {
        return Err(missing());
    }
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|_| missing())
}
