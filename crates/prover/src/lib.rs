//! Groth16 proving over BN254 for any R1CS.
//!
//! Knows matrices, assignments and keys; nothing of voters. It reads no file, no clock and no global generator.
//!
//! | module | what |
//! | --- | --- |
//! | [`shape`] | what a circuit looks like: its counts and the digest of its matrices |
//! | [`setup`] | [`insecure_development_setup`]: keys for trying out, never for an election |
//! | [`key`] | [`ProvingKey`] and its canonical bytes |
//! | [`prove`](mod@prove) | [`prove()`] and, with options, [`Prover`] |
//! | [`prepared`] | [`Preparation`]: what several proofs have in common, multiplied once |
//! | [`cancel`] | [`CancelToken`]: stopping a proof from another thread |
//! | [`tables`] | [`Tables`]: multiples of a key's points, computed once and kept |
//! | [`matrices`] | the constraint matrices in compressed rows |
//! | [`frame`], [`montgomery`] | how the bytes of keys and tables are laid out |
//! | [`synthetic`] | a circuit of any size, for measurements |
//!
//! Any circuit written for arkworks' `ConstraintSynthesizer` is proved in three lines:
//!
//! ```
//! use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError};
//! use tabella_primitives::{Fr, rng};
//!
//! /// "I know a root of this square."
//! #[derive(Clone)]
//! struct Square {
//!     square: Option<Fr>,
//!     root: Option<Fr>,
//! }
//!
//! impl ConstraintSynthesizer<Fr> for Square {
//!     fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
//!         let square = cs.new_input_variable(|| self.square.ok_or(SynthesisError::AssignmentMissing))?;
//!         let root = cs.new_witness_variable(|| self.root.ok_or(SynthesisError::AssignmentMissing))?;
//!         let lc = LinearCombination::from;
//!         cs.enforce_r1cs_constraint(|| lc(root), || lc(root), || lc(square))
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = tabella_prover::insecure_development_setup(&Square { square: None, root: None }, &[7; 32])?;
//! let circuit = Square { square: Some(Fr::from(9)), root: Some(Fr::from(3)) };
//! let proved = tabella_prover::prove(&key, &circuit, &mut rng::from_os()?)?;
//! # assert_eq!(proved.public_inputs, [Fr::from(9)]);
//! # key.verifying_key().clone().prepare().verify_inputs(&proved.public_inputs, &proved.proof)?;
//! # Ok(())
//! # }
//! ```

pub mod frame;
pub mod key;
pub mod matrices;
pub mod montgomery;
pub mod prepared;
pub mod prove;
pub mod setup;
pub mod shape;
pub mod synthetic;
pub mod tables;

mod assemble;
mod blinding;
mod exec;
mod msm;
mod once;
mod quotient;
mod synthesis;
#[cfg(test)]
mod testing;

pub use key::{KeyError, KeyPart, KeyParts, ProvingKey, QuotientBasis};
pub use prepared::Preparation;
pub use prove::{ProveError, Proved, Prover, Stage, prove};
pub use setup::{SetupError, insecure_development_setup};
pub use shape::{Shape, ShapeError, circuit_shape};
pub use tabella_lanes::Kernel;
/// Stopping a proof from another thread.
pub use tabella_primitives::cancel::{self, CancelToken};
pub use tabella_verifier::{Proof, VerifyingKey};
pub use tables::{TableSize, Tables};
