use ark_bn254::Fr;
use ark_ff::UniformRand;
use ark_std::test_rng;
use std::time::Instant;
use tabella_lanes::{Domain, InTurn, Kernel};
fn main() {
    let mut rng = test_rng();
    for log in [10usize, 13, 16, 18, 20] {
        let n = 1 << log;
        let x = Fr::rand(&mut rng);
        let mut p = x;
        let mut col = || -> Vec<Fr> { (0..n).map(|_| { p *= x; p }).collect() };
        let (a, b, c) = (col(), col(), col());
        for kernel in Kernel::available() {
            if kernel.name() == "integer" { continue }
            let t = Instant::now();
            let domain = Domain::new(kernel, n).unwrap();
            let built = t.elapsed();
            let mut best = [f64::MAX; 2];
            let mut out = vec![Fr::from(0); n];
            for _ in 0..if log > 16 { 3 } else { 25 } {
                let t = Instant::now();
                domain.quotient([&a, &b, &c], &mut out, &InTurn).unwrap();
                let t1 = t.elapsed();
                domain.remainder([&a, &b, &c], &mut out, &InTurn).unwrap();
                let t2 = t.elapsed();
                for (b, t) in best.iter_mut().zip([t1, t2 - t1]) { *b = b.min(t.as_secs_f64() * 1e3) }
            }
            println!("2^{log} {kernel}: built {built:?}, quotient/remainder ms {best:.3?}");
        }
    }
}
