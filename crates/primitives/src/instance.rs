//! Public inputs of a statement: how many, what they are called, and in which order they stand.
//!
//! The order is written once, next to the type, so that Rust, Solidity and JavaScript cannot disagree,
//! and the number is part of the type, so that no verifier is handed one input too few or too many.

use crate::Fr;

/// A statement's public inputs, `N` field elements in circuit order.
///
/// ```
/// use tabella_primitives::{Fr, instance::PublicInputs};
///
/// struct Square(Fr);
/// impl PublicInputs<1> for Square {
///     const FIELDS: [&'static str; 1] = ["square"];
///     fn public_inputs(&self) -> [Fr; 1] {
///         [self.0]
///     }
/// }
/// assert_eq!(Square(Fr::from(9)).public_inputs(), [Fr::from(9)]);
/// ```
pub trait PublicInputs<const N: usize> {
    /// Names of the public inputs, in circuit order.
    const FIELDS: [&'static str; N];

    /// The values, in the order of [`Self::FIELDS`].
    fn public_inputs(&self) -> [Fr; N];
}
