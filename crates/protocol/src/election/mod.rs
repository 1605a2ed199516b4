//! Election: what is asked ([`Manifest`]), how the answer is found ([`Rules`]), and the name of it all ([`ElectionId`]).
//!
//! ```
//! use tabella_primitives::{Fr, digest::Digest};
//! use tabella_protocol::{
//!     election::{FrozenRegistry, Manifest, Rules, Window},
//!     registry::RegistryRoot,
//! };
//!
//! let manifest = Manifest::builder("Lunch", "Where do we eat?")
//!     .options(["Canteen", "Park"])
//!     .rules(Rules::single_choice())
//!     .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
//!     .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
//!     .insecure_development_key(Digest::from_bytes([9; 32]))
//!     .nonce([1; 32])
//!     .build()?;
//! assert_eq!(Manifest::from_json(manifest.to_json().as_bytes())?.id(), manifest.id());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod file;
mod id;
mod manifest;
mod rules;
mod sealed;
#[cfg(test)]
mod sealed_tests;
mod secret;
#[cfg(test)]
mod secret_tests;
#[cfg(test)]
mod tests;
mod text;

pub use builder::{ManifestBuilder, ManifestError};
pub use file::ManifestFileError;
pub use id::ElectionId;
pub use manifest::{
    ChainBinding, ElectionKind, FrozenRegistry, KeyProvenance, MANIFEST_FORMAT, MAX_MANIFEST_BYTES, Manifest,
    Window,
};
pub use rules::{
    Abstention, Comparison, Method, Quorum, Rules, RulesError, Threshold, ThresholdBase, TieRule,
};
pub use sealed::{
    CREDIT_BITS, MESSAGE_BITS, RuleParameters, SUM_BITS, SealedRules, SealedRulesError, VOTE_BITS,
    VotesError, WEIGHT_BITS, Weighting,
};
pub use secret::SecretBallots;
pub use text::{
    MAX_DESCRIPTION_BYTES, MAX_LABEL_BYTES, MAX_OPTIONS, MAX_QUESTION_BYTES, MAX_TITLE_BYTES, TextField,
    TextProblem,
};
