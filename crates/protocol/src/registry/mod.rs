//! Registry: the tree of identity commitments, its published states ([`RegistryRoot`]) and one citizen's place in it
//! ([`MembershipPath`]).
//!
//! [`Registry`] is what a registrar works with: it refuses 0, doubles and changes to removed citizens. Under it lies
//! [`LeanImt`], the bare tree of Semaphore v4. A registry must not know secrets: it sees commitments only.

mod decimal_list;
mod errors;
mod group_json;
mod hashing;
mod history;
#[cfg(feature = "std")]
mod import;
mod index;
mod members;
pub mod pages;
mod path;
mod root;
#[cfg(feature = "std")]
mod snapshot;
#[cfg(test)]
mod tests;
mod tree;
mod weighted;

pub use errors::{AppendError, LookupError, RemoveError, RestoreError, UpdateError};
pub use group_json::GroupImportError;
pub use history::{Change, HistoryError, RootHistory, RootRecord};
#[cfg(feature = "std")]
pub use import::{
    CsvCommitments, ImportBatch, ImportCause, ImportError, ImportedCommitment, JsonLinesCommitments,
    MAX_LINE_LENGTH,
};
pub use members::Registry;
pub use pages::{CheckedUpper, PAGE_LEAVES, PagesError, RegistryPage, RegistryUpper};
pub use path::{MAX_DEPTH, MembershipPath, PathError};
pub use root::RegistryRoot;
#[cfg(feature = "std")]
pub use snapshot::SnapshotError;
pub use tabella_primitives::progress::{OnProgress, Progress, quietly};
pub use tree::{InconsistentTree, LeanImt, MAX_SIZE, TreeError};
pub use weighted::{WeightedRegistry, WeightsError, weighted_leaf};
