//! The step that looks at dependencies: licences, bans, sources, advisories.

use super::Context;
use crate::{failure::Failure, process::Process, summary::Ending, tools};
use std::time::Duration;

/// How long the database of advisories may take to load.
const ADVISORIES_LIMIT: Duration = Duration::from_secs(300);

/// Licences, bans and sources must hold everywhere. Advisories need a database from the network: where it cannot be
/// loaded, that part is skipped, and the summary says so.
pub(super) fn deny(context: &Context<'_>) -> Result<Ending, Failure> {
    let deny = tools::DENY.find(context.repository, context.install)?;
    let check = || Process::new(&deny, &context.repository.root).args(["check", "--hide-inclusion-graph"]);
    check().args(["bans", "licenses", "sources"]).run()?;
    let (output, result) = check().args(["advisories"]).tee(Some(ADVISORIES_LIMIT));
    let unreachable = |line: &String| line.contains("failed to fetch advisory database");
    match result {
        Ok(()) => Ok(Ending::Passed("bans, licences, sources, advisories".into())),
        Err(Failure::Late { .. }) => Ok(without_advisories()),
        Err(_) if output.stderr.iter().any(unreachable) => Ok(without_advisories()),
        Err(failure) => Err(failure),
    }
}

fn without_advisories() -> Ending {
    println!(
        "warning: the database of advisories cannot be loaded here: known weaknesses were NOT looked up"
    );
    Ending::Passed("bans, licences, sources\nadvisories SKIPPED: their database cannot be loaded here".into())
}
