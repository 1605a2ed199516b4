//! Keys of Tabella: verifying keys committed and pinned by hash, development proving keys made on first use.
//!
//! Every circuit has one entry in [`manifest`]: the digest of its matrices, the digests of its verifying and proving
//! keys, and where they come from. Nothing is used that does not have the pinned hash.
//!
//! **All keys that exist today are development keys.** Their secrets follow from a seed that is public: whoever wants
//! to can forge proofs with them. They are for trying out, and [`KeyPolicy::CeremonyOnly`], which real elections set,
//! refuses them.
//!
//! ```
//! use tabella_params::{KeyPolicy, verifying_key};
//! use tabella_protocol::statement::CircuitId;
//!
//! // A real election insists on keys from a ceremony, and today there are none.
//! let refused = verifying_key(CircuitId::Membership20V1, KeyPolicy::CeremonyOnly).unwrap_err();
//! assert!(refused.to_string().contains("INSECURE DEVELOPMENT KEY"));
//!
//! let pinned = verifying_key(CircuitId::Membership20V1, KeyPolicy::AllowInsecureDevelopmentKeys)?;
//! assert_eq!(pinned.key().public_inputs(), 4);
//! println!("{}", pinned.provenance()); // says that it is insecure
//! # Ok::<(), tabella_params::KeyRefused>(())
//! ```
//!
//! | module | what |
//! | --- | --- |
//! | [`mod@file`] | the format of key files: a header that is checked before anything else, then the key |
//! | [`manifest`] | which keys belong to which circuit |
//! | [`pinned`] | the committed verifying keys, and the policy under which they are handed out |
//! | [`provenance`] | where a key comes from |
//! | `cache` | proving keys, made on first use and kept in the user's cache (feature `proving`) |

#[cfg(feature = "proving")]
pub mod cache;
pub mod file;
pub mod manifest;
pub mod pinned;
pub mod provenance;

#[cfg(feature = "proving")]
pub use cache::{CacheError, CacheEvent, ParamsCache};
pub use file::{KeyFile, KeyFileError, KeyKind};
pub use manifest::{Manifest, ManifestEntry, ManifestError};
pub use pinned::{KeyPolicy, KeyRefused, PinnedVerifyingKey, verifying_key};
pub use provenance::Provenance;
