//! A circuit for the tests of this crate.

use ark_relations::{
    gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable},
    ns,
};
use tabella_primitives::Fr;

/// `x_{i+1} = x_i^2 + i`, `last = x_length`, `product = x_0 x_length`. Public: last, product. Or, without outputs, nothing
/// is public and the last two constraints are absent.
#[derive(Clone)]
pub(crate) struct Chain {
    pub(crate) length: usize,
    pub(crate) outputs: bool,
    pub(crate) start: Option<Fr>,
    /// Adds one to the witness that this constraint defines: exactly this constraint breaks.
    pub(crate) broken: Option<usize>,
}

impl Chain {
    pub(crate) fn shape_only(length: usize) -> Self {
        Self { length, outputs: true, start: None, broken: None }
    }

    pub(crate) fn new(length: usize, start: u64) -> Self {
        Self { start: Some(Fr::from(start)), ..Self::shape_only(length) }
    }

    fn slip(&self, constraint: usize) -> Fr {
        Fr::from(u64::from(self.broken == Some(constraint)))
    }

    /// `x_0 .. x_length`, last, product.
    pub(crate) fn values(&self) -> Option<(Vec<Fr>, Fr, Fr)> {
        let start = self.start?;
        let mut values = vec![start];
        let mut x = start;
        for i in 0..self.length {
            x = x * x + Fr::from(u64::try_from(i).unwrap()) + self.slip(i);
            values.push(x);
        }
        Some((values, x + self.slip(self.length), start * x + self.slip(self.length + 1)))
    }
}

impl ConstraintSynthesizer<Fr> for Chain {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let values = self.values();
        let missing = SynthesisError::AssignmentMissing;
        let lc = LinearCombination::<Fr>::from;
        let outputs = if self.outputs {
            let last = cs.new_input_variable(|| values.as_ref().map(|v| v.1).ok_or(missing))?;
            Some((last, cs.new_input_variable(|| values.as_ref().map(|v| v.2).ok_or(missing))?))
        } else {
            None
        };
        let mut x = Vec::new();
        for i in 0..=self.length {
            x.push(cs.new_witness_variable(|| values.as_ref().map(|v| v.0[i]).ok_or(missing))?);
        }
        {
            let chain = ns!(cs, "chain");
            let cs = chain.cs();
            for i in 0..self.length {
                let _name = ns!(cs, "square");
                let constant = (-Fr::from(u64::try_from(i).unwrap()), Variable::One);
                cs.enforce_r1cs_constraint(|| lc(x[i]), || lc(x[i]), || lc(x[i + 1]) + constant)?;
            }
        }
        if let Some((last, product)) = outputs {
            let end = x[self.length];
            {
                let _name = ns!(cs, "last");
                cs.enforce_r1cs_constraint(|| lc(end), || lc(Variable::One), || lc(last))?;
            }
            cs.enforce_r1cs_constraint(|| lc(end), || lc(x[0]), || lc(product))?;
        }
        Ok(())
    }
}
