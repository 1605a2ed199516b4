//! Tabella's prover behind the line protocol: `peer ZKEY WTNS THREADS [--tables none|small|large] [--tables-dir DIR]`.
//!
//! With a folder, key and tables are opened as a wallet does: validated once, tables kept. `load_ms` then tells what that takes.
//!
//! The environment variable `TABELLA_KERNEL` forces a kernel; one that is not there is an error, and never ignored. Like other provers this one is timed without verifying its own
//! proof first, which it does for everybody who does not ask it not to.

use rayon::ThreadPool;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, io, process::ExitCode, time::Instant};
use tabella_circom::{json, wtns};
use tabella_keys::{KeyCache, KeyOpener, Wanted};
use tabella_peers::{Arguments, Failure, Prover, milliseconds, serve};
use tabella_primitives::{Fr, rng};
use tabella_prover::{Kernel, Proved, ProvingKey, TableSize, Tables};
use tabella_report::spans::{SpanTimes, Spent};
use tracing_subscriber::layer::SubscriberExt;
use zeroize::Zeroizing;

struct Peer {
    key: ProvingKey,
    assignment: Zeroizing<Vec<Fr>>,
    pool: ThreadPool,
    times: SpanTimes,
    last: BTreeMap<&'static str, Spent>,
}

impl Prover for Peer {
    type Proved = Proved;

    fn prove(&mut self) -> Result<Proved, Failure> {
        let assignment = self.assignment.clone();
        let proved = self.pool.install(|| {
            let mut prover = tabella_prover::Prover::new(&self.key).insecurely_without_self_verification();
            prover.prove_assignment(assignment, &mut rng::from_os()?).map_err(Failure::from)
        });
        self.last = self.times.take();
        proved
    }

    fn phases(&self) -> Value {
        let phases: Map<String, Value> =
            self.last.iter().map(|(name, spent)| ((*name).to_owned(), spent.ms.into())).collect();
        phases.into()
    }

    fn verify(&self, proved: &Proved) -> Result<(bool, Value, Value), Failure> {
        let verified = self.key.prepared().verify_inputs(&proved.public_inputs, &proved.proof).is_ok();
        let proof = serde_json::from_str(&json::proof_to_json(&proved.proof))?;
        let public = serde_json::from_str(&json::inputs_to_json(&proved.public_inputs))?;
        Ok((verified, proof, public))
    }
}

fn run() -> Result<(), Failure> {
    let arguments = Arguments::parse(std::env::args_os().skip(1))?;
    let (mut size, mut folder) = (TableSize::Large, None);
    for option in arguments.rest.chunks(2) {
        match option {
            [name, value] if name == "--tables" => size = value.parse()?,
            [name, value] if name == "--tables-dir" => folder = Some(value),
            other => return Err(format!("this prover has no {}", other.join(" ")).into()),
        }
    }
    let kernel = match std::env::var("TABELLA_KERNEL") {
        Ok(name) => name.parse()?,
        Err(_) => Kernel::fastest(),
    };
    let start = Instant::now();
    let times = SpanTimes::of("tabella_prover");
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(times.clone()))?;
    let pool = arguments.pool()?;
    let mut opener = KeyOpener::new().with_kernel(kernel);
    if let Some(folder) = folder {
        opener = opener.with_cache(KeyCache::at(folder));
    }
    let opener = opener.with_tables(Wanted::Size(size));
    let key = pool.install(|| opener.open(&fs::read(&arguments.zkey)?).map_err(Failure::from))?;
    // Without tables the points are brought into a kernel's form, which is part of opening too.
    let key = match size {
        TableSize::None => pool.install(|| {
            let points = Tables::new(&key, kernel, size, &|_, _| ());
            key.with_tables(points)
        })?,
        _ => key,
    };
    let (bytes, load_ms) = (key.points().bytes(), milliseconds(start));
    let assignment = wtns::from_bytes(&Zeroizing::new(fs::read(&arguments.wtns)?))?;
    let mut peer = Peer { key, assignment, pool, times, last: BTreeMap::new() };
    let hello = json!({
        "peer": "tabella",
        "version": env!("CARGO_PKG_VERSION"),
        "threads": arguments.threads,
        "tables": size.to_string(),
        "tables_bytes": bytes,
        "kernel": kernel.name(),
        "load_ms": load_ms,
    });
    Ok(serve(&hello, &mut peer, io::stdin().lock(), io::stdout())?)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("peer: {failure}");
            ExitCode::FAILURE
        }
    }
}
