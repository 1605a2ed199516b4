//! A sum of ciphertexts that come one by one.

use super::{Ciphertext, CiphertextSum, WrongSlots};
use crate::edwards::{Point, PointSum};
use alloc::vec::Vec;

/// Adds up ciphertexts as they come, in the memory of one of them.
#[derive(Clone, Debug, Default)]
pub struct RunningSum {
    count: u64,
    /// Of C_0, C_1..C_k; empty before the first.
    sums: Vec<PointSum>,
}

impl RunningSum {
    /// The sum of none.
    #[must_use]
    pub const fn new() -> Self {
        Self { count: 0, sums: Vec::new() }
    }

    /// Goes on from a sum.
    #[must_use]
    pub fn from_sum(sum: &CiphertextSum) -> Self {
        let start = |point: &Point| {
            let mut sum = PointSum::new();
            sum += point;
            sum
        };
        Self { count: sum.count, sums: sum.points.iter().map(start).collect() }
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`WrongSlots`] if it has another number of slots than the first; it is not added.
    pub fn add(&mut self, ciphertext: &Ciphertext) -> Result<(), WrongSlots> {
        if self.sums.is_empty() {
            self.sums.resize(ciphertext.points.len(), PointSum::new());
        }
        if self.sums.len() != ciphertext.points.len() {
            let expected = self.sums.len().saturating_sub(1);
            return Err(WrongSlots { expected, actual: ciphertext.slots() });
        }
        for (sum, point) in self.sums.iter_mut().zip(&ciphertext.points) {
            *sum += point;
        }
        self.count += 1;
        Ok(())
    }

    /// The sum so far; none of none.
    #[must_use]
    pub fn finish(&self) -> Option<CiphertextSum> {
        if self.sums.is_empty() {
            return None;
        }
        Some(CiphertextSum { count: self.count, points: PointSum::normalize(&self.sums) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        edwards::Scalar,
        elgamal::{EncryptionKey, Randomness},
    };
    use alloc::vec;

    #[test]
    fn one_by_one_is_all_at_once() {
        let key = |slots: u64| {
            EncryptionKey::new((2..slots + 2).map(|k| Point::mul_base(&Scalar::from(k))).collect()).unwrap()
        };
        let seal = |number: u64| {
            let randomness = Randomness::from_scalar(Scalar::from(number + 7)).unwrap();
            key(2).encrypt(&[number, 5], &randomness).unwrap()
        };
        let all: Vec<Ciphertext> = (0..9).map(seal).collect();
        let mut sum = RunningSum::new();
        assert_eq!(sum.finish(), None);
        for (count, ciphertext) in all.iter().enumerate() {
            sum.add(ciphertext).unwrap();
            assert_eq!(sum.finish(), CiphertextSum::of(&all[..=count]).ok());
        }
        // From none, or from the sum of some, it goes on to the same.
        let none = CiphertextSum::none(2).unwrap();
        assert_eq!((none.count(), none.points()), (0, &[Point::identity(); 3][..]));
        assert_eq!(vec![CiphertextSum::none(0), CiphertextSum::none(9)], [None, None]);
        for start in [none, CiphertextSum::of(&all[..4]).unwrap()] {
            let mut sum = RunningSum::from_sum(&start);
            assert_eq!(sum.finish(), Some(start.clone()));
            for ciphertext in all.iter().skip(usize::try_from(start.count()).unwrap()) {
                sum.add(ciphertext).unwrap();
            }
            assert_eq!(sum.finish(), CiphertextSum::of(&all).ok());
        }
        let randomness = Randomness::from_scalar(Scalar::from(3u64)).unwrap();
        let three = key(3).encrypt(&[1, 2, 3], &randomness).unwrap();
        assert_eq!(sum.add(&three), Err(WrongSlots { expected: 2, actual: 3 }));
        assert_eq!(sum.finish(), CiphertextSum::of(&all).ok(), "what was refused was not added");
    }
}
