//! Steps that run tests.

use super::Context;
use crate::{failure::Failure, process::Output, summary::Ending, tools};

/// Unit and integration tests of the whole workspace: by nextest, or by cargo's own runner where nextest cannot be had.
pub(super) fn tests(context: &Context<'_>) -> Result<Ending, Failure> {
    match tools::NEXTEST.find(context.repository, context.install) {
        Ok(nextest) => {
            let arguments = ["nextest", "run", "--workspace", "--no-fail-fast"];
            let process = crate::process::Process::new(nextest, &context.repository.root).args(arguments);
            let (output, result) = process.tee(None);
            let closing = output.stderr.iter().rfind(|line| line.trim_start().starts_with("Summary"));
            conclude(closing.map(|line| line.trim().to_owned()), result)
        }
        Err(failure) => {
            println!("warning: {failure}; going on with cargo's own test runner");
            let cargo = context.repository.cargo();
            let arguments = ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
            let (output, result) = cargo.args(arguments).tee(None);
            conclude(sum(&output), result)
        }
    }
}

/// The examples in the documentation, which nextest does not run.
pub(super) fn doctests(context: &Context<'_>) -> Result<Ending, Failure> {
    let (output, result) = context.repository.cargo().args(["test", "--workspace", "--doc"]).tee(None);
    conclude(sum(&output), result)
}

/// The closing line as the note of a passed step; of a failed one together with the failure.
fn conclude(closing: Option<String>, result: Result<(), Failure>) -> Result<Ending, Failure> {
    let closing = closing.unwrap_or_else(|| "the runner printed no closing line".into());
    Ok(match result {
        Ok(()) => Ending::Passed(closing),
        Err(failure) => Ending::Failed(format!("{closing}\n{failure}")),
    })
}

/// The sum of all `test result:` lines of cargo's own runner.
fn sum(output: &Output) -> Option<String> {
    let results: Vec<&str> =
        output.stdout.iter().filter_map(|line| line.strip_prefix("test result: ")).collect();
    let count = |what: &str| -> u64 {
        let fields = results.iter().flat_map(|line| line.split(['.', ';']));
        fields.filter_map(|field| field.trim().strip_suffix(what)?.trim().parse::<u64>().ok()).sum()
    };
    let verdict = if results.iter().all(|line| line.starts_with("ok")) { "ok" } else { "FAILED" };
    (!results.is_empty()).then(|| {
        let (passed, failed, ignored) = (count("passed"), count("failed"), count("ignored"));
        format!(
            "test result: {verdict}. {passed} passed; {failed} failed; {ignored} ignored ({} runs)",
            results.len()
        )
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn results_are_summed() {
        let line = |text: &str| text.to_owned();
        let output = Output {
            stdout: vec![
                line("test a ... ok"),
                line(
                    "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
                ),
                line("test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out"),
            ],
            stderr: Vec::new(),
        };
        assert_eq!(sum(&output).unwrap(), "test result: FAILED. 15 passed; 2 failed; 1 ignored (2 runs)");
        assert_eq!(sum(&Output::default()), None);
    }
}
