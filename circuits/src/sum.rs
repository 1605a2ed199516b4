//! The sum relation as a circuit.

use crate::{
    constrain,
    gadgets::{edwards::EdwardsPoint, fingerprint, num::Num, poseidon},
    naming::numbered,
    part,
    sealed::{enforce_sum_name, hash_bodies, slot_points},
};
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError};
use core::fmt;
use tabella_primitives::{Fr, digest::tag_element, domain, edwards::Point, instance::PublicInputs};
use tabella_protocol::{
    ballot::{BallotSize, BatchSize, SealedBallot, SumInstance, SumWitness},
    statement::CircuitId,
};

/// The sum relation (`docs/relations/sum.md`), twin of `tabella_protocol::ballot::sum_holds`:
///
/// ```text
/// public    commitment, gamma, fingerprint, before, after
/// witness   election, A and B before, ballots m_1..m_n
/// before and after name sums of the election;  after = before + all ballots;  places without ballot add the identity
/// commitment = H_2(tag, tree(e_1..e_n));  fingerprint = sum_i gamma^i e_i;  e_i = d_i, or 0 in places without ballot
/// ```
#[derive(Clone)]
pub struct SumCircuit {
    size: BallotSize,
    batch: BatchSize,
    statement: Option<(SumInstance, SumWitness)>,
}

impl SumCircuit {
    /// The circuit for one statement. Whether the statement holds is found out by proving.
    #[must_use]
    pub fn new(instance: SumInstance, witness: SumWitness) -> Self {
        Self { size: witness.before().size(), batch: witness.batch(), statement: Some((instance, witness)) }
    }

    /// The circuit without values, to lay out its constraints.
    #[must_use]
    pub const fn shape_only(size: BallotSize, batch: BatchSize) -> Self {
        Self { size, batch, statement: None }
    }

    /// Which circuit this is.
    #[must_use]
    pub const fn id(&self) -> CircuitId {
        self.batch.circuit(self.size)
    }
}

impl fmt::Debug for SumCircuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SumCircuit({}, ..)", self.id())
    }
}

impl ConstraintSynthesizer<Fr> for SumCircuit {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let _sum = part!("sum");
        let inputs = self.statement.as_ref().map(|(instance, _)| instance.public_inputs());
        let public_input =
            |place: usize| Num::public_input(&cs, inputs.and_then(|values| values.get(place).copied()));
        // The order of `SumInstance::FIELDS`.
        let [commitment, gamma, value, before, after] =
            [public_input(0)?, public_input(1)?, public_input(2)?, public_input(3)?, public_input(4)?];
        let witness = self.statement.as_ref().map(|(_, witness)| witness);
        let id = witness.map(|witness| *witness.before().election().as_field());
        let wires = Batch { cs: &cs, size: self.size, election: Num::witness(&cs, id)? };

        let mut sum = {
            let _part = part!("before");
            let points = witness.map(|witness| witness.before().points());
            let sum = slot_points(&cs, self.size.slots() + 1, points)?;
            wires.enforce_name(&sum, &before)?;
            sum
        };
        let padding = {
            let _part = part!("padding");
            let nobody = [Fr::from(0u64), Fr::from(0u64), Fr::ONE].map(Num::constant);
            let [nullifier, x, y] = nobody;
            let bodies = Num::constant(self.size.hash_identities());
            wires.digest(nullifier, &EdwardsPoint { x, y }, bodies)?
        };
        let mut entries = Vec::with_capacity(self.batch.places());
        let ballots = part!("ballot");
        for place in 0..self.batch.places() {
            let _number = numbered(place).entered();
            let ballot = witness.map(|witness| witness.ballots().get(place));
            entries.push(wires.add_ballot(&mut sum, ballot, &padding)?);
        }
        drop(ballots);
        {
            let _part = part!("commitment");
            wires.commit(&entries, &commitment)?;
        }
        {
            let _part = part!("fingerprint");
            fingerprint::enforce(&cs, &entries, &gamma, &value)?;
        }
        let _part = part!("after");
        wires.enforce_name(&sum, &after)
    }
}

/// What all places have in common.
struct Batch<'a> {
    cs: &'a ConstraintSystemRef<Fr>,
    size: BallotSize,
    /// The election's identifier: fixed by the name of the sum before.
    election: Num,
}

impl Batch<'_> {
    fn enforce_name(&self, sum: &[EdwardsPoint], name: &Num) -> Result<(), SynthesisError> {
        enforce_sum_name(self.cs, self.size, &self.election, sum, name)
    }

    /// `H_6(tag, election, nullifier, C_0.x, C_0.y, bodies)`.
    fn digest(&self, nullifier: Num, shared: &EdwardsPoint, bodies: Num) -> Result<Num, SynthesisError> {
        let tag = Num::constant(tag_element(domain::SEALED_BALLOT));
        let EdwardsPoint { x, y } = shared.clone();
        poseidon::hash(self.cs, &[tag, self.election.clone(), nullifier, x, y, bodies])
    }

    /// Adds what stands in a place to the sum, and gives its entry.
    ///
    /// A place without ballot holds the identity in every slot. Its digest, `padding`, is that of no ballot that was ever accepted, since
    /// C_0 is not the identity.
    fn add_ballot(
        &self,
        sum: &mut [EdwardsPoint],
        ballot: Option<Option<&SealedBallot>>,
        padding: &Num,
    ) -> Result<Num, SynthesisError> {
        let cs = self.cs;
        let nullifier =
            ballot.map(|ballot| ballot.map_or(Fr::from(0u64), |ballot| *ballot.nullifier.as_field()));
        let nullifier = Num::witness(cs, nullifier)?;
        let identities = vec![Point::identity(); sum.len()];
        let points = ballot.map(|ballot| ballot.map_or(identities.as_slice(), |b| b.ciphertext.points()));
        let points = slot_points(cs, sum.len(), points)?;
        let (shared, bodies) = points.split_first().ok_or(SynthesisError::Unsatisfiable)?;
        let bodies = hash_bodies(cs, self.size, bodies)?;
        let digest = {
            let _part = part!("digest");
            self.digest(nullifier, shared, bodies)?
        };
        let entry = ballot.zip(digest.value()).map(|(ballot, digest)| match ballot {
            Some(_) => digest,
            None => Fr::from(0u64),
        });
        let entry = Num::witness(cs, entry)?;
        {
            let _part = part!("entry");
            let missing = &digest - &entry;
            // The digest or 0: else a prover could commit to digests of ballots that she does not add.
            constrain!(cs, "whole", entry.lc(), missing.lc(), LinearCombination::zero())?;
            // Who does not claim a ballot adds nothing: else a prover could add ballots that nobody cast.
            constrain!(cs, "nothing", missing.lc(), (&digest - padding).lc(), LinearCombination::zero())?;
        }
        let _part = part!("slot");
        for (slot, (sum, point)) in sum.iter_mut().zip(&points).enumerate() {
            let _number = numbered(slot).entered();
            *sum = sum.add(point, cs)?;
        }
        Ok(entry)
    }

    /// Enforces `commitment = H_2(tag, tree(entries))`.
    fn commit(&self, entries: &[Num], commitment: &Num) -> Result<(), SynthesisError> {
        let cs = self.cs;
        let group = part!("group");
        let groups = entries
            .as_chunks::<16>()
            .0
            .iter()
            .enumerate()
            .map(|(i, group)| {
                let _number = numbered(i).entered();
                poseidon::hash(cs, group)
            })
            .collect::<Result<Vec<_>, _>>()?;
        drop(group);
        let tree = {
            let _part = part!("tree");
            match groups.as_slice() {
                [a, b, c, d] => poseidon::hash(cs, &[a.clone(), b.clone(), c.clone(), d.clone()])?,
                groups => poseidon::hash::<16>(cs, groups.as_array().ok_or(SynthesisError::Unsatisfiable)?)?,
            }
        };
        let tag = Num::constant(tag_element(domain::SEALED_BATCH));
        poseidon::enforce_hash(cs, &[tag, tree], commitment)
    }
}
