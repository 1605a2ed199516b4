#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::{
    ballot::{BallotStatement, CastBallot, PROOF_BYTES, Selection},
    election::{FrozenRegistry, Manifest, ManifestBuilder, Window},
    registry::RegistryRoot,
    statement::Nullifier,
    tally::Tally,
    wire::DecodeError,
};
use proptest::prelude::*;
use tabella_primitives::{Fr, digest::Digest};

pub(super) fn builder() -> ManifestBuilder {
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park"])
        .window(Window { opens_at: 1, closes_at: 2 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
}

fn manifest() -> Manifest {
    builder().build().unwrap()
}

fn ballot(voter: u64) -> CastBallot {
    let m = manifest();
    let selection = Selection::from_indices(&m, [u16::try_from(voter % 2).unwrap()]).unwrap();
    let nullifier = Nullifier::from_field(Fr::from(1 + voter));
    BallotStatement::new(&m, nullifier, selection).unwrap().into_ballot([7; PROOF_BYTES]).into()
}

/// A whole record: manifest, three ballots, close, two registry entries, tally, end.
fn record() -> String {
    let m = manifest();
    let mut bytes = Vec::new();
    let mut writer = RecordWriter::new(&mut bytes, &m).unwrap();
    let ballots: Vec<CastBallot> = (0..3).map(ballot).collect();
    let mut link = Link::after_manifest(&m);
    for (index, ballot) in (0..).zip(&ballots) {
        link = link.after_ballot(index, &ballot.digest(), ballot.proof());
        assert_eq!(writer.ballot(ballot), Ok(link), "the box's chain is the record's");
    }
    assert_eq!(writer.close(5), Ok(Closing { ballots: 3, head: link, closed_at: 5 }));
    writer.registry_leaves(&(0..1030u64).map(Fr::from).collect::<Vec<_>>()).unwrap();
    writer
        .tally(&Tally::count(&m, ballots.iter().map(|ballot| ballot.open().unwrap().selection())).unwrap())
        .unwrap();
    writer.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<LinkedEntry>, RecordError> {
    RecordReader::new(bytes).collect()
}

fn lines(record: &str) -> Vec<String> {
    record.lines().map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_is_written_is_read() {
    let record = record();
    let entries = read(record.as_bytes()).unwrap();
    use EntryKind::{Ballot, Close, End, Manifest, Registry, Tally};
    let kinds: Vec<EntryKind> = entries.iter().map(|linked| linked.entry.kind()).collect();
    assert_eq!(kinds, [Manifest, Ballot, Ballot, Ballot, Close, Registry, Registry, Tally, End]);
    assert_eq!(entries[0].entry, RecordEntry::Manifest(manifest()));
    assert_eq!(entries[2].entry, RecordEntry::Ballot { index: 1, ballot: ballot(1) });
    let RecordEntry::End { entries: count, digest } = &entries[8].entry else { panic!() };
    assert_eq!((*count, *digest), (8, record_digest(&manifest().id(), 8, &entries[7].link)));
}

#[test]
fn a_record_cut_anywhere_is_refused() {
    let record = record();
    let short: Vec<String> =
        lines(&record).into_iter().filter(|line| !line.contains("registry\",")).collect();
    let mut at = 0;
    for (entry, line) in (0..).zip(lines(&record)) {
        for cut in [0, 1, line.len() / 2, line.len() - 1] {
            let expected = RecordError::Truncated { entry };
            assert_eq!(read(&record.as_bytes()[..at + cut]), Err(expected), "entry {entry}, byte {cut}");
        }
        at += line.len();
    }
    assert!(read(short.concat().as_bytes()).is_err());
}

#[test]
fn data_after_the_end_is_refused() {
    for more in ["\n", " ", "{}\n", "x"] {
        let trailing = format!("{}{more}", record());
        assert_eq!(read(trailing.as_bytes()), Err(RecordError::TrailingData { entries: 9 }));
    }
    let twice = format!("{0}{0}", record());
    assert_eq!(read(twice.as_bytes()), Err(RecordError::TrailingData { entries: 9 }));
}

#[test]
fn an_endless_line_is_refused_without_being_read() {
    struct Endless(u64);
    impl std::io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b'x');
            self.0 += u64::try_from(buffer.len()).unwrap();
            assert!(self.0 < 1 << 20, "reads on and on");
            Ok(buffer.len())
        }
    }
    let mut reader = RecordReader::new(std::io::BufReader::new(Endless(0)));
    let oversized = RecordError::Oversized { entry: 0, limit: MAX_LINE_BYTES };
    assert_eq!(reader.next_entry(), Err(oversized));
    assert_eq!(reader.next_entry(), Err(RecordError::AlreadyFailed));
    assert!(reader.next().is_none());
}

#[test]
fn moved_dropped_and_doubled_entries_are_refused() {
    let lines = lines(&record());
    let with = |order: &[usize]| order.iter().map(|i| lines[*i].as_str()).collect::<String>();
    for (order, expected) in [
        (&[0, 2, 1, 3, 4, 7, 8][..], RecordError::WrongNumber { entry: 1, actual: 2 }),
        (&[0, 1, 3, 4, 7, 8], RecordError::WrongNumber { entry: 2, actual: 3 }),
        (&[0, 1, 1, 2, 3], RecordError::WrongNumber { entry: 2, actual: 1 }),
        (&[1, 2, 3], RecordError::WrongNumber { entry: 0, actual: 1 }),
    ] {
        assert_eq!(read(with(order).as_bytes()), Err(expected), "{order:?}");
    }
    // Renumbered by someone who does not recompute the chain.
    let renumbered =
        [&lines[0], &lines[2].replace("\"entry\":2", "\"entry\":1")].map(String::as_str).concat();
    assert!(matches!(read(renumbered.as_bytes()), Err(RecordError::BrokenLink { entry: 1, .. })));
    let misplaced = lines[7].replace("\"entry\":7", "\"entry\":0");
    let expected = RecordError::OutOfOrder { entry: 0, after: None, kind: EntryKind::Tally };
    assert_eq!(read(misplaced.as_bytes()), Err(expected));
}

#[test]
fn only_the_canonical_form_is_read() {
    let record = record();
    let replaced = |from: &str, to: &str| {
        let bad = record.replacen(from, to, 1);
        assert_ne!(bad, record, "{from}");
        read(bad.as_bytes()).unwrap_err()
    };
    let not_canonical =
        |kind, entry| RecordError::Malformed { entry, error: EntryError::NotCanonical { kind } };
    assert_eq!(
        replaced("\"title\":\"Lunch\"", "\"title\": \"Lunch\""),
        not_canonical(EntryKind::Manifest, 0)
    );
    assert_eq!(replaced("\"Lunch\"", "\"L\\u0075nch\""), not_canonical(EntryKind::Manifest, 0));
    assert_eq!(replaced("\"index\":0,", "\"index\":0 ,"), not_canonical(EntryKind::Ballot, 1));
    let frame = |entry, expected| RecordError::Malformed { entry, error: EntryError::Frame { expected } };
    assert_eq!(replaced("\"entry\":1,", "\"entry\":01,"), frame(1, "the number of the entry"));
    assert_eq!(replaced("\"entry\":1,", "\"entry\":+1,"), frame(1, "the number of the entry"));
    assert_eq!(replaced("{\"entry\":1,", " {\"entry\":1,"), frame(1, "{\"entry\":"));
    let unknown = EntryError::UnknownKind { name: "vote".to_owned() };
    assert_eq!(
        replaced("\"kind\":\"ballot\"", "\"kind\":\"vote\""),
        RecordError::Malformed { entry: 1, error: unknown }
    );
    let version = EntryError::Body {
        kind: EntryKind::Manifest,
        error: DecodeError::WrongFormat {
            expected: RECORD_FORMAT,
            found: "tabella-election-record-v2".to_owned(),
        },
    };
    assert_eq!(replaced("-record-v1", "-record-v2"), RecordError::Malformed { entry: 0, error: version });
}

#[test]
fn the_writer_keeps_the_order() {
    let m = manifest();
    let mut writer = RecordWriter::new(Vec::new(), &m).unwrap();
    let error = |after, kind| WriteError::OutOfOrder { after: Some(after), kind };
    assert_eq!(writer.registry_leaves(&[Fr::from(1)]), Err(error(EntryKind::Manifest, EntryKind::Registry)));
    writer.close(2).unwrap();
    assert_eq!(writer.ballot(&ballot(1)), Err(error(EntryKind::Close, EntryKind::Ballot)));
    assert_eq!(writer.close(2), Err(error(EntryKind::Close, EntryKind::Close)));
    assert_eq!(writer.finish(), Err(error(EntryKind::Close, EntryKind::End)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn no_byte_can_change_unnoticed(position in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = record().into_bytes();
        let position = position.index(bytes.len());
        prop_assume!(bytes[position] != byte);
        bytes[position] = byte;
        prop_assert!(read(&bytes).is_err(), "byte {}", position);
    }
}
