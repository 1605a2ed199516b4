//! Circuits of random shape with random witnesses: for equal randomness the proof is arkworks', byte for byte.
//!
//! `TABELLA_RANDOM_CIRCUITS` changes their number, which is 1,000.

use super::*;
use crate::{SetupError, setup, synthesis};
use ark_ff::{Field, UniformRand, Zero};
use ark_relations::gr1cs::Variable;
use rand_chacha::rand_core::Rng;
use tabella_primitives::rng::ArkRng;

/// A number below `bound`.
fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    usize::try_from(rng.next_u64() % u64::try_from(bound).unwrap()).unwrap()
}

/// Often 0, 1, -1 or small, otherwise any.
fn value(rng: &mut ChaCha20Rng) -> Fr {
    match below(rng, 8) {
        0 => Fr::from(0),
        1 => Fr::from(1),
        2 => -Fr::from(1),
        3 => Fr::from(2),
        4 => Fr::from(rng.next_u64()),
        _ => Fr::rand(&mut ArkRng(rng)),
    }
}

/// Entries (coefficient, variable) of a row; variables count the constant, the public inputs and the witness.
type Row = Vec<(Fr, usize)>;

/// Rows of A, B and C with values that satisfy them.
#[derive(Clone, Debug)]
struct Random {
    public_inputs: usize,
    values: Vec<Fr>,
    rows: Vec<[Row; 3]>,
}

impl Random {
    /// 1 to 60 constraints, 0 to 5 public inputs. Variables stand in any subset of A, B and C, also in none; rows can be empty, and
    /// name a variable twice.
    fn new(rng: &mut ChaCha20Rng) -> Self {
        let public_inputs = below(rng, 6);
        let most = [60, 12, 12, 12][below(rng, 4)];
        let constraints = 1 + below(rng, most);
        let free = 1 + public_inputs + below(rng, 8);
        let mut values = vec![Fr::from(1)];
        values.extend((1..free).map(|_| value(rng)));
        // In which matrices each variable may stand.
        let mut stands: Vec<usize> = (0..free).map(|_| below(rng, 8)).collect();
        let mut rows = Vec::new();
        for _ in 0..constraints {
            let row = |rng: &mut ChaCha20Rng, matrix: usize| -> Row {
                (0..below(rng, 5))
                    .map(|_| (value(rng), below(rng, values.len())))
                    .filter(|(_, variable)| stands[*variable] & (1 << matrix) != 0)
                    .collect()
            };
            let [a, b, mut c] = [0, 1, 2].map(|matrix| row(rng, matrix));
            let missing = dot(&a, &values) * dot(&b, &values) - dot(&c, &values);
            if below(rng, 4) == 0 {
                // The constant makes up for what is missing.
                c.push((missing, 0));
            } else {
                let coefficient = Some(value(rng)).filter(|value| !value.is_zero()).unwrap_or(Fr::from(1));
                c.push((coefficient, values.len()));
                values.push(missing * coefficient.inverse().unwrap());
                stands.push(below(rng, 8));
            }
            rows.push([a, b, c]);
        }
        Self { public_inputs, values, rows }
    }
}

fn dot(row: &Row, values: &[Fr]) -> Fr {
    row.iter().map(|(coefficient, variable)| *coefficient * values[*variable]).sum()
}

impl ConstraintSynthesizer<Fr> for Random {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let mut variables = vec![Variable::One];
        for (place, value) in self.values.iter().enumerate().skip(1) {
            variables.push(if place <= self.public_inputs {
                cs.new_input_variable(|| Ok(*value))?
            } else {
                cs.new_witness_variable(|| Ok(*value))?
            });
        }
        let lc = |row: &Row| {
            row.iter().fold(LinearCombination::zero(), |lc, (coefficient, variable)| {
                lc + (*coefficient, variables[*variable])
            })
        };
        for [a, b, c] in &self.rows {
            cs.enforce_r1cs_constraint(|| lc(a), || lc(b), || lc(c))?;
        }
        Ok(())
    }
}

/// What the circuits together must have had, so that the test is about what it says.
#[derive(Default, Debug)]
struct Seen {
    empty_rows: usize,
    unused: usize,
    in_one_matrix: [usize; 3],
    public_inputs: [usize; 6],
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.empty_rows += other.empty_rows;
        self.unused += other.unused;
        self.in_one_matrix.iter_mut().zip(other.in_one_matrix).for_each(|(sum, more)| *sum += more);
        self.public_inputs.iter_mut().zip(other.public_inputs).for_each(|(sum, more)| *sum += more);
    }

    fn note(&mut self, circuit: &Random) {
        self.public_inputs[circuit.public_inputs] += 1;
        self.empty_rows += circuit.rows.iter().flatten().filter(|row| row.is_empty()).count();
        for variable in 1..circuit.values.len() {
            let stands = [0, 1, 2].map(|matrix| {
                circuit.rows.iter().any(|row| row[matrix].iter().any(|(c, v)| *v == variable && !c.is_zero()))
            });
            match stands {
                [false, false, false] => self.unused += 1,
                [true, false, false] => self.in_one_matrix[0] += 1,
                [false, true, false] => self.in_one_matrix[1] += 1,
                [false, false, true] => self.in_one_matrix[2] += 1,
                _ => {}
            }
        }
    }
}

fn check(number: u64, circuit: &Random, rng: &mut ChaCha20Rng) {
    let matrices = synthesis::matrices(circuit.clone()).unwrap();
    let key = match setup::generate(circuit, matrices, &SEED) {
        Ok(key) => key,
        // Points of the public inputs that repeat each other: not a key that this library takes.
        Err(SetupError::Degenerate) => return,
        Err(other) => panic!("circuit {number}: {other}"),
    };
    let blinding = Blinding::generate(rng).unwrap();
    let expected = reference(&key, circuit, &blinding);

    let kernels = Kernel::available();
    let sizes = TableSize::ALL;
    let turn = usize::try_from(number).unwrap();
    let tables = Tables::new(
        &key,
        kernels[turn % kernels.len()],
        sizes[turn / kernels.len() % sizes.len()],
        &|_, _| (),
    );
    let by_tables = || Prover::new(&key).with_tables(&tables).unwrap();
    for prover in [Prover::new(&key), by_tables()] {
        let first = prover.in_first_form().prove_with_blinding(circuit, &blinding).unwrap();
        assert_eq!(first.proof.to_bytes(), expected.to_bytes(), "circuit {number}: {circuit:?}");
    }

    // The form that is handed out is the first one with r = 0, scaled by r.
    let zero = Blinding { r: Fr::from(0), s: blinding.s };
    let plain = by_tables().in_first_form().prove_with_blinding(circuit, &zero).unwrap().proof;
    let ours = by_tables().prove_with_blinding(circuit, &blinding).unwrap();
    assert_eq!((*ours.proof.a() * blinding.r).into_affine(), *plain.a(), "circuit {number}");
    assert_eq!((*plain.b() * blinding.r).into_affine(), *ours.proof.b(), "circuit {number}");
    assert_eq!(plain.c(), ours.proof.c(), "circuit {number}");
    assert_eq!(ours.public_inputs, circuit.values[1..=circuit.public_inputs]);
    assert_eq!(key.prepared().verify_inputs(&ours.public_inputs, &ours.proof), Ok(()));
}

#[test]
fn a_thousand_circuits_get_the_proofs_of_arkworks() {
    let count: u64 = std::env::var("TABELLA_RANDOM_CIRCUITS").map_or(1_000, |count| count.parse().unwrap());
    // Threads apart from the pool in which the prover works: a worker that waits there would begin the next circuit on its stack.
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = &|first: usize| {
        let mut seen = Seen::default();
        for number in (0..count).skip(first).step_by(threads) {
            let mut rng = ChaCha20Rng::seed_from_u64(number);
            let circuit = Random::new(&mut rng);
            seen.note(&circuit);
            check(number, &circuit, &mut rng);
        }
        seen
    };
    let mut seen = Seen::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || work(first))).collect();
        workers.into_iter().for_each(|worker| seen.add(&worker.join().unwrap()));
    });
    if count >= 1_000 {
        assert!(seen.empty_rows > 1_000 && seen.unused > 100, "{seen:?}");
        assert!(seen.in_one_matrix.iter().chain(&seen.public_inputs).all(|count| *count > 100), "{seen:?}");
    }
}
