//! Ten thousand random elections with secret ballots, without proofs: the sum that trustees open is the sum of what was voted.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use rayon::prelude::*;
use std::collections::BTreeMap;
use tabella_primitives::{
    Fr,
    cancel::CancelToken,
    digest::Digest,
    discrete_log::DiscreteLogTable,
    edwards::Scalar,
    elgamal::{Ciphertext, Randomness},
    progress::quietly,
};
use tabella_protocol::{
    ballot::BallotWitness,
    election::{Abstention, FrozenRegistry, Manifest, Method, RuleParameters, Rules, SecretBallots, Window},
    identity::IdentitySecret,
    registry::{LeanImt, RegistryRoot, weighted_leaf},
    tally::Tally,
    trustee::{
        CeremonyParameters, EncryptedSum, KeyCeremony, KeyShare, OpeningLedger, OpeningPolicy,
        ShareCollector, TrusteeSecret, hold_in_memory,
    },
};
use zeroize::Zeroizing;

const ELECTIONS: u64 = 10_000;

struct Trustees {
    secrets: Vec<TrusteeSecret>,
    shares: Vec<KeyShare>,
    ceremony: KeyCeremony,
}

/// Two of three, with so many keys.
fn trustees(slots: u8) -> Trustees {
    let rng = &mut ChaCha20Rng::seed_from_u64(slots.into());
    let secrets: Vec<TrusteeSecret> = (0..3).map(|_| TrusteeSecret::generate(rng)).collect();
    let keys = secrets.iter().map(|secret| *secret.keys()).collect();
    let parameters = CeremonyParameters::new([slots; 32], 2, slots, keys).unwrap();
    let held = hold_in_memory(parameters, &secrets, rng, |_, packages| packages).unwrap();
    Trustees { ceremony: held.record().verify().unwrap(), shares: held.shares, secrets }
}

fn method(seed: u64, options: u16) -> Method {
    match seed % 6 {
        0 => Method::SingleChoice,
        1 => Method::Approval { min: 1, max: options - 1 },
        2 => Method::Score { max: 9 },
        3 => Method::Budget { points: 7 },
        4 => Method::Quadratic { credits: 50 },
        _ => Method::Borda,
    }
}

/// Numbers that keep the rules, at random among small ones.
fn votes(parameters: &RuleParameters, rng: &mut ChaCha20Rng) -> Vec<u64> {
    let bound = u64::from(parameters.max().min(7)) + 1;
    loop {
        let votes: Vec<u64> = (0..parameters.options()).map(|_| rng.next_u64() % bound).collect();
        if parameters.check(&votes).is_ok() {
            return votes;
        }
    }
}

fn hold(seed: u64, trustees: &BTreeMap<u64, Trustees>, table: &DiscreteLogTable) {
    let rng = &mut ChaCha20Rng::seed_from_u64(seed);
    let options = if seed % 8 == 7 { 2 + rng.next_u64() % 7 } else { 2 + rng.next_u64() % 2 };
    let Trustees { secrets, shares, ceremony } = &trustees[&options];
    let rules = Rules {
        method: method(seed, u16::try_from(options).unwrap()),
        abstention: if rng.next_u64() % 2 == 0 { Abstention::Allowed } else { Abstention::Refused },
        ..Rules::single_choice()
    };
    let weighted = rng.next_u64() % 2 == 0;
    let citizens: Vec<(IdentitySecret, u32)> = (0..2 + rng.next_u64() % 2)
        .map(|_| {
            let weight = if weighted { 1 + u32::try_from(rng.next_u64() % 9).unwrap() } else { 1 };
            (IdentitySecret::from_scalar(Scalar::from(1 + rng.next_u64() % 1000)), weight)
        })
        .collect();
    let leaf = |(secret, weight): &(IdentitySecret, u32)| match weighted {
        true => weighted_leaf(&secret.commitment(), *weight),
        false => *secret.commitment().as_field(),
    };
    let mut tree = LeanImt::new();
    tree.insert_many(&citizens.iter().map(leaf).collect::<Vec<Fr>>()).unwrap();
    let secret = SecretBallots::new(ceremony, OpeningPolicy::new(2).unwrap());
    let manifest = Manifest::builder("Random", "Which?")
        .options((0..options).map(|option| format!("Option {option}")))
        .rules(rules)
        .window(Window { opens_at: 1, closes_at: 2 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(tree.root()), tree.size()))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .secret(if weighted { secret.weighted(9) } else { secret })
        .build()
        .unwrap();
    let election = manifest.sealed().unwrap();

    let mut naive = vec![0u64; election.parameters().options()];
    let ballots: Vec<Ciphertext> = (0..)
        .zip(&citizens)
        .map(|(place, (secret, weight))| {
            let votes = votes(election.parameters(), rng);
            for (sum, vote) in naive.iter_mut().zip(&votes) {
                *sum += vote * u64::from(*weight);
            }
            let witness = BallotWitness {
                secret: secret.clone(),
                weight: *weight,
                path: tree.path(place).unwrap(),
                votes: Zeroizing::new(votes),
                randomness: Randomness::random(rng),
            };
            election.seal(&witness).unwrap().ciphertext
        })
        .collect();

    let sum = EncryptedSum::of(ceremony, manifest.id(), &ballots).unwrap();
    let mut collector = ShareCollector::new(ceremony, &sum);
    let absent = usize::try_from(seed % 3).unwrap();
    for (number, (me, share)) in secrets.iter().zip(shares).enumerate() {
        if number != absent {
            let policy = manifest.secret().unwrap().policy;
            let authorised = OpeningLedger::new()
                .authorise(ceremony, share.trustee(), manifest.id(), &ballots, policy)
                .unwrap();
            collector.add(&share.decrypt(me, ceremony, &authorised, rng).unwrap()).unwrap();
        }
    }
    let opened = collector.combine().unwrap().numbers(table, &CancelToken::new(), &mut quietly).unwrap();
    assert_eq!(opened, naive, "seed {seed}: {rules:?}");
    assert!(manifest.greatest_sum(3).unwrap() >= naive.iter().copied().max().unwrap());
    let tally = Tally::of_sum(&manifest, sum.sum().count(), &opened).unwrap();
    let most = naive.iter().copied().max().unwrap();
    let best: Vec<u16> =
        (0u16..).zip(&naive).filter(|(_, number)| **number == most && most > 0).map(|(i, _)| i).collect();
    // One seat: the best one has it, unless it shares its place.
    assert_eq!(tally.winners, if best.len() == 1 { best } else { Vec::new() }, "seed {seed}");
    // In words an option gets points where the rules give points, and votes elsewhere.
    let unit = match rules.method {
        Method::Score { .. } | Method::Budget { .. } | Method::Borda => "point",
        _ => "vote",
    };
    let said = format!("\n  Option 0  {} {unit}", naive[0]);
    assert!(tally.explain(&manifest).to_string().contains(&said), "seed {seed}: {said}");
}

#[test]
fn ten_thousand_random_elections_open_to_what_was_voted() {
    let trustees: BTreeMap<u64, Trustees> =
        (2..=8).map(|slots| (slots, trustees(u8::try_from(slots).unwrap()))).collect();
    // Three citizens, nine votes, nine times each.
    let table = DiscreteLogTable::new(243, 1 << 16, &CancelToken::new(), &mut quietly).unwrap();
    (0..ELECTIONS).into_par_iter().for_each(|seed| hold(seed, &trustees, &table));
}
