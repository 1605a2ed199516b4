//! What a participant makes of others' notes on who was left out.

use super::{Participant, ParticipantError};
use crate::trustee::{
    Board, CeremonyParameters, KeyCeremony, LeftOut, Notes, Package, Round, TrusteeIndex, view,
};
use alloc::{collections::BTreeMap, vec::Vec};
use core::cell::LazyCell;
use tabella_primitives::digest::Digest;

impl Participant {
    /// What others say about whom they left out of the round that is due. `packages` and `without` as for [`Self::advance`]: whoever is left out has
    /// no say either.
    ///
    /// A note decides nothing, and a trustee can sign what is not so. It is belied ([`Notes::belied`]) where its signer has spoken in the next
    /// round, and has seen there exactly what this trustee would see if it closed the round that is due now, with somebody in it whom the note leaves out.
    ///
    /// # Errors
    /// [`ParticipantError`].
    pub fn notes(
        &self,
        parameters: &CeremonyParameters,
        packages: &[Package],
        without: &[TrusteeIndex],
    ) -> Result<Notes, ParticipantError> {
        let all = self.all(parameters, packages)?;
        let board = self.board(parameters, &all)?;
        let mut notes = Notes { left: board.left().to_vec(), ..Notes::default() };
        let mut here = board.clone();
        if let Some(round) = self.due() {
            let mut whole = board.clone();
            Self::hear(&mut whole, round, &all, &[])?;
            notes.spoke = whole.packages().filter(|p| p.round() == round).map(Package::sender).collect();
            notes.spoke.dedup();
            notes.other_view = whole.with_another_view(round);
            Self::hear(&mut here, round, &all, without)?;
        }
        let here = LazyCell::new(|| self.due().and_then(|round| seen_after(here, round)));
        let foreign = |package: &&Package| package.sender() != self.trustee();
        for package in packages.iter().filter(foreign) {
            let (by, Ok(note)) = (package.sender(), LeftOut::of(package)) else { continue };
            if package.verify(parameters).is_err() {
                continue;
            }
            let due = Some(note.round) == self.due();
            if !notes.left.contains(&by) {
                if due {
                    notes.unheard.push((by, package.digest()));
                }
                continue;
            }
            let stays = |named: &TrusteeIndex| notes.spoke.contains(named) && !without.contains(named);
            let belied = || {
                let said = said_to_have_seen(&all, note.round, by);
                !said.is_empty() && here.is_some_and(|here| said.contains(&here))
            };
            if due && note.without.iter().any(stays) && belied() {
                notes.belied.push((by, package.digest()));
                continue;
            }
            if note.without.contains(&self.trustee()) {
                notes.against_me.push((by, note.round));
            }
            if due && !without.contains(&by) {
                notes.heard.push((by, note));
            }
        }
        notes.against_me.sort();
        notes.against_me.dedup();
        Ok(notes)
    }
}

/// What a trustee signs to have seen who closes this round on this board.
pub(super) fn seen_after(mut board: Board, round: Round) -> Option<Digest> {
    // Too few who are left is a closed round too; another one's view is not, and stops whoever wants to close it.
    let _ = board.close(round);
    if board.closed() == Some(round) { seen_on(&board) } else { None }
}

/// What a trustee signs to have seen who closed the rounds of this board: the view, or the transcript after the last round.
pub(super) fn seen_on(board: &Board) -> Option<Digest> {
    match board.closed() {
        Some(Round::Complain) => KeyCeremony::of(board).ok().map(|ceremony| *ceremony.transcript()),
        closed => closed.map(|_| board.view()),
    }
}

/// What a trustee signed to have seen in the round after this one.
pub(super) fn said_to_have_seen(
    all: &BTreeMap<Digest, Package>,
    round: Round,
    by: TrusteeIndex,
) -> Vec<Digest> {
    let next = round.next();
    let said = all.values().filter(|p| Some(p.round()) == next && p.sender() == by);
    // An endorsement is a transcript and nothing else.
    said.filter_map(|p| view::split(p.round(), p.body()).ok()).map(|(seen, _)| seen).collect()
}
