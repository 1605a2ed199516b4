//! The levels of a transform that fit a buffer, two at a time, so that each vector is loaded and stored half as often.
//!
//! Decimation in frequency goes from natural order to that of reversed bits [Gentleman, Sande: Fast Fourier transforms for fun and
//! profit, 1966], decimation in time goes back [Cooley, Tukey: An algorithm for the machine calculation of complex Fourier
//! series, 1965]. Between levels every value is tight: each is a product or reduced.

use crate::{
    engine::Engine,
    modulus::Scalar,
    roots::{Kind, Roots},
};

/// Where the vectors of a buffer stand among the elements of a transform: vector i is at element `i stride + at` in its first
/// lane, and `step` further in each other one, as far as roots are concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) stride: usize,
    pub(crate) at: usize,
    pub(crate) step: usize,
}

impl Place {
    /// Rows are transforms of their own: the same roots in all lanes.
    pub(crate) const ROW: Self = Self { stride: 1, at: 0, step: 0 };

    /// Neighbouring columns from `at` on, with `stride` columns in all.
    pub(crate) const fn columns(stride: usize, at: usize) -> Self {
        Self { stride, at, step: 1 }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    fn root<E: Engine>(self, e: E, roots: &Roots, kind: Kind, h: usize, j: usize) -> E::Fe {
        e.load(
            #[inline(always)]
            |lane| roots.at(kind, h * self.stride, j * self.stride + self.at + lane * self.step),
        )
    }
}

/// The levels `len / 2`, .., 2, 1 of a buffer, in frequency. With `ONE` the first root of each level is 1.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(crate) fn in_frequency<E: Engine, const ONE: bool>(
    e: E,
    vectors: &mut [E::Fe],
    roots: &Roots,
    kind: Kind,
    place: Place,
) {
    macro_rules! root {
        ($h:expr, $j:expr) => {
            place.root(e, roots, kind, $h, $j)
        };
    }
    let mut half = vectors.len() / 2;
    while half > 1 {
        let quarter = half / 2;
        let mut first = 0;
        if ONE {
            let r1 = root!(half, quarter);
            for start in (0..vectors.len()).step_by(2 * half) {
                let x = quad(vectors, start, quarter);
                let [sum, difference] = outer(e, x);
                let d0 = e.reduce::<Scalar>(e.sub::<Scalar>(x[0], x[2]));
                let d1 = e.mul::<Scalar>(e.sub::<Scalar>(x[1], x[3]), r1);
                vectors[start] = sum;
                vectors[start + quarter] = difference;
                vectors[start + half] = e.reduce::<Scalar>(e.add::<Scalar>(d0, d1));
                vectors[start + half + quarter] = e.reduce::<Scalar>(e.sub::<Scalar>(d0, d1));
            }
            first = 1;
        }
        for j in first..quarter {
            let (r0, r1, r2) = (root!(half, j), root!(half, j + quarter), root!(quarter, j));
            for start in (j..vectors.len()).step_by(2 * half) {
                let x = quad(vectors, start, quarter);
                let [sum, difference] = outer(e, x);
                let d0 = e.mul::<Scalar>(e.sub::<Scalar>(x[0], x[2]), r0);
                let d1 = e.mul::<Scalar>(e.sub::<Scalar>(x[1], x[3]), r1);
                vectors[start] = sum;
                vectors[start + quarter] = e.mul::<Scalar>(difference, r2);
                vectors[start + half] = e.reduce::<Scalar>(e.add::<Scalar>(d0, d1));
                vectors[start + half + quarter] = e.mul::<Scalar>(e.sub::<Scalar>(d0, d1), r2);
            }
        }
        half /= 4;
    }
    if half == 1 {
        let r = root!(1, 0);
        for [a, b] in vectors.as_chunks_mut::<2>().0 {
            let difference = e.sub::<Scalar>(*a, *b);
            *a = e.reduce::<Scalar>(e.add::<Scalar>(*a, *b));
            *b = if ONE { e.reduce::<Scalar>(difference) } else { e.mul::<Scalar>(difference, r) };
        }
    }
}

/// `(x0 + x2) + (x1 + x3)` and `(x0 + x2) - (x1 + x3)`, reduced.
#[inline(always)]
fn outer<E: Engine>(e: E, x: [E::Fe; 4]) -> [E::Fe; 2] {
    let sum = e.add::<Scalar>(x[0], x[2]);
    let difference = e.sub_lazily::<Scalar>(e.sub_lazily::<Scalar>(sum, x[1]), x[3]);
    let sum = e.add::<Scalar>(sum, e.add::<Scalar>(x[1], x[3]));
    [e.reduce::<Scalar>(sum), e.reduce::<Scalar>(difference)]
}

/// The levels 1, 2, .., `len / 2` of a buffer, in time, to values on the coset.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(crate) fn in_time<E: Engine>(e: E, vectors: &mut [E::Fe], roots: &Roots, place: Place) {
    // What is multiplied by a root is subtracted: the roots at hand are the negatives.
    macro_rules! root {
        ($h:expr, $j:expr) => {
            place.root(e, roots, Kind::MinusOdd, $h, $j)
        };
    }
    let mut half = 1;
    while 2 * half < vectors.len() {
        for j in 0..half {
            let (r0, r1, r2) = (root!(half, j), root!(2 * half, j), root!(2 * half, j + half));
            for start in (j..vectors.len()).step_by(4 * half) {
                let x = quad(vectors, start, half);
                let t1 = e.mul::<Scalar>(x[1], r0);
                let t3 = e.mul::<Scalar>(x[3], r0);
                let (p0, p1) = (e.sub::<Scalar>(x[0], t1), e.add::<Scalar>(x[0], t1));
                let u2 = e.mul::<Scalar>(e.sub::<Scalar>(x[2], t3), r1);
                let u3 = e.mul::<Scalar>(e.add::<Scalar>(x[2], t3), r2);
                vectors[start] = e.reduce::<Scalar>(e.sub::<Scalar>(p0, u2));
                vectors[start + half] = e.reduce::<Scalar>(e.sub::<Scalar>(p1, u3));
                vectors[start + 2 * half] = e.reduce::<Scalar>(e.add::<Scalar>(p0, u2));
                vectors[start + 3 * half] = e.reduce::<Scalar>(e.add::<Scalar>(p1, u3));
            }
        }
        half *= 4;
    }
    if half < vectors.len() {
        for j in 0..half {
            let (a, b) = (vectors[j], e.mul::<Scalar>(vectors[j + half], root!(half, j)));
            vectors[j] = e.reduce::<Scalar>(e.sub::<Scalar>(a, b));
            vectors[j + half] = e.reduce::<Scalar>(e.add::<Scalar>(a, b));
        }
    }
}

/// Four vectors, `apart` from each other.
#[inline(always)]
fn quad<F: Copy>(vectors: &[F], start: usize, apart: usize) -> [F; 4] {
    [vectors[start], vectors[start + apart], vectors[start + 2 * apart], vectors[start + 3 * apart]]
}
