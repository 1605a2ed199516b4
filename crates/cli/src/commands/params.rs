//! `tabella params ..`: the keys of the circuits.

use crate::{
    commands::tables,
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    ui::{GOOD, Ui, WARNING, styled},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;
use tabella::{
    keys::Wanted,
    params::{
        CacheError, CacheEvent, KeyFile, KeyKind, Manifest, ManifestEntry, ParamsCache, Provenance,
        cache::{Outcome, PinnedProvingKey},
    },
    protocol::statement::CircuitId,
    prover::TableSize,
};

/// Keys.
#[derive(Args, Debug)]
pub(crate) struct ParamsArgs {
    #[command(subcommand)]
    command: ParamsCommand,
}

#[derive(Debug, Subcommand)]
enum ParamsCommand {
    /// List the circuits and their keys
    List,
    /// Show the keys of one circuit
    Show(CircuitArgs),
    /// Make the proving key of a circuit now, rather than with the first ballot
    Generate(GenerateArgs),
    /// Write the proving key of a circuit in compact bytes, as a browser fetches it
    Compact(CompactArgs),
    /// Print where the proving key of a circuit is kept (TABELLA_CACHE_DIR moves it)
    Path(CircuitArgs),
    /// Check a key file: its header, its hash, and that it is the pinned key of its circuit
    Verify {
        /// The key file
        file: PathBuf,
    },
}

#[derive(Args, Debug)]
struct CircuitArgs {
    /// The circuit, such as membership-10-v1
    #[arg(value_parser = parse_circuit)]
    circuit: CircuitId,
}

#[derive(Args, Debug)]
struct GenerateArgs {
    #[command(flatten)]
    circuit: CircuitArgs,
    /// Compute tables too, none, small or large: ballots are then proved faster
    #[arg(long, value_name = "SIZE")]
    tables: Option<TableSize>,
}

#[derive(Args, Debug)]
struct CompactArgs {
    #[command(flatten)]
    circuit: CircuitArgs,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

/// Reads the name of a circuit.
pub(crate) fn parse_circuit(text: &str) -> Result<CircuitId, String> {
    CircuitId::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = CircuitId::ALL.iter().map(|id| id.name()).collect();
        format!("the circuits are {}", names.join(", "))
    })
}

/// Largest key file (bytes).
const LIMIT: u64 = 256 << 20;

pub(crate) fn run(args: ParamsArgs, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        ParamsCommand::List => {
            let entries = Manifest::pinned().entries();
            let mut text = String::new();
            for entry in entries {
                text.push_str(&describe(entry));
                text.push('\n');
            }
            Ok(Report::new(json!({"keys": entries.iter().map(to_json).collect::<Vec<_>>()}), text))
        }
        ParamsCommand::Show(args) => {
            let entry = Manifest::pinned().entry(args.circuit).map_err(Failure::internal)?;
            Ok(Report::new(to_json(entry), describe(entry)))
        }
        ParamsCommand::Generate(args) => {
            let circuit = args.circuit.circuit;
            let key = proving_key(circuit, args.tables.map_or(Wanted::Kept, Wanted::Size), ui)?;
            let shown = key.path.display().to_string();
            if key.outcome == Outcome::NotKept {
                let message = format_args!("the proving key was made, and could not be kept as {shown}");
                return Err(Failure::unwritten("not-kept", message)
                    .hint("TABELLA_CACHE_DIR names another folder for proving keys"));
            }
            let text = format!("{}\n{shown}", styled(WARNING, key.provenance));
            Ok(Report::new(
                json!({"circuit": circuit.name(), "path": shown, "provenance": provenance(key.provenance)}),
                text,
            ))
        }
        ParamsCommand::Compact(CompactArgs { circuit: CircuitArgs { circuit }, out, force }) => {
            let existing = Existing::from_force(force);
            files::check_output(&out, existing, &[])?;
            let bytes = proving_key(circuit, Wanted::Kept, ui)?.key.to_compact_bytes();
            let entry = Manifest::pinned().entry(circuit).map_err(Failure::internal)?;
            entry.check_compact_key(&bytes).map_err(Failure::internal)?;
            files::write(&out, &bytes, existing, Privacy::Public)?;
            let (name, digest) = (out.display().to_string(), entry.compact_key.digest.to_string());
            let text = format!("{}\n{name}: {} bytes", styled(WARNING, entry.provenance), bytes.len());
            Ok(Report::new(
                json!({"circuit": circuit.name(), "file": name, "bytes": bytes.len(), "digest": digest}),
                text,
            ))
        }
        ParamsCommand::Path(args) => {
            let path = cache()?.path(args.circuit).map_err(|e| cache_failure(&e))?;
            let shown = path.display().to_string();
            Ok(Report::new(json!({"path": shown, "present": path.is_file()}), shown))
        }
        ParamsCommand::Verify { file } => {
            let bytes = files::read(&file, LIMIT)?;
            let key =
                KeyFile::read(&bytes).map_err(|cause| Failure::malformed(&file, "a key file", cause))?;
            let entry = Manifest::pinned().entry(key.circuit());
            entry.and_then(|entry| entry.check(key.kind(), &key)).map_err(|cause| {
                Failure::refused("not-pinned", cause)
                    .hint("the key is well formed, but it is not the one that this version pins")
            })?;
            let rows = [
                ("kind", format!("{:?}", key.kind()).to_lowercase()),
                ("circuit", key.circuit().to_string()),
                ("digest", key.digest().to_string()),
                ("provenance", key.provenance().to_string()),
            ];
            let text = format!("{}\n{}", styled(GOOD, "the key file is the pinned one"), table(&rows));
            let json = json!({
                "valid": true,
                "kind": match key.kind() { KeyKind::Verifying => "verifying", _ => "proving" },
                "circuit": key.circuit().name(),
                "digest": key.digest().to_string(),
                "provenance": provenance(key.provenance()),
            });
            Ok(Report::new(json, text))
        }
    }
}

/// The name of a provenance in JSON.
fn provenance(provenance: Provenance) -> &'static str {
    if provenance.is_insecure() { "insecure-development" } else { "ceremony" }
}

fn describe(entry: &ManifestEntry) -> String {
    let depth = entry.circuit.max_depth().map_or_else(|| "no registry".to_owned(), |depth| depth.to_string());
    let mut text = table(&[
        ("circuit", entry.circuit.to_string()),
        ("  greatest depth", depth),
        ("  circuit digest", entry.circuit_digest.to_string()),
        ("  verifying key", entry.verifying_key.digest.to_string()),
        ("  proving key", format!("{} ({} bytes)", entry.proving_key.digest, entry.proving_key.bytes)),
        ("  compact", format!("{} ({} bytes)", entry.compact_key.digest, entry.compact_key.bytes)),
    ]);
    text.push_str(&format!("  provenance      {}\n", styled(WARNING, entry.provenance)));
    text
}

fn to_json(entry: &ManifestEntry) -> Value {
    json!({
        "circuit": entry.circuit.name(),
        "max_depth": entry.circuit.max_depth(),
        "circuit_digest": entry.circuit_digest.to_string(),
        "verifying_key": entry.verifying_key.digest.to_string(),
        "proving_key": entry.proving_key.digest.to_string(),
        "proving_key_bytes": entry.proving_key.bytes,
        "compact_key": entry.compact_key.digest.to_string(),
        "compact_key_bytes": entry.compact_key.bytes,
        "provenance": provenance(entry.provenance),
    })
}

fn cache() -> Result<ParamsCache, Failure> {
    ParamsCache::open_default().map_err(|e| cache_failure(&e))
}

fn cache_failure(error: &CacheError) -> Failure {
    match error {
        CacheError::NoDirectory | CacheError::Io { .. } => {
            Failure::storage(error).hint("TABELLA_CACHE_DIR names another folder for proving keys")
        }
        other => Failure::internal(other),
    }
}

/// The proving key of a circuit, made on first use, with its tables; says what is going on.
pub(crate) fn proving_key(circuit: CircuitId, wanted: Wanted, ui: &Ui) -> Result<PinnedProvingKey, Failure> {
    let bar = ui.progress("proving key", None);
    let cache = cache()?;
    let key = tabella::keys::proving_key(&cache, circuit, |event| {
        match event {
        CacheEvent::Refused { path, cause } => {
            ui.note_now(&format!("{} is damaged and will be replaced: {cause}", path.display()));
        }
        CacheEvent::NoCache { path, kind } => ui.note_now(&format!(
            "{} cannot be used ({kind}): the proving key is made again each time; TABELLA_CACHE_DIR names another folder",
            path.display()
        )),
        CacheEvent::Making { .. } => bar.say("making the proving key (once)"),
        _ => {}
    }
    });
    let key = key.map_err(|e| cache_failure(&e))?;
    Ok(key.with_tables(&tables::opener(Some(cache.key_cache()), wanted, ui, &bar)))
}
