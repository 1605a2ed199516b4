//! Fewer than t trustees, with everything they have, learn nothing.

use super::*;
use alloc::{string::ToString, vec};
use tabella_primitives::{
    edwards::{Point, Scalar},
    encoding::Canonical,
    secret::Secret,
};

/// Subsets of 1..=n with so many members.
fn subsets(n: u8, members: u32) -> Vec<Vec<TrusteeIndex>> {
    (0u32..1 << n)
        .filter(|bits| bits.count_ones() == members)
        .map(|bits| (1..=n).filter(|i| (bits >> (i - 1)) & 1 == 1).map(index).collect())
        .collect()
}

/// The value at 0 of the polynomial of least degree through these points.
fn interpolate(values: &[(TrusteeIndex, Scalar)]) -> Scalar {
    let among: Vec<TrusteeIndex> = values.iter().map(|(i, _)| *i).collect();
    values.iter().map(|(i, value)| polynomial::lagrange(*i, &among) * value).sum()
}

/// Every coalition of t - 1 of 5, for every t: its shares interpolate to a wrong key and decrypt neither a ballot nor the sum, and for
/// every key that one could think of there are shares of the others which make it the right one. So its shares rule no key out.
#[test]
fn no_coalition_of_t_minus_1_opens_a_ballot_or_the_sum() {
    for t in 2..=5u8 {
        let done = Cast::new(5, t, 2).hold();
        let rows = [[1, 0], [0, 1], [1, 1]];
        let ballots = done.ballots(&rows);
        let sum = EncryptedSum::of(&done.ceremony, election(1), &ballots).unwrap();
        let totals = [2u64, 2];
        let coalitions = subsets(5, u32::from(t) - 1);
        assert!(!coalitions.is_empty());
        for coalition in &coalitions {
            for slot in 0..2 {
                let values: Vec<(TrusteeIndex, Scalar)> = coalition
                    .iter()
                    .map(|i| (*i, *done.share(i.get()).scalars()[slot].expose_secret()))
                    .collect();
                let guess = interpolate(&values);
                let key = done.ceremony.key().points()[slot];
                assert_ne!(Point::mul_base(&guess), key);
                // All sums of a subset of its shares, too: nothing it can add up is the key.
                for bits in 0u32..1 << values.len() {
                    let part: Vec<_> =
                        (0..values.len()).filter(|i| (bits >> i) & 1 == 1).map(|i| values[i]).collect();
                    let attempts = [interpolate(&part), part.iter().map(|(_, v)| *v).sum()];
                    for attempt in attempts {
                        for (ballot, row) in ballots.iter().zip(&rows) {
                            let opened = ballot.points()[slot + 1] - ballot.points()[0].mul_vartime(&attempt);
                            assert_ne!(opened, Point::mul_base(&Scalar::from(row[slot])));
                        }
                        let opened = sum.sum().bodies()[slot] - sum.sum().shared().mul_vartime(&attempt);
                        assert_ne!(opened, Point::mul_base(&Scalar::from(totals[slot])));
                    }
                }
                // Any other key fits what the coalition has: add one point of its choice outside, and t values give that key.
                for other in [Scalar::from(0u8), Scalar::from(12_345u32), -guess] {
                    let outsider = (1..=5).map(index).find(|i| !coalition.contains(i)).unwrap();
                    let mut all: Vec<TrusteeIndex> = coalition.clone();
                    all.push(outsider);
                    let known: Scalar = values.iter().map(|(i, v)| polynomial::lagrange(*i, &all) * v).sum();
                    let fitting = (other - known) / polynomial::lagrange(outsider, &all);
                    let mut completed = values.clone();
                    completed.push((outsider, fitting));
                    assert_eq!(interpolate(&completed), other);
                }
            }
        }
    }
}

/// Every coalition of 2 of 5 with t = 3, with its registered keys and all that was ever said: it opens the envelopes to its members and no
/// others; what it has of each honest dealer does not give that dealer's secret, and fits any other; and no sum of what it has is the key.
#[test]
fn what_a_coalition_decrypts_leaves_every_honest_secret_open() {
    let done = Cast::new(5, 3, 1).hold();
    let board = &done.board;
    let key = done.ceremony.key().points()[0];
    for coalition in subsets(5, 2) {
        let mut guess = Scalar::from(0u8);
        for dealer in (1..=5).map(index) {
            let dealt = board.dealt(dealer).unwrap();
            let constant = dealt.reveal.constants()[0];
            let mut values = Vec::new();
            for (recipient, sealed) in &dealt.deal.shares {
                let key = &board.parameters().keys_of(*recipient).unwrap().encryption;
                let route =
                    sealed::Route { parameters: board.parameters(), dealer, recipient: *recipient, key };
                for member in &coalition {
                    let secret = done.cast.secret(member.get()).decryption().expose_secret();
                    let shared = sealed.ephemeral.mul_vartime(secret);
                    let opened = sealed.open(&route, &shared, &dealt.reveal.commitments);
                    assert_eq!(opened.is_some(), member == recipient);
                    values.extend(opened.map(|shares| (*recipient, *shares[0].expose_secret())));
                }
            }
            if coalition.contains(&dealer) {
                // A member: the others know its secret, by the polynomial that it keeps.
                assert_eq!(values.len(), 1);
                continue;
            }
            assert_eq!(values.len(), 2);
            assert_ne!(Point::mul_base(&interpolate(&values)), constant);
            guess += interpolate(&values);
            // Whatever the secret were, some polynomial of degree 2 has it and these two values.
            let outsider = (1..=5).map(index).find(|i| !coalition.contains(i)).unwrap();
            let all: Vec<TrusteeIndex> = coalition.iter().copied().chain([outsider]).collect();
            for secret in [Scalar::from(0u8), Scalar::from(1u8), -Scalar::from(7u8)] {
                let known: Scalar = values.iter().map(|(i, v)| polynomial::lagrange(*i, &all) * v).sum();
                let fitting = (secret - known) / polynomial::lagrange(outsider, &all);
                let completed: Vec<_> = values.iter().copied().chain([(outsider, fitting)]).collect();
                assert_eq!(interpolate(&completed), secret);
            }
        }
        // The members' own contributions are the key less those of the honest; the best guess at these misses it.
        let honest = (1..=5).map(index).filter(|i| !coalition.contains(i));
        let theirs =
            honest.fold(Point::identity(), |sum, i| sum + board.dealt(i).unwrap().reveal.constants()[0]);
        assert_ne!(key - theirs + Point::mul_base(&guess), key);
    }
}

/// What t - 1 corrupt trustees received, in the clear, says nothing of an honest dealer's secret: shares of two fixed secrets are equally
/// distributed. Chi-square of two samples over the 256 cells of the low bits of two shares, 4,000 dealings each, for every pair of
/// 5 trustees with t = 3. 375 is the value of 255 degrees of freedom that chance exceeds once in a million.
#[test]
fn shares_of_different_secrets_are_indistinguishable() {
    const CRITICAL: f64 = 375.0;
    for chi in distances(3) {
        assert!(chi < CRITICAL, "{chi}");
    }
    // With t = 2 a pair is enough, and the same test tells the secrets apart.
    for chi in distances(2) {
        assert!(chi > CRITICAL, "{chi}");
    }
}

/// The distance between shares of the secrets 0 and -1 under this threshold, for every pair of trustees.
fn distances(threshold: u8) -> Vec<f64> {
    let rng = &mut ChaCha20Rng::seed_from_u64(5);
    let pairs = subsets(5, 2);
    let mut histograms = |secret: Scalar| {
        let mut counts = vec![[0u32; 256]; pairs.len()];
        for _ in 0..4_000 {
            let mut dealt = polynomial::random(threshold, rng);
            dealt[0] = Secret::new(secret);
            for (pair, counts) in pairs.iter().zip(&mut counts) {
                let nibbles = pair.iter().map(|i| {
                    usize::from(polynomial::evaluate(&dealt, *i).expose_secret().to_be_bytes()[31] & 15)
                });
                counts[nibbles.fold(0, |cell, nibble| 16 * cell + nibble)] += 1;
            }
        }
        counts
    };
    let (zero, minus_one) = (histograms(Scalar::from(0u8)), histograms(-Scalar::from(1u8)));
    // Two samples of equal size: sum (a - b)^2 / (a + b).
    let distance = |(a, b): (&[u32; 256], &[u32; 256])| {
        let cells = a.iter().zip(b).filter(|(a, b)| **a + **b > 0);
        cells.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2) / f64::from(a + b)).sum()
    };
    zero.iter().zip(&minus_one).map(distance).collect()
}

/// Whose secrets a complaint may show: only what its complainer knew. Everything else that travels is the same for every share.
#[test]
fn an_outsider_opens_no_envelope() {
    let done = Cast::new(4, 2, 2).hold();
    let board = &done.board;
    let stranger = TrusteeSecret::from_seed(&[77; 32]);
    for dealer in 1..=4u8 {
        let dealt = board.dealt(index(dealer)).unwrap();
        for (recipient, sealed) in &dealt.deal.shares {
            let key = board.parameters().keys_of(*recipient).unwrap().encryption;
            let route = sealed::Route {
                parameters: board.parameters(),
                dealer: index(dealer),
                recipient: *recipient,
                key: &key,
            };
            let open = |secret: &TrusteeSecret| {
                let shared = sealed.ephemeral.mul_secret(secret.decryption().expose_secret());
                sealed.open(&route, &shared, &dealt.reveal.commitments).is_some()
            };
            for number in 1..=4u8 {
                assert_eq!(open(done.cast.secret(number)), index(number) == *recipient);
            }
            assert!(!open(&stranger));
        }
    }
}

#[test]
fn secrets_show_nothing() {
    let cast = Cast::new(2, 2, 1);
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let (secret, _) = round0::commit(&cast.parameters, cast.secret(1), rng).unwrap();
    assert_eq!(alloc::format!("{secret:?}"), "SecretPackage(trustee 1, ..)");
    assert_eq!(alloc::format!("{:?}", cast.secret(1)), "TrusteeSecret(..)");
    let done = cast.hold();
    let share = done.share(2);
    assert_eq!(alloc::format!("{share:?}"), "KeyShare(trustee 2, ..)");
    // No error says a digit of it.
    let digits = share.scalars()[0].expose_secret().to_decimal();
    let bytes = share.expose_bytes();
    let error = KeyShare::from_bytes(&bytes[..bytes.len() - 1]).unwrap_err();
    assert!(!error.to_string().contains(&digits) && !alloc::format!("{error:?}").contains(&digits));
}
