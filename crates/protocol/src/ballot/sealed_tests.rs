use super::*;
use crate::{
    election::{Method, SealedRules, SealedRulesError, VotesError, Weighting},
    identity::IdentitySecret,
    registry::{MembershipPath, RegistryRoot},
    wire::DecodeError,
};
use alloc::{vec, vec::Vec};
use tabella_primitives::{
    Fr,
    digest::Digest,
    edwards::{Point, Scalar},
    elgamal::{EncryptionKey, Randomness, WrongSlots},
    encoding::EncodingError,
};
use zeroize::Zeroizing;

fn key(count: u64) -> EncryptionKey {
    EncryptionKey::new((2..count + 2).map(|k| Point::mul_base(&Scalar::from(k))).collect()).unwrap()
}

fn witness(votes: &[u64], weight: u32) -> BallotWitness {
    BallotWitness {
        secret: IdentitySecret::from_scalar(Scalar::from(42u64)),
        weight,
        path: MembershipPath::from_parts(1, vec![Fr::from(5u64)]).unwrap(),
        votes: Zeroizing::new(votes.to_vec()),
        randomness: Randomness::from_scalar(Scalar::from(99u64)).unwrap(),
    }
}

fn election(rules: &SealedRules, options: usize, witness: &BallotWitness) -> SealedElection {
    let commitment = witness.secret.commitment();
    let root = match rules.weighting {
        Weighting::Plain => witness.path.root(&commitment),
        Weighting::Weighted { .. } => witness.path.weighted_root(&commitment, witness.weight),
    };
    let terms = Digest::from_bytes([3; 32]);
    SealedElection::new(terms, root, 9, rules, options, key(u64::try_from(options).unwrap())).unwrap()
}

fn simple() -> (SealedElection, BallotWitness) {
    let witness = witness(&[1, 0], 1);
    (election(&SealedRules::plain(Method::SingleChoice), 2, &witness), witness)
}

#[test]
fn a_sealed_ballot_holds_and_travels() {
    let (election, witness) = simple();
    let ballot = election.seal(&witness).unwrap();
    let instance = ballot.instance(&election).unwrap();
    assert!(ballot_holds(&election, &instance, &witness));
    let bytes = ballot.to_bytes();
    assert_eq!(bytes.len(), 64 + 32 * 3);
    assert_eq!(SealedBallot::from_bytes(&bytes).unwrap(), ballot);
    // Horner's rule is the sum.
    let gamma = Fr::from(instance.gamma);
    let mut power = Fr::from(1u64);
    let mut sum = Fr::from(0u64);
    for element in ballot.elements() {
        power *= gamma;
        sum += power * element;
    }
    assert_eq!(instance.fingerprint, sum);
    assert_eq!(ballot.elements().count(), 2 + 2 * 3);
}

#[test]
fn decoding_is_strict() {
    let (election, witness) = simple();
    let bytes = election.seal(&witness).unwrap().to_bytes();
    for length in (0..bytes.len()).chain([bytes.len() + 1, bytes.len() + 33, 64 + 32 * 10]) {
        let mut other = bytes.clone();
        other.resize(length, 0);
        // One point less is a ciphertext of one slot, which no election takes.
        match SealedBallot::from_bytes(&other) {
            Ok(ballot) => {
                assert_eq!(length, 64 + 64);
                let wrong = WrongSlots { expected: 2, actual: 1 };
                assert_eq!(ballot.instance(&election), Err(SealedBallotError::Slots(wrong)));
            }
            Err(error) => assert!(matches!(error, DecodeError::Length { .. } | DecodeError::Field { .. })),
        }
    }
    for (range, field) in [(0..32, "election"), (32..64, "nullifier"), (64..96, "ciphertext")] {
        let mut other = bytes.clone();
        other[range].fill(0xff);
        let error = SealedBallot::from_bytes(&other).unwrap_err();
        assert_eq!(error, DecodeError::Field { field, error: EncodingError::NotCanonical });
    }
    let mut identity = bytes;
    identity[96..128].copy_from_slice(&Point::identity().to_packed());
    let error = SealedBallot::from_bytes(&identity).unwrap_err();
    assert_eq!(error, DecodeError::Field { field: "ciphertext", error: EncodingError::Identity });
}

#[test]
fn wrong_witnesses_are_refused_before_anything_is_encrypted() {
    let (election, good) = simple();
    let refused = |change: &dyn Fn(&mut BallotWitness)| {
        let mut witness = good.clone();
        change(&mut witness);
        election.seal(&witness).unwrap_err()
    };
    assert_eq!(refused(&|w| w.votes[1] = 1), SealError::Votes(VotesError::Sum { min: 1, max: 1 }));
    assert_eq!(
        refused(&|w| w.secret = IdentitySecret::from_scalar(Scalar::from(0u64))),
        SealError::ZeroSecret
    );
    assert_eq!(refused(&|w| w.weight = 2), SealError::Weight);
    assert_eq!(
        refused(&|w| w.secret = IdentitySecret::from_scalar(Scalar::from(43u64))),
        SealError::NotRegistered
    );
    assert_eq!(alloc::format!("{good:?}"), "BallotWitness(..)");
}

#[test]
fn weights_multiply_the_votes() {
    let witness = witness(&[2, 0, 1], 70);
    let weighting = Weighting::Weighted { max_weight: 100 };
    let rules = SealedRules { weighting, ..SealedRules::plain(Method::Score { max: 2 }) };
    let election = election(&rules, 3, &witness);
    assert_eq!(election.size(), BallotSize::Eight);
    let ballot = election.seal(&witness).unwrap();
    for ((j, body), number) in (2u64..).zip(&ballot.ciphertext.points()[1..]).zip([140u64, 0, 70]) {
        // The secret of slot j is j.
        let plain = *body - ballot.ciphertext.points()[0].mul_vartime(&Scalar::from(j));
        assert_eq!(plain, Point::mul_base(&Scalar::from(number)));
    }
}

#[test]
fn every_part_of_an_election_is_in_its_identifier() {
    let (base, witness) = simple();
    let rules = SealedRules::plain(Method::SingleChoice);
    let make = |terms: u8, root: u64, rules: &SealedRules, keys: EncryptionKey| {
        let root = RegistryRoot::from_field(Fr::from(root));
        SealedElection::new(Digest::from_bytes([terms; 32]), root, 9, rules, keys.len(), keys).unwrap()
    };
    let abstaining = SealedRules { abstention: crate::election::Abstention::Allowed, ..rules };
    let mut swapped: Vec<Point> = key(2).points().to_vec();
    swapped.reverse();
    let ids: Vec<SealedElectionId> = [
        make(3, 7, &rules, key(2)),
        make(4, 7, &rules, key(2)),
        make(3, 8, &rules, key(2)),
        make(3, 7, &abstaining, key(2)),
        make(3, 7, &rules, EncryptionKey::new(swapped).unwrap()),
        make(3, 7, &rules, key(3)),
        make(3, 7, &rules, key(4)),
    ]
    .iter()
    .map(SealedElection::id)
    .collect();
    let distinct: alloc::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    // A ballot of one election is none of another, and its nullifier is not that of a sign-in with the identifier as scope.
    let ballot = base.seal(&witness).unwrap();
    let other = make(9, 7, &rules, key(2));
    let error = SealedBallotError::OtherElection { expected: other.id(), actual: base.id() };
    assert_eq!(ballot.instance(&other), Err(error));
    let scope = crate::value::SemaphoreValue::from_be_bytes(base.id().to_bytes());
    assert_ne!(ballot.nullifier, witness.secret.nullifier(&scope));
}

#[test]
fn elections_are_checked() {
    let rules = SealedRules::plain(Method::SingleChoice);
    let terms = Digest::from_bytes([1; 32]);
    let make = |root: u64, options, keys| {
        SealedElection::new(terms, RegistryRoot::from_field(Fr::from(root)), 9, &rules, options, key(keys))
    };
    assert_eq!(make(0, 2, 2), Err(SealedElectionError::ZeroRegistryRoot));
    let wrong = WrongSlots { expected: 2, actual: 3 };
    assert_eq!(make(7, 2, 3), Err(SealedElectionError::Keys(wrong)));
    let none = SealedRulesError::NumberOfOptions { options: 1 };
    assert_eq!(make(7, 1, 1), Err(SealedElectionError::Rules(none)));
}
