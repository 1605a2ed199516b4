//! The routes: one file per kind of thing.

mod ballots;
mod elections;
mod keys;
mod record;
mod registrations;
mod rehearsal;
mod site;
mod wallet;

use crate::{api_error::ApiError, headers::guard, site::Site};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use std::sync::Arc;
use tabella::{ballot::MAX_BALLOT_BYTES, identity::MAX_REGISTRATION_BYTES};
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, NotForContentType, Predicate},
};

/// What binary answers are.
const OCTETS: &str = "application/octet-stream";
/// What never changes under its address.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What may be kept, if it is asked for whether it has changed.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Everything that is served.
pub(crate) fn router(site: Arc<Site>) -> Router {
    let api = Router::new()
        .route("/site", get(site::show))
        .route(
            "/registrations",
            post(registrations::register).layer(DefaultBodyLimit::max(MAX_REGISTRATION_BYTES)),
        )
        .route("/elections/{id}/manifest", get(elections::manifest))
        .route("/elections/{id}/state", get(elections::state))
        .route("/elections/{id}/registry/upper", get(elections::upper))
        .route("/elections/{id}/registry/pages/{number}", get(elections::page))
        .route("/elections/{id}/ballots", post(ballots::cast).layer(DefaultBodyLimit::max(MAX_BALLOT_BYTES)))
        .route("/elections/{id}/record", get(record::fetch))
        .route("/keys/{circuit}", get(keys::fetch))
        .route(
            "/rehearsal/elections",
            post(rehearsal::start).layer(DefaultBodyLimit::max(rehearsal::MAX_DRAFT_BYTES)),
        )
        .route("/rehearsal/elections/{id}/close", post(rehearsal::close))
        .fallback(|| async { ApiError::not_found("unknown-path", "there is nothing at this address") })
        .method_not_allowed_fallback(|| async {
            let message = "this address answers no requests of this kind";
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", message)
        });
    // Keys and field elements are as good as random: packing them costs time and saves nothing.
    let packed = DefaultPredicate::new().and(NotForContentType::const_new(OCTETS));
    Router::new()
        .nest("/api/v1", api)
        .fallback_service(wallet::files(&site.settings.files))
        .layer(CompressionLayer::new().compress_when(packed))
        .layer(from_fn_with_state(Arc::clone(&site), guard))
        .with_state(site)
}

/// Bytes of this type that may be kept as said.
fn with_type(kind: &'static str, keep: HeaderValue, body: impl IntoResponse) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, keep)];
    (headers, body).into_response()
}
