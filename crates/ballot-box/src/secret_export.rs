//! The record of secret ballots, in two steps: what trustees get, and the whole after they opened the sum.

use crate::{
    ballot_box::BallotBox,
    export::{ExportError, Exported, expect_frozen, foreign},
    storage::BallotStore,
};
use std::io::Write;
use tabella_primitives::{Fr, elgamal::RunningSum};
use tabella_protocol::{
    election::{ElectionKind, SecretBallots},
    identity::IdentityCommitment,
    record::RecordWriter,
    registry::weighted_leaf,
    tally::Tally,
    trustee::{CeremonyRecord, EncryptedSum, KeyCeremony, Package},
};

/// The registry as a record includes it.
#[derive(Clone, Copy, Debug)]
pub enum RegistryLeaves<'a> {
    /// Not included.
    Omitted,
    /// The leaves, in the registry's order.
    Plain(&'a [Fr]),
    /// Commitments and weights, in the registry's order; 0 and 0 where a citizen was removed.
    Weighted(&'a [(Fr, u32)]),
}

/// What is to be opened.
#[derive(Clone, Debug)]
pub struct Unopened {
    /// Number of ballots.
    pub ballots: u64,
    /// The key ceremony, every check of which was made.
    pub ceremony: KeyCeremony,
    /// The sum of all ballots; none if there are fewer than the election opens.
    pub sum: Option<EncryptedSum>,
}

/// The opening of a sum.
#[derive(Clone, Copy, Debug)]
pub struct Opened<'a> {
    /// Good shares, at least as many as the threshold.
    pub shares: &'a [Package],
    /// The numbers of the sum, one for each option.
    pub numbers: &'a [u64],
}

impl<S: BallotStore> BallotBox<S> {
    /// Writes the record of the closed box of an election with secret ballots as far as trustees need it: manifest, ballots, closing,
    /// registry, key ceremony.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn write_unopened(
        &self,
        to: impl Write,
        registry: RegistryLeaves<'_>,
        ceremony: &CeremonyRecord,
    ) -> Result<Unopened, ExportError> {
        let (writer, unopened) = self.write_until_shares(to, registry, ceremony)?;
        writer.pause()?;
        Ok(unopened)
    }

    /// Writes the whole record of the closed box of an election with secret ballots. `opened` is none if, and only if, there are fewer
    /// ballots than the election opens.
    ///
    /// # Errors
    /// [`ExportError`]. Whether shares and numbers are right is the audit's to say.
    pub fn write_opened(
        &self,
        to: impl Write,
        registry: RegistryLeaves<'_>,
        ceremony: &CeremonyRecord,
        opened: Option<Opened<'_>>,
    ) -> Result<Exported, ExportError> {
        let (mut writer, unopened) = self.write_until_shares(to, registry, ceremony)?;
        let ballots = unopened.ballots;
        let tally = match (unopened.sum, opened) {
            (Some(_), Some(opened)) => {
                writer.shares(opened.shares)?;
                Tally::of_sum(self.manifest(), ballots, opened.numbers).map_err(ExportError::Numbers)?
            }
            (None, None) => Tally::not_opened(self.manifest(), ballots),
            _ => return Err(ExportError::Opening { ballots, least: self.secret()?.policy.least_ballots() }),
        };
        writer.tally(&tally)?;
        Ok(Exported { digest: writer.finish()?, tally })
    }

    fn secret(&self) -> Result<&SecretBallots, ExportError> {
        let manifest = self.manifest();
        manifest.secret().ok_or(ExportError::OtherKind { actual: manifest.kind() })
    }

    fn write_until_shares<W: Write>(
        &self,
        to: W,
        registry: RegistryLeaves<'_>,
        record: &CeremonyRecord,
    ) -> Result<(RecordWriter<W>, Unopened), ExportError> {
        self.expect_kind(ElectionKind::SecretBallots)?;
        let (manifest, secret) = (self.manifest(), self.secret()?);
        let state = self.store.state()?;
        let closed_at = state.closed_at.ok_or(ExportError::NotClosed)?;
        let ceremony = record.verify().map_err(ExportError::Ceremony)?;
        let (expected, actual) = (secret.ceremony, *ceremony.transcript());
        if expected != actual {
            return Err(ExportError::OtherCeremony { expected, actual });
        }
        match registry {
            RegistryLeaves::Omitted => {}
            RegistryLeaves::Plain(leaves) => expect_frozen(manifest.registry(), leaves)?,
            RegistryLeaves::Weighted(citizens) => {
                let leaves: Vec<Fr> = citizens.iter().map(leaf).collect();
                expect_frozen(manifest.registry(), &leaves)?;
            }
        }
        let mut writer = RecordWriter::new(to, manifest)?;
        let mut sum = RunningSum::new();
        self.write_ballots(&mut writer, &state, |stored, _| {
            let ballot = stored.ballot.secret().ok_or_else(|| foreign(stored.index))?;
            sum.add(&ballot.sealed().ciphertext).map_err(ExportError::Numbers)
        })?;
        writer.close(closed_at)?;
        match registry {
            RegistryLeaves::Omitted => {}
            RegistryLeaves::Plain(leaves) => writer.registry_leaves(leaves)?,
            RegistryLeaves::Weighted(citizens) => writer.weighted_registry(citizens)?,
        }
        writer.ceremony(record)?;
        let enough = state.ballots >= secret.policy.least_ballots();
        let sum = match sum.finish().filter(|_| enough) {
            Some(sum) => {
                Some(EncryptedSum::of_sum(&ceremony, manifest.id(), sum).map_err(ExportError::Numbers)?)
            }
            None => None,
        };
        Ok((writer, Unopened { ballots: state.ballots, ceremony, sum }))
    }
}

/// The leaf of a citizen with a weight; 0 where one was removed.
fn leaf((commitment, weight): &(Fr, u32)) -> Fr {
    if *weight == 0 {
        Fr::from(0u64)
    } else {
        weighted_leaf(&IdentityCommitment::from_field(*commitment), *weight)
    }
}
