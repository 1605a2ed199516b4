//! Canonical bytes of a proving key.
//!
//! All integers big endian; points as [`tabella_verifier::point`] has them (G1 64 bytes, G2 128 bytes), the identity, which
//! stands for variables that a matrix does not use, as zeros.
//!
//! | bytes | what |
//! | --- | --- |
//! | 16 | `tabella-pk-v1` and three zeros; `tabella-pk-v2` if the next line is there |
//! | 0 or 8 | 1 for the basis [`QuotientBasis::OddCoset`], plus 2 if C is unknown; left out if it would be 0 |
//! | 8 each | constraints, instance variables, witness variables, coefficients in the pool, entries of A, of B, of C |
//! | 32 | digest of the circuit |
//! | 516 + 64 p | verifying key, for p public inputs |
//! | 64 each | beta, delta in G1; the queries a, b, h, l in G1 |
//! | 128 each | the query b in G2 |
//! | 32 each | pool of coefficients |
//! | 4 each | of A, of B, of C if it is known: ends of the rows; then column and place in the pool of each entry |
//!
//! All lengths follow from the head, so that a false head is refused before anything is allocated.

use super::{KeyError, KeyPart, ProvingKey, Queries, QuotientBasis, form::Form, h_points};
use crate::{
    exec,
    matrices::{Matrices, SparseMatrix, index},
    quotient::{domain_size, has_odd_coset},
};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, One, Zero};
use std::collections::HashSet;
use tabella_primitives::{
    Fr,
    digest::Digest,
    encoding::{Canonical, EncodingError},
};
use tabella_verifier::{
    VerifyingKey,
    point::{G1_BYTES, G2_BYTES, g1_to_bytes, g2_to_bytes},
};

const MAGIC: [u8; 16] = *b"tabella-pk-v1\0\0\0";
/// With a [`Form`] behind it.
const MAGIC_WITH_FORM: [u8; 16] = *b"tabella-pk-v2\0\0\0";
const COUNTS: [&str; 7] = [
    "constraints",
    "instance variables",
    "witness variables",
    "coefficients",
    "entries of A",
    "entries of B",
    "entries of C",
];
/// Magic, counts, digest; without the form.
const HEAD_BYTES: usize = 16 + 8 * COUNTS.len() + 32;

/// How much of a key is checked when it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Checks {
    /// Everything that can be checked of the key alone.
    Full,
    /// Lengths, canonical integers and that all indices lie in bounds.
    Form,
}

impl ProvingKey {
    /// Canonical bytes; their layout is described at the top of this module's source.
    ///
    /// # Panics
    /// Never: counts in memory fit 64 bits.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { queries, matrices, .. } = self;
        let form = Form::of(self);
        let mut bytes = Vec::with_capacity(Counts::of(matrices).total_bytes(form).unwrap_or_default());
        if form == Form::USUAL {
            bytes.extend_from_slice(&MAGIC);
        } else {
            bytes.extend_from_slice(&MAGIC_WITH_FORM);
            bytes.extend_from_slice(&form.to_number().to_be_bytes());
        }
        for count in Counts::of(matrices).0 {
            bytes.extend_from_slice(
                &u64::try_from(count).expect("a count in memory fits 64 bits").to_be_bytes(),
            );
        }
        bytes.extend_from_slice(self.circuit_digest.as_bytes());
        bytes.extend_from_slice(&self.verifying_key.to_bytes());
        for point in [&queries.beta_g1, &queries.delta_g1]
            .into_iter()
            .chain(&queries.a)
            .chain(&queries.b_g1)
            .chain(&queries.h)
            .chain(&queries.l)
        {
            bytes.extend_from_slice(&g1_to_bytes(point));
        }
        queries.b_g2.iter().for_each(|point| bytes.extend_from_slice(&g2_to_bytes(point)));
        matrices.pool.iter().for_each(|value| bytes.extend_from_slice(&value.to_be_bytes()));
        for matrix in matrices.known() {
            matrix.ends.iter().for_each(|end| bytes.extend_from_slice(&end.to_be_bytes()));
            for (column, place) in &matrix.entries {
                bytes.extend_from_slice(&column.to_be_bytes());
                bytes.extend_from_slice(&place.to_be_bytes());
            }
        }
        bytes
    }

    /// Decodes and checks everything that can be checked of the key alone: lengths, canonical integers, curve and subgroup of
    /// every point, canonical matrices and their digest. Takes a second or so for a large key.
    ///
    /// Whether the key's secrets were destroyed no check can tell: a key is trusted by its hash.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        decode(bytes, Checks::Full)
    }

    /// Decodes bytes whose hash the caller has compared with a trusted one: leaves out what that implies, the curve, the
    /// subgroup and the digest of the matrices. Lengths, canonical integers and bounds are checked nevertheless.
    ///
    /// # Errors
    /// [`KeyError`].
    ///
    /// # Security
    /// With a key from an untrusted source proofs can betray the witness.
    pub fn from_trusted_bytes_checked_by_hash(bytes: &[u8]) -> Result<Self, KeyError> {
        decode(bytes, Checks::Form)
    }
}

/// The counts of the head, in the order of [`COUNTS`].
struct Counts([usize; 7]);

impl Counts {
    fn of(matrices: &Matrices) -> Self {
        let [a, b, c] = matrices.nonzeros();
        Self([
            matrices.constraints(),
            matrices.instance_variables,
            matrices.witness_variables,
            matrices.pool.len(),
            a,
            b,
            c,
        ])
    }

    /// Bytes of the whole key; `None` if that is beyond the address space or there is no domain.
    fn total_bytes(&self, form: Form) -> Option<usize> {
        let [constraints, instance, witness, pool, a, b, c] = self.0;
        let variables = instance.checked_add(witness)?;
        let domain = domain_size(constraints, instance)?;
        // Beta and delta in G1 are two more.
        let h = h_points(domain, form.basis);
        let g1 = variables.checked_mul(2)?.checked_add(witness)?.checked_add(h)?.checked_add(2)?;
        let entries = a.checked_add(b)?.checked_add(c)?;
        [
            instance.checked_mul(G1_BYTES)?.checked_add(G1_BYTES + 3 * G2_BYTES + 4)?,
            g1.checked_mul(G1_BYTES)?,
            variables.checked_mul(G2_BYTES)?,
            pool.checked_mul(32)?,
            constraints.checked_mul(4 * form.matrices())?,
            entries.checked_mul(8)?,
        ]
        .into_iter()
        .try_fold(HEAD_BYTES + form.bytes(), usize::checked_add)
    }
}

/// The rest of the input; its total length was checked against the head.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> u64 {
        u64::from_be_bytes(*self.take(8).first_chunk().expect("eight bytes were taken"))
    }

    fn g1(&mut self, part: KeyPart, count: usize, checks: Checks) -> Result<Vec<G1Affine>, KeyError> {
        let (chunks, _) = self.take(count * G1_BYTES).as_chunks();
        in_order(exec::map(chunks, |bytes| g1(bytes, checks)), part)
    }

    fn g2(&mut self, part: KeyPart, count: usize, checks: Checks) -> Result<Vec<G2Affine>, KeyError> {
        let (chunks, _) = self.take(count * G2_BYTES).as_chunks();
        in_order(exec::map(chunks, |bytes| g2(bytes, checks)), part)
    }

    fn integers(&mut self, count: usize) -> impl Iterator<Item = u32> + use<'a> {
        self.take(count * 4).as_chunks().0.iter().map(|bytes| u32::from_be_bytes(*bytes))
    }

    fn matrix(&mut self, rows: usize, entries: usize) -> SparseMatrix {
        let ends = self.integers(rows).collect();
        let mut numbers = self.integers(2 * entries);
        let mut pairs = Vec::with_capacity(entries);
        while let (Some(column), Some(place)) = (numbers.next(), numbers.next()) {
            pairs.push((column, place));
        }
        SparseMatrix { ends, entries: pairs }
    }
}

fn decode(bytes: &[u8], checks: Checks) -> Result<ProvingKey, KeyError> {
    let has_form = match bytes.first_chunk() {
        Some(&MAGIC) => false,
        Some(&MAGIC_WITH_FORM) => true,
        _ => return Err(KeyError::NotAProvingKey),
    };
    let head = HEAD_BYTES + if has_form { 8 } else { 0 };
    if bytes.len() < head {
        return Err(KeyError::Length { expected: head, actual: bytes.len() });
    }
    let mut reader = Reader(&bytes[16..]);
    let form = if has_form { Form::from_number(reader.number())? } else { Form::USUAL };
    let mut counts = Counts([0; 7]);
    for (count, name) in counts.0.iter_mut().zip(COUNTS) {
        let value = reader.number();
        // The field has roots of unity up to 2^28: no circuit is larger, and sums of counts stay small.
        if value > 1 << 32 {
            return Err(KeyError::Count { name, value });
        }
        *count = usize::try_from(value).map_err(|_| KeyError::Count { name, value })?;
    }
    let [constraints, instance, witness, pool, entries @ ..] = counts.0;
    let too_many = |name: &'static str, value: usize| KeyError::Count {
        name,
        value: u64::try_from(value).unwrap_or(u64::MAX),
    };
    let expected = counts.total_bytes(form).ok_or_else(|| too_many("constraints", constraints))?;
    if bytes.len() != expected {
        return Err(KeyError::Length { expected, actual: bytes.len() });
    }
    if instance == 0 {
        return Err(too_many("instance variables", instance));
    }
    let digest = Digest::from_bytes(*reader.take(32).first_chunk().expect("32 bytes were taken"));
    let verifying_key =
        VerifyingKey::from_bytes(reader.take(G1_BYTES + 3 * G2_BYTES + 4 + instance * G1_BYTES))
            .map_err(KeyError::VerifyingKey)?;
    if verifying_key.public_inputs() + 1 != instance {
        return Err(KeyError::PublicInputs { expected: instance - 1, actual: verifying_key.public_inputs() });
    }
    let variables = instance + witness;
    let domain = domain_size(constraints, instance).expect("total_bytes computed it");
    if !form.knows_c && entries[2] != 0 {
        return Err(too_many("entries of C", entries[2]));
    }
    if form.basis == QuotientBasis::OddCoset && !has_odd_coset(domain) {
        return Err(too_many("constraints", constraints));
    }
    let single = |points: Vec<G1Affine>, part| match points.as_slice() {
        [point] if !point.is_zero() => Ok(*point),
        _ => Err(KeyError::Point { part, index: 0, cause: EncodingError::Identity }),
    };
    let queries = Queries {
        alpha_g1: *verifying_key.alpha(),
        beta_g2: *verifying_key.beta(),
        delta_g2: *verifying_key.delta(),
        beta_g1: single(reader.g1(KeyPart::Beta, 1, Checks::Full)?, KeyPart::Beta)?,
        delta_g1: single(reader.g1(KeyPart::Delta, 1, Checks::Full)?, KeyPart::Delta)?,
        a: reader.g1(KeyPart::A, variables, checks)?,
        b_g1: reader.g1(KeyPart::BInG1, variables, checks)?,
        h: reader.g1(KeyPart::H, h_points(domain, form.basis), checks)?,
        h_basis: form.basis,
        l: reader.g1(KeyPart::L, witness, checks)?,
        b_g2: reader.g2(KeyPart::BInG2, variables, checks)?,
    };
    let pool = coefficients(reader.take(pool * 32))?;
    let [a, b, c] = entries;
    let matrices = Matrices {
        instance_variables: instance,
        witness_variables: witness,
        pool,
        ab: [reader.matrix(constraints, a), reader.matrix(constraints, b)],
        c: form.knows_c.then(|| reader.matrix(constraints, c)),
    };
    check_matrices(&matrices)?;
    if checks == Checks::Full {
        let actual = matrices.digest();
        if actual != digest {
            return Err(KeyError::CircuitDigest { expected: digest, actual });
        }
    }
    Ok(ProvingKey::from_checked_parts(verifying_key, queries, matrices, digest))
}

fn in_order<T>(items: Vec<Result<T, EncodingError>>, part: KeyPart) -> Result<Vec<T>, KeyError> {
    let place =
        |(index, item): (usize, Result<T, _>)| item.map_err(|cause| KeyError::Point { part, index, cause });
    items.into_iter().enumerate().map(place).collect()
}

fn g1(bytes: &[u8; G1_BYTES], checks: Checks) -> Result<G1Affine, EncodingError> {
    let [x, y] = coordinates(bytes.as_chunks().0)?;
    if x.is_zero() && y.is_zero() {
        return Ok(G1Affine::identity());
    }
    let point = G1Affine::new_unchecked(x, y);
    // The group is the whole curve.
    if checks == Checks::Full && !point.is_on_curve() {
        return Err(EncodingError::NotOnCurve);
    }
    Ok(point)
}

fn g2(bytes: &[u8; G2_BYTES], checks: Checks) -> Result<G2Affine, EncodingError> {
    let [x1, x0, y1, y0] = coordinates(bytes.as_chunks().0)?;
    let (x, y) = (Fq2::new(x0, x1), Fq2::new(y0, y1));
    if x.is_zero() && y.is_zero() {
        return Ok(G2Affine::identity());
    }
    match checks {
        Checks::Full => tabella_verifier::point::g2_from_coordinates(x, y),
        Checks::Form => Ok(G2Affine::new_unchecked(x, y)),
    }
}

fn coordinates<const N: usize>(chunks: &[[u8; 32]]) -> Result<[Fq; N], EncodingError> {
    let mut coordinates = [Fq::ZERO; N];
    for (coordinate, chunk) in coordinates.iter_mut().zip(chunks) {
        *coordinate = Fq::from_be_bytes(chunk)?;
    }
    Ok(coordinates)
}

/// The pool: 1, -1, then values that are canonical, not zero and all different.
fn coefficients(bytes: &[u8]) -> Result<Vec<Fr>, KeyError> {
    let mut seen = HashSet::new();
    let mut pool = Vec::new();
    for (index, chunk) in bytes.as_chunks::<32>().0.iter().enumerate() {
        match Fr::from_be_bytes(chunk) {
            Ok(value) if !value.is_zero() && seen.insert(value) => pool.push(value),
            _ => return Err(KeyError::Coefficient { index }),
        }
    }
    for (index, value) in [Fr::one(), -Fr::one()].iter().enumerate() {
        if pool.get(index) != Some(value) {
            return Err(KeyError::Coefficient { index });
        }
    }
    Ok(pool)
}

/// Rows follow one another, columns rise and exist, and the pool is numbered as its values first appear and is used up.
fn check_matrices(matrices: &Matrices) -> Result<(), KeyError> {
    let mut fresh = 2;
    for (matrix, name) in matrices.known().zip(['A', 'B', 'C']) {
        let mut start = 0;
        for (row, end) in matrix.ends.iter().enumerate() {
            let broken = || KeyError::Row { matrix: name, row };
            let end = index(*end);
            let entries = matrix.entries.get(start..end).ok_or_else(broken)?;
            let mut least = 0;
            for (column, place) in entries {
                let (column, place) = (index(*column), index(*place));
                if column < least
                    || column >= matrices.variables()
                    || place > fresh
                    || place >= matrices.pool.len()
                {
                    return Err(broken());
                }
                least = column + 1;
                fresh += usize::from(place == fresh);
            }
            start = end;
        }
        if start != matrix.entries.len() {
            return Err(KeyError::Row { matrix: name, row: matrix.ends.len() });
        }
    }
    if fresh != matrices.pool.len() {
        return Err(KeyError::Coefficient { index: fresh });
    }
    Ok(())
}
