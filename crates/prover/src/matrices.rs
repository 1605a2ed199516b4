//! The constraint matrices A, B, C of an R1CS in compressed rows: `(A z) * (B z) = C z`, row by row.
//!
//! The assignment is `z = (1, public inputs, witness)`. Rows are canonical: sorted by column, no column twice, no zero
//! coefficient. Coefficients repeat a lot, so that each is a number into one pool of distinct values.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
};
use ark_ff::{One, Zero};
use std::collections::HashMap;
use tabella_primitives::{
    Fr,
    digest::{Digest, TaggedHasher},
    domain,
    encoding::Canonical,
};
use zeroize::Zeroizing;

/// Place of the coefficient 1 in the pool.
const ONE: u32 = 0;
/// Place of the coefficient -1 in the pool.
const MINUS_ONE: u32 = 1;

/// One sparse matrix: row `i` is `entries[ends[i - 1]..ends[i]]`, each a column and a place in the pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SparseMatrix {
    pub(crate) ends: Vec<u32>,
    pub(crate) entries: Vec<(u32, u32)>,
}

impl SparseMatrix {
    /// Entries of a row, empty beyond the last.
    fn row(&self, row: usize) -> &[(u32, u32)] {
        let end = |i: usize| self.ends.get(i).copied().map_or(0, index);
        let start = row.checked_sub(1).map_or(0, end);
        self.entries.get(start..end(row)).unwrap_or_default()
    }
}

/// The matrices of one circuit.
#[derive(Clone, PartialEq, Eq)]
pub struct Matrices {
    pub(crate) instance_variables: usize,
    pub(crate) witness_variables: usize,
    pub(crate) pool: Vec<Fr>,
    pub(crate) abc: [SparseMatrix; 3],
}

impl std::fmt::Debug for Matrices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Matrices(..)")
    }
}

/// `A z`, `B z` and `C z`, each padded with zeros to the size of the domain. Erased when dropped.
pub(crate) struct Products {
    pub(crate) a: Zeroizing<Vec<Fr>>,
    pub(crate) b: Zeroizing<Vec<Fr>>,
    pub(crate) c: Zeroizing<Vec<Fr>>,
}

impl Matrices {
    /// From rows of (coefficient, column) as arkworks has them, in any order; `None` beyond 2^32 entries.
    pub(crate) fn from_rows(
        instance_variables: usize,
        witness_variables: usize,
        rows: [&[Vec<(Fr, usize)>]; 3],
    ) -> Option<Self> {
        let mut pool = vec![Fr::one(), -Fr::one()];
        let mut places = HashMap::from([(Fr::one(), ONE), (-Fr::one(), MINUS_ONE)]);
        let mut abc: [SparseMatrix; 3] = Default::default();
        for (matrix, rows) in abc.iter_mut().zip(rows) {
            for row in rows {
                for (column, coefficient) in canonical_row(row) {
                    let fresh = u32::try_from(pool.len()).ok()?;
                    let place = *places.entry(coefficient).or_insert_with(|| {
                        pool.push(coefficient);
                        fresh
                    });
                    matrix.entries.push((u32::try_from(column).ok()?, place));
                }
                matrix.ends.push(u32::try_from(matrix.entries.len()).ok()?);
            }
        }
        Some(Self { instance_variables, witness_variables, pool, abc })
    }

    /// Number of constraints.
    #[must_use]
    pub fn constraints(&self) -> usize {
        let [a, _, _] = &self.abc;
        a.ends.len()
    }

    /// Number of public inputs, without the constant 1.
    #[must_use]
    pub const fn public_inputs(&self) -> usize {
        self.instance_variables.saturating_sub(1)
    }

    /// Number of witness variables.
    #[must_use]
    pub const fn witness_variables(&self) -> usize {
        self.witness_variables
    }

    /// Number of all variables, the length of the assignment: the constant 1, public inputs, witness.
    #[must_use]
    pub const fn variables(&self) -> usize {
        self.instance_variables + self.witness_variables
    }

    /// Numbers of entries that are not zero, in A, B and C.
    #[must_use]
    pub fn nonzeros(&self) -> [usize; 3] {
        self.abc.each_ref().map(|matrix| matrix.entries.len())
    }

    /// Digest under [`domain::CIRCUIT`]: the counts (constraints, public inputs, witness variables), then the rows of A, of
    /// B, of C, each row one byte string of (column, 8 bytes big endian; coefficient, 32 bytes big endian) by rising
    /// column.
    ///
    /// # Panics
    /// Never: entries point into the pool.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let count = |n: usize| u64::try_from(n).expect("a count in memory fits 64 bits");
        let mut hasher = TaggedHasher::new(domain::CIRCUIT)
            .u64(count(self.constraints()))
            .u64(count(self.public_inputs()))
            .u64(count(self.witness_variables));
        let pool = exec::map(&self.pool, Canonical::to_be_bytes);
        let mut bytes = Vec::new();
        for matrix in &self.abc {
            for row in 0..self.constraints() {
                bytes.clear();
                for (column, place) in matrix.row(row) {
                    bytes.extend_from_slice(&u64::from(*column).to_be_bytes());
                    bytes.extend_from_slice(pool.get(index(*place)).expect("places lie in the pool"));
                }
                hasher = hasher.bytes(&bytes);
            }
        }
        hasher.finish()
    }

    /// The first variable, by its place in the assignment, that stands in no constraint; the constant 1 need not.
    pub(crate) fn first_unconstrained(&self) -> Option<usize> {
        let mut seen = vec![false; self.variables()];
        for (column, _) in self.abc.iter().flat_map(|matrix| &matrix.entries) {
            if let Some(seen) = seen.get_mut(index(*column)) {
                *seen = true;
            }
        }
        seen.iter().skip(1).position(|seen| !seen).map(|place| place + 1)
    }

    /// One pass over all rows: the products with the assignment, and the first constraint that does not hold.
    ///
    /// `assignment` has [`Self::variables`] elements, `domain_size` is at least [`Self::constraints`].
    pub(crate) fn products(
        &self,
        assignment: &[Fr],
        domain_size: usize,
        cancel: &CancelToken,
    ) -> Result<(Products, Option<usize>), Cancelled> {
        let zeros = || Zeroizing::new(vec![Fr::zero(); domain_size]);
        let mut products = Products { a: zeros(), b: zeros(), c: zeros() };
        let columns = [&mut products.a, &mut products.b, &mut products.c];
        let rows = columns.map(|column| &mut column[..self.constraints()]);
        let first = exec::fill_rows(rows, cancel, |row| {
            let [a, b, c] = self.abc.each_ref().map(|matrix| self.row_product(matrix, row, assignment));
            ([a, b, c], a * b == c)
        })?;
        Ok((products, first))
    }

    fn row_product(&self, matrix: &SparseMatrix, row: usize, assignment: &[Fr]) -> Fr {
        matrix.row(row).iter().fold(Fr::zero(), |sum, (column, place)| {
            let value = &assignment[index(*column)];
            match *place {
                ONE => sum + value,
                MINUS_ONE => sum - value,
                place => sum + self.pool[index(place)] * value,
            }
        })
    }
}

/// Sorted by column, one entry per column, no zeros.
fn canonical_row(row: &[(Fr, usize)]) -> Vec<(usize, Fr)> {
    let mut sorted: Vec<(usize, Fr)> =
        row.iter().map(|(coefficient, column)| (*column, *coefficient)).collect();
    sorted.sort_unstable_by_key(|(column, _)| *column);
    let mut merged: Vec<(usize, Fr)> = Vec::with_capacity(sorted.len());
    for (column, coefficient) in sorted {
        match merged.last_mut() {
            Some((last, sum)) if *last == column => *sum += coefficient,
            _ => merged.push((column, coefficient)),
        }
    }
    merged.retain(|(_, coefficient)| !coefficient.is_zero());
    merged
}

/// A 32-bit number as a place in memory.
pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).expect("memory is addressed by at least 32 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(rows: [&[Vec<(Fr, usize)>]; 3]) -> Matrices {
        Matrices::from_rows(2, 2, rows).unwrap()
    }

    #[test]
    fn rows_become_canonical_and_the_digest_does_not_depend_on_how_they_were_written() {
        let f = |n: i64| Fr::from(n);
        let tidy = small([&[vec![(f(1), 0), (f(5), 2)]], &[vec![(f(-1), 3)]], &[vec![(f(2), 1)]]]);
        let messy = small([
            &[vec![(f(2), 2), (f(7), 1), (f(3), 2), (f(1), 0), (f(-7), 1)]],
            &[vec![(f(0), 0), (f(-1), 3)]],
            &[vec![(f(1), 1), (f(1), 1)]],
        ]);
        assert_eq!(tidy.nonzeros(), [2, 1, 1]);
        assert!(tidy == messy);
        assert_eq!(tidy.digest(), messy.digest());
    }

    #[test]
    fn the_digest_tells_circuits_apart() {
        let f = |n: i64| Fr::from(n);
        let base = small([&[vec![(f(1), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]);
        let others = [
            small([&[vec![(f(2), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]),
            small([&[vec![(f(1), 0)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]),
            small([&[vec![(f(1), 2)]], &[vec![(f(1), 1)]], &[vec![(f(1), 3)]]]),
            small([&[vec![(f(1), 1)], vec![]], &[vec![(f(1), 2)], vec![]], &[vec![(f(1), 3)], vec![]]]),
            Matrices::from_rows(3, 1, [&[vec![(f(1), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]).unwrap(),
            Matrices::from_rows(2, 3, [&[vec![(f(1), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]).unwrap(),
        ];
        for (number, other) in others.iter().enumerate() {
            assert_ne!(base.digest(), other.digest(), "{number}");
        }
    }

    #[test]
    fn the_digest_follows_its_description() {
        let f = |n: i64| Fr::from(n);
        let matrices = small([&[vec![(f(5), 3), (f(1), 0)]], &[vec![]], &[vec![(f(-1), 1)]]]);
        let entry = |column: u64, value: Fr| [column.to_be_bytes().as_slice(), &value.to_be_bytes()].concat();
        let expected = TaggedHasher::new("tabella/circuit/v1")
            .u64(1)
            .u64(1)
            .u64(2)
            .bytes(&[entry(0, f(1)), entry(3, f(5))].concat())
            .bytes(&[])
            .bytes(&entry(1, f(-1)))
            .finish();
        assert_eq!(matrices.digest(), expected);
    }

    #[test]
    fn the_first_row_that_does_not_hold_is_found_among_many() {
        let rows: Vec<_> = (0..5000).map(|_| vec![(Fr::from(1), 2)]).collect();
        let mut c = rows.clone();
        for wrong in [4999, 3000, 257, 256, 255, 0] {
            c[wrong] = vec![(Fr::from(1), 3)];
            let matrices = small([&rows, &rows, &c]);
            let z = [1, 0, 1, 2].map(Fr::from);
            let (products, first) = matrices.products(&z, 8192, &CancelToken::new()).unwrap();
            assert_eq!(first, Some(wrong));
            assert_eq!(products.c.len(), 8192);
        }
    }
}
