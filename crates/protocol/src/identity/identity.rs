//! A whole identity: the private key and everything derived from it.

use super::{IdentityCommitment, IdentitySecret};
use crate::{statement::Nullifier, value::SemaphoreValue};
use alloc::{string::String, vec::Vec};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::fmt;
use tabella_primitives::{
    Fr,
    eddsa::{InvalidSignature, Signature, SigningKey},
    edwards::Point,
    rng::CryptoRng,
    secret::Secret,
};
use zeroize::Zeroizing;

/// Length in bytes of the private keys that [`Identity::generate`] makes.
const GENERATED_LEN: usize = 32;
/// Greatest length in bytes of a private key that [`Identity::import`] takes.
pub const MAX_PRIVATE_KEY_LEN: usize = 4096;

/// An identity of Semaphore v4: private key bytes, and the secret scalar, nonce seed and public key derived from them.
///
/// ```text
/// h = BLAKE-512(private key)     s = (prune(h[0..32]) >> 3) mod l     A = s B8     c = H_2(A.x, A.y)
/// ```
///
/// Secret. Printed as `Identity(..)`, erased when dropped, never serialised but by the functions that say so.
///
/// ```
/// use tabella_protocol::identity::Identity;
/// let identity = Identity::generate(&mut tabella_primitives::rng::from_os()?);
/// println!("for the registrar: {}", identity.commitment());
/// # Ok::<(), tabella_primitives::rng::RngUnavailable>(())
/// ```
#[derive(Clone)]
pub struct Identity {
    private_key: Secret<Vec<u8>>,
    signing_key: SigningKey,
    secret: IdentitySecret,
}

/// Why a text is not an exported identity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// Not Base64 in its one canonical form (standard alphabet, with padding, nothing around it).
    NotBase64,
    /// The private key is longer than [`MAX_PRIVATE_KEY_LEN`].
    TooLong {
        /// Greatest length of the text in characters.
        limit: usize,
        /// Its length.
        actual: usize,
    },
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBase64 => {
                f.write_str("an exported identity is Base64 with padding and nothing around it")
            }
            Self::TooLong { limit, actual } => {
                write!(f, "an exported identity has at most {limit} characters, found {actual}")
            }
        }
    }
}

impl core::error::Error for ImportError {}

impl Identity {
    /// A new identity from 32 random bytes.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut private_key = Zeroizing::new([0u8; GENERATED_LEN]);
        rng.fill_bytes(private_key.as_mut());
        Self::from_private_key(private_key.as_ref())
    }

    /// The identity of a private key of any length, as `new Identity(bytes)` in Semaphore's JavaScript.
    ///
    /// # Security
    /// Every length is taken, the empty one too, because Semaphore takes it. Nothing here can tell a good key from a guessable
    /// one: whoever guesses the private key votes in the citizen's place and recognises all votes. New identities
    /// come from [`Identity::generate`].
    #[must_use]
    pub fn from_private_key(private_key: &[u8]) -> Self {
        let signing_key = SigningKey::derive(private_key);
        Self {
            private_key: Secret::new(private_key.to_vec()),
            secret: IdentitySecret::from_scalar(*signing_key.expose_secret_scalar()),
            signing_key,
        }
    }

    /// The identity of a private key that is a text: its UTF-8 bytes (hexadecimal is not decoded), as `new Identity(text)`
    /// in Semaphore's JavaScript.
    ///
    /// # Security
    /// A text that people remember is a text that machines guess; see [`Identity::from_private_key`].
    #[must_use]
    pub fn from_private_key_text(text: &str) -> Self {
        Self::from_private_key(text.as_bytes())
    }

    /// The private key in Base64, as Semaphore's `identity.export()`. Secret, like the key.
    #[must_use]
    pub fn export(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.private_key.expose_secret()))
    }

    /// Reads what [`Identity::export`] or Semaphore's `identity.export()` wrote. (Semaphore's `import` also takes other alphabets,
    /// blanks and rubbish and skips what it does not know; that hides copying errors, so it is refused here.)
    ///
    /// # Errors
    /// [`ImportError`].
    pub fn import(text: &str) -> Result<Self, ImportError> {
        let limit = MAX_PRIVATE_KEY_LEN.div_ceil(3) * 4;
        if text.len() > limit {
            return Err(ImportError::TooLong { limit, actual: text.len() });
        }
        let private_key = Zeroizing::new(STANDARD.decode(text).map_err(|_| ImportError::NotBase64)?);
        Ok(Self::from_private_key(&private_key))
    }

    /// The private key. Whoever calls this answers for what becomes of it.
    #[must_use]
    pub fn expose_private_key(&self) -> &[u8] {
        self.private_key.expose_secret()
    }

    /// The secret scalar, which membership is proved with.
    #[must_use]
    pub const fn secret(&self) -> &IdentitySecret {
        &self.secret
    }

    /// The public key `A = s B8`. It names the citizen as the commitment does.
    #[must_use]
    pub const fn public_key(&self) -> &Point {
        self.signing_key.public_key()
    }

    /// What the registry stores: `c = H_2(A.x, A.y)`.
    #[must_use]
    pub fn commitment(&self) -> IdentityCommitment {
        IdentityCommitment::of_public_key(self.public_key())
    }

    /// The nullifier in a scope: `nf = H_2(hash(scope), s)`.
    #[must_use]
    pub fn nullifier(&self, scope: &SemaphoreValue) -> Nullifier {
        self.secret.nullifier(scope)
    }

    /// Signs a message in the citizen's own name (EdDSA with Poseidon, as Semaphore's `identity.signMessage`). Not
    /// anonymous: the signature belongs to the public key.
    ///
    /// Semaphore turns a text that is no number into the integer of
    /// [`message_from_text`](tabella_primitives::eddsa::message_from_text).
    #[must_use]
    pub fn sign(&self, message: &Fr) -> Signature {
        self.signing_key.sign(message)
    }

    /// Checks a signature made by [`Identity::sign`] under a public key.
    ///
    /// # Errors
    /// [`InvalidSignature`].
    pub fn verify(public_key: &Point, message: &Fr, signature: &Signature) -> Result<(), InvalidSignature> {
        signature.verify(public_key, message)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
    use tabella_primitives::{eddsa, edwards::Scalar, encoding::Canonical};

    fn decode_hex(hex: &serde_json::Value) -> Vec<u8> {
        let hex = hex.as_str().unwrap();
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn semaphore_identities() {
        let vectors = tabella_testkit::semaphore_vector("identities.json");
        let mut checked = 0;
        for entry in vectors["identities"].as_array().unwrap() {
            let bytes = decode_hex(&entry["privateKeyBytesHex"]);
            let identity = Identity::from_private_key(&bytes);
            if let Some(text) = entry["privateKeyText"].as_str() {
                assert_eq!(
                    Identity::from_private_key_text(text).expose_private_key(),
                    bytes,
                    "{}",
                    entry["note"]
                );
            }
            let scalar = Scalar::from_decimal(entry["secretScalar"].as_str().unwrap()).unwrap();
            assert_eq!(*identity.secret().expose_secret(), scalar);
            assert_eq!(identity.commitment().to_string(), entry["commitment"].as_str().unwrap());
            assert_eq!(identity.secret().commitment(), identity.commitment());
            let (x, y) = identity.public_key().to_xy();
            assert_eq!(x.to_decimal(), entry["publicKey"][0].as_str().unwrap());
            assert_eq!(y.to_decimal(), entry["publicKey"][1].as_str().unwrap());
            let exported = entry["exportBase64"].as_str().unwrap();
            assert_eq!(identity.export().as_str(), exported);
            assert_eq!(Identity::import(exported).unwrap().commitment(), identity.commitment());
            for (name, message) in [
                ("signature_hello", eddsa::message_from_text("hello").unwrap()),
                ("signature_42", Fr::from(42)),
            ] {
                let signature = identity.sign(&message);
                assert_eq!(signature.s().to_decimal(), entry[name]["S"].as_str().unwrap());
                assert_eq!(signature.r8().to_xy().0.to_decimal(), entry[name]["R8"][0].as_str().unwrap());
                assert_eq!(Identity::verify(identity.public_key(), &message, &signature), Ok(()));
            }
            checked += 1;
        }
        assert_eq!(checked, 20);
    }

    #[test]
    fn semaphore_nullifiers() {
        let vectors = tabella_testkit::semaphore_vector("nullifiers.json");
        let mut checked = 0;
        for entry in vectors["nullifiers"].as_array().unwrap() {
            let identity = Identity::from_private_key_text(entry["privateKeyText"].as_str().unwrap());
            let scope = SemaphoreValue::from_text(entry["scope"].as_str().unwrap()).unwrap();
            assert_eq!(scope.to_string(), entry["scopeBigint"].as_str().unwrap());
            assert_eq!(scope.hash().to_decimal(), entry["scopeHash"].as_str().unwrap());
            assert_eq!(identity.nullifier(&scope).to_string(), entry["nullifier"].as_str().unwrap());
            checked += 1;
        }
        assert_eq!(checked, 9);
    }

    #[test]
    fn sloppy_exports_are_refused() {
        for text in ["A", "IA", "IA=", " IA==", "IA==\n", "IB==", "_-==", "I A=="] {
            assert_eq!(Identity::import(text).err(), Some(ImportError::NotBase64), "{text:?}");
        }
        let long = "A".repeat(6000);
        assert_eq!(Identity::import(&long).err(), Some(ImportError::TooLong { limit: 5464, actual: 6000 }));
    }

    #[test]
    fn generated_identities_have_32_bytes_and_differ() {
        let mut rng = tabella_primitives::rng::from_os().unwrap();
        let (a, b) = (Identity::generate(&mut rng), Identity::generate(&mut rng));
        assert_eq!(a.expose_private_key().len(), 32);
        assert_ne!(a.expose_private_key(), b.expose_private_key());
        assert_ne!(a.commitment(), b.commitment());
    }

    #[test]
    fn an_identity_shows_nothing() {
        let identity = Identity::from_private_key_text("12345");
        let shown = format!("{identity:?} {identity:#?} {:?}", identity.secret());
        assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
    }
}
