//! Random numbers: a generator seeded by the operating system, and the bridge to arkworks' older traits.
//!
//! Functions of Tabella take `&mut impl CryptoRng` (`rand_core` 0.10) and read no global generator. arkworks 0.6 still
//! speaks `rand` 0.8; [`ArkRng`] translates in this one place.

use ark_std::rand;
pub use rand_core::{CryptoRng, TryCryptoRng};
#[cfg(feature = "std")]
use {rand_chacha::ChaCha20Rng, rand_core::SeedableRng};

/// The operating system gave no random numbers; nothing secret was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RngUnavailable;

impl core::fmt::Display for RngUnavailable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the operating system gave no random numbers")
    }
}

impl core::error::Error for RngUnavailable {}

/// A ChaCha20 generator seeded with 32 bytes from the operating system.
///
/// # Errors
/// [`RngUnavailable`] if the operating system has no entropy to give: no weaker source is ever tried.
#[cfg(feature = "std")]
pub fn from_os() -> Result<ChaCha20Rng, RngUnavailable> {
    let mut seed = zeroize::Zeroizing::new([0u8; 32]);
    getrandom::fill(seed.as_mut()).map_err(|_| RngUnavailable)?;
    Ok(ChaCha20Rng::from_seed(*seed))
}

/// Lends a generator to code that wants `rand` 0.8's traits.
#[derive(Debug)]
pub struct ArkRng<'a, R: CryptoRng + ?Sized>(pub &'a mut R);

impl<R: CryptoRng + ?Sized> rand::RngCore for ArkRng<'_, R> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_bytes(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand::Error> {
        self.0.fill_bytes(dest);
        Ok(())
    }
}

impl<R: CryptoRng + ?Sized> rand::CryptoRng for ArkRng<'_, R> {}
