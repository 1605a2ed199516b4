//! What every record says of how it came to be.

use crate::{
    date,
    machine::{self, Machine},
};
use serde::Serialize;

/// When, where and of what something was measured, and how busy the machine was.
#[derive(Clone, Debug, Serialize)]
pub struct Conditions {
    /// The day, as `2026-11-27`.
    pub date: String,
    /// What was measured; `-dirty` if the tree differed from it; absent if nobody knows.
    pub commit: Option<String>,
    /// The machine.
    pub machine: Machine,
    /// How often everything was measured.
    pub rounds: usize,
    /// Load of the machine in the minute before.
    pub load_before: Option<f64>,
    /// Load of the machine in the last minute of the measurement.
    pub load_after: Option<f64>,
}

impl Conditions {
    /// Of a measurement that is about to begin.
    #[must_use]
    pub fn before(commit: Option<String>, rounds: usize) -> Self {
        Self {
            date: date::today(),
            commit,
            machine: Machine::this(),
            rounds,
            load_before: machine::load(),
            load_after: None,
        }
    }

    /// Of the same measurement when it is done.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.load_after = machine::load();
        self
    }

    /// The commit for people.
    #[must_use]
    pub fn commit(&self) -> &str {
        self.commit.as_deref().unwrap_or("unknown")
    }

    /// Machine and load as two points of a list in Markdown; `remark` follows the load.
    #[must_use]
    pub fn markdown(&self, remark: &str) -> String {
        let load = |load: Option<f64>| load.map_or_else(|| "unknown".to_owned(), |load| format!("{load:.2}"));
        format!(
            "- Machine: {}.\n- Load of the last minute before and after: {}, {}{remark}.\n",
            self.machine.describe(),
            load(self.load_before),
            load(self.load_after),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_said_to_be() {
        let mut conditions = Conditions::before(None, 15).after();
        (conditions.load_before, conditions.load_after) = (Some(0.5), None);
        assert_eq!((conditions.commit(), conditions.rounds), ("unknown", 15));
        let text = conditions.markdown("; quiet");
        assert!(
            text.ends_with("- Load of the last minute before and after: 0.50, unknown; quiet.\n"),
            "{text}"
        );
        assert!(text.starts_with("- Machine: "));
    }
}
