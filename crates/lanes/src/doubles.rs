//! Double-precision lanes: the few instructions out of which [`crate::fma`] builds field multiplications.

use core::fmt::Debug;

/// `WIDTH` 64-bit lanes, each a double or, by its raw bits, an integer. A value of the type proves that the instructions exist.
pub(crate) trait Doubles: Copy + Debug + Send + Sync {
    /// Number of lanes, at most [`MAX_WIDTH`].
    const WIDTH: usize;
    /// All lanes.
    type V: Copy + Send + 'static;

    /// See [`Engine::prefetch`](crate::engine::Engine::prefetch).
    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, _soon: &T) {}

    /// The same double in all lanes.
    fn splat(self, x: f64) -> Self::V;
    /// `a b + c`, rounded once, to nearest.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a + b` of doubles.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a - b` of doubles.
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a + b mod 2^64` of raw bits.
    fn add_bits(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a - b mod 2^64` of raw bits.
    fn sub_bits(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise and.
    fn and(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise or.
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise exclusive or.
    fn xor(self, a: Self::V, b: Self::V) -> Self::V;
    /// Raw bits shifted to the right, zeros coming in.
    fn shr<const N: i32>(self, a: Self::V) -> Self::V;
    /// Raw bits shifted to the left.
    fn shl<const N: i32>(self, a: Self::V) -> Self::V;
    /// Lane `l` of the result's `k`-th value is `words(l)[k]`.
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [Self::V; 4];
    /// `put(l, w)` for every lane `l`, with `w[k]` from lane `l` of the `k`-th value.
    fn store(self, values: [Self::V; 4], put: impl FnMut(usize, [u64; 4]));
    /// One word in each lane.
    fn lanes(self, lanes: impl Fn(usize) -> u64) -> Self::V;

    /// The same raw bits in all lanes.
    #[inline(always)]
    fn splat_bits(self, x: u64) -> Self::V {
        self.splat(f64::from_bits(x))
    }
}

/// Doubles one by one: the twin of every instruction set, and what tests compare with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Twin;

impl Doubles for Twin {
    const WIDTH: usize = 2;
    type V = [f64; 2];

    fn splat(self, x: f64) -> Self::V {
        [x; 2]
    }
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
    }
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i] + b[i])
    }
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i] - b[i])
    }
    fn add_bits(self, a: Self::V, b: Self::V) -> Self::V {
        on_bits(a, b, u64::wrapping_add)
    }
    fn sub_bits(self, a: Self::V, b: Self::V) -> Self::V {
        on_bits(a, b, u64::wrapping_sub)
    }
    fn and(self, a: Self::V, b: Self::V) -> Self::V {
        on_bits(a, b, |a, b| a & b)
    }
    fn or(self, a: Self::V, b: Self::V) -> Self::V {
        on_bits(a, b, |a, b| a | b)
    }
    fn xor(self, a: Self::V, b: Self::V) -> Self::V {
        on_bits(a, b, |a, b| a ^ b)
    }
    fn shr<const N: i32>(self, a: Self::V) -> Self::V {
        a.map(|a| f64::from_bits(a.to_bits() >> N))
    }
    fn shl<const N: i32>(self, a: Self::V) -> Self::V {
        a.map(|a| f64::from_bits(a.to_bits() << N))
    }
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [Self::V; 4] {
        core::array::from_fn(|k| core::array::from_fn(|lane| f64::from_bits(words(lane)[k])))
    }
    fn store(self, values: [Self::V; 4], mut put: impl FnMut(usize, [u64; 4])) {
        for lane in 0..Self::WIDTH {
            put(lane, values.map(|value| value[lane].to_bits()));
        }
    }
    fn lanes(self, lanes: impl Fn(usize) -> u64) -> Self::V {
        core::array::from_fn(|lane| f64::from_bits(lanes(lane)))
    }
}

fn on_bits(a: [f64; 2], b: [f64; 2], f: impl Fn(u64, u64) -> u64) -> [f64; 2] {
    core::array::from_fn(|i| f64::from_bits(f(a[i].to_bits(), b[i].to_bits())))
}
