//! One lane, by arkworks' own arithmetic: the fallback on every machine, and the twin of the others.

use crate::{
    engine::{Engine, Job},
    modulus::{Modulus, Words, reduce_small},
};
use ark_ff::{AdditiveGroup, BigInt, Field, Fp, MontBackend};

/// Arkworks, element by element. All values are canonical.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

type Element<M> = Fp<MontBackend<<M as Modulus>::Config, 4>, 4>;

#[inline(always)]
fn element<M: Modulus>(words: Words) -> Element<M> {
    Fp::new_unchecked(BigInt(words))
}

impl Engine for Portable {
    const WIDTH: usize = 1;
    const RADIX_BITS: i32 = 256;
    type Fe = Words;

    #[inline(never)]
    fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
    #[inline(always)]
    fn load<'a>(self, at: impl Fn(usize) -> &'a Words) -> Words {
        *at(0)
    }
    #[inline(always)]
    fn store(self, reduced: Words, mut put: impl FnMut(usize, Words)) {
        put(0, reduced);
    }
    fn stored<M: Modulus>(canonical: Words) -> Words {
        canonical
    }
    fn canonical<M: Modulus>(stored: &Words) -> Words {
        reduce_small(*stored, M::P)
    }
    #[inline(always)]
    fn mul<M: Modulus>(self, a: Words, b: Words) -> Words {
        (element::<M>(a) * element::<M>(b)).0.0
    }
    #[inline(always)]
    fn square<M: Modulus>(self, a: Words) -> Words {
        element::<M>(a).square().0.0
    }
    #[inline(always)]
    fn mul_complex<M: Modulus>(self, a: [Words; 2], b: [Words; 2]) -> [Words; 2] {
        let ([a0, a1], [b0, b1]) = (a.map(element::<M>), b.map(element::<M>));
        let (real, imaginary) = (a0 * b0, a1 * b1);
        [(real - imaginary).0.0, ((a0 + a1) * (b0 + b1) - real - imaginary).0.0]
    }
    #[inline(always)]
    fn square_complex<M: Modulus>(self, a: [Words; 2]) -> [Words; 2] {
        let [a0, a1] = a.map(element::<M>);
        [((a0 + a1) * (a0 - a1)).0.0, (a0 * a1).double().0.0]
    }
    #[inline(always)]
    fn add<M: Modulus>(self, a: Words, b: Words) -> Words {
        (element::<M>(a) + element::<M>(b)).0.0
    }
    #[inline(always)]
    fn sub<M: Modulus>(self, a: Words, b: Words) -> Words {
        (element::<M>(a) - element::<M>(b)).0.0
    }
    #[inline(always)]
    fn negate_where<M: Modulus>(self, a: Words, negative: impl Fn(usize) -> u64) -> Words {
        let (kept, negated) = (a, (-element::<M>(a)).0.0);
        let mask = negative(0);
        core::array::from_fn(|i| kept[i] & !mask | negated[i] & mask)
    }
    #[inline(always)]
    fn reduce<M: Modulus>(self, a: Words) -> Words {
        a
    }
}
