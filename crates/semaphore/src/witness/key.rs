//! The wires of the public key: fixed-base multiplication of circomlib's `EscalarMulFix`.
//!
//! circomlib divides in each of its 85 additions. Here the sums are formed in projective coordinates first, and all divisions
//! of a stage become one [Montgomery's trick], a power with a public exponent. The steps do not depend on the secret.

use super::{
    inversion::invert_all,
    table::{self, Extended, Multiple},
    wires::{ADDITION, Segment, write, write_bits},
};
use ark_ff::{BigInt, Field};
use tabella_primitives::{
    Fr,
    edwards::{A, D},
    montgomery::product,
};
use zeroize::Zeroizing;

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
        *sum = sum.plus(&Extended::from(&selected));
        windows.push(selected);
        sums.push(*sum);
        divisors.push(product(&(sum.z - sum.y), &sum.x));
    }
    divisors.push(sum.z);
    invert_all(&mut divisors)?;
    let last_z = Zeroizing::new(divisors.pop()?);

    // u = (z + y) / (z - y), v = u z / x.
    let mut points = Zeroizing::new(Vec::<[Fr; 2]>::with_capacity(count + 1));
    points.push([table.start.u, table.start.v]);
    for (sum, inverse) in sums.iter().zip(divisors.iter()) {
        let scaled = product(&(sum.z + sum.y), inverse);
        points.push([product(&scaled, &sum.x), product(&scaled, &sum.z)]);
    }
    let mut slopes = Zeroizing::new(Vec::<Fr>::with_capacity(count));
    slopes.extend(windows.iter().zip(points.iter()).map(|(window, [u, _])| window.u - u));
    invert_all(&mut slopes)?;

    let mut additions = wires.additions.chunks_mut(ADDITION);
    for (((window, slope), before), after) in
        windows.iter().zip(slopes.iter()).zip(points.iter()).zip(points.iter().skip(1))
    {
        let [_, before_v] = before;
        let slope = product(&(window.v - before_v), slope);
        let [u, v] = *after;
        match additions.next()? {
            whole if whole.len() == ADDITION => write(whole, [u, v, window.u, window.v, slope]),
            without_window => write(without_window, [u, v, slope]),
        }
    }
    for ((wire, window), digit) in wires.products.iter_mut().zip(&table.windows).zip(digits) {
        *wire = product(&window.product, &Fr::from(digit & (digit >> 1) & 1));
    }

    // The start and the ones in `1 + w` are taken away again, on the Edwards curve.
    let (x, y) = (product(&sum.x, &last_z), product(&sum.y, &last_z));
    let (share, [_, _, _, tau]) = plus([x, y], [-table.correction.0, table.correction.1])?;
    write(wires.correction, [x, y, tau]);
    Some(Zeroizing::new(share))
}

/// The sum of two points of the Edwards curve, and what circomlib's `BabyAdd` has on the way: beta, gamma, delta, tau. `None` if a division
/// is by zero.
fn plus([x1, y1]: [Fr; 2], [x2, y2]: [Fr; 2]) -> Option<([Fr; 2], [Fr; 4])> {
    let (beta, gamma) = (product(&x1, &y2), product(&y1, &x2));
    let delta = product(&(y1 - product(&A, &x1)), &(x2 + y2));
    let tau = product(&beta, &gamma);
    let mut inverses = Zeroizing::new([Fr::ONE + product(&D, &tau), Fr::ONE - product(&D, &tau)]);
    invert_all(&mut *inverses)?;
    let [below_x, below_y] = *inverses;
    let above = [beta + gamma, delta + product(&A, &beta) - gamma];
    Some(([product(&above[0], &below_x), product(&above[1], &below_y)], [beta, gamma, delta, tau]))
}

/// Writes the wires of the multiplication of B8 by a scalar below l: its bits, both segments, their sum. The answer is (x, y) of the product.
///
/// `None` for the one scalar in 2^249 or so for which circomlib's additions meet the identity; it has no witness.
pub(super) fn multiply(
    scalar: &BigInt<4>,
    bits: &mut [Fr],
    segments: &mut [Segment<'_>; 2],
    sum: &mut [Fr],
) -> Option<[Fr; 2]> {
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
    let (public_key, [beta, gamma, delta, tau]) = plus(*one, *two)?;
    write(sum, [x1, y1, x2, y2, beta, gamma, delta, tau]);
    Some(public_key)
}
