//! Known attacks on key ceremonies.

use super::tampering::{blames_after, blames_with_reveals, hold_with_reveals};
use super::*;
use alloc::{format, string::ToString, vec};
use tabella_primitives::{
    edwards::{Point, Scalar},
    knowledge::InvalidProof,
    secret::Secret,
};

fn cast() -> Cast {
    Cast::new(3, 2, 1)
}

fn blame(culprit: u8, fault: Fault) -> Blame {
    Blame { culprit: index(culprit), fault }
}

/// What these polynomials are revealed as.
fn reveal(cast: &Cast, number: u8, polynomials: &[polynomial::SecretPolynomial]) -> Vec<u8> {
    let rng = &mut ChaCha20Rng::seed_from_u64(6);
    package::Body::to_bytes(&round1::Reveal::of(&cast.parameters, index(number), polynomials, rng))
}

fn secret(value: u64) -> Secret<Scalar> {
    Secret::new(Scalar::from(value))
}

/// Trustee 3 sees everybody's contributions and publishes X minus their sum, so that the joint key is X alone. Even with a hash that fits, it
/// cannot prove to know the logarithm of that; not with its proof about X, not with another one's proof.
#[test]
fn a_rogue_key_has_no_proof() {
    let honest = cast().hold();
    let constant = |i: u8| honest.board.dealt(index(i)).unwrap().reveal.constants()[0];
    let x = secret(4_711);
    let rogue = Point::mul_base(x.expose_secret()) - constant(1) - constant(2);
    let others = &honest.board.dealt(index(2)).unwrap().reveal.proof;
    let of_x = reveal(&cast(), 3, &[vec![x, secret(5)]]);
    let of_x = <round1::Reveal as package::Body>::from_bytes(&of_x).unwrap();
    for proof in [of_x.proof.clone(), others.clone()] {
        let mut body = round1::Reveal { proof, ..of_x.clone() };
        body.commitments[0][0] = rogue;
        let body = package::Body::to_bytes(&body);
        let fault = Fault::KnowledgeProof(InvalidProof::NotSatisfied);
        assert_eq!(blames_with_reveals(cast(), &[(3, body)]), [blame(3, fault)]);
    }
}

/// Trustee 3 waits with its commitment until the others have revealed.
#[test]
fn a_rushing_trustee_is_late() {
    let cast = cast();
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let mut board = Board::new(cast.parameters.clone());
    let mut states = Vec::new();
    for number in 1..=2 {
        let (state, package) = round0::commit(&cast.parameters, cast.secret(number), rng).unwrap();
        board.add(package).unwrap();
        states.push(state);
    }
    assert_eq!(board.awaited(), [index(3)]);
    // Nobody reveals before the round is closed.
    let early = round1::reveal(states[0].clone(), cast.secret(1), &board);
    assert_eq!(early.unwrap_err(), RoundError::NotItsTurn { expected: Round::Commit, actual: None });
    let open = board.clone();
    board.close(Round::Commit).unwrap();
    assert_eq!(board.blames(), [blame(3, Fault::Missing { round: Round::Commit })]);
    let (revealed, package) = round1::reveal(states[0].clone(), cast.secret(1), &board).unwrap();
    board.add(package.clone()).unwrap();
    // Now trustee 3 has seen what trustee 1 contributes.
    let (_, late) = round0::commit(&cast.parameters, cast.secret(3), rng).unwrap();
    let sender = index(3);
    assert_eq!(board.add(late.clone()), Err(PackageError::Late { round: Round::Commit, sender }));
    // Somebody hands trustee 1 a board on which the late package stands among the others.
    let mut forged = open;
    forged.add(late).unwrap();
    forged.close(Round::Commit).unwrap();
    let (_, second) = round1::reveal(states[1].clone(), cast.secret(2), &forged).unwrap();
    let mut silenced = forged.clone();
    forged.add(package).unwrap();
    forged.add(second.clone()).unwrap();
    let other = CeremonyError::OtherView { round: Round::Reveal, trustees: vec![index(1)] };
    assert_eq!(forged.close(Round::Reveal), Err(other));
    // Even without what trustee 1 said itself: it remembers.
    silenced.add(second).unwrap();
    assert!(matches!(silenced.close(Round::Reveal), Err(CeremonyError::TooFew { left: 1, .. })));
    let error = round2::deal(revealed, cast.secret(1), &silenced, rng).unwrap_err();
    assert_eq!(error, RoundError::BoardChanged { trustees: vec![sender] });
    assert_eq!(error.culprits(), [sender]);
}

/// Trustee 4 signs two packages of a round, and trustee 3 alone sees the second in time. It excludes trustee 4 and deals to others than trustees 1
/// and 2 expect: but nobody honest is found at fault, on no board, and no mixture of the boards is a record.
#[test]
fn a_second_package_that_some_have_not_seen_blames_nobody_honest() {
    for split in [Round::Commit, Round::Reveal, Round::Deal] {
        let cast = Cast::new(4, 2, 1);
        let rng = &mut ChaCha20Rng::seed_from_u64(3);
        // What trustees 1, 2 and 4 have, and what trustee 3 has.
        let mut boards = [Board::new(cast.parameters.clone()), Board::new(cast.parameters.clone())];
        let mut publish = |round: Round, packages: &[Package], closes: bool| {
            for (board, seen_by_3) in boards.iter_mut().zip([false, true]) {
                for package in packages {
                    board.add(package.clone()).unwrap();
                }
                if seen_by_3 && round == split {
                    let last = packages.last().unwrap();
                    board.add(cast.with_content(last, |content| content[0] ^= 1)).unwrap();
                }
                if closes {
                    board.close(round).unwrap();
                }
            }
            boards.clone()
        };
        let on = |boards: &[Board; 2], i: u8| boards[usize::from(i == 3)].clone();
        let (states, packages): (Vec<_>, Vec<_>) =
            (1..=4).map(|i| round0::commit(&cast.parameters, cast.secret(i), rng).unwrap()).unzip();
        let boards = publish(Round::Commit, &packages, true);
        let (states, packages): (Vec<_>, Vec<_>) = (1..=4)
            .zip(states)
            .map(|(i, state)| round1::reveal(state, cast.secret(i), &on(&boards, i)).unwrap())
            .unzip();
        let mut boards = publish(Round::Reveal, &packages, split > Round::Commit);
        let mut round = Round::Reveal;
        if split > Round::Commit {
            let (states, packages): (Vec<_>, Vec<_>) = (1..=4)
                .zip(states)
                .map(|(i, state)| round2::deal(state, cast.secret(i), &on(&boards, i), rng).unwrap())
                .unzip();
            boards = publish(Round::Deal, &packages, split > Round::Reveal);
            round = Round::Deal;
            if split > Round::Reveal {
                let packages: Vec<Package> = (1..=4)
                    .zip(states)
                    .map(|(i, state)| {
                        round3::complain(state, cast.secret(i), &on(&boards, i), rng).unwrap().1
                    })
                    .collect();
                boards = publish(Round::Complain, &packages, false);
                round = Round::Complain;
            }
        }
        for (board, others) in boards.iter_mut().zip([vec![3], vec![1, 2]]) {
            let mut others: Vec<TrusteeIndex> = others.into_iter().map(index).collect();
            // Trustee 4 is excluded where both of its packages are.
            assert_eq!(board.left().contains(&index(4)), others == [index(3)]);
            let error = CeremonyError::OtherView { round, trustees: core::mem::take(&mut others) };
            assert_eq!(CeremonyRecord::new(board, &[]).verify(), Err(error.clone()));
            assert_eq!(board.close(round), Err(error.clone()));
            assert_eq!(error.culprits(), []);
            let said = format!(" saw other packages of the rounds before `{round}`");
            assert!(
                ["trustees 3", "trustees 1, 2"]
                    .map(|who| format!("{who}{said}"))
                    .contains(&error.to_string())
            );
            let proof = Blame { culprit: index(4), fault: Fault::Equivocation { round: split } };
            assert!(board.blames().iter().all(|blame| *blame == proof));
        }
    }
}

/// Trustee 3 repeats what trustee 2 says: hash, commitments and proof.
#[test]
fn a_copied_contribution_is_refused() {
    let honest = cast().hold();
    let body = |round| {
        let package = honest.board.packages().find(|p| (p.round(), p.sender()) == (round, index(2)));
        content(package.unwrap()).to_vec()
    };
    // The hash says whose it is.
    let copied = cast().hold_with(|cast, round, packages| {
        if round <= Round::Reveal {
            packages[2] = cast.with_content(&packages[2], |content| *content = body(round));
        }
    });
    assert_eq!(copied.unwrap().ceremony.blames(), [blame(3, Fault::HashMismatch)]);
    // With a hash of its own, for which it would have to know the package in advance, the proof says whose it is.
    let fault = Fault::KnowledgeProof(InvalidProof::NotSatisfied);
    assert_eq!(blames_with_reveals(cast(), &[(3, body(Round::Reveal))]), [blame(3, fault)]);
}

#[test]
fn packages_of_another_session_are_no_packages_of_this_one() {
    let other = Cast::with_nonce(2, 3, 2, 1).hold();
    let mut board = Board::new(cast().parameters);
    for package in other.board.packages().chain(&other.endorsements) {
        let expected = *board.parameters().session();
        let error = PackageError::OtherSession { expected, actual: *other.board.parameters().session() };
        assert_eq!(board.add(package.clone()), Err(error));
    }
    // Signed anew for this session, hash and all: the proof is for the other one.
    let package = other.board.packages().find(|p| (p.round(), p.sender()) == (Round::Reveal, index(3)));
    let body = content(package.unwrap()).to_vec();
    let fault = Fault::KnowledgeProof(InvalidProof::NotSatisfied);
    assert_eq!(blames_with_reveals(cast(), &[(3, body)]), [blame(3, fault)]);
    // The envelopes of the other session.
    let package = other.board.packages().find(|p| (p.round(), p.sender()) == (Round::Deal, index(3)));
    let body = content(package.unwrap());
    let fault = Fault::EphemeralProof { recipient: index(1), error: InvalidProof::NotSatisfied };
    assert_eq!(blames_after(cast(), Round::Deal, 3, |b| *b = body.to_vec()), [blame(3, fault)]);
    // Secrets of the other session.
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let (state, _) = round0::commit(&cast().parameters, cast().secret(1), rng).unwrap();
    let error = round1::reveal(state, cast().secret(1), &other.board).unwrap_err();
    let (expected, actual) = (*other.board.parameters().session(), *cast().parameters.session());
    assert_eq!(error, RoundError::OtherSession { expected, actual });
}

#[test]
fn equal_constant_terms_blame_all_who_have_them() {
    let mine = || vec![secret(11), secret(12)];
    let reveals = [(1, reveal(&cast(), 1, &[mine()])), (3, reveal(&cast(), 3, &[mine()]))];
    let done = hold_with_reveals(Cast::new(5, 2, 1), &[]).unwrap();
    assert_eq!(done.ceremony.blames(), []);
    let failed = hold_with_reveals(cast(), &reveals).err().unwrap();
    let blames = vec![
        blame(1, Fault::EqualConstants { other: index(3) }),
        blame(3, Fault::EqualConstants { other: index(1) }),
    ];
    let error = failed.error;
    let culprits = vec![index(1), index(3)];
    assert_eq!(error.culprits(), culprits);
    assert_eq!(error, CeremonyError::TooFew { left: 1, threshold: 2, culprits, blames });
    // One trustee, the same secret for two keys.
    let cast = Cast::new(3, 2, 2);
    let body = reveal(&cast, 2, &[mine(), mine()]);
    let fault = Fault::EqualConstants { other: index(2) };
    assert_eq!(blames_with_reveals(cast, &[(2, body)]), [blame(2, fault)]);
}

/// Two who are all there is can make two keys equal, or a key that is nothing: then there is no key at all.
#[test]
fn joint_keys_that_are_equal_or_nothing_are_no_keys() {
    let cast = || Cast::new(2, 1, 2);
    for (a, b) in [([10, 20], [70, 60]), ([10, 20], [30, 0])] {
        let mut reveals = Vec::new();
        for (number, values) in [(1, a), (2, b)] {
            let polynomials = values.map(|value| match value {
                // Twenty and minus twenty.
                0 => vec![Secret::new(-Scalar::from(20u8))],
                value => vec![secret(value)],
            });
            reveals.push((number, reveal(&cast(), number, &polynomials)));
        }
        // Shares do not fit, since `commit` drew other polynomials: each would be blamed. So the two say nothing of it.
        let mut board = Board::new(cast().parameters);
        let done = hold_with_reveals(cast(), &reveals);
        let failed = done.err().unwrap();
        assert_eq!(failed.error.culprits(), [1, 2].map(index));
        for package in &failed.packages {
            let silent = |content: &mut Vec<u8>| *content = vec![0];
            let complains = package.round() == Round::Complain;
            let package = if complains { cast().with_content(package, silent) } else { package.clone() };
            board.add(package).unwrap();
        }
        let record = CeremonyRecord::new(&board, &[]);
        assert_eq!(record.verify(), Err(CeremonyError::DegenerateKey));
    }
}

/// Trustee 2 puts the ephemeral key that trustee 1 made for trustee 3 on rubbish of its own. If that passed, the complaint of trustee 3 would
/// show the point that opens the envelope of trustee 1.
#[test]
fn a_copied_ephemeral_key_is_refused() {
    let honest = cast().hold();
    let theirs = honest.board.dealt(index(1)).unwrap().deal.share_for(index(3)).unwrap().clone();
    for rubbish in [theirs.ciphertext.clone(), vec![0; theirs.ciphertext.len()]] {
        let blames = blames_after(cast(), Round::Deal, 2, |body| {
            let mut deal = <round2::Deal as package::Body>::from_bytes(body).unwrap();
            deal.shares[1].1 = sealed::SealedShare { ciphertext: rubbish.clone(), ..theirs.clone() };
            assert_eq!(deal.shares[1].0, index(3));
            *body = package::Body::to_bytes(&deal);
        });
        let fault = Fault::EphemeralProof { recipient: index(3), error: InvalidProof::NotSatisfied };
        assert_eq!(blames, [blame(2, fault)]);
    }
}

/// Each value removed from what is absorbed for an ephemeral key, or from what binds an envelope, would break this.
#[test]
fn an_envelope_serves_one_route() {
    let base = Cast::new(4, 2, 2);
    let shares = [secret(1), secret(2)];
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let key = base.parameters.trustees()[2].encryption;
    let other_key = base.parameters.trustees()[3].encryption;
    let route = |cast: &'static Cast, dealer: u8, recipient: u8, key: &'static Point| sealed::Route {
        parameters: &cast.parameters,
        dealer: index(dealer),
        recipient: index(recipient),
        key,
    };
    // The routes outlive the test: it is short.
    fn leak<T>(value: T) -> &'static T {
        alloc::boxed::Box::leak(alloc::boxed::Box::new(value))
    }
    let (base, key, other_key) = (leak(base), leak(key), leak(other_key));
    let honest = route(base, 1, 3, key);
    let sealed = honest.seal(&shares, rng);
    let shared = sealed.ephemeral.mul_vartime(base.secret(3).decryption().expose_secret());
    // Commitments to these very shares: constant polynomials.
    let commitments: Vec<Vec<Point>> =
        shares.iter().map(|share| vec![Point::mul_base(share.expose_secret())]).collect();
    assert_eq!(sealed.verify(&honest), Ok(()));
    assert!(sealed.open(&honest, &shared, &commitments).is_some());
    let others = [
        route(base, 2, 3, key),
        route(base, 1, 2, key),
        route(base, 1, 3, other_key),
        route(leak(Cast::with_nonce(2, 4, 2, 2)), 1, 3, key),
        route(leak(Cast::new(5, 2, 2)), 1, 3, key),
        route(leak(Cast::new(4, 3, 2)), 1, 3, key),
        route(leak(Cast::new(4, 2, 3)), 1, 3, key),
    ];
    let mut challenges = vec![honest.transcript().challenge_scalar("challenge")];
    for (i, other) in others.iter().enumerate() {
        assert_eq!(sealed.verify(other), Err(InvalidProof::NotSatisfied), "{i}");
        assert!(sealed.open(other, &shared, &commitments).is_none(), "{i}");
        let challenge = other.transcript().challenge_scalar("challenge");
        assert!(!challenges.contains(&challenge), "{i}");
        challenges.push(challenge);
    }
}

/// Each value removed from what is absorbed for a complaint would let two of these challenges be equal.
#[test]
fn a_complaint_is_about_one_package() {
    let draw = |cast: &Cast, by: u8, against: u8, deal: u8| {
        let deal = Digest::from_bytes([deal; 32]);
        round3::transcript(&cast.parameters, index(by), index(against), &deal).challenge_scalar("challenge")
    };
    let base = Cast::new(4, 2, 2);
    let mut all =
        vec![draw(&base, 1, 2, 1), draw(&base, 3, 2, 1), draw(&base, 1, 3, 1), draw(&base, 1, 2, 9)];
    for other in [Cast::with_nonce(2, 4, 2, 2), Cast::new(5, 2, 2), Cast::new(4, 3, 2), Cast::new(4, 2, 3)] {
        all.push(draw(&other, 1, 2, 1));
    }
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
}

#[test]
fn a_ceremony_ends_with_every_signature_of_one_transcript() {
    let done = cast().hold();
    let verify = |endorsements: &[Package]| CeremonyRecord::new(&done.board, endorsements).verify();
    assert_eq!(verify(&done.endorsements), Ok(done.ceremony.clone()));
    assert_eq!(
        verify(&done.endorsements[..1]),
        Err(CeremonyError::NotEndorsed { trustees: vec![index(2), index(3)] })
    );
    let mut other = done.endorsements.clone();
    for body in [vec![7; 32], vec![7; 31]] {
        other[1] = done.cast.sign(Round::Endorse, 2, body);
        let error = CeremonyError::OtherTranscript { trustees: vec![index(2)] };
        assert!(error.culprits().is_empty());
        assert_eq!(verify(&other), Err(error));
    }
    // Both transcripts.
    other.push(done.endorsements[1].clone());
    assert_eq!(verify(&other), Err(CeremonyError::OtherTranscript { trustees: vec![index(2)] }));
    let mut forged = done.endorsements.clone();
    forged[0] = Package::sign_bytes(
        *done.ceremony.session(),
        Round::Endorse,
        index(1),
        forged[0].body().to_vec(),
        done.cast.secret(2),
    );
    let error = PackageError::BadSignature { claimed: index(1) };
    assert_eq!(verify(&forged), Err(CeremonyError::Package(error)));
    let foreign = [done.decrypt(1, election(1), &done.ballots(&[[1], [2]]))];
    let error = PackageError::OtherRound { actual: Round::Decrypt };
    assert_eq!(verify(&foreign), Err(CeremonyError::Package(error)));
    // A board that says something else to trustee 2 gives another transcript.
    let elsewhere = cast().hold_with(|_, round, packages| {
        if round == Round::Complain {
            packages.retain(|package| package.sender() != index(3));
        }
    });
    assert_ne!(elsewhere.unwrap().ceremony.transcript(), done.ceremony.transcript());
}

#[test]
fn rounds_are_closed_once_and_in_order() {
    let mut board = Board::new(cast().parameters);
    for round in [Round::Reveal, Round::Deal, Round::Complain, Round::Endorse, Round::Decrypt] {
        assert_eq!(board.close(round), Err(CeremonyError::OutOfOrder { round }));
    }
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    for number in 1..=2 {
        let (_, package) = round0::commit(&cast().parameters, cast().secret(number), rng).unwrap();
        board.add(package.clone()).unwrap();
        board.add(package).unwrap();
    }
    assert_eq!(board.packages().count(), 2);
    assert_eq!(board.close(Round::Commit), Ok(()));
    let again = Err(CeremonyError::OutOfOrder { round: Round::Commit });
    assert_eq!(board.close(Round::Commit), again);
    let done = cast().hold();
    let mut board = done.board.clone();
    let error = PackageError::OtherRound { actual: Round::Endorse };
    assert_eq!(board.add(done.endorsements[0].clone()), Err(error));
    let unfinished = CeremonyRecord::new(&Board::new(cast().parameters), &[]).verify();
    let blames: Vec<Blame> = (1..=3).map(|i| blame(i, Fault::Missing { round: Round::Commit })).collect();
    let culprits = vec![index(1), index(2), index(3)];
    assert_eq!(unfinished, Err(CeremonyError::TooFew { left: 0, threshold: 2, culprits, blames }));
}

#[test]
fn strangers_and_swapped_keys_take_no_step() {
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let stranger = TrusteeSecret::from_seed(&[99; 32]);
    let parameters = &cast().parameters;
    assert_eq!(round0::commit(parameters, &stranger, rng).unwrap_err(), RoundError::NotRegistered);
    let mut board = Board::new(parameters.clone());
    let (state, package) = round0::commit(parameters, cast().secret(1), rng).unwrap();
    board.add(package).unwrap();
    let (_, package) = round0::commit(parameters, cast().secret(2), rng).unwrap();
    board.add(package).unwrap();
    board.close(Round::Commit).unwrap();
    for wrong in [&stranger, cast().secret(2)] {
        let error = round1::reveal(state.clone(), wrong, &board).unwrap_err();
        assert_eq!(error, RoundError::NotRegistered);
    }
    // Who was excluded is told so.
    let (late, _) = round0::commit(parameters, cast().secret(3), rng).unwrap();
    let fault = Fault::Missing { round: Round::Commit };
    let error = round1::reveal(late, cast().secret(3), &board).unwrap_err();
    assert_eq!(error, RoundError::Excluded { fault });
}
