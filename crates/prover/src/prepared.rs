//! Proofs prepared before everything is known: what two proofs of one citizen have in common is multiplied once.
//!
//! A wallet that opens an election knows identity and path; the choice comes later. All sums of [`crate::assemble`] but that of the
//! quotient are linear in the assignment, so with `z` the assignment that was prepared and `z'` the one to be proved
//!
//! ```text
//! sum z'_i A_i = sum z_i A_i + sum (z'_i - z_i) A_i
//! ```
//!
//! and the second sum has few terms: in Tabella's membership relation 240 of 6,013 variables depend on scope and message, and 2
//! on the message alone. Rows of the matrices in which none of them stands are not computed again either. The quotient is not
//! linear and is computed and multiplied anew.
//!
//! **Nothing is declared, so nothing can be declared wrongly.** Which variables changed is found by comparing. A preparation
//! that has little in common with the proof, of another citizen say, gives a valid proof; it is only slower.
//!
//! **Same proofs.** The sums are the same points, computed in another order, so for equal blinding a prepared proof has the bytes
//! of an unprepared one. Blinding is drawn for each proof and never prepared. Hence proofs made from one preparation are
//! distributed as if they had been made apart, and do not tell that they share it.
//!
//! **As secret as the witness.** The sums are not blinded: who has them can test guesses of the witness. They are erased when the
//! preparation is dropped, with the assignment and its products. How long a prepared proof takes depends on the number of
//! variables that changed.

use crate::{assemble::Sums, key::ProvingKey, matrices::Products, prove::ProveError};
use core::fmt;
use tabella_primitives::{Fr, digest::Digest};
use tabella_verifier::VerifyingKey;
use zeroize::Zeroizing;

/// What [`Prover::prepare`](crate::Prover::prepare) computed; used by
/// [`Prover::with_preparation`](crate::Prover::with_preparation) for any number of proofs.
///
/// Secret, erased when dropped; see the [module](self). With n variables and a domain of d elements about `32 n + 96 d` bytes.
pub struct Preparation {
    pub(crate) verifying_key: VerifyingKey,
    /// That of the key's matrices, and of whether C is among them.
    pub(crate) circuit_digest: Digest,
    pub(crate) assignment: Zeroizing<Vec<Fr>>,
    pub(crate) products: Products,
    pub(crate) sums: Sums,
}

impl fmt::Debug for Preparation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Preparation(..)")
    }
}

/// How an assignment differs from the one that was prepared. Erased when dropped.
pub(crate) struct Change<'a> {
    pub(crate) from: &'a Preparation,
    /// By variable; 0 where nothing changed.
    pub(crate) differences: Zeroizing<Vec<Fr>>,
    /// By variable.
    pub(crate) changed: Zeroizing<Vec<bool>>,
}

impl Preparation {
    /// The change to an assignment of the same length for a key that must be the one of the preparation.
    pub(crate) fn change_to(&self, assignment: &[Fr], key: &ProvingKey) -> Result<Change<'_>, ProveError> {
        // The verifying key alone does not tell with which matrices rows were found to hold.
        let same = self.verifying_key == *key.verifying_key() && self.circuit_digest == *key.circuit_digest();
        if !same || self.assignment.len() != assignment.len() {
            return Err(ProveError::PreparedForAnotherKey);
        }
        let mut differences = Zeroizing::new(Vec::with_capacity(assignment.len()));
        differences.extend(assignment.iter().zip(self.assignment.iter()).map(|(new, old)| *new - old));
        let changed = differences.iter().map(|difference| *difference != Fr::default());
        let changed = Zeroizing::new(changed.collect());
        Ok(Change { from: self, differences, changed })
    }
}
