//! How often each citizen counts: a list beside the registry.

use super::parse_commitment;
use crate::{error::Failure, files};
use std::path::Path;
use tabella::{
    identity::IdentityCommitment,
    registry::{Registry, WeightedRegistry},
};

/// Largest list of weights: some 10 million citizens (bytes).
const LIMIT: u64 = 1 << 30;
/// First line of the list.
const HEADER: &str = "commitment,weight";

/// Reads the weights of a registry's citizens: CSV, a line `commitment,weight` and one for each citizen, in any order.
pub(crate) fn read_weights(path: &Path, registry: Registry) -> Result<WeightedRegistry, Failure> {
    let text = files::read_text(path, LIMIT, "a list of weights")?;
    let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1u64..);
    let wrong = |line: u64, cause: String| {
        Failure::bad_input("malformed-list", format_args!("{}: line {line}: {cause}", path.display()))
    };
    if lines.next().is_none_or(|(line, _)| line != HEADER) {
        return Err(wrong(1, format!("the first line is not {HEADER:?}")));
    }
    let weights = lines
        .filter(|(line, _)| !line.is_empty())
        .map(|(text, line)| citizen(text).map_err(|cause| wrong(line, cause)));
    let weights = weights.collect::<Result<Vec<_>, _>>()?;
    WeightedRegistry::new(registry, weights)
        .map_err(|cause| Failure::refused("other-weights", format_args!("{}: {cause}", path.display())))
}

/// One line: a commitment and a weight.
fn citizen(line: &str) -> Result<(IdentityCommitment, u32), String> {
    let (commitment, weight) = line.split_once(',').ok_or("it has not two columns")?;
    let commitment = parse_commitment(commitment)?;
    let digits = !weight.is_empty() && weight.bytes().all(|c| c.is_ascii_digit());
    let number = if digits { weight.parse().ok() } else { None };
    let number = number.ok_or_else(|| format!("{weight:?} is no weight from 1 to {}", u32::MAX))?;
    Ok((commitment, number))
}
