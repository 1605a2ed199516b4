//! Canonical bytes of a proving key: a [frame](crate::frame) with the magic `tabella-pk-v3` and three zeros.
//!
//! Integers little endian; points and coefficients in [Montgomery's form](crate::montgomery), so that nothing is computed when they
//! are read; the identity stands for variables that a matrix does not use.
//!
//! | section | bytes | what |
//! | --- | --- | --- |
//! | 1 head | 8 each | basis of the quotient: 0 for [`QuotientBasis::Coefficients`], 1 for [`QuotientBasis::OddCoset`]; constraints, instance variables, witness variables, coefficients in the pool, entries of A, of B, of C |
//! | | 32 | digest of the circuit |
//! | 2 verifying key | 516 + 64 p | as [`VerifyingKey::to_bytes`] has it, for p public inputs |
//! | 3 beta and delta | 64 each | in G1 |
//! | 4 to 8 | 64 each; 128 in section 6 | queries a, b in G1, b in G2, h, l |
//! | 9 coefficients | 32 each | pool of coefficients |
//! | 10 to 12 A, B, C | 4 each | ends of the rows; then column and place in the pool of each entry. Section 12 is there if C is known |
//!
//! All lengths follow from the head, so that a false one is refused before anything is allocated.

use super::{KeyError, KeyPart, KeyParts, ProvingKey, Queries, QuotientBasis, h_points};
use crate::{
    exec,
    frame::{Frame, FrameError, Part, Section, Writer},
    matrices::{Matrices, SparseMatrix, index},
    montgomery::{
        FIELD_BYTES, G1_BYTES, G2_BYTES, element, element_to_bytes, g1, g1_to_bytes, g2, g2_to_bytes,
    },
    quotient::domain_size,
};
use ark_bn254::G1Affine;
use ark_ff::{One, Zero};
use tabella_primitives::{Fr, digest::Digest, domain, file_digest::file_digest};
use tabella_verifier::VerifyingKey;

const MAGIC: [u8; 16] = *b"tabella-pk-v3\0\0\0";
const COUNTS: [&str; 7] = [
    "constraints",
    "instance variables",
    "witness variables",
    "coefficients",
    "entries of A",
    "entries of B",
    "entries of C",
];
/// Basis, counts, digest.
const HEAD_BYTES: usize = 8 + 8 * COUNTS.len() + 32;

const SECTIONS: [Section; 12] = [
    Section::new(1, "head"),
    Section::new(2, "verifying key"),
    Section::new(3, "beta and delta"),
    Section::new(4, "query a"),
    Section::new(5, "query b in G1"),
    Section::new(6, "query b in G2"),
    Section::new(7, "query h"),
    Section::new(8, "query l"),
    Section::new(9, "coefficients"),
    Section::new(10, "matrix A"),
    Section::new(11, "matrix B"),
    Section::optional(12, "matrix C"),
];

/// How much of a key is checked when it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Checks {
    /// Everything that can be checked of the key alone.
    Full,
    /// Lengths, canonical integers and that all indices lie in bounds.
    Form,
}

impl ProvingKey {
    /// What [`Self::from_bytes`] and [`Self::from_parts`] check, verifying key and matrices included, as a number that rises with every
    /// change of these checks: who remembers that a key was validated remembers this too.
    pub const VALIDATION: u32 = 1;

    /// The name of a key: [`file_digest`] of the file it comes from, ours or that of others.
    #[must_use]
    pub fn name_of(file: &[u8]) -> Digest {
        file_digest(domain::PROVING_KEY, &[file])
    }

    /// Whether bytes begin as those of a proving key do.
    #[must_use]
    pub fn is_magic(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Canonical bytes; their layout is described at the top of this module's source.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Queries { beta_g1, delta_g1, a, b_g1, b_g2, h, l, .. } = &self.queries;
        let verifying_key = self.verifying_key.to_bytes();
        let counts = Counts::of(&self.matrices);
        let lengths = counts.lengths(verifying_key.len(), self.queries.h_basis).unwrap_or_default();
        let present = if self.matrices.knows_c() { SECTIONS.len() } else { SECTIONS.len() - 1 };
        let sections: Vec<_> =
            SECTIONS.iter().zip(lengths).map(|(s, length)| (s.number, length)).take(present).collect();
        let mut writer = Writer::new(&MAGIC, &sections, sections.len());
        let head = writer.section();
        head.extend_from_slice(&basis_number(self.queries.h_basis).to_le_bytes());
        for count in counts.0 {
            head.extend_from_slice(&u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes());
        }
        head.extend_from_slice(self.circuit_digest().as_bytes());
        writer.section().extend_from_slice(&verifying_key);
        write_points(writer.section(), &[*beta_g1, *delta_g1], g1_to_bytes);
        write_points(writer.section(), a, g1_to_bytes);
        write_points(writer.section(), b_g1, g1_to_bytes);
        write_points(writer.section(), b_g2, g2_to_bytes);
        write_points(writer.section(), h, g1_to_bytes);
        write_points(writer.section(), l, g1_to_bytes);
        write_points(writer.section(), &self.matrices.pool, element_to_bytes);
        for matrix in self.matrices.known() {
            let section = writer.section();
            matrix.ends.iter().for_each(|end| section.extend_from_slice(&end.to_le_bytes()));
            for (column, place) in &matrix.entries {
                section.extend_from_slice(&column.to_le_bytes());
                section.extend_from_slice(&place.to_le_bytes());
            }
        }
        writer.finish()
    }

    /// Decodes and checks everything that can be checked of the key alone: sections, lengths, canonical integers, curve and
    /// subgroup of every point, that beta and delta are the same in G1 and G2, canonical matrices and their digest. Takes a
    /// second or so for a large key.
    ///
    /// Whether the key's secrets were destroyed no check can tell: a key is trusted by its hash.
    ///
    /// # Errors
    /// [`KeyError::InFile`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        decode(bytes, Checks::Full)
    }

    /// Decodes bytes whose hash the caller has compared with a trusted one: leaves out what that implies, the curve, the
    /// subgroup and the digest of the matrices. Lengths, canonical integers and bounds are checked nevertheless.
    ///
    /// # Errors
    /// [`KeyError::InFile`].
    ///
    /// # Security
    /// With a key from an untrusted source proofs can betray the witness.
    pub fn from_trusted_bytes_checked_by_hash(bytes: &[u8]) -> Result<Self, KeyError> {
        decode(bytes, Checks::Form)
    }
}

fn write_points<P, const N: usize>(section: &mut Vec<u8>, points: &[P], encode: impl Fn(&P) -> [u8; N]) {
    points.iter().for_each(|point| section.extend_from_slice(&encode(point)));
}

const fn basis_number(basis: QuotientBasis) -> u64 {
    match basis {
        QuotientBasis::Coefficients => 0,
        QuotientBasis::OddCoset => 1,
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

    /// Bytes of each section; `None` if one is beyond the address space or there is no domain.
    fn lengths(&self, verifying_key: usize, basis: QuotientBasis) -> Option<Vec<usize>> {
        let [constraints, instance, witness, pool, entries @ ..] = self.0;
        let variables = instance.checked_add(witness)?;
        let h = h_points(domain_size(constraints, instance)?, basis);
        let mut lengths = vec![HEAD_BYTES, verifying_key, 2 * G1_BYTES];
        for (count, bytes) in [
            (variables, G1_BYTES),
            (variables, G1_BYTES),
            (variables, G2_BYTES),
            (h, G1_BYTES),
            (witness, G1_BYTES),
            (pool, FIELD_BYTES),
        ] {
            lengths.push(count.checked_mul(bytes)?);
        }
        for entries in entries {
            lengths.push(entries.checked_mul(8)?.checked_add(constraints.checked_mul(4)?)?);
        }
        Some(lengths)
    }
}

impl From<FrameError> for KeyError {
    fn from(error: FrameError) -> Self {
        let FrameError { section, offset, fault } = error;
        Self::InFile { section, offset, cause: Box::new(Self::Frame(fault)) }
    }
}

/// A fault so many bytes behind the beginning of a section.
fn fault_in(part: Part<'_>, behind: usize, cause: KeyError) -> KeyError {
    KeyError::InFile { section: part.name, offset: part.offset + behind, cause: Box::new(cause) }
}

/// The head of a key.
struct Head {
    basis: QuotientBasis,
    counts: Counts,
    digest: Digest,
}

impl Head {
    fn read(part: Part<'_>, knows_c: bool) -> Result<Self, KeyError> {
        let (numbers, digest) = part.expect(Some(HEAD_BYTES))?.as_chunks::<8>().0.split_at(1 + COUNTS.len());
        let mut numbers = numbers.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let basis = match numbers.next() {
            Some(0) => QuotientBasis::Coefficients,
            Some(1) => QuotientBasis::OddCoset,
            other => return Err(fault_in(part, 0, KeyError::Basis { value: other.unwrap_or_default() })),
        };
        let mut counts = Counts([0; 7]);
        for (place, ((count, name), value)) in counts.0.iter_mut().zip(COUNTS).zip(numbers).enumerate() {
            let refused = || fault_in(part, 8 + 8 * place, KeyError::Count { name, value });
            // The field has roots of unity up to 2^28: no circuit is larger, and sums of counts stay small.
            let sensible = value <= 1 << 32 && (name != "instance variables" || value > 0);
            if !sensible || (name == "entries of C" && !knows_c && value > 0) {
                return Err(refused());
            }
            *count = usize::try_from(value).map_err(|_| refused())?;
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_flattened());
        Ok(Self { basis, counts, digest: Digest::from_bytes(bytes) })
    }
}

fn decode(bytes: &[u8], checks: Checks) -> Result<ProvingKey, KeyError> {
    let frame = Frame::open(bytes, &MAGIC, &SECTIONS)?;
    let [head, verifying, anchors, a, b_g1, b_g2, h, l, pool, matrix_a, matrix_b] =
        core::array::from_fn(|place| frame.part(place).expect("only the last section is optional"));
    let matrix_c = frame.part(SECTIONS.len() - 1);
    let Head { basis, counts, digest } = Head::read(head, matrix_c.is_some())?;
    let [constraints, instance, witness, ..] = counts.0;
    let Some(lengths) = counts.lengths(verifying.bytes.len(), basis) else {
        return Err(fault_in(head, 8, KeyError::TooManyRows { rows: constraints.saturating_add(instance) }));
    };
    // Every length before any content.
    for (place, length) in lengths.iter().enumerate() {
        if let Some(part) = frame.part(place) {
            part.expect(Some(*length))?;
        }
    }
    let verifying_key = VerifyingKey::from_bytes(verifying.bytes)
        .map_err(|e| fault_in(verifying, 0, KeyError::VerifyingKey(e)))?;
    let anchor_points = points(anchors, g1)?;
    let (beta_g1, delta_g1) = match anchor_points.as_slice() {
        [beta, delta] => (*beta, *delta),
        _ => (G1Affine::identity(), G1Affine::identity()),
    };
    let matrices = Matrices {
        instance_variables: instance,
        witness_variables: witness,
        pool: coefficients(pool)?,
        ab: [matrix(matrix_a, constraints), matrix(matrix_b, constraints)],
        c: matrix_c.map(|part| matrix(part, constraints)),
    };
    check_matrices(&matrices, pool, [Some(matrix_a), Some(matrix_b), matrix_c])?;
    let parts = KeyParts {
        verifying_key,
        beta_g1,
        delta_g1,
        a: points(a, g1)?,
        b_g1: points(b_g1, g1)?,
        b_g2: points(b_g2, g2)?,
        h: points(h, g1)?,
        h_basis: basis,
        l: points(l, g1)?,
        matrices,
    };
    let locate = |error: KeyError| match &error {
        KeyError::Point { part, index, .. } => {
            let (section, bytes) = match part {
                KeyPart::A => (a, G1_BYTES),
                KeyPart::BInG1 => (b_g1, G1_BYTES),
                KeyPart::BInG2 => (b_g2, G2_BYTES),
                KeyPart::H => (h, G1_BYTES),
                KeyPart::L => (l, G1_BYTES),
                KeyPart::Beta => (anchors, 0),
                KeyPart::Delta => return fault_in(anchors, G1_BYTES, error),
            };
            fault_in(section, index * bytes, error)
        }
        KeyError::Contradiction { part } => {
            fault_in(anchors, if *part == KeyPart::Delta { G1_BYTES } else { 0 }, error)
        }
        KeyError::PublicInputs { .. } => fault_in(verifying, 0, error),
        _ => fault_in(head, 0, error),
    };
    match checks {
        Checks::Form => ProvingKey::from_trusted_parts(parts, Some(digest)).map_err(locate),
        Checks::Full => {
            let key = ProvingKey::from_parts(parts).map_err(locate)?;
            let actual = *key.circuit_digest();
            if actual != digest {
                let cause = KeyError::CircuitDigest { expected: digest, actual };
                return Err(fault_in(head, HEAD_BYTES - 32, cause));
            }
            Ok(key)
        }
    }
}

/// All points of a section whose length was checked.
fn points<const N: usize, P: Default + Send>(
    part: Part<'_>,
    decode: impl Fn(&[u8; N]) -> Option<P> + Send + Sync,
) -> Result<Vec<P>, KeyError> {
    let (chunks, _) = part.bytes.as_chunks::<N>();
    if let Some((index, ())) = exec::first_some(chunks, |bytes| decode(bytes).is_none().then_some(())) {
        return Err(fault_in(part, index * N, KeyError::NotCanonical));
    }
    Ok(exec::map(chunks, |bytes| decode(bytes).unwrap_or_default()))
}

fn integers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

/// A matrix out of a section whose length was checked.
fn matrix(part: Part<'_>, rows: usize) -> SparseMatrix {
    let (ends, entries) = part.bytes.split_at(rows * 4);
    let pairs = entries.as_chunks::<8>().0;
    SparseMatrix {
        ends: integers(ends).collect(),
        entries: exec::map(pairs, |pair| {
            let mut numbers = integers(pair);
            (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
        }),
    }
}

/// The pool: 1, -1, then values that are canonical, not zero and all different.
fn coefficients(part: Part<'_>) -> Result<Vec<Fr>, KeyError> {
    let fault = |index| fault_in(part, index * FIELD_BYTES, KeyError::Coefficient { index });
    let chunks = part.bytes.as_chunks::<FIELD_BYTES>().0;
    let mut pool = Vec::with_capacity(chunks.len());
    for (index, chunk) in chunks.iter().enumerate() {
        pool.push(element(chunk).filter(|value| !value.is_zero()).ok_or(fault(index))?);
    }
    // Equal ones are neighbours in this order; a set of them would take several times the memory of the file.
    let mut order: Vec<u32> = (0..u32::try_from(chunks.len()).map_err(|_| fault(0))?).collect();
    order.sort_unstable_by_key(|place| (chunks[crate::matrices::index(*place)], *place));
    let repeated = order.windows(2).filter(|pair| {
        let [first, second] = [pair[0], pair[1]].map(crate::matrices::index);
        chunks[first] == chunks[second]
    });
    if let Some(place) = repeated.map(|pair| crate::matrices::index(pair[1])).min() {
        return Err(fault(place));
    }
    for (index, value) in [Fr::one(), -Fr::one()].iter().enumerate() {
        if pool.get(index) != Some(value) {
            return Err(fault(index));
        }
    }
    Ok(pool)
}

/// Rows follow one another, columns rise and exist, and the pool is numbered as its values first appear and is used up.
fn check_matrices(
    matrices: &Matrices,
    pool: Part<'_>,
    sections: [Option<Part<'_>>; 3],
) -> Result<(), KeyError> {
    let mut fresh = 2;
    let named = sections.into_iter().flatten().zip(['A', 'B', 'C']);
    for (matrix, (section, name)) in matrices.known().zip(named) {
        let mut start = 0;
        let broken = |row: usize| fault_in(section, 4 * row, KeyError::Row { matrix: name, row });
        for (row, end) in matrix.ends.iter().enumerate() {
            let end = index(*end);
            let entries = matrix.entries.get(start..end).ok_or_else(|| broken(row))?;
            let mut least = 0;
            for (column, place) in entries {
                let (column, place) = (index(*column), index(*place));
                if column < least
                    || column >= matrices.variables()
                    || place > fresh
                    || place >= matrices.pool.len()
                {
                    return Err(broken(row));
                }
                least = column + 1;
                fresh += usize::from(place == fresh);
            }
            start = end;
        }
        if start != matrix.entries.len() {
            return Err(broken(matrix.ends.len()));
        }
    }
    if fresh != matrices.pool.len() {
        return Err(fault_in(pool, fresh * FIELD_BYTES, KeyError::Coefficient { index: fresh }));
    }
    Ok(())
}
