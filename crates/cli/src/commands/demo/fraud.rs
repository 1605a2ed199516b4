//! Attempts at fraud, each of which must be refused.

use super::town::{Town, new_election};
use crate::{
    error::Failure,
    files::{self, Existing, Privacy},
    ui::Ui,
};
use serde_json::{Value, json};
use std::path::Path;
use tabella::{
    Auditor, Citizen, Registrar, Rejected,
    ballot::{CastBallot, Selection},
    election::Manifest,
    keys::Wanted,
    params::KeyPolicy,
    primitives::rng,
};

/// One attempt that was refused.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// Name for programs.
    pub(super) name: &'static str,
    /// What somebody tried, in plain words.
    pub(super) story: &'static str,
    /// Code of the refusal.
    pub(super) code: &'static str,
    /// Why it was refused.
    pub(super) cause: String,
}

/// Makes all attempts; fails if one is not refused.
pub(super) fn all(town: &Town, ui: &Ui) -> Result<Vec<Attempt>, Failure> {
    let bar = ui.progress("trying to cheat", None);
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let before = town.ballot_box().head().map_err(Failure::storage)?;
    let mut attempts = Vec::new();
    let mut attempt = |name, story, bytes: &[u8]| {
        attempts.push(refused(town, name, story, bytes)?);
        bar.step();
        Ok::<(), Failure>(())
    };
    let json = |ballot: &CastBallot| ballot.to_json().into_bytes();

    let twice = town.ballot(town.citizen(0), 1, &mut rng)?;
    attempt("double-vote", "A voter votes a second time, for something else.", &json(&twice))?;

    let stranger = stranger_ballot(town, &mut rng)?;
    attempt(
        "foreign-registry",
        "A stranger makes a registry of their own and proves membership in that one.",
        &json(&stranger),
    )?;
    let manifest = town.election().manifest();
    let relabelled = changed(&stranger, &[("registry_root", json!(manifest.registry().root))])?;
    attempt("stranger", "The stranger writes the town's root over their own.", &relabelled)?;

    let elsewhere = other_election_ballot(town, &mut rng)?;
    attempt("other-election", "A ballot for another election is put into this box.", &json(&elsewhere))?;
    let moved = changed(&elsewhere, &[("election", json!(manifest.id().to_string()))])?;
    attempt("other-scope", "The same ballot, with this election's name written over the other's.", &moved)?;

    let victim = town.cast(1);
    let choice = victim
        .open()
        .and_then(|ballot| ballot.selection().indices().first())
        .map_or(0, |index| (index + 1) % 3);
    let flipped = changed(victim, &[("selection", json!([choice]))])?;
    attempt("changed-choice", "Somebody intercepts a ballot and changes the choice on it.", &flipped)?;
    attempt("mauled-proof", "Somebody changes one digit of a proof.", &mauled(victim)?)?;
    attempt(
        "nullifier-alias",
        "A voter writes their one-time mark in another way (plus the modulus), to look like somebody else.",
        &alias(victim)?,
    )?;
    let truncated = json(victim);
    let half = truncated.get(..truncated.len() / 2).unwrap_or_default();
    attempt("truncated", "A ballot arrives cut in half.", half)?;
    attempt("oversized", "Somebody sends five megabytes of blanks.", &vec![b' '; 5 << 20])?;

    let after = town.ballot_box().head().map_err(Failure::storage)?;
    if before == after {
        Ok(attempts)
    } else {
        Err(Failure::internal("a refused ballot changed the ballot box"))
    }
}

/// Sends bytes to the box and expects a refusal.
fn refused(town: &Town, name: &'static str, story: &'static str, bytes: &[u8]) -> Result<Attempt, Failure> {
    let ballot_box = town.ballot_box();
    let outcome =
        ballot_box.check_json(bytes).and_then(|verified| ballot_box.accept(verified, town.during()));
    match outcome {
        Err(Rejected::Storage(error)) => Err(Failure::storage(error)),
        Err(rejected) => {
            Ok(Attempt { name, story, code: rejected.cause().name(), cause: rejected.to_string() })
        }
        Ok(_) => Err(Failure::refused("fraud-accepted", format_args!("the attempt {name} was not refused"))),
    }
}

/// A ballot of somebody who is not registered, over a registry of their own.
fn stranger_ballot(town: &Town, rng: &mut impl rng::CryptoRng) -> Result<CastBallot, Failure> {
    let stranger = Citizen::generate(rng);
    let mut registrar = Registrar::new();
    // As many accomplices as make a registry of two, for a path that is not empty.
    registrar
        .register([stranger.commitment(), Citizen::generate(rng).commitment()])
        .map_err(Failure::internal)?;
    let election = new_election(draft(town.election().manifest()), registrar.registry())?;
    let ballot = vote(&stranger, &election, &registrar, town, rng)?;
    // The proof is about the stranger's own election; all but the root is made to look like the town's.
    let id = town.election().manifest().id().to_string();
    let circuit = town.election().manifest().circuit().name();
    let bytes = changed(&ballot, &[("election", json!(id)), ("circuit", json!(circuit))])?;
    CastBallot::from_json(&bytes).map_err(Failure::internal)
}

/// A registered citizen's ballot for another election of the same town.
fn other_election_ballot(town: &Town, rng: &mut impl rng::CryptoRng) -> Result<CastBallot, Failure> {
    let registrar = Registrar::from_registry(town.registry().clone());
    let election = new_election(draft(town.election().manifest()), town.registry())?;
    vote(town.citizen(0), &election, &registrar, town, rng)
}

fn draft(manifest: &Manifest) -> tabella::election::ManifestBuilder {
    Manifest::builder("Another election", manifest.question())
        .options(manifest.options().to_vec())
        .window(manifest.window())
}

fn vote(
    citizen: &Citizen,
    election: &tabella::Election,
    registrar: &Registrar,
    town: &Town,
    rng: &mut impl rng::CryptoRng,
) -> Result<CastBallot, Failure> {
    let selection = Selection::from_indices(election.manifest(), [0]).map_err(Failure::internal)?;
    if election.manifest().circuit() == town.election().manifest().circuit() {
        return citizen
            .vote(election, registrar.registry(), selection, town.key(), rng)
            .map_err(Failure::internal);
    }
    // A town so large that it uses another circuit: the stranger's proof is of the small one, and no less foreign.
    let key = crate::commands::params::proving_key(
        election.manifest().circuit(),
        Wanted::Kept,
        &Ui::new(true, true, crate::args::ColorChoice::Never),
    )?;
    citizen.vote(election, registrar.registry(), selection, &key.key, rng).map_err(Failure::internal)
}

/// The ballot's file with other values in some fields.
fn changed(ballot: &CastBallot, fields: &[(&str, Value)]) -> Result<Vec<u8>, Failure> {
    let mut object: Value = serde_json::from_str(&ballot.to_json()).map_err(Failure::internal)?;
    for (field, value) in fields {
        if let Some(slot) = object.get_mut(field) {
            *slot = value.clone();
        }
    }
    serde_json::to_vec(&object).map_err(Failure::internal)
}

/// The ballot with the last digit of its proof changed.
fn mauled(ballot: &CastBallot) -> Result<Vec<u8>, Failure> {
    let object: Value = serde_json::from_str(&ballot.to_json()).map_err(Failure::internal)?;
    let proof = object.get("proof").and_then(Value::as_str).unwrap_or_default();
    let (head, last) = proof.split_at_checked(proof.len().saturating_sub(1)).unwrap_or_default();
    let other = if last == "0" { "1" } else { "0" };
    changed(ballot, &[("proof", json!(format!("{head}{other}")))])
}

/// The ballot with `nullifier + r` in place of its nullifier.
fn alias(ballot: &CastBallot) -> Result<Vec<u8>, Failure> {
    let modulus = num_bigint::BigUint::parse_bytes(crate::commands::vectors::MODULUS.as_bytes(), 10);
    let nullifier = num_bigint::BigUint::parse_bytes(ballot.nullifier().to_string().as_bytes(), 10);
    let (Some(modulus), Some(nullifier)) = (modulus, nullifier) else {
        return Err(Failure::internal("decimal text does not parse"));
    };
    changed(ballot, &[("nullifier", json!((nullifier + modulus).to_string()))])
}

/// Changes one vote in a copy of the record; answers what the audit says to it.
pub(super) fn tamper(record: &Path, copy: &Path, ui: &Ui) -> Result<String, Failure> {
    let text = files::read_text(record, 1 << 32, "an election record")?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let changed = lines.iter_mut().find_map(|line| {
        let selection = ["\"selection\":[0]", "\"selection\":[1]"].into_iter().find(|s| line.contains(s))?;
        let other = if selection.contains("[0]") { "\"selection\":[1]" } else { "\"selection\":[0]" };
        *line = line.replace(selection, other);
        Some(())
    });
    changed.ok_or_else(|| Failure::internal("the record has no ballot to change"))?;
    let mut text = lines.join("\n");
    text.push('\n');
    files::write(copy, text.as_bytes(), Existing::Keep, Privacy::Public)?;
    let bar = ui.progress("auditing the copy", None);
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let audited = Auditor::new(KeyPolicy::AllowInsecureDevelopmentKeys).audit(text.as_bytes(), &mut rng);
    drop(bar);
    match audited {
        Err(fault) => Ok(fault.to_string()),
        Ok(_) => Err(Failure::refused("fraud-accepted", "the audit did not find the changed vote")),
    }
}
