//! Reading the file.

use super::layout::{BALLOTS, EPHEMERAL_KEYS, FORMAT, LINK_BYTES, META, NULLIFIERS, VERSION};
use crate::{BallotProblem, StoreFault};
use redb::{Database, ReadOnlyTable, ReadableDatabase, ReadableTable, ReadableTableMetadata};
use tabella_ballot_box::{BoxState, StoredBallot};
use tabella_primitives::digest::Digest;
use tabella_protocol::{
    ballot::{CastBallot, EphemeralKey},
    election::{ElectionKind, Manifest},
    record::Link,
    statement::Nullifier,
};

/// Manifest and, if the box is closed, when that was.
pub(super) fn header(database: &Database) -> Result<(Manifest, Option<u64>), StoreFault> {
    let transaction = database.begin_read()?;
    let meta = transaction.open_table(META)?;
    if meta.get("format")?.is_none_or(|format| format.value() != FORMAT) {
        return Err(StoreFault::NotAStore);
    }
    let version = meta.get("version")?.and_then(|version| version.value().try_into().ok());
    let found = u32::from_be_bytes(version.ok_or(StoreFault::NotAStore)?);
    if found != VERSION {
        return Err(StoreFault::Version { found, expected: VERSION });
    }
    let manifest = meta.get("manifest")?.ok_or(StoreFault::NotAStore)?;
    let manifest = Manifest::from_json(manifest.value()).map_err(StoreFault::Manifest)?;
    let closed_at = match meta.get("closed_at")? {
        None => None,
        Some(bytes) => {
            let bytes = bytes.value().try_into().map_err(|_| StoreFault::Damaged {
                message: "the time of closing has not eight bytes".to_owned(),
            })?;
            Some(u64::from_be_bytes(bytes))
        }
    };
    Ok((manifest, closed_at))
}

/// Number of ballots and head, from the last ballot alone.
pub(super) fn state(
    database: &Database,
    manifest: &Manifest,
    closed_at: Option<u64>,
) -> Result<BoxState, StoreFault> {
    let transaction = database.begin_read()?;
    let ballots = transaction.open_table(BALLOTS)?;
    let nullifiers = transaction.open_table(NULLIFIERS)?;
    let (count, head) = match ballots.last()? {
        None => (0, Link::after_manifest(manifest)),
        Some((index, value)) => {
            let stored = decode(manifest.kind(), index.value(), value.value())?;
            (stored.index.saturating_add(1), stored.link)
        }
    };
    // Indices are unique keys from 0 on: as many ballots as the last index says means that none is missing.
    if ballots.len()? != count {
        return Err(damaged(ballots.len()?, BallotProblem::Missing));
    }
    if nullifiers.len()? != count {
        return Err(damaged(count, BallotProblem::NullifierIndex));
    }
    Ok(BoxState { ballots: count, head, closed_at })
}

/// Reads every ballot and checks that it belongs here, continues the hash chain and is found by its nullifier.
pub(super) fn verify(
    database: &Database,
    manifest: &Manifest,
    state: &BoxState,
    mut progress: impl FnMut(u64),
) -> Result<(), StoreFault> {
    let transaction = database.begin_read()?;
    let ballots = transaction.open_table(BALLOTS)?;
    let nullifiers = transaction.open_table(NULLIFIERS)?;
    let keys = match manifest.kind() {
        ElectionKind::SecretBallots => Some(transaction.open_table(EPHEMERAL_KEYS)?),
        ElectionKind::OpenBallots => None,
    };
    let mut link = Link::after_manifest(manifest);
    let mut expected = 0;
    for entry in ballots.iter()? {
        let (index, value) = entry?;
        if index.value() != expected {
            return Err(damaged(expected, BallotProblem::Missing));
        }
        let stored = decode(manifest.kind(), expected, value.value())?;
        stored.ballot.instance(manifest).map_err(|error| damaged(expected, BallotProblem::Foreign(error)))?;
        link = link.after_ballot(expected, &stored.digest, stored.ballot.proof());
        if stored.link != link {
            return Err(damaged(expected, BallotProblem::BrokenLink));
        }
        if index_of(&nullifiers, &stored.nullifier())? != Some(expected) {
            return Err(damaged(expected, BallotProblem::NullifierIndex));
        }
        if let (Some(key), Some(keys)) = (stored.ballot.ephemeral_key(), &keys)
            && keys.get(&key)?.map(|index| index.value()) != Some(expected)
        {
            return Err(damaged(expected, BallotProblem::EphemeralKeyIndex));
        }
        expected += 1;
        progress(expected);
    }
    if let Some(keys) = keys
        && keys.len()? != expected
    {
        return Err(damaged(expected, BallotProblem::EphemeralKeyIndex));
    }
    if expected != state.ballots || link != state.head {
        return Err(damaged(expected, BallotProblem::Missing));
    }
    Ok(())
}

/// The ballot with that nullifier.
pub(super) fn by_nullifier(
    database: &Database,
    kind: ElectionKind,
    nullifier: &Nullifier,
) -> Result<Option<StoredBallot>, StoreFault> {
    let transaction = database.begin_read()?;
    let Some(index) = index_of(&transaction.open_table(NULLIFIERS)?, nullifier)? else {
        return Ok(None);
    };
    let ballots = transaction.open_table(BALLOTS)?;
    let value = ballots.get(index)?.ok_or_else(|| damaged(index, BallotProblem::Missing))?;
    let stored = decode(kind, index, value.value())?;
    if stored.nullifier() != *nullifier {
        return Err(damaged(index, BallotProblem::NullifierIndex));
    }
    Ok(Some(stored))
}

/// The index of the secret ballot with that ephemeral key.
pub(super) fn by_ephemeral_key(database: &Database, key: &EphemeralKey) -> Result<Option<u64>, StoreFault> {
    let transaction = database.begin_read()?;
    let keys = transaction.open_table(EPHEMERAL_KEYS)?;
    Ok(keys.get(key)?.map(|index| index.value()))
}

/// Ballots from an index on.
pub(super) fn page(
    database: &Database,
    kind: ElectionKind,
    from: u64,
    limit: usize,
) -> Result<Vec<StoredBallot>, StoreFault> {
    let transaction = database.begin_read()?;
    let ballots = transaction.open_table(BALLOTS)?;
    let mut page = Vec::new();
    for (expected, entry) in (from..).zip(ballots.range(from..)?.take(limit)) {
        let (index, value) = entry?;
        if index.value() != expected {
            return Err(damaged(expected, BallotProblem::Missing));
        }
        page.push(decode(kind, expected, value.value())?);
    }
    Ok(page)
}

fn index_of(
    nullifiers: &ReadOnlyTable<&[u8; 32], u64>,
    nullifier: &Nullifier,
) -> Result<Option<u64>, StoreFault> {
    Ok(nullifiers.get(&nullifier.to_bytes())?.map(|index| index.value()))
}

fn decode(kind: ElectionKind, index: u64, value: &[u8]) -> Result<StoredBallot, StoreFault> {
    let (link, ballot) =
        value.split_first_chunk::<LINK_BYTES>().ok_or_else(|| damaged(index, BallotProblem::BrokenLink))?;
    let ballot = CastBallot::from_bytes(kind, ballot)
        .map_err(|error| damaged(index, BallotProblem::Undecodable(error)))?;
    let link = Link::from_digest(Digest::from_bytes(*link));
    Ok(StoredBallot { index, digest: ballot.digest(), link, ballot })
}

const fn damaged(index: u64, problem: BallotProblem) -> StoreFault {
    StoreFault::DamagedBallot { index, problem }
}
