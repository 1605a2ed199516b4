//! The sum of each bucket, by trees of affine additions.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    matrices::index,
    msm::erased::Erased,
};
use core::ops::Range;
use tabella_lanes::{Group, Kernel, Pair, Scratch, Signed};

/// Entries whose trees grow together: enough pairs for many shared inversions, few enough for the cache.
const ENTRIES_PER_TASK: usize = 16_384;

/// What one thread works in. Two arrays take turns: sums of one round are the summands of the next.
struct Work<G: Group> {
    scratch: Scratch,
    summands: Erased<G::Stored>,
    sums: Erased<G::Stored>,
    pairs: Erased<Pair>,
    /// Entries left of each bucket.
    lengths: Vec<u32>,
}

/// The sum of each bucket's entries, zeros for an empty one. `ends` and `places` are as in [`super::digits::Sorted`].
pub(crate) fn sums<G: Group>(
    kernel: Kernel,
    points: &[G::Stored],
    ends: &[u32],
    places: &[Signed],
    cancel: &CancelToken,
) -> Result<Erased<G::Stored>, Cancelled> {
    let mut sums = Erased::zeros(ends.len());
    let tasks = cut(ends);
    let mut rest = &mut sums[..];
    let mut jobs = Vec::with_capacity(tasks.len());
    for task in tasks {
        let (own, others) = rest.split_at_mut(task.len());
        rest = others;
        jobs.push((task, own));
    }
    exec::for_each_with(jobs, Work::<G>::new, |work, (task, out)| {
        cancel.check()?;
        let end = |bucket: usize| index(ends[bucket]);
        let start = task.start.checked_sub(1).map_or(0, end);
        let mut before = start;
        work.lengths.clear();
        work.lengths.extend(ends[task.clone()].iter().map(|end| {
            let length = index(*end) - before;
            before = index(*end);
            u32::try_from(length).unwrap_or_default()
        }));
        work.sum(kernel, points, &places[start..before], out);
        Ok(())
    })?;
    Ok(sums)
}

impl<G: Group> Work<G> {
    fn new() -> Self {
        Self {
            scratch: Scratch::default(),
            summands: Erased::default(),
            sums: Erased::default(),
            pairs: Erased::default(),
            lengths: Vec::new(),
        }
    }

    /// Sums the buckets whose entries are given one bucket after the other, `lengths` long.
    fn sum(&mut self, kernel: Kernel, points: &[G::Stored], entries: &[Signed], out: &mut [G::Stored]) {
        let sums: usize = self.lengths.iter().map(|length| index(length.div_ceil(2))).sum();
        if self.sums.len() < sums {
            self.sums = Erased::zeros(sums);
            self.summands = Erased::zeros(sums);
            // Never more pairs than sums, also for a later task with more entries in fewer buckets.
            self.pairs = Erased::zeros(sums);
        }
        let mut infinity = self.round(kernel, points, |entry| entries[entry], false);
        while self.lengths.iter().any(|length| *length > 1) {
            core::mem::swap(&mut self.summands, &mut self.sums);
            let summands = core::mem::take(&mut self.summands);
            let own = |entry| Signed::new(u32::try_from(entry).unwrap_or_default(), false);
            infinity = self.round(kernel, &summands, own, infinity);
            self.summands = summands;
        }
        let mut sums = self.sums.iter();
        for (out, length) in out.iter_mut().zip(&self.lengths) {
            if *length > 0 {
                *out = sums.next().copied().unwrap_or_default();
            }
        }
    }

    /// Adds neighbours within each bucket and halves its length; what has no neighbour is copied.
    fn round(
        &mut self,
        kernel: Kernel,
        points: &[G::Stored],
        entry: impl Fn(usize) -> Signed,
        careful: bool,
    ) -> bool {
        let (mut from, mut to, mut pairs) = (0, 0, 0);
        for length in &mut self.lengths {
            let entries = index(*length);
            for _ in 0..entries / 2 {
                let place = u32::try_from(to).unwrap_or_default();
                self.pairs[pairs] = Pair { first: entry(from), second: entry(from + 1), to: place };
                (from, to, pairs) = (from + 2, to + 1, pairs + 1);
            }
            if entries % 2 == 1 {
                let single = entry(from);
                let point = points[single.place()];
                self.sums[to] = if single.is_negative() { kernel.negated::<G>(&point) } else { point };
                (from, to) = (from + 1, to + 1);
            }
            *length = length.div_ceil(2);
        }
        kernel.add_pairs::<G>(points, &self.pairs[..pairs], &mut self.sums, careful, &mut self.scratch)
    }
}

/// Ranges of buckets with about [`ENTRIES_PER_TASK`] entries each.
fn cut(ends: &[u32]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut first) = (0, 0);
    for (bucket, end) in ends.iter().enumerate() {
        if index(*end) - first >= ENTRIES_PER_TASK || bucket + 1 == ends.len() {
            ranges.push(start..bucket + 1);
            (start, first) = (bucket + 1, index(*end));
        }
    }
    ranges
}
