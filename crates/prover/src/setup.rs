//! Development keys: for trying out, tests and demonstrations.

use crate::{
    key::{ProvingKey, Queries, QuotientBasis},
    matrices::Matrices,
    shape::ShapeError,
    synthesis,
};
use ark_bn254::Bn254;
use ark_ec::AffineRepr;
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::{ConstraintSynthesizer, SynthesisError};
use core::fmt;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tabella_primitives::{Fr, digest::TaggedHasher, domain, rng::ArkRng};

/// Why there are no keys.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupError {
    /// The circuit has no shape.
    Shape(ShapeError),
    /// A public input stands in no constraint: the proof would say nothing about it.
    UnconstrainedPublicInput {
        /// The first such input, counted from 0.
        input: usize,
    },
    /// A witness variable stands in no constraint: a sign that a constraint is missing.
    UnconstrainedWitness {
        /// The first such variable, counted from 0.
        variable: usize,
    },
    /// The circuit has no constraints.
    Empty,
    /// arkworks could not make the key.
    Setup(SynthesisError),
    /// The key that was made is degenerate, which has negligible probability.
    Degenerate,
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(error) => error.fmt(f),
            Self::UnconstrainedPublicInput { input } => {
                write!(f, "public input {input} stands in no constraint of the circuit")
            }
            Self::UnconstrainedWitness { variable } => {
                write!(f, "witness variable {variable} stands in no constraint of the circuit")
            }
            Self::Empty => f.write_str("the circuit has no constraints"),
            Self::Setup(error) => write!(f, "the key could not be made: {error}"),
            Self::Degenerate => f.write_str("the key that was made is degenerate"),
        }
    }
}

impl core::error::Error for SetupError {}

/// Makes a proving key for a circuit out of a seed. The same seed and circuit give the same bytes, on every machine and with
/// any number of threads.
///
/// # Errors
/// [`SetupError`]; in particular a public input or a witness variable that stands in no constraint is refused.
///
/// # Security
/// **Whoever knows the seed forges proofs of anything**, and nobody can tell: an election on such keys proves nothing. The
/// seed of Tabella's development keys is public. Real elections need keys from a ceremony.
pub fn insecure_development_setup<C: ConstraintSynthesizer<Fr> + Clone>(
    circuit: &C,
    seed: &[u8; 32],
) -> Result<ProvingKey, SetupError> {
    let matrices = synthesis::matrices(circuit.clone()).map_err(SetupError::Shape)?;
    check_constrained(&matrices)?;
    generate(circuit, matrices, seed)
}

/// [`insecure_development_setup`] for any circuit with a constraint, whose matrices are these.
pub(crate) fn generate<C: ConstraintSynthesizer<Fr> + Clone>(
    circuit: &C,
    matrices: Matrices,
    seed: &[u8; 32],
) -> Result<ProvingKey, SetupError> {
    let digest = matrices.digest();
    // Bound to the circuit: two circuits never share their trapdoor.
    let seed = TaggedHasher::new(domain::DEVELOPMENT_SETUP).bytes(seed).digest(&digest).finish();
    let mut rng = ChaCha20Rng::from_seed(*seed.as_bytes());
    let mut rng = ArkRng(&mut rng);
    let [alpha, beta, gamma, delta] = core::array::from_fn(|_| Fr::rand(&mut rng));
    let key = Groth16::<Bn254>::generate_parameters_with_qap(
        circuit.clone(),
        alpha,
        beta,
        gamma,
        delta,
        ark_bn254::G1Affine::generator().into_group(),
        ark_bn254::G2Affine::generator().into_group(),
        &mut rng,
    )
    .map_err(SetupError::Setup)?;
    let verifying_key = tabella_verifier::VerifyingKey::from_parts(
        key.vk.alpha_g1,
        key.vk.beta_g2,
        key.vk.gamma_g2,
        key.vk.delta_g2,
        key.vk.gamma_abc_g1,
    )
    .map_err(|_| SetupError::Degenerate)?;
    let queries = Queries {
        alpha_g1: key.vk.alpha_g1,
        beta_g1: key.beta_g1,
        delta_g1: key.delta_g1,
        beta_g2: key.vk.beta_g2,
        delta_g2: key.vk.delta_g2,
        a: key.a_query,
        b_g1: Some(key.b_g1_query),
        b_g2: key.b_g2_query,
        h: key.h_query,
        h_basis: QuotientBasis::Coefficients,
        l: key.l_query,
    };
    Ok(ProvingKey::from_checked_parts(verifying_key, queries, matrices, Some(digest)))
}

fn check_constrained(matrices: &Matrices) -> Result<(), SetupError> {
    if matrices.constraints() == 0 {
        return Err(SetupError::Empty);
    }
    match matrices.first_unconstrained() {
        None => Ok(()),
        Some(place) => Err(match place.checked_sub(1 + matrices.public_inputs()) {
            Some(variable) => SetupError::UnconstrainedWitness { variable },
            None => SetupError::UnconstrainedPublicInput { input: place - 1 },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chain;
    use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, Variable};

    #[test]
    fn a_seed_gives_one_key_with_any_number_of_threads() {
        let with_threads = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| insecure_development_setup(&Chain::shape_only(500), &[1; 32]).unwrap().to_bytes())
        };
        let serial = with_threads(1);
        assert!(serial == with_threads(3));
        let other = insecure_development_setup(&Chain::shape_only(500), &[2; 32]).unwrap().to_bytes();
        assert!(serial != other);
    }

    #[test]
    fn the_bytes_are_the_same_on_every_machine() {
        let key = insecure_development_setup(&Chain::shape_only(5), &[1; 32]).unwrap();
        assert_eq!(
            ProvingKey::name_of(&key.to_bytes()).to_string(),
            "405b0ae8c49268d5ef972f644f05b805caeb716047b2aaf683001896d999d0ed"
        );
        assert_eq!(
            key.circuit_digest().to_string(),
            "257ce0d3cf98c0283b480aa23f79cf45043b6edf08d5daec4894750eaa6dd687"
        );
        assert_eq!(crate::circuit_shape(&Chain::shape_only(5)), Ok(key.shape()));
        assert_eq!(
            (key.shape().constraints, key.shape().public_inputs, key.shape().witness_variables),
            (7, 2, 6)
        );
    }

    /// One constraint on input 0 and witness 0; two inputs and two witness variables.
    #[derive(Clone)]
    struct Loose {
        tie_input: bool,
        tie_witness: bool,
        constraints: usize,
    }

    impl ConstraintSynthesizer<Fr> for Loose {
        fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
            let one = || Ok(Fr::from(1));
            let inputs = [cs.new_input_variable(one)?, cs.new_input_variable(one)?];
            let witness = [cs.new_witness_variable(one)?, cs.new_witness_variable(one)?];
            let lc = LinearCombination::<Fr>::from;
            for _ in 0..self.constraints {
                let a = || if self.tie_input { lc(inputs[0]) + inputs[1] } else { lc(inputs[0]) };
                let b = || if self.tie_witness { lc(witness[0]) + witness[1] } else { lc(witness[0]) };
                cs.enforce_r1cs_constraint(a, b, || lc(Variable::One))?;
            }
            Ok(())
        }
    }

    #[test]
    fn unconstrained_variables_are_refused() {
        let setup = |tie_input, tie_witness, constraints| {
            insecure_development_setup(&Loose { tie_input, tie_witness, constraints }, &[0; 32]).map(|_| ())
        };
        assert_eq!(setup(false, true, 1), Err(SetupError::UnconstrainedPublicInput { input: 1 }));
        assert_eq!(setup(true, false, 1), Err(SetupError::UnconstrainedWitness { variable: 1 }));
        assert_eq!(setup(true, true, 0), Err(SetupError::Empty));
        // Two inputs that only ever occur as a sum have equal points: the verifier's own check refuses that key.
        assert_eq!(setup(true, true, 3), Ok(()));
    }
}
