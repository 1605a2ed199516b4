//! Measures: all provers of one circuit are loaded, then asked in turn, and at the end snarkjs checks a proof of each.

use super::{
    contender::{Pinning, Running, Timing, Verified},
    plan::{self, Circuit, Contender, REFERENCE},
    prepare::Prepared,
    record::{self, Series},
};
use crate::{failure::Failure, repository::Repository};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};
use tabella_report::{machine, stats};

/// What is measured at once.
pub(super) struct Cell<'a> {
    pub(super) repository: &'a Repository,
    pub(super) prepared: &'a Prepared,
    pub(super) circuit: &'a Circuit,
    pub(super) contenders: &'a [Contender],
    pub(super) threads: &'a [usize],
    pub(super) rounds: usize,
    pub(super) seed: &'a str,
    pub(super) pinning: &'a Pinning,
}

/// What came of it.
pub(super) struct Measured {
    pub(super) cells: Vec<record::Cell>,
    /// Who could not take part, and why.
    pub(super) absent: Vec<String>,
}

/// One prover with its measurements so far.
struct Entry<'a> {
    contender: &'a Contender,
    threads: usize,
    running: Running,
    first: f64,
    own: Vec<f64>,
    wall: Vec<f64>,
    cpu: Vec<Option<u64>>,
}

/// Measures one circuit with all numbers of threads. A prover that breaks in a round ends the run: its rounds would not be
/// comparable.
pub(super) fn measure(cell: &Cell<'_>) -> Result<Measured, Failure> {
    let name = &cell.circuit.name;
    let (mut entries, absent) = load(cell)?;
    let mut loads = Vec::new();
    for round in 0..cell.rounds {
        println!("{name}: round {} of {}", round + 1, cell.rounds);
        for index in plan::order(cell.seed, round, entries.len()) {
            let Some(entry) = entries.get_mut(index) else { continue };
            let before = entry.running.cpu_time();
            let Timing { own, wall } = entry.running.prove()?;
            entry.own.push(own);
            entry.wall.push(wall);
            entry.cpu.push(entry.running.cpu_time().zip(before).map(|(after, before)| after - before));
        }
        loads.push(machine::load());
    }
    let proofs = entries.iter_mut().map(|entry| entry.running.verify()).collect::<Result<Vec<_>, _>>()?;
    same_statement(&entries, &proofs)?;
    let verdicts = verify_by_snarkjs(cell, &proofs)?;
    let mut cells: BTreeMap<usize, Vec<Series>> = BTreeMap::new();
    for (index, (entry, proof)) in entries.iter_mut().zip(&proofs).enumerate() {
        let by_snarkjs = verdicts.get(&index.to_string()).copied().unwrap_or(false);
        if !(proof.verified && by_snarkjs) {
            return Err(Failure::Output {
                command: entry.contender.name.clone(),
                reason: format!("its proof: by itself {}, by snarkjs {by_snarkjs}", proof.verified),
            });
        }
        cells.entry(entry.threads).or_default().push(series(entry)?);
    }
    let cells = cells
        .into_iter()
        .map(|(threads, mut series)| {
            compare(&mut series);
            record::Cell { circuit: name.clone(), threads, loads: loads.clone(), series }
        })
        .collect();
    Ok(Measured { cells, absent })
}

/// Starts everybody, and lets each prove once: code is compiled, caches and tables are touched.
fn load<'a>(cell: &Cell<'a>) -> Result<(Vec<Entry<'a>>, Vec<String>), Failure> {
    let files = [cell.circuit.zkey.as_path(), cell.circuit.wtns.as_path()];
    let (mut entries, mut absent) = (Vec::<Entry<'_>>::new(), Vec::new());
    for threads in cell.threads {
        for contender in cell.contenders {
            let mut running = match Running::start(contender, files, *threads, cell.pinning) {
                Ok(running) => running,
                // A kernel that this processor lacks, or a program that is no prover.
                Err(failure) => {
                    absent.push(format!("{}: {failure}", contender.name));
                    continue;
                }
            };
            // `auto` and the name of what it chooses are one configuration.
            let twin = |other: &Entry<'_>| {
                other.threads == *threads && same_configuration(&other.running.hello, &running.hello)
            };
            if let Some(twin) = entries.iter().find(|other| twin(other)) {
                absent.push(format!("{}: the same as {}", contender.name, twin.contender.name));
                continue;
            }
            println!("{}, {threads} threads: {}", contender.name, running.hello);
            let first = running.prove()?.own;
            entries.push(Entry {
                contender,
                threads: *threads,
                running,
                first,
                own: Vec::new(),
                wall: Vec::new(),
                cpu: Vec::new(),
            });
        }
    }
    Ok((entries, absent))
}

/// Whether two first lines name the same kernel and tables; provers without kernels are never the same.
fn same_configuration(one: &Value, other: &Value) -> bool {
    one["kernel"].is_string() && ["peer", "kernel", "tables"].iter().all(|name| one[name] == other[name])
}

/// All proofs are about the same public inputs.
fn same_statement(entries: &[Entry<'_>], proofs: &[Verified]) -> Result<(), Failure> {
    let first = proofs.first().map(|proof| &proof.public);
    for (entry, proof) in entries.iter().zip(proofs) {
        if Some(&proof.public) != first {
            let reason = format!("its public inputs are {}", proof.public);
            return Err(Failure::Output { command: entry.contender.name.clone(), reason });
        }
    }
    Ok(())
}

/// The verdicts of snarkjs, by the number of the proof.
fn verify_by_snarkjs(cell: &Cell<'_>, proofs: &[Verified]) -> Result<BTreeMap<String, bool>, Failure> {
    let start = |e: std::io::Error| Failure::Start { program: "node".into(), reason: e.to_string() };
    let mut child = Command::new("node")
        .arg(cell.prepared.node_folder.join("verify.mjs"))
        .arg(&cell.circuit.verification_key)
        .current_dir(&cell.repository.root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(start)?;
    let lines: String = proofs
        .iter()
        .enumerate()
        .map(|(index, proof)| {
            format!(
                "{}\n",
                json!({ "name": index.to_string(), "proof": proof.proof, "public": proof.public })
            )
        })
        .collect();
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(lines.as_bytes()).map_err(start)?;
    }
    let output = child.wait_with_output().map_err(start)?;
    let bad = |e: serde_json::Error| Failure::Output { command: "verify.mjs".into(), reason: e.to_string() };
    let mut verdicts = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let value: Value = serde_json::from_str(line).map_err(bad)?;
        let name = value["name"].as_str().unwrap_or_default().to_owned();
        verdicts.insert(name, value["verified"] == true);
    }
    Ok(verdicts)
}

fn series(entry: &mut Entry<'_>) -> Result<Series, Failure> {
    let none = || Failure::Output { command: entry.contender.name.clone(), reason: "no samples".into() };
    Ok(Series {
        name: entry.contender.name.clone(),
        build: entry.contender.build.clone(),
        hello: entry.running.hello.clone(),
        summary: stats::summary(&entry.own).ok_or_else(none)?,
        wall: stats::summary(&entry.wall).ok_or_else(none)?,
        against_reference: None,
        first_ms: entry.first,
        phases: entry.running.phases()?,
        peak_memory: entry.running.peak_memory(),
        own_ms: entry.own.clone(),
        wall_ms: entry.wall.clone(),
        cpu_ms: entry.cpu.iter().copied().collect(),
    })
}

/// The ratios to the reference, round by round.
fn compare(series: &mut [Series]) {
    let Some(reference) = series.iter().find(|s| s.name == REFERENCE).map(|s| s.own_ms.clone()) else {
        return;
    };
    for one in series {
        one.against_reference = stats::summary(&stats::paired_ratios(&reference, &one.own_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_is_told_from_other_configurations() {
        let ours = |kernel: &str, tables: &str| json!({"peer": "tabella", "kernel": kernel, "tables": tables, "load_ms": 1});
        assert!(same_configuration(&ours("avx2", "none"), &ours("avx2", "none")));
        assert!(!same_configuration(&ours("avx2", "none"), &ours("avx2", "large")));
        assert!(!same_configuration(&json!({"peer": "gnark"}), &json!({"peer": "gnark"})));
    }
}
