//! Multi-scalar multiplication by buckets of affine points.
//!
//! A scalar is split in two by the endomorphism ([`Halves`](tabella_lanes::Halves)), each half is cut into windows of c bits, each a signed digit d with |d| at
//! most 2^(c - 1) ([`digits`]). What has the same |d| goes into the same bucket. Buckets are summed by affine additions that share
//! their inversions: many buckets grow side by side ([`fill`]), or few by trees ([`buckets`]). Their sums S_k are weighted,
//! `sum k S_k` ([`weigh`]). [Pippenger: On the
//! evaluation of powers and related problems, 1976], with batched affine additions after [Bernstein, Doumen, Lange,
//! Oosterwijk: Faster batch forgery identification, 2012, section 4].
//!
//! With a *table* of `2^(c s q) P` for every point P and all q, the digits of s neighbouring windows have arrays of buckets of
//! their own and all others share them. With s = 1 there is one array and hardly a doubling; with s at the number of
//! windows there are only P and its image: the way for keys that are used once. [`Plan`] weighs one against the other.

mod bases;
mod buckets;
mod cost;
mod digits;
mod endomorphism;
mod erased;
mod fill;
mod plan;
mod table;
#[cfg(test)]
mod tests;
mod weigh;

pub(crate) use bases::{Bases, Buckets, Points, Sum};
pub(crate) use buckets::Rooms;
pub(crate) use endomorphism::multiple;
pub(crate) use erased::Erased;
pub(crate) use plan::Plan;
pub use table::SharedBytes;
pub(crate) use table::Table;
