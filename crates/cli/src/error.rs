//! What a command says when it cannot do what was asked, and the exit codes.

use crate::text::printable;
use serde_json::{Map, Value};
use std::{fmt, io, path::Path};

/// The command did what was asked.
pub(crate) const EXIT_OK: u8 = 0;
/// Checked and refused: a proof, ballot, record, receipt or known answer is not right.
pub(crate) const EXIT_REFUSED: u8 = 1;
/// The command line is wrong.
pub(crate) const EXIT_USAGE: u8 = 2;
/// An input file cannot be read as what it should be: malformed, truncated, too large.
pub(crate) const EXIT_BAD_INPUT: u8 = 3;
/// A file cannot be read or written, or is already there.
pub(crate) const EXIT_IO: u8 = 4;
/// A bug of Tabella or a failure of the machine.
pub(crate) const EXIT_INTERNAL: u8 = 5;
/// The passphrase is missing or wrong.
pub(crate) const EXIT_PASSPHRASE: u8 = 6;

/// Code of the failure to write a file because one is already there.
pub(crate) const FILE_EXISTS: &str = "file-exists";

/// The table of exit codes, for `--help` and the man pages.
pub(crate) const EXIT_CODES: &str = "Exit codes:
  0  done; everything that was checked is right
  1  refused: a proof, ballot, record, receipt or known answer is wrong, or a rule forbids the step
  2  the command line is wrong
  3  an input file is malformed, truncated or too large
  4  a file cannot be read or written, or is already there (--force overwrites)
  5  internal error: a bug, or a failure of the machine
  6  the passphrase is missing or wrong";

/// The system's words for a cause; our own for one that is known by its kind alone.
fn words(cause: &io::Error) -> String {
    match cause.kind() {
        _ if cause.raw_os_error().is_some() || cause.get_ref().is_some() => cause.to_string(),
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::AlreadyExists => "it is there already".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => cause.to_string(),
    }
}

/// Why a command stopped: one line of cause, perhaps a hint, a stable code for programs, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: u8,
    code: &'static str,
    message: String,
    hint: Option<String>,
    data: Map<String, Value>,
    text: String,
}

impl Failure {
    fn new(exit: u8, code: &'static str, message: impl fmt::Display) -> Self {
        Self {
            exit,
            code,
            // One line that shows as what it is, whatever a cause below quotes from a file.
            message: printable(&message.to_string().replace(['\n', '\r'], " ")),
            hint: None,
            data: Map::new(),
            text: String::new(),
        }
    }

    /// Something was checked and is wrong, or a rule forbids the step.
    pub(crate) fn refused(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(EXIT_REFUSED, code, message)
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(EXIT_USAGE, "usage", message)
    }

    /// A file is not what it should be.
    pub(crate) fn bad_input(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(EXIT_BAD_INPUT, code, message)
    }

    /// A file that does not parse: names the file.
    pub(crate) fn malformed(path: &Path, what: &str, cause: impl fmt::Display) -> Self {
        Self::bad_input("malformed-file", format_args!("{} is not {what}: {cause}", path.display()))
    }

    /// The operating system refused.
    pub(crate) fn io(action: &str, path: &Path, cause: &io::Error) -> Self {
        let code = match cause.kind() {
            io::ErrorKind::NotFound => "not-found",
            io::ErrorKind::PermissionDenied => "permission-denied",
            io::ErrorKind::AlreadyExists => FILE_EXISTS,
            io::ErrorKind::StorageFull => "disk-full",
            io::ErrorKind::ReadOnlyFilesystem => "read-only",
            _ => "io",
        };
        Self::new(EXIT_IO, code, format_args!("cannot {action} {}: {}", path.display(), words(cause)))
    }

    /// Something was not written although the rest of the command was done.
    pub(crate) fn unwritten(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(EXIT_IO, code, message)
    }

    /// An input or output failure of a store or stream that has no path of its own.
    pub(crate) fn storage(message: impl fmt::Display) -> Self {
        Self::new(EXIT_IO, "storage", message)
    }

    /// A bug, or a failure of the machine.
    pub(crate) fn internal(message: impl fmt::Display) -> Self {
        Self::new(EXIT_INTERNAL, "internal", message)
    }

    /// What a process of this program said before it ended with `exit`; a code that is not in the table is a bug.
    pub(crate) fn of_part(code: &'static str, message: impl fmt::Display, exit: Option<i32>) -> Self {
        let exit = exit.and_then(|exit| u8::try_from(exit).ok());
        let exit = exit.filter(|exit| (EXIT_REFUSED..=EXIT_PASSPHRASE).contains(exit));
        Self::new(exit.unwrap_or(EXIT_INTERNAL), code, message)
    }

    /// The passphrase is missing or wrong.
    pub(crate) fn passphrase(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(EXIT_PASSPHRASE, code, message)
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(printable(&hint.into()));
        self
    }

    /// Adds what the user can do about it, if anything is known.
    #[must_use]
    pub(crate) fn maybe_hint(self, hint: Option<&str>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// Adds members to the JSON object, beside `error`.
    #[must_use]
    pub(crate) fn with_data(mut self, data: Value) -> Self {
        if let Value::Object(members) = data {
            self.data = members;
        }
        self
    }

    /// Adds a member to the JSON object, beside `error`.
    #[must_use]
    pub(crate) fn with_member(mut self, name: &str, value: Value) -> Self {
        self.data.insert(name.to_owned(), value);
        self
    }

    /// Adds a report for people that goes to standard output before the cause goes to standard error.
    #[must_use]
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    /// The exit code.
    pub(crate) const fn exit(&self) -> u8 {
        self.exit
    }

    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    /// The cause, one line.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What the user can do about it.
    pub(crate) fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The report for people, may be empty.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The JSON object: `{"error": {"code", "message", "hint"}, ..data}`.
    pub(crate) fn to_json(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".into(), self.code.into());
        error.insert("message".into(), self.message.clone().into());
        error.insert("hint".into(), self.hint.clone().into());
        let mut object = self.data.clone();
        object.insert("error".into(), error.into());
        object.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_one_line_and_carry_code_and_hint() {
        let failure = Failure::refused("code", "a\nb").hint("do").with_data(serde_json::json!({"n": 1}));
        assert_eq!(failure.message(), "a b");
        assert_eq!(
            failure.to_json(),
            serde_json::json!({"n": 1, "error": {"code": "code", "message": "a b", "hint": "do"}})
        );
        assert_eq!(failure.exit(), EXIT_REFUSED);
        let failure = Failure::refused("code", "\u{1b}[2J\u{202e}").hint("\u{7}");
        assert_eq!((failure.message(), failure.hint_text()), ("\\u{1b}[2J\\u{202e}", Some("\\u{7}")));
        let there = Failure::io("make", Path::new("box"), &io::ErrorKind::AlreadyExists.into());
        assert_eq!((there.code(), there.message()), (FILE_EXISTS, "cannot make box: it is there already"));
    }
}
