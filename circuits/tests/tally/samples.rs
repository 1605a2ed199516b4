//! Elections whose keys come from a ceremony, with some ballots, opened.

use crate::common::random::{bytes, field, rng, scalar};
use rand_chacha::ChaCha20Rng;
use tabella_circuits::TallyCircuit;
use tabella_primitives::{
    digest::Digest,
    elgamal::{Ciphertext, Randomness},
};
use tabella_protocol::{
    ballot::{BallotSum, SealedBallot, SealedElection},
    election::{ElectionId, Method, SealedRules},
    registry::RegistryRoot,
    statement::Nullifier,
    trustee::{
        AuthorisedSum, CeremonyParameters, DecryptionShare, EncryptedSum, KeyCeremony, KeyShare,
        OpeningLedger, OpeningPolicy, TallyInstance, TallyShare, TallyStatement, TallyWitness, TrusteeSecret,
        Verified, hold_in_memory,
    },
};

pub(crate) struct Sample {
    pub(crate) ceremony: KeyCeremony,
    pub(crate) statement: TallyStatement,
    secrets: Vec<TrusteeSecret>,
    keys: Vec<KeyShare>,
    sum: EncryptedSum,
    authorised: Vec<AuthorisedSum>,
    rng: ChaCha20Rng,
}

impl Sample {
    /// An election with keys of n trustees, t of whom open it; the ballots have these numbers.
    pub(crate) fn new(n: u8, t: u8, ballots: &[Vec<u64>], seed: u64) -> Self {
        let mut rng = rng(seed);
        let options = ballots[0].len();
        let secrets: Vec<TrusteeSecret> = (0..n).map(|_| TrusteeSecret::generate(&mut rng)).collect();
        let keys = secrets.iter().map(|secret| *secret.keys()).collect();
        let slots = u8::try_from(options).unwrap();
        let parameters = CeremonyParameters::new([9; 32], t, slots, keys).unwrap();
        let held = hold_in_memory(parameters, &secrets, &mut rng, |_, packages| packages).unwrap();
        let ceremony = held.record().verify().unwrap();
        let rules = SealedRules::plain(Method::Score { max: 1000 });
        let (terms, root) = (Digest::from_bytes(bytes(&mut rng)), RegistryRoot::from_field(field(&mut rng)));
        let election =
            SealedElection::new(terms, root, 1000, &rules, options, ceremony.key().clone()).unwrap();
        let ballots_of: Vec<SealedBallot> = ballots
            .iter()
            .map(|numbers| {
                let randomness = Randomness::from_scalar(scalar(&mut rng)).unwrap();
                SealedBallot {
                    election: election.id(),
                    nullifier: Nullifier::from_field(field(&mut rng)),
                    ciphertext: election.key().encrypt(numbers, &randomness).unwrap(),
                }
            })
            .collect();
        let sum = BallotSum::none(&election).with(&ballots_of).unwrap();
        let totals = (0..options).map(|k| ballots.iter().map(|numbers| numbers[k]).sum()).collect();
        let statement = TallyStatement::new(election, sum, totals).unwrap();
        let ciphertexts: Vec<Ciphertext> =
            ballots_of.iter().map(|ballot| ballot.ciphertext.clone()).collect();
        let name = ElectionId::from_digest(Digest::from_bytes(bytes(&mut rng)));
        let policy = OpeningPolicy::new(2).unwrap();
        let authorise = |key: &KeyShare| {
            OpeningLedger::new().authorise(&ceremony, key.trustee(), name, &ciphertexts, policy).unwrap()
        };
        let authorised = held.shares.iter().map(authorise).collect();
        let sum = EncryptedSum::of(&ceremony, name, &ciphertexts).unwrap();
        Self { ceremony, statement, secrets, keys: held.shares, sum, authorised, rng }
    }

    /// Two options, three trustees of whom two are needed.
    pub(crate) fn simple(seed: u64) -> Self {
        Self::new(3, 2, &[vec![1, 0], vec![0, 7], vec![1000, 3]], seed)
    }

    /// What the trustee in that place sends: its decryption share, and its part of the proof.
    pub(crate) fn share(&mut self, place: usize) -> (TallyShare, DecryptionShare<Verified>) {
        let statement = self.statement.clone();
        self.share_of(place, &statement)
    }

    /// The same for another statement.
    pub(crate) fn share_of(
        &mut self,
        place: usize,
        statement: &TallyStatement,
    ) -> (TallyShare, DecryptionShare<Verified>) {
        let (key, me, authorised) = (&self.keys[place], &self.secrets[place], &self.authorised[place]);
        let package = key.decrypt(me, &self.ceremony, authorised, &mut self.rng).unwrap();
        let decryption = DecryptionShare::from_package(&self.ceremony, &package).unwrap();
        let decryption = decryption.verify(&self.ceremony, &self.sum).unwrap();
        let share = key.prove_tally(&self.ceremony, authorised, statement, &mut self.rng).unwrap();
        (share, decryption)
    }

    /// The witness by the trustees in these places.
    pub(crate) fn witness(&mut self, places: &[usize]) -> TallyWitness {
        let shares: Vec<_> = places.iter().map(|place| self.share(*place)).collect();
        TallyWitness::new(self.statement.clone(), &self.ceremony, &shares).unwrap()
    }
}

/// The circuit of the statement that holds.
pub(crate) fn circuit(witness: &TallyWitness) -> TallyCircuit {
    circuit_of(witness.statement().instance(), witness)
}

pub(crate) fn circuit_of(instance: TallyInstance, witness: &TallyWitness) -> TallyCircuit {
    TallyCircuit::new(instance, witness.clone())
}
