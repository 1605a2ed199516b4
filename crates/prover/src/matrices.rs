//! The constraint matrices A, B, C of an R1CS in compressed rows: `(A z) * (B z) = C z`, row by row.
//!
//! The assignment is `z = (1, public inputs, witness)`. Rows are canonical: sorted by column, no column twice, no zero
//! coefficient. Coefficients repeat a lot, so that each is a number into one pool of distinct values.
//!
//! C can be unknown: the keys of snarkjs hold A and B alone. Then `C z` is taken to be the product of the other two, row by
//! row, which it is for every witness that satisfies the circuit.

mod builder;

pub use builder::{MatricesBuilder, MatrixError};

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
};
use ark_ff::Zero;
use tabella_primitives::{
    Fr,
    digest::{Digest, TaggedHasher},
    domain,
    encoding::Canonical,
    montgomery::product,
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
    /// A and B.
    pub(crate) ab: [SparseMatrix; 2],
    /// C, if it is known.
    pub(crate) c: Option<SparseMatrix>,
}

impl std::fmt::Debug for Matrices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Matrices(..)")
    }
}

/// `A z`, `B z` and `C z`, each padded with zeros to the size of the domain. Erased when dropped.
#[derive(Clone)]
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
        let mut builder = MatricesBuilder::new(instance_variables, witness_variables).ok()?;
        for (number, rows) in rows.into_iter().enumerate() {
            if number > 0 {
                builder.next_matrix();
            }
            for row in rows {
                builder.row(canonical_row(row)?).ok()?;
            }
        }
        builder.finish().ok()
    }

    /// Number of constraints.
    #[must_use]
    pub fn constraints(&self) -> usize {
        let [a, _] = &self.ab;
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

    /// Numbers of entries that are not zero, in A, B and C; 0 for C if it is unknown.
    #[must_use]
    pub fn nonzeros(&self) -> [usize; 3] {
        let [a, b] = &self.ab;
        [a.entries.len(), b.entries.len(), self.c.as_ref().map_or(0, |c| c.entries.len())]
    }

    /// Whether C is known. If not, a witness that does not satisfy the circuit is only noticed by its proof, which does not
    /// verify.
    #[must_use]
    pub const fn knows_c(&self) -> bool {
        self.c.is_some()
    }

    /// A, B and, if it is known, C.
    pub(crate) fn known(&self) -> impl Iterator<Item = &SparseMatrix> {
        self.ab.iter().chain(&self.c)
    }

    /// Entries (column, coefficient) of row `row` of A by rising column; none beyond the last row.
    pub fn a_row(&self, row: usize) -> impl Iterator<Item = (u32, Fr)> + '_ {
        let [a, _] = &self.ab;
        self.entries(a, row)
    }

    /// Entries (column, coefficient) of row `row` of B by rising column; none beyond the last row.
    pub fn b_row(&self, row: usize) -> impl Iterator<Item = (u32, Fr)> + '_ {
        let [_, b] = &self.ab;
        self.entries(b, row)
    }

    fn entries<'a>(&'a self, matrix: &'a SparseMatrix, row: usize) -> impl Iterator<Item = (u32, Fr)> + 'a {
        let value = |place: u32| self.pool.get(index(place)).copied().unwrap_or_default();
        matrix.row(row).iter().map(move |(column, place)| (*column, value(*place)))
    }

    /// Whether both have the same variables, the same A and the same B.
    #[must_use]
    pub fn same_a_and_b(&self, other: &Self) -> bool {
        let counts = |m: &Self| (m.constraints(), m.instance_variables, m.witness_variables);
        counts(self) == counts(other)
            && (0..self.constraints())
                .all(|row| self.a_row(row).eq(other.a_row(row)) && self.b_row(row).eq(other.b_row(row)))
    }

    /// Digest under [`domain::CIRCUIT`]: the counts (constraints, public inputs, witness variables), then the rows of A, of
    /// B, of C, each row one byte string of (column, 8 bytes big endian; coefficient, 32 bytes big endian) by rising
    /// column. If C is unknown: under [`domain::CIRCUIT_WITHOUT_C`], without the rows of C.
    ///
    /// # Panics
    /// Never: entries point into the pool.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let count = |n: usize| u64::try_from(n).expect("a count in memory fits 64 bits");
        let tag = if self.knows_c() { domain::CIRCUIT } else { domain::CIRCUIT_WITHOUT_C };
        let mut hasher = TaggedHasher::new(tag)
            .u64(count(self.constraints()))
            .u64(count(self.public_inputs()))
            .u64(count(self.witness_variables));
        // One after the other: a key computes this under a lock, where no work is split.
        let pool: Vec<_> = self.pool.iter().map(Canonical::to_be_bytes).collect();
        let mut bytes = Vec::new();
        for matrix in self.known() {
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
        for (column, _) in self.known().flat_map(|matrix| &matrix.entries) {
            if let Some(seen) = seen.get_mut(index(*column)) {
                *seen = true;
            }
        }
        seen.iter().skip(1).position(|seen| !seen).map(|place| place + 1)
    }

    /// One pass over all rows: the products with the assignment, and the first constraint that does not hold. If C is
    /// unknown, none is found.
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
        let first = exec::fill_rows(rows, cancel, |row| self.row_products(row, assignment))?;
        Ok((products, first))
    }

    /// [`Self::products`] where those of another assignment, which satisfied every constraint, are known: rows in which no
    /// variable changed are taken from there.
    pub(crate) fn products_after(
        &self,
        before: &Products,
        changed: &[bool],
        assignment: &[Fr],
        cancel: &CancelToken,
    ) -> Result<(Products, Option<usize>), Cancelled> {
        let mut products = before.clone();
        let columns = [&mut products.a, &mut products.b, &mut products.c];
        let rows = columns.map(|column| &mut column[..self.constraints()]);
        let first = exec::fill_rows(rows, cancel, |row| {
            let mut entries = self.known().flat_map(|matrix| matrix.row(row));
            if entries.any(|(column, _)| changed[index(*column)]) {
                self.row_products(row, assignment)
            } else {
                ([before.a[row], before.b[row], before.c[row]], true)
            }
        })?;
        Ok((products, first))
    }

    /// The products of one row, and whether its constraint holds.
    fn row_products(&self, row: usize, assignment: &[Fr]) -> ([Fr; 3], bool) {
        let [a, b] = self.ab.each_ref().map(|matrix| self.row_product(matrix, row, assignment));
        let ab = product(&a, &b);
        let c = self.c.as_ref().map_or(ab, |c| self.row_product(c, row, assignment));
        ([a, b, c], ab == c)
    }

    fn row_product(&self, matrix: &SparseMatrix, row: usize, assignment: &[Fr]) -> Fr {
        matrix.row(row).iter().fold(Fr::zero(), |sum, (column, place)| {
            let value = &assignment[index(*column)];
            match *place {
                ONE => sum + value,
                MINUS_ONE => sum - value,
                place => sum + product(&self.pool[index(place)], value),
            }
        })
    }
}

/// Sorted by column, one entry per column, no zeros; `None` if a column does not fit 32 bits.
fn canonical_row(row: &[(Fr, usize)]) -> Option<Vec<(u32, Fr)>> {
    let narrow = |(coefficient, column): &(Fr, usize)| Some((u32::try_from(*column).ok()?, *coefficient));
    let mut sorted: Vec<(u32, Fr)> = row.iter().map(narrow).collect::<Option<_>>()?;
    sorted.sort_unstable_by_key(|(column, _)| *column);
    let mut merged: Vec<(u32, Fr)> = Vec::with_capacity(sorted.len());
    for (column, coefficient) in sorted {
        match merged.last_mut() {
            Some((last, sum)) if *last == column => *sum += coefficient,
            _ => merged.push((column, coefficient)),
        }
    }
    merged.retain(|(_, coefficient)| !coefficient.is_zero());
    Some(merged)
}

/// A 32-bit number as a place in memory.
pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).expect("memory is addressed by at least 32 bits")
}

#[cfg(test)]
mod tests;
