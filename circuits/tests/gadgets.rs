//! Gadgets against their twins in plain code.
#![allow(clippy::as_conversions, clippy::unwrap_used, reason = "tests")]

use ark_ff::{AdditiveGroup, Field};
use ark_r1cs_std::{
    GR1CSVar,
    alloc::AllocVar,
    eq::EqGadget,
    fields::{FieldVar, fp::FpVar},
};
use ark_relations::gr1cs::{ConstraintSystem, ConstraintSystemRef, SynthesisError};
use std::time::Instant;
use tabella_circuits::{
    gadgets::{
        boolean::Bit,
        fixed_base,
        num::Num,
        poseidon::{enforce_hash, hash},
        scalar::CanonicalScalar,
    },
    naming,
};
use tabella_primitives::{
    Fr,
    edwards::{Point, Scalar},
    poseidon,
    secret::Secret,
};

fn system() -> ConstraintSystemRef<Fr> {
    ConstraintSystem::new_ref()
}

fn values<const N: usize>(seed: u64) -> [Fr; N] {
    let edge = [Fr::ZERO, Fr::ONE, -Fr::ONE];
    core::array::from_fn(|i| match seed {
        0..3 => edge[usize::try_from(seed).unwrap()],
        _ => Fr::from(seed * 1_000 + i as u64).pow([5]),
    })
}

#[test]
fn poseidon_is_its_twin_at_every_width() {
    macro_rules! check { ($($n:literal)*) => { $( for seed in 0..5 {
        let inputs = values::<$n>(seed);
        let expected = poseidon::hash(&inputs);
        let cs = system();
        let wires = inputs.map(|x| Num::witness(&cs, Some(x)).unwrap());
        let output = hash(&cs, &wires).unwrap();
        assert_eq!(output.value(), Some(expected), "{} inputs", $n);
        let boxes = 8 * ($n + 1) + poseidon::PARTIAL_ROUNDS[$n - 1] - 1;
        assert_eq!(cs.num_constraints(), 3 * boxes);
        enforce_hash(&cs, &wires, &Num::constant(expected)).unwrap();
        assert_eq!(cs.num_constraints(), 6 * boxes);
        assert!(cs.is_satisfied().unwrap());
        enforce_hash(&cs, &wires, &Num::constant(expected + Fr::ONE)).unwrap();
        assert!(!cs.is_satisfied().unwrap());
    } )* } }
    check!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
}

#[test]
fn a_hash_of_two_costs_240() {
    let cs = system();
    let wires = [1u64, 2].map(|x| Num::witness(&cs, Some(Fr::from(x))).unwrap());
    hash(&cs, &wires).unwrap();
    assert_eq!(cs.num_constraints(), 240);
}

#[test]
fn public_keys_are_their_twins() {
    for k in 1..=20u64 {
        for scalar in [Scalar::from(k), -Scalar::from(k), Scalar::from(k).pow([97])] {
            let cs = system();
            let secret = Secret::new(scalar);
            let bits = CanonicalScalar::witness(&cs, Some(&secret)).unwrap();
            let before = cs.num_constraints();
            let (x, y) = fixed_base::mul_base(&cs, &bits).unwrap();
            assert_eq!(cs.num_constraints() - before, 418);
            assert_eq!((x.value().unwrap(), y.value().unwrap()), Point::mul_base(&scalar).to_xy());
            assert!(cs.is_satisfied().unwrap());
        }
    }
}

#[test]
fn the_scalar_zero_is_refused() {
    let error = CanonicalScalar::witness(&system(), Some(&Secret::new(Scalar::ZERO))).unwrap_err();
    assert_eq!(error, SynthesisError::Unsatisfiable);
}

#[test]
fn bits_are_booleans_and_signs() {
    let cs = system();
    for (bit, sign) in [(false, -Fr::ONE), (true, Fr::ONE)] {
        let wire = Bit::witness(&cs, Some(bit)).unwrap();
        assert_eq!((wire.num().value(), wire.sign().value()), (Some(Fr::from(bit)), Some(sign)));
    }
    assert_eq!(cs.num_constraints(), 2);
}

#[test]
fn gadgets_of_ark_r1cs_std_can_be_mixed_in() {
    let cs = system();
    let x = FpVar::new_witness(cs.clone(), || Ok(Fr::from(3u64))).unwrap();
    let square = x.square().unwrap();
    let digest = hash(&cs, &[Num::from(&square), Num::from(&FpVar::Constant(Fr::from(2u64)))]).unwrap();
    let digest = digest.to_fp_var(&cs).unwrap();
    let expected = poseidon::hash(&[Fr::from(9u64), Fr::from(2u64)]);
    assert_eq!(digest.value().unwrap(), expected);
    digest.enforce_equal(&FpVar::Constant(expected)).unwrap();
    cs.finalize();
    assert!(cs.is_satisfied().unwrap());
}

#[test]
fn linear_combinations_are_kept_short() {
    let cs = system();
    let x = Num::witness(&cs, Some(Fr::from(5u64))).unwrap();
    let twice = &x + &x;
    assert_eq!(twice.lc().0.len(), 1);
    assert_eq!(twice.value(), Some(Fr::from(10u64)));
    assert!((&twice - &x.scaled(Fr::from(2u64))).lc().0.is_empty());
    assert_eq!(cs.num_constraints(), 0);
}

#[test]
fn numbers_are_names_in_two_digits() {
    let subscriber = tracing_subscriber::registry();
    tracing::subscriber::with_default(subscriber, || {
        let name = |n| naming::numbered(n).metadata().unwrap().name();
        assert_eq!([name(0), name(7), name(19), name(64), name(250)], ["00", "07", "19", "64", "250"]);
        assert_eq!(name(260), "beyond-259");
    });
}

/// Prints how long a witness takes; run with `--release --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn measure_witness() {
    use ark_relations::gr1cs::{ConstraintSynthesizer, SynthesisMode};
    use tabella_circuits::MembershipCircuit;
    use tabella_protocol::{
        identity::IdentitySecret,
        registry::MembershipPath,
        statement::{CircuitId, MembershipInstance, MembershipWitness},
        value::SemaphoreValue,
    };
    let secret = IdentitySecret::from_scalar(Scalar::from(7u64).pow([1_000]));
    let path = MembershipPath::from_parts(77, (0..20u64).map(Fr::from).collect()).unwrap();
    let scope = SemaphoreValue::from_be_bytes([1; 32]);
    let instance = MembershipInstance {
        root: path.root(&secret.commitment()),
        nullifier: secret.nullifier(&scope),
        message: scope,
        scope,
    };
    let circuit =
        MembershipCircuit::new(CircuitId::Membership20V1, instance, MembershipWitness { secret, path })
            .unwrap();
    for matrices in [false, true] {
        let mut best = f64::MAX;
        for _ in 0..30 {
            let start = Instant::now();
            let cs = system();
            cs.set_mode(SynthesisMode::Prove {
                construct_matrices: matrices,
                generate_lc_assignments: false,
            });
            circuit.clone().generate_constraints(cs).unwrap();
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!("membership-20-v1, matrices {matrices}: {:.2} ms", best * 1e3);
    }
}
