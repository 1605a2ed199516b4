//! Files with the values of all variables, `.wtns`: secret.
//!
//! | section | holds |
//! | --- | --- |
//! | 1 header | size of a field element (4), modulus (32), number of values (4) |
//! | 2 values | 32 bytes each, little endian, canonical: the constant 1, the public values, the witness |

use crate::{
    container::{Container, Cursor, count, head, section_head},
    encoding::{FIELD_BYTES, MODULUS_BYTES, plain, read_modulus, to_plain, write_modulus},
    error::{Fault, FileError, Format},
};
use ark_ff::One;
use tabella_primitives::Fr;
use zeroize::Zeroizing;

/// Reads a `.wtns` file: the values of all variables, of which the first is 1. Takes 32 bytes for each.
///
/// # Errors
/// [`FileError`]. It tells places, never values.
///
/// # Security
/// The values are secret and erased when dropped. Erasing `bytes` and the file is up to the caller.
pub fn from_bytes(bytes: &[u8]) -> Result<Zeroizing<Vec<Fr>>, FileError> {
    let container = Container::open(Format::Wtns, bytes)?;
    let mut header = container.section(1)?;
    read_modulus::<Fr>(&mut header)?;
    let values = header.count()?;
    header.finish()?;
    let section = container.list(2, values, FIELD_BYTES)?;
    let (chunks, _) = section.bytes().as_chunks();
    let mut assignment = Zeroizing::new(Vec::with_capacity(chunks.len()));
    for (index, chunk) in chunks.iter().enumerate() {
        let not_canonical = || section.fault_after(index * FIELD_BYTES, Fault::NotCanonical);
        assignment.push(plain(chunk).ok_or_else(not_canonical)?);
    }
    if !assignment.first().is_some_and(One::is_one) {
        return Err(Cursor::fault(&section, Fault::ConstantNotOne));
    }
    Ok(assignment)
}

/// Writes a `.wtns` file, with the sections in order, as circom's witness programs do: `76 + 32 n` bytes for n values.
///
/// # Panics
/// With 2^32 values or more, 128 GiB.
///
/// # Security
/// The bytes are secret and erased when dropped. A file of them wants a safe place.
#[must_use]
pub fn to_bytes(assignment: &[Fr]) -> Zeroizing<Vec<u8>> {
    let header = MODULUS_BYTES + 4;
    let values = assignment.len() * FIELD_BYTES;
    // Room for everything at once: a vector that grows would leave copies of secret values behind.
    let mut file = Zeroizing::new(Vec::with_capacity(12 + 12 + header + 12 + values));
    file.extend_from_slice(&head(Format::Wtns, 2));
    section_head(&mut file, 1, header);
    write_modulus::<Fr>(&mut file);
    file.extend_from_slice(&count(assignment.len()).to_le_bytes());
    section_head(&mut file, 2, values);
    for value in assignment {
        file.extend_from_slice(&to_plain(value));
    }
    file
}
