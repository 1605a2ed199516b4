//! Registry: the tree of identity commitments, its published states ([`RegistryRoot`]) and one citizen's place in it
//! ([`MembershipPath`]).
//!
//! [`Registry`] is what a registrar works with: it refuses 0, doubles and changes to removed citizens. Under it lies
//! [`LeanImt`], the bare tree of Semaphore v4. A registry must not know secrets: it sees commitments only.

mod errors;
mod hashing;
mod history;
mod index;
mod members;
mod path;
mod progress;
mod root;
mod tree;

pub use errors::{AppendError, LookupError, RemoveError, RestoreError, UpdateError};
pub use history::{Change, HistoryError, RootHistory, RootRecord};
pub use members::Registry;
pub use path::{MAX_DEPTH, MembershipPath, PathError};
pub use progress::{OnProgress, Progress, quietly};
pub use root::RegistryRoot;
pub use tree::{InconsistentTree, LeanImt, MAX_SIZE, TreeError};
