//! Short integers in lanes: the few instructions out of which [`crate::dots`] builds field multiplications.

use core::fmt::Debug;

/// Lanes of one vector: that many elements stand side by side.
pub(crate) const WIDTH: usize = 4;

/// Four lanes of 32 bits, or two halves of 16 bits in each. A value of the type proves that the instructions exist.
pub(crate) trait Shorts: Copy + Debug + Send + Sync + 'static {
    /// All lanes.
    type V: Copy + Send + 'static;

    /// See [`Engine::prefetch`](crate::engine::Engine::prefetch).
    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, _soon: &T) {}

    /// The same integer in all lanes.
    fn splat(self, x: i32) -> Self::V;
    /// The sum of the products of both signed halves in each lane.
    fn dot(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a + b mod 2^32`.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a - b mod 2^32`.
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// Halves of `a + b mod 2^16`.
    fn add_halves(self, a: Self::V, b: Self::V) -> Self::V;
    /// Halves of `a - b mod 2^16`.
    fn sub_halves(self, a: Self::V, b: Self::V) -> Self::V;
    /// Halves of `a b mod 2^16`.
    fn mul_halves(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise and.
    fn and(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise or.
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise exclusive or.
    fn xor(self, a: Self::V, b: Self::V) -> Self::V;
    /// Shifted to the left.
    fn shl<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifted to the right, zeros coming in.
    fn shr<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifted to the right, copies of the sign coming in.
    fn sar<const N: u32>(self, a: Self::V) -> Self::V;
    /// Halves shifted to the left.
    fn shl_halves<const N: u32>(self, a: Self::V) -> Self::V;
    /// Halves shifted to the right, copies of their signs coming in.
    fn sar_halves<const N: u32>(self, a: Self::V) -> Self::V;
    /// Lane `l` of the result's `k`-th value is the `k`-th 32 bits of `words(l)`.
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [Self::V; 8];
    /// The inverse of [`Self::load`]: `put(l, words)` for every lane.
    fn store(self, values: [Self::V; 8], put: impl FnMut(usize, [u64; 4]));
    /// The low 32 bits of `lanes(l)` in lane `l`.
    fn lanes(self, lanes: impl Fn(usize) -> u64) -> Self::V;
}

/// Lanes one by one: the twin of the instruction set, with which tests check the arithmetic on machines that lack it.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Twin;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
impl Shorts for Twin {
    type V = [i32; WIDTH];

    fn splat(self, x: i32) -> Self::V {
        [x; WIDTH]
    }
    /// Panics where the sum overflows, which a sum of balanced halves never does.
    fn dot(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|lane| {
            let [products_low, products_high] =
                [0, 1].map(|half| i32::from(halves(a[lane])[half]) * i32::from(halves(b[lane])[half]));
            products_low + products_high
        })
    }
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|lane| a[lane].wrapping_add(b[lane]))
    }
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|lane| a[lane].wrapping_sub(b[lane]))
    }
    /// Panics where a half overflows: no engine's bounds allow it.
    fn add_halves(self, a: Self::V, b: Self::V) -> Self::V {
        on_halves(a, b, |a, b| a.checked_add(b).expect("halves do not overflow"))
    }
    /// Panics where a half overflows: no engine's bounds allow it.
    fn sub_halves(self, a: Self::V, b: Self::V) -> Self::V {
        on_halves(a, b, |a, b| a.checked_sub(b).expect("halves do not overflow"))
    }
    /// Panics where a half overflows: no engine's bounds allow it.
    fn mul_halves(self, a: Self::V, b: Self::V) -> Self::V {
        on_halves(a, b, |a, b| a.checked_mul(b).expect("halves do not overflow"))
    }
    fn and(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|lane| a[lane] & b[lane])
    }
    fn or(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|lane| a[lane] | b[lane])
    }
    fn xor(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|lane| a[lane] ^ b[lane])
    }
    fn shl<const N: u32>(self, a: Self::V) -> Self::V {
        a.map(|a| a << N)
    }
    fn shr<const N: u32>(self, a: Self::V) -> Self::V {
        a.map(|a| (a as u32 >> N) as i32)
    }
    fn sar<const N: u32>(self, a: Self::V) -> Self::V {
        a.map(|a| a >> N)
    }
    fn shl_halves<const N: u32>(self, a: Self::V) -> Self::V {
        on_halves(a, a, |a, _| a << N)
    }
    fn sar_halves<const N: u32>(self, a: Self::V) -> Self::V {
        on_halves(a, a, |a, _| a >> N)
    }
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [Self::V; 8] {
        core::array::from_fn(|k| {
            core::array::from_fn(|lane| (words(lane)[k / 2] >> (32 * (k % 2))) as u32 as i32)
        })
    }
    fn store(self, values: [Self::V; 8], mut put: impl FnMut(usize, [u64; 4])) {
        (0..WIDTH).for_each(|lane| {
            let word = |k: usize| u64::from(values[k][lane] as u32);
            put(lane, core::array::from_fn(|i| word(2 * i) | word(2 * i + 1) << 32));
        });
    }
    fn lanes(self, lanes: impl Fn(usize) -> u64) -> Self::V {
        core::array::from_fn(|lane| lanes(lane) as u32 as i32)
    }
}

/// The low and the high half of a lane.
#[cfg(test)]
#[allow(clippy::cast_possible_truncation)]
fn halves(lane: i32) -> [i16; 2] {
    [lane as i16, (lane >> 16) as i16]
}

#[cfg(test)]
#[allow(clippy::cast_sign_loss)]
fn on_halves(a: [i32; WIDTH], b: [i32; WIDTH], f: impl Fn(i16, i16) -> i16) -> [i32; WIDTH] {
    core::array::from_fn(|lane| {
        let ([a0, a1], [b0, b1]) = (halves(a[lane]), halves(b[lane]));
        i32::from(f(a0, b0) as u16) | i32::from(f(a1, b1)) << 16
    })
}
