//! The targets on stable Rust: over seeds, mutations of seeds, and inputs that once broke something.

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use std::{fs, io, path::PathBuf};

/// Bytes that decoders are likely to trip over.
const INTERESTING: [u8; 12] = [0x00, 0x01, 0x7f, 0x80, 0xff, b'"', b'{', b'[', b',', b'-', b'\n', b'9'];

/// The inputs in `regressions/<target>/`, none if there is no such folder.
///
/// # Errors
/// If the folder cannot be read.
pub fn regressions(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("regressions").join(target);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    fs::read_dir(folder)?.map(|entry| fs::read(entry?.path())).collect()
}

/// So many mutations of the input, the same ones in every run.
#[must_use]
pub fn mutations(input: &[u8], count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|seed| mutate(input.to_vec(), &mut ChaCha20Rng::seed_from_u64(seed))).collect()
}

/// One to four small changes: a bit, a byte, a cut, an insertion, a repetition.
fn mutate(mut bytes: Vec<u8>, rng: &mut ChaCha20Rng) -> Vec<u8> {
    for _ in 0..=below(rng, 4) {
        let at = below(rng, bytes.len().max(1));
        let interesting = INTERESTING[below(rng, INTERESTING.len())];
        match (below(rng, 6), bytes.get_mut(at)) {
            (0, Some(byte)) => *byte ^= 1 << below(rng, 8),
            (1, Some(byte)) => *byte = interesting,
            (2, Some(_)) => bytes.truncate(at),
            (3, Some(_)) => drop(bytes.remove(at)),
            (4, Some(_)) => {
                let end = (at + below(rng, 32)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes.insert(at.min(bytes.len()), interesting),
        }
    }
    bytes
}

/// A number below the bound, which is not 0.
fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    let bound = u64::try_from(bound).expect("a length in memory fits 64 bits");
    usize::try_from(rng.next_u64() % bound).expect("it is below a length in memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TARGETS, seeds};

    /// Mutations of each seed; more by the environment variable `TABELLA_FUZZ_MUTATIONS`.
    fn count() -> u64 {
        std::env::var("TABELLA_FUZZ_MUTATIONS").map_or(100, |text| text.parse().expect("a number"))
    }

    #[test]
    fn every_target_accepts_its_seeds() {
        for (name, target) in TARGETS {
            let seeds = seeds::of(name);
            assert!(!seeds.is_empty(), "{name} has no seed");
            for (number, seed) in seeds.iter().enumerate() {
                assert!(target(seed), "{name} refuses seed {number}");
            }
        }
    }

    #[test]
    fn no_target_panics_on_mutations() {
        for (name, target) in TARGETS {
            for seed in seeds::of(name) {
                // Large inputs take long to decode; what matters stands at their beginning.
                let few = if seed.len() > 100_000 { 10 } else { 1 };
                for input in mutations(&seed, count() / few) {
                    target(&input);
                }
            }
        }
    }

    #[test]
    fn no_target_panics_on_what_once_broke_something() {
        for (name, target) in TARGETS {
            for input in regressions(name).unwrap() {
                target(&input);
            }
        }
    }

    #[test]
    fn every_target_is_handed_to_the_fuzzer() {
        for (name, _) in TARGETS {
            let file =
                PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets").join(format!("{name}.rs"));
            assert!(
                fs::read_to_string(&file).unwrap().contains(&format!("::{name}(data)")),
                "{}",
                file.display()
            );
        }
    }
}
