//! Reading a proving key takes at most twice the memory of its bytes, whatever they say (S08, INV12). The format is not looked at:
//! every number in it is made huge in turn.
#![allow(clippy::unwrap_used, clippy::as_conversions, reason = "tests")]

use peak_alloc::PeakAlloc;
use tabella_prover::{ProvingKey, insecure_development_setup, synthetic::Synthetic};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What threads, pairings and errors take beside the file.
const SLACK: usize = 96 << 10;

/// Reads, and answers whether the bytes were accepted.
fn read_within_bounds(what: &str, bytes: &[u8]) -> bool {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let accepted = ProvingKey::from_bytes(bytes).is_ok();
    let taken = ALLOCATOR.peak_usage() - before;
    let (limit, size) = (2 * bytes.len() + SLACK, bytes.len());
    assert!(taken <= limit, "{what}: {taken} bytes were taken for {size}");
    accepted
}

/// One test: the counter is that of the whole process.
#[test]
fn reading_takes_at_most_twice_the_bytes() {
    let bytes = |log_size| {
        let circuit = Synthetic::new(log_size).unwrap();
        insecure_development_setup(&circuit, &[3; 32]).unwrap().to_bytes()
    };
    let [small, large] = [4, 11].map(bytes);
    // Threads and tables that are made once.
    assert!(ProvingKey::from_bytes(&small).is_ok());

    assert!(read_within_bounds("a key", &large));
    for length in [0, 1, 8, 40, 100, large.len() / 2, large.len() - 1] {
        assert!(!read_within_bounds("a key cut off", &large[..length]));
    }
    for more in [1, 7, 1 << 20] {
        assert!(!read_within_bounds("a key with more behind", &[&large[..], &vec![0; more]].concat()));
    }
    let huge = [u64::MAX, 1 << 60, 1 << 40, (1 << 31) | (1 << 63), 1 << 28];
    for at in (0..small.len() - 8).step_by(4) {
        for number in huge {
            for number in [number.to_le_bytes(), number.to_be_bytes()] {
                let mut changed = small.clone();
                changed[at..at + 8].copy_from_slice(&number);
                assert!(changed == small || !read_within_bounds("a huge number", &changed), "{at}");
            }
        }
    }
}
