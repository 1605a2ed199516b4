//! What comes before the mathematics of a proof: running the circuit, and checking every constraint.

use core::ops::ControlFlow;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::hint::black_box;
use tabella_benches::{circuit, development_key, seeded, slow, statement};
use tabella_protocol::statement::{CircuitId, membership_holds};
use tabella_prover::{ProveError, Prover, Stage};

const ID: CircuitId = CircuitId::Membership20V1;

fn witness(c: &mut Criterion) {
    let mut group = c.benchmark_group("witness");
    let key = development_key(ID);
    let circuit = circuit(ID, 0);
    let mut rng = seeded(2);
    let constraints = u64::try_from(key.matrices().constraints()).expect("fits");
    group.throughput(Throughput::Elements(constraints));
    // The prover itself, stopped at the beginning of the next stage.
    for (name, end) in [("synthesis", Stage::Satisfaction), ("synthesis-and-satisfaction", Stage::Quotient)] {
        let stop = |stage| if stage == end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let mut prover = Prover::new(&key).on_stage(stop);
        assert_eq!(prover.prove(&circuit, &mut rng).err(), Some(ProveError::Cancelled { stage: end }));
        group.bench_function(BenchmarkId::new(name, "depth-20"), |b| {
            b.iter(|| prover.prove(black_box(&circuit), &mut rng).is_err());
        });
    }
    group.finish();
}

fn native(c: &mut Criterion) {
    let mut group = c.benchmark_group("witness");
    let (instance, witness) = statement(ID, 0);
    assert!(membership_holds(&instance, &witness), "the statement holds");
    group.bench_function(BenchmarkId::new("native-relation", "depth-20"), |b| {
        b.iter(|| membership_holds(black_box(&instance), black_box(&witness)));
    });
    group.finish();
}

criterion_group! { name = benches; config = slow(); targets = witness, native }
