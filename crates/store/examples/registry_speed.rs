//! How long a registry of so many citizens takes, and how much memory: `cargo run --release --example registry_speed -- 1000000`.

use std::{env, fs, time::Instant};
use tabella_primitives::Fr;
use tabella_protocol::{
    identity::IdentityCommitment,
    registry::{Registry, quietly},
};
use tabella_store::registry::RegistryStore;

/// Greatest memory of this process so far, where the system tells.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown").replace('\t', " ")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = env::args().nth(1).as_deref().unwrap_or("100000").parse()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("citizens.registry");
    let citizens: Vec<_> =
        (1..=count).map(|value| IdentityCommitment::from_field(-Fr::from(value))).collect();
    println!("{count} citizens; {}", peak());

    let start = Instant::now();
    let mut registry = Registry::new();
    registry.append_batch(&citizens)?;
    println!("in memory, one batch: {:?}; {}", start.elapsed(), peak());

    let start = Instant::now();
    let paths = 10_000.min(count);
    for citizen in citizens.iter().rev().take(usize::try_from(paths)?) {
        std::hint::black_box(registry.path_of(citizen)?);
    }
    println!("one path: {:?}", start.elapsed() / u32::try_from(paths)?);
    drop(registry);

    let start = Instant::now();
    let mut store = RegistryStore::create(&path)?;
    store.append_batch(&citizens, &mut quietly)?;
    println!("durable, one batch: {:?}; {}", start.elapsed(), peak());
    drop(citizens);

    let start = Instant::now();
    store.append(IdentityCommitment::from_field(Fr::from(1)))?;
    println!("one more: {:?}", start.elapsed());
    drop(store);
    println!("file: {} bytes", fs::metadata(&path)?.len());

    let start = Instant::now();
    let store = RegistryStore::open(&path)?;
    println!("open: {:?}; {}", start.elapsed(), peak());
    let start = Instant::now();
    store.verify(&mut quietly)?;
    println!("verify: {:?}; {}", start.elapsed(), peak());
    Ok(())
}
