//! The constants of the fast form of one width, made from the plain [`Parameters`]. Why each formula holds is told in
//! [`super::permutation`].

use super::{FULL_ROUNDS, Parameters};
use crate::{
    Fr,
    montgomery::{Element, product},
};
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, Field};

/// A matrix, its first column apart: with N inputs a row is `(heads[i], tails[N i .. N (i + 1)])`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Matrix {
    pub(super) heads: Vec<Element>,
    pub(super) tails: Vec<Element>,
}

/// Everything the permutation of one width looks up. "Twice" means in Montgomery form twice, see
/// [`Wide::from_constant`](crate::montgomery::Wide::from_constant).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    /// Constants of the first round for the N inputs.
    pub(super) input_constants: Vec<Element>,
    /// The MDS matrix.
    pub(super) mds: Matrix,
    /// Constants added after the matrix of full rounds 1, 2, 3 (twice): t each. In the first, the capacity
    /// element's share is included.
    pub(super) first_half: Vec<Element>,
    /// Matrix of full round 4: its rows give X_0, Q_1, .., Q_N.
    pub(super) start: Matrix,
    /// Constants of [`Self::start`] (twice).
    pub(super) start_constants: Vec<Element>,
    /// Coefficients of Y_0, .., Y_(i-1) in X_(i+1) for i in 0..N, one row after the other: i of them in row i.
    pub(super) startup: Vec<Element>,
    /// For X_(i+1), i in N..R_P: coefficients of Y_(i-N), .., Y_(i-1), N for each i.
    pub(super) of_powers: Vec<Element>,
    /// For X_(i+1), i in N..R_P: coefficients of X_(i+1-N), .., X_i, N for each i.
    pub(super) of_values: Vec<Element>,
    /// For X_(i+1), i in N..R_P: the additive constant (twice).
    pub(super) constants: Vec<Element>,
    /// For the N linear elements after the last partial round: coefficients of the last N powers, then of the last N
    /// values: `tails` rows for powers, then `tails` rows for values.
    pub(super) end_of_powers: Vec<Element>,
    /// See [`Self::end_of_powers`].
    pub(super) end_of_values: Vec<Element>,
    /// Constants of the same elements (twice).
    pub(super) end_constants: Vec<Element>,
    /// Matrix of the full round after the partial rounds: the MDS matrix for a first element that is still scaled.
    pub(super) resume: Matrix,
    /// Constants added after the matrix of full rounds 5, 6, 7 (twice): t each.
    pub(super) second_half: Vec<Element>,
}

/// Row vector times matrix.
fn row_times(row: &[Fr], matrix: &[Vec<Fr>]) -> Vec<Fr> {
    let columns = matrix.first().map_or(0, Vec::len);
    (0..columns)
        .map(|j| {
            row.iter().zip(matrix).map(|(a, line)| product(a, line.get(j).expect("a full matrix"))).sum()
        })
        .collect()
}

/// Matrix times column vector.
fn times_column(matrix: &[Vec<Fr>], column: &[Fr]) -> Vec<Fr> {
    matrix.iter().map(|row| dot(row, column)).collect()
}

fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(x, y)| product(x, y)).sum()
}

/// The inverse by Gauss and Jordan; None if the matrix is singular.
fn inverse(matrix: &[Vec<Fr>]) -> Option<Vec<Vec<Fr>>> {
    let n = matrix.len();
    let mut rows: Vec<Vec<Fr>> = matrix
        .iter()
        .enumerate()
        .map(|(i, row)| row.iter().copied().chain((0..n).map(|j| Fr::from(u64::from(i == j)))).collect())
        .collect();
    for column in 0..n {
        let pivot = (column..n).find(|i| rows.get(*i).and_then(|row| row.get(column)) != Some(&Fr::ZERO))?;
        rows.swap(column, pivot);
        let mut line = rows.get(column)?.clone();
        let scale = line.get(column)?.inverse()?;
        line.iter_mut().for_each(|x| *x = product(x, &scale));
        for (i, row) in rows.iter_mut().enumerate() {
            let factor = *row.get(column)?;
            if i != column {
                row.iter_mut().zip(&line).for_each(|(x, y)| *x -= product(&factor, y));
            }
        }
        *rows.get_mut(column)? = line;
    }
    Some(rows.into_iter().map(|row| row.into_iter().skip(n).collect()).collect())
}

/// `x^5`.
fn power_5(x: &Fr) -> Fr {
    Element::from_field(x).power_5().to_field()
}

fn once(values: impl IntoIterator<Item = Fr>) -> Vec<Element> {
    values.into_iter().map(|value| Element::from_field(&value)).collect()
}

fn twice(values: impl IntoIterator<Item = Fr>) -> Vec<Element> {
    let montgomery = Fr::from(2).pow([256]);
    once(values.into_iter().map(|value| product(&value, &montgomery)))
}

fn split(matrix: &[Vec<Fr>]) -> Matrix {
    Matrix {
        heads: once(matrix.iter().filter_map(|row| row.first().copied())),
        tails: once(matrix.iter().flat_map(|row| row.iter().skip(1).copied())),
    }
}

/// The linear part of the partial rounds, unscaled; the letters are those of [`super::permutation`].
struct Linear {
    /// `M = (m, w; v, A)`.
    m: Fr,
    v: Vec<Fr>,
    a: Vec<Vec<Fr>>,
    /// Rows `w A^k` for k in 0..N.
    observed: Vec<Vec<Fr>>,
    /// `h_k = w A^k v` for k in 0..N.
    impulse: Vec<Fr>,
    /// Coefficients alpha_0 = 1, .., alpha_N of the characteristic polynomial of A.
    alpha: Vec<Fr>,
    /// Inverse of [`Self::observed`].
    unobserve: Vec<Vec<Fr>>,
}

impl Linear {
    fn new(mds: &[Vec<Fr>]) -> Self {
        let (first, rest) = mds.split_first().expect("at least two rows");
        let (m, w) = first.split_first().expect("at least two columns");
        let v: Vec<Fr> = rest.iter().filter_map(|row| row.first().copied()).collect();
        let a: Vec<Vec<Fr>> = rest.iter().map(|row| row.iter().skip(1).copied().collect()).collect();
        let mut observed = Vec::new();
        let mut row = w.to_vec();
        for _ in 0..v.len() {
            let next = row_times(&row, &a);
            observed.push(core::mem::replace(&mut row, next));
        }
        let impulse = observed.iter().map(|row| dot(row, &v)).collect();
        let unobserve = inverse(&observed).expect(
            "w sees every linear element: a property of these sixteen constant matrices, tested for each",
        );
        // Cayley and Hamilton: w A^N = - sum_k alpha_(N-k) w A^k.
        let alpha = core::iter::once(Fr::ONE)
            .chain(row_times(&row, &unobserve).into_iter().rev().map(|x| -x))
            .collect();
        Self { m: *m, v, a, observed, impulse, alpha, unobserve }
    }

    /// `A^steps column`.
    fn advance(&self, column: &[Fr], steps: usize) -> Vec<Fr> {
        (0..steps).fold(column.to_vec(), |column, _| times_column(&self.a, &column))
    }

    /// `beta_d = m alpha_d + sum_(j<d) alpha_j h_(d-1-j)`.
    fn beta(&self, d: usize) -> Fr {
        let direct = self.alpha.get(d).map(|alpha| product(&self.m, alpha)).expect("d is at most N");
        let delayed: Vec<Fr> = self.impulse.iter().take(d).rev().copied().collect();
        direct + dot(&self.alpha, &delayed)
    }
}

impl Schedule {
    pub(super) fn new(parameters: &Parameters) -> Self {
        let t = parameters.width;
        let n = t - 1;
        let partial = parameters.partial_rounds;
        let half = FULL_ROUNDS / 2;
        let mds = &parameters.mds;
        let linear = Linear::new(mds);
        // Constants of round i; `head` belongs to the first element.
        let constants: Vec<&[Fr]> = parameters.round_constants.chunks_exact(t).collect();
        let line = |round: usize| *constants.get(round).expect("one line per round");
        let head = |round: usize| *line(round).first().expect("t constants");
        let tail = |round: usize| line(round).get(1..).expect("t constants");

        // hat z_i and e_i: what the constants alone contribute (no input, no powers).
        let mut hat = Vec::from([tail(half).to_vec()]);
        let mut e = Vec::from([head(half)]);
        let w = linear.observed.first().expect("N is at least one");
        for i in 0..partial {
            let z = hat.last().expect("not empty");
            e.push(dot(w, z) + head(half + i + 1));
            let next: Vec<Fr> =
                times_column(&linear.a, z).iter().zip(tail(half + i + 1)).map(|(x, c)| *x + c).collect();
            hat.push(next);
        }

        // lambda_(i+1) = lambda_i^5 / m, and the inverses of lambda_i and of lambda_i^5.
        let m_inverse = linear.m.inverse().expect("a Cauchy matrix has no zero");
        let mut scales = Vec::from([(Fr::ONE, Fr::ONE)]);
        for _ in 0..partial {
            let (up, down) = *scales.last().expect("not empty");
            scales.push((product(&power_5(&up), &m_inverse), product(&power_5(&down), &linear.m)));
        }
        let up = |i: usize| scales.get(i).expect("one per round").0;
        let down = |i: usize| scales.get(i).expect("one per round").1;
        let power_down = |i: usize| power_5(&down(i));
        let alpha = |d: usize| *linear.alpha.get(d).expect("d is at most N");
        let impulse = |k: usize| *linear.impulse.get(k).expect("k is below N");
        let e = |i: usize| *e.get(i).expect("one per round");

        // The matrix of full round 4 and what it adds: X_0, then Q_1, .., Q_N.
        let below: Vec<Vec<Fr>> = mds.iter().skip(1).cloned().collect();
        let start: Vec<Vec<Fr>> = mds
            .first()
            .cloned()
            .into_iter()
            .chain(linear.observed.iter().enumerate().map(|(i, row)| {
                row_times(row, &below).into_iter().map(|x| product(&x, &up(i + 1))).collect()
            }))
            .collect();

        let mut of_powers = Vec::new();
        let mut of_values = Vec::new();
        let mut additive = Vec::new();
        let betas: Vec<Fr> = (1..=n).map(|d| linear.beta(d)).collect();
        for i in n..partial {
            for d in (1..=n).rev() {
                let beta = betas.get(d - 1).expect("one for each delay");
                of_powers.push(product(&product(beta, &up(i + 1)), &power_down(i - d)));
                of_values.push(-product(&product(&alpha(d), &up(i + 1)), &down(i + 1 - d)));
            }
            let delayed: Fr = (1..=n).map(|d| product(&alpha(d), &e(i + 1 - d))).sum();
            additive.push(product(&up(i + 1), &(e(i + 1) + delayed)));
        }

        // The linear elements at the end from the last N values and powers, column by column.
        let first = partial - n;
        let lift = |column: &[Fr]| linear.advance(&times_column(&linear.unobserve, column), n);
        let unit = |l: usize| -> Vec<Fr> { (0..n).map(|k| Fr::from(u64::from(k == l))).collect() };
        let value_columns: Vec<Vec<Fr>> = (0..n).map(|l| lift(&unit(l))).collect();
        let power_columns: Vec<Vec<Fr>> = (0..n)
            .map(|s| {
                // y_(first+s) stands in g_l as m (l = s) and as h_(l-1-s) (l > s), and drives the state after it.
                let seen: Vec<Fr> = (0..n)
                    .map(|l| match l.checked_sub(s) {
                        None => Fr::ZERO,
                        Some(0) => -linear.m,
                        Some(later) => -impulse(later - 1),
                    })
                    .collect();
                let driven = linear.advance(&linear.v, n - 1 - s);
                lift(&seen).iter().zip(driven).map(|(x, y)| *x + y).collect()
            })
            .collect();
        let entry = |columns: &[Vec<Fr>], j: usize, row: usize| {
            *columns.get(j).and_then(|column| column.get(row)).expect("a full matrix")
        };
        let end = |columns: &[Vec<Fr>], scale: &dyn Fn(usize) -> Fr| -> Vec<Element> {
            once(
                (0..n)
                    .flat_map(|row| (0..n).map(move |j| (row, j)))
                    .map(|(row, j)| product(&entry(columns, j, row), &scale(j))),
            )
        };
        let last_hat = hat.last().expect("not empty");
        let end_constants = twice((0..n).map(|row| {
            let from_values: Fr =
                (0..n).map(|j| product(&entry(&value_columns, j, row), &e(first + 1 + j))).sum();
            *last_hat.get(row).expect("N elements") - from_values
        }));

        let resume_scale = power_down(partial);
        let resume: Vec<Vec<Fr>> = mds
            .iter()
            .map(|row| {
                row.iter()
                    .enumerate()
                    .map(|(j, x)| if j == 0 { product(x, &resume_scale) } else { *x })
                    .collect()
            })
            .collect();

        let capacity = power_5(&head(0));
        let first_half = (1..half).flat_map(|round| {
            let share = if round == 1 { capacity } else { Fr::ZERO };
            line(round)
                .iter()
                .zip(mds)
                .map(move |(c, row)| *c + product(&share, row.first().expect("a full matrix")))
        });
        Self {
            input_constants: once(tail(0).iter().copied()),
            mds: split(mds),
            first_half: twice(first_half),
            start: split(&start),
            start_constants: twice((0..=n).map(|i| product(&e(i), &up(i)))),
            startup: once(
                (0..n)
                    .flat_map(|i| (0..i).map(move |k| (i, k)))
                    .map(|(i, k)| product(&product(&up(i + 1), &impulse(i - 1 - k)), &power_down(k))),
            ),
            of_powers: once(of_powers),
            of_values: once(of_values),
            constants: twice(additive),
            end_of_powers: end(&power_columns, &|j| power_down(first + j)),
            end_of_values: end(&value_columns, &|j| down(first + 1 + j)),
            end_constants,
            resume: split(&resume),
            second_half: twice(
                (half + partial + 1..FULL_ROUNDS + partial).flat_map(|round| line(round).iter().copied()),
            ),
        }
    }
}
