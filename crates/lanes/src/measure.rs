//! Multiplications in a tight loop: what one costs a kernel when its operands are at hand, for benches and counted floors.

use crate::{
    engine::{Engine, Job, MAX_WIDTH},
    modulus::{Base, Words},
    stored::{from_ark, to_ark},
};
use ark_bn254::Fq;

/// Elements that are multiplied side by side, independently: enough to keep every kernel busy.
pub const CHAINS: usize = 4 * MAX_WIDTH;

/// `values[i] = values[i] by[i]^rounds`, for the time it takes.
pub(crate) struct Chains<'a> {
    pub(crate) values: &'a mut [Words; CHAINS],
    pub(crate) by: &'a [Words; CHAINS],
    pub(crate) rounds: u32,
}

impl<'a> Chains<'a> {
    /// Runs in an engine, on elements of arkworks.
    pub(crate) fn multiply<E: Engine>(engine: E, values: &mut [Fq; CHAINS], by: &[Fq; CHAINS], rounds: u32) {
        let mut words = values.each_ref().map(from_ark::<E, Base>);
        let by = by.each_ref().map(from_ark::<E, Base>);
        engine.run(Chains { values: &mut words, by: &by, rounds });
        *values = words.each_ref().map(to_ark::<E, Base>);
    }

    #[inline(always)]
    fn words_at(words: &'a [Words; CHAINS], from: usize) -> impl Fn(usize) -> &'a Words {
        #[inline(always)]
        move |lane| &words[from + lane]
    }
}

impl Job for Chains<'_> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        let Self { values, by, rounds } = self;
        let from = |k: usize| k * E::WIDTH % CHAINS;
        let by: [E::Fe; CHAINS] = core::array::from_fn(|k| e.load(Self::words_at(by, from(k))));
        let mut chains: [E::Fe; CHAINS] = core::array::from_fn(|k| e.load(Chains::words_at(values, from(k))));
        let used = CHAINS / E::WIDTH;
        for _ in 0..rounds {
            for (value, by) in chains[..used].iter_mut().zip(&by) {
                *value = e.mul::<Base>(*value, *by);
            }
        }
        for (k, value) in chains[..used].iter().enumerate() {
            e.store(e.reduce::<Base>(*value), |lane, words| values[from(k) + lane] = words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kernel;
    use ark_ff::Field;

    #[test]
    fn chains_multiply() {
        let values: [Fq; CHAINS] = core::array::from_fn(|i| Fq::from(i as u64 + 3).inverse().unwrap());
        let by: [Fq; CHAINS] = core::array::from_fn(|i| Fq::from(i as u64 + 90).inverse().unwrap());
        for kernel in Kernel::available() {
            let mut products = values;
            kernel.multiply_in_chains(&mut products, &by, 5);
            assert_eq!(products, core::array::from_fn(|i| values[i] * by[i].pow([5])), "{kernel}");
        }
    }
}
