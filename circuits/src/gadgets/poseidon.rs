//! Poseidon with circomlib's parameters as constraints: three per S-box, 240 for two inputs.
//!
//! Only S-boxes multiply. Each has the wires x^2, x^4 and x^5, where x is a linear combination of the x^5 of all S-boxes before;
//! what stands between S-boxes (round constants, the matrix, the lanes that a partial round leaves alone) is folded
//! into these combinations once per width. The S-box of the capacity element in the first round has a constant input
//! and costs nothing.

use super::num::Num;
use crate::{constrain, naming::numbered, part};
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use std::sync::OnceLock;
use tabella_primitives::{
    Fr,
    poseidon::{FULL_ROUNDS, MAX_INPUTS, Parameters, parameters},
};
use zeroize::Zeroizing;

/// `H_N(inputs)`. `3 (8 t + R_P - 1)` constraints with `t = N + 1`: `round/<r>/lane/<i>/{square, fourth, fifth}`.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
pub fn hash<const N: usize>(cs: &ConstraintSystemRef<Fr>, inputs: &[Num; N]) -> Result<Num, SynthesisError> {
    Permutation::new(cs, inputs).run(None)
}

/// Enforces `H_N(inputs) = output`, one wire less than [`hash`] and no constraint more: the last of them is called `output`.
///
/// # Errors
/// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
pub fn enforce_hash<const N: usize>(
    cs: &ConstraintSystemRef<Fr>,
    inputs: &[Num; N],
    output: &Num,
) -> Result<(), SynthesisError> {
    Permutation::new(cs, inputs).run(Some(output)).map(drop)
}

/// A linear combination of S-box outputs, by their number, and a constant.
struct Row {
    constant: Fr,
    terms: Vec<(Fr, usize)>,
}

impl Row {
    fn lc(&self, outputs: &[Variable]) -> LinearCombination<Fr> {
        let constant = (self.constant != Fr::ZERO).then_some((self.constant, Variable::One));
        let wires = self.terms.iter().filter_map(|(c, k)| outputs.get(*k).map(|wire| (*c, *wire)));
        LinearCombination(constant.into_iter().chain(wires).collect())
    }
}

/// What is the same in every hash of one width.
struct Layout {
    /// Input of every S-box in order, the constant one left out. Of those in the first round only the constants: the
    /// hash's inputs are to be added.
    boxes: Vec<Row>,
    /// The first element of the final state.
    output: Row,
}

impl Layout {
    fn of(inputs: usize) -> &'static Self {
        static CACHE: [OnceLock<Layout>; MAX_INPUTS] = [const { OnceLock::new() }; MAX_INPUTS];
        CACHE
            .get(inputs.wrapping_sub(1))
            .expect("Poseidon takes 1 to 16 inputs")
            .get_or_init(|| Self::new(parameters(inputs)))
    }

    /// Runs the permutation on linear combinations: entry 0 of a lane is its constant, entry k + 1 the coefficient of S-box k.
    fn new(parameters: &Parameters) -> Self {
        let width = parameters.width;
        let size = width * FULL_ROUNDS + parameters.partial_rounds;
        let row = |lane: &[Fr]| Row {
            constant: lane.first().copied().unwrap_or(Fr::ZERO),
            terms: (0..)
                .zip(lane.iter().skip(1))
                .filter_map(|(k, c)| (*c != Fr::ZERO).then_some((*c, k)))
                .collect(),
        };
        let mut boxes = Vec::with_capacity(size - 1);
        let mut lanes = vec![vec![Fr::ZERO; size]; width];
        for (round, constants) in parameters.round_constants.chunks_exact(width).enumerate() {
            for (lane, constant) in lanes.iter_mut().zip(constants) {
                lane[0] += constant;
            }
            for (place, lane) in lanes.iter_mut().enumerate().take(active(parameters, round)) {
                if (round, place) == (0, 0) {
                    lane[0] = fifth_power(lane[0]);
                    continue;
                }
                boxes.push(row(lane));
                lane.fill(Fr::ZERO);
                lane[boxes.len()] = Fr::ONE;
            }
            lanes = parameters
                .mds
                .iter()
                .map(|coefficients| {
                    let mut mixed = vec![Fr::ZERO; size];
                    for (coefficient, lane) in coefficients.iter().zip(&lanes) {
                        for (sum, entry) in mixed.iter_mut().zip(lane) {
                            *sum += *coefficient * entry;
                        }
                    }
                    mixed
                })
                .collect();
        }
        let output = row(lanes.first().map_or(&[][..], Vec::as_slice));
        Self { boxes, output }
    }
}

/// Number of S-boxes in a round.
fn active(parameters: &Parameters, round: usize) -> usize {
    let half = FULL_ROUNDS / 2;
    let full = round < half || round >= half + parameters.partial_rounds;
    if full { parameters.width } else { 1 }
}

fn fifth_power(x: Fr) -> Fr {
    x.square().square() * x
}

/// One hash on its way.
struct Permutation<'a> {
    cs: &'a ConstraintSystemRef<Fr>,
    inputs: &'a [Num],
    parameters: &'static Parameters,
    layout: &'static Layout,
    /// The x^5 of the S-boxes so far.
    outputs: Vec<Variable>,
    /// Values of the lanes, if there is a witness.
    state: Option<Zeroizing<Vec<Fr>>>,
    /// Room for the lanes of the next round.
    mixed: Zeroizing<Vec<Fr>>,
}

impl<'a> Permutation<'a> {
    fn new(cs: &'a ConstraintSystemRef<Fr>, inputs: &'a [Num]) -> Self {
        let layout = Layout::of(inputs.len());
        let state: Option<Vec<Fr>> =
            core::iter::once(Some(Fr::ZERO)).chain(inputs.iter().map(Num::value)).collect();
        Self {
            cs,
            inputs,
            parameters: parameters(inputs.len()),
            layout,
            outputs: Vec::with_capacity(layout.boxes.len()),
            state: state.map(Zeroizing::new),
            mixed: Zeroizing::new(vec![Fr::ZERO; inputs.len() + 1]),
        }
    }

    fn run(mut self, target: Option<&Num>) -> Result<Num, SynthesisError> {
        let _part = part!("round");
        for (round, constants) in
            self.parameters.round_constants.chunks_exact(self.parameters.width).enumerate()
        {
            if let Some(state) = &mut self.state {
                state.iter_mut().zip(constants).for_each(|(x, constant)| *x += constant);
            }
            let _number = numbered(round).entered();
            let _part = part!("lane");
            for lane in 0..active(self.parameters, round) {
                if (round, lane) != (0, 0) {
                    let _number = numbered(lane).entered();
                    self.apply_box(lane, target)?;
                } else if let Some(x) = self.state.as_mut().and_then(|state| state.first_mut()) {
                    *x = fifth_power(*x);
                }
            }
            self.mix();
        }
        let value = self.state.as_ref().and_then(|state| state.first()).copied();
        Ok(Num::from_terms(self.cs, value, || self.layout.output.lc(&self.outputs).0))
    }

    /// The S-box whose turn it is, on that lane.
    fn apply_box(&mut self, lane: usize, target: Option<&Num>) -> Result<(), SynthesisError> {
        let (cs, place) = (self.cs, self.outputs.len());
        // x^2, x^4, x^5; the last takes the place of x in the state.
        let powers = self.state.as_mut().and_then(|state| state.get_mut(lane)).map(|x| {
            let square = x.square();
            let fourth = square.square();
            *x *= fourth;
            Zeroizing::new([square, fourth, *x])
        });
        let power = |k: usize| {
            let power = powers.as_ref().and_then(|powers| powers.get(k)).copied();
            power.ok_or(SynthesisError::AssignmentMissing)
        };
        let row = self.layout.boxes.get(place).ok_or(SynthesisError::Unsatisfiable)?;
        // The lanes of the first round are the inputs: input j is in lane j + 1, and lane 0 has no S-box.
        let input = self.inputs.get(place);
        let x = || {
            let mut lc = row.lc(&self.outputs);
            if let Some(input) = input {
                lc.0.extend(input.lc().0);
                lc.compactify();
            }
            lc
        };
        let square = cs.new_witness_variable(|| power(0))?;
        constrain!(cs, "square", x(), x(), LinearCombination::from(square))?;
        let fourth = cs.new_witness_variable(|| power(1))?;
        let square = || LinearCombination::from(square);
        constrain!(cs, "fourth", square(), square(), LinearCombination::from(fourth))?;
        // The fourth power stands in first factors only: fewer points in G2 for the prover.
        match target.filter(|_| place + 1 == self.layout.boxes.len()) {
            None => {
                let fifth = cs.new_witness_variable(|| power(2))?;
                constrain!(
                    cs,
                    "fifth",
                    LinearCombination::from(fourth),
                    x(),
                    LinearCombination::from(fifth)
                )?;
                self.outputs.push(fifth);
            }
            Some(target) => {
                constrain!(
                    cs,
                    "output",
                    LinearCombination::from(fourth),
                    x(),
                    last_fifth(&self.layout.output, &self.outputs, target)
                )?;
            }
        }
        Ok(())
    }

    fn mix(&mut self) {
        if let Some(state) = &mut self.state {
            for (mixed, row) in self.mixed.iter_mut().zip(&self.parameters.mds) {
                *mixed = match (row.as_slice(), state.as_slice()) {
                    // Three products reduced once: the width of the tree.
                    (&[a, b, c], &[x, y, z]) => Fr::sum_of_products(&[a, b, c], &[x, y, z]),
                    (row, state) => row.iter().zip(state).map(|(m, x)| *m * x).sum(),
                };
            }
            core::mem::swap(state, &mut self.mixed);
        }
    }
}

/// The x^5 of the last S-box, solved from `output = target`.
fn last_fifth(output: &Row, outputs: &[Variable], target: &Num) -> LinearCombination<Fr> {
    // The last term is the one without a wire; its coefficient, an entry of the MDS matrix, is not 0.
    let last = output.terms.last().map_or(Fr::ZERO, |(coefficient, _)| *coefficient);
    let inverse = last.inverse().expect("entries of an MDS matrix are not 0");
    let others = output.lc(outputs).0.into_iter().map(|(coefficient, wire)| (-coefficient, wire));
    let mut difference = target.lc();
    difference.0.extend(others);
    difference.compactify();
    difference.0.retain(|(coefficient, wire)| *coefficient != Fr::ZERO && !wire.is_zero());
    difference.0.iter_mut().for_each(|(coefficient, _)| *coefficient *= inverse);
    difference
}
