//! Distinct proofs without the price of proving each, and arkworks' own key for the same circuit.

use crate::{circuit, seeded};
use ark_bn254::Bn254;
use ark_groth16::{Groth16, r1cs_to_qap::LibsnarkReduction};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, Matrix, OptimizationGoal, R1CS_PREDICATE_LABEL, SynthesisMode,
};
use ark_std::UniformRand;
use std::fmt;
use tabella_circuits::{CircuitLayout, MembershipCircuit};
use tabella_primitives::{Fr, rng::ArkRng};
use tabella_protocol::statement::CircuitId;
use tabella_prover::{Proof, ProvingKey, VerifyingKey, prove};

/// How many statements are really proved for a [`ProofPool`].
const PROVED: u64 = 4;

/// Proofs of one circuit, pairwise distinct, each with its public inputs.
///
/// Four statements are proved; the others are re-randomised copies (Groth16 proofs are malleable in that way), which are
/// as much work to verify as any.
#[derive(Debug)]
pub struct ProofPool {
    /// Public inputs and proof.
    pub items: Vec<(Vec<Fr>, Proof)>,
}

impl ProofPool {
    /// So many proofs with that key.
    ///
    /// # Panics
    /// If prover and circuit are defective.
    #[must_use]
    pub fn new(id: CircuitId, key: &ProvingKey, count: usize) -> Self {
        let mut rng = seeded(3);
        let proved: Vec<_> = (0..PROVED)
            .map(|seed| prove(key, &circuit(id, seed), &mut rng).expect("the statement holds"))
            .collect();
        let ark = ark_verifying_key(key.verifying_key());
        let items = proved
            .iter()
            .cycle()
            .take(count)
            .map(|proved| {
                let proof = ark_proof(&proved.proof);
                let fresh = Groth16::<Bn254>::rerandomize_proof(&ark, &proof, &mut ArkRng(&mut rng));
                let proof = Proof::from_parts(fresh.a, fresh.b, fresh.c).expect("no point is the identity");
                (proved.public_inputs.clone(), proof)
            })
            .collect();
        Self { items }
    }
}

/// Our verifying key as arkworks has it.
#[must_use]
pub fn ark_verifying_key(key: &VerifyingKey) -> ark_groth16::VerifyingKey<Bn254> {
    ark_groth16::VerifyingKey {
        alpha_g1: *key.alpha(),
        beta_g2: *key.beta(),
        gamma_g2: *key.gamma(),
        delta_g2: *key.delta(),
        gamma_abc_g1: key.ic().to_vec(),
    }
}

/// Our proof as arkworks has it.
#[must_use]
pub fn ark_proof(proof: &Proof) -> ark_groth16::Proof<Bn254> {
    ark_groth16::Proof { a: *proof.a(), b: *proof.b(), c: *proof.c() }
}

/// A key of arkworks' own for a membership circuit, with matrices and assignment laid out beforehand.
pub struct ArkKey {
    key: ark_groth16::ProvingKey<Bn254>,
    circuit: MembershipCircuit,
    matrices: Vec<Matrix<Fr>>,
    inputs: usize,
    constraints: usize,
    assignment: Vec<Fr>,
}

impl fmt::Debug for ArkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArkKey(..)")
    }
}

impl ArkKey {
    /// For the statement of that seed.
    ///
    /// # Panics
    /// If the circuit is defective.
    #[must_use]
    pub fn new(id: CircuitId, seed: u64) -> Self {
        let mut rng = seeded(5);
        let key = Groth16::<Bn254>::generate_random_parameters_with_reduction(
            CircuitLayout(id),
            &mut ArkRng(&mut rng),
        )
        .expect("the circuit has a key");
        let circuit = circuit(id, seed);
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        cs.set_mode(SynthesisMode::Prove { construct_matrices: true, generate_lc_assignments: false });
        circuit.clone().generate_constraints(cs.clone()).expect("the circuit is complete");
        cs.finalize();
        let mut all = cs.to_matrices().expect("the system is finalized");
        let matrices = all.remove(R1CS_PREDICATE_LABEL).expect("the circuit is an R1CS");
        let mut assignment = cs.instance_assignment().expect("it was assigned").to_vec();
        assignment.extend_from_slice(&cs.witness_assignment().expect("it was assigned"));
        let (inputs, constraints) = (cs.num_instance_variables(), cs.num_constraints());
        Self { key, circuit, matrices, inputs, constraints, assignment }
    }

    /// Numbers of constraints, of public inputs and of witness variables.
    #[must_use]
    pub const fn shape(&self) -> (usize, usize, usize) {
        // Arkworks counts the constant 1 among the inputs.
        (self.constraints, self.inputs - 1, self.assignment.len() - self.inputs)
    }

    /// Proves with arkworks alone, synthesis included; nothing is checked.
    ///
    /// # Panics
    /// If the circuit is defective.
    pub fn prove(&self, rng: &mut rand_chacha::ChaCha20Rng) -> ark_groth16::Proof<Bn254> {
        Groth16::<Bn254>::create_random_proof_with_reduction(
            self.circuit.clone(),
            &self.key,
            &mut ArkRng(rng),
        )
        .expect("the statement holds")
    }

    /// Proves with arkworks alone from matrices and assignment.
    ///
    /// # Panics
    /// If the circuit is defective.
    pub fn prove_from_assignment(&self, rng: &mut rand_chacha::ChaCha20Rng) -> ark_groth16::Proof<Bn254> {
        let mut rng = ArkRng(rng);
        Groth16::<Bn254, LibsnarkReduction>::create_proof_with_reduction_and_matrices(
            &self.key,
            Fr::rand(&mut rng),
            Fr::rand(&mut rng),
            &self.matrices,
            self.inputs,
            self.constraints,
            &self.assignment,
        )
        .expect("the assignment fits the matrices")
    }
}
