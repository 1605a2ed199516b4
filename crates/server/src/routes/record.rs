//! `GET /elections/{id}/record`: the record, once there is one.

use super::ASK_AGAIN;
use crate::{api_error::ApiError, site::Site};
use axum::{
    body::Body,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, header},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;
use tower_http::services::ServeFile;

/// Which record.
#[derive(Deserialize)]
pub(super) struct Which {
    /// `?unopened`: that of secret ballots as trustees get it.
    unopened: Option<String>,
}

pub(super) async fn fetch(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    Query(which): Query<Which>,
    request: Request,
) -> Result<Response, ApiError> {
    let hosted = site.election(&id)?;
    let path = match which.unopened {
        None => hosted.folder.record(),
        Some(_) if hosted.is_secret() => hosted.folder.unopened_record(),
        Some(_) => {
            let message = "ballots of this election are open: its record is whole once it is closed";
            return Err(ApiError::not_found("not-secret", message));
        }
    };
    if !path.is_file() {
        let message = if hosted.is_secret() && which.unopened.is_none() {
            "the election is not closed yet, or its trustees have not opened the sum"
        } else {
            "the election is not closed yet"
        };
        return Err(ApiError::conflict("not-finished", message));
    }
    let mut file = ServeFile::new(path);
    let served = file.try_call(request).await.map_err(ApiError::storage)?;
    let mut response = served.map(Body::new);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    response.headers_mut().insert(header::CACHE_CONTROL, ASK_AGAIN);
    Ok(response)
}
