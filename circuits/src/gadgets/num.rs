//! A linear combination of wires, and its value when there is a witness.

use ark_ff::{AdditiveGroup, Field};
use ark_r1cs_std::fields::fp::{AllocatedFp, FpVar};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use core::{
    fmt,
    ops::{Add, Sub},
};
use tabella_primitives::Fr;
use zeroize::Zeroize;

/// A linear combination of wires, with its value unless the circuit is laid out without witness.
///
/// Adding, subtracting and scaling cost no constraint. Secret as far as its value goes: printed as `Num(..)`, erased
/// when dropped.
#[derive(Clone)]
pub struct Num {
    value: Option<Fr>,
    /// Sorted by wire, no wire twice, no zero coefficient.
    terms: Vec<(Fr, Variable)>,
}

impl Num {
    /// A constant.
    #[must_use]
    pub fn constant(value: Fr) -> Self {
        Self::from_terms(Some(value), vec![(value, Variable::One)])
    }

    /// A new public input.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn public_input(cs: &ConstraintSystemRef<Fr>, value: Option<Fr>) -> Result<Self, SynthesisError> {
        let wire = cs.new_input_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
        Ok(Self { value, terms: vec![(Fr::ONE, wire)] })
    }

    /// A new wire. It means nothing until a constraint fixes it.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn witness(cs: &ConstraintSystemRef<Fr>, value: Option<Fr>) -> Result<Self, SynthesisError> {
        let wire = cs.new_witness_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
        Ok(Self { value, terms: vec![(Fr::ONE, wire)] })
    }

    /// A linear combination from its parts; `value` is what the terms sum up to.
    #[must_use]
    pub fn from_terms(value: Option<Fr>, terms: Vec<(Fr, Variable)>) -> Self {
        let mut lc = LinearCombination(terms);
        lc.compactify();
        lc.0.retain(|(coefficient, wire)| *coefficient != Fr::ZERO && !wire.is_zero());
        Self { value, terms: lc.0 }
    }

    /// The value, if there is a witness. Secret unless the wires are public.
    #[must_use]
    pub const fn value(&self) -> Option<Fr> {
        self.value
    }

    /// The linear combination, to be used in a constraint.
    pub fn lc(&self) -> LinearCombination<Fr> {
        LinearCombination(self.terms.clone())
    }

    /// The product with a constant.
    #[must_use]
    pub fn scaled(&self, factor: Fr) -> Self {
        let terms = self.terms.iter().map(|(coefficient, wire)| (*coefficient * factor, *wire)).collect();
        Self::from_terms(self.value.map(|value| value * factor), terms)
    }

    /// The sum with a constant.
    #[must_use]
    pub fn plus(&self, constant: Fr) -> Self {
        self + &Self::constant(constant)
    }

    /// The same linear combination for gadgets of `ark-r1cs-std`.
    ///
    /// # Errors
    /// [`SynthesisError::MissingCS`] without a constraint system.
    pub fn to_fp_var(&self, cs: &ConstraintSystemRef<Fr>) -> Result<FpVar<Fr>, SynthesisError> {
        let variable = cs.new_lc(|| self.lc())?;
        Ok(FpVar::Var(AllocatedFp::new(self.value, variable, cs.clone())))
    }
}

impl From<&FpVar<Fr>> for Num {
    fn from(var: &FpVar<Fr>) -> Self {
        match var {
            FpVar::Constant(value) => Self::constant(*value),
            FpVar::Var(var) => Self::from_terms(var.value().ok(), vec![(Fr::ONE, var.variable)]),
        }
    }
}

impl Add for &Num {
    type Output = Num;
    fn add(self, other: &Num) -> Num {
        let value = self.value.zip(other.value).map(|(a, b)| a + b);
        Num::from_terms(value, [self.terms.as_slice(), &other.terms].concat())
    }
}

impl Sub for &Num {
    type Output = Num;
    fn sub(self, other: &Num) -> Num {
        self + &other.scaled(-Fr::ONE)
    }
}

impl fmt::Debug for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Num(..)")
    }
}

impl Drop for Num {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}
