//! The two groups of BN254, with the arithmetic of their coordinates in an engine.

#![allow(unreachable_pub)] // What is sealed is public in name only.

use crate::{
    engine::{Engine, MAX_WIDTH},
    inverse::Invert,
    modulus::{Base, Words},
    stored::{G1Stored, G2Stored, from_ark, negated, to_ark},
};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine, g1, g2};
use ark_ec::{AffineRepr, scalar_mul::glv::GLVConfig, short_weierstrass::SWCurveConfig};
use ark_ff::{AdditiveGroup, BigInt, Field};
use core::fmt::Debug;

/// G1, with coordinates in the base field.
#[derive(Clone, Copy, Debug)]
pub struct G1;

/// G2, with coordinates in the quadratic extension.
#[derive(Clone, Copy, Debug)]
pub struct G2;

/// A group whose points can be added in lanes.
pub trait Group: Lanes {
    /// A point as arkworks has it.
    type Affine: AffineRepr<ScalarField = ark_bn254::Fr>;
}

/// What the batch addition asks of a group; sealed.
pub trait Lanes: Copy + Debug + Send + Sync + 'static {
    /// A point in a kernel's form.
    type Stored: bytemuck::Pod + Default + PartialEq + Debug + Send + Sync;
    /// A coordinate as arkworks has it.
    type Coordinate: Invert;
    /// `WIDTH` coordinates.
    type C<E: Engine>: Copy + Send + 'static;

    fn from_affine<E: Engine>(point: &<Self as Group>::Affine) -> Self::Stored
    where
        Self: Group;
    fn to_affine<E: Engine>(point: &Self::Stored) -> <Self as Group>::Affine
    where
        Self: Group;
    /// Coordinates of a point that is not at infinity.
    fn coordinates(point: &<Self as Group>::Affine) -> [&Self::Coordinate; 2]
    where
        Self: Group;
    /// The point with these coordinates.
    fn point(coordinates: [Self::Coordinate; 2]) -> <Self as Group>::Affine
    where
        Self: Group;
    /// What is added in the curve's equation `y^2 = x^3 + b`.
    fn b() -> Self::Coordinate;
    /// What the endomorphism multiplies x by: `lambda (x, y) = (beta x, y)`, lambda as in [`crate::Halves`].
    fn beta() -> Fq;
    /// The negative of a point.
    fn negated<E: Engine>(point: &Self::Stored) -> Self::Stored;

    fn load_x<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a Self::Stored) -> Self::C<E>;
    fn load_y<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a Self::Stored) -> Self::C<E>;
    /// Stores reduced coordinates of the first `count` lanes.
    fn store<E: Engine>(
        e: E,
        point: [Self::C<E>; 2],
        count: usize,
        out: &mut [Self::Stored],
        place: impl Fn(usize) -> usize,
    );
    /// The words of arkworks' elements: what they stand for is `2^256 / R` times as much.
    fn load_words<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a Self::Coordinate) -> Self::C<E>;
    /// The inverse of [`Self::load_words`], for every lane; the value is reduced on the way.
    fn put_words<E: Engine>(e: E, a: Self::C<E>, put: impl FnMut(usize, Self::Coordinate));
    /// A product of tight values or factors, tight.
    fn mul<E: Engine>(e: E, a: Self::C<E>, b: Self::C<E>) -> Self::C<E>;
    /// A product of a tight value and an element of the base field, tight.
    fn scaled<E: Engine>(e: E, a: Self::C<E>, by: E::Fe) -> Self::C<E>;
    /// A sum of tight values, reduced.
    fn add<E: Engine>(e: E, a: Self::C<E>, b: Self::C<E>) -> Self::C<E>;
    /// A difference of tight values, reduced.
    fn sub<E: Engine>(e: E, a: Self::C<E>, b: Self::C<E>) -> Self::C<E>;
    /// `a - b - c` of tight values, reduced.
    fn sub_two<E: Engine>(e: E, a: Self::C<E>, b: Self::C<E>, c: Self::C<E>) -> Self::C<E>;
    /// A product that is nothing but a factor of further ones.
    fn mul_as_factor<E: Engine>(e: E, a: Self::C<E>, b: Self::C<E>) -> Self::C<E>;
    /// A difference that is nothing but a factor of products.
    fn sub_as_factor<E: Engine>(e: E, a: Self::C<E>, b: Self::C<E>) -> Self::C<E>;
    /// `a b - c`, reduced.
    fn mul_sub<E: Engine>(e: E, a: Self::C<E>, b: Self::C<E>, c: Self::C<E>) -> Self::C<E>;
    /// `a^2 - c - d`, reduced.
    fn square_sub<E: Engine>(e: E, a: Self::C<E>, c: Self::C<E>, d: Self::C<E>) -> Self::C<E>;
    /// The same coordinate reduced, if it is more than a factor.
    fn reduce<E: Engine>(e: E, a: Self::C<E>) -> Self::C<E>;
    /// A factor, reduced.
    fn reduce_factor<E: Engine>(e: E, a: Self::C<E>) -> Self::C<E>;
    fn negate_where<E: Engine>(e: E, a: Self::C<E>, negative: impl Fn(usize) -> u64) -> Self::C<E>;
    /// A factor whose lane l is lane `l + by` of another, counted around.
    fn rotated<E: Engine>(e: E, a: Self::C<E>, by: usize) -> Self::C<E>;
    /// Lane 0 of a factor, whose words are taken for those of arkworks: to arkworks they are `2^(RADIX_BITS - 256)` times the element.
    fn first<E: Engine>(e: E, a: Self::C<E>) -> Self::Coordinate;
    /// In every lane the element with the words that arkworks' element has: see [`Self::first`].
    fn splat<E: Engine>(e: E, coordinate: &Self::Coordinate) -> Self::C<E>;
}

impl Group for G1 {
    type Affine = G1Affine;
}

impl Lanes for G1 {
    type Stored = G1Stored;
    type Coordinate = Fq;
    type C<E: Engine> = E::Fe;

    #[inline(never)]
    fn from_affine<E: Engine>(point: &G1Affine) -> G1Stored {
        if point.is_zero() {
            return G1Stored::default();
        }
        G1Stored([&point.x, &point.y].map(from_ark::<E, Base>))
    }
    #[inline(never)]
    fn to_affine<E: Engine>(point: &G1Stored) -> G1Affine {
        if *point == G1Stored::default() {
            return G1Affine::identity();
        }
        let [x, y] = point.0.each_ref().map(to_ark::<E, Base>);
        G1Affine::new_unchecked(x, y)
    }
    fn coordinates(point: &G1Affine) -> [&Fq; 2] {
        [&point.x, &point.y]
    }
    fn point([x, y]: [Fq; 2]) -> G1Affine {
        G1Affine::new_unchecked(x, y)
    }
    fn b() -> Fq {
        g1::Config::COEFF_B
    }
    fn beta() -> Fq {
        g1::Config::ENDO_COEFFS[0]
    }
    fn negated<E: Engine>(point: &G1Stored) -> G1Stored {
        if *point == G1Stored::default() {
            return *point;
        }
        let [x, y] = point.0;
        G1Stored([x, negated::<E, Base>(&y)])
    }
    #[inline(always)]
    fn load_x<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a G1Stored) -> E::Fe {
        e.load(
            #[inline(always)]
            |lane| &at(lane).0[0],
        )
    }
    #[inline(always)]
    fn load_y<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a G1Stored) -> E::Fe {
        e.load(
            #[inline(always)]
            |lane| &at(lane).0[1],
        )
    }
    #[inline(always)]
    fn store<E: Engine>(
        e: E,
        [x, y]: [E::Fe; 2],
        count: usize,
        out: &mut [G1Stored],
        place: impl Fn(usize) -> usize,
    ) {
        store_axis(e, x, count, |lane, words| out[place(lane)].0[0] = words);
        store_axis(e, y, count, |lane, words| out[place(lane)].0[1] = words);
    }
    #[inline(always)]
    fn load_words<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a Fq) -> E::Fe {
        let mut words = [Words::default(); MAX_WIDTH];
        for (lane, words) in words.iter_mut().enumerate().take(E::WIDTH) {
            *words = E::lifted::<Base>(at(lane).0.0);
        }
        e.load(
            #[inline(always)]
            |lane| &words[lane],
        )
    }
    #[inline(always)]
    fn put_words<E: Engine>(e: E, a: E::Fe, mut put: impl FnMut(usize, Fq)) {
        e.store(
            e.reduce::<Base>(a),
            #[inline(always)]
            |lane, words| put(lane, Fq::new_unchecked(BigInt(E::canonical::<Base>(&words)))),
        );
    }
    #[inline(always)]
    fn mul<E: Engine>(e: E, a: E::Fe, b: E::Fe) -> E::Fe {
        e.mul::<Base>(a, b)
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn scaled<E: Engine>(e: E, a: E::Fe, by: E::Fe) -> E::Fe {
        e.mul::<Base>(a, by)
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn add<E: Engine>(e: E, a: E::Fe, b: E::Fe) -> E::Fe {
        e.reduce::<Base>(e.add::<Base>(a, b))
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn sub<E: Engine>(e: E, a: E::Fe, b: E::Fe) -> E::Fe {
        e.reduce::<Base>(e.sub_lazily::<Base>(a, b))
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn sub_two<E: Engine>(e: E, a: E::Fe, b: E::Fe, c: E::Fe) -> E::Fe {
        e.reduce::<Base>(e.sub_lazily::<Base>(e.sub_lazily::<Base>(a, b), c))
    }
    #[inline(always)]
    fn mul_as_factor<E: Engine>(e: E, a: E::Fe, b: E::Fe) -> E::Fe {
        e.mul_as_factor::<Base>(a, b)
    }
    #[inline(always)]
    fn sub_as_factor<E: Engine>(e: E, a: E::Fe, b: E::Fe) -> E::Fe {
        e.sub_as_factor::<Base>(a, b)
    }
    #[inline(always)]
    fn mul_sub<E: Engine>(e: E, a: E::Fe, b: E::Fe, c: E::Fe) -> E::Fe {
        e.mul_sub::<Base>(a, b, c)
    }
    #[inline(always)]
    fn square_sub<E: Engine>(e: E, a: E::Fe, c: E::Fe, d: E::Fe) -> E::Fe {
        e.square_sub::<Base>(a, c, d)
    }
    #[inline(always)]
    fn reduce<E: Engine>(e: E, a: E::Fe) -> E::Fe {
        e.reduce::<Base>(a)
    }
    #[inline(always)]
    fn reduce_factor<E: Engine>(e: E, a: E::Fe) -> E::Fe {
        e.reduce::<Base>(e.factor::<Base>(a))
    }
    #[inline(always)]
    fn negate_where<E: Engine>(e: E, a: E::Fe, negative: impl Fn(usize) -> u64) -> E::Fe {
        e.negate_where::<Base>(a, negative)
    }
    #[inline(always)]
    fn rotated<E: Engine>(e: E, a: E::Fe, by: usize) -> E::Fe {
        let mut words = [Words::default(); MAX_WIDTH];
        store_axis(e, Self::reduce_factor(e, a), E::WIDTH, |lane, own| words[lane] = own);
        e.load(
            #[inline(always)]
            |lane| &words[(lane + by) % E::WIDTH],
        )
    }
    #[inline(always)]
    fn first<E: Engine>(e: E, a: E::Fe) -> Fq {
        let mut words = Words::default();
        store_axis(e, Self::reduce_factor(e, a), 1, |_, own| words = own);
        Fq::new_unchecked(BigInt(E::canonical::<Base>(&words)))
    }
    #[inline(always)]
    fn splat<E: Engine>(e: E, coordinate: &Fq) -> E::Fe {
        e.splat(&E::stored::<Base>(coordinate.0.0))
    }
}

impl Group for G2 {
    type Affine = G2Affine;
}

impl Lanes for G2 {
    type Stored = G2Stored;
    type Coordinate = Fq2;
    type C<E: Engine> = [E::Fe; 2];

    #[inline(never)]
    fn from_affine<E: Engine>(point: &G2Affine) -> G2Stored {
        if point.is_zero() {
            return G2Stored::default();
        }
        let coordinates = [&point.x.c0, &point.x.c1, &point.y.c0, &point.y.c1];
        G2Stored(coordinates.map(from_ark::<E, Base>))
    }
    #[inline(never)]
    fn to_affine<E: Engine>(point: &G2Stored) -> G2Affine {
        if *point == G2Stored::default() {
            return G2Affine::identity();
        }
        let [x0, x1, y0, y1] = point.0.each_ref().map(to_ark::<E, Base>);
        G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1))
    }
    fn coordinates(point: &G2Affine) -> [&Fq2; 2] {
        [&point.x, &point.y]
    }
    fn point([x, y]: [Fq2; 2]) -> G2Affine {
        G2Affine::new_unchecked(x, y)
    }
    fn b() -> Fq2 {
        g2::Config::COEFF_B
    }
    /// arkworks' endomorphism of G2 multiplies by `lambda^2`, the other root: done twice it multiplies by `lambda^4 = lambda`.
    fn beta() -> Fq {
        g2::Config::ENDO_COEFFS[0].square().c0
    }
    fn negated<E: Engine>(point: &G2Stored) -> G2Stored {
        if *point == G2Stored::default() {
            return *point;
        }
        let [x0, x1, y0, y1] = point.0;
        G2Stored([x0, x1, negated::<E, Base>(&y0), negated::<E, Base>(&y1)])
    }
    #[inline(always)]
    fn load_x<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a G2Stored) -> [E::Fe; 2] {
        [
            e.load(
                #[inline(always)]
                |lane| &at(lane).0[0],
            ),
            e.load(
                #[inline(always)]
                |lane| &at(lane).0[1],
            ),
        ]
    }
    #[inline(always)]
    fn load_y<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a G2Stored) -> [E::Fe; 2] {
        [
            e.load(
                #[inline(always)]
                |lane| &at(lane).0[2],
            ),
            e.load(
                #[inline(always)]
                |lane| &at(lane).0[3],
            ),
        ]
    }
    #[inline(always)]
    fn store<E: Engine>(
        e: E,
        [x, y]: [[E::Fe; 2]; 2],
        count: usize,
        out: &mut [G2Stored],
        place: impl Fn(usize) -> usize,
    ) {
        store_axis(e, x[0], count, |lane, words| out[place(lane)].0[0] = words);
        store_axis(e, x[1], count, |lane, words| out[place(lane)].0[1] = words);
        store_axis(e, y[0], count, |lane, words| out[place(lane)].0[2] = words);
        store_axis(e, y[1], count, |lane, words| out[place(lane)].0[3] = words);
    }
    #[inline(always)]
    fn load_words<'a, E: Engine>(e: E, at: impl Fn(usize) -> &'a Fq2) -> [E::Fe; 2] {
        [G1::load_words(e, |lane| &at(lane).c0), G1::load_words(e, |lane| &at(lane).c1)]
    }
    #[inline(always)]
    fn put_words<E: Engine>(e: E, [real, imaginary]: [E::Fe; 2], mut put: impl FnMut(usize, Fq2)) {
        let mut parts = [Fq2::ZERO; MAX_WIDTH];
        G1::put_words(e, real, |lane, part| parts[lane].c0 = part);
        G1::put_words(e, imaginary, |lane, part| parts[lane].c1 = part);
        for (lane, value) in parts.into_iter().enumerate().take(E::WIDTH) {
            put(lane, value);
        }
    }
    #[inline(always)]
    fn mul<E: Engine>(e: E, a: [E::Fe; 2], b: [E::Fe; 2]) -> [E::Fe; 2] {
        e.mul_complex::<Base>(a, b)
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn scaled<E: Engine>(e: E, a: [E::Fe; 2], by: E::Fe) -> [E::Fe; 2] {
        [e.mul::<Base>(a[0], by), e.mul::<Base>(a[1], by)]
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn add<E: Engine>(e: E, a: [E::Fe; 2], b: [E::Fe; 2]) -> [E::Fe; 2] {
        [G1::add(e, a[0], b[0]), G1::add(e, a[1], b[1])]
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn sub<E: Engine>(e: E, a: [E::Fe; 2], b: [E::Fe; 2]) -> [E::Fe; 2] {
        [G1::sub(e, a[0], b[0]), G1::sub(e, a[1], b[1])]
    }
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn sub_two<E: Engine>(e: E, a: [E::Fe; 2], b: [E::Fe; 2], c: [E::Fe; 2]) -> [E::Fe; 2] {
        [G1::sub_two(e, a[0], b[0], c[0]), G1::sub_two(e, a[1], b[1], c[1])]
    }
    #[inline(always)]
    fn mul_as_factor<E: Engine>(e: E, a: [E::Fe; 2], b: [E::Fe; 2]) -> [E::Fe; 2] {
        e.mul_complex::<Base>(a, b)
    }
    #[inline(always)]
    fn sub_as_factor<E: Engine>(e: E, a: [E::Fe; 2], b: [E::Fe; 2]) -> [E::Fe; 2] {
        [e.sub::<Base>(a[0], b[0]), e.sub::<Base>(a[1], b[1])]
    }
    #[inline(always)]
    fn mul_sub<E: Engine>(e: E, a: [E::Fe; 2], b: [E::Fe; 2], c: [E::Fe; 2]) -> [E::Fe; 2] {
        e.mul_complex_sub::<Base>(a, b, c)
    }
    #[inline(always)]
    fn square_sub<E: Engine>(e: E, a: [E::Fe; 2], c: [E::Fe; 2], d: [E::Fe; 2]) -> [E::Fe; 2] {
        let squares = e.square_complex::<Base>(a);
        // Written out: a closure might become a call.
        let real = e.sub_lazily::<Base>(e.sub_lazily::<Base>(squares[0], c[0]), d[0]);
        let imaginary = e.sub_lazily::<Base>(e.sub_lazily::<Base>(squares[1], c[1]), d[1]);
        [e.reduce::<Base>(real), e.reduce::<Base>(imaginary)]
    }
    #[inline(always)]
    fn reduce<E: Engine>(e: E, a: [E::Fe; 2]) -> [E::Fe; 2] {
        [e.reduce::<Base>(a[0]), e.reduce::<Base>(a[1])]
    }
    #[inline(always)]
    fn reduce_factor<E: Engine>(e: E, a: [E::Fe; 2]) -> [E::Fe; 2] {
        // Factors of complex products are carried.
        Self::reduce(e, a)
    }
    #[inline(always)]
    fn negate_where<E: Engine>(e: E, a: [E::Fe; 2], negative: impl Fn(usize) -> u64) -> [E::Fe; 2] {
        [e.negate_where::<Base>(a[0], &negative), e.negate_where::<Base>(a[1], &negative)]
    }
    #[inline(always)]
    fn rotated<E: Engine>(e: E, a: [E::Fe; 2], by: usize) -> [E::Fe; 2] {
        [G1::rotated(e, a[0], by), G1::rotated(e, a[1], by)]
    }
    #[inline(always)]
    fn first<E: Engine>(e: E, a: [E::Fe; 2]) -> Fq2 {
        Fq2::new(G1::first(e, a[0]), G1::first(e, a[1]))
    }
    #[inline(always)]
    fn splat<E: Engine>(e: E, coordinate: &Fq2) -> [E::Fe; 2] {
        [G1::splat(e, &coordinate.c0), G1::splat(e, &coordinate.c1)]
    }
}

/// Stores the first `count` lanes.
#[inline(always)]
fn store_axis<E: Engine>(e: E, a: E::Fe, count: usize, mut put: impl FnMut(usize, Words)) {
    e.store(
        a,
        #[inline(always)]
        |lane, words| {
            if lane < count {
                put(lane, words);
            }
        },
    );
}
