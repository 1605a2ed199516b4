//! The durable registry: what comes back, what is refused, what damage is found.
#![allow(clippy::as_conversions, clippy::unwrap_used, reason = "a test may stop where it fails")]

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::{fs, path::Path};
use tabella_primitives::Fr;
use tabella_protocol::{
    identity::IdentityCommitment,
    registry::{
        AppendError, CsvCommitments, ImportBatch, ImportCause, Registry, RemoveError, UpdateError, quietly,
    },
};
use tabella_store::{
    StoreFault,
    registry::{ChangeError, RegistryStore},
};

const NODES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("nodes");
const STATES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("states");
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

fn commitment(value: u64) -> IdentityCommitment {
    IdentityCommitment::from_field(Fr::from(value))
}

fn commitments(values: impl IntoIterator<Item = u64>) -> Vec<IdentityCommitment> {
    values.into_iter().map(commitment).collect()
}

fn fault(path: &Path) -> StoreFault {
    RegistryStore::open(path).map(|store| store.registry().size()).unwrap_err().fault
}

#[test]
fn every_change_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    let mut plain = Registry::new();
    drop(RegistryStore::create(&path).unwrap());
    let again = |plain: &Registry| {
        let store = RegistryStore::open(&path).unwrap();
        assert_eq!(store.registry(), plain);
        store.verify(&mut quietly).unwrap();
        store
    };
    // Sizes around full pages of 124 nodes, on several levels.
    for count in [1u64, 1, 121, 1, 1, 124, 3, 250, 600] {
        let batch = commitments(plain.size() + 1..=plain.size() + count);
        again(&plain).append_batch(&batch, &mut quietly).unwrap();
        plain.append_batch(&batch).unwrap();
    }
    for index in [0u64, 123, 124, 500, plain.size() - 1] {
        again(&plain).update(index, commitment(1_000_000 + index)).unwrap();
        plain.update(index, commitment(1_000_000 + index)).unwrap();
        again(&plain).remove(index).unwrap();
        plain.remove(index).unwrap();
    }
    assert_eq!(again(&plain).append(commitment(1)), Ok(plain.size()));
}

#[test]
fn a_registry_from_elsewhere_keeps_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    let mut registry = Registry::new();
    registry.append_batch(&commitments(1..=9)).unwrap();
    registry.remove(4).unwrap();
    drop(RegistryStore::create_with(&path, registry.clone()).unwrap());
    assert_eq!(RegistryStore::open(&path).unwrap().registry(), &registry);
}

#[test]
fn what_the_registry_refuses_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    let mut store = RegistryStore::create(&path).unwrap();
    store.append_batch(&commitments(1..=3), &mut quietly).unwrap();
    let before = store.registry().clone();
    let repeated = AppendError::Repeated { position: 1, earlier: 0 };
    let batch = commitments([5, 5]);
    assert_eq!(store.append_batch(&batch, &mut quietly), Err(ChangeError::Refused(repeated)));
    let list = ImportBatch::collect(CsvCommitments::new(&b"8\n9\n2\n"[..])).unwrap();
    let error = store.import_batch(&list, &mut quietly).unwrap_err();
    assert!(matches!(error, ChangeError::Refused(error)
        if error.line == 3 && error.cause == ImportCause::Registered { index: 1 }));
    let update = UpdateError::Duplicate { index: 2 };
    assert_eq!(store.update(0, commitment(3)), Err(ChangeError::Refused(update)));
    let range = RemoveError::OutOfRange { index: 3, size: 3 };
    assert_eq!(store.remove(3), Err(ChangeError::Refused(range)));
    assert_eq!(store.registry(), &before);
    drop(store);
    assert_eq!(RegistryStore::open(&path).unwrap().registry(), &before);
}

#[test]
fn files_that_are_no_stores_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    assert_eq!(fault(&path), StoreFault::NotFound);
    fs::write(&path, b"").unwrap();
    assert_eq!(fault(&path), StoreFault::NotAStore);
    fs::write(&path, "commitment\n1\n2\n".repeat(1000)).unwrap();
    assert_eq!(fault(&path), StoreFault::NotAStore);
    assert_eq!(RegistryStore::create(&path).unwrap_err().fault, StoreFault::Exists);
    fs::remove_file(&path).unwrap();
    drop(Database::create(&path).unwrap());
    assert_eq!(fault(&path), StoreFault::NotAStore);
}

#[test]
fn an_open_store_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    let store = RegistryStore::create(&path).unwrap();
    let error = RegistryStore::open(&path).unwrap_err();
    assert_eq!((error.fault, error.path), (StoreFault::Locked, path.clone()));
    drop(store);
    assert!(RegistryStore::open(&path).is_ok());
}

/// Every value of a table, before the test changes it.
fn rows(path: &Path, table: TableDefinition<'_, u64, &[u8]>) -> Vec<(u64, Vec<u8>)> {
    let database = Database::open(path).unwrap();
    let table = database.begin_read().unwrap().open_table(table).unwrap();
    table
        .iter()
        .unwrap()
        .map(|row| row.map(|(key, value)| (key.value(), value.value().to_vec())).unwrap())
        .collect()
}

fn put(path: &Path, table: TableDefinition<'_, u64, &[u8]>, key: u64, value: Option<&[u8]>) {
    let database = Database::open(path).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut table = transaction.open_table(table).unwrap();
        match value {
            Some(value) => drop(table.insert(key, value).unwrap()),
            None => drop(table.remove(key).unwrap()),
        }
    }
    transaction.commit().unwrap();
}

#[test]
fn damaged_pages_and_states_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    let mut store = RegistryStore::create(&path).unwrap();
    store.append_batch(&commitments(1..=300), &mut quietly).unwrap();
    store.remove(7).unwrap();
    drop(store);
    for (key, value) in rows(&path, NODES) {
        let damage = StoreFault::DamagedPage { level: key >> 32, page: key & 0xffff_ffff };
        for position in [0, value.len() / 2, value.len() - 1] {
            let mut wrong = value.clone();
            wrong[position] ^= 1;
            put(&path, NODES, key, Some(&wrong));
            assert_eq!(fault(&path), damage);
        }
        for wrong in [&value[..value.len() - 32], &value[..31], b""] {
            put(&path, NODES, key, Some(wrong));
            assert_eq!(fault(&path), damage);
        }
        put(&path, NODES, key, None);
        assert_eq!(fault(&path), damage);
        put(&path, NODES, key, Some(&value));
    }
    let pages = rows(&path, NODES);
    put(&path, NODES, 1, Some(&pages[0].1));
    assert_eq!(fault(&path), StoreFault::DamagedPage { level: 0, page: 1 });
    put(&path, NODES, 1, Some(&pages[1].1));
    put(&path, NODES, 99 << 32, Some(&pages[0].1));
    assert_eq!(fault(&path), StoreFault::DamagedPage { level: 99, page: 0 });
    put(&path, NODES, 99 << 32, None);
    for (sequence, value) in rows(&path, STATES) {
        for position in 0..value.len() {
            let mut wrong = value.clone();
            wrong[position] ^= 1;
            put(&path, STATES, sequence, Some(&wrong));
            assert_eq!(fault(&path), StoreFault::DamagedState { sequence });
        }
        put(&path, STATES, sequence, Some(&value));
    }
    assert!(RegistryStore::open(&path).is_ok());
    // A state that is cut off leaves states and pages that do not fit.
    put(&path, STATES, 2, None);
    assert!(matches!(fault(&path), StoreFault::Contents(_)));
}

#[test]
fn other_versions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    drop(RegistryStore::create(&path).unwrap());
    let set = |key: &str, value: &[u8]| {
        let database = Database::open(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(META).unwrap().insert(key, value).unwrap();
        transaction.commit().unwrap();
    };
    set("version", &2u32.to_be_bytes());
    let fault_now = fault(&path);
    assert_eq!(fault_now, StoreFault::Version { found: 2, expected: 1 });
    assert_eq!(fault_now.to_string(), "the store has format version 2, this program reads version 1");
    set("version", b"1");
    assert_eq!(fault(&path), StoreFault::NotAStore);
    set("version", &1u32.to_be_bytes());
    set("format", b"tabella-ballots");
    assert_eq!(fault(&path), StoreFault::NotAStore);
}

/// Bytes all over the file, each changed in turn: what opens is the registry that was written (or an earlier state that
/// redb fell back to), and everything else is a named fault. No panic gets out.
#[test]
fn no_changed_byte_of_the_file_makes_opening_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    let mut store = RegistryStore::create(&path).unwrap();
    let mut states = vec![store.registry().clone()];
    for batch in [1..=40, 41..=300] {
        store.append_batch(&commitments(batch), &mut quietly).unwrap();
        states.push(store.registry().clone());
    }
    store.remove(7).unwrap();
    states.push(store.registry().clone());
    drop(store);
    let good = fs::read(&path).unwrap();
    // The bytes that are not zero are those that mean something, and few of them are padding.
    let used: Vec<usize> = (0..good.len()).filter(|at| good[*at] != 0).collect();
    let header = (0..320).step_by(2);
    let places: Vec<usize> = header.chain(used.iter().copied().step_by(used.len() / 200)).collect();
    let (mut refused, copy) = (0, folder.path().join("copy"));
    for (round, at) in places.iter().enumerate() {
        let mut bad = good.clone();
        bad[*at] ^= [0x01, 0x80, 0xff][round % 3];
        fs::write(&copy, &bad).unwrap();
        match RegistryStore::open(&copy) {
            Ok(store) => {
                assert!(states.contains(store.registry()), "byte {at} changed the registry unseen");
            }
            Err(error) => {
                refused += 1;
                let fault = error.fault;
                assert!(!matches!(fault, StoreFault::NotFound | StoreFault::Exists), "byte {at}: {fault:?}");
            }
        }
    }
    assert!(places.len() > 300 && refused > 100, "{refused} of {} refused", places.len());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    drop(RegistryStore::create(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
