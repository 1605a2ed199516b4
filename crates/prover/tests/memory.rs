//! Reading a key takes at most twice the memory of its bytes, whatever they say (S08, V12).
#![allow(clippy::unwrap_used, reason = "tests")]

use peak_alloc::PeakAlloc;
use tabella_prover::{ProvingKey, insecure_development_setup, synthetic::Synthetic};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What threads, pairings and errors take beside the file.
const SLACK: usize = 96 << 10;

/// Reads in both ways, and answers whether the bytes were accepted.
fn read_within_bounds(name: &str, file: &[u8]) -> bool {
    let mut accepted = true;
    for read in [ProvingKey::from_bytes, ProvingKey::from_trusted_bytes_checked_by_hash] {
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        accepted &= read(file).is_ok();
        let taken = ALLOCATOR.peak_usage() - before;
        assert!(taken <= 2 * file.len() + SLACK, "{name}: {taken} bytes for a key of {}", file.len());
    }
    accepted
}

fn number(file: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(*file[at..].first_chunk().unwrap())
}

#[test]
fn reading_takes_at_most_twice_the_bytes() {
    let circuit = Synthetic::new(Synthetic::MIN_LOG_SIZE).unwrap();
    let good = insecure_development_setup(&circuit, &[0; 32]).unwrap().to_bytes();
    // Threads and their room are there before anything is counted.
    assert!(ProvingKey::from_bytes(&good).is_ok());
    assert!(read_within_bounds("good", &good));
    let head = usize::try_from(number(&good, 40)).unwrap();
    // The length of the file, the number of sections, their table, the counts.
    let fields =
        [16, 24].into_iter().chain((32..32 + 12 * 24).step_by(8)).chain((head..head + 64).step_by(8));
    for at in fields {
        for value in [0, 1, number(&good, at) + 1, 1 << 20, 1 << 28, 1 << 32, 1 << 60, u64::MAX] {
            if value == number(&good, at) {
                continue;
            }
            let mut hostile = good.clone();
            hostile[at..at + 8].copy_from_slice(&value.to_le_bytes());
            assert!(!read_within_bounds(&format!("{value} at {at}"), &hostile));
        }
    }
    assert!(!read_within_bounds("magic alone", &good[..16]));
}
