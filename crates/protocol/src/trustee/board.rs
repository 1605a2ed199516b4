//! The board: what all trustees of a ceremony said, round by round, and who is left after each.
//!
//! Each trustee and each observer keeps a board of their own and puts in the packages that reach them. A round is closed once; after
//! that its packages are fixed, and late ones are refused by name. From equal packages follow equal boards, equal blame and equal
//! keys; that the packages were equal shows in the end, because every trustee signs the digest of all of them.

use super::{
    Blame, CeremonyParameters, Fault, Package, PackageError, Round, SessionId, TrusteeIndex, TrusteeSecret,
    held::{Held, Seen},
    index::Numbers,
    package::Body,
    round0::Commitment,
    round1::{self, Reveal},
    round2::{self, Deal},
    round3::{self, Complaints, Dealt},
    view,
};
use crate::wire::DecodeError;
use alloc::{collections::BTreeMap, vec::Vec};
use core::fmt;
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    edwards::Point,
};

/// Packages of one trustee in one round that are kept: two that differ prove all there is to prove.
pub(super) const KEPT: usize = 2;

/// Why a trustee's next step is not taken. Its state is lost with the error; whoever wants to try again keeps its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoundError {
    /// These keys are none of the ceremony's.
    NotRegistered,
    /// The secrets belong to another ceremony.
    OtherSession {
        /// The ceremony of the board.
        expected: SessionId,
        /// The ceremony of the secrets.
        actual: SessionId,
    },
    /// The step wants this round to be the last that was closed.
    NotItsTurn {
        /// The round that has to be closed last.
        expected: Round,
        /// The round that was closed last.
        actual: Option<Round>,
    },
    /// This trustee was excluded.
    Excluded {
        /// For what.
        fault: Fault,
    },
    /// Packages of a closed round are others than when this trustee acted on them: somebody spoke after having seen what others revealed,
    /// or the board was changed.
    BoardChanged {
        /// Whose packages are new, gone or others.
        trustees: Vec<TrusteeIndex>,
    },
    /// The secrets are damaged.
    Damaged(DecodeError),
    /// The ceremony cannot go on.
    Ceremony(CeremonyError),
}

impl RoundError {
    /// Who is to blame, if somebody is.
    #[must_use]
    pub fn culprits(&self) -> &[TrusteeIndex] {
        match self {
            Self::BoardChanged { trustees } => trustees,
            Self::Ceremony(error) => error.culprits(),
            _ => &[],
        }
    }
}

impl fmt::Display for RoundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegistered => f.write_str("these keys are not registered for the ceremony"),
            Self::OtherSession { expected, actual } => {
                write!(f, "the secrets belong to session {actual}, not to {expected}")
            }
            Self::NotItsTurn { expected, actual: Some(actual) } => {
                write!(f, "round `{expected}` has to be closed last; it is round `{actual}`")
            }
            Self::NotItsTurn { expected, actual: None } => write!(f, "round `{expected}` is not closed"),
            Self::Excluded { fault } => write!(f, "this trustee was excluded: {fault}"),
            Self::BoardChanged { trustees } => {
                write!(f, "closed rounds have changed: packages of trustees {}", Numbers(trustees))
            }
            Self::Damaged(error) => write!(f, "the secrets are damaged: {error}"),
            Self::Ceremony(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RoundError {}

/// Why a ceremony has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CeremonyError {
    /// A package does not belong to it.
    Package(PackageError),
    /// A round is closed out of order.
    OutOfOrder {
        /// The round to be closed.
        round: Round,
    },
    /// Fewer trustees are left than it takes to decrypt.
    TooFew {
        /// How many are left.
        left: usize,
        /// The threshold t.
        threshold: u8,
        /// Who was excluded, as `blames` says.
        culprits: Vec<TrusteeIndex>,
        /// Why.
        blames: Vec<Blame>,
    },
    /// Trustees closed rounds before this one with other packages than those on the board. What they say in this round cannot be judged here:
    /// somebody who signs two packages of a round shows one to some and the other to others.
    OtherView {
        /// The round that cannot be closed.
        round: Round,
        /// Whose package of this round says so.
        trustees: Vec<TrusteeIndex>,
    },
    /// Two of the joint keys are equal, or one is the identity. It takes all who are left to arrange that.
    DegenerateKey,
    /// A trustee did not sign the transcript.
    NotEndorsed {
        /// Who.
        trustees: Vec<TrusteeIndex>,
    },
    /// A record has more packages of one trustee and round than prove all there is to prove: two, or one that is there twice. One ceremony has one record.
    TooManyPackages {
        /// The round.
        round: Round,
        /// Whose.
        trustee: TrusteeIndex,
    },
    /// A record has endorsements by trustees who are excluded, and have nothing to endorse.
    NotQualified {
        /// Who.
        trustees: Vec<TrusteeIndex>,
    },
    /// Trustees signed another transcript: not everyone saw the same packages.
    OtherTranscript {
        /// Who signed another one.
        trustees: Vec<TrusteeIndex>,
    },
}

impl CeremonyError {
    /// Who is to blame, if somebody is. After [`Self::OtherView`] and [`Self::OtherTranscript`] nobody is known to be: the trustees that these name
    /// saw other packages, which somebody else may have arranged.
    #[must_use]
    pub fn culprits(&self) -> &[TrusteeIndex] {
        match self {
            Self::TooFew { culprits, .. } => culprits,
            Self::NotEndorsed { trustees } => trustees,
            _ => &[],
        }
    }
}

impl From<PackageError> for CeremonyError {
    fn from(error: PackageError) -> Self {
        Self::Package(error)
    }
}

impl fmt::Display for CeremonyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(error) => error.fmt(f),
            Self::OutOfOrder { round } => write!(f, "round `{round}` cannot be closed now"),
            Self::TooFew { left, threshold, blames, .. } => {
                write!(f, "{left} trustees are left where {threshold} are needed")?;
                blames.iter().try_for_each(|blame| write!(f, "; {blame}"))
            }
            Self::OtherView { round, trustees } => {
                write!(f, "trustees {} saw other packages of the rounds before `{round}`", Numbers(trustees))
            }
            Self::DegenerateKey => f.write_str("the joint keys are no encryption key"),
            Self::NotEndorsed { trustees } => {
                write!(f, "the transcript is not signed by trustees {}", Numbers(trustees))
            }
            Self::TooManyPackages { round, trustee } => {
                write!(f, "more packages of round `{round}` by trustee {trustee} than a record has")
            }
            Self::NotQualified { trustees } => {
                write!(f, "the transcript is signed by trustees {}, who are excluded", Numbers(trustees))
            }
            Self::OtherTranscript { trustees } => {
                write!(f, "trustees {} signed another transcript", Numbers(trustees))
            }
        }
    }
}

impl core::error::Error for CeremonyError {}

/// The packages of rounds 0 to 3 of one ceremony (see the [module](self)). Everything in it is public.
#[derive(Clone, Debug)]
pub struct Board {
    parameters: CeremonyParameters,
    packages: BTreeMap<(Round, TrusteeIndex), Vec<Package>>,
    closed: Option<Round>,
    left: Vec<TrusteeIndex>,
    blames: Vec<Blame>,
    reveals: BTreeMap<TrusteeIndex, Reveal>,
    deals: BTreeMap<TrusteeIndex, (Digest, Deal)>,
}

impl Board {
    /// An empty board.
    #[must_use]
    pub fn new(parameters: CeremonyParameters) -> Self {
        Self {
            left: parameters.indices().collect(),
            parameters,
            packages: BTreeMap::new(),
            closed: None,
            blames: Vec::new(),
            reveals: BTreeMap::new(),
            deals: BTreeMap::new(),
        }
    }

    /// The ceremony's parameters.
    #[must_use]
    pub const fn parameters(&self) -> &CeremonyParameters {
        &self.parameters
    }

    /// The round that was closed last.
    #[must_use]
    pub const fn closed(&self) -> Option<Round> {
        self.closed
    }

    /// Who is not excluded, ascending.
    #[must_use]
    pub fn left(&self) -> &[TrusteeIndex] {
        &self.left
    }

    /// Who was excluded for what, in the order in which it was found.
    #[must_use]
    pub fn blames(&self) -> &[Blame] {
        &self.blames
    }

    /// Puts a package on the board. The same package again changes nothing; another one of the same trustee and round is kept as evidence.
    ///
    /// # Errors
    /// [`PackageError`]; the board is as before.
    pub fn add(&mut self, package: Package) -> Result<(), PackageError> {
        package.verify(&self.parameters)?;
        let (round, sender) = (package.round(), package.sender());
        if round > Round::Complain {
            return Err(PackageError::OtherRound { actual: round });
        }
        let kept = self.packages.entry((round, sender)).or_default();
        let digest = package.digest();
        if kept.iter().any(|other| other.digest() == digest) {
            return Ok(());
        }
        if self.closed.is_some_and(|closed| round <= closed) {
            return Err(PackageError::Late { round, sender });
        }
        if kept.len() < KEPT {
            kept.push(package);
            // One order, whichever came first.
            kept.sort_by_key(Package::digest);
        }
        Ok(())
    }

    /// All packages, by round and sender.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().flatten()
    }

    /// Whose package of the round that comes next to be closed is not there yet, of those who are left.
    #[must_use]
    pub fn awaited(&self) -> Vec<TrusteeIndex> {
        let Some(round) = self.next_round() else { return Vec::new() };
        let here = |trustee: &TrusteeIndex| {
            self.packages.get(&(round, *trustee)).is_some_and(|kept| !kept.is_empty())
        };
        self.left.iter().copied().filter(|trustee| !here(trustee)).collect()
    }

    fn next_round(&self) -> Option<Round> {
        self.closed.map_or(Some(Round::Commit), Round::next).filter(|round| *round <= Round::Complain)
    }

    /// Closes a round and judges what was said in it. Who is at fault, or silent, is excluded and named in [`Self::blames`]. Nothing is judged unless
    /// all who spoke closed the earlier rounds with the packages of this board.
    ///
    /// # Errors
    /// [`CeremonyError::OutOfOrder`] and [`CeremonyError::OtherView`] change nothing. [`CeremonyError::TooFew`]: the round is closed, and the
    /// ceremony is over.
    pub fn close(&mut self, round: Round) -> Result<(), CeremonyError> {
        if self.next_round() != Some(round) {
            return Err(CeremonyError::OutOfOrder { round });
        }
        let trustees = self.with_another_view(round);
        if !trustees.is_empty() {
            return Err(CeremonyError::OtherView { round, trustees });
        }
        self.closed = Some(round);
        let mut blames = Vec::new();
        let mut complaints = Vec::new();
        for trustee in self.left.clone() {
            if let Err(fault) = self.judge(round, trustee, &mut complaints) {
                blames.push(Blame { culprit: trustee, fault });
            }
        }
        if round == Round::Reveal {
            blames.extend(self.equal_constants());
        }
        for (complainer, complaint) in &complaints {
            // All complaints are judged, whoever else is excluded in this round: nobody escapes by being excluded first.
            let dealt = self.dealt(complaint.against);
            let blame = round3::judge(&self.parameters, *complainer, complaint, dealt.as_ref());
            blames.push(blame);
        }
        self.left.retain(|trustee| blames.iter().all(|blame| blame.culprit != *trustee));
        self.blames.extend(blames);
        let (left, threshold) = (self.left.len(), self.parameters.threshold());
        if left < usize::from(threshold) {
            let mut culprits: Vec<TrusteeIndex> = self.blames.iter().map(|blame| blame.culprit).collect();
            culprits.sort();
            culprits.dedup();
            return Err(CeremonyError::TooFew { left, threshold, culprits, blames: self.blames.clone() });
        }
        Ok(())
    }

    /// What a trustee has seen who closed rounds with the packages of this board (see [`view`]).
    pub(super) fn view(&self) -> Digest {
        self.view_without(&[])
    }

    /// What a trustee has seen who left out these of the last round, and else closed rounds with the packages of this board.
    pub(super) fn view_without(&self, without: &[TrusteeIndex]) -> Digest {
        let closed = |package: &&Package| {
            self.closed.is_some_and(|closed| {
                package.round() < closed
                    || (package.round() == closed && !without.contains(&package.sender()))
            })
        };
        let hasher = TaggedHasher::new(domain::TRUSTEE_VIEW).digest(self.parameters.session().as_digest());
        self.packages()
            .filter(closed)
            .fold(hasher, |hasher, package| hasher.digest(&package.digest()))
            .finish()
    }

    /// Who says in the round that comes next to have seen something else than this board. A package without a view is malformed, and is judged.
    pub(super) fn with_another_view(&self, round: Round) -> Vec<TrusteeIndex> {
        if round == Round::Commit {
            return Vec::new();
        }
        let here = self.view();
        let differs = |trustee: &TrusteeIndex| {
            let package = self.only(round, *trustee);
            package
                .is_ok_and(|package| view::split(round, package.body()).is_ok_and(|(view, _)| view != here))
        };
        self.left.iter().copied().filter(differs).collect()
    }

    /// Judges what one trustee said in a round, by itself; complaints are collected.
    fn judge(
        &mut self,
        round: Round,
        trustee: TrusteeIndex,
        complaints: &mut Vec<(TrusteeIndex, round3::Complaint)>,
    ) -> Result<(), Fault> {
        let package = self.only(round, trustee)?;
        let (body, digest) = (package.body(), package.digest());
        let content = if round == Round::Commit { body } else { view::split(round, body)?.1 };
        match round {
            Round::Commit => {
                parse::<Commitment>(content)?;
            }
            Round::Reveal => {
                let committed = parse::<Commitment>(self.only(Round::Commit, trustee)?.body())?;
                let reveal = round1::check(&self.parameters, trustee, &committed.0, content)?;
                self.reveals.insert(trustee, reveal);
            }
            Round::Deal => {
                let deal = round2::check(&self.parameters, trustee, &self.left, content)?;
                self.deals.insert(trustee, (digest, deal));
            }
            Round::Complain | Round::Endorse | Round::Decrypt | Round::LeftOut => {
                let all = parse::<Complaints>(content)?;
                complaints.extend(all.0.into_iter().map(|complaint| (trustee, complaint)));
            }
        }
        Ok(())
    }

    /// The one package of a trustee in a round.
    fn only(&self, round: Round, trustee: TrusteeIndex) -> Result<&Package, Fault> {
        match self.packages.get(&(round, trustee)).map(Vec::as_slice) {
            Some([package]) => Ok(package),
            None | Some([]) => Err(Fault::Missing { round }),
            Some(_) => Err(Fault::Equivocation { round }),
        }
    }

    /// Those who prove to know a constant term that another one, or another of their own polynomials, has too. An honest trustee's is
    /// known to nobody else, so that it cannot be among them.
    fn equal_constants(&self) -> Vec<Blame> {
        let all: Vec<(TrusteeIndex, usize, Point)> = self
            .reveals
            .iter()
            .flat_map(|(trustee, reveal)| {
                reveal.constants().into_iter().enumerate().map(|(slot, point)| (*trustee, slot, point))
            })
            .collect();
        let mut blames: Vec<Blame> = Vec::new();
        for (culprit, slot, point) in &all {
            let same = all
                .iter()
                .find(|(other, place, constant)| constant == point && (other, place) != (culprit, slot));
            if let Some((other, ..)) = same
                && blames.last().is_none_or(|last| last.culprit != *culprit)
            {
                blames.push(Blame { culprit: *culprit, fault: Fault::EqualConstants { other: *other } });
            }
        }
        blames
    }

    /// What a trustee who is left has dealt.
    pub(super) fn dealt(&self, dealer: TrusteeIndex) -> Option<Dealt<'_>> {
        let reveal = self.reveals.get(&dealer)?;
        let (digest, deal) = self.deals.get(&dealer)?;
        self.left.contains(&dealer).then_some(Dealt { reveal, deal, digest: *digest })
    }

    /// The commitments of all who are left.
    pub(super) fn commitments(&self) -> Vec<&[Vec<Point>]> {
        self.left
            .iter()
            .filter_map(|trustee| self.reveals.get(trustee))
            .map(|reveal| reveal.commitments.as_slice())
            .collect()
    }

    /// Who sent which package in the rounds that are closed.
    pub(super) fn seen(&self) -> Seen {
        let closed = |package: &&Package| self.closed.is_some_and(|closed| package.round() <= closed);
        self.packages().filter(closed).map(entry).collect()
    }

    /// Checks that this trustee may act now, on the packages on which it acted before.
    pub(super) fn check_turn(
        &self,
        expected: Round,
        held: &Held,
        me: &TrusteeSecret,
    ) -> Result<(), RoundError> {
        if held.session != *self.parameters.session() {
            return Err(RoundError::OtherSession {
                expected: *self.parameters.session(),
                actual: held.session,
            });
        }
        if self.parameters.keys_of(held.trustee) != Some(me.keys()) {
            return Err(RoundError::NotRegistered);
        }
        if self.closed != Some(expected) {
            return Err(RoundError::NotItsTurn { expected, actual: self.closed });
        }
        // What this trustee acted on before: all rounds but the one that was closed since.
        let now: Seen = self.packages().filter(|p| p.round() < expected).map(entry).collect();
        let news = now.iter().filter(|entry| !held.seen.contains(entry));
        let gone = held.seen.iter().filter(|entry| !now.contains(entry));
        let mut trustees: Vec<TrusteeIndex> = news.chain(gone).map(|(trustee, _)| *trustee).collect();
        trustees.sort();
        trustees.dedup();
        if !trustees.is_empty() {
            return Err(RoundError::BoardChanged { trustees });
        }
        if let Some(blame) = self.blames.iter().find(|blame| blame.culprit == held.trustee) {
            return Err(RoundError::Excluded { fault: blame.fault.clone() });
        }
        Ok(())
    }
}

/// Who sent which package.
fn entry(package: &Package) -> (TrusteeIndex, Digest) {
    (package.sender(), package.digest())
}

/// Decodes what was signed.
fn parse<B: Body>(content: &[u8]) -> Result<B, Fault> {
    B::from_bytes(content).map_err(|error| Fault::Malformed { round: B::ROUND, error })
}
