//! One trustee on one machine: takes the next step of a ceremony when everything for it has arrived, and remembers all that it needs
//! between steps.
//!
//! Packages come as they come: from a shared folder, by mail. A [`Participant`] is given all that are there, each time, in any order, and
//! says what it does next. Its form in bytes is written down *before* a package is handed out: so a crash loses nothing, a step that is
//! taken twice gives the same package, and no trustee says two things in one round.
//!
//! It remembers which packages a round was closed with. What comes later changes nothing, and is named ([`Late`]). Only a second package of somebody who
//! is left, and whose first one is in the round closed last, stops it, and only as long as not all others have said that they closed that round with the
//! first one: whoever saw both in time has excluded that trustee, so that there may be two ceremonies now.

mod differences;
mod late;
mod notes;
mod state;
mod stopped;

pub use differences::{Differences, OtherSeen};
pub use late::Late;
pub use state::{MAX_PARTICIPANT_BYTES, PARTICIPANT_FORMAT};
pub use stopped::{ParticipantError, Stopped};

use super::{
    Blame, Board, CeremonyError, CeremonyParameters, CeremonyRecord, KeyCeremony, KeyShare, LeftOut,
    OpeningLedger, Package, Round, RoundError, SessionId, TrusteeIndex, TrusteeSecret, endorse, held::Seen,
    round0, round1, round2, round3,
};
use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};
use core::fmt;
use tabella_primitives::{digest::Digest, rng::CryptoRng};

/// The rounds that are closed one after the other; endorsements follow.
const ROUNDS: [Round; 4] = [Round::Commit, Round::Reveal, Round::Deal, Round::Complain];

/// A trustee in a ceremony (see the [module](self)), and afterwards what it holds: the share of the key and the ledger of what it opened.
///
/// Secret: erased when dropped, and printed without what is inside.
#[derive(Clone)]
pub struct Participant {
    stage: Stage,
    /// With which packages each round was closed, in the order of [`ROUNDS`].
    closed: Vec<Seen>,
    /// What this trustee said, in the order in which it did.
    said: Vec<Package>,
    ledger: OpeningLedger,
}

/// The secrets of a step; its number is that of the rounds that are closed.
#[derive(Clone)]
enum Stage {
    Committed(round0::SecretPackage),
    Revealed(round1::SecretPackage),
    Dealt(round2::SecretPackage),
    Complained(round3::SecretPackage),
    Holds(KeyShare),
}

/// What a participant does, or waits for.
#[derive(Clone, Debug)]
pub enum Standing {
    /// It took a step: write the participant down, then hand this out. Then ask again.
    Spoke(Package),
    /// It waits for the packages of others.
    Waits {
        /// The round that is not complete.
        round: Round,
        /// Whose package is missing, ascending.
        awaited: Vec<TrusteeIndex>,
    },
    /// The ceremony is over, and every trustee who is left signed its transcript.
    Done {
        /// What anybody verifies.
        record: CeremonyRecord,
        /// What came out.
        ceremony: KeyCeremony,
    },
}

/// Where a ceremony stands, as one participant sees it.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What it does, or waits for.
    pub standing: Standing,
    /// Who was excluded for what, in the rounds that are closed.
    pub blames: Vec<Blame>,
    /// Packages that came after their round was closed, ascending. They change nothing.
    pub late: Vec<Late>,
}

impl Participant {
    /// Begins a ceremony with round 0. `packages`: all that are there; there is none by this trustee yet.
    ///
    /// # Errors
    /// [`ParticipantError::Forgotten`], or [`RoundError::NotRegistered`].
    pub fn begin(
        parameters: &CeremonyParameters,
        me: &TrusteeSecret,
        packages: &[Package],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, ParticipantError> {
        let (secret, package) = round0::commit(parameters, me, rng)?;
        let participant = Self {
            stage: Stage::Committed(secret),
            closed: Vec::new(),
            said: alloc::vec![package],
            ledger: OpeningLedger::new(),
        };
        participant.all(parameters, packages)?;
        Ok(participant)
    }

    /// The ceremony.
    #[must_use]
    pub const fn session(&self) -> &SessionId {
        match &self.stage {
            Stage::Committed(secret) => secret.session(),
            Stage::Revealed(secret) => secret.session(),
            Stage::Dealt(secret) => secret.session(),
            Stage::Complained(secret) => secret.session(),
            Stage::Holds(share) => share.session(),
        }
    }

    /// Whose it is.
    #[must_use]
    pub const fn trustee(&self) -> TrusteeIndex {
        match &self.stage {
            Stage::Committed(secret) => secret.trustee(),
            Stage::Revealed(secret) => secret.trustee(),
            Stage::Dealt(secret) => secret.trustee(),
            Stage::Complained(secret) => secret.trustee(),
            Stage::Holds(share) => share.trustee(),
        }
    }

    /// The round that is not closed yet; none once only endorsements are missing.
    #[must_use]
    pub fn due(&self) -> Option<Round> {
        ROUNDS.get(self.closed.len()).copied()
    }

    /// Everything that this trustee said, in the order in which it did.
    #[must_use]
    pub fn said(&self) -> &[Package] {
        &self.said
    }

    /// The share of the key, once this trustee endorsed the ceremony.
    #[must_use]
    pub const fn key_share(&self) -> Option<&KeyShare> {
        match &self.stage {
            Stage::Holds(share) => Some(share),
            _ => None,
        }
    }

    /// What this trustee opened.
    #[must_use]
    pub const fn ledger(&self) -> &OpeningLedger {
        &self.ledger
    }

    /// Remembers what was opened, and the share that was given for it. Answers the share to be handed out, which is the first one that was
    /// given: a ledger allows shares of one sum only.
    pub fn opened(&mut self, ledger: OpeningLedger, share: Package) -> Package {
        self.ledger = ledger;
        if let Some(first) = self.said.iter().find(|said| said.round() == Round::Decrypt) {
            return first.clone();
        }
        self.said.push(share.clone());
        share
    }

    /// Takes the next step if everything for it is there. `packages`: all that are there, those of closed rounds too, in any order; what is no
    /// package of this ceremony is passed over. `without`: who is left out of the round that is due, whether it has spoken or not; all
    /// trustees must leave out the same.
    ///
    /// Whoever leaves out somebody says so: a [`LeftOut`] for the others is in [`Self::said`] then.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn advance(
        &mut self,
        me: &TrusteeSecret,
        parameters: &CeremonyParameters,
        packages: &[Package],
        without: &[TrusteeIndex],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Progress, Box<Stopped>> {
        let stopped = |error, late| Box::new(Stopped { error, blames: Vec::new(), late, differences: None });
        let all = self.all(parameters, packages).map_err(|error| stopped(error, Vec::new()))?;
        let late = self.late(&all);
        let mut board = self.board(parameters, &all).map_err(|error| stopped(error, late.clone()))?;
        let standing = self.advance_on(&mut board, me, &all, without, rng);
        let blames = board.blames().to_vec();
        match standing {
            Ok(standing) => Ok(Progress { standing, blames, late }),
            Err(error) => {
                let differs = match error {
                    ParticipantError::Equivocation { .. }
                    | ParticipantError::Round(RoundError::Ceremony(
                        CeremonyError::OtherView { .. } | CeremonyError::OtherTranscript { .. },
                    )) => self.differences(&board, parameters, &all, packages),
                    _ => None,
                };
                let error = self.proved(error, &all);
                // Where somebody is proved to have said two things, nobody is suspected.
                let proved = matches!(error, ParticipantError::Equivocation { .. });
                let differences = differs.map(|differences| {
                    let alone = differences.alone.filter(|_| !proved);
                    Differences { alone, ..differences }
                });
                Err(Box::new(Stopped { error, blames, late, differences }))
            }
        }
    }

    /// [`Self::advance`] from the board with the rounds that are closed, and all packages of the ceremony.
    fn advance_on(
        &mut self,
        board: &mut Board,
        me: &TrusteeSecret,
        all: &BTreeMap<Digest, Package>,
        without: &[TrusteeIndex],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Standing, ParticipantError> {
        let Some(round) = self.due() else {
            let standing = Self::finish(board, all);
            // Once all have signed the transcript, all have seen the same, whatever else is signed afterwards.
            if !matches!(standing, Ok(Standing::Done { .. })) {
                self.check_equivocation(all, |trustee| board.left().contains(trustee))?;
            }
            return standing;
        };
        let left = board.left().to_vec();
        Self::hear(board, round, all, without)?;
        self.check_equivocation(all, |trustee| {
            let open = board.awaited().into_iter().chain(board.with_another_view(round));
            let mut open = open.filter(|other| other != trustee && !without.contains(other));
            left.contains(trustee) && !without.contains(trustee) && open.next().is_some()
        })?;
        let mut awaited = board.awaited();
        awaited.retain(|trustee| !without.contains(trustee));
        if !awaited.is_empty() {
            return Ok(Standing::Waits { round, awaited });
        }
        board.close(round)?;
        let (stage, package) = self.stage.clone().step(me, board, rng)?;
        self.stage = stage;
        self.closed.push(
            board.packages().filter(|p| p.round() == round).map(|p| (p.sender(), p.digest())).collect(),
        );
        let without: Vec<TrusteeIndex> =
            left.into_iter().filter(|trustee| without.contains(trustee)).collect();
        if !without.is_empty() {
            let note = LeftOut { round, without };
            self.said.push(Package::sign(*self.session(), self.trustee(), &note, me));
        }
        self.said.push(package.clone());
        Ok(Standing::Spoke(package))
    }

    /// Puts on a board what those who are left, and are not left out, say in the round that is due.
    fn hear(
        board: &mut Board,
        round: Round,
        all: &BTreeMap<Digest, Package>,
        without: &[TrusteeIndex],
    ) -> Result<(), ParticipantError> {
        // Whoever is excluded has no say: otherwise what is on a board would depend on when that came.
        let left = board.left().to_vec();
        let heard = |package: &&Package| {
            let sender = package.sender();
            package.round() == round && left.contains(&sender) && !without.contains(&sender)
        };
        for package in all.values().filter(heard) {
            board.add(package.clone()).map_err(CeremonyError::Package)?;
        }
        Ok(())
    }

    /// Checks that nobody whose one package is in the round that was closed last, and whose second one can matter, has signed another of that round. Who
    /// has two in it was judged when it was closed.
    ///
    /// Earlier rounds need no look, and were they looked at, one who is excluded could stop everybody to the end. Closing round r + 1 here took that
    /// all who spoke in it, so all who are left, had closed the rounds up to r with the same packages as here ([`Board::close`] compares views): none of
    /// them can have judged another package of these rounds, and what comes now comes late for all. For the round closed last all who are left say so in
    /// the round that is due: once all but the one with two packages have, the second one is late for all as well, and whoever is slow must not stop where
    /// the others went on. In the end the transcript, which all who are left sign, says it of round 3. Who was excluded when the last round was closed is
    /// excluded whatever else it signs; should some have closed that round with more of its packages, their views say so in the next.
    ///
    /// Whoever is left out of the round that is due cannot keep the others from it like that either: what these say in it tells whether they closed
    /// the last one with the same packages.
    fn check_equivocation(
        &self,
        all: &BTreeMap<Digest, Package>,
        matters: impl Fn(&TrusteeIndex) -> bool,
    ) -> Result<(), ParticipantError> {
        let Some((round, seen)) = ROUNDS.into_iter().zip(&self.closed).next_back() else { return Ok(()) };
        for late in late::in_round(round, seen, all) {
            let alone = seen.iter().filter(|(trustee, _)| *trustee == late.trustee).count() == 1;
            if let (true, Some(packages)) = (alone && matters(&late.trustee), late.packages) {
                return Err(ParticipantError::Equivocation { round, trustee: late.trustee, packages });
            }
        }
        Ok(())
    }

    /// Why views differ, where somebody signed two different packages of the round that was closed last, excluded for it or not: others may have closed it
    /// with other ones of these. The two prove it, whatever others say.
    fn proved(&self, error: ParticipantError, all: &BTreeMap<Digest, Package>) -> ParticipantError {
        let differ = matches!(
            error,
            ParticipantError::Round(RoundError::Ceremony(
                CeremonyError::OtherView { .. } | CeremonyError::OtherTranscript { .. }
            ))
        );
        let last = ROUNDS.into_iter().zip(&self.closed).next_back();
        let twice = last.filter(|_| differ).and_then(|(round, seen)| {
            late::said_twice(round, seen, all).map(|(trustee, packages)| (round, trustee, packages)).next()
        });
        twice.map_or(error, |(round, trustee, packages)| ParticipantError::Equivocation {
            round,
            trustee,
            packages,
        })
    }

    /// The packages of the ceremony, each once, in the one order that all find; with what this trustee said.
    fn all(
        &self,
        parameters: &CeremonyParameters,
        packages: &[Package],
    ) -> Result<BTreeMap<Digest, Package>, ParticipantError> {
        let (expected, actual) = (*parameters.session(), *self.session());
        if expected != actual {
            return Err(RoundError::OtherSession { expected, actual }.into());
        }
        let mut all = BTreeMap::new();
        for package in packages.iter().filter(|package| package.round() <= Round::Endorse) {
            let digest = package.digest();
            if all.contains_key(&digest) || package.verify(parameters).is_err() {
                continue;
            }
            if package.sender() == self.trustee() && self.said.iter().all(|said| said.digest() != digest) {
                return Err(ParticipantError::Forgotten { round: package.round() });
            }
            all.insert(digest, package.clone());
        }
        for said in self.said.iter().filter(|said| said.round() <= Round::Endorse) {
            all.insert(said.digest(), said.clone());
        }
        Ok(all)
    }

    /// The board with the rounds that are closed.
    fn board(
        &self,
        parameters: &CeremonyParameters,
        all: &BTreeMap<Digest, Package>,
    ) -> Result<Board, ParticipantError> {
        Self::board_of(&self.closed, parameters, all)
    }

    /// The board with the first rounds, closed with these packages.
    fn board_of(
        closed: &[Seen],
        parameters: &CeremonyParameters,
        all: &BTreeMap<Digest, Package>,
    ) -> Result<Board, ParticipantError> {
        let mut board = Board::new(parameters.clone());
        for (round, seen) in ROUNDS.into_iter().zip(closed) {
            let mut trustees = Vec::new();
            for (trustee, digest) in seen {
                match all.get(digest) {
                    Some(package) => board.add(package.clone()).map_err(CeremonyError::Package)?,
                    None => trustees.push(*trustee),
                }
            }
            if !trustees.is_empty() {
                return Err(ParticipantError::Gone { round, trustees });
            }
            board.close(round)?;
        }
        Ok(board)
    }

    /// Packages of closed rounds that were not there when they were closed.
    fn late(&self, all: &BTreeMap<Digest, Package>) -> Vec<Late> {
        let closed = ROUNDS.into_iter().zip(&self.closed);
        closed.flat_map(|(round, seen)| late::in_round(round, seen, all)).collect()
    }

    /// Waits for the endorsements of all who are left.
    fn finish(board: &Board, all: &BTreeMap<Digest, Package>) -> Result<Standing, ParticipantError> {
        let transcript = KeyCeremony::of(board)?;
        let (mut endorsements, mut awaited) = (Vec::new(), Vec::new());
        for trustee in board.left() {
            let by = |package: &&Package| package.round() == Round::Endorse && package.sender() == *trustee;
            let same = |package: &&Package| package.body() == transcript.transcript().as_bytes();
            // Who signed this transcript and another one too has signed this one.
            let own = all.values().filter(by).find(same).or_else(|| all.values().find(by));
            match own {
                Some(package) => endorsements.push(package.clone()),
                None => awaited.push(*trustee),
            }
        }
        if !awaited.is_empty() {
            return Ok(Standing::Waits { round: Round::Endorse, awaited });
        }
        let record = CeremonyRecord::new(board, &endorsements);
        let ceremony = record.verify()?;
        Ok(Standing::Done { record, ceremony })
    }
}

impl Stage {
    /// The step after this one.
    fn step(
        self,
        me: &TrusteeSecret,
        board: &Board,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(Self, Package), RoundError> {
        Ok(match self {
            Self::Committed(secret) => {
                let (secret, package) = round1::reveal(secret, me, board)?;
                (Self::Revealed(secret), package)
            }
            Self::Revealed(secret) => {
                let (secret, package) = round2::deal(secret, me, board, rng)?;
                (Self::Dealt(secret), package)
            }
            Self::Dealt(secret) => {
                let (secret, package) = round3::complain(secret, me, board, rng)?;
                (Self::Complained(secret), package)
            }
            Self::Complained(secret) => {
                let (share, package) = endorse(secret, me, board)?;
                (Self::Holds(share), package)
            }
            // Nothing follows; the rounds are counted by whoever calls.
            Self::Holds(_) => {
                return Err(RoundError::NotItsTurn { expected: Round::Complain, actual: board.closed() });
            }
        })
    }
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Participant(trustee {}, {} rounds closed, ..)", self.trustee(), self.closed.len())
    }
}
