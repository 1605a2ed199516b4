//! What only elections with secret ballots have: the trustees' keys, the least number of ballots that is opened, weights.

use crate::{
    commands::trustee::ceremony_warnings, error::Failure, files, report::thousands, ui::warning_lines,
};
use clap::Args;
use std::path::{Path, PathBuf};
use tabella::{
    election::{FrozenRegistry, SecretBallots, Weighting},
    protocol::trustee::{CeremonyRecord, KeyCeremony, LEAST_BALLOTS, MAX_CEREMONY_BYTES, OpeningPolicy},
};

/// Least number of ballots that are opened where nothing else was asked for.
const DEFAULT_LEAST: u64 = 10;

/// Secret ballots.
#[derive(Args, Debug)]
pub(super) struct SecretArgs {
    /// Make ballots secret: encrypted with the keys of this record of the trustees' key ceremony, who open their sum and nothing else; of one election only
    #[arg(long, value_name = "FILE")]
    ceremony: Option<PathBuf>,
    /// Secret ballots: least number whose sum the trustees open; the fewer, the more a sum says about each
    #[arg(long, value_name = "N", requires = "ceremony", default_value_t = DEFAULT_LEAST)]
    least_ballots: u64,
    /// Secret ballots: how often each citizen counts, a CSV file with the columns commitment and weight
    #[arg(long, value_name = "FILE", requires = "ceremony", requires = "registry")]
    weights: Option<PathBuf>,
}

impl SecretArgs {
    /// The record of the key ceremony.
    pub(super) fn ceremony_file(&self) -> Option<&Path> {
        self.ceremony.as_deref()
    }

    /// The file with the citizens' weights.
    pub(super) fn weights(&self) -> Option<&Path> {
        self.weights.as_deref()
    }

    /// The ceremony that made the keys of an election with so many options; none for open ballots.
    pub(super) fn ceremony(&self, options: usize) -> Result<Option<KeyCeremony>, Failure> {
        let Some(path) = &self.ceremony else { return Ok(None) };
        let ceremony = read_ceremony(path)?.verify().map_err(|cause| {
            Failure::refused("ceremony-faulty", format_args!("{}: {cause}", path.display()))
        })?;
        let keys = ceremony.key().len();
        if keys != options {
            return Err(Failure::usage(format_args!(
                "{}: the trustees made keys for {keys} options, the election has {options}",
                path.display()
            ))
            .hint("each option has a key of its own, for 2 to 8 options: the trustees meet for this number of them"));
        }
        Ok(Some(ceremony))
    }

    /// What the manifest says about secret ballots.
    pub(super) fn ballots(
        &self,
        ceremony: &KeyCeremony,
        registry: &FrozenRegistry,
        max_weight: Option<u32>,
    ) -> Result<SecretBallots, Failure> {
        let least = self.least_ballots;
        let policy = OpeningPolicy::new(least).ok_or_else(|| {
            Failure::usage(format_args!("--least-ballots {least}: the sum of so few is a ballot itself"))
                .hint(format!("at least {LEAST_BALLOTS}"))
        })?;
        if least > registry.size {
            return Err(Failure::usage(format_args!(
                "the registry has {} places, so that there are never the {least} ballots that are opened",
                thousands(registry.size)
            ))
            .hint("--least-ballots with a smaller number; the fewer, the more the sum says about each"));
        }
        let secret = SecretBallots::new(ceremony, policy);
        Ok(match max_weight {
            Some(max_weight) => secret.weighted(max_weight),
            None => secret,
        })
    }
}

/// Reads the record of a key ceremony; nothing about it is verified.
pub(crate) fn read_ceremony(path: &Path) -> Result<CeremonyRecord, Failure> {
    let limit = u64::try_from(MAX_CEREMONY_BYTES).unwrap_or(u64::MAX);
    CeremonyRecord::from_json(&files::read(path, limit)?)
        .map_err(|cause| files::decode_failure(path, "the record of a key ceremony", &cause))
}

/// What whoever creates an election must know of the ceremony.
pub(super) fn remarks(ceremony: &KeyCeremony) -> String {
    format!(
        "{}Use this ceremony for no other election: its trustees open one.\n",
        warning_lines(&ceremony_warnings(ceremony.parameters()))
    )
}

/// Who will know what a ballot says.
pub(super) fn ballots_text(secret: Option<&SecretBallots>) -> String {
    let Some(secret) = secret else {
        return "open: anybody sees what was chosen, nobody who chose it".to_owned();
    };
    let least = thousands(secret.policy.least_ballots());
    let text = format!("secret: encrypted; trustees open their sum alone, of at least {least}");
    match secret.weighting {
        Weighting::Weighted { max_weight } => {
            format!("{text}; citizens count up to {} times", thousands(max_weight.into()))
        }
        _ => text,
    }
}
