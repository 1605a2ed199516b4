//! What both forms of a key's bytes have in common: the head, points, coefficients, and what is checked of them.

use super::{KeyError, KeyPart, KeyParts, ProvingKey, QuotientBasis};
use crate::{
    exec,
    frame::{FrameError, Part},
    matrices::{Matrices, index},
    montgomery::{FIELD_BYTES, G1_BYTES, element, g1},
};
use ark_bn254::G1Affine;
use ark_ff::{One, Zero};
use tabella_primitives::{Fr, digest::Digest};

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
pub(super) const HEAD_BYTES: usize = 8 + 8 * COUNTS.len() + 32;

/// How much of a key is checked when it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Checks {
    /// Everything that can be checked of the key alone.
    Full,
    /// Lengths, canonical integers and that all indices lie in bounds.
    Form,
}

/// Appends points or coefficients.
pub(super) fn write_all<'p, P: 'p, const N: usize>(
    section: &mut Vec<u8>,
    points: impl IntoIterator<Item = &'p P>,
    encode: impl Fn(&P) -> [u8; N],
) {
    points.into_iter().for_each(|point| section.extend_from_slice(&encode(point)));
}

const fn basis_number(basis: QuotientBasis) -> u64 {
    match basis {
        QuotientBasis::Coefficients => 0,
        QuotientBasis::OddCoset => 1,
    }
}

/// The counts of the head, in the order of [`COUNTS`].
pub(super) struct Counts(pub(super) [usize; 7]);

impl Counts {
    pub(super) fn of(matrices: &Matrices) -> Self {
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
}

impl From<FrameError> for KeyError {
    fn from(error: FrameError) -> Self {
        let FrameError { section, offset, fault } = error;
        Self::InFile { section, offset, cause: Box::new(Self::Frame(fault)) }
    }
}

/// A fault so many bytes behind the beginning of a section.
pub(super) fn fault_in(part: Part<'_>, behind: usize, cause: KeyError) -> KeyError {
    KeyError::InFile { section: part.name, offset: part.offset + behind, cause: Box::new(cause) }
}

/// The head of a key.
pub(super) struct Head {
    pub(super) basis: QuotientBasis,
    pub(super) counts: Counts,
    pub(super) digest: Digest,
}

impl Head {
    pub(super) fn of(key: &ProvingKey) -> Self {
        let counts = Counts::of(key.matrices());
        Self { basis: key.quotient_basis(), counts, digest: *key.circuit_digest() }
    }

    pub(super) fn write(&self, section: &mut Vec<u8>) {
        section.extend_from_slice(&basis_number(self.basis).to_le_bytes());
        for count in self.counts.0 {
            section.extend_from_slice(&u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes());
        }
        section.extend_from_slice(self.digest.as_bytes());
    }

    pub(super) fn read(part: Part<'_>, knows_c: bool) -> Result<Self, KeyError> {
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

/// All points of a section whose length was checked.
pub(super) fn points<const N: usize, P: Default + Send>(
    part: Part<'_>,
    decode: impl Fn(&[u8; N]) -> Option<P> + Send + Sync,
) -> Result<Vec<P>, KeyError> {
    let (chunks, _) = part.bytes.as_chunks::<N>();
    if let Some((index, ())) = exec::first_some(chunks, |bytes| decode(bytes).is_none().then_some(())) {
        return Err(fault_in(part, index * N, KeyError::NotCanonical));
    }
    Ok(exec::map(chunks, |bytes| decode(bytes).unwrap_or_default()))
}

/// The pool: 1, -1, then values that are canonical, not zero and, which full checks look at, all different.
pub(super) fn coefficients(part: Part<'_>, checks: Checks) -> Result<Vec<Fr>, KeyError> {
    let fault = |index| fault_in(part, index * FIELD_BYTES, KeyError::Coefficient { index });
    let chunks = part.bytes.as_chunks::<FIELD_BYTES>().0;
    let mut pool = Vec::with_capacity(chunks.len());
    for (index, chunk) in chunks.iter().enumerate() {
        pool.push(element(chunk).filter(|value| !value.is_zero()).ok_or(fault(index))?);
    }
    if checks == Checks::Full
        && let Some(place) = repeated(chunks)
    {
        return Err(fault(place));
    }
    for (index, value) in [Fr::one(), -Fr::one()].iter().enumerate() {
        if pool.get(index) != Some(value) {
            return Err(fault(index));
        }
    }
    Ok(pool)
}

/// The first that has been there before.
fn repeated(chunks: &[[u8; FIELD_BYTES]]) -> Option<usize> {
    // Equal ones are neighbours in this order; a set of them would take several times the memory of the file.
    let mut order: Vec<usize> = (0..chunks.len()).collect();
    order.sort_unstable_by_key(|place| (chunks[*place], *place));
    let same = order.windows(2).filter(|pair| chunks[pair[0]] == chunks[pair[1]]);
    same.map(|pair| pair[1]).min()
}

/// Rows follow one another, columns rise and exist, and the pool is numbered as its values first appear and is used up.
///
/// `row_bytes` are those between the places where two rows are said to be broken.
#[inline(never)]
pub(super) fn check_matrices(
    matrices: &Matrices,
    pool: Part<'_>,
    sections: [Option<Part<'_>>; 3],
    row_bytes: usize,
) -> Result<(), KeyError> {
    let mut fresh = 2;
    let named = sections.into_iter().flatten().zip(['A', 'B', 'C']);
    for (matrix, (section, name)) in matrices.known().zip(named) {
        let mut start = 0;
        let broken = |row: usize| fault_in(section, row_bytes * row, KeyError::Row { matrix: name, row });
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

/// A key of parts whose form was checked.
///
/// `locate` says where in the file a fault of the parts is.
pub(super) fn assemble(
    parts: KeyParts,
    head: (Part<'_>, Digest),
    checks: Checks,
    locate: impl FnOnce(KeyError) -> KeyError,
) -> Result<ProvingKey, KeyError> {
    let (head, digest) = head;
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

/// Beta and delta in G1.
pub(super) fn anchors(part: Part<'_>) -> Result<[G1Affine; 2], KeyError> {
    let points = points(part, g1)?;
    Ok(<[G1Affine; 2]>::try_from(points).unwrap_or_default())
}

/// Where a fault of the parts is, of those that both forms place alike. `point` answers for points of the queries.
pub(super) fn locate<'a>(
    error: KeyError,
    [head, verifying, anchors]: [Part<'a>; 3],
    point: impl FnOnce(KeyPart, usize) -> (Part<'a>, usize),
) -> KeyError {
    let (part, behind) = match &error {
        KeyError::Point { part: KeyPart::Beta, .. } | KeyError::Contradiction { part: KeyPart::Beta } => {
            (anchors, 0)
        }
        KeyError::Point { part: KeyPart::Delta, .. } | KeyError::Contradiction { .. } => (anchors, G1_BYTES),
        KeyError::Point { part, index, .. } => point(*part, *index),
        KeyError::PublicInputs { .. } => (verifying, 0),
        _ => (head, 0),
    };
    fault_in(part, behind, error)
}
