//! The wires of Poseidon with two inputs, in circomlib's optimised form.
//!
//! circomlib moves the constants of a round in front of the matrix before it, and those of the partial rounds through all
//! of them [Poseidon, appendix B]. Neither changes what goes into an S-box. So the wires are values of the plain
//! permutation, and their constants follow from the plain ones: with matrix M and constants c of the next round, `M^-1 c`.

use super::wires::HASH;
use ark_ff::{AdditiveGroup, Field};
use std::sync::OnceLock;
use tabella_primitives::{
    Fr,
    montgomery::{product, sum_of_products},
    poseidon::{FULL_ROUNDS, parameters},
};
use zeroize::Zeroizing;

/// Elements of the state.
const WIDTH: usize = 3;
/// Full rounds before the partial ones.
const HALF: usize = FULL_ROUNDS / 2;
/// Partial rounds.
const PARTIAL: usize = 57;

type State = [Fr; WIDTH];

/// The constants in circomlib's places.
struct Constants {
    matrix: [State; WIDTH],
    /// Added before the first S-boxes.
    first: State,
    /// Added after the S-boxes of full rounds 0 to 6.
    full: [State; FULL_ROUNDS - 1],
    /// Added to the first element after the S-box of each partial round.
    partial: [Fr; PARTIAL],
}

fn times(matrix: &[State; WIDTH], state: &State) -> State {
    matrix.each_ref().map(|row| sum_of_products(row, state))
}

/// The inverse of a matrix by its cofactors.
fn inverse(m: &[State; WIDTH]) -> Option<[State; WIDTH]> {
    let [[a, b, c], [d, e, f], [g, h, i]] = m;
    let minor = |[a, b]: [&Fr; 2], [c, d]: [&Fr; 2]| product(a, d) - product(b, c);
    let cofactors = [
        [minor([e, f], [h, i]), minor([c, b], [i, h]), minor([b, c], [e, f])],
        [minor([f, d], [i, g]), minor([a, c], [g, i]), minor([c, a], [f, d])],
        [minor([d, e], [g, h]), minor([b, a], [h, g]), minor([a, b], [d, e])],
    ];
    let [[x, ..], [y, ..], [z, ..]] = cofactors;
    let determinant = sum_of_products(&[*a, *b, *c], &[x, y, z]).inverse()?;
    Some(cofactors.map(|row| row.map(|cofactor| product(&cofactor, &determinant))))
}

impl Constants {
    fn new() -> Self {
        let plain = parameters(WIDTH - 1);
        let (rounds, rest) = plain.round_constants.as_chunks::<WIDTH>();
        assert!(rest.is_empty() && rounds.len() == FULL_ROUNDS + PARTIAL, "Poseidon of two inputs");
        let (before, rounds) = rounds.split_at(HALF);
        let (partial_rounds, after) = rounds.split_at(PARTIAL);
        let row = |row: &Vec<Fr>| State::try_from(row.as_slice()).expect("a square matrix");
        let matrix: [State; WIDTH] =
            plain.mds.iter().map(row).collect::<Vec<_>>().try_into().expect("a square matrix");
        let back = inverse(&matrix).expect("an MDS matrix is regular");

        // From the last partial round to the first: the first element of `M^-1 c` stays behind the S-box, the others
        // pass it by.
        let (mut moving, last) = after.split_first().map(|(c, last)| (*c, last)).expect("four full rounds");
        let mut partial = [Fr::ZERO; PARTIAL];
        for (kept, constants) in partial.iter_mut().zip(partial_rounds).rev() {
            let [head, tail @ ..] = times(&back, &moving);
            *kept = head;
            moving = *constants;
            for (to, from) in moving.iter_mut().skip(1).zip(tail) {
                *to += from;
            }
        }
        let (first, middle) = before.split_first().expect("four full rounds");
        let full = middle.iter().chain([&moving]).chain(last).map(|c| times(&back, c));
        let full: Vec<State> = full.collect();
        Self { matrix, first: *first, full: full.try_into().expect("seven of them"), partial }
    }

    fn get() -> &'static Self {
        static CONSTANTS: OnceLock<Constants> = OnceLock::new();
        CONSTANTS.get_or_init(Self::new)
    }
}

/// `x^5`; the square and the fourth power become wires if they are asked for.
fn power_5(x: Fr, wires: Option<&mut [Fr; 2]>) -> Fr {
    let square = product(&x, &x);
    let fourth = product(&square, &square);
    if let Some(wires) = wires {
        *wires = [square, fourth];
    }
    product(&fourth, &x)
}

/// Hashes two inputs and writes the wires; the answer is `H_2(left, right)`.
///
/// The steps do not depend on the inputs.
///
/// # Panics
/// If there are not [`HASH`] wires.
pub(super) fn hash(left: Fr, right: Fr, wires: &mut [Fr]) -> Fr {
    assert_eq!(wires.len(), HASH, "the wires of one hash");
    let constants = Constants::get();
    // After the S-boxes and constants of rounds 0 to 6, after the last S-boxes, before each partial S-box but the first
    // and after the last, and the powers in full and in partial rounds.
    let (full, wires) = wires.split_at_mut(WIDTH * (FULL_ROUNDS - 1) - 1);
    let (end, wires) = wires.split_at_mut(WIDTH - 1);
    let (heads, wires) = wires.split_at_mut(PARTIAL);
    let (full_powers, partial_powers) = wires.split_at_mut(2 * (WIDTH * FULL_ROUNDS - 1));
    let (full_powers, _) = full_powers.as_chunks_mut::<2>();
    let (partial_powers, _) = partial_powers.as_chunks_mut::<2>();
    // The capacity element is constant in round 0 and leaves no wire there.
    let mut full = full.iter_mut();
    let mut full_powers = full_powers.iter_mut();

    let [c, l, r] = constants.first;
    let mut state = Zeroizing::new([c, l + left, r + right]);
    for round in 0..FULL_ROUNDS {
        let varying = usize::from(round == 0);
        for (place, element) in state.iter_mut().enumerate() {
            let powers = if place < varying { None } else { full_powers.next() };
            *element = power_5(*element, powers);
        }
        let Some(after) = constants.full.get(round) else { break };
        for (element, constant) in state.iter_mut().zip(after) {
            *element += constant;
        }
        for (element, wire) in state.iter().skip(varying).zip(&mut full) {
            *wire = *element;
        }
        *state = times(&constants.matrix, &state);
        if round + 1 == HALF {
            let wires = partial_powers.iter_mut().zip(heads.iter_mut());
            for ((powers, next), constant) in wires.zip(&constants.partial) {
                let [head, ..] = &mut *state;
                *head = power_5(*head, Some(powers)) + constant;
                *state = times(&constants.matrix, &state);
                let [head, ..] = *state;
                *next = head;
            }
        }
    }
    end.copy_from_slice(state.get(..WIDTH - 1).expect("three elements"));
    let [first_row, ..] = &constants.matrix;
    sum_of_products(first_row, &state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tabella_primitives::poseidon;

    #[test]
    fn the_hash_is_poseidon() {
        let mut wires = [Fr::ZERO; HASH];
        for (left, right) in [(0u64, 0u64), (1, 2), (u64::MAX, 7)] {
            let (left, right) = (Fr::from(left), -Fr::from(right));
            assert_eq!(hash(left, right, &mut wires), poseidon::hash(&[left, right]));
        }
    }

    #[test]
    fn the_inverse_is_one() {
        let constants = Constants::get();
        let back = inverse(&constants.matrix).unwrap();
        let product: Vec<State> =
            (0..WIDTH).map(|column| times(&back, &constants.matrix.map(|row| row[column]))).collect();
        for (i, column) in product.iter().enumerate() {
            for (j, entry) in column.iter().enumerate() {
                assert_eq!(*entry, Fr::from(u64::from(i == j)));
            }
        }
        assert_eq!(inverse(&[[Fr::ONE; WIDTH]; WIDTH]), None);
    }
}
