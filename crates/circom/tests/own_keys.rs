//! Keys of ours as files of snarkjs.
//!
//! `TABELLA_SNARKJS` names snarkjs' program (0.7.6 is tested) for the test which runs it; without it that test does nothing and
//! says so.
#![allow(clippy::unwrap_used, clippy::as_conversions, reason = "tests")]

use ark_relations::{
    gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
    lc,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{path::Path, process::Command};
use tabella_circom::{Zkey, json, wtns};
use tabella_primitives::Fr;
use tabella_prover::{KeyError, Prover, ProvingKey, QuotientBasis, insecure_development_setup};

/// "I know x with `x^(length + 1) = y`": (1, y, x, x^2, ..), `length` constraints.
#[derive(Clone)]
struct Power {
    length: u64,
    x: Option<u64>,
}

impl Power {
    fn assignment(&self) -> Option<Vec<Fr>> {
        let x = Fr::from(self.x?);
        let powers: Vec<Fr> = (0..=self.length)
            .scan(Fr::from(1), |power, _| {
                *power *= x;
                Some(*power)
            })
            .collect();
        let (last, powers) = powers.split_last()?;
        Some([&[Fr::from(1), *last], powers].concat())
    }
}

impl ConstraintSynthesizer<Fr> for Power {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let values = self.assignment();
        let value = |place: usize| values.as_ref().map(|v| v[place]).ok_or(SynthesisError::AssignmentMissing);
        let y = cs.new_input_variable(|| value(1))?;
        let mut powers = Vec::new();
        for place in 2..2 + usize::try_from(self.length).unwrap() {
            powers.push(cs.new_witness_variable(|| value(place))?);
        }
        let x = powers[0];
        for (power, next) in powers.iter().zip(powers[1..].iter().chain([&y])) {
            cs.enforce_r1cs_constraint(
                || lc!() + (Fr::from(3), *power),
                || lc!() + x,
                || lc!() + (Fr::from(3), *next),
            )?;
        }
        Ok(())
    }
}

fn setup(length: u64) -> ProvingKey {
    insecure_development_setup(&Power { length, x: None }, &[3; 32]).unwrap()
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([1; 32])
}

#[test]
fn both_bases_give_the_same_proof() {
    // Domains of 4 to 32 elements, with and without room.
    for length in [1, 2, 3, 6, 7, 13, 14, 15] {
        let circuit = Power { length, x: Some(5) };
        let own = setup(length);
        let expected = Prover::new(&own).prove(&circuit, &mut rng()).unwrap();
        let converted = own.clone().into_odd_coset().unwrap();
        assert_eq!(converted.quotient_basis(), QuotientBasis::OddCoset);
        assert_eq!(converted.query_h().len(), own.query_h().len() + 1);
        assert_eq!(Prover::new(&converted).prove(&circuit, &mut rng()).unwrap(), expected, "{length}");
        assert!(ProvingKey::from_bytes(&converted.to_bytes()).unwrap() == converted);

        // Through a file, which loses C.
        let file = Zkey::from_key(own.clone()).unwrap().to_bytes();
        let read = Zkey::from_bytes(&file).unwrap();
        assert_eq!((read.contributions(), read.to_bytes() == file), (None, true));
        let read = read.into_key();
        assert!(!read.matrices().knows_c());
        let values = wtns::from_bytes(&wtns::to_bytes(&circuit.assignment().unwrap())).unwrap();
        assert_eq!(Prover::new(&read).prove_assignment(values, &mut rng()).unwrap(), expected, "{length}");
        // With C it is the converted key again.
        assert!(read.with_constraints(own.matrices().clone()).unwrap() == converted);
    }
}

#[test]
fn constraints_of_another_size_do_not_complete_a_key() {
    let read = Zkey::from_bytes(&Zkey::from_key(setup(3)).unwrap().to_bytes()).unwrap().into_key();
    assert_eq!(read.with_constraints(setup(4).matrices().clone()), Err(KeyError::OtherCircuit));
}

#[test]
fn snarkjs_proves_with_our_file() {
    let Some(snarkjs) = std::env::var_os("TABELLA_SNARKJS") else {
        eprintln!("SKIPPED: TABELLA_SNARKJS does not name snarkjs' program");
        return;
    };
    let key = setup(13);
    let circuit = Power { length: 13, x: Some(5) };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, bytes: &[u8]| std::fs::write(path(name), bytes).unwrap();
    write("own.zkey", &Zkey::from_key(key.clone()).unwrap().to_bytes());
    write("own.wtns", &wtns::to_bytes(&circuit.assignment().unwrap()));
    let run = |arguments: &[&str]| {
        let status = Command::new(&snarkjs).args(arguments).current_dir(folder.path()).status().unwrap();
        assert!(status.success(), "snarkjs {arguments:?}");
    };
    run(&["groth16", "prove", "own.zkey", "own.wtns", "proof.json", "public.json"]);
    run(&["zkey", "export", "verificationkey", "own.zkey", "key.json"]);
    run(&["groth16", "verify", "key.json", "public.json", "proof.json"]);
    let text = |name: &str| std::fs::read_to_string::<&Path>(&path(name)).unwrap();
    assert_eq!(json::key_from_json(&text("key.json")).unwrap(), *key.verifying_key());
    let inputs = json::inputs_from_json(&text("public.json")).unwrap();
    let proof = json::proof_from_json(&text("proof.json")).unwrap();
    assert_eq!(key.prepared().verify_inputs(&inputs, &proof), Ok(()));

    // And snarkjs verifies a proof of ours.
    let proved = Prover::new(&key).prove(&circuit, &mut rng()).unwrap();
    write("proof.json", json::proof_to_json(&proved.proof).as_bytes());
    write("public.json", json::inputs_to_json(&proved.public_inputs).as_bytes());
    write("key.json", json::key_to_json(key.verifying_key()).as_bytes());
    run(&["groth16", "verify", "key.json", "public.json", "proof.json"]);
}
