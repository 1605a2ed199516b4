//! What stands where in the file, and how it is written.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `meta` | `format` | name of the format |
//! | | `version` | 4 bytes big endian |
//! | | `manifest` | the manifest in one line of JSON |
//! | | `closed_at` | 8 bytes big endian, once the box is closed |
//! | `ballots` | index from 0 | link 32 bytes, ballot in its compact form |
//! | `nullifiers` | nullifier, 32 bytes | index |
//! | `ephemeral_keys` | C_0 of a secret ballot, packed, 32 bytes | index |

use crate::{StoreFault, transaction::begin};
use redb::{Database, TableDefinition};
use tabella_ballot_box::StoredBallot;
use tabella_protocol::election::Manifest;

pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
pub(super) const BALLOTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("ballots");
pub(super) const NULLIFIERS: TableDefinition<'_, &[u8; 32], u64> = TableDefinition::new("nullifiers");
/// Stores of elections with open ballots may lack this table.
pub(super) const EPHEMERAL_KEYS: TableDefinition<'_, &[u8; 32], u64> = TableDefinition::new("ephemeral_keys");

/// Name of the format, under key `format`.
pub(super) const FORMAT: &[u8] = b"tabella-ballot-store";
/// Version of the format, under key `version`.
pub(super) const VERSION: u32 = 1;

/// Bytes of a link.
pub(super) const LINK_BYTES: usize = 32;

/// Why ballots were not written.
pub(super) enum AppendFault {
    /// A nullifier stands already; nothing was written.
    Nullifier { index: u64 },
    /// The ephemeral key of a secret ballot stands already; nothing was written.
    EphemeralKey { index: u64 },
    /// The database failed; what was written is unknown.
    Store(StoreFault),
}

impl<E: Into<StoreFault>> From<E> for AppendFault {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// Writes the header into a new database.
pub(super) fn write_new(database: &Database, manifest: &Manifest) -> Result<(), StoreFault> {
    let transaction = begin(database)?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert("format", FORMAT)?;
        meta.insert("version", VERSION.to_be_bytes().as_slice())?;
        meta.insert("manifest", manifest.to_json().as_bytes())?;
        transaction.open_table(BALLOTS)?;
        transaction.open_table(NULLIFIERS)?;
        transaction.open_table(EPHEMERAL_KEYS)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Writes ballots, all or none, and returns once they are on the disk.
pub(super) fn write_ballots(database: &Database, stored: &[StoredBallot]) -> Result<(), AppendFault> {
    let transaction = begin(database)?;
    {
        let mut ballots = transaction.open_table(BALLOTS)?;
        let mut nullifiers = transaction.open_table(NULLIFIERS)?;
        for stored in stored {
            if let Some(earlier) = nullifiers.insert(&stored.nullifier().to_bytes(), stored.index)? {
                // The transaction is dropped and with it all that it wrote.
                return Err(AppendFault::Nullifier { index: earlier.value() });
            }
            if let Some(key) = stored.ballot.ephemeral_key() {
                let mut keys = transaction.open_table(EPHEMERAL_KEYS)?;
                if let Some(earlier) = keys.insert(&key, stored.index)? {
                    return Err(AppendFault::EphemeralKey { index: earlier.value() });
                }
            }
            let value = [stored.link.as_digest().as_bytes().as_slice(), &stored.ballot.to_bytes()].concat();
            ballots.insert(stored.index, value.as_slice())?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Writes that the box is closed.
pub(super) fn write_closed(database: &Database, now: u64) -> Result<(), StoreFault> {
    let transaction = begin(database)?;
    transaction.open_table(META)?.insert("closed_at", now.to_be_bytes().as_slice())?;
    transaction.commit()?;
    Ok(())
}
