//! Products of words of 64 bits, for targets without an instruction for their upper half too.

/// `a b + c + d`, which fits two words: the lower, the upper.
///
/// WASM multiplies 64 bits and keeps 64 of the result. There a product of 128 bits is a call, whose answer goes through memory;
/// four products of halves cost half of that.
#[inline(always)]
#[must_use]
pub fn mul_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    if cfg!(target_arch = "wasm32") { by_halves(a, b, c, d) } else { a.carrying_mul_add(b, c, d) }
}

/// [`mul_add`] with four products of 32 by 32 bits. No sum wraps: `(2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1`.
#[inline(always)]
fn by_halves(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    const LOW: u64 = 0xffff_ffff;
    let [a0, a1, b0, b1] = [a & LOW, a >> 32, b & LOW, b >> 32];
    let p = a0 * b0 + (c & LOW) + (d & LOW);
    let q = a1 * b0 + (c >> 32) + (p >> 32);
    let r = a0 * b1 + (d >> 32) + (q & LOW);
    (r << 32 | p & LOW, a1 * b1 + (q >> 32) + (r >> 32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn limb() -> impl Strategy<Value = u64> {
        prop_oneof![
            any::<u64>(),
            prop::sample::select(vec![0, 1, u64::MAX, 1 << 32, (1 << 32) - 1, u64::MAX << 32])
        ]
    }

    proptest! {
        #[test]
        fn halves_make_the_whole(a in limb(), b in limb(), c in limb(), d in limb()) {
            let whole = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
            let (low, high) = by_halves(a, b, c, d);
            prop_assert_eq!(u128::from(high) << 64 | u128::from(low), whole);
            prop_assert_eq!(mul_add(a, b, c, d), (low, high));
        }
    }
}
