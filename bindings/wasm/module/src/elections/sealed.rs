//! Secret ballots: sealed first, then cast or challenged, never both.

use super::{
    election::{CastBallot, Election},
    key::ProvingKey,
};
use crate::{
    failure::Failure,
    identity::Identity,
    registry::MembershipPath,
    work::{Work, generator},
};
use tabella::{
    Citizen, SealedVote as Vote,
    ballot::{CastBallot as ProtocolBallot, KeptBallot},
    election::Election as Joined,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// What the voter decided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Open,
    Cast,
    Challenged,
}

/// A ballot that was sealed and waits for the voter's word. Secret, erased when freed.
#[wasm_bindgen]
pub struct SealedVote {
    citizen: Citizen,
    election: Joined,
    kept: KeptBallot,
    code: String,
    decision: Decision,
    /// Proved before the decision.
    proved: Option<ProtocolBallot>,
}

impl SealedVote {
    fn of(citizen: &Citizen, election: &Joined, vote: &Vote) -> Self {
        Self {
            citizen: citizen.clone(),
            election: election.clone(),
            kept: vote.keep(),
            code: vote.tracking_code().to_string(),
            decision: Decision::Open,
            proved: None,
        }
    }

    fn vote(&self) -> Result<Vote, Failure> {
        Ok(self.citizen.resume(&self.election, self.kept.clone())?)
    }

    fn refuse_after(&self, decision: Decision) -> Result<(), Failure> {
        match decision {
            _ if self.decision != decision => Ok(()),
            Decision::Cast => Err(Failure::new(
                "already-cast",
                "the ballot was cast: opened too, it would tell how you voted",
            )),
            _ => Err(Failure::new("already-challenged", "the ballot was opened: seal anew to vote")),
        }
    }
}

#[wasm_bindgen]
impl SealedVote {
    /// Seals numbers for the options named, 0 for all others.
    ///
    /// # Errors
    /// `other-kind`, `invalid-selection`, `not-sealed`, `other-registry`, `no-randomness`.
    pub fn seal(
        election: &Election,
        identity: &Identity,
        path: &MembershipPath,
        weight: u32,
        labels: Vec<String>,
        numbers: Vec<u32>,
    ) -> Result<Self, Failure> {
        let numbers = labels.into_iter().zip(numbers.into_iter().map(u64::from));
        let (citizen, joined) = (&identity.citizen, &election.joined);
        let vote = citizen.seal_with_path(joined, path.path.clone(), weight, numbers, &mut generator()?)?;
        Ok(Self::of(citizen, joined, &vote))
    }

    /// Takes up a ballot that was [kept](Self::keep) by the same citizen.
    ///
    /// # Errors
    /// `not-kept`, `other-kind`, `not-sealed`.
    pub fn resume(election: &Election, identity: &Identity, kept: &[u8]) -> Result<Self, Failure> {
        let (citizen, joined) = (&identity.citizen, &election.joined);
        let kept =
            KeptBallot::decrypt_for(citizen.identity().secret(), kept).map_err(Failure::with("not-kept"))?;
        Ok(Self::of(citizen, joined, &citizen.resume(joined, kept)?))
    }

    /// What to write down before deciding.
    #[wasm_bindgen(js_name = trackingCode)]
    pub fn tracking_code(&self) -> String {
        self.code.clone()
    }

    /// The ballot, encrypted for its citizen alone, to be [resumed](Self::resume) after a reload.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn keep(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.kept.encrypt_for(self.citizen.identity().secret(), &mut generator()?))
    }

    /// Proves the ballot before the voter has decided, so that [casting](Self::cast) takes no time.
    ///
    /// # Errors
    /// `already-challenged`, `other-key`, `cancelled`, `not-proved`.
    pub fn prove(&mut self, key: &ProvingKey, work: &Work) -> Result<(), Failure> {
        self.refuse_after(Decision::Challenged)?;
        if self.proved.is_none() {
            let ballot = self.vote()?.cast_by(&mut work.prover(&key.key), &mut generator()?)?;
            self.proved = Some(ballot);
        }
        Ok(())
    }

    /// Casts the ballot: the same one, however often it is asked for.
    ///
    /// # Errors
    /// `already-challenged`, `other-key`, `cancelled`, `not-proved`.
    pub fn cast(&mut self, key: &ProvingKey, work: &Work) -> Result<CastBallot, Failure> {
        self.prove(key, work)?;
        let ballot = self.proved.clone().ok_or_else(|| Failure::new("not-proved", "there is no proof"))?;
        self.decision = Decision::Cast;
        Ok(ballot.into())
    }

    /// Opens the ballot instead, to see what this machine encrypted: the file to check on another one.
    ///
    /// # Errors
    /// `already-cast`.
    pub fn challenge(&mut self) -> Result<String, Failure> {
        self.refuse_after(Decision::Cast)?;
        let opened = self.vote()?.challenge().to_json();
        self.decision = Decision::Challenged;
        self.proved = None;
        Ok(opened)
    }
}
