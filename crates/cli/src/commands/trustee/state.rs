//! The file in which a trustee remembers a ceremony, and what it opened afterwards: encrypted, of one run of the program at a time.

use crate::{
    commands::secret_file::encrypt_failure,
    error::Failure,
    files::{self, Existing, Privacy},
};
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};
use tabella::protocol::{
    encrypted::DecryptError,
    trustee::{MAX_STATE_FILE_BYTES, Participant, SessionId, TrusteeSecret},
};

/// How many digits of the session are in a file's name.
const SHORT: usize = 16;
/// How a file's name ends.
const END: &str = ".state";

/// The file, which no other run of this program uses meanwhile.
pub(super) struct StateFile {
    path: PathBuf,
    /// Of which ceremony it must be.
    session: SessionId,
    /// Held until it is dropped.
    _lock: File,
}

impl StateFile {
    /// The file at `path`, else the one beside the trustee's secret that is named after the ceremony.
    pub(super) fn take(path: Option<&Path>, trustee: &Path, session: &SessionId) -> Result<Self, Failure> {
        let beside = |file: &Path, end: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        let name = session.to_string();
        let short = name.get(..SHORT).unwrap_or(&name);
        let path = path.map_or_else(|| beside(trustee, &format!(".{short}{END}")), Path::to_owned);
        let lock = beside(&path, ".lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&lock).map_err(|e| Failure::io("write", &lock, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, session: *session, _lock: file }),
            Err(TryLockError::WouldBlock) => Err(Failure::unwritten(
                "state-busy",
                format_args!("another run of this program uses {}", path.display()),
            )
            .hint("wait until it has ended")),
            Err(TryLockError::Error(error)) => Err(Failure::io("lock", &lock, &error)),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The files beside the trustee's secret that are named after other ceremonies.
    pub(super) fn others(&self, trustee: &Path) -> Vec<PathBuf> {
        let folder = match trustee.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let (Some(secret), Ok(entries)) = (trustee.file_name(), folder.read_dir()) else { return Vec::new() };
        let secret = secret.to_string_lossy();
        let is_state = |name: &str| {
            let session =
                name.strip_prefix(&*secret).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(END));
            session.is_some_and(|session| {
                session.len() == SHORT && session.bytes().all(|digit| digit.is_ascii_hexdigit())
            })
        };
        let mut found: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| is_state(&entry.file_name().to_string_lossy()))
            .map(|entry| entry.path())
            .filter(|path| path.file_name() != self.path.file_name())
            .collect();
        found.sort();
        found
    }

    /// What the trustee remembers; none if there is no file.
    pub(super) fn read(&self, me: &TrusteeSecret) -> Result<Option<Participant>, Failure> {
        let limit = u64::try_from(MAX_STATE_FILE_BYTES).unwrap_or(u64::MAX);
        let bytes = match files::read(&self.path, limit) {
            Ok(bytes) => bytes,
            Err(failure) if failure.code() == "not-found" => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let participant = Participant::decrypt_from_bytes(&bytes, me).map_err(|cause| match cause {
            DecryptError::WrongPassphrase => Failure::refused(
                "other-trustee",
                format_args!("{} is the state of another trustee", self.path.display()),
            ),
            other => Failure::malformed(&self.path, "the state of a trustee", other),
        })?;
        // Before anything is done with it: what it says would be published as said in this ceremony.
        let (actual, expected) = (participant.session(), &self.session);
        if actual != expected {
            let message = format_args!(
                "{} is the state of another ceremony, of session {actual}, and not of {expected}",
                self.path.display()
            );
            return Err(Failure::refused("other-ceremony", message)
                .hint("name the state file of this ceremony with --state, or leave --state out"));
        }
        Ok(Some(participant))
    }

    /// Writes what the trustee remembers, which is on the disk when this is done. The first time there must be no file; later the one that was
    /// read is replaced, whole or not at all.
    pub(super) fn write(
        &self,
        participant: &Participant,
        me: &TrusteeSecret,
        existing: Existing,
    ) -> Result<(), Failure> {
        let bytes = participant.encrypt_to_bytes(me).map_err(encrypt_failure)?;
        files::write(&self.path, &bytes, existing, Privacy::Secret)
    }
}
