use super::*;

#[test]
fn every_circuit_has_a_committed_key_and_only_for_trying_out() {
    for circuit in CircuitId::ALL {
        assert_eq!(
            verifying_key(circuit, KeyPolicy::CeremonyOnly),
            Err(KeyRefused::InsecureDevelopmentKey { circuit })
        );
        let pinned = verifying_key(circuit, KeyPolicy::AllowInsecureDevelopmentKeys).unwrap();
        assert_eq!(pinned.circuit(), circuit);
        assert_eq!(*pinned.digest(), pinned.key().digest());
        assert_eq!(pinned.key().public_inputs(), circuit.public_inputs().len());
        assert_eq!(pinned.provenance(), Provenance::Development);
    }
}

#[test]
fn the_refusal_says_what_it_means() {
    let circuit = CircuitId::Membership20V1;
    let text = verifying_key(circuit, KeyPolicy::CeremonyOnly).unwrap_err().to_string();
    for part in ["membership-20-v1", "INSECURE DEVELOPMENT KEY", "anybody can forge", "ceremony"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_key_from_a_ceremony_passes_the_strict_policy() {
    let transcript = Digest::from_bytes([1; 32]);
    let provenance = Provenance::Ceremony { transcript };
    assert_eq!(KeyPolicy::CeremonyOnly.check(CircuitId::Membership20V1, provenance), Ok(()));
}

#[test]
fn files_of_other_circuits_and_damaged_files_are_refused() {
    let wanted = CircuitId::Membership20V1;
    let read = |file: &[u8]| {
        let policy = KeyPolicy::AllowInsecureDevelopmentKeys;
        PinnedVerifyingKey::from_file(file, wanted, Manifest::pinned(), policy)
    };
    let other = CircuitId::Membership16V1;
    let mixed = NotPinned::OtherCircuit { expected: wanted, actual: other };
    assert_eq!(read(verifying_key_file(other)), Err(KeyRefused::NotPinned(mixed)));
    let good = verifying_key_file(wanted);
    assert!(read(good).is_ok());
    assert!(matches!(read(&[good, &[0]].concat()), Err(KeyRefused::File(KeyFileError::Length { .. }))));
    for length in (0..good.len()).step_by(17) {
        assert!(matches!(read(&good[..length]), Err(KeyRefused::File(_))));
    }
    let mut flipped = good.to_vec();
    for place in 0..good.len() {
        flipped[place] ^= 0x10;
        assert!(matches!(read(&flipped), Err(KeyRefused::File(_))), "byte {place}");
        flipped[place] ^= 0x10;
    }
    // The right header around another key.
    let key = KeyFile::read(verifying_key_file(other)).unwrap();
    let pinned = KeyFile::read(good).unwrap();
    let forged =
        KeyFile::new(KeyKind::Verifying, pinned.provenance(), wanted, *pinned.circuit_digest(), key.key());
    let swapped = NotPinned::Key { expected: *pinned.digest(), actual: *key.digest() };
    assert_eq!(read(&forged.to_bytes()), Err(KeyRefused::NotPinned(swapped)));
}
