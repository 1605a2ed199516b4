//! Verifying one proof, ours and `ark-groth16`'s prepared verification beside it.

use ark_bn254::Bn254;
use ark_groth16::{Groth16, prepare_verifying_key};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::hint::black_box;
use tabella_benches::{ProofPool, ark_proof, ark_verifying_key, development_key, quick};
use tabella_protocol::statement::CircuitId;
use tabella_verifier::Proof;

fn verify(c: &mut Criterion) {
    let mut group = c.benchmark_group("verify");
    let id = CircuitId::Membership20V1;
    let key = development_key(id);
    let pool = ProofPool::new(id, &key, 1);
    let (inputs, proof) = pool.items.first().expect("one was asked for");
    group.throughput(Throughput::Elements(1));

    let prepared = key.verifying_key().clone().prepare();
    assert_eq!(prepared.verify_inputs(inputs, proof), Ok(()));
    group.bench_function(BenchmarkId::new("membership", "depth-20"), |b| {
        b.iter(|| prepared.verify_inputs(black_box(inputs), black_box(proof)));
    });
    let bytes = proof.to_bytes();
    group.bench_function(BenchmarkId::new("membership-from-bytes", "depth-20"), |b| {
        b.iter(|| {
            prepared.verify_inputs(black_box(inputs), &Proof::from_bytes(black_box(&bytes)).expect("a proof"))
        });
    });

    let ark_key = prepare_verifying_key(&ark_verifying_key(key.verifying_key()));
    let ark_proof = ark_proof(proof);
    assert_eq!(Groth16::<Bn254>::verify_proof(&ark_key, &ark_proof, inputs), Ok(true));
    group.bench_function(BenchmarkId::new("ark-groth16", "depth-20"), |b| {
        b.iter(|| Groth16::<Bn254>::verify_proof(&ark_key, black_box(&ark_proof), black_box(inputs)));
    });
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = verify }
