//! The kernels held against arkworks where they will run: rounding is the browser's, so no test elsewhere can stand in for it.

use ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, FftField, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use tabella_lanes::{BLOCK, CHAINS, Domain, G1, G2, Group, InTurn, Kernel, Pair, Scratch, Signed};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// Multiplies, adds points and transforms in every kernel of this module, and compares all results with arkworks'.
///
/// Answers the names of the kernels, separated by blanks.
///
/// # Errors
/// Names kernel and operation where they differ.
#[wasm_bindgen]
pub fn self_test() -> Result<String, JsError> {
    for kernel in Kernel::available() {
        let check = |what: &str, holds: bool| {
            if holds {
                Ok(())
            } else {
                Err(JsError::new(&format!("kernel {kernel}: {what} differ from arkworks'")))
            }
        };
        check("products", products(kernel))?;
        check("sums of points of G1", sums::<G1>(kernel, G1Projective::from(G1Affine::generator())))?;
        check("sums of points of G2", sums::<G2>(kernel, G2Projective::from(G2Affine::generator())))?;
        check("transforms", transforms(kernel))?;
    }
    Ok(super::kernels())
}

/// Zero, one, both ends of the range, its middle, powers of two and what lies before and behind them, where limbs end.
fn edges() -> Vec<Fq> {
    let half = Fq::from(2).inverse().unwrap_or_default();
    let mut edges = vec![Fq::ZERO, Fq::ONE, -Fq::ONE, half, -half];
    let mut power = Fq::ONE;
    for _ in 0..254 {
        power.double_in_place();
        edges.extend([power, power - Fq::ONE, power + Fq::ONE, -power]);
    }
    edges
}

/// Each edge with each of its neighbours at some distances, once and in long chains.
fn products(kernel: Kernel) -> bool {
    let edges = edges();
    let chunks = edges.len().div_ceil(CHAINS);
    (0..chunks).all(|chunk| {
        [0, 1, 7, 261].into_iter().all(|distance| {
            let at = |place: usize| edges[place % edges.len()];
            let values: [Fq; CHAINS] = core::array::from_fn(|i| at(chunk * CHAINS + i));
            let by: [Fq; CHAINS] = core::array::from_fn(|i| at(chunk * CHAINS + i + distance));
            [1, 2, 100].into_iter().all(|rounds| {
                let mut products = values;
                kernel.multiply_in_chains(&mut products, &by, rounds);
                products == core::array::from_fn(|i| values[i] * by[i].pow([u64::from(rounds)]))
            })
        })
    })
}

/// More than one block of different points, then pairs outside the formulas: equal points, inverse ones, the point at infinity.
fn sums<G: Group>(kernel: Kernel, generator: <G::Affine as AffineRepr>::Group) -> bool {
    let mut multiple = generator;
    let mut points = Vec::with_capacity(BLOCK + 70);
    for _ in 0..BLOCK + 70 {
        points.push(multiple);
        multiple = multiple.double() + generator;
    }
    let mut points = <G::Affine as AffineRepr>::Group::normalize_batch(&points);
    let signed = |at: usize, negative| Signed::new(u32::try_from(at).unwrap_or_default(), negative);
    let regular: Vec<Pair> = (1..points.len())
        .map(|at| Pair {
            first: signed(at, at % 3 == 0),
            second: signed(at - 1, at % 5 == 0),
            to: u32::try_from(at - 1).unwrap_or_default(),
        })
        .collect();
    let infinity = points.len();
    points.push(G::Affine::zero());
    let rare: Vec<Pair> =
        [(3, false, 3, false), (3, false, 3, true), (4, true, infinity, false), (5, false, 6, true)]
            .into_iter()
            .enumerate()
            .map(|(to, (a, minus_a, b, minus_b))| Pair {
                first: signed(a, minus_a),
                second: signed(b, minus_b),
                to: u32::try_from(to).unwrap_or_default(),
            })
            .collect();
    let stored = kernel.store_points::<G>(&points);
    let point = |signed: Signed| {
        let point = points[signed.place()].into_group();
        if signed.is_negative() { -point } else { point }
    };
    [(regular, false), (rare, true)].into_iter().all(|(pairs, careful)| {
        let mut sums = vec![G::Stored::default(); pairs.len()];
        kernel.add_pairs::<G>(&stored, &pairs, &mut sums, careful, &mut Scratch::default());
        let expected: Vec<_> = pairs.iter().map(|pair| point(pair.first) + point(pair.second)).collect();
        let expected = <G::Affine as AffineRepr>::Group::normalize_batch(&expected);
        sums.iter().zip(expected).all(|(sum, expected)| kernel.affine::<G>(sum) == expected)
    })
}

/// The quotient of three polynomials and what it is a quotient of, over a domain that is large enough for lanes.
fn transforms(kernel: Kernel) -> bool {
    const SIZE: usize = 1024;
    let (Some(ours), Some(domain)) = (Domain::new(kernel, SIZE), Radix2EvaluationDomain::<Fr>::new(SIZE))
    else {
        return false;
    };
    let coset = Fr::get_root_of_unity(2 * SIZE as u64).and_then(|root| domain.get_coset(root));
    let Some(coset) = coset else { return false };
    let mut value = -Fr::ONE;
    let mut values = || -> Vec<Fr> {
        (0..SIZE)
            .map(|i| {
                value = value.square() + Fr::from(i as u64);
                if i % 64 < 3 { Fr::from(i as u64 % 64) - Fr::ONE } else { value }
            })
            .collect()
    };
    let (a, b) = (values(), values());
    let c: Vec<Fr> = a.iter().zip(&b).map(|(a, b)| *a * b).collect();
    let moved = [&a, &b, &c].map(|values| coset.fft(&domain.ifft(values)));
    let remainder: Vec<Fr> = (0..SIZE).map(|i| moved[0][i] * moved[1][i] - moved[2][i]).collect();
    // On the coset the divisor is -2.
    let Some(half) = Fr::from(-2).inverse() else { return false };
    let quotient: Vec<Fr> = remainder.iter().map(|value| *value * half).collect();
    let (mut first, mut second) = (vec![Fr::ZERO; SIZE], vec![Fr::ZERO; SIZE]);
    let ran = ours.remainder([&a, &b, &c], &mut first, &InTurn).is_ok()
        && ours.quotient([&a, &b, &c], &mut second, &InTurn).is_ok();
    ran && first == remainder && second == coset.ifft(&quotient)
}
