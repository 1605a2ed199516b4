//! The real keys of Semaphore's ceremony, which are too large for the repository.
//!
//! `TABELLA_ARTIFACTS` names a folder with `semaphore-20.zkey` and `semaphore-20.json` of npm's
//! `@zk-kit/semaphore-artifacts` 4.13.0 and with `semaphore-20.wtns`, which `snarkjs wtns calculate` makes of the package's
//! witness program and any valid input. Without it these tests do nothing, and say so.

use std::path::PathBuf;
use tabella_circom::{Zkey, json, wtns};
use tabella_primitives::rng;
use tabella_prover::{ProveError, Prover, QuotientBasis};

fn artifacts() -> Option<PathBuf> {
    let folder = std::env::var_os("TABELLA_ARTIFACTS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: TABELLA_ARTIFACTS does not name a folder with the ceremony's keys");
    }
    folder
}

#[test]
fn a_ceremony_key_proves_and_is_written_back_byte_by_byte() {
    let Some(folder) = artifacts() else { return };
    let file = std::fs::read(folder.join("semaphore-20.zkey")).unwrap();
    let zkey = Zkey::from_bytes(&file).unwrap();
    assert!(zkey.to_bytes() == file);
    assert_eq!(zkey.contributions(), Some(386));

    let key = zkey.into_key();
    assert_eq!(key.quotient_basis(), QuotientBasis::OddCoset);
    let published = std::fs::read_to_string(folder.join("semaphore-20.json")).unwrap();
    assert_eq!(json::key_from_json(&published).unwrap(), *key.verifying_key());

    let assignment = wtns::from_bytes(&std::fs::read(folder.join("semaphore-20.wtns")).unwrap()).unwrap();
    let mut wrong = assignment.clone();
    let proved = Prover::new(&key).prove_assignment(assignment, &mut rng::from_os().unwrap()).unwrap();
    assert_eq!(key.prepared().verify_inputs(&proved.public_inputs, &proved.proof), Ok(()));

    let last = wrong.last_mut().unwrap();
    *last += tabella_primitives::Fr::from(1);
    assert_eq!(
        Prover::new(&key).prove_assignment(wrong, &mut rng::from_os().unwrap()),
        Err(ProveError::UnsatisfiedOrDamaged)
    );

    // Its own format holds it too.
    let bytes = key.to_bytes();
    assert!(tabella_prover::ProvingKey::from_bytes(&bytes).unwrap() == key);
}
