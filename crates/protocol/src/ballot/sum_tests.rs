use super::*;
use crate::{
    election::{Method, SealedRules},
    registry::RegistryRoot,
    statement::Nullifier,
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use tabella_primitives::{
    Fr,
    digest::{Digest, TaggedHasher, tag_element},
    domain,
    edwards::{Point, Scalar},
    elgamal::{EncryptionKey, Randomness, WrongSlots},
    poseidon,
};

fn election(options: u64, root: u64) -> SealedElection {
    let keys = (0..options).map(|j| Point::mul_base(&Scalar::from(j + 2))).collect();
    let (keys, root) = (EncryptionKey::new(keys).unwrap(), RegistryRoot::from_field(Fr::from(root)));
    let rules = SealedRules::plain(Method::Score { max: 9 });
    let count = usize::try_from(options).unwrap();
    SealedElection::new(Digest::from_bytes([3; 32]), root, 100, &rules, count, keys).unwrap()
}

fn ballot(election: &SealedElection, numbers: &[u64], seed: u64) -> SealedBallot {
    let randomness = Randomness::from_scalar(Scalar::from(1000 + seed)).unwrap();
    SealedBallot {
        election: election.id(),
        nullifier: Nullifier::from_field(Fr::from(seed)),
        ciphertext: election.key().encrypt(numbers, &randomness).unwrap(),
    }
}

#[test]
fn sums_are_those_of_the_points_whatever_the_batches() {
    let election = election(3, 7);
    let ballots: Vec<_> = (1..=5).map(|i| ballot(&election, &[i, 2 * i, 9 - i], i)).collect();
    let none = BallotSum::none(&election);
    let whole = none.with(&ballots).unwrap();
    assert_eq!(none.with(&ballots[..2]).unwrap().with(&ballots[2..]).unwrap(), whole);
    // rho is 5 1000 + 15; the numbers add up to 15, 30 and 30.
    let rho = Scalar::from(5015u64);
    assert_eq!(whole.points()[0], Point::mul_base(&rho));
    for (j, total) in [15u64, 30, 30].into_iter().enumerate() {
        let expected = Point::mul_base(&Scalar::from(total)) + election.key().points()[j].mul_vartime(&rho);
        assert_eq!(whole.points()[j + 1], expected);
    }
    assert_eq!(none.points(), [Point::identity(); 4]);
}

#[test]
fn names_are_the_hashes_that_they_are_said_to_be() {
    let election = election(3, 7);
    let witness =
        SumWitness::new(BatchSize::Small, BallotSum::none(&election), vec![ballot(&election, &[1, 0, 9], 4)])
            .unwrap();
    let mut bodies = [Fr::from(0u64); 16];
    for (j, point) in witness.after().points()[1..].iter().enumerate() {
        (bodies[2 * j], bodies[2 * j + 1]) = point.to_xy();
    }
    let (x, y) = witness.after().points()[0].to_xy();
    let name = poseidon::hash(&[
        tag_element(domain::SEALED_SUM),
        *election.id().as_field(),
        x,
        y,
        poseidon::hash(&bodies),
    ]);
    let instance = witness.instance();
    assert_eq!(*instance.after.as_field(), name);
    let digest = witness.ballots()[0].digest(BallotSize::Eight);
    let mut first = [Fr::from(0u64); 16];
    first[0] = *digest.as_field();
    let empty = poseidon::hash(&[Fr::from(0u64); 16]);
    let tree = poseidon::hash(&[poseidon::hash(&first), empty, empty, empty]);
    let commitment = poseidon::hash(&[tag_element(domain::SEALED_BATCH), tree]);
    assert_eq!(*instance.commitment.as_field(), commitment);
    let hash = TaggedHasher::new(domain::SEALED_BATCH_CHALLENGE)
        .fr(&commitment)
        .fr(instance.before.as_field())
        .fr(&name)
        .fr(digest.as_field())
        .finish();
    let gamma = u128::from_be_bytes(hash.as_bytes()[16..].try_into().unwrap());
    assert_eq!(instance.gamma, gamma);
    assert_eq!(instance.fingerprint, Fr::from(gamma) * digest.as_field());
    assert!(sum_holds(&instance, &witness));
}

/// Each value removed from what is absorbed would make two of these equal.
#[test]
fn every_value_that_is_absorbed_changes_gamma() {
    let field = |k: u64| Fr::from(k);
    let gamma = |commitment: u64, before: u64, after: u64, digests: &[u64]| {
        let digests: Vec<_> = digests.iter().map(|d| SealedDigest::from_field(field(*d))).collect();
        SumInstance::of_digests(
            BatchSize::Small,
            BatchCommitment::from_field(field(commitment)),
            SumDigest::from_field(field(before)),
            SumDigest::from_field(field(after)),
            &digests,
        )
        .unwrap()
        .gamma
    };
    let all = [
        gamma(1, 2, 3, &[4, 5]),
        gamma(9, 2, 3, &[4, 5]),
        gamma(1, 9, 3, &[4, 5]),
        gamma(1, 2, 9, &[4, 5]),
        gamma(1, 2, 3, &[9, 5]),
        gamma(1, 2, 3, &[4, 9]),
        gamma(1, 2, 3, &[5, 4]),
        gamma(1, 2, 3, &[4]),
        gamma(1, 2, 3, &[4, 5, 0]),
    ];
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn what_is_no_batch_is_refused() {
    let here = election(2, 7);
    let none = BallotSum::none(&here);
    let good = ballot(&here, &[1, 2], 1);
    let full = SumWitness::new(BatchSize::Small, none.clone(), vec![good.clone(); 65]);
    assert_eq!(full, Err(BatchError::TooMany { places: 64, actual: 65 }));
    let digests = vec![good.digest(BallotSize::Two); 257];
    let (commitment, name) = (BatchCommitment::from_field(Fr::from(1u64)), none.digest());
    let large = SumInstance::of_digests(BatchSize::Large, commitment, name, name, &digests);
    assert_eq!(large, Err(BatchError::TooMany { places: 256, actual: 257 }));
    let there = election(2, 8);
    let error = SealedBallotError::OtherElection { expected: here.id(), actual: there.id() };
    let foreign = none.with(&[good.clone(), ballot(&there, &[1, 2], 2)]);
    assert_eq!(foreign, Err(BatchError::Ballot { position: 1, error }));
    let mut wide = ballot(&election(3, 7), &[1, 2, 3], 3);
    wide.election = here.id();
    let error = SealedBallotError::Slots(WrongSlots { expected: 2, actual: 3 });
    let refused = SumWitness::new(BatchSize::Small, none, vec![wide]);
    assert_eq!(refused, Err(BatchError::Ballot { position: 0, error }));
}

#[test]
fn sums_of_other_elections_have_other_names() {
    let names = [election(2, 7), election(2, 8), election(3, 7)].map(|e| BallotSum::none(&e).digest());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 3);
}
