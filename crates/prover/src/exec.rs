//! How the prover's work is split, on top of [`tabella_primitives::exec`]: nothing here, or beside it, names rayon.
//!
//! Every function gives the same result with any number of threads; a pool of one thread is the serial twin.

use crate::cancel::{CancelToken, Cancelled};
use std::sync::{Mutex, PoisonError};
use tabella_lanes::Spread;
pub(crate) use tabella_primitives::exec::{apart, first_some, join, map_items as map, threads, try_each};

/// Rows which one task takes at a time: enough to hide the cost of handing it over.
const ROWS_PER_TASK: usize = 256;

/// `f(i, chunk)` for every chunk of that many items; the last may be shorter. Stops at an error.
pub(crate) fn for_each_chunk<T: Send, E: Send>(
    items: &mut [T],
    size: usize,
    f: impl Fn(usize, &mut [T]) -> Result<(), E> + Sync,
) -> Result<(), E> {
    try_each(items.chunks_mut(size).enumerate().collect(), |(number, chunk)| f(number, chunk))
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
    let first: Mutex<Option<usize>> = Mutex::default();
    let [a, b, c] = [a, b, c].map(|column| column.chunks_mut(ROWS_PER_TASK));
    try_each(a.zip(b).zip(c).enumerate().collect(), |(chunk, ((a, b), c))| {
        cancel.check()?;
        for (offset, ((a, b), c)) in a.iter_mut().zip(b).zip(c).enumerate() {
            let row = chunk * ROWS_PER_TASK + offset;
            let (values, sound) = f(row);
            [*a, *b, *c] = values;
            if !sound {
                let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                *first = first.into_iter().chain([row]).min();
            }
        }
        Ok(())
    })?;
    Ok(first.into_inner().unwrap_or_else(PoisonError::into_inner))
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
    try_each(items, |item| rooms.enter(&new, |room| f(room, item)))
}
