//! Proof that discrete logarithms are equal [Chaum-Pedersen 1992], k of them in one proof.
//!
//! ```text
//! statement    A, X_1..X_k, D_1..D_k, and whatever the caller absorbed before:  X_j = x_j B8 and D_j = x_j A for every j
//! e_1..e_k     challenges after the whole statement;   x = sum e_j x_j,  X = sum e_j X_j,  D = sum e_j D_j
//! proof        c = challenge(r B8, r A),   z = r + c x
//! valid        c = challenge(z B8 - c X, z A - c D)
//! ```
//!
//! The combination is sound because the e_j are drawn after the points are fixed: if some D_j is not x_j A, then D is x A for a part of
//! 1/l of all coefficients. A generator, base or point that did not enter the challenge could be chosen after it, and the proof would
//! hold for anything; hence all of them do.

use crate::{
    edwards::{Point, Scalar},
    encoding::{Canonical, EncodingError},
    knowledge::InvalidProof,
    rng::CryptoRng,
    secret::Secret,
    transcript::Transcript,
};
use alloc::vec::Vec;
use ark_ff::AdditiveGroup;
use zeroize::Zeroize;

/// What is proved: the logarithms of `keys` to the base B8 are those of `images` to the base `base`, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The second base A; not the identity.
    pub base: &'a Point,
    /// `X_j = x_j B8`, at least one, none the identity.
    pub keys: &'a [Point],
    /// `D_j = x_j A`, as many.
    pub images: &'a [Point],
}

impl Statement<'_> {
    fn check(&self) -> Result<(), InvalidProof> {
        if self.keys.is_empty() || self.keys.len() != self.images.len() {
            return Err(InvalidProof::Count);
        }
        if self.base.is_identity() || self.keys.iter().chain(self.images).any(Point::is_identity) {
            return Err(InvalidProof::Identity);
        }
        Ok(())
    }

    /// Absorbs all of it; answers the coefficients e_j.
    fn absorb(&self, transcript: &mut Transcript) -> Vec<Scalar> {
        transcript.point("generator", &Point::base());
        transcript.point("base", self.base);
        transcript.points("keys", self.keys);
        transcript.points("images", self.images);
        self.keys.iter().map(|_| transcript.challenge_scalar("coefficient")).collect()
    }
}

/// The challenge after the first message.
fn challenge(transcript: &mut Transcript, over_generator: &Point, over_base: &Point) -> Scalar {
    transcript.point("nonce over generator", over_generator);
    transcript.point("nonce over base", over_base);
    transcript.challenge_scalar("challenge")
}

/// A proof `(c, z)`. Bytes: 32 for c, 32 for z, big endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DleqProof {
    challenge: Scalar,
    response: Scalar,
}

impl DleqProof {
    /// Length of the encoding in bytes.
    pub const ENCODED_LEN: usize = 64;

    /// Proves the statement by its logarithms `secrets[j] = x_j`. `transcript` has absorbed the context.
    ///
    /// Secrets are used in fixed sequences; nonces and combinations are erased.
    #[must_use]
    pub fn prove(
        mut transcript: Transcript,
        statement: &Statement<'_>,
        secrets: &[Secret<Scalar>],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let coefficients = statement.absorb(&mut transcript);
        let mut combined = Secret::new(Scalar::ZERO);
        for (coefficient, secret) in coefficients.iter().zip(secrets) {
            let mut term = *coefficient;
            term *= secret.expose_secret();
            *combined.expose_secret_mut() += term;
            term.zeroize();
        }
        let mut nonce = Secret::new(Scalar::ZERO);
        for fresh in transcript.nonces(&[combined.expose_secret()], 1, rng) {
            *nonce.expose_secret_mut() += fresh.expose_secret();
        }
        let nonce = nonce.expose_secret();
        let challenge =
            challenge(&mut transcript, &Point::mul_base(nonce), &statement.base.mul_secret(nonce));
        let mut response = challenge;
        response *= combined.expose_secret();
        response += nonce;
        Self { challenge, response }
    }

    /// Checks the proof. `transcript` has absorbed the same context.
    ///
    /// # Errors
    /// [`InvalidProof`] says why not.
    pub fn verify(&self, mut transcript: Transcript, statement: &Statement<'_>) -> Result<(), InvalidProof> {
        statement.check()?;
        let mut scalars = statement.absorb(&mut transcript);
        for coefficient in &mut scalars {
            *coefficient *= -self.challenge;
        }
        scalars.push(self.response);
        let first = |points: &[Point], base: &Point| {
            let points: Vec<Point> = points.iter().chain([base]).copied().collect();
            Point::multi_mul_vartime(&points, &scalars)
        };
        let over_generator = first(statement.keys, &Point::base());
        let over_base = first(statement.images, statement.base);
        if challenge(&mut transcript, &over_generator, &over_base) == self.challenge {
            Ok(())
        } else {
            Err(InvalidProof::NotSatisfied)
        }
    }

    /// Encodes the proof.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::ENCODED_LEN] {
        let mut bytes = [0u8; Self::ENCODED_LEN];
        let parts = self.challenge.to_be_bytes().into_iter().chain(self.response.to_be_bytes());
        for (to, from) in bytes.iter_mut().zip(parts) {
            *to = from;
        }
        bytes
    }

    /// Decodes a proof.
    ///
    /// # Errors
    /// [`EncodingError::Length`], or [`EncodingError::NotCanonical`] for a scalar that is not below l.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncodingError> {
        let length = EncodingError::Length { expected: Self::ENCODED_LEN, actual: bytes.len() };
        let (challenge, response) = bytes.split_first_chunk::<32>().ok_or(length.clone())?;
        let response: &[u8; 32] = response.try_into().map_err(|_| length)?;
        Ok(Self { challenge: Scalar::from_be_bytes(challenge)?, response: Scalar::from_be_bytes(response)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain;
    use alloc::vec;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    struct Case {
        base: Point,
        secrets: Vec<Secret<Scalar>>,
        keys: Vec<Point>,
        images: Vec<Point>,
    }

    impl Case {
        fn new(count: u64) -> Self {
            let base = Point::mul_base(&Scalar::from(4_242u64));
            let secrets: Vec<_> = (1..=count).map(|i| Secret::new(Scalar::from(i * 1_000_003))).collect();
            let keys = secrets.iter().map(|secret| Point::mul_base(secret.expose_secret())).collect();
            let images = secrets.iter().map(|secret| base.mul_secret(secret.expose_secret())).collect();
            Self { base, secrets, keys, images }
        }

        fn statement(&self) -> Statement<'_> {
            Statement { base: &self.base, keys: &self.keys, images: &self.images }
        }

        fn prove(&self) -> DleqProof {
            DleqProof::prove(context(1), &self.statement(), &self.secrets, &mut ChaCha20Rng::seed_from_u64(1))
        }
    }

    fn context(value: u64) -> Transcript {
        let mut transcript = Transcript::new(domain::TRUSTEE_DECRYPTION);
        transcript.u64("context", value);
        transcript
    }

    #[test]
    fn a_proof_holds_for_its_statement_and_context_only() {
        let refused = Err(InvalidProof::NotSatisfied);
        for count in [1, 2, 8] {
            let case = Case::new(count);
            let proof = case.prove();
            assert_eq!(proof.verify(context(1), &case.statement()), Ok(()));
            assert_eq!(DleqProof::from_bytes(&proof.to_bytes()), Ok(proof));
            assert_eq!(proof.verify(context(2), &case.statement()), refused);
            let other = Case { base: -case.base, ..Case::new(count) };
            assert_eq!(proof.verify(context(1), &other.statement()), refused);
            for i in 0..case.keys.len() {
                let mut other = Case::new(count);
                other.keys[i] = -other.keys[i];
                assert_eq!(proof.verify(context(1), &other.statement()), refused);
                let mut other = Case::new(count);
                other.images[i] = other.images[i] + Point::base();
                assert_eq!(proof.verify(context(1), &other.statement()), refused);
            }
            for bad in [
                DleqProof { challenge: -proof.challenge, ..proof },
                DleqProof { response: -proof.response, ..proof },
            ] {
                assert_eq!(bad.verify(context(1), &case.statement()), refused);
            }
        }
    }

    #[test]
    fn one_wrong_image_in_any_place_is_found_even_by_who_knows_all_secrets() {
        for i in 0..8 {
            let mut case = Case::new(8);
            case.images[i] = case.images[i] + Point::base();
            // Two errors that cancel without coefficients.
            let j = (i + 1) % 8;
            case.images[j] = case.images[j] - Point::base();
            let proof = case.prove();
            assert_eq!(proof.verify(context(1), &case.statement()), Err(InvalidProof::NotSatisfied));
        }
    }

    #[test]
    fn degenerate_statements_are_refused() {
        let case = Case::new(2);
        let proof = case.prove();
        let statement = case.statement();
        let check = |statement: Statement<'_>| proof.verify(context(1), &statement);
        assert_eq!(check(Statement { keys: &[], images: &[], ..statement }), Err(InvalidProof::Count));
        assert_eq!(check(Statement { keys: &case.keys[1..], ..statement }), Err(InvalidProof::Count));
        let identity = [case.keys[0], Point::identity()];
        assert_eq!(check(Statement { base: &identity[1], ..statement }), Err(InvalidProof::Identity));
        assert_eq!(check(Statement { keys: &identity, ..statement }), Err(InvalidProof::Identity));
        assert_eq!(check(Statement { images: &identity, ..statement }), Err(InvalidProof::Identity));
    }

    /// Each value removed from what is absorbed would make two of these challenges, or of these coefficients, equal.
    #[test]
    fn every_value_that_is_absorbed_changes_coefficients_and_challenge() {
        let draw = |value, base: &Point, keys: &[Point], images: &[Point], first: [Point; 2]| {
            let mut transcript = context(value);
            let coefficients = Statement { base, keys, images }.absorb(&mut transcript);
            (coefficients, challenge(&mut transcript, &first[0], &first[1]))
        };
        let case = Case::new(2);
        let (keys, images) = (&case.keys, &case.images);
        let first = [case.keys[1], case.images[1]];
        let honest = draw(1, &case.base, keys, images, first);
        let mut statements =
            vec![draw(2, &case.base, keys, images, first), draw(1, &-case.base, keys, images, first)];
        for i in 0..2 {
            let mut other = keys.clone();
            other[i] = -other[i];
            statements.push(draw(1, &case.base, &other, images, first));
            let mut other = images.clone();
            other[i] = -other[i];
            statements.push(draw(1, &case.base, keys, &other, first));
        }
        statements.push(draw(1, &case.base, &keys[..1], images, first));
        statements.push(draw(1, &case.base, keys, &images[..1], first));
        for (i, other) in statements.iter().enumerate() {
            assert!(honest.0[0] != other.0[0] && honest.1 != other.1, "{i}");
            assert!(statements.iter().skip(i + 1).all(|b| b.0[0] != other.0[0] && b.1 != other.1), "{i}");
        }
        // One coefficient for each pair, all of them different.
        assert_ne!(honest.0[0], honest.0[1]);
        // The first message comes after the coefficients.
        for other in [[-first[0], first[1]], [first[0], -first[1]], [first[1], first[0]]] {
            let other = draw(1, &case.base, keys, images, other);
            assert_eq!(honest.0, other.0);
            assert_ne!(honest.1, other.1);
        }
    }

    /// Pinned for whoever writes the same proof anew; a value that is left out, the generator among them, breaks it.
    #[test]
    fn known_coefficients_and_challenge() {
        let case = Case::new(2);
        let mut transcript = context(1);
        let coefficients = case.statement().absorb(&mut transcript);
        let challenge = challenge(&mut transcript, &case.keys[1], &case.images[1]);
        let values: Vec<_> = coefficients.iter().chain([&challenge]).map(Canonical::to_decimal).collect();
        assert_eq!(
            values,
            [
                "189248001451525273476163561390535626832332043805777082719711633468800306645",
                "960962225830363796914320395732615989129799829265494805332071134672620775864",
                "1130640897866621029717352776329068804591685858927205423430442895438208117214"
            ]
        );
    }

    /// The forgery against weak Fiat-Shamir [Bernhard-Pereira-Warinschi 2012]: first the challenge, then the image that fits.
    #[test]
    fn an_image_chosen_after_the_challenge_is_refused() {
        let case = Case::new(1);
        let (a, b) = (Scalar::from(5u64), Scalar::from(6u64));
        let first = [Point::mul_base(&a), case.base.mul_vartime(&b)];
        let challenge = challenge(&mut context(1), &first[0], &first[1]);
        let response = a + challenge * case.secrets[0].expose_secret();
        let inverse = ark_ff::Field::inverse(&challenge).unwrap();
        let image = case.base.mul_vartime(&((response - b) * inverse));
        assert_eq!(case.base.mul_vartime(&response), first[1] + image.mul_vartime(&challenge));
        assert_ne!(image, case.images[0]);
        let forged = DleqProof { challenge, response };
        let statement = Statement { images: &[image], ..case.statement() };
        assert_eq!(forged.verify(context(1), &statement), Err(InvalidProof::NotSatisfied));
    }

    #[test]
    fn decoding_is_strict() {
        let bytes = Case::new(1).prove().to_bytes();
        for len in [0, 31, 32, 63, 65] {
            let mut other = bytes.to_vec();
            other.resize(len, 0);
            let expected = Err(EncodingError::Length { expected: 64, actual: len });
            assert_eq!(DleqProof::from_bytes(&other), expected);
        }
        for at in [0, 32] {
            let mut other = bytes;
            other[at..at + 32].fill(0xff);
            assert_eq!(DleqProof::from_bytes(&other), Err(EncodingError::NotCanonical));
        }
    }
}
