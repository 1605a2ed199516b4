//! The name of a ballot.

use crate::value::digest_newtype;

digest_newtype! {
    /// Names a ballot, without its proof: the tagged digest of circuit, election, registry root, nullifier and selection of an open
    /// ballot; of circuit, election and [`SealedDigest`](super::SealedDigest) of a secret one.
    ///
    /// Groth16 proofs can be re-randomised by anyone, so the same ballot can come with other proof bytes. Who has the ballot
    /// calls [`CastBallot::digest`](super::CastBallot::digest).
    BallotDigest
}
