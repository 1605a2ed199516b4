//! A statement for which `alpha + sum z_i A_i` is the point at infinity: rerandomised, A would be that point whatever the randomness, and tell
//! so. Such a proof is made in the first form, from a preparation too.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{FftField, Field};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tabella_primitives::Fr;
use tabella_prover::{KeyParts, ProveError, Prover, ProvingKey, QuotientBasis, insecure_development_setup};
use tabella_verifier::VerifyingKey;
use zeroize::Zeroizing;

/// `x x = y` with y public.
#[derive(Clone)]
struct Square(Fr);

impl ConstraintSynthesizer<Fr> for Square {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let square = cs.new_input_variable(|| Ok(self.0 * self.0))?;
        let root = cs.new_witness_variable(|| Ok(self.0))?;
        let lc = LinearCombination::from;
        cs.enforce_r1cs_constraint(|| lc(root), || lc(root), || lc(square))
    }
}

/// A key whose alpha is chosen so that A is the identity for one root. The rows of A are x, 1 and y: the constraint, then the inputs.
fn key(root: Fr) -> ProvingKey {
    let [tau, beta, gamma, delta] = [987_654_321u64, 5555, 777, 31_337].map(Fr::from);
    let generator = Fr::get_root_of_unity(4).unwrap();
    let vanishing = tau.pow([4]) - Fr::ONE;
    let lagrange = |row: u64| {
        let at = generator.pow([row]);
        at * vanishing / (Fr::from(4) * (tau - at))
    };
    let [constraint, one, public] = [0, 1, 2].map(lagrange);
    let alpha = -(one + root * root * public + root * constraint);
    let g1 = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
    let g2 = |scalar: Fr| (G2Affine::generator() * scalar).into_affine();
    let inputs = vec![g1(beta * one / gamma), g1((beta * public + constraint) / gamma)];
    let verifying_key = VerifyingKey::from_parts(g1(alpha), g2(beta), g2(gamma), g2(delta), inputs).unwrap();
    let infinity = (G1Affine::identity(), G2Affine::identity());
    let matrices = insecure_development_setup(&Square(root), &[1; 32]).unwrap().matrices().clone();
    ProvingKey::from_parts(KeyParts {
        verifying_key,
        beta_g1: g1(beta),
        delta_g1: g1(delta),
        a: vec![g1(one), g1(public), g1(constraint)],
        b_g1: Some(vec![infinity.0, infinity.0, g1(constraint)]),
        b_g2: vec![infinity.1, infinity.1, g2(constraint)],
        h: (0..3u64).map(|i| g1(tau.pow([i]) * vanishing / delta)).collect(),
        h_basis: QuotientBasis::Coefficients,
        l: vec![g1((beta + alpha) * constraint / delta)],
        matrices,
    })
    .unwrap()
}

#[test]
fn a_proof_is_made_where_the_sum_for_a_is_the_identity() {
    let special = Fr::from(1_234_567);
    let key = key(special);
    let assignment = |root: Fr| Zeroizing::new(vec![Fr::ONE, root * root, root]);
    let rng = || ChaCha20Rng::from_seed([8; 32]);
    for root in [special, -special, Fr::from(0), Fr::from(5)] {
        // Verified before it is handed out.
        let proved = Prover::new(&key).prove_assignment(assignment(root), &mut rng()).unwrap();
        assert_eq!(proved.public_inputs, [root * root]);
        // Another generator gives another A, for the special root too.
        let other = &mut ChaCha20Rng::from_seed([9; 32]);
        let other = Prover::new(&key).prove_assignment(assignment(root), other).unwrap();
        assert_ne!(proved.proof.a(), other.proof.a());
        for prepared in [special, -special, Fr::from(9), Fr::from(0)] {
            let preparation = Prover::new(&key).prepare_assignment(assignment(prepared)).unwrap();
            let mut prover = Prover::new(&key).with_preparation(&preparation);
            assert_eq!(prover.prove_assignment(assignment(root), &mut rng()).unwrap(), proved);
        }
    }
}

#[test]
fn a_compact_key_refuses_that_statement_alone() {
    let special = Fr::from(1_234_567);
    let whole = key(special);
    let key = ProvingKey::from_compact_bytes(&whole.to_compact_bytes()).unwrap();
    let assignment = |root: Fr| Zeroizing::new(vec![Fr::ONE, root * root, root]);
    let prove = |key: &ProvingKey, root| {
        Prover::new(key).prove_assignment(assignment(root), &mut ChaCha20Rng::from_seed([8; 32]))
    };
    assert_eq!(prove(&key, special), Err(ProveError::NeedsWholeKey));
    assert_eq!(prove(&key, Fr::from(5)), prove(&whole, Fr::from(5)));
}
