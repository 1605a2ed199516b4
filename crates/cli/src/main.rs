//! The command line tool of Tabella: a thin layer of commands over the `tabella` crate.
//!
//! Every command returns one [`report::Report`] or one [`error::Failure`]; this file prints it and chooses the exit
//! code. Nothing else writes to standard output.

mod args;
mod commands;
mod error;
mod files;
mod passphrase;
mod progress;
mod report;
mod text;
mod times;
mod ui;

use args::Cli;
use clap::{Parser, error::ErrorKind};
use error::Failure;
use std::{
    ffi::OsString,
    io::{IsTerminal, Write},
    panic,
    process::ExitCode,
};
use ui::Ui;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|bug| {
        // Only the place: the text of a panic could carry a value, and a value could be a secret.
        let place = bug.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        // A panic within a panic would end the process without an exit code of ours.
        let _ =
            writeln!(std::io::stderr(), "tabella: internal error{place}; this is a bug, please report it");
    }));
    let words: Vec<OsString> = std::env::args_os().collect();
    let code = panic::catch_unwind(|| run(&words)).unwrap_or(error::EXIT_INTERNAL);
    ExitCode::from(code)
}

/// Parses, runs one command, prints its outcome; answers the exit code.
fn run(words: &[OsString]) -> u8 {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(refusal) => return usage(&refusal, words),
    };
    let ui = Ui::new(cli.options.json, cli.options.quiet, cli.options.color);
    match commands::run(cli.command, &ui) {
        Ok(report) => ui.finish(&report),
        Err(failure) => ui.fail(&failure),
    }
}

/// What clap has to say: help and version are not errors.
fn usage(refusal: &clap::Error, words: &[OsString]) -> u8 {
    if !refusal.use_stderr() {
        // A closed pipe (`tabella --help | head`) is no failure.
        let _ = refusal.print();
        return 0;
    }
    if words.iter().any(|word| word == "--json") {
        return Ui::new(true, false, args::ColorChoice::Never).fail(&usage_failure(refusal));
    }
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = refusal.render();
    // Nobody is left to tell if standard error is closed; the exit code says it too.
    let _ = if color {
        write!(std::io::stderr(), "{}", text.ansi())
    } else {
        write!(std::io::stderr(), "{text}")
    };
    error::EXIT_USAGE
}

/// What clap has to say, as any other failure: its first paragraph is the cause, which may go on over lines that name arguments or
/// values; tips and usage are the hint.
fn usage_failure(refusal: &clap::Error) -> Failure {
    let missing = [ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, ErrorKind::MissingSubcommand];
    if missing.contains(&refusal.kind()) {
        return Failure::usage("a command is missing").hint("tabella --help lists the commands and options");
    }
    let text = refusal.render().to_string();
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    let cause = paragraphs.first().map_or("usage", |first| first.trim_start_matches("error: "));
    let hints: Vec<&str> = paragraphs.iter().skip(1).map(String::as_str).collect();
    Failure::usage(cause).hint(hints.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_command_line_are_whole() {
        let refused = |words: &[&str]| {
            let words = [&["tabella"], words].concat();
            let failure = usage_failure(&Cli::try_parse_from(words).unwrap_err());
            (failure.message().to_owned(), failure.hint_text().unwrap_or_default().to_owned())
        };
        let (cause, hint) = refused(&["receipt", "check"]);
        assert_eq!(cause, "the following required arguments were not provided: <RECEIPT> <RECORD>");
        assert_eq!(
            hint,
            "Usage: tabella receipt check <RECEIPT> <RECORD>; For more information, try '--help'."
        );
        let (cause, hint) = refused(&["bench", "--tables", "huge"]);
        assert_eq!(
            cause,
            "invalid value 'huge' for '--tables <SIZE>': tables are none, small or large, not \"huge\""
        );
        assert_eq!(hint, "For more information, try '--help'.");
        let (cause, hint) = refused(&["params", "lst"]);
        assert_eq!(cause, "unrecognized subcommand 'lst'");
        assert!(hint.starts_with("tip: a similar subcommand exists: 'list'; Usage: "), "{hint}");
        let (cause, hint) = refused(&["completions", "tcl"]);
        assert_eq!(
            cause,
            "invalid value 'tcl' for '<SHELL>' [possible values: bash, elvish, fish, powershell, zsh]"
        );
        assert_eq!(hint, "For more information, try '--help'.");
        assert_eq!(refused(&["box"]).0, "a command is missing");
    }
}
