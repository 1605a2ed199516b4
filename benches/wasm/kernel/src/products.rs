//! Multiplications in the base field.

use ark_bn254::Fq;
use ark_ff::AdditiveGroup;
use tabella_lanes::{CHAINS, Kernel};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// Independent chains of multiplications: as many in this kernel as in arkworks' field.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Products {
    kernel: Kernel,
    ours: Box<[Fq; CHAINS]>,
    arkworks: Box<[Fq; CHAINS]>,
    by: Box<[Fq; CHAINS]>,
}

#[wasm_bindgen]
impl Products {
    /// Chains of a kernel; large numbers, so that no limb is zero.
    ///
    /// # Errors
    /// If this module has no such kernel here.
    #[wasm_bindgen(constructor)]
    pub fn new(kernel: &str) -> Result<Self, JsError> {
        let mut state = Fq::from(7);
        let mut next = || {
            for _ in 0..9 {
                state = state * state + Fq::from(3);
            }
            state
        };
        let values = core::array::from_fn(|_| next());
        let by = core::array::from_fn(|_| next());
        Ok(Self {
            kernel: kernel.parse()?,
            ours: Box::new(values),
            arkworks: Box::new(values),
            by: Box::new(by),
        })
    }

    /// Number of multiplications in one round.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        CHAINS
    }

    /// So many rounds in the kernel.
    pub fn ours(&mut self, rounds: u32) {
        self.kernel.multiply_in_chains(&mut self.ours, &self.by, rounds);
    }

    /// So many rounds in arkworks' field.
    pub fn arkworks(&mut self, rounds: u32) {
        let mut values = *self.arkworks;
        for _ in 0..rounds {
            for (value, by) in values.iter_mut().zip(&*self.by) {
                *value *= by;
            }
        }
        *self.arkworks = values;
    }

    /// Whether both have the same products, after equally many rounds.
    pub fn agree(&self) -> bool {
        self.ours == self.arkworks && !self.ours.contains(&Fq::ZERO)
    }
}
