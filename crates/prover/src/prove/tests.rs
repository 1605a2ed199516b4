mod random_circuits;

use super::*;
use crate::{Kernel, TableSize, insecure_development_setup, testing::Chain};
use ark_ec::CurveGroup;
use ark_groth16::{Groth16, r1cs_to_qap::LibsnarkReduction};
use ark_relations::{
    gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, predicate::PredicateConstraintSystem},
    utils::matrix::Matrix,
};
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{cell::RefCell, collections::HashSet};
use tabella_verifier::InvalidProof;

const SEED: [u8; 32] = [5; 32];

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn key(length: usize) -> ProvingKey {
    insecure_development_setup(&Chain::shape_only(length), &SEED).unwrap()
}

#[test]
fn proofs_verify_and_bind_every_public_input() {
    // Domain sizes 4, 8, 16, 512, and one row below, at and above a power of two.
    for length in [0, 1, 2, 3, 4, 10, 11, 12, 300] {
        let key = key(length);
        let proved = prove(&key, &Chain::new(length, 3), &mut rng(1)).unwrap();
        let verifier = key.verifying_key().clone().prepare();
        assert_eq!(verifier.verify_inputs(&proved.public_inputs, &proved.proof), Ok(()), "length {length}");
        for input in 0..2 {
            let mut others = proved.public_inputs.clone();
            others[input] += Fr::from(1);
            assert_eq!(verifier.verify_inputs(&others, &proved.proof), Err(InvalidProof::NotSatisfied));
        }
        let bytes = proved.proof.to_bytes();
        assert_eq!(Proof::from_bytes(&bytes), Ok(proved.proof));
    }
}

#[test]
fn a_circuit_without_public_inputs_is_proved() {
    let shape = Chain { outputs: false, ..Chain::shape_only(5) };
    let key = insecure_development_setup(&shape, &SEED).unwrap();
    let proved = prove(&key, &Chain { outputs: false, ..Chain::new(5, 2) }, &mut rng(1)).unwrap();
    assert_eq!(proved.public_inputs, []);
    assert_eq!(key.prepared().verify_inputs(&[], &proved.proof), Ok(()));
}

#[test]
fn every_broken_constraint_is_named() {
    let length = 6;
    let key = key(length);
    for constraint in 0..length + 2 {
        let circuit = Chain { broken: Some(constraint), ..Chain::new(length, 3) };
        let name = match constraint {
            6 => "last".to_owned(),
            7 => "constraint #7".to_owned(),
            _ => "chain/square".to_owned(),
        };
        let error = prove(&key, &circuit, &mut rng(1)).unwrap_err();
        assert_eq!(error, ProveError::Unsatisfied { constraint, name });
    }
    let error = prove(&key, &Chain { broken: Some(6), ..Chain::new(length, 3) }, &mut rng(1)).unwrap_err();
    assert_eq!(error.to_string(), "the witness does not satisfy constraint 6 of the circuit (last)");
    let error = prove(&key, &Chain { broken: Some(7), ..Chain::new(length, 3) }, &mut rng(1)).unwrap_err();
    assert_eq!(error.to_string(), "the witness does not satisfy constraint 7 of the circuit");
}

#[test]
fn a_circuit_of_another_shape_is_refused() {
    let key = key(4);
    let wrong = |count, expected, actual| Err(ProveError::WrongCircuit { count, expected, actual });
    assert_eq!(prove(&key, &Chain::new(5, 3), &mut rng(1)), wrong("witness variables", 5, 6));
    let hidden = Chain { outputs: false, ..Chain::new(6, 3) };
    assert_eq!(prove(&key, &hidden, &mut rng(1)), wrong("public inputs", 2, 0));
    // As many variables, but one constraint more: its witness does not satisfy the key's circuit, and the reason is named.
    #[derive(Clone)]
    struct OneMore(Chain);
    impl ConstraintSynthesizer<Fr> for OneMore {
        fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
            let one = || LinearCombination::from(ark_relations::gr1cs::Variable::One);
            cs.enforce_r1cs_constraint(one, one, one)?;
            self.0.generate_constraints(cs)
        }
    }
    let more = OneMore(Chain { broken: Some(2), ..Chain::new(4, 3) });
    assert_eq!(prove(&key, &more, &mut rng(1)), wrong("constraints", 6, 7));
}

#[test]
fn a_missing_witness_is_an_error() {
    let error = ProveError::Synthesis(SynthesisError::AssignmentMissing);
    assert_eq!(prove(&key(4), &Chain::shape_only(4), &mut rng(1)), Err(error));
}

#[test]
fn other_predicates_than_r1cs_are_refused() {
    #[derive(Clone)]
    struct Squares(Chain);
    impl ConstraintSynthesizer<Fr> for Squares {
        fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
            cs.register_predicate("squares", PredicateConstraintSystem::new_sr1cs_predicate()?)?;
            self.0.generate_constraints(cs)
        }
    }
    let error = prove(&key(4), &Squares(Chain::new(4, 3)), &mut rng(1)).unwrap_err();
    assert_eq!(error, ProveError::UnsupportedPredicates { registered: 2 });
    assert_eq!(
        crate::circuit_shape(&Squares(Chain::shape_only(4))),
        Err(crate::ShapeError::UnsupportedPredicates { registered: 2 })
    );
}

#[test]
fn a_key_whose_parts_do_not_belong_together_is_noticed() {
    let other = insecure_development_setup(&Chain::shape_only(4), &[6; 32]).unwrap();
    let own = key(4);
    let mixed = ProvingKey::from_checked_parts(
        other.verifying_key().clone(),
        own.queries().clone(),
        own.matrices().clone(),
        None,
    );
    let circuit = Chain::new(4, 3);
    assert_eq!(prove(&mixed, &circuit, &mut rng(1)), Err(ProveError::SelfVerification));
    let unchecked = Prover::new(&mixed).insecurely_without_self_verification().prove(&circuit, &mut rng(1));
    let unchecked = unchecked.unwrap();
    assert_eq!(
        mixed.prepared().verify_inputs(&unchecked.public_inputs, &unchecked.proof),
        Err(InvalidProof::NotSatisfied)
    );
}

#[test]
fn fresh_blinding_makes_every_proof_different() {
    let key = key(3);
    let mut rng = tabella_primitives::rng::from_os().unwrap();
    let mut prover = Prover::new(&key).insecurely_without_self_verification();
    let proofs: HashSet<_> =
        (0..200).map(|_| prover.prove(&Chain::new(3, 3), &mut rng).unwrap().proof.to_bytes()).collect();
    assert_eq!(proofs.len(), 200);
}

#[test]
fn serial_and_parallel_give_the_same_bytes() {
    let key = key(1000);
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| prove(&key, &Chain::new(1000, 3), &mut rng(9)).unwrap())
    };
    let serial = with_threads(1);
    assert_eq!(serial, with_threads(2));
    assert_eq!(serial, with_threads(7));
}

/// The same proof by arkworks, with chosen blinding.
fn reference<C: ConstraintSynthesizer<Fr> + Clone>(
    key: &ProvingKey,
    circuit: &C,
    blinding: &Blinding,
) -> Proof {
    let queries = key.queries();
    let vk = key.verifying_key();
    let reference = ark_groth16::ProvingKey::<ark_bn254::Bn254> {
        vk: ark_groth16::VerifyingKey {
            alpha_g1: *vk.alpha(),
            beta_g2: *vk.beta(),
            gamma_g2: *vk.gamma(),
            delta_g2: *vk.delta(),
            gamma_abc_g1: vk.ic().to_vec(),
        },
        beta_g1: queries.beta_g1,
        delta_g1: queries.delta_g1,
        a_query: queries.a.clone(),
        b_g1_query: queries.b_g1.clone().unwrap(),
        b_g2_query: queries.b_g2.clone(),
        h_query: queries.h.clone(),
        l_query: queries.l.clone(),
    };
    let matrices = key.matrices();
    let rows: Vec<Matrix<Fr>> = matrices
        .known()
        .map(|matrix| {
            let row = |(start, end): (u32, u32)| {
                let place = |n: u32| usize::try_from(n).unwrap();
                matrix.entries[place(start)..place(end)]
                    .iter()
                    .map(|(column, coefficient)| (matrices.pool[place(*coefficient)], place(*column)))
                    .collect()
            };
            let starts = std::iter::once(0).chain(matrix.ends.iter().copied());
            starts.zip(matrix.ends.iter().copied()).map(row).collect()
        })
        .collect();
    let assignment = synthesis::assignment(circuit.clone(), matrices.witness_variables()).unwrap();
    let proof = Groth16::<_, LibsnarkReduction>::create_proof_with_reduction_and_matrices(
        &reference,
        blinding.r,
        blinding.s,
        &rows,
        matrices.instance_variables,
        matrices.constraints(),
        &assignment.all,
    )
    .unwrap();
    Proof::from_parts(proof.a, proof.b, proof.c).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn arkworks_makes_the_same_proof(length in 0usize..80, start in 1u64..u64::MAX, seed: [u8; 32]) {
        let key = key(length);
        let circuit = Chain::new(length, start);
        let blinding = Blinding::generate(&mut ChaCha20Rng::from_seed(seed)).unwrap();
        let expected = reference(&key, &circuit, &blinding);
        for kernel in Kernel::available() {
            for size in TableSize::ALL {
                let tables = Tables::new(&key, kernel, size, &|_, _| ());
                let mut prover = Prover::new(&key).with_tables(&tables).unwrap().in_first_form();
                prop_assert_eq!(prover.prove_with_blinding(&circuit, &blinding).unwrap().proof, expected);
            }
        }
        let ours = Prover::new(&key).in_first_form().prove_with_blinding(&circuit, &blinding).unwrap();
        prop_assert_eq!(ours.proof, expected);
        // The second form is the first with other factors: it verifies, and differs.
        let rerandomised = Prover::new(&key).prove_with_blinding(&circuit, &blinding).unwrap();
        prop_assert_ne!(rerandomised.proof, expected);
    }
}

#[test]
fn the_second_form_is_the_first_without_r_rerandomised() {
    use ark_ff::Field;
    let key = key(5);
    let circuit = Chain::new(5, 9);
    let blinding = Blinding::generate(&mut ChaCha20Rng::from_seed([5; 32])).unwrap();
    let zero = Blinding { r: Fr::from(0), s: blinding.s };
    let plain = Prover::new(&key).in_first_form().prove_with_blinding(&circuit, &zero).unwrap().proof;
    let ours = Prover::new(&key).prove_with_blinding(&circuit, &blinding).unwrap().proof;
    assert_eq!((*plain.a() * blinding.r.inverse().unwrap()).into_affine(), *ours.a());
    assert_eq!((*plain.b() * blinding.r).into_affine(), *ours.b());
    assert_eq!(plain.c(), ours.c());
}

#[test]
fn tables_of_another_shape_are_refused_and_others_are_met_by_verification() {
    let (key, other) = (key(5), key(6));
    let tables = Tables::new(&other, Kernel::fastest(), TableSize::Small, &|_, _| ());
    assert_eq!(Prover::new(&key).with_tables(&tables).unwrap_err(), ProveError::WrongTables);
    let twin = insecure_development_setup(&Chain::shape_only(5), &[99; 32]).unwrap();
    let tables = Tables::new(&twin, Kernel::fastest(), TableSize::None, &|_, _| ());
    let proved = Prover::new(&key).with_tables(&tables).unwrap().prove(&Chain::new(5, 3), &mut rng(1));
    assert_eq!(proved, Err(ProveError::SelfVerification));
}

#[test]
fn stages_are_announced_in_order_and_each_can_be_the_last() {
    let key = key(3);
    let stages = RefCell::new(Vec::new());
    let mut prover = Prover::new(&key).on_stage(|stage| {
        stages.borrow_mut().push(stage);
        ControlFlow::Continue(())
    });
    prover.prove(&Chain::new(3, 3), &mut rng(1)).unwrap();
    assert_eq!(*stages.borrow(), Stage::ALL);
    for last in Stage::ALL {
        let mut prover = Prover::new(&key)
            .on_stage(|stage| if stage == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) });
        let cancelled = Err(ProveError::Cancelled { stage: last });
        assert_eq!(prover.prove(&Chain::new(3, 3), &mut rng(1)), cancelled);
    }
}

#[test]
fn nothing_secret_is_shown() {
    let key = key(3);
    let circuit = Chain { broken: Some(1), ..Chain::new(3, 987_654_321) };
    let error = prove(&key, &circuit, &mut rng(1)).unwrap_err();
    for text in [format!("{error:?}"), format!("{error}")] {
        assert!(!text.contains("987654321"), "{text}");
    }
    assert_eq!(format!("{:?}", Prover::new(&key)), "Prover(..)");
    assert_eq!(format!("{:?}", key.matrices()), "Matrices(..)");
}

#[test]
fn gadgets_of_arkworks_run_without_matrices() {
    use ark_r1cs_std::{
        alloc::AllocVar, eq::EqGadget, fields::FieldVar, fields::fp::FpVar, prelude::ToBitsGadget,
    };
    /// "I know a number below 2^253 whose inverse is public", in gadgets which look at values.
    #[derive(Clone)]
    struct Inverse(Option<Fr>);
    impl ConstraintSynthesizer<Fr> for Inverse {
        fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
            let value = || self.0.ok_or(SynthesisError::AssignmentMissing);
            let inverse =
                FpVar::new_input(cs.clone(), || value().map(|x| ark_ff::Field::inverse(&x).unwrap()))?;
            let x = FpVar::new_witness(cs.clone(), value)?;
            let _bits = x.to_bits_le()?;
            (x.inverse()? + &x).enforce_equal(&(inverse + x))?;
            let one = || LinearCombination::from(ark_relations::gr1cs::Variable::One);
            cs.enforce_r1cs_constraint(one, one, one)
        }
    }
    let key = insecure_development_setup(&Inverse(None), &SEED).unwrap();
    let proved = prove(&key, &Inverse(Some(Fr::from(7))), &mut rng(1)).unwrap();
    assert_eq!(proved.public_inputs, [ark_ff::Field::inverse(&Fr::from(7)).unwrap()]);
}
