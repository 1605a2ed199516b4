//! The nouns of [Tabella](https://crates.io/crates/tabella), in the order in which a vote lives.
//!
//! | module | what |
//! | --- | --- |
//! | [`identity`] | what a citizen keeps and what the registry stores |
//! | [`registry`] | the tree of identity commitments, its roots and membership paths |
//! | [`value`] | Semaphore's way from a text, number or bytes to a field element |
//! | [`statement`] | what is proved: circuit, public inputs and their order, witness |
//!
//! This crate knows no proof system, no file and no network.
#![warn(clippy::indexing_slicing)]

extern crate alloc;

pub mod identity;
pub mod registry;
pub mod statement;
pub mod value;
