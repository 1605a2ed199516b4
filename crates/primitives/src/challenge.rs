//! Challenges that a circuit recomputes: 128 bits of a Poseidon hash, as scalars that a circuit multiplies by without exceptions.

use crate::{Fr, edwards::Scalar};
use ark_ff::PrimeField;

/// A challenge B of 128 bits, which stands for the scalar `2^128 + 1 + 2 B`: different for different B, odd, and below `2^130`, far below l.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CircuitChallenge(u128);

impl CircuitChallenge {
    /// Number of bits.
    pub const BITS: usize = 128;

    /// The lowest 128 bits of a hash.
    #[must_use]
    pub fn of_hash(hash: &Fr) -> Self {
        let [low, high, ..] = hash.into_bigint().0;
        Self(u128::from(high) << 64 | u128::from(low))
    }

    /// A challenge that came with a proof.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// B.
    #[must_use]
    pub const fn bits(&self) -> u128 {
        self.0
    }

    /// `2^128 + 1 + 2 B`.
    #[must_use]
    pub fn to_scalar(&self) -> Scalar {
        let half = Scalar::from(1u128 << 127);
        let low = Scalar::from(self.0);
        half + half + Scalar::from(1u64) + low + low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Field;

    #[test]
    fn bits_are_the_lowest_and_scalars_are_what_they_are_said_to_be() {
        let two = Fr::from(2u64);
        let hash = two.pow([200]) + two.pow([128]) + two.pow([127]) + Fr::from(5u64);
        let challenge = CircuitChallenge::of_hash(&hash);
        assert_eq!(challenge.bits(), (1 << 127) + 5);
        let power = Scalar::from(2u64).pow([128]);
        assert_eq!(challenge.to_scalar(), power + Scalar::from(1u64) + power + Scalar::from(10u64));
        assert_eq!(CircuitChallenge::from_bits(0).to_scalar(), power + Scalar::from(1u64));
        let greatest = CircuitChallenge::from_bits(u128::MAX).to_scalar();
        assert_eq!(greatest, power + power + power - Scalar::from(1u64));
    }
}
