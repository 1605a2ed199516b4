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
    let of_trustee = |(trustee, said): (TrusteeIndex, Said)| Late {
        round,
        trustee,
        packages: (said.closed.first().into_iter().chain(&said.late).copied())
            .collect::<Vec<_>>()
            .first_chunk()
            .copied(),
    };
    said(round, seen, all).into_iter().filter(|(_, said)| !said.late.is_empty()).map(of_trustee).collect()
}

/// Who signed two different packages of a round that was closed with these, and two of them, one with which it was closed first.
pub(super) fn said_twice(
    round: Round,
    seen: &Seen,
    all: &BTreeMap<Digest, Package>,
) -> impl Iterator<Item = (TrusteeIndex, [Digest; 2])> {
    said(round, seen, all).into_iter().filter_map(|(trustee, said)| {
        [said.closed, said.late].concat().first_chunk().map(|two| (trustee, *two))
    })
}

/// Who signed one package of a round that was closed with these, and it came late.
pub(super) fn said_late(
    round: Round,
    seen: &Seen,
    all: &BTreeMap<Digest, Package>,
) -> impl Iterator<Item = (TrusteeIndex, Digest)> {
    said(round, seen, all).into_iter().filter_map(|(trustee, said)| {
        match (said.closed.as_slice(), said.late.as_slice()) {
            ([], [only]) => Some((trustee, *only)),
            _ => None,
        }
    })
}

/// What a trustee said in a round: with what it was closed, and what came after that.
#[derive(Default)]
struct Said {
    closed: Vec<Digest>,
    late: Vec<Digest>,
}

fn said(round: Round, seen: &Seen, all: &BTreeMap<Digest, Package>) -> BTreeMap<TrusteeIndex, Said> {
    let mut said: BTreeMap<TrusteeIndex, Said> = BTreeMap::new();
    for (digest, package) in all.iter().filter(|(_, package)| package.round() == round) {
        let of_trustee = said.entry(package.sender()).or_default();
        let closed = seen.iter().any(|(_, other)| other == digest);
        if closed { &mut of_trustee.closed } else { &mut of_trustee.late }.push(*digest);
    }
    said
}
