//! The final exponentiation of the pairing, which makes the value of a Miller loop unique.

use crate::tower::Element12;
use ark_bn254::Config as Curve;
use ark_ec::bn::BnConfig;

/// Digits of x, lowest first, in `-7, -5, .., 7` and 0, of four neighbours at most one not 0.
const X_DIGITS: [i8; 64] = x_digits();

#[allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "computed by the compiler, which would refuse"
)]
const fn x_digits() -> [i8; 64] {
    let mut digits = [0; 64];
    let mut rest = Curve::X[0];
    let mut place = 0;
    while rest > 0 {
        if rest % 2 == 1 {
            let digit = (rest % 16) as i8;
            let digit = if digit >= 8 { digit - 16 } else { digit };
            rest = if digit < 0 { rest + digit.unsigned_abs() as u64 } else { rest - digit as u64 };
            digits[place] = digit;
        }
        rest /= 2;
        place += 1;
    }
    digits
}

/// `value^-x` for a value of the cyclotomic subgroup, in which conjugates are inverses.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn exp_by_minus_x(value: &Element12) -> Element12 {
    let square = value.cyclotomic_squared();
    // value^1, value^3, value^5, value^7
    let mut odd = [*value; 4];
    let mut power = *value;
    for slot in odd.iter_mut().skip(1) {
        power = power.times(&square);
        *slot = power;
    }
    let mut product = Element12::ONE;
    for digit in X_DIGITS.iter().rev().skip_while(|digit| **digit == 0) {
        product = product.cyclotomic_squared();
        let place = usize::from(digit.unsigned_abs() / 2);
        if let (true, Some(power)) = (*digit != 0, odd.get(place)) {
            product = product.times(&if *digit < 0 { power.conjugated() } else { *power });
        }
    }
    product.conjugated()
}

/// The final exponentiation, by `2 x (6 x^2 + 3 x + 1) (q^12 - 1) / r` [L. Fuentes-Castaneda, E. Knapp, F. Rodriguez-Henriquez,
/// "Faster hashing to G2", SAC 2011, section 5]: the extra factor is prime to r. `None` for 0, which no Miller loop gives.
pub(crate) fn final_exponentiation(value: &Element12) -> Option<Element12> {
    // To the (q^6 - 1) (q^2 + 1).
    let easy = value.conjugated().times(&value.inverse()?);
    let m = easy.frobenius(2).times(&easy);
    // Exponents of m, in x:
    let y0 = exp_by_minus_x(&m); //                     -x
    let y1 = y0.cyclotomic_squared(); //                -2x
    let y3 = y1.cyclotomic_squared().times(&y1); //     -6x
    let y4 = exp_by_minus_x(&y3); //                    6x^2
    let y6 = exp_by_minus_x(&y4.cyclotomic_squared()); // -12x^3
    let y7 = y6.conjugated().times(&y4); //             12x^3 + 6x^2
    let y8 = y7.times(&y3.conjugated()); //             12x^3 + 6x^2 + 6x
    let y9 = y8.times(&y1); //                          12x^3 + 6x^2 + 4x
    let y11 = y8.times(&y4).times(&m); //               12x^3 + 12x^2 + 6x + 1
    let y15 = m.conjugated().times(&y9); //             12x^3 + 6x^2 + 4x - 1
    // y11 + q y9 + q^2 y8 + q^3 y15
    let low = y9.frobenius(1).times(&y11);
    let high = y15.frobenius(3).times(&y8.frobenius(2));
    Some(low.times(&high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Bn254, Fq12};
    use ark_ec::pairing::{MillerLoopOutput, Pairing};
    use ark_ff::{Field, PrimeField, UniformRand, Zero};
    use num_bigint::BigInt;
    use std::vec::Vec;

    #[test]
    fn the_final_exponentiation_is_that_of_arkworks() {
        let mut rng = ark_std::test_rng();
        let mut values: Vec<Fq12> = (0..20).map(|_| Fq12::rand(&mut rng)).collect();
        values.extend([Fq12::ONE, -Fq12::ONE, Fq12::zero()]);
        for value in values {
            let expected = Bn254::final_exponentiation(MillerLoopOutput(value)).map(|output| output.0);
            assert_eq!(final_exponentiation(&Element12::of(&value)).map(Element12::to_field), expected);
        }
        // The factor by which the exponent exceeds (q^12 - 1) / r is prime to r, so that only 1 becomes 1.
        let x = BigInt::from(Curve::X[0]);
        let factor: BigInt = 2 * &x * (6 * &x * &x + 3 * &x + 1);
        let r = BigInt::from_bytes_le(
            num_bigint::Sign::Plus,
            &ark_ff::BigInteger::to_bytes_le(&ark_bn254::Fr::MODULUS),
        );
        assert!(factor < r && factor > BigInt::ZERO, "less than a prime, and not 0");
    }

    #[test]
    fn the_digits_are_those_of_x() {
        let sum = X_DIGITS.iter().rev().fold(0i128, |sum, digit| 2 * sum + i128::from(*digit));
        assert_eq!(sum, i128::from(Curve::X[0]));
        assert!(X_DIGITS.iter().all(|digit| *digit == 0 || (digit % 2 != 0 && digit.abs() < 8)));
        assert!(X_DIGITS.windows(4).all(|four| four.iter().filter(|digit| **digit != 0).count() <= 1));
    }
}
