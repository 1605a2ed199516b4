//! Views that differ: who is proved to have caused it, and what is said of who is not.

use super::*;

/// What stops this trustee, which keeps nothing of it.
fn stopped(house: &House, number: u8, rng: &mut ChaCha20Rng) -> Stopped {
    let state = house.states[index(number).place()].as_ref().unwrap();
    let mut participant = Participant::from_state(state).unwrap();
    let me = house.cast.secret(number);
    *participant.advance(me, &house.cast.parameters, &house.folder, &[], rng).unwrap_err()
}

/// Whoever of four has not spoken in this round does, in this order.
fn speak(house: &mut House, round: Round, order: [u8; 4], rng: &mut ChaCha20Rng) {
    for number in order {
        if !house.folder.iter().any(|p| (p.round(), p.sender()) == (round, index(number))) {
            house.step(number, &[], rng);
        }
    }
}

/// All of four speak in the rounds up to this one. Nobody has closed it, but for the last one, if it is round 0.
fn spoken(round: Round, order: [u8; 4], rng: &mut ChaCha20Rng) -> House {
    let mut house = House::new(4, 2);
    for spoken in Round::ALL.into_iter().filter(|spoken| *spoken <= round) {
        speak(&mut house, spoken, order, rng);
    }
    house
}

fn digest_of(house: &House, round: Round, number: u8) -> Digest {
    house.folder.iter().find(|p| (p.round(), p.sender()) == (round, index(number))).unwrap().digest()
}

/// Trustee 4 signs three packages of a round. Trustee 1 sees two of them and excludes it; then the others see three, and keep other two. All exclude
/// trustee 4, and cannot go on: it is proved to be the cause.
#[test]
fn a_third_package_of_one_who_is_excluded_is_proved_to_be_the_cause() {
    for round in [Round::Commit, Round::Complain] {
        let rng = &mut ChaCha20Rng::seed_from_u64(30);
        let mut house = spoken(round, [1, 2, 3, 4], rng);
        // In the order of their digests, of which a board keeps the first two.
        let mut three: Vec<Package> = (0..3u8)
            .map(|last| {
                let first = house.folder.iter().find(|p| (p.round(), p.sender()) == (round, index(4)));
                let mut body = first.unwrap().body().to_vec();
                body.push(last);
                house.cast.sign(round, 4, body)
            })
            .collect();
        three.sort_by_key(Package::digest);
        house.folder.retain(|p| (p.round(), p.sender()) != (round, index(4)));
        house.folder.extend_from_slice(&three[1..]);
        let proof = Blame { culprit: index(4), fault: Fault::Equivocation { round } };
        assert_eq!(house.step(1, &[], rng).blames, core::slice::from_ref(&proof));
        house.folder.push(three[0].clone());
        for number in [2, 3] {
            assert_eq!(house.step(number, &[], rng).blames, core::slice::from_ref(&proof));
        }
        let two = |first: usize, second: usize| [three[first].digest(), three[second].digest()];
        for (number, others, packages, late_packages) in
            [(1, &[2, 3][..], two(1, 2), two(1, 0)), (2, &[1][..], two(0, 1), two(0, 2))]
        {
            let error = ParticipantError::Equivocation { round, trustee: index(4), packages };
            assert_eq!(error.culprits(), [index(4)]);
            let blames = alloc::vec![proof.clone()];
            let late = alloc::vec![late(round, 4, Some(late_packages))];
            let differences = Some(differences(round, others, None));
            assert_eq!(stopped(&house, number, rng), Stopped { error, blames, late, differences }, "{round}");
        }
    }
}

/// Trustee 4 closes a round without trustee 3 on a copy, hands out what follows from that, and no note. It is told what that is, and that it is alone.
#[test]
fn who_leaves_out_somebody_in_secret_is_told() {
    for round in [Round::Commit, Round::Reveal, Round::Deal, Round::Complain] {
        let rng = &mut ChaCha20Rng::seed_from_u64(31);
        let order = [4, 3, 1, 2];
        let mut house = spoken(round, order, rng);
        house.step(4, &[3], rng);
        let note = house.folder.iter().find(|p| p.round() == Round::LeftOut).unwrap().clone();
        house.folder.retain(|p| p.round() != Round::LeftOut);
        speak(&mut house, round.next().unwrap(), order, rng);
        let told = |house: &House, rng: &mut ChaCha20Rng| {
            let stopped = stopped(house, 1, rng);
            assert!(
                stopped.error.culprits().is_empty() && stopped.blames.is_empty() && stopped.late.is_empty()
            );
            stopped.differences.unwrap()
        };
        let other = OtherSeen { trustee: index(4), without: alloc::vec![index(3)], with: None, noted: false };
        let said = Differences { round, others: alloc::vec![other.clone()], alone: Some(index(4)) };
        assert_eq!(told(&house, rng), said, "{round}");
        house.folder.push(note);
        let others = alloc::vec![OtherSeen { noted: true, ..other }];
        assert_eq!(told(&house, rng), Differences { others, ..said }, "{round}");
    }
}

/// Trustee 4 signs to have seen what nobody has: it is alone with that, in the last signature as well. Of two who differ nobody is alone.
#[test]
fn who_signs_a_view_of_nothing_is_alone() {
    let rng = &mut ChaCha20Rng::seed_from_u64(32);
    let mut house = spoken(Round::Reveal, [1, 2, 3, 4], rng);
    let place = house.folder.iter().position(|p| (p.round(), p.sender()) == (Round::Reveal, index(4)));
    let honest = house.folder[place.unwrap()].clone();
    let mut body = honest.body().to_vec();
    body[0] ^= 1;
    house.folder[place.unwrap()] = house.cast.sign(Round::Reveal, 4, body.clone());
    let error = |round, who: &[u8]| {
        let trustees = who.iter().copied().map(index).collect();
        ParticipantError::from(CeremonyError::OtherView { round, trustees })
    };
    let first = stopped(&house, 1, rng);
    assert_eq!(first.error, error(Round::Reveal, &[4]));
    assert_eq!(first.differences.as_ref(), Some(&differences(Round::Commit, &[4], Some(4))));
    let third = house.folder.iter().position(|p| (p.round(), p.sender()) == (Round::Reveal, index(3)));
    let honest_third = house.folder[third.unwrap()].clone();
    house.folder[third.unwrap()] = house.cast.sign(Round::Reveal, 3, body);
    let first = stopped(&house, 1, rng);
    assert_eq!(first.error, error(Round::Reveal, &[3, 4]));
    assert_eq!(first.differences.as_ref(), Some(&differences(Round::Commit, &[3, 4], None)));
    // Who signed another thing besides is excluded by that, and nobody is stopped.
    house.folder[third.unwrap()] = honest_third;
    house.folder.push(honest);
    let proof = Blame { culprit: index(4), fault: Fault::Equivocation { round: Round::Reveal } };
    assert_eq!(house.step(1, &[], rng).blames, [proof]);

    let mut house = spoken(Round::Endorse, [1, 2, 3, 4], rng);
    let place = house.folder.iter().position(|p| (p.round(), p.sender()) == (Round::Endorse, index(4)));
    house.folder[place.unwrap()] = house.cast.sign(Round::Endorse, 4, alloc::vec![7; 32]);
    let first = stopped(&house, 1, rng);
    let trustees = alloc::vec![index(4)];
    assert_eq!(first.error, ParticipantError::from(CeremonyError::OtherTranscript { trustees }));
    assert_eq!(first.differences.as_ref(), Some(&differences(Round::Complain, &[4], Some(4))));
}

/// Trustee 4 shows trustee 3 another package than the rest. Trustee 3 is alone then, and honest: the package that it was shown is the proof.
#[test]
fn who_is_alone_and_honest_has_the_proof() {
    let rng = &mut ChaCha20Rng::seed_from_u64(33);
    let mut house = spoken(Round::Commit, [1, 2, 3, 4], rng);
    let first = digest_of(&house, Round::Commit, 4);
    let other = second(&house, Round::Commit, 4);
    let whole = house.folder.clone();
    house.folder.retain(|p| p.digest() != first);
    house.folder.push(other.clone());
    house.step(3, &[], rng);
    let reveal = house.folder.last().unwrap().clone();
    house.folder = whole;
    for number in [1, 2, 4] {
        house.step(number, &[], rng);
    }
    house.folder.push(reveal);
    let alone = stopped(&house, 1, rng);
    assert_eq!(alone.differences.as_ref(), Some(&differences(Round::Commit, &[3], Some(3))));
    assert!(alone.error.culprits().is_empty());
    house.folder.push(other.clone());
    let stopped = stopped(&house, 1, rng);
    let packages = [first, other.digest()];
    let error = ParticipantError::Equivocation { round: Round::Commit, trustee: index(4), packages };
    assert_eq!((stopped.error, stopped.differences), (error, Some(differences(Round::Commit, &[3], None))));
}

/// Trustee 4 hands its only package of a round to trustee 3 alone, and the others go on without it: trustee 3 is alone until the others have that package,
/// and nobody is after that.
#[test]
fn who_had_a_package_in_time_that_came_late_to_others_is_told() {
    for round in [Round::Commit, Round::Reveal, Round::Deal, Round::Complain] {
        let rng = &mut ChaCha20Rng::seed_from_u64(34);
        let mut house = spoken(round, [3, 1, 2, 4], rng);
        house.step(3, &[], rng);
        let place = house.folder.iter().position(|p| (p.round(), p.sender()) == (round, index(4)));
        let withheld = house.folder.remove(place.unwrap());
        for number in [1, 2] {
            house.step(number, &[4], rng);
        }
        let said = stopped(&house, 1, rng).differences.unwrap();
        assert_eq!(said, differences(round, &[3], Some(3)), "{round}");
        house.folder.push(withheld);
        let told = stopped(&house, 1, rng);
        assert_eq!(told.late, [late(round, 4, None)]);
        let with = Some(index(4));
        let other = OtherSeen { trustee: index(3), without: Vec::new(), with, noted: false };
        let said = Differences { round, others: alloc::vec![other], alone: None };
        assert_eq!(told.differences, Some(said), "{round}");
    }
}
