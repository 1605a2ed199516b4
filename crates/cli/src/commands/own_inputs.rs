//! No command replaces what it reads, whatever `--force` says: every output of every command is tried with each of the command's inputs.
//! Trustees' commands have tests of their own.

use crate::{
    args::{Cli, ColorChoice},
    error::EXIT_USAGE,
    ui::Ui,
};
use clap::{Arg, Command, CommandFactory, Parser};
use std::{any::TypeId, collections::BTreeSet, fs, path::PathBuf};

/// Command lines for every output: `=NAME` is the output that is tried, `@NAME` are inputs, by the names of the arguments; `+` is not there.
const LINES: [&str; 19] = [
    "identity new --out =out --passphrase-file @passphrase_file --force",
    "identity recover --out =out --phrase-file @phrase_file --passphrase-file @passphrase_file --force",
    "identity register @identity --registry town --out =out --passphrase-file @passphrase_file --force",
    "identity export @identity --out =out --passphrase-file @passphrase_file --force",
    "identity import @exported --out =out --passphrase-file @passphrase_file --force",
    "identity sign @identity --message x --out =out --passphrase-file @passphrase_file --force",
    "registry path @registry --slot 0 --out =out --force",
    "registry export @registry --out =out --force",
    "election create --from @from --registry @registry --ceremony @ceremony --weights @weights --out =out --force",
    "vote @identity --election @election --registry @registry --weights @weights --abstain --out =out --force",
    "vote @identity --election @election --path @path --abstain --out =out --passphrase-file @passphrase_file --force",
    "ballot cast @identity @sealed --out =out --passphrase-file @passphrase_file --force",
    "ballot challenge @identity @sealed --out =out --passphrase-file @passphrase_file --force",
    "box export @file --registry @registry --weights @weights --ceremony @ceremony --out =out --force",
    "tally prove @record --part @parts --keep @keep --out =out --force",
    "tally prove @record --part @parts --keep =keep --out + --force",
    "groth16 prove @key @witness =proof + --wasm @wasm --r1cs @r1cs --force",
    "groth16 prove @key @witness + =public --wasm @wasm --r1cs @r1cs --force",
    "groth16 export verification-key @key =out --force",
];

/// Command, output and input.
type Case = (String, String, String);

/// Every output of the commands below, with each input that the command has beside it.
fn cases(command: &Command, name: &str, found: &mut BTreeSet<Case>) {
    for child in command.get_subcommands().filter(|child| !matches!(child.get_name(), "help" | "trustee")) {
        cases(child, format!("{name} {}", child.get_name()).trim_start(), found);
    }
    // Folders are filled with new files, and none is replaced.
    let is_file = |arg: &&Arg| {
        let is_folder = arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "DIR"));
        arg.get_value_parser().type_id() == TypeId::of::<PathBuf>() && !is_folder
    };
    let ids: Vec<&str> = command.get_arguments().filter(is_file).map(|arg| arg.get_id().as_str()).collect();
    let forces = command.get_arguments().any(|arg| arg.get_id() == "force");
    let (outputs, inputs): (Vec<&str>, Vec<&str>) = ids.into_iter().partition(|id| match *id {
        "out" | "keep" => true,
        "proof" | "public" => forces,
        _ => false,
    });
    for output in &outputs {
        // What was kept is read before it is written anew.
        let kept = outputs.iter().filter(|other| **other == "keep" && *other != output);
        for input in inputs.iter().chain(kept) {
            found.insert((name.to_owned(), (*output).to_owned(), (*input).to_owned()));
        }
    }
}

#[test]
fn no_command_replaces_what_it_reads() {
    let mut expected = BTreeSet::new();
    cases(&Cli::command(), "", &mut expected);
    let ui = Ui::new(true, true, ColorChoice::Never);
    let mut tried = BTreeSet::new();
    for line in LINES {
        let words: Vec<&str> = line.split(' ').collect();
        let named = |mark: char| words.iter().filter_map(move |word| word.strip_prefix(mark));
        let output = named('=').next().unwrap();
        let command: Vec<&str> =
            words.iter().copied().take(2).filter(|word| !word.starts_with('@')).collect();
        for input in named('@') {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            named('@').for_each(|name| fs::write(at(name), name).unwrap());
            let args = words.iter().map(|word| match word.strip_prefix(['=', '@']) {
                Some(_) if word.starts_with('=') => at(input).into_os_string(),
                Some(name) => at(name).into_os_string(),
                None if *word == "+" => at("new").into_os_string(),
                None => word.into(),
            });
            let cli = Cli::try_parse_from(std::iter::once("tabella".into()).chain(args)).unwrap();
            let refused = super::run(cli.command, &ui).unwrap_err();
            let said = format!("{} is read and cannot be written as well", at(input).display());
            assert_eq!((refused.exit(), refused.message()), (EXIT_USAGE, said.as_str()), "{line}, {input}");
            named('@').for_each(|name| assert_eq!(fs::read_to_string(at(name)).unwrap(), name));
            assert!(!at("new").exists(), "{line}");
            tried.insert((command.join(" "), output.to_owned(), input.to_owned()));
        }
    }
    assert_eq!(tried, expected);
}
