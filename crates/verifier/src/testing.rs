//! For tests of crates that take proofs: keys whose secrets are known, so that a proof of anything costs a millisecond
//! and no circuit.

use crate::{Proof, VerifyingKey};
use alloc::vec::Vec;
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand};
use tabella_primitives::rng::{ArkRng, CryptoRng};

/// A verifying key together with the secrets that a setup destroys.
#[derive(Clone, Debug)]
pub struct ForgingKey {
    alpha: Fr,
    beta: Fr,
    gamma: Fr,
    delta: Fr,
    ic: Vec<Fr>,
}

impl ForgingKey {
    /// Draws a key for so many public inputs.
    pub fn generate(public_inputs: usize, rng: &mut impl CryptoRng) -> Self {
        let mut rng = ArkRng(rng);
        let mut draw = || Fr::rand(&mut rng);
        Self {
            alpha: draw(),
            beta: draw(),
            gamma: draw(),
            delta: draw(),
            ic: (0..=public_inputs).map(|_| draw()).collect(),
        }
    }

    /// The verifying key.
    ///
    /// # Panics
    /// If the key is weak, which has no noticeable probability.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        let ic = self.ic.iter().map(|ic| g1(*ic)).collect();
        VerifyingKey::from_parts(g1(self.alpha), g2(self.beta), g2(self.gamma), g2(self.delta), ic)
            .expect("random points are no weak key")
    }

    /// A proof of any statement: random `A = a G1` and `B = b G2`, and
    /// `C = (a b - alpha beta - (ic_0 + sum x_i ic_i) gamma) / delta`.
    ///
    /// # Panics
    /// If the number of inputs is not the key's.
    pub fn forge(&self, inputs: &[Fr], rng: &mut impl CryptoRng) -> Proof {
        assert_eq!(inputs.len() + 1, self.ic.len(), "the number of inputs is the key's");
        let mut rng = ArkRng(rng);
        let one = [Fr::from(1)];
        let sum: Fr = self.ic.iter().zip(one.iter().chain(inputs)).map(|(ic, x)| *ic * x).sum();
        let (a, b) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let delta = self.delta.inverse().expect("drawn at random");
        let c = (a * b - self.alpha * self.beta - sum * self.gamma) * delta;
        Proof::from_parts(g1(a), g2(b), g1(c)).expect("random points")
    }
}

fn g1(scalar: Fr) -> G1Affine {
    (G1Affine::generator() * scalar).into_affine()
}

fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::generator() * scalar).into_affine()
}
