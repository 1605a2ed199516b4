//! The value of a polynomial at a point that a verifier draws.

use super::num::Num;
use crate::{constrain, naming::numbered};
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::Fr;

/// Enforces `fingerprint = sum_i gamma^i m_i`, i from 1, by Horner's rule: one constraint for each element, `<i>/sum`.
///
/// # Security
/// It binds the elements only if something else fixed them before gamma was drawn.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
pub fn enforce(
    cs: &ConstraintSystemRef<Fr>,
    elements: &[Num],
    gamma: &Num,
    fingerprint: &Num,
) -> Result<(), SynthesisError> {
    let mut sum = Num::constant(Fr::from(0u64));
    for (i, element) in elements.iter().enumerate().rev() {
        let _number = numbered(i).entered();
        let term = &sum + element;
        if i == 0 {
            return constrain!(cs, "sum", term.lc(), gamma.lc(), fingerprint.lc());
        }
        let next = Num::witness(cs, term.value().zip(gamma.value()).map(|(term, gamma)| term * gamma))?;
        constrain!(cs, "sum", term.lc(), gamma.lc(), next.lc())?;
        sum = next;
    }
    Ok(())
}
