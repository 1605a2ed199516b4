//! One point for each slot of a ballot.

use super::{num::Num, poseidon};
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::Fr;
use tabella_protocol::ballot::BallotSize;

/// `H_2N` of two coordinates for each of N slots: 297 constraints for two slots, 609 for eight.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none, [`SynthesisError::Unsatisfiable`] unless there are
/// so many coordinates.
pub fn hash_points(
    cs: &ConstraintSystemRef<Fr>,
    size: BallotSize,
    coordinates: &[Num],
) -> Result<Num, SynthesisError> {
    fn hash<const N: usize>(cs: &ConstraintSystemRef<Fr>, inputs: &[Num]) -> Result<Num, SynthesisError> {
        poseidon::hash::<N>(cs, inputs.as_array().ok_or(SynthesisError::Unsatisfiable)?)
    }
    match size {
        BallotSize::Two => hash::<4>(cs, coordinates),
        BallotSize::Eight => hash::<16>(cs, coordinates),
    }
}
