//! The quotient polynomial `h = (a b - c) / (x^n - 1)` of [Groth16, section 3.2], by transforms of the domain's size.
//!
//! `a`, `b`, `c` interpolate `A z`, `B z`, `C z` over the n-th roots of unity, and `a` also carries the values of the public
//! inputs in the rows behind the last constraint, which makes the inputs' polynomials independent (as libsnark does, so that
//! keys made for arkworks fit). How they are multiplied and divided is told in [`Domain`]'s crate: five transforms for
//! coefficients, six for values.
//!
//! **C is not folded into L.** `C z` is linear, and its share of the sum over H could be taken into the points of query l once per key:
//! with `H_i` for values on the coset and M the matrix that takes values on the roots to values on the coset, `L'_j = L_j -
//! sum_k C_kj G_k` with `G = M^T H`. That would save one transform of five, or two of six, which is below a fiftieth of a proof,
//! and cost a transform of n points, seconds, for every key, another one for its inputs' share, and with it the check of
//! constraints where C is known to be the product of the other two.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec,
    key::QuotientBasis,
    matrices::Products,
};
use ark_bn254::{G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{FftField, Field, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use tabella_lanes::Domain;
use tabella_primitives::Fr;
use zeroize::Zeroizing;

/// The greatest domain: the field has roots of unity of twice its order.
const GREATEST: usize = 1 << 27;

/// Size of the evaluation domain: the power of two at or above constraints and instance variables together.
///
/// `None` beyond 2^27, where the field has no coset of odd powers.
pub(crate) fn domain_size(constraints: usize, instance_variables: usize) -> Option<usize> {
    let rows = constraints.checked_add(instance_variables)?;
    Radix2EvaluationDomain::<Fr>::compute_size_of_domain(rows).filter(|size| *size <= GREATEST)
}

/// The scalars for query h in a basis, as many as the domain has elements.
///
/// [`QuotientBasis::Coefficients`]: coefficients of `h`; the last is zero. [`QuotientBasis::OddCoset`]: values of `a b - c` on the
/// coset `w H`, where `w` generates the roots of unity of twice the domain's order, in the order `w, w^3, w^5, ..`. They
/// determine `a b - c`, which is zero on `H` and has degree below `2 n`: what the quotient is in keys of snarkjs.
///
/// `products` are padded to the domain's size; `instance` is `(1, public inputs)` and stands behind the last constraint.
pub(crate) fn quotient(
    basis: QuotientBasis,
    products: Products,
    constraints: usize,
    instance: &[Fr],
    domain: &Domain,
    cancel: &CancelToken,
) -> Result<Zeroizing<Vec<Fr>>, Cancelled> {
    let Products { mut a, b, c } = products;
    for (row, value) in a.iter_mut().skip(constraints).zip(instance) {
        *row = *value;
    }
    let mut scalars = Zeroizing::new(vec![Fr::zero(); domain.size()]);
    let columns = [a, b, c].map(Column);
    match basis {
        QuotientBasis::Coefficients => domain.quotient(columns, &mut scalars, &exec::Pieces(cancel)),
        QuotientBasis::OddCoset => domain.remainder(columns, &mut scalars, &exec::Pieces(cancel)),
    }?;
    Ok(scalars)
}

/// Values that are erased when the transforms have read them.
struct Column(Zeroizing<Vec<Fr>>);

impl AsRef<[Fr]> for Column {
    fn as_ref(&self) -> &[Fr] {
        &self.0
    }
}

/// The odd powers of a root of unity of twice the domain's order; `None` if the field has no such root.
pub(crate) fn odd_coset(domain: Radix2EvaluationDomain<Fr>) -> Option<Radix2EvaluationDomain<Fr>> {
    let twice = u64::try_from(domain.size()).ok()?.checked_mul(2)?;
    domain.get_coset(Fr::get_root_of_unity(twice)?)
}

/// Query h for values on the odd coset out of query h for coefficients, `d - 1` points `K_j`; `None` if there is no such
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
