//! One citizen's membership path as a file: what the citizen needs of the registry to vote.

use serde::{Deserialize, Serialize};
use tabella::{
    identity::IdentityCommitment,
    primitives::{Fr, encoding::Canonical},
    registry::{MembershipPath, Registry, RegistryRoot},
};

/// Type and version of the file.
const FORMAT: &str = "tabella-membership-path-v1";

/// The file. Private to its citizen: a path names its owner.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathFile {
    format: String,
    root: RegistryRoot,
    size: u64,
    commitment: IdentityCommitment,
    index: u64,
    siblings: Vec<String>,
}

impl PathFile {
    /// The path of a registered citizen.
    pub(crate) fn new(registry: &Registry, commitment: IdentityCommitment) -> Option<Self> {
        let path = registry.path_of(&commitment).ok()?;
        Some(Self {
            format: FORMAT.to_owned(),
            root: registry.root()?,
            size: registry.size(),
            commitment,
            index: path.index(),
            siblings: path.siblings().iter().map(Canonical::to_decimal).collect(),
        })
    }

    /// The commitment, and a path that leads from it to the root that the file names; or why not.
    pub(crate) fn decode(&self) -> Result<(IdentityCommitment, MembershipPath), String> {
        if self.format != FORMAT {
            return Err(format!("its format is not {FORMAT:?}"));
        }
        let siblings = self
            .siblings
            .iter()
            .map(|text| Fr::from_decimal(text))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|cause| format!("a sibling is {cause}"))?;
        let path = MembershipPath::from_parts(self.index, siblings).map_err(|cause| cause.to_string())?;
        if path.root(&self.commitment) == self.root {
            Ok((self.commitment, path))
        } else {
            Err("the path does not lead to the root that the file names".into())
        }
    }
}
