//! Weighted sums of buckets.
//!
//! The sums of an array, S_k for k = 1, ..., M, are wanted as `sum k S_k = sum_j 2^j B_j`, where B_j is the sum of all S_k whose
//! k has the bit j. Bits of k = r columns + q are bits of r and bits of q: so they are taken from the sums of the rows and columns of
//! a table with about as many rows as columns. All of these are trees of affine additions, about two for each bucket, over all
//! arrays at once.

use crate::{
    cancel::Cancelled,
    msm::{
        buckets::{Adder, finite, list},
        digits::small,
        erased::Erased,
    },
};
use tabella_lanes::Group;

/// The shape of the table of an array.
#[derive(Clone, Copy)]
struct Shape {
    /// Buckets of an array, `2^(width - 1)`.
    buckets: usize,
    /// Binary logarithm of the columns.
    low_bits: usize,
    /// Bits of k.
    width: usize,
}

impl Shape {
    const fn columns(self) -> usize {
        1 << self.low_bits
    }

    /// The last has one bucket alone: that of k = M.
    const fn rows(self) -> usize {
        (self.buckets >> self.low_bits) + 1
    }

    /// Sums of rows and of columns, without row and column 0, which have no weight.
    const fn lines(self) -> usize {
        self.rows() + self.columns() - 2
    }

    /// The buckets of a line: first rows 1, 2, ..., then columns 1, 2, ....
    fn line(self, line: usize) -> impl Iterator<Item = usize> + Clone {
        let (columns, rows) = (self.columns(), self.rows() - 1);
        let (first, step, most) = if line < rows {
            ((line + 1) * columns, 1, columns)
        } else {
            (line - rows + 1, columns, self.buckets)
        };
        (first..=self.buckets).step_by(step).take(most).map(|k| k - 1)
    }

    /// The lines for which a bit of k is set.
    fn lines_with(self, bit: usize) -> impl Iterator<Item = usize> + Clone {
        let rows = self.rows() - 1;
        let (offset, lines, bit) = if bit < self.low_bits {
            (rows, self.columns() - 1, bit)
        } else {
            (0, rows, bit - self.low_bits)
        };
        (1..=lines).filter(move |line| line >> bit & 1 == 1).map(move |line| offset + line - 1)
    }
}

/// B_j for each array of `2^(width - 1)` buckets and each j below `width`: the arrays one after the other.
#[inline(never)]
pub(super) fn bit_sums<G: Group>(
    adder: &Adder<'_, G>,
    sums: &[G::Stored],
    width: usize,
) -> Result<Erased<G::Stored>, Cancelled> {
    let shape = Shape { buckets: 1 << (width - 1), low_bits: (width - 1).div_ceil(2), width };
    let arrays = sums.len() / shape.buckets;
    let lines = Lists::of((0..arrays).flat_map(|array| {
        (0..shape.lines()).map(move |line| shape.line(line).map(move |bucket| array * shape.buckets + bucket))
    }));
    let lines = summed::<G>(adder, sums, &lines)?;
    let bits = Lists::of((0..arrays).flat_map(|array| {
        (0..shape.width).map(move |bit| shape.lines_with(bit).map(move |line| array * shape.lines() + line))
    }));
    summed::<G>(adder, &lines, &bits)
}

/// Places that are summed, list after list: these follow from numbers that are public. Made for both groups by the same code.
struct Lists {
    ends: Vec<u32>,
    places: Vec<u32>,
}

impl Lists {
    fn of<P: Iterator<Item = usize>>(lists: impl Iterator<Item = P>) -> Self {
        let mut all = Self { ends: Vec::new(), places: Vec::new() };
        for list in lists {
            all.places.extend(list.map(small));
            all.ends.push(small(all.places.len()));
        }
        all
    }
}

/// The sum of the points of each list.
#[inline(never)]
fn summed<G: Group>(
    adder: &Adder<'_, G>,
    points: &[G::Stored],
    lists: &Lists,
) -> Result<Erased<G::Stored>, Cancelled> {
    let (ends, places) = list(&finite::<G>(points), &lists.ends, Some(&lists.places));
    let mut sums = Erased::zeros(ends.len());
    adder.sums(points, &ends, &*places, &mut sums)?;
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_bits_make_every_weight() {
        for width in 2..=10 {
            let shape = Shape { buckets: 1 << (width - 1), low_bits: (width - 1_usize).div_ceil(2), width };
            let mut weights = vec![0; shape.buckets];
            for bit in 0..width {
                for line in shape.lines_with(bit) {
                    assert!(line < shape.lines());
                    for bucket in shape.line(line) {
                        weights[bucket] += 1 << bit;
                    }
                }
            }
            assert_eq!(weights, (1..=shape.buckets).collect::<Vec<_>>(), "{width}");
        }
    }
}
