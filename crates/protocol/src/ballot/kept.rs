//! A sealed ballot at rest, while its voter decides whether to cast or to challenge it.

mod for_citizen;
#[cfg(feature = "secret-files")]
mod passphrase;

pub use for_citizen::NotKept;

use super::{BallotWitness, Opening};
use crate::{identity::IdentitySecret, registry::MembershipPath};
use alloc::{string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{Fr, encoding::Canonical};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Greatest length in bytes of a kept ballot's encrypted file.
pub const MAX_KEPT_FILE_BYTES: usize = 16 * 1024;

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

    /// One line of JSON, `{"opening":{..},"index":i,"siblings":[..]}`.
    fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let form = KeptForm {
            opening: self.opening.clone(),
            index: self.path.index(),
            siblings: self.path.siblings().iter().map(Canonical::to_decimal).collect(),
        };
        // Room from the start, so that no copy stays behind when the text grows.
        let mut json = Zeroizing::new(Vec::with_capacity(MAX_KEPT_FILE_BYTES));
        serde_json::to_writer(&mut *json, &form).expect("types with named fields always serialize");
        json
    }

    fn from_json(json: &[u8]) -> Option<Self> {
        let form: KeptForm = serde_json::from_slice(json).ok()?;
        let siblings = form.siblings.iter().map(|text| Fr::from_decimal(text).ok());
        let path = MembershipPath::from_parts(form.index, siblings.collect::<Option<_>>()?).ok()?;
        Some(Self { path, opening: form.opening.clone() })
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
