use super::*;
use crate::cancel::CancelToken;
use crate::msm::{Bases, Points, Rooms};
use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{Field, One, UniformRand};
use ark_std::test_rng;
use tabella_lanes::{G1, G2, Halves};

/// One array of 2^13 buckets, two of 2^12, and many.
const PLANS: [Plan; 3] =
    [Plan { width: 14, stride: 1 }, Plan { width: 13, stride: 2 }, Plan { width: 12, stride: 11 }];

fn agrees(points: &[G1Affine], scalars: &[Fr]) {
    let expected = G1Projective::msm(points, scalars).unwrap().into_affine();
    let halves: Vec<Halves> = scalars.iter().map(Halves::of).collect();
    for plan in PLANS {
        assert!(suits::<G1>(plan));
        let bases =
            Bases::<G1>::new(Kernel::fastest(), plan, Points::of(points), &|_| (), &CancelToken::new())
                .unwrap();
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let sum = pool.install(|| bases.sum(&halves, &Rooms::default(), &CancelToken::new()));
            assert_eq!(sum.unwrap().into_affine(), expected, "{plan:?}, {threads} threads");
        }
    }
}

fn points(count: usize) -> Vec<G1Affine> {
    let mut rng = test_rng();
    let points: Vec<_> = (0..count).map(|_| G1Projective::rand(&mut rng)).collect();
    G1Projective::normalize_batch(&points)
}

#[test]
fn sums_of_many_digits() {
    let mut rng = test_rng();
    for count in [1, 700, 2500] {
        let scalars: Vec<_> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
        agrees(&points(count), &scalars);
    }
}

#[test]
fn digits_that_share_few_buckets_are_put_off_and_summed_by_trees() {
    let points = points(3000);
    // Bits, small values and their negatives: a bucket has thousands of entries.
    let bits: Vec<_> = (0..3000).map(|i| Fr::from(u64::from(i % 3 > 0))).collect();
    agrees(&points, &bits);
    let small: Vec<_> = (0..3000).map(|i| Fr::from(i % 5) - Fr::from(2)).collect();
    agrees(&points, &small);
    // The same digit in every window.
    agrees(&points[..900], &[Fr::from(2).pow([200u64]) - Fr::one(); 900]);
}

#[test]
fn sums_that_are_the_point_at_infinity_grow_again() {
    // Each point beside its inverse, with equal scalars: whatever two of them meet in a bucket cancel out.
    let half = points(900);
    let both: Vec<_> = half.iter().flat_map(|point| [*point, -*point]).collect();
    let mut rng = test_rng();
    let mut scalars: Vec<_> = (0..900).flat_map(|_| [Fr::rand(&mut rng); 2]).collect();
    agrees(&both, &scalars);
    // One of them does not.
    scalars[17] += Fr::one();
    agrees(&both, &scalars);
    // A point that is added to itself, and taken away from itself.
    let equal = vec![half[0]; 1800];
    agrees(&equal, &scalars);
    let signs: Vec<_> = (0..1800).map(|i| if i % 2 == 0 { scalars[0] } else { -scalars[0] }).collect();
    agrees(&equal, &signs);
    let mut gaps = both;
    gaps[5] = AffineRepr::zero();
    agrees(&gaps, &scalars);
}

#[test]
fn sums_in_the_extension() {
    let mut rng = test_rng();
    let points: Vec<_> = (0..600).map(|_| G2Projective::rand(&mut rng)).collect();
    let points = G2Projective::normalize_batch(&points);
    let scalars: Vec<_> = (0..600).map(|i| if i % 4 == 0 { Fr::one() } else { Fr::rand(&mut rng) }).collect();
    let halves: Vec<Halves> = scalars.iter().map(Halves::of).collect();
    let expected = G2Projective::msm(&points, &scalars).unwrap().into_affine();
    for plan in PLANS {
        let bases =
            Bases::<G2>::new(Kernel::fastest(), plan, Points::of(&points), &|_| (), &CancelToken::new())
                .unwrap();
        let sum = bases.sum(&halves, &Rooms::default(), &CancelToken::new()).unwrap();
        assert_eq!(sum.into_affine(), expected, "{plan:?}");
    }
}

#[test]
fn arrays_are_together_as_far_as_threads_and_caches_allow() {
    let plan = Plan { width: 12, stride: 11 };
    assert_eq!(arrays_together::<G1>(plan, 1), 11);
    assert_eq!(arrays_together::<G1>(plan, 4), 3);
    // Fewer would leave too few sums.
    assert_eq!(arrays_together::<G1>(plan, 11), 2);
    assert_eq!(arrays_together::<G1>(Plan { width: 16, stride: 8 }, 1), 1);
    assert!(!suits::<G1>(Plan { width: 11, stride: 3 }));
    let parts: Vec<_> = ranges(10, 4).collect();
    assert_eq!(parts, [0..4, 4..8, 8..10]);
}

#[test]
fn a_cancelled_sum_stops() {
    let kernel = Kernel::fastest();
    let points = kernel.store_points::<G1>(&points(400));
    let mut rng = test_rng();
    let halves: Vec<_> = (0..200).map(|_| Halves::of(&Fr::rand(&mut rng))).collect();
    let places: Vec<u32> = (0..200).collect();
    let plan = Plan { width: 12, stride: 11 };
    let active = Active::new(&places, &halves, plan);
    let (cancel, rooms) = (CancelToken::new(), Rooms::default());
    let adder = Adder::<G1>::new(kernel, &cancel, &rooms);
    assert!(fill(&points, &active, &adder).is_ok());
    assert!(adder.additions() > 0);
    cancel.cancel();
    assert!(fill(&points, &active, &adder).is_err());
}
