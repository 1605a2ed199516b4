//! Lists of citizens, and the registry as a state machine beside a naive twin.

use tabella_primitives::{Fr, encoding::Canonical, poseidon};
use tabella_protocol::{
    identity::IdentityCommitment,
    registry::{
        CsvCommitments, ImportError, ImportedCommitment, JsonLinesCommitments, Registry, RegistryPage,
        RegistryUpper, quietly,
    },
};

/// Imports a list; a registry that refuses one must not have changed.
fn imports(list: impl IntoIterator<Item = Result<ImportedCommitment, ImportError>>) -> bool {
    let mut registry = Registry::new();
    match registry.import(list) {
        Ok(count) => {
            assert_eq!(registry.size(), count);
            true
        }
        Err(_) => {
            assert!(registry == Registry::new(), "a refused list leaves no trace");
            false
        }
    }
}

/// A list of commitments in CSV.
#[must_use]
pub fn census_csv(data: &[u8]) -> bool {
    imports(CsvCommitments::new(data))
}

/// A list of commitments in JSON lines.
#[must_use]
pub fn census_json_lines(data: &[u8]) -> bool {
    imports(JsonLinesCommitments::new(data))
}

/// A group of Semaphore's JavaScript.
#[must_use]
pub fn group_json(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(registry) = Registry::from_group_json(text, &mut quietly) else { return false };
    let again = Registry::from_group_json(&registry.to_group_json(), &mut quietly);
    assert_eq!(again.expect("what was encoded here decodes").root(), registry.root());
    true
}

/// A snapshot of a registry.
#[must_use]
pub fn registry_snapshot(data: &[u8]) -> bool {
    let Ok(registry) = Registry::read_snapshot(data, &mut quietly) else { return false };
    let mut bytes = Vec::new();
    registry.write_snapshot(&mut bytes).expect("memory takes every byte");
    let again =
        Registry::read_snapshot(bytes.as_slice(), &mut quietly).expect("what was encoded here decodes");
    assert!(again == registry, "the same registry");
    true
}

/// What a wallet fetches of a registry: the part above the pages, or a page.
#[must_use]
pub fn registry_pages(data: &[u8]) -> bool {
    let (upper, page) = (RegistryUpper::from_bytes(data), RegistryPage::from_bytes(data));
    if let Ok(upper) = &upper {
        assert_eq!(upper.to_bytes(), data);
    }
    if let Ok(page) = &page {
        assert_eq!(page.to_bytes(), data);
    }
    upper.is_ok() || page.is_ok()
}

/// Appends, updates and removes as the bytes say (two for each operation), beside a twin that computes every root anew.
#[must_use]
pub fn registry_operations(data: &[u8]) -> bool {
    const MOST: usize = 32;
    let mut registry = Registry::new();
    let mut twin: Vec<Fr> = Vec::new();
    for operation in data.chunks_exact(2).take(128) {
        let &[kind, value] = operation else { unreachable!("chunks of two") };
        // Few values, so that 0 and repetitions come about.
        let leaf = Fr::from(u64::from(value % 48));
        let commitment = IdentityCommitment::from_field(leaf);
        let slot = usize::from(value / 8);
        let known = leaf == Fr::from(0u64) || twin.contains(&leaf);
        let (accepted, allowed) = match kind % 3 {
            0 if twin.len() == MOST => continue,
            0 => {
                let accepted = registry.append(commitment).is_ok();
                if !known {
                    twin.push(leaf);
                }
                (accepted, !known)
            }
            kind => {
                let new = if kind == 1 { leaf } else { Fr::from(0u64) };
                let index = u64::try_from(slot).expect("a slot is small");
                let occupied = twin.get(slot).is_some_and(|leaf| *leaf != Fr::from(0u64));
                // Whether a citizen may be replaced by himself is the registry's to say: it changes nothing.
                if kind == 1 && twin.get(slot) == Some(&leaf) {
                    continue;
                }
                let allowed = occupied && (kind == 2 || !known);
                let result = if kind == 1 {
                    registry.update(index, commitment).is_ok()
                } else {
                    registry.remove(index).is_ok()
                };
                if let Some(old) = twin.get_mut(slot).filter(|_| allowed) {
                    *old = new;
                }
                (result, allowed)
            }
        };
        assert_eq!(accepted, allowed, "operation {kind} {value}");
        agree(&registry, &twin);
    }
    !twin.is_empty()
}

/// Root, size and every path are those of the twin.
fn agree(registry: &Registry, twin: &[Fr]) {
    assert_eq!(registry.size(), u64::try_from(twin.len()).expect("it is small"));
    let root = naive_root(twin);
    assert_eq!(registry.root().map(|root| root.to_bytes()), root.map(|root| root.to_be_bytes()));
    for (index, leaf) in registry.citizens() {
        let path = registry.path(index).expect("a citizen has a path");
        assert_eq!(Some(path.root(&leaf)), registry.root());
    }
}

/// The root of a LeanIMT, level by level: a node without a right sibling is its left child. None where no citizen is left
/// under it.
fn naive_root(leaves: &[Fr]) -> Option<Fr> {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|children| match children {
                &[left, right] => poseidon::hash(&[left, right]),
                other => other[0],
            })
            .collect();
    }
    level.first().copied().filter(|root| *root != Fr::from(0u64))
}
