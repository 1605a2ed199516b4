//! Reading the file, with every digest checked.

use super::layout::{
    FIRST_LINK, FORMAT, NODES_PER_PAGE, STATE_BODY, VERSION, WORD, decode_change, decode_page, next_link,
    page_key,
};
use crate::StoreFault;
use redb::{ReadOnlyTable, ReadableTable};
use tabella_primitives::Fr;
use tabella_protocol::registry::{LeanImt, MAX_SIZE, Registry, RegistryRoot, RootHistory, RootRecord};

pub(super) fn check_version(meta: &ReadOnlyTable<&str, &[u8]>) -> Result<(), StoreFault> {
    let format = meta.get("format")?;
    if format.is_none_or(|format| format.value() != FORMAT) {
        return Err(StoreFault::NotAStore);
    }
    let version = meta.get("version")?.and_then(|version| version.value().try_into().ok());
    let found = u32::from_be_bytes(version.ok_or(StoreFault::NotAStore)?);
    if found != VERSION {
        return Err(StoreFault::Version { found, expected: VERSION });
    }
    Ok(())
}

pub(super) fn registry(
    states: &ReadOnlyTable<u64, &[u8]>,
    nodes: &ReadOnlyTable<u64, &[u8]>,
) -> Result<Registry, StoreFault> {
    let history = history(states)?;
    let size = history.latest().map_or(0, |state| state.size);
    if size > MAX_SIZE {
        return Err(StoreFault::DamagedState { sequence: history.sequence() });
    }
    let tree = LeanImt::from_levels_unchecked(levels(nodes, size)?).map_err(StoreFault::Tree)?;
    Registry::from_parts(tree, history).map_err(StoreFault::Contents)
}

fn history(states: &ReadOnlyTable<u64, &[u8]>) -> Result<RootHistory, StoreFault> {
    let mut records = Vec::new();
    let mut link = FIRST_LINK;
    for entry in states.iter()? {
        let (sequence, state) = entry?;
        let (sequence, state) = (sequence.value(), state.value());
        let damaged = StoreFault::DamagedState { sequence };
        let (body, written) = state.split_at_checked(STATE_BODY).ok_or_else(|| damaged.clone())?;
        link = next_link(&link, sequence, body);
        if link.as_slice() != written {
            return Err(damaged);
        }
        records.push(decode_state(sequence, body).ok_or(damaged)?);
    }
    RootHistory::from_records(records).map_err(StoreFault::History)
}

fn decode_state(sequence: u64, body: &[u8]) -> Option<RootRecord> {
    let (root, rest) = body.split_first_chunk::<WORD>()?;
    let (size, rest) = rest.split_first_chunk()?;
    let (kind, argument) = rest.split_first()?;
    let root = if *root == [0; WORD] { None } else { Some(RegistryRoot::from_bytes(root).ok()?) };
    let change = decode_change(*kind, u64::from_be_bytes(argument.try_into().ok()?))?;
    Some(RootRecord { sequence, root, size: u64::from_be_bytes(*size), change })
}

/// All levels of the tree: exactly the pages that so many leaves make, in order, and none besides.
fn levels(table: &ReadOnlyTable<u64, &[u8]>, size: u64) -> Result<Vec<Vec<Fr>>, StoreFault> {
    let mut pages = table.iter()?;
    let mut levels = Vec::new();
    for level in 0u64.. {
        let length = usize::try_from(size.div_ceil(1 << level)).unwrap_or(usize::MAX);
        let mut nodes = Vec::new();
        for page in 0..length.div_ceil(NODES_PER_PAGE) {
            let key = page_key(level, page);
            let damaged = || StoreFault::DamagedPage { level, page: u64::try_from(page).unwrap_or(u64::MAX) };
            let (found, bytes) = pages.next().ok_or_else(damaged)??;
            // Only once the first page is there do we believe the number of leaves enough to make room for them.
            if page == 0 {
                nodes.reserve_exact(length.min(PLAUSIBLE));
            }
            let before = nodes.len();
            if found.value() != key || decode_page(key, bytes.value(), &mut nodes).is_none() {
                return Err(damaged());
            }
            if nodes.len() - before != NODES_PER_PAGE.min(length - before) {
                return Err(damaged());
            }
        }
        levels.push(nodes);
        if length <= 1 {
            break;
        }
    }
    match pages.next() {
        None => Ok(levels),
        Some(extra) => {
            let key = extra?.0.value();
            Err(StoreFault::DamagedPage { level: key >> 32, page: key & u64::from(u32::MAX) })
        }
    }
}

/// Leaves for which room is made at once; more than that grows as it is read.
const PLAUSIBLE: usize = 1 << 24;
