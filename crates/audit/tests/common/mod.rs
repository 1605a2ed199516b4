//! A small election whose record the tests spoil.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by several test binaries, none of which uses all of it"
)]

pub(crate) mod lines;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::LazyLock;
use tabella_audit::{AuditOptions, AuditReport, Fault, ProofChecks, TrustedKey, audit, quietly};
use tabella_primitives::{Fr, digest::Digest, instance::PublicInputs};
use tabella_protocol::{
    ballot::{BallotStatement, OpenBallot, Selection},
    election::{FrozenRegistry, KeyProvenance, Manifest, ManifestBuilder, Rules, Window},
    record::{Link, RecordWriter},
    registry::{LeanImt, RegistryRoot},
    statement::{CircuitId, Nullifier},
    tally::Tally,
};
use tabella_verifier::testing::ForgingKey;

pub(crate) const OPENS_AT: u64 = 1_700_000_000;
pub(crate) const CLOSES_AT: u64 = 1_700_003_600;

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([5; 32])
}

/// The secrets of the one verifying key, so that ballots need no prover.
pub(crate) static SECRETS: LazyLock<ForgingKey> = LazyLock::new(|| ForgingKey::generate(4, &mut rng()));

/// Eleven places; the citizen in place 3 was removed.
pub(crate) fn leaves() -> Vec<Fr> {
    (0..11).map(|place| if place == 3 { Fr::from(0) } else { Fr::from(1000 + place) }).collect()
}

pub(crate) fn root_of(leaves: &[Fr]) -> RegistryRoot {
    let mut tree = LeanImt::new();
    tree.insert_many(leaves).unwrap();
    RegistryRoot::from_field(tree.root())
}

pub(crate) fn builder() -> ManifestBuilder {
    let leaves = leaves();
    Manifest::builder("Lunch", "Where do we eat?")
        .description("Twice a week.\nBring a friend.")
        .options(["Canteen", "Park", "Roof"])
        .rules(Rules::approval(1, 2))
        .window(Window { opens_at: OPENS_AT, closes_at: CLOSES_AT })
        .registry(FrozenRegistry::new(root_of(&leaves), 11))
        .insecure_development_key(SECRETS.verifying_key().digest())
        .nonce([1; 32])
}

pub(crate) fn manifest() -> Manifest {
    builder().build().unwrap()
}

/// A ballot with a proof that verifies, for any nullifier.
pub(crate) fn ballot(manifest: &Manifest, nullifier: u64, selection: &[u16]) -> OpenBallot {
    let selection = Selection::from_indices(manifest, selection.iter().copied()).unwrap();
    seal(BallotStatement::new(manifest, Nullifier::from_field(Fr::from(nullifier)), selection).unwrap())
}

pub(crate) fn seal(statement: BallotStatement) -> OpenBallot {
    let mut seed = [0; 32];
    seed.copy_from_slice(statement.digest().as_digest().as_bytes());
    let mut rng = ChaCha20Rng::from_seed(seed);
    let proof = SECRETS.forge(&statement.instance().public_inputs(), &mut rng);
    statement.into_ballot(proof.to_bytes())
}

/// What a record is made of.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) manifest: Manifest,
    pub(crate) ballots: Vec<OpenBallot>,
    pub(crate) closed_at: u64,
    pub(crate) leaves: Vec<Fr>,
    pub(crate) tally: Tally,
}

impl Parts {
    /// Seven ballots: entries 1 to 7. Then closing (8), registry (9), tally (10), end (11).
    pub(crate) fn honest() -> Self {
        static HONEST: LazyLock<Parts> = LazyLock::new(|| {
            let manifest = manifest();
            let choices: [&[u16]; 7] = [&[0], &[1], &[0, 2], &[], &[1, 2], &[1], &[2]];
            let ballots = (100..).zip(choices).map(|(n, choice)| ballot(&manifest, n, choice)).collect();
            Parts::of(manifest, ballots)
        });
        HONEST.clone()
    }

    pub(crate) fn of(manifest: Manifest, ballots: Vec<OpenBallot>) -> Self {
        let tally = Tally::count(&manifest, ballots.iter().map(OpenBallot::selection)).unwrap();
        Self { manifest, ballots, closed_at: CLOSES_AT, leaves: leaves(), tally }
    }

    /// The result that follows from the ballots as they are now.
    pub(crate) fn recount(mut self) -> Self {
        self.tally = Tally::count(&self.manifest, self.ballots.iter().map(OpenBallot::selection)).unwrap();
        self
    }

    /// Writes the record as whoever holds the pen can: every link and count fits.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = RecordWriter::new(&mut file, &self.manifest).unwrap();
        for ballot in &self.ballots {
            writer.ballot(&ballot.clone().into()).unwrap();
        }
        writer.close(self.closed_at).unwrap();
        writer.registry_leaves(&self.leaves).unwrap();
        writer.tally(&self.tally).unwrap();
        writer.finish().unwrap();
        file
    }

    /// The link after the manifest and after each ballot.
    pub(crate) fn links(&self) -> Vec<Link> {
        let mut links = vec![Link::after_manifest(&self.manifest)];
        for (index, ballot) in (0..).zip(&self.ballots) {
            links.push(links.last().unwrap().after_ballot(index, &ballot.digest(), ballot.proof()));
        }
        links
    }
}

pub(crate) fn trusted() -> TrustedKey {
    let key = SECRETS.verifying_key().prepare();
    TrustedKey::new(CircuitId::Membership10V1, key, KeyProvenance::InsecureDevelopment)
}

pub(crate) fn options() -> AuditOptions {
    static OPTIONS: LazyLock<AuditOptions> = LazyLock::new(|| AuditOptions::new([trusted()]));
    OPTIONS.clone()
}

/// Audits by batches and one by one, which must agree.
pub(crate) fn check(record: &[u8], options: &AuditOptions) -> Result<AuditReport, Fault> {
    let batches = audit(record, options, &mut rng(), &mut quietly);
    let singles = options.clone().check_proofs(ProofChecks::OneByOne);
    assert_eq!(audit(record, &singles, &mut rng(), &mut quietly), batches);
    batches
}

pub(crate) fn fault(record: &[u8]) -> Fault {
    check(record, &options()).unwrap_err()
}

pub(crate) fn digest(byte: u8) -> Digest {
    Digest::from_bytes([byte; 32])
}
