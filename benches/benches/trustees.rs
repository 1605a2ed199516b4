//! Encrypted numbers and trustees: encrypting, adding up, key ceremonies, shares of a decryption, and the search for the sum.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::hint::black_box;
use tabella_benches::{quick, seeded, slow};
use tabella_primitives::{
    cancel::CancelToken,
    digest::Digest,
    discrete_log::DiscreteLogTable,
    edwards::{Point, Scalar},
    elgamal::{Ciphertext, CiphertextSum, EncryptionKey, Randomness},
    progress::quietly,
};
use tabella_protocol::{
    election::ElectionId,
    trustee::{
        CeremonyParameters, DecryptionShare, EncryptedSum, KeyCeremony, KeyShare, OpeningLedger,
        OpeningPolicy, TrusteeSecret, hold_in_memory,
    },
};

/// Slots of a ciphertext.
pub(crate) const SLOTS: u8 = 8;
/// Ciphertexts that are added.
const BALLOTS: u32 = 100_000;
/// Different ones among them: additions cost the same whatever the points.
const DISTINCT: usize = 1_000;

pub(crate) fn ciphertexts(key: &EncryptionKey, count: usize) -> Vec<Ciphertext> {
    let rng = &mut seeded(1);
    (0..count)
        .map(|_| key.encrypt(&[1; 8], &Randomness::random(rng)).expect("eight numbers for eight keys"))
        .collect()
}

fn elgamal(c: &mut Criterion) {
    let points = (1..=SLOTS).map(|i| Point::mul_base(&Scalar::from(u64::from(i) * 7_919))).collect();
    let key = EncryptionKey::new(points).expect("distinct points");
    let distinct = ciphertexts(&key, DISTINCT);
    let mut group = c.benchmark_group("elgamal");
    group.throughput(Throughput::Elements(1));
    let rho = Randomness::random(&mut seeded(2));
    group.bench_function(BenchmarkId::new("encrypt", SLOTS), |b| {
        b.iter(|| key.encrypt(black_box(&[1; 8]), &rho));
    });
    let bytes = distinct.first().expect("there are some").to_bytes();
    group.bench_function(BenchmarkId::new("decode", SLOTS), |b| {
        b.iter(|| Ciphertext::from_bytes(black_box(&bytes)).expect("a ciphertext"));
    });
    let ballots: Vec<Ciphertext> =
        distinct.iter().cycle().take(usize::try_from(BALLOTS).expect("fits")).cloned().collect();
    group.throughput(Throughput::Elements(BALLOTS.into()));
    group.bench_function(BenchmarkId::new("aggregate", BALLOTS), |b| {
        b.iter(|| CiphertextSum::of(black_box(&ballots)).expect("equal slots"));
    });
    group.finish();
}

fn discrete_log(c: &mut Criterion) {
    let mut group = c.benchmark_group("discrete-log");
    let token = CancelToken::new();
    for power in [32u32, 40] {
        let bound = 1u64 << power;
        let make =
            || DiscreteLogTable::new(bound, 64 << 20, &token, &mut quietly).expect("within the limits");
        group.bench_function(BenchmarkId::new("table", power), |b| b.iter(make));
        let table = make();
        // The last number that is looked at.
        let last = Point::base().mul_vartime(&Scalar::from(bound));
        group.bench_function(BenchmarkId::new("solve", power), |b| {
            b.iter(|| table.solve(black_box(&last), &token, &mut quietly).expect("not above the bound"));
        });
    }
    group.finish();
}

/// A whole ceremony in memory, all n trustees one after the other, and the check of its record.
pub(crate) fn ceremony(n: u8, t: u8) -> (Vec<TrusteeSecret>, KeyCeremony, Vec<KeyShare>) {
    let rng = &mut seeded(3);
    let secrets: Vec<TrusteeSecret> = (0..n).map(|_| TrusteeSecret::generate(rng)).collect();
    let keys = secrets.iter().map(|secret| *secret.keys()).collect();
    let parameters = CeremonyParameters::new([1; 32], t, SLOTS, keys).expect("t of n");
    let held = hold_in_memory(parameters, &secrets, rng, |_, packages| packages).expect("all are honest");
    let ceremony = held.record().verify().expect("all are honest");
    (secrets, ceremony, held.shares)
}

fn trustees(c: &mut Criterion) {
    let mut group = c.benchmark_group("trustees");
    group.bench_function(BenchmarkId::new("ceremony", "3-of-5"), |b| b.iter(|| ceremony(5, 3)));
    let (secrets, ceremony, shares) = ceremony(5, 3);
    let election = ElectionId::from_digest(Digest::from_bytes([1; 32]));
    let ballots = ciphertexts(ceremony.key(), 10);
    let sum = EncryptedSum::of(&ceremony, election, &ballots).expect("eight slots");
    let (me, share) = (secrets.first().expect("five"), shares.first().expect("five"));
    let policy = OpeningPolicy::new(2).expect("at least two");
    let authorised = OpeningLedger::new()
        .authorise(&ceremony, share.trustee(), election, &ballots, policy)
        .expect("ten ballots");
    let rng = &mut seeded(4);
    group.throughput(Throughput::Elements(1));
    group.bench_function(BenchmarkId::new("decrypt", SLOTS), |b| {
        b.iter(|| share.decrypt(me, &ceremony, black_box(&authorised), rng).expect("its key"));
    });
    let package = share.decrypt(me, &ceremony, &authorised, rng).expect("its key");
    group.bench_function(BenchmarkId::new("verify-share", SLOTS), |b| {
        b.iter(|| {
            DecryptionShare::from_package(&ceremony, black_box(&package))
                .expect("signed")
                .verify(&ceremony, &sum)
                .expect("right")
        });
    });
    group.finish();
}

criterion_group! { name = sums; config = slow(); targets = elgamal, discrete_log }
criterion_group! { name = ceremonies; config = quick(); targets = trustees }
