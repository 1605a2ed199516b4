//! The registered keys of a trustee: one to which shares are encrypted, one under which it signs.

use crate::value::SemaphoreValue;
use core::fmt;
use hkdf::Hkdf;
use sha2::Sha256;
use tabella_primitives::{
    digest::Digest,
    domain,
    eddsa::{InvalidSignature, Signature, SigningKey},
    edwards::{Point, Scalar, scalar_from_le_bytes_wide},
    rng::CryptoRng,
    secret::Secret,
};
use zeroize::Zeroizing;

/// What is registered of a trustee. Both keys are public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrusteeKeys {
    /// To which shares are encrypted: `P = p B8`.
    pub encryption: Point,
    /// Under which it signs: EdDSA with Poseidon.
    pub signing: Point,
}

impl TrusteeKeys {
    /// Checks a signature of this trustee.
    pub(super) fn verify(&self, digest: &Digest, signature: &Signature) -> Result<(), InvalidSignature> {
        signature.verify(&self.signing, &SemaphoreValue::from_be_bytes(*digest.as_bytes()).hash())
    }
}

/// The long-lived secrets of a trustee: both come from one seed of 32 bytes, which is what a trustee keeps.
///
/// Secret. Printed as `TrusteeSecret(..)`, erased when dropped.
#[derive(Clone)]
pub struct TrusteeSecret {
    seed: Secret<[u8; 32]>,
    decryption: Secret<Scalar>,
    signing: SigningKey,
    keys: TrusteeKeys,
}

impl TrusteeSecret {
    /// Fresh secrets.
    #[must_use]
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut seed = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// The secrets of a seed, by HKDF with SHA-256. A guessable seed gives guessable secrets.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "HKDF with SHA-256 gives up to 8160 bytes")]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let kdf = Hkdf::<Sha256>::new(Some(domain::TRUSTEE_KEYS.as_bytes()), seed);
        let mut wide = Zeroizing::new([0u8; 64]);
        let mut private_key = Zeroizing::new([0u8; 32]);
        kdf.expand(b"encryption", wide.as_mut()).expect("64 bytes are few");
        kdf.expand(b"signing", private_key.as_mut()).expect("32 bytes are few");
        let decryption = Secret::new(scalar_from_le_bytes_wide(wide.as_ref()));
        let signing = SigningKey::derive(private_key.as_ref());
        let keys = TrusteeKeys {
            encryption: Point::mul_base(decryption.expose_secret()),
            signing: *signing.public_key(),
        };
        Self { seed: Secret::new(*seed), decryption, signing, keys }
    }

    /// The seed, to be kept encrypted. Whoever calls this answers for what becomes of it.
    #[must_use]
    pub const fn expose_seed(&self) -> &[u8; 32] {
        self.seed.expose_secret()
    }

    /// The public keys, to be registered.
    #[must_use]
    pub const fn keys(&self) -> &TrusteeKeys {
        &self.keys
    }

    /// The secret p to which shares are encrypted.
    pub(super) const fn decryption(&self) -> &Secret<Scalar> {
        &self.decryption
    }

    /// Signs a digest.
    pub(super) fn sign(&self, digest: &Digest) -> Signature {
        self.signing.sign(&SemaphoreValue::from_be_bytes(*digest.as_bytes()).hash())
    }
}

impl fmt::Debug for TrusteeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrusteeSecret(..)")
    }
}
