//! Quotients of polynomials that are known by their values on the n-th roots of unity H.
//!
//! `a`, `b`, `c` interpolate n values each. The coset is that of the odd powers of `w`, a root of unity of order `2 n`, where the
//! divisor `x^n - 1` is -2. It does not depend on what is asked for: the quotient's coefficients are the same by any coset.
//!
//! `h (x^n - 1) + c` has degree below n where `a b - c` vanishes on H, and is what `a b` interpolates to on the coset. Hence for
//! coefficients `c` is subtracted as such and needs no second transform.

use crate::{
    engine::Job,
    few,
    kernel::Kernel,
    modulus::Words,
    roots::{MakeRoots, Roots},
    scratch::Scratch,
    spread::Spread,
    transform::{ProductTile, Quotient, RowTask, Rows, Shape, Untiled, ValuesToTile, With},
};
use ark_bn254::Fr;

/// Up to this size the columns are transformed side by side; above, one after the other, which saves memory.
const SIDE_BY_SIDE: usize = 1 << 16;
/// Coefficients that one piece of the last pass gives of each part.
const COEFFICIENTS: usize = 128;

/// Elements in a kernel's form, as secret as values. Overwritten when dropped.
struct Elements(Vec<Words>);

impl Elements {
    fn new(size: usize) -> Self {
        Self(vec![[0; 4]; size])
    }
}

impl Drop for Elements {
    fn drop(&mut self) {
        self.0.fill([0; 4]);
        core::hint::black_box(&mut self.0);
    }
}

/// The n-th roots of unity H and the coset of odd powers, with the table for transforms between them. Public.
#[derive(Debug)]
pub struct Domain {
    size: usize,
    /// `None` where rows or columns would be shorter than vectors.
    transforms: Option<Transforms>,
}

/// Values of three polynomials on H, in natural order, and dropped as soon as they are read.
pub type Columns<V> = [V; 3];

impl Domain {
    /// A domain of `size` elements: `None` unless the size is a power of two of at most 2^27.
    ///
    /// Takes 64 bytes for each element.
    #[must_use]
    pub fn new(kernel: Kernel, size: usize) -> Option<Self> {
        if !size.is_power_of_two() {
            return None;
        }
        let is_filled = |kernel: &Kernel| kernel.width().pow(2) <= size;
        let Some(kernel) = [kernel, kernel.narrow()].into_iter().find(is_filled) else {
            return Some(Self { size, transforms: None });
        };
        let roots = kernel.run(MakeRoots { size })?;
        Some(Self { size, transforms: Some(Transforms { kernel, shape: Shape::of(size), roots }) })
    }

    /// Number of elements.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Coefficients of `(a b - c) / (x^n - 1)` where `a b - c` vanishes on H; the last is zero. By five transforms.
    ///
    /// Besides `out` this takes at most 192 bytes for each element, and 128 above 2^16 elements, those of the columns included. If
    /// `spread` stops it, `out` may be filled in part.
    ///
    /// # Errors
    /// What `spread` says.
    ///
    /// # Panics
    /// If a column, or `out`, has more or fewer elements than the domain.
    pub fn quotient<V: AsRef<[Fr]>, S: Spread>(
        &self,
        columns: Columns<V>,
        out: &mut [Fr],
        spread: &S,
    ) -> Result<(), S::Stop> {
        self.check(&columns, out);
        match &self.transforms {
            Some(transforms) => transforms.quotient(columns, out, spread),
            None => {
                let [a, b, _] = columns.each_ref().map(AsRef::as_ref);
                spread.each(vec![out], || (), |(), out| few::quotient([a, b], out))
            }
        }
    }

    /// Values of `a b - c` on the coset, in the order `w, w^3, w^5, ..`. By six transforms; memory and the rest as for
    /// [`Self::quotient`].
    ///
    /// # Errors
    /// What `spread` says.
    ///
    /// # Panics
    /// See [`Self::quotient`].
    pub fn remainder<V: AsRef<[Fr]>, S: Spread>(
        &self,
        columns: Columns<V>,
        out: &mut [Fr],
        spread: &S,
    ) -> Result<(), S::Stop> {
        self.check(&columns, out);
        match &self.transforms {
            Some(transforms) => transforms.remainder(columns, out, spread),
            None => {
                let columns = columns.each_ref().map(AsRef::as_ref);
                spread.each(vec![out], || (), |(), out| few::remainder(columns, out))
            }
        }
    }

    /// Panics unless all have as many elements as the domain.
    fn check<V: AsRef<[Fr]>>(&self, columns: &Columns<V>, out: &[Fr]) {
        let is_right = columns.iter().all(|values| values.as_ref().len() == self.size);
        assert!(is_right && out.len() == self.size, "as many values as the domain has elements");
    }
}

/// Transforms in vectors.
#[derive(Debug)]
struct Transforms {
    kernel: Kernel,
    shape: Shape,
    roots: Roots,
}

impl Transforms {
    const fn size(&self) -> usize {
        self.shape.rows * self.shape.columns
    }

    /// See [`Domain::quotient`].
    fn quotient<V: AsRef<[Fr]>, S: Spread>(
        &self,
        columns: Columns<V>,
        out: &mut [Fr],
        spread: &S,
    ) -> Result<(), S::Stop> {
        use RowTask::{ToCoefficients, ToCoefficientsAndOn};
        let tasks = [ToCoefficientsAndOn, ToCoefficientsAndOn, ToCoefficients];
        let [a, b, c] = self.interpolated(columns, tasks, spread)?;
        let tiles = self.products(&a, &b, None, spread)?;
        drop((a, b));
        let ab = self.rows(&[(&tiles, RowTask::FromCoset)], spread)?;
        let [ab] = ab.as_slice() else { return Ok(()) };
        drop(tiles);

        let (slices, roots) = (self.shape.slices(), &self.roots);
        let part = self.size() / slices;
        let mut parts: Vec<_> = out.chunks_mut(part).map(|part| part.chunks_mut(COEFFICIENTS)).collect();
        let pieces = (0..part).step_by(COEFFICIENTS).map(|start| {
            let out = parts.iter_mut().filter_map(Iterator::next).collect();
            Quotient { roots, ab: &ab.0, c: &c.0, start, out }
        });
        spread.each(pieces.collect(), || (), |(), piece| self.kernel.run(piece))
    }

    /// See [`Domain::remainder`].
    fn remainder<V: AsRef<[Fr]>, S: Spread>(
        &self,
        columns: Columns<V>,
        out: &mut [Fr],
        spread: &S,
    ) -> Result<(), S::Stop> {
        let [a, b, c] = self.interpolated(columns, [RowTask::ToCoefficientsAndOn; 3], spread)?;
        let tiles = self.products(&a, &b, Some(&c), spread)?;
        drop((a, b, c));
        let shape = self.shape;
        let out = out.chunks_mut(shape.row_piece()).enumerate();
        let pieces =
            out.map(|(piece, out)| Untiled { shape, tiles: &tiles.0, row: piece * shape.row_group(), out });
        spread.each(pieces.collect(), || (), |(), piece| self.kernel.run(piece))
    }

    /// Columns, and rows as told, of the transforms of values on H.
    fn interpolated<V: AsRef<[Fr]>, S: Spread>(
        &self,
        columns: Columns<V>,
        tasks: [RowTask; 3],
        spread: &S,
    ) -> Result<[Elements; 3], S::Stop> {
        let mut done = Vec::with_capacity(3);
        let at_once = if self.size() <= SIDE_BY_SIDE { 3 } else { 1 };
        let mut columns = columns.into_iter().zip(tasks);
        while done.len() < 3 {
            let (values, tasks): (Vec<V>, Vec<RowTask>) = columns.by_ref().take(at_once).unzip();
            let tiles = self.tiles(&values, spread)?;
            drop(values);
            let tasks: Vec<_> = tiles.iter().zip(tasks).collect();
            done.extend(self.rows(&tasks, spread)?);
        }
        let Ok(done) = done.try_into() else { unreachable!("three went in") };
        Ok(done)
    }

    /// Columns of the transforms from values on H.
    fn tiles<V: AsRef<[Fr]>, S: Spread>(&self, values: &[V], spread: &S) -> Result<Vec<Elements>, S::Stop> {
        let (shape, roots) = (self.shape, &self.roots);
        let mut all: Vec<_> = values.iter().map(|_| Elements::new(self.size())).collect();
        let pieces = all.iter_mut().zip(values).flat_map(|(tiles, values)| {
            let values = values.as_ref();
            let tiles = tiles.0.chunks_mut(shape.column_piece()).enumerate();
            tiles.map(move |(tile, out)| ValuesToTile { roots, shape, values, tile, out })
        });
        self.spread(pieces.collect(), spread)?;
        Ok(all)
    }

    /// Rows of transforms, from tiles.
    fn rows<S: Spread>(&self, tasks: &[(&Elements, RowTask)], spread: &S) -> Result<Vec<Elements>, S::Stop> {
        let (shape, roots) = (self.shape, &self.roots);
        let mut all: Vec<_> = tasks.iter().map(|_| Elements::new(self.size())).collect();
        let pieces = all.iter_mut().zip(tasks).flat_map(|(rows, (tiles, task))| {
            let rows = rows.0.chunks_mut(shape.row_piece()).enumerate();
            rows.map(move |(piece, out)| Rows { roots, shape, task: *task, tiles: &tiles.0, piece, out })
        });
        self.spread(pieces.collect(), spread)?;
        Ok(all)
    }

    /// [`ProductTile`]s of the whole.
    fn products<S: Spread>(
        &self,
        a: &Elements,
        b: &Elements,
        c: Option<&Elements>,
        spread: &S,
    ) -> Result<Elements, S::Stop> {
        let (shape, roots) = (self.shape, &self.roots);
        let mut tiles = Elements::new(self.size());
        let pieces = tiles.0.chunks_mut(shape.column_piece()).enumerate();
        let c = c.map(|c| c.0.as_slice());
        let pieces = pieces.map(|(tile, out)| ProductTile { roots, shape, a: &a.0, b: &b.0, c, tile, out });
        self.spread(pieces.collect(), spread)?;
        Ok(tiles)
    }

    /// Runs pieces of a pass, each in the room of its thread.
    fn spread<'a, T: Send, S: Spread>(&self, pieces: Vec<T>, spread: &S) -> Result<(), S::Stop>
    where
        for<'r> With<'r, T>: Job<Output = ()>,
    {
        spread.each(pieces, Scratch::default, |scratch, job| self.kernel.run(With { job, scratch }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InTurn;
    use ark_ff::{FftField, Field, UniformRand, Zero};
    use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
    use ark_std::test_rng;

    fn in_turn<T>(result: Result<T, core::convert::Infallible>) -> T {
        let Ok(value) = result;
        value
    }

    /// The same by arkworks' transforms: coefficients of the quotient by another coset, and values of the remainder.
    fn reference(columns: &Columns<Vec<Fr>>) -> [Vec<Fr>; 2] {
        let size = columns[0].len();
        let domain = Radix2EvaluationDomain::<Fr>::new(size).unwrap();
        let values = |shift: Fr| {
            let coset = domain.get_coset(shift).unwrap();
            let [a, b, c] = columns.each_ref().map(|values| coset.fft(&domain.ifft(values)));
            (coset, (0..size).map(|i| a[i] * b[i] - c[i]).collect::<Vec<Fr>>())
        };
        let (coset, remainder) = values(Fr::GENERATOR);
        let divisor = Fr::GENERATOR.pow([size as u64]) - Fr::ONE;
        let quotient = coset.ifft(&remainder).into_iter().map(|h| h / divisor).collect();
        let (_, remainder) = values(Fr::get_root_of_unity(2 * size as u64).unwrap());
        [quotient, remainder]
    }

    /// Columns whose third is the product of the others.
    fn columns(size: usize) -> Columns<Vec<Fr>> {
        let mut rng = test_rng();
        let mut column = || -> Vec<Fr> {
            // Zeros, the greatest, and others.
            (0..size).map(|i| [Fr::zero(), -Fr::ONE, Fr::rand(&mut rng)][(i % 7).min(2)]).collect()
        };
        let (a, b) = (column(), column());
        let c = a.iter().zip(&b).map(|(a, b)| a * b).collect();
        [a, b, c]
    }

    fn agree(size: usize) {
        let columns = columns(size);
        let expected = reference(&columns);
        // The twin takes its time; its own passes are all in smaller domains.
        let kernels =
            Kernel::available().into_iter().filter(|kernel| size <= 1 << 10 || kernel.name() != "twin");
        let mut domains: Vec<_> = kernels.map(|kernel| Domain::new(kernel, size).unwrap()).collect();
        if size <= 64 {
            domains.push(Domain { size, transforms: None });
        }
        for domain in domains {
            let mut out = [vec![Fr::zero(); size], vec![Fr::zero(); size]];
            in_turn(domain.quotient(columns.each_ref(), &mut out[0], &InTurn));
            in_turn(domain.remainder(columns.each_ref(), &mut out[1], &InTurn));
            assert!(out == expected, "{:?}, {size}", domain.transforms.map(|transforms| transforms.kernel));
        }
    }

    #[test]
    fn quotients_and_remainders_are_those_of_arkworks() {
        // Every way in which levels pair up in rows and in columns, groups that are not filled, and the smallest in lanes.
        for log in 0..=13 {
            agree(1 << log);
        }
    }

    #[test]
    #[ignore = "takes a minute unless optimised"]
    fn large_quotients_and_remainders_are_those_of_arkworks() {
        for log in [16, 17] {
            agree(1 << log);
        }
    }

    /// Stops before the piece of this number.
    struct Stopped(core::sync::atomic::AtomicUsize);

    impl Spread for Stopped {
        type Stop = ();
        fn each<T: Send, W: Send>(
            &self,
            pieces: Vec<T>,
            room: impl Fn() -> W + Send + Sync,
            work: impl Fn(&mut W, T) + Send + Sync,
        ) -> Result<(), ()> {
            use core::sync::atomic::Ordering::Relaxed;
            let mut room = room();
            for piece in pieces.into_iter().rev() {
                self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).map_err(|_| ())?;
                work(&mut room, piece);
            }
            Ok(())
        }
    }

    #[test]
    fn pieces_run_in_any_order_and_can_be_stopped_at_each() {
        let size = 512;
        let columns = columns(size);
        let [quotient, remainder] = reference(&columns);
        let domain = Domain::new(Kernel::fastest(), size).unwrap();
        let finished = (0..).find(|pieces| {
            let mut out = vec![Fr::zero(); size];
            let done = domain.quotient(columns.each_ref(), &mut out, &Stopped((*pieces).into()));
            assert!(done.is_err() || out == quotient);
            done.is_ok()
        });
        // Two pieces for 16 columns, four for 32 rows, thrice; two, four, and one for each 128 of 64 coefficients.
        assert_eq!(finished, Some(3 * (2 + 4) + 2 + 4 + 1));
        let mut out = vec![Fr::zero(); size];
        assert_eq!(domain.remainder(columns.each_ref(), &mut out, &Stopped(usize::MAX.into())), Ok(()));
        assert!(out == remainder);
    }

    #[test]
    fn domains_that_are_none() {
        for size in [0, 3, 1 << 28] {
            assert!(Domain::new(Kernel::PORTABLE, size).is_none(), "{size}");
        }
    }
}
