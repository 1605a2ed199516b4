//! The table at the end of `cargo xtask test`.

use std::{fmt, time::Duration};

/// How one step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It holds; with a line about what was done.
    Passed(String),
    /// It could not be checked here; with the reason.
    Skipped(String),
    /// It does not hold; with the reason.
    Failed(String),
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The step.
    pub(crate) name: &'static str,
    /// How it ended.
    pub(crate) ending: Ending,
    /// How long it took.
    pub(crate) time: Duration,
}

/// All rows so far.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Summary(pub(crate) Vec<Row>);

impl Summary {
    /// The names of the steps that failed, in order.
    pub(crate) fn failed(&self) -> Vec<&'static str> {
        self.0.iter().filter(|row| matches!(row.ending, Ending::Failed(_))).map(|row| row.name).collect()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: Duration = self.0.iter().map(|row| row.time).sum();
        let width = self.0.iter().map(|row| row.name.len()).max().unwrap_or(0);
        for row in &self.0 {
            let (word, note) = match &row.ending {
                Ending::Passed(note) => ("passed", note),
                Ending::Skipped(note) => ("SKIPPED", note),
                Ending::Failed(note) => ("FAILED", note),
            };
            let first = note.lines().next().unwrap_or_default();
            writeln!(f, "{:width$}  {word:<7}  {:>7.1} s  {first}", row.name, row.time.as_secs_f64())?;
            // What follows stands under the first line of the note.
            for line in note.lines().skip(1) {
                writeln!(f, "{:width$}  {:7}  {:9}  {line}", "", "", "")?;
            }
        }
        write!(f, "{:width$}  {:7}  {:>7.1} s", "total", "", total.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_names_what_failed() {
        let row = |name, ending, seconds| Row { name, ending, time: Duration::from_secs(seconds) };
        let summary = Summary(vec![
            row("fmt", Ending::Passed("as rustfmt writes it".into()), 2),
            row("no-std", Ending::Skipped("no target\ninstalled".into()), 0),
            row("tests", Ending::Failed("one failed".into()), 61),
        ]);
        assert_eq!(summary.failed(), ["tests"]);
        let expected = [
            "fmt     passed       2.0 s  as rustfmt writes it",
            "no-std  SKIPPED      0.0 s  no target",
            "                            installed",
            "tests   FAILED      61.0 s  one failed",
            "total               63.0 s",
        ];
        assert_eq!(summary.to_string().lines().map(str::trim_end).collect::<Vec<_>>(), expected);
    }
}
