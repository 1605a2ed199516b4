//! Makes a [`Manifest`] field by field and checks it as a whole.

use super::{
    ChainBinding, ElectionId, ElectionKind, FrozenRegistry, KeyProvenance, Manifest, Rules, RulesError,
    Window,
    secret::SecretBallots,
    text::{self, MAX_OPTIONS, TextField, TextProblem},
};
use crate::{
    ballot::{BallotSize, SealedElectionError},
    registry::MAX_DEPTH,
    statement::{CircuitId, Relation},
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use tabella_primitives::{Fr, digest::Digest, rng::CryptoRng};

/// Makes a [`Manifest`] field by field.
///
/// Rules default to [`Rules::single_choice`], the circuit to the smallest one that serves the registry's depth.
#[derive(Clone, Debug)]
pub struct ManifestBuilder {
    pub(super) title: String,
    pub(super) question: String,
    pub(super) description: String,
    pub(super) options: Vec<String>,
    pub(super) rules: Rules,
    pub(super) window: Option<Window>,
    pub(super) registry: Option<FrozenRegistry>,
    pub(super) circuit: Option<CircuitId>,
    pub(super) key: Option<(Digest, KeyProvenance)>,
    pub(super) nonce: Option<[u8; 32]>,
    pub(super) binding: Option<ChainBinding>,
    pub(super) secret: Option<SecretBallots>,
}

/// Why a manifest makes no sense. The message names the field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestError {
    /// A field was not given.
    Missing {
        /// Name of the field.
        field: &'static str,
    },
    /// A text is empty, too long or deceptive.
    Text {
        /// Which text.
        field: TextField,
        /// What is wrong with it.
        problem: TextProblem,
    },
    /// `options`: fewer than 2 or more than [`MAX_OPTIONS`].
    NumberOfOptions {
        /// Number given.
        actual: usize,
    },
    /// `options`: two have the same label, or labels that a reader takes for the same.
    DuplicateOption {
        /// Index of the first, from 0.
        first: usize,
        /// Index of the second, from 0.
        second: usize,
    },
    /// `rules` make no sense for these options and this registry.
    Rules(RulesError),
    /// `window`: it closes before it opens, or at the same time.
    EmptyWindow {
        /// First second of the window.
        opens_at: u64,
        /// First second after it.
        closes_at: u64,
    },
    /// `window`: a time after the year 9999, perhaps in milliseconds.
    TimeOutOfRange {
        /// The time given, in seconds.
        time: u64,
    },
    /// `registry.root` is 0, which no registry has.
    ZeroRegistryRoot,
    /// `registry.size` is 0 or above 2^32.
    RegistrySize {
        /// The size given.
        size: u64,
    },
    /// `registry.depth` is not `ceil(log2(size))`.
    RegistryDepth {
        /// The depth that follows from the size.
        expected: u8,
        /// The depth given.
        actual: u8,
    },
    /// `circuit` is not the one that ballots of such an election are proved with.
    CircuitRelation {
        /// The circuit given.
        circuit: CircuitId,
        /// The kind of election.
        kind: ElectionKind,
    },
    /// `secret` stands in a manifest of an election with open ballots.
    SecretInOpenElection,
    /// `secret`: rules or keys make no sense for these options and this registry.
    Secret(SealedElectionError),
    /// `secret.least_ballots`: below 2, or more than there are places in the registry.
    LeastBallots {
        /// The least number given.
        least: u64,
        /// Places in the registry.
        citizens: u64,
    },
    /// `circuit` does not serve registries of this depth.
    CircuitTooShallow {
        /// The circuit given.
        circuit: CircuitId,
        /// The registry's depth.
        depth: u8,
    },
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { field } => write!(f, "`{field}` was not given"),
            Self::Text { field, problem } => write!(f, "the {field} {problem}"),
            Self::NumberOfOptions { actual } => {
                write!(f, "`options`: {actual} options; an election has 2 to {MAX_OPTIONS}")
            }
            Self::DuplicateOption { first, second } => {
                write!(
                    f,
                    "`options`: option {} has the same label as option {}, or one that looks like it",
                    second + 1,
                    first + 1
                )
            }
            Self::Rules(error) => error.fmt(f),
            Self::EmptyWindow { opens_at, closes_at } => {
                write!(f, "`window`: closes at {closes_at}, which is not after it opens at {opens_at}")
            }
            Self::TimeOutOfRange { time } => {
                write!(f, "`window`: {time} seconds is after the year 9999; are these milliseconds?")
            }
            Self::ZeroRegistryRoot => f.write_str("`registry.root` is 0, which is the root of no registry"),
            Self::RegistrySize { size } => {
                write!(f, "`registry.size` is {size}; a registry has 1 to 2^{MAX_DEPTH} places")
            }
            Self::RegistryDepth { expected, actual } => {
                write!(f, "`registry.depth` is {actual}, but {expected} follows from the size")
            }
            Self::CircuitRelation { circuit, kind } => {
                write!(f, "`circuit`: {circuit} is not for {} with so many options", kind.name())
            }
            Self::SecretInOpenElection => f.write_str("`secret`: stands in an election with open ballots"),
            Self::Secret(error) => error.fmt(f),
            Self::LeastBallots { least, citizens } => write!(
                f,
                "`secret.least_ballots` is {least}: from 2 to the {citizens} places of the registry are possible"
            ),
            Self::CircuitTooShallow { circuit, depth } => {
                write!(f, "`circuit`: {circuit} does not serve a registry of depth {depth}")
            }
        }
    }
}

impl core::error::Error for ManifestError {}

impl ManifestBuilder {
    pub(super) fn new(title: impl Into<String>, question: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            question: question.into(),
            description: String::new(),
            options: Vec::new(),
            rules: Rules::single_choice(),
            window: None,
            registry: None,
            circuit: None,
            key: None,
            nonce: None,
            binding: None,
            secret: None,
        }
    }

    /// Sets the description: any number of lines.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the labels of the options, 2 to [`MAX_OPTIONS`].
    #[must_use]
    pub fn options<L: Into<String>>(mut self, labels: impl IntoIterator<Item = L>) -> Self {
        self.options = labels.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the rules.
    #[must_use]
    pub const fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Sets when ballots are accepted.
    #[must_use]
    pub const fn window(mut self, window: Window) -> Self {
        self.window = Some(window);
        self
    }

    /// Sets who may vote.
    #[must_use]
    pub const fn registry(mut self, registry: FrozenRegistry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Sets the circuit, where it shall not be the smallest that serves the registry.
    #[must_use]
    pub const fn circuit(mut self, circuit: CircuitId) -> Self {
        self.circuit = Some(circuit);
        self
    }

    /// Names the verifying key by its digest, with how it came about.
    #[must_use]
    pub const fn verifying_key(mut self, digest: Digest, provenance: KeyProvenance) -> Self {
        self.key = Some((digest, provenance));
        self
    }

    /// Names a development verifying key by its digest. Under such a key anyone can forge any proof.
    #[must_use]
    pub const fn insecure_development_key(self, digest: Digest) -> Self {
        self.verifying_key(digest, KeyProvenance::InsecureDevelopment)
    }

    /// Sets the nonce. Two elections with the same nonce and content are one election.
    #[must_use]
    pub const fn nonce(mut self, nonce: [u8; 32]) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// Draws the nonce.
    #[must_use]
    pub fn random_nonce(mut self, rng: &mut impl CryptoRng) -> Self {
        let mut nonce = [0u8; 32];
        rng.fill_bytes(&mut nonce);
        self.nonce = Some(nonce);
        self
    }

    /// Ties the election to a contract.
    #[must_use]
    pub const fn binding(mut self, binding: ChainBinding) -> Self {
        self.binding = Some(binding);
        self
    }

    /// Makes it an election with secret ballots.
    #[must_use]
    pub fn secret(mut self, secret: SecretBallots) -> Self {
        self.secret = Some(secret);
        self
    }

    /// Checks everything and gives the manifest its name.
    ///
    /// # Errors
    /// [`ManifestError`], naming the field.
    pub fn build(self) -> Result<Manifest, ManifestError> {
        self.check_texts()?;
        let window = self.window.ok_or(ManifestError::Missing { field: "window" })?;
        check_window(window)?;
        let registry = self.registry.ok_or(ManifestError::Missing { field: "registry" })?;
        check_registry(&registry)?;
        match &self.secret {
            None => self.rules.check(self.options.len(), registry.size).map_err(ManifestError::Rules)?,
            Some(secret) => secret.check(&self.rules, self.options.len(), registry.size)?,
        }
        let circuit = self.checked_circuit(registry.depth)?;
        let (verifying_key, key_provenance) =
            self.key.ok_or(ManifestError::Missing { field: "verifying_key" })?;
        let nonce = self.nonce.ok_or(ManifestError::Missing { field: "nonce" })?;
        let mut manifest = Manifest {
            title: self.title,
            question: self.question,
            description: self.description,
            options: self.options,
            rules: self.rules,
            window,
            registry,
            circuit,
            verifying_key,
            key_provenance,
            nonce,
            binding: self.binding,
            secret: self.secret,
            id: ElectionId::from_digest(Digest::from_bytes([0; 32])),
            sealed: None,
        };
        manifest.id = manifest.derive_id();
        let sealed = manifest.secret.as_ref().map(|secret| secret.seal(&manifest)).transpose()?;
        manifest.sealed = sealed;
        Ok(manifest)
    }

    /// The smallest circuit with which ballots of this election can be proved, once options and registry are given.
    #[must_use]
    pub fn smallest_circuit(&self) -> Option<CircuitId> {
        match &self.secret {
            None => CircuitId::membership_for_depth(self.registry?.depth.into()),
            Some(_) => BallotSize::for_options(self.options.len()).map(BallotSize::circuit),
        }
    }

    /// The circuit given, if it is for such an election, or the smallest that is.
    fn checked_circuit(&self, depth: u8) -> Result<CircuitId, ManifestError> {
        let smallest = self.smallest_circuit();
        let circuit = self.circuit.or(smallest).ok_or(ManifestError::Missing { field: "circuit" })?;
        match (circuit.relation(), &self.secret) {
            (Relation::Membership { max_depth }, None) if max_depth < depth.into() => {
                Err(ManifestError::CircuitTooShallow { circuit, depth })
            }
            (Relation::Membership { .. }, None) => Ok(circuit),
            // The election's identifier is hashed for the smallest size: no other circuit proves it.
            (Relation::Ballot(_), Some(_)) if Some(circuit) == smallest => Ok(circuit),
            _ => Err(ManifestError::CircuitRelation { circuit, kind: self.kind() }),
        }
    }

    const fn kind(&self) -> ElectionKind {
        if self.secret.is_some() { ElectionKind::SecretBallots } else { ElectionKind::OpenBallots }
    }

    fn check_texts(&self) -> Result<(), ManifestError> {
        let options = self.options.len();
        let check = |field, text: &str| {
            text::check_text(field, text).map_err(|problem| ManifestError::Text { field, problem })
        };
        check(TextField::Title, &self.title)?;
        check(TextField::Question, &self.question)?;
        check(TextField::Description, &self.description)?;
        if !(2..=MAX_OPTIONS).contains(&options) {
            return Err(ManifestError::NumberOfOptions { actual: options });
        }
        for (index, label) in self.options.iter().enumerate() {
            check(TextField::Option { index }, label)?;
        }
        match text::duplicate_label(&self.options) {
            Some((first, second)) => Err(ManifestError::DuplicateOption { first, second }),
            None => Ok(()),
        }
    }
}

fn check_window(window: Window) -> Result<(), ManifestError> {
    let Window { opens_at, closes_at } = window;
    if let Some(time) = [opens_at, closes_at].into_iter().find(|t| *t > Window::MAX_TIME) {
        return Err(ManifestError::TimeOutOfRange { time });
    }
    if opens_at >= closes_at {
        return Err(ManifestError::EmptyWindow { opens_at, closes_at });
    }
    Ok(())
}

fn check_registry(registry: &FrozenRegistry) -> Result<(), ManifestError> {
    if *registry.root.as_field() == Fr::from(0) {
        return Err(ManifestError::ZeroRegistryRoot);
    }
    if registry.size == 0 || registry.size > 1 << MAX_DEPTH {
        return Err(ManifestError::RegistrySize { size: registry.size });
    }
    let expected = FrozenRegistry::depth_of(registry.size);
    if registry.depth != expected {
        return Err(ManifestError::RegistryDepth { expected, actual: registry.depth });
    }
    Ok(())
}
