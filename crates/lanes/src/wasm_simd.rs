//! Short integers in the lanes of WASM's SIMD.
//!
//! A module with these instructions does not compile where they are unknown. None of the intrinsics needs `unsafe`, because a module that
//! was compiled at all has them.

use crate::{shorts::Shorts, touch::touch};
use core::arch::wasm32::*;

/// The instructions of a vector of 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Simd;

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
    ($($name:ident<N>($a:ident) = $body:ident;)*) => {
        $(
            #[inline(always)]
            fn $name<const N: u32>(self, $a: v128) -> v128 {
                $body($a, N)
            }
        )*
    };
}

impl Shorts for Simd {
    type V = v128;

    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, soon: &T) {
        touch(soon);
    }

    intrinsic! {
        dot(a, b) = i32x4_dot_i16x8(a, b);
        add(a, b) = i32x4_add(a, b);
        sub(a, b) = i32x4_sub(a, b);
        add_halves(a, b) = i16x8_add(a, b);
        sub_halves(a, b) = i16x8_sub(a, b);
        mul_halves(a, b) = i16x8_mul(a, b);
        and(a, b) = v128_and(a, b);
        or(a, b) = v128_or(a, b);
        xor(a, b) = v128_xor(a, b);
    }

    intrinsic! {
        shl<N>(a) = i32x4_shl;
        shr<N>(a) = u32x4_shr;
        sar<N>(a) = i32x4_shr;
        shl_halves<N>(a) = i16x8_shl;
        sar_halves<N>(a) = i16x8_shr;
    }

    #[inline(always)]
    fn splat(self, x: i32) -> v128 {
        i32x4_splat(x)
    }

    #[inline(always)]
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [v128; 8] {
        let [a, b, c, d] = [words(0), words(1), words(2), words(3)];
        let low = transposed([u64x2(a[0], a[1]), u64x2(b[0], b[1]), u64x2(c[0], c[1]), u64x2(d[0], d[1])]);
        let high = transposed([u64x2(a[2], a[3]), u64x2(b[2], b[3]), u64x2(c[2], c[3]), u64x2(d[2], d[3])]);
        [low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3]]
    }

    #[inline(always)]
    fn store(self, values: [v128; 8], mut put: impl FnMut(usize, [u64; 4])) {
        let [l0, l1, l2, l3, h0, h1, h2, h3] = values;
        let (low, high) = (transposed([l0, l1, l2, l3]), transposed([h0, h1, h2, h3]));
        macro_rules! lane {
            ($lane:literal) => {
                let (low, high) = (low[$lane], high[$lane]);
                put(
                    $lane,
                    [
                        u64x2_extract_lane::<0>(low),
                        u64x2_extract_lane::<1>(low),
                        u64x2_extract_lane::<0>(high),
                        u64x2_extract_lane::<1>(high),
                    ],
                );
            };
        }
        lane!(0);
        lane!(1);
        lane!(2);
        lane!(3);
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)]
    fn lanes(self, lanes: impl Fn(usize) -> u64) -> v128 {
        u32x4(lanes(0) as u32, lanes(1) as u32, lanes(2) as u32, lanes(3) as u32)
    }
}

/// Lane l of the result's k-th value is lane k of the l-th.
#[inline(always)]
fn transposed([a, b, c, d]: [v128; 4]) -> [v128; 4] {
    let (ab_low, ab_high) = (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
    let (cd_low, cd_high) = (i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
    [
        i64x2_shuffle::<0, 2>(ab_low, cd_low),
        i64x2_shuffle::<1, 3>(ab_low, cd_low),
        i64x2_shuffle::<0, 2>(ab_high, cd_high),
        i64x2_shuffle::<1, 3>(ab_high, cd_high),
    ]
}
