//! A circuit of any size for measurements, with the mixture of entries that real circuits have.
//!
//! With n = 2^k rows of the domain: three public inputs, `n - 4` constraints, so that the domain has exactly n elements.
//! Every eighth constraint makes a bit of a variable, `b (b - 1) = 0`; the others make a new value of older ones,
//!
//! ```text
//! (x_i + c x_j + m) x_k = x_{i+1}          i the newest, j and k anywhere before (k no bit), c and m small
//! ```
//!
//! so that A has three entries in a row, B one, and about six of ten variables stand in B; values are as large as the field.
//! The last three constraints copy values to the public inputs. Everything follows from the size alone.

use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use tabella_primitives::Fr;
use zeroize::Zeroizing;

/// Public inputs of the circuit.
const PUBLIC_INPUTS: u64 = 3;
/// Every so many constraints is one of a bit.
const BITS: u64 = 8;

/// The circuit whose domain has `2^log_size` elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Synthetic {
    log_size: u32,
}

/// One constraint before the copies at the end. Numbers count witness variables.
enum Row {
    /// The variable with this number, which is new, is a bit.
    Bit { new: u64 },
    /// The new variable is `(x_i + c x_j + m) x_k`.
    Product { i: u64, c: u64, j: u64, m: u64, k: u64, new: u64 },
}

impl Synthetic {
    /// The least size: 2^4.
    pub const MIN_LOG_SIZE: u32 = 4;
    /// The greatest size: 2^24.
    pub const MAX_LOG_SIZE: u32 = 24;

    /// The circuit of that size; `None` outside [`Self::MIN_LOG_SIZE`] to [`Self::MAX_LOG_SIZE`].
    #[must_use]
    pub const fn new(log_size: u32) -> Option<Self> {
        if log_size < Self::MIN_LOG_SIZE || log_size > Self::MAX_LOG_SIZE {
            return None;
        }
        Some(Self { log_size })
    }

    /// Rows before the copies.
    const fn rows(self) -> u64 {
        (1 << self.log_size) - 1 - 2 * PUBLIC_INPUTS
    }

    /// Number of constraints: `2^log_size - 4`.
    #[must_use]
    pub const fn constraints(self) -> u64 {
        self.rows() + PUBLIC_INPUTS
    }

    /// The rows in order. Variable 0 is free; row `r` makes variable `r + 1`.
    fn each_row(self) -> impl Iterator<Item = Row> {
        let mut newest = 0;
        (0..self.rows()).map(move |row| {
            let new = row + 1;
            if new.is_multiple_of(BITS) {
                return Row::Bit { new };
            }
            let pick = |salt| mix(4 * row + salt);
            let product = Row::Product {
                i: newest,
                c: 2 + pick(0) % 1000,
                j: pick(1) % new,
                m: 1 + pick(2) % 1000,
                k: not_a_bit(pick(3) % new),
                new,
            };
            newest = new;
            product
        })
    }

    /// Variables that are copied to the public inputs: the newest ones.
    fn copied(self) -> [u64; 3] {
        [self.rows(), self.rows() - 1, self.rows() - 2]
    }

    /// The values of all variables, `(1, public inputs, witness)`; they satisfy the circuit.
    ///
    /// # Panics
    /// If the machine's addresses are narrower than the size.
    #[must_use]
    pub fn assignment(self) -> Zeroizing<Vec<Fr>> {
        let witness = self.witness();
        let mut all = Zeroizing::new(Vec::with_capacity(witness.len() + 4));
        all.push(Fr::from(1));
        all.extend(self.copied().map(|variable| witness[index(variable)]));
        all.extend_from_slice(&witness);
        all
    }

    fn witness(self) -> Zeroizing<Vec<Fr>> {
        let mut x = Zeroizing::new(Vec::with_capacity(index(self.rows() + 1)));
        // Squared until it is as large as the field.
        x.push((0..8).fold(Fr::from(3), |value, _| value * value + Fr::from(1)));
        for row in self.each_row() {
            let value = match row {
                Row::Bit { new } => Fr::from(mix(new) % 2),
                Row::Product { i, c, j, m, k, .. } => {
                    (x[index(i)] + Fr::from(c) * x[index(j)] + Fr::from(m)) * x[index(k)]
                }
            };
            x.push(value);
        }
        x
    }
}

/// The variable itself, or the one before if it is a bit: a factor that is zero makes the product zero, and soon half of all.
const fn not_a_bit(variable: u64) -> u64 {
    if variable > 0 && variable.is_multiple_of(BITS) { variable - 1 } else { variable }
}

fn index(variable: u64) -> usize {
    usize::try_from(variable).expect("the size fits the memory")
}

/// The finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, 2014): a permutation without visible pattern.
const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl ConstraintSynthesizer<Fr> for Synthetic {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let values = if cs.is_in_setup_mode() { Zeroizing::new(Vec::new()) } else { self.witness() };
        let value =
            |variable: u64| values.get(index(variable)).copied().ok_or(SynthesisError::AssignmentMissing);
        let lc = LinearCombination::<Fr>::from;
        let public = self.copied().map(|variable| cs.new_input_variable(|| value(variable)));
        let x = (0..=self.rows())
            .map(|variable| cs.new_witness_variable(|| value(variable)))
            .collect::<Result<Vec<_>, _>>()?;
        let x = |variable: u64| x[index(variable)];
        for row in self.each_row() {
            match row {
                Row::Bit { new } => {
                    let b = x(new);
                    cs.enforce_r1cs_constraint(
                        || lc(b),
                        || lc(b) + (-Fr::from(1), Variable::One),
                        LinearCombination::zero,
                    )?;
                }
                Row::Product { i, c, j, m, k, new } => cs.enforce_r1cs_constraint(
                    || lc(x(i)) + (Fr::from(c), x(j)) + (Fr::from(m), Variable::One),
                    || lc(x(k)),
                    || lc(x(new)),
                )?,
            }
        }
        for (public, variable) in public.into_iter().zip(self.copied()) {
            let public = public?;
            cs.enforce_r1cs_constraint(|| lc(x(variable)), || lc(Variable::One), || lc(public))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Prover, insecure_development_setup};
    use ark_ff::{One, Zero};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    #[test]
    fn the_domain_is_full_and_the_assignment_satisfies() {
        for log_size in [4, 5, 9] {
            let circuit = Synthetic::new(log_size).unwrap();
            let key = insecure_development_setup(&circuit, &[3; 32]).unwrap();
            let shape = key.shape();
            assert_eq!(shape.constraints + 1 + shape.public_inputs, 1 << log_size);
            let mut rng = ChaCha20Rng::from_seed([1; 32]);
            let given = Prover::new(&key).prove_assignment(circuit.assignment(), &mut rng).unwrap();
            let mut rng = ChaCha20Rng::from_seed([1; 32]);
            let run = Prover::new(&key).prove(&circuit, &mut rng).unwrap();
            assert_eq!(given, run);
        }
        assert_eq!(Synthetic::new(3), None);
        assert_eq!(Synthetic::new(25), None);
    }

    #[test]
    fn values_are_mixed_as_in_real_circuits() {
        let assignment = Synthetic::new(12).unwrap().assignment();
        let trivial = assignment.iter().filter(|v| v.is_zero() || v.is_one()).count();
        assert!((400..600).contains(&trivial), "{trivial}");
    }
}
