//! The multiples of the base point that circomlib's fixed-base multiplication adds up.
//!
//! Window i of three bits with value w contributes `(1 + w) 8^i B8`. Each multiple is kept in both forms: EIP-2494
//! coordinates (x, y), in which sums are formed, and Montgomery coordinates `u = (1 + y)/(1 - y), v = u/x`, in which the
//! circuit has them. All of it is public.

use super::wires::{FIRST_WINDOWS, SECOND_WINDOWS};
use ark_ff::Field;
use std::sync::OnceLock;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use tabella_primitives::{
    Fr,
    edwards::{A, BASE_X, BASE_Y, D},
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
    pub(super) fn plus(&self, other: &Multiple) -> Self {
        let a = self.x * other.x;
        let b = self.y * other.y;
        let c = self.t * D * other.x * other.y;
        let e = (self.x + self.y) * (other.x + other.y) - a - b;
        let (f, g, h) = (self.z - c, self.z + c, b - A * a);
        Self { x: e * f, y: g * h, z: f * g, t: e * h }
    }
}

impl From<&Multiple> for Extended {
    fn from(point: &Multiple) -> Self {
        Self { x: point.x, y: point.y, z: Fr::ONE, t: point.x * point.y }
    }
}

impl Multiple {
    /// The point with affine coordinates, one division; `None` for the points without Montgomery coordinates.
    fn affine(point: &Extended) -> Option<Self> {
        let z = point.z.inverse()?;
        let (x, y) = (point.x * z, point.y * z);
        let u = (Fr::ONE + y) * (Fr::ONE - y).inverse()?;
        Some(Self { x, y, u, v: u * x.inverse()? })
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
    fn new(base: &Multiple) -> Self {
        let mut multiples = [*base; MULTIPLES];
        let mut sum = Extended::from(base);
        for multiple in multiples.iter_mut().skip(1) {
            sum = sum.plus(base);
            *multiple = Multiple::affine(&sum).expect("the base has the large order l");
        }
        // Inclusion and exclusion over the three bits.
        let product = multiples.iter().enumerate().map(|(value, multiple)| {
            if usize::count_ones(value).is_multiple_of(2) { -multiple.u } else { multiple.u }
        });
        Self { product: product.sum(), multiples }
    }

    /// Eight times the base.
    fn next_base(&self) -> &Multiple {
        let [.., last] = &self.multiples;
        last
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
    fn new(base: &Multiple, windows: usize) -> Self {
        let mut base = *base;
        let mut bases: Option<Extended> = None;
        let mut made = Vec::with_capacity(windows);
        for _ in 0..windows {
            bases = Some(bases.map_or_else(|| Extended::from(&base), |sum| sum.plus(&base)));
            let window = Window::new(&base);
            base = *window.next_base();
            made.push(window);
        }
        let start =
            Multiple::affine(&Extended::from(&base).plus(&base)).expect("the base has the large order l");
        let correction = bases.expect("at least one window").plus(&start);
        let correction = Multiple::affine(&correction).expect("no multiple of l");
        Self { start, correction: (correction.x, correction.y), windows: made }
    }
}

/// Both segments, made on first use (about 3 ms).
pub(super) fn segments() -> &'static [Segment; 2] {
    static SEGMENTS: OnceLock<[Segment; 2]> = OnceLock::new();
    SEGMENTS.get_or_init(|| {
        let base = Extended { x: BASE_X, y: BASE_Y, z: Fr::ONE, t: BASE_X * BASE_Y };
        let base = Multiple::affine(&base).expect("B8 has the large order l");
        let first = Segment::new(&base, FIRST_WINDOWS);
        let last = first.windows.last().expect("at least one window");
        let second = Segment::new(last.next_base(), SECOND_WINDOWS);
        [first, second]
    })
}
