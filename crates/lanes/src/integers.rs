//! Integer lanes: the few instructions out of which [`crate::limbs52`] builds field multiplications.

use core::fmt::Debug;

/// `WIDTH` 64-bit lanes. A value of the type proves that the instructions exist.
pub(crate) trait Integers: Copy + Debug + Send + Sync + 'static {
    /// Number of lanes, at most [`MAX_WIDTH`](crate::engine::MAX_WIDTH).
    const WIDTH: usize;
    /// All lanes.
    type V: Copy + Send + 'static;
    /// A choice for each lane.
    type Mask: Copy;

    /// See [`Engine::prefetch`](crate::engine::Engine::prefetch).
    #[inline(always)]
    fn prefetch<T: bytemuck::Pod>(self, _soon: &T) {}

    /// The same integer in all lanes.
    fn splat(self, x: u64) -> Self::V;
    /// `c + (a b mod 2^52)` of the low 52 bits of a and b.
    fn low(self, c: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// `c + floor(a b / 2^52)` of the low 52 bits of a and b.
    fn high(self, c: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// `a + b mod 2^64`.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a - b mod 2^64`.
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise and.
    fn and(self, a: Self::V, b: Self::V) -> Self::V;
    /// Bitwise or.
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// Shifted to the right, zeros coming in.
    fn shr<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifted to the right, copies of the sign coming in.
    fn sar<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifted to the left.
    fn shl<const N: u32>(self, a: Self::V) -> Self::V;
    /// `table[index mod 8]` in each lane.
    fn pick(self, index: Self::V, table: &[u64; 8]) -> Self::V;
    /// The lanes where `chosen` is odd.
    fn mask(self, chosen: impl Fn(usize) -> u64) -> Self::Mask;
    /// `a - b` in the lanes of the mask, `b` in the others.
    fn sub_where(self, mask: Self::Mask, a: Self::V, b: Self::V) -> Self::V;
    /// Lane `l` of the result's `k`-th value is `words(l)[k]`.
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [Self::V; 4];
    /// `put(l, w)` for every lane `l`, with `w[k]` from lane `l` of the `k`-th value.
    fn store(self, values: [Self::V; 4], put: impl FnMut(usize, [u64; 4]));
}

/// Integers one by one: the twin of every instruction set, with which tests check the arithmetic on machines that lack it.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Twin;

#[cfg(test)]
impl Integers for Twin {
    const WIDTH: usize = 2;
    type V = [u64; 2];
    type Mask = [bool; 2];

    fn splat(self, x: u64) -> Self::V {
        [x; 2]
    }
    fn low(self, c: Self::V, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| c[i].wrapping_add(product52(a[i], b[i]).0))
    }
    fn high(self, c: Self::V, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| c[i].wrapping_add(product52(a[i], b[i]).1))
    }
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i].wrapping_add(b[i]))
    }
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i].wrapping_sub(b[i]))
    }
    fn and(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i] & b[i])
    }
    fn or(self, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| a[i] | b[i])
    }
    fn shr<const N: u32>(self, a: Self::V) -> Self::V {
        a.map(|a| a >> N)
    }
    fn sar<const N: u32>(self, a: Self::V) -> Self::V {
        a.map(|a| (a.cast_signed() >> N).cast_unsigned())
    }
    fn shl<const N: u32>(self, a: Self::V) -> Self::V {
        a.map(|a| a << N)
    }
    fn pick(self, index: Self::V, table: &[u64; 8]) -> Self::V {
        index.map(|index| table[usize::try_from(index % 8).unwrap()])
    }
    fn mask(self, chosen: impl Fn(usize) -> u64) -> Self::Mask {
        core::array::from_fn(|lane| chosen(lane) & 1 == 1)
    }
    fn sub_where(self, mask: Self::Mask, a: Self::V, b: Self::V) -> Self::V {
        core::array::from_fn(|i| if mask[i] { a[i].wrapping_sub(b[i]) } else { b[i] })
    }
    fn load<'a>(self, words: impl Fn(usize) -> &'a [u64; 4]) -> [Self::V; 4] {
        core::array::from_fn(|k| core::array::from_fn(|lane| words(lane)[k]))
    }
    fn store(self, values: [Self::V; 4], mut put: impl FnMut(usize, [u64; 4])) {
        for lane in 0..Self::WIDTH {
            put(lane, values.map(|value| value[lane]));
        }
    }
}

/// The low and the high 52 bits of the product of the low 52 bits.
#[cfg(test)]
fn product52(a: u64, b: u64) -> (u64, u64) {
    let mask = (1u64 << 52) - 1;
    let product = u128::from(a & mask) * u128::from(b & mask);
    let word = |bits: u128| u64::try_from(bits & u128::from(mask)).unwrap();
    (word(product), word(product >> 52))
}
