//! How what trustees have seen differs, as far as what each signed tells it.

use super::{Participant, ROUNDS, late, notes};
use crate::trustee::{Board, CeremonyParameters, LeftOut, Package, Round, TrusteeIndex};
use alloc::{collections::BTreeMap, vec::Vec};
use tabella_primitives::digest::Digest;

/// How many trustees may have been left out at once for that to be found. Among 20 trustees there are 1350 ways to leave out so many.
const MOST_LEFT_OUT: usize = 3;

/// Why trustees cannot go on together: they signed that the round closed last here was closed with different packages. It is what they say, and proves
/// nothing. Public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    /// The round that was closed last.
    pub round: Round,
    /// Who says to have seen other packages than this trustee, ascending.
    pub others: Vec<OtherSeen>,
    /// Whoever differs from all others, where these are two or more and saw the same: it can be this trustee. It lies, or was shown by somebody what the
    /// others were not; then it has a signed package to show for it. Nobody, where another is proved to have said two things, or where it is found whose
    /// package it had in time.
    pub alone: Option<TrusteeIndex>,
}

/// What a trustee says to have seen that this one has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSeen {
    /// Who says so.
    pub trustee: TrusteeIndex,
    /// Whom it left out of the round, ascending, if but for these it saw what this trustee has seen; otherwise nobody. Up to three are found, and in
    /// the last round one.
    pub without: Vec<TrusteeIndex>,
    /// Whose package of the round it closed it with, which came late here, if but for this it saw what this trustee has seen. One is found, of who
    /// signed nothing else in the round: it reached some in time and not others, which proves nothing.
    pub with: Option<TrusteeIndex>,
    /// Whether a note is here in which it says that it left out these ([`LeftOut`]).
    pub noted: bool,
}

impl Participant {
    /// How others' views differ from the one here. `board`: that of the closed rounds; `all`: all packages of the ceremony; `packages`: these, and notes.
    pub(super) fn differences(
        &self,
        board: &Board,
        parameters: &CeremonyParameters,
        all: &BTreeMap<Digest, Package>,
        packages: &[Package],
    ) -> Option<Differences> {
        let round = board.closed()?;
        let here = notes::seen_on(board)?;
        let mut groups: BTreeMap<Digest, Vec<TrusteeIndex>> = BTreeMap::new();
        for trustee in board.left() {
            let said = notes::said_to_have_seen(all, round, *trustee);
            // Who signed two things in the round that is due is excluded by that; an endorsement of what is here is one, whatever else was signed.
            if let Some(said) = said.iter().find(|said| **said == here).or(said.first()) {
                groups.entry(*said).or_default().push(*trustee);
            }
        }
        let foreign: Vec<_> = groups.iter().filter(|(seen, _)| **seen != here).collect();
        if foreign.is_empty() {
            return None;
        }
        let mut without = BTreeMap::new();
        let senders = senders(board, round);
        for subset in subsets(&senders, if round == Round::Complain { 1 } else { MOST_LEFT_OUT }) {
            if let Some(seen) = self.seen_without(board, parameters, all, &subset) {
                without.entry(seen).or_insert(subset);
            }
        }
        let closed = self.closed.last()?;
        let mut with = BTreeMap::new();
        for (trustee, package) in late::said_late(round, closed, all) {
            let packages = closed.iter().map(|(_, digest)| digest).chain([&package]);
            if let Some(seen) = self.seen_with(parameters, all, packages) {
                with.entry(seen).or_insert(trustee);
            }
        }
        let noted = |trustee: TrusteeIndex, without: &[TrusteeIndex]| {
            let by = packages.iter().filter(|p| p.sender() == trustee && p.verify(parameters).is_ok());
            // Whoever is silent here too may be named in it beside.
            by.filter_map(|p| LeftOut::of(p).ok()).any(|note| {
                let here = note.without.iter().filter(|trustee| senders.contains(trustee));
                note.round == round && !without.is_empty() && here.eq(without)
            })
        };
        let mut others: Vec<OtherSeen> = foreign
            .into_iter()
            .flat_map(|(seen, trustees)| trustees.iter().map(move |trustee| (seen, *trustee)))
            .map(|(seen, trustee)| {
                let without = without.get(seen).cloned().unwrap_or_default();
                OtherSeen { trustee, noted: noted(trustee, &without), without, with: with.get(seen).copied() }
            })
            .collect();
        others.sort_by_key(|other| other.trustee);
        let sizes: Vec<&[TrusteeIndex]> = groups.values().map(Vec::as_slice).collect();
        let alone = match sizes.as_slice() {
            [[alone], [_, _, ..]] | [[_, _, ..], [alone]] => Some(*alone),
            _ => None,
        };
        let explained = |alone: &TrusteeIndex| others.iter().any(|o| o.trustee == *alone && o.with.is_some());
        let alone = alone.filter(|alone| !explained(alone));
        Some(Differences { round, others, alone })
    }

    /// What this trustee would have signed to have seen, had it left out these when it closed the last round.
    fn seen_without(
        &self,
        board: &Board,
        parameters: &CeremonyParameters,
        all: &BTreeMap<Digest, Package>,
        without: &[TrusteeIndex],
    ) -> Option<Digest> {
        let (last, before) = self.closed.split_last()?;
        let round = *ROUNDS.get(before.len())?;
        if round != Round::Complain {
            return Some(board.view_without(without));
        }
        // The transcript has keys in it, which depend on who is left.
        let packages = last.iter().filter(|(trustee, _)| !without.contains(trustee));
        self.seen_with(parameters, all, packages.map(|(_, digest)| digest))
    }

    /// What this trustee would have signed to have seen, had it closed the last round with these packages.
    fn seen_with<'a>(
        &self,
        parameters: &CeremonyParameters,
        all: &BTreeMap<Digest, Package>,
        packages: impl Iterator<Item = &'a Digest>,
    ) -> Option<Digest> {
        let (_, before) = self.closed.split_last()?;
        let mut board = Self::board_of(before, parameters, all).ok()?;
        for digest in packages {
            board.add(all.get(digest)?.clone()).ok()?;
        }
        notes::seen_after(board, *ROUNDS.get(before.len())?)
    }
}

/// Who has a package in this round.
fn senders(board: &Board, round: Round) -> Vec<TrusteeIndex> {
    let mut senders: Vec<TrusteeIndex> =
        board.packages().filter(|p| p.round() == round).map(Package::sender).collect();
    senders.dedup();
    senders
}

/// All that are not empty and have no more than so many, the smaller ones first.
fn subsets(of: &[TrusteeIndex], most: usize) -> Vec<Vec<TrusteeIndex>> {
    let mut all = Vec::new();
    let mut last: Vec<Vec<TrusteeIndex>> = alloc::vec![Vec::new()];
    for _ in 0..most {
        last = last
            .iter()
            .flat_map(|subset| {
                let greater = of.iter().filter(|one| subset.last().is_none_or(|last| *one > last));
                greater.map(|one| subset.iter().copied().chain([*one]).collect())
            })
            .collect();
        all.extend_from_slice(&last);
    }
    all
}
