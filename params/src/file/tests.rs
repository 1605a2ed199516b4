use super::*;

const KEY: &[u8] = b"the bytes of a key";

fn development() -> KeyFile<'static> {
    let circuit = CircuitId::Membership20V1;
    KeyFile::new(KeyKind::Proving, Provenance::Development, circuit, Digest::from_bytes([7; 32]), KEY)
}

/// A file whose header was changed and hashed again, as somebody who knows the format would.
fn with_header(change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut file = development().to_bytes();
    change(&mut file[..HASHED_BYTES]);
    let digest = header_digest(file.first_chunk().unwrap());
    file[HASHED_BYTES..HEADER_BYTES].copy_from_slice(digest.as_bytes());
    file
}

#[test]
fn files_survive_a_round_trip() {
    let ceremony = Provenance::Ceremony { transcript: Digest::from_bytes([9; 32]) };
    for kind in [KeyKind::Verifying, KeyKind::Proving] {
        for provenance in [Provenance::Development, ceremony] {
            for circuit in CircuitId::ALL {
                let file = KeyFile::new(kind, provenance, circuit, Digest::from_bytes([7; 32]), KEY);
                assert_eq!(KeyFile::read(&file.to_bytes()), Ok(file));
            }
        }
    }
}

#[test]
fn every_changed_bit_is_refused() {
    let mut file = development().to_bytes();
    for place in 0..file.len() {
        for bit in 0..8 {
            file[place] ^= 1 << bit;
            let error = KeyFile::read(&file).unwrap_err();
            match place {
                0..16 => assert_eq!(error, KeyFileError::Field(Field::Magic)),
                16..18 => assert_eq!(error, KeyFileError::Field(Field::Version)),
                18..HEADER_BYTES => assert_eq!(error, KeyFileError::Field(Field::HeaderDigest)),
                _ => assert!(matches!(error, KeyFileError::Digest { .. })),
            }
            file[place] ^= 1 << bit;
        }
    }
}

#[test]
fn truncated_and_extended_files_are_refused() {
    let file = development().to_bytes();
    for length in 0..file.len() {
        let error = match length.checked_sub(HEADER_BYTES) {
            None => KeyFileError::Truncated { actual: length },
            Some(actual) => KeyFileError::Length { expected: 18, actual },
        };
        assert_eq!(KeyFile::read(&file[..length]), Err(error));
    }
    let longer = [file.as_slice(), &[0]].concat();
    assert_eq!(KeyFile::read(&longer), Err(KeyFileError::Length { expected: 18, actual: 19 }));
}

#[test]
fn headers_that_claim_what_does_not_exist_are_refused_by_field() {
    let field = |field| Err(KeyFileError::Field(field));
    assert_eq!(KeyFile::read(&with_header(|h| h[18] = 3)), field(Field::Kind));
    assert_eq!(KeyFile::read(&with_header(|h| h[18] = 0)), field(Field::Kind));
    assert_eq!(KeyFile::read(&with_header(|h| h[19] = 3)), field(Field::Provenance));
    assert_eq!(KeyFile::read(&with_header(|h| h[20] = b'n')), field(Field::Circuit));
    assert_eq!(KeyFile::read(&with_header(|h| h[51] = b'n')), field(Field::Circuit));
    // A development key with a transcript, a ceremony without.
    assert_eq!(KeyFile::read(&with_header(|h| h[84] = 1)), field(Field::Transcript));
    assert_eq!(KeyFile::read(&with_header(|h| h[19] = 2)), field(Field::Transcript));
    // A kind that is known, but under whose tag the key has another digest.
    let error = KeyFile::read(&with_header(|h| h[18] = 1)).unwrap_err();
    assert!(matches!(error, KeyFileError::Digest { .. }));
    for claimed in [0, 17, 19, 1 << 31, 1 << 60, u64::MAX] {
        let file = with_header(|h| h[116..124].copy_from_slice(&claimed.to_be_bytes()));
        assert_eq!(KeyFile::read(&file), Err(KeyFileError::Length { expected: claimed, actual: 18 }));
    }
}

#[test]
fn errors_name_field_and_offset() {
    let error = KeyFile::read(&with_header(|h| h[19] = 3)).unwrap_err();
    assert_eq!(error.to_string(), "the key file's header is not valid: provenance at offset 19");
    let error = KeyFile::read(&[0; 5]).unwrap_err();
    assert_eq!(error.to_string(), "the key file ends after 5 bytes, within its header of 188");
}

#[test]
fn circuit_names_fit_the_field() {
    for circuit in CircuitId::ALL {
        assert!(circuit.name().len() <= NAME_BYTES && circuit.name().is_ascii());
    }
}
