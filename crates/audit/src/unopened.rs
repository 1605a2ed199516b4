//! What a trustee knows of an election before it opens the sum.

use crate::Warning;
use tabella_primitives::elgamal::Ciphertext;
use tabella_protocol::{
    election::Manifest,
    record::Closing,
    trustee::{AuthorisedSum, KeyCeremony, OpeningLedger, OpeningPolicy, Refusal, TrusteeIndex},
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

impl UnopenedReport {
    /// Adds up all ballots of the record, and asks a trustee's ledger whether the trustee opens their sum, under the manifest's policy.
    /// Write the ledger down before you decrypt.
    ///
    /// # Errors
    /// [`Refusal`]; the ledger is as before.
    pub fn authorise(
        &self,
        ledger: &mut OpeningLedger,
        trustee: TrusteeIndex,
    ) -> Result<AuthorisedSum, Refusal> {
        ledger.authorise(&self.ceremony, trustee, self.manifest.id(), &self.ciphertexts, self.policy)
    }
}
