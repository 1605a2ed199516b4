//! Registries and membership paths.

use crate::{
    failure::Failure,
    identity::Identity,
    work::{Work, to_f64},
};
use tabella::{
    identity::IdentityCommitment,
    primitives::{Fr, encoding::Canonical},
    registry::{MembershipPath as ProtocolPath, Registry as ProtocolRegistry},
};
use wasm_bindgen::prelude::wasm_bindgen;

/// A registry with all its nodes.
#[wasm_bindgen]
pub struct Registry {
    registry: ProtocolRegistry,
}

/// From one citizen to a registry's root. Secret: it names the citizen. Erased when freed.
#[wasm_bindgen]
pub struct MembershipPath {
    pub(crate) path: ProtocolPath,
    /// Whose it is.
    pub(crate) citizen: IdentityCommitment,
}

impl MembershipPath {
    /// The path, if it is this identity's: with another's a proof would speak of a group that nobody has.
    pub(crate) fn of(&self, identity: &Identity) -> Result<&ProtocolPath, Failure> {
        if self.citizen != identity.citizen.commitment() {
            return Err(Failure::new("bad-path", "the membership path is that of another identity"));
        }
        Ok(&self.path)
    }
}

#[wasm_bindgen]
impl Registry {
    /// Reads a registry file of Tabella.
    ///
    /// # Errors
    /// `bad-registry`.
    pub fn read(file: &[u8], work: &Work) -> Result<Self, Failure> {
        let registry = ProtocolRegistry::read_snapshot(file, &mut work.meter("registry"));
        Ok(Self { registry: registry.map_err(Failure::with("bad-registry"))? })
    }

    /// A registry of these commitments, decimal, in this order: a group as of Semaphore.
    ///
    /// # Errors
    /// `bad-commitment` names the position.
    pub fn of(commitments: Vec<String>, work: &Work) -> Result<Self, Failure> {
        let mut registry = ProtocolRegistry::new();
        let parsed = (0u64..)
            .zip(&commitments)
            .map(|(position, text)| {
                IdentityCommitment::from_decimal(text).map_err(|error| {
                    Failure::new("bad-commitment", format_args!("commitment {position}: {error}"))
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        registry
            .append_batch_with_progress(&parsed, &mut work.meter("registry"))
            .map_err(Failure::with("bad-commitment"))?;
        Ok(Self { registry })
    }

    /// Number of places, removed citizens included.
    pub fn size(&self) -> f64 {
        to_f64(self.registry.size())
    }

    /// The root, decimal; none if there is nobody.
    pub fn root(&self) -> Option<String> {
        self.registry.root().map(|root| root.to_string())
    }

    /// The path of a citizen.
    ///
    /// # Errors
    /// `not-registered`.
    #[wasm_bindgen(js_name = pathOf)]
    pub fn path_of(&self, identity: &Identity) -> Result<MembershipPath, Failure> {
        let citizen = identity.citizen.commitment();
        let path = self.registry.path_of(&citizen).map_err(Failure::with("not-registered"))?;
        Ok(MembershipPath { path, citizen })
    }
}

#[wasm_bindgen]
impl MembershipPath {
    /// The path that a Merkle proof of Semaphore describes; its numbers are decimal.
    ///
    /// # Errors
    /// `bad-commitment`; `bad-path` if the siblings are no field elements or do not lead from the leaf to the root.
    #[wasm_bindgen(js_name = fromMerkleProof)]
    pub fn from_merkle_proof(
        root: &str,
        leaf: &str,
        index: u32,
        siblings: Vec<String>,
    ) -> Result<Self, Failure> {
        let leaf = IdentityCommitment::from_decimal(leaf).map_err(Failure::with("bad-commitment"))?;
        let siblings =
            siblings.iter().map(|sibling| Fr::from_decimal(sibling)).collect::<Result<Vec<_>, _>>();
        let siblings = siblings.map_err(Failure::with("bad-path"))?;
        let path = ProtocolPath::from_parts(index.into(), siblings).map_err(Failure::with("bad-path"))?;
        let reached = path.root(&leaf).to_string();
        if reached != root {
            let message =
                format_args!("the siblings lead from the leaf to the root {reached}, not to {root}");
            return Err(Failure::new("bad-path", message));
        }
        Ok(Self { path, citizen: leaf })
    }
}
