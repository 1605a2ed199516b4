//! Statements with their witnesses.

pub(crate) use crate::common::random::{bytes, field, rng, scalar};

use ark_ff::PrimeField;
use rand_core::Rng;
use tabella_circuits::MembershipCircuit;
use tabella_primitives::{Fr, edwards::Scalar};
use tabella_protocol::{
    identity::IdentitySecret,
    registry::MembershipPath,
    statement::{CircuitId, MembershipInstance, MembershipWitness},
    value::SemaphoreValue,
};

#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) instance: MembershipInstance,
    pub(crate) witness: MembershipWitness,
}

impl Sample {
    pub(crate) fn circuit(&self, id: CircuitId) -> MembershipCircuit {
        MembershipCircuit::new(id, self.instance, self.witness.clone()).unwrap()
    }

    /// The statement that is true of a secret and a path.
    pub(crate) fn of(secret: Scalar, index: u64, siblings: Vec<Fr>, rng: &mut impl Rng) -> Self {
        let secret = IdentitySecret::from_scalar(secret);
        let path = MembershipPath::from_parts(index, siblings).unwrap();
        let scope = SemaphoreValue::from_be_bytes(bytes(rng));
        let instance = MembershipInstance {
            root: path.root(&secret.commitment()),
            nullifier: secret.nullifier(&scope),
            message: SemaphoreValue::from_be_bytes(bytes(rng)),
            scope,
        };
        Self { instance, witness: MembershipWitness { secret, path } }
    }

    pub(crate) fn random(depth: usize, rng: &mut impl Rng) -> Self {
        let siblings = (0..depth).map(|_| field(rng)).collect();
        let index = rng.next_u64() & ((1u64 << depth) - 1);
        Self::of(scalar(rng), index, siblings, rng)
    }
}

/// The same integer in the circuit's field.
pub(crate) fn as_field(scalar: Scalar) -> Fr {
    Fr::from_bigint(scalar.into_bigint()).unwrap()
}
