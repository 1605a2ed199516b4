//! The committed keys are those of the circuits: everything in `manifest.json` and `keys/` is computed anew and compared.
//!
//! By default the keys of the smallest circuit, and the digests of all; with `TABELLA_FULL=1` the keys of all.
//! `TABELLA_UPDATE_PARAMS=1` writes the files instead. That changes keys: to be done only when a circuit has changed, and to be
//! said in the changelog.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::PathBuf};
use tabella_circuits::CircuitLayout;
use tabella_params::{
    KeyFile, KeyKind, KeyPolicy, Manifest, ManifestEntry, Provenance,
    manifest::KeyName,
    pinned::{verifying_key, verifying_key_file},
    provenance::INSECURE_DEVELOPMENT_SEED,
};
use tabella_protocol::{
    ballot::BatchSize,
    statement::{CircuitId, Relation},
};
use tabella_prover::{ProvingKey, circuit_shape, insecure_development_setup};

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

fn setup(circuit: CircuitId) -> (ManifestEntry, Vec<u8>) {
    let key: ProvingKey =
        insecure_development_setup(&CircuitLayout(circuit), &INSECURE_DEVELOPMENT_SEED).unwrap();
    let verifying = key.verifying_key().to_bytes();
    let name = |kind: KeyKind, key: &[u8]| KeyName {
        digest: kind.digest(key),
        bytes: u64::try_from(key.len()).unwrap(),
    };
    let provenance = Provenance::Development;
    let entry = ManifestEntry {
        circuit,
        circuit_digest: *key.circuit_digest(),
        provenance,
        verifying_key: name(KeyKind::Verifying, &verifying),
        proving_key: name(KeyKind::Proving, &key.to_bytes()),
        compact_key: name(KeyKind::Proving, &key.to_compact_bytes()),
    };
    let file = KeyFile::new(KeyKind::Verifying, provenance, circuit, entry.circuit_digest, &verifying);
    (entry, file.to_bytes())
}

#[test]
fn the_committed_keys_are_those_of_the_circuits() {
    if is_set("TABELLA_UPDATE_PARAMS") {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut entries = Vec::new();
        for circuit in CircuitId::ALL {
            let (entry, file) = setup(circuit);
            fs::write(folder.join("keys").join(format!("{circuit}.vk")), file).unwrap();
            entries.push(entry);
        }
        fs::write(folder.join("manifest.json"), Manifest::new(entries).unwrap().to_json()).unwrap();
        return;
    }
    let circuits =
        if is_set("TABELLA_FULL") { CircuitId::ALL.as_slice() } else { &[CircuitId::Membership10V1] };
    for circuit in circuits {
        let (entry, file) = setup(*circuit);
        assert_eq!(Manifest::pinned().entry(*circuit), Ok(&entry));
        assert!(verifying_key_file(*circuit) == file, "{circuit}");
    }
}

#[test]
fn the_pinned_circuit_digests_are_those_of_the_circuits() {
    if is_set("TABELLA_UPDATE_PARAMS") {
        return;
    }
    // Laying out the largest takes seconds.
    let large = |id: &CircuitId| matches!(id.relation(), Relation::Sum(_, BatchSize::Large));
    for circuit in CircuitId::ALL.into_iter().filter(|id| is_set("TABELLA_FULL") || !large(id)) {
        let digest = circuit_shape(&CircuitLayout(circuit)).unwrap().digest;
        let entry = Manifest::pinned().entry(circuit).unwrap();
        assert_eq!(entry.circuit_digest, digest, "{circuit}");
        let pinned = verifying_key(circuit, KeyPolicy::AllowInsecureDevelopmentKeys).unwrap();
        assert_eq!(*pinned.circuit_digest(), digest);
    }
}
