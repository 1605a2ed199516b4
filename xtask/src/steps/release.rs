//! The step that runs what a newcomer runs first.

use super::Context;
use crate::{failure::Failure, summary::Ending};
use std::time::Instant;

/// `cargo run --release -- demo`, built beforehand so that its own time is known.
pub(super) fn demo(context: &Context<'_>) -> Result<Ending, Failure> {
    let start = Instant::now();
    context.repository.cargo().args(["build", "--release", "--bin", "tabella"]).run()?;
    let built = start.elapsed();
    let start = Instant::now();
    context.repository.cargo().args(["run", "--release", "--", "demo"]).run()?;
    let (built, ran) = (built.as_secs_f64(), start.elapsed().as_secs_f64());
    Ok(Ending::Passed(format!("release build {built:.0} s, demonstration {ran:.1} s")))
}
