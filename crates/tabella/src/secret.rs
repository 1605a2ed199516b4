//! Secret ballots: a citizen seals numbers, and then casts the ballot or challenges the machine that made it.

use crate::{Citizen, Election, VoteError, citizen::check_key};
use core::fmt;
use tabella_circuits::BallotCircuit;
use tabella_primitives::{elgamal::Randomness, rng::CryptoRng};
use tabella_protocol::{
    ballot::{
        BallotWitness, CastBallot, ChallengedBallot, KeptBallot, Opening, SealedBallot, SealedElection,
        SealedInstance, SecretBallot, TrackingCode,
    },
    election::Manifest,
    registry::{MembershipPath, Registry},
};
use tabella_prover::{Prover, ProvingKey};

/// A ballot that was sealed and waits for the voter's word: [`cast`](Self::cast) or [`challenge`](Self::challenge). Either takes it, so
/// that a ballot that was opened is never cast.
///
/// Holds the ballot's secrets: printed as `SealedVote(..)`, erased when dropped.
pub struct SealedVote {
    manifest: Manifest,
    election: SealedElection,
    sealed: SealedBallot,
    instance: SealedInstance,
    witness: BallotWitness,
}

impl Citizen {
    /// Seals numbers for the options named, 0 for all others, with the whole registry at hand. Every citizen counts once.
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn seal<L: AsRef<str>>(
        &self,
        election: &Election,
        registry: &Registry,
        numbers: impl IntoIterator<Item = (L, u64)>,
        rng: &mut impl CryptoRng,
    ) -> Result<SealedVote, VoteError> {
        let path = self.path(election, registry)?;
        self.seal_with_path(election, path, 1, numbers, rng)
    }

    /// Seals numbers with the citizen's membership path and weight; 1 in registries without weights.
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn seal_with_path<L: AsRef<str>>(
        &self,
        election: &Election,
        path: MembershipPath,
        weight: u32,
        numbers: impl IntoIterator<Item = (L, u64)>,
        rng: &mut impl CryptoRng,
    ) -> Result<SealedVote, VoteError> {
        let manifest = election.manifest();
        let other_kind = VoteError::OtherKind { expected: manifest.kind() };
        manifest.sealed().ok_or(other_kind)?;
        let witness = BallotWitness {
            secret: self.identity().secret().clone(),
            weight,
            path,
            votes: manifest.numbers(numbers).map_err(VoteError::Selection)?,
            randomness: Randomness::random(rng),
        };
        SealedVote::of(manifest, witness)
    }

    /// Takes a vote up again that was kept: the very ballot that was sealed then.
    ///
    /// # Errors
    /// [`VoteError::Seal`] if another citizen sealed it, or [`VoteError::OtherKind`].
    pub fn resume(&self, election: &Election, kept: KeptBallot) -> Result<SealedVote, VoteError> {
        SealedVote::of(election.manifest(), kept.into_witness(self.identity().secret().clone()))
    }
}

impl SealedVote {
    fn of(manifest: &Manifest, witness: BallotWitness) -> Result<Self, VoteError> {
        let other_kind = VoteError::OtherKind { expected: manifest.kind() };
        let election = manifest.sealed().ok_or(other_kind.clone())?;
        let sealed = election.seal(&witness).map_err(VoteError::Seal)?;
        // What was sealed for an election is a ballot of that election.
        let instance = sealed.instance(election).map_err(|_| other_kind)?;
        Ok(Self { manifest: manifest.clone(), election: election.clone(), sealed, instance, witness })
    }

    /// What a wallet keeps until the voter decides, to [`resume`](Citizen::resume) it.
    #[must_use]
    pub fn keep(&self) -> KeptBallot {
        KeptBallot::of(&self.witness)
    }

    /// What to write down before deciding: the record will have it if, and only if, this very ballot was cast. A machine that lies may show
    /// the code of another voter's ballot: what is challenged or found is hers if it has her [`nullifier`](Citizen::nullifier).
    #[must_use]
    pub fn tracking_code(&self) -> TrackingCode {
        self.sealed.tracking_code(&self.manifest.id(), self.election.size())
    }

    /// The encrypted ballot, to be compared with an opening on another machine. Nothing secret.
    #[must_use]
    pub const fn sealed(&self) -> &SealedBallot {
        &self.sealed
    }

    /// Proves the ballot.
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn cast(self, key: &ProvingKey, rng: &mut impl CryptoRng) -> Result<CastBallot, VoteError> {
        self.cast_by(&mut Prover::new(key), rng)
    }

    /// Proves the ballot with a prover of the caller's, which may report progress or be cancelled.
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn cast_by(self, prover: &mut Prover<'_>, rng: &mut impl CryptoRng) -> Result<CastBallot, VoteError> {
        check_key(prover.key(), self.manifest.verifying_key())?;
        let Self { manifest, election, sealed, instance, witness } = self;
        let circuit = BallotCircuit::new(election, instance, witness).map_err(VoteError::BallotCircuit)?;
        let proved = prover.prove(&circuit, rng).map_err(VoteError::Prove)?;
        let other_kind = VoteError::OtherKind { expected: manifest.kind() };
        let ballot = SecretBallot::new(&manifest, sealed, proved.proof.to_bytes()).map_err(|_| other_kind)?;
        Ok(ballot.into())
    }

    /// Opens the ballot instead of casting it, to see what the machine encrypted: [`ChallengedBallot::check`] on another one, which takes
    /// the code that was written down, the voter's [`nullifier`](Citizen::nullifier) as a machine that she trusts computed it, and her
    /// weight. Seal anew to vote.
    #[must_use]
    pub fn challenge(self) -> ChallengedBallot {
        ChallengedBallot { opening: Opening::of(&self.witness), sealed: self.sealed }
    }
}

impl fmt::Debug for SealedVote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedVote(..)")
    }
}
