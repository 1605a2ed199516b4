//! Checks of our own, which no compiler makes.

pub(crate) mod arrows;
pub(crate) mod house;
