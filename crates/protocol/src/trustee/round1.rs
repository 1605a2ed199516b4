//! Round 1: reveal the commitments to the polynomials, and prove to know their constant terms.
//!
//! The proof stops the rogue key: a trustee who publishes `X - (contributions of all others)` would alone know the logarithm of the
//! joint key, but does not know that of its contribution. Session, trustee, n, t, k and all commitments stand in the challenge, so
//! that nobody's proof serves anyone else or anywhere else.

use super::{
    Board, CeremonyParameters, Fault, Package, Round, RoundError, TrusteeIndex, TrusteeSecret,
    held::secret_package,
    package::Body,
    polynomial::{self, SecretPolynomial},
    round0, view,
};
use crate::wire::{self, DecodeError, Reader};
use alloc::vec::Vec;
use tabella_primitives::{
    digest::Digest,
    domain,
    edwards::{Point, Scalar},
    elgamal::MAX_SLOTS,
    encoding::EncodingError,
    knowledge::KnowledgeProof,
    rng::CryptoRng,
    secret::Secret,
    transcript::Transcript,
};

secret_package! {
    /// After round 1: the polynomials.
    SecretPackage, stage 1
}

/// The content: commitments `A_k,0..A_k,t-1` of each polynomial, and one proof for all constant terms.
///
/// Bytes: k (1), t (1), k t points packed, the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reveal {
    pub(super) commitments: Vec<Vec<Point>>,
    pub(super) proof: KnowledgeProof,
}

impl Body for Reveal {
    const ROUND: Round = Round::Reveal;

    fn to_bytes(&self) -> Vec<u8> {
        let threshold = self.commitments.first().map_or(0, Vec::len);
        let mut bytes: Vec<u8> = [self.commitments.len(), threshold]
            .into_iter()
            .map(|count| u8::try_from(count).expect("keys and degrees are few"))
            .collect();
        bytes.extend(self.commitments.iter().flatten().flat_map(Point::to_packed));
        bytes.extend(self.proof.to_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let (slots, threshold) = (usize::from(reader.u8()?), usize::from(reader.u8()?));
        // Checked before anything is read: points are dear.
        if slots > MAX_SLOTS || threshold > usize::from(super::MAX_TRUSTEES) || slots == 0 || threshold == 0 {
            return Err(DecodeError::Field { field: "counts", error: EncodingError::NotCanonical });
        }
        let mut commitments = Vec::with_capacity(slots);
        for _ in 0..slots {
            let mut polynomial = Vec::with_capacity(threshold);
            for _ in 0..threshold {
                let point = reader.take::<{ Point::PACKED_LEN }>()?;
                polynomial.push(Point::from_packed(&point).map_err(wire::in_field("commitments"))?);
            }
            commitments.push(polynomial);
        }
        let proof = reader.slice(KnowledgeProof::encoded_len(slots))?;
        let proof = KnowledgeProof::from_bytes(proof, slots).map_err(wire::in_field("proof"))?;
        reader.finish()?;
        Ok(Self { commitments, proof })
    }
}

/// What the proof is about besides the constant terms.
fn transcript(
    parameters: &CeremonyParameters,
    trustee: TrusteeIndex,
    commitments: &[Vec<Point>],
) -> Transcript {
    let mut transcript = parameters.transcript(domain::TRUSTEE_KNOWLEDGE, trustee);
    for polynomial in commitments {
        transcript.points("commitments", polynomial);
    }
    transcript
}

impl Reveal {
    /// Commits to the polynomials and proves to know their constant terms.
    pub(super) fn of(
        parameters: &CeremonyParameters,
        trustee: TrusteeIndex,
        polynomials: &[SecretPolynomial],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let commitments: Vec<Vec<Point>> =
            polynomials.iter().map(|polynomial| polynomial::commit(polynomial)).collect();
        let constants: Vec<Secret<Scalar>> =
            polynomials.iter().filter_map(|polynomial| polynomial.first().cloned()).collect();
        let context = transcript(parameters, trustee, &commitments);
        let proof = KnowledgeProof::prove(context, &constants, &constant_terms(&commitments), rng);
        Self { commitments, proof }
    }

    /// The commitments to the constant terms.
    pub(super) fn constants(&self) -> Vec<Point> {
        constant_terms(&self.commitments)
    }
}

fn constant_terms(commitments: &[Vec<Point>]) -> Vec<Point> {
    commitments.iter().filter_map(|polynomial| polynomial.first().copied()).collect()
}

/// Checks a trustee's content of round 1 by itself, against the hash of round 0.
pub(super) fn check(
    parameters: &CeremonyParameters,
    trustee: TrusteeIndex,
    committed: &Digest,
    content: &[u8],
) -> Result<Reveal, Fault> {
    if round0::hash(parameters.session(), trustee, content) != *committed {
        return Err(Fault::HashMismatch);
    }
    let reveal =
        Reveal::from_bytes(content).map_err(|error| Fault::Malformed { round: Round::Reveal, error })?;
    let count = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
    let (slots, threshold) = (parameters.slots(), parameters.threshold());
    if reveal.commitments.len() != usize::from(slots) {
        return Err(Fault::WrongSlots { expected: slots, actual: count(reveal.commitments.len()) });
    }
    if let Some(other) = reveal.commitments.iter().find(|p| p.len() != usize::from(threshold)) {
        return Err(Fault::WrongDegree {
            expected: threshold.saturating_sub(1),
            actual: count(other.len().saturating_sub(1)),
        });
    }
    let context = transcript(parameters, trustee, &reveal.commitments);
    reveal.proof.verify(context, &reveal.constants()).map_err(Fault::KnowledgeProof)?;
    Ok(reveal)
}

/// Reveals what was committed to, once round 0 is closed.
///
/// # Errors
/// [`RoundError`].
pub fn reveal(
    secret: round0::SecretPackage,
    me: &TrusteeSecret,
    board: &Board,
) -> Result<(SecretPackage, Package), RoundError> {
    let mut held = secret.0;
    board.check_turn(Round::Commit, &held, me)?;
    let content = Reveal::from_bytes(&held.public).map_err(RoundError::Damaged)?;
    held.public.clear();
    held.seen = board.seen();
    let package = view::sign(board, held.trustee, &content, me);
    Ok((SecretPackage(held), package))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trustee::tests::Cast;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    /// Each value removed from what is absorbed would make two of these challenges equal.
    #[test]
    fn every_value_that_is_absorbed_changes_the_challenge() {
        let rng = &mut ChaCha20Rng::seed_from_u64(3);
        let base = Cast::new(4, 2, 2);
        let polynomials: Vec<_> = (0..2).map(|_| polynomial::random(2, rng)).collect();
        let commitments: Vec<Vec<Point>> = polynomials.iter().map(|p| polynomial::commit(p)).collect();
        let draw = |parameters: &CeremonyParameters, trustee: u8, commitments: &[Vec<Point>]| {
            let trustee = TrusteeIndex::new(trustee).unwrap();
            transcript(parameters, trustee, commitments).challenge_scalar("challenge")
        };
        let mut all =
            alloc::vec![draw(&base.parameters, 1, &commitments), draw(&base.parameters, 2, &commitments)];
        for (nonce, n, t, k) in [(9, 4, 2, 2), (1, 3, 2, 2), (1, 4, 3, 2), (1, 4, 2, 3)] {
            let other = Cast::with_nonce(nonce, n, t, k);
            all.push(draw(&other.parameters, 1, &commitments));
        }
        for slot in 0..2 {
            for degree in 0..2 {
                let mut other = commitments.clone();
                other[slot][degree] = -other[slot][degree];
                all.push(draw(&base.parameters, 1, &other));
            }
        }
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
        }
    }
}
