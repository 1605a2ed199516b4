//! From a circuit with its witness to a proof: synthesis, satisfaction, quotient, commitments, verification.

mod error;
mod stage;
#[cfg(test)]
mod tests;

pub use error::ProveError;
pub(crate) use error::unnamed;
pub use stage::Stage;

use crate::{
    assemble,
    blinding::Blinding,
    cancel::{CancelToken, Cancelled},
    exec,
    key::ProvingKey,
    matrices::Products,
    prepared::{Change, Preparation},
    synthesis,
    tables::Tables,
};
use ark_relations::gr1cs::ConstraintSynthesizer;
use core::{fmt, ops::ControlFlow};
use tabella_primitives::{Fr, rng::TryCryptoRng};
use tabella_verifier::Proof;
use tracing::{Span, info_span};
use zeroize::Zeroizing;

/// A proof with the public inputs it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// The proof.
    pub proof: Proof,
    /// Public inputs in circuit order, without the constant 1.
    pub public_inputs: Vec<Fr>,
}

/// Proves that the circuit's witness satisfies it, with fresh blinding from `rng`.
///
/// Every constraint is checked, in every build, and the proof is verified before it is handed out.
///
/// # Errors
/// [`ProveError`]: the first constraint that does not hold is named.
///
/// # Security
/// `rng` must be unpredictable: who knows the blinding can test guesses of the witness. Values of the witness are erased
/// when this returns, in any way, except for short-lived copies on the stack.
pub fn prove<C: ConstraintSynthesizer<Fr> + Clone>(
    key: &ProvingKey,
    circuit: &C,
    rng: &mut impl TryCryptoRng,
) -> Result<Proved, ProveError> {
    Prover::new(key).prove(circuit, rng)
}

/// [`prove()`] with options: progress, cancellation, preparation, an assignment from elsewhere.
pub struct Prover<'a> {
    key: &'a ProvingKey,
    preparation: Option<&'a Preparation>,
    observer: Option<Observer<'a>>,
    cancel: CancelToken,
    verify: bool,
    tables: Option<&'a Tables>,
    /// Whether blinding is added in the first form, in which arkworks has it.
    first_form: bool,
}

/// What is called at the beginning of each stage.
type Observer<'a> = Box<dyn FnMut(Stage) -> ControlFlow<()> + 'a>;

impl fmt::Debug for Prover<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prover(..)")
    }
}

impl<'a> Prover<'a> {
    /// A prover for the key's circuit.
    #[must_use]
    pub fn new(key: &'a ProvingKey) -> Self {
        Self {
            key,
            preparation: None,
            observer: None,
            cancel: CancelToken::new(),
            verify: true,
            tables: None,
            first_form: false,
        }
    }

    /// The key it proves with.
    #[must_use]
    pub const fn key(&self) -> &'a ProvingKey {
        self.key
    }

    /// Uses what [`Self::prepare`] computed with the same key; proofs are the same, and faster if they have much in common with it.
    #[must_use]
    pub fn with_preparation(mut self, preparation: &'a Preparation) -> Self {
        self.preparation = Some(preparation);
        self
    }

    /// Calls `observer` at the beginning of each stage; [`ControlFlow::Break`] cancels.
    #[must_use]
    pub fn on_stage(mut self, observer: impl FnMut(Stage) -> ControlFlow<()> + 'a) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Multiplies with the key's tables instead of its points alone.
    ///
    /// # Errors
    /// [`ProveError::WrongTables`] if they are of a key of another shape. Tables of another key of the same shape are met when
    /// the proof is verified.
    pub fn with_tables(mut self, tables: &'a Tables) -> Result<Self, ProveError> {
        if !tables.fit(self.key.queries()) {
            return Err(ProveError::WrongTables);
        }
        self.tables = Some(tables);
        Ok(self)
    }

    /// Adds the blinding as arkworks does, which gives the same proof for the same r and s.
    #[cfg(test)]
    pub(crate) fn in_first_form(mut self) -> Self {
        self.first_form = true;
        self
    }

    /// Stops soon after `token` is used, also in the middle of a stage, and erases what there was.
    ///
    /// While a circuit of the caller's runs, in [`Stage::Synthesis`], the prover cannot stop it: a circuit that runs for
    /// long can look at the token itself and answer an error.
    #[must_use]
    pub fn cancelled_by(mut self, token: &CancelToken) -> Self {
        self.cancel = token.clone();
        self
    }

    /// Hands the proof out without verifying it, which saves a few milliseconds.
    ///
    /// # Security
    /// With a damaged key the proof can be invalid and can betray the witness. With a key that holds no matrix C
    /// ([`Matrices::knows_c`](crate::matrices::Matrices::knows_c)) nothing else tells whether the witness satisfies the circuit.
    /// For measurements.
    #[must_use]
    pub fn insecurely_without_self_verification(mut self) -> Self {
        self.verify = false;
        self
    }

    /// What the first proof with a key makes, and all others find made: its points in the kernel's form, and the verifying key prepared. Who
    /// has something else to do before proving, such as the witness, can do both at the same time. `None` if all is there.
    ///
    /// It answers whether all is there then: what was stopped is made when it is wanted.
    pub fn first_use(&self) -> Option<impl FnOnce() -> bool + Send + use<'a>> {
        let (key, given, self_verifies, cancel) = (self.key, self.tables, self.verify, self.cancel.clone());
        let is_there = (given.is_some() || key.has_points()) && (!self_verifies || key.is_prepared());
        (!is_there).then_some(move || ready(given, key, self_verifies, &cancel).is_ok())
    }

    /// Proves; see [`prove()`].
    ///
    /// # Errors
    /// [`ProveError`].
    pub fn prove<C: ConstraintSynthesizer<Fr> + Clone>(
        &mut self,
        circuit: &C,
        rng: &mut impl TryCryptoRng,
    ) -> Result<Proved, ProveError> {
        // Drawn after the cheap checks would be enough, but so a fixed generator always gives the same blinding.
        let blinding = Blinding::generate(rng).map_err(|_| ProveError::RngUnavailable)?;
        self.prove_with_blinding(circuit, &blinding)
    }

    /// Proves for values of all variables, `(1, public inputs, witness)`, that something else computed, such as the witness
    /// program of a circom circuit. They are checked and erased like those of [`prove()`].
    ///
    /// # Errors
    /// [`ProveError`]; a constraint that does not hold is named by its number.
    pub fn prove_assignment(
        &mut self,
        assignment: Zeroizing<Vec<Fr>>,
        rng: &mut impl TryCryptoRng,
    ) -> Result<Proved, ProveError> {
        let blinding = Blinding::generate(rng).map_err(|_| ProveError::RngUnavailable)?;
        let _span = self.span().entered();
        self.key.check_assignment(&assignment)?;
        self.complete(&assignment, &blinding, &ProveError::unsatisfied)
    }

    /// Multiplies what proofs to come will have in common with this statement, which must hold: the same circuit with another scope
    /// or message, say. See [`crate::prepared`].
    ///
    /// [`Stage::Synthesis`], [`Stage::Satisfaction`] and [`Stage::Commitments`] are run.
    ///
    /// # Errors
    /// [`ProveError`].
    pub fn prepare<C: ConstraintSynthesizer<Fr> + Clone>(
        &mut self,
        circuit: &C,
    ) -> Result<Preparation, ProveError> {
        let _span = info_span!(target: "tabella_prover", "prepare").entered();
        let assignment = self.assign(circuit)?;
        let expected = self.key.matrices().constraints();
        self.prepare_checked(assignment, &|constraint| named(circuit, constraint, expected))
    }

    /// [`Self::prepare`] for values of all variables, as in [`Self::prove_assignment`].
    ///
    /// # Errors
    /// [`ProveError`].
    pub fn prepare_assignment(&mut self, assignment: Zeroizing<Vec<Fr>>) -> Result<Preparation, ProveError> {
        let _span = info_span!(target: "tabella_prover", "prepare").entered();
        self.key.check_assignment(&assignment)?;
        self.prepare_checked(assignment, &ProveError::unsatisfied)
    }

    fn prepare_checked(
        &mut self,
        assignment: Zeroizing<Vec<Fr>>,
        broken: &dyn Fn(usize) -> ProveError,
    ) -> Result<Preparation, ProveError> {
        let key = self.key;
        let products = self.satisfied(&assignment, None, broken)?;
        let given = self.tables;
        let sums = self.stage(Stage::Commitments, |cancel| {
            assemble::sums(tables(given, key, cancel)?, &assignment, &[], cancel)
        })?;
        let (verifying_key, circuit_digest) = (key.verifying_key().clone(), *key.circuit_digest());
        Ok(Preparation { verifying_key, circuit_digest, assignment, products, sums })
    }

    fn prove_with_blinding<C: ConstraintSynthesizer<Fr> + Clone>(
        &mut self,
        circuit: &C,
        blinding: &Blinding,
    ) -> Result<Proved, ProveError> {
        let _span = self.span().entered();
        let assignment = self.assign(circuit)?;
        let expected = self.key.matrices().constraints();
        self.complete(&assignment, blinding, &|constraint| named(circuit, constraint, expected))
    }

    fn span(&self) -> Span {
        let matrices = self.key.matrices();
        let (constraints, variables) = (matrices.constraints(), matrices.variables());
        info_span!(target: "tabella_prover", "prove", constraints, variables, domain = self.key.domain_size())
    }

    /// [`Stage::Synthesis`]: the values of all variables.
    fn assign<C: ConstraintSynthesizer<Fr> + Clone>(
        &mut self,
        circuit: &C,
    ) -> Result<Zeroizing<Vec<Fr>>, ProveError> {
        let key = self.key;
        let expected = key.matrices().witness_variables();
        let assignment =
            self.stage(Stage::Synthesis, |_| Ok(synthesis::assignment(circuit.clone(), expected)))?;
        let assignment = assignment.map_err(ProveError::Synthesis)?;
        same_shape(key, &assignment)?;
        Ok(assignment.all)
    }

    /// All stages after the synthesis. `broken` describes a constraint that does not hold.
    fn complete(
        &mut self,
        assignment: &[Fr],
        blinding: &Blinding,
        broken: &dyn Fn(usize) -> ProveError,
    ) -> Result<Proved, ProveError> {
        let key = self.key;
        let matrices = key.matrices();
        let (instance, _) = assignment.split_at(matrices.instance_variables);

        let change = match self.preparation {
            Some(preparation) => Some(preparation.change_to(assignment, key)?),
            None => None,
        };

        let products = self.satisfied(assignment, change.as_ref(), broken)?;
        let (given, first_form, self_verifies) = (self.tables, self.first_form, self.verify);
        let (tables, h) = self.stage(Stage::Quotient, |cancel| {
            let tables = ready(given, key, self_verifies, cancel)?;
            Ok((tables, key.quotient(products, instance, tables, cancel)?))
        })?;
        let points = self.stage(Stage::Commitments, |cancel| {
            let (values, before) = match &change {
                None => (assignment, None),
                Some(change) => (change.differences.as_slice(), Some(&change.from.sums)),
            };
            let queries = key.queries();
            if !first_form {
                let scalars = [values, &h];
                let points = assemble::rerandomised(queries, tables, scalars, before, blinding, cancel)?;
                if points.is_some() {
                    return Ok(points);
                }
            }
            let sums = assemble::sums(tables, values, &h, cancel)?;
            let sums = match before {
                None => sums,
                Some(before) => before + &sums,
            };
            assemble::blinded(queries, tables, assignment, &sums, blinding, cancel)
        })?;
        let (a, b, c) = points.ok_or(ProveError::NeedsWholeKey)?;
        let proof = Proof::from_parts(a, b, c).map_err(|_| ProveError::SelfVerification)?;
        let public_inputs = instance.iter().skip(1).copied().collect();
        let proved = Proved { proof, public_inputs };
        if self.verify {
            self.stage(Stage::Verification, |_| {
                Ok(key.prepared().verify_inputs(&proved.public_inputs, &proved.proof))
            })?
            .map_err(|_| ProveError::unverified(matrices.knows_c()))?;
        }
        Ok(proved)
    }

    /// [`Stage::Satisfaction`]: the products of the matrices with an assignment that satisfies every constraint.
    fn satisfied(
        &mut self,
        assignment: &[Fr],
        change: Option<&Change<'_>>,
        broken: &dyn Fn(usize) -> ProveError,
    ) -> Result<Products, ProveError> {
        let key = self.key;
        let (products, first) = self.stage(Stage::Satisfaction, |cancel| match change {
            None => key.matrices().products(assignment, key.domain_size(), cancel),
            Some(Change { from, changed, .. }) => {
                key.matrices().products_after(&from.products, changed, assignment, cancel)
            }
        })?;
        first.map_or(Ok(products), |constraint| Err(broken(constraint)))
    }

    /// Runs a stage in its span, unless somebody asked to stop before or during it.
    fn stage<T>(
        &mut self,
        stage: Stage,
        work: impl FnOnce(&CancelToken) -> Result<T, Cancelled>,
    ) -> Result<T, ProveError> {
        let cancelled = ProveError::Cancelled { stage };
        if let Some(ControlFlow::Break(())) = self.observer.as_mut().map(|observer| observer(stage)) {
            return Err(cancelled);
        }
        let _span = stage.span().entered();
        let done = self.cancel.check().and_then(|()| work(&self.cancel));
        done.and_then(|done| self.cancel.check().map(|()| done)).map_err(|Cancelled| cancelled)
    }
}

/// What to multiply with: tables that were given, else those of the key, which are made if nobody has used them yet.
fn tables<'a>(
    given: Option<&'a Tables>,
    key: &'a ProvingKey,
    cancel: &CancelToken,
) -> Result<&'a Tables, Cancelled> {
    given.map_or_else(|| key.points_unless(cancel), Ok)
}

/// [`tables`], and beside them the verifying key prepared if it will be wanted. Both are there already unless this is the key's first proof.
fn ready<'a>(
    given: Option<&'a Tables>,
    key: &'a ProvingKey,
    self_verifies: bool,
    cancel: &CancelToken,
) -> Result<&'a Tables, Cancelled> {
    let prepare = || self_verifies.then(|| key.prepared());
    exec::join(|| tables(given, key, cancel), prepare).0
}

/// The error for a constraint that does not hold, with its name in the circuit.
fn named<C: ConstraintSynthesizer<Fr> + Clone>(
    circuit: &C,
    constraint: usize,
    expected: usize,
) -> ProveError {
    let synthesis::Origin { name, constraints: actual } = synthesis::origin(circuit.clone(), constraint);
    if expected == actual {
        ProveError::Unsatisfied { constraint, name }
    } else {
        ProveError::WrongCircuit { count: "constraints", expected, actual }
    }
}

/// The circuit that ran has as many variables as the key's circuit.
///
/// Its constraints were not built. They need not be compared for soundness: what is proved are the key's own matrices, and
/// the assignment is checked against them next.
fn same_shape(key: &ProvingKey, assignment: &synthesis::Assignment) -> Result<(), ProveError> {
    if assignment.predicates != 1 {
        return Err(ProveError::UnsupportedPredicates { registered: assignment.predicates });
    }
    let matrices = key.matrices();
    let instance = assignment.instance_variables;
    for (count, expected, actual) in [
        ("public inputs", matrices.public_inputs(), instance.saturating_sub(1)),
        ("witness variables", matrices.witness_variables(), assignment.all.len() - instance),
    ] {
        if expected != actual {
            return Err(ProveError::WrongCircuit { count, expected, actual });
        }
    }
    Ok(())
}
