//! Random values from a seed.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tabella_primitives::{
    Fr,
    edwards::{Scalar, scalar_from_le_bytes_wide},
    poseidon,
};

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn bytes(rng: &mut impl Rng) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}

pub(crate) fn field(rng: &mut impl Rng) -> Fr {
    poseidon::hash(&[Fr::from(rng.next_u64()), Fr::from(rng.next_u64())])
}

pub(crate) fn scalar(rng: &mut impl Rng) -> Scalar {
    scalar_from_le_bytes_wide(&bytes(rng))
}
