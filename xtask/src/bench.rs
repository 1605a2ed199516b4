//! `cargo xtask bench`: runs the criterion suites and, if asked to, keeps a record of the results.

use crate::{failure::Failure, process::Process, repository::Repository};
use serde_json::{Value, json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    time::SystemTime,
};
use tabella_report::{date, machine::Machine};

/// Which benches to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Part of the names of the benches to run, such as `prove/membership`.
    filter: Option<String>,
    /// Keep the results in `benches/results/<date>-<cpu>-<threads>/`.
    #[arg(long)]
    record: bool,
}

/// Runs the benches.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    let started = SystemTime::now();
    let mut cargo = repository.cargo().args(["bench", "--package", "tabella-benches"]);
    if let Some(filter) = &options.filter {
        cargo = cargo.args(["--", filter]);
    }
    cargo.run()?;
    if options.record { record(repository, started) } else { Ok(()) }
}

/// Writes `results.json` of all benches measured since `started`, and prints where.
fn record(repository: &Repository, started: SystemTime) -> Result<(), Failure> {
    let mut results = Vec::new();
    collect(&repository.target().join("criterion"), started, &mut results)?;
    results.sort_by(|a, b| a.0.cmp(&b.0));
    let machine = Machine::this();
    let name = format!("{}-{}", date::today(), machine.file_name());
    let folder = repository.root.join("benches").join("results").join(name);
    let rustc = Process::new("rustc", &repository.root).args(["--version"]).capture()?;
    let record = json!({
        "date": date::today(),
        "commit": repository.commit(),
        "cpu": machine.cpu,
        "threads": machine.threads,
        "rustc": rustc.trim(),
        "rustflags": env::var("RUSTFLAGS").unwrap_or_default(),
        "unit": "nanoseconds",
        "results": results.into_iter().map(|(name, result)| json!({ "name": name, "result": result })).collect::<Vec<_>>(),
    });
    let file = folder.join("results.json");
    fs::create_dir_all(&folder).map_err(|e| Failure::file(&folder, &e))?;
    fs::write(&file, format!("{record:#}\n")).map_err(|e| Failure::file(&file, &e))?;
    println!("results: {}", file.display());
    Ok(())
}

/// Gathers name and estimates of every bench under the folder that was measured since `started`.
fn collect(folder: &Path, started: SystemTime, results: &mut Vec<(String, Value)>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|e| Failure::file(folder, &e))? {
        let path = entry.map_err(|e| Failure::file(folder, &e))?.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name == "new") {
            let estimates = path.join("estimates.json");
            let written = fs::metadata(&estimates).and_then(|data| data.modified());
            if written.is_ok_and(|time| time >= started) {
                let name =
                    read(&path.join("benchmark.json"))?["full_id"].as_str().unwrap_or_default().to_owned();
                results.push((name, estimate(&read(&estimates)?)));
            }
        } else if path.is_dir() {
            collect(&path, started, results)?;
        }
    }
    Ok(())
}

/// Median with its confidence interval, mean and standard deviation, in nanoseconds.
fn estimate(estimates: &Value) -> Value {
    let median = &estimates["median"];
    json!({
        "median": median["point_estimate"],
        "median_low": median["confidence_interval"]["lower_bound"],
        "median_high": median["confidence_interval"]["upper_bound"],
        "mean": estimates["mean"]["point_estimate"],
        "standard_deviation": estimates["std_dev"]["point_estimate"],
    })
}

fn read(path: &PathBuf) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(|e| Failure::file(path, &e))?;
    serde_json::from_str(&text).map_err(|e| Failure::file(path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_shortened() {
        let full = json!({
            "mean": { "point_estimate": 2.0 },
            "median": { "point_estimate": 1.0, "confidence_interval": { "lower_bound": 0.5, "upper_bound": 1.5 } },
            "std_dev": { "point_estimate": 0.1 },
        });
        let short = estimate(&full);
        assert_eq!(
            (&short["median"], &short["median_high"], &short["mean"]),
            (&json!(1.0), &json!(1.5), &json!(2.0))
        );
    }
}
