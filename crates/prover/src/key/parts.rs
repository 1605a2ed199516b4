//! Proving keys from their parts, as they come from the files of others, and back.

use super::{KeyError, KeyPart, ProvingKey, Queries, h_points};
use crate::{
    exec,
    matrices::Matrices,
    quotient::{domain_size, to_odd_coset},
};
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use tabella_primitives::{digest::Digest, encoding::EncodingError};
use tabella_verifier::{VerifyingKey, point, same_multiple};

/// What the quotient polynomial `h = (a b - c) / Z` is expressed in, and thus what query h holds. With d the size of the
/// domain, `Z = x^d - 1`, and `w` the root of unity of order 2 d:
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuotientBasis {
    /// Coefficients of `h`: `d - 1` points `tau^i Z(tau) / delta`, i from 0. Keys of arkworks and libsnark.
    Coefficients,
    /// Values of `a b - c` at the odd powers of `w`: `d` points `L_{2i+1}(tau) / delta`, where `L_j` is 1 at `w^j` and 0 at the
    /// other powers of `w`. Keys of snarkjs and circom.
    OddCoset,
}

/// Everything that a proving key is made of. With n variables, w of them witness, and a domain of d elements, which is the
/// power of two at or above constraints and instance variables together:
#[derive(Clone, Debug)]
pub struct KeyParts {
    /// The verifying key.
    pub verifying_key: VerifyingKey,
    /// `beta` in G1.
    pub beta_g1: G1Affine,
    /// `delta` in G1.
    pub delta_g1: G1Affine,
    /// Query a, n points; the identity for variables that A does not use.
    pub a: Vec<G1Affine>,
    /// Query b in G1, n points; the identity for variables that B does not use. `None` if it is not known, as in a key from compact
    /// bytes: see [`ProvingKey::query_b_g1`].
    pub b_g1: Option<Vec<G1Affine>>,
    /// Query b in G2, n points.
    pub b_g2: Vec<G2Affine>,
    /// Query h: d or d - 1 points, see [`QuotientBasis`].
    pub h: Vec<G1Affine>,
    /// What query h is for.
    pub h_basis: QuotientBasis,
    /// Query l, w points.
    pub l: Vec<G1Affine>,
    /// The constraint matrices, with or without C. The rows that bind the public inputs are not among them.
    pub matrices: Matrices,
}

impl KeyParts {
    /// The numbers of points are those that the matrices ask for.
    fn check_counts(&self) -> Result<(), KeyError> {
        let Self { verifying_key, a, b_g1, b_g2, h, h_basis, l, matrices, .. } = self;
        let (expected, actual) = (matrices.public_inputs(), verifying_key.public_inputs());
        if expected != actual {
            return Err(KeyError::PublicInputs { expected, actual });
        }
        let rows = matrices.constraints().saturating_add(matrices.instance_variables);
        let domain = domain_size(matrices.constraints(), matrices.instance_variables)
            .ok_or(KeyError::TooManyRows { rows })?;
        let variables = matrices.variables();
        for (part, expected, actual) in [
            (KeyPart::A, variables, a.len()),
            (KeyPart::BInG1, variables, b_g1.as_ref().map_or(variables, Vec::len)),
            (KeyPart::BInG2, variables, b_g2.len()),
            (KeyPart::H, h_points(domain, *h_basis), h.len()),
            (KeyPart::L, matrices.witness_variables(), l.len()),
        ] {
            if expected != actual {
                return Err(KeyError::PointCount { part, expected, actual });
            }
        }
        Ok(())
    }

    /// Every point lies in its group, and `beta` and `delta` are the same in both.
    fn check_points(&self) -> Result<(), KeyError> {
        let Self { verifying_key, beta_g1, delta_g1, a, b_g1, b_g2, h, l, .. } = self;
        for (part, point) in [(KeyPart::Beta, beta_g1), (KeyPart::Delta, delta_g1)] {
            if point.is_zero() {
                return Err(KeyError::Point { part, index: 0, cause: EncodingError::Identity });
            }
            check(core::slice::from_ref(point), part, on_curve)?;
        }
        let b_g1 = b_g1.as_deref().unwrap_or_default();
        let queries: [(_, &[_]); 4] =
            [(KeyPart::A, a), (KeyPart::BInG1, b_g1), (KeyPart::H, h), (KeyPart::L, l)];
        for (part, points) in queries {
            check(points, part, on_curve)?;
        }
        check(b_g2, KeyPart::BInG2, in_subgroup)?;
        for (part, in_g1, in_g2) in [
            (KeyPart::Beta, beta_g1, verifying_key.beta()),
            (KeyPart::Delta, delta_g1, verifying_key.delta()),
        ] {
            if !same_multiple(in_g1, in_g2) {
                return Err(KeyError::Contradiction { part });
            }
        }
        Ok(())
    }

    fn into_key(self, digest: Option<Digest>) -> ProvingKey {
        let Self { verifying_key, beta_g1, delta_g1, a, b_g1, b_g2, h, h_basis, l, matrices } = self;
        let queries = Queries {
            alpha_g1: *verifying_key.alpha(),
            beta_g1,
            delta_g1,
            beta_g2: *verifying_key.beta(),
            delta_g2: *verifying_key.delta(),
            a,
            b_g1,
            b_g2,
            h,
            h_basis,
            l,
        };
        ProvingKey::from_checked_parts(verifying_key, queries, matrices, digest)
    }
}

impl ProvingKey {
    /// A key of its parts. Checks what can be checked of them: the numbers of points, the curve and the subgroup of every
    /// point (in parallel), and that `beta` and `delta` are the same in G1 and in G2.
    ///
    /// Whether the points belong to the matrices is known once a proof verifies. Whether the key's secrets were destroyed no
    /// check can tell: a key is trusted by its hash.
    ///
    /// # Errors
    /// [`KeyError::PublicInputs`], [`KeyError::TooManyRows`], [`KeyError::PointCount`], [`KeyError::Point`],
    /// [`KeyError::Contradiction`].
    pub fn from_parts(parts: KeyParts) -> Result<Self, KeyError> {
        parts.check_counts()?;
        parts.check_points()?;
        Ok(parts.into_key(None))
    }

    /// [`Self::from_parts`] for parts whose hash the caller has compared with a trusted one: leaves out what that implies, curve,
    /// subgroup, and that `beta` and `delta` are the same in both groups. `digest`, if it is known, is that of the matrices.
    ///
    /// # Errors
    /// [`KeyError::PublicInputs`], [`KeyError::TooManyRows`], [`KeyError::PointCount`].
    ///
    /// # Security
    /// With a key from an untrusted source proofs can betray the witness.
    pub fn from_trusted_parts(parts: KeyParts, digest: Option<Digest>) -> Result<Self, KeyError> {
        parts.check_counts()?;
        Ok(parts.into_key(digest))
    }

    /// `beta` in G1.
    pub const fn beta_g1(&self) -> &G1Affine {
        &self.queries.beta_g1
    }

    /// `delta` in G1.
    pub const fn delta_g1(&self) -> &G1Affine {
        &self.queries.delta_g1
    }

    /// Query a: one point for each variable.
    pub fn query_a(&self) -> &[G1Affine] {
        &self.queries.a
    }

    /// Query b in G1: one point for each variable. `None` in a key from [compact bytes](Self::from_compact_bytes), whose proofs are
    /// the same: they want it only where a sum that is as good as random is the identity.
    pub fn query_b_g1(&self) -> Option<&[G1Affine]> {
        self.queries.b_g1.as_deref()
    }

    /// Query b in G2: one point for each variable.
    pub fn query_b_g2(&self) -> &[G2Affine] {
        &self.queries.b_g2
    }

    /// Query h, in the basis [`Self::quotient_basis`].
    pub fn query_h(&self) -> &[G1Affine] {
        &self.queries.h
    }

    /// Query l: one point for each witness variable.
    pub fn query_l(&self) -> &[G1Affine] {
        &self.queries.l
    }

    /// The same key with query h for [`QuotientBasis::OddCoset`]; itself if it has that basis.
    ///
    /// Makes the same proofs from the same blinding. Takes `d / 2 log d` multiplications of points for a domain of d elements:
    /// seconds for 2^13, minutes for 2^18.
    ///
    /// # Errors
    /// [`KeyError::TooManyRows`] if the domain is the greatest of the field: there are no roots of unity of twice its order.
    pub fn into_odd_coset(self) -> Result<Self, KeyError> {
        if self.queries.h_basis == QuotientBasis::OddCoset {
            return Ok(self);
        }
        let rows = self.domain_size();
        let h = to_odd_coset(&self.queries.h, rows).ok_or(KeyError::TooManyRows { rows })?;
        let Self { verifying_key, queries, matrices, circuit_digest, .. } = self;
        let queries = Queries { h, h_basis: QuotientBasis::OddCoset, ..queries };
        Ok(Self::from_checked_parts(verifying_key, queries, matrices, circuit_digest.into_inner()))
    }

    /// The same key with constraints whose C is known, so that a witness that does not satisfy them is refused with the first
    /// constraint that does not hold. Its [`circuit_digest`](Self::circuit_digest) becomes that of `matrices`.
    ///
    /// C itself cannot be compared with a key that does not hold it. Another C than that of the key refuses good witnesses, or
    /// lets bad ones pass up to the proof, which then does not verify; it proves nothing wrong.
    ///
    /// # Errors
    /// [`KeyError::OtherCircuit`] if `matrices` has other variables, another A or another B than the key.
    pub fn with_constraints(self, matrices: Matrices) -> Result<Self, KeyError> {
        if !self.matrices.same_a_and_b(&matrices) {
            return Err(KeyError::OtherCircuit);
        }
        let Self { verifying_key, queries, points, .. } = self;
        // Tables are of the points, which stay.
        Ok(Self { points, ..Self::from_checked_parts(verifying_key, queries, matrices, None) })
    }
}

/// The first point that is refused.
fn check<P: Sync>(
    points: &[P],
    part: KeyPart,
    fault: impl Fn(&P) -> Option<EncodingError> + Send + Sync,
) -> Result<(), KeyError> {
    match exec::first_some(points, fault) {
        None => Ok(()),
        Some((index, cause)) => Err(KeyError::Point { part, index, cause }),
    }
}

/// The whole curve is G1. The identity stands for unused variables.
fn on_curve(point: &G1Affine) -> Option<EncodingError> {
    (!point.is_on_curve()).then_some(EncodingError::NotOnCurve)
}

fn in_subgroup(point: &G2Affine) -> Option<EncodingError> {
    let (x, y) = point.xy()?;
    point::g2_from_coordinates(x, y).err()
}
