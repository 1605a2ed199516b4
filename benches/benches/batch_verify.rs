//! Verifying many proofs of one circuit at once, `ark-groth16`'s prepared verification of each beside it, and the search for
//! one bad proof among them.

use ark_bn254::Bn254;
use ark_groth16::{Groth16, prepare_verifying_key};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use rayon::prelude::*;
use std::hint::black_box;
use tabella_benches::{ProofPool, ark_proof, ark_verifying_key, development_key, seeded, slow};
use tabella_protocol::statement::CircuitId;
use tabella_verifier::InvalidBatch;

const MOST: usize = 1_024;

fn batch(c: &mut Criterion) {
    let mut group = c.benchmark_group("batch-verify");
    let id = CircuitId::Membership20V1;
    let key = development_key(id);
    let mut items = ProofPool::new(id, &key, MOST).items;
    let prepared = key.prepared();
    let mut rng = seeded(6);
    // arkworks has no batches: its proofs are verified one by one, on as many threads.
    let ark_key = prepare_verifying_key(&ark_verifying_key(key.verifying_key()));
    let ark_items: Vec<_> = items.iter().map(|(inputs, proof)| (inputs.clone(), ark_proof(proof))).collect();
    for size in [1u32, 4, 16, 64, 256, 1_024] {
        let count = usize::try_from(size).expect("fits");
        let (batch, ark_batch) = (&items[..count], &ark_items[..count]);
        assert_eq!(prepared.verify_batch(batch, &mut rng), Ok(()));
        group.throughput(Throughput::Elements(size.into()));
        group.bench_function(BenchmarkId::new("membership", size), |b| {
            b.iter(|| prepared.verify_batch(black_box(batch), &mut rng));
        });
        let verify_all = || {
            black_box(ark_batch)
                .par_iter()
                .all(|(inputs, proof)| Groth16::<Bn254>::verify_proof(&ark_key, proof, inputs) == Ok(true))
        };
        assert!(verify_all());
        group.bench_function(BenchmarkId::new("ark-groth16", size), |b| b.iter(verify_all));
    }

    // The proof of another statement: valid points, wrong equation.
    items[700].1 = items[701].1;
    assert_eq!(prepared.verify_batch(&items, &mut rng), Err(InvalidBatch { culprits: vec![700] }));
    group.bench_function(BenchmarkId::new("membership-one-bad", MOST), |b| {
        b.iter(|| prepared.verify_batch(black_box(&items), &mut rng));
    });
    group.finish();
}

criterion_group! { name = benches; config = slow(); targets = batch }
