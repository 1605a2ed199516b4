//! `tabella bench`: measures the prover on this machine over circuits of rising size.
//!
//! Every size runs in processes of its own, so that the memory of one does not stand in the peak of another: one makes the
//! key, another reads it and proves.

mod floor;
mod record;
mod worker;

use crate::{error::Failure, report::Report, ui::Ui};
use clap::{Args, ValueEnum};
use record::{Record, SizeRecord};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    env, io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tabella::prover::{Kernel, TableSize, synthetic::Synthetic};
use tabella_report::{conditions::Conditions, folder::Folder, machine::Machine};
use worker::{Made, Measured};

/// A measurement.
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// The smallest circuit: 2 to this power constraints
    #[arg(long, default_value_t = 10, value_parser = log_size())]
    min_size: u8,
    /// The greatest circuit; 20 takes minutes and some gigabytes, most of them for making its key
    #[arg(long, default_value_t = 14, value_parser = log_size())]
    max_size: u8,
    /// Every how many powers of two
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..))]
    step: u8,
    /// Numbers of threads (default: 1 and all)
    #[arg(long, value_delimiter = ',')]
    threads: Vec<NonZeroUsize>,
    /// Proofs for each size and number of threads
    #[arg(long, default_value = "7")]
    rounds: NonZeroUsize,
    /// Tables of the keys' points: none, small (16 MiB) or large (64 MiB)
    #[arg(long, value_name = "SIZE", default_value_t)]
    tables: TableSize,
    /// The kernel that proves, one that this CPU has (default: the fastest)
    #[arg(long, value_name = "NAME", env = "TABELLA_KERNEL", default_value_t = Kernel::fastest())]
    kernel: Kernel,
    /// Keep JSON, Markdown and plots in a new folder under this one, such as benches/results
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A part of the measurement, in a process of its own
    #[arg(long, hide = true, requires = "key_file")]
    worker: Option<Worker>,
    /// Where the parts hand the key on
    #[arg(long, hide = true)]
    key_file: Option<PathBuf>,
}

/// Parts of the measurement of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Worker {
    /// Makes the key.
    Make,
    /// Reads the key and proves.
    Prove,
}

fn log_size() -> clap::builder::RangedI64ValueParser<u8> {
    let bound = |size: u32| i64::from(size);
    clap::value_parser!(u8).range(bound(Synthetic::MIN_LOG_SIZE)..=bound(Synthetic::MAX_LOG_SIZE))
}

pub(crate) fn run(args: &BenchArgs, ui: &Ui) -> Result<Report, Failure> {
    if args.min_size > args.max_size {
        return Err(Failure::usage("--min-size is greater than --max-size"));
    }
    let threads = threads(&args.threads, Machine::this().threads);
    match (args.worker, &args.key_file) {
        (Some(Worker::Make), Some(file)) => worker::make(args.min_size, file),
        (Some(Worker::Prove), Some(file)) => worker::prove(args, file, &threads),
        _ => measure(args, &threads, ui),
    }
}

/// What was asked for; else one and all.
fn threads(asked: &[NonZeroUsize], all: usize) -> Vec<usize> {
    let mut threads: Vec<usize> = asked.iter().map(|n| n.get()).collect();
    if threads.is_empty() {
        threads = vec![1, all];
    }
    threads.sort_unstable();
    threads.dedup();
    threads
}

fn measure(args: &BenchArgs, threads: &[usize], ui: &Ui) -> Result<Report, Failure> {
    // Told by `cargo xtask bench-stages`, which builds this program.
    let commit = option_env!("TABELLA_COMMIT").map(str::to_owned);
    let conditions = Conditions::before(commit, args.rounds.get());
    let folder = tempfile::tempdir().map_err(|e| Failure::io("make a folder in", &env::temp_dir(), &e))?;
    let sizes = (args.min_size..=args.max_size).step_by(usize::from(args.step));
    let bar = ui.progress("measuring", None);
    let mut records = Vec::new();
    for size in sizes {
        let file = folder.path().join(format!("{size}.key"));
        bar.say(&format!("2^{size}: making the key"));
        let made: Made = part(Worker::Make, size, &file, args, threads)?;
        bar.say(&format!("2^{size}: proving"));
        let measured: Measured = part(Worker::Prove, size, &file, args, threads)?;
        // Large keys would fill the disk together.
        std::fs::remove_file(&file).map_err(|e| Failure::io("remove", &file, &e))?;
        records.push(SizeRecord::new(size, made, measured));
    }
    drop(bar);
    let record = Record {
        format: record::FORMAT,
        conditions: conditions.after(),
        version: env!("CARGO_PKG_VERSION"),
        compiled_for: record::compiled_for(),
        tables: args.tables.to_string(),
        kernel: args.kernel.name(),
        sizes: records,
    };
    let mut text = record.markdown();
    let mut json = serde_json::to_value(&record).map_err(Failure::internal)?;
    if let Some(out) = &args.out {
        let folder = write(out, &record, &text)?;
        let shown = folder.path().display().to_string();
        text.push_str(&format!("\nkept in {shown}\n"));
        if let Value::Object(members) = &mut json {
            members.insert("folder".into(), shown.into());
        }
    }
    Ok(Report::new(json, text))
}

fn write(out: &Path, record: &Record, text: &str) -> Result<Folder, Failure> {
    let failed = |e: io::Error| Failure::io("write below", out, &e);
    let folder = Folder::create(out, &record.conditions.machine, "stages").map_err(failed)?;
    folder.write_json("results.json", record).map_err(failed)?;
    let plots = "\n![Time by size](sizes.svg)\n\n![Spans by size](stages.svg)\n";
    folder.write("README.md", &format!("{text}{plots}")).map_err(failed)?;
    folder.write("sizes.svg", &record.sizes_plot().map_err(Failure::internal)?).map_err(failed)?;
    folder.write("stages.svg", &record.stages_plot().map_err(Failure::internal)?).map_err(failed)?;
    Ok(folder)
}

/// Runs a part of the measurement in a process of its own.
fn part<T: DeserializeOwned>(
    worker: Worker,
    size: u8,
    file: &Path,
    args: &BenchArgs,
    threads: &[usize],
) -> Result<T, Failure> {
    let program = env::current_exe().map_err(Failure::internal)?;
    let name = worker.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let threads: Vec<String> = threads.iter().map(usize::to_string).collect();
    let output = Command::new(program)
        .args(["--json", "--quiet", "bench", "--worker", &name])
        .args(["--min-size", &size.to_string(), "--max-size", &size.to_string()])
        .args(["--rounds", &args.rounds.to_string(), "--threads", &threads.join(",")])
        .args(["--kernel", args.kernel.name()])
        .args(["--tables", &args.tables.to_string()])
        .arg("--key-file")
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .map_err(Failure::internal)?;
    if !output.status.success() {
        // Out of memory, most likely: the system ends such a process without a word.
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("it was ended by the system; perhaps memory ran out");
        return Err(Failure::internal(format_args!("2^{size}, {name}: {said}")));
    }
    serde_json::from_slice(&output.stdout).map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_all_unless_asked_otherwise() {
        let n = |n| NonZeroUsize::new(n).unwrap();
        assert_eq!(threads(&[], 4), [1, 4]);
        assert_eq!(threads(&[], 1), [1]);
        assert_eq!(threads(&[n(8), n(2), n(2)], 4), [2, 8]);
    }
}
