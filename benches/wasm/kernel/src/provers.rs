//! Proofs over a key of snarkjs, by this prover and by arkworks'.

use crate::odd_coset::OddCoset;
use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::{Groth16, Proof, ProvingKey, VerifyingKey};
use ark_relations::gr1cs::Matrix;
use tabella_circom::{Zkey, wtns};
use tabella_primitives::rng::{self, ArkRng};
use tabella_prover::{Proved, Prover};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};
use zeroize::Zeroizing;

/// Both provers with the same key and the same witness.
#[wasm_bindgen]
pub struct Provers {
    ours: tabella_prover::ProvingKey,
    arkworks: ProvingKey<Bn254>,
    matrices: [Matrix<Fr>; 2],
    inputs: usize,
    assignment: Zeroizing<Vec<Fr>>,
    our_last: Option<Proved>,
    arkworks_last: Option<Proof<Bn254>>,
}

#[wasm_bindgen]
impl Provers {
    /// Reads a `.zkey` and a `.wtns`.
    ///
    /// # Errors
    /// If either is none.
    #[wasm_bindgen(constructor)]
    pub fn new(zkey: &[u8], assignment: &[u8]) -> Result<Self, JsError> {
        let ours = Zkey::from_bytes(zkey)?.into_key();
        let matrices = ours.matrices();
        let constraints = matrices.constraints();
        Ok(Self {
            arkworks: arkworks_key(&ours),
            matrices: [
                rows(constraints, |row| matrices.a_row(row))?,
                rows(constraints, |row| matrices.b_row(row))?,
            ],
            inputs: matrices.public_inputs() + 1,
            assignment: wtns::from_bytes(assignment)?,
            our_last: None,
            arkworks_last: None,
            ours,
        })
    }

    /// One proof of this prover, not verified.
    ///
    /// # Errors
    /// If there is none.
    pub fn ours(&mut self) -> Result<(), JsError> {
        let assignment = self.assignment.clone();
        let mut prover = Prover::new(&self.ours).insecurely_without_self_verification();
        self.our_last = Some(prover.prove_assignment(assignment, &mut rng::from_os()?)?);
        Ok(())
    }

    /// Whether the last proof of this prover verifies: what a proof costs more where it is not left out.
    pub fn verify_ours(&self) -> bool {
        let (Some(ours), Some(inputs)) = (&self.our_last, self.assignment.get(1..self.inputs)) else {
            return false;
        };
        ours.public_inputs == inputs && self.ours.prepared().verify_inputs(inputs, &ours.proof).is_ok()
    }

    /// One proof of `ark-groth16`, not verified.
    ///
    /// # Errors
    /// If there is none.
    pub fn arkworks(&mut self) -> Result<(), JsError> {
        let mut rng = rng::from_os()?;
        let mut rng = ArkRng(&mut rng);
        let [a, _] = &self.matrices;
        self.arkworks_last = Some(Groth16::<Bn254, OddCoset>::create_proof_with_reduction_and_matrices(
            &self.arkworks,
            Fr::rand(&mut rng),
            Fr::rand(&mut rng),
            &self.matrices,
            self.inputs,
            a.len(),
            &self.assignment,
        )?);
        Ok(())
    }

    /// Whether the last proof of each verifies.
    pub fn verified(&self) -> bool {
        let (Some(arkworks), Some(inputs)) = (&self.arkworks_last, self.assignment.get(1..self.inputs))
        else {
            return false;
        };
        let Ok(theirs) = verifiable(arkworks) else { return false };
        self.verify_ours() && self.ours.prepared().verify_inputs(inputs, &theirs).is_ok()
    }
}

/// arkworks' proof as this verifier takes it.
fn verifiable(proof: &Proof<Bn254>) -> Result<tabella_verifier::Proof, JsError> {
    Ok(tabella_verifier::Proof::from_parts(proof.a, proof.b, proof.c)?)
}

/// arkworks' form of a key.
fn arkworks_key(key: &tabella_prover::ProvingKey) -> ProvingKey<Bn254> {
    let vk = key.verifying_key();
    ProvingKey {
        vk: VerifyingKey {
            alpha_g1: *vk.alpha(),
            beta_g2: *vk.beta(),
            gamma_g2: *vk.gamma(),
            delta_g2: *vk.delta(),
            gamma_abc_g1: vk.ic().to_vec(),
        },
        beta_g1: *key.beta_g1(),
        delta_g1: *key.delta_g1(),
        a_query: key.query_a().to_vec(),
        b_g1_query: key.query_b_g1().unwrap_or_default().to_vec(),
        b_g2_query: key.query_b_g2().to_vec(),
        h_query: key.query_h().to_vec(),
        l_query: key.query_l().to_vec(),
    }
}

fn rows<I: Iterator<Item = (u32, Fr)>>(
    count: usize,
    row: impl Fn(usize) -> I,
) -> Result<Matrix<Fr>, JsError> {
    let entry = |(column, value)| Ok((value, usize::try_from(column)?));
    (0..count).map(|number| row(number).map(entry).collect()).collect()
}
