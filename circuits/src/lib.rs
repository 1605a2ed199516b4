//! The relations of Tabella as constraints, with shapes pinned and a negative test for each constraint.
//!
//! | module | what |
//! | --- | --- |
//! | [`membership`] | "one of the citizens under this root acts in this scope and says this" |
//! | [`ballot`] | "one of the citizens of this election casts these encrypted numbers, and they keep its rules" |
//! | [`sum`] | "these accepted ballots add up to that" |
//! | [`tally`] | "these numbers are the decryption of that sum" |
//! | [`layout`] | any of them by its name, without values |
//! | [`gadgets`] | the parts: Poseidon, canonical scalars, multiplications, ranges, membership paths |
//! | [`naming`] | names of constraints, shown when one does not hold |
//!
//! A relation is stated in `docs/relations/`, in plain code in `tabella_protocol::statement`, and here; tests compare the
//! three. The layout of a circuit depends on its [`CircuitId`](tabella_protocol::statement::CircuitId) only and is pinned
//! in `shapes/`: a change there means new keys.
//!
//! This crate knows no key, no file and no prover.
//!
//! ```
//! use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystem};
//! use tabella_circuits::MembershipCircuit;
//! use tabella_primitives::edwards::Scalar;
//! use tabella_protocol::{
//!     identity::IdentitySecret,
//!     registry::MembershipPath,
//!     statement::{CircuitId, MembershipInstance, MembershipWitness},
//!     value::SemaphoreValue,
//! };
//!
//! let secret = IdentitySecret::from_scalar(Scalar::from(42u64));
//! let path = MembershipPath::from_parts(0, vec![7u64.into()])?;
//! let scope = SemaphoreValue::from_be_bytes([1; 32]);
//! let instance = MembershipInstance {
//!     root: path.root(&secret.commitment()),
//!     nullifier: secret.nullifier(&scope),
//!     message: SemaphoreValue::from_be_bytes([2; 32]),
//!     scope,
//! };
//! let circuit =
//!     MembershipCircuit::new(CircuitId::Membership10V1, instance, MembershipWitness { secret, path })?;
//! let cs = ConstraintSystem::new_ref();
//! circuit.generate_constraints(cs.clone())?;
//! assert!(cs.is_satisfied()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod ballot;
pub mod gadgets;
pub mod layout;
pub mod membership;
pub mod naming;
mod sealed;
pub mod sum;
pub mod tally;

pub use ballot::{BallotCircuit, BallotCircuitError};
pub use layout::CircuitLayout;
pub use membership::{MembershipCircuit, MembershipCircuitError};
pub use sum::SumCircuit;
pub use tally::TallyCircuit;
