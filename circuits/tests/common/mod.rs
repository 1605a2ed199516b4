//! What tests of every circuit need.
#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod layout;
pub(crate) mod random;
pub(crate) mod rank;
pub(crate) mod shape;
