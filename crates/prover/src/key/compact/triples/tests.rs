//! Lists come back from one string of bytes, and from no other.

use super::*;
use crate::frame::{Frame, Section, Writer};
use ark_bn254::{G1Affine, G2Affine, g1::Config as G1, g2::Config as G2};
use ark_ec::{AffineRepr, CurveGroup};
use proptest::prelude::*;

const MAGIC: [u8; 16] = *b"points of a list";
const SECTIONS: [Section; 1] = [Section::new(1, "list")];

/// What is read of a list of that many points.
fn read<C: Curve>(bytes: &[u8], count: usize, by_threes: bool) -> Result<Vec<Affine<C>>, KeyError> {
    let mut writer = Writer::new(&MAGIC, &[(1, bytes.len())], 1);
    writer.section().extend_from_slice(bytes);
    let file = writer.finish();
    let frame = Frame::open(&file, &MAGIC, &SECTIONS).unwrap();
    Points::in_section::<C>(frame.part(0).unwrap(), count, by_threes)?.read()
}

/// The cause, and where in the section.
fn fault<C: Curve>(bytes: &[u8], count: usize, by_threes: bool) -> (usize, KeyError) {
    match read::<C>(bytes, count, by_threes) {
        Err(KeyError::InFile { section: "list", offset, cause }) => (offset - 64, *cause),
        other => panic!("{other:?}"),
    }
}

fn written<C: Curve>(points: &[Affine<C>]) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let by_threes = write(&mut bytes, points);
    (bytes, by_threes)
}

/// Multiples of the generator.
fn multiples<P: AffineRepr>(factors: impl IntoIterator<Item = i64>) -> Vec<P> {
    factors.into_iter().map(|factor| (P::generator() * P::ScalarField::from(factor)).into_affine()).collect()
}

fn comes_back<C: Curve>(points: &[Affine<C>], packed: bool) {
    let (bytes, by_threes) = written(points);
    assert_eq!(by_threes, packed);
    let coordinates = 2 * points.len() - if packed { points.len() / 3 * 2 } else { 0 };
    assert_eq!(bytes.len(), coordinates * C::BaseField::BYTES);
    assert_eq!(read::<C>(&bytes, points.len(), packed).as_deref(), Ok(points));
}

#[test]
fn lists_of_all_lengths_come_back() {
    for length in (0..=20).chain([3 * TRIPLES_PER_TASK - 1, 3 * TRIPLES_PER_TASK, 6 * TRIPLES_PER_TASK + 5]) {
        let factors = (1i64..).take(length).map(|n| n * n + 3);
        comes_back::<G1>(&multiples(factors.clone()), true);
        comes_back::<G2>(&multiples(factors), true);
    }
}

#[test]
fn lists_that_cannot_be_packed_are_whole() {
    let mut sum_is_zero = multiples::<G1Affine>(1..=3);
    // Whether it is on the curve plays no part here.
    sum_is_zero[2].y = -(sum_is_zero[0].y + sum_is_zero[1].y);
    comes_back::<G1>(&sum_is_zero, false);
    for factors in [[1, 2, 0], [0, 1, 2], [5, -5, 3], [5, 3, -5], [3, 5, -5], [0, 0, 0]] {
        comes_back::<G1>(&multiples(factors), false);
        comes_back::<G2>(&multiples([7, 8, 9].into_iter().chain(factors)), false);
    }
    // Two that are one, or nothing at the end, are nothing special.
    comes_back::<G1>(&multiples([5, 5, 3, 4, 4, 4, 0]), true);
    comes_back::<G2>(&multiples([5, 5, 3, 4, 4, 4, 0]), true);
}

#[test]
fn lists_have_one_spelling() {
    let points = multiples::<G1Affine>(1..=7);
    let whole: Vec<u8> = points.iter().flat_map(crate::montgomery::g1_to_bytes).collect();
    assert_eq!(fault::<G1>(&whole, 7, false), (0, KeyError::NotPacked));
    let points = multiples::<G2Affine>(1..=3);
    let whole: Vec<u8> = points.iter().flat_map(crate::montgomery::g2_to_bytes).collect();
    assert_eq!(fault::<G2>(&whole, 3, false), (0, KeyError::NotPacked));
}

#[test]
fn the_first_fault_is_told() {
    let points = multiples::<G1Affine>(1..=i64::try_from(9 * TRIPLES_PER_TASK + 1).unwrap());
    let (good, _) = written::<G1>(&points);
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        // And another behind it.
        let last = good.len() - 64;
        changed[last..last + 32].fill(0xff);
        changed
    };
    for triple in [0, 1, TRIPLES_PER_TASK + 3, 3 * TRIPLES_PER_TASK - 1] {
        for place in 0..4 {
            let changed = with(128 * triple + 32 * place, &[0xff; 32]);
            assert_eq!(fault::<G1>(&changed, points.len(), true), (128 * triple, KeyError::NotCanonical));
        }
        let no_sum = with(128 * triple + 96, &[0; 32]);
        assert_eq!(fault::<G1>(&no_sum, points.len(), true), (128 * triple, KeyError::Triple));
    }
    assert_eq!(fault::<G1>(&with(0, &[]), points.len(), true), (good.len() - 64, KeyError::NotCanonical));
}

#[test]
fn other_lengths_are_refused() {
    for length in [0, 64, 128 - 32, 128 + 1, 256] {
        let refused = read::<G1>(&vec![1; length], 3, true);
        assert!(matches!(refused, Err(KeyError::InFile { offset: 48, .. })), "{length}: {refused:?}");
    }
    let most = usize::MAX;
    assert!(matches!(read::<G1>(&[], most, false), Err(KeyError::InFile { .. })));
}

proptest! {
    #[test]
    fn whatever_is_read_is_written_so(
        mut coordinates in prop::collection::vec(any::<u64>(), 12),
        small in prop::collection::vec(0u64..3, 12),
        from_small in any::<bool>(),
    ) {
        if from_small {
            coordinates = small;
        }
        let mut bytes = Vec::new();
        coordinates.iter().for_each(|value| Fq::from(*value).write(&mut bytes));
        // Twelve coordinates are three triples; what comes out of them on the curve goes in again as it was.
        if let Ok(points) = read::<G1>(&bytes, 9, true)
            && points.iter().all(Affine::is_on_curve)
        {
            prop_assert_eq!(written(&points), (bytes, true));
        }
    }
}
