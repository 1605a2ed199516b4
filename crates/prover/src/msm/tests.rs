use super::{
    Bases, Plan, Points,
    buckets::{Adder, ENTRIES_PER_TASK, Rooms},
    cost::Cost,
    endomorphism::Endomorphic,
};
use crate::{cancel::CancelToken, matrices::index};
use ark_bn254::{Fr, G1Projective, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field, One, UniformRand};
use ark_std::test_rng;
use tabella_lanes::{BLOCK, G1, G1Stored, G2, Halves, Kernel, Signed};

fn agrees<G: Endomorphic + Cost>(points: &[G::Affine], scalars: &[Fr])
where
    <G::Affine as AffineRepr>::Group:
        VariableBaseMSM<MulBase = G::Affine, ScalarField = Fr> + zeroize::Zeroize,
{
    let expected = <<G::Affine as AffineRepr>::Group as VariableBaseMSM>::msm(points, scalars).unwrap();
    let halves: Vec<Halves> = scalars.iter().map(Halves::of).collect();
    for kernel in Kernel::available() {
        for plan in [
            Plan::choose(points.len(), usize::MAX),
            Plan::choose(points.len(), 0),
            Plan { width: 4, stride: 3 },
            Plan { width: 2, stride: 1 },
        ] {
            let bases =
                Bases::<G>::new(kernel, plan, Points::of(points), &|_| (), &CancelToken::new()).unwrap();
            let sum = bases.sum(&halves, &Rooms::default(), &CancelToken::new()).unwrap();
            assert_eq!(sum.into_affine(), expected.into_affine(), "{kernel} {plan:?} {}", points.len());
        }
    }
}

fn random<P: CurveGroup<ScalarField = Fr>>(count: usize) -> Vec<P::Affine> {
    let mut rng = test_rng();
    let step = P::rand(&mut rng);
    let mut point = P::rand(&mut rng);
    let points: Vec<P> = (0..count)
        .map(|_| {
            point += step;
            point.double_in_place();
            point
        })
        .collect();
    P::normalize_batch(&points)
}

#[test]
fn sums_are_those_of_arkworks() {
    let mut rng = test_rng();
    for count in [0, 1, 2, 3, 5, 8, 31, 100, 1000] {
        let scalars: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
        agrees::<G1>(&random::<G1Projective>(count), &scalars);
        if count <= 100 {
            agrees::<G2>(&random::<G2Projective>(count), &scalars);
        }
    }
}

#[test]
fn scalars_and_points_at_the_edge() {
    let points = random::<G1Projective>(12);
    let edges = [Fr::ZERO, Fr::one(), -Fr::one(), Fr::from(2), -Fr::from(2), Fr::from(u64::MAX)];
    for one in edges {
        agrees::<G1>(&points, &[one; 12]);
        for other in edges {
            let scalars: Vec<Fr> = (0..12).map(|i| if i % 2 == 0 { one } else { other }).collect();
            agrees::<G1>(&points, &scalars);
            // All points equal, and each beside its inverse.
            agrees::<G1>(&[points[0]; 12], &scalars);
            let inverse: Vec<_> = (0..12).map(|i| if i % 2 == 0 { points[0] } else { -points[0] }).collect();
            agrees::<G1>(&inverse, &scalars);
        }
    }
    let mut gaps = points;
    gaps[0] = AffineRepr::zero();
    gaps[11] = AffineRepr::zero();
    agrees::<G1>(&gaps, &[-Fr::from(7); 12]);
    let equal = vec![random::<G2Projective>(1)[0]; 20];
    agrees::<G2>(&equal, &[Fr::from(3); 20]);
}

/// Sums by an adder, in a pool of that many threads.
fn bucket_sums(points: &[G1Stored], ends: &[u32], places: &[Signed], threads: usize) -> Vec<G1Stored> {
    let cancel = CancelToken::new();
    let rooms = Rooms::default();
    let adder = Adder::<G1>::new(Kernel::fastest(), &cancel, &rooms);
    let mut sums = vec![G1Stored::default(); ends.len()];
    in_pool(threads, || adder.sums(points, ends, places, &mut sums)).unwrap();
    let (entries, filled) = (places.len(), sums.iter().filter(|sum| **sum != G1Stored::default()).count());
    assert_eq!(adder.additions(), u64::try_from(entries - filled).unwrap());
    sums
}

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn room_of_a_task_with_sparse_buckets_serves_one_with_a_full_bucket() {
    let kernel = Kernel::fastest();
    let points = kernel.store_points::<G1>(&random::<G1Projective>(64));
    // The first task has 8,192 buckets of one entry; the second one bucket of as many, which is more pairs in fewer sums.
    let (sparse, full) = (8_192u32, 8_192u32);
    let ends: Vec<u32> = (1..=sparse).chain([sparse + full]).collect();
    let places: Vec<Signed> = (0..sparse + full).map(|i| Signed::new(i % 64, false)).collect();
    let sums = bucket_sums(&points, &ends, &places, 1);
    let expected: G1Projective =
        (sparse..sparse + full).map(|i| kernel.affine::<G1>(&points[index(i % 64)])).sum();
    assert_eq!(kernel.affine::<G1>(&sums[index(sparse)]), expected.into_affine());
    assert_eq!(sums[5], points[5]);
}

#[test]
fn buckets_around_the_boundaries_of_blocks_and_tasks() {
    let kernel = Kernel::fastest();
    let affine = random::<G1Projective>(64);
    let points = kernel.store_points::<G1>(&affine);
    let block = u32::try_from(BLOCK).unwrap();
    let task = u32::try_from(ENTRIES_PER_TASK).unwrap();
    // Two blocks of pairs, a task, and several tasks in one bucket; between them buckets that are empty or have one entry.
    let lengths: Vec<u32> = [2 * block, task, 3 * task]
        .into_iter()
        .flat_map(|length| [length - 1, 0, length, 1, length + 1])
        .chain([0, 0])
        .collect();
    let ends: Vec<u32> = lengths
        .iter()
        .scan(0, |end, length| {
            *end += length;
            Some(*end)
        })
        .collect();
    let places: Vec<Signed> =
        (0..*ends.last().unwrap()).map(|i| Signed::new((i % 61) * (i % 61) % 61, i % 7 == 3)).collect();
    let sums = bucket_sums(&points, &ends, &places, 1);
    assert_eq!(sums, bucket_sums(&points, &ends, &places, 3));
    let mut start = 0;
    for (end, sum) in ends.iter().zip(&sums) {
        let expected: G1Projective = places[index(start)..index(*end)]
            .iter()
            .map(|place| {
                let point: G1Projective = affine[place.place()].into();
                if place.is_negative() { -point } else { point }
            })
            .sum();
        assert_eq!(kernel.affine::<G1>(sum), expected.into_affine(), "{start}..{end}");
        start = *end;
    }
}

#[test]
fn a_multiplication_gives_the_same_bytes_with_any_number_of_threads() {
    let mut rng = test_rng();
    let count = 3000;
    let points = random::<G1Projective>(count);
    let scalars: Vec<Fr> =
        (0..count).map(|i| if i % 5 == 0 { Fr::one() } else { Fr::rand(&mut rng) }).collect();
    let halves: Vec<Halves> = scalars.iter().map(Halves::of).collect();
    let expected = <G1Projective as VariableBaseMSM>::msm(&points, &scalars).unwrap();
    for kernel in Kernel::available() {
        for room in [0, 10 * count, usize::MAX] {
            let bases = Bases::<G1>::new(
                kernel,
                Plan::choose(count, room),
                Points::of(&points),
                &|_| (),
                &CancelToken::new(),
            )
            .unwrap();
            let sum = |threads| {
                *in_pool(threads, || bases.sum(&halves, &Rooms::default(), &CancelToken::new())).unwrap()
            };
            let one: G1Projective = sum(1);
            assert_eq!(one, expected, "{kernel} {room}");
            // Not only the same point: the same coordinates of it.
            for threads in [2, 3] {
                let other = sum(threads);
                assert_eq!((one.x, one.y, one.z), (other.x, other.y, other.z), "{kernel} {room} {threads}");
            }
        }
    }
}

#[test]
fn every_width_and_stride_gives_the_same_sum() {
    let mut rng = test_rng();
    let points = random::<G1Projective>(40);
    let mut scalars: Vec<Fr> = (0..40).map(|_| Fr::rand(&mut rng)).collect();
    let powers = (0..254u64).map(|bit| Fr::from(2).pow([bit]));
    scalars.extend(powers.flat_map(|power| [power, power - Fr::one(), -power]));
    let points: Vec<_> = points.iter().copied().cycle().take(scalars.len()).collect();
    let halves: Vec<Halves> = scalars.iter().map(Halves::of).collect();
    let expected = <G1Projective as VariableBaseMSM>::msm(&points, &scalars).unwrap();
    for width in 2..=16 {
        let windows = Plan { width, stride: 1 }.windows();
        for stride in [1, 2, windows - 1, windows] {
            let bases = Bases::<G1>::new(
                Kernel::fastest(),
                Plan { width, stride },
                Points::of(&points),
                &|_| (),
                &CancelToken::new(),
            )
            .unwrap();
            let sum = bases.sum(&halves, &Rooms::default(), &CancelToken::new()).unwrap();
            assert_eq!(*sum, expected, "{width} {stride}");
        }
    }
}

#[test]
fn scalars_that_are_missing_are_zero_and_a_cancelled_sum_stops() {
    let points = random::<G1Projective>(9);
    let scalars: Vec<Fr> = (1..6u64).map(Fr::from).collect();
    let halves: Vec<Halves> = scalars.iter().map(Halves::of).collect();
    let bases = Bases::<G1>::new(
        Kernel::fastest(),
        Plan::choose(9, 0),
        Points::of(&points),
        &|_| (),
        &CancelToken::new(),
    )
    .unwrap();
    let expected = <G1Projective as VariableBaseMSM>::msm(&points[..5], &scalars).unwrap();
    assert_eq!(*bases.sum(&halves, &Rooms::default(), &CancelToken::new()).unwrap(), expected);
    let cancelled = CancelToken::new();
    cancelled.cancel();
    assert!(bases.sum(&halves, &Rooms::default(), &cancelled).is_err());
}
