//! Numbers of a few words of 64 bits: sums, differences and products with one word, without branches.

use core::hint::select_unpredictable;
use tabella_primitives::words::mul_add;

/// `a + b + carry` and the next carry. (As std's, which is not yet for constants.)
#[inline(always)]
const fn carry_on(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// `a - b - borrow` and the next borrow.
#[inline(always)]
const fn borrow_on(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// A function over all limbs of two numbers, the lowest first, each step with what the one before carries.
macro_rules! ripple {
    ($(#[$doc:meta])* $name:ident by $step:ident) => {
        $(#[$doc])*
        #[inline(always)]
        pub(super) const fn $name<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
            let mut result = [0; N];
            let mut carry = false;
            let mut i = 0;
            while i < N {
                (result[i], carry) = $step(a[i], b[i], carry);
                i += 1;
            }
            (result, carry)
        }
    };
}

ripple! {
    /// `a + b` and whether it wrapped.
    add by carry_on
}
ripple! {
    /// `a - b` and whether it wrapped.
    sub by borrow_on
}

/// `a b`.
#[inline(always)]
pub(super) fn row(a: u64, b: &[u64; 4]) -> [u64; 5] {
    let [(l0, h0), (l1, h1), (l2, h2), (l3, h3)] = b.map(|limb| mul_add(a, limb, 0, 0));
    let (r1, carry) = carry_on(l1, h0, false);
    let (r2, carry) = carry_on(l2, h1, carry);
    let (r3, carry) = carry_on(l3, h2, carry);
    [l0, r1, r2, r3, h3.wrapping_add(u64::from(carry))]
}

/// `t + a b`, whose top limb holds it because `t < 2^256`.
#[inline(always)]
pub(super) fn row_plus(t: &[u64; 4], a: u64, b: &[u64; 4]) -> [u64; 5] {
    let [w0, w1, w2, w3, w4] = row(a, b);
    let ([t0, t1, t2, t3], carry) = add(t, &[w0, w1, w2, w3]);
    [t0, t1, t2, t3, w4.wrapping_add(u64::from(carry))]
}

/// `a` if the condition holds, else `b`, without a branch.
#[inline(always)]
pub(super) fn select(condition: bool, a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    core::array::from_fn(|i| select_unpredictable(condition, a[i], b[i]))
}

/// All ones if the number in two's complement with this top limb is negative, else 0.
#[inline(always)]
pub(super) const fn sign(top: u64) -> u64 {
    0u64.wrapping_sub(top >> 63)
}
