//! Tally: the result, a pure function of the rules and the choices; of secret ballots, of the rules and the opened sum.
//!
//! Integers only, in whatever order the ballots come. An option *qualifies* if it has a vote and meets the threshold. The
//! `seats` go to qualified options by descending number of votes. Where more of them have equally many votes than
//! seats are left, [`TieRule`] decides. Without quorum nobody wins.

mod explain;
#[cfg(test)]
mod tests;

pub use explain::Explanation;

use crate::{
    ballot::{Selection, SelectionError},
    election::{Abstention, ElectionId, Manifest, Rules, TieRule},
};
use alloc::{vec, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    elgamal::WrongSlots,
};

/// One option's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionCount {
    /// Number of ballots that chose it; of secret ballots the sum of their numbers, each times its weight.
    pub votes: u64,
    /// Whether it has a vote and meets the threshold.
    pub qualified: bool,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// Every seat is filled.
    Decided,
    /// Some seats are filled; for the others there is a tie or no qualified option.
    PartlyDecided,
    /// Nobody wins: a tie for all seats.
    Tied,
    /// Nobody wins: no option has a vote and meets the threshold.
    NoneQualified,
    /// Nobody wins: too few ballots.
    QuorumNotMet,
    /// Nobody wins: there are fewer secret ballots than trustees open.
    NotOpened,
}

/// The result of an election.
///
/// Made by [`Tally::count`], a [`TallyCounter`], [`Tally::of_sum`] or [`Tally::not_opened`]; one that was read from a file is a claim, to be compared with one that
/// was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Number of valid ballots, abstentions included.
    pub ballots: u64,
    /// Number of ballots without any option; none where secret ballots may abstain, for a sum does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstentions: Option<u64>,
    /// One count per option, in the manifest's order; empty if secret ballots were not opened.
    pub counts: Vec<OptionCount>,
    /// Least number of ballots for the election to be valid; 0 without quorum.
    pub quorum: u64,
    /// Whether there are that many.
    pub quorum_met: bool,
    /// Indices of the winners, from 0: by descending number of votes, those with equally many in the manifest's order.
    pub winners: Vec<u16>,
    /// Indices of the options between which there was a tie for the last seats, ascending; empty if there was none.
    pub tied: Vec<u16>,
    /// What came out.
    pub outcome: Outcome,
}

/// A choice that cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyError {
    /// Position of the choice in the sequence, from 0.
    pub position: u64,
    /// What is wrong with it.
    pub error: SelectionError,
}

impl fmt::Display for TallyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ballot {} cannot be counted: {}", self.position, self.error)
    }
}

impl core::error::Error for TallyError {}

/// Counts choices one by one.
#[derive(Clone, Debug)]
pub struct TallyCounter {
    rules: Rules,
    registry_size: u64,
    ballots: u64,
    abstentions: u64,
    votes: Vec<u64>,
}

impl TallyCounter {
    /// An empty count for an election.
    #[must_use]
    pub fn new(manifest: &Manifest) -> Self {
        Self {
            rules: *manifest.rules(),
            registry_size: manifest.registry().size,
            ballots: 0,
            abstentions: 0,
            votes: vec![0; manifest.options().len()],
        }
    }

    /// Counts one choice.
    ///
    /// # Errors
    /// [`TallyError`] if the rules do not allow it; it is not counted then.
    pub fn add(&mut self, selection: &Selection) -> Result<(), TallyError> {
        selection
            .check(&self.rules, self.votes.len())
            .map_err(|error| TallyError { position: self.ballots, error })?;
        // Fewer than 2^64 ballots fit in any machine, and each adds at most one to any of these.
        self.ballots += 1;
        self.abstentions += u64::from(selection.is_abstention());
        for index in selection.indices() {
            if let Some(votes) = self.votes.get_mut(usize::from(*index)) {
                *votes += 1;
            }
        }
        Ok(())
    }

    /// The result.
    #[must_use]
    pub fn finish(self) -> Tally {
        let Self { rules, registry_size, ballots, abstentions, votes } = self;
        Tally::of_votes(&rules, registry_size, ballots, Some(abstentions), &votes)
    }
}

/// Gives the seats to the qualified options: winners and those tied for the last seats.
fn seat(rules: &Rules, counts: &[OptionCount]) -> (Vec<u16>, Vec<u16>) {
    let mut ranked: Vec<(u64, u16)> =
        (0u16..).zip(counts).filter(|(_, c)| c.qualified).map(|(index, c)| (c.votes, index)).collect();
    // Descending votes, then the manifest's order.
    ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let seats = usize::from(rules.seats);
    let indices = |ranked: &[(u64, u16)]| ranked.iter().map(|(_, index)| *index).collect::<Vec<_>>();
    let last_in = seats.checked_sub(1).and_then(|last| ranked.get(last));
    let (Some((last_in, _)), Some((first_out, _))) = (last_in, ranked.get(seats)) else {
        return (indices(&ranked), Vec::new());
    };
    if last_in > first_out {
        ranked.truncate(seats);
        return (indices(&ranked), Vec::new());
    }
    let votes = *last_in;
    let tied = indices(&ranked.iter().copied().filter(|(v, _)| *v == votes).collect::<Vec<_>>());
    match rules.ties {
        TieRule::NoWinner => ranked.retain(|(v, _)| *v > votes),
        TieRule::AllWin => ranked.retain(|(v, _)| *v >= votes),
        TieRule::OrderOfOptions => ranked.truncate(seats),
    }
    (indices(&ranked), tied)
}

impl Tally {
    /// Counts choices.
    ///
    /// # Errors
    /// [`TallyError`] naming the first choice that the rules do not allow.
    pub fn count<'a>(
        manifest: &Manifest,
        selections: impl IntoIterator<Item = &'a Selection>,
    ) -> Result<Self, TallyError> {
        let mut counter = TallyCounter::new(manifest);
        for selection in selections {
            counter.add(selection)?;
        }
        Ok(counter.finish())
    }

    /// The result of secret ballots from the numbers of their sum, one for each option.
    ///
    /// # Errors
    /// [`WrongSlots`].
    pub fn of_sum(manifest: &Manifest, ballots: u64, numbers: &[u64]) -> Result<Self, WrongSlots> {
        let (expected, actual) = (manifest.options().len(), numbers.len());
        if expected != actual {
            return Err(WrongSlots { expected, actual });
        }
        let abstentions = (manifest.rules().abstention == Abstention::Refused).then_some(0);
        Ok(Self::of_votes(manifest.rules(), manifest.registry().size, ballots, abstentions, numbers))
    }

    /// The result where there are fewer secret ballots than trustees open.
    #[must_use]
    pub fn not_opened(manifest: &Manifest, ballots: u64) -> Self {
        let tally = Self::of_votes(manifest.rules(), manifest.registry().size, ballots, None, &[]);
        Self { outcome: Outcome::NotOpened, ..tally }
    }

    fn of_votes(
        rules: &Rules,
        registry_size: u64,
        ballots: u64,
        abstentions: Option<u64>,
        votes: &[u64],
    ) -> Self {
        let counts: Vec<OptionCount> = votes
            .iter()
            .map(|votes| OptionCount {
                votes: *votes,
                // Where abstentions are unknown, the rules ask for no share of what they are missing from.
                qualified: rules.threshold.is_met(*votes, ballots, abstentions.unwrap_or(0)),
            })
            .collect();
        let quorum = rules.quorum.required(registry_size);
        let quorum_met = ballots >= quorum;
        let (winners, tied) = if quorum_met { seat(rules, &counts) } else { (Vec::new(), Vec::new()) };
        let outcome = match (quorum_met, winners.len()) {
            (false, _) => Outcome::QuorumNotMet,
            (true, 0) if tied.is_empty() => Outcome::NoneQualified,
            (true, 0) => Outcome::Tied,
            (true, n) if n < usize::from(rules.seats) => Outcome::PartlyDecided,
            (true, _) => Outcome::Decided,
        };
        Self { ballots, abstentions, counts, quorum, quorum_met, winners, tied, outcome }
    }

    /// The tagged digest of the whole result of one election.
    #[must_use]
    pub fn digest(&self, election: &ElectionId) -> Digest {
        let length = |list: usize| u64::try_from(list).expect("a length in memory fits 64 bits");
        let mut hasher = TaggedHasher::new(domain::TALLY).digest(election.as_digest()).u64(self.ballots);
        // No number has no bytes.
        hasher = match self.abstentions {
            Some(abstentions) => hasher.u64(abstentions),
            None => hasher.bytes(&[]),
        };
        hasher = hasher.u64(length(self.counts.len()));
        for count in &self.counts {
            hasher = hasher.u64(count.votes).u64(count.qualified.into());
        }
        hasher = hasher.u64(self.quorum).u64(self.quorum_met.into());
        for list in [&self.winners, &self.tied] {
            hasher = hasher.u64(length(list.len()));
            for index in list {
                hasher = hasher.u64((*index).into());
            }
        }
        hasher
            .u64(match self.outcome {
                Outcome::Decided => 0,
                Outcome::PartlyDecided => 1,
                Outcome::Tied => 2,
                Outcome::NoneQualified => 3,
                Outcome::QuorumNotMet => 4,
                Outcome::NotOpened => 5,
            })
            .finish()
    }

    /// The result in words, for people. `manifest` must be the election's own.
    #[must_use]
    pub const fn explain<'a>(&'a self, manifest: &'a Manifest) -> Explanation<'a> {
        Explanation::new(self, manifest)
    }
}
