//! Why a task failed.

use std::{fmt, path::Path};

/// Why a task failed; its `Display` is what the developer reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A program could not be started.
    Start {
        /// The program.
        program: String,
        /// What the operating system said.
        reason: String,
    },
    /// A program ended with an error.
    Exit {
        /// The command line.
        command: String,
        /// Its exit code; none if a signal ended it.
        code: Option<i32>,
    },
    /// A program did not end in time and was stopped.
    Late {
        /// The command line.
        command: String,
        /// How long it had, in seconds.
        seconds: u64,
    },
    /// A file could not be read or written.
    File {
        /// The file.
        path: String,
        /// What was wrong with it.
        reason: String,
    },
    /// A program's output was not what this task understands.
    Output {
        /// The command line.
        command: String,
        /// What was wrong with it.
        reason: String,
    },
    /// A check found something.
    Findings {
        /// The check.
        check: &'static str,
        /// What it found, one line each.
        list: Vec<String>,
    },
    /// No such step, bench or fuzz target.
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// Some steps of `cargo xtask test` failed.
    Steps {
        /// Their names, in order.
        names: Vec<&'static str>,
    },
}

impl Failure {
    /// A [`Failure::File`] for an error of the operating system or of a parser.
    pub(crate) fn file(path: &Path, reason: &impl fmt::Display) -> Self {
        Self::File { path: path.display().to_string(), reason: reason.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { program, reason } => write!(f, "cannot start `{program}`: {reason}"),
            Self::Exit { command, code: Some(code) } => write!(f, "`{command}` ended with exit code {code}"),
            Self::Exit { command, code: None } => write!(f, "`{command}` was ended by a signal"),
            Self::Late { command, seconds } => write!(f, "`{command}` took longer than {seconds} s"),
            Self::File { path, reason } => write!(f, "{path}: {reason}"),
            Self::Output { command, reason } => write!(f, "output of `{command}`: {reason}"),
            Self::Findings { check, list } => {
                write!(f, "{check}: {} finding(s)", list.len())?;
                list.iter().try_for_each(|line| write!(f, "\n  {line}"))
            }
            Self::Unknown { name, known } => {
                write!(f, "there is no `{name}`; there is: {}", known.join(", "))
            }
            Self::Steps { names } => write!(f, "failed: {}", names.join(", ")),
        }
    }
}

impl core::error::Error for Failure {}
