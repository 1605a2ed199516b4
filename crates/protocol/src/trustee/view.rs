//! What a trustee had seen when it spoke: with which packages the rounds before were closed.
//!
//! ```text
//! view = keccak(tag, session, digest of every package of the closed rounds, by round, sender and digest)
//! body of rounds 1 to 3 = view (32) content
//! ```
//!
//! Whether a trustee is at fault depends on the packages of earlier rounds: shares are for those who are left, a complaint is about an envelope.
//! Whoever is shown other packages than the rest, by somebody who signed two, does what is right by them and looks wrong to the others. The
//! view tells that from a fault: content is judged only by who saw the same. The hash of round 0 is that of the content of round 1.

use super::{Board, Fault, Package, Round, TrusteeIndex, TrusteeSecret, package::Body};
use crate::wire::DecodeError;
use alloc::vec::Vec;
use tabella_primitives::digest::Digest;

/// Bytes of a view.
const VIEW_LEN: usize = 32;

/// Signs what a trustee says in rounds 1 to 3, with what it has seen.
pub(super) fn sign<B: Body>(board: &Board, sender: TrusteeIndex, content: &B, me: &TrusteeSecret) -> Package {
    let mut body: Vec<u8> = board.view().as_bytes().to_vec();
    body.extend(content.to_bytes());
    Package::sign_bytes(*board.parameters().session(), B::ROUND, sender, body, me)
}

/// View and content of a signed body of rounds 1 to 3.
pub(super) fn split(round: Round, body: &[u8]) -> Result<(Digest, &[u8]), Fault> {
    let (view, content) = body.split_first_chunk::<VIEW_LEN>().ok_or(Fault::Malformed {
        round,
        error: DecodeError::Length { expected: VIEW_LEN, actual: body.len() },
    })?;
    Ok((Digest::from_bytes(*view), content))
}
