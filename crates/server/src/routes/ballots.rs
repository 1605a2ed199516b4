//! `POST /elections/{id}/ballots`: a ballot is checked and stored, and its voter gets a receipt.

use crate::{api_error::ApiError, blocking::blocking, clock, site::Site};
use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{StatusCode, header},
    response::IntoResponse,
};
use std::sync::Arc;

pub(super) async fn cast(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    ballot: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, ApiError> {
    let (hosted, ballot) = (site.election(&id)?, ballot?);
    // The time at which it came, however long it waits for a verifier.
    let now = clock::now();
    let verifier = Arc::clone(&site.verifiers).acquire_owned().await.map_err(ApiError::internal)?;
    // The work goes on if who sent the ballot hangs up, and so the place is taken as long.
    let work = move || {
        let _verifier = verifier;
        hosted.accept(&ballot, now)
    };
    let receipt = blocking(work).await?;
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], receipt.to_json()))
}
