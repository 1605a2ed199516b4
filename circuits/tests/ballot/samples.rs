//! Elections, and voters in them.

pub(crate) use crate::common::random::{bytes, field, rng, scalar};

use rand_core::Rng;
use tabella_circuits::BallotCircuit;
use tabella_primitives::{
    digest::Digest,
    edwards::Point,
    elgamal::{EncryptionKey, Randomness},
};
use tabella_protocol::{
    ballot::{BallotSize, BallotWitness, SealedBallot, SealedElection, SealedInstance},
    election::{Abstention, Method, SealedRules, Weighting},
    identity::IdentitySecret,
    registry::MembershipPath,
};
use zeroize::Zeroizing;

#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) election: SealedElection,
    pub(crate) witness: BallotWitness,
}

impl Sample {
    /// A voter of that weight, in an election whose registry has a path of that depth to her.
    pub(crate) fn new(rules: &SealedRules, votes: &[u64], weight: u32, depth: usize, seed: u64) -> Self {
        let mut rng = rng(seed);
        let secret = IdentitySecret::from_scalar(scalar(&mut rng));
        let siblings = (0..depth).map(|_| field(&mut rng)).collect();
        let index = rng.next_u64() & ((1u64 << depth) - 1);
        let path = MembershipPath::from_parts(index, siblings).unwrap();
        let root = match rules.weighting {
            Weighting::Plain => path.root(&secret.commitment()),
            _ => path.weighted_root(&secret.commitment(), weight),
        };
        let key: Vec<Point> = votes.iter().map(|_| Point::mul_base(&scalar(&mut rng))).collect();
        let key = EncryptionKey::new(key).unwrap();
        let terms = Digest::from_bytes(bytes(&mut rng));
        let election = SealedElection::new(terms, root, 100, rules, votes.len(), key).unwrap();
        let randomness = Randomness::from_scalar(scalar(&mut rng)).unwrap();
        let votes = Zeroizing::new(votes.to_vec());
        Self { election, witness: BallotWitness { secret, weight, path, votes, randomness } }
    }

    /// Two options, one to choose, no weights, a path of depth 5.
    pub(crate) fn simple(seed: u64) -> Self {
        Self::new(&SealedRules::plain(Method::SingleChoice), &[0, 1], 1, 5, seed)
    }

    /// All that a wrong voter would compute who leaves out the checks of [`SealedElection::seal`].
    pub(crate) fn ballot(&self) -> SealedBallot {
        let weight = u64::from(self.witness.weight);
        let numbers: Vec<u64> = self.witness.votes.iter().map(|vote| vote * weight).collect();
        SealedBallot {
            election: self.election.id(),
            nullifier: self.election.nullifier(&self.witness.secret),
            ciphertext: self.election.key().encrypt(&numbers, &self.witness.randomness).unwrap(),
        }
    }

    pub(crate) fn instance(&self) -> SealedInstance {
        self.ballot().instance(&self.election).unwrap()
    }

    pub(crate) fn circuit(&self) -> BallotCircuit {
        self.circuit_of(self.instance())
    }

    pub(crate) fn circuit_of(&self, instance: SealedInstance) -> BallotCircuit {
        BallotCircuit::new(self.election.clone(), instance, self.witness.clone()).unwrap()
    }

    pub(crate) fn with_votes(&self, votes: &[u64]) -> Self {
        let mut other = self.clone();
        other.witness.votes = Zeroizing::new(votes.to_vec());
        other
    }
}

/// Every method with valid votes, for that size: the last slot of the large size stays empty in some.
pub(crate) fn valid(size: BallotSize) -> Vec<(SealedRules, Vec<u64>, u32)> {
    let weighted = Weighting::Weighted { max_weight: 1000 };
    let allow = |rules: SealedRules| SealedRules { abstention: Abstention::Allowed, ..rules };
    let weigh = |rules: SealedRules| SealedRules { weighting: weighted, ..rules };
    let plain = SealedRules::plain;
    match size {
        BallotSize::Two => vec![
            (plain(Method::SingleChoice), vec![1, 0], 1),
            (allow(plain(Method::SingleChoice)), vec![0, 0], 1),
            (weigh(plain(Method::Approval { min: 1, max: 2 })), vec![1, 1], 1000),
            (plain(Method::Score { max: 65_535 }), vec![65_535, 0], 1),
            (weigh(plain(Method::Budget { points: 100 })), vec![1, 99], 7),
            (allow(plain(Method::Quadratic { credits: 25 })), vec![3, 4], 1),
            (weigh(allow(plain(Method::Borda))), vec![1, 0], 3),
            (allow(plain(Method::Borda)), vec![0, 0], 1),
        ],
        BallotSize::Eight => vec![
            (plain(Method::SingleChoice), vec![0, 0, 1], 1),
            (weigh(plain(Method::Borda)), vec![7, 6, 5, 4, 3, 2, 1, 0], 12),
            (allow(plain(Method::Borda)), vec![2, 4, 3, 0, 1], 1),
            (plain(Method::Quadratic { credits: 204 }), vec![1, 2, 3, 4, 5, 6, 7, 8], 1),
            (allow(weigh(plain(Method::Score { max: 10 }))), vec![0; 8], 1000),
        ],
    }
}
