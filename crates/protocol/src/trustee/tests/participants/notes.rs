//! Notes on who was left out: whose are heard, and what belies them.

use super::*;

#[test]
fn who_leaves_out_somebody_signs_it() {
    let rng = &mut ChaCha20Rng::seed_from_u64(10);
    let mut house = House::new(4, 2);
    for number in 1..=3 {
        house.step(number, &[], rng);
    }
    house.step(1, &[4], rng);
    let note = house.folder.iter().find(|p| p.round() == Round::LeftOut).unwrap().clone();
    let said = LeftOut { round: Round::Commit, without: alloc::vec![index(4)] };
    assert_eq!(LeftOut::of(&note).as_ref(), Ok(&said));
    let second = Participant::from_state(&house.state(2).clone().unwrap()).unwrap();
    let notes = |folder: &[Package]| second.notes(&house.cast.parameters, folder, &[]).unwrap();
    let left: Vec<TrusteeIndex> = (1..=4).map(index).collect();
    let heard = alloc::vec![(index(1), said)];
    let spoke: Vec<TrusteeIndex> = (1..=3).map(index).collect();
    let alike = Notes { left, spoke, ..Notes::default() };
    assert_eq!(notes(&house.folder), Notes { heard, ..alike.clone() });
    assert_eq!(second.notes(&house.cast.parameters, &house.folder, &[index(1)]).unwrap(), alike);
    // In the name of another, of another session, of another round, unreadable: no note.
    let forged = Package::sign_bytes(
        *note.session(),
        Round::LeftOut,
        index(1),
        note.body().to_vec(),
        house.cast.secret(3),
    );
    let stale = Cast::with_nonce(9, 4, 2, 2).sign(Round::LeftOut, 1, note.body().to_vec());
    let bodies: [&[u8]; 7] = [&[], &[0], &[1, 4], &[4, 4], &[0, 0], &[0, 4, 4], &[0, 4, 3]];
    let wrong = bodies.map(|body| house.cast.sign(Round::LeftOut, 1, body.to_vec()));
    let others: Vec<Package> = house
        .folder
        .iter()
        .filter(|p| p.round() != Round::LeftOut)
        .chain([&forged, &stale])
        .chain(&wrong)
        .cloned()
        .collect();
    assert_eq!(notes(&others), alike);
    assert_eq!(wrong.iter().filter(|package| LeftOut::of(package).is_ok()).count(), 1);
    assert!(LeftOut::of(&others[0]).is_err());
    // Trustee 4 is excluded, and has no say in the next round.
    house.step(2, &[4], rng);
    let third = house.cast.sign(Round::LeftOut, 4, alloc::vec![1, 3]);
    let digest = third.digest();
    house.folder.push(third);
    let second = Participant::from_state(&house.state(2).clone().unwrap()).unwrap();
    let left = (1..=3).map(index).collect();
    let (spoke, unheard) = (alloc::vec![index(1), index(2)], alloc::vec![(index(4), digest)]);
    assert_eq!(
        second.notes(&house.cast.parameters, &house.folder, &[]).unwrap(),
        Notes { left, spoke, unheard, ..Notes::default() }
    );
    // Whoever takes a step again says the same again, note and all.
    let state = Participant::from_state(&house.state(1).clone().unwrap()).unwrap();
    assert_eq!(
        state.said().iter().map(Package::round).collect::<Vec<_>>(),
        [Round::Commit, Round::LeftOut, Round::Reveal]
    );
    assert_eq!(state.said()[1], note);
}

/// A note is belied by what its signer has seen in the next round, in each round, and is told to whoever it names.
#[test]
fn a_note_that_its_own_signer_belies_is_not_heard() {
    for round in [Round::Commit, Round::Reveal, Round::Deal, Round::Complain] {
        let rng = &mut ChaCha20Rng::seed_from_u64(13);
        let mut house = House::new(4, 2);
        for spoken in Round::ALL.into_iter().filter(|spoken| *spoken <= round) {
            for number in [4, 3, 1, 2] {
                if !house.folder.iter().any(|p| (p.round(), p.sender()) == (spoken, index(number))) {
                    house.step(number, &[], rng);
                }
            }
        }
        let note = house.cast.sign(Round::LeftOut, 4, alloc::vec![round.number(), 3]);
        let digest = note.digest();
        house.folder.push(note);
        let notes = |house: &House, number: u8, without: &[u8]| {
            let state = house.states[index(number).place()].as_ref().unwrap();
            let without: Vec<TrusteeIndex> = without.iter().copied().map(index).collect();
            let participant = Participant::from_state(state).unwrap();
            participant.notes(&house.cast.parameters, &house.folder, &without).unwrap()
        };
        let whole: Vec<TrusteeIndex> = (1..=4).map(index).collect();
        let none = Notes { left: whole.clone(), spoke: whole, ..Notes::default() };
        let said = LeftOut { round, without: alloc::vec![index(3)] };
        let heard = Notes { heard: alloc::vec![(index(4), said.clone())], ..none.clone() };
        assert_eq!(notes(&house, 1, &[]), heard, "{round}");
        assert_eq!(notes(&house, 1, &[4]), none);
        let against_me = alloc::vec![(index(4), round)];
        assert_eq!(notes(&house, 3, &[]), Notes { against_me, ..heard.clone() });
        // It goes on with trustee 3 all the same.
        house.step(4, &[], rng);
        let belied = Notes { belied: alloc::vec![(index(4), digest)], ..none };
        assert_eq!((notes(&house, 1, &[]), notes(&house, 3, &[])), (belied.clone(), belied), "{round}");
        // Whoever leaves out trustee 3 has no such proof.
        assert_eq!(notes(&house, 1, &[3]), heard);
    }
}
