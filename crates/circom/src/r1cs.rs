//! Files with the constraints of a circuit, `.r1cs`.
//!
//! | section | holds |
//! | --- | --- |
//! | 1 header | size of a field element (4), modulus (32); numbers of wires, public outputs, public inputs, private inputs (4 each), labels (8), constraints (4) |
//! | 2 constraints | of A, of B, of C for each constraint: number of entries (4), then wire (4) and coefficient (32) of each |
//! | 3 labels | the label of each wire (8), may be missing |
//! | 4, 5 | custom gates: refused |
//!
//! Wire 0 is the constant 1; then come public outputs, public inputs, and the rest.

use crate::{
    container::{Container, Cursor, count, size},
    encoding::{FIELD_BYTES, plain, read_modulus},
    error::{Fault, FileError, Format},
};
use tabella_primitives::Fr;
use tabella_prover::{
    KeyError,
    matrices::{Matrices, MatricesBuilder, MatrixError},
};

/// Bytes of an entry: wire, coefficient.
const ENTRY_BYTES: usize = 4 + FIELD_BYTES;

/// The constraints of a circuit, with C, which the proving keys of snarkjs leave out.
///
/// [`ProvingKey::with_constraints`](tabella_prover::ProvingKey::with_constraints) checks that they belong to a key, and adds
/// them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R1cs {
    matrices: Matrices,
    public_outputs: usize,
    private_inputs: usize,
}

impl R1cs {
    /// Reads a `.r1cs` file. Entries of a row may stand in any order, each once.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let container = Container::open(Format::R1cs, bytes)?;
        for number in [4, 5] {
            if let Some(gates) = container.find(number) {
                return Err(gates.fault(Fault::CustomGates));
            }
        }
        let header = Header::read(container.section(1)?)?;
        if let Some(labels) = container.find(3) {
            header.check_labels(labels)?;
        }
        let constraints = container.section(2)?;
        let entries = header.check_constraints(constraints)?;
        Ok(Self {
            matrices: header.matrices(constraints, entries)?,
            public_outputs: header.public_outputs,
            private_inputs: header.private_inputs,
        })
    }

    /// The constraint matrices.
    #[must_use]
    pub const fn matrices(&self) -> &Matrices {
        &self.matrices
    }

    /// The constraint matrices.
    #[must_use]
    pub fn into_matrices(self) -> Matrices {
        self.matrices
    }

    /// Number of outputs of the circuit; the first of the public inputs in the sense of a proof.
    #[must_use]
    pub const fn public_outputs(&self) -> usize {
        self.public_outputs
    }

    /// Number of private inputs; they are witness, as are all intermediate values.
    #[must_use]
    pub const fn private_inputs(&self) -> usize {
        self.private_inputs
    }
}

struct Header {
    wires: usize,
    public_outputs: usize,
    public_inputs: usize,
    private_inputs: usize,
    labels: u64,
    constraints: usize,
}

impl Header {
    fn read(mut cursor: Cursor<'_>) -> Result<Self, FileError> {
        read_modulus::<Fr>(&mut cursor)?;
        let counts = cursor;
        let header = Self {
            wires: cursor.count()?,
            public_outputs: cursor.count()?,
            public_inputs: cursor.count()?,
            private_inputs: cursor.count()?,
            labels: cursor.u64()?,
            constraints: cursor.count()?,
        };
        cursor.finish()?;
        let named = [1, header.public_outputs, header.public_inputs, header.private_inputs];
        let least = named.into_iter().try_fold(0, usize::checked_add);
        if least.is_none_or(|least| header.wires < least) {
            let value = u64::try_from(header.wires).unwrap_or(u64::MAX);
            return Err(counts.fault(Fault::Count { name: "wires", value }));
        }
        Ok(header)
    }

    fn check_labels(&self, mut section: Cursor<'_>) -> Result<(), FileError> {
        section.expect_length(self.wires, 8, 0)?;
        for _ in 0..self.wires {
            let here = section;
            let label = section.u64()?;
            if label >= self.labels {
                return Err(here.fault(Fault::Label { label }));
            }
        }
        section.finish()
    }

    /// One pass over the bytes: all entries lie in the section, wires exist, coefficients are canonical and not zero.
    ///
    /// Answers the numbers of entries of A, B and C. Nothing is allocated.
    fn check_constraints(&self, mut section: Cursor<'_>) -> Result<[usize; 3], FileError> {
        let mut counts = [0; 3];
        for _ in 0..self.constraints {
            for total in &mut counts {
                let row = Row::take(&mut section)?;
                *total += row.entries.len();
                for (index, entry) in row.entries.iter().enumerate() {
                    let fault = |fault| Err(row.at.fault_after(index * ENTRY_BYTES, fault));
                    let (column, coefficient) = split(entry);
                    if size(column) >= self.wires {
                        return fault(Fault::Column { column });
                    }
                    if *coefficient == [0; FIELD_BYTES] {
                        return fault(Fault::ZeroCoefficient);
                    }
                    if plain(coefficient).is_none() {
                        return fault(Fault::NotCanonical);
                    }
                }
            }
        }
        section.finish()?;
        Ok(counts)
    }

    /// `section` and `entries` as [`Self::check_constraints`] has them.
    fn matrices(&self, section: Cursor<'_>, entries: [usize; 3]) -> Result<Matrices, FileError> {
        let refused = |error| section.fault(Fault::Key(KeyError::Matrices(error)));
        let instance = 1 + self.public_outputs + self.public_inputs;
        let mut builder = MatricesBuilder::new(instance, self.wires - instance).map_err(refused)?;
        builder.reserve_coefficients(entries.iter().sum());
        for (matrix, entries) in entries.into_iter().enumerate() {
            if matrix > 0 {
                builder.next_matrix();
            }
            builder.reserve(self.constraints, entries);
            let mut section = section;
            for number in 0..self.constraints {
                for place in 0..3 {
                    let row = Row::take(&mut section)?;
                    if place == matrix {
                        row.add(&mut builder, number)?;
                    }
                }
            }
        }
        builder.finish().map_err(refused)
    }
}

/// One row of one matrix.
struct Row<'a> {
    entries: &'a [[u8; ENTRY_BYTES]],
    /// Where the entries begin.
    at: Cursor<'a>,
}

impl<'a> Row<'a> {
    fn take(section: &mut Cursor<'a>) -> Result<Self, FileError> {
        let here = *section;
        let count = section.count()?;
        let at = *section;
        let length = count.saturating_mul(ENTRY_BYTES);
        let bytes = section
            .take(length)
            .map_err(|error| FileError { offset: here.fault(Fault::Magic).offset, ..error })?;
        Ok(Self { entries: bytes.as_chunks().0, at })
    }

    fn add(&self, builder: &mut MatricesBuilder, number: usize) -> Result<(), FileError> {
        let read = |entry| {
            let (column, coefficient) = split(entry);
            (column, plain(coefficient).expect("checked before"))
        };
        let added = if self.entries.is_sorted_by_key(|entry| split(entry).0) {
            builder.row(self.entries.iter().map(read))
        } else {
            // Numbers of 32 bits, not the entries: little beside the file, even if it is one long row.
            let entry = |number: u32| self.entries.get(size(number));
            let mut order: Vec<u32> = (0..count(self.entries.len())).collect();
            order.sort_unstable_by_key(|number| entry(*number).map(|entry| split(entry).0));
            builder.row(order.into_iter().filter_map(entry).map(read))
        };
        added.map_err(|error| {
            self.at.fault(match error {
                MatrixError::ColumnOrder { column, .. } => {
                    Fault::RepeatedCoefficient { row: count(number), column }
                }
                error => Fault::Key(KeyError::Matrices(error)),
            })
        })
    }
}

fn split(entry: &[u8; ENTRY_BYTES]) -> (u32, &[u8; FIELD_BYTES]) {
    let (column, coefficient) = entry.split_first_chunk().expect("an entry is longer");
    (u32::from_le_bytes(*column), coefficient.first_chunk().expect("the rest of an entry"))
}
