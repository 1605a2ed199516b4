use super::*;

fn digest(byte: u8) -> Digest {
    Digest::from_bytes([byte; 32])
}

fn entry(circuit: CircuitId) -> ManifestEntry {
    ManifestEntry {
        circuit,
        circuit_digest: digest(1),
        provenance: Provenance::Development,
        verifying_key: KeyName { digest: KeyKind::Verifying.digest(b"vk"), bytes: 2 },
        proving_key: KeyName { digest: KeyKind::Proving.digest(b"pk"), bytes: 2 },
        compact_key: KeyName { digest: KeyKind::Proving.digest(b"ck"), bytes: 2 },
    }
}

#[test]
fn the_committed_manifest_reads() {
    let manifest = Manifest::pinned();
    let circuits: Vec<_> = manifest.entries().iter().map(|entry| entry.circuit).collect();
    assert_eq!(circuits, CircuitId::ALL);
    assert_eq!(manifest.to_json(), include_str!("../../manifest.json"));
}

#[test]
fn manifests_survive_a_round_trip() {
    let ceremony = Provenance::Ceremony { transcript: digest(4) };
    let second = ManifestEntry { provenance: ceremony, ..entry(CircuitId::Membership20V1) };
    let manifest = Manifest::new(vec![second, entry(CircuitId::Membership10V1)]).unwrap();
    assert_eq!(manifest.entries()[1], second);
    assert_eq!(Manifest::from_json(&manifest.to_json()), Ok(manifest));
}

#[test]
fn sloppy_manifests_are_refused() {
    let circuit = CircuitId::Membership10V1;
    let good = Manifest::new(vec![entry(circuit)]).unwrap().to_json();
    let refused = |from: &str, to: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from}");
        Manifest::from_json(&changed).unwrap_err()
    };
    assert_eq!(refused("\"version\": 2", "\"version\": 1"), ManifestError::Version { found: 1 });
    assert_eq!(refused("membership-10-v1", "membership-11-v1"), ManifestError::UnknownCircuit { entry: 0 });
    let upper = ManifestError::Digest { circuit, field: "circuit_digest" };
    assert_eq!(refused("\"01", "\"0X"), upper);
    assert_eq!(refused("\"01", "\"1"), upper);
    assert_eq!(refused("insecure-development", "development"), ManifestError::Provenance { circuit });
    assert_eq!(refused("insecure-development", "ceremony"), ManifestError::Provenance { circuit });
    assert!(matches!(refused("\"bytes\": 2", "\"bytes\": -2"), ManifestError::Json { line: 10, .. }));
    assert!(matches!(refused("\"bytes\"", "\"size\""), ManifestError::Json { .. }));
    assert!(matches!(refused("\"version\"", "\"more\": 1, \"version\""), ManifestError::Json { .. }));
    assert_eq!(
        Manifest::new(vec![entry(circuit), entry(circuit)]),
        Err(ManifestError::Duplicate { circuit })
    );
}

#[test]
fn only_the_pinned_file_passes() {
    let circuit = CircuitId::Membership20V1;
    let entry = entry(circuit);
    let other = CircuitId::Membership16V1;
    let ceremony = Provenance::Ceremony { transcript: digest(4) };
    let check = |kind, provenance, circuit, circuit_digest, key| {
        entry.check(KeyKind::Proving, &KeyFile::new(kind, provenance, circuit, circuit_digest, key))
    };
    let development = Provenance::Development;
    let proving = KeyKind::Proving;
    assert_eq!(check(proving, development, circuit, digest(1), b"pk"), Ok(()));
    assert_eq!(
        check(proving, development, other, digest(1), b"pk"),
        Err(NotPinned::OtherCircuit { expected: circuit, actual: other })
    );
    assert_eq!(
        check(KeyKind::Verifying, development, circuit, digest(1), b"vk"),
        Err(NotPinned::Kind { expected: proving, actual: KeyKind::Verifying })
    );
    assert_eq!(
        check(proving, development, circuit, digest(2), b"pk"),
        Err(NotPinned::CircuitDigest { expected: digest(1), actual: digest(2) })
    );
    // A file cannot promote itself.
    assert_eq!(
        check(proving, ceremony, circuit, digest(1), b"pk"),
        Err(NotPinned::Provenance { expected: development, actual: ceremony })
    );
    assert_eq!(
        check(proving, development, circuit, digest(1), b"kp"),
        Err(NotPinned::Key { expected: proving.digest(b"pk"), actual: proving.digest(b"kp") })
    );
    assert_eq!(entry.check_compact_key(b"ck"), Ok(()));
    assert_eq!(
        entry.check_compact_key(b"pk"),
        Err(NotPinned::Key { expected: proving.digest(b"ck"), actual: proving.digest(b"pk") })
    );
    assert_eq!(Manifest::default().entry(circuit), Err(NotPinned::Circuit { circuit }));
}
