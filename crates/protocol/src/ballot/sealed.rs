//! A secret ballot as it travels, the election it is cast in, and what is proved about it (protocol section 2.2).

use super::{
    TrackingCode,
    fingerprint::{challenge, fingerprint},
};
use crate::{
    election::{ElectionId, RuleParameters, SealedRules, SealedRulesError, Weighting},
    registry::RegistryRoot,
    statement::{CircuitId, Nullifier},
    value::field_newtype,
    wire::{self, DecodeError, take},
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use tabella_primitives::{
    Fr,
    digest::{Digest, TaggedHasher, tag_element},
    domain,
    edwards::Point,
    elgamal::{Ciphertext, EncryptionKey, WrongSlots},
    instance::PublicInputs,
    poseidon,
};

field_newtype! {
    /// Names an election with secret ballots: `H_5(tag, terms, root, rules, H(Y_1..Y_N))`.
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal.
    SealedElectionId
}

field_newtype! {
    /// Names a secret ballot: `H_6(tag, election, nullifier, C_0.x, C_0.y, H(C_1..C_N))`.
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal.
    SealedDigest
}

/// Which of the two ballot circuits: for how many options it has slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BallotSize {
    /// Two slots.
    Two,
    /// Eight slots.
    Eight,
}

impl BallotSize {
    /// Both sizes.
    pub const ALL: [Self; 2] = [Self::Two, Self::Eight];

    /// The smallest size for so many options.
    #[must_use]
    pub fn for_options(options: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| options <= size.slots())
    }

    /// Number of slots N.
    #[must_use]
    pub const fn slots(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Eight => 8,
        }
    }

    /// The circuit of this size.
    #[must_use]
    pub const fn circuit(self) -> CircuitId {
        match self {
            Self::Two => CircuitId::Ballot2V1,
            Self::Eight => CircuitId::Ballot8V1,
        }
    }

    /// The circuit that proves tallies of ballots of this size.
    #[must_use]
    pub const fn tally_circuit(self) -> CircuitId {
        match self {
            Self::Two => CircuitId::Tally2V1,
            Self::Eight => CircuitId::Tally8V1,
        }
    }

    /// The hash of the identity in every slot, slots without option included: what stands in the place of a ballot that is none.
    #[must_use]
    pub fn hash_identities(self) -> Fr {
        self.hash_points(core::iter::repeat_n(Point::identity().to_xy(), self.slots()))
    }

    /// The hash of one point for each slot: `H_2N` of their coordinates.
    pub(super) fn hash_points(self, points: impl IntoIterator<Item = (Fr, Fr)>) -> Fr {
        let mut inputs = [Fr::from(0u64); 16];
        for (to, from) in inputs.iter_mut().zip(points.into_iter().flat_map(|(x, y)| [x, y])) {
            *to = from;
        }
        match self {
            Self::Two => {
                let [a, b, c, d, ..] = inputs;
                poseidon::hash(&[a, b, c, d])
            }
            Self::Eight => poseidon::hash(&inputs),
        }
    }
}

impl fmt::Display for BallotSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.circuit().fmt(f)
    }
}

/// All that the circuit must know of an election: what its identifier is the hash of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedElection {
    size: BallotSize,
    terms: Digest,
    root: RegistryRoot,
    parameters: RuleParameters,
    weighting: Weighting,
    key: EncryptionKey,
    /// Derived from all the others but the greatest weight, once.
    id: SealedElectionId,
}

/// Why parts are no election with secret ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealedElectionError {
    /// The rules make no sense for these options and this registry.
    Rules(SealedRulesError),
    /// The encryption key has not one point for each option.
    Keys(WrongSlots),
    /// The registry's root is 0, which no registry has.
    ZeroRegistryRoot,
}

impl fmt::Display for SealedElectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rules(error) => error.fmt(f),
            Self::Keys(error) => write!(f, "the encryption key: {error}"),
            Self::ZeroRegistryRoot => {
                f.write_str("the registry's root is 0, which is the root of no registry")
            }
        }
    }
}

impl core::error::Error for SealedElectionError {}

impl SealedElection {
    /// An election of `options` options among `citizens` citizens.
    ///
    /// `terms` is the tagged digest of everything else that the election fixes (question, labels, window, chain, contract,
    /// nonce, policy and key ceremony); the circuit binds its first 31 bytes.
    ///
    /// # Errors
    /// [`SealedElectionError`].
    pub fn new(
        terms: Digest,
        root: RegistryRoot,
        citizens: u64,
        rules: &SealedRules,
        options: usize,
        key: EncryptionKey,
    ) -> Result<Self, SealedElectionError> {
        let parameters = rules.lower(options, citizens).map_err(SealedElectionError::Rules)?;
        let size = BallotSize::for_options(options)
            .ok_or(SealedElectionError::Rules(SealedRulesError::NumberOfOptions { options }))?;
        if key.len() != options {
            return Err(SealedElectionError::Keys(WrongSlots { expected: options, actual: key.len() }));
        }
        if *root.as_field() == Fr::from(0u64) {
            return Err(SealedElectionError::ZeroRegistryRoot);
        }
        let slot_keys = slot_keys(size, &key).map(|key| key.to_xy());
        let id = SealedElectionId::from_field(poseidon::hash(&[
            tag_element(domain::SEALED_ELECTION),
            terms.to_field(),
            *root.as_field(),
            parameters.to_field(),
            size.hash_points(slot_keys),
        ]));
        Ok(Self { size, terms, root, parameters, weighting: rules.weighting, key, id })
    }

    /// The circuit's size.
    #[must_use]
    pub const fn size(&self) -> BallotSize {
        self.size
    }

    /// The digest of what the circuit need not know, as it enters the identifier.
    #[must_use]
    pub fn terms_element(&self) -> Fr {
        self.terms.to_field()
    }

    /// The registry's root.
    #[must_use]
    pub const fn root(&self) -> RegistryRoot {
        self.root
    }

    /// The rules as the circuit knows them.
    #[must_use]
    pub const fn parameters(&self) -> &RuleParameters {
        &self.parameters
    }

    /// The keys Y_1..Y_k, one for each option.
    #[must_use]
    pub const fn key(&self) -> &EncryptionKey {
        &self.key
    }

    /// One point for each slot of the circuit: the keys, and B8 in slots without option.
    pub fn slot_keys(&self) -> impl Iterator<Item = Point> + '_ {
        slot_keys(self.size, &self.key)
    }

    /// Whether citizens have weights, and up to which.
    #[must_use]
    pub const fn weighting(&self) -> Weighting {
        self.weighting
    }

    /// The election's identifier.
    #[must_use]
    pub const fn id(&self) -> SealedElectionId {
        self.id
    }
}

fn slot_keys(size: BallotSize, key: &EncryptionKey) -> impl Iterator<Item = Point> + '_ {
    let filler = core::iter::repeat(Point::base());
    key.points().iter().copied().chain(filler).take(size.slots())
}

/// What travels of a secret ballot beside its proof: `m = (election, nullifier, C_0, C_1..C_k)`.
///
/// Bytes: election and nullifier, 32 each, then the ciphertext's packed points, 32 (k + 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBallot {
    /// The election it is cast in.
    pub election: SealedElectionId,
    /// The voter's mark in the election: `H_3(tag, election, s)`.
    pub nullifier: Nullifier,
    /// The encrypted numbers.
    pub ciphertext: Ciphertext,
}

/// Why a secret ballot is none of an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealedBallotError {
    /// It names another election.
    OtherElection {
        /// The election asked for.
        expected: SealedElectionId,
        /// The election named.
        actual: SealedElectionId,
    },
    /// It has not one number for each option.
    Slots(WrongSlots),
}

impl fmt::Display for SealedBallotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherElection { expected, actual } => {
                write!(f, "the ballot is of election {actual}, not of {expected}")
            }
            Self::Slots(error) => write!(f, "the ballot's ciphertext: {error}"),
        }
    }
}

impl core::error::Error for SealedBallotError {}

/// Public values of the ballot relation.
///
/// A verifier takes them from [`SealedBallot::instance`] alone, never from a message: then a proof beside another
/// ciphertext than the proved one does not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedInstance {
    /// The ballot's name, the hash that the circuit computes.
    pub digest: SealedDigest,
    /// `keccak256(tag, digest, m) mod 2^128`.
    pub gamma: u128,
    /// `sum_i gamma^i m_i`, i from 1.
    pub fingerprint: Fr,
}

impl PublicInputs<3> for SealedInstance {
    const FIELDS: [&'static str; 3] = ["digest", "gamma", "fingerprint"];

    fn public_inputs(&self) -> [Fr; 3] {
        [*self.digest.as_field(), Fr::from(self.gamma), self.fingerprint]
    }
}

impl SealedBallot {
    /// Decodes the members `sealed_election`, `nullifier` and `ciphertext` of a file that holds a sealed ballot.
    pub(super) fn from_fields(
        election: &str,
        nullifier: &str,
        ciphertext: &[String],
    ) -> Result<Self, DecodeError> {
        let points = wire::points("ciphertext", ciphertext)?;
        Ok(Self {
            election: SealedElectionId::from_decimal(election).map_err(wire::in_field("sealed_election"))?,
            nullifier: Nullifier::from_decimal(nullifier).map_err(wire::in_field("nullifier"))?,
            ciphertext: Ciphertext::from_points(points).map_err(wire::in_field("ciphertext"))?,
        })
    }

    /// The elements m_1, m_2, ..: election, nullifier, x and y of C_0, C_1, .., C_k.
    pub fn elements(&self) -> impl DoubleEndedIterator<Item = Fr> + '_ {
        let head = [*self.election.as_field(), *self.nullifier.as_field()];
        head.into_iter().chain(self.ciphertext.points().iter().flat_map(|point| {
            let (x, y) = point.to_xy();
            [x, y]
        }))
    }

    /// The ballot's name under a circuit of that size; slots without option enter as (0, 0).
    #[must_use]
    pub fn digest(&self, size: BallotSize) -> SealedDigest {
        let mut points = self.ciphertext.points().iter().map(Point::to_xy);
        let (x, y) = points.next().unwrap_or_default();
        SealedDigest::from_field(poseidon::hash(&[
            tag_element(domain::SEALED_BALLOT),
            *self.election.as_field(),
            *self.nullifier.as_field(),
            x,
            y,
            size.hash_points(points),
        ]))
    }

    /// `keccak256(tag, digest, m) mod 2^128`: the last 16 bytes, big endian.
    #[must_use]
    pub fn gamma(&self, digest: SealedDigest) -> u128 {
        let start = TaggedHasher::new(domain::SEALED_CHALLENGE).fr(digest.as_field());
        challenge(self.elements().fold(start, |hasher, element| hasher.fr(&element)))
    }

    /// `sum_i gamma^i m_i`, i from 1, by Horner's rule.
    #[must_use]
    pub fn fingerprint(&self, gamma: u128) -> Fr {
        fingerprint(self.elements(), gamma)
    }

    /// What a wallet shows before it is told whether to cast or to open the ballot.
    #[must_use]
    pub fn tracking_code(&self, election: &ElectionId, size: BallotSize) -> TrackingCode {
        TrackingCode::of(&super::secret::name(size, election, self))
    }

    /// The public values that a proof of this ballot must fit, all computed from the ballot.
    ///
    /// # Errors
    /// [`SealedBallotError`].
    pub fn instance(&self, election: &SealedElection) -> Result<SealedInstance, SealedBallotError> {
        self.check(election.id(), election.parameters().options())?;
        Ok(self.instance_at(election.size()))
    }

    /// Checks that the ballot names that election and has one number for each of so many options.
    pub(super) fn check(&self, expected: SealedElectionId, options: usize) -> Result<(), SealedBallotError> {
        if self.election != expected {
            return Err(SealedBallotError::OtherElection { expected, actual: self.election });
        }
        let slots = self.ciphertext.slots();
        if slots != options {
            return Err(SealedBallotError::Slots(WrongSlots { expected: options, actual: slots }));
        }
        Ok(())
    }

    /// The public values under a circuit of that size, whatever the election.
    #[must_use]
    pub(super) fn instance_at(&self, size: BallotSize) -> SealedInstance {
        let digest = self.digest(size);
        let gamma = self.gamma(digest);
        SealedInstance { digest, gamma, fingerprint: self.fingerprint(gamma) }
    }

    /// The form that travels (see [`SealedBallot`]).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + Ciphertext::MAX_LEN);
        bytes.extend_from_slice(&self.election.to_bytes());
        bytes.extend_from_slice(&self.nullifier.to_bytes());
        bytes.extend_from_slice(&self.ciphertext.to_bytes());
        bytes
    }

    /// Decodes [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`DecodeError`], naming the part.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let short = || DecodeError::Length { expected: 64 + Ciphertext::MAX_LEN, actual: bytes.len() };
        let mut rest = bytes;
        let election = take::<32>(&mut rest).ok_or_else(short)?;
        let nullifier = take::<32>(&mut rest).ok_or_else(short)?;
        Ok(Self {
            election: SealedElectionId::from_bytes(&election).map_err(wire::in_field("election"))?,
            nullifier: Nullifier::from_bytes(&nullifier).map_err(wire::in_field("nullifier"))?,
            ciphertext: Ciphertext::from_bytes(rest).map_err(wire::in_field("ciphertext"))?,
        })
    }
}
