//! The files in `tests/data`, and how to take them apart.
#![allow(dead_code, reason = "each test uses its part")]

/// `chain.zkey`: 11 variables, 2 of them public inputs, 7 constraints, 27 coefficients, domain 16.
pub(crate) const ZKEY: &[u8] = include_bytes!("../data/chain.zkey");
/// Fresh from the setup, without a contribution.
pub(crate) const UNFINISHED: &[u8] = include_bytes!("../data/unfinished.zkey");
/// A satisfying assignment.
pub(crate) const WTNS: &[u8] = include_bytes!("../data/chain.wtns");
/// The constraints.
pub(crate) const R1CS: &[u8] = include_bytes!("../data/chain.r1cs");

/// A section in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Its number.
    pub(crate) number: u32,
    /// Where its number stands.
    pub(crate) head: usize,
    /// Where its content begins.
    pub(crate) content: usize,
    /// Length of its content.
    pub(crate) length: usize,
}

/// The sections of a well-formed file, in its order.
pub(crate) fn sections(file: &[u8]) -> Vec<Place> {
    let mut at = 12;
    let mut places = Vec::new();
    for _ in 0..u32::from_le_bytes(file[8..12].try_into().unwrap()) {
        let number = u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let length = u64::from_le_bytes(file[at + 4..at + 12].try_into().unwrap());
        let length = usize::try_from(length).unwrap();
        places.push(Place { number, head: at, content: at + 12, length });
        at += 12 + length;
    }
    assert_eq!(at, file.len());
    places
}

/// Section `number` of a file.
pub(crate) fn section(file: &[u8], number: u32) -> Place {
    sections(file).into_iter().find(|place| place.number == number).unwrap()
}

/// The file with bytes written over.
pub(crate) fn overwritten(file: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at..at + with.len()].copy_from_slice(with);
    file
}

/// The file with another content of a section, whose length is put right.
pub(crate) fn with_section(file: &[u8], number: u32, content: &[u8]) -> Vec<u8> {
    let place = section(file, number);
    let length = u64::try_from(content.len()).unwrap().to_le_bytes();
    [&file[..place.head + 4], &length, content, &file[place.content + place.length..]].concat()
}

/// The file with its sections in another order, some perhaps left out or doubled.
pub(crate) fn rearranged(file: &[u8], numbers: &[u32]) -> Vec<u8> {
    let count = u32::try_from(numbers.len()).unwrap().to_le_bytes();
    let mut result = [&file[..8], &count].concat();
    for number in numbers {
        let place = section(file, *number);
        result.extend_from_slice(&file[place.head..place.content + place.length]);
    }
    result
}
