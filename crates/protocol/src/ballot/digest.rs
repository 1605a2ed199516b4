//! The name of a ballot.

use crate::value::digest_newtype;

digest_newtype! {
    /// Names a ballot: the tagged digest of circuit, election, registry root, nullifier and selection, without the proof.
    ///
    /// Groth16 proofs can be re-randomised by anyone, so the same ballot can come with other proof bytes. Who has the ballot
    /// calls [`BallotStatement::digest`](super::BallotStatement::digest).
    BallotDigest
}
