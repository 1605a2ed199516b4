//! Many points at once out of arkworks' form into a kernel's, with their images by the endomorphism.
//!
//! An engine that loads the words of arkworks' element v has `s v`, with `s = 2^256 / R`. Sums and what is linear do not mind; before
//! elements are multiplied they are multiplied by `1 / s`.

use crate::{
    add::in_lane,
    engine::{Engine, Job},
    group::Group,
    modulus::{Base, Modulus, power_of_two},
    stored::from_ark,
};
use ark_bn254::Fq;
use ark_ff::BigInt;

/// `s` of an engine.
pub(crate) const fn scale<E: Engine>() -> Fq {
    Fq::new_unchecked(BigInt(power_of_two(512 - E::RADIX_BITS, Base::P)))
}

/// `1 / s` of an engine.
pub(crate) const fn over_scale<E: Engine>() -> Fq {
    Fq::new_unchecked(BigInt(power_of_two(E::RADIX_BITS, Base::P)))
}

/// An element in every lane.
#[inline(always)]
pub(crate) fn everywhere<E: Engine>(e: E, value: &Fq) -> E::Fe {
    e.splat(&from_ark::<E, Base>(value))
}

/// Each point in the kernel's form, and behind it its image. None is at infinity.
pub(crate) struct WithImages<'a, G: Group> {
    pub(crate) points: &'a [&'a G::Affine],
    pub(crate) out: &'a mut [G::Stored],
}

// Functions of their own for WASM, for the same reason as in `triples`.

/// A coordinate of each lane's point, times a factor that makes a value of it.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn coordinate<G: Group, E: Engine>(e: E, points: &[&G::Affine], axis: usize, by: E::Fe) -> G::C<E> {
    let words = G::load_words(
        e,
        #[inline(always)]
        |lane| G::coordinates(in_lane(points, lane))[axis],
    );
    G::reduce(e, G::scaled(e, words, by))
}

/// Stores each lane's point, or its image.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn put<G: Group, E: Engine>(e: E, point: [G::C<E>; 2], count: usize, out: &mut [G::Stored], image: usize) {
    G::store(
        e,
        point,
        count,
        out,
        #[inline(always)]
        |lane| 2 * lane + image,
    );
}

impl<G: Group> Job for WithImages<'_, G> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Self { points, out } = self;
        let own = everywhere(e, &const { over_scale::<E>() });
        let scales = [own, e.mul::<Base>(own, everywhere(e, &G::beta()))];
        for (points, out) in points.chunks(E::WIDTH).zip(out.chunks_mut(2 * E::WIDTH)) {
            let y = coordinate::<G, E>(e, points, 1, scales[0]);
            for (image, by) in scales.iter().enumerate() {
                put::<G, E>(e, [coordinate::<G, E>(e, points, 0, *by), y], points.len(), out, image);
            }
        }
    }
}
