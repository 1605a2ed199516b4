//! What a trustee knows of an election before it opens the sum.

use crate::{PublishedHead, Warning};
use core::fmt;
use tabella_primitives::elgamal::{Ciphertext, SumError};
use tabella_protocol::{
    election::{ElectionId, Manifest},
    record::{Closing, Link},
    trustee::{
        AuthorisedSum, EncryptedSum, KeyCeremony, OpeningLedger, OpeningPolicy, Refusal, TrusteeIndex,
    },
};

/// What an audit without a fault found in a record that is not opened yet. That there is one means that every ballot in it was checked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UnopenedReport {
    /// What was asked, of whom, when, under which rules.
    pub manifest: Manifest,
    /// How the ballot box was closed: compare its head with the one that was published.
    pub closing: Closing,
    /// Number of citizens in the registry, removed ones not counted; none if the record does not include the registry.
    pub citizens: Option<u64>,
    /// The key ceremony.
    pub ceremony: KeyCeremony,
    /// What should be known to whoever relies on the record.
    pub warnings: Vec<Warning>,
    pub(crate) policy: OpeningPolicy,
    pub(crate) ciphertexts: Vec<Ciphertext>,
}

/// Why a trustee does not open the sum of a record that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAuthorised {
    /// The record is another election's.
    OtherElection {
        /// The election that the trustee opens.
        expected: ElectionId,
        /// The record's.
        actual: ElectionId,
    },
    /// The box of the record closed with another number of ballots than the published one.
    OtherNumber {
        /// Number of ballots that was published.
        expected: u64,
        /// The record's.
        actual: u64,
    },
    /// The box of the record closed with as many ballots as the published one, but not with the same ones.
    OtherHead {
        /// The link after the last ballot that was published.
        expected: Link,
        /// The record's.
        actual: Link,
    },
    /// The trustee's ledger or the manifest's policy does not allow it.
    Refused(Refusal),
}

impl fmt::Display for NotAuthorised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherElection { expected, actual } => {
                write!(f, "the record is election {actual}'s, the trustee opens {expected}")
            }
            Self::OtherNumber { expected, actual } => {
                write!(f, "the box closed with {expected} ballots, the record has {actual}")
            }
            Self::OtherHead { expected, actual } => {
                write!(f, "the box closed with link {expected}, the record with {actual}")
            }
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl core::error::Error for NotAuthorised {}

impl UnopenedReport {
    /// The sum of all ballots, as trustees open it; none if there are fewer than the election opens.
    ///
    /// # Errors
    /// [`SumError`]; never for a record that holds.
    pub fn sum(&self) -> Result<Option<EncryptedSum>, SumError> {
        if self.closing.ballots < self.policy.least_ballots() {
            return Ok(None);
        }
        EncryptedSum::of(&self.ceremony, self.manifest.id(), &self.ciphertexts).map(Some)
    }

    /// Adds up all ballots of the record, and asks a trustee's ledger whether the trustee opens their sum, under the manifest's policy.
    /// Write the ledger down before you decrypt.
    ///
    /// `election` and `closing`, how its box was closed, come from where they were published, never from who hands out the record: a record
    /// of another election with the same keys, or of one that closed earlier, would take the trustee's one opening.
    ///
    /// # Errors
    /// [`NotAuthorised`]; the ledger is as before.
    pub fn authorise(
        &self,
        election: ElectionId,
        closing: PublishedHead,
        ledger: &mut OpeningLedger,
        trustee: TrusteeIndex,
    ) -> Result<AuthorisedSum, NotAuthorised> {
        let (id, closed) = (self.manifest.id(), PublishedHead::from(self.closing));
        if id != election {
            return Err(NotAuthorised::OtherElection { expected: election, actual: id });
        }
        if closed.ballots != closing.ballots {
            return Err(NotAuthorised::OtherNumber { expected: closing.ballots, actual: closed.ballots });
        }
        if closed.link != closing.link {
            return Err(NotAuthorised::OtherHead { expected: closing.link, actual: closed.link });
        }
        ledger
            .authorise(&self.ceremony, trustee, id, &self.ciphertexts, self.policy)
            .map_err(NotAuthorised::Refused)
    }
}
