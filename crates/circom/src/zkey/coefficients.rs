//! Section 4: the entries of A and B.

use crate::{
    container::{Cursor, count, size},
    encoding::{FIELD_BYTES, coefficient, to_coefficient},
    error::{Fault, FileError},
};
use ark_ff::{One, Zero};
use tabella_primitives::{Fr, exec};
use tabella_prover::{
    KeyError,
    matrices::{Matrices, MatricesBuilder},
};

/// Bytes of an entry: matrix, row, column, value.
const ENTRY_BYTES: usize = 12 + FIELD_BYTES;

/// Where an entry stands: row, matrix (0 for A, 1 for B), column. The usual order in a file is that of these.
type Place = (u32, u32, u32);

fn place(entry: &[u8; ENTRY_BYTES]) -> Place {
    let number = |at: usize| {
        let chunk = entry.as_chunks().0.get(at).expect("an entry begins with three numbers");
        u32::from_le_bytes(*chunk)
    };
    (number(1), number(0), number(2))
}

fn value(entry: &[u8; ENTRY_BYTES]) -> Option<Fr> {
    coefficient(entry.last_chunk().expect("an entry ends with a value"))
}

/// The entries of a file, each checked for itself.
pub(super) struct Coefficients<'a> {
    section: Cursor<'a>,
    entries: &'a [[u8; ENTRY_BYTES]],
    /// The entries' numbers in the usual order, if the file has another.
    sorted: Option<Vec<u32>>,
}

impl<'a> Coefficients<'a> {
    /// Checks matrix, row, column and value of every entry, and that none stands there twice.
    pub(super) fn read(mut section: Cursor<'a>, variables: usize, domain: usize) -> Result<Self, FileError> {
        let head = section;
        let number = section.count()?;
        head.expect_length(number, ENTRY_BYTES, 4)?;
        let (entries, _) = section.bytes().as_chunks();
        let fault = |entry: &[u8; ENTRY_BYTES]| {
            let (row, matrix, column) = place(entry);
            match value(entry) {
                _ if matrix > 1 => Some(Fault::Matrix { actual: matrix }),
                _ if size(row) >= domain => Some(Fault::Row { row }),
                _ if size(column) >= variables => Some(Fault::Column { column }),
                None => Some(Fault::NotCanonical),
                Some(value) => value.is_zero().then_some(Fault::ZeroCoefficient),
            }
        };
        if let Some((index, fault)) = exec::first_some(entries, fault) {
            return Err(section.fault_after(index * ENTRY_BYTES, fault));
        }
        let sorted = (!entries.is_sorted_by(|one, other| place(one) < place(other))).then(|| {
            let mut numbers: Vec<u32> = (0..count(entries.len())).collect();
            let at = |number: u32| entries.get(size(number)).map(place);
            numbers.sort_unstable_by_key(|number| (at(*number), *number));
            numbers
        });
        let read = Self { section, entries, sorted };
        let mut last = None;
        for (number, (row, matrix, column)) in read.numbers().map(|number| (number, read.place(number))) {
            if last == Some((row, matrix, column)) {
                let offset = size(number) * ENTRY_BYTES;
                return Err(section.fault_after(offset, Fault::RepeatedCoefficient { row, column }));
            }
            last = Some((row, matrix, column));
        }
        Ok(read)
    }

    /// Numbers of the entries in the usual order.
    fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        let all = 0..count(self.entries.len());
        all.map(|place| {
            self.sorted.as_ref().and_then(|sorted| sorted.get(size(place)).copied()).unwrap_or(place)
        })
    }

    fn place(&self, number: u32) -> Place {
        self.entries.get(size(number)).map_or((u32::MAX, 0, 0), place)
    }

    fn value(&self, number: u32) -> Fr {
        self.entries.get(size(number)).and_then(value).unwrap_or_default()
    }

    /// The matrices, without the rows which bind the public inputs; these are the last ones, and are checked.
    pub(super) fn matrices(&self, variables: usize, instance: usize) -> Result<Matrices, FileError> {
        let rows = self.numbers().last().map_or(0, |last| size(self.place(last).0) + 1);
        let missing = || self.section.fault(Fault::PublicInputRow { row: 0 });
        let constraints = rows.checked_sub(instance).ok_or_else(missing)?;
        self.check_public_rows(constraints, instance)?;
        let refused = |error| self.section.fault(Fault::Key(KeyError::Matrices(error)));
        let mut builder = MatricesBuilder::new(instance, variables - instance).map_err(refused)?;
        builder.reserve_coefficients(self.entries.len());
        for matrix in [0, 1] {
            if matrix > 0 {
                builder.next_matrix();
            }
            let of_matrix = || {
                self.numbers()
                    .map(|n| (n, self.place(n)))
                    .filter(|(_, (row, m, _))| *m == matrix && size(*row) < constraints)
            };
            builder.reserve(constraints, of_matrix().count());
            let mut entries = of_matrix().peekable();
            for row in 0..constraints {
                let of_row = core::iter::from_fn(|| {
                    let (number, (_, _, column)) = entries.next_if(|(_, (r, _, _))| size(*r) == row)?;
                    Some((column, self.value(number)))
                });
                builder.row(of_row).map_err(refused)?;
            }
        }
        builder.finish().map_err(refused)
    }

    /// Row `constraints + i` of A holds the coefficient 1 in column `i` and nothing else, and no such row of B holds anything.
    fn check_public_rows(&self, constraints: usize, instance: usize) -> Result<(), FileError> {
        let mut expected = 0..instance;
        for number in self.numbers() {
            let (row, matrix, column) = self.place(number);
            if size(row) < constraints {
                continue;
            }
            let input = expected.next();
            let binds = input.is_some_and(|input| {
                size(row) == constraints + input
                    && matrix == 0
                    && size(column) == input
                    && self.value(number).is_one()
            });
            if !binds {
                return Err(self
                    .section
                    .fault_after(size(number) * ENTRY_BYTES, Fault::PublicInputRow { row }));
            }
        }
        // The rows are as many as inputs, and each had one entry at most: none is missing.
        Ok(())
    }

    /// For each entry of the file its place in the usual order, if the file has another.
    pub(super) fn into_file_order(self) -> Option<Vec<u32>> {
        let sorted = self.sorted?;
        let mut places = vec![0; sorted.len()];
        for (place, number) in (0..).zip(sorted) {
            if let Some(slot) = places.get_mut(size(number)) {
                *slot = place;
            }
        }
        Some(places)
    }
}

/// Content of the section for matrices of a key, in the usual order or that of a file.
pub(super) fn write(matrices: &Matrices, file_order: Option<&[u32]>) -> Vec<u8> {
    let instance = 1 + matrices.public_inputs();
    let constraints = matrices.constraints();
    let [a, b, _] = matrices.nonzeros();
    let entries = a + b + instance;
    let mut usual: Vec<[u8; ENTRY_BYTES]> = Vec::with_capacity(entries);
    for row in 0..constraints {
        usual.extend(matrices.a_row(row).map(|(column, value)| entry(0, row, column, &value)));
        usual.extend(matrices.b_row(row).map(|(column, value)| entry(1, row, column, &value)));
    }
    usual.extend((0..instance).map(|input| entry(0, constraints + input, count(input), &Fr::one())));
    let mut content = Vec::with_capacity(4 + entries * ENTRY_BYTES);
    content.extend_from_slice(&count(entries).to_le_bytes());
    match file_order {
        None => content.extend_from_slice(usual.as_flattened()),
        Some(order) => {
            for place in order {
                content.extend_from_slice(usual.get(size(*place)).expect("as many places as entries"));
            }
        }
    }
    content
}

fn entry(matrix: u32, row: usize, column: u32, value: &Fr) -> [u8; ENTRY_BYTES] {
    let mut bytes = [0; ENTRY_BYTES];
    let (numbers, coefficient) = bytes.split_at_mut(12);
    for (bytes, number) in numbers.as_chunks_mut().0.iter_mut().zip([matrix, count(row), column]) {
        *bytes = number.to_le_bytes();
    }
    coefficient.copy_from_slice(&to_coefficient(value));
    bytes
}
