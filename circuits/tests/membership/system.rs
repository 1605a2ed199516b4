//! A circuit laid open: rows of its matrices, their names, an assignment that can be overwritten.

use crate::samples::Sample;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{
    ConstraintLayer, ConstraintSynthesizer, ConstraintSystem, OptimizationGoal, R1CS_PREDICATE_LABEL,
    TracingMode,
};
use std::collections::BTreeMap;
use tabella_circuits::MembershipCircuit;
use tabella_primitives::Fr;
use tabella_protocol::statement::CircuitId;
use tracing_subscriber::layer::SubscriberExt;

pub(crate) type Lc = Vec<(Fr, usize)>;

/// Columns of the public inputs.
pub(crate) const ROOT: usize = 1;
pub(crate) const NULLIFIER: usize = 2;
pub(crate) const MESSAGE: usize = 3;
pub(crate) const SCOPE: usize = 4;

pub(crate) struct System {
    /// A, B, C of every constraint.
    pub(crate) rows: Vec<[Lc; 3]>,
    pub(crate) names: Vec<String>,
    /// 1, public inputs, witness.
    pub(crate) z: Vec<Fr>,
    /// Depth of the path in the witness.
    pub(crate) depth: usize,
    /// Columns of left and right child by level.
    pub(crate) children: Vec<[usize; 2]>,
    /// Columns of the 251 bits.
    pub(crate) bits: Vec<usize>,
}

pub(crate) fn eval(lc: &Lc, z: &[Fr]) -> Fr {
    lc.iter().map(|(coefficient, column)| *coefficient * z[*column]).sum()
}

impl System {
    pub(crate) fn new(id: CircuitId, sample: &Sample) -> Self {
        let circuit = sample.circuit(id);
        let subscriber =
            tracing_subscriber::Registry::default().with(ConstraintLayer::new(TracingMode::OnlyConstraints));
        tracing::subscriber::with_default(subscriber, || Self::traced(circuit, sample))
    }

    fn traced(circuit: MembershipCircuit, sample: &Sample) -> Self {
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        circuit.generate_constraints(cs.clone()).unwrap();
        cs.finalize();
        assert_eq!(cs.num_predicates(), 1, "only R1CS reaches the prover");
        let [a, b, c]: [Vec<Lc>; 3] =
            cs.to_matrices().unwrap().remove(R1CS_PREDICATE_LABEL).unwrap().try_into().unwrap();
        let rows: Vec<[Lc; 3]> = a.into_iter().zip(b).zip(c).map(|((a, b), c)| [a, b, c]).collect();
        let z = [cs.instance_assignment().unwrap(), cs.witness_assignment().unwrap()].concat();
        let names: Vec<String> = cs.borrow().unwrap().predicate_traces[R1CS_PREDICATE_LABEL]
            .iter()
            .map(|trace| {
                let steps = trace.as_ref().expect("every constraint has a name").path();
                steps.iter().map(|step| step.name).collect::<Vec<_>>().join("/")
            })
            .collect();
        let newest = |row: &[Lc; 3]| row.iter().flatten().map(|(_, column)| *column).max().unwrap();
        let named = |pattern: &str| {
            let rows = names.iter().enumerate().filter(|(_, name)| name.ends_with(pattern)).map(|(i, _)| i);
            rows.collect::<Vec<_>>()
        };
        let bits = named("/boolean").into_iter().map(|i| newest(&rows[i])).collect();
        let children =
            named("/child").into_iter().map(|i| [newest(&rows[i]) - 1, newest(&rows[i])]).collect();
        Self { rows, names, z, depth: sample.witness.path.depth(), children, bits }
    }

    /// The constraint of that name.
    pub(crate) fn row(&self, name: &str) -> usize {
        self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no constraint {name}"))
    }

    /// Constraints that an assignment breaks.
    pub(crate) fn violated(&self, z: &[Fr]) -> Vec<usize> {
        let broken = |row: &[Lc; 3]| eval(&row[0], z) * eval(&row[1], z) != eval(&row[2], z);
        self.rows.iter().enumerate().filter(|(_, row)| broken(row)).map(|(i, _)| i).collect()
    }

    pub(crate) fn violated_names(&self, z: &[Fr]) -> Vec<&str> {
        self.violated(z).into_iter().map(|i| self.names[i].as_str()).collect()
    }

    /// The child at a level which is not our node, by column.
    pub(crate) fn sibling(&self, level: usize, sample: &Sample) -> usize {
        let side = usize::from((sample.witness.path.index() >> level) & 1 == 0);
        self.children[level][side]
    }

    /// What the prover chooses freely: bits and siblings; and what the verifier chooses: message and scope.
    pub(crate) fn inputs(&self, sample: &Sample) -> BTreeMap<usize, Fr> {
        let siblings = (0..self.children.len()).map(|level| self.sibling(level, sample));
        [0, MESSAGE, SCOPE]
            .into_iter()
            .chain(self.bits.iter().copied())
            .chain(siblings)
            .map(|k| (k, self.z[k]))
            .collect()
    }

    /// The column which a constraint fixes, given those before it; none for the constraints that only check.
    pub(crate) fn defines(&self, row: usize) -> Option<usize> {
        let name = &self.names[row];
        let checks = ["/boolean", "/child", "/output", "path/root"];
        (!checks.iter().any(|end| name.ends_with(end)))
            .then(|| self.rows[row].iter().flatten().map(|(_, column)| *column).max().unwrap())
    }

    /// Fills an assignment from the values given, constraint by constraint, as a prover would who leaves out `skip`.
    ///
    /// The root, unless given, is the node at the depth of the path; the nullifier, unless given, is what the circuit
    /// says.
    pub(crate) fn solve(&self, given: &BTreeMap<usize, Fr>, skip: Option<usize>) -> Vec<Fr> {
        let mut known = vec![false; self.z.len()];
        let mut z = vec![Fr::ZERO; self.z.len()];
        for (column, value) in given {
            (known[*column], z[*column]) = (true, *value);
        }
        self.pass(&mut z, &mut known, skip);
        if !known[ROOT] {
            // With the root still 0, the difference `root - node` is minus the node.
            let difference = match self.depth {
                0 => &self.rows[self.row_of_root(0)][0],
                depth => &self.rows[self.row_of_root(depth - 1)][1],
            };
            (known[ROOT], z[ROOT]) = (true, -eval(difference, &z));
        }
        self.pass(&mut z, &mut known, skip);
        assert!(known.iter().all(|known| *known), "every column is fixed by some constraint");
        z
    }

    fn row_of_root(&self, level: usize) -> usize {
        if level + 1 == self.children.len() {
            self.row("membership/path/root")
        } else {
            self.row(&format!("membership/path/level/{level:02}/root"))
        }
    }

    fn pass(&self, z: &mut [Fr], known: &mut [bool], skip: Option<usize>) {
        for (i, row) in self.rows.iter().enumerate() {
            let mut unknown =
                row.iter().flatten().map(|(_, column)| *column).filter(|column| !known[*column]);
            let Some(target) = unknown.next() else { continue };
            if Some(i) == skip || unknown.any(|column| column != target) {
                continue;
            }
            // Unknowns are 0 in z: (a0 + a1 x) (b0 + b1 x) = c0 + c1 x.
            let slope = |lc: &Lc| lc.iter().filter(|(_, k)| *k == target).map(|(c, _)| *c).sum::<Fr>();
            let [a0, b0, c0] = [0, 1, 2].map(|k| eval(&row[k], z));
            let [a1, b1, c1] = [0, 1, 2].map(|k| slope(&row[k]));
            assert_eq!(a1 * b1, Fr::ZERO, "{} is quadratic in what it fixes", self.names[i]);
            if let Some(inverse) = (a0 * b1 + a1 * b0 - c1).inverse() {
                (known[target], z[target]) = (true, (c0 - a0 * b0) * inverse);
            }
        }
    }
}
