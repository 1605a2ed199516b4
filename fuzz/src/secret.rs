//! Secret ballots, their elections, and openings.

use crate::texts::survives;
use tabella_primitives::{
    Fr,
    digest::Digest,
    edwards::{Point, Scalar},
    elgamal::{EncryptionKey, Randomness},
};
use tabella_protocol::{
    ballot::{BallotWitness, ChallengedBallot, Opening, PROOF_BYTES, SecretBallot},
    election::{FrozenRegistry, Manifest, SecretBallots, Weighting, Window},
    identity::IdentitySecret,
    registry::MembershipPath,
    trustee::OpeningPolicy,
};

/// The opening of a challenged ballot.
#[must_use]
pub fn ballot_opening_json(data: &[u8]) -> bool {
    survives(data, |text| Opening::from_json(text.as_bytes()).map(|opening| opening.to_json()), String::clone)
}

/// A challenged ballot with its opening.
#[must_use]
pub fn challenged_ballot_json(data: &[u8]) -> bool {
    survives(
        data,
        |text| ChallengedBallot::from_json(text.as_bytes()).map(|challenged| challenged.to_json()),
        String::clone,
    )
}

/// Inputs that a target accepts beside others; none for another target.
pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let witness = BallotWitness {
        secret: IdentitySecret::from_scalar(Scalar::from(42u64)),
        weight: 1,
        path: MembershipPath::from_parts(0, vec![Fr::from(5u64)]).expect("a path of depth 1"),
        votes: vec![0, 1].into(),
        randomness: Randomness::from_scalar(Scalar::from(7u64)).expect("not zero"),
    };
    let points = (2u64..4).map(|secret| Point::mul_base(&Scalar::from(secret))).collect();
    let manifest = Manifest::builder("Assembly", "Shall we meet?")
        .options(["Yes", "No"])
        .window(Window { opens_at: 1_800_000_000, closes_at: 1_800_003_600 })
        .registry(FrozenRegistry::new(witness.path.root(&witness.secret.commitment()), 2))
        .insecure_development_key(Digest::from_bytes([2; 32]))
        .nonce([3; 32])
        .secret(SecretBallots {
            weighting: Weighting::Plain,
            policy: OpeningPolicy::new(2).expect("two are enough"),
            key: EncryptionKey::new(points).expect("two keys"),
            ceremony: Digest::from_bytes([4; 32]),
        })
        .build()
        .expect("the manifest keeps all rules");
    let sealed =
        manifest.sealed().expect("the ballots are secret").seal(&witness).expect("the rules allow it");
    let challenged = ChallengedBallot { sealed: sealed.clone(), opening: Opening::of(&witness) };
    let ballot = SecretBallot::new(&manifest, sealed, [4; PROOF_BYTES]).expect("a ballot of the election");
    match target {
        "ballot_bytes" => vec![ballot.to_bytes()],
        "ballot_json" => vec![ballot.to_json().into_bytes()],
        "election_manifest_json" => vec![manifest.to_json().into_bytes()],
        "ballot_opening_json" => vec![Opening::of(&witness).to_json().into_bytes()],
        "challenged_ballot_json" => vec![challenged.to_json().into_bytes()],
        _ => Vec::new(),
    }
}
