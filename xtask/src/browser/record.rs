//! What the script answers, and what is written down of it, as JSON and as Markdown.

use super::contender::CONTENDERS;
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use tabella_report::{
    conditions::Conditions,
    machine::Machine,
    stats::{self, Summary},
    table::{markdown as table, milliseconds, ratio},
};

/// Names the form of the record.
const FORMAT: &str = "tabella-bench-browser-v1";

/// What the script answers.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    browser: String,
    contenders: Vec<Samples>,
}

/// Every sample of one contender, in milliseconds and bytes.
#[derive(Debug, Deserialize, Serialize)]
struct Samples {
    name: String,
    /// What the contender says of itself.
    engine: Engine,
    /// Witness and proof, in an open page.
    proofs: Vec<f64>,
    /// The same with a preparation.
    casts: Vec<f64>,
    /// What preparing takes.
    preparations: Vec<f64>,
    /// First visits.
    cold: Vec<FirstVisit>,
    /// The longest times for which the page's own thread was blocked while proving.
    blocks: Vec<f64>,
    /// Memory of the page and its workers after all proofs, where the browser tells it.
    memory: Option<u64>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Engine {
    threads: usize,
    simd: String,
    version: String,
}

/// Milliseconds since the navigation began.
#[derive(Debug, Deserialize, Serialize)]
struct FirstVisit {
    /// Everything is loaded.
    started: f64,
    /// The first proof is there.
    proved: f64,
    /// It was verified.
    verified: f64,
    /// Bytes that the server sent up to then.
    fetched: u64,
}

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    format: &'static str,
    #[serde(flatten)]
    conditions: Conditions,
    rustc: String,
    browser: String,
    contenders: Vec<Measured>,
}

/// One contender.
#[derive(Debug, Serialize)]
struct Measured {
    samples: Samples,
    proof_ms: Summary,
    cast_ms: Option<Summary>,
    preparation_ms: Option<Summary>,
    cold_ms: Option<Summary>,
    /// Whom it is compared with.
    against: Option<&'static str>,
}

impl Measured {
    fn new(samples: Samples) -> Result<Self, Failure> {
        let unknown = |reason: &str| Failure::Output {
            command: "compare.mjs".into(),
            reason: format!("{}: {reason}", samples.name),
        };
        let contender = CONTENDERS
            .iter()
            .find(|contender| contender.name == samples.name)
            .ok_or_else(|| unknown("an unknown contender"))?;
        let verified: Vec<f64> = samples.cold.iter().map(|visit| visit.verified).collect();
        Ok(Self {
            proof_ms: stats::summary(&samples.proofs).ok_or_else(|| unknown("no proofs"))?,
            cast_ms: stats::summary(&samples.casts),
            preparation_ms: stats::summary(&samples.preparations),
            cold_ms: stats::summary(&verified),
            against: contender.against,
            samples,
        })
    }
}

impl Record {
    /// # Errors
    /// If a contender is unknown or made no proof.
    pub(super) fn new(conditions: Conditions, rustc: String, answer: Answer) -> Result<Self, Failure> {
        let contenders = answer.contenders.into_iter().map(Measured::new).collect::<Result<_, _>>()?;
        Ok(Self { format: FORMAT, conditions, rustc, browser: answer.browser, contenders })
    }

    pub(super) const fn machine(&self) -> &Machine {
        &self.conditions.machine
    }

    fn other(&self, measured: &Measured) -> Option<&Measured> {
        self.contenders.iter().find(|other| Some(other.samples.name.as_str()) == measured.against)
    }

    /// How many times faster, by minima, and the median over rounds with its interval.
    fn faster(ours: &[f64], theirs: &[f64]) -> Option<[String; 2]> {
        let (least, their_least) = (stats::summary(ours)?.min, stats::summary(theirs)?.min);
        let Summary { median, median_low, median_high, .. } =
            stats::summary(&stats::paired_ratios(theirs, ours))?;
        let rounds = format!("{} ({median_low:.2} to {median_high:.2})", ratio(median));
        Some([ratio(their_least / least), rounds])
    }

    /// The whole record for people.
    pub(super) fn markdown(&self) -> String {
        let times =
            |summary: &Summary| format!("{} / {}", milliseconds(summary.min), milliseconds(summary.median));
        let optional = |summary: &Option<Summary>| summary.as_ref().map(times).unwrap_or_default();
        let none = || [String::new(), String::new()];
        let warm = self.contenders.iter().map(|measured| {
            let other = self.other(measured);
            let proofs = &measured.samples.proofs;
            let faster = other.and_then(|other| Self::faster(proofs, &other.samples.proofs));
            let Engine { threads, simd, version } = &measured.samples.engine;
            let [least, rounds] = faster.unwrap_or_else(none);
            vec![
                measured.samples.name.clone(),
                format!("{version}, {threads}, {simd}"),
                times(&measured.proof_ms),
                least,
                rounds,
                measured.against.unwrap_or_default().to_owned(),
            ]
        });
        let prepared = self.contenders.iter().filter(|measured| measured.cast_ms.is_some()).map(|measured| {
            let [least, rounds] =
                Self::faster(&measured.samples.casts, &measured.samples.proofs).unwrap_or_else(none);
            vec![
                measured.samples.name.clone(),
                optional(&measured.cast_ms),
                least,
                rounds,
                optional(&measured.preparation_ms),
            ]
        });
        let visits = |of: fn(&FirstVisit) -> f64, measured: &Measured| {
            stats::summary(&measured.samples.cold.iter().map(of).collect::<Vec<_>>())
        };
        let cold = self.contenders.iter().filter(|measured| measured.cold_ms.is_some()).map(|measured| {
            let verified = |measured: &Measured| {
                measured.samples.cold.iter().map(|visit| visit.verified).collect::<Vec<_>>()
            };
            let other = self.other(measured);
            let faster = other.and_then(|other| Self::faster(&verified(measured), &verified(other)));
            let [least, rounds] = faster.unwrap_or_else(none);
            let fetched = measured.samples.cold.iter().map(|visit| visit.fetched).max();
            vec![
                measured.samples.name.clone(),
                optional(&measured.cold_ms),
                least,
                rounds,
                measured.against.unwrap_or_default().to_owned(),
                optional(&visits(|visit| visit.started, measured)),
                optional(&visits(|visit| visit.proved - visit.started, measured)),
                fetched.map(|bytes| bytes.to_string()).unwrap_or_default(),
            ]
        });
        let others = self.contenders.iter().map(|measured| {
            let block = measured.samples.blocks.iter().copied().fold(0.0, f64::max);
            let memory = measured.samples.memory.map(|bytes| format!("{}", bytes / (1 << 20)));
            vec![measured.samples.name.clone(), milliseconds(block), memory.unwrap_or_default()]
        });
        let by = ["faster, by minima", "by rounds: median (95 %)"];
        let print = |heading: &[&str], rows: &mut dyn Iterator<Item = Vec<String>>| {
            table(heading, &rows.collect::<Vec<_>>())
        };
        format!(
            "# The package in a browser, {}\n\n\
             {}\
             - Commit: {}; modules by {}.\n\
             - {}; {} proofs of each in turn, in a page of its own that stays open.\n\n\
             Semaphore's circuit of depth 20, one member of a group of 1,000. The method is in \
             [docs/benchmarking.md](../../../docs/benchmarking.md).\n\n\
             ## Witness and proof in an open page\n\n{}\n\
             ## With a prepared proof\n\n{}\n\
             ## First visit\n\n\
             A profile that has never been there, all files from localhost: from the navigation to the first proof that verified.\n\n{}\n\
             ## What stands apart\n\n{}",
            self.conditions.date,
            self.conditions.markdown(""),
            self.conditions.commit(),
            self.rustc,
            self.browser,
            self.conditions.rounds,
            print(
                &["who", "version, threads, SIMD", "ms: min / median", by[0], by[1], "than"],
                &mut warm.into_iter()
            ),
            print(
                &["who", "casting, ms: min / median", by[0], by[1], "preparing, ms: min / median"],
                &mut prepared.into_iter()
            ),
            print(
                &[
                    "who",
                    "verified, ms: min / median",
                    by[0],
                    by[1],
                    "than",
                    "all loaded, ms: min / median",
                    "first proof, ms: min / median",
                    "bytes fetched",
                ],
                &mut cold.into_iter()
            ),
            print(
                &["who", "page's thread blocked for at most, ms", "memory of page and workers, MiB"],
                &mut others.into_iter()
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn samples(name: &str, proofs: [f64; 2], cold: Option<f64>) -> serde_json::Value {
        let visit = |verified: f64| json!({ "started": verified / 2.0, "proved": verified - 10.0, "verified": verified, "fetched": 2_500_000 });
        json!({
            "name": name,
            "engine": { "threads": 2, "simd": "relaxed", "version": "0.1.0" },
            "proofs": proofs,
            "casts": [proofs[0] / 2.0, proofs[1] / 2.0],
            "preparations": [90.0, 91.0],
            "cold": cold.map(visit).into_iter().collect::<Vec<_>>(),
            "blocks": [3.0, 12.0],
            "memory": 104_857_600,
        })
    }

    fn record(contenders: serde_json::Value) -> Result<Record, Failure> {
        let answer = json!({ "browser": "Chromium 156", "contenders": contenders });
        let answer = serde_json::from_value(answer).unwrap();
        Record::new(Conditions::before(None, 2), "rustc 1".into(), answer)
    }

    #[test]
    fn each_is_compared_with_its_own() {
        let text = record(json!([
            samples("ours, isolated page: threads", [100.0, 120.0], Some(700.0)),
            samples("snarkjs, default", [1300.0, 1440.0], Some(2800.0)),
        ]))
        .unwrap()
        .markdown();
        for part in [
            "| ours, isolated page: threads | 0.1.0, 2, relaxed | 100 / 110 | 13.00x | 12.50x (12.00 to 13.00) | snarkjs, default |",
            "| ours, isolated page: threads | 700 / 700 | 4.00x | 4.00x (4.00 to 4.00) | snarkjs, default | 350 / 350 | 340 / 340 | 2500000 |",
            "| ours, isolated page: threads | 50.0 / 55.0 | 2.00x | 2.00x (2.00 to 2.00) | 90.0 / 90.5 |",
            "| snarkjs, default | 2800 / 2800 |  |  |  | 1400 / 1400 |",
            "| snarkjs, default | 12.0 | 100 |",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn unknown_contenders_are_refused() {
        let refused = record(json!([samples("somebody", [1.0, 2.0], None)]));
        assert!(matches!(refused, Err(Failure::Output { .. })));
    }
}
