#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

pub(super) use super::tests::builder;
use super::*;
use crate::{
    election::{Manifest, SecretBallots},
    tally::Tally,
    trustee::{
        CeremonyParameters, CeremonyRecord, MAX_CEREMONY_PACKAGES, OpeningPolicy, Package, TrusteeSecret,
        hold_in_memory,
    },
};
use alloc::vec::Vec;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tabella_primitives::Fr;

/// One trustee, two keys.
pub(super) fn ceremony() -> CeremonyRecord {
    let rng = &mut ChaCha20Rng::from_seed([1; 32]);
    let me = TrusteeSecret::from_seed(&[2; 32]);
    let parameters = CeremonyParameters::new([3; 32], 1, 2, alloc::vec![*me.keys()]).unwrap();
    hold_in_memory(parameters, core::slice::from_ref(&me), rng, |_, packages| packages).unwrap().record()
}

pub(super) fn manifest(ceremony: &CeremonyRecord) -> Manifest {
    let ceremony = ceremony.verify().unwrap();
    builder().secret(SecretBallots::new(&ceremony, OpeningPolicy::new(2).unwrap())).build().unwrap()
}

/// A closed box without ballots, then the ceremony.
fn unopened(ceremony: &CeremonyRecord) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = RecordWriter::new(&mut bytes, &manifest(ceremony)).unwrap();
    writer.close(2).unwrap();
    writer.weighted_registry(&[(Fr::from(5), 3), (Fr::from(0), 0)]).unwrap();
    writer.ceremony(ceremony).unwrap();
    writer.pause().unwrap();
    bytes
}

#[test]
fn what_is_written_is_read_and_continued() {
    let ceremony = ceremony();
    let bytes = unopened(&ceremony);
    let entries: Vec<LinkedEntry> =
        RecordReader::unopened(bytes.as_slice()).collect::<Result<_, _>>().unwrap();
    let kinds: Vec<EntryKind> = entries.iter().map(|linked| linked.entry.kind()).collect();
    use EntryKind::{Ceremony, Close, Manifest, Package, Registry};
    assert_eq!(kinds, [Manifest, Close, Registry, Ceremony, Package, Package, Package, Package, Package]);
    let packages: Vec<_> = entries
        .iter()
        .filter_map(|linked| match &linked.entry {
            RecordEntry::Package(package) => Some(package.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(CeremonyRecord::from_packages(ceremony.parameters().clone(), packages), ceremony);
    let RecordEntry::Registry(part) = &entries[2].entry else { panic!("{:?}", entries[2]) };
    assert_eq!(
        (part.leaves.as_slice(), part.weights.as_slice()),
        (&[Fr::from(5), Fr::from(0)][..], &[3, 0][..])
    );
    // As a whole record it is cut off; and the part that trustees get ends in its ceremony alone.
    let cut = RecordReader::new(bytes.as_slice()).find_map(Result::err);
    assert_eq!(cut, Some(RecordError::Truncated { entry: 9 }));
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let until_close: usize = lines.take(2).map(<[u8]>::len).sum();
    let cut = RecordReader::unopened(&bytes[..until_close]).find_map(Result::err);
    assert_eq!(cut, Some(RecordError::Truncated { entry: 2 }));
}

#[test]
fn a_record_that_was_paused_goes_on_where_it_ended() {
    let ceremony = ceremony();
    let bytes = unopened(&ceremony);
    let tally = Tally::not_opened(&manifest(&ceremony), 0);
    let mut whole = Vec::new();
    let mut writer = RecordWriter::new(&mut whole, &manifest(&ceremony)).unwrap();
    writer.close(2).unwrap();
    writer.weighted_registry(&[(Fr::from(5), 3), (Fr::from(0), 0)]).unwrap();
    writer.ceremony(&ceremony).unwrap();
    writer.tally(&tally).unwrap();
    let digest = writer.finish().unwrap();
    let mut resumed = Vec::new();
    let mut writer = RecordWriter::resume(&mut resumed, bytes.as_slice()).unwrap();
    writer.tally(&tally).unwrap();
    assert_eq!(writer.finish().unwrap(), digest);
    assert_eq!(resumed, whole);
    // A whole record is none that waits to be continued, nor is one that was cut.
    let resume = |bytes: &[u8]| RecordWriter::resume(Vec::new(), bytes).map(drop);
    let truncated = |entry| Err(ResumeError::Read(RecordError::Truncated { entry }));
    assert_eq!(resume(&whole), truncated(11));
    assert_eq!(resume(&bytes[..bytes.len() - 1]), truncated(8));
    assert_eq!(resume(b""), truncated(0));
}

#[test]
fn each_kind_of_election_has_its_order() {
    let ceremony = ceremony();
    let error = |after, kind| WriteError::OutOfOrder { after: Some(after), kind };
    // An election with open ballots has no ceremony.
    let open = builder().build().unwrap();
    let mut writer = RecordWriter::new(Vec::new(), &open).unwrap();
    writer.close(2).unwrap();
    assert_eq!(writer.ceremony(&ceremony), Err(error(EntryKind::Close, EntryKind::Ceremony)));
    assert_eq!(writer.pause(), Err(error(EntryKind::Close, EntryKind::Share)));
    // One with secret ballots has one before its result, and shares after it only.
    let secret = manifest(&ceremony);
    let mut writer = RecordWriter::new(Vec::new(), &secret).unwrap();
    writer.close(2).unwrap();
    let tally = Tally::not_opened(&secret, 0);
    assert_eq!(writer.tally(&tally), Err(error(EntryKind::Close, EntryKind::Tally)));
    let share = ceremony.packages()[..1].to_vec();
    assert_eq!(writer.shares(&share), Err(error(EntryKind::Close, EntryKind::Share)));
    writer.ceremony(&ceremony).unwrap();
    assert_eq!(writer.registry_leaves(&[Fr::from(1)]), Err(error(EntryKind::Package, EntryKind::Registry)));
    writer.tally(&tally).unwrap();
    assert_eq!(writer.shares(&share), Err(error(EntryKind::Tally, EntryKind::Share)));
    writer.finish().unwrap();
    // A reader keeps the same order: the ceremony's lines under an open election's manifest.
    let bytes = unopened(&ceremony);
    let text = core::str::from_utf8(&bytes).unwrap();
    let ceremony_line = text.lines().find(|line| line.contains("\"kind\":\"ceremony\"")).unwrap();
    let mut file = Vec::new();
    let mut writer = RecordWriter::new(&mut file, &open).unwrap();
    writer.close(2).unwrap();
    file.extend_from_slice(ceremony_line.replacen("\"entry\":3", "\"entry\":2", 1).as_bytes());
    file.push(b'\n');
    let refused = RecordReader::new(file.as_slice()).find_map(Result::err);
    let after = Some(EntryKind::Close);
    assert_eq!(refused, Some(RecordError::OutOfOrder { entry: 2, after, kind: EntryKind::Ceremony }));
}

#[test]
fn a_record_holds_as_many_packages_as_a_ceremony_can_have() {
    let honest = ceremony();
    // Packages that nobody signed, all different: a reader does not look at signatures.
    let bytes = honest.packages()[0].to_bytes();
    let flood: Vec<Package> = (0..=u8::try_from(MAX_CEREMONY_PACKAGES).unwrap())
        .map(|number| {
            let mut bytes = bytes.clone();
            bytes[36] = number;
            Package::from_bytes(&bytes).unwrap()
        })
        .collect();
    let read = |count: usize| {
        let flood = CeremonyRecord::from_packages(honest.parameters().clone(), flood[..count].to_vec());
        let mut file = Vec::new();
        let mut writer = RecordWriter::new(&mut file, &manifest(&honest)).unwrap();
        writer.close(2).unwrap();
        writer.ceremony(&flood).unwrap();
        writer.pause().unwrap();
        RecordReader::unopened(file.as_slice()).find_map(Result::err)
    };
    assert_eq!(read(MAX_CEREMONY_PACKAGES), None);
    let entry = 3 + u64::try_from(MAX_CEREMONY_PACKAGES).unwrap();
    assert_eq!(read(MAX_CEREMONY_PACKAGES + 1), Some(RecordError::TooManyPackages { entry }));
}

#[test]
fn packages_stand_once_and_in_order() {
    let honest = ceremony();
    let mut file = Vec::new();
    let mut writer = RecordWriter::new(&mut file, &manifest(&honest)).unwrap();
    writer.close(2).unwrap();
    writer.ceremony(&honest).unwrap();
    // A share that is a package of the ceremony comes too late in the order.
    writer.shares(&honest.packages()[4..]).unwrap();
    let refused = RecordReader::unopened(file.as_slice()).find_map(Result::err);
    assert_eq!(refused, Some(RecordError::PackageOrder { entry: 8 }));
}
