//! A circuit laid open: rows of its matrices, their names, an assignment that can be overwritten.

use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{
    ConstraintLayer, ConstraintSynthesizer, ConstraintSystem, OptimizationGoal, R1CS_PREDICATE_LABEL,
    TracingMode,
};
use tabella_primitives::Fr;
use tracing_subscriber::layer::SubscriberExt;

pub(crate) type Lc = Vec<(Fr, usize)>;

pub(crate) struct Layout {
    /// A, B, C of every constraint.
    pub(crate) rows: Vec<[Lc; 3]>,
    pub(crate) names: Vec<String>,
    /// 1, public inputs, witness.
    pub(crate) z: Vec<Fr>,
}

pub(crate) fn eval(lc: &Lc, z: &[Fr]) -> Fr {
    lc.iter().map(|(coefficient, column)| *coefficient * z[*column]).sum()
}

impl Layout {
    pub(crate) fn of(circuit: impl ConstraintSynthesizer<Fr>) -> Self {
        let subscriber =
            tracing_subscriber::Registry::default().with(ConstraintLayer::new(TracingMode::OnlyConstraints));
        tracing::subscriber::with_default(subscriber, || Self::traced(circuit))
    }

    fn traced(circuit: impl ConstraintSynthesizer<Fr>) -> Self {
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
        Self { rows, names, z }
    }

    /// The newest column of a row.
    pub(crate) fn newest(&self, row: usize) -> usize {
        self.rows[row].iter().flatten().map(|(_, column)| *column).max().unwrap()
    }

    /// Rows whose names end so.
    pub(crate) fn ending(&self, end: &str) -> Vec<usize> {
        let rows = self.names.iter().enumerate().filter(|(_, name)| name.ends_with(end));
        rows.map(|(i, _)| i).collect()
    }

    /// Number of constraints of each part, the second step of the names, in order.
    pub(crate) fn parts(&self) -> Vec<(String, usize)> {
        let mut parts: Vec<(String, usize)> = Vec::new();
        for name in &self.names {
            let part = name.split('/').nth(1).unwrap();
            match parts.iter_mut().find(|(known, _)| known == part) {
                Some((_, count)) => *count += 1,
                None => parts.push((part.to_owned(), 1)),
            }
        }
        parts
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

    /// Solves what is unknown, row by row, each for its only unknown; `skip` fixes nothing. Unknowns are 0 in z.
    pub(crate) fn pass(&self, z: &mut [Fr], known: &mut [bool], skip: Option<usize>) {
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
