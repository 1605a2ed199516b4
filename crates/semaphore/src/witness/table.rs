//! The multiples of the base point that circomlib's fixed-base multiplication adds up.
//!
//! Window i of three bits with value w contributes `(1 + w) 8^i B8`. Each multiple is kept in both forms: EIP-2494
//! coordinates (x, y), in which sums are formed, and Montgomery coordinates `u = (1 + y)/(1 - y), v = u/x`, in which the
//! circuit has them. All of it is public.

use super::{
    inversion::invert_all,
    wires::{FIRST_WINDOWS, SECOND_WINDOWS},
};
use ark_ff::Field;
use std::sync::OnceLock;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use tabella_primitives::{
    Fr,
    edwards::{A, BASE_X, BASE_Y, D},
    montgomery::product,
};
use zeroize::Zeroize;

/// Multiples in one window.
const MULTIPLES: usize = 8;

/// A point with projective EIP-2494 coordinates, `t = x y / z`.
#[derive(Clone, Copy, Zeroize)]
pub(super) struct Extended {
    pub(super) x: Fr,
    pub(super) y: Fr,
    pub(super) z: Fr,
    t: Fr,
}

/// A point in both forms.
#[derive(Clone, Copy, Default, Zeroize)]
pub(super) struct Multiple {
    pub(super) x: Fr,
    pub(super) y: Fr,
    pub(super) u: Fr,
    pub(super) v: Fr,
}

impl Extended {
    /// The sum by the complete law for a twisted Edwards curve [Hisil, Wong, Carter, Dawson, eprint 2008/522, section
    /// 3.1]: no case is special, because a is a square and d is not.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let a = product(&self.x, &other.x);
        let b = product(&self.y, &other.y);
        let c = product(&product(&self.t, &D), &other.t);
        let d = product(&self.z, &other.z);
        let e = product(&(self.x + self.y), &(other.x + other.y)) - a - b;
        let (f, g, h) = (d - c, d + c, b - product(&A, &a));
        Self { x: product(&e, &f), y: product(&g, &h), z: product(&f, &g), t: product(&e, &h) }
    }
}

impl From<&Multiple> for Extended {
    fn from(point: &Multiple) -> Self {
        Self { x: point.x, y: point.y, z: Fr::ONE, t: product(&point.x, &point.y) }
    }
}

impl Multiple {
    /// The points with affine coordinates, one division for all; `None` if one of them has no Montgomery coordinates.
    fn all(points: &[Extended]) -> Option<Vec<Self>> {
        let below_u = |point: &Extended| product(&(point.z - point.y), &point.x);
        let mut inverses: Vec<Fr> = points.iter().map(|point| product(&point.z, &below_u(point))).collect();
        invert_all(&mut inverses)?;
        let affine = points.iter().zip(&inverses).map(|(point, inverse)| {
            let z = product(inverse, &below_u(point));
            let scaled = product(&(point.z + point.y), &product(inverse, &point.z));
            Self {
                x: product(&point.x, &z),
                y: product(&point.y, &z),
                u: product(&scaled, &point.x),
                v: product(&scaled, &point.z),
            }
        });
        Some(affine.collect())
    }
}

/// One of the two segments in which circomlib multiplies.
pub(super) struct Segment {
    /// What the sum begins with, so that no addition meets equal points: twice the base of the window after the last.
    pub(super) start: Multiple,
    /// What is taken away at the end: (x, y) of the sum of the bases and `start`.
    pub(super) correction: (Fr, Fr),
    /// The windows, lowest first.
    pub(super) windows: Vec<Window>,
}

/// The multiples 1 to 8 of the base of one window.
pub(super) struct Window {
    multiples: [Multiple; MULTIPLES],
    /// Coefficient of the product of the two lowest bits in the selection of u.
    pub(super) product: Fr,
}

impl Window {
    fn new(multiples: [Multiple; MULTIPLES]) -> Self {
        // Inclusion and exclusion over the three bits.
        let product = multiples.iter().enumerate().map(|(value, multiple)| {
            if usize::count_ones(value).is_multiple_of(2) { -multiple.u } else { multiple.u }
        });
        Self { product: product.sum(), multiples }
    }

    /// The multiple `value + 1`, for a value below 8. All are read, whatever the value.
    pub(super) fn select(&self, value: u64) -> Multiple {
        let mut selected = Multiple::default();
        for (index, multiple) in (0u64..).zip(&self.multiples) {
            let hit = index.ct_eq(&value);
            let Multiple { x, y, u, v } = &mut selected;
            for (to, from) in [x, y, u, v].into_iter().zip([multiple.x, multiple.y, multiple.u, multiple.v]) {
                for (to, from) in to.0.0.iter_mut().zip(from.0.0) {
                    to.conditional_assign(&from, hit);
                }
            }
        }
        selected
    }
}

impl Segment {
    /// The segment whose first window has this base, and the base of the window after its last.
    fn new(base: &Extended, windows: usize) -> (Self, Extended) {
        let mut base = *base;
        let mut bases: Option<Extended> = None;
        let mut points = Vec::with_capacity(MULTIPLES * windows + 2);
        for _ in 0..windows {
            bases = Some(bases.map_or(base, |sum| sum.plus(&base)));
            let mut multiple = base;
            points.push(multiple);
            for _ in 1..MULTIPLES {
                multiple = multiple.plus(&base);
                points.push(multiple);
            }
            base = multiple;
        }
        let start = base.plus(&base);
        points.push(start);
        points.push(bases.expect("at least one window").plus(&start));
        let points =
            Multiple::all(&points).expect("the base has the large order l, and no sum is a multiple of l");
        let (multiples, rest) = points.as_chunks::<MULTIPLES>();
        let &[start, correction] = rest else { unreachable!("windows are of {MULTIPLES} multiples") };
        let windows = multiples.iter().map(|multiples| Window::new(*multiples)).collect();
        (Self { start, correction: (correction.x, correction.y), windows }, base)
    }
}

/// Both segments, made on first use (about 1 ms).
pub(super) fn segments() -> &'static [Segment; 2] {
    static SEGMENTS: OnceLock<[Segment; 2]> = OnceLock::new();
    SEGMENTS.get_or_init(|| {
        let base = Extended { x: BASE_X, y: BASE_Y, z: Fr::ONE, t: product(&BASE_X, &BASE_Y) };
        let (first, next) = Segment::new(&base, FIRST_WINDOWS);
        let (second, _) = Segment::new(&next, SECOND_WINDOWS);
        [first, second]
    })
}
