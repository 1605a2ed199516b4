//! Runs a circuit: without witness for its matrices, with witness for its assignment, and once more, traced, for the name of
//! a constraint that does not hold.

use crate::{matrices::Matrices, prove::unnamed, quotient::domain_size, shape::ShapeError};
use ark_relations::gr1cs::{
    ConstraintLayer, ConstraintSynthesizer, ConstraintSystem, ConstraintSystemRef, OptimizationGoal,
    R1CS_PREDICATE_LABEL, SynthesisError, SynthesisMode, TracingMode,
};
use tabella_primitives::Fr;
use tracing_subscriber::layer::SubscriberExt;
use zeroize::{Zeroize, Zeroizing};

/// Values of all variables, `(1, public inputs, witness)`. Erased when dropped.
pub(crate) struct Assignment {
    /// Number of the constant 1 and the public inputs.
    pub(crate) instance_variables: usize,
    /// All values, the constant 1 and the public inputs first.
    pub(crate) all: Zeroizing<Vec<Fr>>,
    /// Number of predicates which the circuit registered.
    pub(crate) predicates: usize,
}

/// Erases what a constraint system holds when it goes out of scope, also on the way out of an error or a panic.
struct Erased(ConstraintSystemRef<Fr>);

impl Drop for Erased {
    fn drop(&mut self) {
        if let ConstraintSystemRef::CS(cs) = &self.0
            && let Ok(mut cs) = cs.try_borrow_mut()
        {
            cs.assignments.instance_assignment.zeroize();
            cs.assignments.witness_assignment.zeroize();
            cs.assignments.lc_assignment.zeroize();
        }
    }
}

fn system(mode: SynthesisMode) -> ConstraintSystemRef<Fr> {
    let cs = ConstraintSystem::new_ref();
    cs.set_optimization_goal(OptimizationGoal::Constraints);
    cs.set_mode(mode);
    cs
}

/// Values only: the matrices are in the key, and arkworks' gadgets carry the values of linear combinations themselves.
const VALUES_ONLY: SynthesisMode =
    SynthesisMode::Prove { construct_matrices: false, generate_lc_assignments: false };

/// The matrices of the circuit, laid out without witness.
pub(crate) fn matrices<C: ConstraintSynthesizer<Fr>>(circuit: C) -> Result<Matrices, ShapeError> {
    let cs = system(SynthesisMode::Setup);
    circuit.generate_constraints(cs.clone()).map_err(ShapeError::Synthesis)?;
    cs.finalize();
    if cs.num_predicates() != 1 {
        return Err(ShapeError::UnsupportedPredicates { registered: cs.num_predicates() });
    }
    let constraints = cs.num_constraints();
    let too_large = ShapeError::TooLarge { constraints };
    domain_size(constraints, cs.num_instance_variables()).ok_or(too_large)?;
    let all = cs.to_matrices().map_err(ShapeError::Synthesis)?;
    let rows = all.get(R1CS_PREDICATE_LABEL).map(Vec::as_slice);
    let Some([a, b, c]) = rows else {
        return Err(ShapeError::UnsupportedPredicates { registered: all.len() });
    };
    Matrices::from_rows(cs.num_instance_variables(), cs.num_witness_variables(), [a, b, c]).ok_or(too_large)
}

/// The values of all variables for a circuit with its witness.
///
/// `witness_variables` is how many are expected: room for them is made before, so that no vector grows and leaves a copy of
/// secret values behind.
pub(crate) fn assignment<C: ConstraintSynthesizer<Fr>>(
    circuit: C,
    witness_variables: usize,
) -> Result<Assignment, SynthesisError> {
    let cs = system(VALUES_ONLY);
    let erased = Erased(cs.clone());
    if let Some(mut cs) = cs.borrow_mut() {
        cs.assignments.witness_assignment.reserve_exact(witness_variables);
    }
    circuit.generate_constraints(cs)?;
    let cs = erased.0.borrow().ok_or(SynthesisError::MissingCS)?;
    let instance = &cs.assignments.instance_assignment;
    let witness = &cs.assignments.witness_assignment;
    let mut all = Zeroizing::new(Vec::with_capacity(instance.len() + witness.len()));
    all.extend_from_slice(instance);
    all.extend_from_slice(witness);
    Ok(Assignment { instance_variables: instance.len(), all, predicates: cs.num_predicates() })
}

/// Where in the circuit a constraint was made, and how many constraints the circuit has.
pub(crate) struct Origin {
    /// The path of its namespaces, such as `membership/path/select`.
    ///
    /// Spans of arkworks' own gadgets are left out, unless there is nothing else. Without any span: `constraint #7`.
    pub(crate) name: String,
    pub(crate) constraints: usize,
}

/// Runs the circuit once more, slowly, to find where a constraint comes from.
pub(crate) fn origin<C: ConstraintSynthesizer<Fr>>(circuit: C, constraint: usize) -> Origin {
    let layer = ConstraintLayer::new(TracingMode::OnlyConstraints);
    let subscriber = tracing_subscriber::Registry::default().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        // Without matrices arkworks would not note where constraints come from.
        let cs = system(SynthesisMode::Prove { construct_matrices: true, generate_lc_assignments: false });
        let erased = Erased(cs.clone());
        // A failure here was already met, and reported, by the first synthesis.
        let _ = circuit.generate_constraints(cs);
        let mut origin = Origin { name: unnamed(constraint), constraints: 0 };
        if let Some(cs) = erased.0.borrow() {
            origin.constraints = cs.num_constraints();
            let traces = cs.predicate_traces.get(R1CS_PREDICATE_LABEL);
            if let Some(Some(trace)) = traces.and_then(|traces| traces.get(constraint)) {
                let steps = trace.path();
                let own: Vec<&str> = steps
                    .iter()
                    .filter(|step| !step.module_path.starts_with("ark_r1cs_std"))
                    .map(|step| step.name)
                    .collect();
                let names = if own.is_empty() { steps.iter().map(|step| step.name).collect() } else { own };
                if !names.is_empty() {
                    origin.name = names.join("/");
                }
            }
        }
        origin
    })
}
