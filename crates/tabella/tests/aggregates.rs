//! Sum and tally of an election with secret ballots, proved, put into its record, and audited.
//!
//! With `TABELLA_FULL_TESTS=1` in all sizes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use std::io::Write;
use tabella::{
    Auditor, Citizen, Election, NotProved, Registrar, Trustee,
    audit::{Aggregate, AggregateFault, Cause, PublishedHead},
    ballot::{BallotSize, BatchSize, PROOF_BYTES, SealedBallot, SecretBallot, SumInstance},
    ballot_box::RegistryLeaves,
    election::{FrozenRegistry, Manifest, SecretBallots, Window},
    hold_ceremony, keys, open_sum,
    params::{KeyPolicy, ParamsCache},
    primitives::{
        Fr,
        cancel::CancelToken,
        elgamal::Randomness,
        progress::{Progress, quietly},
        rng,
    },
    protocol::trustee::{
        MAX_TALLY_SHARES, OpeningPolicy, Package, Refusal, TallyShare, TallyShareError, TallyWitnessError,
    },
    prove_sums, prove_tally,
    prover::{ProveError, ProvingKey, Stage},
    record::{
        DroppedPart, Provable, ProvableError, RecordReader, RecordWriter, SumProof, TallyPartError,
        add_proofs,
    },
    registry::RegistryRoot,
    statement::{CircuitId, Nullifier},
    verifier::Proof,
};

const POLICY: KeyPolicy = KeyPolicy::AllowInsecureDevelopmentKeys;
const CLOSES: u64 = 1_700_003_600;

fn full() -> bool {
    std::env::var_os("TABELLA_FULL_TESTS").is_some()
}

fn key(circuit: CircuitId) -> ProvingKey {
    keys::proving_key(&ParamsCache::open_default().unwrap(), circuit, |_| ()).unwrap().key
}

fn window() -> Window {
    Window { opens_at: 1_700_000_000, closes_at: CLOSES }
}

/// An opened election: its record, its trustees, of whom the last has opened nothing.
struct Held {
    election: Election,
    trustees: Vec<Trustee>,
    record: Vec<u8>,
}

/// Three voters; so many options and trustees.
fn hold(options: u8, threshold: u8, trustees: u8) -> Held {
    let rng = &mut rng::from_os().unwrap();
    let citizens: Vec<Citizen> = (0..3).map(|_| Citizen::generate(rng)).collect();
    let mut registrar = Registrar::new();
    registrar.register(citizens.iter().map(Citizen::commitment)).unwrap();
    let (mut trustees, ceremony, keys) = hold_ceremony(threshold, trustees, options, rng).unwrap();
    let draft = Manifest::builder("Town meeting", "Shall the mill become a library?")
        .options((0..options).map(|option| format!("Option {option}")))
        .window(window())
        .secret(SecretBallots::new(&keys, OpeningPolicy::new(2).unwrap()));
    let election = Election::create(draft, registrar.freeze().unwrap(), POLICY, rng).unwrap();
    let manifest = election.manifest().clone();
    let ballot_key = key(manifest.circuit());
    let ballot_box = election.memory_ballot_box().unwrap();
    for (citizen, option) in citizens.iter().zip(["Option 0", "Option 1", "Option 0"]) {
        let sealed = citizen.seal(&election, registrar.registry(), [(option, 1)], rng).unwrap();
        let ballot = sealed.cast(&ballot_key, rng).unwrap();
        ballot_box.accept(ballot_box.check(&ballot).unwrap(), 1_700_000_100).unwrap();
    }
    let closing = PublishedHead::from(ballot_box.close(CLOSES).unwrap());
    let leaves = RegistryLeaves::Plain(registrar.registry().tree().leaves());
    let mut unopened_record = Vec::new();
    let unopened = ballot_box.write_unopened(&mut unopened_record, leaves, &ceremony).unwrap();
    let auditor = Auditor::new(POLICY);
    let last = trustees.len() - 1;
    let shares: Vec<Package> = trustees[..last.max(usize::from(threshold))]
        .iter_mut()
        .map(|trustee| {
            trustee.open(&auditor, manifest.id(), closing, unopened_record.as_slice(), rng).unwrap()
        })
        .collect();
    let opened = open_sum(&manifest, &unopened, shares, &CancelToken::new(), &mut quietly).unwrap();
    let mut record = Vec::new();
    ballot_box.write_opened(&mut record, leaves, &ceremony, Some(opened.as_opened())).unwrap();
    Held { election, trustees, record }
}

fn provable(record: &[u8]) -> Provable {
    Provable::read(RecordReader::new(record)).unwrap()
}

fn quiet(_: &SumProof, _: Progress) {}

#[test]
fn sum_and_tally_are_proved_added_and_audited() {
    let held = hold(2, 2, 4);
    let rng = &mut rng::from_os().unwrap();
    let (go, read) = (CancelToken::new(), provable(&held.record));
    let size = read.election().size();
    let (sum_key, tally_key) = (key(BatchSize::Small.circuit(size)), key(size.tally_circuit()));
    let sums = prove_sums(&read, BatchSize::Small, &sum_key, Vec::new(), &go, &mut quiet).unwrap();
    assert_eq!(sums.len(), 1);

    // A trustee who has not opened the sum gives no part; a part that was changed is dropped by name.
    let tally = read.tally().unwrap();
    let absent = held.trustees[3].prove_tally(&tally, rng).unwrap_err();
    assert!(matches!(absent, TallyPartError::Refused(Refusal::NotOpened { .. })), "{absent}");
    let parts: Vec<TallyShare> =
        held.trustees[..3].iter().map(|trustee| trustee.prove_tally(&tally, rng).unwrap()).collect();
    let mut bytes = parts[0].to_bytes();
    bytes[48] ^= 1;
    let wrong = TallyShare::from_bytes(&bytes).unwrap();
    let error = TallyShareError::InvalidProof { trustee: wrong.trustee() };
    let dropped = vec![DroppedPart { place: 0, error }];
    let few = prove_tally(&tally, [wrong, parts[1]], &tally_key, &go);
    let error = TallyWitnessError::TooFew { shares: 1, threshold: 2 };
    let expected = ProvableError::Witness { error, dropped: dropped.clone() };
    assert_eq!(few, Err(NotProved::Record(expected)));
    // Who is asked twice gives two good parts, of which one counts; one that lies there twice is one.
    let again = held.trustees[1].prove_tally(&tally, rng).unwrap();
    let (witness, second) = tally.witness([parts[1], parts[1], again, parts[2]]).unwrap();
    assert_eq!(witness, tally.witness([parts[1], parts[2]]).unwrap().0);
    let duplicate =
        |place| vec![DroppedPart { place, error: TallyShareError::Duplicate { trustee: again.trustee() } }];
    assert_eq!(second, duplicate(2));
    let expected = ProvableError::Witness { error, dropped: duplicate(1) };
    assert_eq!(tally.witness([parts[1], again]).err(), Some(expected));
    let proved = prove_tally(&tally, [wrong, parts[1], parts[2]], &tally_key, &go).unwrap();
    assert_eq!(proved.dropped, dropped);

    // Anybody puts the proofs into the record, and anybody checks them.
    let mut record = Vec::new();
    let digest = add_proofs(held.record.as_slice(), &mut record, &sums, Some(&proved.proof)).unwrap();
    let auditor = Auditor::new(POLICY).require_sum_proofs().require_tally_proof();
    let report = auditor.clone().expect_record(digest).audit(record.as_slice(), rng).unwrap();
    let proofs = report.proofs.unwrap();
    assert_eq!((proofs.sum.unwrap().batches, proofs.tally), (1, Some(CircuitId::Tally2V1)));
    assert_eq!(auditor.one_by_one().audit(record.as_slice(), rng).unwrap().record_digest, digest);
    let without = Auditor::new(POLICY).audit(held.record.as_slice(), rng).unwrap();
    assert_eq!((without.tally, without.proofs.unwrap().sum), (report.tally, None));
    // A good proof of something else.
    let mut forged = proved.proof.clone();
    forged.proof.copy_from_slice(&sums[0].proof);
    let mut record = Vec::new();
    add_proofs(held.record.as_slice(), &mut record, &sums, Some(&forged)).unwrap();
    let fault = Auditor::new(POLICY).audit(record.as_slice(), rng).unwrap_err();
    assert!(matches!(fault.cause, Cause::Aggregate(Aggregate::Tally, AggregateFault::InvalidProof(_))));

    // Keys of other circuits; and who cancels gets nothing.
    let wrong_key = prove_sums(&read, BatchSize::Small, &tally_key, Vec::new(), &go, &mut quiet);
    assert!(
        matches!(wrong_key, Err(NotProved::Sum { batch: 0, error: ProveError::WrongCircuit { .. } })),
        "{wrong_key:?}"
    );
    let wrong_key = prove_tally(&tally, parts.iter().copied(), &sum_key, &go);
    assert!(matches!(wrong_key, Err(NotProved::Tally(ProveError::WrongCircuit { .. }))), "{wrong_key:?}");
    let stop = CancelToken::new();
    stop.cancel();
    let cancelled = prove_sums(&read, BatchSize::Small, &sum_key, Vec::new(), &stop, &mut quiet);
    assert!(
        matches!(cancelled, Err(NotProved::Sum { batch: 0, error: ProveError::Cancelled { .. } })),
        "{cancelled:?}"
    );
    let cancelled = prove_tally(&tally, parts, &tally_key, &stop);
    assert!(matches!(cancelled, Err(NotProved::Tally(ProveError::Cancelled { .. }))), "{cancelled:?}");
    assert_eq!(held.election.manifest().id(), report.election);
}

/// A closed election of so many ballots, whose proofs nobody looks at: to prove their sum takes the ballots alone.
fn ballots(count: u64) -> Provable {
    let rng = &mut ChaCha20Rng::seed_from_u64(5);
    let (_, ceremony, keys) = hold_ceremony(1, 1, 2, rng).unwrap();
    let draft = Manifest::builder("Town meeting", "Shall the mill become a library?")
        .options(["Yes", "No"])
        .window(window())
        .secret(SecretBallots::new(&keys, OpeningPolicy::new(2).unwrap()));
    let registry = FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 1000);
    let election = Election::create(draft, registry, POLICY, rng).unwrap();
    let manifest = election.manifest();
    let mut record = Vec::new();
    let mut writer = RecordWriter::new(&mut record, manifest).unwrap();
    for number in 0..count {
        let sealed_election = manifest.sealed().unwrap();
        let numbers = [number % 2, 1 - number % 2];
        let sealed = SealedBallot {
            election: sealed_election.id(),
            nullifier: Nullifier::from_field(Fr::from(rng.next_u64())),
            ciphertext: sealed_election.key().encrypt(&numbers, &Randomness::random(rng)).unwrap(),
        };
        writer.ballot(&SecretBallot::new(manifest, sealed, [0; PROOF_BYTES]).unwrap().into()).unwrap();
    }
    writer.close(CLOSES).unwrap();
    writer.ceremony(&ceremony).unwrap();
    writer.pause().unwrap();
    Provable::read(RecordReader::unopened(record.as_slice())).unwrap()
}

#[test]
fn work_that_was_cut_off_goes_on_where_it_stopped() {
    let read = ballots(66);
    let key = key(CircuitId::Sum2Of64V1);
    let stop = CancelToken::new();
    let mut kept = Vec::new();
    let cut = prove_sums(&read, BatchSize::Small, &key, Vec::new(), &stop, &mut |proof, progress| {
        assert_eq!(progress, Progress { done: proof.batch + 1, total: 2 });
        // What a program writes down as it comes.
        kept.write_all(format!("{}\n", proof.to_json()).as_bytes()).unwrap();
        stop.cancel();
    });
    let mut kept: Vec<SumProof> = kept
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| SumProof::from_json(line.strip_suffix(b"\n").unwrap()).unwrap())
        .collect();
    // The second batch may have been finished by then.
    match cut {
        Ok(all) => assert_eq!(all, kept),
        Err(NotProved::Sum { batch, error: ProveError::Cancelled { stage } }) => {
            assert!(batch <= 1 && stage <= Stage::Verification, "{batch} {stage:?}");
            assert!(kept.len() <= 1);
        }
        Err(other) => panic!("{other}"),
    }
    kept.truncate(1);
    let go = CancelToken::new();
    let mut seen = Vec::new();
    let again = prove_sums(&read, BatchSize::Small, &key, kept.clone(), &go, &mut |proof, progress| {
        seen.push((proof.batch, progress.done));
    });
    let proofs = again.unwrap();
    let first = u64::try_from(kept.len()).unwrap();
    assert_eq!(seen, (first..2).map(|batch| (batch, batch + 1)).collect::<Vec<_>>());
    assert_eq!(proofs[..kept.len()], kept);
    // Whoever has digests and the name of the empty sum verifies the chain.
    let verifying_key = key.verifying_key().clone().prepare();
    let digests: Vec<_> = read.ballots().iter().map(|ballot| ballot.digest(BallotSize::Two)).collect();
    let mut before = read.sums(BatchSize::Small).unwrap()[0].digest();
    for (proof, digests) in proofs.iter().zip(digests.chunks(64)) {
        let instance: SumInstance = proof.instance(before, digests).unwrap();
        verifying_key.verify(&instance, &Proof::from_bytes(&proof.proof).unwrap()).unwrap();
        before = proof.after;
    }
    assert_eq!(before, read.sums(BatchSize::Small).unwrap()[2].digest());
    // What is kept is verified, not believed.
    let resume = |done: Vec<SumProof>| {
        prove_sums(&read, BatchSize::Small, &key, done, &go, &mut quiet).map(|proofs| proofs.len())
    };
    assert_eq!(resume(proofs.clone()), Ok(2));
    let other = |batch| Err(NotProved::OtherProof { batch });
    let mut exchanged = proofs.clone();
    exchanged.swap(0, 1);
    assert_eq!(resume(exchanged), other(0));
    let mut wrong = proofs.clone();
    wrong[1].proof = wrong[0].proof;
    assert_eq!(resume(wrong), other(1));
    let mut more = proofs.clone();
    more.push(proofs[1].clone());
    assert_eq!(resume(more), other(2));
    // No ballots have no batches.
    let none = prove_sums(&ballots(0), BatchSize::Small, &key, Vec::new(), &go, &mut quiet);
    assert_eq!(none, Ok(Vec::new()));
}

#[test]
fn thresholds_above_the_circuit_have_no_proof_and_a_record_without_one() {
    let threshold = u8::try_from(MAX_TALLY_SHARES + 1).unwrap();
    let held = hold(2, threshold, threshold);
    let rng = &mut rng::from_os().unwrap();
    let tally = provable(&held.record).tally().unwrap();
    assert_eq!(tally.threshold(), threshold);
    let parts = held.trustees.iter().map(|trustee| trustee.prove_tally(&tally, rng).unwrap());
    let refused = tally.witness(parts.collect::<Vec<_>>());
    let error = TallyWitnessError::ThresholdTooHigh { threshold };
    assert_eq!(refused.err(), Some(ProvableError::Witness { error, dropped: Vec::new() }));
    let report = Auditor::new(POLICY).audit(held.record.as_slice(), rng).unwrap();
    let text = report.to_string();
    assert!(text.contains("shares checked again; thresholds above 8 have no proof"), "{text}");
}

#[test]
fn every_size_is_proved_and_audited() {
    let rng = &mut rng::from_os().unwrap();
    for (options, size) in [(2, BatchSize::Large), (8, BatchSize::Small), (8, BatchSize::Large)] {
        if !full() {
            continue;
        }
        let held = hold(options, 3, 4);
        let (go, read) = (CancelToken::new(), provable(&held.record));
        let ballots = read.election().size();
        let sum_key = key(size.circuit(ballots));
        let sums = prove_sums(&read, size, &sum_key, Vec::new(), &go, &mut quiet).unwrap();
        let tally = read.tally().unwrap();
        let parts: Vec<TallyShare> =
            held.trustees[..3].iter().map(|trustee| trustee.prove_tally(&tally, rng).unwrap()).collect();
        let proved = prove_tally(&tally, parts, &key(ballots.tally_circuit()), &go).unwrap();
        let mut record = Vec::new();
        add_proofs(held.record.as_slice(), &mut record, &sums, Some(&proved.proof)).unwrap();
        let proofs = Auditor::new(POLICY).audit(record.as_slice(), rng).unwrap().proofs.unwrap();
        assert_eq!(proofs.sum.map(|sum| sum.circuit), Some(size.circuit(ballots)));
        assert_eq!(proofs.tally, Some(ballots.tally_circuit()));
    }
}
