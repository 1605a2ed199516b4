//! Whole levels of a tree at once: "hash these children to their parents", on one core and on all.
//!
//! Both forms give the same nodes in the same order; small work stays on one core, where waking the others costs more.

use super::progress::Meter;
use alloc::vec::Vec;
#[cfg(feature = "parallel")]
use rayon::prelude::*;
use tabella_primitives::{Fr, poseidon};

/// Parents hashed between two reports of progress.
const BLOCK: usize = 8192;
/// Below so many parents one core is faster than several.
#[cfg(feature = "parallel")]
const SERIAL_BELOW: usize = 32;

/// The parent of one or two children: `H_2(left, right)`, or the only child itself.
pub(super) fn parent(children: &[Fr]) -> Fr {
    match children {
        [left, right] => poseidon::hash(&[*left, *right]),
        [only] => *only,
        _ => unreachable!("children come in ones and twos"),
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
    #[cfg(feature = "parallel")]
    if children.len() >= 2 * SERIAL_BELOW {
        parents.par_extend(children.par_chunks(2).with_min_len(SERIAL_BELOW / 2).map(parent));
        return;
    }
    append_block_serially(children, parents);
}

fn append_block_serially(children: &[Fr], parents: &mut Vec<Fr>) {
    parents.extend(children.chunks(2).map(parent));
}

/// The parents at these positions (ascending, no doubles) of one level.
pub(super) fn parents_at(positions: &[usize], children: &[Fr]) -> Vec<Fr> {
    let parent_at = |position: &usize| {
        let (start, end) = (2 * position, (2 * position + 2).min(children.len()));
        parent(children.get(start..end).expect("a parent has at least one child"))
    };
    #[cfg(feature = "parallel")]
    if positions.len() >= SERIAL_BELOW {
        return positions.par_iter().with_min_len(SERIAL_BELOW / 2).map(parent_at).collect();
    }
    positions.iter().map(parent_at).collect()
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

#[cfg(all(test, feature = "parallel"))]
mod tests {
    use super::*;

    #[test]
    fn serial_and_parallel_give_the_same_nodes() {
        for count in [0u64, 1, 2, 63, 64, 65, 127, 1000, 1001] {
            let children: Vec<Fr> = (1..=count).map(Fr::from).collect();
            let mut serial = Vec::new();
            append_block_serially(&children, &mut serial);
            for threads in [1, 2, 7] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let mut parallel = Vec::new();
                pool.install(|| append_block(&children, &mut parallel));
                assert_eq!(parallel, serial, "{count} children, {threads} threads");
                let positions: Vec<usize> = (0..serial.len()).collect();
                assert_eq!(pool.install(|| parents_at(&positions, &children)), serial);
            }
        }
    }
}
