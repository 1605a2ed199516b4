use super::{KeyError, KeyPart, KeyParts, QuotientBasis};
use crate::{
    ProvingKey, frame::FrameFault, insecure_development_setup, montgomery::g2_to_bytes, prove, testing::Chain,
};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::Field;
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::OnceLock;
use tabella_primitives::encoding::EncodingError;

/// 6 witness variables, 3 instance variables, 7 constraints, domain 16, IC 3.
fn bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| insecure_development_setup(&Chain::shape_only(5), &[1; 32]).unwrap().to_bytes())
}

/// Where the entry of a section stands in the table.
const fn entry_at(number: usize) -> usize {
    32 + 24 * (number - 1)
}

fn number_at(at: usize) -> usize {
    usize::try_from(u64::from_le_bytes(*bytes()[at..].first_chunk().unwrap())).unwrap()
}

/// Where a section begins.
fn section(number: usize) -> usize {
    number_at(entry_at(number) + 8)
}

const NAMES: [&str; 12] = [
    "head",
    "verifying key",
    "beta and delta",
    "query a",
    "query b in G1",
    "query b in G2",
    "query h",
    "query l",
    "coefficients",
    "matrix A",
    "matrix B",
    "matrix C",
];

fn changed(at: usize, with: &[u8]) -> Vec<u8> {
    let mut changed = bytes().to_vec();
    changed[at..][..with.len()].copy_from_slice(with);
    changed
}

/// What both ways of reading say.
fn both(bytes: &[u8]) -> [Result<ProvingKey, KeyError>; 2] {
    [ProvingKey::from_bytes(bytes), ProvingKey::from_trusted_bytes_checked_by_hash(bytes)]
}

fn in_file(section: &'static str, offset: usize, cause: KeyError) -> KeyError {
    KeyError::InFile { section, offset, cause: Box::new(cause) }
}

fn in_frame(section: &'static str, offset: usize, fault: FrameFault) -> KeyError {
    in_file(section, offset, KeyError::Frame(fault))
}

/// A fault in the table, found in both ways of reading.
fn frame_fault(bytes: &[u8], section: &'static str, offset: usize, fault: FrameFault) {
    for read in both(bytes) {
        assert_eq!(read, Err(in_frame(section, offset, fault.clone())));
    }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap()
}

#[test]
fn keys_survive_a_round_trip_and_still_prove() {
    for key in both(bytes()).map(Result::unwrap) {
        assert_eq!(key.to_bytes(), bytes());
        prove(&key, &Chain::new(5, 3), &mut ChaCha20Rng::from_seed([1; 32])).unwrap();
    }
    let [full, trusted] = both(bytes()).map(Result::unwrap);
    assert!(full == trusted);
    assert_eq!(full.circuit_digest(), trusted.circuit_digest());
    for section in 1..=12 {
        assert_eq!(self::section(section) % 64, 0);
    }
}

#[test]
fn truncated_and_extended_keys_are_refused() {
    let actual = wide(bytes().len());
    for length in (0..bytes().len()).step_by(7) {
        let fault = |offset, expected| (offset, FrameFault::Length { expected, actual: wide(length) });
        let (offset, fault) = match length {
            0..16 => (0, FrameFault::Magic),
            16..24 => fault(16, 24),
            24..32 => fault(24, 32),
            _ => fault(16, actual),
        };
        frame_fault(&bytes()[..length], "table of sections", offset, fault);
    }
    let longer = [bytes(), &[0]].concat();
    let fault = FrameFault::Length { expected: actual, actual: actual + 1 };
    frame_fault(&longer, "table of sections", 16, fault);
    // Its head may say so: then the last section does not end with the file.
    let mut longer = longer;
    longer[16..24].copy_from_slice(&(actual + 1).to_le_bytes());
    let fault = FrameFault::Length { expected: actual, actual: actual + 1 };
    frame_fault(&longer, "table of sections", 16, fault);
}

/// The key with other entries in its table of sections.
fn with_entries(entries: &[[u8; 24]]) -> Vec<u8> {
    let mut file = changed(24, &wide(entries.len()).to_le_bytes());
    file.splice(32..entry_at(13), entries.concat());
    let length = wide(file.len()).to_le_bytes();
    file[16..24].copy_from_slice(&length);
    file
}

#[test]
fn sections_that_are_missing_repeated_or_out_of_order_are_named() {
    let entries: Vec<[u8; 24]> =
        (1..=12).map(|number| *bytes()[entry_at(number)..].first_chunk().unwrap()).collect();
    assert!(with_entries(&entries) == bytes());
    // Sections 5 and 12 need not be there.
    for number in (1..=11).filter(|number| *number != 5) {
        let name = NAMES[number - 1];
        let mut missing = entries.clone();
        missing.remove(number - 1);
        frame_fault(&with_entries(&missing), name, 24, FrameFault::Missing);
        missing.truncate(number - 1);
        frame_fault(&with_entries(&missing), name, 24, FrameFault::Missing);
        let mut swapped = entries.clone();
        swapped.swap(number - 1, number);
        frame_fault(&with_entries(&swapped), name, entry_at(number + 1), FrameFault::OutOfOrder);
        let mut repeated = entries.clone();
        repeated[number] = entries[number - 1];
        frame_fault(&with_entries(&repeated), name, entry_at(number + 1), FrameFault::Repeated);
    }
    for number in [0, 13, u64::MAX] {
        let file = changed(entry_at(5), &number.to_le_bytes());
        frame_fault(&file, "table of sections", entry_at(5), FrameFault::Unknown { number });
    }
}

#[test]
fn offsets_and_lengths_in_the_table_are_checked_before_they_are_used() {
    for number in 1..=12 {
        let name = NAMES[number - 1];
        for actual in [0, wide(section(number)) + 64, 1 << 60, u64::MAX] {
            let fault = FrameFault::Offset { expected: wide(section(number)), actual };
            let at = entry_at(number) + 8;
            frame_fault(&changed(at, &actual.to_le_bytes()), name, at, fault);
        }
        let at = entry_at(number) + 16;
        for length in [wide(bytes().len() - section(number)) + 1, 1 << 60, u64::MAX] {
            frame_fault(&changed(at, &length.to_le_bytes()), name, at, FrameFault::BeyondFile);
        }
    }
    for count in [1 << 60, u64::MAX] {
        let fault = |expected| FrameFault::Length { expected, actual: wide(bytes().len()) };
        frame_fault(&changed(24, &count.to_le_bytes()), "table of sections", 24, fault(u64::MAX));
    }
    // Bytes between sections are zeros.
    let end = section(1) + number_at(entry_at(1) + 16);
    assert!(end < section(2));
    frame_fault(&changed(end, &[1]), "verifying key", end, FrameFault::Padding);
    for version in [b"tabella-pk-v2\0\0\0", b"tabella-pk-v4\0\0\0"] {
        frame_fault(&changed(0, version), "table of sections", 0, FrameFault::Magic);
    }
}

#[test]
fn hostile_counts_are_refused_before_anything_is_allocated() {
    let names = [
        "constraints",
        "instance variables",
        "witness variables",
        "coefficients",
        "entries of A",
        "entries of B",
        "entries of C",
    ];
    for (count, name) in names.into_iter().enumerate() {
        let at = section(1) + 8 + 8 * count;
        for value in [u64::MAX, 1 << 60, (1 << 32) + 1, 1 << 32, 1 << 31, 1 << 20, 0] {
            for read in both(&changed(at, &value.to_le_bytes())) {
                let KeyError::InFile { section: part, offset, cause } = read.unwrap_err() else { panic!() };
                match *cause {
                    KeyError::Count { name: n, value: v } => {
                        assert_eq!((part, offset, n, v), ("head", at, name, value));
                    }
                    // Names the first of the counts that are too many together.
                    KeyError::TooManyRows { rows } => {
                        assert_eq!((part, offset), ("head", section(1) + 8));
                        assert!(count < 2 && wide(rows) >= value);
                    }
                    KeyError::Frame(FrameFault::SectionLength { .. }) => {
                        assert!(value <= 1 << 32 && part != "head", "{part}");
                    }
                    other => panic!("{name} {value}: {other:?}"),
                }
            }
        }
    }
    let at = section(1);
    for read in both(&changed(at, &[2])) {
        assert_eq!(read, Err(in_file("head", at, KeyError::Basis { value: 2 })));
    }
}

#[test]
fn every_single_flipped_byte_is_refused() {
    // Points are checked by curve and group, the matrices by their digest: only changes that give other valid points
    // could pass, and a flipped byte never does that.
    let mut flipped = bytes().to_vec();
    for place in 0..flipped.len() {
        let byte = flipped[place];
        flipped[place] ^= 1 << (place % 8);
        assert!(matches!(ProvingKey::from_bytes(&flipped), Err(KeyError::InFile { .. })), "byte {place}");
        flipped[place] = byte;
    }
}

/// A point of the twist outside the group: the first x that has a y gives one.
fn outside() -> G2Affine {
    (1u64..)
        .find_map(|x| {
            let x = Fq2::new(Fq::from(x), Fq::from(0));
            let y = (x * x * x + ark_bn254::g2::Config::COEFF_B).sqrt()?;
            let point = G2Affine::new_unchecked(x, y);
            (!point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
        })
        .unwrap()
}

#[test]
fn points_are_checked() {
    let refused = |at: usize, with: &[u8]| both(&changed(at, with));
    let point = |number: usize, part, index: usize, bytes: usize, cause| {
        let cause = KeyError::Point { part, index, cause };
        Err(in_file(NAMES[number - 1], section(number) + index * bytes, cause))
    };
    let (a, anchors, b2) = (section(4), section(3), section(6));
    for read in refused(a + 64, &[255; 32]) {
        assert_eq!(read, Err(in_file("query a", a + 64, KeyError::NotCanonical)));
    }
    let [full, trusted] = refused(a + 64, &[bytes()[a + 64] ^ 1]);
    assert_eq!(full, point(4, KeyPart::A, 1, 64, EncodingError::NotOnCurve));
    // Its points are vouched for by the hash of the file, which the caller compared.
    assert!(trusted.is_ok());
    let [beta, _] = refused(anchors, &[0; 64]);
    assert_eq!(beta, point(3, KeyPart::Beta, 0, 64, EncodingError::Identity));
    let [delta, _] = refused(anchors + 64, &[0; 64]);
    let identity = KeyError::Point { part: KeyPart::Delta, index: 0, cause: EncodingError::Identity };
    assert_eq!(delta, Err(in_file("beta and delta", anchors + 64, identity)));
    let [swapped, _] = refused(anchors, &bytes()[anchors + 64..anchors + 128]);
    let contradiction = KeyError::Contradiction { part: KeyPart::Beta };
    assert_eq!(swapped, Err(in_file("beta and delta", anchors, contradiction)));
    let [subgroup, _] = refused(b2 + 128, &g2_to_bytes(&outside()));
    assert_eq!(subgroup, point(6, KeyPart::BInG2, 1, 128, EncodingError::NotInSubgroup));
    for read in refused(section(2), &[0; 64]) {
        let Err(KeyError::InFile { section: part, cause, .. }) = read else { panic!() };
        assert!(part == "verifying key" && matches!(*cause, KeyError::VerifyingKey(_)));
    }
}

#[test]
fn matrices_are_checked() {
    let refused = |at: usize, with: &[u8]| both(&changed(at, with)).map(Result::unwrap_err);
    let (pool, rows) = (section(9), section(10));
    let coefficient =
        |index: usize| in_file("coefficients", pool + 32 * index, KeyError::Coefficient { index });
    for (index, with) in [(0, 2), (1, 2), (2, 0)] {
        let mut value = [0; 32];
        value[0] = with;
        // Not 1, not -1, zero.
        for error in refused(pool + 32 * index, &value) {
            assert_eq!(error, coefficient(index));
        }
    }
    // Twice the same: such bytes are not the only ones of their key, which the hash of a trusted file rules out.
    let [full, trusted] = both(&changed(pool + 64, &bytes()[pool..pool + 32]));
    assert_eq!(full.unwrap_err(), coefficient(2));
    assert!(trusted.is_ok());
    // The first row of A ends beyond its entries; its column does not exist; its coefficient does not.
    for (at, with) in [(rows, [255; 4]), (rows + 28, [9, 0, 0, 0]), (rows + 32, [200, 0, 0, 0])] {
        for error in refused(at, &with) {
            assert_eq!(error, in_file("matrix A", rows, KeyError::Row { matrix: 'A', row: 0 }));
        }
    }
    // Another column: canonical, but another circuit.
    let [full, trusted] = both(&changed(rows + 28, &[8]));
    let Err(KeyError::InFile { section: "head", offset, cause }) = full else { panic!() };
    assert_eq!(offset, section(1) + 64);
    assert!(matches!(*cause, KeyError::CircuitDigest { .. }));
    // Its digest is vouched for by the hash of the file, which the caller compared.
    assert!(trusted.is_ok());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(head in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..9000) {
        let _ = both(&head);
        let _ = both(&[b"tabella-pk-v3\0\0\0".as_slice(), &head].concat());
        let _ = both(&changed(at.min(bytes().len() - head.len()), &head));
    }
}

fn parts() -> KeyParts {
    let key = ProvingKey::from_bytes(bytes()).unwrap();
    KeyParts {
        verifying_key: key.verifying_key().clone(),
        beta_g1: *key.beta_g1(),
        delta_g1: *key.delta_g1(),
        a: key.query_a().to_vec(),
        b_g1: key.query_b_g1().map(<[G1Affine]>::to_vec),
        b_g2: key.query_b_g2().to_vec(),
        h: key.query_h().to_vec(),
        h_basis: key.quotient_basis(),
        l: key.query_l().to_vec(),
        matrices: key.matrices().clone(),
    }
}

#[test]
fn parts_make_the_same_key() {
    assert_eq!(ProvingKey::from_parts(parts()).unwrap().to_bytes(), bytes());
}

#[test]
fn parts_are_checked() {
    let refused = |change: fn(&mut KeyParts)| {
        let mut parts = parts();
        change(&mut parts);
        ProvingKey::from_parts(parts).unwrap_err()
    };
    let count = |part, expected, actual| KeyError::PointCount { part, expected, actual };
    assert_eq!(refused(|parts| parts.a.truncate(8)), count(KeyPart::A, 9, 8));
    let one_more = |parts: &mut KeyParts| parts.b_g1.as_mut().unwrap().push(G1Affine::identity());
    assert_eq!(refused(one_more), count(KeyPart::BInG1, 9, 10));
    assert_eq!(refused(|parts| parts.b_g2.clear()), count(KeyPart::BInG2, 9, 0));
    assert_eq!(refused(|parts| parts.l.truncate(5)), count(KeyPart::L, 6, 5));
    assert_eq!(refused(|parts| parts.h.push(parts.h[0])), count(KeyPart::H, 15, 16));
    assert_eq!(refused(|parts| parts.h_basis = QuotientBasis::OddCoset), count(KeyPart::H, 16, 15));

    let point = |part, index, cause| KeyError::Point { part, index, cause };
    let off = EncodingError::NotOnCurve;
    assert_eq!(refused(|parts| parts.a[1].x += Fq::from(1)), point(KeyPart::A, 1, off.clone()));
    assert_eq!(refused(|parts| parts.l[5].x += Fq::from(1)), point(KeyPart::L, 5, off.clone()));
    assert_eq!(refused(|parts| parts.h[14].y += Fq::from(1)), point(KeyPart::H, 14, off.clone()));
    assert_eq!(refused(|parts| parts.beta_g1.x += Fq::from(1)), point(KeyPart::Beta, 0, off.clone()));
    assert_eq!(refused(|parts| parts.b_g2[0].x += Fq2::from(1)), point(KeyPart::BInG2, 0, off));
    let identity = EncodingError::Identity;
    assert_eq!(refused(|parts| parts.delta_g1 = G1Affine::identity()), point(KeyPart::Delta, 0, identity));
    assert_eq!(
        refused(|parts| parts.b_g2[8] = outside()),
        point(KeyPart::BInG2, 8, EncodingError::NotInSubgroup)
    );
    let contradiction = |part| KeyError::Contradiction { part };
    assert_eq!(refused(|parts| parts.beta_g1 = parts.delta_g1), contradiction(KeyPart::Beta));
    assert_eq!(refused(|parts| parts.delta_g1 = parts.beta_g1), contradiction(KeyPart::Delta));

    let other =
        insecure_development_setup(&Chain { outputs: false, ..Chain::shape_only(5) }, &[1; 32]).unwrap();
    let mut mixed = parts();
    mixed.verifying_key = other.verifying_key().clone();
    assert_eq!(ProvingKey::from_parts(mixed), Err(KeyError::PublicInputs { expected: 2, actual: 0 }));
}
