//! Elections with some ballots.

use crate::common::random::{bytes, field, rng, scalar};
use rand_core::Rng;
use tabella_circuits::SumCircuit;
use tabella_primitives::{
    digest::Digest,
    edwards::Point,
    elgamal::{EncryptionKey, Randomness},
};
use tabella_protocol::{
    ballot::{BallotSum, BatchSize, SealedBallot, SealedElection, SumInstance, SumWitness},
    election::{Method, SealedRules},
    registry::RegistryRoot,
    statement::Nullifier,
};

/// An election of so many options.
pub(crate) fn election(options: usize, seed: u64) -> SealedElection {
    let mut rng = rng(seed);
    let keys: Vec<Point> = (0..options).map(|_| Point::mul_base(&scalar(&mut rng))).collect();
    let keys = EncryptionKey::new(keys).unwrap();
    let (terms, root) = (Digest::from_bytes(bytes(&mut rng)), RegistryRoot::from_field(field(&mut rng)));
    SealedElection::new(terms, root, 1000, &SealedRules::plain(Method::Score { max: 9 }), options, keys)
        .unwrap()
}

/// Ballots that were accepted: proofs beside them are not this relation's affair.
pub(crate) fn ballots(election: &SealedElection, count: usize, seed: u64) -> Vec<SealedBallot> {
    let mut rng = rng(seed);
    let options = election.parameters().options();
    (0..count)
        .map(|_| {
            let numbers: Vec<u64> = (0..options).map(|_| rng.next_u64() % 10).collect();
            let randomness = Randomness::from_scalar(scalar(&mut rng)).unwrap();
            SealedBallot {
                election: election.id(),
                nullifier: Nullifier::from_field(field(&mut rng)),
                ciphertext: election.key().encrypt(&numbers, &randomness).unwrap(),
            }
        })
        .collect()
}

/// A batch after a batch of three.
pub(crate) fn witness(options: usize, batch: BatchSize, count: usize, seed: u64) -> SumWitness {
    let election = election(options, seed);
    let before = BallotSum::none(&election).with(&ballots(&election, 3, seed + 1)).unwrap();
    SumWitness::new(batch, before, ballots(&election, count, seed + 2)).unwrap()
}

pub(crate) fn circuit(witness: &SumWitness) -> SumCircuit {
    circuit_of(witness.instance(), witness)
}

pub(crate) fn circuit_of(instance: SumInstance, witness: &SumWitness) -> SumCircuit {
    SumCircuit::new(instance, witness.clone())
}
