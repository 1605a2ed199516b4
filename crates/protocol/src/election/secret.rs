//! What only elections with secret ballots fix: weights, least number of ballots, and the trustees' keys.

use super::{Manifest, ManifestError, ManifestFileError, Rules, SealedRules, Weighting};
use crate::{
    ballot::{SealedElection, SealedElectionError, SelectionError},
    trustee::{KeyCeremony, OpeningPolicy},
    wire::{self, DecodeError},
};
use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    discrete_log::MAX_BOUND,
    elgamal::{EncryptionKey, WrongSlots},
    encoding,
};
use zeroize::Zeroizing;

/// What an election with secret ballots fixes beside what every election fixes. Public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretBallots {
    /// Whether citizens have weights.
    pub weighting: Weighting,
    /// Least number of ballots whose sum trustees open.
    pub policy: OpeningPolicy,
    /// The keys Y_1..Y_k, one for each option.
    pub key: EncryptionKey,
    /// Digest of the transcript of the ceremony that made the keys ([`KeyCeremony::transcript`]).
    pub ceremony: Digest,
}

impl SecretBallots {
    /// With the keys of a ceremony, all citizens alike.
    #[must_use]
    pub fn new(ceremony: &KeyCeremony, policy: OpeningPolicy) -> Self {
        Self {
            weighting: Weighting::Plain,
            policy,
            key: ceremony.key().clone(),
            ceremony: *ceremony.transcript(),
        }
    }

    /// In a registry whose citizens have weights of at most `max_weight`.
    #[must_use]
    pub const fn weighted(mut self, max_weight: u32) -> Self {
        self.weighting = Weighting::Weighted { max_weight };
        self
    }

    /// What a voter may write on a ballot, under these rules.
    #[must_use]
    pub const fn rules(&self, rules: &Rules) -> SealedRules {
        SealedRules { method: rules.method, abstention: rules.abstention, weighting: self.weighting }
    }

    /// Checks rules, keys and policy for so many options and citizens.
    pub(super) fn check(&self, rules: &Rules, options: usize, citizens: u64) -> Result<(), ManifestError> {
        let secret = |error| ManifestError::Secret(error);
        self.rules(rules).lower(options, citizens).map_err(SealedElectionError::Rules).map_err(secret)?;
        rules.check_secret(self.weighting, options, citizens).map_err(ManifestError::Rules)?;
        let actual = self.key.len();
        if actual != options {
            return Err(secret(SealedElectionError::Keys(WrongSlots { expected: options, actual })));
        }
        let least = self.policy.least_ballots();
        if least > citizens {
            return Err(ManifestError::LeastBallots { least, citizens });
        }
        Ok(())
    }

    /// What the circuit knows of the election; all the rest is in the manifest's digest.
    pub(super) fn seal(&self, manifest: &Manifest) -> Result<SealedElection, ManifestError> {
        let registry = manifest.registry();
        SealedElection::new(
            *manifest.id().as_digest(),
            registry.root,
            registry.size,
            &self.rules(manifest.rules()),
            manifest.options().len(),
            self.key.clone(),
        )
        .map_err(ManifestError::Secret)
    }

    /// Absorbs every field, each in a fixed number of parts given its discriminant or count.
    pub(super) fn absorb(&self, hasher: TaggedHasher) -> TaggedHasher {
        let hasher = match self.weighting {
            Weighting::Plain => hasher.u64(0),
            Weighting::Weighted { max_weight } => hasher.u64(1).u64(max_weight.into()),
        };
        let hasher = hasher
            .u64(self.policy.least_ballots())
            .digest(&self.ceremony)
            .u64(u64::try_from(self.key.len()).expect("at most MAX_SLOTS"));
        self.key.points().iter().fold(hasher, |hasher, point| hasher.bytes(&point.to_xy_bytes()))
    }
}

impl Manifest {
    /// The numbers of a secret ballot, one for each option in the manifest's order, 0 for those that are not named. Whether the rules allow
    /// them, [`RuleParameters::check`](super::RuleParameters::check) says.
    ///
    /// # Errors
    /// [`SelectionError::NoSuchLabel`] or [`SelectionError::Repeated`].
    pub fn numbers<L: AsRef<str>>(
        &self,
        labels: impl IntoIterator<Item = (L, u64)>,
    ) -> Result<Zeroizing<Vec<u64>>, SelectionError> {
        let mut named: Zeroizing<Vec<Option<u64>>> = Zeroizing::new(vec![None; self.options().len()]);
        for (label, number) in labels {
            let label = label.as_ref();
            let index = self.options().iter().position(|option| option == label);
            let unknown = || SelectionError::NoSuchLabel { label: label.chars().take(64).collect() };
            let place = index.and_then(|index| named.get_mut(index)).ok_or_else(unknown)?;
            if place.replace(number).is_some() {
                let index = index.and_then(|index| u16::try_from(index).ok()).unwrap_or(u16::MAX);
                return Err(SelectionError::Repeated { index });
            }
        }
        Ok(Zeroizing::new(named.iter().map(|number| number.unwrap_or(0)).collect()))
    }

    /// The greatest sum that so many secret ballots can have for one option: what a table of logarithms must reach. None for open ballots.
    #[must_use]
    pub fn greatest_sum(&self, ballots: u64) -> Option<u64> {
        let weight = match self.secret()?.weighting {
            Weighting::Plain => 1,
            Weighting::Weighted { max_weight } => max_weight,
        };
        let most = self.sealed()?.parameters().max();
        // More ballots than the registry has places do not fit the bound either.
        Some(ballots.saturating_mul(most.into()).saturating_mul(weight.into()).min(MAX_BOUND))
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretBallotsFile {
    weighting: Weighting,
    least_ballots: u64,
    ceremony: String,
    /// Packed points, 64 hexadecimal digits each.
    keys: Vec<String>,
}

impl From<&SecretBallots> for SecretBallotsFile {
    fn from(secret: &SecretBallots) -> Self {
        Self {
            weighting: secret.weighting,
            least_ballots: secret.policy.least_ballots(),
            ceremony: secret.ceremony.to_string(),
            keys: secret.key.points().iter().map(|point| encoding::encode_hex(&point.to_packed())).collect(),
        }
    }
}

impl SecretBallotsFile {
    /// The values, for a registry with so many places.
    pub(super) fn decode(self, citizens: u64) -> Result<SecretBallots, ManifestFileError> {
        let least = self.least_ballots;
        let policy = OpeningPolicy::new(least).ok_or(ManifestError::LeastBallots { least, citizens })?;
        let keys = wire::points("secret.keys", &self.keys)?;
        Ok(SecretBallots {
            weighting: self.weighting,
            policy,
            key: EncryptionKey::new(keys).map_err(DecodeError::EncryptionKey)?,
            ceremony: Digest::from_hex(&self.ceremony).map_err(wire::in_field("secret.ceremony"))?,
        })
    }
}
