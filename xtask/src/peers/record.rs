//! What is written down of a run, as JSON.

use super::{plan::Circuit, prepare::sha256};
use crate::failure::Failure;
use serde::Serialize;
use serde_json::Value;
use std::fs;
use tabella_report::{conditions::Conditions, stats::Summary};

/// Names the form of the record.
pub(super) const FORMAT: &str = "tabella-bench-peers-v1";

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub(super) format: &'static str,
    #[serde(flatten)]
    pub(super) conditions: Conditions,
    pub(super) pinning: String,
    pub(super) rustc: String,
    pub(super) seed: String,
    pub(super) circuits: Vec<CircuitRecord>,
    pub(super) absent: Vec<String>,
    pub(super) cells: Vec<Cell>,
}

/// One circuit.
#[derive(Debug, Serialize)]
pub(super) struct CircuitRecord {
    name: String,
    constraints: usize,
    zkey_bytes: Option<u64>,
    zkey_sha256: String,
    wtns_sha256: String,
}

/// A circuit with size and hashes of its files.
pub(super) fn circuit(circuit: &Circuit) -> Result<CircuitRecord, Failure> {
    Ok(CircuitRecord {
        name: circuit.name.clone(),
        constraints: circuit.constraints,
        zkey_bytes: fs::metadata(&circuit.zkey).ok().map(|data| data.len()),
        zkey_sha256: sha256(&circuit.zkey)?,
        wtns_sha256: sha256(&circuit.wtns)?,
    })
}

/// One circuit with one number of threads.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    pub(super) circuit: String,
    pub(super) threads: usize,
    /// Load of the machine after each round, of the last minute.
    pub(super) loads: Vec<Option<f64>>,
    pub(super) series: Vec<Series>,
}

/// The measurements of one prover, in milliseconds.
#[derive(Debug, Serialize)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) build: String,
    /// What it said when it was ready: its version, how long it loaded.
    pub(super) hello: Value,
    /// By its own clock, without the first proof.
    pub(super) summary: Summary,
    /// By the driver's clock, transport included.
    pub(super) wall: Summary,
    /// How many times faster than the reference, round by round.
    pub(super) against_reference: Option<Summary>,
    /// The proof before the rounds.
    pub(super) first_ms: f64,
    /// Parts of its last proof.
    pub(super) phases: Value,
    /// Peak of its resident memory in bytes, loading included.
    pub(super) peak_memory: Option<u64>,
    /// Every round.
    pub(super) own_ms: Vec<f64>,
    /// Every round.
    pub(super) wall_ms: Vec<f64>,
    /// Processor time of all its threads in every round; the system counts in steps of 10 ms.
    pub(super) cpu_ms: Option<Vec<u64>>,
}
