//! A proving key: the points for the multi-scalar multiplications, the constraint matrices, and the verifying key.

mod compact;
mod encoding;
mod error;
mod parts;
mod sections;
#[cfg(test)]
mod tests;

pub use error::{KeyError, KeyPart};
pub use parts::{KeyParts, QuotientBasis};

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    matrices::{Matrices, Products},
    once::Once,
    prove::ProveError,
    quotient,
    shape::Shape,
    tables::{TableSize, Tables},
};
use ark_bn254::{G1Affine, G2Affine};
use ark_ff::One;
use core::fmt;
use std::sync::{Arc, OnceLock};
use tabella_lanes::Kernel;
use tabella_primitives::{Fr, digest::Digest};
use tabella_verifier::{PreparedVerifyingKey, VerifyingKey};
use zeroize::Zeroizing;

/// Everything public that is needed to prove statements of one circuit. Holds no secret.
///
/// Belongs to the circuit whose matrices it holds ([`ProvingKey::circuit_digest`]).
///
/// What is computed on first use is computed once, [apart](exec::apart) from the pools of those who want it.
#[derive(Clone)]
pub struct ProvingKey {
    verifying_key: VerifyingKey,
    prepared: OnceLock<PreparedVerifyingKey>,
    points: Once<Arc<Tables>>,
    queries: Queries,
    matrices: Matrices,
    /// Computed on first use, unless it came with the matrices.
    circuit_digest: OnceLock<Digest>,
}

/// The points of a key, in the notation of [`crate::assemble`]. With n variables, w of them witness, and a domain of d
/// elements: n in `a`, `b_g1`, `b_g2`; w in `l`; in `h` as many as [`h_points`] says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Queries {
    pub(crate) alpha_g1: G1Affine,
    pub(crate) beta_g1: G1Affine,
    pub(crate) delta_g1: G1Affine,
    pub(crate) beta_g2: G2Affine,
    pub(crate) delta_g2: G2Affine,
    pub(crate) a: Vec<G1Affine>,
    /// `None` in a key from compact bytes: only a proof in the first form wants it.
    pub(crate) b_g1: Option<Vec<G1Affine>>,
    pub(crate) b_g2: Vec<G2Affine>,
    pub(crate) h: Vec<G1Affine>,
    pub(crate) h_basis: QuotientBasis,
    pub(crate) l: Vec<G1Affine>,
}

/// Number of points in query h for a domain of `domain` elements.
const fn h_points(domain: usize, basis: QuotientBasis) -> usize {
    match basis {
        QuotientBasis::Coefficients => domain - 1,
        QuotientBasis::OddCoset => domain,
    }
}

impl ProvingKey {
    /// The parts must belong together; `circuit_digest`, if it is known, is that of `matrices`.
    pub(crate) fn from_checked_parts(
        verifying_key: VerifyingKey,
        queries: Queries,
        matrices: Matrices,
        circuit_digest: Option<Digest>,
    ) -> Self {
        Self {
            verifying_key,
            prepared: OnceLock::new(),
            points: Once::default(),
            queries,
            matrices,
            circuit_digest: circuit_digest.map_or_else(OnceLock::new, OnceLock::from),
        }
    }

    /// The key that verifies the proofs.
    #[must_use]
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// The verifying key, prepared on first use.
    #[must_use]
    pub fn prepared(&self) -> &PreparedVerifyingKey {
        self.prepared.get_or_init(|| exec::apart(|| self.verifying_key.clone().prepare()))
    }

    /// Whether [`Self::prepared`] is there.
    pub(crate) fn is_prepared(&self) -> bool {
        self.prepared.get().is_some()
    }

    /// The same key, whose every proof is multiplied with these tables unless [`Prover::with_tables`](crate::Prover::with_tables)
    /// says otherwise.
    ///
    /// # Errors
    /// [`ProveError::WrongTables`] if they are of a key of another shape.
    pub fn with_tables(mut self, tables: Tables) -> Result<Self, ProveError> {
        if !tables.fit(&self.queries) {
            return Err(ProveError::WrongTables);
        }
        self.points = Once::from(Arc::new(tables));
        Ok(self)
    }

    /// Whether values of all variables that something else computed can be of this key's circuit: their number, and the constant 1 in
    /// front. Costs nothing; whether they satisfy the circuit is seen when it is proved.
    ///
    /// # Errors
    /// [`ProveError::AssignmentLength`], [`ProveError::ConstantNotOne`].
    pub fn check_assignment(&self, assignment: &[Fr]) -> Result<(), ProveError> {
        let (expected, actual) = (self.matrices.variables(), assignment.len());
        if expected != actual {
            return Err(ProveError::AssignmentLength { expected, actual });
        }
        if assignment.first().is_none_or(|one| !one.is_one()) {
            return Err(ProveError::ConstantNotOne);
        }
        Ok(())
    }

    /// What the points are multiplied with: tables that were given, else the points in the form of the fastest kernel, made on
    /// first use.
    #[must_use]
    pub fn points(&self) -> &Tables {
        self.points_unless(&CancelToken::new()).expect("nobody holds this token")
    }

    /// [`Self::points`], unless `cancel` is used while they are made.
    pub(crate) fn points_unless(&self, cancel: &CancelToken) -> Result<&Tables, Cancelled> {
        let points = || Tables::new_unless(self, Kernel::fastest(), TableSize::None, &|_, _| (), cancel);
        self.points.get(cancel, || exec::apart(points).map(Arc::new)).map(|points| &**points)
    }

    /// Whether [`Self::points`] are there.
    pub(crate) fn has_points(&self) -> bool {
        self.points.is_made()
    }

    /// Names the circuit: see [`Matrices::digest`].
    #[must_use]
    pub fn circuit_digest(&self) -> &Digest {
        self.circuit_digest.get_or_init(|| self.matrices.digest())
    }

    /// The shape of the circuit.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape { digest: *self.circuit_digest(), ..Shape::counts_of(&self.matrices) }
    }

    /// The constraint matrices of the circuit.
    #[must_use]
    pub const fn matrices(&self) -> &Matrices {
        &self.matrices
    }

    pub(crate) const fn queries(&self) -> &Queries {
        &self.queries
    }

    /// What the quotient is expressed in.
    #[must_use]
    pub const fn quotient_basis(&self) -> QuotientBasis {
        self.queries.h_basis
    }

    /// The scalars for query h, as many as it has points or one more, which is zero.
    ///
    /// `products` are padded to the domain's size; `instance` is `(1, public inputs)`.
    pub(crate) fn quotient(
        &self,
        products: Products,
        instance: &[Fr],
        tables: &Tables,
        cancel: &CancelToken,
    ) -> Result<Zeroizing<Vec<Fr>>, Cancelled> {
        let (constraints, basis) = (self.matrices.constraints(), self.queries.h_basis);
        quotient::quotient(basis, products, constraints, instance, tables.domain(), cancel)
    }

    /// Size of the evaluation domain.
    pub(crate) fn domain_size(&self) -> usize {
        quotient::domain_size(self.matrices.constraints(), self.matrices.instance_variables)
            .expect("checked when the key was made or read")
    }
}

impl PartialEq for ProvingKey {
    fn eq(&self, other: &Self) -> bool {
        self.verifying_key == other.verifying_key
            && self.queries == other.queries
            && self.matrices == other.matrices
    }
}

impl Eq for ProvingKey {}

impl fmt::Debug for ProvingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvingKey({} constraints, {:?})", self.matrices.constraints(), self.verifying_key)
    }
}
