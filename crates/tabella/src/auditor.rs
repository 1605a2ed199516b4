//! The auditor: redoes every check of an election record.

use std::io::BufRead;
use tabella_audit::{
    AuditOptions, AuditReport, Fault, Progress, ProofChecks, PublishedHead, PublishedReceipt, TrustedKey,
    UnopenedReport, audit, audit_unopened, quietly,
};
use tabella_params::{KeyPolicy, Provenance, verifying_key};
use tabella_primitives::{digest::Digest, rng::CryptoRng};
use tabella_protocol::{
    election::{ElectionId, KeyProvenance},
    statement::CircuitId,
};

/// Trusts the pinned verifying keys that a policy accepts, and no others.
#[derive(Clone, Debug)]
pub struct Auditor {
    options: AuditOptions,
}

impl Auditor {
    /// An auditor who trusts the pinned keys that `policy` accepts. With [`KeyPolicy::CeremonyOnly`] there are none yet.
    #[must_use]
    pub fn new(policy: KeyPolicy) -> Self {
        let keys = CircuitId::ALL.into_iter().filter_map(|circuit| {
            let pinned = verifying_key(circuit, policy).ok()?;
            let provenance = match pinned.provenance() {
                Provenance::Ceremony { .. } => KeyProvenance::Ceremony,
                _ => KeyProvenance::InsecureDevelopment,
            };
            Some(TrustedKey::new(circuit, pinned.into_key().prepare(), provenance))
        });
        Self { options: AuditOptions::new(keys) }
    }

    /// Expects the record of this election and of no other.
    #[must_use]
    pub fn expect_election(mut self, election: ElectionId) -> Self {
        self.options = self.options.expect_election(election);
        self
    }

    /// Expects the record with this digest, as it was published.
    #[must_use]
    pub fn expect_record(mut self, digest: Digest) -> Self {
        self.options = self.options.expect_record(digest);
        self
    }

    /// Expects to find the ballots of these receipts.
    #[must_use]
    pub fn expect_receipts(mut self, receipts: impl IntoIterator<Item = PublishedReceipt>) -> Self {
        self.options = self.options.expect_receipts(receipts);
        self
    }

    /// Expects to find these published heads of the ballot box.
    #[must_use]
    pub fn expect_heads(mut self, heads: impl IntoIterator<Item = PublishedHead>) -> Self {
        self.options = self.options.expect_heads(heads);
        self
    }

    /// The auditor's clock, in seconds since 1970-01-01 00:00 UTC: a record that says it was closed later than now gets a
    /// [warning](tabella_audit::Warning::ClosedInFuture).
    #[must_use]
    pub fn now(mut self, now: u64) -> Self {
        self.options = self.options.now(now);
        self
    }

    /// Checks proofs one by one on one core; the verdict is the same.
    #[must_use]
    pub fn one_by_one(mut self) -> Self {
        self.options = self.options.check_proofs(ProofChecks::OneByOne);
        self
    }

    /// Asks records of secret ballots for proofs of their sum; it is added up again in any case.
    #[must_use]
    pub fn require_sum_proofs(mut self) -> Self {
        self.options = self.options.require_sum_proofs();
        self
    }

    /// Asks records of opened secret ballots for a proof of their tally; the shares are checked in any case.
    #[must_use]
    pub fn require_tally_proof(mut self) -> Self {
        self.options = self.options.require_tally_proof();
        self
    }

    /// Redoes every check of a record.
    ///
    /// # Errors
    /// The first [`Fault`]: which entry, which field, what is wrong.
    pub fn audit(&self, record: impl BufRead, rng: &mut impl CryptoRng) -> Result<AuditReport, Fault> {
        self.audit_with_progress(record, rng, &mut quietly)
    }

    /// Redoes every check of a record of secret ballots that is not opened yet: what each trustee does before it gives a share.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn audit_unopened(
        &self,
        record: impl BufRead,
        rng: &mut impl CryptoRng,
    ) -> Result<UnopenedReport, Fault> {
        audit_unopened(record, &self.options, rng, &mut quietly)
    }

    /// [`audit`](Self::audit) with a progress bar.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn audit_with_progress(
        &self,
        record: impl BufRead,
        rng: &mut impl CryptoRng,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<AuditReport, Fault> {
        audit(record, &self.options, rng, progress)
    }
}
