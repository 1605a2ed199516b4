//! Whole ceremonies, honest and tampered with.

mod attacks;
mod decryption;
mod encodings;
mod honest;
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

/// The people of a ceremony, before it begins.
#[derive(Clone)]
pub(super) struct Cast {
    pub(super) parameters: CeremonyParameters,
    pub(super) secrets: Vec<TrusteeSecret>,
    pub(super) seed: u64,
}

/// A ceremony without a result: its board, and why.
pub(super) type Failed = alloc::boxed::Box<(Board, CeremonyError)>;

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

    /// Holds an honest ceremony.
    pub(super) fn hold(self) -> Done {
        self.hold_with(|_, _, _| ()).unwrap()
    }

    /// Holds a ceremony in which `tamper` may change the packages of each round before they reach the boards. Who is excluded stays out.
    pub(super) fn hold_with(
        self,
        mut tamper: impl FnMut(&Cast, Round, &mut Vec<Package>),
    ) -> Result<Done, Failed> {
        let rng = &mut ChaCha20Rng::seed_from_u64(self.seed);
        let mut board = Board::new(self.parameters.clone());
        let mut publish = |board: &mut Board, round: Round, mut packages: Vec<Package>| {
            tamper(&self, round, &mut packages);
            for package in packages {
                board.add(package).unwrap();
            }
            board.close(round).map_err(|error| alloc::boxed::Box::new((board.clone(), error)))
        };
        // What the next step of each trustee gives; those who are excluded have none.
        fn step<S, T>(
            states: Vec<S>,
            mut go: impl FnMut(S) -> Result<(T, Package), RoundError>,
        ) -> (Vec<T>, Vec<Package>) {
            let mut out = (Vec::new(), Vec::new());
            for state in states {
                match go(state) {
                    Ok((state, package)) => {
                        out.0.push(state);
                        out.1.push(package);
                    }
                    Err(RoundError::Excluded { .. }) => (),
                    Err(error) => panic!("{error}"),
                }
            }
            out
        }
        let me = |trustee: TrusteeIndex| &self.secrets[trustee.place()];
        let (states, packages) =
            step(self.secrets.iter().collect(), |me| round0::commit(&self.parameters, me, rng));
        publish(&mut board, Round::Commit, packages)?;
        let (states, packages) = step(states, |s| {
            let me = me(s.trustee());
            round1::reveal(s, me, &board)
        });
        publish(&mut board, Round::Reveal, packages)?;
        let (states, packages) = step(states, |s| {
            let me = me(s.trustee());
            round2::deal(s, me, &board, rng)
        });
        publish(&mut board, Round::Deal, packages)?;
        let (states, packages) = step(states, |s| {
            let me = me(s.trustee());
            round3::complain(s, me, &board, rng)
        });
        publish(&mut board, Round::Complain, packages)?;
        let (shares, endorsements) = step(states, |s| {
            let me = me(s.trustee());
            endorse(s, me, &board)
        });
        let ceremony = CeremonyRecord::new(&board, &endorsements).verify().unwrap();
        Ok(Done { cast: self, board, endorsements, ceremony, shares })
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
