//! Packages that came after their round was closed.

use crate::trustee::{Package, Round, TrusteeIndex, held::Seen};
use alloc::{collections::BTreeMap, vec::Vec};
use core::fmt;
use tabella_primitives::digest::Digest;

/// What a trustee said in a round after that was closed here. It changes nothing. Public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// The round.
    pub round: Round,
    /// Who signed it.
    pub trustee: TrusteeIndex,
    /// Digests of two different packages of this round by this trustee, where there are two: the one with which the round was closed here first, if
    /// it was closed with one. They prove that it said two things.
    pub packages: Option<[Digest; 2]>,
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { round, trustee, packages } = self;
        match packages {
            None => write!(f, "a package of round `{round}` by trustee {trustee} came late"),
            Some([first, second]) => write!(
                f,
                "a second, different package of round `{round}` by trustee {trustee} came late: {first} and {second}"
            ),
        }
    }
}

/// What came late in a round that was closed with these packages, by trustee; `all`: all packages of the ceremony.
pub(super) fn in_round(round: Round, seen: &Seen, all: &BTreeMap<Digest, Package>) -> Vec<Late> {
    let mut late: BTreeMap<TrusteeIndex, Vec<Digest>> = BTreeMap::new();
    for (digest, package) in all.iter().filter(|(_, package)| package.round() == round) {
        if seen.iter().all(|(_, other)| other != digest) {
            late.entry(package.sender()).or_default().push(*digest);
        }
    }
    late.into_iter()
        .map(|(trustee, late)| {
            let closed =
                seen.iter().filter(|(other, _)| *other == trustee).map(|(_, digest)| *digest).take(1);
            let all: Vec<Digest> = closed.chain(late).collect();
            Late { round, trustee, packages: all.first_chunk().copied() }
        })
        .collect()
}
