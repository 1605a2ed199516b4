//! The wires of the membership path: zk-kit's `BinaryMerkleRoot`.

use super::{
    hash::hash,
    inversion::invert_all,
    wires::{HASH, Wires, write, write_bits},
};
use crate::depth::{Depth, MAX_DEPTH};
use ark_ff::{AdditiveGroup, Field};
use std::sync::OnceLock;
use tabella_primitives::{Fr, montgomery::product};
use tabella_protocol::registry::MembershipPath;
use zeroize::Zeroizing;

/// 1/1, 1/2, .. 1/32: what the comparisons of the path's length divide by.
fn inverses() -> &'static [Fr; MAX_DEPTH] {
    static INVERSES: OnceLock<[Fr; MAX_DEPTH]> = OnceLock::new();
    INVERSES.get_or_init(|| {
        let mut number = Fr::ZERO;
        let mut numbers: [Fr; MAX_DEPTH] = core::array::from_fn(|_| {
            number += Fr::ONE;
            number
        });
        invert_all(&mut numbers).expect("none is zero");
        numbers
    })
}

/// `1 / (level - length)`, or zero if they are equal.
fn inverse_of_difference(level: usize, length: usize) -> Fr {
    let distance = level.abs_diff(length);
    let inverse =
        distance.checked_sub(1).and_then(|place| inverses().get(place)).copied().unwrap_or(Fr::ZERO);
    if level < length { -inverse } else { inverse }
}

/// Writes the wires of the path from a leaf; the answer is the root. The path has at most `depth` siblings.
///
/// The steps depend on the depth and on the number of siblings alone.
pub(super) fn climb(depth: Depth, leaf: Fr, path: &MembershipPath, wires: &mut Wires<'_>) -> Fr {
    let length = path.depth();
    *wires.length = Fr::from(u64::try_from(length).expect("at most 32"));
    *wires.index = Fr::from(path.index());
    write_bits(wires.index_bits, &[path.index()]);
    for (wire, sibling) in wires.siblings.iter_mut().zip(path.siblings()) {
        *wire = *sibling;
    }
    let (comparisons, _) = wires.comparisons.as_chunks_mut::<2>();
    for (level, wires) in comparisons.iter_mut().enumerate() {
        *wires = [Fr::from(u64::from(level == length)), inverse_of_difference(level, length)];
    }

    let mut node = Zeroizing::new(leaf);
    let mut root = Fr::ZERO;
    let (children, _) = wires.children.as_chunks_mut::<2>();
    let mut nodes = wires.nodes.iter_mut();
    let steps =
        wires.siblings.iter().zip(children).zip(wires.levels.chunks_exact_mut(HASH)).zip(&mut *wires.roots);
    for (level, (((sibling, children), levels), candidate)) in steps.enumerate() {
        if let Some(wire) = nodes.next() {
            *wire = *node;
        }
        if level == length {
            root = *node;
            *candidate = root;
        }
        let right = Fr::from((path.index() >> level) & 1);
        let exchange = Zeroizing::new(product(&(*sibling - *node), &right));
        let (left, right) = (*node + *exchange, *sibling - *exchange);
        write(children, [left, right]);
        *node = hash(left, right, levels);
    }
    if let Some(wire) = nodes.next() {
        *wire = *node;
    }
    if depth.levels() == length { *node } else { root }
}
