//! Poseidon over BN254's scalar field with circomlib's parameters, 1 to 16 inputs [Poseidon, eprint 2019/458].
//!
//! alpha = 5, 8 full rounds, the number of partial rounds per width as circomlib has it; capacity element 0 in front,
//! the output is the first element of the final state.
//!
//! | module | what |
//! | --- | --- |
//! | `grain` | the plain constants, from the generator of the paper |
//! | `schedule` | the constants of the fast form, made from the plain ones |
//! | `permutation` | the fast form, and why it computes the same |
//! | `stored` | both for two inputs, which trees and identities hash, as they lie in the library |
//! | `reference` | the plain form, for tests |
//!
//! All other constants are made when a width is first used. All are kept for the life of the process.

mod grain;
mod permutation;
#[cfg(test)]
mod reference;
mod schedule;
mod stored;
#[cfg(test)]
mod tests;

use crate::Fr;
use alloc::{boxed::Box, vec::Vec};
use once_cell::race::OnceBox;
use schedule::Schedule;

/// Number of full rounds R_F, half of them before and half after the partial rounds.
pub const FULL_ROUNDS: usize = 8;
/// Largest number of inputs.
pub const MAX_INPUTS: usize = 16;
/// Number of partial rounds R_P for 1..=16 inputs (width t = inputs + 1), as in circomlib's `poseidon.circom`.
pub const PARTIAL_ROUNDS: [usize; MAX_INPUTS] =
    [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/// The constants of one width.
#[derive(Debug, PartialEq, Eq)]
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

/// The parameters for so many inputs, from the Grain LFSR of the Poseidon paper (appendix E): read or made on first use.
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
    slot.get_or_init(|| {
        Box::new(if inputs == stored::INPUTS {
            stored::parameters()
        } else {
            grain::generate(inputs + 1, FULL_ROUNDS, *partial_rounds)
        })
    })
}

/// The constants of the fast form for so many inputs, read or made on first use.
fn schedule(inputs: usize) -> &'static Schedule {
    static CACHE: [OnceBox<Schedule>; MAX_INPUTS] = [const { OnceBox::new() }; MAX_INPUTS];
    let slot = CACHE.get(inputs.wrapping_sub(1)).expect("Poseidon takes 1 to 16 inputs");
    slot.get_or_init(|| {
        Box::new(if inputs == stored::INPUTS {
            stored::schedule()
        } else {
            Schedule::new(parameters(inputs))
        })
    })
}

/// `H_N(inputs)`, for N in 1..=16 (checked when compiled).
///
/// ```
/// use tabella_primitives::{Fr, encoding::Canonical, poseidon};
/// let digest = poseidon::hash(&[Fr::from(1), Fr::from(2)]);
/// assert_eq!(
///     digest.to_decimal(),
///     "7853200120776062878684798364095072458815029376092732009249414926327459813530",
/// );
/// ```
///
/// # Security
/// Takes the same steps whatever the inputs: no branch and no table index depends on them, so secrets may be hashed.
/// What the inputs leave behind on the stack is not erased.
#[must_use]
pub fn hash<const N: usize>(inputs: &[Fr; N]) -> Fr {
    const { assert!(N >= 1 && N <= MAX_INPUTS, "Poseidon takes 1 to 16 inputs") };
    dispatch(inputs)
}

/// One copy of the permutation per width, compiled in this crate (and so with its optimisation) for whoever calls.
fn dispatch(inputs: &[Fr]) -> Fr {
    macro_rules! widths {
        ($($n:literal)*) => {
            match inputs.len() {
                $($n => permutation::hash::<$n>(
                    inputs.try_into().expect("the length is that of this arm"),
                    schedule($n),
                ),)*
                _ => unreachable!("`hash` checks the number of inputs when it is compiled"),
            }
        };
    }
    widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
}

/// `outputs[i] = H_2(pairs[i])` for a whole level of a tree, on all cores if the crate is built with `parallel`.
///
/// # Panics
/// If the two slices differ in length.
pub fn hash_pairs(pairs: &[[Fr; 2]], outputs: &mut [Fr]) {
    assert_eq!(pairs.len(), outputs.len(), "one output for each pair");
    #[cfg(feature = "parallel")]
    {
        /// Below this number of hashes, about 0.2 ms of work, a second thread costs more than it brings.
        const LEAST: usize = 32;
        let size = pairs.len().div_ceil(4 * crate::exec::threads()).max(LEAST);
        if pairs.len() > LEAST {
            let parts = pairs.chunks(size).zip(outputs.chunks_mut(size)).collect();
            let done = crate::exec::try_each(parts, |(pairs, outputs)| {
                hash_pairs_serial(pairs, outputs);
                Ok::<(), core::convert::Infallible>(())
            });
            return done.unwrap_or_else(|never| match never {});
        }
    }
    hash_pairs_serial(pairs, outputs);
}

/// [`hash_pairs`] on the calling thread alone.
///
/// # Panics
/// If the two slices differ in length.
pub fn hash_pairs_serial(pairs: &[[Fr; 2]], outputs: &mut [Fr]) {
    assert_eq!(pairs.len(), outputs.len(), "one output for each pair");
    for (pair, output) in pairs.iter().zip(outputs) {
        *output = hash(pair);
    }
}
