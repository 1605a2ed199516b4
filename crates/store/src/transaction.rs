//! How everything in this crate is written.

use crate::StoreFault;
use redb::{Database, WriteTransaction};

/// A transaction that is on the disk when its commit returns (`Durability::Immediate` is what redb begins with).
pub(crate) fn begin(database: &Database) -> Result<WriteTransaction, StoreFault> {
    let mut transaction = database.begin_write()?;
    // Ballots and commitments are chosen by strangers. With one phase, redb tells a finished commit from a torn one by
    // a checksum over what they chose.
    transaction.set_two_phase_commit(true);
    Ok(transaction)
}
