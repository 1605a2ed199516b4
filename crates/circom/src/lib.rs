//! The files of circom and snarkjs, read strictly and written back.
//!
//! | file | what | here |
//! | --- | --- | --- |
//! | `.zkey` | proving key of Groth16, with the transcript of its ceremony | [`Zkey`], read and written |
//! | `.wtns` | values of all variables: secret | [`wtns`], read and written |
//! | `.r1cs` | the constraints A, B and C | [`R1cs`], read |
//! | `.wasm`, `input.json` | the circuit's witness program and its inputs (feature `programs`) | `program`, run |
//! | `proof.json`, `public.json`, `verification_key.json` | | [`json`], read and written |
//!
//! A key from a ceremony proves like one of our own:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tabella_circom::{Zkey, json, wtns};
//! use tabella_primitives::rng;
//!
//! let key = Zkey::from_bytes(&std::fs::read("circuit.zkey")?)?.into_key();
//! let assignment = wtns::from_bytes(&std::fs::read("witness.wtns")?)?;
//! let proved = tabella_prover::Prover::new(&key).prove_assignment(assignment, &mut rng::from_os()?)?;
//! std::fs::write("proof.json", json::proof_to_json(&proved.proof))?;
//! std::fs::write("public.json", json::inputs_to_json(&proved.public_inputs))?;
//! # Ok(())
//! # }
//! ```
//!
//! A `.zkey` holds no matrix C: a witness that does not satisfy the circuit is noticed by its proof, which does not verify and is
//! not handed out. With the `.r1cs` the first constraint that does not hold is named:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use tabella_circom::{R1cs, Zkey};
//! let constraints = R1cs::from_bytes(&std::fs::read("circuit.r1cs")?)?;
//! let key = Zkey::from_bytes(&std::fs::read("circuit.zkey")?)?.into_key();
//! // An error if the two do not belong together.
//! let key = key.with_constraints(constraints.into_matrices())?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is checked
//!
//! Everything in a file is foreign. The table of sections comes first: every section that is needed once, none twice, none
//! unknown, none beyond the file, nothing behind the last. Sections may stand in any order, since circom and snarkjs write
//! several (`snarkjs zkey new`: 1, 2, 4, 3, 9, 8, 5, 6, 7, 10; after a contribution 1 to 10; circom's `.r1cs`: 2, 1, 3), and
//! since they are found by their number the order says nothing. Every length is compared with the counts of the header before
//! anything is allocated, so that reading takes at most twice the file's size, whatever it claims. Integers are canonical,
//! points are on the curve and in their subgroup, rows and columns exist, coefficients are not zero and not doubled. A
//! [`FileError`] names the format, the section and the offset.
//!
//! Only Groth16 over BN254 ("bn128") is read; other proof systems and curves are refused by name.

#![warn(clippy::indexing_slicing)]

mod container;
mod encoding;
mod error;
#[cfg(feature = "programs")]
pub mod program;
pub mod r1cs;
pub mod wtns;
pub mod zkey;

pub use error::{Fault, FileError, Format, Section};
pub use r1cs::R1cs;
pub use tabella_verifier::snarkjs as json;
pub use zkey::Zkey;
