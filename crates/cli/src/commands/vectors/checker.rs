//! Counts answers: each compared value is one that passed or one that failed.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One known answer that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// File in which the answer stands.
    pub(crate) file: String,
    /// Entry and field, such as `identities[3].commitment`.
    pub(crate) entry: String,
    /// What the file says.
    pub(crate) expected: String,
    /// What Tabella finds.
    pub(crate) found: String,
}

/// The count so far.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    /// Number of answers met.
    pub(crate) passed: u64,
    /// Answers not met, in order.
    pub(crate) failures: Vec<Mismatch>,
    /// What was left unchecked and why, with how often.
    pub(crate) skipped: BTreeMap<String, u64>,
    /// Remarks on the folder.
    pub(crate) notes: Vec<String>,
}

impl Checker {
    /// Starts with one JSON value of a file.
    pub(crate) fn at<'a>(&'a mut self, file: &'a str, entry: impl Into<String>) -> Place<'a> {
        Place { checker: self, file, entry: entry.into() }
    }

    /// Leaves something unchecked, and says so.
    pub(crate) fn skip(&mut self, what: &str) {
        *self.skipped.entry(what.to_owned()).or_default() += 1;
    }
}

/// One entry of a file, on which answers are compared.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    checker: &'a mut Checker,
    file: &'a str,
    entry: String,
}

impl Place<'_> {
    /// A place inside this one.
    pub(crate) fn inside(&mut self, part: &str) -> Place<'_> {
        let entry = match (self.entry.is_empty(), part.starts_with('[')) {
            (true, _) => part.to_owned(),
            (false, true) => format!("{}{part}", self.entry),
            (false, false) => format!("{}.{part}", self.entry),
        };
        Place { checker: self.checker, file: self.file, entry }
    }

    /// One answer met.
    pub(crate) fn pass(&mut self) {
        self.checker.passed += 1;
    }

    /// One answer not met.
    pub(crate) fn fail(&mut self, expected: impl Into<String>, found: impl Into<String>) {
        self.checker.failures.push(Mismatch {
            file: self.file.to_owned(),
            entry: self.entry.clone(),
            expected: shorten(&expected.into()),
            found: shorten(&found.into()),
        });
    }

    /// Something that should be there is not, or is not of the right kind.
    pub(crate) fn missing(&mut self, field: &str, kind: &str, found: Option<&Value>) {
        let found = found.map_or_else(|| "nothing".to_owned(), Value::to_string);
        self.inside(field).fail(kind, found);
    }

    /// Leaves something unchecked, and says so.
    pub(crate) fn skip(&mut self, what: &str) {
        self.checker.skip(what);
    }

    /// Compares one answer of the file with what Tabella finds.
    pub(crate) fn compare(&mut self, expected: &Value, found: &Value) {
        if expected == found {
            self.pass();
        } else {
            self.fail(show(expected), show(found));
        }
    }

    /// Compares one answer with a result: an error is never what the file says.
    pub(crate) fn compare_result<E: std::fmt::Display>(&mut self, expected: &Value, found: Result<Value, E>) {
        match found {
            Ok(found) => self.compare(expected, &found),
            Err(error) => self.fail(show(expected), format!("refused: {error}")),
        }
    }

    /// Compares the field of an object; a missing field is a failure.
    pub(crate) fn answer(&mut self, object: &Map<String, Value>, field: &str, found: impl Into<Value>) {
        let found = found.into();
        match object.get(field) {
            Some(expected) => self.inside(field).compare(expected, &found),
            None => self.inside(field).fail(show(&found), "nothing in the file"),
        }
    }

    /// Compares the field of an object if it is there.
    pub(crate) fn answer_if_present(
        &mut self,
        object: &Map<String, Value>,
        field: &str,
        found: impl Into<Value>,
    ) {
        if object.contains_key(field) {
            self.answer(object, field, found);
        }
    }

    /// Reads a field as an object.
    pub(crate) fn object<'v>(
        &mut self,
        value: Option<&'v Value>,
        field: &str,
    ) -> Option<&'v Map<String, Value>> {
        let object = value.and_then(Value::as_object);
        if object.is_none() {
            self.missing(field, "an object", value);
        }
        object
    }

    /// Reads a field as a list.
    pub(crate) fn list<'v>(&mut self, object: &'v Map<String, Value>, field: &str) -> Option<&'v [Value]> {
        let list = object.get(field).and_then(Value::as_array).map(Vec::as_slice);
        if list.is_none() {
            self.missing(field, "a list", object.get(field));
        }
        list
    }

    /// Reads a field as text.
    pub(crate) fn text<'v>(&mut self, object: &'v Map<String, Value>, field: &str) -> Option<&'v str> {
        let text = object.get(field).and_then(Value::as_str);
        if text.is_none() {
            self.missing(field, "a text", object.get(field));
        }
        text
    }

    /// Reads a field as a whole number.
    pub(crate) fn number(&mut self, object: &Map<String, Value>, field: &str) -> Option<u64> {
        let number = object.get(field).and_then(Value::as_u64);
        if number.is_none() {
            self.missing(field, "a whole number", object.get(field));
        }
        number
    }

    /// Reads a field as a list of texts.
    pub(crate) fn texts<'v>(&mut self, object: &'v Map<String, Value>, field: &str) -> Option<Vec<&'v str>> {
        let texts = object.get(field).and_then(texts);
        if texts.is_none() {
            self.missing(field, "a list of texts", object.get(field));
        }
        texts
    }

    /// Fields that nobody looked at are said to be unchecked.
    pub(crate) fn known_fields(&mut self, object: &Map<String, Value>, known: &[&str]) {
        for field in object.keys().filter(|field| !known.contains(&field.as_str())) {
            self.skip(&format!("{}: unknown field `{}`", self.file, printable(field)));
        }
    }
}

/// A list of texts.
pub(crate) fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// The name of an entry: its index, and its note if it has one.
pub(crate) fn name(index: usize, entry: &Value) -> String {
    match entry.get("note").and_then(Value::as_str) {
        Some(note) => format!("[{index}] ({})", printable(note)),
        None => format!("[{index}]"),
    }
}

/// Text as it is, JSON otherwise.
fn show(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Control characters from a file must not reach a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 300;
    let text = printable(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
