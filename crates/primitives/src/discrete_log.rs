//! The number t in `t B8`, by baby steps and giant steps [Shanks 1971], for t up to a bound of at most 2^40.
//!
//! ```text
//! t = c +- j,   j = 0..m,   c = m, m + w, m + 2 w, ..    with w = 2 m + 1
//! baby steps    y(j B8) for all j, in a table: a point and its opposite have one y
//! giant steps   y(T - c B8), looked up
//! ```
//!
//! Points are added without projective coordinates, many at once. Around one point S = (x, y), all `S +- e P` for e = 1..H
//! share what they need, with offsets `e P = (x_e, y_e)` computed once:
//!
//! ```text
//! u = a x x_e,  v = y y_e,  z = d x y x_e y_e       y(S + e P) = (v - u) / (1 - z)       y(S - e P) = (v + u) / (1 + z)
//! ```
//!
//! and all `1 / (1 - z^2)` of the H pairs come from one division [Montgomery 1987]: six multiplications for each point. The
//! divisors are never 0, because the addition law is complete, so no case is special.
//!
//! The table holds 16 bytes for each baby step: 8 bytes in each of 2 (m + 1) places. m + 1 is the power of two next to sqrt(bound), or the
//! greatest that fits the limit on memory. Everything here is public and in variable time.

use crate::{
    Fr,
    cancel::CancelToken,
    edwards::{A, D, Point, Scalar},
    exec,
    progress::{Meter, OnProgress},
};
use alloc::{vec, vec::Vec};
use ark_ff::{Field, batch_inversion};
use core::fmt;

/// Greatest bound.
pub const MAX_BOUND: u64 = 1 << 40;
/// Least limit on memory, in bytes: 4096 baby steps.
pub const LEAST_MEMORY: usize = 64 * 1024;
/// Bytes of the table for each baby step.
const BYTES_PER_STEP: usize = 16;
/// Pairs H around one point: what one division serves.
const PAIRS: u64 = 512;
/// Points around one centre, the centre included.
const SPAN: u64 = 2 * PAIRS + 1;
/// Centres that one piece of work walks through: about a millisecond.
const CENTRES: u64 = 8;
/// Pieces between two looks at the token and two reports of progress: some ten milliseconds of all cores.
const PIECES: usize = 16;

/// Why a logarithm was not found, or no table was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiscreteLogError {
    /// The logarithm is above the bound of the table.
    OutOfBound {
        /// The bound.
        bound: u64,
    },
    /// The bound is above [`MAX_BOUND`].
    BoundTooLarge {
        /// The bound asked for.
        bound: u64,
    },
    /// The limit on memory is below [`LEAST_MEMORY`].
    MemoryLimit {
        /// The limit given, in bytes.
        limit: usize,
    },
    /// The token asked to stop.
    Cancelled,
}

impl fmt::Display for DiscreteLogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfBound { bound } => write!(f, "the number is above the bound {bound}"),
            Self::BoundTooLarge { bound } => {
                write!(f, "the bound {bound} is above {MAX_BOUND}, beyond which no number is searched")
            }
            Self::MemoryLimit { limit } => {
                write!(f, "a limit of {limit} bytes is below the least, {LEAST_MEMORY}")
            }
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl core::error::Error for DiscreteLogError {}

/// Baby steps for all numbers up to a bound; serves any number of searches.
pub struct DiscreteLogTable {
    bound: u64,
    /// Greatest baby step m.
    last: u64,
    /// Places of the table: the upper half of a place is the upper half of y's key, the lower half is j + 1; 0 is free.
    places: Vec<u64>,
    giants: Offsets,
}

/// The multiples `e P` for e = 1..=H as `(a x_e, y_e, d x_e y_e)`.
struct Offsets(Vec<(Fr, Fr, Fr)>);

impl Offsets {
    fn new(step: &Point) -> Self {
        let mut multiples = Vec::new();
        let mut sum = crate::edwards::PointSum::new();
        for _ in 0..PAIRS {
            sum += step;
            multiples.push(sum);
        }
        let points = crate::edwards::PointSum::normalize(&multiples);
        Self(
            points
                .iter()
                .map(|point| {
                    let (x, y) = point.to_xy();
                    (A * x, y, D * x * y)
                })
                .collect(),
        )
    }

    /// Calls `visit(e, y(S + e P))` for e in -H..=H, until it answers true.
    fn around(&self, centre: &Point, room: &mut Room, mut visit: impl FnMut(i64, &Fr) -> bool) {
        let (x, y) = centre.to_xy();
        if visit(0, &y) {
            return;
        }
        let xy = x * y;
        room.z.clear();
        room.z.extend(self.0.iter().map(|(_, _, dxy)| xy * dxy));
        room.inverses.clear();
        room.inverses.extend(room.z.iter().map(|z| Fr::ONE - z.square()));
        batch_inversion(&mut room.inverses);
        for (e, (((ax, y_e, _), z), inverse)) in (1i64..).zip(self.0.iter().zip(&room.z).zip(&room.inverses))
        {
            let (u, v) = (x * ax, y * y_e);
            // 1 / (1 - z) = (1 + z) / (1 - z^2), and the other way round.
            let scaled = *inverse * z;
            let (over, under) = (*inverse + scaled, *inverse - scaled);
            if visit(e, &((v - u) * over)) || visit(-e, &((v + u) * under)) {
                return;
            }
        }
    }
}

/// Memory of one piece of work, used again for each of its centres.
#[derive(Default)]
struct Room {
    z: Vec<Fr>,
    inverses: Vec<Fr>,
}

/// What a y is looked up by: a limb of its Montgomery form, which is as good as random.
const fn key_of(y: &Fr) -> u64 {
    y.0.0[0]
}

/// The point `number * B8`.
fn multiple(number: u64) -> Point {
    Point::base().mul_vartime(&Scalar::from(number))
}

impl DiscreteLogTable {
    /// Makes the table for numbers `0..=bound` in at most `memory_limit` bytes (the table itself; 3 MiB of working memory at most come
    /// on top). With bound 2^32 it takes 1 MiB, with 2^40 16 MiB; less memory costs time in proportion.
    ///
    /// # Errors
    /// [`DiscreteLogError::BoundTooLarge`], [`DiscreteLogError::MemoryLimit`] or [`DiscreteLogError::Cancelled`].
    pub fn new(
        bound: u64,
        memory_limit: usize,
        cancel: &CancelToken,
        on_progress: OnProgress<'_>,
    ) -> Result<Self, DiscreteLogError> {
        if bound > MAX_BOUND {
            return Err(DiscreteLogError::BoundTooLarge { bound });
        }
        if memory_limit < LEAST_MEMORY {
            return Err(DiscreteLogError::MemoryLimit { limit: memory_limit });
        }
        let fitting = usize::BITS - 1 - (memory_limit / BYTES_PER_STEP).leading_zeros();
        let steps = 1usize << (bound.isqrt().max(1).ilog2()).min(fitting).max(8);
        let last = u64::try_from(steps).unwrap_or(u64::MAX) - 1;
        let mut table =
            Self { bound, last, places: vec![0; 2 * steps], giants: Offsets::new(&multiple(2 * last + 1)) };
        let babies = Offsets::new(&Point::base());
        // Around H, H + SPAN, ..: every number up to m, and a few beyond it that are left out.
        let centres = (last + 1).div_ceil(SPAN);
        let mut meter = Meter::new(steps, on_progress);
        let pieces = usize::try_from(centres.div_ceil(CENTRES)).unwrap_or(usize::MAX);
        for first in (0..pieces).step_by(PIECES) {
            cancel.check().map_err(|_| DiscreteLogError::Cancelled)?;
            let parts = exec::map(PIECES.min(pieces - first), |piece| {
                let from = u64::try_from(first + piece).unwrap_or(u64::MAX) * CENTRES;
                baby_steps(&babies, from..(from + CENTRES).min(centres), last)
            });
            for (step, key) in parts.into_iter().flatten() {
                table.insert(step, key);
            }
            meter.add(PIECES * usize::try_from(CENTRES * SPAN).unwrap_or(usize::MAX));
        }
        Ok(table)
    }

    /// Greatest number that is found.
    #[must_use]
    pub const fn bound(&self) -> u64 {
        self.bound
    }

    /// Memory of the table, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.places.len() * size_of::<u64>()
    }

    fn insert(&mut self, step: u64, key: u64) {
        let mask = self.places.len() - 1;
        let mut place = slot(key, mask);
        // Half of the places stay free, so the search for a free one ends.
        while let Some(entry) = self.places.get_mut(place) {
            if *entry == 0 {
                *entry = (key & !LOW) | (step + 1);
                return;
            }
            place = (place + 1) & mask;
        }
    }

    /// Calls `visit` with each baby step whose y may have this key.
    fn look_up(&self, key: u64, mut visit: impl FnMut(u64) -> bool) -> bool {
        let mask = self.places.len() - 1;
        let mut place = slot(key, mask);
        while let Some(entry) = self.places.get(place).filter(|entry| **entry != 0) {
            if (entry ^ key) & !LOW == 0 && visit((entry & LOW) - 1) {
                return true;
            }
            place = (place + 1) & mask;
        }
        false
    }

    /// The number t of `target = t * B8`, 0 <= t <= bound.
    ///
    /// # Errors
    /// [`DiscreteLogError::OutOfBound`] after everything was searched, or [`DiscreteLogError::Cancelled`].
    pub fn solve(
        &self,
        target: &Point,
        cancel: &CancelToken,
        on_progress: OnProgress<'_>,
    ) -> Result<u64, DiscreteLogError> {
        let width = 2 * self.last + 1;
        let centres = (self.bound / width + 1).div_ceil(SPAN);
        let pieces = usize::try_from(centres.div_ceil(CENTRES)).unwrap_or(usize::MAX);
        let mut meter = Meter::new(pieces, on_progress);
        for first in (0..pieces).step_by(PIECES) {
            cancel.check().map_err(|_| DiscreteLogError::Cancelled)?;
            let count = PIECES.min(pieces - first);
            let found = exec::map(count, |piece| {
                let from = u64::try_from(first + piece).unwrap_or(u64::MAX) * CENTRES;
                self.giant_steps(target, from..(from + CENTRES).min(centres))
            });
            if let Some(number) = found.into_iter().flatten().next() {
                meter.add(pieces);
                return Ok(number);
            }
            meter.add(count);
        }
        Err(DiscreteLogError::OutOfBound { bound: self.bound })
    }

    /// Looks around these centres; each stands in the middle of SPAN giant steps.
    fn giant_steps(&self, target: &Point, centres: core::ops::Range<u64>) -> Option<u64> {
        let width = 2 * self.last + 1;
        let number = |centre: u64| self.last + width * (SPAN * centre + PAIRS);
        let stride = multiple(width * SPAN);
        let mut point = *target - multiple(number(centres.start));
        let mut room = Room::default();
        let mut found = None;
        for centre in centres {
            // T - (c + e w) B8 is the e-th giant step below the point in the middle, in the direction of -P.
            self.giants.around(&point, &mut room, |e, y| {
                self.look_up(key_of(y), |step| {
                    let middle = number(centre).checked_add_signed(-e * i64::try_from(width).unwrap_or(0));
                    let candidates =
                        middle.into_iter().flat_map(|c| [c.checked_sub(step), c.checked_add(step)]);
                    found = candidates.flatten().find(|t| *t <= self.bound && multiple(*t) == *target);
                    found.is_some()
                })
            });
            if found.is_some() {
                return found;
            }
            point = point - stride;
        }
        None
    }
}

/// The lower half of a place.
const LOW: u64 = 0xffff_ffff;

/// Where the search for a key begins.
fn slot(key: u64, mask: usize) -> usize {
    usize::try_from(key & LOW).unwrap_or(0) & mask
}

/// Baby steps up to `last` around these centres, with their keys.
fn baby_steps(babies: &Offsets, centres: core::ops::Range<u64>, last: u64) -> Vec<(u64, u64)> {
    let mut steps = Vec::new();
    let mut room = Room::default();
    for centre in centres {
        let middle = SPAN * centre + PAIRS;
        babies.around(&multiple(middle), &mut room, |e, y| {
            if let Some(step) = middle.checked_add_signed(e).filter(|step| *step <= last) {
                steps.push((step, key_of(y)));
            }
            false
        });
    }
    steps
}

impl fmt::Debug for DiscreteLogTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiscreteLogTable")
            .field("bound", &self.bound)
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Progress, quietly};
    use proptest::prelude::*;

    const MIB: usize = 1 << 20;

    fn table(bound: u64, limit: usize) -> DiscreteLogTable {
        DiscreteLogTable::new(bound, limit, &CancelToken::new(), &mut quietly).unwrap()
    }

    fn solve(table: &DiscreteLogTable, target: &Point) -> Result<u64, DiscreteLogError> {
        table.solve(target, &CancelToken::new(), &mut quietly)
    }

    #[test]
    fn every_number_of_small_bounds_is_found_and_none_beyond() {
        for bound in [0, 1, 2, 3, 511, 512, 1_500] {
            let table = table(bound, LEAST_MEMORY);
            for number in (0..=bound).step_by(if bound > 600 { 7 } else { 1 }).chain([bound]) {
                assert_eq!(solve(&table, &multiple(number)), Ok(number));
            }
            for beyond in [bound + 1, bound + 2, 2 * bound + 3, 1 << 33] {
                let out = Err(DiscreteLogError::OutOfBound { bound });
                assert_eq!(solve(&table, &multiple(beyond)), out, "{beyond} of {bound}");
                // Negative numbers are as far away as can be.
                assert_eq!(solve(&table, &-multiple(beyond)), out);
            }
        }
    }

    #[test]
    fn edges_of_steps_and_spans_are_found_with_little_and_with_much_memory() {
        let bound = 1 << 32;
        for (limit, bytes) in [(MIB, MIB), (64 * MIB, MIB), (100_000, LEAST_MEMORY)] {
            let table = table(bound, limit);
            assert_eq!(table.bytes(), bytes);
            let width = 2 * table.last + 1;
            let edges = [0, table.last, width, width * PAIRS, width * SPAN, width * SPAN * CENTRES, bound];
            for edge in edges {
                for number in edge.saturating_sub(1)..=(edge + 1).min(bound) {
                    assert_eq!(solve(&table, &multiple(number)), Ok(number), "{number}");
                }
            }
        }
    }

    #[test]
    fn limits_are_named() {
        let new = |bound, limit, cancel: &CancelToken| {
            DiscreteLogTable::new(bound, limit, cancel, &mut quietly).err()
        };
        let fresh = CancelToken::new();
        let large = MAX_BOUND + 1;
        assert_eq!(new(large, MIB, &fresh), Some(DiscreteLogError::BoundTooLarge { bound: large }));
        let limit = LEAST_MEMORY - 1;
        assert_eq!(new(1, limit, &fresh), Some(DiscreteLogError::MemoryLimit { limit }));
        let table = table(1 << 40, LEAST_MEMORY);
        fresh.cancel();
        assert_eq!(new(1, MIB, &fresh), Some(DiscreteLogError::Cancelled));
        let far = multiple(1 << 40);
        assert_eq!(table.solve(&far, &fresh, &mut quietly), Err(DiscreteLogError::Cancelled));
        // A token used in the middle, from the report of progress.
        let token = CancelToken::new();
        let mut reports = 0;
        let stopped = table.solve(&-far, &token, &mut |_| {
            reports += 1;
            token.cancel();
        });
        assert_eq!((stopped, reports), (Err(DiscreteLogError::Cancelled), 1));
    }

    #[test]
    fn progress_never_falls_and_ends_at_the_total() {
        let mut seen: Vec<Progress> = vec![];
        let table =
            DiscreteLogTable::new(1 << 40, 2 * MIB, &CancelToken::new(), &mut |p| seen.push(p)).unwrap();
        let check = |seen: &[Progress]| {
            assert!(seen.windows(2).all(|two| two[0].done <= two[1].done && two[0].total == two[1].total));
            assert_eq!(seen.last().map(|p| p.done), seen.last().map(|p| p.total));
        };
        check(&seen);
        for number in [0, 1 << 39, 1 << 40] {
            let mut seen: Vec<Progress> = vec![];
            let found = table.solve(&multiple(number), &CancelToken::new(), &mut |p| seen.push(p));
            assert_eq!(found, Ok(number));
            check(&seen);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn numbers_below_2_to_the_36_are_found(number in 0u64..1 << 36) {
            static TABLE: once_cell::race::OnceBox<DiscreteLogTable> = once_cell::race::OnceBox::new();
            let table = TABLE.get_or_init(|| alloc::boxed::Box::new(table(1 << 36, 16 * MIB)));
            prop_assert_eq!(solve(table, &multiple(number)), Ok(number));
        }
    }
}
