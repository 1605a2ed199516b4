//! The parts of which circuits are made. Each has its twin in plain code:
//!
//! | gadget | twin |
//! | --- | --- |
//! | [`num::Num`], a linear combination of wires | a field element |
//! | [`boolean::Bit`] | `bool` |
//! | [`scalar::CanonicalScalar`], an integer in `1..l` | `edwards::Scalar` that is not 0 |
//! | [`fixed_base::mul_base`] | `edwards::Point::mul_base` |
//! | [`fixed_base::mul_base_small`] | `edwards::Point::mul_base` of an integer of few bits |
//! | [`randomness::RandomnessBits`] | `elgamal::Randomness` |
//! | [`variable_base::mul_key`] | `edwards::Point::mul_secret` |
//! | [`challenge::ChallengeBits`], [`variable_base::mul_odd`] | `challenge::CircuitChallenge`, and a product with it |
//! | [`edwards::EdwardsPoint`] | a point of Baby Jubjub |
//! | [`range::Unsigned`], [`range::enforce_range`] | an unsigned integer |
//! | [`montgomery::MontgomeryPoint`] | a point of Baby Jubjub in Montgomery coordinates |
//! | [`poseidon::hash`], [`poseidon::enforce_hash`] | `poseidon::hash` |
//! | [`slots::hash_points`] | the hash of a point for each option |
//! | [`fingerprint::enforce`] | a polynomial's value |
//! | [`path::enforce_membership`] | `registry::MembershipPath::root` |
//!
//! Additions and constants are free in a rank-1 constraint system, so gadgets pass linear combinations around and
//! allocate a wire only where a product needs one.

pub mod boolean;
pub mod challenge;
pub mod edwards;
pub mod fingerprint;
pub mod fixed_base;
pub mod montgomery;
pub mod num;
pub mod path;
pub mod poseidon;
pub mod randomness;
pub mod range;
pub mod scalar;
pub mod slots;
pub mod variable_base;
