//! Independent pieces of work, on all cores or one after the other, with equal results.
//!
//! The only place in what a browser runs that names rayon, behind the feature `parallel`: work is split here, in the pool of the caller.
//! Closures stand behind references, so that rayon's machinery is compiled once, and not for every kind of work.

use alloc::vec::Vec;
#[cfg(feature = "parallel")]
use rayon::prelude::*;
#[cfg(feature = "std")]
use std::sync::{Mutex, PoisonError};

/// `work(0), work(1), .. work(count - 1)`; with the feature `parallel` by the threads of the current pool, in any order.
///
/// # Panics
/// If `work` does.
#[inline(never)]
pub fn each(count: usize, work: &(dyn Fn(usize) + Sync)) {
    #[cfg(feature = "parallel")]
    (0..count).into_par_iter().for_each(work);
    #[cfg(not(feature = "parallel"))]
    (0..count).for_each(work);
}

/// `f(0), f(1), .. f(count - 1)` in this order; with the feature `parallel` by the threads of the current pool.
///
/// # Panics
/// If `f` does.
pub fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    #[cfg(not(feature = "std"))]
    {
        (0..count).map(f).collect()
    }
    #[cfg(feature = "std")]
    {
        let places: Vec<Mutex<Option<T>>> = (0..count).map(|_| Mutex::default()).collect();
        each(count, &|index| {
            let value = f(index);
            if let Some(place) = places.get(index) {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            }
        });
        let filled =
            places.into_iter().filter_map(|p| p.into_inner().unwrap_or_else(PoisonError::into_inner));
        filled.collect()
    }
}

/// Items that one task takes at least where each is little work.
#[cfg(feature = "std")]
const LEAST: usize = 64;

/// Items for one task where each is little work: some tasks for every thread, so that none waits long for another.
#[cfg(feature = "std")]
fn at_a_time(items: usize) -> usize {
    items.div_ceil(8 * threads()).max(LEAST)
}

/// `f(item)` for every item, in order; each item is little work.
///
/// # Panics
/// If `f` does.
#[cfg(feature = "std")]
pub fn map_items<T: Sync, U: Send>(items: &[T], f: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let size = at_a_time(items.len());
    let part = |index: usize| items.chunks(size).nth(index).unwrap_or_default();
    let parts = map(items.len().div_ceil(size), |index| part(index).iter().map(&f).collect::<Vec<_>>());
    let mut all = Vec::with_capacity(items.len());
    parts.into_iter().for_each(|part| all.extend(part));
    all
}

/// The first item, by its place, for which `f` answers something, with the answer; each item is little work.
///
/// # Panics
/// If `f` does.
#[cfg(feature = "std")]
pub fn first_some<T: Sync, U: Send>(items: &[T], f: impl Fn(&T) -> Option<U> + Sync) -> Option<(usize, U)> {
    let size = at_a_time(items.len());
    let found: Mutex<Option<(usize, U)>> = Mutex::default();
    let found_before = |place: usize| {
        found.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|(first, _)| *first < place)
    };
    each(items.len().div_ceil(size), &|task| {
        if found_before(task * size) {
            return;
        }
        let part = items.chunks(size).nth(task).unwrap_or_default();
        let first = part.iter().enumerate().find_map(|(index, item)| Some((task * size + index, f(item)?)));
        if let Some(first) = first {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            if found.as_ref().is_none_or(|(before, _)| first.0 < *before) {
                *found = Some(first);
            }
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// `f(item)` for every item. Stops at an error, which need not be that of the first item that has one.
///
/// # Errors
/// Those of `f`.
///
/// # Panics
/// If `f` does.
#[cfg(feature = "std")]
pub fn try_each<T: Send, E: Send>(items: Vec<T>, f: impl Fn(T) -> Result<(), E> + Sync) -> Result<(), E> {
    let stopped: Mutex<Option<E>> = Mutex::default();
    let items: Vec<Mutex<Option<T>>> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let has_stopped = || stopped.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    each(items.len(), &|index| {
        if has_stopped() {
            return;
        }
        let item =
            items.get(index).and_then(|item| item.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(Err(error)) = item.map(&f) {
            *stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    });
    match stopped.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Both results; with the feature `parallel` perhaps at the same time.
///
/// # Panics
/// If one of them does.
pub fn join<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    let (mut one, mut other) = (Some(one), Some(other));
    let (mut a, mut b) = (None, None);
    both(&mut || a = one.take().map(|work| work()), &mut || b = other.take().map(|work| work()));
    (a.expect("it was done once"), b.expect("it was done once"))
}

#[inline(never)]
fn both(one: &mut (dyn FnMut() + Send), other: &mut (dyn FnMut() + Send)) {
    #[cfg(feature = "parallel")]
    rayon::join(one, other);
    #[cfg(not(feature = "parallel"))]
    {
        one();
        other();
    }
}

/// Threads of the caller's pool.
#[must_use]
pub fn threads() -> usize {
    #[cfg(feature = "parallel")]
    {
        rayon::current_num_threads()
    }
    #[cfg(not(feature = "parallel"))]
    {
        1
    }
}

/// `work()` in a pool of its own, of as many threads as the caller's, while the caller's thread waits: for work under a lock.
///
/// A thread of a pool that waits for a piece of its work begins other tasks of the pool meanwhile. If one of these wants a lock that
/// the thread holds already, it waits for itself, for ever; and a lock that all threads of the pool wait for is never let go if who
/// holds it waits for the pool. The pool made here has no other tasks than those of `work`.
///
/// Where no threads can be started, as in a browser, the caller's pool works.
///
/// # Panics
/// If `work` does.
#[cfg(feature = "std")]
pub fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let (mut work, mut done) = (Some(work), None);
    in_a_pool_of_its_own(&mut || done = work.take().map(|work| work()));
    done.expect("the work is done once, here or there")
}

#[cfg(feature = "std")]
fn in_a_pool_of_its_own(work: &mut (dyn FnMut() + Send)) {
    #[cfg(feature = "parallel")]
    {
        let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads()).build() else {
            return work();
        };
        // Not from the caller's thread: one of another pool would begin that pool's tasks while it waits.
        let work = Mutex::new(work);
        let begin = || (work.lock().unwrap_or_else(PoisonError::into_inner))();
        let done = std::thread::scope(|scope| {
            let spawned = std::thread::Builder::new().spawn_scoped(scope, || pool.install(begin));
            spawned.ok().map(|thread| thread.join())
        });
        match done {
            Some(Ok(())) => (),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread more could be started, and nobody took the work.
            None => begin(),
        }
    }
    #[cfg(not(feature = "parallel"))]
    work();
}

#[cfg(all(test, feature = "parallel"))]
mod tests {
    use super::*;
    use std::thread;

    fn in_pools(work: impl Fn() + Sync) {
        for threads in [1, 2, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| {
                assert_eq!(super::threads(), threads);
                work();
            });
        }
    }

    #[test]
    fn everything_is_done_once_and_in_its_place() {
        in_pools(|| {
            for count in [0, 1, 63, 64, 65, 1000, 5000] {
                let numbers: Vec<usize> = (0..count).collect();
                let squares: Vec<usize> = numbers.iter().map(|n| n * n).collect();
                assert_eq!(map(count, |n| n * n), squares);
                assert_eq!(map_items(&numbers, |n| n * n), squares);
                let done = Mutex::new(Vec::new());
                let all = try_each(numbers.clone(), |n| {
                    done.lock().expect("no panic").push(n);
                    Ok::<(), ()>(())
                });
                assert_eq!(all, Ok(()));
                let mut done = done.into_inner().expect("no panic");
                done.sort_unstable();
                assert_eq!(done, numbers);
            }
            assert_eq!(join(|| 1, || "two"), (1, "two"));
        });
    }

    #[test]
    fn the_first_is_found_and_errors_stop() {
        let numbers: Vec<usize> = (0..5000).collect();
        in_pools(|| {
            for first in [0, 1, 64, 4000, 4999] {
                let found = first_some(&numbers, |n| (*n >= first && n % 3 == first % 3).then_some(n * 2));
                assert_eq!(found, Some((first, 2 * first)));
            }
            assert_eq!(first_some(&numbers, |_| None::<()>), None);
            assert_eq!(try_each(numbers.clone(), |n| if n == 777 { Err(n) } else { Ok(()) }), Err(777));
        });
    }

    #[test]
    fn work_apart_has_as_many_threads_and_passes_its_outcome_on() {
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let outside = thread::current().id();
            let inside = || (rayon::current_num_threads(), thread::current().id());
            let (pooled, (number, own)) = pool.install(|| (thread::current().id(), apart(inside)));
            assert_eq!(number, threads);
            assert!(own != pooled && own != outside);
            let panicked = thread::spawn(move || pool.install(|| apart(|| panic!("of the work")))).join();
            assert_eq!(panicked.unwrap_err().downcast_ref::<&str>(), Some(&"of the work"));
        }
    }
}
