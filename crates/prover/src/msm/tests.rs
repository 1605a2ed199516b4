use super::{Bases, Plan};
use crate::cancel::CancelToken;
use ark_bn254::{Fr, G1Projective, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, BigInt, One, PrimeField, UniformRand};
use ark_std::test_rng;
use tabella_lanes::{G1, G2, Group, Kernel};

fn agrees<G: Group>(points: &[G::Affine], scalars: &[Fr])
where
    <G::Affine as AffineRepr>::Group:
        VariableBaseMSM<MulBase = G::Affine, ScalarField = Fr> + zeroize::Zeroize,
{
    let expected = <<G::Affine as AffineRepr>::Group as VariableBaseMSM>::msm(points, scalars).unwrap();
    let integers: Vec<BigInt<4>> = scalars.iter().map(|scalar| scalar.into_bigint()).collect();
    for kernel in Kernel::available() {
        for plan in [
            Plan::choose(points.len(), usize::MAX),
            Plan::choose(points.len(), 0),
            Plan { width: 4, stride: 3 },
            Plan { width: 1, stride: 1 },
        ] {
            let bases = Bases::<G>::new(kernel, plan, points, &|_| ());
            let sum = bases.sum(&integers, &CancelToken::new()).unwrap();
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

#[test]
fn room_of_a_task_with_sparse_buckets_serves_one_with_a_full_bucket() {
    use super::buckets;
    use tabella_lanes::Signed;
    let kernel = Kernel::fastest();
    let points = kernel.store_points::<G1>(&random::<G1Projective>(64));
    // The first task has 16,384 buckets of one entry; the second one bucket of 30,000, which is more pairs in fewer sums.
    let (sparse, full) = (16_384u32, 30_000u32);
    let ends: Vec<u32> = (1..=sparse).chain([sparse + full]).collect();
    let places: Vec<Signed> = (0..sparse + full).map(|i| Signed::new(i % 64, false)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let sums =
        pool.install(|| buckets::sums::<G1>(kernel, &points, &ends, &places, &CancelToken::new())).unwrap();
    let expected: G1Projective =
        (sparse..sparse + full).map(|i| kernel.affine::<G1>(&points[crate::matrices::index(i % 64)])).sum();
    assert_eq!(kernel.affine::<G1>(&sums[crate::matrices::index(sparse)]), expected.into_affine());
    assert_eq!(sums[5], points[5]);
}
