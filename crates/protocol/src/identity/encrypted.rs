//! An identity in a file: [encrypted](crate::encrypted) under a passphrase. What is inside:
//!
//! ```text
//! tabella-identity-v1
//! <the private key in Base64, as `export` writes it>
//! ```

use super::{Identity, identity::MAX_PRIVATE_KEY_LEN};
use crate::encrypted::{DecryptError, EncryptError, Kind, WorkFactor};
use alloc::vec::Vec;

/// Greatest length in bytes of an encrypted identity.
pub const MAX_FILE_LEN: usize = 16 * 1024;

/// The kind of file.
const KIND: Kind = Kind { header: "tabella-identity-v1\n", what: "identity", max_len: MAX_FILE_LEN };

impl Identity {
    /// Encrypts the private key under a passphrase: an armoured age file.
    ///
    /// # Errors
    /// [`EncryptError`]; a private key of more than [`MAX_PRIVATE_KEY_LEN`] bytes is too long.
    pub fn encrypt_to_bytes(&self, passphrase: &str, work: WorkFactor) -> Result<Vec<u8>, EncryptError> {
        let (limit, actual) = (MAX_PRIVATE_KEY_LEN, self.expose_private_key().len());
        if actual > limit {
            return Err(EncryptError::TooLong { limit, actual });
        }
        KIND.encrypt(&self.export(), passphrase, work)
    }

    /// Opens what [`Identity::encrypt_to_bytes`] wrote.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub fn decrypt_from_bytes(bytes: &[u8], passphrase: &str) -> Result<Self, DecryptError> {
        KIND.decrypt(bytes, passphrase, |exported| Self::import(exported).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encrypted::{DEFAULT_WORK_FACTOR, MAX_WORK_FACTOR};
    use age::secrecy::SecretString;

    const CHEAP: WorkFactor = WorkFactor::new(2).unwrap();

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
            Some(DecryptError::TooLong { limit: MAX_FILE_LEN, actual: MAX_FILE_LEN + 1 })
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
                Some(DecryptError::OtherContent { expected: "identity" }),
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
            Err(EncryptError::TooLong { limit: MAX_PRIVATE_KEY_LEN, actual: MAX_PRIVATE_KEY_LEN + 1 })
        );
        let longest = Identity::from_private_key(&[1; MAX_PRIVATE_KEY_LEN]);
        let bytes = longest.encrypt_to_bytes("x", CHEAP).unwrap();
        assert!(Identity::decrypt_from_bytes(&bytes, "x").is_ok());
        assert_eq!(WorkFactor::new(0), None);
        assert_eq!(WorkFactor::new(MAX_WORK_FACTOR + 1), None);
        assert_eq!(WorkFactor::new(18), Some(DEFAULT_WORK_FACTOR));
    }
}
