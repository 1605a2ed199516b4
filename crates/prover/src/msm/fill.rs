//! Buckets filled as digits come: many sums grow side by side, each by one point at a time.
//!
//! A digit names its bucket, and unless that bucket grows already, its point is added together with those of a thousand other buckets, by one
//! shared inversion. Points are read in the order of the table, and what is read in no order are the sums, which fit in a cache. What finds
//! its bucket growing is put off: the next time there is less of it. What is put off again and again belongs to few buckets, and is
//! summed by trees ([`super::buckets`]).

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    matrices::index,
    msm::{
        buckets::Adder,
        digits::{Active, small},
        erased::Erased,
        plan::Plan,
    },
};
use core::ops::Range;
use tabella_lanes::{Group, Increment, Kernel, Scratch, Signed};

/// Entries that are looked at together.
const ENTRIES: usize = 2048;
/// Sums that one task makes grow, if there are no threads to share the work: 2 MiB of G1, read again and again.
const SUMS_PER_TASK: usize = 1 << 15;
/// How many times as many sums there must be as grow together: else too much is put off.
const SPARE: usize = 4;
/// Tasks for each thread, so that none waits long for the last.
const TASKS_PER_THREAD: usize = 2;
/// Entries that are summed by trees rather than put off once more.
const FEW: usize = 256;
/// An empty bucket.
const EMPTY: u32 = 0;
/// The last growth of a bucket that has a point and did not grow.
const FILLED: u32 = 1;

/// Buckets that one thread fills: those in `buckets` of some arrays, counted over all of these.
struct Task<'a, G: Group> {
    arrays: Range<usize>,
    buckets: Range<usize>,
    sums: &'a mut [G::Stored],
}

/// Whether buckets are many enough to be filled so.
pub(super) const fn suits<G: Group>(plan: Plan) -> bool {
    plan.stride * plan.buckets() >= SPARE * Kernel::together::<G>()
}

/// The sum of the entries of each bucket, of all arrays one after the other; `sums` are zeros.
pub(super) fn fill<G: Group>(
    kernel: Kernel,
    points: &[G::Stored],
    active: &Active<'_>,
    adder: &Adder<'_, G>,
    sums: &mut [G::Stored],
    cancel: &CancelToken,
) -> Result<(), Cancelled> {
    let rooms = exec::Rooms::default();
    let tasks = cut::<G>(active.plan(), sums);
    exec::for_each_with(tasks, &rooms, Scratch::default, |scratch, task| {
        let whole = active.plan().buckets();
        let per_half = task.arrays.len() * active.plan().steps();
        let halves_at_a_time = (ENTRIES / per_half).max(1);
        let most = halves_at_a_time * per_half;
        let mut filling = Filling::new(kernel, points, adder, task.sums, (scratch, cancel), most);
        let mut entries = Erased::<Increment>::zeros(most + 1);
        let mut left = Left::default();
        for part in parts(active.len(), halves_at_a_time) {
            let mut found = 0;
            for (number, array) in task.arrays.clone().enumerate() {
                let start = small(number * whole).wrapping_sub(small(task.buckets.start)).wrapping_sub(1);
                active.digits(array, part.clone(), |place, digit| {
                    // What belongs to another task is overwritten by the next.
                    let sum = start.wrapping_add(digit.unsigned_abs());
                    entries[found] = Increment::new(sum, Signed::new(place, digit < 0));
                    found += usize::from(index(sum) < task.buckets.len());
                });
            }
            filling.take(&entries[..found], &mut left)?;
        }
        filling.finish(left)
    })
}

/// Parts of so many numbers, of at most `most` each.
fn parts(all: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(most).map(move |start| start..all.min(start + most))
}

/// Whole arrays, or pieces of one.
fn cut<G: Group>(plan: Plan, sums: &mut [G::Stored]) -> Vec<Task<'_, G>> {
    let whole = plan.buckets();
    let threads = exec::threads();
    let wanted = if threads > 1 { threads * TASKS_PER_THREAD } else { 1 };
    let most = sums.len() / (SPARE * Kernel::together::<G>());
    let tasks = wanted.min(most).max(sums.len().div_ceil(SUMS_PER_TASK)).max(1);
    let size = sums.len().div_ceil(tasks);
    if size >= whole {
        let arrays = size / whole;
        let tasks = sums.chunks_mut(arrays * whole).enumerate().map(|(number, sums)| {
            let first = number * arrays;
            Task { arrays: first..first + sums.len() / whole, buckets: 0..sums.len(), sums }
        });
        return tasks.collect();
    }
    let arrays = sums.chunks_mut(whole).enumerate();
    let pieces = arrays.flat_map(|(array, sums)| {
        sums.chunks_mut(size).enumerate().map(move |(number, sums)| {
            let first = number * size;
            Task { arrays: array..array + 1, buckets: first..first + sums.len(), sums }
        })
    });
    pieces.collect()
}

/// Entries that were put off.
#[derive(Default)]
struct Left {
    entries: Erased<Increment>,
    length: usize,
}

impl Left {
    /// Makes room for so many more.
    fn reserve(&mut self, more: usize) {
        if self.length + more > self.entries.len() {
            let mut larger = Erased::zeros(2 * (self.length + more));
            larger[..self.length].copy_from_slice(&self.entries[..self.length]);
            self.entries = larger;
        }
    }

    fn entries(&self) -> &[Increment] {
        &self.entries[..self.length]
    }
}

/// Sums on their way.
struct Filling<'a, G: Group> {
    kernel: Kernel,
    points: &'a [G::Stored],
    adder: &'a Adder<'a, G>,
    sums: &'a mut [G::Stored],
    scratch: &'a mut Scratch,
    cancel: &'a CancelToken,
    /// When each bucket grew last.
    grown: Erased<u32>,
    /// The growth to come.
    growth: u32,
    /// Entries that are the first of their buckets, and have not been written to the sums.
    firsts: Erased<Increment>,
    first: usize,
    increments: Erased<Increment>,
    /// How many there are.
    waiting: usize,
}

impl<'a, G: Group> Filling<'a, G> {
    /// Takes up to `most` entries at a time.
    fn new(
        kernel: Kernel,
        points: &'a [G::Stored],
        adder: &'a Adder<'a, G>,
        sums: &'a mut [G::Stored],
        (scratch, cancel): (&'a mut Scratch, &'a CancelToken),
        most: usize,
    ) -> Self {
        Self {
            kernel,
            points,
            adder,
            scratch,
            cancel,
            grown: Erased::zeros(sums.len()),
            growth: FILLED + 1,
            firsts: Erased::zeros(most + 1),
            first: 0,
            // Several at a time, so that the points of the next are asked for while one is made.
            increments: Erased::zeros(4 * Kernel::together::<G>() + 1),
            waiting: 0,
            sums,
        }
    }

    /// Takes entries, or puts them off.
    fn take(&mut self, mut entries: &[Increment], left: &mut Left) -> Result<(), Cancelled> {
        left.reserve(entries.len() + 1);
        while !entries.is_empty() {
            let sifted = self.sift(entries, left);
            entries = &entries[sifted..];
            if self.waiting + 1 == self.increments.len() {
                self.grow(self.points)?;
            }
        }
        self.begin();
        Ok(())
    }

    /// Takes entries until no more can wait; answers how many that were.
    ///
    /// Which way an entry goes cannot be foreseen, so that it is written down for all of them, and counted for one.
    fn sift(&mut self, entries: &[Increment], left: &mut Left) -> usize {
        let together = Kernel::together::<G>();
        let (grown, firsts, increments) = (&mut *self.grown, &mut *self.firsts, &mut *self.increments);
        let off = &mut *left.entries;
        // Counters of its own, for those in `self` would be read from memory each time.
        let (mut growth, mut first, mut waiting, mut length) =
            (self.growth, self.first, self.waiting, left.length);
        let mut next = (waiting / together + 1) * together;
        let mut sifted = 0;
        for entry in entries {
            sifted += 1;
            let last = &mut grown[index(entry.sum())];
            let (busy, empty) = (*last == growth, *last == EMPTY);
            off[length] = *entry;
            length += usize::from(busy);
            firsts[first] = *entry;
            first += usize::from(empty);
            increments[waiting] = *entry;
            waiting += usize::from(!busy & !empty);
            *last = core::hint::select_unpredictable(empty, FILLED, growth);
            if waiting == next {
                growth += 1;
                next += together;
                if waiting + 1 == increments.len() {
                    break;
                }
            }
        }
        (self.growth, self.first, self.waiting, left.length) = (growth, first, waiting, length);
        sifted
    }

    /// Writes the first points of buckets.
    fn begin(&mut self) {
        let firsts = &self.firsts[..core::mem::take(&mut self.first)];
        self.kernel.assign::<G>(self.sums, firsts, self.points);
    }

    /// Makes all increments that wait, by some points.
    fn grow(&mut self, points: &[G::Stored]) -> Result<(), Cancelled> {
        self.cancel.check()?;
        self.begin();
        let increments = &self.increments[..core::mem::take(&mut self.waiting)];
        self.adder.count(increments.len());
        if self.kernel.increment::<G>(self.sums, increments, points, self.scratch) {
            let infinity = G::Stored::default();
            for increment in increments {
                if self.sums[index(increment.sum())] == infinity {
                    self.grown[index(increment.sum())] = EMPTY;
                }
            }
        }
        self.growth += 1;
        Ok(())
    }

    /// Takes what was put off, and what is put off again.
    fn finish(mut self, mut left: Left) -> Result<(), Cancelled> {
        loop {
            let again = core::mem::take(&mut left);
            for entries in again.entries().chunks(self.firsts.len() - 1) {
                self.take(entries, &mut left)?;
            }
            self.grow(self.points)?;
            if left.length <= FEW || left.length > again.length / 2 {
                return self.plant(left.entries());
            }
        }
    }

    /// Adds entries of which many have the same bucket.
    fn plant(&mut self, entries: &[Increment]) -> Result<(), Cancelled> {
        if entries.is_empty() {
            return Ok(());
        }
        // Sorted by counting; buckets without entries are left out.
        let mut next = Erased::<u32>::zeros(self.sums.len());
        for entry in entries {
            next[index(entry.sum())] += 1;
        }
        let mut total = 0;
        let (mut ends, mut buckets) =
            (Erased::<u32>::zeros(entries.len()), Erased::<u32>::zeros(entries.len()));
        let mut filled = 0;
        for (bucket, next) in next.iter_mut().enumerate() {
            let count = core::mem::replace(next, total);
            total += count;
            if count > 0 {
                (ends[filled], buckets[filled]) = (total, small(bucket));
                filled += 1;
            }
        }
        let mut sorted = Erased::<Signed>::zeros(entries.len());
        for entry in entries {
            let next = &mut next[index(entry.sum())];
            sorted[index(*next)] = entry.by();
            *next += 1;
        }
        let mut trees = Erased::<G::Stored>::zeros(filled);
        self.adder.sums(self.points, &ends[..filled], |number| sorted[number], &mut trees)?;
        for (place, (bucket, tree)) in buckets.iter().zip(&*trees).enumerate() {
            let sum = &mut self.sums[index(*bucket)];
            if *tree == G::Stored::default() {
                continue;
            }
            if self.grown[index(*bucket)] == EMPTY {
                *sum = *tree;
                continue;
            }
            self.increments[self.waiting] = Increment::new(*bucket, Signed::new(small(place), false));
            self.waiting += 1;
            if self.waiting + 1 == self.increments.len() {
                self.grow(&trees)?;
            }
        }
        self.grow(&trees)
    }
}
