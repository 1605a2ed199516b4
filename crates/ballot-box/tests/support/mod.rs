//! An election over a toy circuit: it has the four public inputs of membership and proves nothing, so that a ballot takes
//! milliseconds. What a proof means is tested where the circuit is; here it matters that a proof fits its inputs.

use ark_ff::Field;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use std::sync::LazyLock;
use tabella_ballot_box::{BallotBox, MemoryBallotStore};
use tabella_primitives::{
    Fr,
    instance::PublicInputs,
    rng::{self, CryptoRng},
};
use tabella_protocol::{
    ballot::{BallotStatement, CastBallot, Selection},
    election::{FrozenRegistry, Manifest, Rules, Window},
    registry::RegistryRoot,
    statement::Nullifier,
};
use tabella_prover::{ProvingKey, insecure_development_setup, prove};

pub(crate) const OPENS: u64 = 1_700_000_000;
pub(crate) const CLOSES: u64 = 1_700_003_600;

/// `x_i^2 = w_i` for each public input: any four inputs can be proved.
#[derive(Clone)]
struct Toy(Option<[Fr; 4]>);

impl ConstraintSynthesizer<Fr> for Toy {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let value = |i: usize| self.0.map(|x| x[i]).ok_or(SynthesisError::AssignmentMissing);
        let inputs: Vec<Variable> =
            (0..4).map(|i| cs.new_input_variable(|| value(i))).collect::<Result<_, _>>()?;
        for (i, x) in inputs.into_iter().enumerate() {
            let square = cs.new_witness_variable(|| value(i).map(|x| x.square()))?;
            let lc = LinearCombination::from;
            cs.enforce_r1cs_constraint(|| lc(x), || lc(x), || lc(square))?;
        }
        Ok(())
    }
}

pub(crate) static KEY: LazyLock<ProvingKey> =
    LazyLock::new(|| insecure_development_setup(&Toy(None), &[1; 32]).unwrap());

pub(crate) fn rng() -> impl CryptoRng {
    rng::from_os().unwrap()
}

pub(crate) fn manifest_with(rules: Rules, nonce: u8) -> Manifest {
    manifest_for(rules, nonce, 300)
}

/// An election with that many places in its registry.
pub(crate) fn manifest_for(rules: Rules, nonce: u8, places: u64) -> Manifest {
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park", "Roof"])
        .rules(rules)
        .window(Window { opens_at: OPENS, closes_at: CLOSES })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), places))
        .insecure_development_key(KEY.verifying_key().digest())
        .nonce([nonce; 32])
        .build()
        .unwrap()
}

pub(crate) fn manifest() -> Manifest {
    manifest_with(Rules::single_choice(), 1)
}

pub(crate) fn open() -> BallotBox<MemoryBallotStore> {
    open_for(manifest())
}

pub(crate) fn open_for(manifest: Manifest) -> BallotBox<MemoryBallotStore> {
    BallotBox::open(MemoryBallotStore::new(manifest), KEY.verifying_key().clone()).unwrap()
}

pub(crate) fn nullifier(voter: u64) -> Nullifier {
    Nullifier::from_field(Fr::from(1_000_000 + voter))
}

pub(crate) fn statement(manifest: &Manifest, voter: u64, choice: &[u16]) -> BallotStatement {
    let selection = Selection::from_indices(manifest, choice.iter().copied()).unwrap();
    BallotStatement::new(manifest, nullifier(voter), selection).unwrap()
}

/// A statement with a good proof.
pub(crate) fn proved(statement: BallotStatement) -> CastBallot {
    let proof = prove(&KEY, &Toy(Some(statement.instance().public_inputs())), &mut rng()).unwrap().proof;
    statement.into_ballot(proof.to_bytes()).into()
}

pub(crate) fn ballot(manifest: &Manifest, voter: u64, choice: &[u16]) -> CastBallot {
    proved(statement(manifest, voter, choice))
}

/// The same ballot with another proof.
pub(crate) fn with_proof(ballot: &CastBallot, proof: [u8; 256]) -> CastBallot {
    ballot.open().unwrap().statement().clone().into_ballot(proof).into()
}
