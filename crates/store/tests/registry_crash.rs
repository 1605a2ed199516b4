//! A process that is killed while it appends leaves whole batches: every answered one, and at most one more.
#![allow(clippy::as_conversions, clippy::unwrap_used, reason = "a test may stop where it fails")]
#![cfg(unix)]

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};
use tabella_primitives::Fr;
use tabella_protocol::{
    identity::IdentityCommitment,
    registry::{Change, quietly},
};
use tabella_store::registry::RegistryStore;

/// Tells the child where its store lies.
const STORE: &str = "TABELLA_TEST_CRASH_STORE";
const BATCH: u64 = 40;
const KILLS: u64 = 25;

fn batch(first: u64) -> Vec<IdentityCommitment> {
    (first..first + BATCH).map(|value| IdentityCommitment::from_field(-Fr::from(value + 1))).collect()
}

/// Appends batches until it is killed, and answers each on its standard output once it is durable.
#[test]
fn child_appends_until_it_is_killed() {
    let Some(path) = env::var_os(STORE) else { return };
    let mut store = RegistryStore::open(path).unwrap();
    loop {
        let first = store.registry().size();
        store.append_batch(&batch(first), &mut quietly).unwrap();
        // The test harness captures `println!`; this goes straight out.
        writeln!(std::io::stdout().lock(), "\nanswered {}", store.registry().size()).unwrap();
    }
}

/// Lets a child append for a while, kills it, and says how many citizens it had been answered.
fn kill_a_child(path: &Path, after: Duration) -> u64 {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["child_appends_until_it_is_killed", "--exact", "--nocapture"])
        .env(STORE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        output
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("answered ")?.parse().ok())
            .last()
            .unwrap_or(0)
    });
    sleep(after);
    // SIGKILL on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn a_killed_import_leaves_whole_batches() {
    if env::var_os(STORE).is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    drop(RegistryStore::create(&path).unwrap());
    let (mut size, mut progressed) = (0, 0);
    for kill in 0..KILLS {
        let answered = kill_a_child(&path, Duration::from_millis(40 + kill * 37 % 150));
        let store = RegistryStore::open(&path).unwrap();
        let found = store.registry().size();
        let least = answered.max(size);
        assert!(
            found == least || found == least + BATCH,
            "{answered} answered, {size} before, {found} found"
        );
        assert_eq!(found % BATCH, 0);
        for (state, number) in store.registry().history().records().iter().zip(1u64..) {
            assert_eq!((state.size, state.change), (number * BATCH, Change::Appended { count: BATCH }));
        }
        store.verify(&mut quietly).unwrap();
        let expected: Vec<_> = (0..found).step_by(BATCH as usize).flat_map(batch).collect();
        let citizens: Vec<_> = store.registry().citizens().map(|(_, commitment)| commitment).collect();
        assert_eq!(citizens, expected);
        progressed += u64::from(found > size);
        size = found;
    }
    assert!(progressed > KILLS / 3, "only {progressed} of {KILLS} children got to work");
}
