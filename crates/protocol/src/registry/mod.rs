//! Registry: the tree of identity commitments, its published states ([`RegistryRoot`]) and one citizen's place in it
//! ([`MembershipPath`]).

mod path;
mod root;

pub use path::{MAX_DEPTH, MembershipPath, PathError};
pub use root::RegistryRoot;
