//! One running prover, behind the line protocol of `docs/benchmarking.md`.

use super::plan::Contender;
use crate::{failure::Failure, process::Process, repository::Repository};
use serde::Deserialize;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};
use tabella_report::machine;

/// Longest time for one answer; loading a key with large tables takes longest.
const PATIENCE: Duration = Duration::from_secs(180);

/// Which processors a prover may use, so that it does not wander.
#[derive(Debug)]
pub(super) struct Pinning {
    /// Processors that this process may use, by rising number. Empty where nothing can be pinned.
    processors: Vec<usize>,
}

impl Pinning {
    /// Looks for `taskset`, and for what this process may use.
    pub(super) fn find(repository: &Repository) -> Self {
        let taskset = Process::new("taskset", &repository.root).args(["--version"]).capture();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let processors = match (taskset, list) {
            (Ok(_), Some(list)) => parse_list(list),
            _ => Vec::new(),
        };
        Self { processors }
    }

    /// The processors for so many threads: the last ones, since the first gets most of the interrupts.
    fn list(&self, threads: usize) -> Option<String> {
        let first = self.processors.len().checked_sub(threads)?;
        let chosen: Vec<String> = self.processors.iter().skip(first).map(usize::to_string).collect();
        Some(chosen.join(","))
    }

    /// What the record says.
    pub(super) fn describe(&self) -> String {
        if self.processors.is_empty() {
            "none: there is no taskset here".into()
        } else {
            "taskset: each process on the last processors, as many as it has threads".into()
        }
    }
}

/// Reads `0-3,8` as 0, 1, 2, 3, 8.
fn parse_list(text: &str) -> Vec<usize> {
    let mut processors = Vec::new();
    for part in text.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) {
            processors.extend(first..=last);
        }
    }
    processors
}

/// What a prover says of one proof.
#[derive(Debug, Deserialize)]
struct Proved {
    ms: f64,
}

/// What a prover says of its last proof.
#[derive(Debug, Deserialize)]
pub(super) struct Verified {
    /// Its own verdict.
    pub(super) verified: bool,
    /// The proof in snarkjs' form.
    pub(super) proof: Value,
    /// The public inputs.
    pub(super) public: Value,
}

/// The time of one proof, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// By the prover's own clock.
    pub(super) own: f64,
    /// By ours, from the request to the answer.
    pub(super) wall: f64,
}

/// A prover that has loaded key and witness and waits. Ended when dropped.
#[derive(Debug)]
pub(super) struct Running {
    name: String,
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
    /// Its first line.
    pub(super) hello: Value,
}

impl Running {
    /// Starts it and waits until it is ready.
    pub(super) fn start(
        contender: &Contender,
        [zkey, wtns]: [&Path; 2],
        threads: usize,
        pinning: &Pinning,
    ) -> Result<Self, Failure> {
        let program = contender.program.first().map(|path| path.as_os_str()).unwrap_or_default();
        let mut command = match pinning.list(threads) {
            Some(list) => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", &list]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command
            .args(contender.program.iter().skip(1))
            .args([zkey, wtns])
            .arg(threads.to_string())
            .args(&contender.options)
            .envs(contender.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| Failure::Start {
            program: program.to_string_lossy().into_owned(),
            reason: e.to_string(),
        })?;
        let (sender, answers) = channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || {
                let lines = BufReader::new(stdout).lines().map_while(Result::ok);
                lines.take_while(|line| sender.send(line.clone()).is_ok()).for_each(drop);
            });
        }
        let requests = child.stdin.take();
        let mut running = Self { name: contender.name.clone(), child, requests, answers, hello: Value::Null };
        running.hello = running.answer()?;
        Ok(running)
    }

    /// One proof.
    pub(super) fn prove(&mut self) -> Result<Timing, Failure> {
        let start = Instant::now();
        let answer = self.ask("prove")?;
        let wall = start.elapsed().as_secs_f64() * 1e3;
        let Proved { ms: own } = self.parse(answer)?;
        Ok(Timing { own, wall })
    }

    /// The parts of its last proof, in milliseconds.
    pub(super) fn phases(&mut self) -> Result<Value, Failure> {
        self.ask("phases")
    }

    /// Its last proof.
    pub(super) fn verify(&mut self) -> Result<Verified, Failure> {
        let answer = self.ask("verify")?;
        self.parse(answer)
    }

    /// Processor time so far, in milliseconds.
    pub(super) fn cpu_time(&self) -> Option<u64> {
        machine::cpu_time(self.child.id())
    }

    /// Peak of its resident memory, in bytes.
    pub(super) fn peak_memory(&self) -> Option<u64> {
        machine::peak_memory(Some(self.child.id()))
    }

    fn ask(&mut self, request: &str) -> Result<Value, Failure> {
        if let Some(requests) = &mut self.requests {
            writeln!(requests, "{request}").and_then(|()| requests.flush()).map_err(|e| self.broken(&e))?;
        }
        self.answer()
    }

    fn answer(&self) -> Result<Value, Failure> {
        let line = self.answers.recv_timeout(PATIENCE).map_err(|error| match error {
            RecvTimeoutError::Timeout => self.broken(&format!("no answer within {} s", PATIENCE.as_secs())),
            RecvTimeoutError::Disconnected => self.broken(&"it ended without an answer"),
        })?;
        serde_json::from_str(&line).map_err(|e| self.broken(&e))
    }

    fn parse<T: for<'a> Deserialize<'a>>(&self, answer: Value) -> Result<T, Failure> {
        let text = answer.to_string();
        serde_json::from_value(answer).map_err(|e| self.broken(&format!("{e} in {text}")))
    }

    fn broken(&self, reason: &impl ToString) -> Failure {
        Failure::Output { command: self.name.clone(), reason: reason.to_string() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of its input ends it; who does not listen is killed.
        drop(self.requests.take());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(2) {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_taken_from_the_end() {
        let pinning = Pinning { processors: parse_list(" 0-2,5\n") };
        assert_eq!(pinning.processors, [0, 1, 2, 5]);
        assert_eq!(pinning.list(1).as_deref(), Some("5"));
        assert_eq!(pinning.list(3).as_deref(), Some("1,2,5"));
        assert_eq!(pinning.list(5), None);
    }

    #[cfg(unix)]
    fn script(text: &str) -> Contender {
        Contender {
            name: "script".into(),
            program: vec!["sh".into(), "-c".into(), text.into()],
            options: vec!["--tables".into()],
            env: vec![("TABELLA_KERNEL", "x".into())],
            build: String::new(),
        }
    }

    #[cfg(unix)]
    fn start(text: &str) -> Result<Running, Failure> {
        let pinning = Pinning { processors: Vec::new() };
        Running::start(&script(text), [Path::new("k"), Path::new("w")], 2, &pinning)
    }

    #[test]
    #[cfg(unix)]
    fn the_protocol_is_spoken() {
        let mut running = start(
            r#"echo "{\"peer\":\"$0 $1 $2 $3 $TABELLA_KERNEL\"}"
               while read line; do case $line in
                 prove) echo '{"ms": 1.5}';; phases) echo '{"a": 1}';; *) echo '{"verified":true,"proof":{},"public":[]}';;
               esac; done"#,
        )
        .unwrap();
        assert_eq!(running.hello["peer"], "k w 2 --tables x");
        let timing = running.prove().unwrap();
        assert_eq!(timing.own, 1.5);
        assert!(timing.wall < 10_000.0);
        assert_eq!(running.phases().unwrap()["a"], 1);
        assert!(running.verify().unwrap().verified);
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_prover_is_named() {
        for text in ["true", "echo hello"] {
            let failure = start(text).unwrap_err();
            assert!(
                matches!(failure, Failure::Output { ref command, .. } if command == "script"),
                "{failure}"
            );
        }
        let mut running = start("echo '{}'; read line; echo '{\"ms\":\"fast\"}'").unwrap();
        assert!(running.prove().unwrap_err().to_string().contains("fast"));
    }
}
