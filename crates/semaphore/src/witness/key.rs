//! The wires of the public key: fixed-base multiplication of circomlib's `EscalarMulFix`.
//!
//! circomlib divides in each of its 85 additions. Here the sums are formed in projective coordinates first, and all divisions
//! of a stage become one [Montgomery's trick], a power with a public exponent. The steps do not depend on the secret.

use super::{
    table::{self, Extended, Multiple},
    wires::{ADDITION, Segment, write, write_bits},
};
use ark_ff::{BigInt, Field, PrimeField};
use tabella_primitives::{
    Fr,
    edwards::{A, D},
};
use zeroize::Zeroizing;

/// r - 2, the exponent of an inverse after Fermat.
const R_MINUS_2: [u64; 4] = {
    let [low, rest @ ..] = Fr::MODULUS.0;
    // r ends in 1 in binary, and its low limb is far above 2.
    [low - 2, rest[0], rest[1], rest[2]]
};

/// Replaces each element by its inverse. `None` if one of them is zero.
fn invert_all(elements: &mut [Fr]) -> Option<()> {
    let mut before = Zeroizing::new(Vec::with_capacity(elements.len()));
    let mut product = Zeroizing::new(Fr::ONE);
    for element in elements.iter() {
        before.push(*product);
        *product *= element;
    }
    let mut inverse = Zeroizing::new(product.pow(R_MINUS_2));
    if *product * *inverse != Fr::ONE {
        return None;
    }
    for (element, before) in elements.iter_mut().zip(before.iter()).rev() {
        let next = *inverse * *element;
        *element = *inverse * before;
        *inverse = next;
    }
    Some(())
}

/// Three bits of an integer as a number, from bit `3 window` on.
fn digit(bits: &BigInt<4>, window: usize) -> u64 {
    let mut shifted = Zeroizing::new(*bits);
    *shifted >>= u32::try_from(3 * window).expect("below 256");
    let [low, ..] = shifted.0;
    low & 7
}

/// Adds up one segment and writes its wires; the answer is (x, y) of its share. `None` if a division is by zero.
fn segment(digits: &[u64], table: &table::Segment, wires: &mut Segment<'_>) -> Option<Zeroizing<[Fr; 2]>> {
    let count = digits.len();
    let mut windows = Zeroizing::new(Vec::<Multiple>::with_capacity(count));
    let mut sums = Zeroizing::new(Vec::<Extended>::with_capacity(count));
    // Divisors: those of the sums' Montgomery coordinates, and z of the last sum.
    let mut divisors = Zeroizing::new(Vec::<Fr>::with_capacity(count + 1));
    let mut sum = Zeroizing::new(Extended::from(&table.start));
    for (digit, window) in digits.iter().zip(&table.windows) {
        let selected = window.select(*digit);
        *sum = sum.plus(&selected);
        windows.push(selected);
        sums.push(*sum);
        divisors.push((sum.z - sum.y) * sum.x);
    }
    divisors.push(sum.z);
    invert_all(&mut divisors)?;
    let last_z = Zeroizing::new(divisors.pop()?);

    // u = (z + y) / (z - y), v = u z / x.
    let mut points = Zeroizing::new(Vec::<[Fr; 2]>::with_capacity(count + 1));
    points.push([table.start.u, table.start.v]);
    for (sum, inverse) in sums.iter().zip(divisors.iter()) {
        let scaled = (sum.z + sum.y) * inverse;
        points.push([scaled * sum.x, scaled * sum.z]);
    }
    let mut slopes = Zeroizing::new(Vec::<Fr>::with_capacity(count));
    slopes.extend(windows.iter().zip(points.iter()).map(|(window, [u, _])| window.u - u));
    invert_all(&mut slopes)?;

    let mut additions = wires.additions.chunks_mut(ADDITION);
    for (((window, slope), before), after) in
        windows.iter().zip(slopes.iter()).zip(points.iter()).zip(points.iter().skip(1))
    {
        let [_, before_v] = before;
        let slope = (window.v - before_v) * slope;
        let [u, v] = *after;
        match additions.next()? {
            whole if whole.len() == ADDITION => write(whole, [u, v, window.u, window.v, slope]),
            without_window => write(without_window, [u, v, slope]),
        }
    }
    for ((wire, window), digit) in wires.products.iter_mut().zip(&table.windows).zip(digits) {
        *wire = window.product * Fr::from(digit & (digit >> 1) & 1);
    }

    // The start and the ones in `1 + w` are taken away again, on the Edwards curve.
    let (x, y) = (sum.x * *last_z, sum.y * *last_z);
    let (other_x, other_y) = (-table.correction.0, table.correction.1);
    let (beta, gamma) = (x * other_y, y * other_x);
    let tau = beta * gamma;
    write(wires.correction, [x, y, tau]);
    let mut inverses = Zeroizing::new([Fr::ONE + D * tau, Fr::ONE - D * tau]);
    invert_all(&mut *inverses)?;
    let [below_x, below_y] = *inverses;
    let delta = (y - A * x) * (other_x + other_y);
    Some(Zeroizing::new([(beta + gamma) * below_x, (delta + A * beta - gamma) * below_y]))
}

/// Writes the wires of the multiplication of B8 by a scalar below l: its bits, both segments, their sum.
///
/// `None` for the one scalar in 2^249 or so for which circomlib's additions meet the identity; it has no witness.
pub(super) fn multiply(
    scalar: &BigInt<4>,
    bits: &mut [Fr],
    segments: &mut [Segment<'_>; 2],
    sum: &mut [Fr],
) -> Option<()> {
    write_bits(bits, &scalar.0);
    let [first_table, second_table] = table::segments();
    let [first, second] = segments;
    let digits = |from: usize, count: usize| {
        Zeroizing::new((from..from + count).map(|window| digit(scalar, window)).collect::<Vec<u64>>())
    };
    let windows = first_table.windows.len();
    let one = segment(&digits(0, windows), first_table, first)?;
    let two = segment(&digits(windows, second_table.windows.len()), second_table, second)?;
    let ([x1, y1], [x2, y2]) = (*one, *two);
    let (beta, gamma) = (x1 * y2, y1 * x2);
    let delta = (y1 - A * x1) * (x2 + y2);
    write(sum, [x1, y1, x2, y2, beta, gamma, delta, beta * gamma]);
    Some(())
}
