//! Mathematics without a subject: the building blocks of [Tabella](https://crates.io/crates/tabella).
//!
//! | module | what |
//! | --- | --- |
//! | [`encoding`] | canonical bytes, decimal and hexadecimal text of field elements; strict decoding |
//! | [`edwards`] | Baby Jubjub in the form of EIP-2494 |
//! | [`elgamal`] | ciphertexts whose sums open, of up to 8 numbers under as many keys |
//! | [`discrete_log`] | the number in an opened sum, by baby steps and giant steps |
//! | `transcript` | challenges and nonces of sigma proofs (feature `sigma-proofs`) |
//! | `knowledge` | proof of knowledge of discrete logarithms (the same) |
//! | `dleq` | proof that discrete logarithms are equal (the same) |
//! | [`challenge`] | challenges that a circuit recomputes |
//! | [`poseidon`] | Poseidon with circomlib's parameters, 1 to 16 inputs |
//! | [`eddsa`] | EdDSA over Baby Jubjub with Poseidon, as Semaphore signs |
//! | [`blake512`] | BLAKE-512, by which Semaphore stretches private keys |
//! | [`digest`] | tagged Keccak-256 digests for everything that is hashed outside circuits |
//! | `file_digest` | BLAKE3 digests of large files (feature `file-digest`) |
//! | [`domain`] | the list of all domain tags |
//! | [`secret`] | wrapper for values that must not be printed, copied or left in memory |
//! | [`rng`] | random number generators: from the operating system, and the bridge to arkworks' traits |
//! | [`later_use`] | tables that pay from some use on |
//! | [`exec`] | independent pieces of work, on all cores |
//! | [`montgomery`], [`words`] | products of elements and of words, wherever they are fast on the target |
//! | [`cancel`], [`progress`] | stopping a long computation, and seeing how far it is |
//! | [`instance`] | public inputs of a statement with their names and their order |
//!
//! This crate knows no voter, no election and no circuit. It builds without the standard library
//! (`default-features = false`).
#![no_std]
#![warn(clippy::indexing_slicing)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod blake512;
pub mod cancel;
pub mod challenge;
pub mod digest;
pub mod discrete_log;
#[cfg(feature = "sigma-proofs")]
pub mod dleq;
pub mod domain;
pub mod eddsa;
pub mod edwards;
pub mod elgamal;
pub mod encoding;
pub mod exec;
#[cfg(feature = "file-digest")]
pub mod file_digest;
pub mod instance;
#[cfg(feature = "sigma-proofs")]
pub mod knowledge;
pub mod later_use;
pub mod montgomery;
pub mod poseidon;
pub mod progress;
pub mod rng;
pub mod secret;
#[cfg(feature = "sigma-proofs")]
pub mod transcript;
pub mod words;

/// The base field of BN254 (order q), in which the coordinates of proof points live.
pub use ark_bn254::Fq;
/// The scalar field of BN254 (order r), in which every statement of Tabella lives.
pub use ark_bn254::Fr;
