//! Proving membership, ours and `ark-groth16` alone beside it.
//!
//! `membership` is what a citizen waits for: synthesis, check of every constraint, proof, verification of the proof.
//! `membership-unverified` leaves the last away. `ark-groth16` is synthesis and proof, unchecked; `ark-groth16-assigned` is
//! the proof alone, from matrices and assignment laid out beforehand: the least that any wrapper can need. `prepared/cast` is
//! what is left when identity and path were multiplied before; `prepared/whole` is the same proof without.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::hint::black_box;
use tabella_benches::{ArkKey, circuit, development_key, seeded, slow, statement};
use tabella_circuits::MembershipCircuit;
use tabella_protocol::{
    statement::{CircuitId, MembershipInstance},
    value::SemaphoreValue,
};
use tabella_prover::{Kernel, Prover, TableSize, Tables};

fn prove(c: &mut Criterion) {
    let mut group = c.benchmark_group("prove");
    for id in [CircuitId::Membership10V1, CircuitId::Membership20V1, CircuitId::Membership32V1] {
        let depth = format!("depth-{}", id.max_depth().expect("of a membership circuit"));
        let mut rng = seeded(4);
        group.throughput(Throughput::Elements(1));

        let key = development_key(id);
        let circuit = circuit(id, 0);
        group.bench_function(BenchmarkId::new("membership", &depth), |b| {
            b.iter(|| Prover::new(&key).prove(black_box(&circuit), &mut rng).expect("the statement holds"));
        });
        group.bench_function(BenchmarkId::new("membership-unverified", &depth), |b| {
            b.iter(|| {
                let mut prover = Prover::new(&key).insecurely_without_self_verification();
                prover.prove(black_box(&circuit), &mut rng).expect("the statement holds")
            });
        });

        let ark = ArkKey::new(id, 0);
        let matrices = key.matrices();
        let ours = (matrices.constraints(), matrices.public_inputs(), matrices.witness_variables());
        assert_eq!(ark.shape(), ours, "both prove the same constraints");
        group.bench_function(BenchmarkId::new("ark-groth16", &depth), |b| {
            b.iter(|| black_box(&ark).prove(&mut rng));
        });
        group.bench_function(BenchmarkId::new("ark-groth16-assigned", &depth), |b| {
            b.iter(|| black_box(&ark).prove_from_assignment(&mut rng));
        });
    }
    group.finish();
}

/// Casting: identity and path are prepared, the message is new. The full proof stands beside it, with the same tables.
fn prepared(c: &mut Criterion) {
    let mut group = c.benchmark_group("prove/prepared");
    let id = CircuitId::Membership20V1;
    let key = development_key(id);
    let (instance, witness) = statement(id, 0);
    let prepared = circuit(id, 0);
    let cast = MembershipInstance { message: SemaphoreValue::from_be_bytes([10; 32]), ..instance };
    let cast = MembershipCircuit::new(id, cast, witness).expect("the statement is one of this circuit");
    let mut rng = seeded(5);
    for size in [TableSize::None, TableSize::Large] {
        let tables = Tables::new(&key, Kernel::fastest(), size, &|_, _| ());
        let prover = || Prover::new(&key).with_tables(&tables).expect("they are the key's own");
        let unverified = || prover().insecurely_without_self_verification();
        let preparation = prover().prepare(&prepared).expect("the statement holds");
        group.bench_function(BenchmarkId::new("whole", format!("tables-{size}")), |b| {
            b.iter(|| unverified().prove(black_box(&cast), &mut rng).expect("the statement holds"));
        });
        group.bench_function(BenchmarkId::new("cast", format!("tables-{size}")), |b| {
            b.iter(|| {
                let mut prover = unverified().with_preparation(&preparation);
                prover.prove(black_box(&cast), &mut rng).expect("the statement holds")
            });
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = slow(); targets = prove, prepared }
