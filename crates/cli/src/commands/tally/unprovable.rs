//! Why nothing of a record can be proved, as a failure.

use super::NOT_OPENED;
use crate::{error::Failure, files};
use std::path::Path;
use tabella::record::{ProvableError, RecordError};

/// A record of which nothing can be proved; one that waits for its trustees is told as that.
pub(crate) fn unprovable(path: &Path, error: &ProvableError) -> Failure {
    let refused = || Failure::refused("not-provable", format_args!("{}: {error}", path.display()));
    match error {
        // One that waits has no end, and is not read as far.
        ProvableError::NotOpened => refused().hint(
            "it has fewer ballots than are opened: nobody gives shares, and there is no tally to prove",
        ),
        ProvableError::Record(RecordError::Truncated { entry }) if *entry > 0 => refused().hint(NOT_OPENED),
        ProvableError::Record(cause) => files::record_failure(path, cause),
        _ => refused(),
    }
}
