//! What is answered when a request is refused: `{"error":{"code","message"}}`.

use axum::{
    Json,
    extract::rejection::{BytesRejection, JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use core::fmt;
use serde_json::json;
use tabella::{Rejected, ballot_box::StorageError};

/// A refusal: a status, a stable code for programs, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl fmt::Display) -> Self {
        Self { status, code, message: message.to_string() }
    }

    /// There is no such thing here.
    pub(crate) fn not_found(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// It cannot be done as things stand.
    pub(crate) fn conflict(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// What was sent is not right.
    pub(crate) fn unprocessable(code: &'static str, message: impl fmt::Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// The disk or the store failed.
    pub(crate) fn storage(message: impl fmt::Display) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "storage", message)
    }

    /// Something went wrong that no request can cause.
    pub(crate) fn internal(message: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    /// A thread panicked; what it said stays in the server.
    pub(crate) fn bug() -> Self {
        Self::internal("internal error; this is a bug, please report it")
    }

    /// The sentence for whoever runs the site, if the fault is on this side.
    pub(crate) fn own_fault(&self) -> Option<&str> {
        self.status.is_server_error().then_some(self.message.as_str())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({"error": {"code": self.code, "message": &self.message}});
        let mut response = (self.status, Json(body)).into_response();
        // For the layer that tells whoever runs the site.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Rejected> for ApiError {
    fn from(rejected: Rejected) -> Self {
        let status = match &rejected {
            Rejected::Storage(_) => StatusCode::SERVICE_UNAVAILABLE,
            Rejected::NotYetOpen { .. }
            | Rejected::Closed { .. }
            | Rejected::AlreadyVoted { .. }
            | Rejected::CopiedCiphertext { .. }
            | Rejected::MoreBallotsThanPlaces { .. } => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, rejected.cause().name(), &rejected)
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        Self::storage(error)
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        unread(rejection.status(), rejection.body_text())
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        unread(rejection.status(), rejection.body_text())
    }
}

/// The body was not read, or is not what it should be.
fn unread(status: StatusCode, message: String) -> ApiError {
    let code = if status == StatusCode::PAYLOAD_TOO_LARGE { "too-large" } else { "bad-request" };
    ApiError::new(status, code, message)
}
