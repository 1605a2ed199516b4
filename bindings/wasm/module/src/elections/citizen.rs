//! What an identity is to registries and elections of Tabella.

use super::election::Election;
use crate::{failure::Failure, identity::Identity};
use tabella::identity::RegistryLabel;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
impl Identity {
    /// The registration file for the registry with this label.
    ///
    /// # Errors
    /// `bad-label`.
    pub fn register(&self, label: &str) -> Result<String, Failure> {
        let label = RegistryLabel::new(label).map_err(Failure::with("bad-label"))?;
        Ok(self.citizen.registration(&label).to_json())
    }

    /// The citizen's mark in an election, decimal. Whoever knows it knows which ballot is hers.
    pub fn nullifier(&self, election: &Election) -> String {
        self.citizen.nullifier(election.manifest()).to_string()
    }
}
