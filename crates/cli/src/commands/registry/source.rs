//! Reads a registry from whatever file it is in: the registrar's own, a snapshot, a Semaphore group, a list.

use super::{import, open};
use crate::{error::Failure, files, progress::Progress, ui::Ui};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};
use tabella::registry::Registry;

/// First bytes of a redb file.
const REDB: &[u8] = b"redb";

/// Reads a registry. The bytes of the file say what it is, not its name.
pub(crate) fn read_registry(path: &Path, ui: &Ui) -> Result<Registry, Failure> {
    let (head, file) = begin(path)?;
    if head.starts_with(REDB) {
        return Ok(open(path)?.registry().clone());
    }
    let total = file.metadata().ok().map(|metadata| metadata.len());
    // It is not opened again: what was looked at is what is read.
    let whole = head.as_slice().chain(file);
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => import::read_group(path, whole, ui),
        Some(b'{') if contains(&head, b"\"format\"") => read_snapshot(path, whole, ui),
        _ => {
            let batch = import::read_list(path, whole, total, None, ui)?;
            let bar = ui.progress("building the tree", None);
            let mut registry = Registry::new();
            registry
                .import_batch(&batch, &mut |progress| bar.set(progress.done))
                .map_err(|error| Failure::malformed(path, "a registry", error))?;
            Ok(registry)
        }
    }
}

/// Whether a file is one of ours that holds a registry or a ballot box.
pub(crate) fn is_store(path: &Path) -> Result<bool, Failure> {
    Ok(begin(path)?.0.starts_with(REDB))
}

/// How a file begins, and what follows.
fn begin(path: &Path) -> Result<(Vec<u8>, File), Failure> {
    let (mut head, file) = (Vec::new(), files::open(path)?);
    (&file).take(64).read_to_end(&mut head).map_err(|e| Failure::io("read", path, &e))?;
    Ok((head, file))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn read_snapshot(path: &Path, file: impl Read, ui: &Ui) -> Result<Registry, Failure> {
    let bar = ui.progress("building the tree", None);
    Registry::read_snapshot(file, &mut |progress| bar.set(progress.done))
        .map_err(|error| files::not_this(path, "a registry", error))
}

/// Tells a progress bar how many bytes were read.
pub(super) struct Counting<'a, R> {
    reader: R,
    done: u64,
    bar: &'a Progress,
}

impl<'a, R> Counting<'a, R> {
    pub(super) fn new(reader: R, bar: &'a Progress) -> Self {
        Self { reader, done: 0, bar }
    }
}

impl<R: Read> Read for Counting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.done = self.done.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        self.bar.set(self.done);
        Ok(count)
    }
}
