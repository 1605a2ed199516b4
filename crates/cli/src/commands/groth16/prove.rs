//! `tabella groth16 prove [KEY] [WITNESS] [PROOF] [PUBLIC]`; names that are left out are those of snarkjs.

use super::{
    as_snarkjs_writes,
    keys::{self, LIMIT},
    kinds::{CONSTRAINTS, INPUTS, PROGRAM, WITNESS},
};
use crate::{
    args::parse_positive,
    commands::tables::TableArgs,
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table, thousands},
    ui::{GOOD, Ui, styled},
};
use clap::{Args, builder::ArgPredicate};
use serde_json::json;
use std::{
    num::NonZeroUsize,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Instant,
};
use tabella::{
    circom::{
        R1cs, json as snarkjs,
        program::{Inputs, Limits, MAX_INPUT_JSON, ProgramError, WitnessProgram},
        wtns,
    },
    keys::KeyCache,
    primitives::{Fr, rng},
    prover::{ProveError, Prover, matrices::Matrices},
};
use zeroize::Zeroizing;

/// A proof.
#[derive(Args, Debug)]
pub(super) struct ProveArgs {
    /// The proving key: .zkey of snarkjs, or a key of Tabella
    #[arg(default_value = "circuit_final.zkey")]
    key: PathBuf,
    /// The witness: .wtns, as `snarkjs wtns calculate` writes it; with --wasm the inputs of the circuit, input.json
    #[arg(default_value = "witness.wtns", default_value_if("wasm", ArgPredicate::IsPresent, "input.json"))]
    witness: PathBuf,
    /// Where the proof goes
    #[arg(default_value = "proof.json")]
    proof: PathBuf,
    /// Where the public inputs go
    #[arg(default_value = "public.json")]
    public: PathBuf,
    /// The circuit's witness program, as `circom --wasm` writes it: computes the witness of the inputs, which are read as snarkjs reads
    /// them (3, "3", "03", "0x3", "-3", modulo r; in quotes beyond 2^53)
    #[arg(long, value_name = "FILE")]
    wasm: Option<PathBuf>,
    /// The constraints of the circuit: names the first one that the witness does not satisfy
    #[arg(long, value_name = "FILE")]
    r1cs: Option<PathBuf>,
    #[command(flatten)]
    tables: TableArgs,
    /// Number of threads, at most that of processors (default: all)
    #[arg(long, value_parser = parse_positive)]
    threads: Option<NonZeroUsize>,
    /// Overwrite files that are there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &ProveArgs, ui: &Ui) -> Result<Report, Failure> {
    let existing = Existing::from_force(args.force);
    if files::same_place(&args.proof, &args.public) {
        return Err(Failure::usage("proof and public inputs cannot go into one file"));
    }
    let inputs = [Some(&args.key), Some(&args.witness), args.wasm.as_ref(), args.r1cs.as_ref()];
    let inputs: Vec<&Path> = inputs.into_iter().flatten().map(|path| path.as_path()).collect();
    // Before the work, not after it.
    files::check_output(&args.proof, existing, &inputs)?;
    files::check_output(&args.public, existing, &inputs)?;
    // That one is missing is said before the others are read.
    inputs.iter().try_for_each(|input| files::open(input).map(drop))?;
    // More threads than processors only wait for each other.
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.map_or(0, |threads| threads.get().min(processors)))
        .build()
        .map_err(Failure::internal)?;
    pool.install(|| prove(args, existing, ui))
}

fn prove(args: &ProveArgs, existing: Existing, ui: &Ui) -> Result<Report, Failure> {
    // What is cheap first: a witness that is none, or is another circuit's, is known before tables are computed.
    let start = Instant::now();
    let bytes = keys::read(&args.key)?;
    let read_seconds = start.elapsed().as_secs_f64();
    let constraints = args.r1cs.as_ref().map(|path| Ok((path, constraints(path)?))).transpose()?;
    let assignment = match &args.wasm {
        Some(program) => compute(program, &args.witness, ui)?,
        None => read_witness(&args.witness)?,
    };
    let start = Instant::now();
    let bar = ui.progress("opening the proving key", None);
    let opener = args.tables.opener(KeyCache::open_default().ok(), ui, &bar);
    let mut key = keys::check(&args.key, &bytes, &opener)?;
    if let Some((path, constraints)) = constraints {
        key = key
            .with_constraints(constraints)
            .map_err(|e| Failure::refused("other-circuit", format_args!("{}: {e}", path.display())))?;
    }
    key.key().check_assignment(&assignment).map_err(|error| failure(args, &error))?;
    let key = key.with_tables();
    drop(opener);
    drop((bytes, bar));
    let open_seconds = read_seconds + start.elapsed().as_secs_f64();
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let bar = ui.progress("proving", None);
    let start = Instant::now();
    let proved = Prover::new(&key)
        .on_stage(|stage| {
            bar.say(&format!("proving: {stage}"));
            ControlFlow::Continue(())
        })
        .prove_assignment(assignment, &mut rng);
    let prove_seconds = start.elapsed().as_secs_f64();
    drop(bar);
    let proved = proved.map_err(|error| failure(args, &error))?;
    let proof = as_snarkjs_writes(&snarkjs::proof_to_json(&proved.proof));
    let public = as_snarkjs_writes(&snarkjs::inputs_to_json(&proved.public_inputs));
    // The proof last: whoever finds it finds its public inputs.
    let outputs = [(args.public.as_path(), public.as_bytes()), (args.proof.as_path(), proof.as_bytes())];
    files::write_together(&outputs, existing, Privacy::Public)?;
    let (proof, public) = (args.proof.display().to_string(), args.public.display().to_string());
    let (public_inputs, constraints) = (proved.public_inputs.len(), key.shape().constraints);
    // Those that the proof was multiplied with.
    let (tables, bytes) = (key.points().size().to_string(), key.points().bytes());
    let kernel = key.points().kernel().to_string();
    let rows = [
        ("proof", proof.clone()),
        ("public inputs", format!("{public} ({public_inputs})")),
        ("constraints", constraints.to_string()),
        ("tables", tables.clone()),
        ("points in memory", format!("{} bytes", thousands(u64::try_from(bytes).unwrap_or(u64::MAX)))),
        ("kernel", kernel.clone()),
        ("opening the key", format!("{open_seconds:.3} s")),
        ("proving", format!("{prove_seconds:.3} s")),
    ];
    let text = format!("{}\n{}", styled(GOOD, "proved and verified"), table(&rows));
    let json = json!({
        "proof": proof, "public": public, "public_inputs": public_inputs, "constraints": constraints, "tables": tables,
        "point_bytes": bytes, "kernel": kernel, "open_seconds": open_seconds, "prove_seconds": prove_seconds,
    });
    Ok(Report::new(json, text))
}

/// Reads a witness.
pub(crate) fn read_witness(path: &Path) -> Result<Zeroizing<Vec<Fr>>, Failure> {
    let bytes = files::read_secret(path, LIMIT)?;
    wtns::from_bytes(&bytes).map_err(|e| WITNESS.refuse(path, &bytes, e))
}

/// Reads the constraints of a circuit.
fn constraints(path: &Path) -> Result<Matrices, Failure> {
    let bytes = files::read(path, LIMIT)?;
    let constraints = R1cs::from_bytes(&bytes).map_err(|e| CONSTRAINTS.refuse(path, &bytes, e))?;
    Ok(constraints.into_matrices())
}

/// Runs a witness program.
fn compute(program: &Path, inputs: &Path, ui: &Ui) -> Result<Zeroizing<Vec<Fr>>, Failure> {
    let parsed = {
        let bytes = files::read_secret(inputs, u64::try_from(MAX_INPUT_JSON).unwrap_or(u64::MAX))?;
        let text = str::from_utf8(&bytes).map_err(|e| INPUTS.refuse(inputs, &bytes, e))?;
        Inputs::from_json(text).map_err(|e| INPUTS.refuse(inputs, &bytes, e))?
    };
    let bytes = files::read(program, LIMIT)?;
    let witness_program = WitnessProgram::from_bytes(&bytes).map_err(|e| match e {
        ProgramError::Malformed { reason } => PROGRAM.refuse(program, &bytes, reason),
        other => Failure::bad_input("malformed-file", format_args!("{}: {other}", program.display())),
    })?;
    let bar = ui.progress("computing the witness", None);
    let assignment = witness_program.run(&parsed, &Limits::default());
    drop(bar);
    assignment.map_err(|error| {
        let message = format!("{} with {}: {error}", program.display(), inputs.display());
        match error {
            ProgramError::Rejected { .. } => Failure::refused("unsatisfied", message),
            ProgramError::UnknownInput { .. }
            | ProgramError::InputLength { .. }
            | ProgramError::MissingInputs { .. } => Failure::bad_input("other-inputs", message),
            _ => Failure::bad_input("malformed-file", message),
        }
    })
}

fn failure(args: &ProveArgs, error: &ProveError) -> Failure {
    let witness = args.witness.display();
    match error {
        ProveError::Unsatisfied { constraint, .. } => {
            Failure::refused("unsatisfied", format_args!("{witness}: {error}"))
                .with_data(json!({ "constraint": constraint }))
        }
        ProveError::UnsatisfiedOrDamaged => {
            Failure::refused("unsatisfied", format_args!("{witness}: {error}"))
                .hint("--r1cs with the circuit's constraints names the first one that does not hold")
        }
        ProveError::AssignmentLength { .. } => {
            Failure::refused("other-circuit", format_args!("{witness}, {}: {error}", args.key.display()))
                .hint("both must be made for the same circuit, compiled in the same way")
        }
        ProveError::SelfVerification => {
            Failure::refused("damaged-key", format_args!("{}: {error}", args.key.display())).hint(
                "if its tables are at fault, proving works with --tables none; remove them from the cache",
            )
        }
        other => Failure::internal(other),
    }
}
