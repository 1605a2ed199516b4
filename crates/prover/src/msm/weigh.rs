//! Weighted sums of buckets.

use crate::{
    cancel::{CancelToken, Cancelled},
    msm::{buckets, erased::Erased},
};
use ark_ec::AffineRepr;
use ark_ff::AdditiveGroup;
use tabella_lanes::{Group, Kernel, Signed};

/// A sum of points, not affine.
pub(crate) type Sum<G> = <<G as Group>::Affine as AffineRepr>::Group;

/// `sum k S_k` over one array of buckets, `S_1` first.
///
/// Laid out as a table of about as many rows as columns, with `k - 1 = r columns + q`:
/// `sum k S_k = columns * sum r R_r + sum (q + 1) Q_q`, where R are the sums of rows and Q those of columns. These are trees
/// of affine additions again, and what is left is short.
pub(crate) fn weigh<G: Group>(
    kernel: Kernel,
    buckets: &[G::Stored],
    cancel: &CancelToken,
) -> Result<Sum<G>, Cancelled> {
    let columns = 1 << (buckets.len().trailing_zeros().div_ceil(2));
    let rows = buckets.len().div_ceil(columns);
    let empty = G::Stored::default();
    let mut ends = Erased::<u32>::zeros(rows + columns);
    let mut places = Erased::<Signed>::zeros(2 * buckets.len());
    let mut filled = 0;
    let mut take = |range: &mut dyn Iterator<Item = usize>| {
        for bucket in range {
            if buckets[bucket] != empty {
                places[filled] = Signed::new(u32::try_from(bucket).unwrap_or_default(), false);
                filled += 1;
            }
        }
        u32::try_from(filled).unwrap_or_default()
    };
    for row in 0..rows {
        ends[row] = take(&mut (row * columns..((row + 1) * columns).min(buckets.len())));
    }
    for column in 0..columns {
        ends[rows + column] = take(&mut (column..buckets.len()).step_by(columns));
    }
    let sums = buckets::sums::<G>(kernel, buckets, &ends, &places[..filled], cancel)?;
    let (row_sums, column_sums) = sums.split_at(rows);
    let mut sum = running::<G>(kernel, row_sums.get(1..).unwrap_or_default());
    for _ in 0..columns.trailing_zeros() {
        sum.double_in_place();
    }
    Ok(sum + running::<G>(kernel, column_sums))
}

/// `sum k S_k`, one addition after the other.
fn running<G: Group>(kernel: Kernel, sums: &[G::Stored]) -> Sum<G> {
    let (mut suffix, mut total) = (Sum::<G>::ZERO, Sum::<G>::ZERO);
    for sum in sums.iter().rev() {
        suffix += kernel.affine::<G>(sum);
        total += suffix;
    }
    total
}
