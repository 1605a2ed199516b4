//! `tabella election ..`: create an election, show it.

use crate::{
    commands::registry::read_registry,
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table, thousands},
    text::{printable, quoted},
    times,
    ui::{STRONG, Ui, WARNING, styled},
};
use clap::{Args, Subcommand, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{
    Election, ElectionError,
    election::{
        Abstention, Comparison, FrozenRegistry, KeyProvenance, Manifest, ManifestBuilder, ManifestFileError,
        Method, Quorum, Rules, SecretBallots, Threshold, ThresholdBase, TieRule, Window,
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
    #[arg(long, value_name = "TIME")]
    opens: Option<String>,
    /// When the box closes
    #[arg(long, value_name = "TIME")]
    closes: Option<String>,
    /// How many options a ballot may choose
    #[arg(long, value_enum)]
    method: Option<MethodArg>,
    /// Approval: least number of options
    #[arg(long, value_name = "N", requires = "method")]
    min: Option<u16>,
    /// Approval: greatest number of options (default: all)
    #[arg(long, value_name = "N", requires = "method")]
    max: Option<u16>,
    /// Number of winners
    #[arg(long, value_name = "N")]
    seats: Option<u16>,
    /// Ballots without any option are refused
    #[arg(long)]
    no_abstention: bool,
    /// A winner needs at least this share of the ballots with a choice, such as 2/3; `>1/2` means more than it
    #[arg(long, value_name = "SHARE")]
    threshold: Option<String>,
    /// Least number of ballots, such as 100, or share of the registry, such as 25%
    #[arg(long, value_name = "QUORUM")]
    quorum: Option<String>,
    /// What happens when options have equally many votes
    #[arg(long, value_enum)]
    ties: Option<TiesArg>,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MethodArg {
    /// One option per ballot.
    SingleChoice,
    /// Several options per ballot.
    Approval,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TiesArg {
    /// Nobody wins.
    NoWinner,
    /// All of them win.
    AllWin,
    /// The one that was listed first wins.
    OrderOfOptions,
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
    files::check_free(&args.out, existing)?;
    let policy = policy(args.insecure_development_keys);
    let draft: Draft = match &args.from {
        Some(path) => files::read_json(path, files::SMALL, "a draft of an election")?,
        None => Draft::default(),
    };
    let window = window(&args, &draft)?;
    let registry = frozen(&args, ui)?;
    if registry.size < SMALL_CROWD {
        ui.note(&format!(
            "the registry has only {} slots: votes hide among so few citizens badly, and equal votes not at all",
            registry.size
        ));
    }
    let options = if args.options.is_empty() { draft.options.clone() } else { args.options.clone() };
    let rules = rules(&args, draft.rules, options.len())?;
    let title = args.title.or(draft.title).ok_or_else(|| missing("--title"))?;
    let question = args.question.or(draft.question).ok_or_else(|| missing("--question"))?;
    let builder: ManifestBuilder = Manifest::builder(title, question)
        .description(args.description.or(draft.description).unwrap_or_default())
        .options(options)
        .rules(rules)
        .window(window);
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let election = Election::create(builder, registry, policy, &mut rng).map_err(election_failure)?;
    files::write(&args.out, election.manifest().to_json_pretty().as_bytes(), existing, Privacy::Public)?;
    let mut report = describe(election.manifest());
    report.text.push_str(&format!("written to {}\n", args.out.display()));
    if let Value::Object(members) = &mut report.json {
        members.insert("path".into(), args.out.display().to_string().into());
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
    Ok(Window { opens_at, closes_at })
}

fn frozen(args: &CreateArgs, ui: &Ui) -> Result<FrozenRegistry, Failure> {
    if let Some(path) = &args.registry {
        let registry = read_registry(path, ui)?;
        return freeze(&registry).map_err(|cause| Failure::refused("nobody-registered", cause));
    }
    let (Some(root), Some(size)) = (&args.root, args.size) else { return Err(missing("--registry")) };
    let root =
        RegistryRoot::from_decimal(root).map_err(|cause| Failure::usage(format!("--root: {cause}")))?;
    Ok(FrozenRegistry::new(root, size))
}

fn rules(args: &CreateArgs, draft: Option<Rules>, options: usize) -> Result<Rules, Failure> {
    let mut rules = draft.unwrap_or_else(Rules::single_choice);
    match args.method {
        Some(MethodArg::SingleChoice) => rules.method = Method::SingleChoice,
        Some(MethodArg::Approval) => {
            let all = u16::try_from(options).unwrap_or(u16::MAX);
            rules.method = Method::Approval { min: args.min.unwrap_or(1), max: args.max.unwrap_or(all) };
        }
        None => {}
    }
    if let Some(seats) = args.seats {
        rules.seats = seats;
    }
    if args.no_abstention {
        rules.abstention = Abstention::Refused;
    }
    if let Some(text) = &args.threshold {
        rules.threshold = threshold(text)?;
    }
    if let Some(text) = &args.quorum {
        rules.quorum = quorum(text)?;
    }
    match args.ties {
        Some(TiesArg::NoWinner) => rules.ties = TieRule::NoWinner,
        Some(TiesArg::AllWin) => rules.ties = TieRule::AllWin,
        Some(TiesArg::OrderOfOptions) => rules.ties = TieRule::OrderOfOptions,
        None => {}
    }
    Ok(rules)
}

/// `2/3`: at least two thirds; `>1/2`: more than half.
fn threshold(text: &str) -> Result<Threshold, Failure> {
    let (share, comparison) = match text.strip_prefix('>') {
        Some(share) => (share, Comparison::MoreThan),
        None => (text, Comparison::AtLeast),
    };
    let parts = share.split_once('/').and_then(|(n, d)| Some((n.parse().ok()?, d.parse().ok()?)));
    let (numerator, denominator) = parts.ok_or_else(|| {
        Failure::usage(format_args!("--threshold: {text:?} is no share such as 2/3 or >1/2"))
    })?;
    Ok(Threshold::Share { numerator, denominator, comparison, of: ThresholdBase::BallotsWithChoice })
}

/// `100` ballots, or `12.5%` of the registry.
fn quorum(text: &str) -> Result<Quorum, Failure> {
    let wrong = || {
        Failure::usage(format_args!("--quorum: {text:?} is no number of ballots and no share such as 25%"))
    };
    let Some(percent) = text.strip_suffix('%') else {
        return text.parse().map(|count| Quorum::Ballots { count }).map_err(|_| wrong());
    };
    let (whole, fraction) = percent.split_once('.').unwrap_or((percent, ""));
    if fraction.len() > 2 || !fraction.bytes().all(|c| c.is_ascii_digit()) {
        return Err(wrong());
    }
    let hundredths: u16 = format!("{fraction:0<2}").parse().map_err(|_| wrong())?;
    let basis_points =
        whole.parse::<u16>().ok().and_then(|whole| whole.checked_mul(100)?.checked_add(hundredths));
    basis_points.map(|basis_points| Quorum::RegistryShare { basis_points }).ok_or_else(wrong)
}

/// Reads a manifest.
pub(crate) fn read_manifest(path: &Path) -> Result<Manifest, Failure> {
    let bytes = files::read(path, files::SMALL)?;
    Manifest::from_json(&bytes).map_err(|error| match &error {
        ManifestFileError::Decode(cause) => files::decode_failure(path, "an election manifest", cause),
        _ => Failure::malformed(path, "an election manifest", error),
    })
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
    text.push_str(&table(&[
        ("election", manifest.id().to_string()),
        ("opens", times::show(window.opens_at)),
        ("closes", times::show(window.closes_at)),
        ("rules", rules_text(manifest.rules())),
        ("ballots", ballots_text(manifest.secret())),
        ("registry root", registry.root.to_string()),
        ("registry size", thousands(registry.size)),
        ("circuit", manifest.circuit().to_string()),
        ("verifying key", manifest.verifying_key().to_string()),
    ]));
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

/// Who will know what a ballot says.
fn ballots_text(secret: Option<&SecretBallots>) -> String {
    secret.map_or_else(
        || "open: anybody sees what was chosen, nobody who chose it".to_owned(),
        |secret| {
            let least = thousands(secret.policy.least_ballots());
            format!("secret: encrypted; trustees open their sum alone, of at least {least}")
        },
    )
}

fn rules_text(rules: &Rules) -> String {
    let mut parts = vec![match rules.method {
        Method::SingleChoice => "one option per ballot".to_owned(),
        Method::Approval { min, max } => format!("{min} to {max} options per ballot"),
        _ => "see the manifest".to_owned(),
    }];
    parts.push(match rules.seats {
        1 => "one winner".to_owned(),
        seats => format!("{seats} winners"),
    });
    if let Threshold::Share { numerator, denominator, comparison, of } = rules.threshold {
        let comparison = if comparison == Comparison::MoreThan { "more than" } else { "at least" };
        let of = if of == ThresholdBase::AllBallots { "all ballots" } else { "the ballots with a choice" };
        parts.push(format!("{comparison} {numerator}/{denominator} of {of}"));
    }
    match rules.quorum {
        Quorum::Ballots { count } => parts.push(format!("quorum {} ballots", thousands(count))),
        Quorum::RegistryShare { basis_points } => {
            parts.push(format!("quorum {}.{:02}% of the registry", basis_points / 100, basis_points % 100));
        }
        _ => {}
    }
    if rules.abstention == Abstention::Refused {
        parts.push("no abstention".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_quorums_are_read() {
        assert_eq!(quorum("100").unwrap(), Quorum::Ballots { count: 100 });
        assert_eq!(quorum("25%").unwrap(), Quorum::RegistryShare { basis_points: 2500 });
        assert_eq!(quorum("12.5%").unwrap(), Quorum::RegistryShare { basis_points: 1250 });
        for text in ["", "%", "x%", "1.234%", "-1", "1.x%", "700%%"] {
            assert_eq!(quorum(text).unwrap_err().exit(), crate::error::EXIT_USAGE, "{text:?}");
        }
        let share = |comparison| Threshold::Share {
            numerator: 1,
            denominator: 2,
            comparison,
            of: ThresholdBase::BallotsWithChoice,
        };
        assert_eq!(threshold("1/2").unwrap(), share(Comparison::AtLeast));
        assert_eq!(threshold(">1/2").unwrap(), share(Comparison::MoreThan));
        assert_eq!(threshold("half").unwrap_err().exit(), crate::error::EXIT_USAGE);
    }
}
