//! Passes over the elements of a transform, cut into pieces that can run side by side.
//!
//! Element i of n stands in row `i / columns` and column `i % columns` of a table of about as many rows as columns. The levels of a
//! transform whose halves are at least a row apart mix the elements of one column, all others those of one row. So a
//! transform is one pass over columns and one over rows, each in a buffer that fits the nearer caches: in frequency columns come
//! first, in time rows. What follows each other in rows, or in columns, is one pass.
//!
//! A pass reads an array that nobody writes, and each of its pieces writes a part of another array on its own: a few rows, which
//! lie one after the other, or a *tile* of a few columns, stored row after row and tile after tile. No piece depends on another,
//! so that the result does not depend on threads.

use crate::{
    butterflies::{Place, in_frequency, in_time},
    engine::{Engine, Job, MAX_WIDTH},
    modulus::{Scalar, Words},
    roots::{Kind, Roots},
    scratch::Scratch,
};
use ark_bn254::Fr;
use ark_ff::BigInt;

/// Rows of a piece, and columns of a tile, as far as there are so many: whole vectors of every engine.
const GROUP: usize = 8;

/// Rows and columns of a table of n elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Shape {
    /// For a power of two.
    pub(crate) const fn of(size: usize) -> Self {
        let columns = 1 << (size.trailing_zeros() / 2);
        Self { rows: size / columns, columns }
    }

    /// Rows that are worked at together.
    pub(crate) const fn row_group(self) -> usize {
        if self.rows < GROUP { self.rows } else { GROUP }
    }

    /// Columns of a tile.
    pub(crate) const fn tile(self) -> usize {
        if self.columns < GROUP { self.columns } else { GROUP }
    }

    /// Equal parts of the whole that [`Quotient`] fills side by side.
    pub(crate) const fn slices(self) -> usize {
        let size = self.rows * self.columns;
        if size < GROUP { size } else { GROUP }
    }

    /// Elements of the piece of a pass over rows.
    pub(crate) const fn row_piece(self) -> usize {
        self.row_group() * self.columns
    }

    /// Elements of the piece of a pass over columns.
    pub(crate) const fn column_piece(self) -> usize {
        self.tile() * self.rows
    }

    /// Where an element stands in an array of tiles.
    #[inline(always)]
    const fn tiled(self, row: usize, column: usize) -> usize {
        let tile = self.tile();
        (column / tile) * self.column_piece() + row * tile + column % tile
    }
}

/// Vectors of one thread, of one engine. Overwritten when dropped.
struct Buffer<F: Copy> {
    vectors: Vec<F>,
    public: Option<F>,
}

impl<F: Copy> Default for Buffer<F> {
    fn default() -> Self {
        Self { vectors: Vec::new(), public: None }
    }
}

impl<F: Copy> Buffer<F> {
    /// At least `len` vectors, in place of all others; `public` is what they are overwritten with.
    fn at_least(&mut self, len: usize, public: F) -> &mut [F] {
        if self.vectors.len() < len {
            self.erase();
            (self.vectors, self.public) = (vec![public; len], Some(public));
        }
        &mut self.vectors[..len]
    }

    fn erase(&mut self) {
        if let Some(public) = self.public {
            self.vectors.fill(public);
            core::hint::black_box(&mut self.vectors);
        }
    }
}

impl<F: Copy> Drop for Buffer<F> {
    fn drop(&mut self) {
        self.erase();
    }
}

/// The room for `len` vectors of an engine.
#[inline(always)]
fn room<'a, E: Engine>(e: E, roots: &Roots, scratch: &'a mut Scratch, len: usize) -> &'a mut [E::Fe] {
    const { assert!(GROUP.is_multiple_of(E::WIDTH), "groups are whole vectors") };
    scratch.get::<Buffer<E::Fe>>().at_least(len, e.splat(&roots.remainder[0]))
}

/// `out(lane)` takes the stored words of each lane.
#[inline(always)]
fn put<E: Engine>(e: E, value: E::Fe, out: impl FnMut(usize, Words)) {
    e.store(e.reduce::<Scalar>(value), out);
}

/// From values on the domain, as arkworks holds them, the columns' levels towards coefficients: one tile.
pub(crate) struct ValuesToTile<'a> {
    pub(crate) roots: &'a Roots,
    pub(crate) shape: Shape,
    pub(crate) values: &'a [Fr],
    pub(crate) tile: usize,
    pub(crate) out: &'a mut [Words],
}

/// Runs a job with room to work in.
pub(crate) struct With<'a, J> {
    pub(crate) job: J,
    pub(crate) scratch: &'a mut Scratch,
}

impl Job for With<'_, ValuesToTile<'_>> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let ValuesToTile { roots, shape, values, tile, out } = self.job;
        let vectors = room(e, roots, self.scratch, shape.rows);
        for offset in (0..shape.tile()).step_by(E::WIDTH) {
            let column = tile * shape.tile() + offset;
            for (row, vector) in vectors.iter_mut().enumerate() {
                let mut lifted = [[0; 4]; MAX_WIDTH];
                let own = &values[row * shape.columns + column..][..E::WIDTH];
                for (lifted, value) in lifted.iter_mut().zip(own) {
                    *lifted = E::lifted::<Scalar>(value.0.0);
                }
                *vector = e.load(
                    #[inline(always)]
                    |lane| &lifted[lane],
                );
            }
            let place = Place::columns(shape.columns, column);
            in_frequency::<E, false>(e, vectors, roots, Kind::Inverse, place);
            for (row, vector) in vectors.iter().enumerate() {
                put(
                    e,
                    *vector,
                    #[inline(always)]
                    |lane, words| out[row * shape.tile() + offset + lane] = words,
                );
            }
        }
    }
}

/// What is done with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowTask {
    /// The rows' levels from values on the domain to coefficients.
    ToCoefficients,
    /// The same, and then the rows' levels to values on the coset.
    ToCoefficientsAndOn,
    /// The rows' levels from values on the coset to coefficients.
    FromCoset,
}

/// One piece of a pass over rows, from tiles.
pub(crate) struct Rows<'a> {
    pub(crate) roots: &'a Roots,
    pub(crate) shape: Shape,
    pub(crate) task: RowTask,
    pub(crate) tiles: &'a [Words],
    pub(crate) piece: usize,
    pub(crate) out: &'a mut [Words],
}

impl Job for With<'_, Rows<'_>> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Rows { roots, shape, task, tiles, piece, out } = self.job;
        let vectors = room(e, roots, self.scratch, shape.columns);
        for offset in (0..shape.row_group()).step_by(E::WIDTH) {
            let row = piece * shape.row_group() + offset;
            for (column, vector) in vectors.iter_mut().enumerate() {
                let own = &tiles[shape.tiled(row, column)..];
                *vector = e.load(
                    #[inline(always)]
                    |lane| &own[lane * shape.tile()],
                );
            }
            if task == RowTask::FromCoset {
                in_frequency::<E, false>(e, vectors, roots, Kind::InverseOdd, Place::ROW);
            } else {
                in_frequency::<E, true>(e, vectors, roots, Kind::Inverse, Place::ROW);
            }
            if task == RowTask::ToCoefficientsAndOn {
                in_time(e, vectors, roots, Place::ROW);
            }
            for (column, vector) in vectors.iter().enumerate() {
                put(
                    e,
                    *vector,
                    #[inline(always)]
                    |lane, words| out[(offset + lane) * shape.columns + column] = words,
                );
            }
        }
    }
}

/// `a b`, or `a b - c`, on the coset, of which rows are done: one tile.
pub(crate) struct ProductTile<'a> {
    pub(crate) roots: &'a Roots,
    pub(crate) shape: Shape,
    pub(crate) a: &'a [Words],
    pub(crate) b: &'a [Words],
    /// If given, the tile holds values of `a b - c` as arkworks holds them; if not, the columns' levels of `a b` from there towards
    /// coefficients are done as well.
    pub(crate) c: Option<&'a [Words]>,
    pub(crate) tile: usize,
    pub(crate) out: &'a mut [Words],
}

impl Job for With<'_, ProductTile<'_>> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let ProductTile { roots, shape, a, b, c, tile, out } = self.job;
        let (first, second) = room(e, roots, self.scratch, 2 * shape.rows).split_at_mut(shape.rows);
        for offset in (0..shape.tile()).step_by(E::WIDTH) {
            let column = tile * shape.tile() + offset;
            let place = Place::columns(shape.columns, column);
            columns_to_coset(e, roots, place, a, first);
            columns_to_coset(e, roots, place, b, second);
            for (a, b) in first.iter_mut().zip(second.iter()) {
                *a = e.mul::<Scalar>(*a, *b);
            }
            if let Some(c) = c {
                columns_to_coset(e, roots, place, c, second);
                let scales = roots.remainder.each_ref().map(|scale| e.splat(scale));
                for (ab, c) in first.iter_mut().zip(second.iter()) {
                    let [ab_scaled, c] = [e.mul::<Scalar>(*ab, scales[0]), e.mul::<Scalar>(*c, scales[1])];
                    *ab = e.sub::<Scalar>(ab_scaled, c);
                }
            } else {
                in_frequency::<E, false>(e, first, roots, Kind::InverseOdd, place);
            }
            for (row, vector) in first.iter().enumerate() {
                put(
                    e,
                    *vector,
                    #[inline(always)]
                    |lane, words| out[row * shape.tile() + offset + lane] = words,
                );
            }
        }
    }
}

/// The columns' levels to values on the coset, from rows.
#[inline(always)]
fn columns_to_coset<E: Engine>(e: E, roots: &Roots, place: Place, values: &[Words], vectors: &mut [E::Fe]) {
    for (row, vector) in vectors.iter_mut().enumerate() {
        let own = &values[row * place.stride + place.at..];
        *vector = e.load(
            #[inline(always)]
            |lane| &own[lane],
        );
    }
    in_time(e, vectors, roots, place);
}

/// Coefficients of the quotient in natural order, as arkworks holds them, out of those of `a b` and c in the order of reversed bits:
/// the coefficients from `start` on in each of [`Shape::slices`] equal parts of the whole.
pub(crate) struct Quotient<'a> {
    pub(crate) roots: &'a Roots,
    pub(crate) ab: &'a [Words],
    pub(crate) c: &'a [Words],
    pub(crate) start: usize,
    pub(crate) out: Vec<&'a mut [Fr]>,
}

impl Job for Quotient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Self { roots, ab, c, start, mut out } = self;
        let scales = roots.quotient.each_ref().map(|scale| e.splat(scale));
        let slices = out.len();
        let (of_slices, of_each) = (slices.trailing_zeros(), (ab.len() / slices).trailing_zeros());
        for i in 0..out.first().map_or(0, |out| out.len()) {
            // The high bits of a coefficient's number say which part, and are the low ones of its place.
            let from = reversed(start + i, of_each) * slices;
            for offset in (0..slices).step_by(E::WIDTH) {
                let ab = e.load(
                    #[inline(always)]
                    |lane| &ab[from + offset + lane],
                );
                let c = e.load(
                    #[inline(always)]
                    |lane| &c[from + offset + lane],
                );
                let (ab, c) = (e.mul::<Scalar>(ab, scales[0]), e.mul::<Scalar>(c, scales[1]));
                put(
                    e,
                    e.sub::<Scalar>(ab, c),
                    #[inline(always)]
                    |lane, words| out[reversed(offset + lane, of_slices)][i] = element::<E>(&words),
                );
            }
        }
    }
}

/// Elements out of tiles, in natural order: some rows from `row` on.
pub(crate) struct Untiled<'a> {
    pub(crate) shape: Shape,
    pub(crate) tiles: &'a [Words],
    pub(crate) row: usize,
    pub(crate) out: &'a mut [Fr],
}

impl Job for Untiled<'_> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, _engine: E) {
        let Self { shape, tiles, row, out } = self;
        for (row, out) in (row..).zip(out.chunks_mut(shape.columns)) {
            for (column, out) in out.iter_mut().enumerate() {
                *out = element::<E>(&tiles[shape.tiled(row, column)]);
            }
        }
    }
}

/// What arkworks holds, of stored words of it.
#[inline(always)]
fn element<E: Engine>(stored: &Words) -> Fr {
    Fr::new_unchecked(BigInt(E::canonical::<Scalar>(stored)))
}

/// The place of element `i` of `2^bits` when bits are reversed.
const fn reversed(i: usize, bits: u32) -> usize {
    if bits == 0 { 0 } else { i.reverse_bits() >> (usize::BITS - bits) }
}
