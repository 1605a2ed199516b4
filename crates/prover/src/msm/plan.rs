//! How a multiplication is cut into windows, and how large its table is.

/// Bits of a scalar, and one for the carry of signed digits.
const SCALAR_BITS: usize = 255;
/// The widest window: digits fit 16 bits.
const WIDEST: usize = 16;

/// Widths, windows and strides: see [`crate::msm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Bits of a window.
    pub(crate) width: usize,
    /// Windows that have buckets of their own.
    pub(crate) stride: usize,
}

impl Plan {
    /// The plan with the fewest additions for `points` points of which at most `room` can be stored.
    ///
    /// Without room for a table there is none.
    pub(crate) fn choose(points: usize, room: usize) -> Self {
        let plans = (1..=WIDEST).flat_map(|width| {
            let windows = SCALAR_BITS.div_ceil(width);
            (1..=windows).map(move |stride| Self { width, stride })
        });
        let fits = plans.filter(|plan| plan.stride == plan.windows() || points * plan.steps() <= room);
        fits.min_by_key(|plan| plan.additions(points)).unwrap_or(Self { width: 1, stride: SCALAR_BITS })
    }

    /// Windows of a scalar.
    pub(crate) const fn windows(self) -> usize {
        SCALAR_BITS.div_ceil(self.width)
    }

    /// Stored multiples of each point.
    pub(crate) const fn steps(self) -> usize {
        self.windows().div_ceil(self.stride)
    }

    /// Buckets of one array: the largest digit.
    pub(crate) const fn buckets(self) -> usize {
        1 << (self.width - 1)
    }

    /// Affine additions: one for each digit, two for each bucket (and doublings, which do not depend on the plan).
    pub(crate) const fn additions(self, points: usize) -> usize {
        points * self.windows() + 2 * self.stride * self.buckets()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_used_where_there_is_room_for_it() {
        assert_eq!(Plan::choose(5_565, usize::MAX), Plan { width: 13, stride: 1 });
        assert_eq!(Plan::choose(14_000, usize::MAX), Plan { width: 15, stride: 1 });
        let none = Plan::choose(14_000, 0);
        assert_eq!(none.steps(), 1);
        let half = Plan::choose(14_000, 14_000 * 10);
        assert!(half.steps() > 1 && half.steps() <= 10);
        for points in [0, 1, 2, 100, 1 << 20] {
            for room in [0, points, 5 * points, usize::MAX] {
                let plan = Plan::choose(points, room);
                assert!(plan.steps() == 1 || points * plan.steps() <= room);
                assert!(plan.steps() * plan.stride >= plan.windows());
            }
        }
    }
}
