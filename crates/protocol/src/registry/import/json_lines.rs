//! Commitments from JSON lines.

use super::{ImportCause, ImportError, ImportedCommitment, commitment, lines::Lines};
use serde::Deserialize;
use std::io::Read;

/// Reads commitments from JSON lines: each line is `"<commitment>"` or `{"commitment":"<commitment>"}`.
///
/// Strict: decimal text in quotation marks, without escapes; no other field. Ends after the first error.
///
/// ```
/// use tabella_protocol::registry::{JsonLinesCommitments, Registry};
///
/// let file = "\"11\"\n{\"commitment\":\"22\"}\n";
/// let mut registry = Registry::new();
/// assert_eq!(registry.import(JsonLinesCommitments::new(file.as_bytes())), Ok(2));
/// ```
#[derive(Debug)]
pub struct JsonLinesCommitments<R> {
    lines: Lines<R>,
}

/// The object form. Borrowed text refuses escapes: a commitment has one spelling.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    #[serde(borrow)]
    commitment: &'a str,
}

impl<R: Read> JsonLinesCommitments<R> {
    /// Starts to read. The reader need not be buffered.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self { lines: Lines::new(reader) }
    }
}

impl<R: Read> Iterator for JsonLinesCommitments<R> {
    type Item = Result<ImportedCommitment, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.lines.next_with(|line| {
            let text = if line.starts_with('{') {
                serde_json::from_str::<Entry<'_>>(line).map(|entry| entry.commitment)
            } else {
                serde_json::from_str::<&str>(line)
            };
            commitment(text.map_err(|error| ImportCause::Json { column: error.column() })?).map(Some)
        })?;
        Some(entry.map(|(line, commitment)| ImportedCommitment { line, commitment }))
    }
}
