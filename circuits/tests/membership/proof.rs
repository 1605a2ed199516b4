//! The circuit under a real proof system: bound to its public inputs, and failures with names.

use crate::samples::{Sample, field, rng};
use ark_ff::{AdditiveGroup, Field};
use tabella_circuits::MembershipCircuit;
use tabella_primitives::Fr;
use tabella_protocol::{
    registry::RegistryRoot,
    statement::{CircuitId, MembershipInstance, Nullifier},
};
use tabella_prover::{ProveError, insecure_development_setup, prove};

#[test]
fn a_proof_is_bound_to_every_public_input_and_failures_have_names() {
    let id = CircuitId::Membership10V1;
    let mut rng = rng(400);
    let key = insecure_development_setup(&MembershipCircuit::shape_only(id).unwrap(), &[7; 32]).unwrap();
    let sample = Sample::random(7, &mut rng);
    let proved = prove(&key, &sample.circuit(id), &mut rng).unwrap();
    let verifying_key = key.verifying_key().clone().prepare();
    verifying_key.verify(&sample.instance, &proved.proof).unwrap();
    for place in 0..4 {
        let right = proved.public_inputs[place];
        for wrong in [right + Fr::ONE, Fr::ZERO, -Fr::ONE] {
            let mut inputs = proved.public_inputs.clone();
            inputs[place] = wrong;
            assert!(verifying_key.verify_inputs(&inputs, &proved.proof).is_err(), "input {place}");
        }
    }

    let Sample { instance, witness } = sample;
    let foreign = RegistryRoot::from_field(field(&mut rng));
    let unearned = Nullifier::from_field(field(&mut rng));
    for (instance, expected) in [
        (MembershipInstance { root: foreign, ..instance }, "membership/path/root"),
        (
            MembershipInstance { nullifier: unearned, ..instance },
            "membership/nullifier/round/64/lane/02/output",
        ),
    ] {
        let circuit = MembershipCircuit::new(id, instance, witness.clone()).unwrap();
        match prove(&key, &circuit, &mut rng) {
            Err(ProveError::Unsatisfied { name, .. }) => assert_eq!(name, expected),
            other => panic!("{other:?}"),
        }
    }
}
