//! Shamir's sharing in the exponent: polynomials, commitments to them [Feldman 1987], and interpolation at 0.
//!
//! ```text
//! f(x) = a_0 + a_1 x + .. + a_(t-1) x^(t-1)       A_m = a_m B8       f(j) B8 = sum j^m A_m
//! a_0 = sum lambda_j f(j) over any t distinct j,   lambda_j = prod i / (i - j) over the other i
//! ```

use super::TrusteeIndex;
use alloc::vec::Vec;
use tabella_primitives::{
    edwards::{Point, Scalar, random_scalar},
    rng::CryptoRng,
    secret::Secret,
};

/// One secret polynomial: coefficients from the constant term up. None of them is 0.
pub(super) type SecretPolynomial = Vec<Secret<Scalar>>;

/// A polynomial of degree `threshold - 1`.
pub(super) fn random(threshold: u8, rng: &mut (impl CryptoRng + ?Sized)) -> SecretPolynomial {
    (0..threshold).map(|_| random_scalar(rng)).collect()
}

/// The value at a trustee's place. Horner: the same sequence whatever the coefficients.
pub(super) fn evaluate(polynomial: &[Secret<Scalar>], at: TrusteeIndex) -> Secret<Scalar> {
    let at = at.scalar();
    let mut sum = Secret::new(Scalar::default());
    for coefficient in polynomial.iter().rev() {
        *sum.expose_secret_mut() *= at;
        *sum.expose_secret_mut() += coefficient.expose_secret();
    }
    sum
}

/// The commitments to a polynomial.
pub(super) fn commit(polynomial: &[Secret<Scalar>]) -> Vec<Point> {
    polynomial.iter().map(|coefficient| Point::mul_base(coefficient.expose_secret())).collect()
}

/// The committed polynomial's value at a trustee's place, times B8.
pub(super) fn evaluate_commitments(commitments: &[Point], at: TrusteeIndex) -> Point {
    let at = at.scalar();
    let mut power = Scalar::from(1u8);
    let powers: Vec<Scalar> = commitments
        .iter()
        .map(|_| {
            let this = power;
            power *= at;
            this
        })
        .collect();
    Point::multi_mul_vartime(commitments, &powers)
}

/// The coefficient lambda of one trustee among these, who are distinct and contain it.
pub(super) fn lagrange(of: TrusteeIndex, among: &[TrusteeIndex]) -> Scalar {
    let (mut over, mut under) = (Scalar::from(1u8), Scalar::from(1u8));
    for other in among.iter().filter(|other| **other != of) {
        over *= other.scalar();
        under *= other.scalar() - of.scalar();
    }
    // Distinct numbers below l differ modulo l.
    over / under
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn index(number: u8) -> TrusteeIndex {
        TrusteeIndex::new(number).unwrap()
    }

    #[test]
    fn any_t_values_give_the_constant_term_and_commitments_agree() {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        for threshold in 1..=5u8 {
            let polynomial = random(threshold, rng);
            let commitments = commit(&polynomial);
            // Every subset of 7 trustees with t members, and one with one member less.
            for subset in 0u8..1 << 7 {
                let among: Vec<TrusteeIndex> =
                    (1..=7).filter(|i| (subset >> (i - 1)) & 1 == 1).map(index).collect();
                let sum: Scalar = among
                    .iter()
                    .map(|i| lagrange(*i, &among) * evaluate(&polynomial, *i).expose_secret())
                    .sum();
                let enough = among.len() >= usize::from(threshold);
                assert_eq!(sum == *polynomial[0].expose_secret(), enough, "{threshold} {among:?}");
            }
            for i in (1..=20).map(index) {
                let value = Point::mul_base(evaluate(&polynomial, i).expose_secret());
                assert_eq!(evaluate_commitments(&commitments, i), value);
            }
        }
    }
}
