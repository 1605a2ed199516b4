//! The randomness of one proof.

use ark_ff::{PrimeField, Zero};
use tabella_primitives::{
    Fr,
    rng::{RngUnavailable, TryCryptoRng},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Random bytes per factor: twice the field's size, so that the remainder is uniform but for 2^-256.
const BYTES: usize = 64;

/// The blinding factors of one proof. Whoever learns them learns the witness' commitments; erased when dropped.
///
/// What they do is told in [`crate::assemble`]. Neither is zero.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Blinding {
    pub(crate) r: Fr,
    pub(crate) s: Fr,
}

impl Blinding {
    #[allow(
        clippy::disallowed_methods,
        reason = "random bytes are reduced on purpose, and there are enough of them"
    )]
    /// Fresh factors.
    ///
    /// A generator that fails, or that is stuck at one value (which an honest one is with probability 2^-254), is refused:
    /// without blinding a proof can betray its witness.
    pub(crate) fn generate(rng: &mut impl TryCryptoRng) -> Result<Self, RngUnavailable> {
        let mut draw = || {
            let mut bytes = Zeroizing::new([0; BYTES]);
            rng.try_fill_bytes(&mut *bytes).map_err(|_| RngUnavailable)?;
            Ok(Fr::from_le_bytes_mod_order(&*bytes))
        };
        let blinding = Self { r: draw()?, s: draw()? };
        if blinding.r == blinding.s || blinding.r.is_zero() || blinding.s.is_zero() {
            return Err(RngUnavailable);
        }
        Ok(blinding)
    }
}
