//! A small election with secret ballots whose record the tests spoil.

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::LazyLock;
use tabella_audit::{
    AuditOptions, AuditReport, Fault, ProofChecks, TrustedKey, UnopenedReport, audit, audit_unopened, quietly,
};
use tabella_primitives::{
    Fr,
    elgamal::{Ciphertext, Randomness},
    instance::PublicInputs,
};
use tabella_protocol::{
    ballot::{BallotSize, BatchSize, CastBallot, SealedBallot, SecretBallot, SumWitness},
    election::{FrozenRegistry, KeyProvenance, Manifest, ManifestBuilder, Rules, SecretBallots, Window},
    record::{Provable, RecordReader, RecordWriter, SumProof, TallyProof},
    statement::{CircuitId, Nullifier},
    tally::Tally,
    trustee::{
        CeremonyParameters, CeremonyRecord, KeyCeremony, KeyShare, OpeningLedger, OpeningPolicy, Package,
        TrusteeSecret, hold_in_memory,
    },
};
use tabella_verifier::testing::ForgingKey;

pub(crate) use crate::common::{CLOSES_AT, OPENS_AT, leaves, root_of};

/// Least number of ballots that are opened.
pub(crate) const LEAST: u64 = 3;

pub(crate) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// The secrets of the one verifying key, so that ballots need no prover.
pub(crate) static SECRETS: LazyLock<ForgingKey> = LazyLock::new(|| ForgingKey::generate(3, &mut rng(5)));

/// The same for the sum of batches of either size, and for the tally.
pub(crate) static SUM_SECRETS: LazyLock<[ForgingKey; 2]> =
    LazyLock::new(|| [1, 2].map(|seed| ForgingKey::generate(5, &mut rng(seed))));
pub(crate) static TALLY_SECRETS: LazyLock<ForgingKey> =
    LazyLock::new(|| ForgingKey::generate(3, &mut rng(3)));

/// Trustees and what they hold after a ceremony.
#[derive(Clone)]
pub(crate) struct Trustees {
    pub(crate) secrets: Vec<TrusteeSecret>,
    pub(crate) shares: Vec<KeyShare>,
    pub(crate) record: CeremonyRecord,
    pub(crate) ceremony: KeyCeremony,
}

impl Trustees {
    /// Two of three, three keys.
    pub(crate) fn hold(seed: u8) -> Self {
        Self::hold_of(seed, 2, 3)
    }

    /// So many of so many, three keys.
    pub(crate) fn hold_of(seed: u8, threshold: u8, trustees: u8) -> Self {
        let rng = &mut rng(seed);
        let secrets: Vec<TrusteeSecret> = (0..trustees).map(|_| TrusteeSecret::generate(rng)).collect();
        let keys = secrets.iter().map(|secret| *secret.keys()).collect();
        let parameters = CeremonyParameters::new([seed; 32], threshold, 3, keys).unwrap();
        let held = hold_in_memory(parameters, &secrets, rng, |_, packages| packages).unwrap();
        let record = held.record();
        Self { ceremony: record.verify().unwrap(), record, shares: held.shares, secrets }
    }

    /// One trustee's share of the sum of these ballots, whatever it would refuse.
    pub(crate) fn share(&self, number: usize, manifest: &Manifest, ballots: &[CastBallot]) -> Package {
        self.share_with(9, number, manifest, ballots)
    }

    /// The same share with a proof of other randomness for every seed.
    pub(crate) fn share_with(
        &self,
        seed: u8,
        number: usize,
        manifest: &Manifest,
        ballots: &[CastBallot],
    ) -> Package {
        let share = &self.shares[number];
        let ciphertexts: Vec<Ciphertext> =
            ballots.iter().map(|ballot| ballot.secret().unwrap().sealed().ciphertext.clone()).collect();
        let policy = OpeningPolicy::new(2).unwrap();
        let authorised = OpeningLedger::new()
            .authorise(&self.ceremony, share.trustee(), manifest.id(), &ciphertexts, policy)
            .unwrap();
        share.decrypt(&self.secrets[number], &self.ceremony, &authorised, &mut rng(seed)).unwrap()
    }
}

pub(crate) static TRUSTEES: LazyLock<Trustees> = LazyLock::new(|| Trustees::hold(1));

pub(crate) fn builder(trustees: &Trustees) -> ManifestBuilder {
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park", "Roof"])
        .rules(Rules::approval(1, 2))
        .window(Window { opens_at: OPENS_AT, closes_at: CLOSES_AT })
        .registry(FrozenRegistry::new(root_of(&leaves()), 11))
        .insecure_development_key(SECRETS.verifying_key().digest())
        .nonce([1; 32])
        .secret(SecretBallots::new(&trustees.ceremony, OpeningPolicy::new(LEAST).unwrap()))
}

pub(crate) fn manifest() -> Manifest {
    builder(&TRUSTEES).build().unwrap()
}

/// A ballot with a proof that verifies, for any nullifier and any numbers.
pub(crate) fn ballot(manifest: &Manifest, nullifier: u64, numbers: &[u64]) -> CastBallot {
    let mut seed = [17; 32];
    seed[..8].copy_from_slice(&nullifier.to_be_bytes());
    let randomness = Randomness::random(&mut ChaCha20Rng::from_seed(seed));
    let election = manifest.sealed().unwrap();
    prove(
        manifest,
        SealedBallot {
            election: election.id(),
            nullifier: Nullifier::from_field(Fr::from(nullifier)),
            ciphertext: election.key().encrypt(numbers, &randomness).unwrap(),
        },
    )
}

/// A good proof of whatever it is.
pub(crate) fn prove(manifest: &Manifest, sealed: SealedBallot) -> CastBallot {
    let instance = sealed.instance(manifest.sealed().unwrap()).unwrap();
    let proof = SECRETS.forge(&instance.public_inputs(), &mut rng(6));
    SecretBallot::new(manifest, sealed, proof.to_bytes()).unwrap().into()
}

/// What a record is made of.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) manifest: Manifest,
    pub(crate) ballots: Vec<CastBallot>,
    pub(crate) closed_at: u64,
    pub(crate) leaves: Vec<Fr>,
    pub(crate) weights: Vec<u32>,
    pub(crate) ceremony: CeremonyRecord,
    pub(crate) shares: Vec<Package>,
    pub(crate) tally: Tally,
    pub(crate) sum_proofs: Vec<SumProof>,
    pub(crate) tally_proof: Option<TallyProof>,
}

/// A good proof that a batch was added.
pub(crate) fn prove_sum(batch: u64, witness: &SumWitness) -> SumProof {
    let instance = witness.instance();
    let size = witness.batch();
    let secrets = &SUM_SECRETS[if size == BatchSize::Small { 0 } else { 1 }];
    SumProof {
        batch,
        ballots: BallotSize::Eight,
        size,
        verifying_key: secrets.verifying_key().digest(),
        commitment: instance.commitment,
        after: instance.after,
        proof: secrets.forge(&instance.public_inputs(), &mut rng(8)).to_bytes(),
    }
}

/// The numbers of the honest ballots, and their sums.
const CHOICES: [[u64; 3]; 5] = [[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 0, 0], [0, 1, 1]];
pub(crate) const SUMS: [u64; 3] = [2, 2, 2];

impl Parts {
    /// Five ballots: entries 1 to 5. Then closing (6), registry (7), ceremony (8), fifteen packages (9 to 23), two shares (24, 25), tally
    /// (26), end (27).
    pub(crate) fn honest() -> Self {
        static HONEST: LazyLock<Parts> = LazyLock::new(|| {
            let manifest = manifest();
            let ballots: Vec<CastBallot> = (100..)
                .zip(CHOICES)
                .map(|(nullifier, numbers)| ballot(&manifest, nullifier, &numbers))
                .collect();
            Parts::of(manifest, ballots, &TRUSTEES, &SUMS)
        });
        HONEST.clone()
    }

    pub(crate) fn of(
        manifest: Manifest,
        ballots: Vec<CastBallot>,
        trustees: &Trustees,
        numbers: &[u64],
    ) -> Self {
        Self {
            shares: (0..trustees.shares.len().min(2))
                .map(|number| trustees.share(number, &manifest, &ballots))
                .collect(),
            tally: Tally::of_sum(&manifest, u64::try_from(ballots.len()).unwrap(), numbers).unwrap(),
            ceremony: trustees.record.clone(),
            manifest,
            ballots,
            closed_at: CLOSES_AT,
            leaves: leaves(),
            weights: Vec::new(),
            sum_proofs: Vec::new(),
            tally_proof: None,
        }
    }

    /// The honest election with proofs of the sum (27) and of the tally (28) before its end (29).
    pub(crate) fn proved() -> Self {
        static PROVED: LazyLock<Parts> = LazyLock::new(|| Parts::honest().prove(BatchSize::Small));
        PROVED.clone()
    }

    /// Sixty-six ballots: two batches of the small size.
    pub(crate) fn large() -> Self {
        static LARGE: LazyLock<Parts> = LazyLock::new(|| {
            let leaves: Vec<Fr> = (0..70).map(|place| Fr::from(2000 + place)).collect();
            let manifest =
                builder(&TRUSTEES).registry(FrozenRegistry::new(root_of(&leaves), 70)).build().unwrap();
            let ballots: Vec<CastBallot> = (100..)
                .zip(CHOICES.iter().cycle().take(66))
                .map(|(nullifier, numbers)| ballot(&manifest, nullifier, numbers))
                .collect();
            // Thirteen times all choices, and the first once more.
            let parts = Parts::of(manifest, ballots, &TRUSTEES, &[27, 26, 26]);
            Parts { leaves, ..parts }.prove(BatchSize::Small)
        });
        LARGE.clone()
    }

    /// What is provable of the record.
    pub(crate) fn provable(&self) -> Provable {
        Provable::read(RecordReader::new(self.write().as_slice())).unwrap()
    }

    /// With good proofs of sum and tally.
    pub(crate) fn prove(mut self, size: BatchSize) -> Self {
        let provable = self.provable();
        let sums = provable.sums(size).unwrap();
        self.sum_proofs = (0..)
            .zip(&sums[..sums.len() - 1])
            .map(|(number, before)| {
                let witness = provable.batch(size, number, before.clone()).unwrap();
                assert_eq!(*witness.after(), sums[usize::try_from(number).unwrap() + 1]);
                prove_sum(number, &witness)
            })
            .collect();
        let instance = provable.tally().unwrap().statement().instance();
        self.tally_proof = Some(TallyProof {
            ballots: BallotSize::Eight,
            verifying_key: TALLY_SECRETS.verifying_key().digest(),
            proof: TALLY_SECRETS.forge(&instance.public_inputs(), &mut rng(8)).to_bytes(),
        });
        self
    }

    fn write_until_shares<'a>(&self, file: &'a mut Vec<u8>) -> RecordWriter<&'a mut Vec<u8>> {
        let mut writer = RecordWriter::new(file, &self.manifest).unwrap();
        for ballot in &self.ballots {
            writer.ballot(ballot).unwrap();
        }
        writer.close(self.closed_at).unwrap();
        if self.weights.is_empty() {
            writer.registry_leaves(&self.leaves).unwrap();
        } else {
            let citizens: Vec<(Fr, u32)> =
                self.leaves.iter().copied().zip(self.weights.iter().copied()).collect();
            writer.weighted_registry(&citizens).unwrap();
        }
        writer.ceremony(&self.ceremony).unwrap();
        writer
    }

    /// Writes the record as whoever holds the pen can: every link and count fits.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = self.write_until_shares(&mut file);
        writer.shares(&self.shares).unwrap();
        writer.tally(&self.tally).unwrap();
        writer.sum_proofs(&self.sum_proofs).unwrap();
        if let Some(proof) = &self.tally_proof {
            writer.tally_proof(proof).unwrap();
        }
        writer.finish().unwrap();
        file
    }

    /// What trustees get.
    pub(crate) fn write_unopened(&self) -> Vec<u8> {
        let mut file = Vec::new();
        self.write_until_shares(&mut file).pause().unwrap();
        file
    }
}

pub(crate) fn options() -> AuditOptions {
    static OPTIONS: LazyLock<AuditOptions> = LazyLock::new(|| {
        let trusted = |circuit, secrets: &ForgingKey| {
            let key = secrets.verifying_key().prepare();
            TrustedKey::new(circuit, key, KeyProvenance::InsecureDevelopment)
        };
        AuditOptions::new([
            trusted(CircuitId::Ballot8V1, &SECRETS),
            trusted(CircuitId::Sum8Of64V1, &SUM_SECRETS[0]),
            trusted(CircuitId::Sum8Of64V1, &SUM_SECRETS[1]),
            trusted(CircuitId::Sum8Of256V1, &SUM_SECRETS[1]),
            trusted(CircuitId::Tally8V1, &TALLY_SECRETS),
            // For another relation: its number of inputs is not the tally's.
            trusted(CircuitId::Tally8V1, &SUM_SECRETS[0]),
        ])
    });
    OPTIONS.clone()
}

/// Audits by batches and one by one, which must agree.
pub(crate) fn check(record: &[u8]) -> Result<AuditReport, Fault> {
    let batches = audit(record, &options(), &mut rng(7), &mut quietly);
    let singles = options().check_proofs(ProofChecks::OneByOne);
    assert_eq!(audit(record, &singles, &mut rng(7), &mut quietly), batches);
    batches
}

pub(crate) fn fault(parts: &Parts) -> Fault {
    check(&parts.write()).unwrap_err()
}

pub(crate) fn unopened(record: &[u8]) -> Result<UnopenedReport, Fault> {
    audit_unopened(record, &options(), &mut rng(7), &mut quietly)
}
