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
    key::QuotientBasis,
    matrices::Products,
};
use ark_bn254::{G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{FftField, Field, One};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use tabella_lanes::{Domain, Elements, Kernel};
use tabella_primitives::Fr;
use zeroize::Zeroizing;

/// Size of the evaluation domain: the power of two at or above constraints and instance variables together.
///
/// `None` beyond 2^28, where the field has no roots of unity.
pub(crate) fn domain_size(constraints: usize, instance_variables: usize) -> Option<usize> {
    let rows = constraints.checked_add(instance_variables)?;
    Radix2EvaluationDomain::<Fr>::compute_size_of_domain(rows)
}

/// The coset on which a quotient in this basis is computed, for a domain of `size` elements.
///
/// `None` if the field has no such domain, or no such coset.
pub(crate) fn domain(kernel: Kernel, size: usize, basis: QuotientBasis) -> Option<Domain> {
    let shift = match basis {
        QuotientBasis::Coefficients => Fr::GENERATOR,
        QuotientBasis::OddCoset => odd_coset(Radix2EvaluationDomain::new(size)?)?.coset_offset(),
    };
    Domain::new(kernel, size, shift)
}

/// The columns in the form of the domain's kernel. The values of `instance`, `(1, public inputs)`, stand behind the last
/// constraint.
fn columns(products: Products, constraints: usize, instance: &[Fr], domain: &Domain) -> [Elements; 3] {
    let Products { mut a, b, c } = products;
    for (row, value) in a.iter_mut().skip(constraints).zip(instance) {
        *row = *value;
    }
    [a, b, c].map(|column| domain.store(&column))
}

/// Coefficients of `h`, as many as the domain has elements; the last is zero.
///
/// `products` are padded to the domain's size; `instance` is `(1, public inputs)`.
pub(crate) fn quotient(
    products: Products,
    constraints: usize,
    instance: &[Fr],
    domain: &Domain,
    cancel: &CancelToken,
) -> Result<Zeroizing<Vec<Fr>>, Cancelled> {
    let [mut a, mut b, mut c] = columns(products, constraints, instance, domain);
    exec::join(
        || domain.move_to_coset(&mut a),
        || exec::join(|| domain.move_to_coset(&mut b), || domain.interpolate(&mut c)),
    );
    cancel.check()?;
    domain.multiply(&mut a, &b, None);
    domain.interpolate_from_coset(&mut a);
    cancel.check()?;
    let mut h = Zeroizing::new(domain.load(&a));
    let c = Zeroizing::new(domain.load(&c));
    let divisor = Fr::GENERATOR.pow([u64::try_from(h.len()).expect("at most 2^28")]) - Fr::one();
    let inverse = divisor.inverse().expect("the generator's order is greater than any domain's");
    exec::for_each(&mut h, |i, h| *h = (*h - c[i]) * inverse);
    Ok(h)
}

/// Values of `a b - c` on the coset `w H`, where `w` generates the roots of unity of twice the domain's order: as many as the
/// domain has elements, in the order `w, w^3, w^5, ..`.
///
/// They determine `a b - c`, which is zero on `H` and has degree below `2 n`: what the quotient is in keys of snarkjs
/// ([`QuotientBasis::OddCoset`](crate::key::QuotientBasis::OddCoset)). Arguments as for [`quotient`]; the domain is at most
/// half of the greatest.
pub(crate) fn remainder_on_odd_coset(
    products: Products,
    constraints: usize,
    instance: &[Fr],
    domain: &Domain,
    cancel: &CancelToken,
) -> Result<Zeroizing<Vec<Fr>>, Cancelled> {
    let [mut a, mut b, mut c] = columns(products, constraints, instance, domain);
    exec::join(
        || domain.move_to_coset(&mut a),
        || exec::join(|| domain.move_to_coset(&mut b), || domain.move_to_coset(&mut c)),
    );
    cancel.check()?;
    domain.multiply(&mut a, &b, Some(&c));
    Ok(Zeroizing::new(domain.load(&a)))
}

/// Whether [`odd_coset`] exists for a domain of this size.
pub(crate) fn has_odd_coset(domain_size: usize) -> bool {
    Radix2EvaluationDomain::new(domain_size).and_then(odd_coset).is_some()
}

/// The odd powers of a root of unity of twice the domain's order; `None` if the field has no such root.
pub(crate) fn odd_coset(domain: Radix2EvaluationDomain<Fr>) -> Option<Radix2EvaluationDomain<Fr>> {
    let twice = u64::try_from(domain.size()).ok()?.checked_mul(2)?;
    domain.get_coset(Fr::get_root_of_unity(twice)?)
}

/// Query h for [`remainder_on_odd_coset`] out of query h for [`quotient`], `d - 1` points `K_j`; `None` if there is no such
/// coset.
///
/// On the coset the divisor is -2 and `h` has the values `v_i = -(a b - c)(w^{2i+1}) / 2`, so that its coefficients are
/// `h_j = w^-j / d sum_i v_i w^{-2ij}`. Hence `sum_j h_j K_j` is `sum_i (a b - c)(w^{2i+1}) H_i` with
/// `H_i = sum_j (-w^-j K_j / 2) w^{-2ij} / d`: an inverse transform of points. `h` has degree at most `d - 2`, hence
/// the missing `K_{d-1}` can be anything; here it is the identity.
pub(crate) fn to_odd_coset(h: &[G1Affine], domain_size: usize) -> Option<Vec<G1Affine>> {
    let domain = Radix2EvaluationDomain::<Fr>::new(domain_size)?;
    let inverse = odd_coset(domain)?.coset_offset_inv();
    let mut scale = -Fr::from(2).inverse()?;
    let scaled: Vec<_> = h
        .iter()
        .map(|point| {
            let factor = scale;
            scale *= inverse;
            (*point, factor)
        })
        .collect();
    let mut points = exec::map(&scaled, |(point, factor)| *point * *factor);
    domain.ifft_in_place(&mut points);
    Some(G1Projective::normalize_batch(&points))
}
