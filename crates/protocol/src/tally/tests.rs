#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::{
    election::{Abstention, Comparison, FrozenRegistry, Method, Quorum, Threshold, ThresholdBase, Window},
    registry::RegistryRoot,
};
use alloc::{format, string::ToString};
use proptest::{collection::vec, prelude::*};
use tabella_primitives::Fr;

fn manifest(rules: Rules, options: usize, registry_size: u64) -> Manifest {
    Manifest::builder("Lunch", "Where do we eat?")
        .options((0..options).map(|i| format!("Option {i}")))
        .rules(rules)
        .window(Window { opens_at: 1, closes_at: 2 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), registry_size))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .build()
        .unwrap()
}

/// The rules once more, as naively as possible: exact fractions as pairs, winners found by asking for each option how many
/// others beat it.
fn oracle(m: &Manifest, selections: &[Selection]) -> (Vec<u16>, Vec<u16>, bool) {
    let rules = m.rules();
    let n = u128::try_from(selections.len()).unwrap();
    let abstained = u128::try_from(selections.iter().filter(|s| s.indices().is_empty()).count()).unwrap();
    let votes =
        |o: &u16| u128::try_from(selections.iter().filter(|s| s.indices().contains(o)).count()).unwrap();
    let quorum = match rules.quorum {
        Quorum::None => true,
        Quorum::Ballots { count } => n >= u128::from(count),
        Quorum::RegistryShare { basis_points } => {
            n * 10_000 >= u128::from(basis_points) * u128::from(m.registry().size)
        }
    };
    let qualified = |o: &u16| {
        votes(o) > 0
            && match rules.threshold {
                Threshold::None => true,
                Threshold::Share { numerator, denominator, comparison, of } => {
                    let base = if of == ThresholdBase::AllBallots { n } else { n - abstained };
                    let (left, right) = (votes(o) * u128::from(denominator), base * u128::from(numerator));
                    if comparison == Comparison::MoreThan { left > right } else { left >= right }
                }
            }
    };
    let options: Vec<u16> = (0..u16::try_from(m.options().len()).unwrap()).filter(qualified).collect();
    let seats = usize::from(rules.seats);
    let better = |o: &u16| options.iter().filter(|p| votes(p) > votes(o)).count();
    let equal = |o: &u16| options.iter().filter(|p| votes(p) == votes(o)).count();
    let tied: Vec<u16> =
        options.iter().copied().filter(|o| better(o) < seats && better(o) + equal(o) > seats).collect();
    let mut winners: Vec<u16> = options
        .iter()
        .copied()
        .filter(|o| {
            let safe = better(o) + equal(o) <= seats;
            let place = better(o) + tied.iter().filter(|p| *p < o).count();
            safe || tied.contains(o)
                && match rules.ties {
                    TieRule::NoWinner => false,
                    TieRule::AllWin => true,
                    TieRule::OrderOfOptions => place < seats,
                }
        })
        .collect();
    winners.sort_by_key(|o| (core::cmp::Reverse(votes(o)), *o));
    if quorum { (winners, tied, true) } else { (Vec::new(), Vec::new(), false) }
}

prop_compose! {
    fn arb_rules(options: u16, registry_size: u64)(
        approval in any::<bool>(),
        refuse in any::<bool>(),
        min in 1..=options,
        extra in 0..options,
        seats in 1..=options,
        (numerator, more, all_ballots, has_threshold) in (1u32..12, any::<bool>(), any::<bool>(), any::<bool>()),
        denominator in 12u32..14,
        quorum in prop_oneof![
            Just(Quorum::None),
            (1..=registry_size).prop_map(|count| Quorum::Ballots { count }),
            (1u16..=10_000).prop_map(|basis_points| Quorum::RegistryShare { basis_points }),
        ],
        ties in prop_oneof![Just(TieRule::NoWinner), Just(TieRule::AllWin), Just(TieRule::OrderOfOptions)],
    ) -> Rules {
        let max = min.saturating_add(extra).min(options);
        Rules {
            method: if approval { Method::Approval { min, max } } else { Method::SingleChoice },
            abstention: if refuse { Abstention::Refused } else { Abstention::Allowed },
            seats,
            threshold: if has_threshold {
                Threshold::Share {
                    numerator,
                    denominator,
                    comparison: if more { Comparison::MoreThan } else { Comparison::AtLeast },
                    of: if all_ballots { ThresholdBase::AllBallots } else { ThresholdBase::BallotsWithChoice },
                }
            } else {
                Threshold::None
            },
            quorum,
            ties,
        }
    }
}

fn arb_election() -> impl Strategy<Value = (Manifest, Vec<Selection>)> {
    (2u16..6).prop_flat_map(|options| {
        (arb_rules(options, 30), vec(vec(0..options, 0..4), 0..24)).prop_map(move |(rules, raw)| {
            let m = manifest(rules, usize::from(options), 30);
            let selections =
                raw.into_iter().filter_map(|choice| Selection::from_indices(&m, choice).ok()).collect();
            (m, selections)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]
    #[test]
    fn the_tally_is_the_oracles((m, selections) in arb_election()) {
        let tally = Tally::count(&m, &selections).unwrap();
        let (winners, tied, quorum_met) = oracle(&m, &selections);
        prop_assert_eq!(&tally.winners, &winners);
        prop_assert_eq!(&tally.tied, &tied);
        prop_assert_eq!(tally.quorum_met, quorum_met);
        for (index, count) in (0u16..).zip(&tally.counts) {
            let votes = selections.iter().filter(|s| s.indices().contains(&index)).count();
            prop_assert_eq!(count.votes, u64::try_from(votes).unwrap());
        }
        let reversed: Vec<&Selection> = selections.iter().rev().collect();
        prop_assert_eq!(Tally::count(&m, reversed).unwrap(), tally.clone());
        let json = serde_json::to_string(&tally).unwrap();
        prop_assert_eq!(serde_json::from_str::<Tally>(&json).unwrap(), tally.clone());
        let text = tally.explain(&m).to_string();
        prop_assert_eq!(text.contains("Nobody wins"), winners.is_empty());
    }
}

fn count(rules: Rules, choices: &[&[u16]]) -> (Manifest, Tally) {
    let m = manifest(rules, 3, 10);
    let selections: Vec<Selection> =
        choices.iter().map(|c| Selection::from_indices(&m, c.iter().copied()).unwrap()).collect();
    let tally = Tally::count(&m, &selections).unwrap();
    (m, tally)
}

#[test]
fn half_is_not_more_than_half() {
    let half = |comparison| Rules {
        threshold: Threshold::Share {
            numerator: 1,
            denominator: 2,
            comparison,
            of: ThresholdBase::AllBallots,
        },
        ..Rules::single_choice()
    };
    let ballots: &[&[u16]] = &[&[0], &[0], &[1], &[]];
    assert_eq!(count(half(Comparison::MoreThan), ballots).1.outcome, Outcome::NoneQualified);
    assert_eq!(count(half(Comparison::AtLeast), ballots).1.winners, [0]);
}

#[test]
fn the_greatest_numbers_do_not_overflow() {
    let two_thirds = Threshold::Share {
        numerator: u32::MAX - 1,
        denominator: u32::MAX,
        comparison: Comparison::AtLeast,
        of: ThresholdBase::AllBallots,
    };
    assert!(two_thirds.is_met(u64::MAX, u64::MAX, 0));
    assert!(!two_thirds.is_met(u64::MAX / 2, u64::MAX, 0));
    assert_eq!(Quorum::RegistryShare { basis_points: 10_000 }.required(u64::MAX), u64::MAX);
    assert_eq!(Quorum::RegistryShare { basis_points: 3_333 }.required(10), 4, "a share is rounded up");
}

#[test]
fn a_tie_is_explained() {
    let (m, tally) = count(Rules::single_choice(), &[&[0], &[2], &[]]);
    assert_eq!(tally.outcome, Outcome::Tied);
    assert_eq!(
        tally.explain(&m).to_string(),
        "Where do we eat?\n\
         3 of 10 registered cast a ballot; 1 of them abstained.\n  \
         Option 0  1 vote (50.0%)\n  \
         Option 1  0 votes (0.0%)\n  \
         Option 2  1 vote (50.0%)\n\
         Nobody wins: there is a tie. \"Option 0\" and \"Option 2\" had equally many votes; by the rules none of them \
         wins."
    );
    let rules = Rules { seats: 2, ..Rules::single_choice() };
    let (m, tally) = count(rules, &[&[0], &[0], &[1], &[2]]);
    assert_eq!((tally.outcome, tally.winners.as_slice()), (Outcome::PartlyDecided, [0u16].as_slice()));
    assert!(tally.explain(&m).to_string().contains("Winner: \"Option 0\". 1 of 2 seats stay empty."));
}

#[test]
fn a_choice_against_the_rules_is_named_and_not_counted() {
    let approval = manifest(Rules::approval(1, 2), 3, 10);
    let two = Selection::from_indices(&approval, [0, 1]).unwrap();
    let mut counter = TallyCounter::new(&manifest(Rules::single_choice(), 3, 10));
    counter.add(&Selection::abstention()).unwrap();
    let error = SelectionError::TooMany { max: 1, actual: 2 };
    assert_eq!(counter.add(&two), Err(TallyError { position: 1, error }));
    assert_eq!(counter.finish().ballots, 1);
}
