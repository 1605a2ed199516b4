//! The points of a key in a kernel's form, with their tables.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    msm::{
        buckets, digits,
        plan::Plan,
        table::Table,
        weigh::{Sum, weigh},
    },
};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInt};
use tabella_lanes::{Group, Kernel};
use zeroize::Zeroizing;

/// Points of which sums are wanted again and again.
pub(crate) struct Bases<G: Group> {
    kernel: Kernel,
    plan: Plan,
    /// Points there were, with those at infinity.
    length: usize,
    /// Which scalar belongs to each point: points at infinity are left out.
    scalars: Vec<u32>,
    /// `2^(width * stride * q) P` for each point, q = 0, 1, ... up to `plan.steps()`.
    table: Table<G>,
}

/// Points whose multiples are computed together.
const POINTS_PER_TASK: usize = 64;

impl<G: Group> Bases<G> {
    /// The multiples that the plan wants, with `step` called after each part is done.
    pub(crate) fn new(
        kernel: Kernel,
        plan: Plan,
        points: &[G::Affine],
        step: &(dyn Fn(usize) + Sync),
    ) -> Self {
        let (scalars, finite) = finite::<G>(points);
        let parts: Vec<_> = finite.chunks(POINTS_PER_TASK).collect();
        let table = exec::map(&parts, |points| {
            let part = multiples::<G>(kernel, plan, points);
            step(points.len());
            part
        })
        .concat();
        Self { kernel, plan, length: points.len(), scalars, table: Table::Owned(table) }
    }

    /// With a table that [`Self::new`] made for the same kernel, plan and points.
    pub(crate) fn with_table(kernel: Kernel, plan: Plan, points: &[G::Affine], table: Table<G>) -> Self {
        let (scalars, _) = finite::<G>(points);
        Self { kernel, plan, length: points.len(), scalars, table }
    }

    /// Bytes of the table for these points.
    pub(crate) fn table_bytes(plan: Plan, points: &[G::Affine]) -> usize {
        points.iter().filter(|point| !point.is_zero()).count() * plan.steps() * size_of::<G::Stored>()
    }

    /// The table as it is kept in a file.
    pub(crate) fn table(&self) -> &[u8] {
        bytemuck::cast_slice(self.table.points())
    }

    /// How it is cut into windows.
    pub(crate) const fn plan(&self) -> Plan {
        self.plan
    }

    /// Number of points.
    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    /// Memory that the table takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.table.points())
    }

    /// `sum scalars[i] P_i`; canonical scalars, as many as there were points or fewer, for zeros. As secret as they are.
    pub(crate) fn sum(
        &self,
        scalars: &[BigInt<4>],
        cancel: &CancelToken,
    ) -> Result<Zeroizing<Sum<G>>, Cancelled>
    where
        Sum<G>: zeroize::Zeroize,
    {
        cancel.check()?;
        const ZERO: &BigInt<4> = &BigInt([0; 4]);
        let own =
            self.scalars.iter().map(|place| scalars.get(crate::matrices::index(*place)).unwrap_or(ZERO));
        let sorted = digits::sort(own, self.plan);
        let sums =
            buckets::sums::<G>(self.kernel, self.table.points(), &sorted.ends, &sorted.places, cancel)?;
        let mut total = Zeroizing::new(Sum::<G>::ZERO);
        for array in sums.chunks(self.plan.buckets()).rev() {
            for _ in 0..self.plan.width {
                total.double_in_place();
            }
            *total += weigh::<G>(self.kernel, array, cancel)?;
        }
        Ok(total)
    }
}

/// The points that are not at infinity, and the places of their scalars.
fn finite<G: Group>(points: &[G::Affine]) -> (Vec<u32>, Vec<G::Affine>) {
    let finite = points.iter().enumerate().filter(|(_, point)| !point.is_zero());
    finite.map(|(place, point)| (u32::try_from(place).unwrap_or_default(), *point)).unzip()
}

/// The stored multiples of some points.
fn multiples<G: Group>(kernel: Kernel, plan: Plan, points: &[G::Affine]) -> Vec<G::Stored> {
    if plan.steps() == 1 {
        return kernel.store_points::<G>(points);
    }
    let mut all = Vec::with_capacity(points.len() * plan.steps());
    for point in points {
        let mut multiple = point.into_group();
        for step in 0..plan.steps() {
            if step > 0 {
                for _ in 0..plan.width * plan.stride {
                    multiple.double_in_place();
                }
            }
            all.push(multiple);
        }
    }
    kernel.store_points::<G>(&Sum::<G>::normalize_batch(&all))
}
