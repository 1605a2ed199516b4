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
        let text = match refusal.kind() {
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
                "a command is missing".to_owned()
            }
            _ => refusal.render().to_string(),
        };
        let line = text.lines().next().unwrap_or("usage").trim_start_matches("error: ").to_owned();
        let failure = Failure::usage(line).hint("tabella --help lists the commands and options");
        return Ui::new(true, false, args::ColorChoice::Never).fail(&failure);
    }
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = refusal.render();
    let _ = if color {
        write!(std::io::stderr(), "{}", text.ansi())
    } else {
        write!(std::io::stderr(), "{text}")
    };
    error::EXIT_USAGE
}
