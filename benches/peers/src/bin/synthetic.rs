//! Makes key and witness of a synthetic circuit: `synthetic LOG_SIZE ZKEY WTNS VERIFICATION_KEY`.
//!
//! Development keys by arkworks' generator, from a fixed seed: for measurements only. Written as snarkjs writes them, so that every
//! prover can read them.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, Matrix, OptimizationGoal, R1CS_PREDICATE_LABEL, SynthesisMode,
};
use std::{fs, process::ExitCode};
use tabella_circom::{Zkey, json, wtns};
use tabella_peers::{Failure, odd_coset::OddCoset};
use tabella_prover::{
    KeyParts, ProvingKey, QuotientBasis, VerifyingKey,
    matrices::{Matrices, MatricesBuilder},
    synthetic::Synthetic,
};

/// A and B of the circuit, which is all that a key of snarkjs holds.
fn matrices(circuit: Synthetic) -> Result<Matrices, Failure> {
    let cs = ConstraintSystem::new_ref();
    cs.set_optimization_goal(OptimizationGoal::Constraints);
    cs.set_mode(SynthesisMode::Setup);
    circuit.generate_constraints(cs.clone())?;
    cs.finalize();
    let mut builder = MatricesBuilder::new(cs.num_instance_variables(), cs.num_witness_variables())?;
    let all = cs.to_matrices()?;
    let Some([a, b, ..]) = all.get(R1CS_PREDICATE_LABEL).map(Vec::as_slice) else {
        return Err("the circuit has no R1CS".into());
    };
    add(&mut builder, a)?;
    builder.next_matrix();
    add(&mut builder, b)?;
    Ok(builder.finish()?)
}

/// Rows with rising columns, none of them twice.
fn add(builder: &mut MatricesBuilder, matrix: &Matrix<Fr>) -> Result<(), Failure> {
    for row in matrix {
        let mut entries: Vec<(u32, Fr)> = Vec::with_capacity(row.len());
        for (value, column) in row {
            let column = u32::try_from(*column)?;
            match entries.iter_mut().find(|(other, _)| *other == column) {
                Some((_, sum)) => *sum += value,
                None => entries.push((column, *value)),
            }
        }
        entries.sort_unstable_by_key(|(column, _)| *column);
        builder.row(entries)?;
    }
    Ok(())
}

fn key(circuit: Synthetic) -> Result<ProvingKey, Failure> {
    let mut rng = ark_std::test_rng();
    let [alpha, beta, gamma, delta] = core::array::from_fn(|_| Fr::rand(&mut rng));
    let key = Groth16::<Bn254, OddCoset>::generate_parameters_with_qap(
        circuit,
        alpha,
        beta,
        gamma,
        delta,
        G1Affine::generator().into_group(),
        G2Affine::generator().into_group(),
        &mut rng,
    )?;
    let vk = key.vk;
    Ok(ProvingKey::from_parts(KeyParts {
        verifying_key: VerifyingKey::from_parts(
            vk.alpha_g1,
            vk.beta_g2,
            vk.gamma_g2,
            vk.delta_g2,
            vk.gamma_abc_g1,
        )?,
        beta_g1: key.beta_g1,
        delta_g1: key.delta_g1,
        a: key.a_query,
        b_g1: Some(key.b_g1_query),
        b_g2: key.b_g2_query,
        h: key.h_query,
        h_basis: QuotientBasis::OddCoset,
        l: key.l_query,
        matrices: matrices(circuit)?,
    })?)
}

fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [log_size, zkey, witness, verification_key] = arguments.as_slice() else {
        return Err("usage: synthetic LOG_SIZE ZKEY WTNS VERIFICATION_KEY".into());
    };
    let circuit = Synthetic::new(log_size.parse()?).ok_or("the size is out of range")?;
    let key = key(circuit)?;
    let json = json::key_to_json(key.verifying_key());
    fs::write(zkey, Zkey::from_key(key)?.to_bytes())?;
    fs::write(witness, wtns::to_bytes(&circuit.assignment()))?;
    // Last: whoever finds it finds all.
    Ok(fs::write(verification_key, json)?)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("synthetic: {failure}");
            ExitCode::FAILURE
        }
    }
}
