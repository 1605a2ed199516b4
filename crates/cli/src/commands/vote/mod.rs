//! `tabella vote`: a citizen's ballot.

mod choice;

use crate::{
    commands::{
        ballot::{check_options, sealed_file},
        election::{check_weights, danger, election_failure, read_manifest},
        identity::IdentityFile,
        params,
        registry::{PathFile, read_registry, read_weights},
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    times,
    ui::{GOOD, STRONG, Ui, styled},
};
use choice::ChoiceArgs;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tabella::{
    Citizen, Election, SealedVote, VoteError,
    ballot::{CastBallot, SealError},
    election::{ElectionKind, Manifest},
    keys::Wanted,
    params::KeyPolicy,
    primitives::rng,
    registry::MembershipPath,
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
    /// The list of weights that was published with the election, where citizens have weights
    #[arg(long, value_name = "FILE", requires = "registry")]
    weights: Option<PathBuf>,
    #[command(flatten)]
    choice: ChoiceArgs,
    /// Secret ballots: encrypt the ballot and wait. Note its tracking code, then cast it with `ballot cast`, or challenge this machine with
    /// `ballot challenge` to see what it encrypted
    #[arg(long)]
    seal: bool,
    /// The ballot file to write; with --seal, the sealed ballot
    #[arg(long, short)]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: VoteArgs, ui: &Ui) -> Result<Report, Failure> {
    let existing = Existing::from_force(args.force);
    let lists = [Some(&args.election), args.registry.as_ref(), args.path.as_ref(), args.weights.as_ref()];
    let lists = lists.into_iter().flatten().map(PathBuf::as_path);
    files::check_output(
        &args.out,
        existing,
        &args.identity.inputs().into_iter().chain(lists).collect::<Vec<_>>(),
    )?;
    let manifest = read_manifest(&args.election)?;
    let kind = manifest.kind();
    if args.seal && kind != ElectionKind::SecretBallots {
        return Err(Failure::usage("--seal: ballots of this election are open"));
    }
    check_weights(&manifest, args.weights.as_deref())?;
    // The manifest says what its key is worth, and the report repeats it: the clerk acknowledged it, the citizen sees it.
    let election =
        Election::join(manifest, KeyPolicy::AllowInsecureDevelopmentKeys).map_err(election_failure)?;
    let manifest = election.manifest();
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    match kind {
        ElectionKind::OpenBallots => {
            let selection = args.choice.selection(manifest)?;
            let citizen = Citizen::from_identity(args.identity.open(ui)?);
            let (path, _) = place(&args, &citizen, manifest, ui)?;
            remark_window(manifest, ui);
            let key = params::proving_key(manifest.circuit(), Wanted::Kept, ui)?.key;
            let bar = ui.progress("proving", None);
            let ballot = citizen.vote_with_path(&election, path, selection, &key, &mut rng);
            drop(bar);
            write_ballot(&ballot.map_err(vote_failure)?, &election, &args.out, existing)
        }
        ElectionKind::SecretBallots => {
            let numbers = args.choice.numbers(manifest)?;
            let unlocked = args.identity.unlock(ui)?;
            let citizen = Citizen::from_identity(unlocked.identity.clone());
            let (path, weight) = place(&args, &citizen, manifest, ui)?;
            let sealed = citizen.seal_with_path(&election, path, weight, numbers.iter().copied(), &mut rng);
            let sealed = sealed.map_err(|error| match error {
                VoteError::Seal(SealError::Votes(error)) => choice::votes_failure(manifest, &numbers, &error),
                other => vote_failure(other),
            })?;
            if args.seal {
                sealed_file::write(&args.out, existing, &sealed, manifest, &unlocked)?;
                remark_window(manifest, ui);
                return Ok(sealed_report(&sealed, manifest, &args.out));
            }
            cast(sealed, &election, &args.out, existing, ui, |_| Ok(()))
        }
    }
}

/// Says that no box takes the ballot now. The clock of this machine may be wrong, and ballots are handed in later.
fn remark_window(manifest: &Manifest, ui: &Ui) {
    let (window, now) = (manifest.window(), times::now());
    if now >= window.closes_at {
        ui.note(&format!(
            "the election closed at {}: a box takes this ballot only if it was handed in before",
            times::show(window.closes_at)
        ));
    } else if now < window.opens_at {
        ui.note(&format!(
            "the election opens at {}: a box takes this ballot from then on",
            times::show(window.opens_at)
        ));
    }
}

/// The citizen's path to the root that the election froze, and weight.
fn place(
    args: &VoteArgs,
    citizen: &Citizen,
    manifest: &Manifest,
    ui: &Ui,
) -> Result<(MembershipPath, u32), Failure> {
    let (commitment, expected) = (citizen.commitment(), manifest.registry().root);
    if let Some(path) = &args.path {
        let file: PathFile = files::read_json(path, files::SMALL, "a membership path")?;
        let (owner, path_to_root) =
            file.decode().map_err(|cause| Failure::malformed(path, "a membership path", cause))?;
        if owner != commitment {
            return Err(Failure::refused(
                "other-identity",
                "the membership path belongs to another identity",
            ));
        }
        return Ok((path_to_root, 1));
    }
    let path = args.registry.as_ref().ok_or_else(|| Failure::usage("--registry or --path is needed"))?;
    let registry = read_registry(path, ui)?;
    let (actual, place) = match &args.weights {
        None => (registry.root(), registry.path_of(&commitment).ok().map(|path| (path, 1))),
        Some(weights) => {
            let weighted = read_weights(weights, registry)?;
            (Some(weighted.root()), weighted.path_of(&commitment))
        }
    };
    if actual != Some(expected) {
        return Err(vote_failure(VoteError::OtherRegistry { expected, actual }));
    }
    place.ok_or_else(|| vote_failure(VoteError::NotRegistered))
}

/// Proves a sealed ballot and writes it; `decided` comes between the two, when nothing but the file is missing.
pub(crate) fn cast(
    sealed: SealedVote,
    election: &Election,
    out: &Path,
    existing: Existing,
    ui: &Ui,
    decided: impl FnOnce(&CastBallot) -> Result<(), Failure>,
) -> Result<Report, Failure> {
    remark_window(election.manifest(), ui);
    let key = params::proving_key(election.manifest().circuit(), Wanted::Kept, ui)?.key;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let bar = ui.progress("proving", None);
    let ballot = sealed.cast(&key, &mut rng);
    drop(bar);
    let ballot = ballot.map_err(vote_failure)?;
    decided(&ballot)?;
    write_ballot(&ballot, election, out, existing)
}

/// Writes a ballot that is handed in.
pub(crate) fn write_ballot(
    ballot: &CastBallot,
    election: &Election,
    out: &Path,
    existing: Existing,
) -> Result<Report, Failure> {
    files::write(out, ballot.to_json().as_bytes(), existing, Privacy::Public)?;
    let code = ballot.tracking_code().to_string();
    let rows = [
        ("ballot", ballot.digest().to_string()),
        ("nullifier", ballot.nullifier().to_string()),
        ("tracking code", code.clone()),
    ];
    let mut text =
        format!("{}\n{}", styled(GOOD, format_args!("the ballot is in {}", out.display())), table(&rows));
    text.push_str("Note the tracking code: `tabella receipt check CODE RECORD --nullifier N` finds the ballot in the election record, \
         and that it is yours.\n");
    if let Some(danger) = danger(election.manifest()) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "path": out.display().to_string(),
        "election": election.manifest().id().to_string(),
        "ballot": ballot.digest().to_string(),
        "nullifier": ballot.nullifier().to_string(),
        "tracking_code": code,
        "insecure_development_key": election.provenance().is_insecure(),
    });
    Ok(Report::new(json, text))
}

fn sealed_report(sealed: &SealedVote, manifest: &Manifest, out: &Path) -> Report {
    let code = sealed.tracking_code().to_string();
    let file = out.display();
    let (option, weight) = check_options(manifest);
    let mut text = format!(
        "{}\n{}",
        styled(GOOD, format_args!("the ballot is sealed in {file}, and not cast yet")),
        table(&[("tracking code", code.clone())])
    );
    text.push_str(&format!(
        "{} Then decide, once:\n\
         - `tabella ballot cast IDENTITY {file} --out BALLOT` makes the ballot to be handed in;\n\
         - `tabella ballot challenge IDENTITY {file} --out OPENED` opens it, never to be cast, and\n  \
         `tabella ballot check OPENED --election ELECTION --code CODE --nullifier N{option}` says on another machine what is in it;\n  \
         N is your mark in this election: `tabella identity nullifier` says it, on a machine that you trust{weight}.\n",
        styled(STRONG, "Write the code down, not on this machine."),
    ));
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "path": out.display().to_string(),
        "election": manifest.id().to_string(),
        "state": "sealed",
        "tracking_code": code,
        "insecure_development_key": danger(manifest).is_some(),
    });
    Report::new(json, text)
}

/// Why there is no ballot, as a failure.
pub(crate) fn vote_failure(error: VoteError) -> Failure {
    match error {
        VoteError::NotRegistered => Failure::refused("not-registered", error)
            .hint("give your commitment to the registrar before the election is created"),
        VoteError::OtherRegistry { .. } | VoteError::Seal(SealError::NotRegistered) => {
            Failure::refused("other-registry", error)
                .hint("use the export of the registry that was published with the election")
        }
        VoteError::Selection(_) | VoteError::Seal(SealError::Votes(_)) => {
            Failure::refused("invalid-selection", error)
        }
        VoteError::OtherKey => Failure::refused("untrusted-key", error),
        other => Failure::internal(other),
    }
}
