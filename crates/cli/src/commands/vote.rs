//! `tabella vote`: a citizen's ballot.

use crate::{
    commands::{
        election::{danger, election_failure, read_manifest},
        identity::IdentityFile,
        params,
        registry::{PathFile, read_registry},
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    ui::{GOOD, Ui, styled},
};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tabella::{
    Citizen, Election, VoteError, ballot::Selection, election::Manifest, keys::Wanted, params::KeyPolicy,
    primitives::rng,
};

/// A ballot.
#[derive(Args, Debug)]
pub(crate) struct VoteArgs {
    #[command(flatten)]
    identity: IdentityFile,
    /// The election's manifest
    #[arg(long, value_name = "FILE")]
    election: PathBuf,
    /// The registry that the election froze: an export of it. Nobody learns whose path is taken from it
    #[arg(long, value_name = "FILE", required_unless_present = "path")]
    registry: Option<PathBuf>,
    /// A membership path from `registry path`, instead of the whole registry
    #[arg(long, value_name = "FILE", conflicts_with = "registry")]
    path: Option<PathBuf>,
    /// What is chosen: a label, or an option's number from 0; give it once for each
    #[arg(long = "select", short, value_name = "OPTION", required_unless_present_any = ["abstain", "numbers"])]
    select: Vec<String>,
    /// What is chosen, always by its number from 0: for labels that are numbers too
    #[arg(long = "select-number", value_name = "NUMBER")]
    numbers: Vec<u16>,
    /// Choose nothing
    #[arg(long, conflicts_with_all = ["select", "numbers"])]
    abstain: bool,
    /// The ballot file to write
    #[arg(long, short)]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: VoteArgs, ui: &Ui) -> Result<Report, Failure> {
    let existing = Existing::from_force(args.force);
    files::check_free(&args.out, existing)?;
    let manifest = read_manifest(&args.election)?;
    // The manifest says what its key is worth, and the report repeats it: the clerk acknowledged it, the citizen sees it.
    let election =
        Election::join(manifest, KeyPolicy::AllowInsecureDevelopmentKeys).map_err(election_failure)?;
    let selection = selection(election.manifest(), &args.select, &args.numbers)?;
    let citizen = Citizen::from_identity(args.identity.open(ui)?);
    let registry = match (&args.registry, &args.path) {
        (Some(path), _) => Ok(read_registry(path, ui)?),
        (None, Some(path)) => {
            let file: PathFile = files::read_json(path, files::SMALL, "a membership path")?;
            let (commitment, path_to_root) =
                file.decode().map_err(|cause| Failure::malformed(path, "a membership path", cause))?;
            if commitment != citizen.commitment() {
                return Err(Failure::refused(
                    "other-identity",
                    "the membership path belongs to another identity",
                ));
            }
            Err(path_to_root)
        }
        (None, None) => return Err(Failure::usage("--registry or --path is needed")),
    };
    let key = params::proving_key(election.manifest().circuit(), Wanted::Kept, ui)?.key;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let bar = ui.progress("proving", None);
    let ballot = match registry {
        Ok(registry) => citizen.vote(&election, &registry, selection, &key, &mut rng),
        Err(path) => citizen.vote_with_path(&election, path, selection, &key, &mut rng),
    };
    drop(bar);
    let ballot = ballot.map_err(vote_failure)?;
    files::write(&args.out, ballot.to_json().as_bytes(), existing, Privacy::Public)?;
    let mut text = format!(
        "{}\n{}",
        styled(GOOD, format_args!("the ballot is in {}", args.out.display())),
        table(&[("ballot", ballot.digest().to_string()), ("nullifier", ballot.nullifier().to_string())])
    );
    if let Some(danger) = danger(election.manifest()) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "path": args.out.display().to_string(),
        "election": election.manifest().id().to_string(),
        "ballot": ballot.digest().to_string(),
        "nullifier": ballot.nullifier().to_string(),
        "insecure_development_key": election.provenance().is_insecure(),
    });
    Ok(Report::new(json, text))
}

fn selection(manifest: &Manifest, chosen: &[String], numbers: &[u16]) -> Result<Selection, Failure> {
    let mut indices = numbers.to_vec();
    for text in chosen {
        indices.push(option(manifest.options(), text)?);
    }
    Selection::from_indices(manifest, indices).map_err(|cause| Failure::refused("invalid-selection", cause))
}

/// The index of an option from its label or its number. What is the label of one option and the number of another is
/// refused: a vote is not for guessing.
fn option(options: &[String], text: &str) -> Result<u16, Failure> {
    let label = options.iter().position(|label| label == text).and_then(|index| u16::try_from(index).ok());
    let number = number(text).filter(|index| usize::from(*index) < options.len());
    match (label, number) {
        (Some(label), Some(number)) if label != number => Err(Failure::usage(format_args!(
            "{text:?} is the label of option {label} and the number of option {number}"
        ))
        .hint(format!("say --select-number {label} or --select-number {number}"))),
        (Some(index), _) | (None, Some(index)) => Ok(index),
        (None, None) => Err(Failure::usage(format_args!("there is no option {text:?}"))
            .hint(format!("the options are: {}", options.join(", ")))),
    }
}

/// A number as it is written in one way only: no sign, no zeros before it.
fn number(text: &str) -> Option<u16> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|c| c.is_ascii_digit()));
    if canonical { text.parse().ok() } else { None }
}

fn vote_failure(error: VoteError) -> Failure {
    match error {
        VoteError::NotRegistered => Failure::refused("not-registered", error)
            .hint("give your commitment to the registrar before the election is created"),
        VoteError::OtherRegistry { .. } => Failure::refused("other-registry", error)
            .hint("use the export of the registry that was published with the election"),
        VoteError::Selection(_) => Failure::refused("invalid-selection", error),
        VoteError::OtherKey => Failure::refused("untrusted-key", error),
        other => Failure::internal(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_named_in_one_way() {
        let options = ["Library", "Owls", "3", "1"].map(str::to_owned);
        assert_eq!(option(&options, "Owls").unwrap(), 1);
        assert_eq!(option(&options, "0").unwrap(), 0);
        assert_eq!(option(&options, "2").unwrap(), 2);
        for text in ["+1", "01", "-1", " 1", "1 ", "", "4", "65536", "owls", "1", "3"] {
            assert_eq!(option(&options, text).unwrap_err().exit(), crate::error::EXIT_USAGE, "{text:?}");
        }
        let ambiguous = option(&options, "1").unwrap_err();
        assert_eq!(ambiguous.message(), "\"1\" is the label of option 3 and the number of option 1");
        // The label of an option that is its own number, or of no other, is plain.
        let options = ["0", "9", "Owls"].map(str::to_owned);
        assert_eq!((option(&options, "0").unwrap(), option(&options, "9").unwrap()), (0, 1));
    }
}
