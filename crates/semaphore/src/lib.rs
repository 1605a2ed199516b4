//! Semaphore v4 proofs with the keys of its ceremony.

pub mod depth;
pub mod witness;

pub use depth::{Depth, NoSuchDepth};
pub use witness::{Witness, WitnessError};
