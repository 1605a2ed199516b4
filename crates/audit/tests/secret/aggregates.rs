//! Proofs of sum and tally in a record: there or not, and whatever a dishonest clerk makes of them.

use crate::fixture::{
    LEAST, Parts, SUM_SECRETS, TALLY_SECRETS, ballot, builder, check, fault, options, prove_sum, rng,
};
use tabella_audit::{
    Aggregate, AggregateFault, Cause, Fault, ProofChecks, TrustedKey, Warning, audit, quietly,
};
use tabella_primitives::{Fr, digest::Digest, instance::PublicInputs};
use tabella_protocol::{
    ballot::{BallotSize, BallotSum, BatchCommitment, BatchSize, SumDigest, SumInstance},
    election::KeyProvenance,
    record::{Provable, ProvableError, RecordError, RecordReader, add_proofs},
    statement::CircuitId,
    tally::Tally,
    trustee::{TallyInstance, TallyStatementError},
};
use tabella_verifier::InvalidProof;

/// Of the large record: proofs of two batches, and of the tally.
const FIRST_SUM: u64 = 88;
const SECOND_SUM: u64 = 89;
const TALLY_PROOF: u64 = 90;

#[test]
fn a_record_may_have_proofs_of_sum_and_tally() {
    for (parts, circuit, batches) in [
        (Parts::proved(), CircuitId::Sum8Of64V1, 1),
        (Parts::large(), CircuitId::Sum8Of64V1, 2),
        (Parts::large().prove(BatchSize::Large), CircuitId::Sum8Of256V1, 1),
    ] {
        let report = check(&parts.write()).unwrap();
        let proofs = report.proofs.clone().unwrap();
        let sum = proofs.sum.unwrap();
        assert_eq!((sum.circuit, sum.batches, proofs.tally), (circuit, batches, Some(CircuitId::Tally8V1)));
        let text = report.to_string();
        let proofs = if batches == 1 { "1 proof".to_owned() } else { format!("{batches} proofs") };
        let expected = format!("added up again; confirmed by {proofs} of circuit {circuit}");
        assert!(text.contains(&expected), "{text}");
        assert!(text.contains("a proof of circuit tally-8-v1 says the same"), "{text}");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["proofs"]["sum"]["circuit"], circuit.name());
        assert_eq!(json["proofs"]["tally"], "tally-8-v1");
    }
    // One kind alone.
    let sums = Parts { tally_proof: None, ..Parts::proved() };
    let proofs = check(&sums.write()).unwrap().proofs.unwrap();
    assert_eq!((proofs.sum.is_some(), proofs.tally), (true, None));
    let tally = Parts { sum_proofs: Vec::new(), ..Parts::proved() };
    let proofs = check(&tally.write()).unwrap().proofs.unwrap();
    assert_eq!((proofs.sum, proofs.tally), (None, Some(CircuitId::Tally8V1)));
}

#[test]
fn what_is_absent_is_told_and_is_a_fault_only_to_whoever_asks_for_it() {
    let parts = Parts::honest();
    let record = parts.write();
    let report = check(&record).unwrap();
    let proofs = report.proofs.clone().unwrap();
    assert_eq!((proofs.sum, proofs.tally), (None, None));
    let text = report.to_string();
    assert!(text.contains("added up again; the record has no proof of it"), "{text}");
    assert!(text.contains("shares checked again; the record has no proof of the result"), "{text}");
    let missing =
        |about| Err(Fault { entry: 27, field: "", cause: Cause::Aggregate(about, AggregateFault::Missing) });
    let ask = |options| audit(record.as_slice(), &options, &mut rng(7), &mut quietly).map(|_| ());
    assert_eq!(ask(options().require_sum_proofs()), missing(Aggregate::Sum { batch: 0 }));
    assert_eq!(ask(options().require_tally_proof()), missing(Aggregate::Tally));
    let both = options().require_sum_proofs().require_tally_proof();
    assert!(audit(Parts::proved().write().as_slice(), &both, &mut rng(7), &mut quietly).is_ok());
    // Nobody proves the sum of no ballots, nor what was not opened.
    for count in 0..LEAST {
        let few = parts.ballots[..usize::try_from(count).unwrap()].to_vec();
        let tally = Tally::not_opened(&parts.manifest, count);
        let closed = Parts { tally, shares: Vec::new(), ballots: few, ..parts.clone() };
        let asked = options().require_tally_proof();
        assert!(audit(closed.write().as_slice(), &asked, &mut rng(7), &mut quietly).is_ok());
        let asked = options().require_sum_proofs();
        let held = audit(closed.write().as_slice(), &asked, &mut rng(7), &mut quietly);
        assert_eq!(held.is_ok(), count == 0);
    }
}

#[test]
fn proofs_are_added_later_and_change_nothing_before_the_end() {
    let (before, after) = (Parts::honest().write(), Parts::proved());
    let mut file = Vec::new();
    let digest =
        add_proofs(before.as_slice(), &mut file, &after.sum_proofs, after.tally_proof.as_ref()).unwrap();
    assert_eq!(file, after.write());
    assert_eq!(check(&file).unwrap().record_digest, digest);
    let end = before[..before.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    assert_eq!(file[..=end], before[..=end]);
    // Proofs that were there are replaced; without any, the record is the first again.
    let mut again = Vec::new();
    add_proofs(file.as_slice(), &mut again, &[], None).unwrap();
    assert_eq!(again, before);
}

/// A leaked or insecure key gives proofs of everything: the audit goes by what it has added up itself.
#[test]
fn a_proof_that_verifies_does_not_make_a_wrong_sum_right() {
    let mut parts = Parts::large();
    let provable = parts.provable();
    let sums = provable.sums(BatchSize::Small).unwrap();
    // The clerk leaves the last ballot out of the sum, and proves that.
    let ballots = provable.ballots()[64..65].to_vec();
    let digests: Vec<_> =
        provable.ballots()[64..].iter().map(|ballot| ballot.digest(BallotSize::Eight)).collect();
    let short = sums[1].with(&ballots).unwrap().digest();
    let proof = &mut parts.sum_proofs[1];
    proof.after = short;
    let lie = SumInstance::of_digests(BatchSize::Small, proof.commitment, sums[1].digest(), short, &digests)
        .unwrap();
    proof.proof = SUM_SECRETS[0].forge(&lie.public_inputs(), &mut rng(8)).to_bytes();
    let expected = sums[2].digest();
    let cause = AggregateFault::OtherSum { expected, actual: short };
    assert_eq!(fault(&parts), sum_fault(SECOND_SUM, 1, "body.after", cause));
    // Nor numbers: the shares say what they are, whatever is proved.
    let mut parts = Parts::large();
    let instance = provable.tally().unwrap().statement().instance();
    let mut totals = instance.totals;
    (totals[0], totals[1]) = (totals[1], totals[0]);
    let lie = TallyInstance { totals, ..instance };
    parts.tally_proof.as_mut().unwrap().proof =
        TALLY_SECRETS.forge(&lie.public_inputs(), &mut rng(8)).to_bytes();
    parts.tally.counts[0].votes = totals[0];
    parts.tally.counts[1].votes = totals[1];
    let Fault { entry, cause, .. } = fault(&parts);
    assert_eq!((entry, cause), (FIRST_SUM - 1, Cause::WrongNumber { option: 0 }));
}

fn sum_fault(entry: u64, batch: u64, field: &'static str, fault: AggregateFault) -> Fault {
    Fault { entry, field, cause: Cause::Aggregate(Aggregate::Sum { batch }, fault) }
}

fn tally_fault(field: &'static str, fault: AggregateFault) -> Fault {
    Fault { entry: TALLY_PROOF, field, cause: Cause::Aggregate(Aggregate::Tally, fault) }
}

fn changed(change: impl Fn(&mut Parts)) -> Fault {
    let mut parts = Parts::large();
    change(&mut parts);
    fault(&parts)
}

#[test]
fn batches_that_are_missing_doubled_or_exchanged_are_named() {
    let wrong_batch = |entry, expected, actual| Fault {
        entry,
        field: "body.batch",
        cause: Cause::Record(RecordError::WrongBatch { entry, expected, actual }),
    };
    let missing = |entry, batch| sum_fault(entry, batch, "", AggregateFault::Missing);
    assert_eq!(changed(|p| p.sum_proofs.truncate(1)), missing(SECOND_SUM, 1));
    let without_tally = |p: &mut Parts| {
        p.sum_proofs.pop();
        p.tally_proof = None;
    };
    assert_eq!(changed(without_tally), missing(SECOND_SUM, 1));
    let first_missing = |p: &mut Parts| {
        p.sum_proofs.remove(0);
    };
    assert_eq!(changed(first_missing), wrong_batch(FIRST_SUM, 0, 1));
    let doubled = |p: &mut Parts| p.sum_proofs.insert(0, p.sum_proofs[0].clone());
    assert_eq!(changed(doubled), wrong_batch(SECOND_SUM, 1, 0));
    assert_eq!(changed(|p| p.sum_proofs.swap(0, 1)), wrong_batch(FIRST_SUM, 0, 1));
    // Renumbered, so that the reader does not see it.
    let renumbered = changed(|p| {
        p.sum_proofs.swap(0, 1);
        (p.sum_proofs[0].batch, p.sum_proofs[1].batch) = (0, 1);
    });
    let [first, second] = [0, 1].map(|place| Parts::large().sum_proofs[place].commitment);
    let other = |expected, actual| AggregateFault::OtherBallots { expected, actual };
    assert_eq!(renumbered, sum_fault(FIRST_SUM, 0, "body.commitment", other(first, second)));
    let twice = changed(|p| {
        p.sum_proofs[1] = p.sum_proofs[0].clone();
        p.sum_proofs[1].batch = 1;
    });
    assert_eq!(twice, sum_fault(SECOND_SUM, 1, "body.commitment", other(second, first)));
    let one_more = changed(|p| {
        let mut last = p.sum_proofs[1].clone();
        last.batch = 2;
        p.sum_proofs.push(last);
    });
    let none = AggregateFault::NoSuchBatch { ballots: 66 };
    assert_eq!(one_more, sum_fault(TALLY_PROOF, 2, "body.batch", none));
}

#[test]
fn whatever_else_a_clerk_makes_of_a_proof_of_the_sum_is_named() {
    let invalid = || AggregateFault::InvalidProof(InvalidProof::NotSatisfied);
    let proof = "body.proof";
    // The proof of another batch, and both exchanged: the first is named.
    let other = Parts::large().sum_proofs[1].proof;
    assert_eq!(changed(|p| p.sum_proofs[0].proof = other), sum_fault(FIRST_SUM, 0, proof, invalid()));
    let first = Parts::large().sum_proofs[0].proof;
    assert_eq!(changed(|p| p.sum_proofs[1].proof = first), sum_fault(SECOND_SUM, 1, proof, invalid()));
    // It stays the first fault if something after it is wrong too.
    let both = changed(|p| {
        p.sum_proofs[1].proof = first;
        p.tally_proof.as_mut().unwrap().verifying_key = Digest::from_bytes([1; 32]);
    });
    assert_eq!(both, sum_fault(SECOND_SUM, 1, proof, invalid()));
    let Fault { entry, field, cause } = changed(|p| p.sum_proofs[1].proof = [255; 256]);
    assert_eq!((entry, field), (SECOND_SUM, proof));
    let batch = Aggregate::Sum { batch: 1 };
    assert!(matches!(cause, Cause::Aggregate(about, AggregateFault::MalformedProof(_)) if about == batch));
    let one = BatchCommitment::from_field(Fr::from(1));
    let Fault { entry, field, .. } = changed(|p| p.sum_proofs[1].commitment = one);
    assert_eq!((entry, field), (SECOND_SUM, "body.commitment"));
    let Fault { entry, field, .. } = changed(|p| p.sum_proofs[0].after = SumDigest::from_field(Fr::from(1)));
    assert_eq!((entry, field), (FIRST_SUM, "body.after"));

    // Circuits and keys.
    let circuit = |actual| AggregateFault::OtherCircuit { actual };
    let two = changed(|p| p.sum_proofs[0].ballots = BallotSize::Two);
    assert_eq!(two, sum_fault(FIRST_SUM, 0, "body.circuit", circuit(CircuitId::Sum2Of64V1)));
    let mixed = changed(|p| p.sum_proofs[1].size = BatchSize::Large);
    assert_eq!(mixed, sum_fault(SECOND_SUM, 1, "body.circuit", circuit(CircuitId::Sum8Of256V1)));
    let untrusted = |entry, circuit, digest| Fault {
        entry,
        field: "body.verifying_key",
        cause: Cause::UntrustedKey { circuit, digest },
    };
    let small = SUM_SECRETS[0].verifying_key().digest();
    let large = SUM_SECRETS[1].verifying_key().digest();
    let all_large = changed(|p| p.sum_proofs.iter_mut().for_each(|proof| proof.size = BatchSize::Large));
    assert_eq!(all_large, untrusted(FIRST_SUM, CircuitId::Sum8Of256V1, small));
    let unknown = Digest::from_bytes([1; 32]);
    let nobodys = changed(|p| p.sum_proofs[0].verifying_key = unknown);
    assert_eq!(nobodys, untrusted(FIRST_SUM, CircuitId::Sum8Of64V1, unknown));
    let two_keys = changed(|p| p.sum_proofs[1].verifying_key = large);
    let other_key = AggregateFault::OtherKey { expected: small, actual: large };
    assert_eq!(two_keys, sum_fault(SECOND_SUM, 1, "body.verifying_key", other_key));
    let wrong_key = changed(|p| p.sum_proofs.iter_mut().for_each(|proof| proof.verifying_key = large));
    assert_eq!(wrong_key, sum_fault(FIRST_SUM, 0, proof, invalid()));

    // Wrong public inputs, each proved well.
    let parts = Parts::large();
    let provable = parts.provable();
    let sums = provable.sums(BatchSize::Small).unwrap();
    let witness = provable.batch(BatchSize::Small, 1, sums[1].clone()).unwrap();
    let good = witness.instance();
    let election = parts.manifest.sealed().unwrap();
    for lie in [
        SumInstance { gamma: good.gamma ^ 1, ..good },
        SumInstance { fingerprint: good.fingerprint + Fr::from(1), ..good },
        SumInstance { before: BallotSum::none(election).digest(), ..good },
        SumInstance { before: good.after, ..good },
    ] {
        let forged = SUM_SECRETS[0].forge(&lie.public_inputs(), &mut rng(8)).to_bytes();
        assert_eq!(changed(|p| p.sum_proofs[1].proof = forged), sum_fault(SECOND_SUM, 1, proof, invalid()));
    }
}

#[test]
fn proofs_of_another_election_prove_nothing_here() {
    let here = Parts::honest();
    // The same voters, numbers and keys.
    let manifest = builder(&crate::fixture::TRUSTEES).nonce([2; 32]).build().unwrap();
    let ballots: Vec<_> = (100..105).map(|nullifier| ballot(&manifest, nullifier, &[1, 0, 0])).collect();
    let there = Parts::of(manifest, ballots, &crate::fixture::TRUSTEES, &[5, 0, 0]).prove(BatchSize::Small);
    assert!(check(&there.write()).is_ok());
    let good = Parts::proved();
    let mut moved = here.clone();
    moved.sum_proofs = there.sum_proofs.clone();
    let other = AggregateFault::OtherBallots {
        expected: good.sum_proofs[0].commitment,
        actual: there.sum_proofs[0].commitment,
    };
    assert_eq!(fault(&moved), sum_fault(27, 0, "body.commitment", other));
    // With what it says put right, and the other's proof.
    moved.sum_proofs = good.sum_proofs.clone();
    moved.sum_proofs[0].proof = there.sum_proofs[0].proof;
    let invalid = AggregateFault::InvalidProof(InvalidProof::NotSatisfied);
    assert_eq!(fault(&moved), sum_fault(27, 0, "body.proof", invalid.clone()));
    let moved = Parts { tally_proof: there.tally_proof, ..here };
    let expected =
        Fault { entry: 27, field: "body.proof", cause: Cause::Aggregate(Aggregate::Tally, invalid) };
    assert_eq!(fault(&moved), expected);
}

#[test]
fn whatever_a_clerk_makes_of_a_proof_of_the_tally_is_named() {
    let invalid = || AggregateFault::InvalidProof(InvalidProof::NotSatisfied);
    let with = |change: &dyn Fn(&mut tabella_protocol::record::TallyProof)| {
        changed(|p| change(p.tally_proof.as_mut().unwrap()))
    };
    let good = Parts::large().provable().tally().unwrap().statement().instance();
    for inputs in [
        TallyInstance { totals: [27, 26, 25, 0, 0, 0, 0, 0], ..good }.public_inputs(),
        TallyInstance { totals: [27, 26, 26, 1, 0, 0, 0, 0], ..good }.public_inputs(),
        TallyInstance { totals: [27, 26, 26, 0, 0, 0, 0, 1], ..good }.public_inputs(),
        TallyInstance { sum: SumDigest::from_field(Fr::from(1)), ..good }.public_inputs(),
    ] {
        let forged = TALLY_SECRETS.forge(&inputs, &mut rng(8)).to_bytes();
        assert_eq!(with(&|proof| proof.proof = forged), tally_fault("body.proof", invalid()));
    }
    let Fault { entry, cause, .. } = with(&|proof| proof.proof = [255; 256]);
    assert_eq!(entry, TALLY_PROOF);
    assert!(matches!(cause, Cause::Aggregate(Aggregate::Tally, AggregateFault::MalformedProof(_))));
    let actual = CircuitId::Tally2V1;
    let two = with(&|proof| proof.ballots = BallotSize::Two);
    assert_eq!(two, tally_fault("body.circuit", AggregateFault::OtherCircuit { actual }));
    let digest = Digest::from_bytes([1; 32]);
    let cause = Cause::UntrustedKey { circuit: CircuitId::Tally8V1, digest };
    let expected = Fault { entry: TALLY_PROOF, field: "body.verifying_key", cause };
    assert_eq!(with(&|proof| proof.verifying_key = digest), expected);
    // A key of the auditor's that is for another relation.
    let digest = SUM_SECRETS[0].verifying_key().digest();
    let inputs = InvalidProof::WrongNumberOfInputs { expected: 5, actual: 3 };
    let expected =
        Fault { entry: TALLY_PROOF, field: "body.verifying_key", cause: Cause::InvalidProof(inputs) };
    assert_eq!(with(&|proof| proof.verifying_key = digest), expected);
    // Of a sum that was not opened there is nothing to prove.
    let honest = Parts::proved();
    let closed = Parts {
        tally: Tally::not_opened(&honest.manifest, 2),
        shares: Vec::new(),
        ballots: honest.ballots[..2].to_vec(),
        sum_proofs: Vec::new(),
        ..honest
    };
    let expected = Cause::Aggregate(Aggregate::Tally, AggregateFault::NothingOpened);
    assert_eq!(fault(&closed), Fault { entry: 22, field: "body", cause: expected });
}

/// Everybody knows the secrets of a development key: a record whose ballots are under a good key says so of its other proofs.
#[test]
fn an_insecure_key_of_the_proofs_alone_is_a_warning() {
    let secrets = &crate::fixture::SECRETS;
    let key = |circuit, secrets: &tabella_verifier::testing::ForgingKey, provenance| {
        TrustedKey::new(circuit, secrets.verifying_key().prepare(), provenance)
    };
    let digest = secrets.verifying_key().digest();
    let manifest =
        builder(&crate::fixture::TRUSTEES).verifying_key(digest, KeyProvenance::Ceremony).build().unwrap();
    let ballots: Vec<_> = (100..105).map(|nullifier| ballot(&manifest, nullifier, &[1, 0, 0])).collect();
    let parts = Parts::of(manifest, ballots, &crate::fixture::TRUSTEES, &[5, 0, 0]).prove(BatchSize::Small);
    for (provenance, expected) in [
        (KeyProvenance::Ceremony, vec![]),
        (KeyProvenance::InsecureDevelopment, vec![Warning::InsecureAggregateKey]),
    ] {
        let options = tabella_audit::AuditOptions::new([
            key(CircuitId::Ballot8V1, secrets, KeyProvenance::Ceremony),
            key(CircuitId::Sum8Of64V1, &SUM_SECRETS[0], KeyProvenance::Ceremony),
            key(CircuitId::Tally8V1, &TALLY_SECRETS, provenance),
        ])
        .check_proofs(ProofChecks::Batches);
        let report = audit(parts.write().as_slice(), &options, &mut rng(7), &mut quietly).unwrap();
        assert_eq!(report.warnings, expected);
    }
}

#[test]
fn what_cannot_be_proved_is_said_before_anybody_tries() {
    let honest = Parts::honest();
    // The sum of a record that is not opened yet, and no tally.
    let unopened = honest.write_unopened();
    let provable = Provable::read(RecordReader::unopened(unopened.as_slice())).unwrap();
    assert_eq!(provable.sums(BatchSize::Small).unwrap(), honest.provable().sums(BatchSize::Small).unwrap());
    assert_eq!(provable.tally().err(), Some(ProvableError::NotOpened));
    let truncated = ProvableError::Record(RecordError::Truncated { entry: 24 });
    assert_eq!(Provable::read(RecordReader::new(unopened.as_slice())).err(), Some(truncated));
    let none = BallotSum::none(provable.election());
    let no_such_batch = Err(ProvableError::NoSuchBatch { batch: 1 });
    assert_eq!(provable.batch(BatchSize::Small, 1, none.clone()), no_such_batch);
    let witness = provable.batch(BatchSize::Small, 0, none).unwrap();
    assert_eq!(prove_sum(0, &witness), Parts::proved().sum_proofs[0]);
    // Shares of other ballots, and a result with a number less.
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = honest.clone();
        change(&mut parts);
        parts.provable().tally().err().unwrap()
    };
    let share = with(&|p| p.shares[0] = crate::fixture::TRUSTEES.share(0, &p.manifest, &p.ballots[..4]));
    assert!(matches!(share, ProvableError::Share(_)));
    let count = TallyStatementError::Count { expected: 3, actual: 2 };
    assert_eq!(with(&|p| p.tally.counts.truncate(2)), ProvableError::Statement(count));
    let other = with(&|p| p.ceremony = crate::fixture::Trustees::hold(2).record);
    assert!(matches!(other, ProvableError::OtherCeremony { .. }));
}
