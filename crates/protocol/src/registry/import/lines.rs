//! Lines of a text of unknown origin, numbered, in bounded memory.

use super::{ImportCause, ImportError};
use alloc::vec::Vec;
use std::io::{BufRead, BufReader, Read};

/// Greatest length of a line in bytes, without its end. A longer one is refused before it is read to its end.
pub const MAX_LINE_LENGTH: usize = 4096;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Numbered lines.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    buffer: Vec<u8>,
    number: u64,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader: BufReader::new(reader), buffer: Vec::new(), number: 0, ended: false }
    }

    /// The next line that is not empty, through `read`, with its number. Ends after the first error.
    pub(super) fn next_with<T>(
        &mut self,
        mut read: impl FnMut(&str) -> Result<Option<T>, ImportCause>,
    ) -> Option<Result<(u64, T), ImportError>> {
        while !self.ended {
            match self.advance().and_then(|line| line.map_or(Ok(None), &mut read)) {
                Ok(Some(value)) => return Some(Ok((self.number, value))),
                Ok(None) => {}
                Err(cause) => {
                    self.ended = true;
                    return Some(Err(ImportError { line: self.number, cause }));
                }
            }
        }
        None
    }

    /// The next line; `None` if it is empty or the text has ended.
    fn advance(&mut self) -> Result<Option<&str>, ImportCause> {
        self.number += 1;
        self.buffer.clear();
        // Two bytes more than a line may have: its end.
        let limit = u64::try_from(MAX_LINE_LENGTH + 2).expect("a small constant");
        let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut self.buffer);
        if read.map_err(|error| ImportCause::Io(error.kind()))? == 0 {
            self.ended = true;
            return Ok(None);
        }
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > MAX_LINE_LENGTH {
            return Err(ImportCause::TooLong);
        }
        let line = core::str::from_utf8(line).map_err(|_| ImportCause::NotUtf8)?;
        let line = if self.number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        Ok(Some(line).filter(|line| !line.is_empty()))
    }
}
