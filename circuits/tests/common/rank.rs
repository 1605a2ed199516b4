//! What a constraint system fixes to first order.
//!
//! At a satisfying assignment z the derivative of `<A,z> <B,z> = <C,z>` is the row `<B,z> A + <A,z> B - C`. If these
//! rows, together with unit rows for the inputs, have full column rank, no wire can move while the inputs stay.

use super::layout::{Layout, Lc, eval};
use ark_ff::{AdditiveGroup, Field};
use std::collections::BTreeMap;
use tabella_primitives::Fr;

pub(crate) type Row = BTreeMap<usize, Fr>;

fn add(row: &mut Row, lc: &Lc, factor: Fr) {
    for (coefficient, column) in lc.iter().filter(|(_, column)| *column != 0) {
        let entry = row.entry(*column).or_insert(Fr::ZERO);
        *entry += *coefficient * factor;
        if *entry == Fr::ZERO {
            row.remove(column);
        }
    }
}

pub(crate) fn jacobian(system: &Layout) -> Vec<Row> {
    let derivative = |[a, b, c]: &[Lc; 3]| {
        let mut row = Row::new();
        add(&mut row, a, eval(b, &system.z));
        add(&mut row, b, eval(a, &system.z));
        add(&mut row, c, -Fr::ONE);
        row
    };
    system.rows.iter().map(derivative).collect()
}

/// Columns that may move although all rows are 0. Pivots are the newest wires, so little is filled in.
pub(crate) fn free_columns(columns: usize, rows: impl Iterator<Item = Row>) -> Vec<usize> {
    let mut pivots: BTreeMap<usize, Row> = BTreeMap::new();
    for mut row in rows {
        let mut below = usize::MAX;
        while let Some((&column, &value)) = row.range(..below).next_back() {
            below = column;
            if let Some(pivot) = pivots.get(&column) {
                row.remove(&column);
                let terms: Lc = pivot.iter().map(|(k, a)| (*a, *k)).collect();
                add(&mut row, &terms, value);
            }
        }
        if let Some((column, value)) = row.pop_last() {
            let factor = -value.inverse().unwrap();
            row.values_mut().for_each(|entry| *entry *= factor);
            pivots.insert(column, row);
        }
    }
    (1..columns).filter(|column| !pivots.contains_key(column)).collect()
}

pub(crate) fn unit(column: &usize) -> Row {
    Row::from([(*column, Fr::ONE)])
}
