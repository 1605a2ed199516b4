//! The Grain LFSR in self-shrinking mode that makes Poseidon's constants [Poseidon, eprint 2019/458, appendix E].
//!
//! Deriving the constants instead of storing them shows that nothing is up anybody's sleeve.

use super::Parameters;
use crate::Fr;
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField};

/// Bits of the field.
const FIELD_BITS: u32 = 254;

/// 80-bit shift register, stepped [`AT_ONCE`] times at once.
struct Grain {
    /// Bit 0 is the oldest.
    state: u128,
    /// Bits that were stepped to and not yet taken, the oldest lowest.
    ready: u16,
    left: u32,
}

/// Steps that depend on no bit of each other: the newest bit that a step looks at is 62, and there are 80.
const AT_ONCE: u32 = u16::BITS;

impl Grain {
    fn new(width: u128, full_rounds: u128, partial_rounds: u128) -> Self {
        // field: 1 (prime), 2 bits; S-box: 0 (x^alpha), 4 bits; n, t, R_F, R_P; thirty ones. Most significant bit first.
        let mut state = 0u128;
        let mut filled = 0;
        for (value, bits) in [
            (1u128, 2),
            (0, 4),
            (u128::from(FIELD_BITS), 12),
            (width, 12),
            (full_rounds, 10),
            (partial_rounds, 10),
            ((1 << 30) - 1, 30),
        ] {
            for bit in (0..bits).rev() {
                state |= ((value >> bit) & 1) << filled;
                filled += 1;
            }
        }
        let mut grain = Self { state, ready: 0, left: 0 };
        for _ in 0..160 {
            grain.step();
        }
        grain
    }

    fn step(&mut self) -> bool {
        if self.left == 0 {
            let s = self.state;
            let bits = ((s >> 62) ^ (s >> 51) ^ (s >> 38) ^ (s >> 23) ^ (s >> 13) ^ s) & u128::from(u16::MAX);
            self.state = (s >> AT_ONCE) | (bits << (80 - AT_ONCE));
            self.ready = u16::try_from(bits).expect("masked to 16 bits");
            self.left = AT_ONCE;
        }
        let bit = self.ready & 1;
        self.ready >>= 1;
        self.left -= 1;
        bit == 1
    }

    /// Self-shrinking: of each pair of bits, the second counts if the first is one.
    fn bit(&mut self) -> bool {
        loop {
            let (keep, bit) = (self.step(), self.step());
            if keep {
                return bit;
            }
        }
    }

    fn integer(&mut self) -> BigInt<4> {
        let mut bits: Vec<bool> = (0..FIELD_BITS).map(|_| self.bit()).collect();
        bits.reverse();
        BigInt::from_bits_le(&bits)
    }

    /// Uniform by rejection.
    fn element(&mut self) -> Fr {
        loop {
            if let Some(element) = Fr::from_bigint(self.integer()) {
                return element;
            }
        }
    }

    /// Reduced, as the reference script does for the matrix.
    fn element_reduced(&mut self) -> Fr {
        let mut integer = self.integer();
        while integer >= Fr::MODULUS {
            integer.sub_with_borrow(&Fr::MODULUS);
        }
        Fr::from_bigint(integer).expect("reduced above")
    }
}

/// Round constants and Cauchy matrix for one width.
pub(super) fn generate(width: usize, full_rounds: usize, partial_rounds: usize) -> Parameters {
    let wide = |n: usize| u128::try_from(n).expect("small");
    let mut grain = Grain::new(wide(width), wide(full_rounds), wide(partial_rounds));
    let round_constants = (0..(full_rounds + partial_rounds) * width).map(|_| grain.element()).collect();
    let mds = loop {
        let elements: Vec<Fr> = (0..2 * width).map(|_| grain.element_reduced()).collect();
        let distinct = elements.iter().enumerate().all(|(i, a)| elements.iter().skip(i + 1).all(|b| a != b));
        let (xs, ys) = elements.split_at(width);
        if distinct && xs.iter().all(|x| ys.iter().all(|y| *x + y != Fr::ZERO)) {
            let inverse = |x: &Fr, y: &Fr| (*x + y).inverse().expect("not zero, checked above");
            break xs.iter().map(|x| ys.iter().map(|y| inverse(x, y)).collect()).collect();
        }
    };
    Parameters { width, partial_rounds, round_constants, mds }
}
