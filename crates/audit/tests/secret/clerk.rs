//! Records in which every link and count fits, because whoever wrote them broke another rule.

use crate::fixture::{
    Parts, SUMS, TRUSTEES, Trustees, ballot, builder, check, fault, manifest, prove, rng, root_of,
};
use tabella_audit::{Cause, Fault};
use tabella_primitives::{
    Fr,
    digest::Digest,
    edwards::Point,
    elgamal::{Ciphertext, EncryptionKey, WrongSlots},
    encoding::encode_hex,
};
use tabella_protocol::{
    ballot::{BallotError, CastBallot, SealedBallot, SealedBallotError, SealedElectionId, SecretBallot},
    election::{FrozenRegistry, Manifest, SecretBallots, Weighting},
    identity::IdentityCommitment,
    record::RecordError,
    registry::weighted_leaf,
    statement::Nullifier,
    tally::{Outcome, Tally},
    trustee::{
        CeremonyError, CeremonyRecord, CombineError, DroppedShare, OpeningPolicy, Package, PackageError,
        Round, ShareFault,
    },
};
use tabella_verifier::InvalidProof;

const BALLOT: usize = 2;
const BALLOT_ENTRY: u64 = 3;
const FIRST_SHARE: u64 = 24;
const TALLY: u64 = 26;

fn sealed(parts: &Parts, index: usize) -> SealedBallot {
    parts.ballots[index].secret().unwrap().sealed().clone()
}

/// Another content with the old proof.
fn keep_proof(parts: &mut Parts, change: impl Fn(&mut SealedBallot)) {
    let mut content = sealed(parts, BALLOT);
    change(&mut content);
    let proof = *parts.ballots[BALLOT].proof();
    parts.ballots[BALLOT] = SecretBallot::new(&parts.manifest, content, proof).unwrap().into();
}

fn change_points(parts: &mut Parts, change: impl Fn(&mut Vec<Point>)) {
    keep_proof(parts, |content| {
        let mut points = content.ciphertext.points().to_vec();
        change(&mut points);
        content.ciphertext = Ciphertext::from_points(points).unwrap();
    });
}

/// The ballot with one text in its file replaced.
fn rewrite(parts: &mut Parts, from: &str, to: &str) {
    let json = parts.ballots[BALLOT].to_json();
    assert!(json.contains(from), "{from}");
    parts.ballots[BALLOT] = CastBallot::from_json(json.replacen(from, to, 1).as_bytes()).unwrap();
}

fn with_proof(parts: &mut Parts, proof: [u8; 256]) {
    let content = sealed(parts, BALLOT);
    parts.ballots[BALLOT] = SecretBallot::new(&parts.manifest, content, proof).unwrap().into();
}

/// A package with one byte of its body changed.
fn spoil(package: &Package) -> Package {
    let mut bytes = package.to_bytes();
    bytes[36] ^= 1;
    Package::from_bytes(&bytes).unwrap()
}

fn repackage(parts: &mut Parts, change: impl Fn(&mut Vec<Package>)) {
    let mut packages = parts.ceremony.packages().to_vec();
    change(&mut packages);
    parts.ceremony = CeremonyRecord::from_packages(parts.ceremony.parameters().clone(), packages);
}

fn remanifest(parts: &mut Parts, change: impl Fn(&mut SecretBallots)) {
    let mut secret = parts.manifest.secret().unwrap().clone();
    change(&mut secret);
    parts.manifest = builder(&TRUSTEES).secret(secret).build().unwrap();
}

type Change = Box<dyn Fn(&mut Parts)>;

fn case(
    name: &'static str,
    entry: u64,
    field: &'static str,
    change: impl Fn(&mut Parts) + 'static,
) -> (String, u64, &'static str, Change) {
    (name.to_owned(), entry, field, Box::new(change))
}

/// One change for each value that a clerk can change and write all links anew, and what the audit names.
fn cases() -> Vec<(String, u64, &'static str, Change)> {
    let proof = "body.ballot.proof";
    let next = |value: &Fr| *value + Fr::from(1);
    let mut cases = vec![
        case("title", 1, "body.ballot.election", |p| p.manifest = retitled(&p.manifest)),
        case("nonce", 1, "body.ballot.election", |p| {
            p.manifest = builder(&TRUSTEES).nonce([2; 32]).build().unwrap()
        }),
        case("least ballots", 1, "body.ballot.election", |p| {
            remanifest(p, |secret| secret.policy = OpeningPolicy::new(2).unwrap());
        }),
        case("ceremony in the manifest", 1, "body.ballot.election", |p| {
            remanifest(p, |secret| secret.ceremony = Digest::from_bytes([1; 32]));
        }),
        case("keys in the manifest", 1, "body.ballot.election", |p| {
            remanifest(p, |secret| {
                let points = secret.key.points().iter().rev().copied().collect();
                secret.key = EncryptionKey::new(points).unwrap();
            });
        }),
        case("weights in the manifest", 1, "body.ballot.election", |p| {
            remanifest(p, |secret| secret.weighting = Weighting::Weighted { max_weight: 2 });
        }),
        case("election of a ballot", BALLOT_ENTRY, "body.ballot.election", |p| {
            rewrite(p, &manifest().id().to_string(), &"1".repeat(64));
        }),
        case("the circuit's name of the election", BALLOT_ENTRY, "body.ballot.sealed_election", |p| {
            let id = manifest().sealed().unwrap().id().to_string();
            rewrite(p, &id, "12345");
        }),
        case("nullifier", BALLOT_ENTRY, proof, move |p| {
            keep_proof(p, |content| {
                content.nullifier = Nullifier::from_field(next(content.nullifier.as_field()))
            });
        }),
        case("nullifier of another ballot", BALLOT_ENTRY, "body.ballot.nullifier", |p| {
            let other = sealed(p, 0).nullifier;
            keep_proof(p, |content| content.nullifier = other);
        }),
        case("ciphertext of another ballot", BALLOT_ENTRY, "body.ballot.ciphertext", |p| {
            let other = sealed(p, 0).ciphertext;
            keep_proof(p, |content| content.ciphertext = other.clone());
        }),
        case("C_0 of another ballot", BALLOT_ENTRY, "body.ballot.ciphertext", |p| {
            let other = sealed(p, 0).ciphertext.points()[0];
            change_points(p, |points| points[0] = other);
        }),
        case("an option less", BALLOT_ENTRY, "body.ballot.ciphertext", |p| {
            let last = encode_hex(&sealed(p, BALLOT).ciphertext.points()[3].to_packed());
            rewrite(p, &format!(",\"{last}\""), "");
        }),
        case("an option more", BALLOT_ENTRY, "body.ballot.ciphertext", |p| {
            let last = encode_hex(&sealed(p, BALLOT).ciphertext.points()[3].to_packed());
            rewrite(p, &format!("\"{last}\""), &format!("\"{last}\",\"{last}\""));
        }),
        case("proof of another ballot", BALLOT_ENTRY, proof, |p| {
            with_proof(p, *p.ballots[0].clone().proof())
        }),
        case("no proof", BALLOT_ENTRY, proof, |p| with_proof(p, [0; 256])),
        case("a ballot twice", BALLOT_ENTRY, "body.ballot.nullifier", |p| {
            let first = p.ballots[0].clone();
            p.ballots.insert(BALLOT, first);
        }),
        case("a ballot left out", FIRST_SHARE - 1, "body", |p| drop(p.ballots.remove(BALLOT))),
        case("the last ballot left out", FIRST_SHARE - 1, "body", |p| drop(p.ballots.pop())),
        case("closed before it opened", 6, "body.closed_at", |p| p.closed_at = 1),
        case("a leaf", 7, "body.leaves", |p| p.leaves[4] = Fr::from(77)),
        case("a leaf twice", 7, "body.leaves", |p| p.leaves[4] = p.leaves[5]),
        case("a leaf more", 7, "body.leaves", |p| p.leaves.push(Fr::from(77))),
        case("a leaf less", 7, "body.leaves", |p| p.leaves.truncate(10)),
        case("weights where there are none", 7, "body.weights", |p| p.weights = vec![1; 11]),
        case("another ceremony", FIRST_SHARE - 1, "body", |p| p.ceremony = Trustees::hold(2).record),
        case("other parameters", 9, "body", |p| {
            let parameters = Trustees::hold(2).record.parameters().clone();
            p.ceremony = CeremonyRecord::from_packages(parameters, p.ceremony.packages().to_vec());
        }),
        case("a share among the packages", FIRST_SHARE, "body", |p| {
            let share = p.shares[0].clone();
            repackage(p, |packages| packages.push(share.clone()));
        }),
        case("no shares", TALLY - 2, "body", |p| p.shares.clear()),
        case("one share", TALLY - 1, "body", |p| drop(p.shares.pop())),
        case("two shares of one trustee", FIRST_SHARE + 1, "body", |p| {
            p.shares.push(TRUSTEES.share_with(10, 0, &p.manifest, &p.ballots));
        }),
        case("shares of fewer ballots", FIRST_SHARE, "body", |p| {
            p.shares[0] = TRUSTEES.share(0, &p.manifest, &p.ballots[..4]);
        }),
        case("a share for another election", FIRST_SHARE + 1, "body", |p| {
            let other = builder(&TRUSTEES).nonce([2; 32]).build().unwrap();
            p.shares[1] = TRUSTEES.share(1, &other, &p.ballots);
        }),
        case("a share under other keys", FIRST_SHARE, "body", |p| {
            p.shares[0] = Trustees::hold(2).share(0, &p.manifest, &p.ballots);
        }),
        case("number of ballots", TALLY, "body.ballots", |p| p.tally.ballots += 1),
        case("abstentions", TALLY, "body.abstentions", |p| p.tally.abstentions = Some(1)),
        case("an option qualified", TALLY, "body.counts", |p| p.tally.counts[0].qualified = false),
        case("a number less", TALLY, "body.counts", |p| p.tally.counts.truncate(2)),
        case("no numbers", TALLY, "body.counts", |p| p.tally.counts.clear()),
        case("quorum", TALLY, "body.quorum", |p| p.tally.quorum = 1),
        case("quorum met", TALLY, "body.quorum_met", |p| p.tally.quorum_met = false),
        case("winners", TALLY, "body.winners", |p| p.tally.winners = vec![0]),
        case("ties", TALLY, "body.tied", |p| p.tally.tied.clear()),
        case("outcome", TALLY, "body.outcome", |p| p.tally.outcome = Outcome::Decided),
        case("not opened, it says", TALLY, "body.counts", |p| p.tally = Tally::not_opened(&p.manifest, 5)),
    ];
    for point in 0..4 {
        cases.push((
            format!("C_{point} negated"),
            BALLOT_ENTRY,
            proof,
            Box::new(move |p| {
                change_points(p, |points| points[point] = -points[point]);
            }),
        ));
        cases.push((
            format!("C_{point} mauled to one vote more"),
            BALLOT_ENTRY,
            proof,
            Box::new(move |p| {
                change_points(p, |points| points[point] = points[point] + Point::base());
            }),
        ));
    }
    for (one, other) in [(0, 1), (1, 2), (2, 3)] {
        cases.push((
            format!("C_{one} and C_{other} exchanged"),
            BALLOT_ENTRY,
            proof,
            Box::new(move |p| {
                change_points(p, |points| points.swap(one, other));
            }),
        ));
    }
    for byte in [0, 63, 64, 191, 192, 255] {
        cases.push((
            format!("byte {byte} of the proof"),
            BALLOT_ENTRY,
            proof,
            Box::new(move |p| {
                let mut changed = *p.ballots[BALLOT].proof();
                changed[byte] ^= 1;
                with_proof(p, changed);
            }),
        ));
    }
    for option in 0..3 {
        cases.push((
            format!("number of option {option}"),
            TALLY,
            "body.counts",
            Box::new(move |p| {
                p.tally.counts[option].votes += 1;
            }),
        ));
    }
    // A package changed is named where it stands; one left out is missed where the ceremony ends.
    for package in 0..15 {
        let place = 9 + u64::try_from(package).unwrap();
        cases.push((
            format!("package {package}"),
            place,
            "body",
            Box::new(move |p| {
                // The signature, which does not enter the order.
                let mut bytes = p.ceremony.packages()[package].to_bytes();
                let last = bytes.len() - 33;
                bytes[last - 20] ^= 1;
                if let Ok(changed) = Package::from_bytes(&bytes) {
                    repackage(p, |packages| packages[package] = changed.clone());
                } else {
                    repackage(p, |packages| packages[package] = spoil(&packages[package]));
                }
            }),
        ));
        cases.push((
            format!("package {package} left out"),
            FIRST_SHARE - 2,
            "body",
            Box::new(move |p| {
                repackage(p, |packages| drop(packages.remove(package)));
            }),
        ));
    }
    for share in 0..2 {
        let place = FIRST_SHARE + u64::try_from(share).unwrap();
        cases.push((
            format!("share {share}"),
            place,
            "body",
            Box::new(move |p| {
                p.shares[share] = spoil(&p.shares[share]);
            }),
        ));
    }
    cases
}

fn retitled(manifest: &Manifest) -> Manifest {
    let json = manifest.to_json().replacen("Lunch", "Dinner", 1);
    Manifest::from_json(json.as_bytes()).unwrap()
}

#[test]
fn every_change_of_a_clerk_is_named() {
    let honest = Parts::honest();
    assert!(check(&honest.write()).is_ok());
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    for (name, entry, field, change) in cases {
        let mut parts = honest.clone();
        change(&mut parts);
        let fault = fault(&parts);
        assert_eq!((fault.entry, fault.field), (entry, field), "{name}: {fault}");
        assert!(!fault.to_string().is_empty());
    }
}

fn cause(change: impl Fn(&mut Parts)) -> Cause {
    let mut parts = Parts::honest();
    change(&mut parts);
    fault(&parts).cause
}

#[test]
fn attacks_have_their_causes() {
    let copied = cause(|p| {
        // Even with a good proof, which only somebody who knows the randomness could make.
        let content = SealedBallot { ciphertext: sealed(p, 0).ciphertext, ..sealed(p, BALLOT) };
        p.ballots[BALLOT] = prove(&p.manifest, content);
    });
    assert_eq!(copied, Cause::RepeatedCiphertext { earlier: 1 });
    let invalid = Cause::InvalidProof(InvalidProof::NotSatisfied);
    let mauled = cause(|p| change_points(p, |points| points[1] = points[1] + Point::base()));
    assert_eq!(mauled, invalid);
    // Rubbish beside a good proof: points that nobody encrypted.
    let rubbish = cause(|p| {
        change_points(p, |points| {
            for (number, point) in (40u64..).zip(points) {
                *point = Point::base().mul_vartime(&number.into());
            }
        });
    });
    assert_eq!(rubbish, invalid);
    // Replayed from another election, with that election's name and with this one's.
    let elsewhere = builder(&TRUSTEES).nonce([2; 32]).build().unwrap();
    let replayed = ballot(&elsewhere, 200, &[1, 0, 0]);
    let named = replayed.clone();
    let expected = manifest().id();
    assert_eq!(
        cause(move |p| p.ballots[BALLOT] = named.clone()),
        Cause::Ballot(BallotError::UnknownElection { expected, actual: elsewhere.id() })
    );
    let half = replayed.to_json().replace(&elsewhere.id().to_string(), &expected.to_string());
    let half = CastBallot::from_json(half.as_bytes()).unwrap();
    let error = SealedBallotError::OtherElection {
        expected: manifest().sealed().unwrap().id(),
        actual: elsewhere.sealed().unwrap().id(),
    };
    assert_eq!(cause(move |p| p.ballots[BALLOT] = half.clone()), Cause::Ballot(BallotError::Sealed(error)));
    let whole = replayed.secret().unwrap().clone();
    let moved = cause(move |p| {
        let content = SealedBallot { election: p.manifest.sealed().unwrap().id(), ..whole.sealed().clone() };
        p.ballots[BALLOT] = SecretBallot::new(&p.manifest, content, *whole.proof()).unwrap().into();
    });
    assert_eq!(moved, invalid);
    let slots = cause(|p| {
        let last = encode_hex(&sealed(p, BALLOT).ciphertext.points()[3].to_packed());
        rewrite(p, &format!(",\"{last}\""), "");
    });
    let error = SealedBallotError::Slots(WrongSlots { expected: 3, actual: 2 });
    assert_eq!(slots, Cause::Ballot(BallotError::Sealed(error)));
    assert_ne!(SealedElectionId::from_field(Fr::from(1)), manifest().sealed().unwrap().id());
}

#[test]
fn points_of_small_order_are_no_points() {
    let record = String::from_utf8(Parts::honest().write()).unwrap();
    let point = encode_hex(&sealed(&Parts::honest(), BALLOT).ciphertext.points()[1].to_packed());
    let mut small = tabella_primitives::encoding::Canonical::to_be_bytes(&-Fr::from(1));
    small.reverse();
    for bad in [small, Point::identity().to_packed(), [0xff; 32]] {
        let changed = record.replacen(&point, &encode_hex(&bad), 1);
        let fault = check(changed.as_bytes()).unwrap_err();
        assert_eq!((fault.entry, fault.field), (BALLOT_ENTRY, "body"), "{fault}");
        assert!(matches!(fault.cause, Cause::Record(RecordError::Malformed { .. })));
    }
}

#[test]
fn faults_of_trustees_have_their_causes() {
    let trustee = |number: usize| TRUSTEES.shares[number].trustee();
    assert_eq!(
        cause(|p| repackage(p, |packages| packages.retain(|package| package.round() != Round::Endorse))),
        Cause::Ceremony(CeremonyError::NotEndorsed { trustees: (0..3).map(trustee).collect() })
    );
    let spoiled = cause(|p| p.shares[1] = spoil(&p.shares[1]));
    let Cause::Share(dropped) = spoiled else { panic!("{spoiled}") };
    assert_eq!(dropped.fault, ShareFault::Package(PackageError::BadSignature { claimed: trustee(1) }));
    assert_eq!(dropped.culprit(), None, "anybody can write a name on a package");
    let other = cause(|p| p.shares[1] = TRUSTEES.share(1, &p.manifest, &p.ballots[..4]));
    let Cause::Share(dropped) = other else { panic!("{other}") };
    assert!(matches!(dropped.fault, ShareFault::OtherSum { .. }));
    assert_eq!(dropped.culprit(), None, "anybody can put a share where it does not belong");
    let twice = cause(|p| p.shares.push(TRUSTEES.share_with(10, 0, &p.manifest, &p.ballots)));
    assert_eq!(twice, Cause::Share(DroppedShare { trustee: trustee(0), fault: ShareFault::Duplicate }));
    assert_eq!(
        cause(|p| drop(p.shares.pop())),
        Cause::Combine(CombineError::TooFew { shares: 1, threshold: 2 })
    );
    assert_eq!(cause(|p| p.shares.clear()), Cause::Combine(CombineError::TooFew { shares: 0, threshold: 2 }));
    assert_eq!(cause(|p| p.tally.counts[2].votes = SUMS[2] + 1), Cause::WrongNumber { option: 2 });
    // A manifest that names the ceremony, and keys that somebody else has.
    let theirs = Trustees::hold(2);
    let mut parts = Parts::honest();
    let secret =
        SecretBallots { key: theirs.ceremony.key().clone(), ..parts.manifest.secret().unwrap().clone() };
    parts.manifest = builder(&TRUSTEES).secret(secret).build().unwrap();
    parts.ballots = (0..5).map(|nullifier| ballot(&parts.manifest, nullifier, &[1, 0, 0])).collect();
    assert_eq!(
        fault(&parts),
        Fault { entry: 0, field: "body.manifest.secret.keys", cause: Cause::OtherKeys }
    );
    let parts = Parts { ceremony: theirs.record.clone(), ..Parts::honest() };
    let (expected, actual) = (*TRUSTEES.ceremony.transcript(), *theirs.ceremony.transcript());
    assert_eq!(fault(&parts).cause, Cause::OtherCeremony { expected, actual });
    assert_ne!(rng(1), rng(2));
}

#[test]
fn weights_are_shown_and_bounded() {
    let honest = Parts::honest();
    let weights: Vec<u32> = (0..11).map(|place| if place == 3 { 0 } else { 1 + place }).collect();
    let leaf = |(leaf, weight): (&Fr, &u32)| match weight {
        0 => Fr::from(0),
        weight => weighted_leaf(&IdentityCommitment::from_field(*leaf), *weight),
    };
    let root = root_of(&honest.leaves.iter().zip(&weights).map(leaf).collect::<Vec<_>>());
    let manifest = |max_weight| {
        let secret =
            SecretBallots::new(&TRUSTEES.ceremony, OpeningPolicy::new(3).unwrap()).weighted(max_weight);
        builder(&TRUSTEES).registry(FrozenRegistry::new(root, 11)).secret(secret).build().unwrap()
    };
    let parts = |max_weight| {
        let manifest = manifest(max_weight);
        // Numbers times weights.
        let numbers = [[7, 0, 0], [0, 11, 0], [1, 1, 0]];
        let ballots: Vec<CastBallot> =
            (0..).zip(numbers).map(|(nullifier, numbers)| ballot(&manifest, nullifier, &numbers)).collect();
        Parts { weights: weights.clone(), ..Parts::of(manifest, ballots, &TRUSTEES, &[8, 12, 0]) }
    };
    let report = check(&parts(11).write()).unwrap();
    assert_eq!((report.tally.counts[1].votes, report.citizens), (12, Some(10)));
    let entry = 5;
    let weight = |place, weight, max_weight| Cause::Weight { place, weight, max_weight };
    assert_eq!(fault(&parts(10)).cause, weight(10, 11, 10));
    let mut without = parts(11);
    without.weights.clear();
    assert_eq!(fault(&without), Fault { entry, field: "body.weights", cause: Cause::RegistryWeights });
    for (place, other) in [(2, 0), (3, 1)] {
        let mut changed = parts(11);
        changed.weights[place] = other;
        assert_eq!(fault(&changed).cause, weight(u64::try_from(place).unwrap(), other, 11));
    }
    let mut heavier = parts(11);
    heavier.weights[0] += 1;
    assert!(matches!(fault(&heavier).cause, Cause::RegistryRoot { .. }));
}
