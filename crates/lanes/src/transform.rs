//! Number-theoretic transforms over the scalar field, in lanes.
//!
//! Interpolation goes from natural order to that of reversed bits, by decimation in frequency [Gentleman, Sande: Fast Fourier
//! transforms for fun and profit, 1966]; evaluation goes back, by decimation in time [Cooley, Tukey: An algorithm for the machine
//! calculation of complex Fourier series, 1965]. Nothing is reordered in between.
//!
//! A vector holds `WIDTH` of the n elements. In the stages whose halves are far apart (`n / 2` down to `n / WIDTH`) these are
//! neighbours; in all others they are `n / WIDTH` apart, so that no stage works inside a vector and one root serves all lanes.

use crate::{
    engine::{Engine, Job},
    modulus::{Scalar, Words},
    stored::{from_ark, to_ark},
};
use ark_bn254::Fr;
use ark_ff::{FftField, Field, One};

/// Roots of unity and scales for one size and one coset, in an engine's form.
#[derive(Debug)]
pub(crate) struct Roots {
    size: usize,
    /// `w_2h^j` at `h + j` for every half length h and `j < h`, with `w_k` of order k.
    forward: Vec<Words>,
    /// The inverses of those.
    inverse: Vec<Words>,
    /// `1 / n`.
    scale: Words,
    /// `shift^i / n` at the place of coefficient i in reversed order.
    onto_coset: Vec<Words>,
    /// `shift^-i / n` likewise.
    off_coset: Vec<Words>,
}

/// The place of element `i` of `2^bits` when bits are reversed.
const fn reversed(i: usize, bits: u32) -> usize {
    if bits == 0 { 0 } else { i.reverse_bits() >> (usize::BITS - bits) }
}

impl Roots {
    /// `None` where the field has no roots of that order, for a size that is no power of two, and for a shift of zero.
    pub(crate) fn new<E: Engine>(size: usize, shift: Fr) -> Option<Self> {
        if !size.is_power_of_two() {
            return None;
        }
        let root = Fr::get_root_of_unity(u64::try_from(size).ok()?)?;
        let (inverse, back) = (root.inverse()?, shift.inverse()?);
        let scale = Fr::from(u64::try_from(size).ok()?).inverse()?;
        let stored = from_ark::<E, Scalar>;
        let table = |root: Fr| {
            let mut table = vec![[0; 4]; size.max(2)];
            let mut half = size / 2;
            let mut root = root;
            while half > 0 {
                let mut power = Fr::one();
                for place in &mut table[half..2 * half] {
                    *place = stored(&power);
                    power *= root;
                }
                (half, root) = (half / 2, root.square());
            }
            table
        };
        let scales = |step: Fr| {
            let mut scales = vec![[0; 4]; size];
            let mut power = scale;
            for i in 0..size {
                scales[reversed(i, size.trailing_zeros())] = stored(&power);
                power *= step;
            }
            scales
        };
        Some(Self {
            size,
            forward: table(root),
            inverse: table(inverse),
            scale: stored(&scale),
            onto_coset: scales(shift),
            off_coset: scales(back),
        })
    }
}

/// What is done with values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// From values on the domain to coefficients.
    Interpolate,
    /// From values on the coset to coefficients.
    InterpolateFromCoset,
    /// From values on the domain to values on the coset.
    ToCoset,
}

/// A task on stored values, in natural order before and after.
pub(crate) struct Transform<'a> {
    pub(crate) roots: &'a Roots,
    pub(crate) task: Task,
    pub(crate) values: &'a mut [Words],
}

impl Job for Transform<'_> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Self { roots, task, values } = self;
        assert_eq!(values.len(), roots.size, "as many values as the domain has elements");
        let (n, rows) = (roots.size, roots.size / E::WIDTH);
        // Neighbours in a vector, then `rows` apart.
        let mut vectors = Vec::with_capacity(rows);
        for row in 0..rows {
            vectors.push(e.load(
                #[inline(always)]
                |lane| &values[row * E::WIDTH + lane],
            ));
        }
        let mut half = n / 2;
        while half >= rows && half >= E::WIDTH {
            for start in (0..n).step_by(2 * half) {
                for j in (0..half).step_by(E::WIDTH) {
                    let (low, high) = ((start + j) / E::WIDTH, (start + j + half) / E::WIDTH);
                    let root = e.load(
                        #[inline(always)]
                        |lane| &roots.inverse[half + j + lane],
                    );
                    in_frequency(e, &mut vectors, low, high, root);
                }
            }
            half /= 2;
        }
        for (row, vector) in vectors.iter().enumerate() {
            e.store(
                e.reduce::<Scalar>(*vector),
                #[inline(always)]
                |lane, words| {
                    values[row * E::WIDTH + lane] = words;
                },
            );
        }
        for (row, vector) in vectors.iter_mut().enumerate() {
            *vector = e.load(
                #[inline(always)]
                |lane| &values[lane * rows + row],
            );
        }
        while half > 0 {
            for j in 0..half {
                let root = e.splat(&roots.inverse[half + j]);
                for low in (j..rows).step_by(2 * half) {
                    in_frequency(e, &mut vectors, low, low + half, root);
                }
            }
            half /= 2;
        }

        for (row, vector) in vectors.iter_mut().enumerate() {
            let scale = match task {
                Task::Interpolate => e.splat(&roots.scale),
                Task::InterpolateFromCoset => e.load(
                    #[inline(always)]
                    |lane| &roots.off_coset[lane * rows + row],
                ),
                Task::ToCoset => e.load(
                    #[inline(always)]
                    |lane| &roots.onto_coset[lane * rows + row],
                ),
            };
            *vector = e.mul::<Scalar>(*vector, scale);
        }
        if task != Task::ToCoset {
            for (row, vector) in vectors.iter().enumerate() {
                e.store(
                    e.reduce::<Scalar>(*vector),
                    #[inline(always)]
                    |lane, words| {
                        values[reversed(lane * rows + row, n.trailing_zeros())] = words;
                    },
                );
            }
            return;
        }

        let mut half = 1;
        while half < rows {
            for j in 0..half {
                let root = e.splat(&roots.forward[half + j]);
                for low in (j..rows).step_by(2 * half) {
                    in_time(e, &mut vectors, low, low + half, root);
                }
            }
            half *= 2;
        }
        for (row, vector) in vectors.iter().enumerate() {
            e.store(
                e.reduce::<Scalar>(*vector),
                #[inline(always)]
                |lane, words| {
                    values[lane * rows + row] = words;
                },
            );
        }
        for (row, vector) in vectors.iter_mut().enumerate() {
            *vector = e.load(
                #[inline(always)]
                |lane| &values[row * E::WIDTH + lane],
            );
        }
        while half < n {
            for start in (0..n).step_by(2 * half) {
                for j in (0..half).step_by(E::WIDTH) {
                    let (low, high) = ((start + j) / E::WIDTH, (start + j + half) / E::WIDTH);
                    let root = e.load(
                        #[inline(always)]
                        |lane| &roots.forward[half + j + lane],
                    );
                    in_time(e, &mut vectors, low, high, root);
                }
            }
            half *= 2;
        }
        for (row, vector) in vectors.iter_mut().enumerate() {
            e.store(
                e.reduce::<Scalar>(*vector),
                #[inline(always)]
                |lane, words| {
                    values[row * E::WIDTH + lane] = words;
                },
            );
            // As secret as the values.
            *vector = e.splat(&roots.scale);
        }
        core::hint::black_box(&mut vectors);
    }
}

/// `(a, b)` becomes `(a + b, (a - b) root)`.
#[inline(always)]
fn in_frequency<E: Engine>(e: E, vectors: &mut [E::Fe], low: usize, high: usize, root: E::Fe) {
    let (a, b) = (vectors[low], vectors[high]);
    vectors[low] = e.reduce::<Scalar>(e.add::<Scalar>(a, b));
    vectors[high] = e.mul::<Scalar>(e.sub::<Scalar>(a, b), root);
}

/// `(a, b)` becomes `(a + b root, a - b root)`.
#[inline(always)]
fn in_time<E: Engine>(e: E, vectors: &mut [E::Fe], low: usize, high: usize, root: E::Fe) {
    let (a, b) = (vectors[low], e.mul::<Scalar>(vectors[high], root));
    vectors[low] = e.reduce::<Scalar>(e.add::<Scalar>(a, b));
    vectors[high] = e.reduce::<Scalar>(e.sub::<Scalar>(a, b));
}

/// `a[i] = a[i] b[i] - c[i]`, or `a[i] b[i]` without c; all as long as each other.
pub(crate) struct Products<'a> {
    pub(crate) a: &'a mut [Words],
    pub(crate) b: &'a [Words],
    pub(crate) c: Option<&'a [Words]>,
}

impl Job for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Self { a, b, c } = self;
        assert_eq!(a.len() % E::WIDTH, 0, "whole vectors");
        for start in (0..a.len()).step_by(E::WIDTH) {
            let x = e.load(
                #[inline(always)]
                |lane| &a[start + lane],
            );
            let y = e.load(
                #[inline(always)]
                |lane| &b[start + lane],
            );
            let mut product = e.mul::<Scalar>(x, y);
            if let Some(c) = c {
                product = e.sub::<Scalar>(
                    product,
                    e.load(
                        #[inline(always)]
                        |lane| &c[start + lane],
                    ),
                );
            }
            e.store(
                e.reduce::<Scalar>(product),
                #[inline(always)]
                |lane, words| a[start + lane] = words,
            );
        }
    }
}

/// Elements in an engine's form.
pub(crate) fn store<E: Engine>(elements: &[Fr]) -> Vec<Words> {
    elements.iter().map(from_ark::<E, Scalar>).collect()
}

/// Elements out of an engine's form.
pub(crate) fn load<E: Engine>(stored: &[Words]) -> Vec<Fr> {
    stored.iter().map(to_ark::<E, Scalar>).collect()
}
