//! Lists of commitments as registrars get them: every malformation has its line and its error, and imports nothing.

use super::{super::*, commitment, commitments};
use alloc::{format, string::String, vec, vec::Vec};
use proptest::prelude::*;
use std::io::{self, ErrorKind, Read};
use tabella_primitives::encoding::EncodingError;

const MODULUS: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

fn csv(text: impl AsRef<[u8]>) -> Result<Vec<u64>, (u64, ImportCause)> {
    imported(CsvCommitments::new(text.as_ref()))
}

fn json(text: impl AsRef<[u8]>) -> Result<Vec<u64>, (u64, ImportCause)> {
    imported(JsonLinesCommitments::new(text.as_ref()))
}

/// Imports into a registry that holds 777 already; answers the lines of what came in.
fn imported(
    list: impl Iterator<Item = Result<ImportedCommitment, ImportError>>,
) -> Result<Vec<u64>, (u64, ImportCause)> {
    let mut registry = Registry::new();
    registry.append(commitment(777)).unwrap();
    let before = registry.clone();
    let entries: Vec<_> = list.collect();
    match registry.import(entries.clone()) {
        Ok(count) => {
            assert_eq!(count, entries.len() as u64);
            Ok(entries.into_iter().map(|entry| entry.unwrap().line).collect())
        }
        Err(error) => {
            assert_eq!(registry, before);
            Err((error.line, error.cause))
        }
    }
}

#[test]
fn good_csv_in_every_dress() {
    for (text, lines) in [
        ("1\n2\n3\n", vec![1, 2, 3]),
        ("1\n2\n3", vec![1, 2, 3]),
        ("1\r\n2\r\n3\r\n", vec![1, 2, 3]),
        ("\u{feff}1\r\n2", vec![1, 2]),
        ("\n\n1\n\n2\r\n\r\n", vec![3, 5]),
        ("commitment\n1\n2\n", vec![2, 3]),
        ("\u{feff}identity_commitment\r\n1", vec![2]),
        ("\"commitment\"\n\"1\"\n", vec![2]),
        (
            "id,commitment,name\n7,1,\"Doe, Jane \"\"J\"\"\"\n8,2,\u{202e}\u{5d0}\u{1f5f3}\n9,3,\n",
            vec![2, 3, 4],
        ),
    ] {
        assert_eq!(csv(text), Ok(lines), "{text:?}");
    }
}

#[test]
fn bad_csv_names_its_line() {
    let digit = |offset| ImportCause::Encoding(EncodingError::InvalidDigit { offset });
    let not_canonical = ImportCause::Encoding(EncodingError::NotCanonical);
    let empty = ImportCause::Encoding(EncodingError::Length { expected: 1, actual: 0 });
    for (text, line, cause) in [
        ("", 1, ImportCause::Empty),
        ("\n\n", 1, ImportCause::Empty),
        ("commitment\n", 1, ImportCause::Empty),
        ("1\n0\n", 2, ImportCause::Zero),
        ("1\n2\n1\n", 3, ImportCause::Repeated { line: 1 }),
        ("commitment\n\n5\n\n6\n5\n", 6, ImportCause::Repeated { line: 3 }),
        ("1\n777\n", 2, ImportCause::Registered { index: 0 }),
        (&format!("1\n{MODULUS}\n"), 2, not_canonical.clone()),
        ("1\n02\n", 2, not_canonical.clone()),
        (&format!("1\n{}\n", "9".repeat(4000)), 2, not_canonical),
        ("1\n0x02\n", 2, ImportCause::Hexadecimal),
        ("1\n 2\n", 2, digit(0)),
        ("1\n2 \n", 2, digit(1)),
        ("1\n+2\n", 2, digit(0)),
        ("1\n2\r3\n", 2, digit(1)),
        ("1\n\u{feff}2\n", 2, digit(0)),
        ("1\n2\u{200b}\n", 2, digit(1)),
        ("1\n\u{664}\n", 2, digit(0)),
        ("1\n\u{ff11}\n", 2, digit(0)),
        ("\u{feff}\u{feff}1\n", 1, digit(0)),
        ("1\n2,3\n", 2, ImportCause::Columns { expected: 1, actual: 2 }),
        ("a,commitment\n1\n", 2, ImportCause::Columns { expected: 2, actual: 1 }),
        ("a,commitment\n1,\n", 2, empty),
        ("1,2\n", 1, ImportCause::NoCommitmentColumn),
        ("Commitment,name\n1,2\n", 1, ImportCause::NoCommitmentColumn),
        ("name;commitment\n", 1, digit(0)),
        ("commitment,identity_commitment\n1,2\n", 1, ImportCause::TwoCommitmentColumns),
        ("1\n\"2\n", 2, ImportCause::Quotes),
        ("1\n\"2\"3\n", 2, ImportCause::Quotes),
        ("1\n2\"\n", 2, ImportCause::Quotes),
    ] {
        assert_eq!(csv(text), Err((line, cause)), "{text:?}");
    }
    assert_eq!(csv(b"1\n\xff2\n"), Err((2, ImportCause::NotUtf8)));
    // UTF-16, as spreadsheets write it.
    assert_eq!(csv(b"\xff\xfe1\0\n\0"), Err((1, ImportCause::NotUtf8)));
}

#[test]
fn json_lines_are_strict() {
    assert_eq!(json("\"1\"\n{\"commitment\":\"2\"}\r\n\n"), Ok(vec![1, 2]));
    assert_eq!(json("\u{feff}\"1\"\n{ \"commitment\" : \"2\" }"), Ok(vec![1, 2]));
    for (text, cause) in [
        ("\"0\"", ImportCause::Zero),
        ("\"1\"", ImportCause::Repeated { line: 1 }),
        ("{\"commitment\":\"777\"}", ImportCause::Registered { index: 0 }),
        ("\"0x01\"", ImportCause::Hexadecimal),
        ("\"\"", ImportCause::Encoding(EncodingError::Length { expected: 1, actual: 0 })),
        (&*format!("\"{MODULUS}\""), ImportCause::Encoding(EncodingError::NotCanonical)),
    ] {
        assert_eq!(json(format!("\"1\"\n{text}\n")), Err((2, cause)), "{text}");
    }
    for text in [
        "2",
        "null",
        "[\"2\"]",
        "\"2\" \"3\"",
        "\"2",
        "\"\\u0032\"",
        "{}",
        "{\"commitment\":2}",
        "{\"commitment\":\"2\",\"name\":\"x\"}",
        "{\"commitment\":\"2\",\"commitment\":\"3\"}",
        "{\"Commitment\":\"2\"}",
        "{\"commitment\":\"2\"}}",
        "'2'",
    ] {
        let answer = json(format!("\"1\"\n{text}\n"));
        assert!(matches!(answer, Err((2, ImportCause::Json { .. }))), "{text}: {answer:?}");
    }
}

/// Gives one byte again and again, and counts.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'1');
        self.0 += buffer.len() as u64;
        Ok(buffer.len())
    }
}

#[test]
fn an_endless_line_is_refused_after_a_few_kilobytes() {
    let mut source = Endless(0);
    let first = CsvCommitments::new(&mut source).next();
    assert_eq!(first, Some(Err(ImportError { line: 1, cause: ImportCause::TooLong })));
    assert!(source.0 <= 16 * 1024, "{} bytes read", source.0);
    let longest = |extra: usize| format!("name,commitment\n{},1\n", "x".repeat(MAX_LINE_LENGTH - 2 + extra));
    assert_eq!(csv(longest(0)), Ok(vec![2]));
    assert_eq!(csv(longest(0).replace('\n', "\r\n")), Ok(vec![2]));
    assert_eq!(csv(longest(1)), Err((2, ImportCause::TooLong)));
}

#[test]
fn a_reader_that_fails_names_the_line() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(ErrorKind::ConnectionReset.into())
        }
    }
    let mut list = CsvCommitments::new(b"1\n2\n".chain(Fails));
    assert_eq!(list.next().unwrap().unwrap().line, 1);
    assert_eq!(list.next().unwrap().unwrap().line, 2);
    let cause = ImportCause::Io(ErrorKind::ConnectionReset);
    assert_eq!(list.next(), Some(Err(ImportError { line: 3, cause })));
    assert_eq!(list.next(), None);
}

#[test]
fn the_order_of_the_lines_is_the_order_of_the_slots() {
    let mut forth = Registry::new();
    forth.import(CsvCommitments::new(&b"1\n2\n3\n"[..])).unwrap();
    let mut back = Registry::new();
    back.import(CsvCommitments::new(&b"3\n2\n1\n"[..])).unwrap();
    assert_ne!(forth.root(), back.root());
    let mut batch = Registry::new();
    batch.append_batch(&commitments([3, 2, 1])).unwrap();
    assert_eq!(back, batch);
}

#[test]
fn a_double_far_down_a_long_list_is_found() {
    let mut text: String = (1..=20_000u64).map(|value| format!("{value}\r\n")).collect();
    text.push_str("15000");
    let error = ImportError { line: 20_001, cause: ImportCause::Repeated { line: 15_000 } };
    assert_eq!(Registry::new().import(CsvCommitments::new(text.as_bytes())), Err(error.clone()));
    assert_eq!(
        alloc::string::ToString::to_string(&error),
        "line 20001: the same commitment as on line 15000"
    );
}

proptest! {
    #[test]
    fn whatever_the_bytes_there_is_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = csv(&bytes);
        let _ = json(&bytes);
    }

    #[test]
    fn near_misses_have_an_answer(text in "(1|2|0|,|\"|\n|\r|commitment|\\{|\\}|:){0,40}") {
        let _ = csv(&text);
        let _ = json(&text);
    }
}
