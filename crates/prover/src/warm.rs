//! Work for an engine's compilers, before there is any.
//!
//! Browsers run WASM in code that was compiled quickly and is several times slower, until they have seen what is worth compiling well; that
//! takes them tens of milliseconds more, on another thread. Whoever lets them see it while a key is fetched has the good code when the key
//! is there.

use crate::{
    cancel::{CancelToken, Cancelled},
    exec::{self, Pieces},
    msm::{Bases, Cost, Endomorphic, Plan, Points, Rooms, Sum},
    tables::split,
};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field};
use tabella_lanes::{Domain, G1, G2, Kernel};
use tabella_primitives::Fr;
use zeroize::Zeroize;

/// Elements of the domain: as many as have rows and columns that fill lanes.
const DOMAIN: usize = 1 << 11;
/// How the sums are cut: so that buckets are filled and weighed as those of a key are, and hardly more than that.
const IN_G1: (Plan, usize) = (Plan { width: 10, stride: 13 }, 256);
const IN_G2: (Plan, usize) = (Plan { width: 8, stride: 16 }, 128);

/// Adds points and transforms, with nothing to show for it.
///
/// Takes some tens of milliseconds in a browser that has just compiled the module. Touches no secret.
pub fn warm_up(kernel: Kernel) {
    // Numbers without a pattern, so that none is a rare case.
    let mut value = Fr::from(7);
    let mut next = || {
        value = value.square() + Fr::from(7);
        value
    };
    let columns: [Vec<Fr>; 3] = core::array::from_fn(|_| (0..DOMAIN).map(|_| next()).collect());
    let never = CancelToken::new();
    let transform = || {
        let domain = Domain::new(kernel, DOMAIN)?;
        let mut out = vec![Fr::ZERO; DOMAIN];
        domain.remainder(columns.each_ref(), &mut out, &Pieces(&never)).ok()
    };
    let sums =
        || (sum::<G1>(kernel, IN_G1, &columns[0], &never), sum::<G2>(kernel, IN_G2, &columns[1], &never));
    let _nothing_to_show = core::hint::black_box(exec::join(transform, sums));
}

/// The sum of as many points as the plan goes with.
fn sum<G: Endomorphic + Cost>(
    kernel: Kernel,
    (plan, count): (Plan, usize),
    scalars: &[Fr],
    never: &CancelToken,
) -> Result<Sum<G>, Cancelled>
where
    Sum<G>: Zeroize,
{
    let mut multiple = Sum::<G>::ZERO;
    let multiples: Vec<_> = (0..count)
        .map(|_| {
            multiple += G::Affine::generator();
            multiple
        })
        .collect();
    let points = Sum::<G>::normalize_batch(&multiples);
    let bases = Bases::<G>::new(kernel, plan, Points::of(&points), &|_| (), never)?;
    let halves = split(kernel, &[scalars.get(..count).unwrap_or(scalars)], never)?;
    bases.sum(&halves, &Rooms::default(), never).map(|sum| *sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::VariableBaseMSM;

    #[test]
    fn warming_up_adds_what_it_should() {
        for kernel in Kernel::available() {
            warm_up(kernel);
            let scalars: Vec<Fr> = (1..=300u64).map(|i| Fr::from(i).inverse().unwrap_or_default()).collect();
            let never = CancelToken::new();
            let weights =
                |count: u64| (1..=count).map(Fr::from).zip(&scalars).map(|(k, s)| k * s).sum::<Fr>();
            let in_g1 = sum::<G1>(kernel, IN_G1, &scalars, &never).unwrap();
            assert_eq!(in_g1, Sum::<G1>::msm(&[AffineRepr::generator()], &[weights(256)]).unwrap());
            let in_g2 = sum::<G2>(kernel, IN_G2, &scalars, &never).unwrap();
            assert_eq!(in_g2, Sum::<G2>::msm(&[AffineRepr::generator()], &[weights(128)]).unwrap());
        }
    }
}
