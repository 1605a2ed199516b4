//! The circuit and its twin in plain code agree; known answers; what is refused before proving.

use crate::{
    samples::{Sample, as_field, field, rng, scalar},
    system::{MESSAGE, NULLIFIER, ROOT, SCOPE, System},
};
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystem, SynthesisError};
use tabella_circuits::{MembershipCircuit, MembershipCircuitError};
use tabella_primitives::{Fr, edwards::Scalar, encoding::Canonical, instance::PublicInputs, poseidon};
use tabella_protocol::{
    identity::IdentitySecret,
    registry::{MembershipPath, RegistryRoot},
    statement::{CircuitId, MembershipInstance, MembershipWitness, Nullifier, membership_holds},
    value::SemaphoreValue,
};

const ID: CircuitId = CircuitId::Membership10V1;

fn satisfied(circuit: MembershipCircuit) -> bool {
    let cs = ConstraintSystem::new_ref();
    circuit.generate_constraints(cs.clone()).unwrap();
    cs.is_satisfied().unwrap()
}

/// Both say yes to the statement, and both say no to each of its neighbours.
fn agree(id: CircuitId, sample: &Sample) {
    let Sample { instance, witness } = sample;
    assert!(membership_holds(instance, witness));
    assert!(satisfied(sample.circuit(id)));
    for wrong in [Fr::ZERO, -Fr::ONE, *instance.root.as_field() + Fr::ONE] {
        let root = RegistryRoot::from_field(wrong);
        let nullifier = Nullifier::from_field(wrong);
        let other = SemaphoreValue::from_be_bytes(wrong.to_be_bytes());
        for instance in [
            MembershipInstance { root, ..*instance },
            MembershipInstance { nullifier, ..*instance },
            MembershipInstance { scope: other, ..*instance },
        ] {
            assert!(!membership_holds(&instance, witness));
            assert!(!satisfied(MembershipCircuit::new(id, instance, witness.clone()).unwrap()));
        }
        // The message is bound to the proof, not restricted by the witness.
        let instance = MembershipInstance { message: other, ..*instance };
        assert!(membership_holds(&instance, witness));
        assert!(satisfied(MembershipCircuit::new(id, instance, witness.clone()).unwrap()));
    }
}

#[test]
fn agrees_with_the_twin_at_every_depth() {
    let mut rng = rng(100);
    for depth in 0..=10 {
        agree(ID, &Sample::random(depth, &mut rng));
    }
    for id in CircuitId::MEMBERSHIP {
        let sample = Sample::random(id.max_depth().unwrap(), &mut rng);
        assert!(satisfied(sample.circuit(id)));
    }
}

#[test]
fn agrees_with_the_twin_on_edge_secrets() {
    let mut rng = rng(101);
    let two = Scalar::from(2u64);
    let (a, b) = (two.pow([249]), two.pow([250]));
    let mut secrets: Vec<Scalar> = (1..=16u64).map(Scalar::from).collect();
    secrets.extend((1..=16u64).map(|k| -Scalar::from(k)));
    secrets.extend([
        a,
        a - Scalar::ONE,
        a + Scalar::ONE,
        b,
        b - Scalar::ONE,
        b + Scalar::ONE,
        two.inverse().unwrap(),
    ]);
    for secret in secrets {
        let sample = Sample::of(secret, 1, vec![field(&mut rng)], &mut rng);
        assert!(membership_holds(&sample.instance, &sample.witness));
        assert!(satisfied(sample.circuit(ID)), "{secret}");
    }
}

#[test]
fn zero_is_no_secret_here_nor_there() {
    let mut rng = rng(102);
    let Sample { instance, witness } = Sample::of(Scalar::ZERO, 0, vec![], &mut rng);
    assert!(!membership_holds(&instance, &witness));
    assert_eq!(
        MembershipCircuit::new(ID, instance, witness).unwrap_err(),
        MembershipCircuitError::ZeroSecret
    );
}

#[test]
fn paths_at_the_edges() {
    let mut rng = rng(103);
    let full_index = (1u64 << 10) - 1;
    for (index, siblings) in [
        (0, vec![Fr::ZERO; 10]),
        (full_index, vec![Fr::ZERO; 10]),
        (0b101, vec![Fr::ONE, Fr::ZERO, -Fr::ONE]),
    ] {
        agree(ID, &Sample::of(scalar(&mut rng), index, siblings, &mut rng));
    }
    // The sibling is the node itself: both children equal.
    let secret = scalar(&mut rng);
    let commitment = *IdentitySecret::from_scalar(secret).commitment().as_field();
    agree(ID, &Sample::of(secret, 0, vec![commitment], &mut rng));
    // A registry of one citizen: the root is the commitment.
    let alone = Sample::of(secret, 0, vec![], &mut rng);
    assert_eq!(*alone.instance.root.as_field(), commitment);
    agree(ID, &alone);
}

#[test]
fn a_path_too_deep_is_refused_before_proving() {
    let Sample { instance, witness } = Sample::random(11, &mut rng(104));
    let error = MembershipCircuit::new(ID, instance, witness.clone()).unwrap_err();
    assert_eq!(error, MembershipCircuitError::PathTooDeep { depth: 11, max_depth: 10 });
    assert_eq!(error.to_string(), "the membership path has depth 11, the circuit takes at most 10");
    assert!(MembershipCircuit::new(CircuitId::Membership16V1, instance, witness.clone()).is_ok());
    let error = MembershipCircuit::new(CircuitId::Ballot8V1, instance, witness).unwrap_err();
    assert_eq!(error, MembershipCircuitError::OtherRelation { circuit: CircuitId::Ballot8V1 });
}

#[test]
fn nodes_above_the_root_and_zero_are_not_the_root() {
    // The levels above the path's end hash on; the nodes there are not roots of the registry, and neither is 0. A prover
    // can of course reach such a node by a longer path: that is a true statement about another tree.
    let sample = Sample::random(4, &mut rng(105));
    let system = System::new(ID, &sample);
    assert!(system.violated(&system.z).is_empty());
    for wrong in [Fr::ZERO, Fr::ONE, -Fr::ONE] {
        let mut given = system.inputs(&sample);
        given.insert(ROOT, wrong);
        assert_eq!(system.violated_names(&system.solve(&given, None)), ["membership/path/root"]);
    }
}

#[test]
fn semaphores_proofs_satisfy_the_circuit() {
    let vectors = tabella_testkit::semaphore_vector("proofs.json");
    let fr = |value: &serde_json::Value| Fr::from_decimal(value.as_str().unwrap()).unwrap();
    let proofs = vectors["proofs"].as_array().unwrap();
    for entry in proofs {
        let input = &entry["circuitInput"];
        let secret =
            IdentitySecret::from_scalar(Scalar::from_decimal(input["secret"].as_str().unwrap()).unwrap());
        let length = usize::try_from(input["merkleProofLength"].as_u64().unwrap()).unwrap();
        let siblings = input["merkleProofSiblings"].as_array().unwrap()[..length].iter().map(fr).collect();
        let path = MembershipPath::from_parts(input["merkleProofIndex"].as_u64().unwrap(), siblings).unwrap();
        let value = |field: &str| {
            let text = entry["proof"][field].as_str().unwrap();
            let limbs = tabella_primitives::encoding::decimal_to_limbs(text).unwrap();
            let mut bytes = [0; 32];
            for (chunk, limb) in bytes.rchunks_exact_mut(8).zip(limbs) {
                chunk.copy_from_slice(&limb.to_be_bytes());
            }
            SemaphoreValue::from_be_bytes(bytes)
        };
        let signals: Vec<Fr> = entry["publicSignals"].as_array().unwrap().iter().map(fr).collect();
        let instance = MembershipInstance {
            root: RegistryRoot::from_field(signals[0]),
            nullifier: Nullifier::from_field(signals[1]),
            message: value("message"),
            scope: value("scope"),
        };
        assert_eq!(instance.public_inputs().as_slice(), signals);
        let sample = Sample { instance, witness: MembershipWitness { secret, path } };
        assert!(membership_holds(&sample.instance, &sample.witness));
        let id = CircuitId::membership_for_depth(length).unwrap();
        let system = System::new(id, &sample);
        assert!(system.violated(&system.z).is_empty());
        assert_eq!(system.z[1..=4], signals);
    }
    assert_eq!(proofs.len(), 6);
}

#[test]
fn public_inputs_stand_in_the_order_of_their_names() {
    let sample = Sample::random(2, &mut rng(106));
    let system = System::new(ID, &sample);
    assert_eq!(MembershipInstance::FIELDS, ["root", "nullifier", "message", "scope"]);
    assert_eq!(system.z[ROOT], *sample.instance.root.as_field());
    assert_eq!(system.z[NULLIFIER], *sample.instance.nullifier.as_field());
    assert_eq!(system.z[MESSAGE], sample.instance.message.hash());
    assert_eq!(system.z[SCOPE], sample.instance.scope.hash());
    let s = as_field(*sample.witness.secret.expose_secret());
    assert_eq!(system.z[NULLIFIER], poseidon::hash(&[system.z[SCOPE], s]));
}

#[test]
fn without_witness_there_is_a_shape_and_no_values() {
    let cs = ConstraintSystem::<Fr>::new_ref();
    let circuit = MembershipCircuit::shape_only(ID).unwrap();
    assert_eq!(circuit.generate_constraints(cs).unwrap_err(), SynthesisError::AssignmentMissing);
}

#[test]
fn nothing_secret_is_printed() {
    let sample = Sample::random(2, &mut rng(107));
    assert_eq!(format!("{:?}", sample.circuit(ID)), "MembershipCircuit(membership-10-v1, ..)");
    let secret = tabella_primitives::secret::Secret::new(scalar(&mut rng(108)));
    let cs = ConstraintSystem::<Fr>::new_ref();
    let bits = tabella_circuits::gadgets::scalar::CanonicalScalar::witness(&cs, Some(&secret)).unwrap();
    assert_eq!(format!("{:?}", bits.num()), "Num(..)");
    assert_eq!(format!("{:?}", bits.bits()[0]), "Bit(Num(..))");
}
