//! A ballot whose proof was verified.

use tabella_protocol::ballot::{BallotDigest, CastBallot};

/// A ballot that [`BallotBox::check`](crate::BallotBox::check) found good in itself: it is a ballot of the election, its
/// choice is allowed, and its proof verifies under the election's key.
///
/// It remembers the election, whose name fixes registry and key; so any box of that election may accept it, and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedBallot {
    ballot: CastBallot,
    digest: BallotDigest,
}

impl VerifiedBallot {
    /// Only for `check`, after everything was checked.
    pub(crate) fn new(ballot: CastBallot) -> Self {
        let digest = ballot.digest();
        Self { ballot, digest }
    }

    /// The ballot.
    #[must_use]
    pub const fn ballot(&self) -> &CastBallot {
        &self.ballot
    }

    /// The ballot's name.
    #[must_use]
    pub const fn digest(&self) -> BallotDigest {
        self.digest
    }

    pub(crate) fn into_ballot(self) -> CastBallot {
        self.ballot
    }
}
