//! `cargo xtask bench-peers`: this prover and others on the same keys and witnesses, in turn, in one run.
//!
//! | file | what |
//! | --- | --- |
//! | [`plan`] | circuits, contenders, the order of each round |
//! | [`prepare`] | builds and fetches what is measured, and checks it by hash |
//! | [`contender`] | one running prover, behind the line protocol of `docs/benchmarking.md` |
//! | [`rounds`] | loads all, measures them in turn, lets snarkjs check their proofs |
//! | [`record`] | what is written down |
//! | [`report`] | the record as Markdown and as a plot |

mod contender;
mod plan;
mod prepare;
mod record;
mod report;
mod rounds;

use crate::{failure::Failure, process::Process, repository::Repository};
use plan::SEMAPHORE;
use record::Record;
use std::{env, num::NonZeroUsize};
use tabella_report::{conditions::Conditions, folder::Folder, machine::Machine};

/// A record needs so many rounds.
const ROUNDS_OF_A_RECORD: usize = 15;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many times each prover proves.
    #[arg(long, default_value = "30")]
    rounds: NonZeroUsize,
    /// Depths of Semaphore's circuit.
    #[arg(long, value_delimiter = ',', default_value = "20,32")]
    depths: Vec<u8>,
    /// Synthetic circuits of 2 to these powers rows, in place of Semaphore's. Their keys are made first: minutes from 18 on.
    #[arg(long, value_delimiter = ',', conflicts_with = "depths", value_parser = clap::value_parser!(u8).range(4..=24))]
    synthetic: Vec<u8>,
    /// Numbers of threads; those beyond the machine's are left out.
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    threads: Vec<NonZeroUsize>,
    /// Kernels of this prover; those that the processor lacks are left out.
    #[arg(long, value_delimiter = ',', default_value = "auto,avx2,portable")]
    kernels: Vec<String>,
    /// Tables of this prover.
    #[arg(long, value_delimiter = ',', default_value = "none,small,large")]
    tables: Vec<String>,
    /// Leave out provers whose name contains this; may be given several times.
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// Shuffles the order in which they are asked.
    #[arg(long, default_value = "tabella")]
    seed: String,
    /// Keep the results in `benches/results/`, and not beside the build outputs.
    #[arg(long)]
    record: bool,
}

/// Measures.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    if options.record && options.rounds.get() < ROUNDS_OF_A_RECORD {
        return Err(Failure::Findings {
            check: "bench-peers",
            list: vec![format!("a record needs at least {ROUNDS_OF_A_RECORD} rounds")],
        });
    }
    let threads = threads(&options.threads, Machine::this().threads)?;
    let prepared = prepare::all(repository)?;
    let circuits = if options.synthetic.is_empty() {
        semaphore(&options.depths)?
            .into_iter()
            .map(|depth| prepared.semaphore(depth))
            .collect::<Result<Vec<_>, _>>()
    } else {
        options.synthetic.iter().map(|size| prepared.synthetic(repository, *size)).collect()
    }?;
    let (contenders, mut absent) = plan::contenders(options, &prepared);
    let pinning = contender::Pinning::find(repository);
    let conditions = Conditions::before(repository.commit(), options.rounds.get());
    let mut cells = Vec::new();
    for circuit in &circuits {
        let measured = rounds::measure(&rounds::Cell {
            repository,
            prepared: &prepared,
            circuit,
            contenders: &contenders,
            threads: &threads,
            rounds: options.rounds.get(),
            seed: &options.seed,
            pinning: &pinning,
        })?;
        for line in measured.absent {
            if !absent.contains(&line) {
                absent.push(line);
            }
        }
        cells.extend(measured.cells);
    }
    let rustc = Process::new("rustc", &repository.root).args(["--version"]).capture()?;
    let record = Record {
        format: record::FORMAT,
        conditions: conditions.after(),
        pinning: pinning.describe(),
        rustc: rustc.trim().to_owned(),
        seed: options.seed.clone(),
        circuits: circuits.iter().map(record::circuit).collect::<Result<_, _>>()?,
        absent,
        cells,
    };
    write(repository, options.record, &record)
}

fn write(repository: &Repository, keep: bool, record: &Record) -> Result<(), Failure> {
    let results = repository.results(keep, "peers");
    let failed = |e: std::io::Error| Failure::file(&results, &e);
    let text = report::markdown(record);
    let plot = report::plot(record)
        .map_err(|e| Failure::Output { command: "the plot".into(), reason: e.to_string() })?;
    let folder = Folder::create(&results, &record.conditions.machine, "peers").map_err(failed)?;
    folder.write_json("results.json", record).map_err(failed)?;
    folder.write("README.md", &text).map_err(failed)?;
    folder.write("proving.svg", &plot).map_err(failed)?;
    println!("\n{text}\nresults: {}", folder.path().display());
    Ok(())
}

fn semaphore(depths: &[u8]) -> Result<Vec<&'static plan::Semaphore>, Failure> {
    let find = |depth: &u8| {
        SEMAPHORE.iter().find(|circuit| circuit.depth == *depth).ok_or_else(|| Failure::Unknown {
            name: format!("depth {depth}"),
            known: SEMAPHORE.iter().map(|circuit| circuit.depth.to_string()).collect(),
        })
    };
    depths.iter().map(find).collect()
}

fn threads(asked: &[NonZeroUsize], available: usize) -> Result<Vec<usize>, Failure> {
    let threads: Vec<usize> = asked.iter().map(|n| n.get()).filter(|n| *n <= available).collect();
    if threads.is_empty() {
        let known = vec![format!("1 to {available}")];
        return Err(Failure::Unknown { name: "such a number of threads on this machine".into(), known });
    }
    Ok(threads)
}

/// Provers that are in no package registry: `TABELLA_PEERS="rapidsnark=PATH,gnark=PATH"`.
fn foreign() -> Vec<(String, String)> {
    parse_foreign(&env::var("TABELLA_PEERS").unwrap_or_default())
}

fn parse_foreign(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, path)| (name.trim().to_owned(), path.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_provers_are_named_by_pairs() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            parse_foreign("rapidsnark=/a b, gnark=/c"),
            [pair("rapidsnark", "/a b"), pair("gnark", "/c")]
        );
        assert_eq!(parse_foreign(""), []);
    }

    #[test]
    fn only_what_exists_is_measured() {
        let n = |n| NonZeroUsize::new(n).unwrap();
        assert_eq!(threads(&[n(1), n(2), n(8)], 2), Ok(vec![1, 2]));
        assert!(threads(&[n(8)], 2).is_err());
        assert_eq!(semaphore(&[32]).unwrap()[0].depth, 32);
        assert!(semaphore(&[9]).is_err());
    }
}
