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
use core::marker::PhantomData;

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

/// One addition: what to add, and the place in the output for the sum.
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

/// `out[pair.to] = points[pair.first] + points[pair.second]` for every pair of one block.
pub(crate) struct AddBlock<'a, G: Group> {
    pub(crate) points: &'a [G::Stored],
    pub(crate) pairs: &'a [Pair],
    /// The block to come, whose points are asked for meanwhile.
    pub(crate) next: &'a [Pair],
    pub(crate) out: &'a mut [G::Stored],
    pub(crate) scratch: &'a mut Scratch,
    pub(crate) group: PhantomData<G>,
}

/// What each lane adds.
type Summands<'a, G> = [(&'a <G as Lanes>::Stored, &'a <G as Lanes>::Stored); MAX_WIDTH];

/// The pairs of one group of lanes. A short last group repeats its first.
#[inline(always)]
fn lanes_of<'a, G: Group>(
    points: &'a [G::Stored],
    pairs: &[Pair],
    width: usize,
) -> (Summands<'a, G>, [(u64, u64); MAX_WIDTH]) {
    let mut at = [(&points[0], &points[0]); MAX_WIDTH];
    let mut masks = [(0, 0); MAX_WIDTH];
    for lane in 0..width {
        let pair = &pairs[if lane < pairs.len() { lane } else { 0 }];
        at[lane] = (&points[pair.first.place()], &points[pair.second.place()]);
        masks[lane] = (pair.first.mask(), pair.second.mask());
    }
    (at, masks)
}

/// Asks for the points of as many pairs as an engine has lanes, from one on. Tables are larger than the caches: what is wanted soon is asked
/// for now.
#[inline(always)]
fn ask_for<G: Group, E: Engine>(e: E, points: &[G::Stored], pairs: &[Pair], from: usize) {
    for pair in pairs.iter().skip(from).take(E::WIDTH) {
        e.prefetch(&points[pair.first.place()]);
        e.prefetch(&points[pair.second.place()]);
    }
}

impl<G: Group> Job for AddBlock<'_, G> {
    /// Whether all pairs were in the formulas' domain; if not, nothing that was written counts.
    type Output = bool;

    #[inline(always)]
    fn run<E: Engine>(self, e: E) -> bool {
        let Self { points, pairs, next, out, scratch, .. } = self;
        if pairs.is_empty() {
            return true;
        }
        let Between { differences, prefixes, blank } = scratch.get::<Between<G::C<E>>>();
        blank.get_or_insert_with(|| G::splat(e, &G::Coordinate::ZERO));
        differences.clear();
        prefixes.clear();

        // Differences, and the products of all before each.
        let mut product = None;
        for (group, own) in pairs.chunks(E::WIDTH).enumerate() {
            ask_for::<G, E>(e, points, pairs, group * E::WIDTH + AHEAD);
            let (at, _) = lanes_of::<G>(points, own, E::WIDTH);
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

        for (group, pairs) in pairs.chunks(E::WIDTH).enumerate().rev() {
            ask_for::<G, E>(e, points, next, group * E::WIDTH);
            let (at, masks) = lanes_of::<G>(points, pairs, E::WIDTH);
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
                pairs.len(),
                out,
                #[inline(always)]
                |lane| pairs[lane].to as usize,
            );
        }
        true
    }
}

/// The inverse of every lane; `None` if one is zero. As secret as the lanes.
///
/// One element is inverted, the product of all lanes. It comes about in every lane by multiplying with what lies half the lanes away, then a
/// quarter, and so on; what a lane was multiplied by, over the whole product, is its inverse.
#[inline(always)]
fn invert<G: Group, E: Engine>(e: E, lanes: G::C<E>) -> Option<G::C<E>> {
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
pub(crate) fn add_carefully<G: Group, E: Engine>(
    points: &[G::Stored],
    pairs: &[Pair],
    out: &mut [G::Stored],
) -> bool {
    let affine = |signed: Signed| {
        let point = G::to_affine::<E>(&points[signed.place()]);
        if signed.is_negative() { -point.into_group() } else { point.into_group() }
    };
    let mut infinity = false;
    // Few at a time, so that what lies in between can be overwritten where it was; arkworks keeps a copy of its own for a moment.
    for pairs in pairs.chunks(FEW) {
        let mut sums = [<G::Affine as AffineRepr>::Group::ZERO; FEW];
        for (sum, pair) in sums.iter_mut().zip(pairs) {
            *sum = affine(pair.first) + affine(pair.second);
        }
        let mut affine = <G::Affine as AffineRepr>::Group::normalize_batch(&sums[..pairs.len()]);
        for (pair, sum) in pairs.iter().zip(&affine) {
            infinity |= sum.is_zero();
            out[pair.to as usize] = G::from_affine::<E>(sum);
        }
        sums.fill(AdditiveGroup::ZERO);
        affine.fill(G::Affine::zero());
        // What nobody reads again would not need to be written.
        core::hint::black_box((&sums, &affine));
    }
    infinity
}
