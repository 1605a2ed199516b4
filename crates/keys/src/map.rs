//! Files mapped into memory.
//!
//! What is mapped here are files of a cache alone. Keys from elsewhere are read: what was hashed of them cannot change after.
#![allow(unsafe_code)]

use core::fmt;
use memmap2::Mmap;
use std::{fs::File, io};

/// A file of a [cache](crate::cache) that is mapped into memory, for reading.
pub struct Mapped(Mmap);

impl Mapped {
    /// Maps a whole file.
    ///
    /// # Errors
    /// Those of the operating system; an empty file is refused.
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        // SAFETY: a file that is mapped must neither change nor become shorter. Those of a cache do not: they are written under
        // another name and renamed when they are whole (`files::write`), and one that is replaced lives on as long as it is
        // mapped. Nobody else can write to the file or into the folder (`files::open_own` and `KeyCache::is_shared` look). What is mapped is used as integers
        // only, for which every pattern of bits is a value, so that an owner who changes such a file nevertheless gets wrong sums,
        // hence no proof, or, if it becomes shorter, a process that the system ends.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self(map))
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mapped({} bytes)", self.0.len())
    }
}
