//! Two lanes by WASM's relaxed SIMD.
//!
//! A module with these instructions does not compile where they are unknown, and where they are known `relaxed_madd` may round
//! twice: who loads such a module asks first, see [`is_fused`]. None of the intrinsics needs `unsafe`, because a module that
//! was compiled at all has them.

use crate::{
    doubles::Doubles,
    engine::Job,
    fma::{Enter, Fe, Fma, Products},
    modulus::{Base, Modulus, Scalar, Words},
    quotients::{self, Constants},
    touch::touch,
};
use core::{arch::wasm32::*, hint::black_box};

/// Proof that the multiply-add is fused: [`Relaxed::detect`] is the only way to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Relaxed(());

impl Relaxed {
    /// `None` where `relaxed_madd` rounds its product.
    pub(crate) fn detect() -> Option<Self> {
        is_fused().then_some(Self(()))
    }
}

/// Whether `relaxed_madd` rounds once: `(1 + 2^-30)(1 - 2^-30) - 1` is -2^-60, and 0 if the product is rounded before.
fn is_fused() -> bool {
    let tiny = 1.0 / f64::from(1 << 30);
    // A compiler that knew the operands could answer for another machine.
    let (a, b) = black_box((f64x2_splat(1.0 + tiny), f64x2_splat(1.0 - tiny)));
    let rest = f64x2_relaxed_madd(a, b, f64x2_splat(-1.0));
    f64x2_extract_lane::<0>(rest) == -tiny * tiny && f64x2_extract_lane::<1>(rest) == -tiny * tiny
}

/// [`Relaxed`] with the constants of both fields at hand, while a job runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtWork<'a> {
    lanes: Relaxed,
    base: &'a Constants<v128>,
    scalar: &'a Constants<v128>,
}

impl Enter for Fma<Relaxed> {
    #[inline(always)]
    fn enter<J: Job>(self, job: J) -> J::Output {
        let (base, scalar) = (constants::<Base>(self.0), constants::<Scalar>(self.0));
        job.run(Fma(AtWork { lanes: self.0, base: &base, scalar: &scalar }))
    }
}

impl Enter for Fma<AtWork<'_>> {
    #[inline(always)]
    fn enter<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
}

/// Wraps one intrinsic.
macro_rules! intrinsic {
    ($($name:ident($($arg:ident),*) = $body:expr;)*) => {
        $(
            #[inline(always)]
            fn $name(self, $($arg: v128),*) -> v128 {
                $body
            }
        )*
    };
}

/// The lanes of both types.
macro_rules! two_lanes {
    ($($type:ty),*) => {
        $(
            impl Doubles for $type {
                const WIDTH: usize = 2;
                type V = v128;

                #[inline(always)]
                fn prefetch<T: bytemuck::Pod>(self, soon: &T) {
                    touch(soon);
                }

                intrinsic! {
                    fma(a, b, c) = f64x2_relaxed_madd(a, b, c);
                    add(a, b) = f64x2_add(a, b);
                    sub(a, b) = f64x2_sub(a, b);
                    add_bits(a, b) = i64x2_add(a, b);
                    sub_bits(a, b) = i64x2_sub(a, b);
                    and(a, b) = v128_and(a, b);
                    or(a, b) = v128_or(a, b);
                    xor(a, b) = v128_xor(a, b);
                }

                #[inline(always)]
                fn splat(self, x: f64) -> v128 {
                    f64x2_splat(x)
                }

                #[inline(always)]
                fn shr<const N: i32>(self, a: v128) -> v128 {
                    u64x2_shr(a, N.unsigned_abs())
                }

                #[inline(always)]
                fn shl<const N: i32>(self, a: v128) -> v128 {
                    u64x2_shl(a, N.unsigned_abs())
                }

                #[inline(always)]
                fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [v128; 4] {
                    let (a, b) = (words(0), words(1));
                    [u64x2(a[0], b[0]), u64x2(a[1], b[1]), u64x2(a[2], b[2]), u64x2(a[3], b[3])]
                }

                #[inline(always)]
                fn store(self, values: [v128; 4], mut put: impl FnMut(usize, [u64; 4])) {
                    put(
                        0,
                        values.map(
                            #[inline(always)]
                            |value| u64x2_extract_lane::<0>(value),
                        ),
                    );
                    put(
                        1,
                        values.map(
                            #[inline(always)]
                            |value| u64x2_extract_lane::<1>(value),
                        ),
                    );
                }

                #[inline(always)]
                fn lanes(self, lanes: impl Fn(usize) -> u64) -> v128 {
                    u64x2(lanes(0), lanes(1))
                }
            }
        )*
    };
}

two_lanes! { Relaxed, AtWork<'_> }

/// Only [`AtWork`] is ever asked.
impl Products for Relaxed {}

impl Products for AtWork<'_> {
    #[inline(always)]
    fn limbs<'a>(self, at: impl Fn(usize) -> &'a Words) -> Fe<Self> {
        limbs(self.lanes, at(0), at(1))
    }

    #[inline(always)]
    fn words(self, reduced: Fe<Self>, mut put: impl FnMut(usize, Words)) {
        let [first, second] = words(self.lanes, &reduced);
        put(0, first);
        put(1, second);
    }

    #[inline(always)]
    fn product<M: Modulus>(self, a: &Fe<Self>, b: &Fe<Self>) -> Fe<Self> {
        product::<false>(self.lanes, M::choose(self.base, self.scalar), a, b)
    }

    #[inline(always)]
    fn square<M: Modulus>(self, a: &Fe<Self>, twice: &Fe<Self>) -> Fe<Self> {
        square(self.lanes, M::choose(self.base, self.scalar), a, twice)
    }

    #[inline(always)]
    fn product_centred<M: Modulus>(self, a: &Fe<Self>, b: &Fe<Self>) -> Fe<Self> {
        product::<true>(self.lanes, M::choose(self.base, self.scalar), a, b)
    }

    #[inline(always)]
    fn sum_centred<M: Modulus>(self, one: [&Fe<Self>; 2], other: [&Fe<Self>; 2]) -> Fe<Self> {
        sum(self.lanes, M::choose(self.base, self.scalar), one, other)
    }
}

// Functions of their own, not inlined: the compilers of browsers begin with code that is several times slower, and how soon they have
// better code depends on the size of a function. A call costs a tenth of a product.

#[inline(never)]
fn constants<M: Modulus>(lanes: Relaxed) -> Constants<v128> {
    Constants::new::<_, M>(lanes)
}

#[inline(never)]
fn limbs(lanes: Relaxed, first: &Words, second: &Words) -> Fe<Relaxed> {
    Fma(lanes).limbs_of(lanes.load(
        #[inline(always)]
        |lane| if lane == 0 { first } else { second },
    ))
}

#[inline(never)]
fn words(lanes: Relaxed, reduced: &Fe<Relaxed>) -> [Words; 2] {
    let mut words = [Words::default(); 2];
    lanes.store(
        Fma(lanes).words_of(*reduced),
        #[inline(always)]
        |lane, own| words[lane] = own,
    );
    words
}

#[inline(never)]
fn product<const CENTRED: bool>(
    lanes: Relaxed,
    constants: &Constants<v128>,
    a: &Fe<Relaxed>,
    b: &Fe<Relaxed>,
) -> Fe<Relaxed> {
    quotients::product::<Relaxed, CENTRED>(lanes, constants, a, b)
}

#[inline(never)]
fn square(lanes: Relaxed, constants: &Constants<v128>, a: &Fe<Relaxed>, twice: &Fe<Relaxed>) -> Fe<Relaxed> {
    quotients::square(lanes, constants, a, twice)
}

#[inline(never)]
fn sum(
    lanes: Relaxed,
    constants: &Constants<v128>,
    one: [&Fe<Relaxed>; 2],
    other: [&Fe<Relaxed>; 2],
) -> Fe<Relaxed> {
    quotients::sum(lanes, constants, one, other)
}
