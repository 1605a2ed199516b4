//! What a cache remembers, and what it does not stand for.
#![allow(clippy::unwrap_used, reason = "tests")]

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};
use tabella_circom::{R1cs, Zkey, wtns};
use tabella_keys::{KeyCache, KeyEvent, KeyOpener, OpenKeyError, Wanted};
use tabella_prover::{
    Kernel, KeyError, ProveError, Prover, ProvingKey, TableSize,
    frame::FrameFault,
    insecure_development_setup,
    synthetic::Synthetic,
    tables::{TablesError, TablesFault},
};
use tempfile::TempDir;

/// A key by snarkjs, for a circuit by circom, and a witness.
const ZKEY: &[u8] = include_bytes!("../../../examples/circom/power.zkey");
const WTNS: &[u8] = include_bytes!("../../../examples/circom/power.wtns");
/// The circuit itself.
const R1CS: &[u8] = include_bytes!("../../../examples/circom/power.r1cs");

fn own() -> Vec<u8> {
    Zkey::from_bytes(ZKEY).unwrap().into_key().to_bytes()
}

/// Opens a key; the answer tells what happened, in short.
fn open_in(cache: &Path, wanted: Wanted, file: &[u8]) -> (Result<ProvingKey, OpenKeyError>, Vec<String>) {
    let events = Mutex::new(Vec::new());
    let opener = KeyOpener::new().with_cache(KeyCache::at(cache)).with_tables(wanted).on_event(|event| {
        let word = match event {
            KeyEvent::Validating => "validating".to_owned(),
            KeyEvent::Computing { done, total } if done == total => "computed".to_owned(),
            KeyEvent::Computing { .. } => return,
            KeyEvent::Kept { path, bytes } => {
                assert_eq!(fs::metadata(path).unwrap().len(), u64::try_from(bytes).unwrap());
                "kept".to_owned()
            }
            KeyEvent::Refused { cause, .. } => format!("refused: {:?}", cause.fault),
            KeyEvent::Unusable { cause, .. } => format!("unusable: {cause:?}"),
            KeyEvent::NoCache { kind, .. } => format!("no cache: {kind:?}"),
            KeyEvent::SharedCache { .. } => "shared".to_owned(),
            other => panic!("{other:?}"),
        };
        events.lock().unwrap().push(word);
    });
    let key = opener.open(file);
    drop(opener);
    (key, events.into_inner().unwrap())
}

/// Opens a key, which proves, and has tables of this size.
fn opened(cache: &Path, wanted: Wanted, file: &[u8], size: TableSize) -> Vec<String> {
    let (key, events) = open_in(cache, wanted, file);
    let key = key.unwrap();
    assert_eq!(key.points().size(), size);
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    Prover::new(&key).prove_assignment(wtns::from_bytes(WTNS).unwrap(), &mut rng).unwrap();
    events
}

fn folder() -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let path = root.path().join("deep/er");
    (root, path)
}

/// Who waits for itself waits for ever; the work itself takes seconds.
const WATCHDOG: Duration = Duration::from_secs(120);

const LARGE: Wanted = Wanted::Size(TableSize::Large);

fn tables_path(cache: &Path, file: &[u8]) -> PathBuf {
    KeyCache::at(cache).tables_path(&ProvingKey::name_of(file), Kernel::fastest(), TableSize::Large)
}

#[test]
fn a_key_is_validated_once_and_its_tables_are_computed_once() {
    let (_root, cache) = folder();
    for file in [ZKEY.to_vec(), own()] {
        let none = TableSize::None;
        assert_eq!(opened(&cache, Wanted::Kept, &file, none), ["validating"]);
        assert_eq!(opened(&cache, Wanted::Kept, &file, none), [""; 0]);
        assert_eq!(opened(&cache, LARGE, &file, TableSize::Large), ["computed", "kept"]);
        assert_eq!(opened(&cache, LARGE, &file, TableSize::Large), [""; 0]);
        // Who asks for none gets none, who does not care gets what there is.
        assert_eq!(opened(&cache, Wanted::Size(none), &file, none), [""; 0]);
        assert_eq!(opened(&cache, Wanted::Kept, &file, TableSize::Large), [""; 0]);
    }
    // For each file: that it was validated, its tables, and their lock.
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 6);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&cache).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn without_a_cache_everything_is_done_each_time() {
    let opener = KeyOpener::new().with_tables(LARGE);
    assert_eq!(opener.open(ZKEY).unwrap().points().size(), TableSize::Large);
    assert_eq!(KeyOpener::new().open(ZKEY).unwrap().points().size(), TableSize::None);
}

#[test]
fn what_was_validated_is_the_very_file() {
    let (_root, cache) = folder();
    let file = own();
    opened(&cache, Wanted::Kept, &file, TableSize::None);
    // A changed byte is another name: every check is made, and finds it.
    let start = usize::try_from(u64::from_le_bytes(*file[32 + 3 * 24 + 8..].first_chunk().unwrap())).unwrap();
    let mut changed = file.clone();
    changed[start + 64] ^= 1;
    let (key, events) = open_in(&cache, Wanted::Kept, &changed);
    let Err(OpenKeyError::Own(KeyError::InFile { section, offset, cause })) = key else { panic!() };
    assert_eq!((section, offset), ("query a", start + 64));
    assert!(matches!(*cause, KeyError::Point { index: 1, .. }));
    assert_eq!(events, ["validating"]);
    // It is not remembered.
    assert_eq!(open_in(&cache, Wanted::Kept, &changed).1, ["validating"]);
    let (key, _) = open_in(&cache, Wanted::Kept, b"neither");
    let Err(OpenKeyError::Zkey(cause)) = key else { panic!() };
    // The message of an error holds that of its cause: who prints the chain of causes says nothing twice.
    let error = OpenKeyError::Zkey(cause.clone());
    assert_eq!(error.to_string(), cause.to_string());
    assert!(std::error::Error::source(&error).is_none());
}

#[test]
fn other_rules_another_key_and_damage_are_no_validation() {
    let (_root, cache) = folder();
    let path = KeyCache::at(&cache).validated_path(&ProvingKey::name_of(ZKEY));
    opened(&cache, Wanted::Kept, ZKEY, TableSize::None);
    let good = fs::read_to_string(&path).unwrap();
    // The rules of both crates that check are named, and each counts.
    let (prover, circom) = (ProvingKey::VALIDATION, Zkey::VALIDATION);
    assert!(good.ends_with(&format!(" by rules {prover}.{circom}\n")), "{good}");
    let by = |rules: String| good.replace(&format!("rules {prover}.{circom}"), &format!("rules {rules}"));
    let others = [
        by(format!("{}.{circom}", prover + 1)),
        by(format!("{prover}.{}", circom + 1)),
        by(format!("{}.{circom}", prover - 1)),
        by(prover.to_string()),
    ];
    let other_key =
        good.replace(&ProvingKey::name_of(ZKEY).to_string(), &ProvingKey::name_of(b"").to_string());
    assert!(other_key != good && others.iter().all(|other| *other != good));
    for text in others.into_iter().chain([other_key, format!("{good} "), good[1..].to_owned(), String::new()])
    {
        fs::write(&path, text).unwrap();
        assert_eq!(opened(&cache, Wanted::Kept, ZKEY, TableSize::None), ["validating"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), good);
    }
}

#[test]
fn damaged_tables_are_named_replaced_and_never_used() {
    let (_root, cache) = folder();
    opened(&cache, LARGE, ZKEY, TableSize::Large);
    let path = tables_path(&cache, ZKEY);
    let good = fs::read(&path).unwrap();
    let last = {
        let mut bytes = good.clone();
        *bytes.last_mut().unwrap() ^= 1;
        bytes
    };
    // For another key, well formed.
    opened(&cache, LARGE, &own(), TableSize::Large);
    let other = fs::read(tables_path(&cache, &own())).unwrap();
    let length = |actual: usize| {
        let (expected, actual) = (good.len().try_into().unwrap(), actual.try_into().unwrap());
        TablesFault::Frame(FrameFault::Length { expected, actual })
    };
    for (bytes, fault) in [
        (Vec::new(), TablesFault::Frame(FrameFault::Magic)),
        (b"hello".to_vec(), TablesFault::Frame(FrameFault::Magic)),
        (good[..good.len() - 1].to_vec(), length(good.len() - 1)),
        ([good.as_slice(), &[0]].concat(), length(good.len() + 1)),
        (last, TablesFault::Digest),
        (other, TablesFault::Other("key")),
    ] {
        fs::write(&path, bytes).unwrap();
        let refused = format!("refused: {fault:?}");
        assert_eq!(opened(&cache, Wanted::Kept, ZKEY, TableSize::None), [refused.as_str()]);
        assert_eq!(opened(&cache, LARGE, ZKEY, TableSize::Large), [&refused, "computed", "kept"]);
        assert!(fs::read(&path).unwrap() == good);
    }
    let event = KeyEvent::Refused {
        path: "t.tables".into(),
        cause: TablesError { section: "head", offset: 192, fault: TablesFault::Other("kernel") },
    };
    assert_eq!(
        event.to_string(),
        "t.tables is not used and will be replaced when tables are asked for: tables of a proving key, section \"head\", offset \
         192: they are for another kernel"
    );
}

#[test]
fn a_kernel_reads_its_own_form_only() {
    let (_root, cache) = folder();
    let open = |kernel| {
        let opener = KeyOpener::new().with_cache(KeyCache::at(&cache)).with_tables(LARGE).with_kernel(kernel);
        opener.open(ZKEY).unwrap().points().kernel()
    };
    for kernel in Kernel::available() {
        assert_eq!(open(kernel), kernel);
        assert_eq!(open(kernel), kernel);
    }
    let forms: std::collections::HashSet<_> = Kernel::available().into_iter().map(Kernel::form).collect();
    let tables = fs::read_dir(&cache).unwrap().filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "tables")
    });
    assert_eq!(tables.count(), forms.len());
}

#[cfg(unix)]
#[test]
fn a_cache_into_which_others_can_write_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let (_root, cache) = folder();
    opened(&cache, LARGE, ZKEY, TableSize::Large);
    for mode in [0o770, 0o702, 0o777] {
        fs::set_permissions(&cache, fs::Permissions::from_mode(mode)).unwrap();
        let events = opened(&cache, LARGE, ZKEY, TableSize::Large);
        assert_eq!(events, ["shared", "validating", "computed"], "{mode:o}");
    }
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(opened(&cache, LARGE, ZKEY, TableSize::Large), [""; 0]);
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_only() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("file");
    fs::write(&file, b"").unwrap();
    // Said once: the validation is not kept, hence the tables are not either.
    let kind = format!("no cache: {:?}", ErrorKind::NotADirectory);
    for cache in [file.join("cache"), file] {
        let events = opened(&cache, LARGE, ZKEY, TableSize::Large);
        assert_eq!(events, ["validating", &kind, "computed"]);
    }
    let event = KeyEvent::NoCache { path: "keys".into(), kind: ErrorKind::ReadOnlyFilesystem };
    assert_eq!(
        event.to_string(),
        "keys cannot be written (read-only filesystem or storage medium): what is done for the key now is done again each time; \
         choose another folder for the cache"
    );
}

/// A folder has the name of the tables' file: it is neither read nor replaced.
#[test]
fn tables_that_cannot_be_read_or_kept_are_computed_each_time() {
    let (_root, cache) = folder();
    opened(&cache, Wanted::Kept, ZKEY, TableSize::None);
    fs::create_dir(tables_path(&cache, ZKEY)).unwrap();
    assert_eq!(opened(&cache, Wanted::Kept, ZKEY, TableSize::None), ["unusable: NotAFile"]);
    let kind = format!("no cache: {:?}", ErrorKind::IsADirectory);
    let events = opened(&cache, LARGE, ZKEY, TableSize::Large);
    assert_eq!(events, ["unusable: NotAFile", "computed", &kind]);
}

#[test]
fn a_key_can_be_looked_at_before_tables_are_computed() {
    let (_root, cache) = folder();
    let computing = Mutex::new(false);
    let opener = KeyOpener::new().with_cache(KeyCache::at(&cache)).with_tables(LARGE).on_event(|event| {
        if let KeyEvent::Computing { .. } = event {
            *computing.lock().unwrap() = true;
        }
    });
    let checked = opener.check(ZKEY).unwrap();
    let mut witness = wtns::from_bytes(WTNS).unwrap();
    checked.key().check_assignment(&witness).unwrap();
    witness.pop();
    let wrong = checked.key().check_assignment(&witness).unwrap_err();
    assert_eq!(wrong, ProveError::AssignmentLength { expected: 9, actual: 8 });
    assert!(!*computing.lock().unwrap());
    let r1cs = R1cs::from_bytes(R1CS).unwrap();
    let key = checked.with_constraints(r1cs.into_matrices()).unwrap().with_tables();
    assert!(*computing.lock().unwrap() && key.points().size() == TableSize::Large);
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    Prover::new(&key).prove_assignment(wtns::from_bytes(WTNS).unwrap(), &mut rng).unwrap();
}

#[test]
fn many_at_once_compute_tables_once() {
    let (_root, cache) = folder();
    opened(&cache, Wanted::Kept, ZKEY, TableSize::None);
    let events: Vec<Vec<String>> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| opened(&cache, LARGE, ZKEY, TableSize::Large))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(events.iter().filter(|events| events.as_slice() == ["computed", "kept"]).count(), 1);
    assert_eq!(events.iter().filter(|events| events.is_empty()).count(), 7);
}

#[test]
fn tasks_of_one_pool_compute_tables_once() {
    let circuit = Synthetic::new(13).unwrap();
    let file = insecure_development_setup(&circuit, &[1; 32]).unwrap().to_bytes();
    let (sent, events) = mpsc::channel();
    thread::spawn(move || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        for _ in 0..4 {
            let (root, cache) = folder();
            assert_eq!(open_in(&cache, Wanted::Kept, &file).1, ["validating"]);
            // A copy of the folder's guard for each task: it is gone when all are done.
            let shared = Arc::new((root, cache, file.clone()));
            for _ in 0..8 {
                let (shared, sent) = (Arc::clone(&shared), sent.clone());
                pool.spawn(move || sent.send(open_in(&shared.1, LARGE, &shared.2).1).unwrap());
                // From outside, one after the other: a thread without a task helps the first one, which then waits for it.
                thread::sleep(Duration::from_millis(20));
            }
        }
    });
    let events: Vec<Vec<String>> = (0..32).map(|_| events.recv_timeout(WATCHDOG).unwrap()).collect();
    let computed = |events: &&Vec<String>| events.contains(&"computed".to_owned());
    assert_eq!(events.iter().filter(computed).count(), 4);
}

#[test]
fn a_trusted_key_is_known_by_its_hash_alone() {
    let (_root, cache) = folder();
    let opener = KeyOpener::new().with_cache(KeyCache::at(&cache)).with_tables(LARGE);
    let key = opener.open_pinned(ZKEY, |_| Ok::<_, OpenKeyError>(())).unwrap();
    assert!(key == Zkey::from_bytes(ZKEY).unwrap().into_key());
    // Nothing is remembered that was not checked here.
    assert!(!KeyCache::at(&cache).is_validated(&ProvingKey::name_of(ZKEY)));
    assert!(tables_path(&cache, ZKEY).is_file());
}

#[cfg(unix)]
#[test]
fn files_that_another_can_have_written_are_not_used() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (root, cache) = folder();
    opened(&cache, LARGE, ZKEY, TableSize::Large);
    let name = ProvingKey::name_of(ZKEY);
    let validated = KeyCache::at(&cache).validated_path(&name);
    let tables = tables_path(&cache, ZKEY);
    for (path, events) in [
        (&validated, ["validating"].as_slice()),
        (&tables, ["unusable: Shared", "computed", "kept"].as_slice()),
    ] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o622)).unwrap();
        assert_eq!(opened(&cache, LARGE, ZKEY, TableSize::Large), events, "{}", path.display());
        assert_eq!(opened(&cache, LARGE, ZKEY, TableSize::Large), [""; 0]);
    }
    // A link leads to what may belong to anybody.
    let elsewhere = root.path().join("elsewhere");
    fs::rename(&validated, &elsewhere).unwrap();
    symlink(&elsewhere, &validated).unwrap();
    assert!(!KeyCache::at(&cache).is_validated(&name));
    assert_eq!(opened(&cache, LARGE, ZKEY, TableSize::Large), ["validating"]);
    fs::rename(&tables, &elsewhere).unwrap();
    symlink(&elsewhere, &tables).unwrap();
    assert_eq!(opened(&cache, LARGE, ZKEY, TableSize::Large), ["unusable: Link", "computed", "kept"]);
    // A link to the folder itself is followed, if it leads anywhere.
    let [link, dangling] = ["link", "dangling"].map(|name| root.path().join(name));
    symlink(&cache, &link).unwrap();
    assert_eq!(opened(&link, LARGE, ZKEY, TableSize::Large), [""; 0]);
    symlink("nothing", &dangling).unwrap();
    let events = opened(&dangling, LARGE, ZKEY, TableSize::Large);
    assert_eq!(events, ["validating", "no cache: NotFound", "computed"]);
}
