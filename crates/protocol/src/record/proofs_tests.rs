#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::{
    secret_tests::{builder, ceremony, manifest},
    *,
};
use crate::{
    ballot::{BallotSize, BatchCommitment, BatchSize, PROOF_BYTES, SumDigest},
    tally::Tally,
    wire::DecodeError,
};
use alloc::{format, string::String, vec::Vec};
use tabella_primitives::{Fr, digest::Digest, encoding::EncodingError};

fn sum_proof(batch: u64) -> SumProof {
    SumProof {
        batch,
        ballots: BallotSize::Two,
        size: BatchSize::Small,
        verifying_key: Digest::from_bytes([3; 32]),
        commitment: BatchCommitment::from_field(Fr::from(4 + batch)),
        after: SumDigest::from_field(Fr::from(5 + batch)),
        proof: [6; PROOF_BYTES],
    }
}

fn tally_proof() -> TallyProof {
    TallyProof {
        ballots: BallotSize::Two,
        verifying_key: Digest::from_bytes([7; 32]),
        proof: [8; PROOF_BYTES],
    }
}

/// Manifest, close, ceremony, five packages, tally; then these proofs, and the end.
fn record(sums: &[SumProof], tally: Option<&TallyProof>) -> Vec<u8> {
    let ceremony = ceremony();
    let manifest = manifest(&ceremony);
    let mut bytes = Vec::new();
    let mut writer = RecordWriter::new(&mut bytes, &manifest).unwrap();
    writer.close(2).unwrap();
    writer.ceremony(&ceremony).unwrap();
    writer.tally(&Tally::not_opened(&manifest, 0)).unwrap();
    writer.sum_proofs(sums).unwrap();
    tally.iter().for_each(|proof| writer.tally_proof(proof).unwrap());
    writer.finish().unwrap();
    bytes
}

fn fault(bytes: &[u8]) -> Option<RecordError> {
    RecordReader::new(bytes).find_map(Result::err)
}

#[test]
fn proofs_are_written_and_read_between_the_result_and_the_end() {
    let sums = [sum_proof(0), sum_proof(1)];
    let bytes = record(&sums, Some(&tally_proof()));
    let entries: Vec<RecordEntry> =
        RecordReader::new(bytes.as_slice()).map(|linked| linked.unwrap().entry).collect();
    let expected: Vec<RecordEntry> = sums.iter().cloned().map(RecordEntry::SumProof).collect();
    assert_eq!(entries[9..11], expected);
    assert_eq!(entries[11], RecordEntry::TallyProof(tally_proof()));
    assert_eq!(entries.len(), 13);
    // Written later, the same bytes; the reader keeps the count of batches.
    let mut again = Vec::new();
    add_proofs(record(&[], None).as_slice(), &mut again, &sums, Some(&tally_proof())).unwrap();
    assert_eq!(again, bytes);
    let expected = RecordError::WrongBatch { entry: 9, expected: 0, actual: 1 };
    assert_eq!(fault(&record(&sums[1..], None)), Some(expected));
    let expected = RecordError::WrongBatch { entry: 10, expected: 1, actual: 0 };
    assert_eq!(fault(&record(&[sum_proof(0), sum_proof(0)], None)), Some(expected));
}

#[test]
fn proofs_have_one_place() {
    let error = |after, kind| Err(WriteError::OutOfOrder { after: Some(after), kind });
    let ceremony = ceremony();
    let secret = manifest(&ceremony);
    let mut writer = RecordWriter::new(Vec::new(), &secret).unwrap();
    writer.close(2).unwrap();
    writer.ceremony(&ceremony).unwrap();
    assert_eq!(writer.sum_proofs(&[sum_proof(0)]), error(EntryKind::Package, EntryKind::SumProof));
    assert_eq!(writer.tally_proof(&tally_proof()), error(EntryKind::Package, EntryKind::TallyProof));
    writer.tally(&Tally::not_opened(&secret, 0)).unwrap();
    writer.tally_proof(&tally_proof()).unwrap();
    assert_eq!(writer.tally_proof(&tally_proof()), error(EntryKind::TallyProof, EntryKind::TallyProof));
    assert_eq!(writer.sum_proofs(&[sum_proof(0)]), error(EntryKind::TallyProof, EntryKind::SumProof));
    // Open ballots are counted by everybody.
    let open = builder().build().unwrap();
    let mut file = Vec::new();
    let mut writer = RecordWriter::new(&mut file, &open).unwrap();
    writer.close(2).unwrap();
    writer.tally(&Tally::count(&open, []).unwrap()).unwrap();
    assert_eq!(writer.sum_proofs(&[sum_proof(0)]), error(EntryKind::Tally, EntryKind::SumProof));
    writer.finish().unwrap();
    let refused = add_proofs(file.as_slice(), Vec::new(), &[sum_proof(0)], None);
    let after = Some(EntryKind::Tally);
    let expected = WriteError::OutOfOrder { after, kind: EntryKind::SumProof };
    assert_eq!(refused, Err(AddProofsError::Write(expected)));
    // What is no whole record gets none.
    let cut = add_proofs(&file[..file.len() - 1], Vec::new(), &[], None);
    assert_eq!(cut, Err(AddProofsError::Read(RecordError::Truncated { entry: 3 })));
}

#[test]
fn every_value_of_a_proof_changes_the_link() {
    let election = manifest(&ceremony()).id();
    let good = sum_proof(1);
    let mut all: Vec<RecordEntry> = [
        good.clone(),
        SumProof { batch: 2, ..good.clone() },
        SumProof { ballots: BallotSize::Eight, ..good.clone() },
        SumProof { size: BatchSize::Large, ..good.clone() },
        SumProof { verifying_key: Digest::from_bytes([4; 32]), ..good.clone() },
        SumProof { commitment: BatchCommitment::from_field(Fr::from(9)), ..good.clone() },
        SumProof { after: SumDigest::from_field(Fr::from(9)), ..good.clone() },
        SumProof { proof: [7; PROOF_BYTES], ..good },
    ]
    .map(RecordEntry::SumProof)
    .into();
    let good = tally_proof();
    all.extend(
        [
            good.clone(),
            TallyProof { ballots: BallotSize::Eight, ..good.clone() },
            TallyProof { verifying_key: Digest::from_bytes([4; 32]), ..good.clone() },
            TallyProof { proof: [7; PROOF_BYTES], ..good },
        ]
        .map(RecordEntry::TallyProof),
    );
    let digests: Vec<Digest> = all.iter().map(|entry| entry.digest(&election)).collect();
    for (i, digest) in digests.iter().enumerate() {
        assert!(!digests[i + 1..].contains(digest), "{:?}", all[i]);
    }
}

#[test]
fn only_the_one_form_is_read() {
    let (sum, tally) = (sum_proof(0), tally_proof());
    assert_eq!(SumProof::from_json(sum.to_json().as_bytes()), Ok(sum.clone()));
    assert_eq!(TallyProof::from_json(tally.to_json().as_bytes()), Ok(tally.clone()));
    for ballots in BallotSize::ALL {
        for size in BatchSize::ALL {
            let proof = SumProof { ballots, size, ..sum.clone() };
            assert_eq!(SumProof::from_json(proof.to_json().as_bytes()), Ok(proof));
        }
    }
    let field = |field, error| DecodeError::Field { field, error };
    let name = |name: &str| DecodeError::UnknownCircuit { name: String::from(name) };
    let sums = |from: &str, to: &str| {
        let json = sum.to_json();
        assert!(json.contains(from), "{from}");
        SumProof::from_json(json.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    for (from, to, expected) in [
        ("sum-2-of-64-v1", "sum-2-of-64-v2", name("sum-2-of-64-v2")),
        ("sum-2-of-64-v1", "tally-2-v1", name("tally-2-v1")),
        ("\"commitment\":\"4\"", "\"commitment\":\"04\"", field("commitment", EncodingError::NotCanonical)),
        ("\"after\":\"5\"", "\"after\":\"+5\"", field("after", EncodingError::InvalidDigit { offset: 0 })),
        ("0606", "06", field("proof", EncodingError::Length { expected: 512, actual: 510 })),
        (
            "03\",\"comm",
            "0\",\"comm",
            field("verifying_key", EncodingError::Length { expected: 64, actual: 63 }),
        ),
    ] {
        assert_eq!(sums(from, to), expected, "{to}");
    }
    let other = DecodeError::WrongFormat { expected: SUM_PROOF_FORMAT, found: TALLY_PROOF_FORMAT.into() };
    assert_eq!(sums(SUM_PROOF_FORMAT, TALLY_PROOF_FORMAT), other);
    assert!(matches!(sums("{\"format\"", "{\"more\":1,\"format\""), DecodeError::Json { .. }));
    assert!(matches!(sums("\"batch\":0", "\"batch\":-1"), DecodeError::Json { .. }));
    let long = format!("{}{}", sum.to_json(), " ".repeat(MAX_AGGREGATE_PROOF_BYTES));
    assert!(matches!(SumProof::from_json(long.as_bytes()), Err(DecodeError::Oversized { .. })));
    let wrong = tally.to_json().replacen("tally-2-v1", "sum-2-of-64-v1", 1);
    assert_eq!(TallyProof::from_json(wrong.as_bytes()), Err(name("sum-2-of-64-v1")));
    // In a record not even a space.
    let bytes = record(&[sum], None);
    let text = core::str::from_utf8(&bytes).unwrap();
    let spaced =
        text.replacen("{\"format\":\"tabella-sum-proof-v1\",", "{\"format\": \"tabella-sum-proof-v1\",", 1);
    let error = EntryError::NotCanonical { kind: EntryKind::SumProof };
    assert_eq!(fault(spaced.as_bytes()), Some(RecordError::Malformed { entry: 9, error }));
}
