//! The fast form of the permutation: the same function as the plain one in `reference`, with a fifth of its
//! multiplications at width 3 and less at greater widths.
//!
//! # Partial rounds as a recurrence
//! In a partial round only the first element x of the state passes the S-box; the N others, z, are linear. Write the MDS
//! matrix as `M = (m, w; v, A)`. Round i takes the S-box's input x_i (its constant included) and z_i to
//!
//! ```text
//! y_i = x_i^5      x_(i+1) = m y_i + w z_i + const      z_(i+1) = v y_i + A z_i + const
//! ```
//!
//! This is a linear system of order N with input y and output x. By Cayley and Hamilton (`sum_j alpha_j A^(N-j) = 0`,
//! alpha_0 = 1) z can be eliminated once N rounds have passed. With `h_k = w A^k v`:
//!
//! ```text
//! x_(i+1) = m y_i + sum_(d=1..N) ( beta_d y_(i-d) - alpha_d x_(i+1-d) ) + kappa_(i+1)
//! beta_d  = m alpha_d + sum_(j<d) alpha_j h_(d-1-j)
//! ```
//!
//! The sum does not contain y_i: it is one dot product of 2N terms with constants, reduced once, and the processor
//! computes it while the S-box of the same round is still running. (The sparse matrices of the Poseidon paper, appendix B, need as
//! many products, but N + 1 reductions, and wait for the S-box.)
//!
//! # Scaling
//! Put `X_i = lambda_i x_i` and `Y_i = X_i^5 = lambda_i^5 y_i` with lambda_0 = 1 and `lambda_(i+1) = lambda_i^5 / m`: then
//! the coefficient of Y_i in X_(i+1) is 1, and a product is saved in each round. The constants become different in each round.
//!
//! # Into it and out of it
//! The first N values are `x_(i+1) = m y_i + sum_(k<i) h_(i-1-k) y_k + q_(i+1)` with `q_(i+1) = w A^i z_0`. The matrix before
//! them (full round 4) is replaced by one whose rows give X_0, Q_1, .., Q_N at once. At the end the rows `w A^k` (an invertible matrix O) give
//! z back from the last N values and powers: `z_R = A^N O^-1 g + sum_s A^(N-1-s) v y_(R-N+s)`, where
//! `g_l = x_(R-N+l+1) - m y_(R-N+l) - sum_(s<l) h_(l-1-s) y_(R-N+s)`. X_R stays scaled: the next matrix divides its fifth power by lambda_R^5.
//!
//! # Round constants and edges
//! What the constants contribute is run through the same linear system once (e_i to x_i, hat z_i to z_i) and becomes
//! `kappa_(i+1) = e_(i+1) + sum_d alpha_d e_(i+1-d)`. The capacity element is a constant in the first round, so its S-box is
//! a constant too; of the last matrix only the first row is needed.
//!
//! # Bounds (in units of r; rho = 0.18905)
//! The state and every X are below 2, so powers Y are below 1.6. A dot product of at most 7 terms reduces to below
//! `1 + 7 * 2 rho < 3.65`, a longer one is folded first and reduces to below 3; one conditional subtraction brings either below 2. In a
//! partial round with N <= 2 the sum reduces to below `1 + N (2 + 1.6) rho < 2.37`, so `X = Y + sum < 3.97`, and one
//! conditional subtraction serves both.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "every index is a loop counter below the length of a fixed array"
)]

use super::schedule::{Matrix, Schedule};
use crate::{
    Fr,
    montgomery::{Element, Wide},
};

/// Longest dot product that is reduced without folding.
const UNFOLDED: usize = 7;
/// Products that may be added after folding: below `2 / rho + 8 * 2 < 26.6` of the `1 / rho^2 = 27.9` that fit 512 bits.
const BETWEEN_FOLDS: usize = 8;

/// Adds products to a sum of which `before` terms are already there.
#[inline(always)]
fn accumulate<const N: usize>(
    mut sum: Wide,
    before: usize,
    values: &[Element; N],
    row: &[Element; N],
) -> Wide {
    for k in 0..N {
        let terms = before + k;
        if terms > 0 && terms.is_multiple_of(BETWEEN_FOLDS) {
            sum = sum.fold();
        }
        sum = sum.plus_product(values[k], row[k]);
    }
    sum
}

/// Ends a sum of so many products; below 3.65 r.
#[inline(always)]
fn finish(sum: Wide, terms: usize) -> Element {
    if terms > UNFOLDED { sum.fold().reduce() } else { sum.reduce() }
}

/// The state: the first element and the N others, all below 2r.
struct State<const N: usize> {
    head: Element,
    tail: [Element; N],
}

impl<const N: usize> State<N> {
    #[inline(always)]
    fn power_5(&mut self) {
        self.head = self.head.power_5();
        self.tail = self.tail.map(Element::power_5);
    }

    /// One element of matrix times state plus constant; below 3.65 r.
    #[inline(always)]
    fn row(&self, constant: Wide, head: Element, tail: &[Element; N]) -> Element {
        finish(accumulate(constant.plus_product(self.head, head), 1, &self.tail, tail), N + 1)
    }

    /// Matrix times state plus constants.
    #[inline(always)]
    fn mix(&mut self, matrix: &Matrix, constants: &[Element]) {
        let (tails, _) = matrix.tails.as_chunks::<N>();
        let row =
            |i: usize| self.row(Wide::from_constant(constants[i]), matrix.heads[i], &tails[i]).below_2r();
        let head = row(0);
        let tail = core::array::from_fn(|i| row(i + 1));
        *self = Self { head, tail };
    }
}

/// The first round: the capacity element is constant, its share stands in the constants.
#[inline(always)]
fn first_round<const N: usize>(inputs: &[Fr; N], schedule: &Schedule) -> State<N> {
    // Canonical input plus canonical constant: below 2r.
    let powers: [Element; N] =
        core::array::from_fn(|i| Element::from_field(&inputs[i]).plus(schedule.input_constants[i]).power_5());
    let (rows, _) = schedule.mds.tails.as_chunks::<N>();
    let row = |i: usize| {
        finish(accumulate(Wide::from_constant(schedule.first_half[i]), 0, &powers, &rows[i]), N).below_2r()
    };
    State { head: row(0), tail: core::array::from_fn(|i| row(i + 1)) }
}

/// All partial rounds, from (X_0, Q_1, .., Q_N) to the state after them, the first element scaled by lambda_R.
#[inline(always)]
fn partial_rounds<const N: usize>(state: &State<N>, schedule: &Schedule) -> State<N> {
    let mut values = [Element::ZERO; N];
    let mut powers = [Element::ZERO; N];
    let mut coefficients = schedule.startup.iter();
    let mut x = state.head;
    for i in 0..N {
        powers[i] = x.power_5();
        let mut sum = Wide::ZERO;
        for (k, (power, coefficient)) in powers[..i].iter().zip(coefficients.by_ref().take(i)).enumerate() {
            if k == BETWEEN_FOLDS {
                sum = sum.fold();
            }
            sum = sum.plus_product(*power, *coefficient);
        }
        let linear = finish(sum, i).below_2r().plus(state.tail[i]).below_2r();
        x = powers[i].plus(linear).below_2r();
        values[i] = x;
    }

    let (of_powers, _) = schedule.of_powers.as_chunks::<N>();
    let (of_values, _) = schedule.of_values.as_chunks::<N>();
    for ((of_powers, of_values), constant) in of_powers.iter().zip(of_values).zip(&schedule.constants) {
        let sum = accumulate(Wide::from_constant(*constant), 0, &powers, of_powers);
        let sum = accumulate(sum, N, &values, of_values);
        let mut linear = finish(sum, 2 * N);
        if N > 2 {
            linear = linear.below_2r();
        }
        let power = values[N - 1].power_5();
        for k in 1..N {
            values[k - 1] = values[k];
            powers[k - 1] = powers[k];
        }
        powers[N - 1] = power;
        values[N - 1] = power.plus(linear).below_2r();
    }

    let (of_powers, _) = schedule.end_of_powers.as_chunks::<N>();
    let (of_values, _) = schedule.end_of_values.as_chunks::<N>();
    let tail = core::array::from_fn(|i| {
        let sum = accumulate(Wide::from_constant(schedule.end_constants[i]), 0, &powers, &of_powers[i]);
        finish(accumulate(sum, N, &values, &of_values[i]), 2 * N).below_2r()
    });
    State { head: values[N - 1], tail }
}

/// The first element of the permuted state (0, inputs).
// For WASM each width is a function of its own: a browser compiles those alone that are called.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) fn hash<const N: usize>(inputs: &[Fr; N], schedule: &Schedule) -> Fr {
    let mut state = first_round(inputs, schedule);
    // The chunks of constants of the first round are behind us: `first_half` starts with them.
    for constants in schedule.first_half.chunks_exact(N + 1).skip(1) {
        state.power_5();
        state.mix(&schedule.mds, constants);
    }
    state.power_5();
    state.mix(&schedule.start, &schedule.start_constants);
    state = partial_rounds(&state, schedule);
    for (round, constants) in schedule.second_half.chunks_exact(N + 1).enumerate() {
        state.power_5();
        state.mix(if round == 0 { &schedule.resume } else { &schedule.mds }, constants);
    }
    state.power_5();
    let (tails, _) = schedule.mds.tails.as_chunks::<N>();
    state.row(Wide::ZERO, schedule.mds.heads[0], &tails[0]).to_field()
}
