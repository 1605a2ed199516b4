//! Additions of many independent pairs of affine points, with one inversion for all of them.
//!
//! For `(x1, y1) + (x2, y2)` with different x: `l = (y2 - y1) / (x2 - x1)`, `x3 = l^2 - x1 - x2`, `y3 = l (x1 - x3) - y1`.
//! The inverses come from one, by [Montgomery: Speeding the Pollard and elliptic curve methods of factorization, 1987,
//! section 10.3.1]: three multiplications each, so that an addition costs five multiplications and one squaring.
//!
//! Pairs whose x are equal, or with the point at infinity in them, make the product of all differences zero or leave the
//! formulas' domain. They are rare; a block that has one is halved until few pairs are left, and these are added by arkworks.

use crate::{
    engine::{Engine, Job, MAX_WIDTH},
    group::{Group, Lanes},
    inverse::{Invert, correction},
    scratch::Scratch,
    stored::G1Stored,
};
use ark_bn254::Fq;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::AdditiveGroup;

/// A point in an array, or its negative: twice its place, plus one for the negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct Signed(u32);

impl Signed {
    /// The point at a place below 2^31, negated where `negative`.
    #[inline(always)]
    #[must_use]
    pub const fn new(place: u32, negative: bool) -> Self {
        Self(place << 1 | negative as u32)
    }

    /// The place.
    #[inline(always)]
    #[must_use]
    pub const fn place(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// All bits where negative, none otherwise.
    #[inline(always)]
    const fn mask(self) -> u64 {
        ((self.0 & 1) as u64).wrapping_neg()
    }

    /// Whether the negative is meant.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 & 1 == 1
    }
}

/// One addition: what to add, and the place in the output for the sum. The first summand lies among the points, or, in place, among the sums.
#[derive(Clone, Copy, Debug, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Pair {
    /// First summand.
    pub first: Signed,
    /// Second summand.
    pub second: Signed,
    /// Place of the sum in the output.
    pub to: u32,
}

/// What is to be added to which sum, which is in the lower half. One word, which is copied by one instruction.
#[derive(Clone, Copy, Debug, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct Increment(u64);

impl Increment {
    /// What is added, and to the sum at which place.
    #[inline(always)]
    #[must_use]
    pub const fn new(sum: u32, by: Signed) -> Self {
        Self(sum as u64 | (by.0 as u64) << 32)
    }

    /// Place of the sum.
    #[inline(always)]
    #[must_use]
    pub const fn sum(self) -> u32 {
        self.0 as u32
    }

    /// What is added.
    #[inline(always)]
    #[must_use]
    pub const fn by(self) -> Signed {
        Signed((self.0 >> 32) as u32)
    }

    /// The addition in place.
    #[inline(always)]
    #[must_use]
    pub const fn in_place(self) -> Pair {
        Pair { first: Signed::new(self.sum(), false), second: self.by(), to: self.sum() }
    }
}

/// Pairs of a block, at most: those of G1, of which points take half as much memory as those of G2.
pub const BLOCK: usize = 1024;

/// Pairs that share one inversion: their points, those of the next block and what they need in between stay in the cache of the second
/// level.
pub(crate) const fn block<G: Group>() -> usize {
    BLOCK * size_of::<G1Stored>() / size_of::<G::Stored>()
}

/// Pairs between the one at work and the one whose points are asked for.
const AHEAD: usize = 24;

/// What a block keeps between its two passes; reused from block to block, overwritten when dropped.
#[derive(Debug)]
pub(crate) struct Between<C: Copy> {
    differences: Vec<C>,
    prefixes: Vec<C>,
    /// What the room is overwritten with: a value that says nothing.
    blank: Option<C>,
}

impl<C: Copy> Default for Between<C> {
    fn default() -> Self {
        let room = || Vec::with_capacity(BLOCK);
        Self { differences: room(), prefixes: room(), blank: None }
    }
}

impl<C: Copy> Drop for Between<C> {
    fn drop(&mut self) {
        let Some(blank) = self.blank else { return };
        for room in [&mut self.differences, &mut self.prefixes] {
            room.clear();
            room.resize(room.capacity(), blank);
            // What nobody reads again would not need to be written.
            core::hint::black_box(room);
        }
    }
}

/// The additions of one block. No two of them have the same sum.
///
/// In place or not, it is the same code: a browser compiles it once.
pub(crate) struct AddBlock<'a, G: Group> {
    pub(crate) points: &'a [G::Stored],
    pub(crate) additions: &'a [Pair],
    /// The block to come, whose points are asked for meanwhile.
    pub(crate) next: &'a [Pair],
    pub(crate) out: &'a mut [G::Stored],
    /// Whether the first summands lie in `out`.
    pub(crate) in_place: bool,
    pub(crate) scratch: &'a mut Scratch,
}

/// The summands of one addition: the first out of `firsts`.
#[inline(always)]
fn summands<'a, G: Group>(
    firsts: &'a [G::Stored],
    points: &'a [G::Stored],
    addition: Pair,
) -> (&'a G::Stored, &'a G::Stored) {
    (&firsts[addition.first.place()], &points[addition.second.place()])
}

/// What each lane adds.
type Summands<'a, G> = [(&'a <G as Lanes>::Stored, &'a <G as Lanes>::Stored); MAX_WIDTH];

/// The summands of one group of lanes.
#[inline(always)]
fn lanes_of<'a, G: Group>(
    firsts: &'a [G::Stored],
    points: &'a [G::Stored],
    additions: &[Pair],
    width: usize,
) -> (Summands<'a, G>, [(u64, u64); MAX_WIDTH]) {
    let mut at = [(&points[0], &points[0]); MAX_WIDTH];
    let mut masks = [(0, 0); MAX_WIDTH];
    for lane in 0..width {
        let addition = in_lane(additions, lane);
        at[lane] = summands::<G>(firsts, points, addition);
        masks[lane] = (addition.first.mask(), addition.second.mask());
    }
    (at, masks)
}

/// Asks for a point, if there is one at the place: an engine that cannot ask then does not look either.
#[inline(always)]
fn ask<S: bytemuck::Pod, E: Engine>(e: E, points: &[S], place: usize) {
    if let Some(point) = points.get(place) {
        e.prefetch(point);
    }
}

/// Asks for the summands of as many additions as an engine has lanes, from one on. Tables are larger than the caches: what is wanted soon is
/// asked for now.
#[inline(always)]
fn ask_for<G: Group, E: Engine>(e: E, points: &[G::Stored], additions: &[Pair], from: usize, in_place: bool) {
    for addition in additions.iter().skip(from).take(E::WIDTH) {
        // Sums in place are few enough for a cache that is near.
        if !in_place {
            ask(e, points, addition.first.place());
        }
        ask(e, points, addition.second.place());
    }
}

impl<G: Group> Job for AddBlock<'_, G> {
    /// Whether all additions were in the formulas' domain; if not, nothing was written.
    type Output = bool;

    #[inline(always)]
    fn run<E: Engine>(self, e: E) -> bool {
        let Self { points, additions, next, out, in_place, scratch } = self;
        if additions.is_empty() {
            return true;
        }
        let Between { differences, prefixes, blank } = scratch.get::<Between<G::C<E>>>();
        blank.get_or_insert_with(|| G::splat(e, &G::Coordinate::ZERO));
        differences.clear();
        prefixes.clear();

        // Differences, and the products of all before each.
        let mut product = None;
        for (group, own) in additions.chunks(E::WIDTH).enumerate() {
            ask_for::<G, E>(e, points, additions, group * E::WIDTH + AHEAD, in_place);
            let (at, _) = lanes_of::<G>(if in_place { out } else { points }, points, own, E::WIDTH);
            let x1 = G::load_x(
                e,
                #[inline(always)]
                |lane| at[lane].0,
            );
            let x2 = G::load_x(
                e,
                #[inline(always)]
                |lane| at[lane].1,
            );
            let difference = G::sub_as_factor(e, x2, x1);
            differences.push(difference);
            product = Some(match product {
                None => {
                    prefixes.push(difference);
                    G::reduce_factor(e, difference)
                }
                Some(product) => {
                    prefixes.push(product);
                    G::mul_as_factor(e, product, difference)
                }
            });
        }
        let Some(mut inverse) = product.and_then(|product| invert::<G, E>(e, product)) else {
            return false;
        };

        for (group, additions) in additions.chunks(E::WIDTH).enumerate().rev() {
            ask_for::<G, E>(e, points, next, group * E::WIDTH, in_place);
            let (at, masks) = lanes_of::<G>(if in_place { out } else { points }, points, additions, E::WIDTH);
            let own = if group == 0 {
                inverse
            } else {
                let own = G::mul_as_factor(e, inverse, prefixes[group]);
                inverse = G::mul_as_factor(e, inverse, differences[group]);
                own
            };
            let y1 = G::load_y(
                e,
                #[inline(always)]
                |lane| at[lane].0,
            );
            let y2 = G::load_y(
                e,
                #[inline(always)]
                |lane| at[lane].1,
            );
            let y1 = G::negate_where(
                e,
                y1,
                #[inline(always)]
                |lane| masks[lane].0,
            );
            let y2 = G::negate_where(
                e,
                y2,
                #[inline(always)]
                |lane| masks[lane].1,
            );
            let slope = G::mul_as_factor(e, G::sub_as_factor(e, y2, y1), own);
            let x1 = G::load_x(
                e,
                #[inline(always)]
                |lane| at[lane].0,
            );
            let x2 = G::load_x(
                e,
                #[inline(always)]
                |lane| at[lane].1,
            );
            let x3 = G::square_sub(e, slope, x1, x2);
            let y3 = G::mul_sub(e, slope, G::sub_as_factor(e, x1, x3), y1);
            G::store(
                e,
                [x3, y3],
                additions.len(),
                out,
                #[inline(always)]
                |lane| additions[lane].to as usize,
            );
        }
        true
    }
}

/// What a lane does. A short last group repeats its first.
#[inline(always)]
pub(crate) fn in_lane<A: Copy>(additions: &[A], lane: usize) -> A {
    additions[if lane < additions.len() { lane } else { 0 }]
}

/// `out[increment.sum()] = points[increment.by()]` for every increment.
pub(crate) struct Assign<'a, G: Group> {
    pub(crate) points: &'a [G::Stored],
    pub(crate) increments: &'a [Increment],
    pub(crate) out: &'a mut [G::Stored],
}

impl<G: Group> Job for Assign<'_, G> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Self { points, increments, out } = self;
        for (group, own) in increments.chunks(E::WIDTH).enumerate() {
            for increment in increments.iter().skip(group * E::WIDTH + AHEAD).take(E::WIDTH) {
                ask(e, points, increment.by().place());
            }
            let x = G::load_x(
                e,
                #[inline(always)]
                |lane| &points[in_lane(own, lane).by().place()],
            );
            let y = G::load_y(
                e,
                #[inline(always)]
                |lane| &points[in_lane(own, lane).by().place()],
            );
            let y = G::negate_where(
                e,
                y,
                #[inline(always)]
                |lane| in_lane(own, lane).by().mask(),
            );
            G::store(
                e,
                [G::reduce(e, x), G::reduce(e, y)],
                own.len(),
                out,
                #[inline(always)]
                |lane| own[lane].sum() as usize,
            );
        }
    }
}

/// The inverse of every lane; `None` if one is zero. As secret as the lanes.
///
/// One element is inverted, the product of all lanes. It comes about in every lane by multiplying with what lies half the lanes away, then a
/// quarter, and so on; what a lane was multiplied by, over the whole product, is its inverse.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(crate) fn invert<G: Group, E: Engine>(e: E, lanes: G::C<E>) -> Option<G::C<E>> {
    let mut product = lanes;
    let mut others = None;
    let mut step = E::WIDTH / 2;
    while step > 0 {
        let far = G::rotated(e, product, step);
        product = G::mul_as_factor(e, product, far);
        others = Some(match others {
            None => far,
            Some(others) => G::mul_as_factor(e, others, far),
        });
        step /= 2;
    }
    let inverse = invert_one(G::first(e, product), const { correction(E::RADIX_BITS) })?;
    let inverse = G::splat(e, &inverse);
    Some(match others {
        None => inverse,
        Some(others) => G::mul_as_factor(e, others, inverse),
    })
}

/// Not inlined: with the instructions of an engine it would be compiled again for each.
#[inline(never)]
fn invert_one<F: Invert>(product: F, scale: Fq) -> Option<F> {
    (!product.is_zero()).then(|| product.inverted().scaled(scale))
}

/// Pairs that are added carefully rather than looked at in two halves, and that arkworks adds at a time.
pub(crate) const FEW: usize = 16;

/// What [`AddBlock`] does, for all points of the group. Answers whether a sum is the point at infinity.
///
/// Not inlined: it is rare, and arkworks' formulas would make the function of the common case, which browsers compile when it is wanted,
/// several times as large.
#[inline(never)]
pub(crate) fn add_carefully<G: Group, E: Engine>(
    points: &[G::Stored],
    additions: &[Pair],
    out: &mut [G::Stored],
    in_place: bool,
) -> bool {
    let plus_or_minus = |point: &G::Stored, signed: Signed| {
        let point = G::to_affine::<E>(point);
        if signed.is_negative() { -point.into_group() } else { point.into_group() }
    };
    let mut infinity = false;
    // Few at a time, so that what lies in between can be overwritten where it was; arkworks keeps a copy of its own for a moment.
    for additions in additions.chunks(FEW) {
        let mut sums = [<G::Affine as AffineRepr>::Group::ZERO; FEW];
        for (sum, addition) in sums.iter_mut().zip(additions) {
            let firsts: &[_] = if in_place { out } else { points };
            let (first, second) = summands::<G>(firsts, points, *addition);
            *sum = plus_or_minus(first, addition.first) + plus_or_minus(second, addition.second);
        }
        let mut affine = <G::Affine as AffineRepr>::Group::normalize_batch(&sums[..additions.len()]);
        for (addition, sum) in additions.iter().zip(&affine) {
            infinity |= sum.is_zero();
            out[addition.to as usize] = G::from_affine::<E>(sum);
        }
        sums.fill(AdditiveGroup::ZERO);
        affine.fill(G::Affine::zero());
        // What nobody reads again would not need to be written.
        core::hint::black_box((&sums, &affine));
    }
    infinity
}
