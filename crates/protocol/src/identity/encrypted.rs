//! An identity in a file: [age](https://age-encryption.org/v1) with a passphrase (scrypt), ASCII armour.
//!
//! A standard format, so that `age --decrypt` opens the file without Tabella. What is inside:
//!
//! ```text
//! tabella-identity-v1
//! <the private key in Base64, as `export` writes it>
//! ```
//!
//! Salt and file key come from the operating system inside the `age` crate; it takes no generator from its caller.
//! Bytes in, bytes out: where the file lies and how it replaces an older one is the caller's affair.

use super::{Identity, identity::MAX_PRIVATE_KEY_LEN};
use age::secrecy::SecretString;
use alloc::{string::String, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// First line of the plaintext.
const HEADER: &str = "tabella-identity-v1\n";
/// Greatest length in bytes of an encrypted identity.
pub const MAX_FILE_LEN: usize = 16 * 1024;
/// Work factor of new files: scrypt with N = 2^18, r = 8, p = 1, 256 MiB of memory, about a second.
pub const DEFAULT_WORK_FACTOR: WorkFactor = WorkFactor(18);
/// Greatest work factor that is accepted when a file is opened: 2^20, 1 GiB of memory. A foreign file cannot ask for more.
pub const MAX_WORK_FACTOR: u8 = 20;

/// How dear a guess of the passphrase is: scrypt with N = 2^factor, factor in 1..=[`MAX_WORK_FACTOR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkFactor(u8);

impl WorkFactor {
    /// A work factor; None outside 1..=[`MAX_WORK_FACTOR`]. Below [`DEFAULT_WORK_FACTOR`] is for tests: each step down
    /// halves what a guess costs.
    #[must_use]
    pub const fn new(log_n: u8) -> Option<Self> {
        if log_n >= 1 && log_n <= MAX_WORK_FACTOR { Some(Self(log_n)) } else { None }
    }
}

/// Why an identity was not encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptError {
    /// The passphrase is empty, which would protect nothing.
    EmptyPassphrase,
    /// The private key is longer than [`MAX_PRIVATE_KEY_LEN`] bytes, so the file could not be opened again.
    PrivateKeyTooLong {
        /// Its length in bytes.
        actual: usize,
    },
    /// The `age` library failed.
    Failed,
}

/// Why an encrypted identity was not opened. The file is never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecryptError {
    /// Longer than [`MAX_FILE_LEN`]: not an identity.
    TooLong {
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
    /// An age file that opens, but no identity of Tabella is inside.
    NotAnIdentity,
}

impl fmt::Display for EncryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyPassphrase => f.write_str("an empty passphrase protects nothing"),
            Self::PrivateKeyTooLong { actual } => {
                write!(
                    f,
                    "the private key has {actual} bytes, at most {MAX_PRIVATE_KEY_LEN} are kept in a file"
                )
            }
            Self::Failed => f.write_str("the identity could not be encrypted"),
        }
    }
}

impl core::error::Error for EncryptError {}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { actual } => {
                write!(f, "an encrypted identity has at most {MAX_FILE_LEN} bytes, found {actual}")
            }
            Self::WrongPassphrase => f.write_str("wrong passphrase"),
            Self::ExcessiveWork { required } => write!(
                f,
                "the file asks for scrypt with 2^{required} steps, at most 2^{MAX_WORK_FACTOR} are accepted"
            ),
            Self::Malformed => f.write_str("not an age file under a passphrase, or damaged, or cut off"),
            Self::NotAnIdentity => f.write_str("the file opens, but no identity is inside"),
        }
    }
}

impl core::error::Error for DecryptError {}

impl Identity {
    /// Encrypts the private key under a passphrase: an armoured age file.
    ///
    /// # Errors
    /// [`EncryptError`].
    pub fn encrypt_to_bytes(&self, passphrase: &str, work: WorkFactor) -> Result<Vec<u8>, EncryptError> {
        if passphrase.is_empty() {
            return Err(EncryptError::EmptyPassphrase);
        }
        let actual = self.expose_private_key().len();
        if actual > MAX_PRIVATE_KEY_LEN {
            return Err(EncryptError::PrivateKeyTooLong { actual });
        }
        let exported = self.export();
        // Room from the start, so that no copy stays behind when the text grows.
        let mut plaintext = Zeroizing::new(String::with_capacity(HEADER.len() + exported.len() + 1));
        plaintext.push_str(HEADER);
        plaintext.push_str(&exported);
        plaintext.push('\n');
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase));
        recipient.set_work_factor(work.0);
        let armoured =
            age::encrypt_and_armor(&recipient, plaintext.as_bytes()).map_err(|_| EncryptError::Failed)?;
        Ok(armoured.into_bytes())
    }

    /// Opens what [`Identity::encrypt_to_bytes`] wrote.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub fn decrypt_from_bytes(bytes: &[u8], passphrase: &str) -> Result<Self, DecryptError> {
        if bytes.len() > MAX_FILE_LEN {
            return Err(DecryptError::TooLong { actual: bytes.len() });
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
        let text = core::str::from_utf8(&plaintext).map_err(|_| DecryptError::NotAnIdentity)?;
        let exported = text
            .strip_prefix(HEADER)
            .and_then(|rest| rest.strip_suffix('\n'))
            .ok_or(DecryptError::NotAnIdentity)?;
        Self::import(exported).map_err(|_| DecryptError::NotAnIdentity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: WorkFactor = WorkFactor(2);

    fn sealed() -> (Identity, Vec<u8>) {
        let identity = Identity::from_private_key_text("a private key");
        let bytes = identity.encrypt_to_bytes("correct horse", CHEAP).unwrap();
        (identity, bytes)
    }

    #[test]
    fn what_is_sealed_opens() {
        let (identity, bytes) = sealed();
        assert!(bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
        let opened = Identity::decrypt_from_bytes(&bytes, "correct horse").unwrap();
        assert_eq!(opened.expose_private_key(), identity.expose_private_key());
        let empty = Identity::from_private_key(b"");
        let bytes = empty.encrypt_to_bytes("x", CHEAP).unwrap();
        assert_eq!(Identity::decrypt_from_bytes(&bytes, "x").unwrap().commitment(), empty.commitment());
    }

    #[test]
    fn a_wrong_passphrase_is_named() {
        let (_, bytes) = sealed();
        for wrong in ["", "correct horsE", "correct horse "] {
            assert_eq!(
                Identity::decrypt_from_bytes(&bytes, wrong).err(),
                Some(DecryptError::WrongPassphrase)
            );
        }
    }

    #[test]
    fn damage_never_opens_and_never_panics() {
        let (_, bytes) = sealed();
        for cut in (0..bytes.len()).step_by(7) {
            let error = Identity::decrypt_from_bytes(&bytes[..cut], "correct horse").err();
            assert_eq!(error, Some(DecryptError::Malformed), "cut at {cut}");
        }
        for i in (0..bytes.len()).step_by(3) {
            let mut bad = bytes.clone();
            bad[i] ^= 1;
            // A flip in the salt or the wrapped key looks like a wrong passphrase; in the work factor, like another one.
            assert!(Identity::decrypt_from_bytes(&bad, "correct horse").is_err(), "byte {i}");
        }
        for garbage in [&b"not age"[..], b"", &[0; 1000], b"age-encryption.org/v1\n"] {
            assert_eq!(Identity::decrypt_from_bytes(garbage, "x").err(), Some(DecryptError::Malformed));
        }
        let long = [b'-'; MAX_FILE_LEN + 1];
        assert_eq!(
            Identity::decrypt_from_bytes(&long, "x").err(),
            Some(DecryptError::TooLong { actual: MAX_FILE_LEN + 1 })
        );
    }

    #[test]
    fn absurd_work_is_refused_at_once() {
        let stanza = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 40\n\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
        let mut bytes = stanza.as_bytes().to_vec();
        bytes.extend([0; 64]);
        assert_eq!(
            Identity::decrypt_from_bytes(&bytes, "x").err(),
            Some(DecryptError::ExcessiveWork { required: 40 })
        );
    }

    #[test]
    fn other_secrets_under_age_are_no_identities() {
        for inside in
            ["", "tabella-identity-v1\n", "tabella-identity-v1\nIA==", "tabella-identity-v2\nIA==\n"]
        {
            let mut recipient = age::scrypt::Recipient::new(SecretString::from("x"));
            recipient.set_work_factor(2);
            let bytes = age::encrypt(&recipient, inside.as_bytes()).unwrap();
            assert_eq!(
                Identity::decrypt_from_bytes(&bytes, "x").err(),
                Some(DecryptError::NotAnIdentity),
                "{inside:?}"
            );
        }
    }

    #[test]
    fn limits_hold_when_writing() {
        let (identity, _) = sealed();
        assert_eq!(identity.encrypt_to_bytes("", CHEAP), Err(EncryptError::EmptyPassphrase));
        let long = Identity::from_private_key(&[1; MAX_PRIVATE_KEY_LEN + 1]);
        assert_eq!(
            long.encrypt_to_bytes("x", CHEAP),
            Err(EncryptError::PrivateKeyTooLong { actual: MAX_PRIVATE_KEY_LEN + 1 })
        );
        let longest = Identity::from_private_key(&[1; MAX_PRIVATE_KEY_LEN]);
        let bytes = longest.encrypt_to_bytes("x", CHEAP).unwrap();
        assert!(Identity::decrypt_from_bytes(&bytes, "x").is_ok());
        assert_eq!(WorkFactor::new(0), None);
        assert_eq!(WorkFactor::new(MAX_WORK_FACTOR + 1), None);
        assert_eq!(WorkFactor::new(18), Some(DEFAULT_WORK_FACTOR));
    }
}
