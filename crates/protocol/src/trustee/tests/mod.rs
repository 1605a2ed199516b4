//! Whole ceremonies, honest and tampered with.

mod attacks;
mod decryption;
mod encodings;
mod honest;
mod participants;
mod secrecy;
mod tampering;

use super::*;
use crate::election::ElectionId;
use alloc::vec::Vec;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tabella_primitives::{
    digest::Digest,
    elgamal::{Ciphertext, Randomness},
};

pub(super) fn index(number: u8) -> TrusteeIndex {
    TrusteeIndex::new(number).unwrap()
}

pub(super) fn election(number: u8) -> ElectionId {
    ElectionId::from_digest(Digest::from_bytes([number; 32]))
}

/// What a package says besides what its sender had seen.
pub(super) fn content(package: &Package) -> &[u8] {
    match package.round() {
        round @ (Round::Reveal | Round::Deal | Round::Complain) => {
            view::split(round, package.body()).unwrap().1
        }
        _ => package.body(),
    }
}

/// The people of a ceremony, before it begins.
#[derive(Clone)]
pub(super) struct Cast {
    pub(super) parameters: CeremonyParameters,
    pub(super) secrets: Vec<TrusteeSecret>,
    pub(super) seed: u64,
}

/// A ceremony without a result.
#[derive(Debug)]
pub(super) struct Failed {
    /// What was said until then.
    pub(super) packages: Vec<Package>,
    /// Why.
    pub(super) error: CeremonyError,
}

impl Failed {
    fn blames(&self) -> &[Blame] {
        match &self.error {
            CeremonyError::TooFew { blames, .. } => blames,
            _ => &[],
        }
    }
}

/// A ceremony that was held.
pub(super) struct Done {
    pub(super) cast: Cast,
    pub(super) board: Board,
    pub(super) endorsements: Vec<Package>,
    pub(super) ceremony: KeyCeremony,
    pub(super) shares: Vec<KeyShare>,
}

impl Cast {
    pub(super) fn new(n: u8, t: u8, k: u8) -> Self {
        Self::with_nonce(1, n, t, k)
    }

    pub(super) fn with_nonce(nonce: u8, n: u8, t: u8, k: u8) -> Self {
        let secrets: Vec<TrusteeSecret> = (1..=n).map(|i| TrusteeSecret::from_seed(&[i; 32])).collect();
        let keys = secrets.iter().map(|secret| *secret.keys()).collect();
        let parameters = CeremonyParameters::new([nonce; 32], t, k, keys).unwrap();
        Self { parameters, secrets, seed: 1 }
    }

    /// The same people with other randomness.
    pub(super) fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    pub(super) fn secret(&self, number: u8) -> &TrusteeSecret {
        &self.secrets[index(number).place()]
    }

    /// A package with this body, signed by this trustee.
    pub(super) fn sign(&self, round: Round, number: u8, body: Vec<u8>) -> Package {
        Package::sign_bytes(*self.parameters.session(), round, index(number), body, self.secret(number))
    }

    /// The package of rounds 1 to 3 with other content and the same view; one of another round with another body.
    pub(super) fn with_content(&self, package: &Package, change: impl FnOnce(&mut Vec<u8>)) -> Package {
        let mut content = content(package).to_vec();
        change(&mut content);
        let mut body = package.body()[..package.body().len() - self::content(package).len()].to_vec();
        body.extend(content);
        self.sign(package.round(), package.sender().get(), body)
    }

    /// Holds an honest ceremony.
    pub(super) fn hold(self) -> Done {
        self.hold_with(|_, _, _| ()).unwrap()
    }

    /// Holds a ceremony in which `tamper` may change the packages of each round before they reach the board. Who is excluded stays out.
    pub(super) fn hold_with(
        self,
        mut tamper: impl FnMut(&Self, Round, &mut Vec<Package>),
    ) -> Result<Done, Failed> {
        let rng = &mut ChaCha20Rng::seed_from_u64(self.seed);
        let mut packages = Vec::new();
        let held = hold_in_memory(self.parameters.clone(), &self.secrets, rng, |round, mut now| {
            tamper(&self, round, &mut now);
            packages.extend_from_slice(&now);
            now
        });
        match held {
            Ok(HeldInMemory { board, endorsements, shares }) => {
                let ceremony = CeremonyRecord::new(&board, &endorsements).verify().unwrap();
                Ok(Done { cast: self, board, endorsements, ceremony, shares })
            }
            Err(RoundError::Ceremony(error)) => Err(Failed { packages, error }),
            Err(error) => panic!("{error}"),
        }
    }
}

impl Done {
    pub(super) fn share(&self, number: u8) -> &KeyShare {
        self.shares.iter().find(|share| share.trustee() == index(number)).unwrap()
    }

    /// One ciphertext for each row.
    pub(super) fn ballots<const K: usize>(&self, rows: &[[u64; K]]) -> Vec<Ciphertext> {
        let rng = &mut ChaCha20Rng::seed_from_u64(7);
        rows.iter().map(|row| self.ceremony.key().encrypt(row, &Randomness::random(rng)).unwrap()).collect()
    }

    /// The share of one trustee, who has opened nothing before.
    pub(super) fn decrypt(&self, number: u8, election: ElectionId, ballots: &[Ciphertext]) -> Package {
        let rng = &mut ChaCha20Rng::seed_from_u64(number.into());
        let policy = OpeningPolicy::new(LEAST_BALLOTS).unwrap();
        let authorised =
            OpeningLedger::new().authorise(&self.ceremony, index(number), election, ballots, policy).unwrap();
        self.share(number).decrypt(self.cast.secret(number), &self.ceremony, &authorised, rng).unwrap()
    }
}
