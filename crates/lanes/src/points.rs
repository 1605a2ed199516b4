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
use ark_ff::{BigInt, Field};

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

impl<G: Group> Job for WithImages<'_, G> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Self { points, out } = self;
        let scales = [Fq::ONE, G::beta()].map(|by| everywhere(e, &(const { over_scale::<E>() } * by)));
        for (points, out) in points.chunks(E::WIDTH).zip(out.chunks_mut(2 * E::WIDTH)) {
            let x = G::load_words(
                e,
                #[inline(always)]
                |lane| G::coordinates(in_lane(points, lane))[0],
            );
            let y = G::load_words(
                e,
                #[inline(always)]
                |lane| G::coordinates(in_lane(points, lane))[1],
            );
            let y = G::reduce(e, G::scaled(e, y, scales[0]));
            for (image, by) in scales.iter().enumerate() {
                G::store(
                    e,
                    [G::reduce(e, G::scaled(e, x, *by)), y],
                    points.len(),
                    out,
                    #[inline(always)]
                    |lane| 2 * lane + image,
                );
            }
        }
    }
}
