//! The registry: appending batches, changing one slot, finding one path.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group};
use std::hint::black_box;
use tabella_benches::{commitments, quick, slow};
use tabella_protocol::registry::Registry;

/// Citizens of the registry in which one slot is looked at or changed.
const SIZE: u64 = 100_000;

fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("registry");
    let all = commitments(100_000);
    for size in [1_000u32, 10_000, 100_000] {
        let batch = &all[..usize::try_from(size).expect("fits")];
        group.throughput(Throughput::Elements(size.into()));
        group.bench_function(BenchmarkId::new("append-batch", size), |b| {
            b.iter_batched_ref(
                Registry::new,
                |registry| registry.append_batch(batch).expect("the commitments are distinct"),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn one(c: &mut Criterion) {
    let mut group = c.benchmark_group("registry");
    let all = commitments(200_000);
    let (members, fresh) = all.split_at(100_000);
    let mut registry = Registry::new();
    registry.append_batch(members).expect("the commitments are distinct");
    group.throughput(Throughput::Elements(1));
    let mut index = 0;
    group.bench_function(BenchmarkId::new("path", SIZE), |b| {
        b.iter(|| {
            index = (index + 7_919) % SIZE;
            registry.path(black_box(index)).expect("the slot is taken")
        });
    });
    // A second copy, so that every change brings a commitment that is not there.
    let mut next = fresh.iter().cycle();
    group.bench_function(BenchmarkId::new("update", SIZE), |b| {
        b.iter_batched(
            || *next.next().expect("the cycle does not end"),
            |commitment| {
                index = (index + 7_919) % SIZE;
                registry.update(black_box(index), commitment)
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group! { name = batches; config = slow(); targets = append }
criterion_group! { name = slots; config = quick(); targets = one }
