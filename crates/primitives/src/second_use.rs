//! Tables that pay from the second use on.

use alloc::boxed::Box;
use core::sync::atomic::{AtomicBool, Ordering};
use once_cell::race::OnceBox;

/// A value that is made when it is wanted for the second time: what is wanted once does without.
#[derive(Debug)]
pub struct SecondUse<T> {
    is_used: AtomicBool,
    value: OnceBox<T>,
}

impl<T> Default for SecondUse<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> SecondUse<T> {
    /// Not wanted yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { is_used: AtomicBool::new(false), value: OnceBox::new() }
    }

    /// `None` the first time, then the value. Threads that want it at the same time may each make it; all of them see one.
    pub fn get(&self, make: impl FnOnce() -> Box<T>) -> Option<&T> {
        self.is_used.swap(true, Ordering::Relaxed).then(|| self.value.get_or_init(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_use_goes_without_and_the_second_makes_it() {
        let number = SecondUse::new();
        assert_eq!(number.get(|| Box::new(1)), None);
        assert_eq!(number.get(|| Box::new(2)), Some(&2));
        assert_eq!(number.get(|| Box::new(3)), Some(&2));
    }
}
