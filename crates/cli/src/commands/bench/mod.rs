//! `tabella bench`: measures the prover on this machine over circuits of rising size.
//!
//! Every size runs in processes of its own, so that the memory of one does not stand in the peak of another: one makes the
//! key, another reads it and proves.

mod floor;
mod record;
mod worker;

use crate::{args::parse_positive, error::Failure, report::Report, ui::Ui};
use clap::{Args, ValueEnum};
use record::{Record, SizeRecord};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    env,
    ffi::OsStr,
    io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tabella::prover::{Kernel, TableSize, synthetic::Synthetic};
use tabella_report::{conditions::Conditions, folder::Folder, machine::Machine};
use worker::{Made, Measured};

/// A measurement.
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// A proving key of your own to measure in place of synthetic circuits, a .zkey or one of ours
    #[arg(long, value_name = "FILE", requires = "witness", conflicts_with_all = ["min_size", "max_size", "step"])]
    key: Option<PathBuf>,
    /// The witness to prove with it, a .wtns
    #[arg(long, value_name = "FILE", requires = "key")]
    witness: Option<PathBuf>,
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
    #[arg(long, value_delimiter = ',', value_parser = parse_positive)]
    threads: Vec<NonZeroUsize>,
    /// Proofs for each size and number of threads
    #[arg(long, default_value = "7", value_parser = parse_positive)]
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
    #[arg(long, hide = true)]
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
    match (args.worker, &args.key_file, args.key.as_ref().zip(args.witness.as_ref())) {
        (Some(Worker::Make), Some(file), _) => worker::make(args.min_size, file),
        (Some(Worker::Prove), Some(file), _) => worker::prove_synthetic(args, file, &threads),
        (Some(Worker::Prove), None, Some((key, witness))) => {
            worker::prove_given(args, [key, witness], &threads)
        }
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
    let records = match (&args.key, &args.witness) {
        (Some(key), Some(witness)) => {
            let _bar = ui.progress("measuring", None);
            let name = key.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let arguments = ["--key".as_ref(), key.as_os_str(), "--witness".as_ref(), witness.as_os_str()];
            vec![SizeRecord::new(name, None, part(Worker::Prove, &arguments, args, threads)?)]
        }
        _ => synthetic(args, threads, ui)?,
    };
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

/// Synthetic circuits of every size.
fn synthetic(args: &BenchArgs, threads: &[usize], ui: &Ui) -> Result<Vec<SizeRecord>, Failure> {
    let folder = tempfile::tempdir().map_err(|e| Failure::io("make a folder in", &env::temp_dir(), &e))?;
    let sizes = (args.min_size..=args.max_size).step_by(usize::from(args.step));
    let bar = ui.progress("measuring", None);
    let mut records = Vec::new();
    for size in sizes {
        let file = folder.path().join(format!("{size}.key"));
        let number = size.to_string();
        let number = OsStr::new(&number);
        let arguments: [&OsStr; 6] = [
            "--min-size".as_ref(),
            number,
            "--max-size".as_ref(),
            number,
            "--key-file".as_ref(),
            file.as_os_str(),
        ];
        bar.say(&format!("2^{size}: making the key"));
        let made: Made = part(Worker::Make, &arguments, args, threads)?;
        bar.say(&format!("2^{size}: proving"));
        let measured: Measured = part(Worker::Prove, &arguments, args, threads)?;
        // Large keys would fill the disk together.
        std::fs::remove_file(&file).map_err(|e| Failure::io("remove", &file, &e))?;
        records.push(SizeRecord::new(format!("2^{size}"), Some(made), measured));
    }
    Ok(records)
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
    arguments: &[&OsStr],
    args: &BenchArgs,
    threads: &[usize],
) -> Result<T, Failure> {
    let program = env::current_exe().map_err(Failure::internal)?;
    let name = worker.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let threads: Vec<String> = threads.iter().map(usize::to_string).collect();
    let output = Command::new(program)
        .args(["--json", "--quiet", "bench", "--worker", &name])
        .args(arguments)
        .args(["--rounds", &args.rounds.to_string(), "--threads", &threads.join(",")])
        .args(["--kernel", args.kernel.name()])
        .args(["--tables", &args.tables.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(Failure::internal)?;
    if !output.status.success() {
        return Err(refused(worker, &name, &output));
    }
    serde_json::from_slice(&output.stdout).map_err(Failure::internal)
}

/// Why a part of the measurement failed: in its own words, if it had any.
fn refused(worker: Worker, name: &str, output: &Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let mut lines = said.lines();
    match (worker, lines.next()) {
        // What the user gave was wrong: the part says so, with hint and exit code, as the command itself would.
        (Worker::Prove, Some(said)) => {
            let failure =
                Failure::of_part("not-measured", said.trim_start_matches("error: "), output.status.code());
            match lines.next().and_then(|line| line.strip_prefix(" hint: ")) {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
        (Worker::Make, Some(said)) => Failure::internal(format_args!("{name}: {said}")),
        // The system ends a process for which there is no memory without a word.
        (_, None) => Failure::internal(format_args!("{name}: ended by the system; perhaps memory ran out")),
    }
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
