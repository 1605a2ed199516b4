//! What all binary files of circom have in common: four letters, a version, and sections with number and length.
//!
//! All integers are little endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | letters of the format |
//! | 4 | version |
//! | 4 | number of sections |
//! | 4, 8, n | for each section: its number, its length n, its content |

use crate::error::{Fault, FileError, Format, Section};

/// The sections of a file.
pub(crate) struct Container<'a> {
    format: Format,
    /// In the order of the file; none twice, hence few.
    sections: Vec<Cursor<'a>>,
    end: usize,
}

impl<'a> Container<'a> {
    /// Reads the table of sections. Every section of the format at most once, nothing else.
    pub(crate) fn open(format: Format, bytes: &'a [u8]) -> Result<Self, FileError> {
        let mut file = Cursor { format, section: None, bytes, at: 0 };
        if bytes.get(..4) != Some(format.magic().as_bytes()) {
            return Err(file.fault(Fault::Magic));
        }
        file.take(4)?;
        let version_at = file.at;
        let actual = file.u32()?;
        if actual != format.version() {
            return Err(FileError { offset: version_at, ..file.fault(Fault::Version { actual }) });
        }
        let count = file.u32()?;
        let mut sections: Vec<Cursor<'a>> = Vec::new();
        // Ends early for a false count: there are few numbers, and none may stand twice.
        for _ in 0..count {
            let head_at = file.at;
            let section = Section::of(format, file.u32()?);
            let refuse = |offset, fault| Err(FileError { format, section: Some(section), offset, fault });
            let known = usize::try_from(section.number)
                .is_ok_and(|n| (1..=format.section_names().len()).contains(&n));
            if !known {
                return refuse(head_at, Fault::UnknownSection);
            }
            if sections.iter().any(|other| other.section == Some(section)) {
                return refuse(head_at, Fault::RepeatedSection);
            }
            let length = file.u64()?;
            let at = file.at;
            let content = match usize::try_from(length)
                .ok()
                .and_then(|length| file.bytes.split_at_checked(length))
            {
                Some((content, rest)) => {
                    file.bytes = rest;
                    file.at += content.len();
                    content
                }
                None => return refuse(at, Fault::Truncated { expected: length, actual: file.bytes.len() }),
            };
            sections.push(Cursor { format, section: Some(section), bytes: content, at });
        }
        let end = file.at;
        file.finish()?;
        Ok(Self { format, sections, end })
    }

    /// Numbers of the sections in the order of the file.
    pub(crate) fn order(&self) -> Vec<u32> {
        self.sections.iter().filter_map(|cursor| cursor.section).map(|section| section.number).collect()
    }

    /// A section that may be missing.
    pub(crate) fn find(&self, number: u32) -> Option<Cursor<'a>> {
        self.sections.iter().find(|cursor| cursor.section.is_some_and(|s| s.number == number)).copied()
    }

    /// A section that must be there.
    pub(crate) fn section(&self, number: u32) -> Result<Cursor<'a>, FileError> {
        self.find(number).ok_or_else(|| FileError {
            format: self.format,
            section: Some(Section::of(self.format, number)),
            offset: self.end,
            fault: Fault::MissingSection,
        })
    }

    /// A section of `count` items of `size` bytes each.
    pub(crate) fn list(&self, number: u32, count: usize, size: usize) -> Result<Cursor<'a>, FileError> {
        let section = self.section(number)?;
        section.expect_length(count, size, 0)?;
        Ok(section)
    }
}

/// What is left of a section, or of the file.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    format: Format,
    section: Option<Section>,
    bytes: &'a [u8],
    /// Offset of `bytes` in the file.
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A fault where the cursor stands.
    pub(crate) fn fault(&self, fault: Fault) -> FileError {
        FileError { format: self.format, section: self.section, offset: self.at, fault }
    }

    /// A fault `bytes` behind the cursor.
    pub(crate) fn fault_after(&self, bytes: usize, fault: Fault) -> FileError {
        FileError { offset: self.at.saturating_add(bytes), ..self.fault(fault) }
    }

    /// What is left.
    pub(crate) const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], FileError> {
        let Some((taken, rest)) = self.bytes.split_at_checked(length) else {
            let expected = u64::try_from(length).unwrap_or(u64::MAX);
            return Err(self.fault(Fault::Truncated { expected, actual: self.bytes.len() }));
        };
        self.bytes = rest;
        self.at += length;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], FileError> {
        Ok(self.take(N)?.first_chunk().expect("as many bytes were taken"))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FileError> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, FileError> {
        self.array().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// A 32-bit count as a size in memory.
    pub(crate) fn count(&mut self) -> Result<usize, FileError> {
        Ok(size(self.u32()?))
    }

    /// `head + count * size` bytes are left, not less and not more.
    pub(crate) fn expect_length(&self, count: usize, size: usize, head: usize) -> Result<(), FileError> {
        let expected = count.checked_mul(size).and_then(|bytes| bytes.checked_add(head));
        if expected == Some(self.bytes.len()) {
            return Ok(());
        }
        let expected = expected.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(u64::MAX);
        Err(self.fault(Fault::SectionLength { expected, actual: self.bytes.len() }))
    }

    /// Nothing is left.
    pub(crate) fn finish(self) -> Result<(), FileError> {
        match self.bytes.len() {
            0 => Ok(()),
            bytes => Err(self.fault(Fault::Trailing { bytes })),
        }
    }
}

/// A 32-bit number as a size in memory.
pub(crate) fn size(number: u32) -> usize {
    usize::try_from(number).expect("memory is addressed by at least 32 bits")
}

/// A count in memory as the files have it. What was read or proved with fits.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).expect("keys and assignments have less than 2^32 parts")
}

/// The beginning of a file with so many sections.
pub(crate) fn head(format: Format, sections: usize) -> Vec<u8> {
    [format.magic().as_bytes(), &format.version().to_le_bytes(), &count(sections).to_le_bytes()].concat()
}

/// Appends the head of a section, and reserves room for its content.
pub(crate) fn section_head(file: &mut Vec<u8>, number: u32, length: usize) {
    file.extend_from_slice(&number.to_le_bytes());
    file.extend_from_slice(&u64::try_from(length).expect("a length in memory fits 64 bits").to_le_bytes());
    file.reserve_exact(length);
}
