//! What a trustee opens, and what it refuses to.
//!
//! A trustee adds up the ciphertexts itself, refuses sums of few ballots, and opens one sum with one key, ever. It remembers what it
//! opened in a ledger. Two sums under one key would give away the ballots by which they differ.

use super::{KeyCeremony, SessionId, TrusteeIndex};
use crate::{
    election::ElectionId,
    wire::{self, DecodeError},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
    elgamal::{Ciphertext, CiphertextSum, SumError, WrongSlots},
};

/// Type and version of the JSON form of a ledger.
pub const LEDGER_FORMAT: &str = "tabella-opening-ledger-v1";
/// Greatest length in bytes of the JSON form of a ledger.
pub const MAX_LEDGER_BYTES: usize = 4 * 1024 * 1024;
/// Least number of ballots that any policy allows: a sum of one is that ballot.
pub const LEAST_BALLOTS: u64 = 2;

/// The sum of the ciphertexts of one election: what trustees open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedSum {
    election: ElectionId,
    transcript: Digest,
    sum: CiphertextSum,
    digest: Digest,
}

impl EncryptedSum {
    /// Adds up the ciphertexts of all accepted ballots of an election.
    ///
    /// # Errors
    /// [`SumError`]: there are none, or one has another number of slots than the ceremony has keys.
    pub fn of(
        ceremony: &KeyCeremony,
        election: ElectionId,
        ciphertexts: &[Ciphertext],
    ) -> Result<Self, SumError> {
        Self::of_sum(ceremony, election, CiphertextSum::of(ciphertexts)?)
            .map_err(|error| SumError::Slots { position: 0, error })
    }

    /// A sum that was added up piece by piece. What a trustee opens is added up by [`OpeningLedger::authorise`] itself.
    ///
    /// # Errors
    /// [`WrongSlots`] unless the sum has as many slots as the ceremony has keys.
    pub fn of_sum(
        ceremony: &KeyCeremony,
        election: ElectionId,
        sum: CiphertextSum,
    ) -> Result<Self, WrongSlots> {
        if sum.slots() != ceremony.key().len() {
            return Err(WrongSlots { expected: ceremony.key().len(), actual: sum.slots() });
        }
        let mut hasher = TaggedHasher::new(domain::ENCRYPTED_SUM)
            .digest(election.as_digest())
            .digest(ceremony.transcript())
            .u64(sum.count())
            .bytes(&sum.shared().to_xy_bytes());
        for body in sum.bodies() {
            hasher = hasher.bytes(&body.to_xy_bytes());
        }
        Ok(Self { election, transcript: *ceremony.transcript(), digest: hasher.finish(), sum })
    }

    /// The election.
    #[must_use]
    pub const fn election(&self) -> &ElectionId {
        &self.election
    }

    /// The digest of the transcript of the ceremony that made the keys.
    #[must_use]
    pub const fn transcript(&self) -> &Digest {
        &self.transcript
    }

    /// The sum.
    #[must_use]
    pub const fn sum(&self) -> &CiphertextSum {
        &self.sum
    }

    /// Names the sum: the tagged digest of election, transcript, number of ballots, and points.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }
}

/// What the election allows to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpeningPolicy {
    least_ballots: u64,
}

impl OpeningPolicy {
    /// Sums of at least so many ballots; None below [`LEAST_BALLOTS`].
    #[must_use]
    pub const fn new(least_ballots: u64) -> Option<Self> {
        if least_ballots < LEAST_BALLOTS { None } else { Some(Self { least_ballots }) }
    }

    /// Least number of ballots in a sum.
    #[must_use]
    pub const fn least_ballots(&self) -> u64 {
        self.least_ballots
    }
}

/// Why a trustee does not open a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There are no ballots to be added, or one does not fit the keys.
    Sum(SumError),
    /// Fewer ballots than the election allows to open.
    TooFewBallots {
        /// Their number.
        ballots: u64,
        /// The least number.
        least: u64,
    },
    /// A ballot stands in the list twice, or is a copy of another one.
    RepeatedBallot {
        /// Position of the second one, from 0.
        position: usize,
        /// Position of the first one.
        earlier: usize,
    },
    /// The randomness of all ballots adds up to 0: somebody arranged that.
    Degenerate,
    /// The key has opened another sum of this election. The two would give away the ballots by which they differ.
    OtherSum {
        /// The sum that was opened.
        opened: Digest,
        /// The sum that is asked for.
        asked: Digest,
    },
    /// The key has not opened this sum, and opens none without its ballots.
    NotOpened {
        /// The sum that is asked for.
        asked: Digest,
    },
    /// The key has opened a sum for another election. One key serves one election.
    OtherElection {
        /// The election for which it was used.
        opened: ElectionId,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum(error) => write!(f, "no sum is opened: {error}"),
            Self::TooFewBallots { ballots, least } => {
                write!(f, "{ballots} ballots are not opened; the election asks for {least} at least")
            }
            Self::RepeatedBallot { position, earlier } => {
                write!(f, "ballot {position} is ballot {earlier} once more")
            }
            Self::Degenerate => f.write_str("the randomness of the ballots adds up to nothing"),
            Self::OtherSum { opened, asked } => {
                write!(f, "the sum {opened} of this election was opened; {asked} is not opened as well")
            }
            Self::NotOpened { asked } => write!(f, "the key has not opened the sum {asked}"),
            Self::OtherElection { opened } => {
                write!(f, "this key has opened election {opened}, and opens no other")
            }
        }
    }
}

impl core::error::Error for Refusal {}

/// One sum that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opened {
    session: SessionId,
    trustee: TrusteeIndex,
    election: ElectionId,
    sum: Digest,
}

/// What a trustee has opened. It is kept for as long as the keys are, and written down *before* a share leaves the trustee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpeningLedger(Vec<Opened>);

/// A sum that its trustee may open: the only thing that [`KeyShare::decrypt`](super::KeyShare::decrypt) takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorisedSum {
    pub(super) session: SessionId,
    pub(super) trustee: TrusteeIndex,
    sum: EncryptedSum,
}

impl AuthorisedSum {
    /// The sum.
    #[must_use]
    pub const fn sum(&self) -> &EncryptedSum {
        &self.sum
    }
}

impl OpeningLedger {
    /// A trustee's ledger before its first opening.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds up the ciphertexts of an election and decides whether this trustee opens the sum. The same sum may be opened again; its share
    /// is the same. Write the ledger down before you decrypt.
    ///
    /// # Errors
    /// [`Refusal`]; the ledger is as before.
    pub fn authorise(
        &mut self,
        ceremony: &KeyCeremony,
        trustee: TrusteeIndex,
        election: ElectionId,
        ciphertexts: &[Ciphertext],
        policy: OpeningPolicy,
    ) -> Result<AuthorisedSum, Refusal> {
        let sum = EncryptedSum::of(ceremony, election, ciphertexts).map_err(Refusal::Sum)?;
        let (ballots, least) = (sum.sum.count(), policy.least_ballots);
        if ballots < least {
            return Err(Refusal::TooFewBallots { ballots, least });
        }
        let mut places = HashMap::with_capacity(ciphertexts.len());
        for (position, ciphertext) in ciphertexts.iter().enumerate() {
            // C_0 is as good as random: two ballots with one are one ballot, whatever else was changed.
            if let Some(earlier) = places.insert(ciphertext.points().first(), position) {
                return Err(Refusal::RepeatedBallot { position, earlier });
            }
        }
        if sum.sum.shared().is_identity() {
            return Err(Refusal::Degenerate);
        }
        let session = *ceremony.session();
        let opened = Opened { session, trustee, election, sum: sum.digest };
        match self.0.iter().find(|entry| (entry.session, entry.trustee) == (session, trustee)) {
            Some(entry) if entry.election != election => {
                return Err(Refusal::OtherElection { opened: entry.election });
            }
            Some(entry) if entry.sum != sum.digest => {
                return Err(Refusal::OtherSum { opened: entry.sum, asked: sum.digest });
            }
            Some(_) => (),
            None => self.0.push(opened),
        }
        Ok(AuthorisedSum { session, trustee, sum })
    }

    /// Authorises once more what this trustee has opened before, and nothing else: for its part in the proof of the tally. The ballots are
    /// not needed, for nothing new is opened.
    ///
    /// # Errors
    /// [`Refusal::NotOpened`].
    pub fn authorise_again(
        &self,
        ceremony: &KeyCeremony,
        trustee: TrusteeIndex,
        sum: EncryptedSum,
    ) -> Result<AuthorisedSum, Refusal> {
        let session = *ceremony.session();
        // The digest of a sum covers election, transcript, number of ballots and points.
        let opened = Opened { session, trustee, election: sum.election, sum: sum.digest };
        if !self.0.contains(&opened) {
            return Err(Refusal::NotOpened { asked: sum.digest });
        }
        Ok(AuthorisedSum { session, trustee, sum })
    }

    /// The ledger in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(&self.to_file())
    }

    pub(super) fn to_file(&self) -> LedgerFile {
        let entry = |opened: &Opened| OpenedFile {
            session: opened.session.to_string(),
            trustee: opened.trustee,
            election: opened.election.to_string(),
            sum: opened.sum.to_string(),
        };
        LedgerFile { format: LEDGER_FORMAT.to_string(), opened: self.0.iter().map(entry).collect() }
    }

    /// Decodes [`Self::to_json`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_file(&wire::parse_json(bytes, MAX_LEDGER_BYTES)?)
    }

    pub(super) fn from_file(file: &LedgerFile) -> Result<Self, DecodeError> {
        wire::expect_format(LEDGER_FORMAT, &file.format)?;
        let entry = |opened: &OpenedFile| {
            Ok(Opened {
                session: SessionId::from_hex(&opened.session).map_err(wire::in_field("session"))?,
                trustee: opened.trustee,
                election: ElectionId::from_hex(&opened.election).map_err(wire::in_field("election"))?,
                sum: Digest::from_hex(&opened.sum).map_err(wire::in_field("sum"))?,
            })
        };
        file.opened.iter().map(entry).collect::<Result<_, _>>().map(Self)
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LedgerFile {
    format: String,
    opened: Vec<OpenedFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenedFile {
    session: String,
    trustee: TrusteeIndex,
    election: String,
    sum: String,
}
