//! Poseidon: one hash of 1, 2, 5 and 16 inputs, and a level of a tree at once.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use light_poseidon::PoseidonHasher;
use std::hint::black_box;
use tabella_benches::{commitments, quick};
use tabella_primitives::{Fr, poseidon};

fn inputs<const N: usize>() -> [Fr; N] {
    let values = commitments(N);
    core::array::from_fn(|i| *values[i].as_field())
}

fn one<const N: usize>(c: &mut Criterion) {
    let mut group = c.benchmark_group("hash");
    let inputs = inputs::<N>();
    group.throughput(Throughput::Elements(1));
    group.bench_function(BenchmarkId::new("poseidon", N), |b| b.iter(|| poseidon::hash(black_box(&inputs))));
    group.finish();
}

fn single(c: &mut Criterion) {
    one::<1>(c);
    one::<2>(c);
    one::<5>(c);
    one::<16>(c);
}

fn peer(c: &mut Criterion) {
    let mut group = c.benchmark_group("hash");
    let mut peer = light_poseidon::Poseidon::<Fr>::new_circom(2).expect("two inputs are allowed");
    let inputs = inputs::<2>();
    assert_eq!(peer.hash(&inputs), Ok(poseidon::hash(&inputs)), "the peer computes the same");
    group.throughput(Throughput::Elements(1));
    group.bench_function(BenchmarkId::new("light-poseidon", 2), |b| b.iter(|| peer.hash(black_box(&inputs))));
    group.finish();
}

fn level(c: &mut Criterion) {
    let mut group = c.benchmark_group("hash");
    let values = commitments(8_192);
    let pairs: Vec<[Fr; 2]> =
        values.chunks_exact(2).map(|pair| [*pair[0].as_field(), *pair[1].as_field()]).collect();
    let mut outputs = vec![Fr::default(); pairs.len()];
    group.throughput(Throughput::Elements(4_096));
    group.bench_function(BenchmarkId::new("pairs", 4_096), |b| {
        b.iter(|| poseidon::hash_pairs(black_box(&pairs), &mut outputs));
    });
    group.bench_function(BenchmarkId::new("pairs-serial", 4_096), |b| {
        b.iter(|| poseidon::hash_pairs_serial(black_box(&pairs), &mut outputs));
    });
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = single, peer, level }
