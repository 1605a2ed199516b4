//! Proofs of sum and tally, and trustees' parts in the latter.

use crate::texts::survives;
use tabella_primitives::{Fr, digest::Digest};
use tabella_protocol::{
    ballot::{BallotSize, BatchCommitment, BatchSize, PROOF_BYTES, SumDigest},
    record::{SumProof, TallyProof},
    trustee::{TALLY_SHARE_FORMAT, TallyShare},
};

/// A proof that a batch of ballots was added.
#[must_use]
pub fn sum_proof_json(data: &[u8]) -> bool {
    survives(data, |text| SumProof::from_json(text.as_bytes()), SumProof::to_json)
}

/// A proof that a sum opens to the numbers of a tally.
#[must_use]
pub fn tally_proof_json(data: &[u8]) -> bool {
    survives(data, |text| TallyProof::from_json(text.as_bytes()), TallyProof::to_json)
}

/// A trustee's part in such a proof.
#[must_use]
pub fn tally_share_json(data: &[u8]) -> bool {
    survives(data, |text| TallyShare::from_json(text.as_bytes()), TallyShare::to_json)
}

/// Inputs that these targets accept; none for another target.
pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let verifying_key = Digest::from_bytes([3; 32]);
    match target {
        "sum_proof_json" => [(BallotSize::Two, BatchSize::Small), (BallotSize::Eight, BatchSize::Large)]
            .into_iter()
            .map(|(ballots, size)| SumProof {
                batch: 7,
                ballots,
                size,
                verifying_key,
                commitment: BatchCommitment::from_field(Fr::from(4)),
                after: SumDigest::from_field(Fr::from(5)),
                proof: [6; PROOF_BYTES],
            })
            .map(|proof| proof.to_json().into_bytes())
            .collect(),
        "tally_proof_json" => BallotSize::ALL
            .into_iter()
            .map(|ballots| TallyProof { ballots, verifying_key, proof: [6; PROOF_BYTES] })
            .map(|proof| proof.to_json().into_bytes())
            .collect(),
        "tally_share_json" => {
            let proof = format!("{}{}", "ab".repeat(16), "01".repeat(32));
            vec![
                format!("{{\"format\":\"{TALLY_SHARE_FORMAT}\",\"trustee\":9,\"proof\":\"{proof}\"}}")
                    .into_bytes(),
            ]
        }
        _ => Vec::new(),
    }
}
