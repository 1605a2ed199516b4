//! Signed digits, for multiplying points by numbers of 64 bits.

/// A number by digits -1, 0 and 1, of two neighbours at most one not 0 [G. W. Reitwiesner, "Binary arithmetic", 1960]. On average
/// a third of them is not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    plus: u128,
    minus: u128,
}

impl Digits {
    /// Digits of a number: one more than it has bits.
    pub(crate) const COUNT: u32 = u64::BITS + 1;

    pub(crate) fn of(number: u64) -> Self {
        // In 3 n - n the digits 1 and -1 of 2 n are where only the one or only the other has a bit.
        let single = u128::from(number);
        let triple = 3 * single;
        Self { plus: (triple & !single) >> 1, minus: (single & !triple) >> 1 }
    }

    /// The digit that counts for `2^place`.
    #[inline]
    pub(crate) fn at(&self, place: u32) -> i8 {
        match ((self.plus >> place) & 1, (self.minus >> place) & 1) {
            (1, _) => 1,
            (_, 1) => -1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn digits_are_sparse_and_make_the_number() {
        for number in
            [0, 1, 2, 3, 5, 7, u64::MAX, u64::MAX - 1, 1 << 63, 0xaaaa_aaaa_aaaa_aaaa, 0xdead_beef_0123_4567]
        {
            let digits = Digits::of(number);
            let all: Vec<i8> = (0..Digits::COUNT).map(|place| digits.at(place)).collect();
            let sum = all.iter().rev().fold(0i128, |sum, digit| 2 * sum + i128::from(*digit));
            assert_eq!(sum, i128::from(number));
            assert!(all.windows(2).all(|two| two[0] == 0 || two[1] == 0), "{number}");
        }
    }
}
