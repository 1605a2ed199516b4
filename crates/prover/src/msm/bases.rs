//! The points of a key in a kernel's form, with their tables.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    msm::{
        buckets::{Adder, Rooms},
        cost::Cost,
        digits::{self, Active},
        erased::Erased,
        fill,
        plan::Plan,
        table::Table,
        weigh,
    },
};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::AdditiveGroup;
use tabella_lanes::{Group, Halves, Kernel};
use tracing::{Span, info_span};
use zeroize::Zeroizing;

/// A sum of points, not affine.
pub(crate) type Sum<G> = <<G as Group>::Affine as AffineRepr>::Group;

/// Points before anything is computed of them; those at infinity are left out.
pub(crate) struct Points<'p, G: Group> {
    /// How many there were, with those at infinity.
    length: usize,
    /// The places of the others.
    places: Vec<u32>,
    finite: Vec<&'p G::Affine>,
}

impl<'p, G: Group> Points<'p, G> {
    pub(crate) fn of(points: impl IntoIterator<Item = &'p G::Affine>) -> Self {
        let mut all = Self { length: 0, places: Vec::new(), finite: Vec::new() };
        for (place, point) in (0..).zip(points) {
            all.length += 1;
            if !point.is_zero() {
                all.places.push(place);
                all.finite.push(point);
            }
        }
        all
    }

    /// How many there were, with those at infinity.
    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    /// How many are not at infinity.
    pub(crate) const fn finite(&self) -> usize {
        self.finite.len()
    }

    /// Bytes of their table.
    pub(crate) const fn table_bytes(&self, plan: Plan) -> usize {
        self.finite() * plan.stored() * size_of::<G::Stored>()
    }
}

/// Points of which sums are wanted again and again.
pub(crate) struct Bases<G: Group> {
    kernel: Kernel,
    plan: Plan,
    /// Points there were, with those at infinity.
    length: usize,
    /// Which scalar belongs to each point: points at infinity are left out.
    scalars: Vec<u32>,
    /// `2^(width * stride * q) P` and its image by the endomorphism for each point, q = 0, 1, ... up to `plan.steps()`.
    table: Table<G>,
}

/// Points whose multiples are computed together, and between which is looked whether to stop.
const POINTS_PER_TASK: usize = 64;
/// Digits that are sorted at a time, unless one array of buckets has more: 4 bytes each.
const DIGITS_AT_A_TIME: usize = 1 << 21;

impl<G: Group> Bases<G> {
    /// With a table that [`Bases::new`] made for the same kernel, plan and points.
    pub(crate) fn with_table(kernel: Kernel, plan: Plan, points: Points<'_, G>, table: Table<G>) -> Self {
        let Points { length, places, .. } = points;
        Self { kernel, plan, length, scalars: places, table }
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
}

impl<G: Cost> Bases<G> {
    /// The multiples that the plan wants, with `step` called after each part is done.
    #[inline(never)]
    pub(crate) fn new(
        kernel: Kernel,
        plan: Plan,
        points: Points<'_, G>,
        step: &(dyn Fn(usize) + Sync),
        cancel: &CancelToken,
    ) -> Result<Self, Cancelled> {
        let Points { length, places, finite } = points;
        let mut table: Vec<G::Stored> = bytemuck::zeroed_vec(finite.len() * plan.stored());
        exec::for_each_chunk(&mut table, POINTS_PER_TASK * plan.stored(), |task, room| {
            cancel.check()?;
            let points = &finite[task * POINTS_PER_TASK..][..room.len() / plan.stored()];
            room.copy_from_slice(&multiples::<G>(kernel, plan, points));
            step(points.len());
            Ok(())
        })?;
        Ok(Self { kernel, plan, length, scalars: places, table: Table::Owned(table) })
    }

    /// `sum scalars[i] P_i`; as many scalars as there were points or fewer, for zeros. As secret as they are.
    ///
    /// Adds how many field multiplications it took to the span that the caller is in, as `multiplications`.
    pub(crate) fn sum(
        &self,
        scalars: &[Halves],
        rooms: &Rooms<G>,
        cancel: &CancelToken,
    ) -> Result<Zeroizing<Sum<G>>, Cancelled>
    where
        Sum<G>: zeroize::Zeroize,
    {
        self.buckets(scalars, rooms, cancel)?.weigh()
    }

    /// The first part of [`Self::sum`]: all points in their buckets.
    pub(crate) fn buckets<'a>(
        &self,
        scalars: &[Halves],
        rooms: &'a Rooms<G>,
        cancel: &'a CancelToken,
    ) -> Result<Buckets<'a, G>, Cancelled> {
        cancel.check()?;
        let digits = info_span!(target: "tabella_prover", "digits");
        let buckets = info_span!(target: "tabella_prover", "buckets");
        let active = digits.in_scope(|| Active::new(&self.scalars, scalars, self.plan));
        let adder = Adder::new(self.kernel, cancel, rooms);
        let sums = if active.is_empty() {
            Erased::default()
        } else if fill::suits::<G>(self.plan) {
            buckets.in_scope(|| fill::fill(self.table.points(), &active, &adder))?
        } else {
            let mut sums = Erased::zeros(self.plan.stride * self.plan.buckets());
            let arrays_at_a_time = (DIGITS_AT_A_TIME / active.per_array()).clamp(1, self.plan.stride);
            let groups = sums.chunks_mut(arrays_at_a_time * self.plan.buckets());
            for (group, sums) in groups.enumerate() {
                let first = group * arrays_at_a_time;
                let arrays = first..self.plan.stride.min(first + arrays_at_a_time);
                let sorted = digits.in_scope(|| digits::sort(&active, arrays, cancel))?;
                buckets.in_scope(|| adder.sums(self.table.points(), &sorted.ends, sorted.entries(), sums))?;
            }
            sums
        };
        Ok(Buckets { adder, sums, width: self.plan.width })
    }
}

/// Points in their buckets: the sum of each, of all arrays one after the other; none where all scalars are zero.
pub(crate) struct Buckets<'a, G: Group> {
    adder: Adder<'a, G>,
    sums: Erased<G::Stored>,
    width: usize,
}

impl<G: Cost> Buckets<'_, G> {
    /// The second part of [`Bases::sum`]: the sum of all buckets, each as often as its digit says.
    pub(crate) fn weigh(self) -> Result<Zeroizing<Sum<G>>, Cancelled>
    where
        Sum<G>: zeroize::Zeroize,
    {
        let span = Span::current();
        let _weights = info_span!(target: "tabella_prover", "weights").entered();
        let bits = weigh::bit_sums::<G>(&self.adder, &self.sums, self.width)?;
        let mut total = Zeroizing::new(Sum::<G>::ZERO);
        for bit in bits.iter().rev() {
            double_and_add::<G>(&mut total, &self.adder.kernel.affine::<G>(bit));
        }
        let additions = self.adder.additions() * G::AFFINE_ADDITION;
        let steps = u64::try_from(bits.len()).unwrap_or_default() * G::DOUBLE_AND_ADD;
        span.record("multiplications", additions + steps);
        Ok(total)
    }
}

/// `2 sum + point`.
#[inline(never)]
fn double_and_add<G: Group>(sum: &mut Sum<G>, point: &G::Affine) {
    sum.double_in_place();
    *sum += *point;
}

/// The stored multiples of some points.
fn multiples<G: Group>(kernel: Kernel, plan: Plan, points: &[&G::Affine]) -> Vec<G::Stored> {
    if plan.steps() == 1 {
        return kernel.store_with_images::<G>(points);
    }
    let all = steps::<G>(plan, points);
    kernel.store_with_images::<G>(&all.iter().collect::<Vec<_>>())
}

/// `2^(width * stride * q) P` for each point, q = 0, 1, ... up to `plan.steps()`.
#[inline(never)]
fn steps<G: Group>(plan: Plan, points: &[&G::Affine]) -> Vec<G::Affine> {
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
    Sum::<G>::normalize_batch(&all)
}
