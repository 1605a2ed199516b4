//! The proof put together from its sums.
//!
//! [Groth16, section 3.2], with `z` the assignment, `h` the quotient and r, s the blinding:
//!
//! ```text
//! A = alpha + sum z_i A_i + r delta                      in G1
//! B = beta  + sum z_i B_i + s delta                      in G2, and once more in G1 for C
//! C = sum w_i L_i + sum h_i H_i + s A + r B1 - r s delta in G1
//! ```
//!
//! The sum for B in G1 is there for `r B1` alone. It is saved by proving with r = 0 and rerandomising the proof, as anybody could
//! ([Bowe, Gabizon: Making Groth's zk-SNARK simulation extractable in the random oracle model, 2018, section 1.1]), with r in
//! the role of a scale:
//!
//! ```text
//! A = (alpha + sum z_i A_i) / r
//! B = (beta + sum z_i B_i + s delta) r
//! C = sum w_i L_i + sum h_i H_i + s (alpha + sum z_i A_i)
//! ```
//!
//! where `s delta` is one more term of the sum.
//!
//! This is a proof of the same distribution. Let `a = alpha + sum z_i A_i` not be the identity. A is uniform among the points
//! other than the identity, for r is uniform and not zero. Given A, that is given r, B is uniform in G2, for s is uniform. And C
//! is the one point that satisfies the verification equation with A and B, as it is in the first form. The first form differs
//! only in that A can be the identity, with probability 2^-254. Where `a` is the identity, which says something of the
//! witness, the first form is used.

use crate::{
    blinding::Blinding,
    cancel::{CancelToken, Cancelled},
    exec,
    key::Queries,
    msm::multiple,
    tables::Tables,
};
use ark_bn254::{G1Affine, G1Projective, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, Zero};
use core::ops::Add;
use tabella_lanes::{G1, G2};
use tabella_primitives::Fr;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The sums of a proof, without alpha, beta and blinding: as secret as the witness, erased when dropped.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Sums {
    /// `sum z_i A_i`.
    a: G1Projective,
    /// `sum z_i B_i` in G2.
    b2: G2Projective,
    /// `sum w_i L_i + sum h_i H_i`.
    c: G1Projective,
}

/// The sums for the sum of two assignments and of two quotients.
impl Add for &Sums {
    type Output = Sums;
    fn add(self, other: Self) -> Sums {
        Sums { a: self.a + other.a, b2: self.b2 + other.b2, c: self.c + other.c }
    }
}

/// The sums for values of all variables, `(1, public inputs, witness)`, and for a quotient as
/// [`crate::quotient::quotient`] gives it.
///
/// Linear in `values` and `quotient` together; zeros cost nothing, and an empty quotient stands for 0. So the difference
/// of two assignments that differ in few places is cheap.
pub(crate) fn sums(
    tables: &Tables,
    values: &[Fr],
    quotient: &[Fr],
    cancel: &CancelToken,
) -> Result<Sums, Cancelled> {
    let (a, b2, c) = tables.products(values, quotient, &Fr::zero(), (|a| a, |b2| b2), cancel)?;
    Ok(Sums { a: *a, b2: *b2, c: *c })
}

/// A proof's three points: A in G1, B in G2, C in G1.
pub(crate) type Points = (G1Affine, ark_bn254::G2Affine, G1Affine);

/// The proof in the second form, for sums as in [`sums`] and `before`, others that were made already; `None` where the form would say
/// something of the witness.
pub(crate) fn rerandomised(
    key: &Queries,
    tables: &Tables,
    [values, quotient]: [&[Fr]; 2],
    before: Option<&Sums>,
    blinding: &Blinding,
    cancel: &CancelToken,
) -> Result<Option<Points>, Cancelled> {
    let Blinding { r, s } = blinding;
    let none = Sums::default();
    let before = before.unwrap_or(&none);
    let Some(scale) = r.inverse().map(Zeroizing::new) else { return Ok(None) };
    let with_a = |sum: Zeroizing<G1Projective>| {
        let a = Zeroizing::new(*sum + before.a + key.alpha_g1);
        let (scaled, for_c) =
            exec::join(|| multiple::<G1>(&a, &scale).into_affine(), || multiple::<G1>(&a, s));
        (!a.is_zero()).then_some((scaled, for_c))
    };
    let with_b = |sum: Zeroizing<G2Projective>| {
        let b = Zeroizing::new(*sum + before.b2 + key.beta_g2);
        multiple::<G2>(&b, r).into_affine()
    };
    let (a, b, c) = tables.products(values, quotient, s, (with_a, with_b), cancel)?;
    Ok(a.map(|(a, for_c)| (a, b, (*c + before.c + *for_c).into_affine())))
}

/// Adds what is the same in every proof, and the blinding, in the first form: the same points as arkworks for the same r, s. `None` if
/// the key lacks query b in G1.
pub(crate) fn blinded(
    key: &Queries,
    tables: &Tables,
    values: &[Fr],
    sums: &Sums,
    blinding: &Blinding,
    cancel: &CancelToken,
) -> Result<Option<Points>, Cancelled> {
    let Blinding { r, s } = blinding;
    let Some(b_g1) = &key.b_g1 else { return Ok(None) };
    let b1 = tables.b1(b_g1, values, cancel)?;
    let (delta, delta_g2) = (key.delta_g1.into_group(), key.delta_g2.into_group());
    let product = Zeroizing::new(*r * *s);
    let a = *multiple::<G1>(&delta, r) + key.alpha_g1 + sums.a;
    let b1 = Zeroizing::new(*multiple::<G1>(&delta, s) + key.beta_g1 + *b1);
    let b2 = *multiple::<G2>(&delta_g2, s) + key.beta_g2 + sums.b2;
    let c = sums.c + *multiple::<G1>(&a, s) + *multiple::<G1>(&b1, r) - *multiple::<G1>(&delta, &product);
    Ok(Some((a.into_affine(), b2.into_affine(), c.into_affine())))
}
