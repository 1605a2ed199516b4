//! A kept ballot under the secret of the citizen who sealed it, for wallets that hold the identity and no passphrase.
//!
//! ```text
//! key = HKDF-SHA-256(salt, secret scalar, tag)     salt: 32 fresh random bytes, so that each key is used once; tag = domain::KEPT_BALLOT
//! bytes = magic || salt || ChaCha20-Poly1305(key, nonce 0, JSON form, tag)
//! ```

use super::{KeptBallot, MAX_KEPT_FILE_BYTES};
use crate::identity::IdentitySecret;
use alloc::vec::Vec;
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use core::fmt;
use hkdf::Hkdf;
use sha2::Sha256;
use tabella_primitives::{domain, encoding::Canonical, rng::CryptoRng};
use zeroize::Zeroizing;

const MAGIC: &[u8; 16] = b"tabella-kept-v1\n";
const SALT: usize = 32;
const TAG: usize = 16;

/// Why bytes are no ballot that this citizen kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotKept {
    /// They do not begin as such bytes do, or are too few or too many.
    Form,
    /// Another citizen kept it, or it was changed.
    OtherCitizen,
    /// It was decrypted, and what is inside is no ballot.
    Inside,
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "not a kept ballot",
            Self::OtherCitizen => "the kept ballot is another citizen's, or it was changed",
            Self::Inside => "what was kept is no ballot",
        })
    }
}

impl core::error::Error for NotKept {}

impl KeptBallot {
    /// Encrypts it for the citizen alone.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "a ballot is shorter than the cipher's limit")]
    pub fn encrypt_for(&self, citizen: &IdentitySecret, rng: &mut impl CryptoRng) -> Vec<u8> {
        let mut salt = [0; SALT];
        rng.fill_bytes(&mut salt);
        let payload = Payload { msg: &self.to_json(), aad: domain::KEPT_BALLOT.as_bytes() };
        let ciphertext =
            cipher(citizen, &salt).encrypt(&Nonce::default(), payload).expect("a ballot is short");
        [MAGIC.as_slice(), &salt, &ciphertext].concat()
    }

    /// Opens what [`Self::encrypt_for`] wrote for the same citizen.
    ///
    /// # Errors
    /// [`NotKept`].
    pub fn decrypt_for(citizen: &IdentitySecret, bytes: &[u8]) -> Result<Self, NotKept> {
        let body = bytes.strip_prefix(MAGIC).ok_or(NotKept::Form)?;
        let (salt, ciphertext) = body.split_first_chunk::<SALT>().ok_or(NotKept::Form)?;
        if ciphertext.len() > MAX_KEPT_FILE_BYTES + TAG {
            return Err(NotKept::Form);
        }
        let payload = Payload { msg: ciphertext, aad: domain::KEPT_BALLOT.as_bytes() };
        let json = cipher(citizen, salt).decrypt(&Nonce::default(), payload);
        let json = Zeroizing::new(json.map_err(|_| NotKept::OtherCitizen)?);
        Self::from_json(&json).ok_or(NotKept::Inside)
    }
}

fn cipher(citizen: &IdentitySecret, salt: &[u8; SALT]) -> ChaCha20Poly1305 {
    let secret = Zeroizing::new(citizen.expose_secret().to_be_bytes());
    let mut key = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha256>::new(Some(salt), secret.as_ref())
        .expand(domain::KEPT_BALLOT.as_bytes(), key.as_mut())
        .expect("32 bytes are few");
    ChaCha20Poly1305::new((&*key).into())
}
