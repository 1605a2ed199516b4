//! `GET /keys/{circuit}`: the proving key of a circuit, in the form in which wallets load it.

use super::{ASK_AGAIN, FOR_EVER, OCTETS, with_type};
use crate::{api_error::ApiError, site::Site};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// Which key.
#[derive(Deserialize)]
pub(super) struct Which {
    /// `?digest=..`: this one and no other, which may be kept for ever.
    digest: Option<String>,
}

pub(super) async fn fetch(
    State(site): State<Arc<Site>>,
    Path(circuit): Path<String>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let served = site.keys.get(&circuit, &*site.observer).await?;
    let digest = served.digest.to_string();
    let keep = match which.digest {
        // Under this address another key may lie some day: from a ceremony, say.
        None => ASK_AGAIN,
        Some(wanted) if wanted == digest => FOR_EVER,
        Some(_) => {
            let message = "the circuit has another key here";
            return Err(ApiError::not_found("other-key", message));
        }
    };
    let tag = HeaderValue::try_from(format!("\"{digest}\"")).map_err(ApiError::internal)?;
    let mut response = if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        with_type(OCTETS, keep, StatusCode::NOT_MODIFIED)
    } else {
        with_type(OCTETS, keep, served.bytes)
    };
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}
