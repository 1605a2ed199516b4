//! Identity: what a citizen keeps ([`Identity`], [`IdentitySecret`]) and what the registry stores
//! ([`IdentityCommitment`]).
//!
//! The first noun in the life of a vote: who has no identity is in no registry. Bit for bit Semaphore v4's, so that
//! identities move between the two. Knows no registry and no election.
//!
//! | to | use |
//! | --- | --- |
//! | make one | [`Identity::generate`], or [`Phrase::generate`] and [`Identity::from_phrase`] |
//! | keep it | [`Identity::encrypt_to_bytes`], [`Identity::decrypt_from_bytes`] (an `age` file under a passphrase), or the phrase on paper |
//! | take it to Semaphore and back | [`Identity::export`], [`Identity::import`] |
//! | register | [`Identity::register`]: the commitment with a proof that its key is the citizen's ([`Registration`]) |
//! | check who registers | [`Registration::verify`] |
//!
//! # Constant time
//! Commitment, nullifier and signature take steps that do not depend on the secret as far as
//! [`Point::mul_base`](tabella_primitives::edwards::Point::mul_base) and [`poseidon::hash`](tabella_primitives::poseidon::hash)
//! promise; what they do not promise is written there.

mod commitment;
#[cfg(feature = "secret-files")]
mod encrypted;
#[allow(clippy::module_inception, reason = "the noun of the module")]
mod identity;
mod label;
#[cfg(feature = "phrases")]
mod phrase;
mod registration;
mod secret;

pub use commitment::IdentityCommitment;
#[cfg(feature = "secret-files")]
pub use encrypted::MAX_FILE_LEN;
pub use identity::{Identity, ImportError, MAX_PRIVATE_KEY_LEN};
pub(crate) use label::check_label;
pub use label::{InvalidLabel, MAX_LABEL_CHARS, RegistryLabel};
#[cfg(feature = "phrases")]
pub use phrase::{Phrase, PhraseError, PhraseLength};
pub use registration::{MAX_REGISTRATION_BYTES, REGISTRATION_FORMAT, Registration, RegistrationError};
pub use secret::IdentitySecret;
pub use tabella_primitives::eddsa::{InvalidSignature, Signature};
