//! Every engine against arkworks: the fields' operations, and additions of points.

use crate::{
    BLOCK, G1, G2, Group, Kernel, Pair, Scratch, Signed,
    dots::Dots,
    doubles::Twin,
    engine::{Engine, Job, MAX_WIDTH},
    fma::Fma,
    integers,
    limbs52::Limbs52,
    modulus::{Base, Modulus, Words, halve_mod, power_of_two},
    points::WithImages,
    portable::Portable,
    shorts,
    stored::{from_ark, to_ark},
    triples::Triples,
};
use ark_bn254::{Fq, Fq2, G1Projective, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, scalar_mul::glv::GLVConfig};
use ark_ff::{Field, One, UniformRand, Zero};
use ark_std::test_rng;

/// Elements at the edges of the field, of limbs and of words, and random ones.
fn elements() -> Vec<Fq> {
    let mut rng = test_rng();
    let powers = [1u64, 50, 51, 52, 63, 64, 102, 153, 204, 250, 253].map(|n| Fq::from(2).pow([n]));
    let mut elements = vec![Fq::zero(), Fq::one(), -Fq::one(), Fq::from(2).inverse().unwrap()];
    for power in powers {
        elements.extend([power, power - Fq::one(), power + Fq::one(), -power]);
    }
    elements.extend((0..40).map(|_| Fq::rand(&mut rng)));
    elements
}

/// All operations on lanes of `a` and `b`, as elements, in a fixed order.
struct Operations<'a> {
    a: &'a [Fq; MAX_WIDTH],
    b: &'a [Fq; MAX_WIDTH],
}

impl Job for Operations<'_> {
    type Output = Vec<[Fq; MAX_WIDTH]>;

    #[inline(always)]
    fn run<E: Engine>(self, e: E) -> Self::Output {
        let stored = |lanes: &[Fq; MAX_WIDTH]| lanes.each_ref().map(from_ark::<E, Base>);
        let (a, b) = (stored(self.a), stored(self.b));
        let load = |words: &[Words; MAX_WIDTH]| e.load(|lane| &words[lane]);
        let (a, b) = (load(&a), load(&b));
        let mut all = Vec::new();
        let mut give = |value: E::Fe| {
            let mut lanes = [Fq::zero(); MAX_WIDTH];
            e.store(e.reduce::<Base>(value), |lane, words| lanes[lane] = to_ark::<E, Base>(&words));
            all.push(lanes);
        };
        give(a);
        give(e.add::<Base>(a, b));
        give(e.sub::<Base>(e.sub::<Base>(a, b), b));
        give(e.negate_where::<Base>(a, |lane| if lane.is_multiple_of(2) { u64::MAX } else { 0 }));
        let product = e.mul::<Base>(a, b);
        give(product);
        give(e.square::<Base>(product));
        give(e.square::<Base>(a));
        // The loosest factors that are allowed.
        give(e.mul::<Base>(e.sub::<Base>(a, b), product));
        give(e.mul::<Base>(e.add::<Base>(a, e.reduce::<Base>(b)), product));
        for part in e.mul_complex::<Base>([a, b], [b, product]) {
            give(part);
        }
        let loose = [e.sub::<Base>(a, b), e.add::<Base>(a, b)];
        for part in e.mul_complex::<Base>(loose, [product, a]) {
            give(part);
        }
        let complex = e.mul_complex::<Base>([a, b], [b, a]);
        for part in e.square_complex::<Base>(complex) {
            give(part);
        }
        all
    }
}

fn expected(a: Fq, b: Fq, lane: usize) -> Vec<Fq> {
    let product = a * b;
    let mut all = vec![
        a,
        a + b,
        a - b - b,
        if lane.is_multiple_of(2) { -a } else { a },
        product,
        product.square(),
        a.square(),
    ];
    all.extend([(a - b) * product, (a + b) * product]);
    for complex in [
        Fq2::new(a, b) * Fq2::new(b, product),
        Fq2::new(a - b, a + b) * Fq2::new(product, a),
        (Fq2::new(a, b) * Fq2::new(b, a)).square(),
    ] {
        all.extend([complex.c0, complex.c1]);
    }
    all
}

fn engine_agrees<E: Engine>(e: E) {
    let elements = elements();
    for shift in 0..elements.len() {
        for start in (0..elements.len()).step_by(E::WIDTH) {
            let a = core::array::from_fn(|lane| elements[(start + lane) % elements.len()]);
            let b = core::array::from_fn(|lane| elements[(start + lane + shift) % elements.len()]);
            let all = e.run(Operations { a: &a, b: &b });
            for lane in 0..E::WIDTH {
                let got: Vec<Fq> = all.iter().map(|lanes| lanes[lane]).collect();
                assert_eq!(got, expected(a[lane], b[lane], lane), "{e:?}, {} and {}", a[lane], b[lane]);
            }
        }
    }
}

#[test]
fn engines_compute_what_arkworks_computes() {
    engine_agrees(Portable);
    engine_agrees(Fma(Twin));
    engine_agrees(Limbs52(integers::Twin));
    engine_agrees(Dots(shorts::Twin));
    #[cfg(target_arch = "x86_64")]
    match crate::avx2::Avx2::detect() {
        Some(avx2) => engine_agrees(Fma(avx2)),
        None => eprintln!("SKIPPED: this CPU has no AVX2 with FMA"),
    }
    #[cfg(target_arch = "x86_64")]
    match crate::avx512::Avx512::detect() {
        Some(avx512) => engine_agrees(Limbs52(avx512)),
        None => eprintln!("SKIPPED: this CPU has no AVX-512 with IFMA"),
    }
}

/// Long chains of operations, in which bounds that creep would show.
#[test]
fn values_stay_in_bounds() {
    struct Chain(Fq, Fq);
    impl Job for Chain {
        type Output = [Fq; 3];
        #[inline(always)]
        fn run<E: Engine>(self, e: E) -> [Fq; 3] {
            let (a, b) = (from_ark::<E, Base>(&self.0), from_ark::<E, Base>(&self.1));
            let (a, b) = (e.splat(&a), e.splat(&b));
            let (mut x, mut z) = (a, [a, b]);
            for _ in 0..2000 {
                x = e.mul::<Base>(x, e.sub::<Base>(a, b));
                z = e.mul_complex::<Base>(z, [e.sub::<Base>(b, a), e.sub::<Base>(a, b)]);
            }
            let mut out = [Fq::zero(); 3];
            for (out, value) in out.iter_mut().zip([x, z[0], z[1]]) {
                e.store(e.reduce::<Base>(value), |_, words| *out = to_ark::<E, Base>(&words));
            }
            out
        }
    }
    for (a, b) in [(Fq::from(3), -Fq::from(5)), (-Fq::one(), Fq::from(2).inverse().unwrap())] {
        let (mut x, mut z) = (a, Fq2::new(a, b));
        for _ in 0..2000 {
            x *= a - b;
            z *= Fq2::new(b - a, a - b);
        }
        let expected = [x, z.c0, z.c1];
        assert_eq!(Fma(Twin).run(Chain(a, b)), expected);
        assert_eq!(Limbs52(integers::Twin).run(Chain(a, b)), expected);
        assert_eq!(Dots(shorts::Twin).run(Chain(a, b)), expected);
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = crate::avx2::Avx2::detect() {
            assert_eq!(Fma(avx2).run(Chain(a, b)), expected);
        }
        #[cfg(target_arch = "x86_64")]
        if let Some(avx512) = crate::avx512::Avx512::detect() {
            assert_eq!(Limbs52(avx512).run(Chain(a, b)), expected);
        }
    }
}

#[test]
fn constants_of_the_field() {
    assert_eq!(power_of_two(0, Base::P), [1, 0, 0, 0]);
    assert_eq!(power_of_two(70, Base::P), [0, 64, 0, 0]);
    assert_eq!(halve_mod(power_of_two(1, Base::P), Base::P), [1, 0, 0, 0]);
    assert_eq!(Base::P, <Fq as ark_ff::PrimeField>::MODULUS.0);
    let half = power_of_two(-1, Base::P);
    assert_eq!(Fq::new(ark_ff::BigInt(half)), Fq::from(2).inverse().unwrap());
}

fn random<P: CurveGroup>(count: usize) -> Vec<P::Affine> {
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

fn additions_agree<G: Group>(points: &[G::Affine], pairs: &[(usize, bool, usize, bool)], careful: bool) {
    let signed = |place: usize, negative| Signed::new(u32::try_from(place).unwrap(), negative);
    let term = |place: usize, negative| {
        let point = points[place].into_group();
        if negative { -point } else { point }
    };
    for kernel in Kernel::available() {
        let stored = kernel.store_points::<G>(points);
        // Backwards, so that places of sums matter.
        let last = pairs.len() - 1;
        let list: Vec<Pair> = (0..)
            .zip(pairs)
            .map(|(i, (p, m, q, n))| Pair {
                first: signed(*p, *m),
                second: signed(*q, *n),
                to: u32::try_from(last).unwrap() - i,
            })
            .collect();
        let mut sums = vec![G::Stored::default(); pairs.len()];
        let infinity = kernel.add_pairs::<G>(&stored, &list, &mut sums, careful, &mut Scratch::default());
        let mut met = false;
        for (i, (p, m, q, n)) in pairs.iter().enumerate() {
            let expected = (term(*p, *m) + term(*q, *n)).into_affine();
            met |= expected.is_zero();
            assert_eq!(
                kernel.affine::<G>(&sums[last - i]),
                expected,
                "{kernel}, pair {i} of {}",
                pairs.len()
            );
        }
        assert!(infinity || !met, "{kernel}");
        for point in points {
            let one = kernel.store_points::<G>(&[*point]);
            assert_eq!(
                kernel.affine::<G>(&kernel.negated::<G>(&one[0])),
                (-point.into_group()).into_affine()
            );
        }
    }
}

#[test]
fn additions_are_those_of_arkworks() {
    let (g1, g2) = (random::<G1Projective>(64), random::<G2Projective>(64));
    // Around the width of lanes and the size of a block.
    for count in [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3] {
        let pairs: Vec<_> =
            (0..count).map(|i| (i % 64, i % 3 == 0, (7 * i + 1 + i / 64) % 64, i % 5 == 0)).collect();
        let pairs: Vec<_> =
            pairs.into_iter().map(|(p, m, q, n)| (p, m, if p == q { (q + 1) % 64 } else { q }, n)).collect();
        additions_agree::<G1>(&g1, &pairs, false);
        if count <= 33 {
            additions_agree::<G2>(&g2, &pairs, false);
        }
    }
}

#[test]
fn equal_inverse_and_infinite_points_are_added_with_care() {
    let mut g1 = random::<G1Projective>(8);
    let mut g2 = random::<G2Projective>(8);
    for place in 0..9 {
        let mut pairs: Vec<_> = (0..9).map(|i| (i % 8, false, (i + 1) % 8, true)).collect();
        for (m, n) in [(false, false), (true, false), (false, true), (true, true)] {
            pairs[place] = (3, m, 3, n);
            additions_agree::<G1>(&g1, &pairs, false);
            additions_agree::<G2>(&g2, &pairs, false);
        }
    }
    // In a long block it is looked for by halves.
    for place in [0, 17, 50, 99] {
        let mut pairs: Vec<_> = (0..100).map(|i| (i % 8, false, (i + 1) % 8, true)).collect();
        pairs[place] = (3, false, 3, place % 2 == 0);
        additions_agree::<G1>(&g1, &pairs, false);
        additions_agree::<G2>(&g2, &pairs, false);
    }
    g1[5] = AffineRepr::zero();
    g2[5] = AffineRepr::zero();
    let pairs = [(5, false, 1, false), (2, true, 5, true), (5, false, 5, true), (3, false, 4, false)];
    additions_agree::<G1>(&g1, &pairs, true);
    additions_agree::<G2>(&g2, &pairs, true);
}

/// What is kept of three points.
fn four_of<G: Group>(points: &[G::Affine; 3]) -> [G::Coordinate; 4] {
    let [[x1, y1], [x2, y2], [x3, y3]] = points.each_ref().map(|point| G::coordinates(point).map(|c| *c));
    [x1, x2, x3, y1 + y2 + y3]
}

/// Points come into an engine's form with their images, and out of triples, whatever is left over in the last vector.
fn many_at_once<G: Group, E: Engine>(e: E) {
    let points = random::<<G::Affine as AffineRepr>::Group>(3 * 37);
    let lambda = <ark_bn254::g1::Config as GLVConfig>::LAMBDA;
    for count in [0, 1, 2, 7, 16, 37] {
        let points: Vec<&G::Affine> = points.iter().take(count).collect();
        let mut stored = vec![G::Stored::default(); 2 * count];
        e.run(WithImages::<G> { points: &points, out: &mut stored });
        let expected: Vec<_> = points.iter().flat_map(|p| [**p, (**p * lambda).into_affine()]).collect();
        // Words of one point may differ.
        assert_eq!(stored.iter().map(G::to_affine::<E>).collect::<Vec<_>>(), expected, "{e:?} {count}");
    }
    let triples = points.as_chunks::<3>().0;
    let coordinates: Vec<_> = triples.iter().map(four_of::<G>).collect();
    let mut out = vec![[G::Affine::zero(); 3]; triples.len()];
    for count in [0, 1, 2, 7, 16, 37] {
        out.fill([G::Affine::zero(); 3]);
        let (coordinates, out) = (&coordinates[..count], &mut out[..count]);
        assert!(e.run(Triples::<G> { coordinates, out }), "{e:?} {count}");
        assert_eq!(&*out, &triples[..count], "{e:?} {count}");
    }
    let mut without = coordinates;
    let [one, other, _] = triples[5];
    without[5] = four_of::<G>(&[one, (-one.into_group()).into_affine(), other]);
    without[9] = without[5];
    assert!(!e.run(Triples::<G> { coordinates: &without, out: &mut out }), "{e:?}");
    for kernel in Kernel::available() {
        assert_eq!(kernel.points_of_triples::<G>(&without, &mut out), Err(5), "{kernel}");
        let stored = kernel.store_with_images::<G>(&[&one]);
        assert_eq!(stored.iter().map(|point| kernel.affine::<G>(point)).next(), Some(one), "{kernel}");
    }
}

#[test]
fn many_points_at_once_are_those_of_arkworks() {
    macro_rules! both {
        ($engine:expr) => {{
            many_at_once::<G1, _>($engine);
            many_at_once::<G2, _>($engine);
        }};
    }
    both!(Portable);
    both!(Dots(shorts::Twin));
    both!(Fma(Twin));
    both!(Limbs52(integers::Twin));
    #[cfg(target_arch = "x86_64")]
    match crate::avx2::Avx2::detect() {
        Some(avx2) => both!(Fma(avx2)),
        None => eprintln!("SKIPPED: this CPU has no AVX2 with FMA"),
    }
    #[cfg(target_arch = "x86_64")]
    match crate::avx512::Avx512::detect() {
        Some(avx512) => both!(Limbs52(avx512)),
        None => eprintln!("SKIPPED: this CPU has no AVX-512 with IFMA"),
    }
}

#[test]
fn kernels_are_known_by_name() {
    for kernel in Kernel::available() {
        assert_eq!(kernel.name().parse(), Ok(kernel));
    }
    let error = "abacus".parse::<Kernel>().unwrap_err();
    assert!(error.to_string().contains("\"abacus\"") && error.to_string().contains("portable"), "{error}");
}
