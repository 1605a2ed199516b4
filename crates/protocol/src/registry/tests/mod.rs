//! Tests of the registry: known answers of Semaphore's JavaScript, a naive twin, every refusal, every file format.
#![allow(clippy::as_conversions, reason = "small numbers in tests")]

mod formats;
mod history;
mod known_answers;
mod oracle;
mod rules;
mod shapes;
#[cfg(feature = "std")]
mod streams;

use crate::identity::IdentityCommitment;
use alloc::vec::Vec;
use tabella_primitives::{Fr, poseidon};

fn commitment(value: u64) -> IdentityCommitment {
    IdentityCommitment::from_field(Fr::from(value))
}

fn commitments(values: impl IntoIterator<Item = u64>) -> Vec<IdentityCommitment> {
    values.into_iter().map(commitment).collect()
}

/// The tree's definition, word by word.
fn naive_root(leaves: &[Fr]) -> Fr {
    match leaves {
        [] => Fr::from(0),
        [root] => *root,
        _ => {
            let parents: Vec<Fr> = leaves
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => poseidon::hash(&[*left, *right]),
                    other => other[0],
                })
                .collect();
            naive_root(&parents)
        }
    }
}
