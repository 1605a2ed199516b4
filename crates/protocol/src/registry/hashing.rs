//! Whole levels of a tree at once: "hash these children to their parents", on all cores with feature `parallel`.

use alloc::vec::Vec;
use tabella_primitives::progress::Meter;
use tabella_primitives::{Fr, poseidon};

/// Parents hashed between two reports of progress: some ten milliseconds on one core.
const BLOCK: usize = 4096;

/// The parent at this position, which has at least one child: `H_2(left, right)`, or the only child itself.
pub(super) fn parent_at(position: usize, children: &[Fr]) -> Fr {
    match children.get(2 * position..).expect("a parent has at least one child") {
        [left, right, ..] => poseidon::hash(&[*left, *right]),
        [only] => *only,
        [] => unreachable!("a parent has at least one child"),
    }
}

/// Appends the parents of all children, two by two, to `parents`.
pub(super) fn append_parents(children: &[Fr], parents: &mut Vec<Fr>, meter: &mut Meter<'_>) {
    parents.reserve(children.len().div_ceil(2));
    for block in children.chunks(2 * BLOCK) {
        append_block(block, parents);
        meter.add(block.len().div_ceil(2));
    }
}

fn append_block(children: &[Fr], parents: &mut Vec<Fr>) {
    let (pairs, only) = children.as_chunks::<2>();
    let start = parents.len();
    parents.resize(start + pairs.len(), Fr::default());
    poseidon::hash_pairs(pairs, parents.get_mut(start..).unwrap_or_default());
    parents.extend_from_slice(only);
}

/// The parents at these positions (ascending, no doubles) of one level.
pub(super) fn parents_at(positions: &[usize], children: &[Fr]) -> Vec<Fr> {
    let pairs: Vec<[Fr; 2]> = positions
        .iter()
        .filter_map(|position| children.get(2 * position..2 * position + 2)?.try_into().ok())
        .collect();
    let mut parents = alloc::vec![Fr::default(); pairs.len()];
    poseidon::hash_pairs(&pairs, &mut parents);
    // At most the last parent of a level has but one child.
    parents.extend(positions.iter().skip(pairs.len()).map(|position| parent_at(*position, children)));
    parents
}

/// The position of the first parent that does not follow from its children.
pub(super) fn first_wrong_parent(children: &[Fr], parents: &[Fr], meter: &mut Meter<'_>) -> Option<usize> {
    let mut expected = Vec::new();
    for (number, (children, parents)) in children.chunks(2 * BLOCK).zip(parents.chunks(BLOCK)).enumerate() {
        expected.clear();
        append_block(children, &mut expected);
        if let Some(at) = expected.iter().zip(parents).position(|(a, b)| a != b) {
            return Some(number * BLOCK + at);
        }
        meter.add(parents.len());
    }
    None
}
