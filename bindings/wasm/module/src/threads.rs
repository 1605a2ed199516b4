//! Threads: workers that run this module on the same memory.
//!
//! The worker that answers the page is one of them. The others wait in [`run_thread`] for what [`share_work`] hands them, through memory
//! that all of them see.

use crate::failure::Failure;
use rayon::{ThreadBuilder, ThreadPoolBuilder};
use std::sync::{Condvar, Mutex, PoisonError};
use wasm_bindgen::prelude::wasm_bindgen;

static WAITING: Mutex<Vec<ThreadBuilder>> = Mutex::new(Vec::new());
static MORE: Condvar = Condvar::new();

/// From now on work is shared by so many threads, this one included. One fewer must be in [`run_thread`], or on their way there; this
/// returns when they are.
///
/// # Errors
/// `internal` when called twice, or after something that asked for threads before there were any.
#[wasm_bindgen(js_name = shareWork)]
pub fn share_work(threads: usize) -> Result<(), Failure> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .use_current_thread()
        .spawn_handler(|thread| {
            WAITING.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
            MORE.notify_one();
            Ok(())
        })
        .build_global()
        .map_err(Failure::with("internal"))
}

/// Takes part in the work for good.
#[wasm_bindgen(js_name = runThread)]
pub fn run_thread() {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let thread = loop {
        match waiting.pop() {
            Some(thread) => break thread,
            None => waiting = MORE.wait(waiting).unwrap_or_else(PoisonError::into_inner),
        }
    };
    drop(waiting);
    thread.run();
}
