//! What a trustee keeps in files: its seed, [encrypted](crate::encrypted) under a passphrase, and the state of a ceremony, encrypted under a key
//! that comes from the seed. So one passphrase opens both, and the state of one trustee is of no use to another.
//!
//! ```text
//! tabella-trustee-v1                 tabella-trustee-state-v1
//! <the seed, 64 hexadecimal digits>  <the participant, one line of JSON>
//!
//! passphrase of the state = HKDF-SHA-256(salt = tag, seed, "state"), 64 hexadecimal digits: 256 bits, so that scrypt need not be slow
//! ```

use super::{Participant, TrusteeSecret, participant::MAX_PARTICIPANT_BYTES};
use crate::encrypted::{DecryptError, EncryptError, Kind, WorkFactor};
use alloc::{string::String, vec::Vec};
use hkdf::Hkdf;
use sha2::Sha256;
use tabella_primitives::{domain, encoding};
use zeroize::Zeroizing;

/// Greatest length in bytes of an encrypted seed.
pub const MAX_SECRET_FILE_BYTES: usize = 4 * 1024;
/// Greatest length in bytes of an encrypted state: armour adds about a third.
pub const MAX_STATE_FILE_BYTES: usize = MAX_PARTICIPANT_BYTES / 2 * 3;

const SECRET: Kind =
    Kind { header: "tabella-trustee-v1\n", what: "secret of a trustee", max_len: MAX_SECRET_FILE_BYTES };
const STATE: Kind =
    Kind { header: "tabella-trustee-state-v1\n", what: "state of a trustee", max_len: MAX_STATE_FILE_BYTES };

impl TrusteeSecret {
    /// Encrypts the seed under a passphrase: an armoured age file.
    ///
    /// # Errors
    /// [`EncryptError`].
    pub fn encrypt_to_bytes(&self, passphrase: &str, work: WorkFactor) -> Result<Vec<u8>, EncryptError> {
        let seed = Zeroizing::new(encoding::encode_hex(self.expose_seed()));
        SECRET.encrypt(&seed, passphrase, work)
    }

    /// Opens what [`TrusteeSecret::encrypt_to_bytes`] wrote.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub fn decrypt_from_bytes(bytes: &[u8], passphrase: &str) -> Result<Self, DecryptError> {
        SECRET.decrypt(bytes, passphrase, |seed| {
            let seed = Zeroizing::new(encoding::decode_hex::<32>(seed).ok()?);
            Some(Self::from_seed(&seed))
        })
    }

    /// The passphrase under which states are kept.
    fn state_passphrase(&self) -> Zeroizing<String> {
        let kdf = Hkdf::<Sha256>::new(Some(domain::TRUSTEE_STATE.as_bytes()), self.expose_seed());
        let mut key = Zeroizing::new([0u8; 32]);
        kdf.expand(b"state", key.as_mut()).expect("32 bytes are few");
        Zeroizing::new(encoding::encode_hex(key.as_ref()))
    }
}

impl Participant {
    /// Encrypts everything that the participant remembers for its trustee: an armoured age file.
    ///
    /// # Errors
    /// [`EncryptError`].
    pub fn encrypt_to_bytes(&self, me: &TrusteeSecret) -> Result<Vec<u8>, EncryptError> {
        STATE.encrypt(&self.expose_state(), &me.state_passphrase(), WorkFactor::LEAST)
    }

    /// Opens what [`Participant::encrypt_to_bytes`] wrote.
    ///
    /// # Errors
    /// [`DecryptError`]; [`DecryptError::WrongPassphrase`] for the state of another trustee.
    pub fn decrypt_from_bytes(bytes: &[u8], me: &TrusteeSecret) -> Result<Self, DecryptError> {
        STATE.decrypt(bytes, &me.state_passphrase(), |state| Self::from_state(state).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trustee::tests::Cast;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    #[test]
    fn seeds_and_states_open_for_their_trustee_alone() {
        let cast = Cast::new(3, 2, 2);
        let (me, other) = (cast.secret(1), cast.secret(2));
        let file = me.encrypt_to_bytes("correct horse", WorkFactor::LEAST).unwrap();
        let opened = TrusteeSecret::decrypt_from_bytes(&file, "correct horse").unwrap();
        assert_eq!(opened.expose_seed(), me.expose_seed());
        assert_eq!(
            TrusteeSecret::decrypt_from_bytes(&file, "horse").err(),
            Some(DecryptError::WrongPassphrase)
        );
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        let participant = Participant::begin(&cast.parameters, me, &[], rng).unwrap();
        let state = participant.encrypt_to_bytes(me).unwrap();
        let again = Participant::decrypt_from_bytes(&state, me).unwrap();
        assert_eq!(*again.expose_state(), *participant.expose_state());
        assert_eq!(Participant::decrypt_from_bytes(&state, other).err(), Some(DecryptError::WrongPassphrase));
        // One is not the other.
        let seed = me.encrypt_to_bytes(&me.state_passphrase(), WorkFactor::LEAST).unwrap();
        let expected = "state of a trustee";
        assert_eq!(
            Participant::decrypt_from_bytes(&seed, me).err(),
            Some(DecryptError::OtherContent { expected })
        );
    }
}
