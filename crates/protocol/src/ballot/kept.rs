//! A sealed ballot at rest, while its voter decides whether to cast or to challenge it.

use super::{BallotWitness, Opening};
use crate::{
    encrypted::{DecryptError, EncryptError, Kind, WorkFactor},
    identity::IdentitySecret,
    registry::MembershipPath,
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{Fr, encoding::Canonical};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Greatest length in bytes of a kept ballot's [encrypted](crate::encrypted) file.
pub const MAX_KEPT_FILE_BYTES: usize = 16 * 1024;

/// The kind of file. What is inside: one line of JSON, `{"opening":{..},"index":i,"siblings":[..]}`.
const KIND: Kind =
    Kind { header: "tabella-kept-ballot-v1\n", what: "sealed ballot", max_len: MAX_KEPT_FILE_BYTES };

/// A ballot's numbers, weight, randomness and membership path, without the citizen's secret: with that it is the same ballot again.
///
/// Whoever keeps one sees to it that it is cast or challenged, never both. Secret: printed as `KeptBallot(..)`, erased when dropped.
#[derive(Clone)]
pub struct KeptBallot {
    path: MembershipPath,
    opening: Opening,
}

impl KeptBallot {
    /// What is kept of a ballot.
    #[must_use]
    pub fn of(witness: &BallotWitness) -> Self {
        Self { path: witness.path.clone(), opening: Opening::of(witness) }
    }

    /// The witness again, with the secret of the citizen who sealed the ballot.
    #[must_use]
    pub fn into_witness(self, secret: IdentitySecret) -> BallotWitness {
        self.opening.witness(secret, self.path)
    }

    /// Encrypts it under a passphrase: an armoured age file.
    ///
    /// # Errors
    /// [`EncryptError`].
    pub fn encrypt_to_bytes(&self, passphrase: &str, work: WorkFactor) -> Result<Vec<u8>, EncryptError> {
        let form = KeptForm {
            opening: self.opening.clone(),
            index: self.path.index(),
            siblings: self.path.siblings().iter().map(Canonical::to_decimal).collect(),
        };
        // Room from the start, so that no copy stays behind when the text grows.
        let mut json = Zeroizing::new(Vec::with_capacity(MAX_KEPT_FILE_BYTES));
        serde_json::to_writer(&mut *json, &form).expect("types with named fields always serialize");
        KIND.encrypt(core::str::from_utf8(&json).expect("JSON is text"), passphrase, work)
    }

    /// Opens what [`Self::encrypt_to_bytes`] wrote.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub fn decrypt_from_bytes(bytes: &[u8], passphrase: &str) -> Result<Self, DecryptError> {
        KIND.decrypt(bytes, passphrase, |json| {
            let form: KeptForm = serde_json::from_str(json).ok()?;
            let siblings = form.siblings.iter().map(|text| Fr::from_decimal(text).ok());
            let path = MembershipPath::from_parts(form.index, siblings.collect::<Option<_>>()?).ok()?;
            Some(Self { path, opening: form.opening.clone() })
        })
    }
}

impl fmt::Debug for KeptBallot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptBallot(..)")
    }
}

/// The JSON form. Erased when dropped: the path says who voted.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct KeptForm {
    // Erases itself.
    #[zeroize(skip)]
    opening: Opening,
    index: u64,
    siblings: Vec<String>,
}
