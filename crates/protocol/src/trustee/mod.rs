//! Trustees: t of n people who make the keys of an election together and open one sum of its ballots, and nothing else. Nobody ever holds
//! the key.
//!
//! The key ceremony is Pedersen's with commitments first and a round of complaints [Pedersen 1991; Gennaro et al. 2007;
//! Komlo-Goldberg 2020] (protocol section 3). One polynomial for each key Y_k.
//!
//! | module | what |
//! | --- | --- |
//! | [`round0`] | commit: the hash of what will be revealed |
//! | [`round1`] | reveal: commitments to the polynomials, and proofs of knowledge |
//! | [`round2`] | deal: encrypted shares |
//! | [`round3`] | complain: open a bad share so that everyone can judge |
//!
//! Each round takes the secrets of the one before and gives a `SecretPackage` that stays and a [`Package`] that travels. Packages go to a
//! [`Board`], which judges each round when it is closed. [`endorse`] ends the ceremony with a [`KeyShare`] and a signature of the
//! transcript; a [`CeremonyRecord`] holds all packages, and [`CeremonyRecord::verify`] gives the [`KeyCeremony`] to anyone.
//!
//! [`hold_in_memory`] does all of it in one process, where nothing is at stake. A [`Participant`] does it on a machine of its own, as packages
//! of the others arrive; a [`TrusteeRegistration`] gives the others its keys.
//!
//! A sum is opened by [`OpeningLedger::authorise`], [`KeyShare::decrypt`] and a [`ShareCollector`].
//!
//! ```
//! # use tabella_primitives::{cancel::CancelToken, digest::Digest, discrete_log::DiscreteLogTable, elgamal::Randomness, rng};
//! # use tabella_protocol::{election::ElectionId, trustee::*};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let rng = &mut rng::from_os()?;
//! let trustees: Vec<TrusteeSecret> = (0..3).map(|_| TrusteeSecret::generate(rng)).collect();
//! let keys = trustees.iter().map(|trustee| *trustee.keys()).collect();
//! let parameters = CeremonyParameters::new([7; 32], 2, 2, keys)?;
//! let mut board = Board::new(parameters);
//!
//! let mut committed = Vec::new();
//! for me in &trustees {
//!     let (secret, package) = round0::commit(board.parameters(), me, rng)?;
//!     board.add(package)?;
//!     committed.push(secret);
//! }
//! board.close(Round::Commit)?;
//! let mut revealed = Vec::new();
//! for (me, secret) in trustees.iter().zip(committed) {
//!     let (secret, package) = round1::reveal(secret, me, &board)?;
//!     board.add(package)?;
//!     revealed.push(secret);
//! }
//! board.close(Round::Reveal)?;
//! let mut dealt = Vec::new();
//! for (me, secret) in trustees.iter().zip(revealed) {
//!     let (secret, package) = round2::deal(secret, me, &board, rng)?;
//!     board.add(package)?;
//!     dealt.push(secret);
//! }
//! board.close(Round::Deal)?;
//! let mut content = Vec::new();
//! for (me, secret) in trustees.iter().zip(dealt) {
//!     let (secret, package) = round3::complain(secret, me, &board, rng)?;
//!     board.add(package)?;
//!     content.push(secret);
//! }
//! board.close(Round::Complain)?;
//! let (mut shares, mut endorsements) = (Vec::new(), Vec::new());
//! for (me, secret) in trustees.iter().zip(content) {
//!     let (share, package) = endorse(secret, me, &board)?;
//!     shares.push(share);
//!     endorsements.push(package);
//! }
//! let ceremony = CeremonyRecord::new(&board, &endorsements).verify()?;
//!
//! // Two ballots: one for the first option, one for the second.
//! let ballots = [
//!     ceremony.key().encrypt(&[1, 0], &Randomness::random(rng))?,
//!     ceremony.key().encrypt(&[0, 1], &Randomness::random(rng))?,
//! ];
//! let election = ElectionId::from_digest(Digest::from_bytes([1; 32]));
//! let sum = EncryptedSum::of(&ceremony, election, &ballots)?;
//! let mut collector = ShareCollector::new(&ceremony, &sum);
//! for (me, share) in trustees.iter().zip(&shares).take(2) {
//!     let mut ledger = OpeningLedger::new();
//!     let policy = OpeningPolicy::new(2).ok_or("at least two")?;
//!     let authorised = ledger.authorise(&ceremony, share.trustee(), election, &ballots, policy)?;
//!     collector.add(&share.decrypt(me, &ceremony, &authorised, rng)?)?;
//! }
//! let table = DiscreteLogTable::new(2, 1 << 20, &CancelToken::new(), &mut |_| ())?;
//! assert_eq!(collector.combine()?.numbers(&table, &CancelToken::new(), &mut |_| ())?, [1, 1]);
//! # Ok(())
//! # }
//! ```

mod board;
mod ceremony;
mod collect;
mod fault;
#[cfg(feature = "secret-files")]
mod files;
mod held;
mod in_memory;
mod index;
mod keys;
mod left_out;
mod opening;
mod package;
mod parameters;
#[cfg(feature = "std")]
mod participant;
mod polynomial;
mod registration;
pub mod round0;
pub mod round1;
pub mod round2;
pub mod round3;
mod sealed;
mod share;
mod tally;
#[cfg(test)]
mod tests;
mod view;

pub use board::{Board, CeremonyError, RoundError};
pub use ceremony::{
    CEREMONY_FORMAT, CeremonyRecord, KeyCeremony, KeyShare, MAX_CEREMONY_BYTES, MAX_CEREMONY_PACKAGES,
    endorse,
};
pub use collect::{CombineError, OpenedSum, ShareCollector, combine};
pub use fault::{Blame, Fault};
#[cfg(feature = "secret-files")]
pub use files::{MAX_SECRET_FILE_BYTES, MAX_STATE_FILE_BYTES};
pub use in_memory::{HeldInMemory, hold_in_memory};
pub use index::{InvalidIndex, MAX_TRUSTEES, TrusteeIndex};
pub use keys::{TrusteeKeys, TrusteeSecret};
pub use left_out::{LeftOut, Notes};
pub use opening::{
    AuthorisedSum, EncryptedSum, LEAST_BALLOTS, LEDGER_FORMAT, MAX_LEDGER_BYTES, OpeningLedger,
    OpeningPolicy, Refusal,
};
pub use package::{MAX_BODY_BYTES, MAX_PACKAGE_BYTES, PACKAGE_FORMAT, Package, PackageError, Round};
pub use parameters::{
    CeremonyParameters, MAX_PARAMETERS_BYTES, PARAMETERS_FORMAT, ParametersError, SessionId,
};
#[cfg(feature = "std")]
pub use participant::{
    Differences, Late, MAX_PARTICIPANT_BYTES, OtherSeen, PARTICIPANT_FORMAT, Participant, ParticipantError,
    Progress, Standing, Stopped,
};
pub use registration::{
    MAX_TRUSTEE_REGISTRATION_BYTES, TRUSTEE_REGISTRATION_FORMAT, TrusteeName, TrusteeRegistration,
};
pub use share::{DecryptError, DecryptionShare, DroppedShare, ShareFault, Unverified, Verified};
pub use tally::{
    MAX_TALLY_SHARE_BYTES, MAX_TALLY_SHARES, ProvenShare, TALLY_BITS, TALLY_SHARE_FORMAT, TallyInstance,
    TallyShare, TallyShareError, TallyStatement, TallyStatementError, TallyWitness, TallyWitnessError,
    tally_holds,
};
