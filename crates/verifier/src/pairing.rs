//! The optimal ate pairing of BN254, in the three forms in which verification meets it.
//!
//! ```text
//! e(P, Q) = (f_{6x+2,Q}(P) l_{[6x+2]Q, psi(Q)}(P) l_{[6x+2]Q + psi(Q), -psi^2(Q)}(P))^((q^12 - 1) / r)
//! ```
//!
//! [F. Vercauteren, "Optimal pairings", eprint 2008/096, section IV.A], where psi is the endomorphism of [`crate::point`].
//! Values are arkworks' (the tests compare), not so the steps: all pairs share one chain of squarings, and lines are divided
//! by their first coefficient where that is cheap. Such a factor lies in a proper subfield of Fq12, where the
//! [final exponentiation](crate::exponentiation) makes it 1.

use crate::{
    exponentiation::final_exponentiation,
    limbs::Element,
    lines::{Affine, FixedLines, Place, Projective, Step, invert_all, steps},
    tower::Element12,
};
use alloc::vec::Vec;
use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, Field, fields::serial_batch_inversion_and_mul};

/// Places of points, with one inversion. `None` for the identity, at which the pairing is 1.
fn places(points: impl IntoIterator<Item = G1Affine>) -> Vec<Option<Place>> {
    let coordinates: Vec<_> = points.into_iter().map(|point| point.xy()).collect();
    // No point of G1 has y = 0, for that would be of order 2.
    let mut inverses: Vec<Fq> = coordinates.iter().map(|xy| xy.map_or(Fq::ZERO, |(_, y)| y)).collect();
    serial_batch_inversion_and_mul(&mut inverses, &Fq::ONE);
    let place = |(x, _), inverse| (Element::of(&(x * inverse)), Element::of(&inverse));
    coordinates.iter().zip(inverses).map(|(xy, inverse)| xy.map(|xy| place(xy, inverse))).collect()
}

/// The Miller loop: squares before each doubling, and lets `lines` multiply by the lines of each step, whose number it gets.
fn run(mut lines: impl FnMut(usize, Step, Element12) -> Element12) -> Element12 {
    let mut f = Element12::ONE;
    for (index, step) in steps().enumerate() {
        // The first square is that of one.
        if step == Step::Double && index > 0 {
            f = f.squared();
        }
        f = lines(index, step, f);
    }
    f
}

/// `e(P, Q)` for a point that is not the identity, and the lines of Q.
pub(crate) fn pairing(point: &G1Affine, lines: &FixedLines) -> Element12 {
    final_exponentiation(&miller_fixed([*point], [lines])).expect("no Miller loop gives zero")
}

/// The product of the Miller loops of pairs whose second points are of a key. Pairs with the identity count for 1.
pub(crate) fn miller_fixed<const N: usize>(points: [G1Affine; N], lines: [&FixedLines; N]) -> Element12 {
    let places = places(points);
    run(|index, _, f| fixed(f, index, &places, &lines))
}

/// [`miller_fixed`] with one more pair, whose second point is of a proof and not the identity.
pub(crate) fn miller_one<const N: usize>(
    (a, b): (&G1Affine, &G2Affine),
    points: [G1Affine; N],
    lines: [&FixedLines; N],
) -> Element12 {
    let places = places(points.into_iter().chain([*a]));
    let mut walker = Projective::new(b);
    run(|index, step, f| {
        let f = fixed(f, index, &places, &lines);
        let line = walker.walk(step);
        places.last().and_then(Option::as_ref).map_or(f, |place| line.times(&f, place))
    })
}

/// Multiplies by the lines of number `index` at the first places.
fn fixed(f: Element12, index: usize, places: &[Option<Place>], lines: &[&FixedLines]) -> Element12 {
    places.iter().zip(lines).fold(f, |f, (place, lines)| match (place, lines.get(index)) {
        (Some(place), Some(line)) => line.times(&f, place),
        _ => f,
    })
}

/// The product of the Miller loops of many pairs of points of order r. Pairs with the identity count for 1.
pub(crate) fn miller_many(pairs: &[(G1Affine, G2Affine)]) -> Element12 {
    let places = places(pairs.iter().map(|(point, _)| *point)).into_iter().zip(pairs);
    let present = places.filter(|(_, (_, origin))| !origin.is_zero());
    let mut walkers: Vec<(Affine, Place)> =
        present.filter_map(|(place, (_, origin))| Some((Affine::new(origin), place?))).collect();
    let mut inverses = Vec::with_capacity(walkers.len());
    run(|_, step, f| {
        inverses.clear();
        inverses.extend(walkers.iter().map(|(walker, _)| walker.divisor(step)));
        invert_all(&mut inverses).expect("no step is exceptional");
        let walkers = walkers.iter_mut().zip(&inverses);
        walkers.fold(f, |f, ((walker, place), inverse)| walker.walk(step, inverse).times(&f, place))
    })
}

/// Whether points of both groups are the same multiple of the groups' generators: `e(P, G2) = e(G1, Q)`. Both must be in their groups, as
/// whatever this crate decodes is.
///
/// # Panics
/// It can for a Q outside of the group of order r.
#[must_use]
pub fn same_multiple(p: &G1Affine, q: &G2Affine) -> bool {
    let product = miller_many(&[(*p, G2Affine::generator()), (-G1Affine::generator(), *q)]);
    final_exponentiation(&product) == Some(Element12::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Bn254, Fq12, Fr};
    use ark_ec::{CurveGroup, pairing::Pairing};
    use ark_ff::UniformRand;
    use std::vec;

    type Pairs = Vec<(G1Affine, G2Affine)>;

    fn pairs(count: usize) -> Pairs {
        let mut rng = ark_std::test_rng();
        (0..count).map(|_| (G1Affine::rand(&mut rng), G2Affine::rand(&mut rng))).collect()
    }

    fn exponentiated(value: &Element12) -> Option<Fq12> {
        final_exponentiation(value).map(Element12::to_field)
    }

    /// arkworks' value of the product of the pairings.
    fn expected(pairs: &Pairs) -> Option<Fq12> {
        let (a, b): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
        Some(Bn254::multi_pairing(a, b).0)
    }

    #[test]
    fn all_forms_give_the_pairing_of_arkworks() {
        for seed in 0..6 {
            let [one, two, three] = <[_; 3]>::try_from(pairs(seed + 3).split_off(seed)).unwrap();
            let lines = [two, three].map(|(_, q)| FixedLines::new(&q));
            let fixed = miller_fixed([two.0, three.0], lines.each_ref());
            assert_eq!(exponentiated(&fixed), expected(&vec![two, three]));
            let all = miller_one((&one.0, &one.1), [two.0, three.0], lines.each_ref());
            assert_eq!(exponentiated(&all), expected(&vec![one, two, three]));
        }
        for count in [0, 1, 2, 3, 17] {
            let pairs = pairs(count);
            assert_eq!(exponentiated(&miller_many(&pairs)), expected(&pairs), "{count}");
        }
    }

    #[test]
    fn equal_opposite_and_absent_points() {
        let [(p, q), (other, _)] = <[_; 2]>::try_from(pairs(2)).unwrap();
        let none = G1Affine::identity();
        let lines = FixedLines::new(&q);
        for places in [[p, p], [p, -p], [p, none], [none, p], [none, none], [p, other]] {
            let twice = places.map(|place| (place, q)).to_vec();
            let fixed = miller_fixed(places, [&lines, &lines]);
            assert_eq!(exponentiated(&fixed), expected(&twice));
            assert_eq!(exponentiated(&miller_many(&twice)), expected(&twice));
            let all = miller_one((&places[0], &q), [places[1]], [&lines]);
            assert_eq!(exponentiated(&all), expected(&twice));
        }
        assert_eq!(exponentiated(&miller_many(&[(p, q), (-p, q), (p, -q)])), expected(&vec![(p, -q)]));
        assert_eq!(exponentiated(&miller_many(&[(p, q), (-p, q)])), Some(Fq12::ONE));
        assert_eq!(miller_many(&[(p, G2Affine::identity()), (none, q)]), Element12::ONE);
    }

    #[test]
    fn multiples_are_compared() {
        let mut rng = ark_std::test_rng();
        let (zero, one) = (Fr::ZERO, Fr::ONE);
        let (x, y) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        for (p, q) in [(x, x), (x, y), (x, -x), (one, one), (zero, zero), (zero, x), (x, zero)] {
            let point = (G1Affine::generator() * p).into_affine();
            assert_eq!(same_multiple(&point, &(G2Affine::generator() * q).into_affine()), p == q, "{p} {q}");
        }
    }
}
