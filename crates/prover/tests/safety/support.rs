//! A circuit with a secret start and a public message, which touch each other in one constraint.

use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::ops::ControlFlow;
use tabella_primitives::Fr;
use tabella_prover::{CancelToken, ProvingKey, Stage, insecure_development_setup};
use zeroize::Zeroizing;

/// Public: `last = x_length`, `message`, `tag = (x_length + message)^2`. Witness: `x_0 .. x_length` with `x_{i+1} = x_i^2 + i`, and
/// `message^2`.
#[derive(Clone)]
pub(crate) struct Chain {
    length: usize,
    values: Option<Zeroizing<Vec<Fr>>>,
    message: Fr,
}

impl Chain {
    pub(crate) fn shape_only(length: usize) -> Self {
        Self { length, values: None, message: Fr::from(0) }
    }

    pub(crate) fn new(length: usize, start: Fr, message: u64) -> Self {
        let mut values = Zeroizing::new(Vec::with_capacity(length + 1));
        values.push(start);
        for i in 0..length {
            let next = values[i] * values[i] + Fr::from(i as u64);
            values.push(next);
        }
        Self { length, values: Some(values), message: Fr::from(message) }
    }

    /// `(1, public inputs, witness)`.
    pub(crate) fn assignment(&self) -> Zeroizing<Vec<Fr>> {
        let values = self.values.as_ref().unwrap();
        let last = values[self.length];
        let tag = (last + self.message) * (last + self.message);
        let mut all = Zeroizing::new(Vec::with_capacity(self.length + 6));
        all.extend([Fr::from(1), last, self.message, tag]);
        all.extend(values.iter());
        all.push(self.message * self.message);
        all
    }
}

impl ConstraintSynthesizer<Fr> for Chain {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let all = self.values.as_ref().map(|_| self.assignment());
        let value =
            |place: usize| all.as_ref().map(|all| all[place]).ok_or(SynthesisError::AssignmentMissing);
        let lc = LinearCombination::<Fr>::from;
        let inputs = [1, 2, 3].map(|place| cs.new_input_variable(|| value(place)));
        let [last, message, tag] = [inputs[0]?, inputs[1]?, inputs[2]?];
        let mut x = Vec::new();
        for i in 0..=self.length {
            x.push(cs.new_witness_variable(|| value(4 + i))?);
        }
        for i in 0..self.length {
            let constant = (-Fr::from(i as u64), Variable::One);
            cs.enforce_r1cs_constraint(|| lc(x[i]), || lc(x[i]), || lc(x[i + 1]) + constant)?;
        }
        let end = x[self.length];
        cs.enforce_r1cs_constraint(|| lc(end), || lc(Variable::One), || lc(last))?;
        cs.enforce_r1cs_constraint(|| lc(end) + message, || lc(end) + message, || lc(tag))?;
        let square = cs.new_witness_variable(|| value(5 + self.length))?;
        cs.enforce_r1cs_constraint(|| lc(message), || lc(message), || lc(square))
    }
}

pub(crate) fn key(length: usize) -> ProvingKey {
    insecure_development_setup(&Chain::shape_only(length), &[3; 32]).unwrap()
}

pub(crate) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// An observer who uses the token at the beginning of a stage.
pub(crate) fn cancel_at(token: &CancelToken, stage: Stage) -> impl FnMut(Stage) -> ControlFlow<()> {
    move |begun| {
        if begun == stage {
            token.cancel();
        }
        ControlFlow::Continue(())
    }
}
