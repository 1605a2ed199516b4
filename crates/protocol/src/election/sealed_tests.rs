use super::*;
use alloc::string::ToString;
use alloc::{format, vec, vec::Vec};
use proptest::prelude::*;

fn plain(method: Method) -> SealedRules {
    SealedRules::plain(method)
}

fn weighted(method: Method, max_weight: u32) -> SealedRules {
    SealedRules { weighting: Weighting::Weighted { max_weight }, ..plain(method) }
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let score = |max| plain(Method::Score { max });
    let approval = |min, max| plain(Method::Approval { min, max });
    let bounds = |min, max| SealedRulesError::Method(RulesError::ApprovalBounds { min, max, options: 3 });
    for (rules, options, citizens, error) in [
        (score(1), 1, 9, SealedRulesError::NumberOfOptions { options: 1 }),
        (score(1), 9, 9, SealedRulesError::NumberOfOptions { options: 9 }),
        (score(1), 300, 9, SealedRulesError::NumberOfOptions { options: 300 }),
        (score(1), 3, 0, SealedRulesError::NumberOfCitizens { citizens: 0 }),
        (score(1), 3, (1 << 32) + 1, SealedRulesError::NumberOfCitizens { citizens: (1 << 32) + 1 }),
        (score(0), 3, 9, SealedRulesError::NoPoints { method: "score" }),
        (plain(Method::Budget { points: 0 }), 3, 9, SealedRulesError::NoPoints { method: "budget" }),
        (plain(Method::Quadratic { credits: 0 }), 3, 9, SealedRulesError::NoPoints { method: "quadratic" }),
        (approval(0, 1), 3, 9, bounds(0, 1)),
        (approval(2, 1), 3, 9, bounds(2, 1)),
        (approval(1, 4), 3, 9, bounds(1, 4)),
        (weighted(Method::SingleChoice, 0), 3, 9, SealedRulesError::NoWeight),
        (
            score(257),
            3,
            1 << 32,
            SealedRulesError::SumTooLarge { citizens: 1 << 32, max: 257, max_weight: 1 },
        ),
        (
            weighted(Method::Score { max: 2 }, 1 << 31),
            3,
            257,
            SealedRulesError::SumTooLarge { citizens: 257, max: 2, max_weight: 1 << 31 },
        ),
        (
            weighted(Method::Score { max: 256 }, 1 << 31),
            3,
            2,
            SealedRulesError::NumberTooLarge { max: 256, max_weight: 1 << 31 },
        ),
    ] {
        assert_eq!(rules.lower(options, citizens), Err(error), "{rules:?}");
        assert!(!error.to_string().is_empty());
    }
    // The bounds themselves are good.
    assert!(score(256).lower(8, 1 << 32).is_ok());
    assert!(weighted(Method::Score { max: 255 }, 1 << 31).lower(2, 2).is_ok());
    assert!(plain(Method::Quadratic { credits: u32::MAX }).lower(8, 1 << 24).is_ok());
}

#[test]
fn open_ballots_refuse_methods_that_need_numbers() {
    for method in [
        Method::Score { max: 3 },
        Method::Budget { points: 3 },
        Method::Quadratic { credits: 3 },
        Method::Borda,
    ] {
        let rules = Rules { method, ..Rules::single_choice() };
        let error = RulesError::SecretBallotsOnly { method: method.name() };
        assert_eq!(rules.check(3, 10), Err(error));
        assert!(error.to_string().contains(method.name()));
    }
}

#[test]
fn json_has_one_form() {
    let rules = SealedRules {
        method: Method::Quadratic { credits: 100 },
        abstention: Abstention::Allowed,
        weighting: Weighting::Weighted { max_weight: 5 },
    };
    let text = serde_json::to_string(&rules).unwrap();
    assert_eq!(
        text,
        r#"{"method":{"quadratic":{"credits":100}},"abstention":"allowed","weighting":{"weighted":{"max_weight":5}}}"#
    );
    assert_eq!(serde_json::from_str::<SealedRules>(&text).unwrap(), rules);
    for bad in [
        text.replace("100", "-1"),
        text.replace("100", "4294967296"),
        text.replace("quadratic", "cubic"),
        text.replace("max_weight", "weight"),
        text.replace("\"abstention\":\"allowed\",", ""),
        text.replace("{\"method\"", "{\"more\":1,\"method\""),
    ] {
        assert!(serde_json::from_str::<SealedRules>(&bad).is_err(), "{bad}");
    }
}

#[test]
fn the_word_holds_every_parameter() {
    let rules = SealedRules { abstention: Abstention::Allowed, ..weighted(Method::Borda, 3) };
    let word = rules.lower(4, 10).unwrap().word();
    let mut rest = word;
    let mut take = |bits: u32| {
        let value = rest & ((1 << bits) - 1);
        rest >>= bits;
        value
    };
    let fields: Vec<u128> = [8, 16, 19, 19, 35, 1, 1, 1].map(&mut take).to_vec();
    assert_eq!(fields, [0b1111, 3, 6, 6, 36, 1, 1, 1]);
    assert_eq!(rest, 0);
    assert_eq!(RuleParameters::WORD_BITS, 100);
    let greatest = plain(Method::Score { max: u16::MAX }).lower(8, 1).unwrap().word();
    assert!(greatest >> RuleParameters::WORD_BITS == 0);
}

/// What the methods mean, said directly.
fn allowed(rules: &SealedRules, votes: &[u64]) -> bool {
    let sum: u64 = votes.iter().sum();
    if votes.iter().all(|vote| *vote == 0) {
        return rules.abstention == Abstention::Allowed;
    }
    let each = |max: u64| votes.iter().all(|vote| *vote <= max);
    match rules.method {
        Method::SingleChoice => each(1) && sum == 1,
        Method::Approval { min, max } => each(1) && (u64::from(min)..=u64::from(max)).contains(&sum),
        Method::Score { max } => each(max.into()),
        Method::Budget { points } => sum <= points.into(),
        Method::Quadratic { credits } => votes.iter().map(|vote| vote * vote).sum::<u64>() <= credits.into(),
        Method::Borda => {
            let mut sorted = votes.to_vec();
            sorted.sort_unstable();
            sorted.iter().copied().eq(0..u64::try_from(votes.len()).unwrap())
        }
    }
}

fn rules() -> impl Strategy<Value = SealedRules> {
    let method = prop_oneof![
        Just(Method::SingleChoice),
        (1u16..=2, 0u16..2).prop_map(|(min, more)| Method::Approval { min, max: (min + more).min(2) }),
        (1u16..6).prop_map(|max| Method::Score { max }),
        (1u16..9).prop_map(|points| Method::Budget { points }),
        (1u32..40).prop_map(|credits| Method::Quadratic { credits }),
        Just(Method::Borda),
    ];
    (method, any::<bool>()).prop_map(|(method, abstention)| SealedRules {
        abstention: if abstention { Abstention::Allowed } else { Abstention::Refused },
        ..plain(method)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn lowered_rules_are_the_rules(rules in rules(), votes in prop::collection::vec(0u64..8, 2..=8)) {
        let parameters = rules.lower(votes.len(), 10).unwrap();
        prop_assert_eq!(parameters.check(&votes).is_ok(), allowed(&rules, &votes));
    }

    #[test]
    fn every_order_is_one_and_nothing_else_is(votes in Just((0u64..5).collect::<Vec<_>>()).prop_shuffle(), place in 0usize..5) {
        let parameters = plain(Method::Borda).lower(5, 10).unwrap();
        prop_assert_eq!(parameters.check(&votes), Ok(()));
        let mut twice = votes.clone();
        twice[place] = votes[(place + 1) % 5];
        prop_assert!(parameters.check(&twice).is_err());
    }
}

#[test]
fn what_is_wrong_with_votes_is_named() {
    let parameters = plain(Method::Quadratic { credits: 10 }).lower(3, 10).unwrap();
    for (votes, error) in [
        (vec![1, 1], VotesError::Count { expected: 3, actual: 2 }),
        (vec![4, 0, 0], VotesError::TooMany { option: 0, max: 3 }),
        (vec![0, 0, u64::MAX], VotesError::TooMany { option: 2, max: 3 }),
        (vec![3, 1, 1], VotesError::Credits { credits: 10 }),
        (vec![0, 0, 0], VotesError::AbstentionRefused),
    ] {
        assert_eq!(parameters.check(&votes), Err(error));
        assert!(!format!("{error}").is_empty());
    }
    let order = plain(Method::Borda).lower(3, 10).unwrap();
    assert_eq!(order.check(&[1, 1, 1]), Err(VotesError::NoOrder));
    assert_eq!(order.check(&[2, 2, 1]), Err(VotesError::Sum { min: 3, max: 3 }));
}
