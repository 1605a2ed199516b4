//! The frame of files that are mapped into memory: a magic, a table of sections, and the sections.
//!
//! All integers little endian.
//!
//! | offset | bytes | what |
//! | --- | --- | --- |
//! | 0 | 16 | magic, with the version of the content |
//! | 16 | 8 | length of the file |
//! | 24 | 8 | number of sections |
//! | 32 | 24 each | number of the section, its offset, its length (8 each) |
//! | | | the sections |
//!
//! Sections stand in the order of their numbers, each once, each at the next multiple of [`ALIGNMENT`] behind the one before, with
//! zeros in between; the file ends with the last. So a content has one spelling. Everything in the table is compared with the
//! file's length before anything is read, and nothing is allocated for what it claims.

use core::{fmt, ops::Range};

/// Where sections begin: at multiples of a cache line, so that points can be used where they lie.
pub const ALIGNMENT: usize = 64;
/// Bytes before the table of sections.
const HEAD_BYTES: usize = 32;
/// Bytes of an entry of the table.
const ENTRY_BYTES: usize = 24;
/// What a fault outside all sections is said to be in.
const TABLE: &str = "table of sections";

/// A section that a kind of file has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    pub(crate) optional: bool,
}

impl Section {
    pub(crate) const fn new(number: u64, name: &'static str) -> Self {
        Self { number, name, optional: false }
    }

    /// May be missing.
    pub(crate) const fn optional(number: u64, name: &'static str) -> Self {
        Self { number, name, optional: true }
    }
}

/// What is wrong with the frame of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameFault {
    /// The file does not begin as one of this kind and version does.
    Magic,
    /// The file is shorter or longer than it should be.
    Length {
        /// What it should have, in bytes.
        expected: u64,
        /// What it has.
        actual: u64,
    },
    /// A section is missing.
    Missing,
    /// A section stands there twice.
    Repeated,
    /// A section stands before another that should come first.
    OutOfOrder,
    /// No such section is known.
    Unknown {
        /// Its number.
        number: u64,
    },
    /// A section does not begin behind the one before.
    Offset {
        /// Where it should begin.
        expected: u64,
        /// Where the table says it begins.
        actual: u64,
    },
    /// A section has another length than its content asks for.
    SectionLength {
        /// What it should have, in bytes.
        expected: u64,
        /// What the table says.
        actual: u64,
    },
    /// A section ends beyond the file.
    BeyondFile,
    /// A byte between sections is not zero.
    Padding,
}

impl fmt::Display for FrameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("the file does not begin as one of a version that is known here does"),
            Self::Length { expected, actual } => {
                write!(f, "the file should have {expected} bytes and has {actual}")
            }
            Self::Missing => f.write_str("the section is missing"),
            Self::Repeated => f.write_str("the section stands there twice"),
            Self::OutOfOrder => f.write_str("the section is out of order"),
            Self::Unknown { number } => write!(f, "there is no section {number}"),
            Self::Offset { expected, actual } => {
                write!(f, "the section should begin at {expected}, not at {actual}")
            }
            Self::SectionLength { expected, actual } => {
                write!(f, "the section should have {expected} bytes and has {actual}")
            }
            Self::BeyondFile => f.write_str("the section ends beyond the file"),
            Self::Padding => f.write_str("bytes between sections are not zero"),
        }
    }
}

/// A fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrameError {
    /// The section, or the table of sections.
    pub(crate) section: &'static str,
    /// Offset in the file, in bytes.
    pub(crate) offset: usize,
    pub(crate) fault: FrameFault,
}

fn in_section(known: &[Section], place: usize, offset: usize, fault: FrameFault) -> FrameError {
    FrameError { section: known.get(place).map_or(TABLE, |section| section.name), offset, fault }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The content of one section.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) name: &'static str,
    /// Where it begins in the file.
    pub(crate) offset: usize,
    /// Where its length stands.
    length_at: usize,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// Its bytes, if there are as many as expected (`None`: more than can be).
    pub(crate) fn expect(self, expected: Option<usize>) -> Result<&'a [u8], FrameError> {
        if expected == Some(self.bytes.len()) {
            return Ok(self.bytes);
        }
        let (expected, actual) = (expected.map_or(u64::MAX, wide), wide(self.bytes.len()));
        let fault = FrameFault::SectionLength { expected, actual };
        Err(FrameError { section: self.name, offset: self.length_at, fault })
    }
}

/// The sections of a file, found and checked against its length.
pub(crate) struct Frame<'a> {
    /// As many as the kind of file has; `None` where an optional one is missing.
    parts: Vec<Option<Part<'a>>>,
}

impl<'a> Frame<'a> {
    /// Reads the table of sections and checks it.
    pub(crate) fn open(file: &'a [u8], magic: &[u8; 16], known: &[Section]) -> Result<Self, FrameError> {
        let in_table = |offset, fault| FrameError { section: TABLE, offset, fault };
        if !file.starts_with(magic) {
            return Err(in_table(0, FrameFault::Magic));
        }
        let length = |expected| FrameFault::Length { expected, actual: wide(file.len()) };
        let number = |at: usize| {
            let bytes = file.get(at..).and_then(|rest| rest.first_chunk());
            bytes.map(|bytes| u64::from_le_bytes(*bytes)).ok_or(in_table(at, length(wide(at + 8))))
        };
        let (stated, count) = (number(16)?, number(24)?);
        if stated != wide(file.len()) {
            return Err(in_table(16, length(stated)));
        }
        // More entries than known sections repeat one, or name an unknown one: nothing is allocated for their number.
        let entries = usize::try_from(count).unwrap_or(usize::MAX);
        let table_end = entries.checked_mul(ENTRY_BYTES).and_then(|bytes| bytes.checked_add(HEAD_BYTES));
        let table_end = table_end
            .filter(|end| *end <= file.len())
            .ok_or(in_table(24, length(table_end.map_or(u64::MAX, wide))))?;

        let mut found: Vec<(usize, usize)> = Vec::with_capacity(known.len());
        for at in (HEAD_BYTES..table_end).step_by(ENTRY_BYTES) {
            let id = number(at)?;
            let Some(place) = known.iter().position(|section| section.number == id) else {
                return Err(in_table(at, FrameFault::Unknown { number: id }));
            };
            let last = found.last().map(|(place, _)| *place);
            if last.is_some_and(|last| place <= last) {
                let repeated = found.iter().any(|(other, _)| *other == place);
                let fault = if repeated { FrameFault::Repeated } else { FrameFault::OutOfOrder };
                return Err(in_section(known, place, at, fault));
            }
            found.push((place, at));
        }
        let missing = |place: &usize| found.iter().all(|(other, _)| other != place);
        let mut required = (0..known.len()).filter(|place| known.get(*place).is_some_and(|s| !s.optional));
        if let Some(place) = required.find(missing) {
            return Err(in_section(known, place, 24, FrameFault::Missing));
        }

        let mut parts = vec![None; known.len()];
        let mut end = table_end;
        for (place, at) in found {
            let fault = |offset, fault| in_section(known, place, offset, fault);
            let (offset, bytes) = (number(at + 8)?, number(at + 16)?);
            let start = end.next_multiple_of(ALIGNMENT);
            if offset != wide(start) {
                return Err(fault(at + 8, FrameFault::Offset { expected: wide(start), actual: offset }));
            }
            let beyond = || fault(at + 16, FrameFault::BeyondFile);
            let stop = usize::try_from(bytes).ok().and_then(|b| start.checked_add(b)).ok_or_else(beyond)?;
            let content = file.get(start..stop).ok_or_else(beyond)?;
            let padding = file.get(end..start).ok_or_else(beyond)?;
            if let Some(nonzero) = padding.iter().position(|byte| *byte != 0) {
                return Err(fault(end + nonzero, FrameFault::Padding));
            }
            end = stop;
            if let (Some(part), Some(section)) = (parts.get_mut(place), known.get(place)) {
                *part = Some(Part { name: section.name, offset: start, length_at: at + 16, bytes: content });
            }
        }
        if end != file.len() {
            return Err(in_table(16, length(wide(end))));
        }
        Ok(Self { parts })
    }

    /// The section at this place in the list of known ones.
    pub(crate) fn part(&self, place: usize) -> Option<Part<'a>> {
        self.parts.get(place).copied().flatten()
    }
}

/// Where sections of these lengths lie; `None` beyond the address space.
fn places(lengths: &[usize]) -> Option<Vec<Range<usize>>> {
    let mut end = lengths.len().checked_mul(ENTRY_BYTES)?.checked_add(HEAD_BYTES)?;
    let mut places = Vec::with_capacity(lengths.len());
    for length in lengths {
        let start = end.checked_next_multiple_of(ALIGNMENT)?;
        end = start.checked_add(*length)?;
        places.push(start..end);
    }
    Some(places)
}

/// Writes a file section by section.
pub(crate) struct Writer {
    file: Vec<u8>,
}

impl Writer {
    /// Begins a file with sections of these numbers and lengths, with room for the first `room` sections.
    pub(crate) fn new(magic: &[u8; 16], sections: &[(u64, usize)], room: usize) -> Self {
        let lengths: Vec<usize> = sections.iter().map(|(_, length)| *length).collect();
        let places = places(&lengths).unwrap_or_default();
        let end = |place: Option<&Range<usize>>| place.map_or(0, |place| place.end);
        let mut file = Vec::with_capacity(end(places.get(room.saturating_sub(1))));
        file.extend_from_slice(magic);
        file.extend_from_slice(&wide(end(places.last())).to_le_bytes());
        file.extend_from_slice(&wide(sections.len()).to_le_bytes());
        for ((number, length), place) in sections.iter().zip(&places) {
            for value in [*number, wide(place.start), wide(*length)] {
                file.extend_from_slice(&value.to_le_bytes());
            }
        }
        Self { file }
    }

    /// Begins the next section, whose content is appended to the answer.
    pub(crate) fn section(&mut self) -> &mut Vec<u8> {
        self.file.resize(self.file.len().next_multiple_of(ALIGNMENT), 0);
        &mut self.file
    }

    /// The file.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.file
    }
}
