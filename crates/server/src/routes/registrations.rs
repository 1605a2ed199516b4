//! `POST /registrations`: a citizen of a rehearsal registers.

use crate::{api_error::ApiError, blocking::blocking, site::Site};
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::StatusCode,
};
use serde::Serialize;
use std::sync::Arc;

/// Where the citizen stands.
#[derive(Serialize)]
pub(super) struct Registered {
    slot: u64,
}

pub(super) async fn register(
    State(site): State<Arc<Site>>,
    registration: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Registered>), ApiError> {
    let registration = registration?;
    blocking(move || {
        let closed = "nobody registers here: the elections froze registries that others keep";
        let rehearsal =
            site.rehearsal.as_ref().ok_or_else(|| ApiError::conflict("registry-closed", closed))?;
        let slot = rehearsal.register(&registration)?;
        Ok((StatusCode::CREATED, Json(Registered { slot })))
    })
    .await
}
