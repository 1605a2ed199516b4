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
//! | 4 to 8 | 64 each; 128 in section 6 | queries a, b in G1, b in G2, h, l. Section 5 is missing if the key came without it |
//! | 9 coefficients | 32 each | pool of coefficients |
//! | 10 to 12 A, B, C | 4 each | ends of the rows; then column and place in the pool of each entry. Section 12 is there if C is known |
//!
//! All lengths follow from the head, so that a false one is refused before anything is allocated.

use super::{
    KeyError, KeyPart, KeyParts, ProvingKey, Queries, QuotientBasis, h_points,
    sections::{
        Checks, Counts, HEAD_BYTES, Head, anchors, assemble, check_matrices, coefficients, fault_in, locate,
        points, write_all,
    },
};
use crate::{
    exec,
    frame::{Frame, Part, Section, Writer},
    matrices::{Matrices, SparseMatrix},
    montgomery::{FIELD_BYTES, G1_BYTES, G2_BYTES, element_to_bytes, g1, g1_to_bytes, g2, g2_to_bytes},
    quotient::domain_size,
};
use tabella_primitives::{digest::Digest, domain, file_digest::file_digest};
use tabella_verifier::VerifyingKey;

const MAGIC: [u8; 16] = *b"tabella-pk-v3\0\0\0";

const SECTIONS: [Section; 12] = [
    Section::new(1, "head"),
    Section::new(2, "verifying key"),
    Section::new(3, "beta and delta"),
    Section::new(4, "query a"),
    Section::optional(5, "query b in G1"),
    Section::new(6, "query b in G2"),
    Section::new(7, "query h"),
    Section::new(8, "query l"),
    Section::new(9, "coefficients"),
    Section::new(10, "matrix A"),
    Section::new(11, "matrix B"),
    Section::optional(12, "matrix C"),
];

impl ProvingKey {
    /// What [`Self::from_bytes`] and [`Self::from_parts`] check, verifying key and matrices included, as a number that rises with every
    /// change of these checks: who remembers that a key was validated remembers this too.
    pub const VALIDATION: u32 = 1;

    /// The name of a key: [`file_digest`] of the file it comes from, ours or that of others.
    #[must_use]
    pub fn name_of(file: &[u8]) -> Digest {
        file_digest(domain::PROVING_KEY, &[file])
    }

    /// Whether bytes begin as those of [`Self::to_bytes`] do.
    #[must_use]
    pub fn is_magic(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Canonical bytes; their layout is described at the top of this module's source.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Queries { beta_g1, delta_g1, a, b_g1, b_g2, h, l, .. } = &self.queries;
        let verifying_key = self.verifying_key.to_bytes();
        let head = Head::of(self);
        let lengths = lengths(&head.counts, verifying_key.len(), head.basis).unwrap_or_default();
        let present = |number| match number {
            5 => b_g1.is_some(),
            12 => self.matrices.knows_c(),
            _ => true,
        };
        let sections: Vec<_> = SECTIONS
            .iter()
            .zip(lengths)
            .map(|(s, length)| (s.number, length))
            .filter(|(number, _)| present(*number))
            .collect();
        let mut writer = Writer::new(&MAGIC, &sections, sections.len());
        head.write(writer.section());
        writer.section().extend_from_slice(&verifying_key);
        write_all(writer.section(), [beta_g1, delta_g1], g1_to_bytes);
        write_all(writer.section(), a, g1_to_bytes);
        if let Some(b_g1) = b_g1 {
            write_all(writer.section(), b_g1, g1_to_bytes);
        }
        write_all(writer.section(), b_g2, g2_to_bytes);
        write_all(writer.section(), h, g1_to_bytes);
        write_all(writer.section(), l, g1_to_bytes);
        write_all(writer.section(), &self.matrices.pool, element_to_bytes);
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

/// Bytes of each section; `None` if one is beyond the address space or there is no domain.
fn lengths(counts: &Counts, verifying_key: usize, basis: QuotientBasis) -> Option<Vec<usize>> {
    let [constraints, instance, witness, pool, entries @ ..] = counts.0;
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

fn decode(bytes: &[u8], checks: Checks) -> Result<ProvingKey, KeyError> {
    let frame = Frame::open(bytes, &MAGIC, &SECTIONS)?;
    let required = |place| frame.part(place).expect("the sections asked for here are not optional");
    let [head, verifying, anchor_points, a] = core::array::from_fn(required);
    let [b_g2, h, l, pool, matrix_a, matrix_b] = core::array::from_fn(|place| required(5 + place));
    let (b_g1, matrix_c) = (frame.part(4), frame.part(11));
    let Head { basis, counts, digest } = Head::read(head, matrix_c.is_some())?;
    let [constraints, instance, witness, ..] = counts.0;
    let Some(lengths) = lengths(&counts, verifying.bytes.len(), basis) else {
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
    let [beta_g1, delta_g1] = anchors(anchor_points)?;
    let matrices = Matrices {
        instance_variables: instance,
        witness_variables: witness,
        pool: coefficients(pool, checks)?,
        ab: [matrix(matrix_a, constraints), matrix(matrix_b, constraints)],
        c: matrix_c.map(|part| matrix(part, constraints)),
    };
    check_matrices(&matrices, pool, [Some(matrix_a), Some(matrix_b), matrix_c], 4)?;
    let parts = KeyParts {
        verifying_key,
        beta_g1,
        delta_g1,
        a: points(a, g1)?,
        b_g1: b_g1.map(|b_g1| points(b_g1, g1)).transpose()?,
        b_g2: points(b_g2, g2)?,
        h: points(h, g1)?,
        h_basis: basis,
        l: points(l, g1)?,
        matrices,
    };
    let point = |part, index| match part {
        KeyPart::A => (a, index * G1_BYTES),
        KeyPart::BInG1 => (b_g1.unwrap_or(head), index * G1_BYTES),
        KeyPart::BInG2 => (b_g2, index * G2_BYTES),
        KeyPart::H => (h, index * G1_BYTES),
        _ => (l, index * G1_BYTES),
    };
    let located = |error| locate(error, [head, verifying, anchor_points], point);
    assemble(parts, (head, digest), checks, located)
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
