//! `cargo xtask test`: the steps, their order, and the table at the end.

mod builds;
mod release;
mod semaphore;
mod source;
mod supply;
mod tests;
mod wasm;

use crate::{
    failure::Failure,
    repository::Repository,
    summary::{Ending, Row, Summary},
};
use std::time::Instant;

/// Which steps to run, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run only this step; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// List the steps and stop.
    #[arg(long)]
    list: bool,
    /// Run the steps after a failed one, too.
    #[arg(long)]
    keep_going: bool,
    /// Install nothing: use the tools that are here, and say what is skipped for want of one.
    #[arg(long)]
    no_install: bool,
}

/// What a step works with.
#[derive(Debug)]
struct Context<'a> {
    repository: &'a Repository,
    /// Whether missing tools may be built.
    install: bool,
    /// What `git status` said before the first step; none without git.
    status: Option<Vec<String>>,
}

/// One step.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn(&Context<'_>) -> Result<Ending, Failure>,
}

/// All steps: quick ones first, and each build after those whose outputs it can use again.
const STEPS: [Step; 16] = [
    Step { name: "fmt", what: "the sources are as rustfmt writes them", run: source::fmt },
    Step { name: "arrows", what: "the dependency arrows between the crates hold", run: source::arrows },
    Step { name: "house", what: "the rules for files and manifests hold", run: source::house },
    Step { name: "clippy", what: "no lint is broken, in any target", run: source::clippy },
    Step { name: "doc", what: "the documentation builds without a warning", run: source::documentation },
    Step { name: "no-std", what: "what must build without the standard library does", run: builds::no_std },
    Step { name: "features", what: "each feature builds alone, and none, and all", run: builds::features },
    Step { name: "public-side", what: "who only checks compiles no prover", run: builds::public_side },
    Step {
        name: "tests",
        what: "unit and integration tests, and the fuzz targets on their seeds",
        run: tests::tests,
    },
    Step { name: "doctests", what: "the examples in the documentation", run: tests::doctests },
    Step {
        name: "semaphore-peer",
        what: "Semaphore's JavaScript takes our proofs, and we take its",
        run: semaphore::peer,
    },
    Step { name: "wasm", what: "in WASM all kernels agree with arkworks, and prove", run: wasm::kernels },
    Step {
        name: "browser",
        what: "the npm package and the wallet page, in Node and in Chromium",
        run: wasm::browser,
    },
    Step { name: "deny", what: "licences, sources and advisories of dependencies", run: supply::deny },
    Step { name: "demo", what: "the demonstration of one election", run: release::demo },
    Step { name: "clean", what: "the steps before changed no file of the repository", run: source::clean },
];

/// Runs the steps chosen.
///
/// # Errors
/// [`Failure::Steps`] with the names of those that failed: the first one, or all with `--keep-going`.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    if options.list {
        STEPS.iter().for_each(|step| println!("{:14} {}", step.name, step.what));
        return Ok(());
    }
    if let Some(name) = options.only.iter().find(|name| STEPS.iter().all(|step| step.name != *name)) {
        let known = STEPS.iter().map(|step| step.name.to_owned()).collect();
        return Err(Failure::Unknown { name: name.clone(), known });
    }
    let context =
        Context { repository, install: !options.no_install, status: repository.status().ok().flatten() };
    let mut summary = Summary::default();
    for step in
        STEPS.iter().filter(|step| options.only.is_empty() || options.only.iter().any(|n| n == step.name))
    {
        println!("\n=== {}: {}", step.name, step.what);
        let start = Instant::now();
        let ending = (step.run)(&context).unwrap_or_else(|failure| Ending::Failed(failure.to_string()));
        if let Ending::Failed(reason) = &ending {
            println!("{} FAILED: {reason}", step.name);
        }
        let failed = matches!(ending, Ending::Failed(_));
        summary.0.push(Row { name: step.name, ending, time: start.elapsed() });
        if failed && !options.keep_going {
            break;
        }
    }
    println!("\n{summary}");
    let names = summary.failed();
    if names.is_empty() { Ok(()) } else { Err(Failure::Steps { names }) }
}

/// Builds the documentation, and shows it if asked to.
pub(crate) fn doc(repository: &Repository, open: bool) -> Result<(), Failure> {
    source::build_documentation(repository)?;
    if open {
        // Built already: this only opens the browser.
        repository.cargo().args(["doc", "--package", "tabella", "--lib", "--no-deps", "--open"]).run()?;
    }
    Ok(())
}
