//! A membership path from one page of a registry.

use super::election::Election;
use crate::{failure::Failure, identity::Identity, registry::MembershipPath};
use tabella::registry::{CheckedUpper, PagesError, RegistryPage, RegistryUpper, weighted_leaf};
use wasm_bindgen::prelude::wasm_bindgen;

/// What stands above the pages of a registry, compared with what an election froze.
#[wasm_bindgen]
pub struct Pages {
    upper: CheckedUpper,
}

#[wasm_bindgen]
impl Pages {
    /// Reads it.
    ///
    /// # Errors
    /// `bad-registry`, `other-registry`.
    #[wasm_bindgen(constructor)]
    pub fn new(upper: &[u8], election: &Election) -> Result<Self, Failure> {
        let upper = RegistryUpper::from_bytes(upper).map_err(Failure::with("bad-registry"))?;
        let registry = election.manifest().registry();
        let upper = upper.check(&registry.root, registry.size).map_err(Failure::with("other-registry"))?;
        Ok(Self { upper })
    }

    /// The path of a citizen, if the page with this number has her; her weight is 0 where citizens have none.
    ///
    /// # Errors
    /// `bad-registry`, `other-registry`.
    pub fn find(
        &self,
        number: u32,
        page: &[u8],
        identity: &Identity,
        weight: u32,
    ) -> Result<Option<MembershipPath>, Failure> {
        let page = RegistryPage::from_bytes(page).map_err(Failure::with("bad-registry"))?;
        if page.number() != u64::from(number) {
            let message = format_args!("page {number} was asked for, and page {} came", page.number());
            return Err(Failure::new("other-registry", message));
        }
        let commitment = identity.citizen.commitment();
        let path = match weight {
            0 => self.upper.path_of(&page, &commitment),
            _ => self.upper.path_of_leaf(&page, &weighted_leaf(&commitment, weight)),
        };
        match path {
            Ok(path) => Ok(Some(MembershipPath { path, citizen: commitment })),
            Err(PagesError::NotInPage { .. }) => Ok(None),
            Err(error) => Err(Failure::new("other-registry", error)),
        }
    }
}
