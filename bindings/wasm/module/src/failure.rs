//! Every failure as JavaScript sees it: an `Error` with a stable `code`.

use js_sys::{Error, Reflect};
use std::fmt::Display;
use tabella::prover::ProveError;
use wasm_bindgen::JsValue;

/// Why something was not done. The code is stable, the message is for people.
pub struct Failure {
    code: &'static str,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Display) -> Self {
        Self { code, message: message.to_string() }
    }

    /// For `map_err`.
    pub(crate) fn with<E: Display>(code: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::new(code, error)
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = Error::new(&failure.message);
        // Setting a property of an object that was just made cannot fail.
        let _ = Reflect::set(&error, &"code".into(), &failure.code.into());
        error.into()
    }
}

impl From<tabella::primitives::rng::RngUnavailable> for Failure {
    fn from(error: tabella::primitives::rng::RngUnavailable) -> Self {
        Self::new("no-randomness", error)
    }
}

impl From<ProveError> for Failure {
    fn from(error: ProveError) -> Self {
        let code = match error {
            ProveError::Cancelled { .. } => "cancelled",
            ProveError::RngUnavailable => "no-randomness",
            ProveError::PreparedForAnotherKey => "other-key",
            _ => "not-proved",
        };
        Self::new(code, error)
    }
}
