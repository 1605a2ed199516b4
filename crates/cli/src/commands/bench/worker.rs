//! The parts of a measurement that run in processes of their own.

use super::{
    BenchArgs,
    floor::{self, Sizes},
};
use crate::{commands::groth16, error::Failure, files, report::Report};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, path::Path, time::Instant};
use tabella::{
    primitives::{Fr, rng},
    prover::{Proved, Prover, ProvingKey, Tables, insecure_development_setup, synthetic::Synthetic},
};
use tabella_report::{
    machine,
    spans::{SpanTimes, Spent},
};
use tracing_subscriber::layer::SubscriberExt;

/// Target of the prover's spans.
const SPANS: &str = "tabella_prover";

/// What the part says that made the key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Made {
    /// Milliseconds of making the key, by arkworks' generator.
    pub(super) setup_ms: f64,
    /// Peak of its memory in bytes.
    pub(super) peak_memory: Option<u64>,
}

/// What the part says that proved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Measured {
    /// Size of the key's file in bytes.
    pub(super) key_bytes: u64,
    /// Milliseconds of reading the key, its file being in memory.
    pub(super) load_ms: f64,
    /// Milliseconds of computing its tables, or of bringing its points into the kernel's form.
    pub(super) tables_ms: f64,
    /// Size of the tables in bytes.
    pub(super) tables_bytes: usize,
    /// Memory with key and assignment, before the first proof.
    pub(super) resident_memory: Option<u64>,
    /// By number of threads.
    pub(super) runs: Vec<Run>,
    /// Milliseconds of verifying a proof.
    pub(super) verify_ms: Vec<f64>,
    /// What the floor is computed from.
    pub(super) sizes: Sizes,
    /// Nanoseconds of a field multiplication, measured in every round.
    pub(super) multiplication_ns: Vec<f64>,
    /// Field multiplications that a proof counted, by span.
    pub(super) counted: BTreeMap<String, u64>,
}

/// Proofs with one number of threads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Run {
    /// Number of threads.
    pub(super) threads: usize,
    /// Milliseconds of the proof before the rounds.
    pub(super) first_ms: f64,
    /// Milliseconds of every round.
    pub(super) ms: Vec<f64>,
    /// Milliseconds of every round in the spans of each name.
    pub(super) stages: BTreeMap<String, Vec<f64>>,
    /// Greatest peak of memory in any round, in bytes; the key included.
    pub(super) peak_memory: Option<u64>,
}

fn circuit(log_size: u8) -> Result<Synthetic, Failure> {
    Synthetic::new(u32::from(log_size)).ok_or_else(|| Failure::usage("no such size"))
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// Makes the key and leaves it in the file.
pub(super) fn make(log_size: u8, file: &Path) -> Result<Report, Failure> {
    let circuit = circuit(log_size)?;
    let start = Instant::now();
    let key = insecure_development_setup(&circuit, &[0; 32]).map_err(Failure::internal)?;
    let setup_ms = milliseconds(start);
    fs::write(file, key.to_bytes()).map_err(|e| Failure::io("write", file, &e))?;
    report(&Made { setup_ms, peak_memory: machine::peak_memory(None) })
}

/// Reads the key of a synthetic circuit and proves.
pub(super) fn prove_synthetic(args: &BenchArgs, file: &Path, threads: &[usize]) -> Result<Report, Failure> {
    let circuit = circuit(args.min_size)?;
    let bytes = files::read(file, u64::MAX)?;
    let key_bytes = u64::try_from(bytes.len()).map_err(Failure::internal)?;
    let start = Instant::now();
    // Written by the part before: nothing is learned from checking its points again.
    let key = ProvingKey::from_trusted_bytes_checked_by_hash(&bytes).map_err(Failure::internal)?;
    let load_ms = milliseconds(start);
    drop(bytes);
    prove(args, Loaded { key, key_bytes, load_ms }, &circuit.assignment(), threads)
}

/// Reads a key and a witness that somebody gave, checks all of both, and proves.
pub(super) fn prove_given(
    args: &BenchArgs,
    [key, witness]: [&Path; 2],
    threads: &[usize],
) -> Result<Report, Failure> {
    let key_bytes = fs::metadata(key).map_err(|e| Failure::io("read", key, &e))?.len();
    let assignment = groth16::read_witness(witness)?;
    let start = Instant::now();
    let key = groth16::read_key(key)?;
    let load_ms = milliseconds(start);
    key.check_assignment(&assignment).map_err(|e| Failure::refused("other-circuit", e))?;
    prove(args, Loaded { key, key_bytes, load_ms }, &assignment, threads)
}

/// A key that was read.
struct Loaded {
    key: ProvingKey,
    key_bytes: u64,
    load_ms: f64,
}

fn prove(
    args: &BenchArgs,
    Loaded { key, key_bytes, load_ms }: Loaded,
    assignment: &[Fr],
    threads: &[usize],
) -> Result<Report, Failure> {
    let rounds = args.rounds.get();
    let start = Instant::now();
    let tables = Tables::new(&key, args.kernel, args.tables, &|_, _| ());
    let key = key.with_tables(tables).map_err(Failure::internal)?;
    let (tables_ms, tables_bytes) = (milliseconds(start), key.points().bytes());
    let times = SpanTimes::of(SPANS);
    let subscriber = tracing_subscriber::registry().with(times.clone());
    tracing::subscriber::set_global_default(subscriber).map_err(Failure::internal)?;

    let resident_memory = machine::resident_memory(None);
    let mut last = None;
    let mut pools = Vec::new();
    for threads in threads {
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(*threads).build().map_err(Failure::internal)?;
        let (first_ms, proved) = once(&pool, &key, assignment)?;
        last = Some(proved);
        let run =
            Run { threads: *threads, first_ms, ms: Vec::new(), stages: BTreeMap::new(), peak_memory: None };
        pools.push((pool, run));
    }
    let counts = times.take();
    let proofs = u64::try_from(pools.len()).map_err(Failure::internal)?.max(1);
    // Every proof of one assignment counts the same.
    let counted = counts.into_iter().filter(|(_, spent)| spent.multiplications > 0);
    let counted = counted.map(|(name, spent)| (name.to_owned(), spent.multiplications / proofs)).collect();
    // Numbers of threads in turn: what slows the machine down for a while slows all.
    let mut multiplication_ns = Vec::new();
    for _ in 0..rounds {
        multiplication_ns.push(floor::nanoseconds(args.kernel));
        for (pool, run) in &mut pools {
            let fresh = machine::reset_peak_memory();
            let (ms, _) = once(pool, &key, assignment)?;
            run.ms.push(ms);
            for (name, Spent { ms, .. }) in times.take() {
                run.stages.entry(name.to_owned()).or_default().push(ms);
            }
            if fresh {
                run.peak_memory = run.peak_memory.max(machine::peak_memory(None));
            }
        }
    }
    let verify_ms = last.map_or_else(|| Ok(Vec::new()), |proved| verify(&key, &proved, rounds))?;
    let runs = pools.into_iter().map(|(_, run)| run).collect();
    let sizes = sizes(&key, assignment)?;
    report(&Measured {
        key_bytes,
        load_ms,
        tables_ms,
        tables_bytes,
        resident_memory,
        runs,
        verify_ms,
        sizes,
        multiplication_ns,
        counted,
    })
}

/// One proof, not verified: its milliseconds, and the proof.
fn once(pool: &rayon::ThreadPool, key: &ProvingKey, assignment: &[Fr]) -> Result<(f64, Proved), Failure> {
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let assignment = zeroize::Zeroizing::new(assignment.to_vec());
    pool.install(|| {
        let mut prover = Prover::new(key).insecurely_without_self_verification();
        let start = Instant::now();
        let proved = prover.prove_assignment(assignment, &mut rng).map_err(Failure::internal)?;
        Ok((milliseconds(start), proved))
    })
}

fn verify(key: &ProvingKey, proved: &Proved, rounds: usize) -> Result<Vec<f64>, Failure> {
    let prepared = key.prepared();
    let once = |_| {
        let start = Instant::now();
        prepared.verify_inputs(&proved.public_inputs, &proved.proof).map_err(Failure::internal)?;
        Ok(milliseconds(start))
    };
    (0..rounds).map(once).collect()
}

fn sizes(key: &ProvingKey, assignment: &[Fr]) -> Result<Sizes, Failure> {
    let number = |n: usize| u64::try_from(n).map_err(Failure::internal);
    let trivial = [Fr::from(0), Fr::from(1)];
    let heavy = |present: &mut dyn Iterator<Item = bool>, values: &[Fr]| {
        number(present.zip(values).filter(|(present, value)| *present && !trivial.contains(value)).count())
    };
    let matrices = key.matrices();
    let witness = assignment.get(1 + matrices.public_inputs()..).unwrap_or_default();
    Ok(Sizes {
        domain: number(key.query_h().len().next_power_of_two())?,
        constraints: number(matrices.constraints())?,
        entries: number(matrices.nonzeros().iter().sum())?,
        a: heavy(&mut present(key.query_a()), assignment)?,
        b: heavy(&mut present(key.query_b_g2()), assignment)?,
        l: heavy(&mut present(key.query_l()), witness)?,
    })
}

/// Which points are not the identity.
fn present<P: Default + PartialEq>(points: &[P]) -> impl Iterator<Item = bool> {
    points.iter().map(|point| *point != P::default())
}

fn report(value: &impl Serialize) -> Result<Report, Failure> {
    Ok(Report::new(serde_json::to_value(value).map_err(Failure::internal)?, ""))
}
