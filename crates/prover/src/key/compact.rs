//! Compact bytes of a proving key, about a third of the canonical ones, for whom every byte must come over a network: a
//! [frame](crate::frame) with the magic `tabella-ck-v2` and three zeros.
//!
//! Left out are query b in G1, which a proof in the [second form](crate::assemble) does not need, and the points at infinity of
//! queries a and b. Three points stand in four coordinates, in [Montgomery's form](crate::montgomery), so that reading draws no roots
//! ([`triples`]).
//!
//! | section | bytes | what |
//! | --- | --- | --- |
//! | 1 to 3 | | head, verifying key, beta and delta, as in the canonical bytes |
//! | 4 places | 1, and 1 for 8 variables, twice | from the lowest bit of the first byte upwards 1 if section 5, 6, 7, 8 is by threes, and zeros; then for each variable, from the lowest bit of each byte upwards, 1 if its point in query a is not at infinity, and zeros up to the end of the last byte; then the same for query b |
//! | 5 query a, 6 query b in G2 | 128, 256 for 3 | [points](triples) that are not at infinity |
//! | 7 query h, 8 query l | 128 for 3 | all [points](triples) |
//! | 9 coefficients | 32 each | as in the canonical bytes |
//! | 10 to 12 A, B, C | | rows: number of entries, then for each how many columns lie between it and the one before, and its place in the pool. Section 12 is there if C is known |
//!
//! Numbers in sections 10 to 12 have seven bits to a byte, the lowest first; the highest bit says that more follow; the last byte is not
//! zero, unless it is the only one.
//!
//! Nothing is allocated for what bytes claim that are not there: every variable has a point in the verifying key or in query l, which
//! are whole, every row and every entry a byte.

mod triples;

use self::triples::{Curve, Points};
use super::{
    KeyError, KeyPart, KeyParts, ProvingKey, Queries, h_points,
    sections::{
        Checks, HEAD_BYTES, Head, anchors, assemble, check_matrices, coefficients, fault_in, locate,
        write_all,
    },
};
use crate::{
    exec,
    frame::{Frame, Part, Section, Writer},
    matrices::{Matrices, SparseMatrix, index},
    montgomery::{FIELD_BYTES, G1_BYTES, element_to_bytes, g1_to_bytes},
    quotient::domain_size,
};
use ark_bn254::{g1::Config as G1, g2::Config as G2};
use ark_ec::{AffineRepr, short_weierstrass::Affine};
use tabella_primitives::encoding::EncodingError;
use tabella_verifier::VerifyingKey;

const MAGIC: [u8; 16] = *b"tabella-ck-v2\0\0\0";

const SECTIONS: [Section; 12] = [
    Section::new(1, "head"),
    Section::new(2, "verifying key"),
    Section::new(3, "beta and delta"),
    Section::new(4, "places"),
    Section::new(5, "query a"),
    Section::new(6, "query b in G2"),
    Section::new(7, "query h"),
    Section::new(8, "query l"),
    Section::new(9, "coefficients"),
    Section::new(10, "matrix A"),
    Section::new(11, "matrix B"),
    Section::optional(12, "matrix C"),
];

impl ProvingKey {
    /// Whether bytes begin as those of [`Self::to_compact_bytes`] do.
    #[must_use]
    pub fn is_compact_magic(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Compact bytes, without query b in G1; their layout is described at the top of this module's source.
    ///
    /// The key that is read from them makes the same proofs.
    #[must_use]
    pub fn to_compact_bytes(&self) -> Vec<u8> {
        let Queries { beta_g1, delta_g1, a, b_g2, h, l, .. } = &self.queries;
        let mut contents: Vec<Vec<u8>> = vec![Vec::new(); SECTIONS.len() - 1];
        let [head, verifying_key, anchors, places, in_a, in_b, in_h, in_l, pool, rows @ ..] =
            contents.as_mut_slice()
        else {
            return Vec::new();
        };
        Head::of(self).write(head);
        *verifying_key = self.verifying_key.to_bytes();
        write_all(anchors, [beta_g1, delta_g1], g1_to_bytes);
        let by_threes = [
            triples::write(in_a, &finite(a)),
            triples::write(in_b, &finite(b_g2)),
            triples::write(in_h, h),
            triples::write(in_l, l),
        ];
        places.push(bits(by_threes.into_iter()));
        write_places(places, a);
        write_places(places, b_g2);
        write_all(pool, &self.matrices.pool, element_to_bytes);
        for (section, matrix) in rows.iter_mut().zip(&self.matrices.ab) {
            write_matrix(section, matrix);
        }
        if let Some(c) = &self.matrices.c {
            let mut section = Vec::new();
            write_matrix(&mut section, c);
            contents.push(section);
        }
        let sections: Vec<_> = SECTIONS.iter().zip(&contents).map(|(s, c)| (s.number, c.len())).collect();
        let mut writer = Writer::new(&MAGIC, &sections, sections.len());
        for content in &contents {
            writer.section().extend_from_slice(content);
        }
        writer.finish()
    }

    /// Decodes and checks everything that can be checked of the key alone, as [`Self::from_bytes`] does.
    ///
    /// # Errors
    /// [`KeyError::InFile`].
    pub fn from_compact_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        decode(bytes, Checks::Full)
    }

    /// Decodes bytes whose hash the caller compares with a trusted one before the key is used, as
    /// [`Self::from_trusted_bytes_checked_by_hash`] does.
    ///
    /// # Errors
    /// [`KeyError::InFile`].
    ///
    /// # Security
    /// With a key from an untrusted source proofs can betray the witness.
    pub fn from_trusted_compact_bytes_checked_by_hash(bytes: &[u8]) -> Result<Self, KeyError> {
        decode(bytes, Checks::Form)
    }
}

fn finite<P: AffineRepr>(points: &[P]) -> Vec<P> {
    points.iter().filter(|point| !point.is_zero()).copied().collect()
}

/// At most eight, from the lowest upwards.
fn bits(values: impl Iterator<Item = bool>) -> u8 {
    values.enumerate().fold(0, |byte, (bit, value)| byte | u8::from(value) << bit)
}

fn write_places<P: AffineRepr>(section: &mut Vec<u8>, points: &[P]) {
    section.extend(points.chunks(8).map(|points| bits(points.iter().map(|point| !point.is_zero()))));
}

fn write_matrix(section: &mut Vec<u8>, matrix: &SparseMatrix) {
    let mut start = 0;
    for end in &matrix.ends {
        let entries = matrix.entries.get(index(start)..index(*end)).unwrap_or_default();
        write_number(section, end - start);
        let mut least = 0;
        for (column, place) in entries {
            write_number(section, column - least);
            write_number(section, *place);
            least = column + 1;
        }
        start = *end;
    }
}

fn write_number(section: &mut Vec<u8>, mut number: u32) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return section.push(low & 0x7f);
        }
        section.push(low | 0x80);
    }
}

fn decode(bytes: &[u8], checks: Checks) -> Result<ProvingKey, KeyError> {
    let frame = Frame::open(bytes, &MAGIC, &SECTIONS)?;
    let [head, verifying, anchor_points, places, a, b_g2, h, l, pool, matrix_a, matrix_b] =
        core::array::from_fn(|place| frame.part(place).expect("only the last section is optional"));
    let matrix_c = frame.part(SECTIONS.len() - 1);
    let Head { basis, counts, digest } = Head::read(head, matrix_c.is_some())?;
    let [constraints, instance, witness, coefficient_count, entries @ ..] = counts.0;
    let too_many = || fault_in(head, 8, KeyError::TooManyRows { rows: constraints.saturating_add(instance) });
    let domain = domain_size(constraints, instance).ok_or_else(too_many)?;
    let variables = instance.saturating_add(witness);
    // Every length before any content.
    let in_bits = variables.div_ceil(8);
    for (part, count, bytes) in
        [(head, 1, HEAD_BYTES), (anchor_points, 2, G1_BYTES), (pool, coefficient_count, FIELD_BYTES)]
    {
        part.expect(count.checked_mul(bytes))?;
    }
    let bits = places.expect(in_bits.checked_mul(2).and_then(|bits| bits.checked_add(1)))?;
    let (by_threes, bits) = bits.split_first().expect("its length was compared");
    let is_by_threes = |list: usize| by_threes >> list & 1 == 1;
    if *by_threes >= 1 << 4 {
        return Err(fault_in(places, 0, KeyError::ByThrees { value: *by_threes }));
    }
    let (in_a, in_b) = bits.split_at(in_bits);
    let places_a = Places::read(in_a, variables)
        .ok_or_else(|| fault_in(places, in_bits, KeyError::Places { part: KeyPart::A }))?;
    let places_b = Places::read(in_b, variables).ok_or_else(|| {
        fault_in(places, places.bytes.len().saturating_sub(1), KeyError::Places { part: KeyPart::BInG2 })
    })?;
    let a = Points::in_section::<G1>(a, places_a.finite(), is_by_threes(0))?;
    let b_g2 = Points::in_section::<G2>(b_g2, places_b.finite(), is_by_threes(1))?;
    let h = Points::in_section::<G1>(h, h_points(domain, basis), is_by_threes(2))?;
    let l = Points::in_section::<G1>(l, witness, is_by_threes(3))?;

    let verifying_key = VerifyingKey::from_bytes(verifying.bytes)
        .map_err(|e| fault_in(verifying, 0, KeyError::VerifyingKey(e)))?;
    if verifying_key.public_inputs() + 1 != instance {
        let (expected, actual) = (instance - 1, verifying_key.public_inputs());
        return Err(fault_in(verifying, 0, KeyError::PublicInputs { expected, actual }));
    }
    let [beta_g1, delta_g1] = anchors(anchor_points)?;
    let [a_entries, b_entries, c_entries] = entries;
    let read_matrices = || -> Result<Matrices, KeyError> {
        let matrices = Matrices {
            instance_variables: instance,
            witness_variables: witness,
            pool: coefficients(pool, checks)?,
            ab: [
                matrix(matrix_a, 'A', constraints, a_entries)?,
                matrix(matrix_b, 'B', constraints, b_entries)?,
            ],
            c: matrix_c.map(|part| matrix(part, 'C', constraints, c_entries)).transpose()?,
        };
        check_matrices(&matrices, pool, [Some(matrix_a), Some(matrix_b), matrix_c], 0)?;
        Ok(matrices)
    };
    let (matrices, ((in_a, in_b), (in_h, in_l))) = exec::join(read_matrices, || {
        exec::join(
            || {
                exec::join(
                    || places_a.spread::<G1>(&a, KeyPart::A),
                    || places_b.spread::<G2>(&b_g2, KeyPart::BInG2),
                )
            },
            || exec::join(|| h.read::<G1>(), || l.read::<G1>()),
        )
    });
    // Of several faults one is told, always the same.
    let matrices = matrices?;
    let parts = KeyParts {
        verifying_key,
        beta_g1,
        delta_g1,
        a: in_a?,
        b_g1: None,
        b_g2: in_b?,
        h: in_h?,
        h_basis: basis,
        l: in_l?,
        matrices,
    };
    let point = |part, index| match part {
        KeyPart::A => a.place(places_a.before(index)),
        KeyPart::BInG2 => b_g2.place(places_b.before(index)),
        KeyPart::H => h.place(index),
        _ => l.place(index),
    };
    let located = |error| locate(error, [head, verifying, anchor_points], point);
    assemble(parts, (head, digest), checks, located)
}

/// Which points of a query are not at infinity.
struct Places<'a> {
    bits: &'a [u8],
    variables: usize,
}

impl<'a> Places<'a> {
    /// `None` if bits behind the last variable are not zero.
    fn read(bits: &'a [u8], variables: usize) -> Option<Self> {
        let places = Self { bits, variables };
        (places.finite() == places.before(variables)).then_some(places)
    }

    /// How many there are.
    fn finite(&self) -> usize {
        self.bits.iter().map(|byte| index(byte.count_ones())).sum()
    }

    /// How many there are before a variable.
    fn before(&self, variable: usize) -> usize {
        self.iter().take(variable).filter(|finite| *finite).count()
    }

    fn iter(&self) -> impl Iterator<Item = bool> + '_ {
        let bits = |byte: &u8| {
            let byte = *byte;
            (0..8).map(move |bit| byte >> bit & 1 == 1)
        };
        self.bits.iter().flat_map(bits).take(self.variables)
    }

    /// The points of all variables, out of those that are not at infinity.
    #[inline(never)]
    fn spread<C: Curve>(&self, points: &Points<'_>, query: KeyPart) -> Result<Vec<Affine<C>>, KeyError> {
        let finite = points.read::<C>()?;
        if let Some(number) = finite.iter().position(AffineRepr::is_zero) {
            let index = self.iter().enumerate().filter(|(_, finite)| *finite).nth(number);
            let index = index.map_or(self.variables, |(index, _)| index);
            let cause = KeyError::Point { part: query, index, cause: EncodingError::Identity };
            let (part, behind) = points.place(number);
            return Err(fault_in(part, behind, cause));
        }
        let mut finite = finite.into_iter();
        let next = |is_finite| if is_finite { finite.next() } else { None };
        Ok(self.iter().map(next).map(Option::unwrap_or_default).collect())
    }
}

/// A matrix, whose columns and places are not compared with anything yet.
fn matrix(part: Part<'_>, name: char, rows: usize, entries: usize) -> Result<SparseMatrix, KeyError> {
    // Every row has a byte, and every entry two.
    let room = part.bytes.len();
    let mut matrix = SparseMatrix {
        ends: Vec::with_capacity(rows.min(room)),
        entries: Vec::with_capacity(entries.min(room / 2)),
    };
    let mut numbers = Numbers { rest: part.bytes };
    for row in 0..rows {
        let at = room - numbers.rest.len();
        let read = read_row(&mut numbers, &mut matrix.entries, entries);
        let end = read.ok_or_else(|| fault_in(part, at, KeyError::Row { matrix: name, row }))?;
        matrix.ends.push(end);
    }
    if matrix.entries.len() != entries || !numbers.rest.is_empty() {
        let at = room - numbers.rest.len();
        return Err(fault_in(part, at, KeyError::Row { matrix: name, row: rows }));
    }
    Ok(matrix)
}

/// Reads a row, unless there are more entries then than there should be; answers where it ends.
fn read_row(numbers: &mut Numbers<'_>, entries: &mut Vec<(u32, u32)>, most: usize) -> Option<u32> {
    let count = index(numbers.next()?);
    if count > most - entries.len() {
        return None;
    }
    let mut least = 0u32;
    for _ in 0..count {
        let column = least.checked_add(numbers.next()?)?;
        entries.push((column, numbers.next()?));
        least = column.checked_add(1)?;
    }
    u32::try_from(entries.len()).ok()
}

/// Numbers of seven bits to a byte.
struct Numbers<'a> {
    rest: &'a [u8],
}

impl Numbers<'_> {
    /// `None` if there is none that is canonical and fits 32 bits. For WASM a function of its own, as [`element`](crate::montgomery::element).
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn next(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return if *byte == 0 && shift > 0 { None } else { u32::try_from(number).ok() };
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
