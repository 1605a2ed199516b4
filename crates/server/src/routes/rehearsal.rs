//! `POST /rehearsal/elections ..`: anybody starts and closes elections of a rehearsal.

use crate::{
    api_error::ApiError, blocking::blocking, clock, hosted::State as ElectionState, rehearsal::Draft,
    site::Site,
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::Serialize;
use std::sync::Arc;

/// Greatest length of a draft in bytes.
pub(super) const MAX_DRAFT_BYTES: usize = 64 << 10;

/// The election that was started.
#[derive(Serialize)]
pub(super) struct Started {
    id: String,
}

pub(super) async fn start(
    State(site): State<Arc<Site>>,
    draft: Result<Json<Draft>, JsonRejection>,
) -> Result<(StatusCode, Json<Started>), ApiError> {
    site.rehearsal()?;
    let Json(draft) = draft?;
    let started = Arc::clone(&site);
    let hosted = blocking(move || started.start(draft)).await?;
    // Its voters will ask for the key: who comes first shall not wait for it.
    let circuit = hosted.manifest().circuit().name();
    tokio::spawn(async move { site.keys.get(circuit, &*site.observer).await });
    Ok((StatusCode::CREATED, Json(Started { id: hosted.manifest().id().to_string() })))
}

pub(super) async fn close(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
) -> Result<Json<ElectionState>, ApiError> {
    site.rehearsal()?;
    let hosted = site.election(&id)?;
    site.drained().await;
    blocking(move || {
        hosted.close_early(clock::now())?;
        site.settle(&hosted)?;
        Ok(Json(hosted.state(clock::now())?))
    })
    .await
}
