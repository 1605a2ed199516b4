//! A ballot box from opening to record, with every refusal.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use ark_ec::CurveGroup;
use std::thread;
use support::{
    CLOSES, KEY, OPENS, ballot, manifest, manifest_for, manifest_with, nullifier, open, open_for, proved,
    rng, statement, with_proof,
};
use tabella_ballot_box::{
    BallotBox, BallotStore, BoxState, Cause, CloseError, ExportError, MemoryBallotStore, OpenError, Receipt,
    Rejected, StorageError,
};
use tabella_primitives::{Fr, encoding::EncodingError};
use tabella_protocol::{
    ballot::{CastBallot, MAX_BALLOT_BYTES, OpenBallot, SelectionError},
    election::{Abstention, FrozenRegistry, Manifest, Rules, Window},
    record::{ReceiptError, RecordReader},
    registry::RegistryRoot,
    tally::{Outcome, Tally},
    wire::DecodeError,
};
use tabella_verifier::Proof;

type Memory = BallotBox<MemoryBallotStore>;

fn snapshot(ballot_box: &Memory) -> (BoxState, Vec<Receipt>) {
    let state = ballot_box.state().unwrap();
    let receipts = ballot_box.stored_for_tests();
    (state, receipts)
}

trait StoredForTests {
    fn stored_for_tests(&self) -> Vec<Receipt>;
}

impl StoredForTests for Memory {
    fn stored_for_tests(&self) -> Vec<Receipt> {
        self.store().page(0, usize::MAX).unwrap().iter().map(|stored| stored.receipt()).collect()
    }
}

/// The contract of a refusal: the named error, nothing changed, counted, and the next honest voter gets in.
fn refuses(
    ballot_box: &Memory,
    attempt: impl FnOnce(&Memory) -> Result<Receipt, Rejected>,
    expected: &Rejected,
) {
    let (before, counts) = (snapshot(ballot_box), ballot_box.refusals());
    assert_eq!(attempt(ballot_box).as_ref(), Err(expected));
    assert_eq!(snapshot(ballot_box), before, "a refusal changes nothing");
    let cause = expected.cause();
    assert_eq!(ballot_box.refusals().of(cause), counts.of(cause) + 1, "a refusal is counted");
    assert_eq!(ballot_box.refusals().total(), counts.total() + 1);
    let voter = 10_000 + ballot_box.state().unwrap().ballots;
    let honest = ballot_box.check(&ballot(ballot_box.manifest(), voter, &[0])).unwrap();
    assert!(ballot_box.accept(honest, OPENS).is_ok(), "the next honest ballot is accepted");
}

fn cast(ballot_box: &Memory, ballot: &CastBallot, now: u64) -> Result<Receipt, Rejected> {
    ballot_box.accept(ballot_box.check(ballot)?, now)
}

#[test]
fn an_honest_ballot_gets_a_receipt_that_the_record_confirms() {
    let ballot_box = open();
    let m = manifest();
    let first = cast(&ballot_box, &ballot(&m, 1, &[1]), OPENS).unwrap();
    let second = cast(&ballot_box, &ballot(&m, 2, &[1]), CLOSES - 1).unwrap();
    let third = cast(&ballot_box, &ballot(&m, 3, &[]), OPENS + 5).unwrap();
    assert_eq!([first.index, second.index, third.index], [0, 1, 2]);
    assert_eq!(first.nullifier, nullifier(1));
    assert_eq!(ballot_box.head().unwrap(), third.link);
    let closing = ballot_box.close(CLOSES).unwrap();
    assert_eq!((closing.ballots, closing.head), (3, third.link));

    let mut record = Vec::new();
    // Leaves of another registry than the frozen one: nothing is written.
    let refused = ballot_box.write_record(&mut record, &[Fr::from(5), Fr::from(0)]);
    assert!(matches!(refused, Err(ExportError::OtherRegistry { size: 2, .. })), "{refused:?}");
    assert!(record.is_empty());
    let exported = ballot_box.write_record(&mut record, &[]).unwrap();
    assert_eq!(exported.tally.outcome, Outcome::Decided);
    assert_eq!((exported.tally.winners.as_slice(), exported.tally.abstentions), ([1u16].as_slice(), Some(1)));
    assert_eq!(ballot_box.tally().unwrap(), exported.tally);
    assert_eq!(RecordReader::new(record.as_slice()).map(Result::unwrap).count(), 1 + 3 + 1 + 1 + 1);
    for receipt in [first, second, third] {
        assert_eq!(Receipt::from_json(receipt.to_json().as_bytes()), Ok(receipt));
        assert_eq!(receipt.check_in_record(record.as_slice()), Ok(()));
    }
    let dropped = Receipt { index: 3, ..third };
    assert_eq!(
        dropped.check_in_record(record.as_slice()),
        Err(ReceiptError::Missing { index: 3, ballots: 3 })
    );
    let moved = Receipt { index: 1, ..third };
    assert_eq!(
        moved.check_in_record(record.as_slice()),
        Err(ReceiptError::OtherBallot { index: 1, actual: second.ballot })
    );
    let other_past = Receipt { link: first.link, ..third };
    assert_eq!(
        other_past.check_in_record(record.as_slice()),
        Err(ReceiptError::OtherLink { index: 2, actual: third.link })
    );
}

#[test]
fn checking_changes_nothing() {
    let ballot_box = open();
    let before = snapshot(&ballot_box);
    ballot_box.check(&ballot(&manifest(), 1, &[1])).unwrap();
    assert_eq!(snapshot(&ballot_box), before);
    assert_eq!(ballot_box.refusals().total(), 0);
}

#[test]
fn voting_twice_is_refused_and_the_same_ballot_again_gets_the_same_receipt() {
    let (ballot_box, m) = (open(), manifest());
    let receipt = cast(&ballot_box, &ballot(&m, 1, &[1]), OPENS).unwrap();
    // Another proof of the same ballot: a lost reply, sent again from another device.
    assert_eq!(cast(&ballot_box, &ballot(&m, 1, &[1]), OPENS + 1), Ok(receipt));
    refuses(&ballot_box, |b| cast(b, &ballot(&m, 1, &[2]), OPENS), &Rejected::AlreadyVoted { index: 0 });
    ballot_box.close(CLOSES).unwrap();
    assert_eq!(cast(&ballot_box, &ballot(&m, 1, &[1]), CLOSES + 9), Ok(receipt), "a retry after the close");
    assert_eq!(ballot_box.state().unwrap().ballots, 2);
}

#[test]
fn there_are_no_more_ballots_than_places() {
    let m = manifest_for(Rules::single_choice(), 1, 3);
    let (one_by_one, batched) = (open_for(m.clone()), open_for(m.clone()));
    let full = Rejected::MoreBallotsThanPlaces { places: 3 };
    let ballots: Vec<CastBallot> = [1, 2, 3, 4, 2, 5].iter().map(|voter| ballot(&m, *voter, &[1])).collect();
    let mut single = Vec::new();
    for ballot in &ballots {
        let before = snapshot(&one_by_one);
        single.push(cast(&one_by_one, ballot, OPENS));
        if single.last().unwrap().is_err() {
            assert_eq!(snapshot(&one_by_one), before, "a refusal changes nothing");
        }
    }
    assert_eq!(single[3], Err(full.clone()));
    assert_eq!(single[4], single[1], "who has voted still gets her receipt");
    assert_eq!(single[5], Err(full.clone()));
    // Another choice of one who has voted is refused as such.
    let other = ballot(&m, 1, &[2]);
    assert_eq!(cast(&one_by_one, &other, OPENS), Err(Rejected::AlreadyVoted { index: 0 }));
    assert_eq!(one_by_one.refusals().of(Cause::MoreBallotsThanPlaces), 2);
    assert_eq!(one_by_one.refusals().total(), 3);

    let verified = ballots.iter().map(|ballot| batched.check(ballot).unwrap()).collect();
    assert_eq!(batched.accept_batch(verified, OPENS), single);
    assert_eq!(snapshot(&batched), snapshot(&one_by_one));
    assert_eq!(batched.refusals().of(Cause::MoreBallotsThanPlaces), 2);
    // After the window the time is the reason.
    let late = batched.check(&ballot(&m, 6, &[0])).unwrap();
    assert_eq!(batched.accept_batch(vec![late.clone()], OPENS), [Err(full)]);
    let closed = Rejected::Closed { closed_at: CLOSES, now: CLOSES };
    assert_eq!(batched.accept(late, CLOSES), Err(closed));
    assert_eq!(batched.close(CLOSES).unwrap().ballots, 3);
}

#[test]
fn a_rerandomised_proof_is_the_same_ballot() {
    let (ballot_box, m) = (open(), manifest());
    let original = ballot(&m, 1, &[1]);
    let receipt = cast(&ballot_box, &original, OPENS).unwrap();
    let proof = Proof::from_bytes(original.proof()).unwrap();
    // e(A / r, r B) = e(A, B): anyone can do it, and it verifies.
    let r = Fr::from(3);
    let a = (*proof.a() * ark_ff::Field::inverse(&r).unwrap()).into_affine();
    let b = (*proof.b() * r).into_affine();
    let other = Proof::from_parts(a, b, *proof.c()).unwrap();
    let copied = with_proof(&original, other.to_bytes());
    assert_ne!(copied, original);
    assert_eq!(cast(&ballot_box, &copied, OPENS), Ok(receipt));
    let stored = ballot_box.store().by_index(0).unwrap().unwrap();
    assert_eq!(stored.ballot, original, "the stored proof stays");
    assert_eq!(ballot_box.state().unwrap().ballots, 1);
}

#[test]
fn other_elections_registries_and_circuits_are_refused_by_name() {
    let (ballot_box, m) = (open(), manifest());
    let other = manifest_with(Rules::single_choice(), 2);
    refuses(
        &ballot_box,
        |b| cast(b, &ballot(&other, 1, &[1]), OPENS),
        &Rejected::UnknownElection { expected: m.id(), actual: other.id() },
    );
    let file = ballot(&m, 1, &[1]).to_json();
    let foreign = RegistryRoot::from_field(Fr::from(8));
    let foreign_file = file.replace("\"registry_root\":\"7\"", "\"registry_root\":\"8\"");
    refuses(
        &ballot_box,
        |b| b.accept(b.check_json(foreign_file.as_bytes())?, OPENS),
        &Rejected::ForeignRegistryRoot { expected: m.registry().root, actual: foreign },
    );
    let circuit = file.replace("membership-10-v1", "membership-16-v1");
    refuses(
        &ballot_box,
        |b| b.accept(b.check_json(circuit.as_bytes())?, OPENS),
        &Rejected::UnknownCircuit {
            expected: m.circuit(),
            actual: tabella_protocol::statement::CircuitId::Membership16V1,
        },
    );
    // Verified by the other election's box, carried over to this one.
    let verified = open_for(other.clone()).check(&ballot(&other, 1, &[1])).unwrap();
    refuses(
        &ballot_box,
        |b| b.accept(verified, OPENS),
        &Rejected::UnknownElection { expected: m.id(), actual: other.id() },
    );
}

#[test]
fn proofs_that_do_not_fit_are_refused() {
    let (ballot_box, m) = (open(), manifest());
    let good = ballot(&m, 1, &[1]);
    // The proof of one choice under another, and under another nullifier.
    for other in [statement(&m, 1, &[2]), statement(&m, 2, &[1])] {
        let mauled = other.into_ballot(*good.proof()).into();
        refuses(&ballot_box, |b| cast(b, &mauled, OPENS), &Rejected::InvalidProof);
    }
    for position in [0, 63, 64, 191, 192, 255] {
        let mut proof = *good.proof();
        proof[position] ^= 1;
        let mauled = with_proof(&good, proof);
        let expected = match Proof::from_bytes(&proof) {
            Err(error) => Rejected::MalformedProof(error),
            Ok(_) => Rejected::InvalidProof,
        };
        refuses(&ballot_box, |b| cast(b, &mauled, OPENS), &expected);
    }
    let empty = statement(&m, 1, &[1]).into_ballot([0; 256]).into();
    let expected = Rejected::MalformedProof(Proof::from_bytes(&[0; 256]).unwrap_err());
    refuses(&ballot_box, |b| cast(b, &empty, OPENS), &expected);
}

#[test]
fn choices_that_the_rules_forbid_are_refused_with_good_proofs() {
    let strict = Rules { abstention: Abstention::Refused, ..Rules::approval(2, 2) };
    let ballot_box = open_for(manifest_with(strict, 1));
    let m = ballot_box.manifest().clone();
    let file = ballot(&m, 1, &[0, 1]).to_json();
    for (selection, error) in [
        ("[]", SelectionError::AbstentionRefused),
        ("[1]", SelectionError::TooFew { min: 2, actual: 1 }),
        ("[0,1,2]", SelectionError::TooMany { max: 2, actual: 3 }),
        ("[0,3]", SelectionError::NoSuchOption { index: 3, options: 3 }),
    ] {
        let file = file.replace("[0,1]", selection);
        // A hostile client proves whatever it likes: the box must not rely on the prover.
        let hostile = proved(OpenBallot::from_json(file.as_bytes()).unwrap().statement().clone());
        let counts = ballot_box.refusals().of(Cause::InvalidSelection);
        assert_eq!(ballot_box.check(&hostile), Err(Rejected::InvalidSelection(error)));
        assert_eq!(ballot_box.refusals().of(Cause::InvalidSelection), counts + 1);
    }
    assert_eq!(ballot_box.state().unwrap().ballots, 0);
}

#[test]
fn malformed_files_are_refused() {
    let (ballot_box, m) = (open(), manifest());
    let file = ballot(&m, 1, &[1]).to_json();
    let number = nullifier(1).to_string();
    // nullifier + r: the same field element under a second name.
    let plus_r = "21888242871839275222246405745257275088548364400416034343698204186575809495618";
    for (bytes, expected) in [
        (
            file.replace(&number, plus_r).into_bytes(),
            DecodeError::Field { field: "nullifier", error: EncodingError::NotCanonical },
        ),
        (
            file.replace(&number, &format!("0{number}")).into_bytes(),
            DecodeError::Field { field: "nullifier", error: EncodingError::NotCanonical },
        ),
        (
            vec![b' '; MAX_BALLOT_BYTES + 1],
            DecodeError::Oversized { limit: MAX_BALLOT_BYTES, actual: MAX_BALLOT_BYTES + 1 },
        ),
        (file.replace("[1]", "[1,1]").into_bytes(), DecodeError::SelectionNotCanonical),
        (
            file.replace("-ballot-v1", "-ballot-v9").into_bytes(),
            DecodeError::WrongFormat {
                expected: "tabella-open-ballot-v1",
                found: "tabella-open-ballot-v9".to_owned(),
            },
        ),
    ] {
        refuses(&ballot_box, |b| b.accept(b.check_json(&bytes)?, OPENS), &Rejected::Malformed(expected));
    }
    for cut in 0..file.len() {
        assert!(
            matches!(
                ballot_box.check_json(&file.as_bytes()[..cut]),
                Err(Rejected::Malformed(DecodeError::Json { .. }))
            ),
            "cut at {cut}"
        );
    }
}

#[test]
fn the_window_is_kept_to_the_second() {
    let (ballot_box, m) = (open(), manifest());
    refuses(
        &ballot_box,
        |b| cast(b, &ballot(&m, 1, &[1]), OPENS - 1),
        &Rejected::NotYetOpen { opens_at: OPENS, now: OPENS - 1 },
    );
    refuses(
        &ballot_box,
        |b| cast(b, &ballot(&m, 1, &[1]), CLOSES),
        &Rejected::Closed { closed_at: CLOSES, now: CLOSES },
    );
    assert_eq!(
        ballot_box.close(CLOSES - 1),
        Err(CloseError::TooEarly { closes_at: CLOSES, now: CLOSES - 1 })
    );
    assert_eq!(ballot_box.write_record(Vec::new(), &[]), Err(ExportError::NotClosed));
    let closing = ballot_box.close(CLOSES + 1).unwrap();
    assert_eq!(ballot_box.close(CLOSES + 7), Ok(closing), "closing again changes nothing");
    // A clock that is set back does not open a closed box.
    assert_eq!(
        cast(&ballot_box, &ballot(&m, 1, &[1]), OPENS),
        Err(Rejected::Closed { closed_at: CLOSES + 1, now: OPENS })
    );
    // After the window its end is the reason, whenever the box was closed.
    let late = Rejected::Closed { closed_at: CLOSES, now: CLOSES + 5 };
    assert_eq!(cast(&ballot_box, &ballot(&m, 1, &[1]), CLOSES + 5), Err(late));
}

#[test]
fn a_box_opens_with_the_key_of_its_manifest_only() {
    let m = Manifest::builder("a", "b")
        .options(["x", "y"])
        .window(Window { opens_at: 1, closes_at: 2 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 3))
        .insecure_development_key(tabella_primitives::digest::Digest::from_bytes([1; 32]))
        .nonce([0; 32])
        .build()
        .unwrap();
    let expected =
        OpenError::WrongVerifyingKey { expected: *m.verifying_key(), actual: KEY.verifying_key().digest() };
    let opened = BallotBox::open(MemoryBallotStore::new(m), KEY.verifying_key().clone());
    assert_eq!(opened.err(), Some(expected));
}

#[test]
fn a_batch_is_judged_as_its_ballots_one_by_one() {
    let (one_by_one, batched, m) = (open(), open(), manifest());
    let mut ballots: Vec<CastBallot> =
        (0..12).map(|voter| ballot(&m, voter, &[u16::try_from(voter % 3).unwrap()])).collect();
    ballots.push(ballot(&m, 3, &[0])); // the same ballot again
    ballots.push(ballot(&m, 4, &[2])); // voter 4 chose 1 before
    let proof = *ballots[0].proof();
    ballots[5] = with_proof(&ballots[5], proof);
    ballots[7] = with_proof(&ballots[7], [0; 256]);
    ballots[9] = ballot(&manifest_with(Rules::single_choice(), 2), 9, &[0]);

    let single: Vec<_> = ballots.iter().map(|ballot| one_by_one.check(ballot)).collect();
    let batch = batched.check_batch(&ballots, &mut rng());
    assert_eq!(batch, single);
    assert_eq!(batch.iter().filter(|verdict| verdict.is_err()).count(), 3);
    let good: Vec<_> = batch.into_iter().flatten().collect();
    let single: Vec<_> = good.iter().map(|ballot| one_by_one.accept(ballot.clone(), OPENS)).collect();
    assert_eq!(batched.accept_batch(good, OPENS), single);
    assert_eq!(single.last(), Some(&Err(Rejected::AlreadyVoted { index: 4 })));
    assert_eq!(snapshot(&batched), snapshot(&one_by_one));
    assert_eq!(batched.refusals(), one_by_one.refusals());
    assert!(batched.accept_batch(Vec::new(), OPENS).is_empty());
}

#[test]
fn of_many_ballots_at_once_under_one_nullifier_exactly_one_is_accepted() {
    let (ballot_box, m) = (open(), manifest());
    let verified: Vec<_> = (0..64u16)
        .map(|i| {
            // Three different choices; only the first to come may stand.
            ballot_box.check(&ballot(&m, 1, &[i % 3])).unwrap()
        })
        .collect();
    let answers: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            verified.into_iter().map(|ballot| scope.spawn(|| ballot_box.accept(ballot, OPENS))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(ballot_box.state().unwrap().ballots, 1);
    let stored = ballot_box.store().by_index(0).unwrap().unwrap();
    let choice = stored.ballot.open().unwrap().selection().indices()[0];
    for (i, answer) in (0u16..).zip(answers) {
        if i % 3 == choice {
            assert_eq!(answer, Ok(stored.receipt()));
        } else {
            assert_eq!(answer, Err(Rejected::AlreadyVoted { index: 0 }));
        }
    }
}

#[test]
fn the_tally_does_not_depend_on_the_order_of_the_ballots() {
    let m = manifest();
    let ballots: Vec<CastBallot> =
        (0..7).map(|voter| ballot(&m, voter, &[u16::try_from(voter % 3).unwrap()])).collect();
    let tally = |ballots: Vec<&CastBallot>| -> Tally {
        let ballot_box = open();
        for ballot in ballots {
            cast(&ballot_box, ballot, OPENS).unwrap();
        }
        ballot_box.close(CLOSES).unwrap();
        ballot_box.tally().unwrap()
    };
    assert_eq!(tally(ballots.iter().collect()), tally(ballots.iter().rev().collect()));
}

/// A store whose disk fails at the second write.
struct Failing(MemoryBallotStore, std::sync::atomic::AtomicU32);

impl BallotStore for Failing {
    fn manifest(&self) -> &Manifest {
        self.0.manifest()
    }
    fn state(&self) -> Result<BoxState, StorageError> {
        self.0.state()
    }
    fn append(&self, ballots: &[tabella_ballot_box::StoredBallot]) -> Result<(), StorageError> {
        if self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            return Err(StorageError::Unavailable { reason: "disk full".to_owned() });
        }
        self.0.append(ballots)
    }
    fn by_nullifier(
        &self,
        nullifier: &tabella_protocol::statement::Nullifier,
    ) -> Result<Option<tabella_ballot_box::StoredBallot>, StorageError> {
        self.0.by_nullifier(nullifier)
    }
    fn by_ephemeral_key(
        &self,
        key: &tabella_protocol::ballot::EphemeralKey,
    ) -> Result<Option<u64>, StorageError> {
        self.0.by_ephemeral_key(key)
    }
    fn page(&self, from: u64, limit: usize) -> Result<Vec<tabella_ballot_box::StoredBallot>, StorageError> {
        self.0.page(from, limit)
    }
    fn close(&self, now: u64) -> Result<(), StorageError> {
        self.0.close(now)
    }
}

#[test]
fn without_a_durable_write_there_is_no_receipt() {
    let m = manifest();
    let store = Failing(MemoryBallotStore::new(m.clone()), 0.into());
    let ballot_box = BallotBox::open(store, KEY.verifying_key().clone()).unwrap();
    let first = ballot_box.check(&ballot(&m, 1, &[1])).unwrap();
    let second = ballot_box.check(&ballot(&m, 2, &[1])).unwrap();
    ballot_box.accept(first, OPENS).unwrap();
    let failure = Rejected::Storage(StorageError::Unavailable { reason: "disk full".to_owned() });
    assert_eq!(ballot_box.accept(second.clone(), OPENS), Err(failure));
    assert_eq!(ballot_box.refusals().of(Cause::Storage), 1);
    assert_eq!(ballot_box.accept(second, OPENS).unwrap().index, 1, "the voter sends it again");
}
