//! Quotients over domains of so few elements that they would not fill vectors, by the definition. Tells no more of values by its time than
//! arkworks' products do.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field};

/// Coefficients, as secret as the values that they are of. Overwritten when dropped.
struct Polynomial(Vec<Fr>);

impl Drop for Polynomial {
    fn drop(&mut self) {
        self.0.fill(Fr::ZERO);
        core::hint::black_box(&mut self.0);
    }
}

impl Polynomial {
    /// The polynomial with these values on the domain: coefficient i is `1/n` times the sum of all `v_j w^(-i j)`.
    fn with_values(values: &[Fr]) -> Self {
        let size = values.len();
        let scale = Fr::from(size as u64).inverse();
        let (Some(scale), Some(root)) = (scale, root(size).inverse()) else {
            unreachable!("sizes and roots are units")
        };
        let powers = (0..size).map(|i| root.pow([i as u64]));
        Self(powers.map(|power| scale * value(values, power)).collect())
    }

    fn at(&self, point: Fr) -> Fr {
        value(&self.0, point)
    }
}

/// The sum of `coefficients[i] point^i`.
fn value(coefficients: &[Fr], point: Fr) -> Fr {
    coefficients.iter().rev().fold(Fr::ZERO, |sum, coefficient| sum * point + coefficient)
}

/// A root of unity of an order that is a small power of two.
fn root(order: usize) -> Fr {
    let Some(root) = Fr::get_root_of_unity(order as u64) else {
        unreachable!("the field has roots of order 2^28")
    };
    root
}

/// See [`Domain::quotient`](crate::Domain::quotient). With c of lower degree than the divisor, it does not take part.
pub(crate) fn quotient([a, b]: [&[Fr]; 2], out: &mut [Fr]) {
    let [a, b] = [a, b].map(Polynomial::with_values);
    let size = out.len();
    for (i, out) in out.iter_mut().enumerate() {
        *out = (i + 1..size).map(|j| a.0[j] * b.0[size + i - j]).sum();
    }
}

/// See [`Domain::remainder`](crate::Domain::remainder).
pub(crate) fn remainder(columns: [&[Fr]; 3], out: &mut [Fr]) {
    let [a, b, c] = columns.map(Polynomial::with_values);
    let root = root(2 * out.len());
    for (i, out) in out.iter_mut().enumerate() {
        let point = root.pow([2 * i as u64 + 1]);
        *out = a.at(point) * b.at(point) - c.at(point);
    }
}
