//! The membership relation as a circuit.

use crate::{
    constrain,
    gadgets::{fixed_base, num::Num, path, poseidon, scalar::CanonicalScalar},
    part,
};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use core::fmt;
use tabella_primitives::{Fr, edwards::Scalar, instance::PublicInputs, secret::Secret};
use tabella_protocol::statement::{CircuitId, MembershipInstance, MembershipWitness, Relation};

/// The membership relation (`docs/relations/membership.md`), twin of `tabella_protocol::statement::membership_holds`:
///
/// ```text
/// public    root, nullifier, message, scope
/// witness   s, path
/// 1 <= s < l;  A = s B8;  c = H_2(A.x, A.y);  path leads from c to root;  nullifier = H_2(scope, s);  message is bound
/// ```
///
/// `1150 + 242 d` constraints for registries of depth at most d.
#[derive(Clone)]
pub struct MembershipCircuit {
    id: CircuitId,
    max_depth: usize,
    statement: Option<Statement>,
}

#[derive(Clone)]
struct Statement {
    instance: MembershipInstance,
    witness: MembershipWitness,
}

/// Why there is no circuit for a witness, known before anything is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MembershipCircuitError {
    /// The circuit is not of the membership relation.
    OtherRelation {
        /// The circuit asked for.
        circuit: CircuitId,
    },
    /// The membership path is deeper than the circuit allows.
    PathTooDeep {
        /// Depth of the path.
        depth: usize,
        /// Greatest depth of the circuit.
        max_depth: usize,
    },
    /// The identity secret is 0, which belongs to no citizen.
    ZeroSecret,
}

impl fmt::Display for MembershipCircuitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherRelation { circuit } => write!(f, "{circuit} is not a membership circuit"),
            Self::PathTooDeep { depth, max_depth } => {
                write!(f, "the membership path has depth {depth}, the circuit takes at most {max_depth}")
            }
            Self::ZeroSecret => f.write_str("the identity secret is 0, which belongs to no citizen"),
        }
    }
}

impl core::error::Error for MembershipCircuitError {}

impl MembershipCircuit {
    /// The circuit for one statement. Whether the statement holds is found out by proving.
    ///
    /// # Errors
    /// [`MembershipCircuitError`].
    pub fn new(
        id: CircuitId,
        instance: MembershipInstance,
        witness: MembershipWitness,
    ) -> Result<Self, MembershipCircuitError> {
        let layout = Self::shape_only(id)?;
        let (depth, max_depth) = (witness.path.depth(), layout.max_depth);
        if depth > max_depth {
            return Err(MembershipCircuitError::PathTooDeep { depth, max_depth });
        }
        if *witness.secret.expose_secret() == Scalar::default() {
            return Err(MembershipCircuitError::ZeroSecret);
        }
        Ok(Self { statement: Some(Statement { instance, witness }), ..layout })
    }

    /// The circuit without values, to lay out its constraints.
    ///
    /// # Errors
    /// [`MembershipCircuitError::OtherRelation`].
    pub const fn shape_only(id: CircuitId) -> Result<Self, MembershipCircuitError> {
        match id.relation() {
            Relation::Membership { max_depth } => Ok(Self { id, max_depth, statement: None }),
            _ => Err(MembershipCircuitError::OtherRelation { circuit: id }),
        }
    }

    /// Which circuit this is.
    #[must_use]
    pub const fn id(&self) -> CircuitId {
        self.id
    }
}

impl fmt::Debug for MembershipCircuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MembershipCircuit({}, ..)", self.id)
    }
}

impl ConstraintSynthesizer<Fr> for MembershipCircuit {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let _membership = part!("membership");
        let (instance, witness) = match &self.statement {
            Some(Statement { instance, witness }) => (Some(instance.public_inputs()), Some(witness)),
            None => (None, None),
        };
        // The order of `MembershipInstance::FIELDS`.
        let public_input = |place: usize| {
            Num::public_input(&cs, instance.as_ref().and_then(|values| values.get(place)).copied())
        };
        let [root, nullifier, message, scope] =
            [public_input(0)?, public_input(1)?, public_input(2)?, public_input(3)?];

        let secret = {
            let _part = part!("secret");
            let scalar = witness.map(|witness| Secret::new(*witness.secret.expose_secret()));
            CanonicalScalar::witness(&cs, scalar.as_ref())?
        };
        let public_key = {
            let _part = part!("public-key");
            fixed_base::mul_base(&cs, &secret)?
        };
        let commitment = {
            let _part = part!("commitment");
            poseidon::hash(&cs, &public_key.into())?
        };
        {
            let _part = part!("path");
            let path = witness.map(|witness| &witness.path);
            path::enforce_membership(&cs, &commitment, self.max_depth, path, &root)?;
        }
        {
            let _part = part!("nullifier");
            poseidon::enforce_hash(&cs, &[scope, secret.num().clone()], &nullifier)?;
        }
        // The message is in no other constraint; this one makes its column in the matrices differ from 0, so that a proof
        // cannot be moved to another message.
        let _part = part!("message");
        let square = Num::witness(&cs, message.value().map(|message| message * message))?;
        constrain!(cs, "square", message.lc(), message.lc(), square.lc())
    }
}
