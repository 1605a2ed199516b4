//! Semaphore v4 proofs with the keys of its ceremony, without JavaScript.
//!
//! What this crate proves, `@semaphore-protocol/core` verifies, and the other way round. The witness is computed natively in
//! about a millisecond.
//!
//! | module | what |
//! | --- | --- |
//! | [`artifacts`] | Semaphore's published keys and programs, pinned by SHA-256 |
//! | [`compact`] | the same keys in a third of the bytes, for browsers |
//! | [`depth`] | which of the 32 circuits |
//! | [`witness`] | the values of all wires |
//! | [`prove`] | [`SemaphoreProver`] |
//!
//! ```no_run
//! use tabella_primitives::rng;
//! use tabella_protocol::{identity::Identity, registry::MembershipPath, value::SemaphoreValue};
//! use tabella_semaphore::{Artifacts, Depth, SemaphoreProver};
//!
//! let mut rng = rng::from_os()?;
//! let identity = Identity::generate(&mut rng);
//! let alone = MembershipPath::from_parts(0, vec![])?; // the path in a group of one
//!
//! let artifacts = Artifacts::open("node_modules/@zk-kit/semaphore-artifacts");
//! let prover = SemaphoreProver::open(&artifacts, Depth::new(20)?)?;
//! let text = SemaphoreValue::from_text;
//! let proof = prover.prove(&identity, &alone, text("yes")?, text("lunch")?, &mut rng)?;
//! println!("{}", proof.to_json());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(clippy::indexing_slicing)]

pub mod artifacts;
pub mod compact;
pub mod depth;
pub mod prove;
pub mod witness;

pub use artifacts::{Artifact, ArtifactError, ArtifactKind, Artifacts};
pub use compact::{CompactKey, CompactKeyError};
pub use depth::{Depth, MAX_DEPTH, NoSuchDepth};
#[cfg(feature = "files")]
pub use prove::OpenError;
pub use prove::{SemaphoreProveError, SemaphoreProver};
pub use witness::{Witness, WitnessError};
