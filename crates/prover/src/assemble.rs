//! Multi-scalar multiplications, and the proof put together from them.
//!
//! [Groth16, section 3.2], with `z` the assignment, `h` the quotient and r, s the blinding:
//!
//! ```text
//! A = alpha + sum z_i A_i + r delta                      in G1
//! B = beta  + sum z_i B_i + s delta                      in G2, and once more in G1 for C
//! C = sum w_i L_i + sum h_i H_i + s A + r B1 - r s delta in G1
//! ```

use crate::{
    blinding::Blinding,
    cancel::{CancelToken, Cancelled},
    exec,
    key::Queries,
};
use ark_bn254::{G1Affine, G1Projective, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{BigInt, PrimeField};
use core::ops::Add;
use tabella_primitives::Fr;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The sums of a proof, without alpha, beta and blinding: as secret as the witness, erased when dropped.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Sums {
    /// `sum z_i A_i`.
    a: G1Projective,
    /// `sum z_i B_i` in G1.
    b1: G1Projective,
    /// `sum z_i B_i` in G2.
    b2: G2Projective,
    /// `sum w_i L_i + sum h_i H_i`.
    c: G1Projective,
}

/// The sums for the sum of two assignments and of two quotients.
impl Add for &Sums {
    type Output = Sums;
    fn add(self, other: Self) -> Sums {
        Sums { a: self.a + other.a, b1: self.b1 + other.b1, b2: self.b2 + other.b2, c: self.c + other.c }
    }
}

/// Exponents as the multiplications want them. Erased when dropped.
fn integers(scalars: &[Fr]) -> Zeroizing<Vec<BigInt<4>>> {
    Zeroizing::new(exec::map(scalars, |scalar| scalar.into_bigint()))
}

/// The sums for values of all variables, `(1, public inputs, witness)`, the witness beginning at `witness_start`, and for a
/// quotient as [`crate::quotient::quotient`] gives it.
///
/// Linear in `values` and `quotient` together; zeros cost nothing, and an empty quotient stands for 0. So the difference
/// of two assignments that differ in few places is cheap.
pub(crate) fn sums(
    key: &Queries,
    values: &[Fr],
    witness_start: usize,
    quotient: &[Fr],
    cancel: &CancelToken,
) -> Result<Sums, Cancelled> {
    let values = integers(values);
    let coefficients = integers(quotient);
    let g1 = |points: &[G1Affine], scalars: &[BigInt<4>]| {
        cancel.check().map(|()| Zeroizing::new(G1Projective::msm_bigint(points, scalars)))
    };
    let ((a, b1), (b2, c)) = exec::join(
        || exec::join(|| g1(&key.a, &values), || g1(&key.b_g1, &values)),
        || {
            exec::join(
                || cancel.check().map(|()| Zeroizing::new(G2Projective::msm_bigint(&key.b_g2, &values))),
                || Ok(Zeroizing::new(*g1(&key.l, &values[witness_start..])? + *g1(&key.h, &coefficients)?)),
            )
        },
    );
    Ok(Sums { a: *a?, b1: *b1?, b2: *b2?, c: *c? })
}

/// A proof's three points: A in G1, B in G2, C in G1.
pub(crate) type Points = (G1Affine, ark_bn254::G2Affine, G1Affine);

/// Adds what is the same in every proof, and the blinding.
pub(crate) fn assemble(key: &Queries, sums: &Sums, blinding: &Blinding) -> Points {
    let Blinding { r, s } = blinding;
    let a = key.delta_g1 * *r + key.alpha_g1 + sums.a;
    let b1 = Zeroizing::new(key.delta_g1 * *s + key.beta_g1 + sums.b1);
    let b2 = key.delta_g2 * *s + key.beta_g2 + sums.b2;
    let c = sums.c + a * *s + *b1 * *r - key.delta_g1 * (*r * *s);
    (a.into_affine(), b2.into_affine(), c.into_affine())
}
