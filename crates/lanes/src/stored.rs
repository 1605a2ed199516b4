//! Field elements and points as they lie in memory: 32 bytes a field element, in the Montgomery form of a kernel.

use crate::{
    engine::Engine,
    modulus::{Modulus, Words, double_mod, halve_mod, reduce_small, sub},
};
use ark_ff::{BigInt, Fp, MontBackend};

/// Binary logarithm of arkworks' Montgomery radix.
const ARKWORKS_RADIX_BITS: i32 = 256;

/// An affine point of G1 in a kernel's form: x and y. Zeros are the point at infinity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
pub struct G1Stored(pub(crate) [Words; 2]);

/// An affine point of G2 in a kernel's form: real and imaginary part of x, then of y. Zeros are the point at infinity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
pub struct G2Stored(pub(crate) [Words; 4]);

/// `words 2^bits mod p`.
const fn shifted(mut words: Words, bits: i32, p: Words) -> Words {
    let mut i = 0;
    while i < bits {
        words = double_mod(words, p);
        i += 1;
    }
    while i > bits {
        words = halve_mod(words, p);
        i -= 1;
    }
    words
}

/// A field element of arkworks in an engine's form.
pub(crate) fn from_ark<E: Engine, M: Modulus>(x: &Fp<MontBackend<M::Config, 4>, 4>) -> Words {
    E::stored::<M>(shifted(x.0.0, E::RADIX_BITS - ARKWORKS_RADIX_BITS, M::P))
}

/// The inverse of [`from_ark`].
pub(crate) fn to_ark<E: Engine, M: Modulus>(stored: &Words) -> Fp<MontBackend<M::Config, 4>, 4> {
    let canonical = E::canonical::<M>(stored);
    Fp::new_unchecked(BigInt(shifted(canonical, ARKWORKS_RADIX_BITS - E::RADIX_BITS, M::P)))
}

/// The negative of stored words.
pub(crate) fn negated<E: Engine, M: Modulus>(stored: &Words) -> Words {
    let canonical = E::canonical::<M>(stored);
    let (negative, _) = sub(M::P, canonical);
    E::stored::<M>(reduce_small(negative, M::P))
}
