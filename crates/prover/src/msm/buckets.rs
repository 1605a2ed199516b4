//! The sum of each bucket, by trees of affine additions.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    matrices::index,
    msm::{digits::small, erased::Erased},
};
use core::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
};
use tabella_lanes::{Group, Kernel, Pair, Scratch, Signed};
use zeroize::Zeroizing;

/// Entries whose trees grow together: enough pairs for many shared inversions, few enough for the cache.
pub(super) const ENTRIES_PER_TASK: usize = 8_192;

/// The same for a group: points of G2 take twice as much memory, and more than twice as long.
const fn entries_per_task<G: Group>() -> usize {
    ENTRIES_PER_TASK * size_of::<tabella_lanes::G1Stored>() / size_of::<G::Stored>()
}

/// How sums are made.
pub(super) struct Adder<'a, G: Group> {
    pub(super) kernel: Kernel,
    pub(super) cancel: &'a CancelToken,
    additions: AtomicU64,
    rooms: &'a Rooms<G>,
}

/// Rooms that threads make sums in, one sum after the other.
pub(crate) struct Rooms<G: Group>(exec::Rooms<Work<G>>);

impl<G: Group> Default for Rooms<G> {
    fn default() -> Self {
        Self(exec::Rooms::default())
    }
}

/// What one thread works in. Two arrays take turns: sums of one round are the summands of the next.
struct Work<G: Group> {
    scratch: Scratch,
    summands: Erased<G::Stored>,
    sums: Erased<G::Stored>,
    round: Round,
    additions: u64,
}

/// What is added to what in a round: the same code for both groups.
#[derive(Default)]
struct Round {
    pairs: Erased<Pair>,
    singles: Erased<Single>,
    /// Entries left of each bucket that has any, and a zero.
    lengths: Erased<u32>,
}

/// An entry that has no neighbour to be added to in a round, and where it goes.
#[derive(Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Single {
    entry: Signed,
    to: u32,
}

/// Entries by number.
pub(super) trait Entries: Copy + Send + Sync {
    /// One of them.
    fn at(self, number: usize) -> Signed;
    /// Those from one on.
    fn from(self, first: usize) -> Self;
}

impl Entries for &[Signed] {
    #[inline(always)]
    fn at(self, number: usize) -> Signed {
        self[number]
    }
    fn from(self, first: usize) -> Self {
        &self[first..]
    }
}

/// The sums of the round before, one after the other from this one on.
#[derive(Clone, Copy)]
struct InOrder(usize);

impl Entries for InOrder {
    #[inline(always)]
    fn at(self, number: usize) -> Signed {
        Signed::new(small(self.0 + number), false)
    }
    fn from(self, first: usize) -> Self {
        Self(self.0 + first)
    }
}

/// Buckets with their entries.
struct Task {
    buckets: Range<usize>,
    /// Where the first of their entries is.
    from: usize,
}

impl<'a, G: Group> Adder<'a, G> {
    pub(super) const fn new(kernel: Kernel, cancel: &'a CancelToken, rooms: &'a Rooms<G>) -> Self {
        Self { kernel, cancel, additions: AtomicU64::new(0), rooms }
    }

    /// Affine additions so far.
    pub(super) fn additions(&self) -> u64 {
        self.additions.load(Ordering::Relaxed)
    }

    /// Counts affine additions that somebody else made.
    pub(super) fn count(&self, additions: usize) {
        self.additions.fetch_add(u64::try_from(additions).unwrap_or_default(), Ordering::Relaxed);
    }

    /// The sum of each bucket's entries, zeros for an empty one: bucket k has the entries from `ends[k - 1]` to `ends[k]`, which are
    /// places in `points`.
    ///
    /// `points` are not the point at infinity where an entry leads.
    pub(super) fn sums(
        &self,
        points: &[G::Stored],
        ends: &[u32],
        entries: impl Entries,
        sums: &mut [G::Stored],
    ) -> Result<(), Cancelled> {
        match pieces(ends) {
            None => self.sums_of_short(points, ends, entries, sums),
            Some([piece_ends, ends]) => {
                // One bucket has many tasks' worth of entries: first the sums of its pieces.
                let mut pieces = Erased::zeros(piece_ends.len());
                self.sums_of_short(points, &piece_ends, entries, &mut pieces)?;
                let (ends, places) = list(&finite::<G>(&pieces), &ends, None);
                self.sums_of_short(&pieces, &ends, &*places, sums)
            }
        }
    }

    fn sums_of_short(
        &self,
        points: &[G::Stored],
        ends: &[u32],
        entries: impl Entries,
        sums: &mut [G::Stored],
    ) -> Result<(), Cancelled> {
        let mut rest = sums;
        let mut jobs = Vec::new();
        for task in cut(ends, entries_per_task::<G>()) {
            let (own, others) = rest.split_at_mut(task.buckets.len());
            rest = others;
            jobs.push((task, own));
        }
        exec::for_each_with(jobs, &self.rooms.0, Work::new, |work, (Task { buckets, from }, out)| {
            self.cancel.check()?;
            work.sum(self.kernel, points, &ends[buckets], from, entries.from(from), out);
            self.additions.fetch_add(core::mem::take(&mut work.additions), Ordering::Relaxed);
            Ok(())
        })
    }
}

impl<G: Group> Work<G> {
    fn new() -> Self {
        Self {
            scratch: Scratch::default(),
            summands: Erased::default(),
            sums: Erased::default(),
            round: Round::default(),
            additions: 0,
        }
    }

    /// Sums the buckets whose entries are given one bucket after the other; they end at `ends`, less `from`.
    fn sum(
        &mut self,
        kernel: Kernel,
        points: &[G::Stored],
        ends: &[u32],
        from: usize,
        entries: impl Entries,
        out: &mut [G::Stored],
    ) {
        let (filled, lengths) = self.round.begin(ends, from);
        if filled == 0 {
            return;
        }
        let [_, sums] = lengths;
        if self.sums.len() < sums {
            // Tasks are about as large as each other.
            let sums = sums + sums / 8;
            self.sums = Erased::zeros(sums);
            self.summands = Erased::zeros(sums);
        }
        let mut infinity = self.add(kernel, points, lengths, entries, false);
        while let Some(halved) = self.round.halve(filled) {
            core::mem::swap(&mut self.summands, &mut self.sums);
            let summands = core::mem::take(&mut self.summands);
            infinity = self.add(kernel, &summands, halved, InOrder(0), infinity);
            self.summands = summands;
        }
        let (mut before, mut sums) = (from, self.sums.iter());
        for (out, end) in out.iter_mut().zip(ends) {
            if index(*end) > before {
                *out = sums.next().copied().unwrap_or_default();
            }
            before = index(*end);
        }
    }

    /// Adds neighbours within each bucket; what has no neighbour is copied.
    fn add(
        &mut self,
        kernel: Kernel,
        points: &[G::Stored],
        lengths: [usize; 2],
        entries: impl Entries,
        careful: bool,
    ) -> bool {
        let (pairs, singles) = self.round.pair(lengths, entries);
        // First all copies, so that memory is asked for many at a time, then the few that turn.
        let sums = &mut *self.sums;
        for single in singles {
            sums[index(single.to)] = points[single.entry.place()];
        }
        for single in singles.iter().filter(|single| single.entry.is_negative()) {
            let sum = &mut sums[index(single.to)];
            *sum = kernel.negated::<G>(sum);
        }
        self.additions += u64::try_from(pairs.len()).unwrap_or_default();
        kernel.add_pairs::<G>(points, pairs, sums, careful, &mut self.scratch)
    }
}

impl Round {
    /// The first round: how many buckets have entries, how many entries there are, and how many sums the round makes of them.
    #[inline(never)]
    fn begin(&mut self, ends: &[u32], from: usize) -> (usize, [usize; 2]) {
        if self.lengths.len() <= ends.len() {
            self.lengths = Erased::zeros(ends.len() + ends.len() / 8 + 1);
        }
        let mut before = small(from);
        let lengths = &mut *self.lengths;
        let (mut filled, mut sums) = (0, 0);
        for end in ends {
            let length = end - before;
            before = *end;
            lengths[filled] = length;
            filled += usize::from(length > 0);
            sums += index(length.div_ceil(2));
        }
        lengths[filled] = 0;
        if self.pairs.len() < sums {
            let room = sums + sums / 8;
            self.pairs = Erased::zeros(room);
            self.singles = Erased::zeros(room);
        }
        (filled, [index(before) - from, sums])
    }

    /// Lengths after a round: how many entries there are then, and how many after the next. `None` if there is nothing left to add.
    #[inline(never)]
    fn halve(&mut self, filled: usize) -> Option<[usize; 2]> {
        let (mut entries, mut sums) = (0, 0);
        for length in &mut self.lengths[..filled] {
            *length = length.div_ceil(2);
            entries += *length;
            sums += length.div_ceil(2);
        }
        (sums < entries).then_some([index(entries), index(sums)])
    }

    /// Which entries are added to which, and which have no neighbour: for so many entries and sums.
    #[inline(never)]
    fn pair<E: Entries>(&mut self, [all, sums]: [usize; 2], entries: E) -> (&[Pair], &[Single]) {
        // Lengths are as good as random: a branch on them would be foreseen wrongly half the time. So each step writes down a pair and a
        // single, and goes on behind one of them.
        let (mut from, mut bucket, mut left) = (0, 0, self.lengths[0]);
        let (pair_room, single_room, lengths) = (&mut *self.pairs, &mut *self.singles, &*self.lengths);
        let (mut pairs, mut singles) = (0, 0);
        for to in 0..sums {
            let two = u32::from(left > 1);
            let first = entries.at(from);
            let second = entries.at(core::cmp::min(from + 1, all - 1));
            let to = small(to);
            pair_room[pairs] = Pair { first, second, to };
            single_room[singles] = Single { entry: first, to };
            let paired = index(two);
            pairs += paired;
            singles += 1 - paired;
            from += 1 + paired;
            left -= 1 + two;
            let done = left == 0;
            bucket += usize::from(done);
            let next = lengths[bucket];
            left = core::hint::select_unpredictable(done, next, left);
        }
        (&self.pairs[..pairs], &self.singles[..singles])
    }
}

/// Groups of buckets, about [`ENTRIES_PER_TASK`] entries each.
fn cut(ends: &[u32], entries: usize) -> Vec<Task> {
    let mut tasks = Vec::new();
    let (mut start, mut from) = (0, 0);
    for (bucket, end) in ends.iter().enumerate() {
        if index(*end) - from >= entries || bucket + 1 == ends.len() {
            tasks.push(Task { buckets: start..bucket + 1, from });
            (start, from) = (bucket + 1, index(*end));
        }
    }
    tasks
}

/// Buckets with more entries than a task, cut into pieces: where each piece ends, and by bucket where its pieces end. `None` if there
/// is no such bucket.
fn pieces(ends: &[u32]) -> Option<[Zeroizing<Vec<u32>>; 2]> {
    let most = u32::try_from(ENTRIES_PER_TASK).unwrap_or(u32::MAX);
    let lengths = ends.iter().scan(0, |before, end| Some(end - core::mem::replace(before, *end)));
    if lengths.clone().all(|length| length <= most) {
        return None;
    }
    let all = index(ends.last().copied().unwrap_or_default());
    let mut piece_ends = Zeroizing::new(Vec::with_capacity(ends.len() + all / ENTRIES_PER_TASK));
    let mut start = 0;
    let by_bucket = ends.iter().zip(lengths).map(|(end, length)| {
        let cuts = (1..length.div_ceil(most)).map(|piece| start + piece * most);
        piece_ends.extend(cuts.chain([*end]));
        start = *end;
        u32::try_from(piece_ends.len()).unwrap_or_default()
    });
    let by_bucket = Zeroizing::new(by_bucket.collect());
    Some([piece_ends, by_bucket])
}

/// Which points are not the point at infinity: looked at in the order of memory, which that of buckets is not.
pub(super) fn finite<G: Group>(points: &[G::Stored]) -> Erased<u8> {
    let infinity = G::Stored::default();
    let mut finite = Erased::<u8>::zeros(points.len());
    for (finite, point) in finite.iter_mut().zip(points) {
        *finite = u8::from(*point != infinity);
    }
    finite
}

/// Entries for the places of each bucket that are `finite`, and where they end. Bucket k has the places from `ends[k - 1]` to `ends[k]` in
/// `places`, or, if there are none, these numbers themselves.
pub(super) fn list(finite: &[u8], ends: &[u32], places: Option<&[u32]>) -> (Erased<u32>, Erased<Signed>) {
    let all = ends.last().copied().unwrap_or_default();
    let mut listed_ends = Erased::<u32>::zeros(ends.len());
    let mut listed = Erased::<Signed>::zeros(index(all));
    let (mut from, mut filled) = (0, 0);
    for (listed_end, end) in listed_ends.iter_mut().zip(ends) {
        for number in from..*end {
            let place = places.map_or(number, |places| places[index(number)]);
            if finite[index(place)] != 0 {
                listed[filled] = Signed::new(place, false);
                filled += 1;
            }
        }
        from = *end;
        *listed_end = u32::try_from(filled).unwrap_or_default();
    }
    (listed_ends, listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_buckets_are_cut() {
        let most = 8_192;
        assert!(pieces(&[0, most, most]).is_none());
        let ends = [3, 3, 3 + 20_000, 23_010];
        let [piece_ends, by_bucket] = pieces(&ends).unwrap();
        assert_eq!(*piece_ends, [3, 3, 3 + most, 3 + 2 * most, 20_003, 23_010]);
        assert_eq!(*by_bucket, [1, 2, 5, 6]);
    }

    #[test]
    fn tasks_have_all_buckets() {
        let ends: Vec<u32> = (1..=100).map(|bucket| bucket * 250).collect();
        let tasks = cut(&ends, ENTRIES_PER_TASK);
        assert_eq!(tasks.len(), 4);
        assert_eq!(
            tasks.iter().map(|task| task.buckets.clone()).collect::<Vec<_>>(),
            [0..33, 33..66, 66..99, 99..100]
        );
        assert_eq!(tasks.iter().map(|task| task.from).collect::<Vec<_>>(), [0, 8_250, 16_500, 24_750]);
        assert!(cut(&[], ENTRIES_PER_TASK).is_empty());
    }
}
