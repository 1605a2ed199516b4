//! Headers that every answer has, and requests that other sites' pages may not make.

use crate::{api_error::ApiError, event::Event, site::Site};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};

/// Pages may load what comes from here, run what was compiled from here, and talk to nobody else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    connect-src 'self'; img-src 'self' data:; style-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// How long an answer may take until its first byte. A key that must be made, and the opening of many ballots, take tens of seconds.
const LONGEST: Duration = Duration::from_secs(120);

/// Puts the headers on, and tells whoever runs the site of failures.
pub(crate) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = if is_foreign(&request) {
        let message = "pages of other sites may not do that";
        ApiError::new(StatusCode::FORBIDDEN, "foreign-page", message).into_response()
    } else {
        tokio::time::timeout(LONGEST, next.run(request)).await.unwrap_or_else(|_| {
            let message =
                "it took too long; what was sent may have been accepted, send it again to learn that";
            ApiError::new(StatusCode::GATEWAY_TIMEOUT, "timeout", message).into_response()
        })
    };
    if let Some(cause) = response.extensions().get::<ApiError>().and_then(ApiError::own_fault) {
        (site.observer)(&Event::Failed { cause: cause.to_owned() });
    }
    put(response.headers_mut(), site.settings.isolation);
    response
}

/// Whether a page of another site had the browser send this. Browsers say so; other programs need not.
fn is_foreign(request: &Request) -> bool {
    let site = request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes);
    *request.method() == Method::POST && matches!(site, Some(b"cross-site" | b"same-site"))
}

fn put(headers: &mut HeaderMap, isolation: bool) {
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if isolation {
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        set(HeaderName::from_static("cross-origin-embedder-policy"), "require-corp");
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
