//! arkworks' prover and generator for keys as snarkjs has them.

use ark_ff::PrimeField;
use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP, evaluate_constraint};
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::{ConstraintSystemRef, Matrix, SynthesisError};
use rayon::prelude::*;

/// The quotient for keys of snarkjs: with d rows, and `w` of order 2 d, the values of `a b - c` at the odd powers of `w`, where
/// `a`, `b`, `c` interpolate the products of the matrices over the even ones. A key of snarkjs has no C: `c` is `a b`, row by row.
///
/// The points of query h are `L_j(tau) / delta` for odd j, where `L_j` is 1 at `w^j` and 0 at the other powers of `w`.
#[derive(Debug)]
pub struct OddCoset;

impl R1CSToQAP for OddCoset {
    /// The polynomials of the variables are libsnark's.
    fn instance_map_with_evaluation<F: PrimeField, D: EvaluationDomain<F>>(
        cs: ConstraintSystemRef<F>,
        t: &F,
    ) -> Result<(Vec<F>, Vec<F>, Vec<F>, F, usize, usize), SynthesisError> {
        LibsnarkReduction::instance_map_with_evaluation::<F, D>(cs, t)
    }

    fn witness_map_from_matrices<F: PrimeField, D: EvaluationDomain<F>>(
        matrices: &[Matrix<F>],
        num_inputs: usize,
        num_constraints: usize,
        full_assignment: &[F],
    ) -> Result<Vec<F>, SynthesisError> {
        let too_large = SynthesisError::PolynomialDegreeTooLarge;
        let domain = D::new(num_constraints + num_inputs).ok_or(too_large)?;
        let shift = u64::try_from(2 * domain.size()).ok().and_then(F::get_root_of_unity);
        let coset = shift.and_then(|w| domain.get_coset(w)).ok_or(too_large)?;
        let [left, right, ..] = matrices else { return Err(SynthesisError::AssignmentMissing) };
        let product = |matrix: &Matrix<F>| {
            let mut values: Vec<F> =
                matrix.par_iter().map(|row| evaluate_constraint(row, full_assignment)).collect();
            values.resize(domain.size(), F::zero());
            values
        };
        let (mut a, mut b) = (product(left), product(right));
        for (value, input) in a.iter_mut().skip(num_constraints).zip(&full_assignment[..num_inputs]) {
            *value = *input;
        }
        let mut c: Vec<F> = a.par_iter().zip(&b).map(|(a, b)| *a * b).collect();
        let to_coset = |values: &mut Vec<F>| {
            domain.ifft_in_place(values);
            coset.fft_in_place(values);
        };
        rayon::join(|| to_coset(&mut a), || rayon::join(|| to_coset(&mut b), || to_coset(&mut c)));
        a.par_iter_mut().zip(&b).zip(&c).for_each(|((a, b), c)| *a = *a * b - c);
        Ok(a)
    }

    /// `max_power` is one less than the size of the domain.
    fn h_query_scalars<F: PrimeField, D: EvaluationDomain<F>>(
        max_power: usize,
        t: F,
        _: F,
        delta_inverse: F,
    ) -> Result<Vec<F>, SynthesisError> {
        let twice = D::new(2 * (max_power + 1)).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        let lagrange = twice.evaluate_all_lagrange_coefficients(t);
        Ok(lagrange.iter().skip(1).step_by(2).map(|value| *value * delta_inverse).collect())
    }
}
