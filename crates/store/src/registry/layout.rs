//! What stands where in the file, and how it is written.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `meta` | `format` | name of the format |
//! | | `version` | 4 bytes big endian |
//! | `states` | number of the state | root 32, size 8, kind 1, argument 8, link 32 bytes |
//! | `nodes` | level << 32 + page | up to 124 nodes of 32 bytes, digest 32 bytes |
//!
//! Integers are big endian. A page with its digest fits one page of redb (4096 bytes).

use crate::{StoreFault, transaction::begin};
use redb::{Database, Table, TableDefinition};
use tabella_primitives::{
    Fr,
    digest::{Digest, TaggedHasher},
    domain,
    encoding::Canonical,
};
use tabella_protocol::registry::{Change, LeanImt, Registry, RootRecord};

pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
pub(super) const STATES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("states");
pub(super) const NODES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("nodes");

/// Name of the format, under key `format`.
pub(super) const FORMAT: &[u8] = b"tabella-registry-store";
/// Version of the format, under key `version`.
pub(super) const VERSION: u32 = 1;

/// Nodes in a full page.
pub(super) const NODES_PER_PAGE: usize = 124;
/// Bytes of a node, of a digest and of a link.
pub(super) const WORD: usize = 32;
/// Bytes of a state without its link.
pub(super) const STATE_BODY: usize = WORD + 8 + 1 + 8;

const APPENDED: u8 = 1;
const UPDATED: u8 = 2;
const REMOVED: u8 = 3;
const IMPORTED: u8 = 4;

/// Which leaves a change has touched; the nodes above them follow.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dirty {
    /// This leaf and all behind it.
    From(u64),
    /// This leaf alone.
    At(u64),
}

/// Writes a whole registry into a new database.
pub(super) fn write_new(database: &Database, registry: &Registry) -> Result<(), StoreFault> {
    let transaction = begin(database)?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert("format", FORMAT)?;
        meta.insert("version", VERSION.to_be_bytes().as_slice())?;
        let mut states = transaction.open_table(STATES)?;
        let mut link = FIRST_LINK;
        for record in registry.history().records() {
            link = write_state(&mut states, &link, record)?;
        }
        let mut nodes = transaction.open_table(NODES)?;
        write_nodes(&mut nodes, registry.tree(), Dirty::From(0))?;
    }
    transaction.commit()?;
    Ok(())
}

/// Writes what a change has touched, and the newest state.
pub(super) fn write_change(database: &Database, registry: &Registry, dirty: Dirty) -> Result<(), StoreFault> {
    let transaction = begin(database)?;
    if let Some(record) = registry.history().latest() {
        let mut states = transaction.open_table(STATES)?;
        let link = last_link(&states)?;
        write_state(&mut states, &link, record)?;
        let mut nodes = transaction.open_table(NODES)?;
        write_nodes(&mut nodes, registry.tree(), dirty)?;
    }
    transaction.commit()?;
    Ok(())
}

/// The link before the first state.
pub(super) const FIRST_LINK: [u8; WORD] = [0; WORD];

fn last_link(states: &Table<'_, u64, &[u8]>) -> Result<[u8; WORD], StoreFault> {
    use redb::ReadableTable;
    let Some((sequence, state)) = states.last()? else { return Ok(FIRST_LINK) };
    state
        .value()
        .get(STATE_BODY..)
        .and_then(|link| link.try_into().ok())
        .ok_or(StoreFault::DamagedState { sequence: sequence.value() })
}

fn write_state(
    states: &mut Table<'_, u64, &[u8]>,
    link: &[u8; WORD],
    record: &RootRecord,
) -> Result<[u8; WORD], StoreFault> {
    let body = encode_state(record);
    let link = next_link(link, record.sequence, &body);
    states.insert(record.sequence, [body.as_slice(), link.as_slice()].concat().as_slice())?;
    Ok(link)
}

/// Links a state to all before it.
pub(super) fn next_link(link: &[u8; WORD], sequence: u64, body: &[u8]) -> [u8; WORD] {
    *TaggedHasher::new(domain::REGISTRY_STATE).bytes(link).u64(sequence).bytes(body).finish().as_bytes()
}

fn encode_state(record: &RootRecord) -> Vec<u8> {
    let (kind, argument) = match record.change {
        Change::Appended { count } => (APPENDED, count),
        Change::Updated { index } => (UPDATED, index),
        Change::Removed { index } => (REMOVED, index),
        _ => (IMPORTED, 0),
    };
    let mut body = Vec::with_capacity(STATE_BODY);
    body.extend_from_slice(&record.root.map_or([0; WORD], |root| root.to_bytes()));
    body.extend_from_slice(&record.size.to_be_bytes());
    body.push(kind);
    body.extend_from_slice(&argument.to_be_bytes());
    body
}

/// The change that a kind and its argument name.
pub(super) fn decode_change(kind: u8, argument: u64) -> Option<Change> {
    match (kind, argument) {
        (APPENDED, count) => Some(Change::Appended { count }),
        (UPDATED, index) => Some(Change::Updated { index }),
        (REMOVED, index) => Some(Change::Removed { index }),
        (IMPORTED, 0) => Some(Change::Imported),
        _ => None,
    }
}

fn write_nodes(table: &mut Table<'_, u64, &[u8]>, tree: &LeanImt, dirty: Dirty) -> Result<(), StoreFault> {
    let mut bytes = Vec::with_capacity((NODES_PER_PAGE + 1) * WORD);
    for (level, nodes) in (0u64..).zip((0..=tree.depth()).filter_map(|level| tree.level(level))) {
        let page_of =
            |leaf: u64| usize::try_from(leaf >> level).map_or(usize::MAX, |node| node / NODES_PER_PAGE);
        let (first, count) = match dirty {
            Dirty::From(leaf) => (page_of(leaf), usize::MAX),
            Dirty::At(leaf) => (page_of(leaf), 1),
        };
        for (page, nodes) in nodes.chunks(NODES_PER_PAGE).enumerate().skip(first).take(count) {
            let key = page_key(level, page);
            bytes.clear();
            nodes.iter().for_each(|node| bytes.extend_from_slice(&node.to_be_bytes()));
            let digest = page_digest(key, &bytes);
            bytes.extend_from_slice(digest.as_bytes());
            table.insert(key, bytes.as_slice())?;
        }
    }
    Ok(())
}

/// Number of a page in its level, and the level, as one key: pages of one level stand together, in order.
pub(super) fn page_key(level: u64, page: usize) -> u64 {
    (level << 32) | u64::try_from(page).unwrap_or(u64::MAX)
}

/// Digest of a page, with its place, so that a page cannot stand in for another.
pub(super) fn page_digest(key: u64, nodes: &[u8]) -> Digest {
    TaggedHasher::new(domain::REGISTRY_PAGE).u64(key).bytes(nodes).finish()
}

/// The nodes of a page, if it is what was written under this key.
pub(super) fn decode_page(key: u64, page: &[u8], nodes: &mut Vec<Fr>) -> Option<()> {
    let (body, digest) = page.split_at_checked(page.len().checked_sub(WORD)?)?;
    if page_digest(key, body).as_bytes() != digest {
        return None;
    }
    let (words, rest) = body.as_chunks::<WORD>();
    if !rest.is_empty() {
        return None;
    }
    for word in words {
        nodes.push(Fr::from_be_bytes(word).ok()?);
    }
    Some(())
}
