//! Tabella in a browser: what the worker of the npm package calls.
//!
//! A translation layer: bytes and texts in, bytes and texts out, values that stay in this memory behind handles. Every failure has a
//! stable code ([`failure`]). Secrets leave only by functions that say so.
//!
//! All functions run in a worker: none returns before it is done.

#[cfg(feature = "elections")]
pub mod elections;
mod failure;
pub mod identity;
pub mod preparation;
pub mod registry;
pub mod semaphore;
#[cfg(feature = "threads")]
pub mod threads;
pub mod work;
