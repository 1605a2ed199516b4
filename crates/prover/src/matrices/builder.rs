//! Makes matrices row by row, and refuses what is not canonical.

use super::{Matrices, SparseMatrix, index};
use ark_ff::{One, Zero};
use core::fmt;
use hashbrown::{HashTable, hash_table::Entry};
use std::{hash::BuildHasher, hash::RandomState};
use tabella_primitives::Fr;

/// Why rows are not the matrices of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MatrixError {
    /// The columns of a row do not rise: one stands there twice, or they are out of order.
    ColumnOrder {
        /// `A`, `B` or `C`.
        matrix: char,
        /// Number of the row.
        row: usize,
        /// The column which is not above the one before it.
        column: u32,
    },
    /// A column that no variable has.
    ColumnRange {
        /// `A`, `B` or `C`.
        matrix: char,
        /// Number of the row.
        row: usize,
        /// The column.
        column: u32,
    },
    /// A coefficient that is zero: it says nothing and is left out.
    ZeroCoefficient {
        /// `A`, `B` or `C`.
        matrix: char,
        /// Number of the row.
        row: usize,
        /// Its column.
        column: u32,
    },
    /// Two matrices have different numbers of rows.
    RowCount {
        /// The other matrix than A.
        matrix: char,
        /// Rows of A.
        expected: usize,
        /// Rows of the other.
        actual: usize,
    },
    /// Not two (A and B) or three (A, B and C) matrices.
    MatrixCount {
        /// How many there are.
        actual: usize,
    },
    /// There are more entries or variables than 32 bits count, or no variable at all, not even the constant 1.
    Size,
}

impl fmt::Display for MatrixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ColumnOrder { matrix, row, column } => {
                write!(f, "row {row} of matrix {matrix}: column {column} stands twice or out of order")
            }
            Self::ColumnRange { matrix, row, column } => {
                write!(f, "row {row} of matrix {matrix}: no variable has column {column}")
            }
            Self::ZeroCoefficient { matrix, row, column } => {
                write!(f, "row {row} of matrix {matrix}: the coefficient of column {column} is zero")
            }
            Self::RowCount { matrix, expected, actual } => {
                write!(f, "matrix A has {expected} rows and matrix {matrix} has {actual}")
            }
            Self::MatrixCount { actual } => {
                write!(f, "there are {actual} matrices; a circuit has two or three")
            }
            Self::Size => f.write_str("the matrices have no variable, or more entries or variables than fit"),
        }
    }
}

impl core::error::Error for MatrixError {}

/// Makes [`Matrices`] row by row: all rows of A, then all of B, then, where they are known, all of C.
///
/// Takes memory for what was given so far, not for what a file announces: with room reserved, 8 bytes for an entry, 4 for a row, and
/// for each distinct coefficient 32 and, while it is built, 20 more.
///
/// ```
/// use tabella_prover::matrices::{Matrices, MatricesBuilder};
/// use tabella_primitives::Fr;
///
/// // x * x = y, with the variables (1, y, x).
/// let one = Fr::from(1);
/// let mut square = MatricesBuilder::new(2, 1)?;
/// square.row([(2, one)])?;
/// square.next_matrix();
/// square.row([(2, one)])?;
/// square.next_matrix();
/// square.row([(1, one)])?;
/// assert_eq!(square.finish()?.nonzeros(), [1, 1, 1]);
/// # Ok::<(), tabella_prover::matrices::MatrixError>(())
/// ```
pub struct MatricesBuilder {
    instance_variables: usize,
    witness_variables: usize,
    pool: Vec<Fr>,
    places: HashTable<u32>,
    hasher: RandomState,
    finished: Vec<SparseMatrix>,
    current: SparseMatrix,
}

impl fmt::Debug for MatricesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MatricesBuilder(..)")
    }
}

impl MatricesBuilder {
    /// Begins matrix A of a circuit with `instance_variables` (the constant 1 and the public inputs) and
    /// `witness_variables`.
    ///
    /// # Errors
    /// [`MatrixError::Size`].
    pub fn new(instance_variables: usize, witness_variables: usize) -> Result<Self, MatrixError> {
        let variables = instance_variables.checked_add(witness_variables).ok_or(MatrixError::Size)?;
        if instance_variables == 0 || u32::try_from(variables).is_err() {
            return Err(MatrixError::Size);
        }
        let mut builder = Self {
            instance_variables,
            witness_variables,
            pool: Vec::new(),
            places: HashTable::new(),
            hasher: RandomState::new(),
            finished: Vec::new(),
            current: SparseMatrix::default(),
        };
        // The places `ONE` and `MINUS_ONE`.
        builder.place(Fr::one())?;
        builder.place(-Fr::one())?;
        Ok(builder)
    }

    /// Makes room for all coefficients at once: at most as many as there are entries in all matrices. What is not needed is given
    /// back at the end.
    pub fn reserve_coefficients(&mut self, coefficients: usize) {
        self.pool.reserve_exact(coefficients);
    }

    /// Makes room in the present matrix for as many rows and entries as it will have.
    pub fn reserve(&mut self, rows: usize, entries: usize) {
        self.current.ends.reserve_exact(rows);
        self.current.entries.reserve_exact(entries);
    }

    /// Adds a row of (column, coefficient): columns rise, coefficients are not zero.
    ///
    /// # Errors
    /// [`MatrixError`]; the builder is then of no further use.
    pub fn row(&mut self, entries: impl IntoIterator<Item = (u32, Fr)>) -> Result<(), MatrixError> {
        let (matrix, row) = (self.name(), self.current.ends.len());
        let mut least = 0;
        for (column, coefficient) in entries {
            let place = index(column);
            if place >= self.instance_variables + self.witness_variables {
                return Err(MatrixError::ColumnRange { matrix, row, column });
            }
            if place < least {
                return Err(MatrixError::ColumnOrder { matrix, row, column });
            }
            if coefficient.is_zero() {
                return Err(MatrixError::ZeroCoefficient { matrix, row, column });
            }
            least = place + 1;
            let coefficient = self.place(coefficient)?;
            self.current.entries.push((column, coefficient));
        }
        self.current.ends.push(u32::try_from(self.current.entries.len()).map_err(|_| MatrixError::Size)?);
        Ok(())
    }

    /// Ends a matrix and begins the one after it.
    pub fn next_matrix(&mut self) {
        self.finished.push(core::mem::take(&mut self.current));
    }

    /// Ends the last matrix.
    ///
    /// # Errors
    /// [`MatrixError::RowCount`] or [`MatrixError::MatrixCount`].
    pub fn finish(mut self) -> Result<Matrices, MatrixError> {
        self.next_matrix();
        let Self { instance_variables, witness_variables, mut pool, places, finished, .. } = self;
        drop(places);
        pool.shrink_to_fit();
        let actual = finished.len();
        let mut all = finished.into_iter();
        let (Some(a), Some(b), c, None) = (all.next(), all.next(), all.next(), all.next()) else {
            return Err(MatrixError::MatrixCount { actual });
        };
        let expected = a.ends.len();
        for (matrix, other) in [('B', Some(&b)), ('C', c.as_ref())] {
            if let Some(actual) = other.map(|other| other.ends.len()).filter(|actual| *actual != expected) {
                return Err(MatrixError::RowCount { matrix, expected, actual });
            }
        }
        Ok(Matrices { instance_variables, witness_variables, pool, ab: [a, b], c })
    }

    fn name(&self) -> char {
        ['A', 'B'].get(self.finished.len()).copied().unwrap_or('C')
    }

    /// The place of a coefficient in the pool, where it is put on first sight.
    fn place(&mut self, coefficient: Fr) -> Result<u32, MatrixError> {
        // Keyed at random: nobody can prepare coefficients that collide.
        let hash = |value: &Fr| self.hasher.hash_one(value);
        let pool = &self.pool;
        let equal = |place: &u32| pool.get(index(*place)) == Some(&coefficient);
        let hash_again = |place: &u32| pool.get(index(*place)).map_or(0, hash);
        match self.places.entry(hash(&coefficient), equal, hash_again) {
            Entry::Occupied(known) => Ok(*known.get()),
            Entry::Vacant(vacant) => {
                let fresh = u32::try_from(self.pool.len()).map_err(|_| MatrixError::Size)?;
                vacant.insert(fresh);
                self.pool.push(coefficient);
                Ok(fresh)
            }
        }
    }
}
