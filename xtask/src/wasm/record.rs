//! What the harness answers, and what is written down of it, as JSON and as Markdown.

use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use tabella_report::{
    conditions::Conditions,
    stats::{self, Summary},
    table::{markdown as table, milliseconds, ratio},
};

/// Names the form of the record.
pub(super) const FORMAT: &str = "tabella-bench-wasm-v1";

/// What checking a module answers.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Checked {
    /// The kernels that were held against arkworks.
    Here { engine: String, kernels: Vec<String> },
    /// Why the module cannot run here.
    Absent { absent: String },
}

/// What measuring a module answers.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Measured {
        engine: String,
        multiplication_ns: Vec<Multiplication>,
        proof_ms: Proofs,
    },
    /// Why the module cannot run here.
    Absent {
        absent: String,
    },
}

/// Nanoseconds of a multiplication, round by round.
#[derive(Debug, Deserialize)]
pub(super) struct Multiplication {
    name: String,
    ours: Vec<f64>,
    arkworks: Vec<f64>,
}

/// Milliseconds of a proof.
#[derive(Debug, Deserialize)]
pub(super) struct Proofs {
    load: f64,
    arkworks: Times,
    ours: Times,
    verification: Times,
}

/// The first, in code that was compiled in a hurry, and the others.
#[derive(Debug, Deserialize, Serialize)]
struct Times {
    first: f64,
    rest: Vec<f64>,
}

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub(super) format: &'static str,
    #[serde(flatten)]
    pub(super) conditions: Conditions,
    pub(super) rustc: String,
    pub(super) cells: Vec<Cell>,
}

/// One module in one place.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    place: &'static str,
    module: &'static str,
    /// The engine with its version, or why there is nothing else.
    engine: String,
    measured: Option<Measured>,
}

#[derive(Debug, Serialize)]
struct Measured {
    multiplication_ns: Vec<Compared>,
    proof_ms: Compared,
    /// Reading the key into both provers.
    load_ms: f64,
    /// Verifying a proof of ours, which is not in its time.
    verification_ms: Summary,
}

/// Ours beside arkworks', with every sample.
#[derive(Debug, Serialize)]
struct Compared {
    /// The kernel.
    name: String,
    ours: Summary,
    arkworks: Summary,
    /// How many times faster, round by round.
    faster: Summary,
    ours_first: Option<f64>,
    arkworks_first: Option<f64>,
    ours_samples: Vec<f64>,
    arkworks_samples: Vec<f64>,
}

impl Compared {
    fn new(name: &str, ours: Vec<f64>, arkworks: Vec<f64>) -> Option<Self> {
        Some(Self {
            name: name.to_owned(),
            ours: stats::summary(&ours)?,
            arkworks: stats::summary(&arkworks)?,
            faster: stats::summary(&stats::paired_ratios(&arkworks, &ours))?,
            ours_first: None,
            arkworks_first: None,
            ours_samples: ours,
            arkworks_samples: arkworks,
        })
    }

    fn row(&self, place: &str, engine: &str, number: impl Fn(f64) -> String) -> Vec<String> {
        let Summary { median, median_low, median_high, .. } = self.faster;
        vec![
            place.to_owned(),
            engine.to_owned(),
            self.name.clone(),
            format!("{} / {}", number(self.arkworks.min), number(self.arkworks.median)),
            format!("{} / {}", number(self.ours.min), number(self.ours.median)),
            ratio(self.arkworks.min / self.ours.min),
            format!("{} ({median_low:.2} to {median_high:.2})", ratio(median)),
        ]
    }
}

impl Cell {
    /// What one place answered.
    pub(super) fn new(place: &'static str, module: &'static str, answer: Answer) -> Result<Self, Failure> {
        let (engine, multiplication_ns, proofs) = match answer {
            Answer::Absent { absent } => return Ok(Self { place, module, engine: absent, measured: None }),
            Answer::Measured { engine, multiplication_ns, proof_ms } => (engine, multiplication_ns, proof_ms),
        };
        let measured = || {
            let kernel = multiplication_ns.first()?.name.clone();
            let Proofs { load, arkworks, ours, verification } = proofs;
            let proof = Compared::new(&kernel, ours.rest, arkworks.rest)?;
            Some(Measured {
                multiplication_ns: multiplication_ns
                    .into_iter()
                    .map(|Multiplication { name, ours, arkworks }| Compared::new(&name, ours, arkworks))
                    .collect::<Option<_>>()?,
                proof_ms: Compared {
                    ours_first: Some(ours.first),
                    arkworks_first: Some(arkworks.first),
                    ..proof
                },
                load_ms: load,
                verification_ms: stats::summary(&verification.rest)?,
            })
        };
        let measured = measured().ok_or_else(|| Failure::Output {
            command: place.into(),
            reason: "not as many samples as there were rounds".into(),
        })?;
        Ok(Self { place, module, engine, measured: Some(measured) })
    }
}

impl Record {
    /// The whole record for people.
    pub(super) fn markdown(&self) -> String {
        let heading = |unit: &str| {
            let unit = |who: &str| format!("{who}, {unit}: min / median");
            ["where".into(), "engine".into(), "kernel".into(), unit("arkworks"), unit("ours")]
                .into_iter()
                .chain(["faster, by minima".into(), "by rounds: median (95 %)".into()])
                .collect::<Vec<String>>()
        };
        let rows = |of: &dyn Fn(&Cell, &Measured) -> Vec<Vec<String>>| -> Vec<Vec<String>> {
            self.cells.iter().filter_map(|cell| Some(of(cell, cell.measured.as_ref()?))).flatten().collect()
        };
        let print = |unit: &str, rows: &[Vec<String>]| {
            let heading = heading(unit);
            table(&heading.iter().map(String::as_str).collect::<Vec<_>>(), rows)
        };
        let products = rows(&|cell, measured| {
            let rows = measured.multiplication_ns.iter();
            rows.map(|kernel| kernel.row(cell.place, &cell.engine, |ns| format!("{ns:.1}"))).collect()
        });
        let proofs =
            rows(&|cell, measured| vec![measured.proof_ms.row(cell.place, &cell.engine, milliseconds)]);
        let first = |time: Option<f64>| time.map(milliseconds).unwrap_or_default();
        let others = rows(&|cell, Measured { proof_ms, load_ms, verification_ms, .. }| {
            vec![vec![
                cell.place.to_owned(),
                first(proof_ms.ours_first),
                first(proof_ms.arkworks_first),
                milliseconds(verification_ms.min),
                milliseconds(*load_ms),
            ]]
        });
        let mut text = format!(
            "# This prover and arkworks' in WASM, {}\n\n\
             {}\
             - Commit: {}; modules by {}, fat LTO, one unit.\n\
             - Rounds: {} proofs of each, in turn, after one of each; ten times as many of multiplications.\n",
            self.conditions.date,
            self.conditions.markdown(""),
            self.conditions.commit(),
            self.rustc,
            self.conditions.rounds,
        );
        for cell in self.cells.iter().filter(|cell| cell.measured.is_none()) {
            text.push_str(&format!("- Not measured: {}: {}.\n", cell.place, cell.engine));
        }
        text.push_str(&format!(
            "\nBoth are in one module, in one page, on one thread. The method is in \
             [docs/benchmarking.md](../../../docs/benchmarking.md).\n\n\
             ## Multiplications in the base field\n\n{}\n\
             ## Proofs of Semaphore, depth 20\n\n\
             From the witness in memory to three affine points, without tables, not verified.\n\n{}\n\
             What stands apart, in milliseconds:\n\n{}",
            print("ns", &products),
            print("ms", &proofs),
            table(
                &[
                    "where",
                    "our first proof",
                    "arkworks' first",
                    "verification of ours",
                    "reading the key, for both"
                ],
                &others
            ),
        ));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cell(place: &'static str, answer: serde_json::Value) -> Result<Cell, Failure> {
        Cell::new(place, "relaxed", serde_json::from_value(answer).unwrap())
    }

    #[test]
    fn the_record_tells_ratios_of_minima_and_of_rounds() {
        let times = |rest: [f64; 2]| json!({ "first": 500.0, "rest": rest });
        let measured = cell(
            "Chromium",
            json!({
                "engine": "Chromium 156",
                "multiplication_ns": [{ "name": "relaxed", "ours": [20.0, 25.0], "arkworks": [100.0, 100.0] }],
                "proof_ms": {
                    "load": 900.0,
                    "arkworks": times([1200.0, 1300.0]),
                    "ours": times([480.0, 650.0]),
                    "verification": times([7.0, 8.0]),
                },
            }),
        )
        .unwrap();
        let absent = cell("Node", json!({ "absent": "relaxed multiply-add is unknown here" })).unwrap();
        let record = Record {
            format: FORMAT,
            conditions: Conditions::before(None, 2),
            rustc: "rustc 1".into(),
            cells: vec![measured, absent],
        };
        let text = record.markdown();
        for part in [
            "- Not measured: Node: relaxed multiply-add is unknown here.\n",
            "| Chromium | Chromium 156 | relaxed | 100.0 / 100.0 | 20.0 / 22.5 | 5.00x | 4.50x (4.00 to 5.00) |",
            "| Chromium | Chromium 156 | relaxed | 1200 / 1250 | 480 / 565 | 2.50x | 2.25x (2.00 to 2.50) |",
            "| Chromium | 500 | 500 | 7.00 | 900 |",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn an_answer_without_samples_is_none() {
        let times = json!({ "first": 1.0, "rest": [] });
        let proofs = json!({ "load": 1.0, "arkworks": times, "ours": times, "verification": times });
        let empty = json!({ "engine": "e", "multiplication_ns": [], "proof_ms": proofs });
        assert!(matches!(cell("Node", empty), Err(Failure::Output { command, .. }) if command == "Node"));
    }
}
