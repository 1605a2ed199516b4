use super::*;
use crate::manifest::KeyName;
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use std::cell::RefCell;
use tempfile::TempDir;

const ID: CircuitId = CircuitId::Membership10V1;

/// A small circuit in place of a real one: `length` squarings.
#[derive(Clone)]
struct StandIn {
    length: usize,
}

impl ConstraintSynthesizer<Fr> for StandIn {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let missing = || Err(SynthesisError::AssignmentMissing);
        let lc = LinearCombination::<Fr>::from;
        let output = cs.new_input_variable(missing)?;
        let mut x = cs.new_witness_variable(missing)?;
        for _ in 0..self.length {
            let next = cs.new_witness_variable(missing)?;
            cs.enforce_r1cs_constraint(|| lc(x), || lc(x), || lc(next))?;
            x = next;
        }
        cs.enforce_r1cs_constraint(|| lc(x), || lc(Variable::One), || lc(output))
    }
}

const CIRCUIT: StandIn = StandIn { length: 5 };

fn entry() -> ManifestEntry {
    let key = insecure_development_setup(&CIRCUIT, &INSECURE_DEVELOPMENT_SEED).unwrap();
    let name = |kind: KeyKind, key: &[u8]| KeyName {
        digest: kind.digest(key),
        bytes: u64::try_from(key.len()).unwrap(),
    };
    ManifestEntry {
        circuit: ID,
        circuit_digest: *key.circuit_digest(),
        provenance: Provenance::Development,
        verifying_key: name(KeyKind::Verifying, &key.verifying_key().to_bytes()),
        proving_key: name(KeyKind::Proving, &key.to_bytes()),
        compact_key: name(KeyKind::Proving, &key.to_compact_bytes()),
    }
}

fn cache(directory: &TempDir, entry: ManifestEntry) -> ParamsCache {
    ParamsCache::open_with_manifest(directory.path().join("deep/er"), Manifest::new(vec![entry]).unwrap())
}

/// The outcome, and the events by name.
fn run(cache: &ParamsCache) -> (Result<Outcome, CacheError>, Vec<&'static str>) {
    let events = RefCell::new(Vec::new());
    let outcome = cache.proving_key(ID, &CIRCUIT, |event| {
        events.borrow_mut().push(match event {
            CacheEvent::Loading { .. } => "loading",
            CacheEvent::Refused { .. } => "refused",
            CacheEvent::Making { .. } => "making",
            CacheEvent::Writing { .. } => "writing",
            CacheEvent::NoCache { .. } => "no cache",
        });
    });
    (outcome.map(|pinned| pinned.outcome), events.into_inner())
}

#[test]
fn a_key_is_made_once_and_then_loaded() {
    let directory = TempDir::new().unwrap();
    let cache = cache(&directory, entry());
    assert_eq!(run(&cache), (Ok(Outcome::Made), vec!["making", "writing"]));
    assert_eq!(run(&cache), (Ok(Outcome::Loaded), vec!["loading"]));
    let path = cache.path(ID).unwrap();
    assert!(path.to_str().unwrap().contains("insecure-development"));
    let file = fs::read(&path).unwrap();
    assert_eq!(KeyFile::read(&file).unwrap().provenance(), Provenance::Development);
    // Nothing half-written stays behind: the key and the lock.
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
}

#[test]
fn damaged_files_are_named_and_replaced_and_never_used() {
    let directory = TempDir::new().unwrap();
    let cache = cache(&directory, entry());
    run(&cache).0.unwrap();
    let path = cache.path(ID).unwrap();
    let good = fs::read(&path).unwrap();
    let damage: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("truncated", good[..good.len() - 1].to_vec()),
        ("trailing", [good.as_slice(), &[0]].concat()),
        ("zeros", vec![0; good.len()]),
        ("last byte", {
            let mut bytes = good.clone();
            *bytes.last_mut().unwrap() ^= 1;
            bytes
        }),
        ("another key, well formed", {
            let key = insecure_development_setup(&CIRCUIT, &[0; 32]).unwrap().to_bytes();
            KeyFile::new(KeyKind::Proving, Provenance::Development, ID, entry().circuit_digest, &key)
                .to_bytes()
        }),
    ];
    for (what, bytes) in damage {
        fs::write(&path, bytes).unwrap();
        let events = vec!["loading", "loading", "refused", "making", "writing"];
        assert_eq!(run(&cache), (Ok(Outcome::Replaced), events), "{what}");
        assert!(fs::read(&path).unwrap() == good, "{what}");
    }
}

#[test]
fn a_key_that_is_not_reproduced_is_not_written() {
    let directory = TempDir::new().unwrap();
    let mut entry = entry();
    let actual = entry.proving_key.digest;
    let expected = Digest::from_bytes([3; 32]);
    entry.proving_key.digest = expected;
    let cache = cache(&directory, entry);
    assert_eq!(run(&cache).0, Err(CacheError::NotReproduced { expected, actual }));
    assert!(!cache.path(ID).unwrap().exists());
}

#[test]
fn other_circuits_and_ceremony_keys_are_not_made() {
    let directory = TempDir::new().unwrap();
    let pinned = entry();
    let made = cache(&directory, pinned);
    let other = made.proving_key(ID, &StandIn { length: 6 }, |_| ()).unwrap_err();
    let actual = tabella_prover::circuit_shape(&StandIn { length: 6 }).unwrap().digest;
    assert_eq!(other, CacheError::OtherCircuit { expected: pinned.circuit_digest, actual });
    let missing = made.proving_key(CircuitId::Membership32V1, &CIRCUIT, |_| ()).unwrap_err();
    assert_eq!(missing, CacheError::NotPinned(NotPinned::Circuit { circuit: CircuitId::Membership32V1 }));

    let transcript = Digest::from_bytes([1; 32]);
    let ceremony = ManifestEntry { provenance: Provenance::Ceremony { transcript }, ..pinned };
    let strict = cache(&directory, ceremony);
    let path = strict.path(ID).unwrap();
    assert!(!path.to_str().unwrap().contains("insecure"));
    assert_eq!(run(&strict).0, Err(CacheError::NotHere { path }));
}

#[test]
fn many_at_once_make_it_once() {
    let directory = TempDir::new().unwrap();
    let cache = cache(&directory, entry());
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| run(&cache).0.unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Made).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Loaded).count(), 7);
}

#[test]
fn a_cache_that_cannot_be_used_costs_time_only() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, b"").unwrap();
    let nowhere = ParamsCache::open_with_manifest(&file, Manifest::new(vec![entry()]).unwrap());
    let mut events = Vec::new();
    let made = nowhere.proving_key(ID, &CIRCUIT, |event| events.push(event)).unwrap();
    assert_eq!((made.outcome, made.digest), (Outcome::NotKept, entry().proving_key.digest));
    assert_eq!(made.key, insecure_development_setup(&CIRCUIT, &INSECURE_DEVELOPMENT_SEED).unwrap());
    let folder = file.join("insecure-development");
    let kind = io::ErrorKind::NotADirectory;
    assert_eq!(events, [CacheEvent::NoCache { path: folder, kind }, CacheEvent::Making { circuit: ID }]);
    // A folder in the place of the file can neither be read nor replaced.
    let cache = cache(&directory, entry());
    fs::create_dir_all(cache.path(ID).unwrap()).unwrap();
    let events = vec!["loading", "loading", "no cache", "making", "writing", "no cache"];
    assert_eq!(run(&cache), (Ok(Outcome::NotKept), events));
}

#[test]
fn a_ceremony_key_that_cannot_be_read_is_named() {
    let directory = TempDir::new().unwrap();
    let transcript = Digest::from_bytes([1; 32]);
    let cache =
        cache(&directory, ManifestEntry { provenance: Provenance::Ceremony { transcript }, ..entry() });
    let path = cache.path(ID).unwrap();
    fs::create_dir_all(&path).unwrap();
    assert_eq!(run(&cache).0, Err(CacheError::Io { path, kind: io::ErrorKind::IsADirectory }));
}
