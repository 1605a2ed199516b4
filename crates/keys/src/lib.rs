//! Proving keys opened in milliseconds: validated once, with their tables in a cache.
//!
//! | module | what |
//! | --- | --- |
//! | [`open`] | [`KeyOpener`]: from the bytes of a key, ours or snarkjs', to a key that proves |
//! | [`cache`] | [`KeyCache`]: a folder that remembers which keys were validated, and keeps their tables |
//! | [`files`] | files written whole or not at all; where caches are |
//! | [`map`] | files mapped into memory: the only `unsafe` here |
//!
//! # What is trusted
//!
//! A key that was validated is known by its hash, and is not validated again. That it was is said by a small file in the cache: who can
//! write into the cache can forge it, and the tables too, as they could replace the key or the program. So the cache is its
//! owner's alone: it is made so, and is not used if others can write into it. Keys that are pinned, such as those of Semaphore's
//! ceremony, are compared with their pin each time ([`KeyOpener::open_pinned`]); nothing in the cache stands for that.
//!
//! Tables have a digest, which shows damage, not malice. A proof is verified before it is handed out: with wrong tables there is
//! none. Whether it verifies can however depend on the witness, and that alone tells something to who chose the tables and sees
//! proofs fail.
//!
//! ```no_run
//! use tabella_keys::{KeyCache, KeyOpener, Wanted};
//! use tabella_prover::TableSize;
//!
//! let opener = KeyOpener::new()
//!     .with_cache(KeyCache::open_default()?)
//!     .with_tables(Wanted::Size(TableSize::Large));
//! // The first time this validates the key and computes its tables; later it takes milliseconds.
//! let key = opener.open(&std::fs::read("circuit.zkey")?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(clippy::indexing_slicing)]

pub mod cache;
pub mod files;
pub mod map;
pub mod open;

pub use cache::{KeyCache, NoDirectory};
pub use files::Unusable;
pub use open::{CheckedKey, KeyEvent, KeyOpener, OpenKeyError, Wanted};
