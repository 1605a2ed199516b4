//! Tabella in a browser: what the worker of the npm package calls.
//!
//! A translation layer: bytes and texts in, bytes and texts out, values that stay in this memory behind handles. Every failure has a
//! stable code ([`failure`]). Secrets leave only by functions that say so.
//!
//! All functions run in a worker: none returns before it is done.

mod audit;
mod election;
mod engine;
mod failure;
mod identity;
mod key;
mod pages;
mod record;
mod registry;
mod sealed;
mod semaphore;
mod source;
mod work;

#[cfg(feature = "threads")]
pub use wasm_bindgen_rayon::init_thread_pool;
