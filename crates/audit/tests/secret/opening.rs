//! What trustees do with a record: they redo its checks, and open its one sum or nothing.

use crate::fixture::{Parts, SUMS, TRUSTEES, Trustees, ballot, builder, check, manifest, rng, unopened};
use tabella_audit::{Cause, Fault, NotAuthorised, PublishedHead, UnopenedReport, Warning};
use tabella_primitives::{cancel::CancelToken, discrete_log::DiscreteLogTable, progress::quietly};
use tabella_protocol::{
    record::RecordError,
    tally::{Outcome, Tally},
    trustee::{
        AuthorisedSum, EncryptedSum, LEAST_BALLOTS, OpeningLedger, Refusal, ShareCollector, ShareFault,
        TrusteeIndex,
    },
};

/// Asks a ledger about a record that is the published one.
fn authorise(
    report: &UnopenedReport,
    ledger: &mut OpeningLedger,
    trustee: TrusteeIndex,
) -> Result<AuthorisedSum, NotAuthorised> {
    report.authorise(report.manifest.id(), report.closing.into(), ledger, trustee)
}

#[test]
fn an_honest_record_is_checked_opened_and_checked_again() {
    let honest = Parts::honest();
    let report = unopened(&honest.write_unopened()).unwrap();
    assert_eq!(report.manifest, honest.manifest);
    assert_eq!((report.closing.ballots, report.citizens), (5, Some(10)));
    // Any two of the three open it.
    let table = DiscreteLogTable::new(10, 1 << 20, &CancelToken::new(), &mut quietly).unwrap();
    for pair in [[0, 1], [0, 2], [1, 2]] {
        let mut shares = Vec::new();
        for number in pair {
            let (me, share) = (&TRUSTEES.secrets[number], &TRUSTEES.shares[number]);
            let authorised = authorise(&report, &mut OpeningLedger::new(), share.trustee()).unwrap();
            shares.push(share.decrypt(me, &report.ceremony, &authorised, &mut rng(3)).unwrap());
        }
        let ciphertexts: Vec<_> = honest
            .ballots
            .iter()
            .map(|ballot| ballot.secret().unwrap().sealed().ciphertext.clone())
            .collect();
        let sum = EncryptedSum::of(&report.ceremony, honest.manifest.id(), &ciphertexts).unwrap();
        let mut collector = ShareCollector::new(&report.ceremony, &sum);
        for share in &shares {
            collector.add(share).unwrap();
        }
        let numbers =
            collector.combine().unwrap().numbers(&table, &CancelToken::new(), &mut quietly).unwrap();
        assert_eq!(numbers, SUMS);
        let parts = Parts { shares, ..honest.clone() };
        let report = check(&parts.write()).unwrap();
        assert_eq!(report.tally, honest.tally);
        let opening = report.opening.unwrap();
        assert_eq!((opening.threshold, opening.trustees, opening.qualified.len()), (2, 3, 3));
        assert_eq!(opening.shares.len(), 2);
    }
}

#[test]
fn a_trustee_opens_nothing_but_the_one_whole_sum() {
    let honest = Parts::honest();
    let trustee = TRUSTEES.shares[0].trustee();
    let mut ledger = OpeningLedger::new();
    let whole = unopened(&honest.write_unopened()).unwrap();
    authorise(&whole, &mut ledger, trustee).unwrap();
    // The same record without its last ballot holds as a record, and would show that ballot.
    let subset = Parts { ballots: honest.ballots[..4].to_vec(), ..honest.clone() };
    let subset = unopened(&subset.write_unopened()).unwrap();
    assert!(matches!(
        authorise(&subset, &mut ledger, trustee),
        Err(NotAuthorised::Refused(Refusal::OtherSum { .. }))
    ));
    // So would a second election with the same keys.
    let second = builder(&TRUSTEES).nonce([2; 32]).build().unwrap();
    let ballots = (0..4).map(|nullifier| ballot(&second, nullifier, &[1, 0, 0])).collect();
    let second = unopened(&Parts { manifest: second, ballots, ..honest.clone() }.write_unopened()).unwrap();
    let opened = honest.manifest.id();
    let refused = Refusal::OtherElection { opened };
    assert_eq!(authorise(&second, &mut ledger, trustee), Err(NotAuthorised::Refused(refused)));
    // The whole one may be opened again: the share is the same.
    authorise(&whole, &mut ledger, trustee).unwrap();
}

#[test]
fn nobody_steers_the_one_opening_of_a_trustee() {
    let honest = Parts::honest();
    let trustee = TRUSTEES.shares[0].trustee();
    let whole = unopened(&honest.write_unopened()).unwrap();
    let (election, closing) = (honest.manifest.id(), PublishedHead::from(whole.closing));
    let mut ledger = OpeningLedger::new();
    let mut refused = |parts: Parts| {
        let report = unopened(&parts.write_unopened()).unwrap();
        let refused = report.authorise(election, closing, &mut ledger, trustee).unwrap_err();
        assert_eq!(ledger, OpeningLedger::new(), "nothing was spent");
        (refused, report)
    };
    // A stranger's election with the same keys.
    let manifest = builder(&TRUSTEES).nonce([2; 32]).build().unwrap();
    let ballots = (0..5).map(|nullifier| ballot(&manifest, nullifier, &[1, 0, 0])).collect();
    let (stranger, report) = refused(Parts { manifest, ballots, ..honest.clone() });
    let actual = report.manifest.id();
    assert_eq!(stranger, NotAuthorised::OtherElection { expected: election, actual });
    // A record that stops early, and one with as many ballots in another order.
    let mut ballots = honest.ballots.clone();
    ballots.swap(0, 1);
    let (swapped, report) = refused(Parts { ballots: ballots.clone(), ..honest.clone() });
    let actual = report.closing.head;
    assert_eq!(swapped, NotAuthorised::OtherHead { expected: closing.link, actual });
    let early = Parts { ballots: honest.ballots[..4].to_vec(), ..honest.clone() };
    assert_eq!(refused(early).0, NotAuthorised::OtherNumber { expected: 5, actual: 4 });
    whole.authorise(election, closing, &mut ledger, trustee).unwrap();
}

#[test]
fn whoever_could_open_two_sums_is_a_warning() {
    for (threshold, trustees, possible) in
        [(2, 3, false), (2, 4, true), (3, 5, false), (1, 2, true), (1, 1, false)]
    {
        let held = Trustees::hold_of(4, threshold, trustees);
        let manifest = builder(&held).build().unwrap();
        let ballots = (0..3).map(|nullifier| ballot(&manifest, nullifier, &[1, 0, 0])).collect::<Vec<_>>();
        let shares = (0..usize::from(threshold)).map(|n| held.share(n, &manifest, &ballots)).collect();
        let parts = Parts { shares, ..Parts::of(manifest, ballots, &held, &[3, 0, 0]) };
        let two = Warning::TwoSumsPossible { threshold, trustees: trustees.into() };
        let alone = (threshold == 1).then_some(Warning::AnyTrusteeAlone);
        let warnings = [Some(Warning::InsecureDevelopmentKey), possible.then_some(two), alone];
        let warnings = warnings.into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(unopened(&parts.write_unopened()).unwrap().warnings, warnings);
        assert_eq!(check(&parts.write()).unwrap().warnings, warnings);
    }
}

#[test]
fn small_electorates_are_not_opened() {
    let honest = Parts::honest();
    let trustee = TRUSTEES.shares[0].trustee();
    for count in 0..3u64 {
        let ballots = honest.ballots[..usize::try_from(count).unwrap()].to_vec();
        let few = Parts { ballots: ballots.clone(), ..honest.clone() };
        let report = unopened(&few.write_unopened()).unwrap();
        let refused = authorise(&report, &mut OpeningLedger::new(), trustee).unwrap_err();
        match count {
            0 => assert!(matches!(refused, NotAuthorised::Refused(Refusal::Sum(_)))),
            _ => {
                let few = Refusal::TooFewBallots { ballots: count, least: 3 };
                assert_eq!(refused, NotAuthorised::Refused(few));
            }
        }
        // The record says that it was not opened, and holds.
        let tally = Tally::not_opened(&honest.manifest, count);
        assert_eq!((tally.outcome, tally.counts.len()), (Outcome::NotOpened, 0));
        let closed = Parts { tally: tally.clone(), shares: Vec::new(), ..few.clone() };
        let report = check(&closed.write()).unwrap();
        assert_eq!((report.tally, report.ballots), (tally, count));
        // Trustees who opened it nevertheless are found out.
        if count >= LEAST_BALLOTS {
            let shares = (0..2).map(|number| TRUSTEES.share(number, &honest.manifest, &ballots)).collect();
            let fault = check(&Parts { shares, ..few }.write()).unwrap_err();
            assert_eq!(fault.cause, Cause::OpenedTooFew { ballots: count, least: 3 });
        }
    }
}

#[test]
fn wrong_missing_replayed_and_late_shares_are_dropped_by_name() {
    let honest = Parts::honest();
    let ceremony = &TRUSTEES.ceremony;
    let ciphertexts: Vec<_> =
        honest.ballots.iter().map(|ballot| ballot.secret().unwrap().sealed().ciphertext.clone()).collect();
    let sum = EncryptedSum::of(ceremony, honest.manifest.id(), &ciphertexts).unwrap();
    let mut collector = ShareCollector::new(ceremony, &sum);
    let trustee = |number: usize| TRUSTEES.shares[number].trustee();
    // Replayed from another sum, and from another election.
    let replayed = TRUSTEES.share(0, &honest.manifest, &honest.ballots[..4]);
    let dropped = collector.add(&replayed).unwrap_err();
    assert!(matches!(dropped.fault, ShareFault::OtherSum { .. }));
    assert_eq!(dropped.culprit(), None, "anybody can replay a share");
    let elsewhere = builder(&TRUSTEES).nonce([2; 32]).build().unwrap();
    let dropped = collector.add(&TRUSTEES.share(1, &elsewhere, &honest.ballots)).unwrap_err();
    assert_eq!(dropped.fault, ShareFault::OtherElection { actual: elsewhere.id() });
    collector.add(&honest.shares[0]).unwrap();
    assert_eq!(collector.add(&honest.shares[0]), Ok(false), "a copy of a share is that share");
    let again = TRUSTEES.share_with(10, 0, &honest.manifest, &honest.ballots);
    assert_eq!(collector.add(&again).unwrap_err().fault, ShareFault::Duplicate);
    assert_eq!(collector.missing(), [trustee(1), trustee(2)]);
    assert!(collector.combine().is_err());
    collector.add(&honest.shares[1]).unwrap();
    collector.close();
    let late = collector.add(&TRUSTEES.share(2, &honest.manifest, &honest.ballots)).unwrap_err();
    assert_eq!((late.trustee, late.fault), (trustee(2), ShareFault::Late));
    assert!(collector.combine().is_ok(), "the good ones are as good as they were");
}

#[test]
fn trustees_get_a_record_that_ends_where_it_must() {
    let honest = Parts::honest();
    let record = honest.write_unopened();
    let lines = record.iter().filter(|byte| **byte == b'\n').count();
    let entry = |lines: usize| u64::try_from(lines).unwrap();
    // Cut within the ballots, and within a line.
    let cut: usize = record.split_inclusive(|byte| *byte == b'\n').take(4).map(<[u8]>::len).sum();
    let truncated = |entry| Fault::from(RecordError::Truncated { entry });
    assert_eq!(unopened(&record[..cut]).unwrap_err(), truncated(4));
    assert_eq!(unopened(&record[..record.len() - 1]).unwrap_err(), truncated(entry(lines - 1)));
    // A ceremony that is cut off between two packages is no ceremony.
    let cut: usize = record.split_inclusive(|byte| *byte == b'\n').take(lines - 1).map(<[u8]>::len).sum();
    assert!(matches!(unopened(&record[..cut]).unwrap_err().cause, Cause::Ceremony(_)));
    // The whole record is none that could be opened, and an unopened one is no whole record.
    assert!(unopened(&honest.write()).is_err());
    assert_eq!(check(&record).unwrap_err(), truncated(entry(lines)));
    assert_eq!(manifest(), honest.manifest);
}
