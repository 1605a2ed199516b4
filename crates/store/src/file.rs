//! Making and opening the file of a store.

use crate::StoreFault;
use core::{any::Any, cell::Cell, ops::Deref};
use redb::Database;
use std::{
    fs::{File, OpenOptions},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
};

/// An open file. A panic of redb while it closes a damaged file does not get out: there is nobody to tell, and what was
/// committed is on the disk.
pub(crate) struct OpenFile(Option<Database>);

impl Deref for OpenFile {
    type Target = Database;

    fn deref(&self) -> &Database {
        self.0.as_ref().expect("taken only when it is dropped")
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        let database = self.0.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(database)));
    }
}

/// Makes a new file with what `fill` writes. On Unix only its owner may read and write it: a ballot box tells when each
/// voter came.
///
/// `cache_bytes`: memory that redb may use for pages of the file.
pub(crate) fn create(
    path: &Path,
    cache_bytes: usize,
    fill: impl FnOnce(&Database) -> Result<(), StoreFault>,
) -> Result<OpenFile, StoreFault> {
    // redb alone would open a file that exists.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    let database = OpenFile(Some(builder(cache_bytes).create(path)?));
    fill(&database)?;
    // The file's name is durable only when its folder is.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(database)
}

/// Opens a file; with `check_integrity` redb first verifies its own checksums over all of it.
pub(crate) fn open(path: &Path, cache_bytes: usize, check_integrity: bool) -> Result<OpenFile, StoreFault> {
    // redb would make a database of an empty file.
    if std::fs::metadata(path)?.len() == 0 {
        return Err(StoreFault::NotAStore);
    }
    Ok(OpenFile(Some(builder(cache_bytes).set_check_integrity_on_open(check_integrity).open(path)?)))
}

/// Reads or writes a file that may be damaged. redb panics on some damage; here that is [`StoreFault::Damaged`].
pub(crate) fn guarded<T, E: From<StoreFault>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    // What `work` has opened is dropped with it. A transaction that panicked is never committed, and whoever wrote takes
    // the file for unusable.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(damage(&*panic).into()))
}

/// As [`guarded`], for work that reports how far it is. A panic of `progress` is the caller's and passes through.
pub(crate) fn guarded_with_progress<T>(
    mut progress: impl FnMut(u64),
    work: impl FnOnce(&mut dyn FnMut(u64)) -> Result<T, StoreFault>,
) -> Result<T, StoreFault> {
    let reporting = Cell::new(false);
    let mut report = |count| {
        reporting.set(true);
        progress(count);
        reporting.set(false);
    };
    match catch_unwind(AssertUnwindSafe(|| work(&mut report))) {
        Ok(answer) => answer,
        Err(panic) if reporting.get() => resume_unwind(panic),
        Err(panic) => Err(damage(&*panic)),
    }
}

fn damage(panic: &(dyn Any + Send)) -> StoreFault {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it cannot be read");
    StoreFault::Damaged { message: text.to_owned() }
}

fn builder(cache_bytes: usize) -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_below_is_damage_and_one_above_is_the_callers() {
        let below = guarded(|| -> Result<(), StoreFault> { panic!("page {}", 7) });
        assert_eq!(below, Err(StoreFault::Damaged { message: "page 7".to_owned() }));
        let above = catch_unwind(|| {
            guarded_with_progress(
                |count| assert_eq!(count, 0, "the listener stops"),
                |report| {
                    report(1);
                    Ok(())
                },
            )
        });
        assert!(above.is_err());
        assert_eq!(guarded(|| Ok::<_, StoreFault>(3)), Ok(3));
    }
}
