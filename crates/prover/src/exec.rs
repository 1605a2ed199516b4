//! The only place that names rayon: work is split here, in the pool of the caller.
//!
//! Every function gives the same result with any number of threads; a pool of one thread is the serial twin.

use crate::cancel::{CancelToken, Cancelled};
pub use rayon::join;
use rayon::prelude::*;
use std::{
    panic::resume_unwind,
    sync::{Mutex, PoisonError},
    thread,
};
use tabella_lanes::Spread;

/// Rows which one task takes at a time: enough to hide the cost of handing it over.
const ROWS_PER_TASK: usize = 256;

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
pub fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads()).build() else {
        return work();
    };
    // Not from the caller's thread: one of another pool would begin that pool's tasks while it waits.
    let work = Mutex::new(Some(work));
    let take = || work.lock().unwrap_or_else(PoisonError::into_inner).take();
    let done = thread::scope(|scope| {
        let spawned = thread::Builder::new().spawn_scoped(scope, || take().map(|work| pool.install(work)));
        spawned.ok().and_then(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    // No thread more could be started, and nobody took the work.
    done.unwrap_or_else(|| take().map(|work| work()).expect("the work is done once, here or there"))
}

/// Threads of the caller's pool.
pub(crate) fn threads() -> usize {
    rayon::current_num_threads()
}

/// `items.map(f)`, in order.
pub(crate) fn map<T: Sync, U: Send>(items: &[T], f: impl Fn(&T) -> U + Send + Sync) -> Vec<U> {
    items.par_iter().with_min_len(64).map(f).collect()
}

/// `f(i, chunk)` for every chunk of that many items; the last may be shorter. Stops at the first error.
pub(crate) fn for_each_chunk<T: Send, E: Send>(
    items: &mut [T],
    size: usize,
    f: impl Fn(usize, &mut [T]) -> Result<(), E> + Send + Sync,
) -> Result<(), E> {
    items.par_chunks_mut(size).enumerate().try_for_each(|(number, chunk)| f(number, chunk))
}

/// Fills row `i` of the three columns by `f(i)`, which also says whether the row is sound.
///
/// Answers the least `i` whose row is not sound. Columns must have equal length.
///
/// # Errors
/// [`Cancelled`], looked for once per task; rows are then left as they were.
pub(crate) fn fill_rows<T: Send>(
    [a, b, c]: [&mut [T]; 3],
    cancel: &CancelToken,
    f: impl Fn(usize) -> ([T; 3], bool) + Send + Sync,
) -> Result<Option<usize>, Cancelled> {
    debug_assert!(a.len() == b.len() && b.len() == c.len());
    a.par_chunks_mut(ROWS_PER_TASK)
        .zip(b.par_chunks_mut(ROWS_PER_TASK))
        .zip(c.par_chunks_mut(ROWS_PER_TASK))
        .enumerate()
        .map(|(chunk, ((a, b), c))| {
            cancel.check()?;
            let mut first = None;
            for (offset, ((a, b), c)) in a.iter_mut().zip(b).zip(c).enumerate() {
                let row = chunk * ROWS_PER_TASK + offset;
                let (values, sound) = f(row);
                [*a, *b, *c] = values;
                if !sound && first.is_none() {
                    first = Some(row);
                }
            }
            Ok(first)
        })
        .try_reduce(|| None, |x, y| Ok(x.into_iter().chain(y).min()))
}

/// The first item, by its place, for which `f` answers something, with the answer.
pub(crate) fn first_some<T: Sync, U: Send>(
    items: &[T],
    f: impl Fn(&T) -> Option<U> + Send + Sync,
) -> Option<(usize, U)> {
    items.par_iter().with_min_len(64).enumerate().find_map_first(|(i, item)| f(item).map(|found| (i, found)))
}

/// Pieces of work for the pool, each unless somebody asked to stop.
pub(crate) struct Pieces<'a>(pub(crate) &'a CancelToken);

impl Spread for Pieces<'_> {
    type Stop = Cancelled;

    fn each<T: Send, W: Send>(
        &self,
        pieces: Vec<T>,
        room: impl Fn() -> W + Send + Sync,
        work: impl Fn(&mut W, T) + Send + Sync,
    ) -> Result<(), Cancelled> {
        for_each_with(pieces, &Rooms::default(), room, |room, piece| {
            self.0.check()?;
            work(room, piece);
            Ok(())
        })
    }
}

/// Rooms to work in, as many as threads ever worked at once: what is large is allocated once, not for every task.
pub(crate) struct Rooms<W>(Mutex<Vec<W>>);

impl<W> Default for Rooms<W> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<W: Send> Rooms<W> {
    /// The rooms themselves, with what is left in them.
    pub(crate) fn leave(self) -> Vec<W> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does some work in a room that nobody else is in, made by `new` where there is none.
    fn enter<T>(&self, new: impl Fn() -> W, work: impl FnOnce(&mut W) -> T) -> T {
        // A thread that panics does not hold the lock: only what cannot panic is done under it.
        let rooms = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = rooms().pop();
        let mut room = free.unwrap_or_else(new);
        let done = work(&mut room);
        rooms().push(room);
        done
    }
}

/// `f(room, item)` for every item, each in one of the rooms. Stops at the first error.
pub(crate) fn for_each_with<T: Send, W: Send, E: Send>(
    items: Vec<T>,
    rooms: &Rooms<W>,
    new: impl Fn() -> W + Send + Sync,
    f: impl Fn(&mut W, T) -> Result<(), E> + Send + Sync,
) -> Result<(), E> {
    items.into_par_iter().try_for_each(|item| rooms.enter(&new, |room| f(room, item)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_apart_has_as_many_threads_and_passes_its_outcome_on() {
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
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
