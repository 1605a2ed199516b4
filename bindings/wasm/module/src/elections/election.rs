//! Elections that a citizen takes part in, and open ballots.

use super::key::ProvingKey;
use crate::{
    failure::Failure,
    identity::Identity,
    preparation::Preparation,
    registry::MembershipPath,
    work::{Work, generator},
};
use serde_json::json;
use tabella::{
    ballot::{CastBallot as ProtocolBallot, ChallengedBallot, Selection, TrackingCode, VoterWeight},
    election::{Election as Joined, Manifest},
    params::KeyPolicy,
    statement::Nullifier,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// An election whose key was compared with the pinned one.
#[wasm_bindgen]
pub struct Election {
    pub(crate) joined: Joined,
}

/// A ballot ready to be handed in. Nothing secret; but whoever sees it leave a machine knows whose it is.
#[wasm_bindgen]
pub struct CastBallot {
    ballot: ProtocolBallot,
}

#[wasm_bindgen]
impl CastBallot {
    /// The ballot file.
    pub fn file(&self) -> String {
        self.ballot.to_json()
    }

    /// The voter's mark, decimal.
    pub fn nullifier(&self) -> String {
        self.ballot.nullifier().to_string()
    }

    /// The tracking code under which the record has it.
    #[wasm_bindgen(js_name = trackingCode)]
    pub fn tracking_code(&self) -> String {
        self.ballot.tracking_code().to_string()
    }
}

impl From<ProtocolBallot> for CastBallot {
    fn from(ballot: ProtocolBallot) -> Self {
        Self { ballot }
    }
}

/// Whether insecure development keys are accepted.
pub(crate) fn policy(allow_insecure: bool) -> KeyPolicy {
    if allow_insecure { KeyPolicy::AllowInsecureDevelopmentKeys } else { KeyPolicy::CeremonyOnly }
}

/// A nullifier as text.
pub(crate) fn parse_nullifier(text: &str) -> Result<Nullifier, Failure> {
    Nullifier::from_decimal(text).map_err(Failure::with("bad-nullifier"))
}

/// A tracking code as people type it.
pub(crate) fn parse_code(text: &str) -> Result<TrackingCode, Failure> {
    text.parse().map_err(Failure::with("bad-code"))
}

impl Election {
    pub(crate) const fn manifest(&self) -> &Manifest {
        self.joined.manifest()
    }
}

#[wasm_bindgen]
impl Election {
    /// Reads a manifest and compares its key with the pinned one.
    ///
    /// # Errors
    /// `bad-election`, `key-refused`, `other-key`.
    pub fn join(manifest: &[u8], allow_insecure_keys: bool) -> Result<Self, Failure> {
        let manifest = Manifest::from_json(manifest)?;
        Ok(Self { joined: Joined::join(manifest, policy(allow_insecure_keys))? })
    }

    /// The manifest, as its file has it.
    pub fn manifest_json(&self) -> String {
        self.manifest().to_json()
    }

    /// The election's name, hexadecimal.
    pub fn id(&self) -> String {
        self.manifest().id().to_string()
    }

    /// Multiplies what every open ballot of this citizen has in common, before she has chosen.
    ///
    /// # Errors
    /// `other-kind`, `other-registry`, `other-key`, `cancelled`, `not-proved`.
    pub fn prepare(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        key: &ProvingKey,
        work: &Work,
    ) -> Result<Preparation, Failure> {
        let prover = &mut work.prover(&key.key);
        let preparation = identity.citizen.prepare(&self.joined, path.path.clone(), prover)?;
        Ok(Preparation { preparation })
    }

    /// Makes an open ballot for the options named.
    ///
    /// # Errors
    /// `other-kind`, `other-registry`, `other-key`, `invalid-selection`, `cancelled`, `not-proved`.
    pub fn vote(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        selection: Vec<String>,
        key: &ProvingKey,
        preparation: Option<Preparation>,
        work: &Work,
    ) -> Result<CastBallot, Failure> {
        let selection = Selection::from_labels(self.manifest(), selection);
        let selection = selection.map_err(Failure::with("invalid-selection"))?;
        let mut prover = work.prover(&key.key);
        if let Some(Preparation { preparation }) = &preparation {
            prover = prover.with_preparation(preparation);
        }
        let rng = &mut generator()?;
        Ok(identity.citizen.vote_by(&self.joined, path.path.clone(), selection, &mut prover, rng)?.into())
    }

    /// Checks a ballot as the ballot box does, but for what came before it: gives `{"nullifier","tracking_code","selection"}` as JSON,
    /// the selection by the options' numbers, or null on a secret ballot.
    ///
    /// # Errors
    /// `refused`.
    #[wasm_bindgen(js_name = verifyBallot)]
    pub fn verify_ballot(&self, ballot: &[u8]) -> Result<String, Failure> {
        let refused = Failure::with("refused");
        let ballot_box = self.joined.memory_ballot_box().map_err(Failure::with("bad-election"))?;
        let verified = ballot_box.check_json(ballot).map_err(refused)?;
        let ballot = verified.ballot();
        let selection = match ballot {
            ProtocolBallot::Open(open) => Some(open.selection().indices().to_vec()),
            ProtocolBallot::Secret(_) => None,
        };
        let answer = json!({
            "nullifier": ballot.nullifier().to_string(),
            "tracking_code": ballot.tracking_code().to_string(),
            "selection": selection,
        });
        Ok(answer.to_string())
    }

    /// Checks what another machine opened when it was challenged: the numbers for the options, in their order. The weight is 0 where
    /// citizens have none.
    ///
    /// # Errors
    /// `bad-opening`, `bad-nullifier`, `bad-code`, `other-opening`.
    #[wasm_bindgen(js_name = checkChallenge)]
    pub fn check_challenge(
        &self,
        opened: &[u8],
        nullifier: &str,
        code: &str,
        weight: u32,
    ) -> Result<Vec<u64>, Failure> {
        let opened = ChallengedBallot::from_json(opened).map_err(Failure::with("bad-opening"))?;
        let (voter, code) = (parse_nullifier(nullifier)?, parse_code(code)?);
        let weight = if weight == 0 { VoterWeight::Once } else { VoterWeight::Known(weight) };
        let numbers = opened.check(self.manifest(), &voter, &code, weight);
        Ok(numbers.map_err(Failure::with("other-opening"))?.to_vec())
    }
}
