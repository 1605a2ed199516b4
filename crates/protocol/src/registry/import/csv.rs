//! Commitments from CSV [RFC 4180], without line breaks inside quotes.

use super::{ImportCause, ImportError, ImportedCommitment, commitment, lines::Lines};
use alloc::{string::String, vec::Vec};
use std::io::Read;

/// Names of a column of commitments.
const COLUMN_NAMES: [&str; 2] = ["commitment", "identity_commitment"];

/// Reads commitments from CSV: one column without a header, or any columns with a header that names one of them
/// `commitment` or `identity_commitment`.
///
/// The separator is the comma; values may stand in quotation marks. Other columns are not looked at, but each line must
/// have as many as the header. Ends after the first error.
///
/// ```
/// use tabella_protocol::registry::{CsvCommitments, Registry};
///
/// let file = "name,commitment\r\n\"Doe, Jane\",11\r\nJohn,22\r\n";
/// let mut registry = Registry::new();
/// assert_eq!(registry.import(CsvCommitments::new(file.as_bytes())), Ok(2));
/// ```
#[derive(Debug)]
pub struct CsvCommitments<R> {
    lines: Lines<R>,
    layout: Option<Layout>,
}

/// Which of how many columns holds the commitments.
#[derive(Clone, Copy, Debug)]
struct Layout {
    columns: usize,
    commitment: usize,
}

impl<R: Read> CsvCommitments<R> {
    /// Starts to read. The reader need not be buffered.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self { lines: Lines::new(reader), layout: None }
    }
}

impl<R: Read> Iterator for CsvCommitments<R> {
    type Item = Result<ImportedCommitment, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let layout = &mut self.layout;
        let entry = self.lines.next_with(|line| {
            let fields = fields(line)?;
            let layout = match *layout {
                Some(layout) => layout,
                None => {
                    let (found, is_header) = Layout::of_first_line(&fields)?;
                    *layout = Some(found);
                    if is_header {
                        return Ok(None);
                    }
                    found
                }
            };
            if fields.len() != layout.columns {
                return Err(ImportCause::Columns { expected: layout.columns, actual: fields.len() });
            }
            commitment(fields.get(layout.commitment).map_or("", String::as_str)).map(Some)
        })?;
        Some(entry.map(|(line, commitment)| ImportedCommitment { line, commitment }))
    }
}

impl Layout {
    /// The layout, and whether the line is a header.
    fn of_first_line(fields: &[String]) -> Result<(Self, bool), ImportCause> {
        let columns = fields.len();
        let mut named = fields.iter().enumerate().filter(|(_, name)| COLUMN_NAMES.contains(&name.as_str()));
        match (named.next(), named.next()) {
            (Some((commitment, _)), None) => Ok((Self { columns, commitment }, true)),
            (Some(_), Some(_)) => Err(ImportCause::TwoCommitmentColumns),
            (None, _) if columns == 1 => Ok((Self { columns, commitment: 0 }, false)),
            (None, _) => Err(ImportCause::NoCommitmentColumn),
        }
    }
}

/// The fields of one line.
fn fields(line: &str) -> Result<Vec<String>, ImportCause> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (field, behind) = rest.split_at(end);
                if field.contains('"') {
                    return Err(ImportCause::Quotes);
                }
                (String::from(field), behind)
            }
        };
        fields.push(field);
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Ok(fields),
            None => return Err(ImportCause::Quotes),
        }
    }
}

/// The field whose opening quotation mark was just passed, and what follows its closing one; `""` stands for `"`.
fn quoted_field(mut rest: &str) -> Result<(String, &str), ImportCause> {
    let mut field = String::new();
    loop {
        let (part, behind) = rest.split_once('"').ok_or(ImportCause::Quotes)?;
        field.push_str(part);
        match behind.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Ok((field, behind)),
        }
    }
}
