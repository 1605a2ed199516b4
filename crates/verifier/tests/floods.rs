//! V12: long, deep and doubled texts end in a typed error, soon and without memory.
#![allow(clippy::unwrap_used, reason = "tests")]

use peak_alloc::PeakAlloc;
use std::time::{Duration, Instant};
use tabella_verifier::{
    KeyError, Proof, VerifyingKey,
    semaphore::{SemaphoreError, SemaphoreProof},
    snarkjs::{self, JsonError, MAX_KEY_JSON, MAX_PROOF_JSON},
};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What is promised, and several times as much for code that was not optimised.
const MOST_TIME: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 50 });
const MOST_MEMORY: usize = 64 << 20;

/// The answer to a refused input, within the bounds. A busy machine gets three chances to be fast.
fn refused<T, E>(name: &str, read: impl Fn() -> Result<T, E>) -> E {
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        let began = Instant::now();
        let answer = read();
        fastest = fastest.min(began.elapsed());
        let taken = ALLOCATOR.peak_usage().saturating_sub(before);
        assert!(taken < MOST_MEMORY, "{name}: {taken} bytes");
        let Err(error) = answer else { panic!("{name}: accepted") };
        if fastest < MOST_TIME {
            return error;
        }
    }
    panic!("{name}: refused after {fastest:?}")
}

fn too_long(limit: usize, text: &str) -> JsonError {
    JsonError::TooLong { limit, actual: text.len() }
}

/// One test: the counter is that of the whole process.
#[test]
fn floods_are_refused_at_once() {
    let ten_megabytes = format!("[\"{}\"]", "1".repeat(10 << 20));
    let million = format!("[{}\"1\"]", "\"1\",".repeat(1_000_000));
    for text in [&ten_megabytes, &million] {
        let key = refused("key", || snarkjs::key_from_json(text));
        assert_eq!(key, too_long(MAX_KEY_JSON, text));
        assert_eq!(refused("inputs", || snarkjs::inputs_from_json(text)), too_long(MAX_KEY_JSON, text));
        assert_eq!(refused("proof", || snarkjs::proof_from_json(text)), too_long(MAX_PROOF_JSON, text));
        let object = refused("Semaphore", || SemaphoreProof::from_json(text));
        assert_eq!(object, SemaphoreError::Json(too_long(MAX_PROOF_JSON, text)));
    }

    let syntax = |error| assert!(matches!(error, JsonError::Syntax { .. }), "{error:?}");
    for (open, depth) in [("[", 10_000), ("{\"a\":", 1_000), ("[", MAX_PROOF_JSON), ("[", 127), ("[", 128)] {
        let deep = open.repeat(depth);
        syntax(refused("deep key", || snarkjs::key_from_json(&deep)));
        syntax(refused("deep inputs", || snarkjs::inputs_from_json(&deep)));
        if deep.len() <= MAX_PROOF_JSON {
            syntax(refused("deep proof", || snarkjs::proof_from_json(&deep)));
        }
    }

    // The longest list of inputs that is read at all, with a fault at its end.
    let mut longest = "[".to_owned() + &"\"0\",".repeat((MAX_KEY_JSON - 8) / 4);
    longest.push_str("\"01\"]");
    let error = refused("inputs", || snarkjs::inputs_from_json(&longest));
    let JsonError::Input { index, .. } = error else { panic!("{error:?}") };
    assert_eq!(index, (MAX_KEY_JSON - 8) / 4);

    // Doubled fields, as many as fit.
    let doubled = format!("{{{}\"nPublic\":1}}", "\"nPublic\":1,".repeat((MAX_KEY_JSON - 20) / 12));
    syntax(refused("doubled key", || snarkjs::key_from_json(&doubled)));
    let doubled = format!("{{{}\"curve\":\"bn128\"}}", "\"curve\":\"bn128\",".repeat(400));
    syntax(refused("doubled proof", || snarkjs::proof_from_json(&doubled)));

    // Bytes that are too many, and a count that no memory holds.
    let many = vec![0; Proof::BYTES + (1 << 20)];
    refused("proof", || Proof::from_bytes(&many));
    let mut head = vec![0u8; 516];
    head[512..].fill(0xff);
    let error = refused("verifying key", || VerifyingKey::from_bytes(&head));
    assert!(matches!(error, KeyError::Length { actual: 516, .. }), "{error:?}");
}
