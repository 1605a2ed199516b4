//! The step that runs what a newcomer runs first.

use super::Context;
use crate::{failure::Failure, summary::Ending};
use std::time::Instant;

/// What `cargo run --release -- demo` leaves out here: the last optimisations, of all crates together, take minutes.
const QUICK: [(&str, &str); 2] =
    [("CARGO_PROFILE_RELEASE_LTO", "off"), ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")];

/// `cargo run --release -- demo`, built beforehand so that its own time is known.
pub(super) fn demo(context: &Context<'_>) -> Result<Ending, Failure> {
    let start = Instant::now();
    let cargo =
        || QUICK.iter().fold(context.repository.cargo(), |cargo, (name, value)| cargo.env(name, value));
    cargo().args(["build", "--release", "--bin", "tabella"]).run()?;
    let built = start.elapsed();
    let start = Instant::now();
    cargo().args(["run", "--release", "--", "demo"]).run()?;
    let (built, ran) = (built.as_secs_f64(), start.elapsed().as_secs_f64());
    Ok(Ending::Passed(format!("release build {built:.0} s, demonstration {ran:.1} s")))
}
