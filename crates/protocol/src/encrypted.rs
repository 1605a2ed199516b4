//! A secret in a file: [age](https://age-encryption.org/v1) with a passphrase (scrypt), ASCII armour.
//!
//! A standard format, so that `age --decrypt` opens the file without Tabella. The plaintext is text, and its first line names what it is.
//!
//! Salt and file key come from the operating system inside the `age` crate; it takes no generator from its caller.
//! Bytes in, bytes out: where the file lies and how it replaces an older one is the caller's affair.

use age::secrecy::SecretString;
use alloc::{string::String, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// Work factor of new files: scrypt with N = 2^18, r = 8, p = 1, 256 MiB of memory, about a second.
pub const DEFAULT_WORK_FACTOR: WorkFactor = WorkFactor(18);
/// Greatest work factor that is accepted when a file is opened: 2^20, 1 GiB of memory. A foreign file cannot ask for more.
pub const MAX_WORK_FACTOR: u8 = 20;

/// How dear a guess of the passphrase is: scrypt with N = 2^factor, factor in 1..=[`MAX_WORK_FACTOR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkFactor(u8);

impl WorkFactor {
    /// For passphrases of 256 random bits, which nobody guesses whatever a guess costs.
    pub(crate) const LEAST: Self = Self(1);

    /// A work factor; None outside 1..=[`MAX_WORK_FACTOR`]. Below [`DEFAULT_WORK_FACTOR`] is for tests: each step down
    /// halves what a guess costs.
    #[must_use]
    pub const fn new(log_n: u8) -> Option<Self> {
        if log_n >= 1 && log_n <= MAX_WORK_FACTOR { Some(Self(log_n)) } else { None }
    }

    /// The work factor of an encrypted file, found without the work; None if it is no such file. What its owner keeps under the same
    /// passphrase should not be easier to guess.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut key = age::scrypt::Identity::new(SecretString::from(""));
        // No file asks for so little: the refusal names what it asks for.
        key.set_max_work_factor(0);
        match age::decrypt(&key, bytes) {
            Err(age::DecryptError::ExcessiveWork { required, .. }) => Self::new(required),
            _ => None,
        }
    }
}

/// Why a secret was not encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptError {
    /// The passphrase is empty, which would protect nothing.
    EmptyPassphrase,
    /// The secret is longer than such a file keeps, so that it could not be opened again.
    TooLong {
        /// Greatest length in bytes.
        limit: usize,
        /// Its length in bytes.
        actual: usize,
    },
    /// The `age` library failed.
    Failed,
}

/// Why an encrypted secret was not opened. The file is never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecryptError {
    /// Longer than any file of its kind.
    TooLong {
        /// Greatest length in bytes.
        limit: usize,
        /// Its length in bytes.
        actual: usize,
    },
    /// The passphrase is wrong.
    WrongPassphrase,
    /// The file asks for more work than [`MAX_WORK_FACTOR`] allows.
    ExcessiveWork {
        /// The work factor it asks for.
        required: u8,
    },
    /// Not an age file with a passphrase, or damaged, or cut off.
    Malformed,
    /// An age file that opens, but something else is inside.
    OtherContent {
        /// What should be inside: `identity`, `trustee`, ..
        expected: &'static str,
    },
}

impl fmt::Display for EncryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyPassphrase => f.write_str("an empty passphrase protects nothing"),
            Self::TooLong { limit, actual } => {
                write!(f, "the secret has {actual} bytes, at most {limit} are kept in a file")
            }
            Self::Failed => f.write_str("the secret could not be encrypted"),
        }
    }
}

impl core::error::Error for EncryptError {}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit, actual } => {
                write!(f, "such a file has at most {limit} bytes, found {actual}")
            }
            Self::WrongPassphrase => f.write_str("wrong passphrase"),
            Self::ExcessiveWork { required } => write!(
                f,
                "the file asks for scrypt with 2^{required} steps, at most 2^{MAX_WORK_FACTOR} are accepted"
            ),
            Self::Malformed => f.write_str("not an age file under a passphrase, or damaged, or cut off"),
            Self::OtherContent { expected } => write!(f, "the file opens, but no {expected} is inside"),
        }
    }
}

impl core::error::Error for DecryptError {}

/// A kind of encrypted file.
pub(crate) struct Kind {
    /// First line of the plaintext, with its end.
    pub(crate) header: &'static str,
    /// What is inside, for errors.
    pub(crate) what: &'static str,
    /// Greatest length in bytes of the encrypted file.
    pub(crate) max_len: usize,
}

impl Kind {
    /// Encrypts a text of one line under a passphrase: an armoured age file.
    pub(crate) fn encrypt(
        &self,
        secret: &str,
        passphrase: &str,
        work: WorkFactor,
    ) -> Result<Vec<u8>, EncryptError> {
        if passphrase.is_empty() {
            return Err(EncryptError::EmptyPassphrase);
        }
        // Room from the start, so that no copy stays behind when the text grows.
        let mut plaintext = Zeroizing::new(String::with_capacity(self.header.len() + secret.len() + 1));
        plaintext.push_str(self.header);
        plaintext.push_str(secret);
        plaintext.push('\n');
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase));
        recipient.set_work_factor(work.0);
        let armoured =
            age::encrypt_and_armor(&recipient, plaintext.as_bytes()).map_err(|_| EncryptError::Failed)?;
        if armoured.len() > self.max_len {
            return Err(EncryptError::TooLong { limit: self.max_len, actual: armoured.len() });
        }
        Ok(armoured.into_bytes())
    }

    /// Opens what [`Kind::encrypt`] wrote, and reads what is inside; `read` answers none for what is something else.
    pub(crate) fn decrypt<T>(
        &self,
        bytes: &[u8],
        passphrase: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, DecryptError> {
        if bytes.len() > self.max_len {
            return Err(DecryptError::TooLong { limit: self.max_len, actual: bytes.len() });
        }
        let mut key = age::scrypt::Identity::new(SecretString::from(passphrase));
        key.set_max_work_factor(MAX_WORK_FACTOR);
        let plaintext = age::decrypt(&key, bytes).map_err(|error| match error {
            age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => {
                DecryptError::WrongPassphrase
            }
            age::DecryptError::ExcessiveWork { required, .. } => DecryptError::ExcessiveWork { required },
            _ => DecryptError::Malformed,
        });
        let plaintext = Zeroizing::new(plaintext?);
        core::str::from_utf8(&plaintext)
            .ok()
            .and_then(|text| text.strip_prefix(self.header))
            .and_then(|rest| rest.strip_suffix('\n'))
            .and_then(read)
            .ok_or(DecryptError::OtherContent { expected: self.what })
    }
}
