//! The order of the wires of Semaphore v4's circuit, as its ceremony fixed it.
//!
//! The circuit is `semaphore.circom` 4.x, compiled by circom with `--O2`; a wire is a signal that the compiler did not
//! replace by a linear combination of others. With d the greatest depth there are `1514 + 247 d` of them:
//!
//! | wires | what |
//! | --- | --- |
//! | 1 | the constant 1 |
//! | 4 | public: root, nullifier, message, scope |
//! | 3 + d | secret scalar, length and index of the path, siblings |
//! | 1 | square of the message |
//! | 2 | public key (x, y) |
//! | 252 | bits of the secret scalar, without the last |
//! | 8 | sum of the two segments: x1, y1, x2, y2, beta, gamma, delta, tau |
//! | 415, 3, 83 | first segment: 83 additions (sum u, v, window u, v, slope); correction x, y, tau; 83 products |
//! | 5 + 3, 3, 1 | second segment: an addition, another without its window; correction; one product |
//! | 3 d | leaf and nodes (d + 1), candidate roots (d), bits of the index without the last (d - 1) |
//! | 2 (d + 1) | comparison of the length with 0 to d: whether equal, inverse of the difference |
//! | 2 d | left and right child, level by level |
//! | 239 d | hash of each level |
//! | 239, 239 | hash of the public key, hash of scope and secret |
//! | 250 | bits of `s + 2^251 - l`, without the last two |

use crate::depth::Depth;
use tabella_primitives::Fr;

/// Wires of one Poseidon of two inputs.
pub(super) const HASH: usize = 239;
/// Bits of the secret scalar that are wires.
pub(super) const SECRET_BITS: usize = 252;
/// Bits of the range check that are wires.
pub(super) const RANGE_BITS: usize = 250;
/// Windows of three bits in the first segment.
pub(super) const FIRST_WINDOWS: usize = 83;
/// Windows of three bits in the second segment.
pub(super) const SECOND_WINDOWS: usize = 2;
/// Wires of an addition on the Montgomery curve.
pub(super) const ADDITION: usize = 5;

/// Wires of one segment of the scalar multiplication.
pub(super) struct Segment<'a> {
    pub(super) additions: &'a mut [Fr],
    pub(super) correction: &'a mut [Fr],
    pub(super) products: &'a mut [Fr],
}

/// All wires, in their order.
pub(super) struct Wires<'a> {
    pub(super) one: &'a mut Fr,
    pub(super) root: &'a mut Fr,
    pub(super) nullifier: &'a mut Fr,
    pub(super) message: &'a mut Fr,
    pub(super) scope: &'a mut Fr,
    pub(super) secret: &'a mut Fr,
    pub(super) length: &'a mut Fr,
    pub(super) index: &'a mut Fr,
    pub(super) siblings: &'a mut [Fr],
    pub(super) message_square: &'a mut Fr,
    pub(super) public_key: &'a mut [Fr],
    pub(super) secret_bits: &'a mut [Fr],
    pub(super) sum: &'a mut [Fr],
    pub(super) segments: [Segment<'a>; 2],
    pub(super) nodes: &'a mut [Fr],
    pub(super) roots: &'a mut [Fr],
    pub(super) index_bits: &'a mut [Fr],
    pub(super) comparisons: &'a mut [Fr],
    pub(super) children: &'a mut [Fr],
    pub(super) levels: &'a mut [Fr],
    pub(super) commitment_hash: &'a mut [Fr],
    pub(super) nullifier_hash: &'a mut [Fr],
    pub(super) range_bits: &'a mut [Fr],
}

/// Number of wires, the constant included: `1514 + 247 d`.
pub(super) fn count(depth: Depth) -> usize {
    1514 + 247 * depth.levels()
}

/// Hands out one part after the other.
struct Rest<'a>(&'a mut [Fr]);

impl<'a> Rest<'a> {
    fn take(&mut self, wires: usize) -> &'a mut [Fr] {
        let (part, rest) = core::mem::take(&mut self.0).split_at_mut(wires);
        self.0 = rest;
        part
    }

    fn one(&mut self) -> &'a mut Fr {
        self.take(1).first_mut().expect("a part of one wire")
    }
}

impl<'a> Wires<'a> {
    /// Cuts [`count`] wires into their parts.
    ///
    /// # Panics
    /// If their number is another.
    pub(super) fn new(depth: Depth, wires: &'a mut [Fr]) -> Self {
        assert_eq!(wires.len(), count(depth), "the wires of this depth");
        let d = depth.levels();
        let mut rest = Rest(wires);
        // The fields of a struct expression are evaluated as they are written.
        let wires = Self {
            one: rest.one(),
            root: rest.one(),
            nullifier: rest.one(),
            message: rest.one(),
            scope: rest.one(),
            secret: rest.one(),
            length: rest.one(),
            index: rest.one(),
            siblings: rest.take(d),
            message_square: rest.one(),
            public_key: rest.take(2),
            secret_bits: rest.take(SECRET_BITS),
            sum: rest.take(8),
            segments: [
                Segment {
                    additions: rest.take(ADDITION * FIRST_WINDOWS),
                    correction: rest.take(3),
                    products: rest.take(FIRST_WINDOWS),
                },
                // The second window holds bit 252 alone, which is linear in the others.
                Segment {
                    additions: rest.take(ADDITION * SECOND_WINDOWS - 2),
                    correction: rest.take(3),
                    products: rest.take(SECOND_WINDOWS - 1),
                },
            ],
            nodes: rest.take(d + 1),
            roots: rest.take(d),
            index_bits: rest.take(d - 1),
            comparisons: rest.take(2 * (d + 1)),
            children: rest.take(2 * d),
            levels: rest.take(HASH * d),
            commitment_hash: rest.take(HASH),
            nullifier_hash: rest.take(HASH),
            range_bits: rest.take(RANGE_BITS),
        };
        assert!(rest.0.is_empty(), "the parts are all wires");
        wires
    }
}

/// Writes values to the wires of a part.
///
/// # Panics
/// If there are fewer or more of them.
pub(super) fn write<const N: usize>(part: &mut [Fr], values: [Fr; N]) {
    part.copy_from_slice(&values);
}

/// Writes the lowest bits of an integer, least significant limb first, to as many wires as there are.
///
/// The steps do not depend on the bits.
pub(super) fn write_bits(part: &mut [Fr], limbs: &[u64]) {
    let bits = limbs.iter().flat_map(|limb| (0..u64::BITS).map(move |place| (limb >> place) & 1));
    for (wire, bit) in part.iter_mut().zip(bits) {
        *wire = Fr::from(bit);
    }
}
