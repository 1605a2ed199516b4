//! Poseidon over BN254's scalar field with circomlib's parameters, 1 to 16 inputs [Poseidon, eprint 2019/458].
//!
//! alpha = 5, 8 full rounds, the number of partial rounds per width as circomlib has it; capacity element 0 in front,
//! the output is the first element of the final state.

mod grain;

use crate::Fr;
use alloc::{boxed::Box, vec::Vec};
use ark_ff::{AdditiveGroup, Field};
use once_cell::race::OnceBox;

/// Number of full rounds R_F, half of them before and half after the partial rounds.
pub const FULL_ROUNDS: usize = 8;
/// Largest number of inputs.
pub const MAX_INPUTS: usize = 16;
/// Number of partial rounds R_P for 1..=16 inputs (width t = inputs + 1), as in circomlib's `poseidon.circom`.
pub const PARTIAL_ROUNDS: [usize; MAX_INPUTS] =
    [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/// The constants of one width.
#[derive(Debug)]
pub struct Parameters {
    /// Width t of the state: number of inputs + 1, 2 to 17.
    pub width: usize,
    /// Number of partial rounds.
    pub partial_rounds: usize,
    /// Round constants, `(FULL_ROUNDS + partial_rounds) * width` of them, round by round.
    pub round_constants: Vec<Fr>,
    /// MDS matrix, `width` rows of `width`: `new[i] = sum_j mds[i][j] * old[j]`.
    pub mds: Vec<Vec<Fr>>,
}

/// The parameters for so many inputs, made on first use from the Grain LFSR of the Poseidon paper (appendix E).
///
/// # Panics
/// If `inputs` is not in 1..=16.
#[must_use]
pub fn parameters(inputs: usize) -> &'static Parameters {
    static CACHE: [OnceBox<Parameters>; MAX_INPUTS] = [const { OnceBox::new() }; MAX_INPUTS];
    let (slot, partial_rounds) = CACHE
        .get(inputs.wrapping_sub(1))
        .zip(PARTIAL_ROUNDS.get(inputs.wrapping_sub(1)))
        .expect("Poseidon takes 1 to 16 inputs");
    slot.get_or_init(|| Box::new(grain::generate(inputs + 1, FULL_ROUNDS, *partial_rounds)))
}

/// `H_N(inputs)`, for N in 1..=16 (checked when compiled).
#[must_use]
pub fn hash<const N: usize>(inputs: &[Fr; N]) -> Fr {
    const { assert!(N >= 1 && N <= MAX_INPUTS, "Poseidon takes 1 to 16 inputs") };
    let parameters = parameters(N);
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
    state.first().copied().expect("the state has at least two elements")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::Canonical;
    use light_poseidon::{Poseidon, PoseidonHasher};

    fn field(text: &serde_json::Value) -> Fr {
        Fr::from_decimal(text.as_str().expect("decimal text")).expect("canonical")
    }

    fn hash_any(inputs: &[Fr]) -> Fr {
        match inputs.len() {
            1 => hash::<1>(inputs.try_into().unwrap()),
            2 => hash::<2>(inputs.try_into().unwrap()),
            5 => hash::<5>(inputs.try_into().unwrap()),
            n => panic!("no such entry: {n}"),
        }
    }

    #[test]
    fn semaphore_known_answers() {
        let vectors = tabella_testkit::semaphore_vector("poseidon.json");
        let mut checked = 0;
        for key in ["poseidon1", "poseidon2", "poseidon5"] {
            for entry in vectors[key].as_array().unwrap() {
                let inputs: Vec<Fr> = entry["in"].as_array().unwrap().iter().map(field).collect();
                assert_eq!(hash_any(&inputs), field(&entry["out"]), "{entry}");
                checked += 1;
            }
        }
        assert_eq!(checked, 12);
    }

    #[test]
    fn agrees_with_light_poseidon() {
        let inputs: [Fr; 12] = core::array::from_fn(|i| Fr::from(i as u64 + 7).square());
        macro_rules! check { ($($n:literal)*) => { $({
            let ours = hash::<$n>(inputs[..$n].try_into().unwrap());
            assert_eq!(ours, Poseidon::<Fr>::new_circom($n).unwrap().hash(&inputs[..$n]).unwrap(), "{} inputs", $n);
        })* } }
        check!(1 2 3 4 5 6 7 8 9 10 11 12);
    }
}
