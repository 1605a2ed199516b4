//! What `tabella bench` found: as JSON, as Markdown, as plots.

use super::{
    floor::{self, Multiplications, Points},
    worker::{Made, Measured, Run},
};
use crate::report::counted;
use serde::Serialize;
use std::collections::BTreeMap;
use tabella_report::{
    conditions::Conditions,
    plot::{self, Bar, Group, Line, PlotError},
    stats::{self, Summary},
    table::{markdown as table, milliseconds, ratio},
};

/// Names the form of the record.
pub(super) const FORMAT: &str = "tabella-bench-v3";

/// One measurement.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub(super) format: &'static str,
    /// The commit is what the program was built from, if whoever built it said so.
    #[serde(flatten)]
    pub(super) conditions: Conditions,
    pub(super) version: &'static str,
    /// Features of processors that the program was compiled to rely on.
    pub(super) compiled_for: Vec<&'static str>,
    /// How large tables were asked for.
    pub(super) tables: String,
    /// The code that multiplied.
    pub(super) kernel: &'static str,
    pub(super) sizes: Vec<SizeRecord>,
}

/// One size.
#[derive(Debug, Serialize)]
pub(super) struct SizeRecord {
    /// `2^k` rows of a synthetic circuit, or the name of the key that was given.
    name: String,
    /// How the key was made, if it was not given.
    setup: Option<Made>,
    key_bytes: u64,
    load_ms: f64,
    tables_ms: f64,
    tables_bytes: usize,
    resident_memory: Option<u64>,
    runs: Vec<RunRecord>,
    verify_ms: Option<Summary>,
    /// Nanoseconds of a field multiplication on one thread.
    multiplication_ns: Option<Summary>,
    floor_sizes: floor::Sizes,
    /// What the prover counted.
    floor_counted: Floor,
    /// The best known way with tables.
    floor_tables: Floor,
    /// The best known way without.
    floor_plain: Floor,
}

/// One number of threads.
#[derive(Debug, Serialize)]
struct RunRecord {
    threads: usize,
    first_ms: f64,
    summary: Option<Summary>,
    stages: BTreeMap<String, Summary>,
    peak_memory: Option<u64>,
    ms: Vec<f64>,
}

/// A floor and how far from it one thread is.
#[derive(Debug, Serialize)]
struct Floor {
    multiplications: Multiplications,
    one_thread_ms: Option<f64>,
    /// Minimum on one thread over the floor, if one thread was measured.
    ratio: Option<f64>,
}

/// Features of x86-64 processors that this program was compiled to rely on, of those which matter to arithmetic.
pub(super) fn compiled_for() -> Vec<&'static str> {
    [
        ("bmi2", cfg!(target_feature = "bmi2")),
        ("adx", cfg!(target_feature = "adx")),
        ("avx2", cfg!(target_feature = "avx2")),
        ("fma", cfg!(target_feature = "fma")),
        ("avx512ifma", cfg!(target_feature = "avx512ifma")),
    ]
    .into_iter()
    .filter_map(|(name, on)| on.then_some(name))
    .collect()
}

impl RunRecord {
    fn new(run: Run) -> Self {
        let stages = run.stages.into_iter().filter_map(|(name, ms)| Some((name, stats::summary(&ms)?)));
        Self {
            threads: run.threads,
            first_ms: run.first_ms,
            summary: stats::summary(&run.ms),
            stages: stages.collect(),
            peak_memory: run.peak_memory,
            ms: run.ms,
        }
    }

    fn min(&self) -> Option<f64> {
        self.summary.map(|summary| summary.min)
    }
}

impl SizeRecord {
    pub(super) fn new(name: String, setup: Option<Made>, measured: Measured) -> Self {
        let runs: Vec<RunRecord> = measured.runs.into_iter().map(RunRecord::new).collect();
        let one_thread = runs.iter().find(|run| run.threads == 1).and_then(RunRecord::min);
        let sizes = measured.sizes;
        let multiplication_ns = stats::summary(&measured.multiplication_ns);
        let floor = |multiplications: Multiplications| {
            let floor = multiplication_ns.map(|ns| multiplications.milliseconds(ns.min));
            let ratio = one_thread.zip(floor).map(|(ms, floor)| ms / floor);
            Floor { multiplications, one_thread_ms: floor, ratio }
        };
        Self {
            name,
            setup,
            key_bytes: measured.key_bytes,
            load_ms: measured.load_ms,
            tables_ms: measured.tables_ms,
            tables_bytes: measured.tables_bytes,
            resident_memory: measured.resident_memory,
            verify_ms: stats::summary(&measured.verify_ms),
            multiplication_ns,
            floor_sizes: sizes,
            floor_counted: floor(floor::counted(&sizes, &measured.counted)),
            floor_tables: floor(floor::count(&sizes, Points::Tables)),
            floor_plain: floor(floor::count(&sizes, Points::Plain)),
            runs,
        }
    }

    /// Rows of its matrices: below 2^28, which floating point holds.
    fn rows(&self) -> f64 {
        u32::try_from(self.floor_sizes.constraints).unwrap_or(u32::MAX).into()
    }
}

/// `1 round`, `2 rounds`.
fn several(count: usize, what: &str) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), what)
}

fn mebibytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "unknown".to_owned(), |bytes| format!("{} MiB", bytes.div_ceil(1 << 20)))
}

impl Record {
    /// For people, in Markdown.
    pub(super) fn markdown(&self) -> String {
        let compiled = if self.compiled_for.is_empty() {
            "the least of its architecture".to_owned()
        } else {
            self.compiled_for.join(" ")
        };
        let mut text = format!(
            "# Stages and sizes, {}\n\n\
             {}\
             - Version {}, commit {}, compiled for {compiled}.\n\
             - {}, numbers of threads in turn. {}, tables: {}.\n\
             - Kernel: {}.\n\n",
            self.conditions.date,
            self.conditions.markdown(""),
            self.version,
            self.conditions.commit(),
            several(self.conditions.rounds, "round"),
            if self.sizes.iter().any(|size| size.setup.is_some()) {
                "Synthetic circuits of 2^k rows, development keys"
            } else {
                "A key and a witness that were given"
            },
            self.tables,
            self.kernel,
        );
        text.push_str(&self.sizes_table());
        text.push_str(
            "\nProving: minimum / median, from the assignment to the proof, unverified. Floor: multiplications \
             counted, times the cost of one (product); the ratio is that of one thread to it. Read: the key, from its file. \
             Memory: peak while proving, key and tables included. Making a key, or its tables, is no part of proving.\n",
        );
        if let Some(largest) = self.sizes.last() {
            text.push_str(&format!("\n## Stages at {}\n\n{}", largest.name, stages_table(largest)));
            text.push_str("\nSpans of the prover, minimum / median in milliseconds; spans lie within others, and on several threads side by side.\n");
        }
        text
    }

    fn sizes_table(&self) -> String {
        let threads: Vec<usize> = self
            .sizes
            .first()
            .map_or_else(Vec::new, |size| size.runs.iter().map(|run| run.threads).collect());
        let mut heading = vec!["circuit".to_owned()];
        heading.extend(threads.iter().map(|n| format!("{}, ms", several(*n, "thread"))));
        heading.extend(
            [
                "speed-up",
                "product, ns",
                "floor, ms",
                "ratio",
                "verify, ms",
                "memory",
                "key",
                "read, ms",
                "tables",
                "computed, ms",
                "made, ms",
            ]
            .map(str::to_owned),
        );
        let rows: Vec<Vec<String>> = self.sizes.iter().map(size_row).collect();
        table(&heading.iter().map(String::as_str).collect::<Vec<_>>(), &rows)
    }

    /// Time over size, one line for each number of threads, and the floor.
    pub(super) fn sizes_plot(&self) -> Result<String, PlotError> {
        let mut lines: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
        for size in &self.sizes {
            for run in &size.runs {
                lines.entry(run.threads).or_default().extend(run.min().map(|ms| (size.rows(), ms)));
            }
        }
        let mut lines: Vec<Line> = lines
            .into_iter()
            .map(|(threads, points)| Line { label: format!("threads: {threads}"), points })
            .collect();
        let floor = |size: &SizeRecord| Some((size.rows(), size.floor_counted.one_thread_ms?));
        lines.push(Line {
            label: "floor, one thread".into(),
            points: self.sizes.iter().filter_map(floor).collect(),
        });
        plot::lines(&format!("Proving, {}", self.conditions.machine.cpu), ("rows", "ms, minimum"), &lines)
    }

    /// The stages of every size, on one thread or the fewest.
    pub(super) fn stages_plot(&self) -> Result<String, PlotError> {
        let groups: Vec<Group> = self
            .sizes
            .iter()
            .filter_map(|size| {
                let run = size.runs.first()?;
                let bars = run.stages.iter().map(|(name, summary)| Bar {
                    label: name.clone(),
                    min: summary.min,
                    median: summary.median,
                    colour: 0,
                });
                Some(Group { name: format!("{}, threads: {}", size.name, run.threads), bars: bars.collect() })
            })
            .collect();
        plot::bars(&format!("Spans of a proof, {}", self.conditions.machine.cpu), "ms", &groups)
    }
}

fn size_row(size: &SizeRecord) -> Vec<String> {
    let mut row = vec![size.name.clone()];
    row.extend(size.runs.iter().map(|run| pair(run.summary)));
    let speed_up = match size.runs.as_slice() {
        [one, .., most] if one.threads == 1 => one.min().zip(most.min()).map(|(one, most)| ratio(one / most)),
        _ => None,
    };
    row.push(speed_up.unwrap_or_default());
    row.push(pair(size.multiplication_ns));
    row.push(size.floor_counted.one_thread_ms.map(milliseconds).unwrap_or_default());
    row.push(size.floor_counted.ratio.map(ratio).unwrap_or_default());
    row.push(pair(size.verify_ms));
    row.push(mebibytes(size.runs.iter().map(|run| run.peak_memory).max().flatten()));
    row.push(mebibytes(Some(size.key_bytes)));
    row.push(milliseconds(size.load_ms));
    row.push(mebibytes(u64::try_from(size.tables_bytes).ok()));
    row.push(milliseconds(size.tables_ms));
    row.push(size.setup.as_ref().map(|made| milliseconds(made.setup_ms)).unwrap_or_default());
    row
}

fn stages_table(size: &SizeRecord) -> String {
    let heading: Vec<String> = std::iter::once("span".to_owned())
        .chain(size.runs.iter().map(|run| format!("threads: {}", run.threads)))
        .collect();
    let names: std::collections::BTreeSet<&String> =
        size.runs.iter().flat_map(|run| run.stages.keys()).collect();
    let rows: Vec<Vec<String>> = names
        .into_iter()
        .map(|name| {
            let cells = size.runs.iter().map(|run| pair(run.stages.get(name).copied()));
            std::iter::once(name.clone()).chain(cells).collect()
        })
        .collect();
    table(&heading.iter().map(String::as_str).collect::<Vec<_>>(), &rows)
}

fn pair(summary: Option<Summary>) -> String {
    summary.map(|s| format!("{} / {}", milliseconds(s.min), milliseconds(s.median))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let counts = [0, 1, 2].map(|count| several(count, "round"));
        assert_eq!(counts, ["0 rounds", "1 round", "2 rounds"]);
    }
}
