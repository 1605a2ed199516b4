//! Work that computes or waits for the disk, off the threads that serve connections.

use crate::api_error::ApiError;

/// Does the work on a thread of its own. It is done even if nobody waits for the answer any more.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(ApiError::bug()))
}
