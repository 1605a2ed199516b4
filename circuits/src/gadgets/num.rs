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
///
/// In a constraint system that constructs no matrices there are values alone: one description of a relation gives its layout,
/// and its assignment without one.
#[derive(Clone)]
pub struct Num {
    value: Option<Fr>,
    /// Sorted by wire, no wire twice, no zero coefficient. Absent where no matrices are wanted.
    terms: Option<Vec<(Fr, Variable)>>,
}

impl Num {
    /// A constant.
    #[must_use]
    pub fn constant(value: Fr) -> Self {
        Self { value: Some(value), terms: Some(tidy(vec![(value, Variable::One)])) }
    }

    /// A new public input.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn public_input(cs: &ConstraintSystemRef<Fr>, value: Option<Fr>) -> Result<Self, SynthesisError> {
        let wire = cs.new_input_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
        Ok(Self::from_terms(cs, value, || vec![(Fr::ONE, wire)]))
    }

    /// A new wire. It means nothing until a constraint fixes it.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn witness(cs: &ConstraintSystemRef<Fr>, value: Option<Fr>) -> Result<Self, SynthesisError> {
        let wire = cs.new_witness_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
        Ok(Self::from_terms(cs, value, || vec![(Fr::ONE, wire)]))
    }

    /// A linear combination from its parts; `value` is what the terms sum up to. They are asked for only if `cs` constructs
    /// matrices.
    #[must_use]
    pub fn from_terms(
        cs: &ConstraintSystemRef<Fr>,
        value: Option<Fr>,
        terms: impl FnOnce() -> Vec<(Fr, Variable)>,
    ) -> Self {
        Self { value, terms: cs.should_construct_matrices().then(|| tidy(terms())) }
    }

    /// The value, if there is a witness. Secret unless the wires are public.
    #[must_use]
    pub const fn value(&self) -> Option<Fr> {
        self.value
    }

    /// The linear combination, to be used in a constraint. Empty where no matrices are wanted.
    pub fn lc(&self) -> LinearCombination<Fr> {
        LinearCombination(self.terms.clone().unwrap_or_default())
    }

    /// `sum_j c_j x_j` with `c_0 = first` and `c_{j+1} = next(c_j)`, without the cost of adding one by one.
    pub fn weighted_sum<'a>(
        cs: &ConstraintSystemRef<Fr>,
        nums: impl Iterator<Item = &'a Self> + Clone,
        first: Fr,
        next: impl Fn(&Fr) -> Fr,
    ) -> Self {
        let weights = || core::iter::successors(Some(first), |weight| Some(next(weight)));
        let value = nums
            .clone()
            .zip(weights())
            .try_fold(Fr::ZERO, |sum, (num, weight)| num.value().map(|value| sum + value * weight));
        Self::from_terms(cs, value, || {
            let scaled = nums.zip(weights()).flat_map(|(num, weight)| {
                num.terms.iter().flatten().map(move |(coefficient, wire)| (*coefficient * weight, *wire))
            });
            scaled.collect()
        })
    }

    /// The value of `self / below`, if there is a witness.
    ///
    /// # Errors
    /// [`SynthesisError::DivisionByZero`] if `below` is 0.
    pub(super) fn quotient(&self, below: &Self) -> Result<Option<Fr>, SynthesisError> {
        let Some((above, below)) = self.value.zip(below.value) else { return Ok(None) };
        let inverse = below.inverse().ok_or(SynthesisError::DivisionByZero)?;
        Ok(Some(above * inverse))
    }

    /// The product with a constant.
    #[must_use]
    pub fn scaled(&self, factor: Fr) -> Self {
        let scale = |(coefficient, wire): &(Fr, Variable)| (*coefficient * factor, *wire);
        let terms = self.terms.as_ref().map(|terms| tidy(terms.iter().map(scale).collect()));
        Self { value: self.value.map(|value| value * factor), terms }
    }

    /// The sum with a constant.
    #[must_use]
    pub fn plus(&self, constant: Fr) -> Self {
        let terms =
            self.terms.as_ref().map(|terms| tidy([terms.as_slice(), &[(constant, Variable::One)]].concat()));
        Self { value: self.value.map(|value| value + constant), terms }
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

/// Sorted by wire, no wire twice, no zero coefficient.
fn tidy(terms: Vec<(Fr, Variable)>) -> Vec<(Fr, Variable)> {
    let mut lc = LinearCombination(terms);
    lc.compactify();
    lc.0.retain(|(coefficient, wire)| *coefficient != Fr::ZERO && !wire.is_zero());
    lc.0
}

impl From<&FpVar<Fr>> for Num {
    fn from(var: &FpVar<Fr>) -> Self {
        match var {
            FpVar::Constant(value) => Self::constant(*value),
            FpVar::Var(var) => Self::from_terms(&var.cs, var.value().ok(), || vec![(Fr::ONE, var.variable)]),
        }
    }
}

impl Add for &Num {
    type Output = Num;
    fn add(self, other: &Num) -> Num {
        let terms = self.terms.as_ref().zip(other.terms.as_ref());
        Num {
            value: self.value.zip(other.value).map(|(a, b)| a + b),
            terms: terms.map(|(a, b)| tidy([a.as_slice(), b].concat())),
        }
    }
}

impl Sub for &Num {
    type Output = Num;
    fn sub(self, other: &Num) -> Num {
        if self.terms.is_some() && other.terms.is_some() {
            return self + &other.scaled(-Fr::ONE);
        }
        Num { value: self.value.zip(other.value).map(|(a, b)| a - b), terms: None }
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
