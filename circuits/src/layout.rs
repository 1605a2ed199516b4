//! Any circuit by its name, to lay out its constraints.

use crate::{BallotCircuit, MembershipCircuit, SumCircuit, TallyCircuit};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use tabella_primitives::Fr;
use tabella_protocol::statement::{CircuitId, Relation};

/// The circuit of an identifier without values: what keys are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitLayout(pub CircuitId);

impl ConstraintSynthesizer<Fr> for CircuitLayout {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        match self.0.relation() {
            Relation::Membership { .. } => MembershipCircuit::shape_only(self.0)
                .map_err(|_| SynthesisError::Unsatisfiable)?
                .generate_constraints(cs),
            Relation::Ballot(size) => BallotCircuit::shape_only(size).generate_constraints(cs),
            Relation::Sum(size, batch) => SumCircuit::shape_only(size, batch).generate_constraints(cs),
            Relation::Tally(size) => TallyCircuit::shape_only(size).generate_constraints(cs),
        }
    }
}
