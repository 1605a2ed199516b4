//! Everything else: the wallet's files.

use super::{ASK_AGAIN, FOR_EVER};
use crate::api_error::ApiError;
use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::Response,
};
use std::path::Path;
use tower_http::services::ServeDir;

/// Serves a folder, with packed files beside the plain ones where there are any (`.br`, `.gz`). Nothing outside of it.
pub(super) fn files(folder: &Path) -> Router {
    let nothing = Router::new().fallback(|| async {
        ApiError::new(StatusCode::NOT_FOUND, "unknown-path", "there is nothing at this address")
    });
    let served = ServeDir::new(folder).precompressed_br().precompressed_gzip().fallback(nothing);
    Router::new().fallback_service(served).layer(from_fn(keep))
}

/// Says how long a file may be kept.
async fn keep(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        let keep = if hashed { FOR_EVER } else { ASK_AGAIN };
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
    }
    response
}

/// Whether a file's name has its digest in it, as builds name what never changes: `assets/index-BfZ3kq_x.js`.
fn is_hashed(path: &str) -> bool {
    let Some((_, name)) = path.rsplit_once("/assets/") else { return false };
    let Some((stem, _)) = name.split_once('.') else { return false };
    let digest = stem.len().checked_sub(DIGEST).and_then(|at| stem.split_at_checked(at));
    digest.is_some_and(|(before, digest)| {
        before.ends_with('-')
            && digest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Length of a digest in a file's name.
const DIGEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_names_with_a_digest_are_kept_for_ever() {
        for path in ["/assets/index-BfZ3kq_x.js", "/assets/a-b-12345678.wasm", "/assets/x--1234567.css"] {
            assert!(is_hashed(path), "{path}");
        }
        for path in
            ["/", "/index.html", "/assets/", "/assets/worker.js", "/assets/-1234567.js", "/x-12345678.js"]
        {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
