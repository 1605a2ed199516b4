//! Multi-scalar multiplications, and the proof put together from them.
//!
//! [Groth16, section 3.2], with `z` the assignment, `h` the quotient and r, s the blinding:
//!
//! ```text
//! A = alpha + sum z_i A_i + r delta                      in G1
//! B = beta  + sum z_i B_i + s delta                      in G2, and once more in G1 for C
//! C = sum w_i L_i + sum h_i H_i + s A + r B1 - r s delta in G1
//! ```

use crate::{exec, key::Queries};
use ark_bn254::{G1Affine, G1Projective, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{BigInt, PrimeField, UniformRand};
use tabella_primitives::{
    Fr,
    rng::{ArkRng, CryptoRng},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The blinding factors of one proof. Whoever learns them learns the witness' commitments; erased when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Blinding {
    pub(crate) r: Fr,
    pub(crate) s: Fr,
}

impl Blinding {
    pub(crate) fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut rng = ArkRng(rng);
        Self { r: Fr::rand(&mut rng), s: Fr::rand(&mut rng) }
    }
}

/// Exponents as the multiplications want them. Erased when dropped.
fn integers(scalars: &[Fr]) -> Zeroizing<Vec<BigInt<4>>> {
    Zeroizing::new(exec::map(scalars, |scalar| scalar.into_bigint()))
}

/// A proof's three points: A in G1, B in G2, C in G1.
pub(crate) type Points = (G1Affine, ark_bn254::G2Affine, G1Affine);

/// `assignment` is `(1, public inputs, witness)`, `witness_start` where the witness begins in it, `quotient` as
/// [`crate::quotient::quotient`] gives it.
pub(crate) fn assemble(
    key: &Queries,
    assignment: &[Fr],
    witness_start: usize,
    quotient: &[Fr],
    blinding: &Blinding,
) -> Points {
    let values = integers(assignment);
    let witness = &values[witness_start..];
    let coefficients = integers(quotient);
    // Sums of the witness without blinding: as secret as the witness.
    let ((a, b1), (b2, c)) = exec::join(
        || {
            exec::join(
                || Zeroizing::new(G1Projective::msm_bigint(&key.a, &values)),
                || Zeroizing::new(G1Projective::msm_bigint(&key.b_g1, &values)),
            )
        },
        || {
            exec::join(
                || Zeroizing::new(G2Projective::msm_bigint(&key.b_g2, &values)),
                || {
                    let mut sum = G1Projective::msm_bigint(&key.l, witness);
                    sum += G1Projective::msm_bigint(&key.h, &coefficients);
                    Zeroizing::new(sum)
                },
            )
        },
    );
    let Blinding { r, s } = blinding;
    let a = key.delta_g1 * *r + key.alpha_g1 + *a;
    let b1 = Zeroizing::new(key.delta_g1 * *s + key.beta_g1 + *b1);
    let b2 = key.delta_g2 * *s + key.beta_g2 + *b2;
    let c = *c + a * *s + *b1 * *r - key.delta_g1 * (*r * *s);
    (a.into_affine(), b2.into_affine(), c.into_affine())
}
