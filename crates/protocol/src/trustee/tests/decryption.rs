//! Shares of a decryption: which are dropped, and which sums no trustee opens.

use super::*;
use crate::wire::DecodeError;
use alloc::vec;
use tabella_primitives::{
    edwards::{Point, Scalar},
    elgamal::{SumError, WrongSlots},
    encoding::EncodingError,
    knowledge::InvalidProof,
};

fn done() -> Done {
    Cast::new(5, 3, 2).hold()
}

const ROWS: [[u64; 2]; 4] = [[1, 0], [0, 1], [1, 1], [0, 0]];

fn dropped(trustee: u8, fault: ShareFault) -> DroppedShare {
    DroppedShare { trustee: index(trustee), fault }
}

/// Layout: election, sum, k, two images from 65, challenge and response from 129.
#[test]
fn a_bad_share_is_named_and_the_others_finish() {
    let done = done();
    let ballots = done.ballots(&ROWS);
    let sum = EncryptedSum::of(&done.ceremony, election(1), &ballots).unwrap();
    let good: Vec<Package> = (1..=5).map(|i| done.decrypt(i, election(1), &ballots)).collect();
    let body = good[1].body().to_vec();
    assert_eq!(body.len(), 32 + 32 + 1 + 2 * 32 + 64);
    let field = |field, error| ShareFault::Malformed(DecodeError::Field { field, error });
    let wrong = ShareFault::InvalidProof(InvalidProof::NotSatisfied);
    let with = |at: usize, bytes: &[u8]| {
        let mut body = body.clone();
        body[at..at + bytes.len()].copy_from_slice(bytes);
        body
    };
    let flip = |at: usize, bit: u8| with(at, &[body[at] ^ bit]);
    let identity = Point::identity().to_packed();
    let not_this_election = ShareFault::OtherElection { actual: election(2) };
    let not_this_sum = ShareFault::OtherSum { actual: Digest::from_bytes([9; 32]) };
    let length = DecodeError::Length { expected: body.len(), actual: body.len() + 1 };
    let cases: Vec<(Vec<u8>, ShareFault)> = vec![
        (with(0, &[2; 32]), not_this_election),
        (with(32, &[9; 32]), not_this_sum),
        (with(64, &[0]), field("counts", EncodingError::NotCanonical)),
        (with(64, &[9]), field("counts", EncodingError::NotCanonical)),
        // One key fewer: an image is read as a scalar of the proof, for which it is too large.
        (with(64, &[1]), field("proof", EncodingError::NotCanonical)),
        ([&body[..], &[0]].concat(), ShareFault::Malformed(length)),
        (with(65, &identity), field("images", EncodingError::Identity)),
        (with(97, &identity), field("images", EncodingError::Identity)),
        (flip(96, 0x80), wrong.clone()),
        (flip(128, 0x80), wrong.clone()),
        (flip(160, 1), wrong.clone()),
        (flip(192, 1), wrong.clone()),
        (with(129, &[0xff; 32]), field("proof", EncodingError::NotCanonical)),
        // Another trustee's share under its own name.
        (good[2].body().to_vec(), wrong.clone()),
        // The images swapped.
        (with(65, &[&body[97..129], &body[65..97]].concat()), wrong),
    ];
    for (i, (body, fault)) in cases.into_iter().enumerate() {
        let bad = done.cast.sign(Round::Decrypt, 2, body);
        let mut collector = ShareCollector::new(&done.ceremony, &sum);
        let expected = dropped(2, fault);
        assert_eq!(collector.add(&bad), Err(expected.clone()), "{i}");
        // What is for something else is no fault of whoever signed it: anybody can put it here.
        let elsewhere =
            matches!(expected.fault, ShareFault::OtherElection { .. } | ShareFault::OtherSum { .. });
        assert_eq!(expected.culprit(), (!elsewhere).then_some(index(2)), "{i}");
        for number in [0, 3] {
            collector.add(&good[number]).unwrap();
            assert!(!collector.is_enough());
            assert_eq!(
                collector.combine().unwrap_err(),
                CombineError::TooFew { shares: collector.shares().count(), threshold: 3 }
            );
        }
        collector.add(&good[4]).unwrap();
        assert!(collector.is_enough());
        assert_eq!(collector.dropped(), [expected]);
        assert_eq!(collector.missing(), [2, 3].map(index));
        let opened = collector.combine().unwrap();
        let two = Point::mul_base(&Scalar::from(2u8));
        assert_eq!((opened.points(), opened.trustees()), (&[two, two][..], &[1, 4, 5].map(index)[..]));
    }
}

#[test]
fn changes_on_the_way_blame_nobody() {
    let done = done();
    let ballots = done.ballots(&ROWS);
    let sum = EncryptedSum::of(&done.ceremony, election(1), &ballots).unwrap();
    let good = done.decrypt(2, election(1), &ballots);
    let bytes = good.to_bytes();
    let mut examined = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let Ok(changed) = Package::from_bytes(&changed) else { continue };
        let mut collector = ShareCollector::new(&done.ceremony, &sum);
        let error = collector.add(&changed).unwrap_err();
        assert!(matches!(error.fault, ShareFault::Package(_)), "{at}: {error:?}");
        assert_eq!(error.culprit(), None);
        examined += 1;
    }
    assert!(examined > 200);
}

#[test]
fn replayed_late_doubled_and_foreign_shares_are_dropped() {
    let done = done();
    let ballots = done.ballots(&ROWS);
    let sum = EncryptedSum::of(&done.ceremony, election(1), &ballots).unwrap();
    let mut collector = ShareCollector::new(&done.ceremony, &sum);
    // Of another election with the same ballots; of a part of the ballots.
    let other = done.decrypt(1, election(2), &ballots);
    let fault = ShareFault::OtherElection { actual: election(2) };
    assert_eq!(collector.add(&other), Err(dropped(1, fault)));
    let part = done.decrypt(1, election(1), &ballots[1..]);
    let actual = *EncryptedSum::of(&done.ceremony, election(1), &ballots[1..]).unwrap().digest();
    assert_eq!(collector.add(&part), Err(dropped(1, ShareFault::OtherSum { actual })));
    // The same with the names of this election and this sum written over: the proof is for the others.
    for package in [&other, &part] {
        let mut body = package.body().to_vec();
        body[..32].copy_from_slice(election(1).as_bytes());
        body[32..64].copy_from_slice(sum.digest().as_bytes());
        let relabelled = done.cast.sign(Round::Decrypt, 1, body);
        let fault = ShareFault::InvalidProof(InvalidProof::NotSatisfied);
        assert_eq!(collector.add(&relabelled), Err(dropped(1, fault)));
    }
    // Of another round.
    let error = PackageError::OtherRound { actual: Round::Endorse };
    let endorsement = &done.endorsements[0];
    assert_eq!(collector.add(endorsement), Err(dropped(1, ShareFault::Package(error))));
    // Of another ceremony.
    let elsewhere = Cast::with_nonce(9, 5, 3, 2).hold();
    let foreign = elsewhere.decrypt(1, election(1), &elsewhere.ballots(&ROWS));
    let error = PackageError::OtherSession { expected: *done.ceremony.session(), actual: *foreign.session() };
    assert_eq!(collector.add(&foreign), Err(dropped(1, ShareFault::Package(error))));
    // After all that the trustee's good share is as welcome as any, once.
    let first = done.decrypt(1, election(1), &ballots);
    assert_eq!(collector.add(&first), Ok(true));
    // A copy of its file is the same share; another good one is dropped, without blame.
    assert_eq!(collector.add(&first), Ok(false));
    let rng = &mut ChaCha20Rng::seed_from_u64(99);
    let policy = OpeningPolicy::new(LEAST_BALLOTS).unwrap();
    let authorised =
        OpeningLedger::new().authorise(&done.ceremony, index(1), election(1), &ballots, policy).unwrap();
    let again = done.share(1).decrypt(done.cast.secret(1), &done.ceremony, &authorised, rng).unwrap();
    assert_ne!(again, first);
    assert_eq!(collector.add(&again), Err(dropped(1, ShareFault::Duplicate)));
    assert_eq!(dropped(1, ShareFault::Duplicate).culprit(), None);
    collector.add(&done.decrypt(2, election(1), &ballots)).unwrap();
    collector.add(&done.decrypt(3, election(1), &ballots)).unwrap();
    collector.close();
    let late = done.decrypt(4, election(1), &ballots);
    assert_eq!(collector.add(&late), Err(dropped(4, ShareFault::Late)));
    assert_eq!(dropped(4, ShareFault::Late).culprit(), None);
    assert_eq!(collector.dropped().len(), 8);
    assert!(collector.combine().is_ok());
}

#[test]
fn who_was_excluded_has_no_share() {
    let done = Cast::new(5, 3, 2)
        .hold_with(|_, round, packages| {
            packages.retain(|package| round != Round::Complain || package.sender() != index(5));
        })
        .unwrap();
    let ballots = done.ballots(&ROWS);
    let sum = EncryptedSum::of(&done.ceremony, election(1), &ballots).unwrap();
    let body = done.decrypt(1, election(1), &ballots).body().to_vec();
    let excluded = done.cast.sign(Round::Decrypt, 5, body);
    let mut collector = ShareCollector::new(&done.ceremony, &sum);
    assert_eq!(collector.add(&excluded), Err(dropped(5, ShareFault::NotQualified)));
    assert_eq!(collector.missing(), [1, 2, 3, 4].map(index));
}

#[test]
fn verified_shares_combine_for_their_sum_only_and_once() {
    let done = done();
    let ballots = done.ballots(&ROWS);
    let sum = EncryptedSum::of(&done.ceremony, election(1), &ballots).unwrap();
    let verified = |number: u8| {
        let package = done.decrypt(number, election(1), &ballots);
        DecryptionShare::from_package(&done.ceremony, &package).unwrap().verify(&done.ceremony, &sum).unwrap()
    };
    let mut shares = vec![verified(1), verified(2), verified(1)];
    let trustee = index(1);
    assert_eq!(combine(&done.ceremony, &sum, &shares), Err(CombineError::Duplicate { trustee }));
    shares[2] = verified(3);
    let other = EncryptedSum::of(&done.ceremony, election(1), &ballots[1..]).unwrap();
    assert_eq!(combine(&done.ceremony, &other, &shares), Err(CombineError::OtherSum { trustee }));
    let few = CombineError::TooFew { shares: 2, threshold: 3 };
    assert_eq!(combine(&done.ceremony, &sum, &shares[..2]), Err(few));
    assert!(combine(&done.ceremony, &sum, &shares).is_ok());
}

#[test]
fn a_trustee_opens_no_empty_sum_no_single_ballot_and_no_small_electorate() {
    let done = done();
    let ballots = done.ballots(&ROWS);
    let mut ledger = OpeningLedger::new();
    let mut ask = |ballots: &[Ciphertext], least: u64| {
        let policy = OpeningPolicy::new(least).unwrap();
        ledger.authorise(&done.ceremony, index(1), election(1), ballots, policy).map(|_| ())
    };
    assert_eq!(ask(&[], 2), Err(Refusal::Sum(SumError::Empty)));
    assert_eq!(ask(&ballots[..1], 2), Err(Refusal::TooFewBallots { ballots: 1, least: 2 }));
    assert_eq!(ask(&ballots, 5), Err(Refusal::TooFewBallots { ballots: 4, least: 5 }));
    // One ballot, thrice: its sum is three times that ballot.
    let copies = [ballots[0].clone(), ballots[1].clone(), ballots[0].clone()];
    assert_eq!(ask(&copies, 2), Err(Refusal::RepeatedBallot { position: 2, earlier: 0 }));
    // One ballot, and a copy with other numbers under the same randomness.
    let mut points = ballots[0].points().to_vec();
    points[1] = points[1] + Point::base();
    let mauled = Ciphertext::from_points(points).unwrap();
    let pair = [ballots[0].clone(), mauled];
    assert_eq!(ask(&pair, 2), Err(Refusal::RepeatedBallot { position: 1, earlier: 0 }));
    // Randomness that adds up to nothing.
    let opposite = Ciphertext::from_points(ballots[0].points().iter().map(|p| -*p).collect()).unwrap();
    assert_eq!(ask(&[ballots[0].clone(), opposite], 2), Err(Refusal::Degenerate));
    // Ballots for other keys.
    let narrow = Cast::new(3, 2, 1).hold().ballots(&[[1], [2]]);
    let error = WrongSlots { expected: 2, actual: 1 };
    assert_eq!(ask(&narrow, 2), Err(Refusal::Sum(SumError::Slots { position: 0, error })));
    assert_eq!(ask(&ballots, 4), Ok(()));
    for least in [0, 1] {
        assert_eq!(OpeningPolicy::new(least), None);
    }
}

/// The attack that the ledger is for: all ballots, and then all but one.
#[test]
fn a_trustee_opens_one_sum_with_one_key() {
    let done = done();
    let ballots = done.ballots(&ROWS);
    let policy = OpeningPolicy::new(2).unwrap();
    let mut ledger = OpeningLedger::new();
    let all = ledger.authorise(&done.ceremony, index(1), election(1), &ballots, policy).unwrap();
    for _ in 0..2 {
        let asked = EncryptedSum::of(&done.ceremony, election(1), &ballots[1..]).unwrap();
        let refusal = Refusal::OtherSum { opened: *all.sum().digest(), asked: *asked.digest() };
        let part = ledger.authorise(&done.ceremony, index(1), election(1), &ballots[1..], policy);
        assert_eq!(part, Err(refusal));
        // Under the name of another election.
        let other = ledger.authorise(&done.ceremony, index(1), election(2), &ballots[1..], policy);
        assert_eq!(other, Err(Refusal::OtherElection { opened: election(1) }));
        // The same sum once more, in another order: a share that was lost on the way.
        let mut reordered = ballots.clone();
        reordered.reverse();
        let again = ledger.authorise(&done.ceremony, index(1), election(1), &reordered, policy);
        assert_eq!(again, Ok(all.clone()));
        // And all of that after the ledger was written down and read.
        let json = ledger.to_json();
        assert_eq!(OpeningLedger::from_json(json.as_bytes()), Ok(ledger.clone()));
        ledger = OpeningLedger::from_json(json.as_bytes()).unwrap();
    }
    // A key of another ceremony, and another trustee of this one on the same device, have openings of their own.
    let elsewhere = Cast::with_nonce(9, 5, 3, 2).hold();
    let theirs = elsewhere.ballots(&ROWS);
    assert!(ledger.authorise(&elsewhere.ceremony, index(1), election(2), &theirs, policy).is_ok());
    assert!(ledger.authorise(&done.ceremony, index(2), election(1), &ballots, policy).is_ok());
}

#[test]
fn a_share_of_a_key_decrypts_what_was_authorised_for_it() {
    let done = done();
    let ballots = done.ballots(&ROWS);
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let policy = OpeningPolicy::new(2).unwrap();
    let authorised =
        OpeningLedger::new().authorise(&done.ceremony, index(1), election(1), &ballots, policy).unwrap();
    let refused = Err(DecryptError::NotItsKey);
    let me = done.cast.secret(1);
    assert!(done.share(1).decrypt(me, &done.ceremony, &authorised, rng).is_ok());
    // Another trustee's share of the key, another trustee's keys, another ceremony.
    assert_eq!(done.share(2).decrypt(done.cast.secret(2), &done.ceremony, &authorised, rng), refused);
    assert_eq!(done.share(1).decrypt(done.cast.secret(2), &done.ceremony, &authorised, rng), refused);
    let elsewhere = Cast::with_nonce(9, 5, 3, 2).hold();
    assert_eq!(done.share(1).decrypt(me, &elsewhere.ceremony, &authorised, rng), refused);
    assert_eq!(elsewhere.share(1).decrypt(me, &done.ceremony, &authorised, rng), refused);
    // The same session held twice with other randomness: other keys.
    let again = Cast::new(5, 3, 2).with_seed(9).hold();
    assert_eq!(again.share(1).decrypt(me, &again.ceremony, &authorised, rng), refused);
    // Two shares of one sum differ in their proofs alone.
    let [a, b] = [1, 2].map(|seed| {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let package = done.share(1).decrypt(me, &done.ceremony, &authorised, rng).unwrap();
        package.body().to_vec()
    });
    assert_eq!(a[..129], b[..129]);
    assert_ne!(a[129..], b[129..]);
}
