//! Many field multiplications and point additions at once, over BN254.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod doubles;
mod engine;
mod fma;
mod modulus;

pub use modulus::{Base, Modulus, Scalar};
