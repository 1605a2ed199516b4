//! Files that hold a secret under a passphrase: identities, and the secrets of trustees.

use crate::{
    error::Failure,
    files::{self, Existing, Privacy},
    passphrase::{PassphraseArgs, warn_if_exposed},
    ui::Ui,
};
use clap::Args;
use std::{
    io::Write,
    path::{Path, PathBuf},
};
use tabella::protocol::encrypted::{DEFAULT_WORK_FACTOR, DecryptError, EncryptError, WorkFactor};

/// A new encrypted file.
#[derive(Args, Debug)]
pub(crate) struct NewFile {
    /// The encrypted file to make
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
    /// scrypt's work factor: N = 2^FACTOR (less than 18 is for tests)
    #[arg(long, value_name = "FACTOR")]
    work_factor: Option<u8>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

impl NewFile {
    fn existing(&self) -> Existing {
        Existing::from_force(self.force)
    }

    /// Fails early if the file could not be written, or is the one with the passphrase.
    pub(crate) fn check_free(&self) -> Result<(), Failure> {
        self.check(&[])
    }

    /// Fails early if the file could not be written, or would replace one of these or the file with the passphrase, which are read.
    pub(crate) fn check(&self, inputs: &[&Path]) -> Result<(), Failure> {
        let inputs: Vec<&Path> = inputs.iter().copied().chain(self.passphrase.file()).collect();
        files::check_output(&self.out, self.existing(), &inputs)
    }

    /// Writes what is encrypted under the passphrase if a last step is done; that step comes when the bytes are on the disk and only the
    /// name is missing.
    pub(crate) fn write_after(
        &self,
        encrypt: impl FnOnce(&str, WorkFactor) -> Result<Vec<u8>, EncryptError>,
        ui: &Ui,
        last: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let work = match self.work_factor {
            None => DEFAULT_WORK_FACTOR,
            Some(factor) => WorkFactor::new(factor)
                .ok_or_else(|| Failure::usage(format_args!("--work-factor {factor} is not from 1 to 20")))?,
        };
        let passphrase = self.passphrase.new_one(ui)?;
        let bar = ui.progress("encrypting", None);
        let bytes = encrypt(&passphrase, work).map_err(encrypt_failure)?;
        drop(bar);
        let mut failed = None;
        let written = files::write_with(&self.out, self.existing(), Privacy::Secret, |file| {
            file.write_all(&bytes)?;
            file.sync_all()?;
            last().map_err(|failure| {
                let io = std::io::Error::other(failure.message().to_owned());
                failed = Some(failure);
                io
            })
        });
        failed.map_or(written, Err)
    }
}

/// Why a secret was not encrypted, as a failure.
pub(crate) fn encrypt_failure(cause: EncryptError) -> Failure {
    match cause {
        EncryptError::EmptyPassphrase => Failure::passphrase("passphrase-empty", cause),
        EncryptError::TooLong { .. } => Failure::bad_input("malformed-file", cause),
        other => Failure::internal(other),
    }
}

/// Decrypts a file of at most `limit` bytes; `what` names it in the error ("an identity file").
pub(crate) fn open<T>(
    path: &Path,
    passphrase: &PassphraseArgs,
    limit: usize,
    what: &str,
    decrypt: impl FnOnce(&[u8], &str) -> Result<T, DecryptError>,
    ui: &Ui,
) -> Result<T, Failure> {
    let bytes = files::read(path, u64::try_from(limit).unwrap_or(u64::MAX))?;
    let passphrase = passphrase.existing(ui)?;
    let bar = ui.progress("decrypting", None);
    let opened = decrypt(&bytes, &passphrase);
    drop(bar);
    // What is no such file at all is no secret either.
    if !matches!(opened, Err(DecryptError::Malformed)) {
        warn_if_exposed(path, ui);
    }
    opened.map_err(|cause| match cause {
        DecryptError::WrongPassphrase => {
            Failure::passphrase("wrong-passphrase", format_args!("{}: {cause}", path.display()))
        }
        DecryptError::Malformed => files::not_this(path, what, cause),
        other => Failure::malformed(path, what, other),
    })
}
