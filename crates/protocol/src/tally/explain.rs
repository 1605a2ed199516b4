//! The result in words that a layman understands.

use super::{Outcome, Tally};
use crate::election::{
    Comparison, ElectionKind, Manifest, Method, Quorum, Threshold, ThresholdBase, TieRule,
};
use alloc::vec::Vec;
use core::fmt;

/// Shows a [`Tally`] in words: counts per option, quorum, threshold, who won and why.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'a> {
    tally: &'a Tally,
    manifest: &'a Manifest,
}

impl<'a> Explanation<'a> {
    pub(super) const fn new(tally: &'a Tally, manifest: &'a Manifest) -> Self {
        Self { tally, manifest }
    }

    /// Labels of options in quotes, with commas and a last "and".
    fn names(&self, f: &mut fmt::Formatter<'_>, indices: &[u16]) -> fmt::Result {
        let labels: Vec<&str> = indices
            .iter()
            .map(|index| self.manifest.options().get(usize::from(*index)).map_or("?", |label| label))
            .collect();
        for (position, label) in labels.iter().enumerate() {
            let separator = match position {
                0 => "",
                _ if position + 1 == labels.len() => " and ",
                _ => ", ",
            };
            write!(f, "{separator}\"{label}\"")?;
        }
        Ok(())
    }

    /// What an option gets.
    const fn unit(&self) -> &'static str {
        match self.manifest.rules().method {
            Method::SingleChoice | Method::Approval { .. } | Method::Quadratic { .. } => "vote",
            Method::Score { .. } | Method::Budget { .. } | Method::Borda => "point",
        }
    }

    fn counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.manifest.options().iter().map(|label| label.chars().count()).max().unwrap_or(0);
        // Of secret ballots the share of all votes: a sum does not tell how many ballots chose something.
        let base = match self.manifest.kind() {
            ElectionKind::SecretBallots => {
                self.tally.counts.iter().map(|count| u128::from(count.votes)).sum()
            }
            ElectionKind::OpenBallots => {
                u128::from(self.tally.ballots.saturating_sub(self.tally.abstentions.unwrap_or(0)))
            }
        };
        for (label, count) in self.manifest.options().iter().zip(&self.tally.counts) {
            let votes = count.votes;
            let plural = if votes == 1 { "" } else { "s" };
            write!(f, "  {label:<width$}  {votes} {}{plural}", self.unit())?;
            // Tenths of a percent, rounded down.
            if let Some(tenths) = (u128::from(votes) * 1000).checked_div(base) {
                write!(f, " ({}.{}%)", tenths / 10, tenths % 10)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn quorum(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { quorum, quorum_met, .. } = self.tally;
        if self.manifest.rules().quorum == Quorum::None {
            return Ok(());
        }
        let verdict = if *quorum_met { "met" } else { "not met" };
        writeln!(f, "Quorum {verdict}: at least {quorum} ballots were needed, {} came.", self.tally.ballots)
    }

    fn threshold(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Threshold::Share { numerator, denominator, comparison, of } = self.manifest.rules().threshold
        else {
            return Ok(());
        };
        let comparison = match comparison {
            Comparison::MoreThan => "more than",
            Comparison::AtLeast => "at least",
        };
        let base = match of {
            ThresholdBase::AllBallots => "all ballots, abstentions included",
            ThresholdBase::BallotsWithChoice => "the ballots that chose something",
        };
        writeln!(f, "To win, an option needed {comparison} {numerator}/{denominator} of {base}.")
    }

    fn winners(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.tally.winners.len() == 1 { "Winner: " } else { "Winners: " })?;
        self.names(f, &self.tally.winners)?;
        f.write_str(".")
    }

    fn tie(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tally.tied.is_empty() {
            return Ok(());
        }
        f.write_str(" ")?;
        self.names(f, &self.tally.tied)?;
        write!(f, " had equally many {}s; by the rules ", self.unit())?;
        f.write_str(match self.manifest.rules().ties {
            TieRule::NoWinner => "none of them wins.",
            TieRule::AllWin => "all of them win.",
            TieRule::OrderOfOptions => "those listed first win.",
        })
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { ballots, abstentions, .. } = self.tally;
        writeln!(f, "{}", self.manifest.question())?;
        let size = self.manifest.registry().size;
        match abstentions {
            Some(abstentions) => {
                writeln!(
                    f,
                    "{ballots} of {size} registered cast a ballot; {abstentions} of them abstained."
                )?;
            }
            None => writeln!(f, "{ballots} of {size} registered cast a ballot.")?,
        }
        self.counts(f)?;
        self.quorum(f)?;
        self.threshold(f)?;
        match self.tally.outcome {
            Outcome::Decided => self.winners(f)?,
            Outcome::PartlyDecided => {
                self.winners(f)?;
                let seats = usize::from(self.manifest.rules().seats);
                write!(
                    f,
                    " {} of {seats} seats stay empty.",
                    seats.saturating_sub(self.tally.winners.len())
                )?;
            }
            Outcome::Tied => f.write_str("Nobody wins: there is a tie.")?,
            Outcome::NoneQualified => write!(f, "Nobody wins: no option has enough {}s.", self.unit())?,
            Outcome::NotOpened => {
                let least = self.manifest.secret().map_or(0, |secret| secret.policy.least_ballots());
                write!(f, "Nobody wins: fewer than {least} ballots are not opened.")?;
            }
            Outcome::QuorumNotMet => f.write_str("Nobody wins: there were too few ballots.")?,
        }
        self.tie(f)
    }
}
