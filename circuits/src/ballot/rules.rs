//! The rules of an election as wires, and what they ask of the numbers on a ballot.

use crate::{
    constrain,
    gadgets::{
        boolean::Bit,
        num::Num,
        range::{Unsigned, enforce_range},
    },
    naming::numbered,
    part,
};
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError};
use tabella_primitives::{Fr, elgamal::MAX_SLOTS};
use tabella_protocol::election::{CREDIT_BITS, RuleParameters, SUM_BITS, VOTE_BITS};

/// The bits of [`RuleParameters::word`], and the integers in them.
pub(super) struct RuleWires {
    word: Unsigned,
    max: Num,
    min_sum: Num,
    max_sum: Num,
    credits: Num,
}

impl RuleWires {
    /// Allocates the word. One constraint for each bit: with them the integers are in range, and no other word has the same sum.
    pub(super) fn new(cs: &ConstraintSystemRef<Fr>, word: Option<u128>) -> Result<Self, SynthesisError> {
        let _part = part!("rules");
        let word = Unsigned::witness(cs, word, RuleParameters::WORD_BITS)?;
        let mut bits = word.bits().iter().map(Bit::num).skip(MAX_SLOTS);
        let mut integer = |width: usize| {
            let bits: Vec<&Num> = bits.by_ref().take(width).collect();
            Num::weighted_sum(cs, bits.into_iter(), Fr::ONE, AdditiveGroup::double)
        };
        let (max, min_sum) = (integer(VOTE_BITS), integer(SUM_BITS));
        let (max_sum, credits) = (integer(SUM_BITS), integer(CREDIT_BITS));
        Ok(Self { word, max, min_sum, max_sum, credits })
    }

    /// The word as it is hashed.
    pub(super) const fn word(&self) -> &Num {
        self.word.num()
    }

    /// For each of eight slots whether an option uses it.
    pub(super) fn used(&self) -> impl Iterator<Item = &Bit> {
        self.word.bits().iter().take(MAX_SLOTS)
    }

    /// The flags, which end the word: abstention allowed, order, weighted.
    fn flags(&self) -> [&Bit; 3] {
        self.word.bits().last_chunk().expect("the word has more bits than three").each_ref()
    }

    /// Whether citizens have weights.
    pub(super) fn weighted(&self) -> &Bit {
        let [_, _, weighted] = self.flags();
        weighted
    }

    /// Enforces what [`RuleParameters::check`] checks. Every number, and every difference that must not be negative, is in bits
    /// before it is added up or squared.
    pub(super) fn enforce(
        &self,
        cs: &ConstraintSystemRef<Fr>,
        votes: &[Unsigned],
        abstains: Option<bool>,
    ) -> Result<(), SynthesisError> {
        let zero = LinearCombination::zero;
        let mut squares = Vec::with_capacity(votes.len());
        let mut places = Vec::with_capacity(votes.len());
        let number = part!("number");
        for (j, (vote, used)) in votes.iter().zip(self.used()).enumerate() {
            let _number = numbered(j).entered();
            let unused = used.num().scaled(-Fr::ONE).plus(Fr::ONE);
            constrain!(cs, "unused", vote.num().lc(), unused.lc(), zero())?;
            {
                let _part = part!("at-most");
                enforce_range(cs, &(&self.max - vote.num()), VOTE_BITS)?;
            }
            let square = product(cs, vote.num(), vote.num())?;
            constrain!(cs, "square", vote.num().lc(), vote.num().lc(), square.lc())?;
            squares.push(square);
            places.push(place(cs, vote)?);
        }
        drop(number);
        let sum = |nums: &[Num]| Num::weighted_sum(cs, nums.iter(), Fr::ONE, |one| *one);
        let votes = Num::weighted_sum(cs, votes.iter().map(Unsigned::num), Fr::ONE, |one| *one);
        let [allowed, order, _] = self.flags();

        let abstains = {
            let _part = part!("abstains");
            Bit::witness(cs, abstains)?
        };
        let refused = allowed.num().scaled(-Fr::ONE).plus(Fr::ONE);
        constrain!(cs, "allowed", abstains.num().lc(), refused.lc(), zero())?;
        constrain!(cs, "nothing", votes.lc(), abstains.num().lc(), zero())?;
        // The least sum, or 0 of an abstention.
        let waived = {
            let _part = part!("waived");
            abstains.mask(cs, &self.min_sum)?
        };
        {
            let _part = part!("least");
            enforce_range(cs, &(&(&votes - &self.min_sum) + &waived), SUM_BITS)?;
        }
        {
            let _part = part!("most");
            enforce_range(cs, &(&self.max_sum - &votes), SUM_BITS)?;
        }
        {
            let _part = part!("credits");
            enforce_range(cs, &(&self.credits - &sum(&squares)), CREDIT_BITS)?;
        }
        // An order that is no abstention: sum_j 9^{v_j} has each of the digits of 0..k-1 once, and 0 as often again as there are
        // slots without option.
        let exempt = {
            let _part = part!("exempt");
            abstains.mask(cs, order.num())?
        };
        let slots = Num::constant(Fr::from(u64::try_from(squares.len()).unwrap_or(u64::MAX)));
        let used: Vec<&Num> = self.used().take(squares.len()).map(Bit::num).collect();
        let powers = Num::weighted_sum(cs, used.iter().copied(), Fr::ONE, |power| *power * Fr::from(9u64));
        let count = Num::weighted_sum(cs, used.iter().copied(), Fr::ONE, |one| *one);
        let expected = &(&powers + &slots) - &count;
        let difference = &sum(&places) - &expected;
        constrain!(cs, "order", difference.lc(), (order.num() - &exempt).lc(), zero())
    }
}

/// `9^v` for v below 8, as (1 + 8 b_0) (1 + 80 b_1) (1 + 6560 b_2): two constraints. Eight of them sum up without a carry, so that the
/// sum says how often each number occurs.
fn place(cs: &ConstraintSystemRef<Fr>, vote: &Unsigned) -> Result<Num, SynthesisError> {
    let [b0, b1, b2, ..] = vote.bits() else { return Err(SynthesisError::Unsatisfiable) };
    let [p0, p1, p2] =
        [(b0, 8u64), (b1, 80), (b2, 6560)].map(|(bit, less)| bit.num().scaled(Fr::from(less)).plus(Fr::ONE));
    let low = product(cs, &p0, &p1)?;
    constrain!(cs, "place-low", p0.lc(), p1.lc(), low.lc())?;
    let place = product(cs, &low, &p2)?;
    constrain!(cs, "place", low.lc(), p2.lc(), place.lc())?;
    Ok(place)
}

/// A wire for the product, to be constrained.
fn product(cs: &ConstraintSystemRef<Fr>, a: &Num, b: &Num) -> Result<Num, SynthesisError> {
    Num::witness(cs, a.value().zip(b.value()).map(|(a, b)| a * b))
}
