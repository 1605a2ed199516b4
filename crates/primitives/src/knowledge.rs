//! Proof of knowledge of discrete logarithms [Schnorr 1991], several at once.
//!
//! ```text
//! statement    X_1..X_k, and whatever the caller absorbed before
//! proof        c = challenge(statement, r_1 B8, .., r_k B8)      z_j = r_j + c x_j
//! valid        c = challenge(statement, z_1 B8 - c X_1, .., z_k B8 - c X_k)
//! ```
//!
//! One challenge for all k conjuncts: who answers two challenges knows every x_j.

use crate::{
    edwards::{Point, Scalar},
    encoding::{Canonical, EncodingError},
    rng::CryptoRng,
    secret::Secret,
    transcript::Transcript,
};
use alloc::vec::Vec;
use core::fmt;

/// A proof `(c, z_1..z_k)`. Bytes: 32 for c and 32 for each z_j, big endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeProof {
    challenge: Scalar,
    responses: Vec<Scalar>,
}

/// A sigma proof does not hold for its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidProof {
    /// Number of values in statement and proof differ, or there are none.
    Count,
    /// A point of the statement is the identity, for which the proof would say nothing.
    Identity,
    /// The equation does not hold: another statement, another context, or a changed proof.
    NotSatisfied,
}

impl fmt::Display for InvalidProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "the proof is for another number of values",
            Self::Identity => "a point of the statement is the identity",
            Self::NotSatisfied => "the proof does not belong to this statement and context",
        })
    }
}

impl core::error::Error for InvalidProof {}

/// Absorbs the statement.
fn absorb(transcript: &mut Transcript, keys: &[Point]) {
    transcript.point("generator", &Point::base());
    transcript.points("keys", keys);
}

/// The challenge after the first message.
fn challenge(transcript: &mut Transcript, nonces: &[Point]) -> Scalar {
    transcript.points("nonces", nonces);
    transcript.challenge_scalar("challenge")
}

impl KnowledgeProof {
    /// Length in bytes of a proof for `count` logarithms.
    #[must_use]
    pub const fn encoded_len(count: usize) -> usize {
        32 * (count + 1)
    }

    /// Proves knowledge of the logarithms of `keys[j] = secrets[j] B8`. `transcript` has absorbed the context.
    ///
    /// Secrets are used in fixed sequences; nonces are erased.
    #[must_use]
    pub fn prove(
        mut transcript: Transcript,
        secrets: &[Secret<Scalar>],
        keys: &[Point],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        absorb(&mut transcript, keys);
        let witness: Vec<&Scalar> = secrets.iter().map(Secret::expose_secret).collect();
        let nonces = transcript.nonces(&witness, witness.len(), rng);
        let first: Vec<Point> = nonces.iter().map(|nonce| Point::mul_base(nonce.expose_secret())).collect();
        let challenge = challenge(&mut transcript, &first);
        let responses = nonces
            .iter()
            .zip(&witness)
            .map(|(nonce, secret)| {
                let mut response = challenge;
                response *= *secret;
                response += nonce.expose_secret();
                response
            })
            .collect();
        Self { challenge, responses }
    }

    /// Checks the proof for `keys`. `transcript` has absorbed the same context.
    ///
    /// # Errors
    /// [`InvalidProof`] says why not.
    pub fn verify(&self, mut transcript: Transcript, keys: &[Point]) -> Result<(), InvalidProof> {
        if keys.is_empty() || keys.len() != self.responses.len() {
            return Err(InvalidProof::Count);
        }
        if keys.iter().any(Point::is_identity) {
            return Err(InvalidProof::Identity);
        }
        absorb(&mut transcript, keys);
        let first: Vec<Point> = keys
            .iter()
            .zip(&self.responses)
            .map(|(key, z)| Point::multi_mul_vartime(&[Point::base(), *key], &[*z, -self.challenge]))
            .collect();
        if challenge(&mut transcript, &first) == self.challenge {
            Ok(())
        } else {
            Err(InvalidProof::NotSatisfied)
        }
    }

    /// Encodes the proof.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        core::iter::once(&self.challenge).chain(&self.responses).flat_map(Canonical::to_be_bytes).collect()
    }

    /// Decodes a proof for `count` logarithms.
    ///
    /// # Errors
    /// [`EncodingError::Length`], or [`EncodingError::NotCanonical`] for a scalar that is not below l.
    pub fn from_bytes(bytes: &[u8], count: usize) -> Result<Self, EncodingError> {
        let expected = Self::encoded_len(count);
        let (chunks, rest) = bytes.as_chunks::<32>();
        let length = EncodingError::Length { expected, actual: bytes.len() };
        let (challenge, responses) = chunks.split_first().ok_or(length.clone())?;
        if !rest.is_empty() || responses.len() != count {
            return Err(length);
        }
        Ok(Self {
            challenge: Scalar::from_be_bytes(challenge)?,
            responses: responses.iter().map(|z| Scalar::from_be_bytes(z)).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain;
    use alloc::vec;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn context(value: u64) -> Transcript {
        let mut transcript = Transcript::new(domain::TRUSTEE_KNOWLEDGE);
        transcript.u64("context", value);
        transcript
    }

    fn keys(count: u64) -> (Vec<Secret<Scalar>>, Vec<Point>) {
        let secrets: Vec<_> = (1..=count).map(|i| Secret::new(Scalar::from(i * 1_000_003))).collect();
        let keys = secrets.iter().map(|secret| Point::mul_base(secret.expose_secret())).collect();
        (secrets, keys)
    }

    #[test]
    fn a_proof_holds_for_its_statement_and_context_only() {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        for count in [1, 2, 8] {
            let (secrets, keys) = keys(count);
            let proof = KnowledgeProof::prove(context(1), &secrets, &keys, rng);
            assert_eq!(proof.verify(context(1), &keys), Ok(()));
            let bytes = proof.to_bytes();
            assert_eq!(bytes.len(), KnowledgeProof::encoded_len(keys.len()));
            assert_eq!(KnowledgeProof::from_bytes(&bytes, keys.len()), Ok(proof.clone()));
            assert_eq!(proof.verify(context(2), &keys), Err(InvalidProof::NotSatisfied));
            for i in 0..keys.len() {
                let mut other = keys.clone();
                other[i] = other[i] + Point::base();
                assert_eq!(proof.verify(context(1), &other), Err(InvalidProof::NotSatisfied));
                other[i] = Point::identity();
                assert_eq!(proof.verify(context(1), &other), Err(InvalidProof::Identity));
                let mut bad = proof.clone();
                bad.responses[i] += Scalar::from(1u64);
                assert_eq!(bad.verify(context(1), &keys), Err(InvalidProof::NotSatisfied));
            }
            let mut bad = proof.clone();
            bad.challenge += Scalar::from(1u64);
            assert_eq!(bad.verify(context(1), &keys), Err(InvalidProof::NotSatisfied));
            assert_eq!(proof.verify(context(1), &keys[1..]), Err(InvalidProof::Count));
            assert_eq!(proof.verify(context(1), &[]), Err(InvalidProof::Count));
        }
    }

    /// Each value removed from what is absorbed would make two of these challenges equal.
    #[test]
    fn every_value_that_is_absorbed_changes_the_challenge() {
        let draw = |context_value, keys: &[Point], first: &[Point]| {
            let mut transcript = context(context_value);
            absorb(&mut transcript, keys);
            challenge(&mut transcript, first)
        };
        let (_, base) = keys(4);
        let (statement, first) = (&base[..2], &base[2..]);
        let mut all = vec![draw(1, statement, first), draw(2, statement, first), draw(1, &base[..1], first)];
        for i in 0..2 {
            let mut other = statement.to_vec();
            other[i] = -other[i];
            all.push(draw(1, &other, first));
            let mut other = first.to_vec();
            other[i] = -other[i];
            all.push(draw(1, statement, &other));
        }
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
        }
    }

    /// Pinned for whoever writes the same proof anew; a value that is left out, the generator among them, breaks it.
    #[test]
    fn known_challenge() {
        let (_, points) = keys(4);
        let mut transcript = context(1);
        absorb(&mut transcript, &points[..2]);
        let pinned = "2490347747437828471227368226693516072480385112731678789923199982544240855589";
        assert_eq!(challenge(&mut transcript, &points[2..]).to_decimal(), pinned);
    }

    /// The forgery against weak Fiat-Shamir: first the challenge from the first message alone, then the key that fits.
    #[test]
    fn a_key_chosen_after_the_challenge_is_refused() {
        let nonce = Point::mul_base(&Scalar::from(5u64));
        let challenge = challenge(&mut context(1), &[nonce]);
        let response = Scalar::from(99u64);
        let inverse = ark_ff::Field::inverse(&challenge).unwrap();
        let key = (Point::mul_base(&response) - nonce).mul_vartime(&inverse);
        // The equation holds, for a key whose logarithm nobody used; only the statement in the challenge stops it.
        assert_eq!(Point::mul_base(&response), nonce + key.mul_vartime(&challenge));
        let forged = KnowledgeProof { challenge, responses: vec![response] };
        assert_eq!(forged.verify(context(1), &[key]), Err(InvalidProof::NotSatisfied));
    }

    #[test]
    fn decoding_is_strict() {
        let (secrets, keys) = keys(2);
        let bytes =
            KnowledgeProof::prove(context(1), &secrets, &keys, &mut ChaCha20Rng::seed_from_u64(1)).to_bytes();
        for len in [0, 32, 64, 95, 97, 128] {
            let mut other = bytes.clone();
            other.resize(len, 0);
            let expected = Err(EncodingError::Length { expected: 96, actual: len });
            assert_eq!(KnowledgeProof::from_bytes(&other, 2), expected);
        }
        for at in [0, 32, 64] {
            let mut other = bytes.clone();
            other[at..at + 32].fill(0xff);
            assert_eq!(KnowledgeProof::from_bytes(&other, 2), Err(EncodingError::NotCanonical));
        }
    }
}
