//! The nouns of [Tabella](https://crates.io/crates/tabella), in the order in which a vote lives.
//!
//! | module | what |
//! | --- | --- |
//! | [`identity`] | what a citizen keeps and what the registry stores |
//! | [`registry`] | the tree of identity commitments, its roots and membership paths |
//! | [`election`] | what is asked, of whom, when, under which rules |
//! | [`ballot`] | the choice, what is proved about it, and the ballot that is cast |
//! | [`tally`] | the result, from the choices and the rules |
//! | [`record`] | the published file from which anyone recomputes everything |
//! | [`trustee`] | t of n people who together open one sum of encrypted ballots, and nothing else |
//! | [`value`] | Semaphore's way from a text, number or bytes to a field element |
//! | [`statement`] | what is proved: circuit, public inputs and their order, witness |
//! | [`encrypted`] | a secret in a file, under a passphrase |
//! | [`wire`] | strict decoding of files, and its errors |
//!
//! This crate knows no proof system, no file and no network.
#![warn(clippy::indexing_slicing)]

extern crate alloc;

pub mod ballot;
pub mod election;
#[cfg(feature = "secret-files")]
pub mod encrypted;
pub mod identity;
pub mod record;
pub mod registry;
pub mod statement;
pub mod tally;
pub mod trustee;
pub mod value;
pub mod wire;
