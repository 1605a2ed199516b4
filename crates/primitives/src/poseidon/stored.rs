//! The constants for two inputs, stored: these are wanted for every proof, and a browser would compile what makes them to run it once.
//!
//! `two-inputs.bin` has the round constants and the MDS matrix of [`Parameters`], then the elements of a [`Schedule`] in the order of its
//! fields: in Montgomery form, the least significant byte first. The tests make them anew, by the generator of the paper, and compare.

use super::{
    FULL_ROUNDS, PARTIAL_ROUNDS, Parameters,
    schedule::{Matrix, Schedule},
};
use crate::{Fr, montgomery::Element};
use alloc::vec::Vec;

/// The inputs for which constants are stored.
pub(super) const INPUTS: usize = N;

const N: usize = 2;
const T: usize = N + 1;
const PARTIAL: usize = PARTIAL_ROUNDS[N - 1];
/// Elements of the parameters.
const PLAIN: usize = (FULL_ROUNDS + PARTIAL) * T + T * T;
const BYTES: &[u8] = include_bytes!("two-inputs.bin");

/// The elements from one on.
fn elements(first: usize) -> impl Iterator<Item = Element> {
    let (elements, _) = BYTES.as_chunks();
    elements.iter().skip(first).map(Element::from_bytes)
}

/// The parameters for [`INPUTS`] inputs.
pub(super) fn parameters() -> Parameters {
    let mut elements = elements(0).map(Element::to_field);
    let mut take = |count| -> Vec<Fr> { elements.by_ref().take(count).collect() };
    Parameters {
        width: T,
        partial_rounds: PARTIAL,
        round_constants: take((FULL_ROUNDS + PARTIAL) * T),
        mds: (0..T).map(|_| take(T)).collect(),
    }
}

/// The schedule for [`INPUTS`] inputs.
pub(super) fn schedule() -> Schedule {
    const DELAYED: usize = PARTIAL - N;
    const HALF: usize = (FULL_ROUNDS / 2 - 1) * T;
    const {
        let vectors = N + 2 * HALF + T + N * (N - 1) / 2 + 2 * DELAYED * N + DELAYED + 2 * N * N + N;
        let all = PLAIN + vectors + 3 * T * T;
        assert!(BYTES.len() == all * Element::BYTES, "all elements, and nothing behind them");
    }
    let mut elements = elements(PLAIN);
    let mut take = |count| -> Vec<Element> { elements.by_ref().take(count).collect() };
    let matrix = |take: &mut dyn FnMut(usize) -> Vec<Element>| Matrix { heads: take(T), tails: take(T * N) };
    // Fields are read in the order in which they stand here.
    Schedule {
        input_constants: take(N),
        mds: matrix(&mut take),
        first_half: take(HALF),
        start: matrix(&mut take),
        start_constants: take(T),
        startup: take(N * (N - 1) / 2),
        of_powers: take(DELAYED * N),
        of_values: take(DELAYED * N),
        constants: take(DELAYED),
        end_of_powers: take(N * N),
        end_of_values: take(N * N),
        end_constants: take(N),
        resume: matrix(&mut take),
        second_half: take(HALF),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poseidon::grain;

    /// All elements as `two-inputs.bin` has them.
    fn bytes(parameters: &Parameters, schedule: &Schedule) -> Vec<u8> {
        let Parameters { round_constants, mds: plain_mds, .. } = parameters;
        let plain = round_constants.iter().chain(plain_mds.iter().flatten()).map(Element::from_field);
        let Schedule {
            input_constants,
            mds,
            first_half,
            start,
            start_constants,
            startup,
            of_powers,
            of_values,
            constants,
            end_of_powers,
            end_of_values,
            end_constants,
            resume,
            second_half,
        } = schedule;
        let all = [
            &[input_constants, &mds.heads, &mds.tails, first_half, &start.heads, &start.tails][..],
            &[start_constants, startup, of_powers, of_values, constants, end_of_powers, end_of_values],
            &[end_constants, &resume.heads, &resume.tails, second_half],
        ];
        let fast = all.concat().into_iter().flatten().copied();
        plain.chain(fast).flat_map(|element| element.to_field().0.0).flat_map(u64::to_le_bytes).collect()
    }

    #[test]
    fn what_is_stored_is_what_the_generator_gives() {
        let plain = grain::generate(T, FULL_ROUNDS, PARTIAL);
        let made = Schedule::new(&plain);
        let made_bytes = bytes(&plain, &made);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/poseidon/two-inputs.bin");
        if std::env::var_os("TABELLA_REGENERATE").is_some() {
            std::fs::write(path, &made_bytes).unwrap();
        }
        assert_eq!(std::fs::read(path).unwrap(), made_bytes, "TABELLA_REGENERATE=1 writes them anew");
        assert_eq!((parameters(), schedule()), (plain, made));
    }
}
