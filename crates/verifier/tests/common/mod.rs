//! Keys and proofs for the tests of this crate.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by several test binaries, none of which uses all of it"
)]

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::UniformRand;
use tabella_primitives::rng::{ArkRng, CryptoRng};
use tabella_verifier::{
    PreparedVerifyingKey, Proof, semaphore::SemaphoreProof, snarkjs, testing::ForgingKey,
};

pub(crate) fn g1(scalar: Fr) -> G1Affine {
    (G1Affine::generator() * scalar).into_affine()
}

pub(crate) fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::generator() * scalar).into_affine()
}

/// A random statement with a proof.
pub(crate) fn random_item(key: &ForgingKey, rng: &mut impl CryptoRng) -> (Vec<Fr>, Proof) {
    let count = key.verifying_key().public_inputs();
    let inputs: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut ArkRng(rng))).collect();
    let proof = key.forge(&inputs, rng);
    (inputs, proof)
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
