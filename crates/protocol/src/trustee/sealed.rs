//! A share on its way to one trustee, under the registered key of the recipient.
//!
//! ```text
//! E = e B8,  S = e P_j            e fresh, P_j the recipient's key: S = p_j E
//! key = HKDF-SHA-256(salt = session, S, info)      info = tag, dealer, recipient, E, P_j; the session fixes n, t and k
//! ciphertext = ChaCha20-Poly1305(key, nonce 0, shares f_1(j)..f_k(j), info)         each key is used once
//! ```
//!
//! The dealer proves to know e. Otherwise a dealer could copy the E of another one; the recipient would complain of the rubbish behind it,
//! its complaint would show S, and S opens the share of the dealer who made E.
//!
//! A complaint opens E by S and proves that S is p_j E, so that everyone decrypts and judges.

use super::{CeremonyParameters, TrusteeIndex, polynomial};
use crate::wire::{self, DecodeError, Reader};
use alloc::vec::Vec;
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use tabella_primitives::{
    domain,
    edwards::{Point, Scalar, random_scalar},
    encoding::Canonical,
    knowledge::{InvalidProof, KnowledgeProof},
    rng::CryptoRng,
    secret::Secret,
    transcript::Transcript,
};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a scalar.
const SCALAR: usize = 32;
/// Bytes of the tag of ChaCha20-Poly1305.
const TAG: usize = 16;

/// An encrypted share: public, unreadable for all but its recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SealedShare {
    pub(super) ephemeral: Point,
    pub(super) proof: KnowledgeProof,
    pub(super) ciphertext: Vec<u8>,
}

/// From whom to whom, in which ceremony.
#[derive(Clone, Copy)]
pub(super) struct Route<'a> {
    pub(super) parameters: &'a CeremonyParameters,
    pub(super) dealer: TrusteeIndex,
    pub(super) recipient: TrusteeIndex,
    /// The recipient's registered key.
    pub(super) key: &'a Point,
}

impl Route<'_> {
    /// What the proof of the ephemeral key is about.
    pub(super) fn transcript(&self) -> Transcript {
        let mut transcript = self.parameters.transcript(domain::TRUSTEE_EPHEMERAL, self.dealer);
        transcript.u64("recipient", self.recipient.get().into());
        transcript.point("recipient's key", self.key);
        transcript
    }

    /// What key and ciphertext are bound to.
    fn info(&self, ephemeral: &Point) -> Vec<u8> {
        let mut info = domain::TRUSTEE_SHARE.as_bytes().to_vec();
        info.extend([self.dealer.get(), self.recipient.get()]);
        info.extend(ephemeral.to_packed());
        info.extend(self.key.to_packed());
        info
    }

    fn cipher(&self, shared: &Point, info: &[u8]) -> ChaCha20Poly1305 {
        let mut secret = Zeroizing::new(shared.to_packed());
        let kdf =
            Hkdf::<Sha256>::new(Some(self.parameters.session().as_digest().as_bytes()), secret.as_ref());
        secret.zeroize();
        let mut key = Zeroizing::new([0u8; 32]);
        kdf.expand(info, key.as_mut()).expect("32 bytes are few");
        ChaCha20Poly1305::new((&*key).into())
    }

    /// Encrypts the values of the dealer's polynomials.
    pub(super) fn seal(&self, shares: &[Secret<Scalar>], rng: &mut (impl CryptoRng + ?Sized)) -> SealedShare {
        let secret = [random_scalar(rng)];
        let [e] = &secret;
        let ephemeral = Point::mul_base(e.expose_secret());
        let proof = KnowledgeProof::prove(self.transcript(), &secret, &[ephemeral], rng);
        let mut shared = self.key.mul_secret(e.expose_secret());
        let info = self.info(&ephemeral);
        let cipher = self.cipher(&shared, &info);
        shared.zeroize();
        let mut plain = Zeroizing::new(Vec::with_capacity(shares.len() * SCALAR));
        for share in shares {
            plain.extend_from_slice(&*Zeroizing::new(share.expose_secret().to_be_bytes()));
        }
        let ciphertext = cipher
            .encrypt(&Nonce::default(), Payload { msg: &plain, aad: &info })
            .expect("a share is shorter than the cipher's limit");
        SealedShare { ephemeral, proof, ciphertext }
    }
}

impl SealedShare {
    /// Bytes of a ciphertext of so many shares.
    const fn ciphertext_len(slots: usize) -> usize {
        slots * SCALAR + TAG
    }

    /// Checks what everyone can check.
    pub(super) fn verify(&self, route: &Route<'_>) -> Result<(), InvalidProof> {
        self.proof.verify(route.transcript(), &[self.ephemeral])
    }

    /// The shares behind it, by the point S. None if they do not open, are not scalars or do not fit the dealer's commitments.
    pub(super) fn open(
        &self,
        route: &Route<'_>,
        shared: &Point,
        commitments: &[Vec<Point>],
    ) -> Option<Vec<Secret<Scalar>>> {
        let info = route.info(&self.ephemeral);
        let plain = route
            .cipher(shared, &info)
            .decrypt(&Nonce::default(), Payload { msg: &self.ciphertext, aad: &info })
            .ok()
            .map(Zeroizing::new)?;
        let (chunks, rest) = plain.as_chunks::<SCALAR>();
        if !rest.is_empty() || chunks.len() != commitments.len() {
            return None;
        }
        let shares = chunks
            .iter()
            .map(|chunk| Scalar::from_be_bytes(chunk).ok().map(Secret::new))
            .collect::<Option<Vec<_>>>()?;
        let fits = shares.iter().zip(commitments).all(|(share, commitments)| {
            Point::mul_base(share.expose_secret())
                == polynomial::evaluate_commitments(commitments, route.recipient)
        });
        fits.then_some(shares)
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.ephemeral.to_packed());
        bytes.extend(self.proof.to_bytes());
        bytes.extend(&self.ciphertext);
    }

    pub(super) fn read(reader: &mut Reader<'_>, slots: usize) -> Result<Self, DecodeError> {
        let ephemeral = Point::from_packed(&reader.take::<{ Point::PACKED_LEN }>()?)
            .map_err(wire::in_field("ephemeral"))?;
        let proof = KnowledgeProof::from_bytes(reader.slice(KnowledgeProof::encoded_len(1))?, 1)
            .map_err(wire::in_field("proof"))?;
        let ciphertext = reader.slice(Self::ciphertext_len(slots))?.to_vec();
        Ok(Self { ephemeral, proof, ciphertext })
    }
}
