//! The ballot relation as a circuit.

mod rules;

use self::rules::RuleWires;
use crate::{
    constrain,
    gadgets::{
        edwards::EdwardsPoint, fingerprint, fixed_base, num::Num, path, poseidon, randomness::RandomnessBits,
        range::Unsigned, scalar::CanonicalScalar, slots, variable_base,
    },
    naming::numbered,
    part,
    sealed::ElectionWires,
};
use ark_ff::Field;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use core::fmt;
use tabella_primitives::{
    Fr, digest::tag_element, domain, edwards::Scalar, instance::PublicInputs, secret::Secret,
};
use tabella_protocol::{
    ballot::{BallotSize, BallotWitness, SealedElection, SealedInstance},
    election::{MESSAGE_BITS, RuleParameters, VOTE_BITS, WEIGHT_BITS},
    registry::MAX_DEPTH,
};

/// The ballot relation (`docs/relations/ballot.md`), twin of `tabella_protocol::ballot::ballot_holds`:
///
/// ```text
/// public    digest, gamma, fingerprint
/// witness   s, w, path, v_1..v_N, rho; root, rules, Y_1..Y_N, terms
/// ```
///
/// One circuit for all rules, registries of depth up to 32 with and without weights, and up to N options.
#[derive(Clone)]
pub struct BallotCircuit {
    size: BallotSize,
    statement: Option<Statement>,
}

#[derive(Clone)]
struct Statement {
    election: SealedElection,
    instance: SealedInstance,
    witness: BallotWitness,
}

/// Why there is no circuit for a witness, known before anything is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BallotCircuitError {
    /// The identity secret is 0, which belongs to no citizen.
    ZeroSecret,
    /// Another count of numbers than the election has options.
    Count {
        /// Number of options.
        expected: usize,
        /// Count of numbers.
        actual: usize,
    },
    /// A number of more than 16 bits, or one that has more than 39 bits when it is multiplied by the weight.
    TooLarge {
        /// Option, from 0.
        option: usize,
    },
}

impl fmt::Display for BallotCircuitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroSecret => f.write_str("the identity secret is 0, which belongs to no citizen"),
            Self::Count { expected, actual } => {
                write!(f, "{actual} numbers on a ballot with {expected} options")
            }
            Self::TooLarge { option } => {
                write!(f, "the number of the option with index {option} does not fit the circuit")
            }
        }
    }
}

impl core::error::Error for BallotCircuitError {}

impl BallotCircuit {
    /// The circuit for one statement. Whether the statement holds is found out by proving.
    ///
    /// # Errors
    /// [`BallotCircuitError`].
    pub fn new(
        election: SealedElection,
        instance: SealedInstance,
        witness: BallotWitness,
    ) -> Result<Self, BallotCircuitError> {
        let (expected, actual) = (election.parameters().options(), witness.votes.len());
        if actual != expected {
            return Err(BallotCircuitError::Count { expected, actual });
        }
        let fits =
            |vote: &u64| vote >> VOTE_BITS == 0 && (vote * u64::from(witness.weight)) >> MESSAGE_BITS == 0;
        if let Some(option) = witness.votes.iter().position(|vote| !fits(vote)) {
            return Err(BallotCircuitError::TooLarge { option });
        }
        if *witness.secret.expose_secret() == Scalar::default() {
            return Err(BallotCircuitError::ZeroSecret);
        }
        Ok(Self { size: election.size(), statement: Some(Statement { election, instance, witness }) })
    }

    /// The circuit without values, to lay out its constraints.
    #[must_use]
    pub const fn shape_only(size: BallotSize) -> Self {
        Self { size, statement: None }
    }

    /// Which circuit this is.
    #[must_use]
    pub const fn size(&self) -> BallotSize {
        self.size
    }
}

impl fmt::Debug for BallotCircuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BallotCircuit({}, ..)", self.size)
    }
}

impl ConstraintSynthesizer<Fr> for BallotCircuit {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let _ballot = part!("ballot");
        let inputs = self.statement.as_ref().map(|statement| statement.instance.public_inputs());
        let public_input =
            |place: usize| Num::public_input(&cs, inputs.and_then(|values| values.get(place).copied()));
        let [digest, gamma, sum] = [public_input(0)?, public_input(1)?, public_input(2)?];
        let election = self.statement.as_ref().map(|statement| &statement.election);
        let witness = self.statement.as_ref().map(|statement| &statement.witness);

        let secret = {
            let _part = part!("secret");
            let scalar = witness.map(|witness| Secret::new(*witness.secret.expose_secret()));
            CanonicalScalar::witness(&cs, scalar.as_ref())?
        };
        let voter = voter(&cs, &secret)?;
        let (wires, rules) = ElectionWires::new(&cs, self.size, election, || {
            let rules = RuleWires::new(&cs, election.map(|election| election.parameters().word()))?;
            Ok((rules.word().clone(), rules))
        })?;
        let (weight, leaf) = {
            let _part = part!("weight");
            weigh(&cs, &voter, &rules, witness)?
        };
        {
            let _part = part!("path");
            let path = witness.map(|witness| &witness.path);
            path::enforce_membership(&cs, &leaf, MAX_DEPTH, path, &wires.root)?;
        }
        let nullifier = {
            let _part = part!("nullifier");
            let tag = Num::constant(tag_element(domain::SEALED_NULLIFIER));
            poseidon::hash(&cs, &[tag, wires.id.clone(), secret.num().clone()])?
        };
        let randomness = {
            let _part = part!("randomness");
            RandomnessBits::witness(&cs, witness.map(|witness| &witness.randomness))?
        };
        let shared = {
            let _part = part!("shared");
            randomness.mul_base(&cs)?
        };
        let mut votes = Vec::with_capacity(self.size.slots());
        let mut bodies = Vec::with_capacity(self.size.slots());
        let option = part!("option");
        for (j, (key, used)) in wires.keys.iter().zip(rules.used()).enumerate() {
            let _number = numbered(j).entered();
            // Slots without option hold 0.
            let vote = witness.map(|witness| witness.votes.get(j).copied().unwrap_or(0));
            let vote = {
                let _part = part!("vote");
                Unsigned::witness(&cs, vote.map(u128::from), VOTE_BITS)?
            };
            let body = encrypt(&cs, vote.num(), weight.num(), key, &randomness)?;
            {
                let _part = part!("slot-x");
                bodies.push(used.mask(&cs, &body.x)?);
            }
            {
                let _part = part!("slot-y");
                bodies.push(used.mask(&cs, &body.y)?);
            }
            votes.push(vote);
        }
        drop(option);
        {
            let _part = part!("rules");
            let abstains = election
                .zip(witness)
                .map(|(election, witness)| election.parameters().is_abstention(&witness.votes));
            rules.enforce(&cs, &votes, abstains)?;
        }
        {
            let _part = part!("digest");
            let hash = {
                let _part = part!("bodies");
                slots::hash_points(&cs, self.size, &bodies)?
            };
            let tag = Num::constant(tag_element(domain::SEALED_BALLOT));
            let EdwardsPoint { x, y } = shared.clone();
            poseidon::enforce_hash(&cs, &[tag, wires.id.clone(), nullifier.clone(), x, y, hash], &digest)?;
        }
        let _part = part!("fingerprint");
        let head = [wires.id, nullifier, shared.x, shared.y];
        let elements: Vec<Num> = head.into_iter().chain(bodies).collect();
        fingerprint::enforce(&cs, &elements, &gamma, &sum)
    }
}

/// The identity commitment of the secret: parts `public-key` and `commitment`.
fn voter(cs: &ConstraintSystemRef<Fr>, secret: &CanonicalScalar) -> Result<Num, SynthesisError> {
    let public_key = {
        let _part = part!("public-key");
        fixed_base::mul_base(cs, secret)?
    };
    let _part = part!("commitment");
    poseidon::hash(cs, &public_key.into())
}

/// Weight and leaf: `c` and 1, or `H_3(tag, c, w)` and w.
fn weigh(
    cs: &ConstraintSystemRef<Fr>,
    commitment: &Num,
    rules: &RuleWires,
    witness: Option<&BallotWitness>,
) -> Result<(Unsigned, Num), SynthesisError> {
    let weight = Unsigned::witness(cs, witness.map(|witness| witness.weight.into()), WEIGHT_BITS)?;
    let weighted = rules.weighted().num();
    let plain = weighted.scaled(-Fr::ONE).plus(Fr::ONE);
    constrain!(
        cs,
        "plain-weight",
        plain.lc(),
        weight.num().plus(-Fr::ONE).lc(),
        ark_relations::gr1cs::LinearCombination::zero()
    )?;
    let hash = {
        let _part = part!("hash");
        let tag = Num::constant(tag_element(domain::WEIGHTED_LEAF));
        poseidon::hash(cs, &[tag, commitment.clone(), weight.num().clone()])?
    };
    let difference = &hash - commitment;
    let leaf = weighted
        .value()
        .zip(difference.value())
        .zip(commitment.value())
        .map(|((weighted, difference), commitment)| commitment + weighted * difference);
    let leaf = Num::witness(cs, leaf)?;
    constrain!(cs, "leaf", difference.lc(), weighted.lc(), (&leaf - commitment).lc())?;
    Ok((weight, leaf))
}

/// `w v B8 + rho Y`.
fn encrypt(
    cs: &ConstraintSystemRef<Fr>,
    vote: &Num,
    weight: &Num,
    key: &EdwardsPoint,
    randomness: &RandomnessBits,
) -> Result<EdwardsPoint, SynthesisError> {
    let plain = {
        let _part = part!("message");
        let integer = vote.value().zip(weight.value()).map(|(vote, weight)| vote * weight);
        let message = Unsigned::witness(cs, integer.map(low_bits), MESSAGE_BITS)?;
        constrain!(cs, "product", vote.lc(), weight.lc(), message.num().lc())?;
        let _part = part!("plain");
        fixed_base::mul_base_small(cs, message.bits())?
    };
    let mask = {
        let _part = part!("mask");
        variable_base::mul_key(cs, key, randomness)?
    };
    let _part = part!("body");
    plain.add(&mask, cs)
}

/// The lowest 128 bits of a field element.
fn low_bits(value: Fr) -> u128 {
    let [low, high, ..] = ark_ff::PrimeField::into_bigint(value).0;
    u128::from(high) << 64 | u128::from(low)
}

const _: () = assert!(MESSAGE_BITS.is_multiple_of(3) && MESSAGE_BITS <= fixed_base::MAX_SMALL_BITS);
const _: () = assert!(RuleParameters::WORD_BITS < 128);
