//! Scalars as signed digits, sorted by the bucket they go to.

use crate::msm::{erased::Erased, plan::Plan};
use ark_ff::BigInt;
use tabella_lanes::Signed;

/// Stored multiples of points by bucket: those of bucket k are `places[ends[k - 1]..ends[k]]`.
pub(crate) struct Sorted {
    /// Where the entries of each bucket end. Buckets of one array lie together, by rising digit from 1.
    pub(crate) ends: Erased<u32>,
    /// Places in the table, with signs.
    pub(crate) places: Erased<Signed>,
}

/// Calls `digit(window, digit)` for every digit of a canonical scalar that is not zero.
fn each_digit(scalar: &BigInt<4>, plan: Plan, mut digit: impl FnMut(usize, i32)) {
    let half = 1i64 << (plan.width - 1);
    let mut carry = 0;
    for window in 0..plan.windows() {
        let from = window * plan.width;
        let (word, shift) = (from / 64, from % 64);
        let mut bits = scalar.0.get(word).copied().unwrap_or_default() >> shift;
        if shift + plan.width > 64 {
            bits |= scalar.0.get(word + 1).copied().unwrap_or_default() << (64 - shift);
        }
        let bits = i64::try_from(bits & ((1 << plan.width) - 1)).unwrap_or_default();
        let mut value = bits + carry;
        carry = 0;
        if value > half {
            value -= 2 * half;
            carry = 1;
        }
        if value != 0 {
            digit(window, i32::try_from(value).unwrap_or_default());
        }
    }
    debug_assert_eq!(carry, 0, "the scalar is canonical");
}

/// Sorts the digits of all scalars; the multiples of point i begin in the table at `i * plan.steps()`.
///
/// By counting, in two passes over the digits.
pub(crate) fn sort<'a>(scalars: impl Iterator<Item = &'a BigInt<4>> + Clone, plan: Plan) -> Sorted {
    let bucket = |window: usize, digit: i32| {
        let magnitude = usize::try_from(digit.unsigned_abs()).unwrap_or_default();
        (window % plan.stride) * plan.buckets() + magnitude - 1
    };
    let mut ends = Erased::<u32>::zeros(plan.stride * plan.buckets());
    for scalar in scalars.clone() {
        each_digit(scalar, plan, |window, digit| ends[bucket(window, digit)] += 1);
    }
    let mut total = 0;
    for end in ends.iter_mut() {
        // The beginning for now; the second pass moves it to the end.
        let count = *end;
        *end = total;
        total += count;
    }
    let mut places = Erased::<Signed>::zeros(usize::try_from(total).unwrap_or_default());
    for (point, scalar) in scalars.enumerate() {
        each_digit(scalar, plan, |window, digit| {
            let place = point * plan.steps() + window / plan.stride;
            let next = &mut ends[bucket(window, digit)];
            let place = u32::try_from(place).unwrap_or_default();
            places[usize::try_from(*next).unwrap_or_default()] = Signed::new(place, digit < 0);
            *next += 1;
        });
    }
    Sorted { ends, places }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{One, PrimeField, Zero};
    use tabella_primitives::Fr;

    #[test]
    fn digits_add_up_to_their_scalar() {
        let scalars =
            [Fr::zero(), Fr::one(), -Fr::one(), Fr::from(u64::MAX), Fr::from(1 << 15) / Fr::from(3)];
        for width in 1..=16 {
            let plan = Plan { width, stride: 1 };
            for scalar in scalars {
                let mut sum = Fr::zero();
                let base = Fr::from(1u64 << width);
                each_digit(&scalar.into_bigint(), plan, |window, digit| {
                    assert!(digit != 0 && digit.unsigned_abs() <= 1 << (width - 1));
                    let power = (0..window).fold(Fr::one(), |power, _| power * base);
                    sum += power * Fr::from(digit);
                });
                assert_eq!(sum, scalar, "{width}");
            }
        }
    }
}
