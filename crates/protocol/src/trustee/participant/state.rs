//! What a participant remembers, as text.

use super::{Participant, ROUNDS, Stage};
use crate::{
    trustee::{
        KeyShare, MAX_BODY_BYTES, OpeningLedger, Package, TrusteeIndex, opening::LedgerFile, round0, round1,
        round2, round3,
    },
    wire::{self, DecodeError},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::Digest,
    encoding::{self, EncodingError},
};
use zeroize::Zeroizing;

/// Type and version of a participant's state.
pub const PARTICIPANT_FORMAT: &str = "tabella-trustee-state-v1";
/// Greatest length in bytes of a participant's state.
pub const MAX_PARTICIPANT_BYTES: usize = 256 * 1024;

/// The JSON form. Secret; borrows the secrets from the text that it is read from.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile<'a> {
    #[serde(borrow)]
    format: &'a str,
    /// Hexadecimal.
    #[serde(borrow)]
    secret: &'a str,
    closed: Vec<Vec<(TrusteeIndex, String)>>,
    said: Vec<Package>,
    ledger: LedgerFile,
}

impl Participant {
    /// Everything in one line of JSON, to be kept encrypted. Whoever calls this answers for what becomes of it.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "types with named fields always serialize")]
    pub fn expose_state(&self) -> Zeroizing<String> {
        let secret = match &self.stage {
            Stage::Committed(secret) => secret.expose_bytes(),
            Stage::Revealed(secret) => secret.expose_bytes(),
            Stage::Dealt(secret) => secret.expose_bytes(),
            Stage::Complained(secret) => secret.expose_bytes(),
            Stage::Holds(share) => share.expose_bytes(),
        };
        let secret = Zeroizing::new(encoding::encode_hex(&secret));
        let named = |(trustee, digest): &(TrusteeIndex, Digest)| (*trustee, digest.to_string());
        let file = StateFile {
            format: PARTICIPANT_FORMAT,
            secret: &secret,
            closed: self.closed.iter().map(|seen| seen.iter().map(named).collect()).collect(),
            said: self.said.clone(),
            ledger: self.ledger.to_file(),
        };
        // Room from the start, so that no copy of the secret stays behind when the text grows.
        let room = secret.len() + self.said.len() * (2 * MAX_BODY_BYTES + 1024) + MAX_PARTICIPANT_BYTES;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *bytes, &file).expect("types with named fields always serialize");
        Zeroizing::new(String::from_utf8(core::mem::take(&mut *bytes)).expect("JSON is text"))
    }

    /// Decodes [`Self::expose_state`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_state(text: &str) -> Result<Self, DecodeError> {
        if text.len() > MAX_PARTICIPANT_BYTES {
            return Err(DecodeError::Oversized { limit: MAX_PARTICIPANT_BYTES, actual: text.len() });
        }
        let file: StateFile<'_> = serde_json::from_str(text).map_err(|error| wire::json_error(&error))?;
        wire::expect_format(PARTICIPANT_FORMAT, file.format)?;
        let secret = Zeroizing::new(encoding::decode_hex_vec(file.secret).map_err(wire::in_field("secret"))?);
        let stage = match file.closed.len() {
            0 => Stage::Committed(round0::SecretPackage::from_bytes(&secret)?),
            1 => Stage::Revealed(round1::SecretPackage::from_bytes(&secret)?),
            2 => Stage::Dealt(round2::SecretPackage::from_bytes(&secret)?),
            3 => Stage::Complained(round3::SecretPackage::from_bytes(&secret)?),
            4 => Stage::Holds(KeyShare::from_bytes(&secret)?),
            actual => {
                let error = EncodingError::Length { expected: ROUNDS.len(), actual };
                return Err(DecodeError::Field { field: "closed", error });
            }
        };
        let seen = |(trustee, digest): &(TrusteeIndex, String)| {
            Ok((*trustee, Digest::from_hex(digest).map_err(wire::in_field("closed"))?))
        };
        Ok(Self {
            stage,
            closed: file
                .closed
                .iter()
                .map(|round| round.iter().map(seen).collect())
                .collect::<Result<_, DecodeError>>()?,
            said: file.said,
            ledger: OpeningLedger::from_file(&file.ledger)?,
        })
    }
}
