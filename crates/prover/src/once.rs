//! What is computed once, by whoever wants it first.

use crate::cancel::{CancelToken, Cancelled};
use std::{
    sync::{Mutex, OnceLock, TryLockError},
    thread,
    time::Duration,
};

/// How often who waits for another looks whether it is done, or to be done no more.
const LOOK: Duration = Duration::from_millis(2);

/// A value that is made on first use, while others who want it wait. Who makes it, and each who waits, can be cancelled alone: the next
/// one then makes it.
pub(crate) struct Once<T> {
    value: OnceLock<T>,
    making: Mutex<()>,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self { value: OnceLock::new(), making: Mutex::default() }
    }
}

impl<T> From<T> for Once<T> {
    fn from(value: T) -> Self {
        Self { value: OnceLock::from(value), making: Mutex::default() }
    }
}

impl<T: Clone> Clone for Once<T> {
    fn clone(&self) -> Self {
        self.value.get().map_or_else(Self::default, |value| Self::from(value.clone()))
    }
}

impl<T> Once<T> {
    /// Whether there is a value.
    pub(crate) fn is_made(&self) -> bool {
        self.value.get().is_some()
    }

    /// The value, made if there is none.
    ///
    /// `make` must not wait for other tasks of the caller's pool: see [`exec::apart`](crate::exec::apart).
    pub(crate) fn get(
        &self,
        cancel: &CancelToken,
        make: impl FnOnce() -> Result<T, Cancelled>,
    ) -> Result<&T, Cancelled> {
        loop {
            if let Some(value) = self.value.get() {
                return Ok(value);
            }
            cancel.check()?;
            let making = match self.making.try_lock() {
                Ok(making) => making,
                // Who panicked has left nothing behind.
                Err(TryLockError::Poisoned(making)) => making.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    thread::sleep(LOOK);
                    continue;
                }
            };
            let made = match self.value.get() {
                Some(value) => Ok(value),
                None => make().map(|made| self.value.get_or_init(|| made)),
            };
            drop(making);
            return made;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    };

    #[test]
    fn it_is_made_once_by_whoever_comes_first() {
        let (once, made, start) = (Once::default(), AtomicUsize::new(0), Barrier::new(4));
        let get = || {
            start.wait();
            let make = || {
                thread::sleep(LOOK * 5);
                Ok(made.fetch_add(1, Ordering::Relaxed))
            };
            once.get(&CancelToken::new(), make).copied()
        };
        let got =
            thread::scope(|scope| [0; 4].map(|_| scope.spawn(get)).map(|thread| thread.join().unwrap()));
        assert_eq!((got, made.into_inner()), ([Ok(0); 4], 1));
        assert_eq!(once.clone().get(&CancelToken::new(), || unreachable!()), Ok(&0));
    }

    #[test]
    fn who_waits_can_be_cancelled_alone_and_so_can_who_makes_it() {
        let (once, begun, end) = (Once::default(), Barrier::new(2), Barrier::new(2));
        let cancelled = CancelToken::new();
        cancelled.cancel();
        thread::scope(|scope| {
            let maker = scope.spawn(|| {
                let make = || {
                    begun.wait();
                    end.wait();
                    Err(Cancelled)
                };
                once.get(&CancelToken::new(), make).copied()
            });
            begun.wait();
            // Another is making it, and goes on.
            assert_eq!(once.get(&cancelled, || unreachable!()), Err(Cancelled));
            end.wait();
            assert_eq!(maker.join().unwrap(), Err(Cancelled));
        });
        assert_eq!(once.get(&cancelled, || unreachable!()), Err(Cancelled));
        assert_eq!(once.get(&CancelToken::new(), || Ok(7)), Ok(&7));
        // What is there costs nothing, and is given to everybody.
        assert_eq!(once.get(&cancelled, || unreachable!()), Ok(&7));
    }

    #[test]
    fn a_panic_leaves_it_to_the_next() {
        let once = Once::default();
        let panicked = thread::scope(|scope| {
            scope.spawn(|| once.get(&CancelToken::new(), || panic!("while it is made")).copied()).join()
        });
        assert!(panicked.is_err());
        assert_eq!(once.get(&CancelToken::new(), || Ok(7)), Ok(&7));
    }
}
