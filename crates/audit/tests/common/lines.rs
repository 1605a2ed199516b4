//! Records by lines, and the values in them.

use std::ops::Range;

/// The lines of a record.
pub(crate) fn lines(record: Vec<u8>) -> Vec<String> {
    String::from_utf8(record).unwrap().lines().map(str::to_owned).collect()
}

/// The record of these lines.
pub(crate) fn join(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect()
}

/// The scalars of a line of JSON: strings (names of fields too), numbers, literals.
pub(crate) fn scalars(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                found.push(start..at);
            }
            b'0'..=b'9' | b'-' | b't' | b'f' | b'n' => {
                while !matches!(bytes[at], b',' | b'}' | b']') {
                    at += 1;
                }
                found.push(start..at);
            }
            _ => at += 1,
        }
    }
    found
}
