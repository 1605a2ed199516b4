//! The durable ballot box: what is receipted stays, whatever happens to process or file.
//!
//! Ballots here carry no real proof: the store does not look at proofs, and the box above it is tested in its own crate.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use proptest::{collection::vec, prelude::*};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tabella_ballot_box::{BallotStore, BoxState, MemoryBallotStore, StorageError, StoredBallot};
use tabella_primitives::{Fr, digest::Digest};
use tabella_protocol::{
    ballot::{BallotStatement, CastBallot, Selection},
    election::{FrozenRegistry, Manifest, Window},
    record::Link,
    registry::RegistryRoot,
    statement::Nullifier,
};
use tabella_store::{RedbBallotStore, StoreFault, ballots::Verification};

fn manifest() -> Manifest {
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park"])
        .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .build()
        .unwrap()
}

fn ballot(voter: u64) -> CastBallot {
    let m = manifest();
    let selection = Selection::from_indices(&m, [u16::try_from(voter % 2).unwrap()]).unwrap();
    let nullifier = Nullifier::from_field(Fr::from(1 + voter));
    BallotStatement::new(&m, nullifier, selection).unwrap().into_ballot([7; 256]).into()
}

/// The next ballots in line, for these voters.
fn following(state: &BoxState, voters: impl IntoIterator<Item = u64>) -> Vec<StoredBallot> {
    let mut link = state.head;
    (state.ballots..)
        .zip(voters)
        .map(|(index, voter)| {
            let stored = StoredBallot::following(&link, index, ballot(voter));
            link = stored.link;
            stored
        })
        .collect()
}

fn append(store: &impl BallotStore, voters: impl IntoIterator<Item = u64>) -> Result<(), StorageError> {
    store.append(&following(&store.state()?, voters))
}

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    let store = RedbBallotStore::create(&path, manifest()).unwrap();
    append(&store, 0..3).unwrap();
    append(&store, [9]).unwrap();
    let (state, ballots) = (store.state().unwrap(), store.page(0, 10).unwrap());
    assert_eq!(state.ballots, 4);
    drop(store);
    for verification in [Verification::Full, Verification::Quick] {
        let mut checked = 0;
        let store = RedbBallotStore::open_with(&path, verification, |n| checked = n).unwrap();
        assert_eq!(checked, if verification == Verification::Full { 4 } else { 0 });
        assert_eq!(store.state(), Ok(state));
        assert_eq!(store.manifest(), &manifest());
        assert_eq!(store.page(0, 10), Ok(ballots.clone()));
        assert_eq!(store.page(2, 1).as_deref(), Ok(&ballots[2..3]));
        assert_eq!(store.page(4, 1), Ok(Vec::new()));
        for stored in &ballots {
            assert_eq!(store.by_nullifier(&stored.nullifier()), Ok(Some(stored.clone())));
        }
        assert_eq!(store.by_nullifier(&Nullifier::from_field(Fr::from(77))), Ok(None));
    }
    let store = RedbBallotStore::open(&path).unwrap();
    store.close(1_700_003_600).unwrap();
    drop(store);
    let store = RedbBallotStore::open(&path).unwrap();
    let closed = StorageError::Closed { closed_at: 1_700_003_600 };
    assert_eq!(append(&store, [50]), Err(closed.clone()));
    assert_eq!(store.close(1_800_000_000), Err(closed));
}

#[test]
fn a_nullifier_stands_once_and_a_refused_batch_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbBallotStore::create(folder.path().join("box"), manifest()).unwrap();
    append(&store, 0..3).unwrap();
    let state = store.state().unwrap();
    assert_eq!(append(&store, [5, 1, 6]), Err(StorageError::DuplicateNullifier { index: 1 }));
    assert_eq!(append(&store, [5, 6, 5]), Err(StorageError::DuplicateNullifier { index: 3 }));
    assert_eq!(store.state(), Ok(state));
    assert_eq!(store.by_nullifier(&ballot(5).nullifier()), Ok(None));
    // A second writer with an older view of the box.
    let stale =
        following(&BoxState { ballots: 0, head: Link::after_manifest(&manifest()), closed_at: None }, [8]);
    assert_eq!(store.append(&stale), Err(StorageError::Conflict { expected: 3, actual: 0 }));
    let mut torn = following(&state, [8]);
    torn[0].link = Link::GENESIS;
    assert!(matches!(store.append(&torn), Err(StorageError::Corrupt { .. })));
    append(&store, [5, 6]).unwrap();
    assert_eq!(store.state().unwrap().ballots, 5);
}

#[test]
fn files_that_are_no_store_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    let fault = |path: &Path| RedbBallotStore::open(path).unwrap_err().fault;
    assert_eq!(fault(&path), StoreFault::NotFound);
    std::fs::write(&path, []).unwrap();
    assert_eq!(fault(&path), StoreFault::NotAStore);
    std::fs::write(&path, vec![b'x'; 8192]).unwrap();
    assert_eq!(fault(&path), StoreFault::NotAStore);
    assert_eq!(RedbBallotStore::create(&path, manifest()).unwrap_err().fault, StoreFault::Exists);
    std::fs::remove_file(&path).unwrap();
    let store = RedbBallotStore::create(&path, manifest()).unwrap();
    assert_eq!(fault(&path), StoreFault::Locked);
    drop(store);
    assert!(RedbBallotStore::open(&path).is_ok());
}

#[test]
fn a_changed_byte_of_a_ballot_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    let store = RedbBallotStore::create(&path, manifest()).unwrap();
    append(&store, 0..5).unwrap();
    let needle = store.page(3, 1).unwrap()[0].ballot.to_bytes();
    drop(store);
    let good = std::fs::read(&path).unwrap();
    let places: Vec<usize> =
        (0..good.len() - needle.len()).filter(|at| good[*at..*at + needle.len()] == needle[..]).collect();
    assert!(!places.is_empty());
    for offset in [0, 40, 70, 100, 300, needle.len() - 1] {
        let mut bad = good.clone();
        for at in &places {
            bad[at + offset] ^= 1;
        }
        std::fs::write(&path, &bad).unwrap();
        let fault = RedbBallotStore::open(&path).unwrap_err().fault;
        assert!(
            matches!(fault, StoreFault::Damaged { .. } | StoreFault::DamagedBallot { .. }),
            "offset {offset}: {fault:?}"
        );
    }
    std::fs::write(&path, &good).unwrap();
    assert_eq!(RedbBallotStore::open(&path).unwrap().state().unwrap().ballots, 5);
}

/// Bytes all over the file, each changed in turn, opened both ways: no panic gets out, and a full check lets no ballot
/// pass that was not written.
#[test]
fn no_changed_byte_of_the_file_makes_opening_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    let store = RedbBallotStore::create(&path, manifest()).unwrap();
    append(&store, 0..3).unwrap();
    append(&store, 3..40).unwrap();
    let written = store.page(0, 100).unwrap();
    drop(store);
    let good = std::fs::read(&path).unwrap();
    let used: Vec<usize> = (0..good.len()).filter(|at| good[*at] != 0).collect();
    let places: Vec<usize> =
        (0..320).step_by(2).chain(used.iter().copied().step_by(used.len() / 200)).collect();
    let (mut refused, copy) = (0, folder.path().join("copy"));
    for (round, at) in places.iter().enumerate() {
        for verification in [Verification::Full, Verification::Quick] {
            let mut bad = good.clone();
            bad[*at] ^= [0x01, 0x80, 0xff][round % 3];
            std::fs::write(&copy, &bad).unwrap();
            let Ok(store) = RedbBallotStore::open_with(&copy, verification, |_| ()) else {
                refused += 1;
                continue;
            };
            // After a quick open, reading and writing may find damage, and say so.
            let (page, _) = (store.page(0, 100), store.by_nullifier(&ballot(20).nullifier()));
            if store.verify(|_| ()).is_ok() {
                let page = page.unwrap();
                assert_eq!(page[..], written[..page.len()], "byte {at} changed a ballot unseen");
            } else {
                assert_eq!(verification, Verification::Quick, "byte {at}");
            }
            let _ = append(&store, [50]);
        }
    }
    assert!(places.len() > 300 && refused > 100, "{refused} of {} refused", 2 * places.len());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    drop(RedbBallotStore::create(&path, manifest()).unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn the_file_behaves_as_the_memory(batches in vec(vec(0u64..20, 0..4), 0..12)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        let (memory, file) = (MemoryBallotStore::new(manifest()), RedbBallotStore::create(&path, manifest()).unwrap());
        for batch in batches {
            prop_assert_eq!(append(&memory, batch.iter().copied()), append(&file, batch));
            prop_assert_eq!(memory.state(), file.state());
        }
        let ballots = memory.page(0, 100);
        prop_assert_eq!(&ballots, &file.page(0, 100));
        drop(file);
        prop_assert_eq!(&ballots, &RedbBallotStore::open(&path).unwrap().page(0, 100));
    }
}

/// Names the store's file to the child of the test below.
const CHILD: &str = "TABELLA_TEST_BALLOT_STORE_CHILD";

/// Not a test of its own: the process that is killed. Appends ballots of ever new voters, in batches of one to three, and
/// prints each voter once the store has answered.
#[test]
fn child_that_is_killed() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let store = RedbBallotStore::open_with(&path, Verification::Quick, |_| ()).unwrap();
    let mut out = std::io::stdout().lock();
    loop {
        let state = store.state().unwrap();
        let voters = state.ballots..=state.ballots + state.ballots % 3;
        append(&store, voters.clone()).unwrap();
        for voter in voters {
            writeln!(out, "receipt {voter}").unwrap();
        }
        out.flush().unwrap();
    }
}

#[test]
fn killed_at_any_moment_it_keeps_every_receipted_ballot() {
    const KILLS: u64 = 40;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    drop(RedbBallotStore::create(&path, manifest()).unwrap());
    let (mut receipted, mut killed_with_receipts) = (0, 0);
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_is_killed", "--nocapture", "--test-threads", "1"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Wait for some receipts, then kill at an instant that differs from round to round.
        let mut seen = 0;
        let (wanted, pause) = (1 + round % 5, Duration::from_micros(round * 977 % 9_000));
        for line in lines {
            let Ok(line) = line else { break };
            let Some(voter) = line.split("receipt ").nth(1) else { continue };
            receipted = voter.parse::<u64>().unwrap() + 1;
            seen += 1;
            if seen == wanted {
                std::thread::sleep(pause);
                child.kill().unwrap();
            }
            // What it printed before it died is read on: those voters hold receipts too.
        }
        child.wait().unwrap();
        killed_with_receipts += u64::from(seen >= wanted);

        // Opening checks file, chain and nullifiers.
        let store = RedbBallotStore::open(&path).unwrap();
        let ballots = store.state().unwrap().ballots;
        assert!(ballots >= receipted, "round {round}: {receipted} receipted, {ballots} there");
        for (voter, stored) in (0..).zip(store.page(0, usize::MAX).unwrap()) {
            assert_eq!(stored.ballot, ballot(voter), "round {round}: voter {voter} stands once, in place");
        }
        // Who lost the reply sends the ballot again and finds it; who was not stored is not there at all.
        for voter in receipted..ballots {
            let stored = store.by_nullifier(&ballot(voter).nullifier()).unwrap().unwrap();
            assert_eq!((stored.index, stored.ballot), (voter, ballot(voter)));
        }
        assert_eq!(store.by_nullifier(&ballot(ballots).nullifier()), Ok(None));
        receipted = ballots;
    }
    assert_eq!(killed_with_receipts, KILLS, "every child was killed while it worked");
}
