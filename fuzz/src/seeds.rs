//! Inputs which each target accepts: where mutations start from.

use ark_relations::{
    gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
    lc,
};
use core::cell::LazyCell;
use serde_json::Value;
use tabella_params::{KeyFile, KeyKind, Provenance};
use tabella_primitives::{
    Fr,
    digest::Digest,
    eddsa::SigningKey,
    edwards::{Point, Scalar},
    encoding::Canonical,
};
use tabella_protocol::{
    ballot::{BallotStatement, OpenBallot, PROOF_BYTES, Selection},
    election::{FrozenRegistry, Manifest, Rules, Window},
    identity::{Identity, IdentityCommitment, IdentitySecret},
    record::RecordWriter,
    registry::{Registry, RegistryPage, RegistryUpper},
    statement::CircuitId,
    tally::Tally,
};
use tabella_prover::{Kernel, ProvingKey, TableSize, Tables, insecure_development_setup};
use tabella_testkit::semaphore_vector;
use tabella_verifier::{VerifyingKey, semaphore::SemaphoreProof, snarkjs};

/// The phrase of BIP-39 for 16 bytes of zero.
const PHRASE: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/// Files that circom and snarkjs wrote.
const CHAIN_ZKEY: &[u8] = include_bytes!("../../crates/circom/tests/data/chain.zkey");
const CHAIN_WTNS: &[u8] = include_bytes!("../../crates/circom/tests/data/chain.wtns");
const CHAIN_R1CS: &[u8] = include_bytes!("../../crates/circom/tests/data/chain.r1cs");
const POWER_WASM: &[u8] = include_bytes!("../../examples/circom/power.wasm");

/// The seeds of a target; none for an unknown name.
///
/// # Panics
/// If a known answer is missing: a defect of the repository.
#[must_use]
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let key = LazyCell::new(verifying_key);
    let election = LazyCell::new(Election::new);
    let more = crate::secret::seeds(target);
    let mut seeds = match target {
        "proof_bytes" => proofs().iter().map(|proof| proof.proof.to_bytes().to_vec()).collect(),
        "verifying_key_bytes" => vec![key.to_bytes()],
        "proving_key_bytes" => vec![proving_key().to_bytes()],
        "compact_key_bytes" => vec![proving_key().to_compact_bytes()],
        "key_tables_bytes" => Kernel::available()
            .into_iter()
            .map(|kernel| {
                let key = proving_key();
                let tables = Tables::new(&key, kernel, TableSize::Small, &|_, _| ());
                let kept = tables.to_kept(&ProvingKey::name_of(&key.to_bytes()));
                kept.pieces().collect::<Vec<_>>().concat()
            })
            .collect(),
        "key_file" => vec![key_file(&key.to_bytes())],
        "ballot_bytes" => election.ballots.iter().map(OpenBallot::to_bytes).collect(),
        "selection_bytes" => election.ballots.iter().map(|ballot| ballot.selection().to_bytes()).collect(),
        "point_bytes" => {
            vec![Point::base().to_packed().to_vec(), secret(1).public_key().to_packed().to_vec()]
        }
        "signature_bytes" => vec![SigningKey::derive(b"seed").sign(&Fr::from(1u64)).to_packed().to_vec()],
        "field_text" => vec![b"0".to_vec(), (-Fr::from(1u64)).to_decimal().into_bytes(), b"0a".repeat(32)],
        "snarkjs_key_json" => {
            vec![snarkjs::key_to_json(&key).into_bytes(), published_key().to_string().into_bytes()]
        }
        "snarkjs_proof_json" => {
            proofs().iter().map(|proof| snarkjs::proof_to_json(&proof.proof).into_bytes()).collect()
        }
        "snarkjs_inputs_json" => {
            vec![snarkjs::inputs_to_json(&[Fr::from(0u64), -Fr::from(1u64)]).into_bytes()]
        }
        "semaphore_proof_json" => proofs().iter().map(|proof| proof.to_json().into_bytes()).collect(),
        "key_manifest_json" => vec![tabella_params::Manifest::pinned().to_json().into_bytes()],
        "election_manifest_json" => vec![election.manifest.to_json().into_bytes()],
        "ballot_json" => election.ballots.iter().map(|ballot| ballot.to_json().into_bytes()).collect(),
        "record" => vec![election.record()],
        "census_csv" => vec![b"1\n2\n3\n".to_vec(), b"name,commitment\n\"a, b\",5\nc,6\n".to_vec()],
        "census_json_lines" => vec![b"\"1\"\n{\"commitment\":\"2\"}\n".to_vec()],
        "group_json" => vec![registry().to_group_json().into_bytes()],
        "registry_snapshot" => vec![snapshot(&registry())],
        "registry_pages" => {
            let registry = registry();
            let upper = RegistryUpper::of(registry.tree()).expect("it has citizens");
            let page = RegistryPage::of(registry.tree(), 0).expect("it has citizens");
            vec![upper.to_bytes(), page.to_bytes()]
        }
        "identity_export" => vec![Identity::from_private_key(b"key").export().as_bytes().to_vec()],
        "identity_phrase" => vec![PHRASE.as_bytes().to_vec(), PHRASE.to_uppercase().into_bytes()],
        // Append, update, remove; then appends and removes in a row.
        "registry_operations" => vec![
            vec![0, 1, 0, 2, 1, 9, 0, 5, 2, 8, 0, 1, 1, 3],
            (1..40).flat_map(|value| [value % 2 * 2, value]).collect(),
        ],
        "zkey_bytes" => {
            let own = tabella_circom::Zkey::from_key(proving_key()).expect("a small domain");
            vec![CHAIN_ZKEY.to_vec(), own.to_bytes()]
        }
        "wtns_bytes" => vec![CHAIN_WTNS.to_vec()],
        "r1cs_bytes" => vec![CHAIN_R1CS.to_vec()],
        "witness_program_bytes" => vec![POWER_WASM.to_vec()],
        "witness_inputs_json" => vec![
            br#"{"x": 3}"#.to_vec(),
            br#"{"a": [["1", "10"], ["-2", 3]], "b.c[0]": "21888242871839275222246405745257275088548364400416034343698204186575808495616"}"#.to_vec(),
        ],
        "ciphertext_bytes"
        | "trustee_package_bytes"
        | "trustee_package_json"
        | "trustee_parameters_json"
        | "trustee_registration_json"
        | "key_ceremony_json"
        | "key_share_bytes"
        | "opening_ledger_json" => crate::trustees::seeds(target),
        "sum_proof_json" | "tally_proof_json" | "tally_share_json" => crate::aggregates::seeds(target),
        _ => Vec::new(),
    };
    seeds.extend(more);
    seeds
}

fn proofs() -> Vec<SemaphoreProof> {
    let file = semaphore_vector("proofs.json");
    let proofs = file["proofs"].as_array().expect("a list of proofs");
    let decode =
        |proof: &Value| SemaphoreProof::from_json(&proof["proof"].to_string()).expect("a proof of Semaphore");
    proofs.iter().map(decode).collect()
}

fn published_key() -> Value {
    semaphore_vector("verification_keys.json")["keys"]["20"].clone()
}

fn verifying_key() -> VerifyingKey {
    snarkjs::key_from_json(&published_key().to_string()).expect("a key of Semaphore")
}

fn key_file(key: &[u8]) -> Vec<u8> {
    let circuit = Digest::from_bytes([1; 32]);
    KeyFile::new(KeyKind::Verifying, Provenance::Development, CircuitId::Membership20V1, circuit, key)
        .to_bytes()
}

/// `x y = z` with z public: the smallest key there is.
#[derive(Clone)]
struct Product;

impl ConstraintSynthesizer<Fr> for Product {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let z = cs.new_input_variable(|| Ok(Fr::from(6u64)))?;
        let x = cs.new_witness_variable(|| Ok(Fr::from(2u64)))?;
        let y = cs.new_witness_variable(|| Ok(Fr::from(3u64)))?;
        cs.enforce_r1cs_constraint(|| lc!() + x, || lc!() + y, || lc!() + z)
    }
}

/// A small proving key.
///
/// # Panics
/// Never: the circuit has a key.
#[must_use]
pub fn proving_key() -> ProvingKey {
    insecure_development_setup(&Product, &[0; 32]).expect("the circuit has a key")
}

fn secret(number: u64) -> IdentitySecret {
    IdentitySecret::from_scalar(Scalar::from(number))
}

fn registry() -> Registry {
    let mut registry = Registry::new();
    let citizens: Vec<IdentityCommitment> = (1..=5).map(|number| secret(number).commitment()).collect();
    registry.append_batch(&citizens).expect("the citizens are distinct");
    registry.remove(1).expect("the second one is there");
    registry
}

fn snapshot(registry: &Registry) -> Vec<u8> {
    let mut bytes = Vec::new();
    registry.write_snapshot(&mut bytes).expect("memory takes every byte");
    bytes
}

/// An election with two ballots, whose proofs are no proofs: decoders do not look at them.
struct Election {
    registry: Registry,
    manifest: Manifest,
    ballots: Vec<OpenBallot>,
}

impl Election {
    fn new() -> Self {
        let registry = registry();
        let root = registry.root().expect("it has citizens");
        let manifest = Manifest::builder("Assembly", "Which days suit you?")
            .description("One line.\nAnother one.")
            .options(["Monday", "Tuesday", "Wednesday"])
            .rules(Rules::approval(1, 2))
            .window(Window { opens_at: 1_800_000_000, closes_at: 1_800_003_600 })
            .registry(FrozenRegistry::new(root, registry.size()))
            .insecure_development_key(Digest::from_bytes([2; 32]))
            .nonce([3; 32])
            .build()
            .expect("the manifest keeps all rules");
        let ballot = |citizen: u64, options: &[u16]| {
            let selection =
                Selection::from_indices(&manifest, options.iter().copied()).expect("the rules allow it");
            let nullifier = secret(citizen).nullifier(&manifest.scope());
            let statement =
                BallotStatement::new(&manifest, nullifier, selection).expect("the rules allow it");
            statement.into_ballot([4; PROOF_BYTES])
        };
        let ballots = vec![ballot(1, &[0]), ballot(3, &[1, 2])];
        Self { registry, manifest, ballots }
    }

    fn record(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = RecordWriter::new(&mut bytes, &self.manifest).expect("memory takes every byte");
        for ballot in &self.ballots {
            writer.ballot(&ballot.clone().into()).expect("ballots follow the manifest");
        }
        writer.close(1_800_003_600).expect("the closing follows the ballots");
        writer.registry_leaves(self.registry.tree().leaves()).expect("leaves follow the closing");
        let selections = self.ballots.iter().map(OpenBallot::selection);
        let tally = Tally::count(&self.manifest, selections).expect("every selection was checked");
        writer.tally(&tally).expect("the tally follows the leaves");
        writer.finish().expect("nothing is missing");
        bytes
    }
}
