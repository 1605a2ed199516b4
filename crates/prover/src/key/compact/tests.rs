use crate::{
    KeyError, KeyPart, ProvingKey,
    frame::FrameFault,
    insecure_development_setup,
    montgomery::{FIELD_BYTES, G1_BYTES, G2_BYTES, g1_to_bytes},
    prove,
    synthetic::Synthetic,
    testing::Chain,
};
use ark_bn254::G1Affine;
use ark_ec::AffineRepr;
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::OnceLock;
use tabella_primitives::encoding::EncodingError;

/// 6 witness variables, 3 instance variables, 7 constraints, domain 16.
fn whole() -> &'static ProvingKey {
    static KEY: OnceLock<ProvingKey> = OnceLock::new();
    KEY.get_or_init(|| insecure_development_setup(&Chain::shape_only(5), &[1; 32]).unwrap())
}

fn bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| whole().to_compact_bytes())
}

fn number_at(file: &[u8], at: usize) -> usize {
    usize::try_from(u64::from_le_bytes(*file[at..].first_chunk().unwrap())).unwrap()
}

/// Where the entry of a section stands in the table.
const fn entry_at(number: usize) -> usize {
    32 + 24 * (number - 1)
}

/// Where a section begins, and its length.
fn section(number: usize) -> (usize, usize) {
    let at = entry_at(number);
    (number_at(bytes(), at + 8), number_at(bytes(), at + 16))
}

/// The file with another content in one section.
fn with_section(number: usize, content: &[u8]) -> Vec<u8> {
    with_sections(&[(number, content)])
}

fn with_sections(others: &[(usize, &[u8])]) -> Vec<u8> {
    let mut contents: Vec<Vec<u8>> = (1..=12)
        .map(|number| {
            let (from, length) = section(number);
            bytes()[from..from + length].to_vec()
        })
        .collect();
    for (number, content) in others {
        contents[number - 1] = content.to_vec();
    }
    let mut file = bytes()[..32].to_vec();
    let mut end = 32 + 24 * contents.len();
    for (place, content) in contents.iter().enumerate() {
        let start = end.next_multiple_of(64);
        for value in [place + 1, start, content.len()] {
            file.extend(u64::try_from(value).unwrap().to_le_bytes());
        }
        end = start + content.len();
    }
    for content in &contents {
        file.resize(file.len().next_multiple_of(64), 0);
        file.extend(content);
    }
    let length = u64::try_from(file.len()).unwrap();
    file[16..24].copy_from_slice(&length.to_le_bytes());
    file
}

fn content(number: usize) -> Vec<u8> {
    let (from, length) = section(number);
    bytes()[from..from + length].to_vec()
}

/// What both ways of reading say.
fn both(bytes: &[u8]) -> [Result<ProvingKey, KeyError>; 2] {
    [ProvingKey::from_compact_bytes(bytes), ProvingKey::from_trusted_compact_bytes_checked_by_hash(bytes)]
}

fn in_file(section: &'static str, offset: usize, cause: KeyError) -> KeyError {
    KeyError::InFile { section, offset, cause: Box::new(cause) }
}

#[test]
fn a_key_read_from_compact_bytes_makes_the_same_proofs() {
    assert!(bytes().len() < whole().to_bytes().len());
    assert_eq!(with_section(1, &content(1)), bytes());
    for key in both(bytes()).map(Result::unwrap) {
        assert_eq!(key.to_compact_bytes(), bytes());
        assert_eq!(key.circuit_digest(), whole().circuit_digest());
        assert_eq!((key.query_a(), key.query_b_g2()), (whole().query_a(), whole().query_b_g2()));
        assert_eq!(key.query_b_g1(), None);
        let proof = |key| prove(key, &Chain::new(5, 3), &mut ChaCha20Rng::from_seed([1; 32])).unwrap();
        assert_eq!(proof(&key), proof(whole()));
        // What it came without is not in its other form either.
        let other = ProvingKey::from_bytes(&key.to_bytes()).unwrap();
        assert!(other == key && other != *whole());
    }
}

#[test]
fn keys_of_other_shapes_survive_the_round_trip() {
    let synthetic = Synthetic::new(Synthetic::MIN_LOG_SIZE).unwrap();
    let key = insecure_development_setup(&synthetic, &[2; 32]).unwrap();
    for key in [key.clone(), key.into_odd_coset().unwrap()] {
        for read in both(&key.to_compact_bytes()).map(Result::unwrap) {
            assert_eq!(read.to_compact_bytes(), key.to_compact_bytes());
            assert_eq!(read.query_h(), key.query_h());
            assert!(read.matrices() == key.matrices());
        }
    }
}

#[test]
fn the_two_forms_are_told_apart() {
    let full = whole().to_bytes();
    assert!(ProvingKey::is_compact_magic(bytes()) && !ProvingKey::is_magic(bytes()));
    assert!(ProvingKey::is_magic(&full) && !ProvingKey::is_compact_magic(&full));
    let magic = in_file("table of sections", 0, KeyError::Frame(FrameFault::Magic));
    assert_eq!(both(&full), [Err(magic.clone()), Err(magic.clone())]);
    assert_eq!(ProvingKey::from_bytes(bytes()), Err(magic));
}

#[test]
fn truncated_and_extended_keys_are_refused() {
    for length in 0..bytes().len() {
        for read in both(&bytes()[..length]) {
            assert!(matches!(read, Err(KeyError::InFile { .. })), "{length}");
        }
    }
    for read in both(&[bytes(), &[0]].concat()) {
        assert!(matches!(read, Err(KeyError::InFile { .. })));
    }
    // Sections of every length up to their own, in a file that says so.
    for number in 1..=12 {
        let content = content(number);
        for length in 0..content.len() {
            for read in both(&with_section(number, &content[..length])) {
                assert!(matches!(read, Err(KeyError::InFile { .. })), "{length} bytes of section {number}");
            }
        }
        for read in both(&with_section(number, &[content.as_slice(), &[0]].concat())) {
            assert!(matches!(read, Err(KeyError::InFile { .. })), "section {number} is longer");
        }
    }
}

#[test]
fn every_single_flipped_bit_is_refused() {
    let mut flipped = bytes().to_vec();
    for place in 0..flipped.len() {
        let byte = flipped[place];
        for bit in 0..8 {
            flipped[place] = byte ^ 1 << bit;
            // Of points and matrices the hash is said to have been compared: what is read then must only not panic.
            let [full, _] = both(&flipped);
            assert!(matches!(full, Err(KeyError::InFile { .. })), "bit {bit} of byte {place}");
        }
        flipped[place] = byte;
    }
}

#[test]
fn places_and_points_agree() {
    let (at, length) = section(4);
    assert_eq!(length, 5);
    let refused = |content: &[u8]| both(&with_section(4, content)).map(Result::unwrap_err);
    let places = content(4);
    // All four lists are by threes, and there is no fifth.
    assert_eq!(places[0], 0b1111);
    for error in refused(&[&[0b1_1111], &places[1..]].concat()) {
        assert_eq!(error, in_file("places", at, KeyError::ByThrees { value: 0b1_1111 }));
    }
    // A bit behind the ninth variable.
    for (byte, part) in [(2, KeyPart::A), (4, KeyPart::BInG2)] {
        let mut more = places.clone();
        more[byte] |= 2;
        for error in refused(&more) {
            assert_eq!(error, in_file("places", at + byte, KeyError::Places { part }));
        }
    }
    // One point fewer than the section has.
    let by_threes = |count: usize| 2 * count - count / 3 * 2;
    let finite = [
        whole().query_a().iter().filter(|p| !p.is_zero()).count(),
        whole().query_b_g2().iter().filter(|p| !p.is_zero()).count(),
    ];
    for (byte, number, name, bytes, finite) in
        [(1, 5, "query a", G1_BYTES, finite[0]), (3, 6, "query b in G2", G2_BYTES, finite[1])]
    {
        let mut fewer = places.clone();
        fewer[byte] &= fewer[byte] - 1;
        let wide = |count: usize| u64::try_from(count).unwrap();
        let (_, length) = section(number);
        assert_eq!(length, by_threes(finite) * bytes / 2);
        let expected = by_threes(finite - 1) * bytes / 2;
        if expected == length {
            // Three points are as long as two: the two are not on the curve.
            let [full, _] = both(&with_section(4, &fewer));
            assert!(matches!(full, Err(KeyError::InFile { .. })), "{full:?}");
            continue;
        }
        let fault = FrameFault::SectionLength { expected: wide(expected), actual: wide(length) };
        for error in refused(&fewer) {
            assert_eq!(error, in_file(name, entry_at(number) + 16, KeyError::Frame(fault.clone())));
        }
    }
    // Infinity stands nowhere but in the places.
    let finite = whole().query_a().iter().position(|point| !point.is_zero()).unwrap();
    let mut points: Vec<_> = whole().query_a().iter().filter(|point| !point.is_zero()).copied().collect();
    points[0] = G1Affine::zero();
    let one_by_one: Vec<u8> = points.iter().flat_map(g1_to_bytes).collect();
    let flags = [&[0b1110], &places[1..]].concat();
    let file = with_sections(&[(4, &flags), (5, &one_by_one)]);
    let offset = number_at(&file, entry_at(5) + 8);
    let cause = KeyError::Point { part: KeyPart::A, index: finite, cause: EncodingError::Identity };
    for read in both(&file) {
        assert_eq!(read, Err(in_file("query a", offset, cause.clone())));
    }
    // A fault is found where it stands, which is not where it would without gaps: at the first of three.
    let b = whole().query_b_g2();
    let finite: Vec<usize> = (0..b.len()).filter(|place| !b[*place].is_zero()).collect();
    assert!(finite.len().is_multiple_of(3));
    let number = finite.len() - 3;
    assert_ne!(finite[number], number);
    let (from, length) = section(6);
    let behind = length - 2 * G2_BYTES;
    let mut off = content(6);
    off[behind] ^= 1;
    let cause =
        KeyError::Point { part: KeyPart::BInG2, index: finite[number], cause: EncodingError::NotOnCurve };
    let [full, trusted] = both(&with_section(6, &off));
    assert_eq!(full, Err(in_file("query b in G2", from + behind, cause)));
    assert!(trusted.is_ok());
    // Three points that are not those of the curve are seen at the first of them.
    let mut off = content(7);
    off[4 * FIELD_BYTES] ^= 1;
    let (from, _) = section(7);
    let cause = KeyError::Point { part: KeyPart::H, index: 3, cause: EncodingError::NotOnCurve };
    let [full, trusted] = both(&with_section(7, &off));
    assert_eq!(full, Err(in_file("query h", from + 4 * FIELD_BYTES, cause)));
    assert!(trusted.is_ok());
}

#[test]
fn rows_have_one_spelling() {
    let (at, _) = section(10);
    let rows = content(10);
    let refused = |content: &[u8], offset: usize, row: usize| {
        for read in both(&with_section(10, content)) {
            let cause = KeyError::Row { matrix: 'A', row };
            assert_eq!(read, Err(in_file("matrix A", at + offset, cause)), "{content:?}");
        }
    };
    // The first row has one entry: its count, its column, its coefficient.
    assert_eq!(rows[0], 1);
    let second = [&[0x81, 0], &rows[1..]].concat();
    refused(&second, 0, 0);
    for count in [
        // More than there are bytes, than there should be, than fit 32 bits, and without end.
        vec![0x7f],
        vec![0xff, 0xff, 0xff, 0xff, 0x0f],
        vec![0xff, 0xff, 0xff, 0xff, 0x1f],
        vec![0xff; 6],
    ] {
        refused(&[&count, &rows[1..]].concat(), 0, 0);
    }
    // A column beyond the last, and one beyond 32 bits behind another.
    for read in both(&with_section(10, &[&rows[..1], &[9], &rows[2..]].concat())) {
        assert!(matches!(read, Err(KeyError::InFile { section: "matrix A", .. })));
    }
    let huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    for read in both(&with_section(10, &[&[2], &huge[..], &[0], &huge[..], &rows[2..]].concat())) {
        assert!(matches!(read, Err(KeyError::InFile { section: "matrix A", .. })));
    }
    // One row more.
    refused(&[&rows[..], &[0]].concat(), rows.len(), 7);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(head in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..9000) {
        let _ = both(&head);
        let _ = both(&[b"tabella-ck-v2\0\0\0".as_slice(), &head].concat());
        let mut changed = bytes().to_vec();
        let at = at.min(changed.len() - head.len());
        changed[at..][..head.len()].copy_from_slice(&head);
        let _ = both(&changed);
    }
}
