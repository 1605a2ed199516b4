//! Buckets filled as digits come: many sums grow side by side, each by one point at a time.
//!
//! A digit names its bucket, and unless that bucket grows already, its point is added together with those of a thousand other buckets, by one
//! shared inversion. Points are read in the order of the table, and what is read in no order are the sums, which fit in a cache. What finds
//! its bucket growing is put off: the next time there is less of it. What is put off again and again belongs to few buckets, and is
//! summed by trees ([`super::buckets`]).

use crate::{
    cancel::Cancelled,
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
use tabella_lanes::{Group, Increment, Kernel, Pair, Scratch, Signed};

/// Entries that are looked at together.
const ENTRIES: usize = 2048;
/// Sums that grow side by side at most, unless one array has more: 2 MiB of G1, read again and again.
const SUMS: usize = 1 << 15;
/// How many times as many sums there must be as grow together: else too much is put off.
const SPARE: usize = 4;
/// Groups of arrays for each thread, so that none waits long for the last.
const GROUPS_PER_THREAD: usize = 3;
/// Parts of the halves for each group: who has nothing else to do takes some.
const PARTS: usize = 16;
/// Entries for each bucket, at least, of those that share a set of sums.
const ENTRIES_PER_SUM: usize = 4;
/// Entries that are summed by trees rather than put off once more.
const FEW: usize = 256;
/// An empty bucket.
const EMPTY: u32 = 0;
/// The last growth of a bucket that has a point and did not grow.
const FILLED: u32 = 1;

/// Whether buckets are many enough to be filled so.
pub(super) const fn suits<G: Group>(plan: Plan) -> bool {
    plan.stride * plan.buckets() >= SPARE * Kernel::together::<G>()
}

/// The sum of the entries of each bucket, of all arrays one after the other.
///
/// Arrays are filled in groups, and a group by parts of the halves. A thread that takes a part goes on with sums that no other works on, or
/// begins its own; these are added up in the end. So one thread alone adds up nothing, and the sums are the same for any number.
pub(super) fn fill<G: Group>(
    points: &[G::Stored],
    active: &Active<'_>,
    adder: &Adder<'_, G>,
) -> Result<Erased<G::Stored>, Cancelled> {
    let (plan, threads) = (active.plan(), exec::threads());
    // Sets of sums that are worth their addition.
    let sets = active.len() * plan.steps() / (ENTRIES_PER_SUM * plan.buckets());
    let groups_at_most = plan.stride / least_arrays::<G>(plan);
    let (groups, parts) = match threads {
        1 => (1, 1),
        // Groups are done when they are filled; sets must be added up.
        threads if threads <= groups_at_most => (groups_at_most.min(threads * GROUPS_PER_THREAD), 1),
        threads if threads <= sets => (1, PARTS.max(threads)),
        threads => (threads * GROUPS_PER_THREAD, sets.max(1)),
    };
    let together = arrays_together::<G>(plan, groups);
    if together >= plan.stride {
        return fill_group(points, active, adder, &(0..plan.stride), parts);
    }
    let mut sums = Erased::zeros(plan.stride * plan.buckets());
    exec::for_each_chunk(&mut sums, together * plan.buckets(), |group, sums| {
        let first = group * together;
        let arrays = first..first + sums.len() / plan.buckets();
        sums.copy_from_slice(&fill_group(points, active, adder, &arrays, parts)?);
        Ok(())
    })?;
    Ok(sums)
}

/// [`fill`] for some arrays, by so many parts of the halves.
fn fill_group<G: Group>(
    points: &[G::Stored],
    active: &Active<'_>,
    adder: &Adder<'_, G>,
    arrays: &Range<usize>,
    parts: usize,
) -> Result<Erased<G::Stored>, Cancelled> {
    let parts: Vec<_> = ranges(active.len(), active.len().div_ceil(parts)).collect();
    let rooms = exec::Rooms::default();
    let begin = || Filling::new(points, adder, arrays.len() * active.plan().buckets());
    exec::for_each_with(parts, &rooms, begin, |filling, part| filling.fill(active, arrays, part))?;
    let mut fillings = rooms.leave().into_iter();
    let mut filling = fillings.next().unwrap_or_else(begin);
    filling.finish()?;
    for mut other in fillings {
        other.finish()?;
        filling.add(&other.sums, small)?;
    }
    Ok(filling.sums)
}

/// How many arrays make a group, where so many groups are wanted.
fn arrays_together<G: Group>(plan: Plan, groups: usize) -> usize {
    let wanted = plan.stride.div_ceil(groups);
    wanted.max(least_arrays::<G>(plan)).min((SUMS / plan.buckets()).max(1))
}

/// How many arrays make a group at least.
const fn least_arrays<G: Group>(plan: Plan) -> usize {
    (SPARE * Kernel::together::<G>()).div_ceil(plan.buckets())
}

/// So many numbers in ranges of at most `most` each.
fn ranges(all: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(most.max(1)).map(move |start| start..all.min(start + most))
}

/// The digits of some halves in some arrays, with the buckets of one array behind those of another; answers how many.
#[inline(never)]
fn find(
    active: &Active<'_>,
    arrays: &Range<usize>,
    halves: &Range<usize>,
    entries: &mut [Increment],
) -> usize {
    let mut found = 0;
    for (number, array) in arrays.clone().enumerate() {
        let start = small(number * active.plan().buckets()).wrapping_sub(1);
        active.digits(array, halves.clone(), |place, digit| {
            let sum = start.wrapping_add(digit.unsigned_abs());
            entries[found] = Increment::new(sum, Signed::new(place, digit < 0));
            found += 1;
        });
    }
    found
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

/// Entries by buckets; buckets that have none are left out.
struct Sorted {
    /// Where the entries of each of [`Self::filled`] buckets end.
    ends: Erased<u32>,
    buckets: Erased<u32>,
    entries: Erased<Signed>,
    filled: usize,
}

impl Sorted {
    /// By counting.
    #[inline(never)]
    fn new(given: &[Increment], sums: usize) -> Self {
        let mut next = Erased::<u32>::zeros(sums);
        for entry in given {
            next[index(entry.sum())] += 1;
        }
        let mut ends = Erased::<u32>::zeros(given.len());
        let mut buckets = Erased::<u32>::zeros(given.len());
        let (mut filled, mut total) = (0, 0);
        for (bucket, next) in next.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
            total += core::mem::replace(next, total);
            (ends[filled], buckets[filled]) = (total, small(bucket));
            filled += 1;
        }
        let mut entries = Erased::<Signed>::zeros(given.len());
        for entry in given {
            let next = &mut next[index(entry.sum())];
            entries[index(*next)] = entry.by();
            *next += 1;
        }
        Self { ends, buckets, entries, filled }
    }
}

/// Entries on their way to their buckets: the same code for both groups.
struct Sieve {
    /// Increments that share an inversion.
    together: usize,
    /// When each bucket grew last.
    grown: Erased<u32>,
    /// The growth to come.
    growth: u32,
    /// Entries that are the first of their buckets, and have not been written to the sums.
    firsts: Erased<Increment>,
    first: usize,
    increments: Erased<Pair>,
    /// How many there are.
    waiting: usize,
    left: Left,
}

impl Sieve {
    fn new(together: usize, sums: usize) -> Self {
        Self {
            together,
            grown: Erased::zeros(sums),
            growth: FILLED + 1,
            firsts: Erased::zeros(ENTRIES + 1),
            first: 0,
            // Several at a time, so that the points of the next are asked for while one is made.
            increments: Erased::zeros(4 * together + 1),
            waiting: 0,
            left: Left::default(),
        }
    }

    /// Whether no increment more can wait.
    fn is_full(&self) -> bool {
        self.waiting + 1 == self.increments.len()
    }

    /// Takes entries, [`ENTRIES`] at most, until no more can wait; answers how many that were.
    ///
    /// Which way an entry goes cannot be foreseen, so that it is written down for all of them, and counted for one.
    #[inline(never)]
    fn sift(&mut self, entries: &[Increment]) -> usize {
        self.left.reserve(entries.len() + 1);
        let together = self.together;
        let (grown, firsts, increments) = (&mut *self.grown, &mut *self.firsts, &mut *self.increments);
        let off = &mut *self.left.entries;
        // Counters of its own, for those in `self` would be read from memory each time.
        let (mut growth, mut first, mut waiting, mut length) =
            (self.growth, self.first, self.waiting, self.left.length);
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
            increments[waiting] = entry.in_place();
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
        (self.growth, self.first, self.waiting, self.left.length) = (growth, first, waiting, length);
        sifted
    }

    /// Takes a point for a bucket that is empty or does not grow; `false` if the bucket is empty, which it is not any more.
    fn add(&mut self, bucket: u32, by: Signed) -> bool {
        let grown = &mut self.grown[index(bucket)];
        if *grown == EMPTY {
            *grown = FILLED;
            return false;
        }
        self.increments[self.waiting] = Increment::new(bucket, by).in_place();
        self.waiting += 1;
        true
    }

    /// The first points of buckets, once.
    fn firsts(&mut self) -> &[Increment] {
        &self.firsts[..core::mem::take(&mut self.first)]
    }
}

/// Sums on their way.
struct Filling<'a, G: Group> {
    points: &'a [G::Stored],
    adder: &'a Adder<'a, G>,
    scratch: Scratch,
    sums: Erased<G::Stored>,
    sieve: Sieve,
}

impl<'a, G: Group> Filling<'a, G> {
    fn new(points: &'a [G::Stored], adder: &'a Adder<'a, G>, sums: usize) -> Self {
        let sieve = Sieve::new(Kernel::together::<G>(), sums);
        Self { points, adder, scratch: Scratch::default(), sums: Erased::zeros(sums), sieve }
    }

    /// Takes the digits of some halves in some arrays.
    fn fill(
        &mut self,
        active: &Active<'_>,
        arrays: &Range<usize>,
        part: Range<usize>,
    ) -> Result<(), Cancelled> {
        let per_half = arrays.len() * active.plan().steps();
        let mut entries = Erased::<Increment>::zeros(ENTRIES.max(per_half));
        for halves in ranges(part.len(), (entries.len() / per_half).max(1)) {
            let halves = part.start + halves.start..part.start + halves.end;
            let found = find(active, arrays, &halves, &mut entries);
            self.take(&entries[..found])?;
        }
        Ok(())
    }

    /// Takes entries, or puts them off.
    fn take(&mut self, entries: &[Increment]) -> Result<(), Cancelled> {
        for mut entries in entries.chunks(ENTRIES) {
            while !entries.is_empty() {
                let sifted = self.sieve.sift(entries);
                entries = &entries[sifted..];
                if self.sieve.is_full() {
                    self.grow(None)?;
                }
            }
            self.begin();
        }
        Ok(())
    }

    /// Writes the first points of buckets.
    fn begin(&mut self) {
        self.adder.kernel.assign::<G>(&mut self.sums, self.sieve.firsts(), self.points);
    }

    /// Makes all increments that wait, by points of the table or by others.
    fn grow(&mut self, others: Option<&[G::Stored]>) -> Result<(), Cancelled> {
        self.adder.cancel.check()?;
        self.begin();
        let points = others.unwrap_or(self.points);
        let Sieve { increments, waiting, grown, growth, .. } = &mut self.sieve;
        let increments = &increments[..core::mem::take(waiting)];
        self.adder.count(increments.len());
        if self.adder.kernel.increment::<G>(&mut self.sums, increments, points, &mut self.scratch) {
            let infinity = G::Stored::default();
            for increment in increments {
                if self.sums[index(increment.to)] == infinity {
                    grown[index(increment.to)] = EMPTY;
                }
            }
        }
        *growth += 1;
        Ok(())
    }

    /// Takes what was put off, and what is put off again.
    fn finish(&mut self) -> Result<(), Cancelled> {
        loop {
            let again = core::mem::take(&mut self.sieve.left);
            self.take(again.entries())?;
            self.grow(None)?;
            let left = self.sieve.left.length;
            if left <= FEW || left > again.length / 2 {
                return self.plant();
            }
        }
    }

    /// Takes what was put off where much of it has the same bucket.
    #[inline(never)]
    fn plant(&mut self) -> Result<(), Cancelled> {
        let left = core::mem::take(&mut self.sieve.left);
        let entries = left.entries();
        if entries.is_empty() {
            return Ok(());
        }
        let Sorted { ends, buckets, entries, filled } = Sorted::new(entries, self.sums.len());
        let mut trees = Erased::zeros(filled);
        self.adder.sums(self.points, &ends[..filled], &*entries, &mut trees)?;
        self.add(&trees, |number| buckets[number])
    }

    /// Adds points to the sums that they are said to belong to, one each; zeros are none.
    fn add(&mut self, points: &[G::Stored], bucket: impl Fn(usize) -> u32) -> Result<(), Cancelled> {
        let infinity = G::Stored::default();
        for (number, point) in points.iter().enumerate().filter(|(_, point)| **point != infinity) {
            let bucket = bucket(number);
            if !self.sieve.add(bucket, Signed::new(small(number), false)) {
                self.sums[index(bucket)] = *point;
            } else if self.sieve.is_full() {
                self.grow(Some(points))?;
            }
        }
        self.grow(Some(points))
    }
}

#[cfg(test)]
mod tests;
