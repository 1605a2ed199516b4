//! The two prime fields of BN254, and arithmetic on 256-bit integers for constants, at compile time.

#![allow(unreachable_pub)] // Engines are sealed: public in name only.

use ark_ff::MontConfig;
use core::fmt::Debug;

/// A 256-bit integer, least significant word first.
pub type Words = [u64; 4];

/// A prime below 2^254.
pub trait Modulus: Copy + Debug + Send + Sync + 'static {
    /// The prime, least significant word first.
    const P: [u64; 4];
    /// The field as arkworks has it.
    type Config: MontConfig<4>;
    /// The one of two things that belongs to this prime.
    fn choose<T>(base: T, scalar: T) -> T;
}

/// The base field, in which coordinates of points lie.
#[derive(Clone, Copy, Debug)]
pub struct Base;

impl Modulus for Base {
    const P: [u64; 4] = [0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029];
    type Config = ark_bn254::FqConfig;
    #[inline(always)]
    fn choose<T>(base: T, _: T) -> T {
        base
    }
}

/// The scalar field, in which witness values and evaluations lie.
#[derive(Clone, Copy, Debug)]
pub struct Scalar;

impl Modulus for Scalar {
    const P: [u64; 4] = [0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029];
    type Config = ark_bn254::FrConfig;
    #[inline(always)]
    fn choose<T>(_: T, scalar: T) -> T {
        scalar
    }
}

/// `a + b`, with the carry out of 256 bits dropped.
pub(crate) const fn add(a: Words, b: Words) -> Words {
    let mut out = [0; 4];
    let mut carry = 0u64;
    let mut i = 0;
    while i < 4 {
        let (sum, c0) = a[i].overflowing_add(b[i]);
        let (sum, c1) = sum.overflowing_add(carry);
        out[i] = sum;
        carry = (c0 | c1) as u64;
        i += 1;
    }
    out
}

/// `a - b`, and whether `a < b`.
pub(crate) const fn sub(a: Words, b: Words) -> (Words, bool) {
    let mut out = [0; 4];
    let mut borrow = false;
    let mut i = 0;
    while i < 4 {
        let (diff, b0) = a[i].overflowing_sub(b[i]);
        let (diff, b1) = diff.overflowing_sub(borrow as u64);
        out[i] = diff;
        borrow = b0 | b1;
        i += 1;
    }
    (out, borrow)
}

/// `p`, or zero: without a branch, for what is decided is as secret as the values.
const fn only_if(condition: bool, p: Words) -> Words {
    let mask = (condition as u64).wrapping_neg();
    [p[0] & mask, p[1] & mask, p[2] & mask, p[3] & mask]
}

/// What has the least absolute value among the residues of `canonical < p`, plus an offset.
pub(crate) const fn centred(canonical: Words, p: Words, offset: Words) -> Words {
    let least = sub(canonical, only_if(sub(p, add(canonical, canonical)).1, p)).0;
    add(least, offset)
}

/// The canonical one among the residues of a value that is above -p and below 16 p, given plus an offset.
pub(crate) const fn uncentred(shifted: Words, p: Words, offset: Words) -> Words {
    let (value, negative) = sub(shifted, offset);
    reduce_small(add(value, only_if(negative, p)), p)
}

/// `a` modulo `p`, for `a < 16 p` and `16 p < 2^258`.
pub(crate) const fn reduce_small(mut a: Words, p: Words) -> Words {
    loop {
        let (less, below) = sub(a, p);
        if below {
            return a;
        }
        a = less;
    }
}

/// `2 a mod p`, for `a < p < 2^254`.
pub(crate) const fn double_mod(a: Words, p: Words) -> Words {
    reduce_small(add(a, a), p)
}

/// `a / 2 mod p`, for `a < p < 2^254`, p odd.
pub(crate) const fn halve_mod(a: Words, p: Words) -> Words {
    let even = if a[0] & 1 == 1 { add(a, p) } else { a };
    shift_right_one(even)
}

const fn shift_right_one(a: Words) -> Words {
    [a[0] >> 1 | a[1] << 63, a[1] >> 1 | a[2] << 63, a[2] >> 1 | a[3] << 63, a[3] >> 1]
}

/// `2^exponent mod p`, also for negative exponents.
pub(crate) const fn power_of_two(exponent: i32, p: Words) -> Words {
    let mut value = [1, 0, 0, 0];
    let mut i = 0;
    while i < exponent {
        value = double_mod(value, p);
        i += 1;
    }
    while i > exponent {
        value = halve_mod(value, p);
        i -= 1;
    }
    value
}

/// `-1 / p mod 2^64`, for odd p.
pub(crate) const fn negative_inverse(p: u64) -> u64 {
    // Each round doubles the number of right bits, from 3.
    let mut inverse = p;
    let mut i = 0;
    while i < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(p.wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg()
}

/// `bits` bits of `a` from bit `from` on, for `bits < 64`.
pub(crate) const fn bits(a: Words, from: usize, bits: usize) -> u64 {
    let (word, shift) = (from / 64, from % 64);
    if word >= 4 {
        return 0;
    }
    let mut value = a[word] >> shift;
    if shift > 0 && word + 1 < 4 {
        value |= a[word + 1] << (64 - shift);
    }
    value & ((1 << bits) - 1)
}
