//! Reading a key takes at most twice the memory of its bytes, whatever they say (S08, V12); of its compact bytes, in which points at
//! infinity take a bit and an entry of a matrix two bytes, at most six times.
#![allow(clippy::unwrap_used, reason = "tests")]

use peak_alloc::PeakAlloc;
use std::sync::Mutex;
use tabella_prover::{KeyError, ProvingKey, insecure_development_setup, synthetic::Synthetic};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What threads, pairings and errors take beside the file.
const SLACK: usize = 96 << 10;

/// The allocator counts for the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// A way to read a key.
type Read = fn(&[u8]) -> Result<ProvingKey, KeyError>;

/// Both ways to read canonical bytes, within twice the memory.
const CANONICAL: ([Read; 2], usize) =
    ([ProvingKey::from_bytes, ProvingKey::from_trusted_bytes_checked_by_hash], 2);
/// Both ways to read compact bytes.
const COMPACT: ([Read; 2], usize) =
    ([ProvingKey::from_compact_bytes, ProvingKey::from_trusted_compact_bytes_checked_by_hash], 6);

/// Reads in both ways, and answers whether the bytes were accepted.
fn read_within_bounds(name: &str, file: &[u8], (ways, times): ([Read; 2], usize)) -> bool {
    let mut accepted = true;
    for read in ways {
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        accepted &= read(file).is_ok();
        let taken = ALLOCATOR.peak_usage() - before;
        assert!(taken <= times * file.len() + SLACK, "{name}: {taken} bytes for a key of {}", file.len());
    }
    accepted
}

fn number(file: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(*file[at..].first_chunk().unwrap())
}

#[test]
fn reading_takes_at_most_twice_the_bytes() {
    let _alone = ALONE.lock();
    let circuit = Synthetic::new(Synthetic::MIN_LOG_SIZE).unwrap();
    let key = insecure_development_setup(&circuit, &[0; 32]).unwrap();
    // Threads and their room are there before anything is counted.
    assert!(ProvingKey::from_bytes(&key.to_bytes()).is_ok());
    hostile_heads_take_no_more(&key.to_bytes(), CANONICAL);
    hostile_heads_take_no_more(&key.to_compact_bytes(), COMPACT);
}

fn hostile_heads_take_no_more(good: &[u8], ways: ([Read; 2], usize)) {
    assert!(read_within_bounds("good", good, ways));
    let head = usize::try_from(number(good, 40)).unwrap();
    // The length of the file, the number of sections, their table, the counts.
    let fields =
        [16, 24].into_iter().chain((32..32 + 12 * 24).step_by(8)).chain((head..head + 64).step_by(8));
    for at in fields {
        for value in [0, 1, number(good, at) + 1, 1 << 20, 1 << 28, 1 << 32, 1 << 60, u64::MAX] {
            if value == number(good, at) {
                continue;
            }
            let mut hostile = good.to_vec();
            hostile[at..at + 8].copy_from_slice(&value.to_le_bytes());
            assert!(!read_within_bounds(&format!("{value} at {at}"), &hostile, ways));
        }
    }
    assert!(!read_within_bounds("magic alone", &good[..16], ways));
}

/// A key whose pool of coefficients has many that no matrix uses.
fn with_coefficients(good: &[u8], more: u64) -> Vec<u8> {
    let place = |at| usize::try_from(number(good, at)).unwrap();
    let count = place(24);
    let mut sections: Vec<(u64, Vec<u8>)> = (0..count)
        .map(|section| {
            let at = 32 + 24 * section;
            let (from, length) = (place(at + 8), place(at + 16));
            (number(good, at), good[from..from + length].to_vec())
        })
        .collect();
    let pool = &mut sections.iter_mut().find(|(number, _)| *number == 9).unwrap().1;
    for value in 0..more {
        let mut coefficient = [0u8; 32];
        coefficient[..8].copy_from_slice(&(value + 12_345).to_le_bytes());
        coefficient[20] = 7;
        pool.extend(coefficient);
    }
    let coefficients = u64::try_from(pool.len() / 32).unwrap();
    sections[0].1[32..40].copy_from_slice(&coefficients.to_le_bytes());
    let mut file = good[..32].to_vec();
    let mut end = 32 + 24 * count;
    for (number, content) in &sections {
        let start = end.next_multiple_of(64);
        for field in [*number, start.try_into().unwrap(), content.len().try_into().unwrap()] {
            file.extend(u64::to_le_bytes(field));
        }
        end = start + content.len();
    }
    for (_, content) in &sections {
        file.resize(file.len().next_multiple_of(64), 0);
        file.extend(content);
    }
    let length = u64::try_from(file.len()).unwrap();
    file[16..24].copy_from_slice(&length.to_le_bytes());
    file
}

#[test]
fn coefficients_that_nothing_uses_take_no_more() {
    let _alone = ALONE.lock();
    let circuit = Synthetic::new(Synthetic::MIN_LOG_SIZE).unwrap();
    let good = insecure_development_setup(&circuit, &[0; 32]).unwrap().to_bytes();
    assert_eq!(with_coefficients(&good, 0), good);
    assert!(ProvingKey::from_bytes(&good).is_ok());
    for more in [1, 114_700, 229_400] {
        let file = with_coefficients(&good, more);
        assert!(!read_within_bounds(&format!("{more} more coefficients"), &file, CANONICAL));
        let error = ProvingKey::from_bytes(&file).unwrap_err();
        assert!(error.to_string().contains("coefficient"), "{error}");
    }
}
