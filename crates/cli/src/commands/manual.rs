//! `tabella completions SHELL` and `tabella man [--out DIR]`.

use crate::{
    args::Cli,
    error::Failure,
    files::{self, Existing, Privacy},
    report::Report,
};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde_json::json;
use std::path::PathBuf;

/// A completion script.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Manual pages.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Write one page per command into this folder, instead of printing the main page
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite pages that are there
    #[arg(long)]
    force: bool,
}

pub(crate) fn completions(args: &CompletionsArgs) -> Result<Report, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tabella", &mut script);
    let script = String::from_utf8(script).map_err(Failure::internal)?;
    Ok(Report::new(json!({"shell": args.shell.to_string(), "script": script}), script))
}

pub(crate) fn man(args: &ManArgs) -> Result<Report, Failure> {
    let mut root = Cli::command();
    root.build();
    let mut pages = Vec::new();
    collect(&root, "tabella", &mut pages)?;
    let Some(folder) = &args.out else {
        let page = pages.into_iter().next().map(|(_, page)| page).unwrap_or_default();
        let page = String::from_utf8(page).map_err(Failure::internal)?;
        return Ok(Report::new(json!({"page": page}), page));
    };
    std::fs::create_dir_all(folder).map_err(|e| Failure::io("create", folder, &e))?;
    let mut written = Vec::new();
    for (name, page) in pages {
        let path = folder.join(format!("{name}.1"));
        files::write(&path, &page, Existing::from_force(args.force), Privacy::Public)?;
        written.push(path.display().to_string());
    }
    let text = format!("{} manual pages written to {}", written.len(), folder.display());
    Ok(Report::new(json!({"pages": written}), text))
}

/// The page of a command and of all below it: `tabella`, `tabella-box`, `tabella-box-open` ..
fn collect(command: &clap::Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().display_name(name)).render(&mut page).map_err(Failure::internal)?;
    pages.push((name.to_owned(), page));
    for child in command.get_subcommands().filter(|child| child.get_name() != "help" && !child.is_hide_set())
    {
        collect(child, &format!("{name}-{}", child.get_name()), pages)?;
    }
    Ok(())
}
