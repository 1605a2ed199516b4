//! What the curve and the transforms are written against: several field elements side by side, in an engine's own form.

#![allow(unreachable_pub)] // Groups are public, what they are sealed by is public in name only.

use crate::{
    halves::Halves,
    modulus::{Modulus, Words},
};
use ark_bn254::Fr;
use ark_ff::BigInt;
use core::fmt::Debug;

/// The most lanes an engine has.
pub const MAX_WIDTH: usize = 16;

/// Arithmetic on `WIDTH` field elements at a time, in Montgomery form with R = 2^[`Engine::RADIX_BITS`].
///
/// Values are lazy: they stand for a residue, and how far they may be from its least representative is bounded by how they
/// came about. A value is
///
/// * *tight* as loaded, and as it comes out of `mul`, `square` and `reduce`;
/// * *loose* if it is the sum or difference of two tight values;
/// * *wide* if it is the sum or difference of three tight values.
///
/// What is taken away from something is tight. `mul` takes two loose values, of which at least one is tight; `square` takes a
/// tight one that does not come from `reduce`; `reduce` takes any, `store` only what `reduce` gave. What `negate_where` and
/// `sub_lazily` give is counted likewise, but goes into sums, differences and `reduce` only. Each engine states its bounds.
///
/// Transforms go one further: `reduce` also takes the sum or difference of four tight values each of which is lifted, reduced, or
/// a product by a loaded value that was reduced when it was stored.
pub trait Engine: Copy + Debug + Send + Sync {
    /// Elements side by side, at most [`MAX_WIDTH`].
    const WIDTH: usize;
    /// Binary logarithm of the Montgomery radix.
    const RADIX_BITS: i32;
    /// `WIDTH` elements.
    type Fe: Copy + Send + 'static;

    /// Runs a job where the engine's instructions are enabled.
    fn run<J: Job>(self, job: J) -> J::Output;

    /// Asks for memory that is read soon. Changes nothing but the time that takes.
    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, _soon: &T) {}

    /// Element of lane `l` from the stored words `at(l)`.
    fn load<'a>(self, at: impl Fn(usize) -> &'a [u64; 4]) -> Self::Fe;
    /// `put(l, words)` for every lane of a reduced value, which become its stored words.
    fn store(self, reduced: Self::Fe, put: impl FnMut(usize, [u64; 4]));
    /// `put(l, halves)` for every lane, of the scalar that is `at(l)` in arkworks' form: two words each, least significant first
    /// ([`Halves`]).
    #[inline(always)]
    fn halves<'a>(self, at: impl Fn(usize) -> &'a Words, mut put: impl FnMut(usize, Words)) {
        for lane in 0..Self::WIDTH {
            put(lane, bytemuck::cast(Halves::of(&Fr::new_unchecked(BigInt(*at(lane))))));
        }
    }
    /// Stored words of the least representative of an element, already times R.
    fn stored<M: Modulus>(canonical: Words) -> Words;
    /// Words that [`Self::load`] makes a value between 0 and p of, the canonical one, which sums can take for a tight one.
    #[inline(always)]
    fn lifted<M: Modulus>(canonical: Words) -> Words {
        Self::stored::<M>(canonical)
    }
    /// The least representative, times R, of stored words.
    fn canonical<M: Modulus>(stored: &Words) -> Words;
    /// The same stored words in all lanes.
    #[inline(always)]
    fn splat(self, words: &[u64; 4]) -> Self::Fe {
        self.load(|_| words)
    }
    /// `a b / R`: tight.
    fn mul<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe;
    /// `a b / R`, nothing but a factor of further products that are not complex.
    #[inline(always)]
    fn mul_as_factor<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe {
        self.mul::<M>(a, b)
    }
    /// The value of what is a factor: no more than that.
    #[inline(always)]
    fn factor<M: Modulus>(self, a: Self::Fe) -> Self::Fe {
        a
    }
    /// `a b / R - c`, reduced.
    #[inline(always)]
    fn mul_sub<M: Modulus>(self, a: Self::Fe, b: Self::Fe, c: Self::Fe) -> Self::Fe {
        self.reduce::<M>(self.sub_lazily::<M>(self.mul::<M>(a, b), c))
    }
    /// `a^2 / R - c - d`, reduced.
    #[inline(always)]
    fn square_sub<M: Modulus>(self, a: Self::Fe, c: Self::Fe, d: Self::Fe) -> Self::Fe {
        self.reduce::<M>(self.sub_lazily::<M>(self.sub_lazily::<M>(self.square::<M>(a), c), d))
    }
    /// `a^2 / R`: tight.
    fn square<M: Modulus>(self, a: Self::Fe) -> Self::Fe;
    /// `(a0 + a1 u)(b0 + b1 u) / R` with `u^2 = -1`, as real and imaginary part: tight.
    fn mul_complex<M: Modulus>(self, a: [Self::Fe; 2], b: [Self::Fe; 2]) -> [Self::Fe; 2];
    /// `(a0 + a1 u)(b0 + b1 u) / R - c`, reduced.
    #[inline(always)]
    fn mul_complex_sub<M: Modulus>(
        self,
        a: [Self::Fe; 2],
        b: [Self::Fe; 2],
        c: [Self::Fe; 2],
    ) -> [Self::Fe; 2] {
        let product = self.mul_complex::<M>(a, b);
        [
            self.reduce::<M>(self.sub_lazily::<M>(product[0], c[0])),
            self.reduce::<M>(self.sub_lazily::<M>(product[1], c[1])),
        ]
    }
    /// `(a0 + a1 u)^2 / R` with `u^2 = -1`: tight.
    fn square_complex<M: Modulus>(self, a: [Self::Fe; 2]) -> [Self::Fe; 2];
    /// `a + b`.
    fn add<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe;
    /// `a - b`.
    fn sub<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe;
    /// `a - b`, nothing but a factor of products that are not complex.
    #[inline(always)]
    fn sub_as_factor<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe {
        self.sub::<M>(a, b)
    }
    /// `a - b`, not to be multiplied.
    #[inline(always)]
    fn sub_lazily<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe {
        self.sub::<M>(a, b)
    }
    /// `-a` in the lanes where `negative` has all bits set, `a` where it has none; not to be multiplied.
    fn negate_where<M: Modulus>(self, a: Self::Fe, negative: impl Fn(usize) -> u64) -> Self::Fe;
    /// The same residues, tight and fit for `store`.
    fn reduce<M: Modulus>(self, a: Self::Fe) -> Self::Fe;
}

/// Work that is compiled once per engine, with its instructions enabled.
pub trait Job {
    /// What it gives.
    type Output;
    /// Must be `#[inline(always)]`, like all it calls per element.
    fn run<E: Engine>(self, engine: E) -> Self::Output;
}
