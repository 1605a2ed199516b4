//! Stopping a long computation from another thread.

use alloc::sync::Arc;
use core::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

/// Asks a long computation to stop. Clones are handles to the same request, so that one thread computes and another cancels.
///
/// A computation looks at its token after each block of work, a few milliseconds apart. It then erases what it had and answers an
/// error that says so. A request is never taken back: the next computation wants a new token.
///
/// What a proving key computes on first use, its `points`, is computed by whoever wants it first: if that one is cancelled, the next
/// one begins anew.
///
/// ```
/// use tabella_primitives::cancel::CancelToken;
/// let token = CancelToken::new();
/// let elsewhere = token.clone();
/// std::thread::spawn(move || elsewhere.cancel()).join().unwrap();
/// assert!(token.is_cancelled());
/// ```
#[derive(Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that nobody has used yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop.
    pub fn cancel(&self) {
        // Nothing else is published with the flag, so that no ordering is wanted.
        self.0.store(true, Ordering::Relaxed);
    }

    /// The flag behind the request, `true` once somebody asked to stop: for whoever shares this memory and cannot hold a clone, as
    /// another thread of a browser.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Whether somebody asked to stop. One load from memory: cheap enough for any loop over blocks.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// [`Self::is_cancelled`] as an error, for `?`.
    ///
    /// # Errors
    /// [`Cancelled`] if somebody asked to stop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CancelToken(cancelled: {})", self.is_cancelled())
    }
}

/// Work was left unfinished because its token asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cancelled")
    }
}

impl core::error::Error for Cancelled {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn clones_share_one_request_and_new_tokens_have_none() {
        let token = CancelToken::new();
        assert_eq!((token.is_cancelled(), token.check()), (false, Ok(())));
        token.clone().cancel();
        assert_eq!((token.is_cancelled(), token.check()), (true, Err(Cancelled)));
        assert!(!CancelToken::new().is_cancelled());
        assert_eq!(format!("{token:?}"), "CancelToken(cancelled: true)");
    }
}
