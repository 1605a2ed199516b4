//! Keys and proofs for the tests of this crate.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by several test binaries, none of which uses all of it"
)]

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand};
use tabella_verifier::{PreparedVerifyingKey, Proof, VerifyingKey, semaphore::SemaphoreProof, snarkjs};

/// A key whose secrets are known, so that proofs can be simulated for any statement.
pub(crate) struct Simulator {
    alpha: Fr,
    beta: Fr,
    gamma: Fr,
    delta: Fr,
    ic: Vec<Fr>,
}

impl Simulator {
    pub(crate) fn new(inputs: usize, rng: &mut impl ark_std::rand::Rng) -> Self {
        Self {
            alpha: Fr::rand(rng),
            beta: Fr::rand(rng),
            gamma: Fr::rand(rng),
            delta: Fr::rand(rng),
            ic: (0..=inputs).map(|_| Fr::rand(rng)).collect(),
        }
    }

    pub(crate) fn key(&self) -> VerifyingKey {
        let ic = self.ic.iter().map(|ic| g1(*ic)).collect();
        VerifyingKey::from_parts(g1(self.alpha), g2(self.beta), g2(self.gamma), g2(self.delta), ic).unwrap()
    }

    /// `C = (a b - alpha beta - V gamma) / delta` for random a and b.
    pub(crate) fn simulate(&self, inputs: &[Fr], rng: &mut impl ark_std::rand::Rng) -> Proof {
        let sum = inputs.iter().zip(&self.ic[1..]).fold(self.ic[0], |sum, (x, ic)| sum + *x * ic);
        let (a, b) = (Fr::rand(rng), Fr::rand(rng));
        let c = (a * b - self.alpha * self.beta - sum * self.gamma) * self.delta.inverse().unwrap();
        Proof::from_parts(g1(a), g2(b), g1(c)).unwrap()
    }

    pub(crate) fn statement(&self, rng: &mut impl ark_std::rand::Rng) -> (Vec<Fr>, Proof) {
        let inputs: Vec<Fr> = self.ic[1..].iter().map(|_| Fr::rand(rng)).collect();
        let proof = self.simulate(&inputs, rng);
        (inputs, proof)
    }
}

pub(crate) fn g1(scalar: Fr) -> G1Affine {
    (G1Affine::generator() * scalar).into_affine()
}

pub(crate) fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::generator() * scalar).into_affine()
}

/// The generator that `verify_batch` wants.
pub(crate) fn rng() -> rand_chacha::ChaCha20Rng {
    rand_chacha::rand_core::SeedableRng::from_seed([42; 32])
}

/// Semaphore's published key for that depth, as text.
pub(crate) fn semaphore_key_json(depth: usize) -> String {
    tabella_testkit::semaphore_vector("verification_keys.json")["keys"][depth.to_string()].to_string()
}

pub(crate) fn semaphore_key(depth: usize) -> PreparedVerifyingKey {
    snarkjs::key_from_json(&semaphore_key_json(depth)).unwrap().prepare()
}

/// Semaphore's proofs: depth, public inputs, proof object.
pub(crate) fn semaphore_proofs() -> Vec<(usize, Vec<Fr>, SemaphoreProof)> {
    tabella_testkit::semaphore_vector("proofs.json")["proofs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let depth = usize::try_from(entry["depth"].as_u64().unwrap()).unwrap();
            let inputs = snarkjs::inputs_from_json(&entry["publicSignals"].to_string()).unwrap();
            let proof = SemaphoreProof::from_json(&entry["proof"].to_string()).unwrap();
            (depth, inputs, proof)
        })
        .collect()
}
