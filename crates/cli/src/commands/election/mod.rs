//! `tabella election ..`: create an election, show it.

mod rules;
mod secret;

pub(crate) use secret::read_ceremony;

use crate::{
    commands::{
        registry::{read_registry, read_weights},
        trustee::ceremony_warnings,
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, counted, table, thousands},
    text::{printable, quoted},
    times,
    ui::{STRONG, Ui, WARNING, styled},
};
use clap::{Args, Subcommand};
use rules::{RuleArgs, rules_text};
use secret::{SecretArgs, ballots_text, remarks};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{
    Election, ElectionError,
    election::{
        FrozenRegistry, KeyProvenance, Manifest, ManifestBuilder, ManifestError, ManifestFileError, Rules,
        RulesError, Weighting, Window,
    },
    freeze,
    params::{KeyPolicy, KeyRefused, Provenance},
    primitives::rng,
    registry::RegistryRoot,
};

/// Elections.
#[derive(Args, Debug)]
pub(crate) struct ElectionArgs {
    #[command(subcommand)]
    command: ElectionCommand,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "one value per run of the program")]
enum ElectionCommand {
    /// Create an election over the present state of a registry and write its manifest
    Create(CreateArgs),
    /// Show a manifest
    Show {
        /// The manifest file
        election: PathBuf,
    },
}

/// What is asked, of whom, when, and under which rules; options win over the file of --from.
#[derive(Args, Debug)]
struct CreateArgs {
    /// A JSON file with any of: title, question, description, options, rules, opens, closes
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The title, one line
    #[arg(long)]
    title: Option<String>,
    /// The question, one line
    #[arg(long)]
    question: Option<String>,
    /// More about it, any number of lines
    #[arg(long)]
    description: Option<String>,
    /// An option to choose; give it once for each, at least two
    #[arg(long = "option", value_name = "LABEL")]
    options: Vec<String>,
    /// The registry that is frozen: a registry file or an export of it
    #[arg(long, value_name = "FILE", required_unless_present = "root")]
    registry: Option<PathBuf>,
    /// The frozen root, if the registry itself is not at hand
    #[arg(long, conflicts_with = "registry", requires = "size")]
    root: Option<String>,
    /// Number of slots under that root
    #[arg(long, requires = "root")]
    size: Option<u64>,
    /// When the box opens: now, +2h, seconds since 1970, or 2026-11-22T08:00:00Z (default: now)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    opens: Option<String>,
    /// When the box closes
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    closes: Option<String>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    secret: SecretArgs,
    /// I know that anybody can forge ballots: there are no keys from a ceremony yet
    #[arg(long)]
    insecure_development_keys: bool,
    /// The manifest file to write
    #[arg(long, short)]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
}

/// Least number of citizens under which an election is created without a remark.
const SMALL_CROWD: u64 = 10;

/// The file of `--from`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Draft {
    title: Option<String>,
    question: Option<String>,
    description: Option<String>,
    options: Vec<String>,
    rules: Option<Rules>,
    opens: Option<Value>,
    closes: Option<Value>,
}

pub(crate) fn run(args: ElectionArgs, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        ElectionCommand::Create(args) => create(args, ui),
        ElectionCommand::Show { election } => Ok(describe(&read_manifest(&election)?)),
    }
}

fn create(args: CreateArgs, ui: &Ui) -> Result<Report, Failure> {
    let existing = Existing::from_force(args.force);
    let inputs =
        [args.from.as_deref(), args.registry.as_deref(), args.secret.weights(), args.secret.ceremony_file()];
    files::check_output(&args.out, existing, &inputs.into_iter().flatten().collect::<Vec<_>>())?;
    let policy = policy(args.insecure_development_keys);
    let draft: Draft = match &args.from {
        Some(path) => files::read_json(path, files::SMALL, "a draft of an election")?,
        None => Draft::default(),
    };
    let window = window(&args, &draft)?;
    let options = if args.options.is_empty() { draft.options.clone() } else { args.options.clone() };
    // What is wrong with the ceremony is said before a large registry is read.
    let ceremony = args.secret.ceremony(options.len())?;
    let (registry, max_weight) = frozen(&args, ui)?;
    if registry.size < SMALL_CROWD {
        ui.note(&format!(
            "the registry has only {}: votes hide among so few citizens badly, and equal votes not at all",
            counted(registry.size, "slot")
        ));
    }
    let rules = args.rules.rules(draft.rules, options.len(), ceremony.is_some())?;
    let secret =
        ceremony.as_ref().map(|ceremony| args.secret.ballots(ceremony, &registry, max_weight)).transpose()?;
    let title = args.title.or(draft.title).ok_or_else(|| missing("--title"))?;
    let question = args.question.or(draft.question).ok_or_else(|| missing("--question"))?;
    let builder: ManifestBuilder = Manifest::builder(title, question)
        .description(args.description.or(draft.description).unwrap_or_default())
        .options(options)
        .rules(rules)
        .window(window);
    let builder = match secret {
        Some(secret) => builder.secret(secret),
        None => builder,
    };
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let election = Election::create(builder, registry, policy, &mut rng).map_err(election_failure)?;
    files::write(&args.out, election.manifest().to_json_pretty().as_bytes(), existing, Privacy::Public)?;
    if window.closes_at <= times::now() {
        ui.note(&format!(
            "the election closed at {}, before it was created: no box takes a ballot now",
            times::show(window.closes_at)
        ));
    }
    let mut report = describe(election.manifest());
    report.text.push_str(&format!("written to {}\n", args.out.display()));
    let warnings =
        ceremony.as_ref().map_or_else(Vec::new, |ceremony| ceremony_warnings(ceremony.parameters()));
    if let Some(ceremony) = &ceremony {
        report.text.push_str(&remarks(ceremony));
    }
    if let Value::Object(members) = &mut report.json {
        members.insert("path".into(), args.out.display().to_string().into());
        members.insert("warnings".into(), warnings.into());
    }
    Ok(report)
}

/// Which keys a command accepts.
pub(crate) const fn policy(insecure_development_keys: bool) -> KeyPolicy {
    if insecure_development_keys { KeyPolicy::AllowInsecureDevelopmentKeys } else { KeyPolicy::CeremonyOnly }
}

/// Why a manifest makes no election, as a failure.
pub(crate) fn election_failure(error: ElectionError) -> Failure {
    match error {
        ElectionError::Key(KeyRefused::InsecureDevelopmentKey { .. }) => {
            Failure::refused("insecure-keys", error)
                .hint("to try Tabella out all the same, say --insecure-development-keys")
        }
        ElectionError::Manifest(ManifestError::Rules(RulesError::SecretBallotsOnly { .. })) => {
            Failure::usage(error)
                .hint("--ceremony with the record of the trustees' key ceremony makes ballots secret")
        }
        ElectionError::Manifest(ManifestError::Rules(
            RulesError::ThresholdShare { .. }
            | RulesError::ThresholdOutOfReach
            | RulesError::ThresholdUnknown,
        )) => Failure::usage(error).hint("--threshold says this share, or the rules in the file of --from"),
        ElectionError::Manifest(_) | ElectionError::NoCircuit { .. } => Failure::usage(error),
        other => Failure::refused("untrusted-key", other),
    }
}

fn missing(what: &str) -> Failure {
    Failure::usage(format_args!("{what} is missing")).hint("give it as an option or in the file of --from")
}

fn window(args: &CreateArgs, draft: &Draft) -> Result<Window, Failure> {
    let time = |option: &Option<String>, value: &Option<Value>| match (option, value) {
        (Some(text), _) => times::parse(text).map(Some),
        (None, Some(value)) => times::from_json(value).map(Some),
        (None, None) => Ok(None),
    };
    let opens_at = time(&args.opens, &draft.opens)?.unwrap_or_else(times::now);
    let closes_at = time(&args.closes, &draft.closes)?.ok_or_else(|| missing("--closes"))?;
    if closes_at <= opens_at {
        let (opens, closes) = (times::show(opens_at), times::show(closes_at));
        return Err(Failure::usage(format_args!(
            "--closes: {closes} is not after the election opens, at {opens}"
        ))
        .hint("without --opens it opens now"));
    }
    Ok(Window { opens_at, closes_at })
}

/// Who may vote, and the greatest weight where citizens have weights.
fn frozen(args: &CreateArgs, ui: &Ui) -> Result<(FrozenRegistry, Option<u32>), Failure> {
    if let Some(path) = &args.registry {
        let registry = read_registry(path, ui)?;
        let plain = freeze(&registry).map_err(|cause| Failure::refused("nobody-registered", cause))?;
        let Some(weights) = args.secret.weights() else { return Ok((plain, None)) };
        let weighted = read_weights(weights, registry)?;
        return Ok((FrozenRegistry::new(weighted.root(), weighted.size()), Some(weighted.max_weight())));
    }
    let (Some(root), Some(size)) = (&args.root, args.size) else { return Err(missing("--registry")) };
    let root =
        RegistryRoot::from_decimal(root).map_err(|cause| Failure::usage(format!("--root: {cause}")))?;
    Ok((FrozenRegistry::new(root, size), None))
}

/// Reads a manifest.
pub(crate) fn read_manifest(path: &Path) -> Result<Manifest, Failure> {
    let bytes = files::read(path, files::SMALL)?;
    Manifest::from_json(&bytes).map_err(|error| match &error {
        ManifestFileError::Decode(cause) => files::decode_failure(path, "an election manifest", cause),
        _ => Failure::malformed(path, "an election manifest", error),
    })
}

/// That there are too few secret ballots to open, in words; nothing if there are enough, or if ballots are open.
pub(crate) fn too_few(manifest: &Manifest, ballots: u64) -> Option<String> {
    let least = manifest.secret()?.policy.least_ballots();
    let are = if ballots == 1 { "is" } else { "are" };
    let counted = counted(ballots, "ballot");
    (ballots < least).then(|| format!("{counted} {are} fewer than the {} that are opened", thousands(least)))
}

/// Whether citizens of the election have weights.
pub(crate) fn is_weighted(manifest: &Manifest) -> bool {
    manifest.secret().is_some_and(|secret| secret.weighting != Weighting::Plain)
}

/// A list of weights is given where citizens of the election have weights, and nowhere else.
pub(crate) fn check_weights(manifest: &Manifest, weights: Option<&Path>) -> Result<(), Failure> {
    match (is_weighted(manifest), weights) {
        (true, None) => {
            Err(Failure::usage("citizens of this election have weights: --registry and --weights are needed")
                .hint("the list of weights was published with the election, as its registry was"))
        }
        (false, Some(_)) => Err(Failure::usage("--weights: every citizen of this election counts once")),
        _ => Ok(()),
    }
}

/// The line that every report about an election shows while its key comes from a public seed.
pub(crate) fn danger(manifest: &Manifest) -> Option<String> {
    (manifest.key_provenance() == KeyProvenance::InsecureDevelopment)
        .then(|| styled(WARNING, format_args!("DANGER: {}", Provenance::Development)))
}

fn describe(manifest: &Manifest) -> Report {
    let window = manifest.window();
    let registry = manifest.registry();
    let mut text = format!("{}\n{}\n", styled(STRONG, manifest.title()), printable(manifest.question()));
    text.push_str(&quoted(manifest.description()));
    for (index, option) in manifest.options().iter().enumerate() {
        text.push_str(&format!("  {index}  {}\n", printable(option)));
    }
    let mut rows = vec![
        ("election", manifest.id().to_string()),
        ("opens", times::show(window.opens_at)),
        ("closes", times::show(window.closes_at)),
        ("rules", rules_text(manifest.rules())),
        ("ballots", ballots_text(manifest.secret())),
        ("registry root", registry.root.to_string()),
        ("registry size", thousands(registry.size)),
        ("circuit", manifest.circuit().to_string()),
        ("verifying key", manifest.verifying_key().to_string()),
    ];
    rows.extend(manifest.secret().map(|secret| ("key ceremony", secret.ceremony.to_string())));
    text.push_str(&table(&rows));
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "election": manifest.id().to_string(),
        "insecure_development_key": manifest.key_provenance() == KeyProvenance::InsecureDevelopment,
        "manifest": manifest,
    });
    Report::new(json, text)
}
