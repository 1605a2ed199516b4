//! Tables that pay from some use on.

use alloc::boxed::Box;
use core::sync::atomic::{AtomicU32, Ordering};
use once_cell::race::OnceBox;

/// A value that is made when it is wanted once more than `WITHOUT` times: what is wanted seldom does without.
///
/// If that many uses without it cost about as much as to make it, nobody ever pays more than twice the least possible.
#[derive(Debug)]
pub struct LaterUse<T, const WITHOUT: u32> {
    uses: AtomicU32,
    value: OnceBox<T>,
}

impl<T, const WITHOUT: u32> Default for LaterUse<T, WITHOUT> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const WITHOUT: u32> LaterUse<T, WITHOUT> {
    /// Not wanted yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { uses: AtomicU32::new(0), value: OnceBox::new() }
    }

    /// `None` the first `WITHOUT` times, then the value. Threads that want it at the same time may each make it; all of them see one.
    pub fn get(&self, make: impl FnOnce() -> Box<T>) -> Option<&T> {
        if let Some(value) = self.value.get() {
            return Some(value);
        }
        (self.uses.fetch_add(1, Ordering::Relaxed) >= WITHOUT).then(|| self.value.get_or_init(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_uses_go_without_and_the_next_makes_it() {
        let number = LaterUse::<_, 2>::new();
        assert_eq!(number.get(|| Box::new(1)), None);
        assert_eq!(number.get(|| Box::new(2)), None);
        assert_eq!(number.get(|| Box::new(3)), Some(&3));
        assert_eq!(number.get(|| Box::new(4)), Some(&3));
    }

    #[test]
    fn with_none_to_go_without_it_is_made_at_once() {
        assert_eq!(LaterUse::<_, 0>::new().get(|| Box::new(1)), Some(&1));
    }
}
