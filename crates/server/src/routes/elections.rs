//! `GET /elections/{id}/..`: manifest, state, and the registry in pages.

use super::{FOR_EVER, OCTETS, with_type};
use crate::{api_error::ApiError, blocking::blocking, clock, hosted::State as ElectionState, site::Site};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use std::sync::Arc;

pub(super) async fn manifest(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    Ok(with_type("application/json", FOR_EVER, site.election(&id)?.manifest_file()))
}

pub(super) async fn state(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
) -> Result<Json<ElectionState>, ApiError> {
    let hosted = site.election(&id)?;
    blocking(move || Ok(Json(hosted.state(clock::now())?))).await
}

pub(super) async fn upper(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    Ok(with_type(OCTETS, FOR_EVER, site.election(&id)?.upper()))
}

pub(super) async fn page(
    State(site): State<Arc<Site>>,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let hosted = site.election(&id)?;
    let page = number.parse().ok().and_then(|number| hosted.page(number));
    let page = page.ok_or_else(|| ApiError::not_found("unknown-page", "the registry has no such page"))?;
    Ok(with_type(OCTETS, FOR_EVER, page))
}
