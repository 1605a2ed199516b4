//! `ark-groth16` behind the line protocol: `peer-ark ZKEY WTNS THREADS`.
//!
//! It proves over the same `.zkey`, whose query h wants the quotient's values on the odd coset: [`OddCoset`] computes these, and
//! everything else is arkworks' own prover. The file is read by Tabella's reader.

use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::{Groth16, PreparedVerifyingKey, Proof, ProvingKey, VerifyingKey, prepare_verifying_key};
use ark_relations::gr1cs::Matrix;
use rayon::ThreadPool;
use serde_json::{Value, json};
use std::{fs, io, process::ExitCode, time::Instant};
use tabella_circom::{Zkey, json, wtns};
use tabella_peers::{Arguments, Failure, Prover, milliseconds, odd_coset::OddCoset, serve};
use tabella_primitives::rng::{self, ArkRng};

struct Peer {
    key: ProvingKey<Bn254>,
    prepared: PreparedVerifyingKey<Bn254>,
    matrices: [Matrix<Fr>; 2],
    inputs: usize,
    assignment: Vec<Fr>,
    pool: ThreadPool,
}

impl Prover for Peer {
    type Proved = Proof<Bn254>;

    fn prove(&mut self) -> Result<Self::Proved, Failure> {
        let mut rng = rng::from_os()?;
        let mut rng = ArkRng(&mut rng);
        let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let [a, _] = &self.matrices;
        let proof = self.pool.install(|| {
            Groth16::<Bn254, OddCoset>::create_proof_with_reduction_and_matrices(
                &self.key,
                r,
                s,
                &self.matrices,
                self.inputs,
                a.len(),
                &self.assignment,
            )
        });
        Ok(proof?)
    }

    fn phases(&self) -> Value {
        json!({})
    }

    fn verify(&self, proof: &Self::Proved) -> Result<(bool, Value, Value), Failure> {
        let inputs = &self.assignment[1..self.inputs];
        let verified = Groth16::<Bn254, OddCoset>::verify_proof(&self.prepared, proof, inputs)?;
        let proof = tabella_verifier::Proof::from_parts(proof.a, proof.b, proof.c)?;
        let proof = serde_json::from_str(&json::proof_to_json(&proof))?;
        Ok((verified, proof, serde_json::from_str(&json::inputs_to_json(inputs))?))
    }
}

/// arkworks' form of a key.
fn ark_key(key: &tabella_prover::ProvingKey) -> ProvingKey<Bn254> {
    let vk = key.verifying_key();
    ProvingKey {
        vk: VerifyingKey {
            alpha_g1: *vk.alpha(),
            beta_g2: *vk.beta(),
            gamma_g2: *vk.gamma(),
            delta_g2: *vk.delta(),
            gamma_abc_g1: vk.ic().to_vec(),
        },
        beta_g1: *key.beta_g1(),
        delta_g1: *key.delta_g1(),
        a_query: key.query_a().to_vec(),
        b_g1_query: key.query_b_g1().unwrap_or_default().to_vec(),
        b_g2_query: key.query_b_g2().to_vec(),
        h_query: key.query_h().to_vec(),
        l_query: key.query_l().to_vec(),
    }
}

fn rows<I: Iterator<Item = (u32, Fr)>>(
    count: usize,
    row: impl Fn(usize) -> I,
) -> Result<Matrix<Fr>, Failure> {
    let entry = |(column, value)| Ok((value, usize::try_from(column)?));
    (0..count).map(|number| row(number).map(entry).collect()).collect()
}

fn run() -> Result<(), Failure> {
    let arguments = Arguments::parse(std::env::args_os().skip(1))?;
    let start = Instant::now();
    let pool = arguments.pool()?;
    let key =
        pool.install(|| Zkey::from_bytes(&fs::read(&arguments.zkey)?).map_err(Failure::from))?.into_key();
    let matrices = key.matrices();
    let constraints = matrices.constraints();
    let ark = ark_key(&key);
    let mut peer = Peer {
        matrices: [
            rows(constraints, |row| matrices.a_row(row))?,
            rows(constraints, |row| matrices.b_row(row))?,
        ],
        inputs: matrices.public_inputs() + 1,
        assignment: wtns::from_bytes(&fs::read(&arguments.wtns)?)?.to_vec(),
        prepared: prepare_verifying_key(&ark.vk),
        key: ark,
        pool,
    };
    drop(key);
    let hello = json!({
        "peer": "ark-groth16",
        "version": "0.6.0",
        "threads": arguments.threads,
        "load_ms": milliseconds(start),
    });
    Ok(serve(&hello, &mut peer, io::stdin().lock(), io::stdout())?)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("peer-ark: {failure}");
            ExitCode::FAILURE
        }
    }
}
