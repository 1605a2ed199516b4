//! What the relations on secret ballots have in common: elections, points for each slot, names of sums.

use crate::{
    gadgets::{edwards::EdwardsPoint, num::Num, poseidon, slots},
    part,
};
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use tabella_primitives::{Fr, digest::tag_element, domain, edwards::Point};
use tabella_protocol::ballot::{BallotSize, SealedElection};

/// An election as circuits know it: what its identifier is the hash of.
pub(crate) struct ElectionWires {
    pub(crate) id: Num,
    pub(crate) root: Num,
    pub(crate) keys: Vec<EdwardsPoint>,
}

impl ElectionWires {
    /// Opens the identifier; `rules` allocates the word of the rules and whatever else of them is wanted.
    ///
    /// Whatever is hashed needs no constraint but that: the verifier computed the identifier from values that were checked.
    pub(crate) fn new<R>(
        cs: &ConstraintSystemRef<Fr>,
        size: BallotSize,
        election: Option<&SealedElection>,
        rules: impl FnOnce() -> Result<(Num, R), SynthesisError>,
    ) -> Result<(Self, R), SynthesisError> {
        let _part = part!("election");
        let terms = Num::witness(cs, election.map(SealedElection::terms_element))?;
        let root = Num::witness(cs, election.map(|election| *election.root().as_field()))?;
        let (word, rules) = rules()?;
        let points = election.map(|election| election.slot_keys().collect::<Vec<_>>());
        let keys = slot_points(cs, size.slots(), points.as_deref())?;
        let hash = {
            let _part = part!("keys");
            slots::hash_points(cs, size, &coordinates(&keys))?
        };
        let tag = Num::constant(tag_element(domain::SEALED_ELECTION));
        let id = poseidon::hash(cs, &[tag, terms, root.clone(), word, hash])?;
        Ok((Self { id, root, keys }, rules))
    }
}

/// Wires for so many points; (0, 0), which is no point, where there is none.
pub(crate) fn slot_points(
    cs: &ConstraintSystemRef<Fr>,
    count: usize,
    points: Option<&[Point]>,
) -> Result<Vec<EdwardsPoint>, SynthesisError> {
    (0..count)
        .map(|slot| {
            let point = points.map(|points| points.get(slot).map(Point::to_xy).unwrap_or_default());
            let x = Num::witness(cs, point.map(|(x, _)| x))?;
            let y = Num::witness(cs, point.map(|(_, y)| y))?;
            Ok(EdwardsPoint { x, y })
        })
        .collect()
}

/// x and y of all points in their order.
fn coordinates(points: &[EdwardsPoint]) -> Vec<Num> {
    points.iter().flat_map(|point| [point.x.clone(), point.y.clone()]).collect()
}

/// `H_2N` of the points of all slots: part `bodies`.
pub(crate) fn hash_bodies(
    cs: &ConstraintSystemRef<Fr>,
    size: BallotSize,
    bodies: &[EdwardsPoint],
) -> Result<Num, SynthesisError> {
    let _part = part!("bodies");
    slots::hash_points(cs, size, &coordinates(bodies))
}

/// Enforces `name = H_5(tag, election, A.x, A.y, H(B_1..B_N))` for the points A, B_1..B_N.
pub(crate) fn enforce_sum_name(
    cs: &ConstraintSystemRef<Fr>,
    size: BallotSize,
    election: &Num,
    sum: &[EdwardsPoint],
    name: &Num,
) -> Result<(), SynthesisError> {
    let (shared, bodies) = sum.split_first().ok_or(SynthesisError::Unsatisfiable)?;
    let bodies = hash_bodies(cs, size, bodies)?;
    let tag = Num::constant(tag_element(domain::SEALED_SUM));
    let EdwardsPoint { x, y } = shared.clone();
    poseidon::enforce_hash(cs, &[tag, election.clone(), x, y, bodies], name)
}
