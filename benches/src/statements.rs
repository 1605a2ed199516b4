//! Membership statements that hold, at the full depth of their circuit.

use crate::seeded;
use ark_std::UniformRand;
use tabella_circuits::{CircuitLayout, MembershipCircuit};
use tabella_primitives::{Fr, edwards::Scalar, rng::ArkRng};
use tabella_protocol::{
    identity::{IdentityCommitment, IdentitySecret},
    registry::MembershipPath,
    statement::{CircuitId, MembershipInstance, MembershipWitness},
    value::SemaphoreValue,
};
use tabella_prover::{ProvingKey, insecure_development_setup};

/// The seed of the keys with which is measured.
const KEY_SEED: [u8; 32] = *b"tabella benches: not a secret !!";

/// So many commitments of nobody: distinct field elements.
#[must_use]
pub fn commitments(count: usize) -> Vec<IdentityCommitment> {
    let mut rng = seeded(1);
    let mut rng = ArkRng(&mut rng);
    (0..count).map(|_| IdentityCommitment::from_field(Fr::rand(&mut rng))).collect()
}

/// A statement with its witness: a citizen in a registry as deep as the circuit allows. Distinct for distinct seeds.
///
/// # Panics
/// Never: the path has the depth of the circuit.
#[must_use]
pub fn statement(id: CircuitId, seed: u64) -> (MembershipInstance, MembershipWitness) {
    let mut rng = seeded(seed);
    let mut rng = ArkRng(&mut rng);
    let secret = IdentitySecret::from_scalar(Scalar::rand(&mut rng));
    let max_depth = id.max_depth().expect("of a membership circuit");
    let siblings = (0..max_depth).map(|_| Fr::rand(&mut rng)).collect();
    let path =
        MembershipPath::from_parts(seed % 2, siblings).expect("the circuit is no deeper than any registry");
    let scope = SemaphoreValue::from_be_bytes([7; 32]);
    let instance = MembershipInstance {
        root: path.root(&secret.commitment()),
        nullifier: secret.nullifier(&scope),
        message: SemaphoreValue::from_be_bytes([9; 32]),
        scope,
    };
    (instance, MembershipWitness { secret, path })
}

/// The circuit for [`statement`].
///
/// # Panics
/// Never: the statement is one of that circuit.
#[must_use]
pub fn circuit(id: CircuitId, seed: u64) -> MembershipCircuit {
    let (instance, witness) = statement(id, seed);
    MembershipCircuit::new(id, instance, witness).expect("the statement is one of this circuit")
}

/// A proving key of the circuit, from a seed that everybody knows.
///
/// # Panics
/// If the circuit is defective.
#[must_use]
pub fn development_key(id: CircuitId) -> ProvingKey {
    insecure_development_setup(&CircuitLayout(id), &KEY_SEED).expect("the circuit has a key")
}
