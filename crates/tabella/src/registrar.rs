//! The registrar: decides who is a citizen, and publishes the registry.

use core::fmt;
use tabella_protocol::{
    election::FrozenRegistry,
    identity::IdentityCommitment,
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

    /// Registers citizens, all or none.
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
