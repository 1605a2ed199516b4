//! Field multiplications that operations on points take, squares included.
//!
//! In the quadratic extension a product is three of them and a square two.

use tabella_lanes::{G1, G2, Group};

/// A group's costs in multiplications of the base field.
pub(crate) trait Cost: Group {
    /// An affine addition whose inversion is shared: three products for its share, two products and a square for the sum.
    const AFFINE_ADDITION: u64;
    /// A doubling in Jacobian coordinates, two products and five squares, and the addition of an affine point, seven products and
    /// four squares.
    const DOUBLE_AND_ADD: u64;
}

impl Cost for G1 {
    const AFFINE_ADDITION: u64 = 3 + 2 + 1;
    const DOUBLE_AND_ADD: u64 = 2 + 5 + 7 + 4;
}

impl Cost for G2 {
    const AFFINE_ADDITION: u64 = (3 + 2) * 3 + 2;
    const DOUBLE_AND_ADD: u64 = (2 + 7) * 3 + (5 + 4) * 2;
}
