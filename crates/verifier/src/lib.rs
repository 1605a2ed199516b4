//! Groth16 verification over BN254: one proof or many, public data only.
//!
//! | module | what |
//! | --- | --- |
//! | [`point`] | the one encoding of curve points; strict decoding with the subgroup check |
//! | [`proof`] | a proof: three points, 256 bytes |
//! | [`key`] | a verifying key, its canonical bytes, its name, and which keys are refused as weak |
//! | [`verify`](mod@verify) | a prepared key, and the check of one proof |
//! | [`batch`] | many proofs of one circuit by a random linear combination, and who spoiled it |
//! | [`snarkjs`] | verifying keys, proofs and public inputs as snarkjs writes them |
//! | [`semaphore`] | the proof object of Semaphore v4 |
//!
//! The equation that everything here serves is that of J. Groth, "On the Size of Pairing-based Non-interactive
//! Arguments", eprint 2016/260, section 3.2, in the notation of the code:
//!
//! ```text
//! e(A, B) = e(alpha, beta) * e(IC_0 + x_1 IC_1 + .. + x_n IC_n, gamma) * e(C, delta)
//! ```
//!
//! ```
//! use tabella_primitives::{Fr, encoding::Canonical};
//! use tabella_verifier::{InvalidProof, snarkjs};
//!
//! # let keys = tabella_testkit::semaphore_vector("verification_keys.json");
//! # let proofs = tabella_testkit::semaphore_vector("proofs.json");
//! # let key_json = keys["keys"]["1"].to_string();
//! # let points: Vec<&str> =
//! #     proofs["proofs"][0]["proof"]["points"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
//! # let inputs_json = proofs["proofs"][0]["publicSignals"].to_string();
//! let key = snarkjs::key_from_json(&key_json)?.prepare();
//! let mut inputs = snarkjs::inputs_from_json(&inputs_json)?;
//! let proof = snarkjs::proof_from_points(points.as_slice().try_into()?)?;
//!
//! assert_eq!(key.verify_inputs(&inputs, &proof), Ok(()));
//! inputs[1] += Fr::from(1);
//! assert_eq!(key.verify_inputs(&inputs, &proof), Err(InvalidProof::NotSatisfied));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate knows no secret, no prover and no circuit. It builds without the standard library
//! (`default-features = false`), and no feature of it weakens a check.
#![no_std]
#![warn(clippy::indexing_slicing)]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod batch;
mod digits;
mod exponentiation;
mod inputs;
pub mod key;
mod limbs;
mod lines;
mod pairing;
pub mod point;
pub mod proof;
mod quadratic;
pub mod semaphore;
pub mod snarkjs;
#[cfg(any(test, feature = "test-dependencies"))]
pub mod testing;
mod tower;
pub mod verify;

pub use batch::InvalidBatch;
pub use key::{KeyError, KeyPoint, VerifyingKey, WeakKey};
pub use pairing::same_multiple;
pub use proof::{DecodeError, Proof, ProofPoint};
pub use verify::{InvalidProof, PreparedVerifyingKey};
