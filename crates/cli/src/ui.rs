//! Standard output, standard error, colours.

use crate::{args::ColorChoice, error, error::Failure, progress::Progress, report::Report, text};
use anstyle::{AnsiColor, Style};
use std::{
    io::{self, IsTerminal, Write},
    sync::{Mutex, PoisonError},
};

/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Bad news, refusals.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Warnings: the danger line of development keys.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// Headings.
pub(crate) const STRONG: Style = Style::new().bold();
/// Side remarks.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// A line in a style; made printable, for it may quote others.
pub(crate) fn styled(style: Style, line: impl std::fmt::Display) -> String {
    format!("{style}{}{style:#}", text::printable(&line.to_string()))
}

/// Warnings in a report for people, a line each.
pub(crate) fn warning_lines<W: std::fmt::Display>(warnings: &[W]) -> String {
    warnings
        .iter()
        .map(|warning| format!("{}\n", styled(WARNING, format_args!("WARNING: {warning}"))))
        .collect()
}

/// How this run speaks to its user.
#[derive(Debug)]
pub(crate) struct Ui {
    json: bool,
    quiet: bool,
    color: anstream::ColorChoice,
    /// Remarks that come after the outcome.
    notes: Mutex<Vec<String>>,
}

impl Ui {
    /// From the global options.
    pub(crate) fn new(json: bool, quiet: bool, color: ColorChoice) -> Self {
        let color = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { json, quiet, color, notes: Mutex::default() }
    }

    /// One that speaks in the same way, for threads that outlive this one. What it notes for later is lost.
    pub(crate) fn for_other_threads(&self) -> Self {
        Self { json: self.json, quiet: self.quiet, color: self.color, notes: Mutex::default() }
    }

    /// Says something for people while the command goes on; silent in JSON mode.
    pub(crate) fn say(&self, text: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { self.print(text) }
    }

    /// A remark on standard error that does not change the outcome, and comes after it: before an error it would be taken for its cause.
    /// Silent with `--quiet`.
    pub(crate) fn note(&self, text: &str) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }

    /// A remark on what happens now, while the command goes on; else as [`Self::note`].
    pub(crate) fn note_now(&self, text: &str) {
        if !self.quiet {
            self.print_error(&format!("{} {}", styled(WARNING, "note:"), text::printable(text)));
        }
    }

    fn print_notes(&self) {
        let notes = std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner));
        notes.iter().for_each(|note| self.note_now(note));
    }

    /// A progress bar on standard error, where that is a terminal and nobody asked for quiet.
    pub(crate) fn progress(&self, what: &str, total: Option<u64>) -> Progress {
        let visible = !self.quiet && io::stderr().is_terminal();
        Progress::new(what, total, visible)
    }

    /// Shows a report while the command is not done: what must reach its reader before anything is kept. Unlike at the
    /// end of a command, a reader who has gone is a failure.
    pub(crate) fn show(&self, report: &mut Report) -> Result<(), Failure> {
        self.print_report(report)?;
        report.shown = true;
        Ok(())
    }

    fn print_report(&self, report: &Report) -> Result<(), Failure> {
        if self.json { self.print_json(&report.json) } else { self.print(&report.text) }
    }

    /// Prints the outcome; answers the exit code.
    pub(crate) fn finish(&self, report: &Report) -> u8 {
        let printed = if report.shown { Ok(()) } else { self.print_report(report) };
        match printed {
            Ok(()) => {
                self.print_notes();
                error::EXIT_OK
            }
            Err(failure) => self.fail(&failure),
        }
    }

    /// Prints why the command stopped; answers the exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> u8 {
        if failure.code() == CLOSED_PIPE {
            return error::EXIT_OK;
        }
        let printed =
            if self.json { self.print_json(&failure.to_json()) } else { self.print(failure.text()) };
        let mut text = format!("{} {}", styled(BAD.bold(), "error:"), failure.message());
        if let Some(hint) = failure.hint_text() {
            text.push_str(&format!("\n{} {hint}", styled(STRONG, " hint:")));
        }
        self.print_error(&text);
        self.print_notes();
        match printed {
            Ok(()) => failure.exit(),
            // Whoever read us has gone: the verdict still stands in the exit code.
            Err(_) => failure.exit(),
        }
    }

    fn print_json(&self, value: &serde_json::Value) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(Failure::internal)?;
        write_out(&mut io::stdout().lock(), &text)
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        let mut out = anstream::AutoStream::new(io::stdout().lock(), self.choice(io::stdout().is_terminal()));
        write_out(&mut out, &text::report(text.trim_end_matches('\n')))
    }

    fn print_error(&self, text: &str) {
        let mut out = anstream::AutoStream::new(io::stderr().lock(), self.choice(io::stderr().is_terminal()));
        // Nobody is left to tell if standard error is closed.
        let _ = writeln!(out, "{}", text::report(text));
    }

    /// `--color auto`: colours on a terminal, unless NO_COLOR is set.
    fn choice(&self, terminal: bool) -> anstream::ColorChoice {
        match self.color {
            anstream::ColorChoice::Auto
                if !terminal || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) =>
            {
                anstream::ColorChoice::Never
            }
            anstream::ColorChoice::Auto => anstream::ColorChoice::Always,
            other => other,
        }
    }
}

/// Code of the failure that stands for a reader who has gone (`tabella .. | head`).
const CLOSED_PIPE: &str = "closed-pipe";

fn write_out(out: &mut impl Write, text: &str) -> Result<(), Failure> {
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|cause| match cause.kind() {
        io::ErrorKind::BrokenPipe => Failure::refused(CLOSED_PIPE, "standard output was closed"),
        _ => Failure::storage(format_args!("cannot write to standard output: {cause}")),
    })
}
