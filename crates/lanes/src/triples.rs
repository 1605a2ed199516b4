//! Three points out of four coordinates.
//!
//! Of points `(x_i, y_i)` the `x_i` and `s = y_1 + y_2 + y_3` are known. The curve's equation gives `Y_i = y_i^2`, and with
//! `c_1 = s^2 + Y_1 - Y_2 - Y_3`, which is `2 (y_1 + y_2)(y_1 + y_3)`,
//!
//! ```text
//! 4 c_1 s y_1 = c_1^2 + 4 s^2 Y_1 - 4 Y_2 Y_3
//! ```
//!
//! and the same for the others: nine multiplications a point, once inversions are shared, where a square root takes three hundred. (The
//! idea is that of Fan, Otemissov, Sica and Sidorenko, "Multiple point compression on elliptic curves", Designs, Codes and Cryptography
//! 83, 2017; the formula comes from squaring `s - y_1 = y_2 + y_3` twice.)

use crate::{
    add::invert,
    engine::{Engine, Job},
    group::Group,
    points::{everywhere, over_scale, scale},
};
use ark_ff::{Field, Zero};

/// The points of each `x_1, x_2, x_3, s`.
pub(crate) struct Triples<'a, G: Group> {
    pub(crate) coordinates: &'a [[G::Coordinate; 4]],
    pub(crate) out: &'a mut [[G::Affine; 3]],
}

/// What is kept of one vector of triples until the inverse is there.
struct Halfway<C> {
    /// `c_1`, `c_2`.
    c: [C; 2],
    /// `4 c_i s y_i`, for the first two.
    y: [C; 2],
    /// `4 c_1 c_2 s`.
    own: C,
    /// The product of those before.
    before: C,
}

// What follows are functions of their own for WASM: a key is unpacked once, and takes less time than a browser would to compile all of it well
// as one.

/// `4 x`, reduced.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn four<G: Group, E: Engine>(e: E, x: G::C<E>) -> G::C<E> {
    let two = G::add(e, x, x);
    G::add(e, two, two)
}

/// Coordinate `place` of each lane's triple, as arkworks holds it.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn load<G: Group, E: Engine>(e: E, triples: &[[G::Coordinate; 4]], place: usize) -> G::C<E> {
    G::load_words(
        e,
        #[inline(always)]
        |lane| &triples[if lane < triples.len() { lane } else { 0 }][place],
    )
}

/// `Y_i`, for `x_i` in its place.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn square_of_y<G: Group, E: Engine>(
    e: E,
    triples: &[[G::Coordinate; 4]],
    place: usize,
    once: E::Fe,
    b: G::C<E>,
) -> G::C<E> {
    let x = G::scaled(e, load::<G, E>(e, triples, place), once);
    G::add(e, G::mul(e, G::mul(e, x, x), x), b)
}

/// `c_i` and `4 c_i s y_i`, out of `s^2`, `Y_i` and the other two.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn half_of<G: Group, E: Engine>(e: E, square: G::C<E>, own: G::C<E>, others: [G::C<E>; 2]) -> [G::C<E>; 2] {
    let [other, third] = others;
    let c = G::sub_two(e, G::add(e, square, own), other, third);
    let rest = G::sub(e, G::mul(e, square, own), G::mul(e, other, third));
    [c, G::add(e, G::mul(e, c, c), four::<G, E>(e, rest))]
}

/// Puts the points of `x_i`, in its place, and `y_i`.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn put<G: Group, E: Engine>(
    e: E,
    y: G::C<E>,
    triples: &[[G::Coordinate; 4]],
    out: &mut [[G::Affine; 3]],
    place: usize,
) {
    G::put_words(
        e,
        y,
        #[inline(always)]
        |lane, y| {
            if lane < out.len() {
                out[lane][place] = G::point([triples[lane][place], y]);
            }
        },
    );
}

impl<G: Group> Job for Triples<'_, G> {
    /// Whether all have points; if not, nothing was written.
    type Output = bool;

    #[inline(always)]
    fn run<E: Engine>(self, e: E) -> bool {
        let Self { coordinates, out } = self;
        let (once, back) =
            (everywhere(e, &const { over_scale::<E>() }), everywhere(e, &const { scale::<E>() }));
        let b = G::scaled(e, G::splat(e, &G::b()), once);
        let mut halfway = Vec::with_capacity(coordinates.len().div_ceil(E::WIDTH));
        let mut product = None;
        for triples in coordinates.chunks(E::WIDTH) {
            // In loops, of which engines whose products are inlined have one copy.
            let mut squares = [b; 3];
            for (place, square) in squares.iter_mut().enumerate() {
                *square = square_of_y::<G, E>(e, triples, place, once, b);
            }
            let [y1, y2, y3] = squares;
            let sum = G::scaled(e, load::<G, E>(e, triples, 3), once);
            let square = G::mul(e, sum, sum);
            let mut halves = [[b; 2]; 2];
            for (half, [own, other]) in halves.iter_mut().zip([[y1, y2], [y2, y1]]) {
                *half = half_of::<G, E>(e, square, own, [other, y3]);
            }
            let [[c1, first], [c2, second]] = halves;
            let own = G::mul_as_factor(e, G::mul(e, c1, c2), four::<G, E>(e, sum));
            let before = product.unwrap_or(own);
            product = Some(match product {
                None => G::reduce_factor(e, own),
                Some(product) => G::mul_as_factor(e, product, own),
            });
            halfway.push(Halfway { c: [c1, c2], y: [first, second], own, before });
        }
        let Some(product) = product else { return true };
        let Some(mut inverse) = invert::<G, E>(e, product) else { return false };
        let chunks = coordinates.chunks(E::WIDTH).zip(out.chunks_mut(E::WIDTH)).zip(&halfway);
        for (number, ((triples, out), Halfway { c, y, own, before })) in chunks.enumerate().rev() {
            let this = if number == 0 { inverse } else { G::mul_as_factor(e, inverse, *before) };
            inverse = G::mul_as_factor(e, inverse, *own);
            // From here on as arkworks holds them.
            let mut ys = [load::<G, E>(e, triples, 3); 3];
            for place in 0..2 {
                ys[place] = G::scaled(e, G::mul(e, G::mul(e, y[place], c[1 - place]), this), back);
            }
            ys[2] = G::sub_two(e, ys[2], ys[0], ys[1]);
            for (place, y) in ys.into_iter().enumerate() {
                put::<G, E>(e, y, triples, out, place);
            }
        }
        true
    }
}

/// Whether a triple has points: whether `c_1 c_2 s` is not zero.
pub(crate) fn has_points<G: Group>(triple: &[G::Coordinate; 4]) -> bool {
    let [x1, x2, x3, sum] = *triple;
    let [y1, y2, y3] = [x1, x2, x3].map(|x| x.square() * x + G::b());
    let square = sum.square();
    let product: G::Coordinate = (square + y1 - y2 - y3) * (square + y2 - y1 - y3) * sum;
    !product.is_zero()
}
