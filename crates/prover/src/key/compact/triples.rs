//! Three points in four coordinates, without a root to be drawn.
//!
//! Of three points `(x_i, y_i)` the `x_i` and `s = y_1 + y_2 + y_3` are kept, out of which they are computed side by side
//! ([`Kernel::points_of_triples`]).
//!
//! A list is written so if it can be: not where a point is at infinity, or `s` or the sum of two `y_i` is zero, which no points are that
//! nobody chose for it. Else all its points are written whole, which is said elsewhere. One or two points at the end are whole.

use crate::{
    exec,
    frame::Part,
    key::{KeyError, sections::fault_in},
    montgomery::{FIELD_BYTES, element, element_to_bytes},
};
use ark_bn254::{Fq, Fq2, g1, g2};
use ark_ec::{
    AffineRepr,
    short_weierstrass::{Affine, SWCurveConfig},
};
use ark_ff::{AdditiveGroup, Field, Zero};
use tabella_lanes::{G1, G2, Kernel};

/// Triples that one task unpacks at a time, with one inversion.
const TRIPLES_PER_TASK: usize = 128;

/// A coordinate in Montgomery's form.
pub(super) trait Coordinate: Field {
    /// Bytes of a coordinate.
    const BYTES: usize;

    /// `None` if it is not canonical. There must be [`Self::BYTES`] bytes.
    fn read(bytes: &[u8]) -> Option<Self>;

    /// The inverse of [`Self::read`].
    fn write(&self, section: &mut Vec<u8>);
}

impl Coordinate for Fq {
    const BYTES: usize = FIELD_BYTES;

    fn read(bytes: &[u8]) -> Option<Self> {
        element(bytes.first_chunk()?)
    }

    fn write(&self, section: &mut Vec<u8>) {
        section.extend_from_slice(&element_to_bytes(self));
    }
}

impl Coordinate for Fq2 {
    const BYTES: usize = 2 * FIELD_BYTES;

    fn read(bytes: &[u8]) -> Option<Self> {
        let (c0, c1) = bytes.split_at_checked(FIELD_BYTES)?;
        Some(Self::new(Fq::read(c0)?, Fq::read(c1)?))
    }

    fn write(&self, section: &mut Vec<u8>) {
        self.c0.write(section);
        self.c1.write(section);
    }
}

/// A curve whose points can be unpacked.
pub(super) trait Curve: SWCurveConfig<BaseField: Coordinate> {
    /// The points of `x_1, x_2, x_3, y_1 + y_2 + y_3`, as many as there is room for; none if one of them has none.
    fn unpack(
        kernel: Kernel,
        coordinates: &[[Self::BaseField; 4]],
        points: &mut [[Affine<Self>; 3]],
    ) -> Option<()>;
}

impl Curve for g1::Config {
    fn unpack(kernel: Kernel, coordinates: &[[Fq; 4]], points: &mut [[Affine<Self>; 3]]) -> Option<()> {
        kernel.points_of_triples::<G1>(coordinates, points).ok()
    }
}

impl Curve for g2::Config {
    fn unpack(kernel: Kernel, coordinates: &[[Fq2; 4]], points: &mut [[Affine<Self>; 3]]) -> Option<()> {
        kernel.points_of_triples::<G2>(coordinates, points).ok()
    }
}

/// Appends a list of points; answers whether it is by threes.
pub(super) fn write<C: Curve>(section: &mut Vec<u8>, points: &[Affine<C>]) -> bool {
    let packed = can_be_packed(points);
    let (triples, rest) = points.as_chunks::<3>();
    let (triples, whole) = if packed { (triples, rest) } else { (&[][..], points) };
    for triple in triples {
        let sum: C::BaseField = triple.iter().map(|point| point.y).sum();
        triple.iter().map(|point| &point.x).chain([&sum]).for_each(|value| value.write(section));
    }
    for point in whole {
        // The point at infinity is written as zeros, which lie on neither curve.
        let (x, y) = point.xy().unwrap_or_default();
        x.write(section);
        y.write(section);
    }
    packed
}

/// Whether every triple comes back out of its four coordinates.
fn can_be_packed<C: SWCurveConfig>(points: &[Affine<C>]) -> bool {
    points.as_chunks::<3>().0.iter().all(|[a, b, c]| {
        let sums = [a.y + b.y, a.y + c.y, b.y + c.y, a.y + b.y + c.y];
        ![a, b, c].iter().any(|point| point.is_zero()) && sums.iter().all(|sum| !sum.is_zero())
    })
}

/// A list of points in a section.
#[derive(Clone, Copy)]
pub(super) struct Points<'a> {
    part: Part<'a>,
    /// How many of them stand in triples.
    packed: usize,
    count: usize,
    coordinate: usize,
    by_threes: bool,
}

impl<'a> Points<'a> {
    /// The list of that many points, by threes or whole.
    ///
    /// # Errors
    /// If the section has another length than such a list.
    pub(super) fn in_section<C: Curve>(
        part: Part<'a>,
        count: usize,
        by_threes: bool,
    ) -> Result<Self, KeyError> {
        let coordinate = C::BaseField::BYTES;
        let packed = if by_threes { count - count % 3 } else { 0 };
        let coordinates = count.checked_mul(2).map(|all| all - packed / 3 * 2);
        part.expect(coordinates.and_then(|all| all.checked_mul(coordinate)))?;
        Ok(Self { part, packed, count, coordinate, by_threes })
    }

    /// The section, and where in it a point begins, or the triple that it is in.
    pub(super) fn place(&self, index: usize) -> (Part<'a>, usize) {
        (self.part, self.offset(index))
    }

    fn offset(&self, index: usize) -> usize {
        let index = index.min(self.count);
        if index < self.packed {
            index / 3 * 4 * self.coordinate
        } else {
            (2 * index - self.packed / 3 * 2) * self.coordinate
        }
    }

    /// The points. Whether those that are whole lie on the curve is not looked at, nor whether triples come out on it; no two lists of points
    /// that do are read from the same bytes, and no list from two.
    ///
    /// # Errors
    /// For coordinates that are not canonical, four that no triple has, and lists that could have been shorter.
    pub(super) fn read<C: Curve>(&self) -> Result<Vec<Affine<C>>, KeyError> {
        let fault = |index, cause| fault_in(self.part, self.offset(index), cause);
        let (triples, whole) = self.part.bytes.split_at(self.offset(self.packed));
        let mut points = vec![Affine::<C>::identity(); self.count];
        let (in_triples, alone) = points.split_at_mut(self.packed);
        let bytes_per_task = TRIPLES_PER_TASK * 4 * self.coordinate;
        exec::for_each_chunk(in_triples, 3 * TRIPLES_PER_TASK, |task, points| {
            let bytes = triples.chunks(bytes_per_task).nth(task).unwrap_or_default();
            unpack(bytes, points)
        })
        // Which fault is found first, depends on the threads: the first that there is, is told.
        .map_err(|cause| {
            let mut single = [Affine::<C>::identity(); 3];
            let mut each = triples.chunks(4 * self.coordinate).enumerate();
            let first = each.find_map(|(number, bytes)| Some((number, unpack(bytes, &mut single).err()?)));
            first.map_or_else(|| fault(0, cause.clone()), |(number, cause)| fault(3 * number, cause.clone()))
        })?;
        for (place, (point, bytes)) in alone.iter_mut().zip(whole.chunks(2 * self.coordinate)).enumerate() {
            let (x, y) = bytes.split_at(self.coordinate);
            let both = C::BaseField::read(x).zip(C::BaseField::read(y));
            let (x, y) = both.ok_or_else(|| fault(self.packed + place, KeyError::NotCanonical))?;
            if !(x.is_zero() && y.is_zero()) {
                *point = Affine::new_unchecked(x, y);
            }
        }
        if !self.by_threes && can_be_packed(&points) {
            return Err(fault(0, KeyError::NotPacked));
        }
        Ok(points)
    }
}

fn unpack<C: Curve>(bytes: &[u8], points: &mut [Affine<C>]) -> Result<(), KeyError> {
    let mut coordinates = Vec::with_capacity(points.len() / 3);
    for triple in bytes.chunks(4 * C::BaseField::BYTES) {
        let mut four = [C::BaseField::ZERO; 4];
        for (value, bytes) in four.iter_mut().zip(triple.chunks(C::BaseField::BYTES)) {
            *value = C::BaseField::read(bytes).ok_or(KeyError::NotCanonical)?;
        }
        coordinates.push(four);
    }
    C::unpack(Kernel::fastest(), &coordinates, points.as_chunks_mut::<3>().0).ok_or(KeyError::Triple)
}

#[cfg(test)]
mod tests;
