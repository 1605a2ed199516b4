//! Assignments that a voter would have who cheats at some constraints and obeys all others.

use crate::{
    common::layout::{Layout, eval},
    samples::Sample,
};
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use std::collections::BTreeMap;
use tabella_primitives::Fr;

/// Column of gamma.
pub(crate) const GAMMA: usize = 2;

pub(crate) struct Forge {
    pub(crate) layout: Layout,
    /// Columns that are free, and their values.
    pub(crate) given: BTreeMap<usize, Fr>,
    /// Columns of election's root, and the depth of the path.
    root: usize,
    depth: usize,
}

impl Forge {
    pub(crate) fn of(sample: &Sample) -> Self {
        let layout = Layout::of(sample.circuit());
        let z = &layout.z;
        let mut free = vec![0, GAMMA];
        free.extend(layout.ending("/boolean").into_iter().filter_map(|row| bit(&layout, row)));
        for (level, row) in layout.ending("/child").into_iter().enumerate() {
            let right = layout.newest(row);
            let on_right = (sample.witness.path.index() >> level) & 1 == 1;
            free.push(if on_right { right - 1 } else { right });
        }
        // Allocated before anything else that has the same value.
        let column = |value: Fr| (4..z.len()).find(|column| z[*column] == value).unwrap();
        let root = column(*sample.election.root().as_field());
        free.extend([column(sample.election.terms_element()), root]);
        // Keys stand one after the other, x before y; those of slots without option are all B8.
        let first_key = sample.election.slot_keys().next().unwrap();
        let first_key = column(first_key.to_xy().0);
        free.extend(first_key..first_key + 2 * sample.election.size().slots());
        let given = free.into_iter().map(|column| (column, z[column])).collect();
        Self { layout, given, root, depth: sample.witness.path.depth() }
    }

    pub(crate) fn row(&self, name: &str) -> usize {
        self.layout.row(name)
    }

    /// The column of a bit.
    pub(crate) fn bit(&self, name: &str) -> usize {
        bit(&self.layout, self.row(name)).unwrap_or_else(|| panic!("{name} is no wire"))
    }

    /// Sets all bits under a name to those of an integer, and only those that have wires.
    pub(crate) fn set(&mut self, prefix: &str, value: Fr) {
        let integer = value.into_bigint();
        let names: Vec<usize> = self.layout.ending("/boolean");
        for row in names {
            let name = &self.layout.names[row];
            let Some(rest) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix("/bit/")) else {
                continue;
            };
            let place: usize = rest.strip_suffix("/boolean").unwrap().parse().unwrap();
            if let Some(column) = bit(&self.layout, row) {
                self.given.insert(column, Fr::from(integer.get_bit(place)));
            }
        }
    }

    /// A registry whose root is the node to which the path leads now, in place of the election's.
    pub(crate) fn follow_root(&mut self) {
        self.given.remove(&self.root);
    }

    pub(crate) fn solve(&self, skip: Option<usize>) -> Vec<Fr> {
        let columns = self.layout.z.len();
        let (mut z, mut known) = (vec![Fr::ZERO; columns], vec![false; columns]);
        for (column, value) in &self.given {
            (known[*column], z[*column]) = (true, *value);
        }
        if !known[self.root] {
            self.layout.pass(&mut z, &mut known, skip);
            let row = self.row(&format!("ballot/path/level/{:02}/root", self.depth - 1));
            (known[self.root], z[self.root]) = (true, -eval(&self.layout.rows[row][1], &z));
        }
        self.layout.pass(&mut z, &mut known, skip);
        let unknown = known.iter().position(|known| !known);
        assert_eq!(unknown, None, "every column is fixed by some constraint");
        z
    }

    /// Names of the constraints that the forged assignment breaks.
    pub(crate) fn broken(&self, skip: Option<usize>) -> Vec<&str> {
        self.layout.violated_names(&self.solve(skip))
    }
}

/// The column of a bit that has a wire of its own.
fn bit(layout: &Layout, row: usize) -> Option<usize> {
    let columns: Vec<usize> = layout.rows[row][0].iter().map(|(_, k)| *k).filter(|k| *k != 0).collect();
    let [column] = columns[..] else { return None };
    (layout.rows[row][0].len() == 1 && layout.rows[row][0][0].0 == Fr::ONE).then_some(column)
}
