//! The prover's side of the line protocol by which provers are measured side by side.
//!
//! A prover is started as `BINARY ZKEY WTNS THREADS`. It loads both files, prints one line of JSON with its name, its version
//! and the milliseconds that loading took, and then answers each line of its input with one line of JSON:
//!
//! | request | answer |
//! | --- | --- |
//! | `prove` | `{"ms": 274.1}`: one proof with fresh blinding, from the witness in memory to affine coordinates |
//! | `phases` | milliseconds of the parts of the last proof, as far as they can be told: `{"quotient": .., "a": ..}` |
//! | `verify` | `{"verified": true, "proof": {..}, "public": [..]}`: the last proof, in snarkjs' form |
//! | anything else | `{"error": ".."}` |
//!
//! In between it is idle. It ends when its input does.

#[cfg(feature = "ark")]
pub mod odd_coset;

use serde_json::{Value, json};
use std::{
    error::Error,
    ffi::OsString,
    io::{self, BufRead, Write},
    path::PathBuf,
    time::Instant,
};

/// Any failure; a measurement has nobody who would tell them apart.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The command line: `ZKEY WTNS THREADS`, and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The proving key.
    pub zkey: PathBuf,
    /// The witness.
    pub wtns: PathBuf,
    /// Number of threads, at least 1.
    pub threads: usize,
    /// What follows.
    pub rest: Vec<String>,
}

impl Arguments {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// If one of the three is missing or the number of threads is none.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Failure> {
        let mut arguments = arguments.into_iter();
        let mut next = || arguments.next().ok_or("usage: BINARY ZKEY WTNS THREADS [OPTIONS]");
        let (zkey, wtns, threads) = (next()?.into(), next()?.into(), next()?);
        let threads = threads.to_string_lossy().parse().ok().filter(|threads| *threads > 0);
        let threads = threads.ok_or("the number of threads is at least 1")?;
        let rest = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
        Ok(Self { zkey, wtns, threads, rest })
    }

    /// A pool of that many threads.
    ///
    /// # Errors
    /// If the operating system refuses.
    pub fn pool(&self) -> Result<rayon::ThreadPool, Failure> {
        Ok(rayon::ThreadPoolBuilder::new().num_threads(self.threads).build()?)
    }
}

/// A prover that has loaded its key and its witness.
pub trait Prover {
    /// A proof with its public inputs, as the prover holds it.
    type Proved;

    /// One proof with fresh blinding. Timed from outside.
    ///
    /// # Errors
    /// If there is no proof.
    fn prove(&mut self) -> Result<Self::Proved, Failure>;

    /// Milliseconds of the parts of the last proof.
    fn phases(&self) -> Value;

    /// Whether the proof verifies, the proof in snarkjs' form, the public inputs as decimal strings.
    ///
    /// # Errors
    /// If it cannot be written so.
    fn verify(&self, proved: &Self::Proved) -> Result<(bool, Value, Value), Failure>;
}

/// Answers requests until the input ends. `hello` is the first line.
///
/// # Errors
/// If input or output fail.
pub fn serve<P: Prover>(
    hello: &Value,
    prover: &mut P,
    input: impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut last = None;
    writeln!(output, "{hello}")?;
    output.flush()?;
    for line in input.lines() {
        let answer = match (line?.trim(), &last) {
            ("prove", _) => {
                let start = Instant::now();
                let proved = prover.prove();
                let ms = milliseconds(start);
                proved.map(|proved| {
                    last = Some(proved);
                    json!({ "ms": ms })
                })
            }
            ("phases", _) => Ok(prover.phases()),
            ("verify", Some(proved)) => prover.verify(proved).map(
                |(verified, proof, public)| json!({ "verified": verified, "proof": proof, "public": public }),
            ),
            ("verify", None) => Err("there is no proof yet".into()),
            (other, _) => Err(format!("no such request: {other}").into()),
        };
        let answer = answer.unwrap_or_else(|failure| json!({ "error": failure.to_string() }));
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

/// Milliseconds since then.
#[must_use]
pub fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counter(u32);

    impl Prover for Counter {
        type Proved = u32;

        fn prove(&mut self) -> Result<u32, Failure> {
            self.0 += 1;
            if self.0 == 3 { Err("no third proof".into()) } else { Ok(self.0) }
        }

        fn phases(&self) -> Value {
            json!({ "a": self.0 })
        }

        fn verify(&self, proved: &u32) -> Result<(bool, Value, Value), Failure> {
            Ok((true, json!({ "pi_a": proved }), json!([])))
        }
    }

    #[test]
    fn every_request_has_one_line() {
        let input = "verify\nprove\nprove\nphases\nverify\nprove\nverify\nsing\n";
        let mut output = Vec::new();
        serve(&json!({ "peer": "counter" }), &mut Counter(0), input.as_bytes(), &mut output).unwrap();
        let lines: Vec<Value> = output
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
            .map(|l| serde_json::from_slice(l).unwrap())
            .collect();
        assert_eq!(lines.len(), 9);
        assert_eq!(lines[0]["peer"], "counter");
        assert_eq!(lines[1]["error"], "there is no proof yet");
        assert!(lines[2]["ms"].is_number() && lines[3]["ms"].is_number());
        assert_eq!(lines[4]["a"], 2);
        assert_eq!(lines[5], json!({ "verified": true, "proof": { "pi_a": 2 }, "public": [] }));
        assert_eq!(lines[6]["error"], "no third proof");
        assert_eq!(lines[7]["proof"]["pi_a"], 2);
        assert_eq!(lines[8]["error"], "no such request: sing");
    }

    #[test]
    fn arguments_are_three_and_more() {
        let parse = |words: &[&str]| Arguments::parse(words.iter().map(OsString::from));
        let arguments = parse(&["k", "w", "2", "--tables", "small"]).unwrap();
        assert_eq!((arguments.threads, arguments.rest.len()), (2, 2));
        for words in [&["k", "w"][..], &["k", "w", "0"], &["k", "w", "two"]] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
