//! What a command says when it has done what was asked: once for people, once for programs.

use crate::text::printable;
use serde_json::Value;

/// The outcome of a command.
#[derive(Debug)]
pub(crate) struct Report {
    /// Text for people; may hold ANSI styles, which are removed where they are not wanted.
    pub(crate) text: String,
    /// One JSON object for programs.
    pub(crate) json: Value,
    /// Whether it was shown before the command ended.
    pub(crate) shown: bool,
}

impl Report {
    /// A report from its two forms.
    pub(crate) fn new(json: Value, text: impl Into<String>) -> Self {
        Self { text: text.into(), json, shown: false }
    }
}

/// Lines of `label: value`, the labels aligned. Values are made printable: they may come from others.
pub(crate) fn table(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(label, value)| format!("{label:<width$}  {}\n", printable(value))).collect()
}

/// An integer with its thousands set apart: 1,000,000.
pub(crate) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 ballot`, `1,000 ballots`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_tables_are_set_for_reading() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(12_345_678), "12,345,678");
        assert_eq!([0, 1, 2_000].map(|n| counted(n, "ballot")), ["0 ballots", "1 ballot", "2,000 ballots"]);
        assert_eq!(table(&[("a", "1".into()), ("long", "2".into())]), "a     1\nlong  2\n");
        assert_eq!(table(&[("a", "1\nb  2\u{1b}".into())]), "a  1\\u{a}b  2\\u{1b}\n");
    }
}
