//! Identity: what a citizen keeps ([`IdentitySecret`]) and what the registry stores ([`IdentityCommitment`]).

mod commitment;
mod secret;

pub use commitment::IdentityCommitment;
pub use secret::IdentitySecret;
