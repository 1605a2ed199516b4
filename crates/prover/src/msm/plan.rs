//! How a multiplication is cut into windows, and how large its table is.

/// Bits that the windows of a half of a scalar cover: see [`super::digits`].
pub(crate) const HALF_BITS: usize = 128;
/// Stored points for each point and step: itself and its image by the endomorphism.
pub(crate) const HALVES: usize = 2;
/// The narrowest window: a digit of one bit cannot be positive.
const NARROWEST: usize = 2;
/// The widest window: its buckets fill a cache of the second level.
const WIDEST: usize = 16;
/// The widest window where all digits share one array: its buckets fill half such a cache, beside which the table streams. For Semaphore's
/// depth 20 this is as fast as a wider one, which needs fewer additions, and its sums take a quarter of the memory.
const WIDEST_ALONE: usize = 14;

/// Widths, windows and strides: see [`crate::msm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Bits of a window.
    pub(crate) width: usize,
    /// Windows that have buckets of their own.
    pub(crate) stride: usize,
}

impl Plan {
    /// The plan with the fewest additions for `points` points, of which `room` multiples can be stored.
    ///
    /// Without room for a table there is none.
    pub(crate) fn choose(points: usize, room: usize) -> Self {
        let plans = (NARROWEST..=WIDEST).flat_map(|width| {
            let windows = HALF_BITS.div_ceil(width);
            (1..=windows).map(move |stride| Self { width, stride })
        });
        let fits = plans.filter(|plan| plan.steps() == 1 || points * plan.stored() <= room);
        let narrow = |plan: &Self| plan.stride == 1 && plan.width <= WIDEST_ALONE;
        // A wider window needs fewer multiples: it is taken alone where those of a narrow one find no room.
        let alone = fits.clone().any(|plan| narrow(&plan));
        let fits = fits.filter(|plan| plan.stride > 1 || narrow(plan) || !alone);
        let none = Self { width: NARROWEST, stride: HALF_BITS / NARROWEST };
        fits.min_by_key(|plan| plan.additions(points)).unwrap_or(none)
    }

    /// Windows of half a scalar.
    pub(crate) const fn windows(self) -> usize {
        HALF_BITS.div_ceil(self.width)
    }

    /// Multiples of each point, and of its image by the endomorphism.
    pub(crate) const fn steps(self) -> usize {
        self.windows().div_ceil(self.stride)
    }

    /// Stored points for each point.
    pub(crate) const fn stored(self) -> usize {
        HALVES * self.steps()
    }

    /// Buckets of one array: the largest digit.
    pub(crate) const fn buckets(self) -> usize {
        1 << (self.width - 1)
    }

    /// Affine additions, or what takes as long.
    ///
    /// One for each digit but the first of each bucket, and two for each bucket when buckets are weighed: together one for
    /// each digit and one for each bucket. That one counts twice, for weighing reads buckets in another order than that of memory.
    pub(crate) const fn additions(self, points: usize) -> usize {
        points * HALVES * self.windows() + 2 * self.stride * self.buckets()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_used_where_there_is_room_for_it() {
        assert_eq!(Plan::choose(5_565, usize::MAX), Plan { width: 13, stride: 1 });
        assert_eq!(Plan::choose(14_000, usize::MAX), Plan { width: 13, stride: 1 });
        assert_eq!(Plan::choose(25_000, 25_000 * 18), Plan { width: 16, stride: 1 });
        assert_eq!(Plan::choose(14_000, 0), Plan { width: 12, stride: 11 });
        let half = Plan::choose(14_000, 14_000 * 10);
        assert!(half.steps() > 1 && half.stored() <= 10);
        for points in [0, 1, 2, 100, 1 << 20] {
            for room in [0, points, 5 * points, usize::MAX] {
                let plan = Plan::choose(points, room);
                assert!(plan.steps() == 1 || points * plan.stored() <= room);
                assert!(plan.steps() * plan.stride >= plan.windows());
            }
        }
    }
}
