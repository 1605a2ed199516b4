//! Ceremonies without a fault, and sums that open to what was encrypted.

use super::*;
use proptest::prelude::*;
use tabella_primitives::{
    cancel::CancelToken,
    discrete_log::DiscreteLogTable,
    edwards::{Point, Scalar},
    progress::quietly,
};

fn numbers(opened: &OpenedSum, bound: u64) -> Vec<u64> {
    let token = CancelToken::new();
    let table = DiscreteLogTable::new(bound, 1 << 20, &token, &mut quietly).unwrap();
    opened.numbers(&table, &token, &mut quietly).unwrap()
}

#[test]
fn every_size_gives_keys_that_fit_their_shares() {
    for (n, t, k) in
        [(1, 1, 1), (2, 1, 8), (2, 2, 1), (3, 2, 2), (5, 3, 3), (5, 5, 1), (20, 11, 1), (20, 20, 2)]
    {
        let done = Cast::new(n, t, k).hold();
        let ceremony = &done.ceremony;
        assert_eq!(ceremony.qualified(), (1..=n).map(index).collect::<Vec<_>>());
        assert_eq!((ceremony.blames(), ceremony.key().len()), (&[][..], usize::from(k)));
        let first: Vec<TrusteeIndex> = (1..=t).map(index).collect();
        for slot in 0..usize::from(k) {
            let mut secret = Scalar::from(0u8);
            for share in &done.shares {
                let scalar = *share.scalars()[slot].expose_secret();
                let key = ceremony.verification_key(share.trustee()).unwrap()[slot];
                assert_eq!(Point::mul_base(&scalar), key);
                if first.contains(&share.trustee()) {
                    secret += polynomial::lagrange(share.trustee(), &first) * scalar;
                }
            }
            assert_eq!(Point::mul_base(&secret), ceremony.key().points()[slot], "{n} {t} {k}");
        }
    }
}

#[test]
fn all_subsets_of_t_open_the_same_sum_and_fewer_open_none() {
    let done = Cast::new(5, 3, 2).hold();
    let ballots = done.ballots(&[[1, 0], [0, 5], [7, 2]]);
    let sum = EncryptedSum::of(&done.ceremony, election(1), &ballots).unwrap();
    let packages: Vec<Package> = (1..=5).map(|i| done.decrypt(i, election(1), &ballots)).collect();
    for subset in 0u8..1 << 5 {
        let mut collector = ShareCollector::new(&done.ceremony, &sum);
        let members: Vec<usize> = (0..5).filter(|i| (subset >> i) & 1 == 1).collect();
        for i in &members {
            collector.add(&packages[*i]).unwrap();
        }
        let opened = collector.combine();
        if members.len() < 3 {
            assert_eq!(opened, Err(CombineError::TooFew { shares: members.len(), threshold: 3 }));
        } else {
            let opened = opened.unwrap();
            let used: Vec<TrusteeIndex> =
                members.iter().take(3).map(|i| index(u8::try_from(i + 1).unwrap())).collect();
            assert_eq!(opened.trustees(), used);
            assert_eq!(numbers(&opened, 30), [8, 7]);
        }
    }
}

#[test]
fn the_order_of_packages_does_not_matter() {
    let straight = Cast::new(4, 2, 1).hold();
    let reversed = Cast::new(4, 2, 1).hold_with(|_, _, packages| packages.reverse()).unwrap();
    assert_eq!(straight.ceremony, reversed.ceremony);
    let mut record = CeremonyRecord::new(&straight.board, &straight.endorsements);
    let mut packages = record.packages().to_vec();
    packages.reverse();
    let mut board = Board::new(record.parameters().clone());
    for package in packages.iter().filter(|package| package.round() <= Round::Complain) {
        board.add(package.clone()).unwrap();
    }
    let mut endorsements = straight.endorsements.clone();
    endorsements.reverse();
    record = CeremonyRecord::new(&board, &endorsements);
    assert_eq!(record.verify(), Ok(straight.ceremony));
}

/// How many random cases: 64, or `TABELLA_RANDOM_CEREMONIES`.
fn cases() -> u32 {
    std::env::var("TABELLA_RANDOM_CEREMONIES").ok().and_then(|text| text.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]
    #[test]
    fn encrypted_sums_equal_plain_sums(
        (n, t) in (1u8..=6).prop_flat_map(|n| (Just(n), 1..=n)),
        k in 1u8..=4,
        rows in prop::collection::vec(prop::array::uniform4(0u64..1 << 20), 2..10),
        absent in any::<u8>(),
        seed in any::<u64>(),
    ) {
        let done = Cast::new(n, t, k).with_seed(seed).hold();
        let width = usize::from(k);
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let key = done.ceremony.key();
        let ballots: Vec<Ciphertext> = rows
            .iter()
            .map(|row| key.encrypt(&row[..width], &Randomness::random(rng)).unwrap())
            .collect();
        let sum = EncryptedSum::of(&done.ceremony, election(3), &ballots).unwrap();
        let mut collector = ShareCollector::new(&done.ceremony, &sum);
        // Any t of them, beginning anywhere.
        for i in 0..t {
            let number = 1 + (absent % n + i) % n;
            collector.add(&done.decrypt(number, election(3), &ballots)).unwrap();
        }
        let plain: Vec<u64> = (0..width).map(|j| rows.iter().map(|row| row[j]).sum()).collect();
        prop_assert_eq!(numbers(&collector.combine().unwrap(), 10 << 20), plain);
        prop_assert_eq!(collector.missing().len(), usize::from(n - t));
    }
}
