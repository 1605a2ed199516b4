//! What the curve and the transforms are written against: several field elements side by side, in an engine's own form.

use crate::modulus::Modulus;
use core::fmt::Debug;

/// The most lanes an engine has.
pub(crate) const MAX_WIDTH: usize = 16;

/// Arithmetic on `WIDTH` field elements at a time, in Montgomery form with R = 2^[`Engine::RADIX_BITS`].
///
/// Values are lazy: they stand for a residue, and how far they may be from its least representative is bounded by how they
/// came about. With p the modulus, a *stored* word is in `[0, 2p)`, and a value is
///
/// * *tight* if it comes out of `mul`, `square` (of allowed operands), `reduce` or `splat`;
/// * *loose* if it is a stored word as loaded, the sum or difference of two tight or loaded values, or such a value negated;
/// * *wide* if it is the sum or difference of up to three loaded or tight values, or of a loose and a loaded one.
///
/// `mul` takes tight or loose values, `reduce` any, `store` only what `reduce` gave. Each engine states its bounds.
pub(crate) trait Engine: Copy + Debug + Send + Sync + 'static {
    /// Elements side by side, at most [`MAX_WIDTH`].
    const WIDTH: usize;
    /// Binary logarithm of the Montgomery radix.
    const RADIX_BITS: i32;
    /// `WIDTH` elements.
    type Fe: Copy;

    /// Runs a job where the engine's instructions are enabled.
    fn run<J: Job>(self, job: J) -> J::Output;

    /// Element of lane `l` from the stored words `at(l)`: loose.
    fn load<'a>(self, at: impl Fn(usize) -> &'a [u64; 4]) -> Self::Fe;
    /// `put(l, words)` for every lane of a reduced value: stored words.
    fn store<M: Modulus>(self, reduced: Self::Fe, put: impl FnMut(usize, [u64; 4]));
    /// The same stored words in all lanes.
    #[inline(always)]
    fn splat(self, words: &[u64; 4]) -> Self::Fe {
        self.load(|_| words)
    }
    /// `a b / R`: tight.
    fn mul<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe;
    /// `a^2 / R`: tight.
    fn square<M: Modulus>(self, a: Self::Fe) -> Self::Fe;
    /// `(a0 + a1 u)(b0 + b1 u) / R` with `u^2 = -1`, as real and imaginary part: tight.
    fn mul_complex<M: Modulus>(self, a: [Self::Fe; 2], b: [Self::Fe; 2]) -> [Self::Fe; 2];
    /// `(a0 + a1 u)^2 / R` with `u^2 = -1`: tight.
    fn square_complex<M: Modulus>(self, a: [Self::Fe; 2]) -> [Self::Fe; 2];
    /// `a + b`.
    fn add<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe;
    /// `a - b`.
    fn sub<M: Modulus>(self, a: Self::Fe, b: Self::Fe) -> Self::Fe;
    /// `-a` in the lanes where `negative` has all bits set, `a` where it has none.
    fn negate_where<M: Modulus>(self, a: Self::Fe, negative: impl Fn(usize) -> u64) -> Self::Fe;
    /// The same residues, tight and fit for `store`.
    fn reduce<M: Modulus>(self, a: Self::Fe) -> Self::Fe;
}

/// Work that is compiled once per engine, with its instructions enabled.
pub(crate) trait Job {
    /// What it gives.
    type Output;
    /// Must be `#[inline(always)]`, like all it calls per element.
    fn run<E: Engine>(self, engine: E) -> Self::Output;
}
