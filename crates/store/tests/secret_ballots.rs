//! The durable box of an election with secret ballots: ephemeral keys stand once, in the file itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use tabella_ballot_box::{BallotStore, StorageError, StoredBallot};
use tabella_primitives::{
    Fr,
    digest::Digest,
    edwards::{Point, Scalar},
    elgamal::{EncryptionKey, Randomness},
};
use tabella_protocol::{
    ballot::{CastBallot, SealedBallot, SecretBallot},
    election::{FrozenRegistry, Manifest, SecretBallots, Weighting, Window},
    registry::RegistryRoot,
    statement::Nullifier,
    trustee::OpeningPolicy,
};
use tabella_store::RedbBallotStore;

fn manifest() -> Manifest {
    let points = (2u64..4).map(|k| Point::mul_base(&Scalar::from(k))).collect();
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park"])
        .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .secret(SecretBallots {
            weighting: Weighting::Plain,
            policy: OpeningPolicy::new(3).unwrap(),
            key: EncryptionKey::new(points).unwrap(),
            ceremony: Digest::from_bytes([7; 32]),
        })
        .build()
        .unwrap()
}

fn ballot(nullifier: u64, rho: u64) -> CastBallot {
    let m = manifest();
    let election = m.sealed().unwrap();
    let randomness = Randomness::from_scalar(Scalar::from(rho)).unwrap();
    let content = SealedBallot {
        election: election.id(),
        nullifier: Nullifier::from_field(Fr::from(nullifier)),
        ciphertext: election.key().encrypt(&[1, 0], &randomness).unwrap(),
    };
    SecretBallot::new(&m, content, [7; 256]).unwrap().into()
}

fn append(store: &impl BallotStore, ballots: &[CastBallot]) -> Result<(), StorageError> {
    let state = store.state()?;
    let mut link = state.head;
    let stored: Vec<StoredBallot> = (state.ballots..)
        .zip(ballots)
        .map(|(index, ballot)| {
            let stored = StoredBallot::following(&link, index, ballot.clone());
            link = stored.link;
            stored
        })
        .collect();
    store.append(&stored)
}

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    let store = RedbBallotStore::create(&path, manifest()).unwrap();
    append(&store, &[ballot(1, 11), ballot(2, 12)]).unwrap();
    append(&store, &[ballot(3, 13)]).unwrap();
    let (state, ballots) = (store.state().unwrap(), store.page(0, 10).unwrap());
    assert_eq!(state.ballots, 3);
    drop(store);
    let store = RedbBallotStore::open(&path).unwrap();
    assert_eq!((store.state(), store.page(0, 10)), (Ok(state), Ok(ballots.clone())));
    assert_eq!(store.manifest(), &manifest());
    for stored in &ballots {
        assert_eq!(store.by_nullifier(&stored.nullifier()), Ok(Some(stored.clone())));
        assert_eq!(store.by_ephemeral_key(&stored.ballot.ephemeral_key().unwrap()), Ok(Some(stored.index)));
    }
    assert_eq!(store.by_ephemeral_key(&ballot(4, 14).ephemeral_key().unwrap()), Ok(None));
}

#[test]
fn an_ephemeral_key_stands_once_and_a_refused_batch_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbBallotStore::create(folder.path().join("box"), manifest()).unwrap();
    append(&store, &[ballot(1, 11)]).unwrap();
    let state = store.state().unwrap();
    let copied = StorageError::DuplicateCiphertext { index: 0 };
    assert_eq!(append(&store, &[ballot(2, 12), ballot(3, 11)]), Err(copied));
    let twice = StorageError::DuplicateCiphertext { index: 1 };
    assert_eq!(append(&store, &[ballot(2, 12), ballot(3, 12)]), Err(twice));
    assert_eq!(append(&store, &[ballot(1, 13)]), Err(StorageError::DuplicateNullifier { index: 0 }));
    assert_eq!(store.state(), Ok(state));
    assert_eq!(store.by_ephemeral_key(&ballot(2, 12).ephemeral_key().unwrap()), Ok(None));
    append(&store, &[ballot(2, 12)]).unwrap();
}
