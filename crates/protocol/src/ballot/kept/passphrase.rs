//! A kept ballot in a file under a passphrase, for programs that have files.

use super::{KeptBallot, MAX_KEPT_FILE_BYTES};
use crate::encrypted::{DecryptError, EncryptError, Kind, WorkFactor};
use alloc::vec::Vec;

/// The kind of file; inside is the JSON form.
const KIND: Kind =
    Kind { header: "tabella-kept-ballot-v1\n", what: "sealed ballot", max_len: MAX_KEPT_FILE_BYTES };

impl KeptBallot {
    /// Encrypts it under a passphrase: an armoured [age](crate::encrypted) file.
    ///
    /// # Errors
    /// [`EncryptError`].
    pub fn encrypt_to_bytes(&self, passphrase: &str, work: WorkFactor) -> Result<Vec<u8>, EncryptError> {
        let json = self.to_json();
        KIND.encrypt(core::str::from_utf8(&json).expect("JSON is text"), passphrase, work)
    }

    /// Opens what [`Self::encrypt_to_bytes`] wrote.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub fn decrypt_from_bytes(bytes: &[u8], passphrase: &str) -> Result<Self, DecryptError> {
        KIND.decrypt(bytes, passphrase, |json| Self::from_json(json.as_bytes()))
    }
}
