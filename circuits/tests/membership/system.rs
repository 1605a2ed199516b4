//! The membership circuit laid open.

use crate::{common::layout::Layout, samples::Sample};
use ark_ff::AdditiveGroup;
use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
};
use tabella_primitives::Fr;
use tabella_protocol::statement::CircuitId;

pub(crate) use crate::common::layout::eval;

/// Columns of the public inputs.
pub(crate) const ROOT: usize = 1;
pub(crate) const NULLIFIER: usize = 2;
pub(crate) const MESSAGE: usize = 3;
pub(crate) const SCOPE: usize = 4;

pub(crate) struct System {
    pub(crate) layout: Layout,
    /// Depth of the path in the witness.
    pub(crate) depth: usize,
    /// Columns of left and right child by level.
    pub(crate) children: Vec<[usize; 2]>,
    /// Columns of the 251 bits.
    pub(crate) bits: Vec<usize>,
}

impl Deref for System {
    type Target = Layout;
    fn deref(&self) -> &Layout {
        &self.layout
    }
}

impl DerefMut for System {
    fn deref_mut(&mut self) -> &mut Layout {
        &mut self.layout
    }
}

impl System {
    pub(crate) fn new(id: CircuitId, sample: &Sample) -> Self {
        let layout = Layout::of(sample.circuit(id));
        let bits = layout.ending("/boolean").into_iter().map(|row| layout.newest(row)).collect();
        let children = layout.ending("/child").into_iter().map(|row| layout.newest(row));
        let children = children.map(|right| [right - 1, right]).collect();
        Self { layout, depth: sample.witness.path.depth(), children, bits }
    }

    /// The child at a level which is not our node, by column.
    pub(crate) fn sibling(&self, level: usize, sample: &Sample) -> usize {
        let side = usize::from((sample.witness.path.index() >> level) & 1 == 0);
        self.children[level][side]
    }

    /// What the prover chooses freely: bits and siblings; and what the verifier chooses: message and scope.
    pub(crate) fn inputs(&self, sample: &Sample) -> BTreeMap<usize, Fr> {
        let siblings = (0..self.children.len()).map(|level| self.sibling(level, sample));
        [0, MESSAGE, SCOPE]
            .into_iter()
            .chain(self.bits.iter().copied())
            .chain(siblings)
            .map(|k| (k, self.z[k]))
            .collect()
    }

    /// The column which a constraint fixes, given those before it; none for the constraints that only check.
    pub(crate) fn defines(&self, row: usize) -> Option<usize> {
        let name = &self.names[row];
        let checks = ["/boolean", "/child", "/output", "path/root"];
        (!checks.iter().any(|end| name.ends_with(end)))
            .then(|| self.rows[row].iter().flatten().map(|(_, column)| *column).max().unwrap())
    }

    /// Fills an assignment from the values given, constraint by constraint, as a prover would who leaves out `skip`.
    ///
    /// The root, unless given, is the node at the depth of the path; the nullifier, unless given, is what the circuit
    /// says.
    pub(crate) fn solve(&self, given: &BTreeMap<usize, Fr>, skip: Option<usize>) -> Vec<Fr> {
        let mut known = vec![false; self.z.len()];
        let mut z = vec![Fr::ZERO; self.z.len()];
        for (column, value) in given {
            (known[*column], z[*column]) = (true, *value);
        }
        self.pass(&mut z, &mut known, skip);
        if !known[ROOT] {
            // With the root still 0, the difference `root - node` is minus the node.
            let difference = match self.depth {
                0 => &self.rows[self.row_of_root(0)][0],
                depth => &self.rows[self.row_of_root(depth - 1)][1],
            };
            (known[ROOT], z[ROOT]) = (true, -eval(difference, &z));
        }
        self.pass(&mut z, &mut known, skip);
        assert!(known.iter().all(|known| *known), "every column is fixed by some constraint");
        z
    }

    fn row_of_root(&self, level: usize) -> usize {
        if level + 1 == self.children.len() {
            self.row("membership/path/root")
        } else {
            self.row(&format!("membership/path/level/{level:02}/root"))
        }
    }
}
