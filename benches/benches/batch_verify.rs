//! Verifying many proofs of one circuit at once, and the search for one bad proof among them.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::hint::black_box;
use tabella_benches::{ProofPool, development_key, seeded, slow};
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
    for size in [1u32, 4, 16, 64, 256, 1_024] {
        let batch = &items[..usize::try_from(size).expect("fits")];
        assert_eq!(prepared.verify_batch(batch, &mut rng), Ok(()));
        group.throughput(Throughput::Elements(size.into()));
        group.bench_function(BenchmarkId::new("membership", size), |b| {
            b.iter(|| prepared.verify_batch(black_box(batch), &mut rng));
        });
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
