//! What travels and what stays: one form each, read strictly.

use super::*;
use crate::wire::DecodeError;
use alloc::{string::ToString, vec};
use tabella_primitives::{edwards::Point, encoding::EncodingError};

fn field(field: &'static str, error: EncodingError) -> DecodeError {
    DecodeError::Field { field, error }
}

#[test]
fn packages_round_trip_and_nothing_else_does() {
    let done = Cast::new(3, 2, 2).hold();
    let share = done.decrypt(1, election(1), &done.ballots(&[[1, 2], [3, 4]]));
    let mut rounds = Vec::new();
    let note = done.cast.sign(Round::LeftOut, 1, vec![0, 2]);
    for package in done.board.packages().chain(&done.endorsements).chain([&share, &note]) {
        rounds.push(package.round());
        let (bytes, json) = (package.to_bytes(), package.to_json());
        assert!(bytes.len() < MAX_BODY_BYTES && json.len() < MAX_PACKAGE_BYTES);
        assert_eq!(Package::from_bytes(&bytes).as_ref(), Ok(package));
        assert_eq!(Package::from_json(json.as_bytes()).as_ref(), Ok(package));
        for len in 0..bytes.len() {
            assert!(matches!(Package::from_bytes(&bytes[..len]), Err(DecodeError::Length { .. })), "{len}");
        }
        let long = [&bytes[..], &[0]].concat();
        let error = DecodeError::Length { expected: bytes.len(), actual: bytes.len() + 1 };
        assert_eq!(Package::from_bytes(&long), Err(error));
    }
    rounds.sort();
    rounds.dedup();
    assert_eq!(rounds, Round::ALL);
    let bytes = share.to_bytes();
    let with = |at: usize, values: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + values.len()].copy_from_slice(values);
        Package::from_bytes(&bytes)
    };
    assert_eq!(with(0, &[7]), Err(field("round", EncodingError::NotCanonical)));
    assert_eq!(with(33, &[0]), Err(field("sender", EncodingError::Zero)));
    assert_eq!(with(33, &[21]), Err(field("sender", EncodingError::NotCanonical)));
    let error = DecodeError::Oversized { limit: MAX_BODY_BYTES, actual: 0xffff };
    assert_eq!(with(34, &[0xff, 0xff]), Err(error));
    let json = share.to_json();
    let read = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        Package::from_json(json.replacen(from, to, 1).as_bytes())
    };
    assert_eq!(read("\"decrypt\"", "\"Decrypt\""), Err(field("round", EncodingError::NotCanonical)));
    assert_eq!(read("\"sender\":1", "\"sender\":0"), Err(field("sender", EncodingError::Zero)));
    let other = DecodeError::WrongFormat { expected: PACKAGE_FORMAT, found: "x".to_string() };
    assert_eq!(read(PACKAGE_FORMAT, "x"), Err(other));
    assert!(matches!(read("\"sender\":1", "\"sender\":256"), Err(DecodeError::Json { .. })));
    assert!(matches!(read("\"sender\":1", "\"sender\":1,\"x\":1"), Err(DecodeError::Json { .. })));
    let actual = MAX_PACKAGE_BYTES + 1;
    let error = DecodeError::Oversized { limit: MAX_PACKAGE_BYTES, actual };
    assert_eq!(Package::from_json(&vec![b' '; actual]), Err(error));
}

#[test]
fn the_greatest_packages_fit() {
    let done = Cast::new(20, 20, 8).hold_with(|_, _, _| ()).unwrap();
    let longest = done.board.packages().map(|package| package.body().len()).max().unwrap();
    assert_eq!(longest, 32 + 2 + 19 * (1 + 32 + 64 + 8 * 32 + 16));
    // Complaints against everybody.
    assert!(longest.max(32 + 1 + 19 * 97) <= MAX_BODY_BYTES);
    let record = CeremonyRecord::new(&done.board, &done.endorsements);
    let json = record.to_json();
    // Two packages in each place of round 2, the greatest, would still fit.
    assert!(json.len() + 20 * MAX_PACKAGE_BYTES <= MAX_CEREMONY_BYTES, "{}", json.len());
    assert_eq!(CeremonyRecord::from_json(json.as_bytes()), Ok(record));
    assert!(done.cast.parameters.to_json().len() <= MAX_PARAMETERS_BYTES);
}

#[test]
fn parameters_are_checked() {
    let cast = Cast::new(3, 2, 2);
    let keys = cast.parameters.trustees().to_vec();
    let new = |threshold, slots, keys: &[TrusteeKeys]| {
        CeremonyParameters::new([1; 32], threshold, slots, keys.to_vec()).map(|_| ())
    };
    assert_eq!(new(2, 2, &keys), Ok(()));
    assert_eq!(new(1, 1, &[]), Err(ParametersError::Trustees { actual: 0 }));
    assert_eq!(new(1, 1, &keys.repeat(7)), Err(ParametersError::Trustees { actual: 21 }));
    for threshold in [0, 4] {
        assert_eq!(new(threshold, 1, &keys), Err(ParametersError::Threshold { threshold, trustees: 3 }));
    }
    for slots in [0, 9] {
        assert_eq!(new(2, slots, &keys), Err(ParametersError::Slots { actual: slots }));
    }
    for i in 0..3u8 {
        let trustee = index(i + 1);
        let at = usize::from(i);
        let mut bad = keys.clone();
        bad[at].encryption = Point::identity();
        assert_eq!(new(2, 2, &bad), Err(ParametersError::IdentityKey { trustee }));
        let mut bad = keys.clone();
        bad[at].signing = Point::identity();
        assert_eq!(new(2, 2, &bad), Err(ParametersError::IdentityKey { trustee }));
        let mut bad = keys.clone();
        bad[at].encryption = bad[at].signing;
        let same = ParametersError::SameKey { trustee, earlier: trustee };
        assert_eq!(new(2, 2, &bad), Err(same));
        if i > 0 {
            let mut bad = keys.clone();
            bad[at].encryption = bad[0].encryption;
            let same = ParametersError::SameKey { trustee, earlier: index(1) };
            assert_eq!(new(2, 2, &bad), Err(same));
        }
    }
    let json = cast.parameters.to_json();
    assert_eq!(CeremonyParameters::from_json(json.as_bytes()), Ok(cast.parameters.clone()));
    let read = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        CeremonyParameters::from_json(json.replacen(from, to, 1).as_bytes())
    };
    let threshold = ParametersError::Threshold { threshold: 9, trustees: 3 };
    assert_eq!(read("\"threshold\":2", "\"threshold\":9"), Err(DecodeError::Ceremony(threshold)));
    // A key of order 2.
    let (x, y) = keys[0].encryption.to_xy();
    use tabella_primitives::{Fr, encoding::Canonical};
    let good = alloc::format!("[\"{}\",\"{}\"]", x.to_decimal(), y.to_decimal());
    let small = alloc::format!("[\"0\",\"{}\"]", (-Fr::from(1)).to_decimal());
    assert_eq!(read(&good, &small), Err(field("encryption", EncodingError::NotInSubgroup)));
    assert_eq!(read(&good, "[\"0\",\"1\"]"), Err(field("encryption", EncodingError::Identity)));
    let r = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    let aliased = alloc::format!("[\"{r}\",\"1\"]");
    assert_eq!(read(&good, &aliased), Err(field("encryption", EncodingError::NotCanonical)));
    // Everything enters the session's name.
    let session = |cast: Cast| *cast.parameters.session();
    let mut sessions = vec![session(Cast::new(3, 2, 2)), session(Cast::with_nonce(2, 3, 2, 2))];
    sessions.extend([Cast::new(4, 2, 2), Cast::new(3, 1, 2), Cast::new(3, 2, 1)].map(session));
    let mut swapped = keys;
    swapped.swap(0, 1);
    sessions.push(*CeremonyParameters::new([1; 32], 2, 2, swapped).unwrap().session());
    for (i, a) in sessions.iter().enumerate() {
        assert!(sessions.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
}

/// Pinned for whoever writes the same proofs anew; a value that is left out of what every proof begins with breaks it.
#[test]
fn known_challenge_of_the_context_of_every_proof() {
    use tabella_primitives::{domain, encoding::Canonical};
    let parameters = Cast::new(4, 3, 2).parameters;
    let mut transcript = parameters.transcript(domain::TRUSTEE_KNOWLEDGE, index(1));
    let pinned = "2530658488830765811082431909674901828639288104018898688727851786181171070723";
    assert_eq!(transcript.challenge_scalar("challenge").to_decimal(), pinned);
    assert_eq!(
        parameters.session().to_string(),
        "215ceba6734e6abb687de97e9b877108feb7f198d6a833efaa8d6605b1f84124"
    );
}

/// A ceremony in which every secret is written down and read between the rounds.
#[test]
fn secrets_survive_being_kept() {
    let cast = Cast::new(2, 2, 2);
    let honest = cast.clone().hold();
    let rng = &mut ChaCha20Rng::seed_from_u64(cast.seed);
    let mut board = Board::new(cast.parameters.clone());
    let me = |i: usize| &cast.secrets[i];
    let mut bytes: Vec<_> = (0..2)
        .map(|i| {
            let (secret, package) = round0::commit(&cast.parameters, me(i), rng).unwrap();
            board.add(package).unwrap();
            secret.expose_bytes()
        })
        .collect();
    board.close(Round::Commit).unwrap();
    for (i, bytes) in bytes.iter_mut().enumerate() {
        assert!(round1::SecretPackage::from_bytes(bytes).is_err());
        let secret = round0::SecretPackage::from_bytes(bytes).unwrap();
        let (secret, package) = round1::reveal(secret, me(i), &board).unwrap();
        board.add(package).unwrap();
        *bytes = secret.expose_bytes();
    }
    board.close(Round::Reveal).unwrap();
    for (i, bytes) in bytes.iter_mut().enumerate() {
        assert!(round2::SecretPackage::from_bytes(bytes).is_err());
        let secret = round1::SecretPackage::from_bytes(bytes).unwrap();
        let (secret, package) = round2::deal(secret, me(i), &board, rng).unwrap();
        board.add(package).unwrap();
        *bytes = secret.expose_bytes();
    }
    board.close(Round::Deal).unwrap();
    for (i, bytes) in bytes.iter_mut().enumerate() {
        assert!(round3::SecretPackage::from_bytes(bytes).is_err());
        let secret = round2::SecretPackage::from_bytes(bytes).unwrap();
        let (secret, package) = round3::complain(secret, me(i), &board, rng).unwrap();
        board.add(package).unwrap();
        *bytes = secret.expose_bytes();
    }
    board.close(Round::Complain).unwrap();
    for (i, bytes) in bytes.iter_mut().enumerate() {
        let secret = round3::SecretPackage::from_bytes(bytes).unwrap();
        let (share, package) = endorse(secret, me(i), &board).unwrap();
        assert_eq!(package, honest.endorsements[i]);
        *bytes = share.expose_bytes();
        let share = KeyShare::from_bytes(bytes).unwrap();
        assert_eq!(share.transcript(), Some(honest.ceremony.transcript()));
        assert_eq!(share.expose_bytes(), honest.shares[i].expose_bytes());
        // Cut, lengthened, another stage, a scalar that is not below l.
        let error = DecodeError::Length { expected: bytes.len(), actual: bytes.len() - 1 };
        assert_eq!(KeyShare::from_bytes(&bytes[..bytes.len() - 1]).unwrap_err(), error);
        let long = [&bytes[..], &[0]].concat();
        let error = DecodeError::Length { expected: bytes.len(), actual: bytes.len() + 1 };
        assert_eq!(KeyShare::from_bytes(&long).unwrap_err(), error);
        let stage = field("stage", EncodingError::NotCanonical);
        assert_eq!(round0::SecretPackage::from_bytes(bytes).unwrap_err(), stage);
        let mut bad = bytes.to_vec();
        let end = bad.len();
        bad[end - 32..].fill(0xff);
        let error = field("rows", EncodingError::NotCanonical);
        assert_eq!(KeyShare::from_bytes(&bad).unwrap_err(), error);
    }
    let seed = *cast.secrets[0].expose_seed();
    assert_eq!(TrusteeSecret::from_seed(&seed).keys(), cast.secrets[0].keys());
}

#[test]
fn ledgers_are_read_strictly() {
    let empty = OpeningLedger::new();
    let json = empty.to_json();
    assert_eq!(OpeningLedger::from_json(json.as_bytes()), Ok(empty));
    let with = |entry: &str| OpeningLedger::from_json(json.replace("[]", entry).as_bytes());
    let digest = "ab".repeat(32);
    let entry = |session: &str, trustee: u8, sum: &str| {
        alloc::format!(
            "[{{\"session\":\"{session}\",\"trustee\":{trustee},\"election\":\"{digest}\",\"sum\":\"{sum}\"}}]"
        )
    };
    assert!(with(&entry(&digest, 1, &digest)).is_ok());
    let short = EncodingError::Length { expected: 64, actual: 2 };
    assert_eq!(with(&entry("ab", 1, &digest)), Err(field("session", short.clone())));
    assert_eq!(with(&entry(&digest, 1, "ab")), Err(field("sum", short)));
    assert!(matches!(with(&entry(&digest, 0, &digest)), Err(DecodeError::Json { .. })));
}
