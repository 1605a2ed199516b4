//! Whoever is slow is not shut out by a second package that nobody can have acted on.

use super::*;

/// All four speak in this round, and then in the next one, without anybody having closed that.
fn spoken_after(round: Round, rng: &mut ChaCha20Rng) -> House {
    let mut house = House::new(4, 2);
    let next = round.next().unwrap();
    while house.folder.iter().filter(|p| p.round() == next).count() < 4 {
        for number in 1..=4 {
            if !house.folder.iter().any(|p| p.round() == next && p.sender() == index(number)) {
                house.step(number, &[], rng);
            }
        }
    }
    house
}

/// All have said that they closed a round with the one package of trustee 4. What it signs in that round after that is late for all: trustees 1 and
/// 2, who have closed the next one as well, go on, and so does trustee 3, who has not.
#[test]
fn a_second_package_after_all_have_said_what_they_saw_stops_nobody() {
    for round in [Round::Commit, Round::Reveal, Round::Deal] {
        let rng = &mut ChaCha20Rng::seed_from_u64(20);
        let mut house = spoken_after(round, rng);
        for number in [1, 2] {
            assert!(matches!(house.step(number, &[], rng).standing, Standing::Spoke(_)), "{round}");
        }
        let mine = house.folder.iter().find(|p| (p.round(), p.sender()) == (round, index(4)));
        let first = mine.unwrap().digest();
        let other = second(&house, round, 4);
        let late = [late(round, 4, Some([first, other.digest()]))];
        house.folder.push(other.clone());
        let third = house.step(3, &[], rng);
        assert!(matches!(third.standing, Standing::Spoke(_)), "{round}");
        assert_eq!((third.blames, &third.late[..]), (Vec::new(), &late[..]), "{round}");
        // Trustee 4 goes on as if it had said one thing.
        for _ in 0..4 {
            house.run(&[3, 2, 1], rng);
            house.folder.retain(|package| *package != other);
            house.run(&[4], rng);
            house.folder.push(other.clone());
        }
        let ends = house.run(&[3, 2, 1], rng);
        let (record, ceremony) = done(&ends[0]);
        assert_eq!(ceremony.qualified(), [1, 2, 3, 4].map(index));
        for end in &ends[1..] {
            assert_eq!((done(end).0, &end.blames, &end.late[..]), (record, &Vec::new(), &late[..]));
        }
    }
}

/// As long as one of the others has not said what it saw, it may have judged both: whoever closed the round with one stops. Whoever leaves that one out
/// has decided, and goes on.
#[test]
fn a_second_package_stops_those_who_do_not_know_what_others_saw() {
    let rng = &mut ChaCha20Rng::seed_from_u64(21);
    let mut house = spoken_after(Round::Commit, rng);
    house.folder.retain(|p| (p.round(), p.sender()) != (Round::Reveal, index(3)));
    let first = house.folder.iter().find(|p| p.sender() == index(4)).unwrap().digest();
    let other = second(&house, Round::Commit, 4);
    house.folder.push(other.clone());
    let (round, packages) = (Round::Commit, [first, other.digest()]);
    let stopped = ParticipantError::Equivocation { round, trustee: index(4), packages };
    for number in [1, 2] {
        assert_eq!(house.try_step(number, &[], rng).unwrap_err(), stopped);
        assert!(matches!(house.step(number, &[3], rng).standing, Standing::Spoke(_)));
    }
}
