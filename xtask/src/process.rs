//! Runs other programs: with their output shown, captured, or both.

use crate::failure::Failure;
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, IsTerminal, Read, Write},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A program to run in the repository's root, with the command line that is shown for it.
#[derive(Debug)]
pub(crate) struct Process {
    command: Command,
    shown: String,
}

/// What a program printed, by stream, without colours.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// Lines of standard output.
    pub(crate) stdout: Vec<String>,
    /// Lines of standard error.
    pub(crate) stderr: Vec<String>,
}

impl Process {
    /// A program, to be run in `directory`.
    pub(crate) fn new(program: impl AsRef<OsStr>, directory: &Path) -> Self {
        let name = Path::new(&program).file_name().unwrap_or(program.as_ref()).to_string_lossy().into_owned();
        let mut command = Command::new(program);
        command.current_dir(directory);
        Self { command, shown: name }
    }

    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        for argument in arguments {
            self.shown.push(' ');
            self.shown.push_str(&argument.as_ref().to_string_lossy());
            self.command.arg(argument);
        }
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it with its output shown.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        println!("$ {}", self.shown);
        let child = self.command.stdin(Stdio::null()).spawn().map_err(|e| self.cannot_start(&e))?;
        let status = self.wait(child, None)?;
        self.judge(status)
    }

    /// Runs it quietly and returns what it printed to standard output.
    pub(crate) fn capture(mut self) -> Result<String, Failure> {
        let output = self
            .command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .map_err(|e| self.cannot_start(&e))?;
        if !output.status.success() {
            // Only now is it of interest.
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        self.judge(output.status)?;
        String::from_utf8(output.stdout)
            .map_err(|e| Failure::Output { command: self.shown, reason: e.to_string() })
    }

    /// Runs it with its output shown and captured; the output comes back also when it fails.
    /// With a limit, it is stopped when the time is over.
    pub(crate) fn tee(mut self, limit: Option<Duration>) -> (Output, Result<(), Failure>) {
        println!("$ {}", self.shown);
        if std::io::stderr().is_terminal() {
            self.command.env("CARGO_TERM_COLOR", "always");
        }
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(e) => return (Output::default(), Err(self.cannot_start(&e))),
        };
        let stdout = child.stdout.take().map(|s| thread::spawn(|| show_and_keep(s, std::io::stdout())));
        let stderr = child.stderr.take().map(|s| thread::spawn(|| show_and_keep(s, std::io::stderr())));
        let status = self.wait(child, limit);
        let lines = |reader: Option<thread::JoinHandle<Vec<String>>>| {
            reader.and_then(|thread| thread.join().ok()).unwrap_or_default()
        };
        let output = Output { stdout: lines(stdout), stderr: lines(stderr) };
        let result = status.and_then(|status| self.judge(status));
        (output, result)
    }

    fn wait(&self, mut child: Child, limit: Option<Duration>) -> Result<ExitStatus, Failure> {
        let Some(limit) = limit else { return child.wait().map_err(|e| self.cannot_start(&e)) };
        let start = Instant::now();
        loop {
            if let Some(status) = child.try_wait().map_err(|e| self.cannot_start(&e))? {
                return Ok(status);
            }
            if start.elapsed() > limit {
                child.kill().and_then(|()| child.wait()).map_err(|e| self.cannot_start(&e))?;
                return Err(Failure::Late { command: self.shown.clone(), seconds: limit.as_secs() });
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn judge(&self, status: ExitStatus) -> Result<(), Failure> {
        if status.success() {
            Ok(())
        } else {
            Err(Failure::Exit { command: self.shown.clone(), code: status.code() })
        }
    }

    fn cannot_start(&self, error: &std::io::Error) -> Failure {
        let program = self.command.get_program().to_string_lossy().into_owned();
        Failure::Start { program, reason: error.to_string() }
    }
}

fn show_and_keep(source: impl Read, mut shown: impl Write) -> Vec<String> {
    let mut kept = Vec::new();
    let mut reader = BufReader::new(source);
    let mut line = Vec::new();
    // A closed pipe on our side must not stop the program we watch.
    while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
        let _ = shown.write_all(&line).and_then(|()| shown.flush());
        kept.push(without_colours(String::from_utf8_lossy(&line).trim_end()));
        line.clear();
    }
    kept
}

/// The text without the escape sequences that colour it on a terminal.
pub(crate) fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            // `ESC [ parameters letter`
            let _ = rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn cargo() -> Process {
        Process::new(env!("CARGO"), &PathBuf::from("."))
    }

    #[test]
    fn colours_are_removed() {
        assert_eq!(without_colours("\u{1b}[1m\u{1b}[32m Summary\u{1b}[0m 3 tests"), " Summary 3 tests");
    }

    #[test]
    fn output_is_captured() {
        assert!(cargo().args(["--version"]).capture().unwrap().starts_with("cargo "));
        let (output, result) = cargo().args(["--version"]).tee(Some(Duration::from_secs(60)));
        assert_eq!(result, Ok(()));
        assert!(output.stdout.iter().any(|line| line.starts_with("cargo ")));
    }

    #[test]
    fn failures_name_the_command() {
        let (output, result) = cargo().args(["no-such-command"]).tee(None);
        assert_eq!(result, Err(Failure::Exit { command: "cargo no-such-command".into(), code: Some(101) }));
        assert!(output.stderr.iter().any(|line| line.contains("no such command")));
        let missing = Process::new("tabella-no-such-program", &PathBuf::from(".")).run();
        assert!(
            matches!(missing, Err(Failure::Start { program, .. }) if program == "tabella-no-such-program")
        );
    }
}
