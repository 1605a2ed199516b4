//! The record as Markdown and as a plot.

use super::{
    plan::{OURS, REFERENCE},
    record::{Cell, Record, Series},
};
use tabella_report::{
    plot::{self, Bar, Group, PlotError},
    table::{markdown as table, milliseconds, ratio},
};

/// The plot: a group of bars for each circuit and number of threads.
pub(super) fn plot(record: &Record) -> Result<String, PlotError> {
    let colour = |name: &str| match name {
        name if name.starts_with(OURS) => 0,
        REFERENCE => 1,
        "rapidsnark" => 2,
        "gnark" => 3,
        "snarkjs" => 4,
        _ => 5,
    };
    let groups: Vec<Group> = record
        .cells
        .iter()
        .map(|cell| Group {
            name: title(cell),
            bars: by_speed(cell)
                // Beside a bar ten times as long nothing else could be seen; the table has it.
                .filter(|series| series.name != "snarkjs")
                .map(|series| Bar {
                    label: series.name.clone(),
                    min: series.summary.min,
                    median: series.summary.median,
                    colour: colour(&series.name),
                })
                .collect(),
        })
        .collect();
    plot::bars(&format!("Proving, {}", record.conditions.machine.cpu), "ms", &groups)
}

fn title(cell: &Cell) -> String {
    let plural = if cell.threads == 1 { "" } else { "s" };
    format!("{}, {} thread{plural}", cell.circuit, cell.threads)
}

fn by_speed(cell: &Cell) -> impl Iterator<Item = &Series> {
    let mut series: Vec<&Series> = cell.series.iter().collect();
    series.sort_by(|x, y| x.summary.min.total_cmp(&y.summary.min));
    series.into_iter()
}

/// The whole record for people.
pub(super) fn markdown(record: &Record) -> String {
    let conditions = &record.conditions;
    let mut text = format!(
        "# Provers side by side, {}\n\n\
         {}\
         - Commit: {}; {}.\n\
         - Rounds: {}, interleaved, in an order shuffled by the seed `{}`; each prover proved once before them.\n\
         - Processors: {}.\n",
        conditions.date,
        conditions.markdown("; a machine that did nothing else has about the number of threads measured"),
        conditions.commit(),
        record.rustc,
        conditions.rounds,
        record.seed,
        record.pinning,
    );
    for line in &record.absent {
        text.push_str(&format!("- Not measured: {line}.\n"));
    }
    text.push_str(
        "\nTimes are milliseconds from the witness in memory to the proof, by each prover's own clock. *Faster* is how many times faster \
         than ark-groth16: the ratio of the minima, then the median of the ratios of the rounds with its 95 % interval. \
         Every prover's last proof was accepted by snarkjs. The method, and what can mislead, is in \
         [docs/benchmarking.md](../../../docs/benchmarking.md).\n\n![Times as bars](proving.svg)\n",
    );
    for cell in &record.cells {
        text.push_str(&format!("\n## {}\n\n{}", title(cell), times(cell)));
        let against = against_peers(cell);
        if !against.is_empty() {
            text.push_str(&format!(
                "\nHow many times faster than each peer, by minima / by medians:\n\n{against}"
            ));
        }
    }
    text.push_str("\n## Who took part\n\n");
    if let Some(cell) = record.cells.first() {
        let rows: Vec<Vec<String>> = cell
            .series
            .iter()
            .map(|series| {
                let version = series.hello["version"].as_str().unwrap_or("unknown").to_owned();
                vec![series.name.clone(), version, series.build.clone()]
            })
            .collect();
        text.push_str(&table(&["prover", "version", "built"], &rows));
    }
    text
}

fn times(cell: &Cell) -> String {
    let reference = cell.series.iter().find(|series| series.name == REFERENCE);
    let rows: Vec<Vec<String>> = by_speed(cell)
        .map(|series| {
            let s = &series.summary;
            let faster = reference.zip(series.against_reference).map(|(reference, r)| {
                let minima = reference.summary.min / s.min;
                format!(
                    "{}, {} ({:.2} to {:.2})",
                    ratio(minima),
                    ratio(r.median),
                    r.median_low,
                    r.median_high
                )
            });
            let load = series.hello["load_ms"].as_f64().map(milliseconds);
            let memory = series.peak_memory.map(|bytes| format!("{} MiB", bytes >> 20));
            vec![
                series.name.clone(),
                milliseconds(s.min),
                milliseconds(s.median),
                format!("{} to {}", milliseconds(s.median_low), milliseconds(s.median_high)),
                faster.unwrap_or_default(),
                load.unwrap_or_default(),
                memory.unwrap_or_default(),
            ]
        })
        .collect();
    table(&["prover", "min", "median", "its 95 % interval", "faster", "load", "peak memory"], &rows)
}

/// A row for each of our configurations, a column for each peer.
fn against_peers(cell: &Cell) -> String {
    let peers: Vec<&Series> = cell.series.iter().filter(|s| !s.name.starts_with(OURS)).collect();
    let rows: Vec<Vec<String>> = by_speed(cell)
        .filter(|series| series.name.starts_with(OURS))
        .map(|ours| {
            let ratios = peers.iter().map(|peer| {
                let (ours, peer) = (&ours.summary, &peer.summary);
                format!("{:.2} / {:.2}", peer.min / ours.min, peer.median / ours.median)
            });
            std::iter::once(ours.name.clone()).chain(ratios).collect()
        })
        .collect();
    if rows.is_empty() || peers.is_empty() {
        return String::new();
    }
    let heading: Vec<&str> =
        std::iter::once("prover").chain(peers.iter().map(|peer| peer.name.as_str())).collect();
    table(&heading, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tabella_report::{conditions::Conditions, stats};

    fn series(name: &str, samples: &[f64]) -> Series {
        let summary = stats::summary(samples).unwrap();
        Series {
            name: name.into(),
            build: "release".into(),
            hello: json!({ "version": "1", "load_ms": 12.0 }),
            summary,
            wall: summary,
            against_reference: stats::summary(&stats::paired_ratios(&[400.0, 500.0], samples)),
            first_ms: 1.0,
            phases: json!({}),
            peak_memory: Some(64 << 20),
            own_ms: samples.to_vec(),
            wall_ms: samples.to_vec(),
            cpu_ms: None,
        }
    }

    #[test]
    fn the_record_is_told_in_tables_and_a_plot() {
        let record = Record {
            format: super::super::record::FORMAT,
            conditions: Conditions { load_before: Some(0.5), ..Conditions::before(None, 2) },
            pinning: "none".into(),
            rustc: "rustc".into(),
            seed: "s".into(),
            circuits: Vec::new(),
            absent: vec!["gnark: not given".into()],
            cells: vec![Cell {
                circuit: "depth 20".into(),
                threads: 1,
                loads: Vec::new(),
                series: vec![
                    series(REFERENCE, &[400.0, 500.0]),
                    series("tabella auto, tables none", &[200.0, 250.0]),
                    series("snarkjs", &[4000.0, 4000.0]),
                ],
            }],
        };
        let text = markdown(&record);
        for part in [
            "Not measured: gnark: not given.",
            "| tabella auto, tables none | 200 | 225 | 200 to 250 | 2.00x, 2.00x (2.00 to 2.00) | 12.0 | 64 MiB |",
            "| tabella auto, tables none | 2.00 / 2.00 | 20.00 / 17.78 |",
            "before and after: 0.50, unknown",
            "## depth 20, 1 thread\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let svg = plot(&record).unwrap();
        assert!(svg.contains("tables none") && !svg.contains("snarkjs"));
    }
}
