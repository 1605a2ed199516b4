//! Membership in a LeanIMT of any depth up to a maximum: 242 constraints per level.
//!
//! A node is one of its parent's two children, and the root is one of the leaf's ancestors or the leaf itself:
//!
//! ```text
//! node_0 = leaf
//! (left_i - node_i) (right_i - node_i) = 0         child: our node stands on one side, whatever on the other
//! node_{i+1} = H_2(left_i, right_i)
//! (root - node_0) (root - node_1) .. (root - node_max) = 0
//! ```
//!
//! *Sound*: r is prime, so a vanishing product has a vanishing factor. Hence `root = node_d` for some d <= max, and for every
//! i < d our node is the left or the right child; the other child and the side are a path of depth d. *Complete*: take
//! the path, and above its root any children at all (here the node itself and 0). There is no index bit to be boolean,
//! no flag that ends the path, and nothing to select.

use super::{num::Num, poseidon};
use crate::{constrain, naming::numbered, part};
use ark_ff::AdditiveGroup;
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use tabella_primitives::Fr;
use tabella_protocol::registry::MembershipPath;

/// Enforces that a path of depth at most `max_depth` leads from `leaf` to `root`.
///
/// Constraints: per level `level/<i>/{child, parent/.., root}`, the last `root` being called `root` itself. With
/// `max_depth = 0` one constraint, `root`.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none, [`SynthesisError::Unsatisfiable`] if
/// the path is deeper than `max_depth`.
pub fn enforce_membership(
    cs: &ConstraintSystemRef<Fr>,
    leaf: &Num,
    max_depth: usize,
    path: Option<&MembershipPath>,
    root: &Num,
) -> Result<(), SynthesisError> {
    if path.is_some_and(|path| path.depth() > max_depth) {
        return Err(SynthesisError::Unsatisfiable);
    }
    let mut node = leaf.clone();
    // The product of the differences so far.
    let mut product = root - leaf;
    if max_depth == 0 {
        return constrain!(
            cs,
            "root",
            product.lc(),
            LinearCombination::from(Variable::One),
            LinearCombination::zero()
        );
    }
    for level in 0..max_depth {
        let level_part = part!("level");
        let number = numbered(level).entered();
        let children = node.value().zip(path).map(|(node, path)| children(node, path, level));
        let left = Num::witness(cs, children.map(|[left, _]| left))?;
        let right = Num::witness(cs, children.map(|[_, right]| right))?;
        constrain!(cs, "child", (&left - &node).lc(), (&right - &node).lc(), LinearCombination::zero())?;
        {
            let _part = part!("parent");
            node = poseidon::hash(cs, &[left, right])?;
        }
        let difference = root - &node;
        if level + 1 < max_depth {
            let value = product.value().zip(difference.value()).map(|(a, b)| a * b);
            let next = Num::witness(cs, value)?;
            constrain!(cs, "root", product.lc(), difference.lc(), next.lc())?;
            product = next;
        } else {
            drop((number, level_part));
            constrain!(cs, "root", product.lc(), difference.lc(), LinearCombination::zero())?;
        }
    }
    Ok(())
}

/// Left and right child at a level. Above the path's root: the node and 0.
fn children(node: Fr, path: &MembershipPath, level: usize) -> [Fr; 2] {
    let sibling = path.siblings().get(level).copied().unwrap_or(Fr::ZERO);
    if (path.index() >> level) & 1 == 1 { [sibling, node] } else { [node, sibling] }
}
