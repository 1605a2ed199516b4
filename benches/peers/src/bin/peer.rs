//! Tabella's prover behind the line protocol: `peer ZKEY WTNS THREADS [--tables none|small|large]`.
//!
//! The environment variable `TABELLA_KERNEL` forces a kernel; one that is not there is an error, and never ignored. Like other provers this one is timed without verifying its own
//! proof first, which it does for everybody who does not ask it not to.

use rayon::ThreadPool;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, io, process::ExitCode, time::Instant};
use tabella_circom::{Zkey, json, wtns};
use tabella_peers::{Arguments, Failure, Prover, milliseconds, serve};
use tabella_primitives::{Fr, rng};
use tabella_prover::{Kernel, Proved, ProvingKey, TableSize, Tables};
use tabella_report::spans::{SpanTimes, Spent};
use tracing_subscriber::layer::SubscriberExt;
use zeroize::Zeroizing;

struct Peer {
    key: ProvingKey,
    assignment: Zeroizing<Vec<Fr>>,
    tables: Tables,
    pool: ThreadPool,
    times: SpanTimes,
    last: BTreeMap<&'static str, Spent>,
}

impl Prover for Peer {
    type Proved = Proved;

    fn prove(&mut self) -> Result<Proved, Failure> {
        let assignment = self.assignment.clone();
        let proved = self.pool.install(|| {
            let prover = tabella_prover::Prover::new(&self.key).with_tables(&self.tables)?;
            let mut prover = prover.insecurely_without_self_verification();
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
    let size = match arguments.rest.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => TableSize::Large,
        ["--tables", size] => size.parse()?,
        other => return Err(format!("this prover has no {}", other.join(" ")).into()),
    };
    let kernel = match std::env::var("TABELLA_KERNEL") {
        Ok(name) => name.parse()?,
        Err(_) => Kernel::fastest(),
    };
    let start = Instant::now();
    let times = SpanTimes::of("tabella_prover");
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(times.clone()))?;
    let pool = arguments.pool()?;
    let key =
        pool.install(|| Zkey::from_bytes(&fs::read(&arguments.zkey)?).map_err(Failure::from))?.into_key();
    let assignment = wtns::from_bytes(&Zeroizing::new(fs::read(&arguments.wtns)?))?;
    let tables = pool.install(|| Tables::new(&key, kernel, size, &|_, _| ()));
    let (bytes, load_ms) = (tables.bytes(), milliseconds(start));
    let mut peer = Peer { key, tables, assignment, pool, times, last: BTreeMap::new() };
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
