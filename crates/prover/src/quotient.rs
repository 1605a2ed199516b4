//! The quotient polynomial `h = (a b - c) / (x^n - 1)` of [Groth16, section 3.2], by six transforms of the domain's size.
//!
//! `a`, `b`, `c` interpolate `A z`, `B z`, `C z` over the n-th roots of unity, and `a` also carries the values of the public
//! inputs in the rows behind the last constraint, which makes the inputs' polynomials independent (as libsnark does, so that
//! keys made for arkworks fit).
//!
//! On the coset `g H` the divisor is the constant `g^n - 1`, and `h (g^n - 1) + c` has degree below n: it is what
//! `a b` interpolates to there. Hence `c` is subtracted as coefficients and needs no second transform.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    matrices::Products,
};
use ark_ff::{FftField, Field, One};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use tabella_primitives::Fr;
use zeroize::Zeroizing;

/// Size of the evaluation domain: the power of two at or above constraints and instance variables together.
///
/// `None` beyond 2^28, where the field has no roots of unity.
pub(crate) fn domain_size(constraints: usize, instance_variables: usize) -> Option<usize> {
    let rows = constraints.checked_add(instance_variables)?;
    Radix2EvaluationDomain::<Fr>::compute_size_of_domain(rows)
}

/// Coefficients of `h`, as many as the domain has elements; the last is zero.
///
/// `products` are padded to the domain's size; `instance` is `(1, public inputs)`.
pub(crate) fn quotient(
    products: Products,
    constraints: usize,
    instance: &[Fr],
    cancel: &CancelToken,
) -> Result<Zeroizing<Vec<Fr>>, Cancelled> {
    let Products { mut a, mut b, mut c } = products;
    let domain = Radix2EvaluationDomain::<Fr>::new(a.len()).expect("the size was computed by `domain_size`");
    let coset = domain.get_coset(Fr::GENERATOR).expect("the generator is not zero");
    for (row, value) in a.iter_mut().skip(constraints).zip(instance) {
        *row = *value;
    }
    let to_coset = |values: &mut Vec<Fr>| {
        domain.ifft_in_place(values);
        cancel.check()?;
        coset.fft_in_place(values);
        cancel.check()
    };
    let ((a_done, b_done), ()) =
        exec::join(|| exec::join(|| to_coset(&mut a), || to_coset(&mut b)), || domain.ifft_in_place(&mut *c));
    a_done.and(b_done)?;
    exec::for_each(&mut a, |i, a| *a *= &b[i]);
    coset.ifft_in_place(&mut *a);
    let divisor = Fr::GENERATOR.pow([u64::try_from(domain.size()).expect("at most 2^28")]) - Fr::one();
    let inverse = divisor.inverse().expect("the generator's order is greater than any domain's");
    exec::for_each(&mut a, |i, a| *a = (*a - c[i]) * inverse);
    Ok(a)
}
