//! The registrar: decides who is a citizen, and publishes the registry.

use core::fmt;
use tabella_protocol::{
    election::FrozenRegistry,
    identity::{IdentityCommitment, Registration, RegistrationError, RegistryLabel},
    registry::{AppendError, Registry},
};

/// Keeps a [`Registry`] in memory. (A durable one: [`store::registry::RegistryStore`](crate::store::registry::RegistryStore).)
#[derive(Clone, Debug, Default)]
pub struct Registrar {
    registry: Registry,
}

/// Nobody is registered, so there is nobody to vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NobodyRegistered;

impl fmt::Display for NobodyRegistered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody is registered, so there is nobody to vote")
    }
}

impl core::error::Error for NobodyRegistered {}

/// Why nobody of a batch was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterError {
    /// A registration is not right.
    Registration {
        /// Position in the batch, from 0.
        position: u64,
        /// What is wrong with it.
        error: RegistrationError,
    },
    /// The registry refuses a commitment.
    Append(AppendError),
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registration { position, error } => {
                write!(f, "registration {position} of the batch is refused: {error}")
            }
            Self::Append(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RegisterError {}

impl Registrar {
    /// A registrar with an empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A registrar with a registry that exists.
    #[must_use]
    pub const fn from_registry(registry: Registry) -> Self {
        Self { registry }
    }

    /// Registers citizens who prove that they have the keys of their commitments, all or none.
    ///
    /// # Errors
    /// [`RegisterError`] names the first registration that is refused.
    pub fn register_checked(
        &mut self,
        label: &RegistryLabel,
        registrations: impl IntoIterator<Item = Registration>,
    ) -> Result<(), RegisterError> {
        let commitments = (0..)
            .zip(registrations)
            .map(|(position, registration)| {
                registration.verify(label).map_err(|error| RegisterError::Registration { position, error })
            })
            .collect::<Result<Vec<_>, _>>()?;
        self.registry.append_batch(&commitments).map_err(RegisterError::Append)
    }

    /// Registers bare commitments, all or none.
    ///
    /// # Security
    /// Whoever hands in a bare commitment can hand in the root of a private tree, and act as often as that tree has
    /// leaves. Use [`Registrar::register_checked`] unless the commitments come from somebody who has checked them.
    ///
    /// # Errors
    /// [`AppendError`] names the first commitment that is refused.
    pub fn register(
        &mut self,
        commitments: impl IntoIterator<Item = IdentityCommitment>,
    ) -> Result<(), AppendError> {
        let commitments: Vec<IdentityCommitment> = commitments.into_iter().collect();
        self.registry.append_batch(&commitments)
    }

    /// The registry, which everybody may see.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The present state, for an election: later changes have no effect on it.
    ///
    /// # Errors
    /// [`NobodyRegistered`].
    pub fn freeze(&self) -> Result<FrozenRegistry, NobodyRegistered> {
        freeze(&self.registry)
    }
}

/// The present state of a registry, for an election.
///
/// # Errors
/// [`NobodyRegistered`].
pub fn freeze(registry: &Registry) -> Result<FrozenRegistry, NobodyRegistered> {
    match registry.root() {
        Some(root) if registry.citizen_count() > 0 => Ok(FrozenRegistry::new(root, registry.size())),
        _ => Err(NobodyRegistered),
    }
}
