//! The tally relation as a circuit.

use crate::{
    constrain,
    gadgets::{
        boolean::Bit, challenge::ChallengeBits, edwards::EdwardsPoint, fixed_base, num::Num, poseidon,
        randomness::RandomnessBits, range::Unsigned, variable_base,
    },
    naming::numbered,
    part,
    sealed::{ElectionWires, enforce_sum_name, slot_points},
};
use ark_ff::Field;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use core::fmt;
use tabella_primitives::{
    Fr, challenge::CircuitChallenge, digest::tag_element, domain, elgamal::Randomness, instance::PublicInputs,
};
use tabella_protocol::{
    ballot::BallotSize,
    statement::CircuitId,
    trustee::{MAX_TALLY_SHARES, ProvenShare, TALLY_BITS, TallyInstance, TallyWitness},
};

/// The tally relation (`docs/relations/tally.md`), twin of `tabella_protocol::trustee::tally_holds`:
///
/// ```text
/// public    sum, first, second
/// witness   the election; A, B_1..B_N; T_1..T_N; of eight shares V, E, e, s, w
/// sum names A and B under the election;  D_k = B_k - T_k B8;  c_k, e are challenges
/// V and E have one logarithm to B8 and A, for each share;  sum w V = sum c_k Y_k;  sum w E = sum c_k D_k
/// ```
#[derive(Clone)]
pub struct TallyCircuit {
    size: BallotSize,
    statement: Option<(TallyInstance, TallyWitness)>,
}

impl TallyCircuit {
    /// The circuit for one statement. Whether the statement holds is found out by proving.
    #[must_use]
    pub fn new(instance: TallyInstance, witness: TallyWitness) -> Self {
        Self { size: witness.statement().size(), statement: Some((instance, witness)) }
    }

    /// The circuit without values, to lay out its constraints.
    #[must_use]
    pub const fn shape_only(size: BallotSize) -> Self {
        Self { size, statement: None }
    }

    /// Which circuit this is.
    #[must_use]
    pub const fn id(&self) -> CircuitId {
        self.size.tally_circuit()
    }
}

impl fmt::Debug for TallyCircuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TallyCircuit({}, ..)", self.id())
    }
}

impl ConstraintSynthesizer<Fr> for TallyCircuit {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let _tally = part!("tally");
        let inputs = self.statement.as_ref().map(|(instance, _)| instance.public_inputs());
        let public_input =
            |place: usize| Num::public_input(&cs, inputs.and_then(|values| values.get(place).copied()));
        // The order of `TallyInstance::FIELDS`.
        let public = [public_input(0)?, public_input(1)?, public_input(2)?];
        let witness = self.statement.as_ref().map(|(_, witness)| witness);
        let statement = witness.map(TallyWitness::statement);

        let election = statement.map(|statement| statement.election());
        let (election, ()) = ElectionWires::new(&cs, self.size, election, || {
            let word = election.map(|election| Fr::from(election.parameters().word()));
            Ok((Num::witness(&cs, word)?, ()))
        })?;
        let sum = {
            let _part = part!("sum");
            let points = statement.map(|statement| statement.sum().points());
            let sum = slot_points(&cs, self.size.slots() + 1, points)?;
            let [name, ..] = &public;
            enforce_sum_name(&cs, self.size, &election.id, &sum, name)?;
            sum
        };
        let (shared, bodies) = sum.split_first().ok_or(SynthesisError::Unsatisfiable)?;
        {
            let _part = part!("shared");
            shared.enforce_not_identity(&cs)?;
        }
        let images = images(&cs, shared, bodies, statement.map(|s| s.totals()), &public)?;

        let coefficients = coefficients(&cs, self.size, &public, statement.map(|s| s.coefficients()))?;
        let key = {
            let _part = part!("combined-key");
            combine(&cs, &election.keys, &coefficients)?
        };
        let image = {
            let _part = part!("combined-image");
            combine(&cs, &images, &coefficients)?
        };

        let mut sums: Option<[EdwardsPoint; 2]> = None;
        let share = part!("share");
        for place in 0..MAX_TALLY_SHARES {
            let _number = numbered(place).entered();
            let proven = witness.map(|witness| witness.shares().get(place));
            let proven = proven.map(|proven| proven.ok_or(SynthesisError::AssignmentMissing)).transpose()?;
            let [key, image] = weighted_share(&cs, proven, shared, &public)?;
            sums = Some(match sums {
                None => [key, image],
                Some([keys, images]) => {
                    let keys = {
                        let _part = part!("add-key");
                        keys.add(&key, &cs)?
                    };
                    let _part = part!("add-image");
                    [keys, images.add(&image, &cs)?]
                }
            });
        }
        drop(share);
        let [keys, images] = sums.ok_or(SynthesisError::Unsatisfiable)?;
        {
            let _part = part!("key");
            keys.enforce_equal(&key, &cs)?;
        }
        let _part = part!("image");
        images.enforce_equal(&image, &cs)
    }
}

/// The points D_1..D_N: `B_k - T_k B8`, or A in slots without option. Part `total`; the numbers are packed into the public inputs.
fn images(
    cs: &ConstraintSystemRef<Fr>,
    shared: &EdwardsPoint,
    bodies: &[EdwardsPoint],
    values: Option<&[u64]>,
    public: &[Num; 3],
) -> Result<Vec<EdwardsPoint>, SynthesisError> {
    let mut totals: Vec<Num> = Vec::with_capacity(bodies.len());
    let mut images = Vec::with_capacity(bodies.len());
    let total_part = part!("total");
    for (k, body) in bodies.iter().enumerate() {
        let _number = numbered(k).entered();
        let value = values.map(|values| values.get(k).copied());
        let total = {
            let _part = part!("number");
            Unsigned::witness(cs, value.map(|value| value.unwrap_or(0).into()), TALLY_BITS)?
        };
        let used = {
            let _part = part!("used");
            Bit::witness(cs, value.map(|value| value.is_some()))?
        };
        // (0, 0) is no point: a slot is without option exactly if it holds that.
        let unused = used.num().scaled(-Fr::ONE).plus(Fr::ONE);
        constrain!(cs, "empty-x", unused.lc(), body.x.lc(), LinearCombination::zero())?;
        constrain!(cs, "empty-y", unused.lc(), body.y.lc(), LinearCombination::zero())?;
        constrain!(cs, "empty-total", unused.lc(), total.num().lc(), LinearCombination::zero())?;
        let plain = {
            let _part = part!("plain");
            fixed_base::mul_base_small(cs, total.bits())?
        };
        let opened = {
            let _part = part!("opened");
            body.add(&plain.negated(), cs)?
        };
        let image = {
            let _part = part!("image");
            let x = {
                let _part = part!("x");
                used.choose(cs, &opened.x, &shared.x)?
            };
            let _part = part!("y");
            EdwardsPoint { x, y: used.choose(cs, &opened.y, &shared.y)? }
        };
        // Else its multiples would be free: only who knows the key and all randomness could arrange that.
        image.enforce_not_identity(cs)?;
        totals.push(total.num().clone());
        images.push(image);
    }
    drop(total_part);
    let one = || LinearCombination::from(Variable::One);
    let pack = |totals: &[Num]| {
        let base = Fr::from(1u64 << TALLY_BITS);
        Num::weighted_sum(cs, totals.iter(), Fr::ONE, |weight| *weight * base)
    };
    let (first, second) = totals.split_at_checked(4).unwrap_or((totals.as_slice(), &[]));
    let (first, second) = (pack(first), pack(second));
    let [_, packed_first, packed_second] = public;
    constrain!(cs, "first", first.lc(), one(), packed_first.lc())?;
    constrain!(cs, "second", second.lc(), one(), packed_second.lc())?;
    Ok(images)
}

/// The coefficients c_1..c_N: part `coefficient`.
fn coefficients(
    cs: &ConstraintSystemRef<Fr>,
    size: BallotSize,
    public: &[Num; 3],
    values: Option<Vec<CircuitChallenge>>,
) -> Result<Vec<ChallengeBits>, SynthesisError> {
    let _part = part!("coefficient");
    let [sum, first, second] = public.clone();
    (0..size.slots())
        .zip(1u64..)
        .map(|(place, k)| {
            let _number = numbered(place).entered();
            let tag = Num::constant(tag_element(domain::TALLY_COEFFICIENT));
            let number = Num::constant(Fr::from(k));
            let hash = poseidon::hash(cs, &[tag, sum.clone(), first.clone(), second.clone(), number])?;
            let value = values.as_ref().and_then(|values| values.get(place)).copied();
            let bits = ChallengeBits::witness(cs, value)?;
            bits.enforce_of(cs, &hash)?;
            Ok(bits)
        })
        .collect()
}

/// `sum_k c_k P_k`: parts `<k>/{multiple, sum}`.
fn combine(
    cs: &ConstraintSystemRef<Fr>,
    points: &[EdwardsPoint],
    coefficients: &[ChallengeBits],
) -> Result<EdwardsPoint, SynthesisError> {
    let mut sum: Option<EdwardsPoint> = None;
    for (k, (point, coefficient)) in points.iter().zip(coefficients).enumerate() {
        let _number = numbered(k).entered();
        let multiple = {
            let _part = part!("multiple");
            variable_base::mul_odd(cs, point, coefficient.bits())?
        };
        sum = Some(match sum {
            None => multiple,
            Some(sum) => {
                let _part = part!("sum");
                sum.add(&multiple, cs)?
            }
        });
    }
    sum.ok_or(SynthesisError::Unsatisfiable)
}

/// `w V` and `w E` of a share whose proof holds.
fn weighted_share(
    cs: &ConstraintSystemRef<Fr>,
    proven: Option<&ProvenShare>,
    shared: &EdwardsPoint,
    public: &[Num; 3],
) -> Result<[EdwardsPoint; 2], SynthesisError> {
    let key = {
        let _part = part!("key");
        EdwardsPoint::witness_of_prime_order(cs, proven.map(|proven| &proven.key))?
    };
    let image = {
        let _part = part!("image");
        EdwardsPoint::witness_of_prime_order(cs, proven.map(|proven| &proven.image))?
    };
    let index = Num::witness(cs, proven.map(|proven| Fr::from(proven.share.trustee().get())))?;
    let challenge = {
        let _part = part!("challenge");
        ChallengeBits::witness(cs, proven.map(|proven| proven.share.challenge()))?
    };
    let response = {
        let _part = part!("response");
        let response = proven.map(|proven| scalar_bits(*proven.share.response())).transpose()?;
        RandomnessBits::witness(cs, response.as_ref())?
    };
    // s B8 - e V and s A - e E.
    let over_generator = {
        let _part = part!("over-generator");
        let all = {
            let _part = part!("response");
            response.mul_base(cs)?
        };
        first_message(cs, &all, &key, &challenge)?
    };
    let over_shared = {
        let _part = part!("over-shared");
        let all = {
            let _part = part!("response");
            variable_base::mul_key(cs, shared, &response)?
        };
        first_message(cs, &all, &image, &challenge)?
    };
    {
        let _part = part!("hash");
        let tag = Num::constant(tag_element(domain::TALLY_SHARE));
        let [sum, first, second] = public.clone();
        let [v, e, r, q] = [&key, &image, &over_generator, &over_shared];
        let [x, y] = [|p: &EdwardsPoint| p.x.clone(), |p: &EdwardsPoint| p.y.clone()];
        let hash = poseidon::hash(
            cs,
            &[tag, sum, first, second, index, x(v), y(v), x(e), y(e), x(r), y(r), x(q), y(q)],
        )?;
        challenge.enforce_of(cs, &hash)?;
    }
    let weight = {
        let _part = part!("weight");
        let weight = proven.map(|proven| scalar_bits(proven.weight)).transpose()?;
        RandomnessBits::witness(cs, weight.as_ref())?
    };
    let key = {
        let _part = part!("weighted-key");
        // A weight of 0 would leave both products free.
        variable_base::mul_odd_not_zero(cs, &key, weight.bits())?
    };
    let _part = part!("weighted-image");
    Ok([key, variable_base::mul_key(cs, &image, &weight)?])
}

/// `all - e point`: parts `challenge` and `difference`.
fn first_message(
    cs: &ConstraintSystemRef<Fr>,
    all: &EdwardsPoint,
    point: &EdwardsPoint,
    challenge: &ChallengeBits,
) -> Result<EdwardsPoint, SynthesisError> {
    let multiple = {
        let _part = part!("challenge");
        variable_base::mul_odd(cs, point, challenge.bits())?
    };
    let _part = part!("difference");
    all.add(&multiple.negated(), cs)
}

/// A scalar that is not 0, for its bits.
fn scalar_bits(scalar: tabella_primitives::edwards::Scalar) -> Result<Randomness, SynthesisError> {
    Randomness::from_scalar(scalar).ok_or(SynthesisError::Unsatisfiable)
}
