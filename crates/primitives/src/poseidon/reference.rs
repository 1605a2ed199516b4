//! Poseidon as its paper writes it: the plain twin against which the fast form is tested.

use super::{FULL_ROUNDS, parameters};
use crate::Fr;
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, Field};

/// Add the round's constants, raise to the fifth power (all elements, or the first), multiply by the matrix.
pub(super) fn hash(inputs: &[Fr]) -> Fr {
    let parameters = parameters(inputs.len());
    let mut state: Vec<Fr> = core::iter::once(Fr::ZERO).chain(inputs.iter().copied()).collect();
    let half = FULL_ROUNDS / 2;
    for (round, constants) in parameters.round_constants.chunks_exact(parameters.width).enumerate() {
        for (x, c) in state.iter_mut().zip(constants) {
            *x += c;
        }
        let full = round < half || round >= half + parameters.partial_rounds;
        let count = if full { parameters.width } else { 1 };
        for x in state.iter_mut().take(count) {
            *x *= x.square().square();
        }
        state = parameters.mds.iter().map(|row| row.iter().zip(&state).map(|(m, x)| *m * x).sum()).collect();
    }
    state[0]
}
