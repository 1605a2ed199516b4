//! Halves of scalars as signed digits, sorted by the bucket they go to.
//!
//! A half k becomes digits `d_i` with `k = sum 2^(c i) d_i` and `-2^(c-1) <= d_i < 2^(c-1)`: those of `k + b` in base 2^c with
//! 2^(c-1) taken off each again, where b has the bit c - 1 set in every window. No digit depends on another, so that windows can be
//! looked at one by one. The last window ends at bit 128 and may be narrower. b is least for c = 2, and even then
//! `|k| < 2^128 / 3` keeps `k + b` between 0 and 2^128.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    matrices::index,
    msm::{
        buckets::Entries,
        erased::{Erased, ErasedAtomics},
        plan::{HALF_BITS, HALVES, Plan},
    },
};
use core::{
    ops::Range,
    sync::atomic::{AtomicU32, Ordering},
};
use tabella_lanes::{Halves, Signed};

/// Digits that one task counts or places at a time, at least.
const DIGITS_PER_TASK: usize = 1 << 15;
/// Counts that tasks keep for each bucket of an array, at most.
const PARTS: usize = 8;

/// The halves that are not zero: those that need more than the first window, then the others. As secret as the scalars.
pub(crate) struct Active<'a> {
    plan: Plan,
    /// One half after the other.
    halves: &'a [i128],
    /// Where each is in `halves`, and where the multiples of its point begin in the table.
    which: Erased<[u32; 2]>,
    /// How many need more than the first window.
    long: usize,
    /// How many there are.
    length: usize,
}

impl<'a> Active<'a> {
    /// `scalars[i]` is the place of point i's scalar in `halves`; what lies behind their end is zero.
    pub(crate) fn new(scalars: &[u32], halves: &'a [Halves], plan: Plan) -> Self {
        let halves: &[i128] = bytemuck::cast_slice(halves);
        let mut which = Erased::<[u32; 2]>::zeros(HALVES * scalars.len());
        let (mut long, mut short) = (0, which.len());
        let first = Windows::new(plan, 0);
        for (point, place) in scalars.iter().enumerate() {
            let both = HALVES * index(*place);
            for half in 0..HALVES {
                let Some(k) = halves.get(both + half) else { continue };
                let own = [small(both + half), small(point * plan.stored() + half)];
                if *k == first.first_digit(*k).into() {
                    if *k != 0 {
                        short -= 1;
                        which[short] = own;
                    }
                } else {
                    which[long] = own;
                    long += 1;
                }
            }
        }
        let length = long + which.len() - short;
        which.copy_within(short.., long);
        Self { plan, halves, which, long, length }
    }

    /// Whether there is none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// How they are cut into windows.
    pub(super) const fn plan(&self) -> Plan {
        self.plan
    }

    /// Most digits that one array of buckets can get.
    pub(crate) const fn per_array(&self) -> usize {
        self.length + self.long * (self.plan.steps() - 1)
    }

    /// Calls `each(place, digit)` with the digits of some halves in the windows of an array which are not zero.
    ///
    /// The place is that of the multiple in the table.
    #[inline(always)]
    pub(super) fn digits(&self, array: usize, part: Range<usize>, mut each: impl FnMut(u32, i32)) {
        let (windows, halves) = (Windows::new(self.plan, array), small(HALVES));
        let long = self.long.clamp(part.start, part.end);
        // Those of which more than one digit is wanted, and those of which it is one.
        let several = if windows.steps > 1 { long } else { part.start };
        let one = if array == 0 { part.end } else { long };
        for [half, place] in &self.which[part.start..several] {
            windows.digits(self.halves[index(*half)], |step, digit| each(place + halves * step, digit));
        }
        for [half, place] in &self.which[several..one.max(several)] {
            let digit = windows.first_digit(self.halves[index(*half)]);
            if digit != 0 {
                each(*place, digit);
            }
        }
    }
}

/// The windows of an array.
#[derive(Clone, Copy)]
struct Windows {
    /// What makes every digit positive.
    offset: u128,
    /// Where the first begins.
    from: usize,
    /// From one to the next, less than 128: if there is a next.
    bits: u32,
    mask: u32,
    /// What was added to the digit of the first, and of all others but the last.
    centre: i32,
    /// How many there are: at least one.
    steps: u32,
    /// What was added to the digit of the last, which may be narrower.
    last_centre: i32,
}

impl Windows {
    fn new(plan: Plan, array: usize) -> Self {
        let bits = |window: usize| plan.width.min(HALF_BITS - window * plan.width);
        let top = |window| 1 << (window * plan.width + bits(window) - 1);
        let mut all = (array..plan.windows()).step_by(plan.stride);
        let steps = small(all.len());
        let last_centre = 1 << (all.next_back().map_or(plan.width, bits) - 1);
        Self {
            offset: (0..plan.windows()).fold(0, |offset, window| offset | top(window)),
            from: array * plan.width,
            bits: if steps > 1 { small(plan.width * plan.stride) } else { 0 },
            mask: (1 << plan.width) - 1,
            centre: if steps > 1 { 1 << (plan.width - 1) } else { last_centre },
            steps,
            last_centre,
        }
    }

    /// Calls `each(step, digit)` with the digits of a half that are not zero.
    #[inline(always)]
    fn digits(&self, half: i128, mut each: impl FnMut(u32, i32)) {
        let mut rest = half.cast_unsigned().wrapping_add(self.offset) >> self.from;
        let mut digit = |step: u32, rest: u64, centre: i32| {
            let digit = self.low_digit(rest, centre);
            if digit != 0 {
                each(step, digit);
            }
        };
        if self.bits < u64::BITS {
            // Two words, shifted by less than one: what shifts 128 bits by any number takes three times as long.
            let [mut low, mut high] = [low_word(rest), low_word(rest >> 64)];
            for step in 0..self.steps - 1 {
                digit(step, low, self.centre);
                low = low >> self.bits | high << 1 << (u64::BITS - 1 - self.bits);
                high >>= self.bits;
            }
            return digit(self.steps - 1, low, self.last_centre);
        }
        for step in 0..self.steps - 1 {
            digit(step, low_word(rest), self.centre);
            rest >>= self.bits;
        }
        digit(self.steps - 1, low_word(rest), self.last_centre);
    }

    /// The digit of a half in the first of these windows.
    #[inline(always)]
    const fn first_digit(&self, half: i128) -> i32 {
        self.low_digit(low_word(half.cast_unsigned().wrapping_add(self.offset) >> self.from), self.centre)
    }

    #[inline(always)]
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // At most 16 bits are looked at.
    const fn low_digit(&self, rest: u64, centre: i32) -> i32 {
        (rest as u32 & self.mask).cast_signed() - centre
    }
}

/// What fits: a domain has at most 2^28 elements, and tables are small.
pub(super) fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or_default()
}

/// Stored multiples of points by bucket: those of bucket k are `ends[k - 1]..ends[k]`.
pub(crate) struct Sorted {
    /// Where the entries of each bucket end. Buckets of one array lie together, by rising digit from 1.
    pub(crate) ends: Erased<u32>,
    /// Places in the table, with signs, as the bits of [`Signed`].
    places: ErasedAtomics,
}

impl Sorted {
    /// The entries by number.
    pub(super) fn entries(&self) -> impl Entries {
        &*self.places
    }
}

impl Entries for &[AtomicU32] {
    #[inline(always)]
    fn at(self, number: usize) -> Signed {
        bytemuck::cast(self[number].load(Ordering::Relaxed))
    }
    fn from(self, first: usize) -> Self {
        &self[first..]
    }
}

/// Sorts the digits for some arrays of buckets, by counting.
///
/// Parts of the halves are counted and placed side by side. Entries of a bucket are ordered by part, point and window, and
/// parts are cut without regard to the number of threads.
pub(crate) fn sort(
    active: &Active<'_>,
    arrays: Range<usize>,
    cancel: &CancelToken,
) -> Result<Sorted, Cancelled> {
    let buckets = active.plan.buckets();
    let parts = (active.per_array() / DIGITS_PER_TASK.max(buckets)).clamp(1, PARTS);
    let length = active.length.div_ceil(parts);
    let part = |number: usize| number * length..active.length.min((number + 1) * length);
    let bucket = |digit: i32| index(digit.unsigned_abs()) - 1;

    // By array, then part, then bucket.
    let mut next = Erased::<u32>::zeros(arrays.len() * parts * buckets);
    let job = |number: usize| (arrays.start + number / parts, part(number % parts));
    exec::for_each_chunk(&mut next, buckets, |number, counts| {
        cancel.check()?;
        let (array, part) = job(number);
        active.digits(array, part, |_, digit| counts[bucket(digit)] += 1);
        Ok(())
    })?;

    let mut ends = Erased::<u32>::zeros(arrays.len() * buckets);
    let mut total = 0;
    for (ends, next) in ends.chunks_mut(buckets).zip(next.chunks_mut(parts * buckets)) {
        for (bucket, end) in ends.iter_mut().enumerate() {
            for count in next.iter_mut().skip(bucket).step_by(buckets) {
                // From the count to where this part's entries begin.
                total += core::mem::replace(count, total);
            }
            *end = total;
        }
    }

    let sorted = Sorted { ends, places: ErasedAtomics::zeros(index(total)) };
    let places = &*sorted.places;
    exec::for_each_chunk(&mut next, buckets, |number, next| {
        cancel.check()?;
        let (array, part) = job(number);
        active.digits(array, part, |place, digit| {
            let next = &mut next[bucket(digit)];
            // Every place is written once; that the pool has finished is what orders writing before reading.
            let entry: u32 = bytemuck::cast(Signed::new(place, digit < 0));
            places[index(*next)].store(entry, Ordering::Relaxed);
            *next += 1;
        });
        Ok(())
    })?;
    Ok(sorted)
}

/// The low word.
#[inline(always)]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // It is what is wanted.
const fn low_word(x: u128) -> u64 {
    x as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, One, UniformRand};
    use ark_std::test_rng;
    use tabella_primitives::Fr;

    /// The digit of one window, looked at as an array of its own.
    fn digit(plan: Plan, number: usize, half: i128) -> i32 {
        let alone = Plan { stride: plan.windows(), ..plan };
        let mut found = 0;
        Windows::new(alone, number).digits(half, |step, digit| {
            assert_eq!(step, 0);
            found = digit;
        });
        found
    }

    #[test]
    fn digits_add_up_to_their_half() {
        let halves =
            [0, 1, -1, 2, 1 << 15, -(1 << 15), (1 << 64) - 1, Halves::BOUND, -Halves::BOUND, 1 << 126];
        for width in 2..=16 {
            let plan = Plan { width, stride: 1 };
            for half in halves {
                let mut sum = 0i128;
                for number in (0..plan.windows()).rev() {
                    let digit = digit(plan, number, half);
                    assert!(index(digit.unsigned_abs()) <= plan.buckets());
                    // The highest sum may pass 128 bits on its way; the end does not.
                    sum = (sum << width).wrapping_add(digit.into());
                }
                assert_eq!(sum, half, "{width}");
                // All windows of an array at once are the same.
                for stride in [1, 3] {
                    let plan = Plan { width, stride };
                    for array in 0..stride {
                        let mut digits = vec![0; plan.steps()];
                        Windows::new(plan, array).digits(half, |step, digit| digits[index(step)] = digit);
                        for (step, found) in digits.into_iter().enumerate() {
                            let number = array + step * stride;
                            let expected =
                                if number < plan.windows() { digit(plan, number, half) } else { 0 };
                            assert_eq!(found, expected, "{plan:?} {half}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn short_halves_come_last_and_zeros_not_at_all() {
        let one = Fr::one();
        let scalars = [Fr::ZERO, one, -one, Fr::from(128), -Fr::from(128), Fr::from(127), one];
        let halves: Vec<Halves> = scalars.iter().map(Halves::of).collect();
        let places = [0, 1, 2, 3, 4, 5, 90];
        let active = Active::new(&places, &halves, Plan { width: 8, stride: 2 });
        assert_eq!((active.length, active.long, active.per_array()), (5, 1, 5 + 7));
        let mut which = active.which[..5].to_vec();
        assert_eq!(which[0], [6, 3 * 16]);
        which.sort_unstable();
        assert_eq!(which, [2, 4, 6, 8, 10].map(|half| [half, half / 2 * 16]));
    }

    #[test]
    fn every_digit_has_its_place_whatever_the_pool() {
        let mut rng = test_rng();
        let halves: Vec<Halves> = (0..20_000).map(|_| Halves::of(&Fr::rand(&mut rng))).collect();
        let places: Vec<u32> = (0..20_000).collect();
        for plan in
            [Plan { width: 13, stride: 1 }, Plan { width: 9, stride: 4 }, Plan { width: 16, stride: 8 }]
        {
            let active = Active::new(&places, &halves, plan);
            let sorted = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let sorted = pool.install(|| sort(&active, 0..plan.stride, &CancelToken::new()).unwrap());
                let entries: Vec<Signed> =
                    (0..sorted.places.len()).map(|number| sorted.entries().at(number)).collect();
                (sorted.ends.to_vec(), entries)
            };
            let (ends, entries) = sorted(1);
            assert_eq!((&ends, &entries), (&sorted(3).0, &sorted(3).1));
            let mut expected = 0;
            for array in 0..plan.stride {
                let mut start =
                    array.checked_sub(1).map_or(0, |before| ends[(before + 1) * plan.buckets() - 1]);
                for (bucket, end) in (1..).zip(&ends[array * plan.buckets()..(array + 1) * plan.buckets()]) {
                    for entry in &entries[index(start)..index(*end)] {
                        let (point, rest) = (entry.place() / plan.stored(), entry.place() % plan.stored());
                        let number = array + rest / HALVES * plan.stride;
                        let digit = digit(plan, number, halves[point].0[rest % HALVES]);
                        assert_eq!(digit, if entry.is_negative() { -bucket } else { bucket });
                        expected += 1;
                    }
                    start = *end;
                }
            }
            assert_eq!(expected, entries.len());
        }
    }
}
