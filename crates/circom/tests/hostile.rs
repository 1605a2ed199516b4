//! Files that are damaged or made to do damage: each is refused with what is wrong and where (threats S04, S07, S08, V02, V04,
//! V05, V12).
#![allow(clippy::unwrap_used, clippy::as_conversions, reason = "tests")]

mod common;

use ark_bn254::{Fq, Fq2, G2Affine};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::Field;
use common::{R1CS, WTNS, ZKEY, overwritten, rearranged, section, sections, with_section};
use proptest::prelude::*;
use tabella_circom::{Fault, FileError, Format, R1cs, Zkey, wtns};
use tabella_primitives::encoding::EncodingError;

fn zkey(bytes: &[u8]) -> Result<(), FileError> {
    Zkey::from_bytes(bytes).map(|_| ())
}

fn values(bytes: &[u8]) -> Result<(), FileError> {
    wtns::from_bytes(bytes).map(|_| ())
}

fn constraints(bytes: &[u8]) -> Result<(), FileError> {
    R1cs::from_bytes(bytes).map(|_| ())
}

type Read = fn(&[u8]) -> Result<(), FileError>;
const FORMATS: [(Format, &[u8], Read); 3] =
    [(Format::Zkey, ZKEY, zkey), (Format::Wtns, WTNS, values), (Format::R1cs, R1CS, constraints)];

/// Section, offset and fault of an error.
fn located(result: Result<(), FileError>) -> (Option<u32>, usize, Fault) {
    let error = result.unwrap_err();
    (error.section.map(|section| section.number), error.offset, error.fault)
}

#[test]
fn the_head_is_checked() {
    for (format, file, read) in FORMATS {
        for (other, bytes, _) in FORMATS {
            if format != other {
                assert_eq!(located(read(bytes)), (None, 0, Fault::Magic));
            }
        }
        assert_eq!(located(read(&[])), (None, 0, Fault::Magic));
        let version = if format == Format::Wtns { 1 } else { 2 };
        assert_eq!(
            located(read(&overwritten(file, 4, &[version]))),
            (None, 4, Fault::Version { actual: u32::from(version) })
        );
        // More sections than there are: the file ends. Fewer: something is left.
        let count = file[8];
        for more in [count + 1, 255] {
            let error = located(read(&overwritten(file, 8, &[more])));
            assert_eq!(error, (None, file.len(), Fault::Truncated { expected: 4, actual: 0 }));
        }
        let last = *sections(file).last().unwrap();
        let error = located(read(&overwritten(file, 8, &[count - 1])));
        assert_eq!(error, (None, last.head, Fault::Trailing { bytes: 12 + last.length }));
    }
}

#[test]
fn sections_stand_there_once() {
    for (format, file, read) in FORMATS {
        let numbers: Vec<u32> = sections(file).iter().map(|place| place.number).collect();
        for missing in &numbers {
            let rest: Vec<u32> = numbers.iter().copied().filter(|number| number != missing).collect();
            let without = rearranged(file, &rest);
            match (format, missing) {
                // The transcript and the labels may be missing.
                (Format::Zkey, 10) | (Format::R1cs, 3) => read(&without).unwrap(),
                _ => {
                    let expected = (Some(*missing), without.len(), Fault::MissingSection);
                    assert_eq!(located(read(&without)), expected);
                }
            }
        }
        for twice in &numbers {
            let all: Vec<u32> = numbers.iter().chain([twice]).copied().collect();
            let expected = (Some(*twice), file.len(), Fault::RepeatedSection);
            assert_eq!(located(read(&rearranged(file, &all))), expected);
        }
        for place in sections(file) {
            for unknown in [0, 11, u32::MAX] {
                let error = located(read(&overwritten(file, place.head, &unknown.to_le_bytes())));
                assert_eq!(error, (Some(unknown), place.head, Fault::UnknownSection));
            }
        }
        let mut reversed = numbers;
        reversed.reverse();
        read(&rearranged(file, &reversed)).unwrap();
    }
}

#[test]
fn truncated_and_extended_files_are_refused() {
    for (_, file, read) in FORMATS {
        for length in 0..file.len() {
            let (_, _, fault) = located(read(&file[..length]));
            assert!(matches!(fault, Fault::Truncated { .. } | Fault::Magic), "{length}: {fault:?}");
        }
        for more in [1, 7, 1 << 20] {
            let longer = [file, &vec![0; more]].concat();
            assert_eq!(located(read(&longer)), (None, file.len(), Fault::Trailing { bytes: more }));
        }
        // The same inside of each section, with the table put right.
        for place in sections(file) {
            let content = &file[place.content..place.content + place.length];
            let other = [content, &[0]].concat();
            for changed in [&content[..place.length - 1], &[], &other] {
                let error = read(&with_section(file, place.number, changed)).unwrap_err();
                assert_eq!(error.section.map(|section| section.number), Some(place.number), "{error}");
            }
        }
    }
}

#[test]
fn lengths_of_sections_beyond_the_file_are_refused() {
    for (_, file, read) in FORMATS {
        for place in sections(file) {
            for length in [u64::MAX, 1 << 63, 1 << 60, 1 << 32] {
                let error = located(read(&overwritten(file, place.head + 4, &length.to_le_bytes())));
                let actual = file.len() - place.content;
                let expected = Fault::Truncated { expected: length, actual };
                assert_eq!(error, (Some(place.number), place.content, expected));
            }
        }
    }
}

#[test]
fn other_proof_systems_and_curves_are_refused_by_name() {
    let system = section(ZKEY, 1).content;
    for (number, name) in [(0, None), (2, Some("plonk")), (10, Some("fflonk"))] {
        let error = located(zkey(&overwritten(ZKEY, system, &[number])));
        assert_eq!(error, (Some(1), system, Fault::ProofSystem { number: u32::from(number), name }));
    }
    let goldilocks = 0xffff_ffff_0000_0001_u64.to_le_bytes();
    let bls: Vec<u8> =
        [0xffff_ffff_0000_0001_u64, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48]
            .into_iter()
            .flat_map(u64::to_le_bytes)
            .collect();
    for (number, file, read) in [(1, WTNS, values as Read), (1, R1CS, constraints as Read)] {
        let place = section(file, number);
        for (modulus, name) in [
            (goldilocks.as_slice(), Some("goldilocks")),
            (&bls, Some("bls12381")),
            (&[7; 32], None),
            (&[], None),
        ] {
            let size = u32::try_from(modulus.len()).unwrap().to_le_bytes();
            let rest = &file[place.content + 36..place.content + place.length];
            let changed = with_section(file, number, &[&size, modulus, rest].concat());
            let at = section(&changed, number).content;
            assert_eq!(located(read(&changed)), (Some(1), at, Fault::Curve { name }));
        }
        let error = located(read(&overwritten(file, place.content, &u32::MAX.to_le_bytes())));
        assert_eq!(error, (Some(1), place.content, Fault::Curve { name: None }));
    }
    let header = section(ZKEY, 2).content;
    for modulus in [0, 36] {
        let error = located(zkey(&overwritten(ZKEY, header + modulus + 4, &[7; 32])));
        assert_eq!(error, (Some(2), header + modulus, Fault::Curve { name: None }));
    }
}

#[test]
fn hostile_counts_are_refused() {
    let counts = section(ZKEY, 2).content + 72;
    for value in [0_u32, 1, 10, 12, 1 << 20, 1 << 31, u32::MAX] {
        for count in 0..3 {
            assert!(
                zkey(&overwritten(ZKEY, counts + 4 * count, &value.to_le_bytes())).is_err(),
                "{count} {value}"
            );
        }
        let coefficients = section(ZKEY, 4).content;
        let (number, at, fault) = located(zkey(&overwritten(ZKEY, coefficients, &value.to_le_bytes())));
        assert_eq!((number, at), (Some(4), coefficients));
        assert!(matches!(fault, Fault::SectionLength { .. }));
        let transcript = section(ZKEY, 10).content + 64;
        assert!(zkey(&overwritten(ZKEY, transcript, &value.to_le_bytes())).is_err());
        let number = section(WTNS, 1).content + 36;
        let (section_number, _, fault) = located(values(&overwritten(WTNS, number, &value.to_le_bytes())));
        assert!(value == 11 || section_number == Some(2) && matches!(fault, Fault::SectionLength { .. }));
        for count in [0, 1, 2, 3, 6] {
            let at = section(R1CS, 1).content + 36 + 4 * count;
            if value >= 12 || count == 0 || count == 6 {
                assert!(
                    constraints(&overwritten(R1CS, at, &value.to_le_bytes())).is_err(),
                    "{count} {value}"
                );
            }
        }
        let first_row = section(R1CS, 2).content;
        if value > 0 {
            assert!(constraints(&overwritten(R1CS, first_row, &value.to_le_bytes())).is_err(), "{value}");
        }
    }
    // No variable at all, more inputs than variables, no power of two.
    let fault =
        |place: usize, value: u32| located(zkey(&overwritten(ZKEY, counts + place, &value.to_le_bytes()))).2;
    assert_eq!(fault(0, 0), Fault::Count { name: "variables", value: 0 });
    assert_eq!(fault(4, 11), Fault::Count { name: "public inputs", value: 11 });
    assert_eq!(fault(8, 24), Fault::Count { name: "domain elements", value: 24 });
    // Twice the domain, and the points for it: an honest key of this circuit has no such one.
    let h = section(ZKEY, 9);
    let twice = ZKEY[h.content..h.content + h.length].repeat(2);
    let bigger = with_section(&overwritten(ZKEY, counts + 8, &[32]), 9, &twice);
    assert_eq!(located(zkey(&bigger)), (Some(2), counts + 8, Fault::DomainSize { expected: 16, actual: 32 }));
}

#[test]
fn coefficients_are_checked() {
    let at = section(ZKEY, 4).content + 4;
    let entry = |number: usize| at + 44 * number;
    let refused = |offset: usize, with: &[u8]| located(zkey(&overwritten(ZKEY, offset, with)));
    assert_eq!(refused(entry(3), &[2]), (Some(4), entry(3), Fault::Matrix { actual: 2 }));
    assert_eq!(refused(entry(3) + 4, &[16]), (Some(4), entry(3), Fault::Row { row: 16 }));
    assert_eq!(refused(entry(3) + 8, &[11]), (Some(4), entry(3), Fault::Column { column: 11 }));
    assert_eq!(refused(entry(3) + 12, &[0; 32]), (Some(4), entry(3), Fault::ZeroCoefficient));
    assert_eq!(refused(entry(3) + 12, &[255; 32]), (Some(4), entry(3), Fault::NotCanonical));
    // The second of row 1 of A in place of the first.
    let twice = ZKEY[entry(1)..entry(2)].to_vec();
    assert_eq!(
        refused(entry(0), &twice),
        (Some(4), entry(1), Fault::RepeatedCoefficient { row: 1, column: 5 })
    );
    // The rows that bind the public inputs: another coefficient, another column, in B, one missing.
    for (offset, with) in [(12, 2_u8), (8, 5), (0, 1)] {
        let error = refused(entry(25) + offset, &[with]);
        assert_eq!(error, (Some(4), entry(25), Fault::PublicInputRow { row: 8 }));
    }
    let content = &ZKEY[at - 4..at + 27 * 44];
    let fewer = [&26_u32.to_le_bytes(), &content[4..4 + 25 * 44], &content[4 + 26 * 44..]].concat();
    assert_eq!(located(zkey(&with_section(ZKEY, 4, &fewer))).2, Fault::PublicInputRow { row: 9 });
    let none = with_section(ZKEY, 4, &0_u32.to_le_bytes());
    assert_eq!(located(zkey(&none)).2, Fault::PublicInputRow { row: 0 });
}

#[test]
fn points_are_checked() {
    let refused = |offset: usize, with: &[u8]| located(zkey(&overwritten(ZKEY, offset, with)));
    for (number, points, bytes) in
        [(3, 3, 64), (5, 11, 64), (6, 11, 64), (7, 11, 128), (8, 8, 64), (9, 16, 64)]
    {
        let at = section(ZKEY, number).content;
        for index in [0, points - 1] {
            let place = at + index * bytes;
            assert_eq!(refused(place, &[255; 32]), (Some(number), place, Fault::NotCanonical));
            let off_curve = refused(place, &[&[1; 1][..], &vec![0; bytes - 1]].concat());
            let cause = EncodingError::NotOnCurve;
            assert_eq!(off_curve, (Some(number), place, Fault::Point { index, cause }));
        }
    }
    // The identity is a variable that is not used; as IC it would leave an input unbound.
    let ic = section(ZKEY, 3).content + 64;
    let cause = EncodingError::Identity;
    assert_eq!(refused(ic, &[0; 64]), (Some(3), ic, Fault::Point { index: 1, cause }));
    let header = section(ZKEY, 2).content + 84;
    for (index, offset, bytes) in
        [(0, 0, 64), (1, 64, 64), (2, 128, 128), (3, 256, 128), (4, 384, 64), (5, 448, 128)]
    {
        let place = header + offset;
        let cause = EncodingError::Identity;
        assert_eq!(refused(place, &vec![0; bytes]), (Some(2), place, Fault::Point { index, cause }));
        assert_eq!(refused(place, &[255; 32]), (Some(2), place, Fault::NotCanonical));
    }
    // Another beta or delta in G1 than in G2.
    let other = &ZKEY[section(ZKEY, 5).content..][..64];
    for place in [header + 64, header + 384] {
        let (number, _, fault) = refused(place, other);
        assert!(number == Some(2) && matches!(fault, Fault::Key(_)), "{fault:?}");
    }
}

#[test]
fn points_of_the_twist_outside_the_subgroup_are_refused() {
    let outside = (1_u64..)
        .find_map(|x| {
            let x = Fq2::new(Fq::from(x), Fq::from(0));
            let y = (x * x * x + ark_bn254::g2::Config::COEFF_B).sqrt()?;
            let point = G2Affine::new_unchecked(x, y);
            (!point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
        })
        .unwrap();
    let form = [outside.x.c0, outside.x.c1, outside.y.c0, outside.y.c1].map(|coordinate| coordinate.0.0);
    let bytes: Vec<u8> = form.iter().flatten().flat_map(|limb| limb.to_le_bytes()).collect();
    let cause = EncodingError::NotInSubgroup;
    let header = section(ZKEY, 2).content + 84;
    let query = section(ZKEY, 7).content;
    for (number, at, index) in [
        (2, header + 128, 2),
        (2, header + 256, 3),
        (2, header + 448, 5),
        (7, query, 0),
        (7, query + 1280, 10),
    ] {
        let error = located(zkey(&overwritten(ZKEY, at, &bytes)));
        assert_eq!(error, (Some(number), at, Fault::Point { index, cause: cause.clone() }));
    }
}

#[test]
fn transcripts_have_their_form() {
    let at = section(ZKEY, 10).content + 68;
    let refused = |offset: usize, with: &[u8]| located(zkey(&overwritten(ZKEY, at + offset, with)));
    // Kind of the first, number of its first parameter, length of its name.
    for (offset, with) in [(384, 2), (392, 4), (392, 0), (393, 6)] {
        assert_eq!(refused(offset, &[with]), (Some(10), at, Fault::Contribution { index: 0 }));
    }
}

#[test]
fn values_are_checked() {
    let at = section(WTNS, 2).content;
    assert_eq!(located(values(&overwritten(WTNS, at, &[2]))), (Some(2), at, Fault::ConstantNotOne));
    let modulus = &WTNS[section(WTNS, 1).content + 4..][..32];
    for value in [modulus, &[255; 32]] {
        let error = located(values(&overwritten(WTNS, at + 96, value)));
        assert_eq!(error, (Some(2), at + 96, Fault::NotCanonical));
    }
}

#[test]
fn constraints_are_checked() {
    // Constraint 0 has no A, no B and three entries of C.
    let at = section(R1CS, 2).content + 12;
    let refused = |offset: usize, with: &[u8]| located(constraints(&overwritten(R1CS, at + offset, with)));
    assert_eq!(refused(36, &[11]), (Some(2), at + 36, Fault::Column { column: 11 }));
    assert_eq!(refused(40, &[0; 32]), (Some(2), at + 36, Fault::ZeroCoefficient));
    assert_eq!(refused(40, &[255; 32]), (Some(2), at + 36, Fault::NotCanonical));
    let column = u32::from(R1CS[at]);
    let error = refused(36, &column.to_le_bytes());
    assert_eq!(error, (Some(2), at, Fault::RepeatedCoefficient { row: 0, column }));
    // Entries of a row in another order are the same constraint.
    let entries = &R1CS[at..at + 108];
    let swapped = [&entries[72..], &entries[36..72], &entries[..36]].concat();
    let other = overwritten(R1CS, at, &swapped);
    assert_eq!(R1cs::from_bytes(&other), R1cs::from_bytes(R1CS));
    let labels = section(R1CS, 3).content;
    let error = located(constraints(&overwritten(R1CS, labels + 16, &[11])));
    assert_eq!(error, (Some(3), labels + 16, Fault::Label { label: 11 }));
    let gates = overwritten(R1CS, section(R1CS, 3).head, &[4]);
    assert_eq!(located(constraints(&gates)), (Some(4), labels, Fault::CustomGates));
}

#[test]
fn flipped_bytes_of_a_key_are_refused_or_written_back() {
    // What is accepted is another transcript, a lone coefficient or a public input's other order: it must then be kept.
    for at in (0..ZKEY.len()).step_by(3) {
        let changed = overwritten(ZKEY, at, &[ZKEY[at] ^ (1 << (at % 8))]);
        if let Ok(zkey) = Zkey::from_bytes(&changed) {
            let number = sections(ZKEY).iter().rev().find(|place| place.head <= at).unwrap().number;
            assert!(number == 4 || number == 10, "byte {at} in section {number}");
            assert_eq!(zkey.to_bytes(), changed, "byte {at}");
        }
    }
}

proptest! {
    #[test]
    fn mutated_files_never_panic_and_what_is_read_is_written_back(
        file in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<[u8; 4]>(), 1_usize..=4), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (format, bytes, read) = FORMATS[file];
        let mut bytes = bytes.to_vec();
        for (at, with, length) in changes {
            let at = at.index(bytes.len() - length);
            bytes[at..at + length].copy_from_slice(&with[..length]);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if read(&bytes).is_ok() {
            match format {
                Format::Zkey => prop_assert!(Zkey::from_bytes(&bytes).unwrap().to_bytes() == bytes),
                Format::Wtns => prop_assert!(*wtns::to_bytes(&wtns::from_bytes(&bytes).unwrap()) == bytes),
                _ => {}
            }
        }
    }

    #[test]
    fn arbitrary_sections_never_panic(
        file in 0_usize..3,
        contents in prop::collection::vec((0_u32..12, prop::collection::vec(any::<u8>(), 0..200)), 0..6),
    ) {
        let (format, whole, read) = FORMATS[file];
        let count = u32::try_from(contents.len()).unwrap().to_le_bytes();
        let mut bytes = [&whole[..8], &count].concat();
        for (number, content) in contents {
            bytes.extend_from_slice(&number.to_le_bytes());
            bytes.extend_from_slice(&u64::try_from(content.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(&content);
        }
        let _ = (format, read(&bytes));
    }
}
