//! A whole key ceremony in one process: for demonstrations, tests and measurements. Whoever runs it has all secrets at once, which is what
//! trustees are there to avoid.

use super::{
    Board, CeremonyParameters, CeremonyRecord, KeyShare, Package, Round, RoundError, TrusteeIndex,
    TrusteeSecret, endorse, round0, round1, round2, round3,
};
use alloc::vec::Vec;
use tabella_primitives::rng::CryptoRng;

/// A ceremony that was held in memory.
#[derive(Clone, Debug)]
pub struct HeldInMemory {
    /// The board, with round 3 closed.
    pub board: Board,
    /// The endorsements of all who are left.
    pub endorsements: Vec<Package>,
    /// The shares of all who are left, ascending. Secret.
    pub shares: Vec<KeyShare>,
}

impl HeldInMemory {
    /// The record, for everyone to verify.
    #[must_use]
    pub fn record(&self) -> CeremonyRecord {
        CeremonyRecord::new(&self.board, &self.endorsements)
    }
}

/// Takes all trustees through all rounds; who is excluded stays out.
///
/// `deliver` is given the packages of each round and answers what reaches the board: all of them, or fewer, or others.
///
/// # Errors
/// [`RoundError`], [`RoundError::Ceremony`] above all: too few are left, or a package that was delivered is none of the ceremony's.
pub fn hold_in_memory(
    parameters: CeremonyParameters,
    secrets: &[TrusteeSecret],
    rng: &mut (impl CryptoRng + ?Sized),
    mut deliver: impl FnMut(Round, Vec<Package>) -> Vec<Package>,
) -> Result<HeldInMemory, RoundError> {
    let mut board = Board::new(parameters);
    let who: Vec<(TrusteeIndex, &TrusteeSecret)> = secrets
        .iter()
        .filter_map(|me| board.parameters().index_of(me.keys()).map(|trustee| (trustee, me)))
        .collect();
    let me = |trustee: TrusteeIndex| {
        who.iter().find(|(other, _)| *other == trustee).map(|(_, me)| *me).ok_or(RoundError::NotRegistered)
    };
    let mut publish = |board: &mut Board, round: Round, packages: Vec<Package>| {
        for package in deliver(round, packages) {
            board.add(package).map_err(|error| RoundError::Ceremony(error.into()))?;
        }
        board.close(round).map_err(RoundError::Ceremony)
    };
    let (states, packages) = step(&who, |(_, me)| round0::commit(board.parameters(), me, rng))?;
    publish(&mut board, Round::Commit, packages)?;
    let (states, packages) =
        step(&states, |state| round1::reveal(state.clone(), me(state.trustee())?, &board))?;
    publish(&mut board, Round::Reveal, packages)?;
    let (states, packages) =
        step(&states, |state| round2::deal(state.clone(), me(state.trustee())?, &board, rng))?;
    publish(&mut board, Round::Deal, packages)?;
    let (states, packages) =
        step(&states, |state| round3::complain(state.clone(), me(state.trustee())?, &board, rng))?;
    publish(&mut board, Round::Complain, packages)?;
    let (shares, endorsements) = step(&states, |state| endorse(state.clone(), me(state.trustee())?, &board))?;
    let endorsements = deliver(Round::Endorse, endorsements);
    Ok(HeldInMemory { board, endorsements, shares })
}

/// The next step of each; those who are excluded have none.
fn step<S, T>(
    states: &[S],
    mut go: impl FnMut(&S) -> Result<(T, Package), RoundError>,
) -> Result<(Vec<T>, Vec<Package>), RoundError> {
    let mut out = (Vec::new(), Vec::new());
    for state in states {
        match go(state) {
            Ok((state, package)) => {
                out.0.push(state);
                out.1.push(package);
            }
            Err(RoundError::Excluded { .. }) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(out)
}
