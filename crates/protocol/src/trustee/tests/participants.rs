//! Ceremonies between machines of their own: packages lie in one folder, everyone forgets everything between steps.

mod notes;
mod slow;
mod views;

use super::*;
use crate::{value::SemaphoreValue, wire::DecodeError};
use alloc::string::{String, ToString};
use tabella_primitives::{
    domain,
    eddsa::{Signature, SigningKey},
    edwards::{Point, Scalar, scalar_from_le_bytes_wide},
    encoding::{Canonical, EncodingError},
    knowledge::KnowledgeProof,
    poseidon,
};
use zeroize::Zeroizing;

/// What lies in the folder, and what each machine wrote down.
struct House {
    cast: Cast,
    folder: Vec<Package>,
    states: Vec<Option<Zeroizing<String>>>,
}

impl House {
    fn new(n: u8, t: u8) -> Self {
        let states = (0..n).map(|_| None).collect();
        Self { cast: Cast::new(n, t, 2), folder: Vec::new(), states }
    }

    fn state(&mut self, number: u8) -> &mut Option<Zeroizing<String>> {
        &mut self.states[index(number).place()]
    }

    /// One step of one trustee, who remembers what was written down and nothing else.
    fn try_step(
        &mut self,
        number: u8,
        without: &[u8],
        rng: &mut ChaCha20Rng,
    ) -> Result<Progress, ParticipantError> {
        let me = self.cast.secret(number).clone();
        let parameters = self.cast.parameters.clone();
        let mut participant = match self.state(number).take() {
            Some(state) => Participant::from_state(&state).unwrap(),
            None => Participant::begin(&parameters, &me, &self.folder, rng)?,
        };
        let without: Vec<TrusteeIndex> = without.iter().copied().map(index).collect();
        let progress = participant.advance(&me, &parameters, &self.folder, &without, rng);
        let progress = progress.map_err(|stopped| stopped.error);
        *self.state(number) = Some(participant.expose_state());
        for said in participant.said() {
            if !self.folder.contains(said) {
                self.folder.push(said.clone());
            }
        }
        progress
    }

    fn step(&mut self, number: u8, without: &[u8], rng: &mut ChaCha20Rng) -> Progress {
        self.try_step(number, without, rng).unwrap()
    }

    /// Steps of these trustees until all of them wait or are done.
    fn run(&mut self, who: &[u8], rng: &mut ChaCha20Rng) -> Vec<Progress> {
        for _ in 0..6 {
            for number in who {
                while let Standing::Spoke(_) = self.step(*number, &[], rng).standing {}
            }
        }
        who.iter().map(|number| self.step(*number, &[], rng)).collect()
    }
}

fn waits(progress: &Progress) -> (Round, Vec<u8>) {
    match &progress.standing {
        Standing::Waits { round, awaited } => (*round, awaited.iter().map(|trustee| trustee.get()).collect()),
        other => panic!("{other:?}"),
    }
}

fn done(progress: &Progress) -> (&CeremonyRecord, &KeyCeremony) {
    match &progress.standing {
        Standing::Done { record, ceremony } => (record, ceremony),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everyone_ends_with_the_same_record_and_a_share_of_its_keys() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let mut house = House::new(5, 3);
    assert_eq!(waits(&house.step(4, &[], rng)), (Round::Commit, alloc::vec![1, 2, 3, 5]));
    assert_eq!(waits(&house.step(2, &[], rng)), (Round::Commit, alloc::vec![1, 3, 5]));
    // Taken again, a step gives what it gave.
    let folder = house.folder.clone();
    house.step(2, &[], rng);
    assert_eq!(house.folder, folder);
    let ends = house.run(&[3, 1, 5, 2, 4], rng);
    let (record, ceremony) = done(&ends[0]);
    assert!(ends.iter().all(|end| done(end).0 == record && end.blames.is_empty() && end.late.is_empty()));
    assert_eq!(record.verify().as_ref(), Ok(ceremony));
    for number in 1..=5 {
        let state = house.state(number).clone().unwrap();
        let participant = Participant::from_state(&state).unwrap();
        assert_eq!(participant.key_share().unwrap().transcript(), Some(ceremony.transcript()));
        assert_eq!((participant.due(), participant.said().len()), (None, 5));
    }
    // One package of a closed round is lost, and named.
    let lost = house.folder.iter().position(|p| p.order().1 == index(3) && p.round() == Round::Deal);
    house.folder.remove(lost.unwrap());
    let gone = ParticipantError::Gone { round: Round::Deal, trustees: alloc::vec![index(3)] };
    assert_eq!(house.try_step(1, &[], rng).unwrap_err(), gone);
}

#[test]
fn a_state_that_was_lost_is_never_begun_anew() {
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let mut house = House::new(3, 2);
    house.step(1, &[], rng);
    let old = house.state(1).clone();
    *house.state(1) = None;
    let forgotten = |round| ParticipantError::Forgotten { round };
    assert_eq!(house.try_step(1, &[], rng).unwrap_err(), forgotten(Round::Commit));
    *house.state(1) = old.clone();
    house.run(&[2, 3], rng);
    while let Standing::Spoke(_) = house.step(1, &[], rng).standing {}
    // An old copy would deal other shares.
    *house.state(1) = old;
    assert_eq!(house.try_step(1, &[], rng).unwrap_err(), forgotten(Round::Reveal));
}

#[test]
fn who_is_silent_is_left_out_and_what_comes_late_changes_nothing() {
    let rng = &mut ChaCha20Rng::seed_from_u64(3);
    let mut house = House::new(5, 3);
    let ends = house.run(&[1, 2, 3, 5], rng);
    assert!(ends.iter().all(|end| waits(end) == (Round::Commit, alloc::vec![4])));
    for number in [1, 2, 3] {
        assert!(matches!(house.step(number, &[4], rng).standing, Standing::Spoke(_)));
    }
    // Now it speaks. Whoever has not closed the round leaves it out as the others did.
    let alone = house.try_step(4, &[1, 2, 3, 5], rng).unwrap_err();
    assert_eq!(alone.culprits(), [1, 2, 3, 5].map(index));
    let last = house.step(5, &[4], rng);
    assert!(matches!(last.standing, Standing::Spoke(_)));
    let ends = house.run(&[1, 2, 3, 5], rng);
    let (record, ceremony) = done(&ends[0]);
    assert_eq!(ceremony.qualified(), [1, 2, 3, 5].map(index));
    let missing = Blame { culprit: index(4), fault: Fault::Missing { round: Round::Commit } };
    for end in &ends {
        assert_eq!(
            (done(end).0, end.blames.as_slice(), end.late.as_slice()),
            (record, core::slice::from_ref(&missing), &[late(Round::Commit, 4, None)][..])
        );
    }
    assert_eq!(record.verify().as_ref(), Ok(ceremony));
    // Too few are left.
    let mut house = House::new(3, 3);
    house.run(&[1, 2], rng);
    let error = house.try_step(1, &[3], rng).unwrap_err();
    assert_eq!(error.culprits(), [index(3)]);
}

#[test]
fn what_is_no_package_of_the_ceremony_is_passed_over_and_its_sender_awaited() {
    let rng = &mut ChaCha20Rng::seed_from_u64(4);
    let mut house = House::new(3, 2);
    let stale = House { cast: Cast::with_nonce(9, 3, 2, 2), ..House::new(3, 2) };
    for number in 1..=3 {
        house.step(number, &[], rng);
    }
    let place = house.folder.iter().position(|p| p.sender() == index(3)).unwrap();
    let mut bytes = house.folder[place].to_bytes();
    bytes[40] ^= 1;
    let right = core::mem::replace(&mut house.folder[place], Package::from_bytes(&bytes).unwrap());
    let old = Participant::begin(&stale.cast.parameters, stale.cast.secret(3), &[], rng).unwrap();
    house.folder.extend_from_slice(old.said());
    assert_eq!(waits(&house.step(1, &[], rng)), (Round::Commit, alloc::vec![3]));
    house.folder.push(right);
    assert!(matches!(house.step(1, &[], rng).standing, Standing::Spoke(_)));
    // The state of one ceremony takes no step in another.
    let state = house.state(1).clone().unwrap();
    let mut participant = Participant::from_state(&state).unwrap();
    let refused = participant.advance(house.cast.secret(1), &stale.cast.parameters, &[], &[], rng);
    let (expected, actual) = (*stale.cast.parameters.session(), *house.cast.parameters.session());
    assert_eq!(
        refused.unwrap_err().error,
        ParticipantError::Round(RoundError::OtherSession { expected, actual })
    );
}

#[test]
fn a_bad_dealer_and_one_who_says_two_things_are_blamed() {
    let rng = &mut ChaCha20Rng::seed_from_u64(5);
    let mut house = House::new(4, 2);
    for _ in 0..2 {
        for number in 1..=4 {
            house.step(number, &[], rng);
        }
    }
    for number in 1..=3 {
        house.step(number, &[], rng);
    }
    // Trustee 4 has dealt: an envelope for trustee 1 that does not open. Trustee 3 has signed two deals.
    let deal = |house: &House, number: u8| {
        house.folder.iter().position(|p| p.sender() == index(number) && p.round() == Round::Deal).unwrap()
    };
    assert!(house.folder.iter().filter(|p| p.round() == Round::Deal).count() == 4);
    let place = deal(&house, 4);
    let first_ciphertext = 2 + 1 + Point::PACKED_LEN + KnowledgeProof::encoded_len(1);
    let wrong = |content: &mut Vec<u8>| content[first_ciphertext] ^= 1;
    house.folder[place] = house.cast.with_content(&house.folder[place], wrong);
    let second = house.cast.with_content(&house.folder[deal(&house, 3)], wrong);
    house.folder.push(second);
    // Trustee 4 complains of nobody, as trustee 2 does.
    let ends = house.run(&[1, 2], rng);
    assert_eq!(waits(&ends[0]), (Round::Complain, alloc::vec![4]));
    let same = house.folder.iter().find(|p| p.round() == Round::Complain && p.sender() == index(2));
    let silence = house.cast.sign(Round::Complain, 4, same.unwrap().body().to_vec());
    house.folder.push(silence);
    let ends = house.run(&[1, 2], rng);
    let (_, ceremony) = done(&ends[0]);
    assert_eq!(ceremony.qualified(), [1, 2].map(index));
    assert_eq!(
        ends[1].blames,
        [
            Blame { culprit: index(3), fault: Fault::Equivocation { round: Round::Deal } },
            Blame { culprit: index(4), fault: Fault::BadShare { recipient: index(1) } },
        ]
    );
}

#[test]
fn a_share_that_was_given_is_the_one_that_is_given() {
    let rng = &mut ChaCha20Rng::seed_from_u64(6);
    let mut house = House::new(2, 1);
    let ends = house.run(&[1, 2], rng);
    let (_, ceremony) = done(&ends[0]);
    let state = house.state(1).clone().unwrap();
    let mut participant = Participant::from_state(&state).unwrap();
    let ballots: Vec<Ciphertext> = [[1u64, 0], [0, 1], [1, 0]]
        .iter()
        .map(|row| ceremony.key().encrypt(row, &Randomness::random(rng)).unwrap())
        .collect();
    let policy = OpeningPolicy::new(LEAST_BALLOTS).unwrap();
    let mut give = |participant: &mut Participant, ballots: &[Ciphertext]| {
        let mut ledger = participant.ledger().clone();
        let sum = ledger.authorise(ceremony, index(1), election(1), ballots, policy)?;
        let share = participant.key_share().unwrap();
        let share = share.decrypt(house.cast.secret(1), ceremony, &sum, rng).unwrap();
        Ok::<_, Refusal>(participant.opened(ledger, share))
    };
    let share = give(&mut participant, &ballots).unwrap();
    // The machine is started again.
    let mut participant = Participant::from_state(&participant.expose_state()).unwrap();
    assert_eq!(give(&mut participant, &ballots).unwrap(), share);
    assert!(matches!(give(&mut participant, &ballots[1..]), Err(Refusal::OtherSum { .. })));
    assert_eq!(participant.said().last(), Some(&share));
}

#[test]
fn a_damaged_state_is_no_state() {
    let rng = &mut ChaCha20Rng::seed_from_u64(7);
    let cast = Cast::new(2, 1, 1);
    let state = Participant::begin(&cast.parameters, cast.secret(1), &[], rng).unwrap().expose_state();
    let read = |text: String| Participant::from_state(&text).map(drop).is_ok();
    assert!(read(state.to_string()));
    for (from, to) in [
        ("-v1", "-v2"),
        ("\"closed\":[]", "\"closed\":[[]]"),
        ("\"closed\":[]", "\"closed\":[[],[],[],[],[]]"),
        ("\"secret\":\"00", "\"secret\":\"0"),
        ("\"secret\":\"00", "\"secret\":\"01"),
        ("{\"format\"", "{\"more\":1,\"format\""),
    ] {
        assert!(state.contains(from), "{from}");
        assert!(!read(state.replacen(from, to, 1)), "{from} -> {to}");
    }
    assert!(!read(state[..state.len() - 1].to_string()));
    assert!(!read(" ".repeat(MAX_PARTICIPANT_BYTES + 1)));
}

/// What came late: of which round, by whom, and two packages, if there are two.
fn late(round: Round, number: u8, packages: Option<[Digest; 2]>) -> Late {
    Late { round, trustee: index(number), packages }
}

/// These say to have seen other packages of this round, and nothing explains it.
fn differences(round: Round, others: &[u8], alone: Option<u8>) -> Differences {
    let other =
        |number: &u8| OtherSeen { trustee: index(*number), without: Vec::new(), with: None, noted: false };
    Differences { round, others: others.iter().map(other).collect(), alone: alone.map(index) }
}

/// A second signed package of this trustee and round.
fn second(house: &House, round: Round, number: u8) -> Package {
    let first = house.folder.iter().find(|p| p.round() == round && p.sender() == index(number)).unwrap();
    let mut body = first.body().to_vec();
    let last = body.len() - 1;
    body[last] ^= 1;
    house.cast.sign(round, number, body)
}

#[test]
fn a_second_package_of_a_closed_round_stops_the_ceremony_and_excludes_nobody_honest() {
    for round in [Round::Commit, Round::Reveal, Round::Deal, Round::Complain] {
        let rng = &mut ChaCha20Rng::seed_from_u64(8);
        let mut house = House::new(4, 2);
        // All speak in this round; 1 and 2 go on, and then 4 says something else.
        while house.folder.iter().filter(|p| p.round() == round).count() < 4 {
            for number in 1..=4 {
                let due = house.folder.iter().any(|p| p.round() == round && p.sender() == index(number));
                if !due {
                    house.step(number, &[], rng);
                }
            }
        }
        for number in [1, 2] {
            assert!(matches!(house.step(number, &[], rng).standing, Standing::Spoke(_)), "{round}");
        }
        let first =
            house.folder.iter().find(|p| p.round() == round && p.sender() == index(4)).unwrap().digest();
        let other = second(&house, round, 4);
        house.folder.push(other.clone());
        // 3 sees both, and excludes 4 by proof; 1 and 2 go no further, whatever 3 says.
        let third = house.step(3, &[], rng);
        let proof = Blame { culprit: index(4), fault: Fault::Equivocation { round } };
        assert_eq!((third.blames, third.late), (alloc::vec![proof], Vec::new()));
        let error =
            ParticipantError::Equivocation { round, trustee: index(4), packages: [first, other.digest()] };
        assert_eq!(error.culprits(), [index(4)]);
        for number in [1, 2] {
            let state = house.state(number).clone().unwrap();
            let mut participant = Participant::from_state(&state).unwrap();
            let (me, parameters) = (house.cast.secret(number), &house.cast.parameters);
            let stopped = participant.advance(me, parameters, &house.folder, &[], rng).unwrap_err();
            let (blames, late) = (Vec::new(), alloc::vec![late(round, 4, Some([first, other.digest()]))]);
            let differences = Some(differences(round, &[3], None));
            assert_eq!(*stopped, Stopped { error: error.clone(), blames, late, differences });
            assert_eq!(participant.expose_state(), state);
        }
    }
}

/// As above, but the second package never reaches 1 and 2: they know by what 3 says that it saw something else, and blame nobody.
#[test]
fn who_saw_a_second_package_is_not_blamed_by_those_who_did_not() {
    let rng = &mut ChaCha20Rng::seed_from_u64(9);
    let mut house = House::new(4, 2);
    for number in [1, 2, 3, 4, 1, 2] {
        house.step(number, &[], rng);
    }
    let first = house.folder.clone();
    let other = second(&house, Round::Commit, 4);
    house.folder.push(other);
    let third = house.step(3, &[], rng);
    let proof = Blame { culprit: index(4), fault: Fault::Equivocation { round: Round::Commit } };
    assert_eq!(third.blames, core::slice::from_ref(&proof));
    let reveal = house.folder.last().unwrap().clone();
    house.folder = first;
    house.folder.push(reveal);
    let other_view = |trustees: &[u8]| {
        let trustees = trustees.iter().copied().map(index).collect();
        ParticipantError::from(CeremonyError::OtherView { round: Round::Reveal, trustees })
    };
    for number in [1, 2] {
        let state = house.state(number).clone();
        let error = house.try_step(number, &[], rng).unwrap_err();
        assert_eq!(error, other_view(&[3]));
        assert!(error.culprits().is_empty());
        assert_eq!(*house.state(number), state);
    }
    // Trustee 3 blames 4, whose two packages it has, and nobody else.
    let other = second(&house, Round::Commit, 4);
    house.folder.push(other);
    let (me, parameters) = (house.cast.secret(3).clone(), house.cast.parameters.clone());
    let mut participant = Participant::from_state(house.states[2].as_ref().unwrap()).unwrap();
    let stopped = participant.advance(&me, &parameters, &house.folder, &[], rng).unwrap_err();
    let commits = house.folder.iter().filter(|p| (p.round(), p.sender()) == (Round::Commit, index(4)));
    let mut packages: Vec<Digest> = commits.map(Package::digest).collect();
    packages.sort();
    let packages = [packages[0], packages[1]];
    let error = ParticipantError::Equivocation { round: Round::Commit, trustee: index(4), packages };
    let seen = differences(Round::Commit, &[1, 2], None);
    assert_eq!(
        *stopped,
        Stopped { error, blames: alloc::vec![proof], late: Vec::new(), differences: Some(seen) }
    );
}

/// Trustee 4 signs what it said once more, with another nonce. That says nothing else: it is one package, and everybody goes on.
#[test]
fn the_same_signed_twice_is_one_package() {
    let rng = &mut ChaCha20Rng::seed_from_u64(11);
    let mut house = House::new(4, 2);
    for number in [1, 2, 3, 4, 1] {
        house.step(number, &[], rng);
    }
    let first = house.folder.iter().find(|p| p.round() == Round::Commit && p.sender() == index(4)).unwrap();
    let again = signed_again(&house.cast, first);
    assert_ne!(again, *first);
    assert_eq!((again.digest(), again.verify(&house.cast.parameters)), (first.digest(), Ok(())));
    // Trustees 2 and 3 read it first; trustee 2 has nothing but the second signature.
    house.folder.insert(0, again);
    let whole = house.folder.clone();
    house.folder.retain(|p| p.sender() != index(4) || p.round() != Round::Commit || *p == whole[0]);
    house.step(2, &[], rng);
    house.folder.extend(whole);
    let ends = house.run(&[3, 1, 2, 4], rng);
    let (_, ceremony) = done(&ends[0]);
    assert_eq!(ceremony.qualified(), [1, 2, 3, 4].map(index));
    for end in &ends {
        assert_eq!((done(end).1, &end.blames, &end.late), (ceremony, &Vec::new(), &Vec::new()));
        assert_eq!(done(end).0.verify().as_ref(), Ok(ceremony));
    }
}

/// Another signature of the same package, valid too: the nonce is 7.
fn signed_again(cast: &Cast, package: &Package) -> Package {
    let seed = [package.sender().get(); 32];
    let mut private_key = [0; 32];
    let kdf = hkdf::Hkdf::<sha2::Sha256>::new(Some(domain::TRUSTEE_KEYS.as_bytes()), &seed);
    kdf.expand(b"signing", &mut private_key).unwrap();
    let signing = SigningKey::derive(&private_key);
    let nonce = Scalar::from(7u8);
    let r8 = Point::mul_base(&nonce);
    let message = SemaphoreValue::from_be_bytes(*package.digest().as_bytes()).hash();
    let ((rx, ry), (ax, ay)) = (r8.to_xy(), signing.public_key().to_xy());
    let mut challenge = poseidon::hash(&[rx, ry, ax, ay, message]).to_be_bytes();
    challenge.reverse();
    let challenge = scalar_from_le_bytes_wide(&challenge) * Scalar::from(8u8);
    let s = nonce + challenge * signing.expose_secret_scalar();
    let signature = Signature::from_parts(r8, s).unwrap();
    let mut bytes = package.to_bytes();
    let at = bytes.len() - Signature::PACKED_LEN;
    bytes.truncate(at);
    bytes.extend(signature.to_packed());
    assert_eq!(*signing.public_key(), cast.parameters.trustees()[package.sender().place()].signing);
    Package::from_bytes(&bytes).unwrap()
}

/// Who is left out of a round signs a second package of an earlier one. It is late for all, and stops nobody who leaves it out, then or later.
#[test]
fn who_is_excluded_stops_nobody_with_a_second_package() {
    let rng = &mut ChaCha20Rng::seed_from_u64(12);
    let mut house = House::new(4, 2);
    for number in [4, 1, 2, 3, 1, 2] {
        house.step(number, &[], rng);
    }
    let first = house.folder.iter().find(|p| p.sender() == index(4)).unwrap().digest();
    let other = second(&house, Round::Commit, 4);
    let late = [late(Round::Commit, 4, Some([first, other.digest()]))];
    house.folder.push(other);
    for number in [1, 2, 3] {
        // All others have the one package, as what they reveal shows.
        let waiting = house.step(number, &[], rng);
        assert_eq!((waits(&waiting), &waiting.late[..]), ((Round::Reveal, alloc::vec![4]), &late[..]));
        house.step(number, &[4], rng);
    }
    let missing = Blame { culprit: index(4), fault: Fault::Missing { round: Round::Reveal } };
    let ends = house.run(&[1, 2, 3], rng);
    for end in &ends {
        let (record, ceremony) = done(end);
        assert_eq!(record.verify().as_ref(), Ok(ceremony));
        assert_eq!(ceremony.qualified(), [1, 2, 3].map(index));
        assert_eq!(
            (end.blames.as_slice(), end.late.as_slice()),
            (core::slice::from_ref(&missing), &late[..])
        );
    }
}

/// One ceremony has one record: what changes nothing cannot be added to it, and it has one order.
#[test]
fn a_ceremony_has_one_record() {
    let rng = &mut ChaCha20Rng::seed_from_u64(14);
    let mut house = House::new(4, 2);
    for number in 1..=3 {
        house.step(number, &[], rng);
    }
    // Trustee 4 signs four things in round 0, and is excluded. Two of them are in the record.
    for last in 6..10 {
        house.folder.push(house.cast.sign(Round::Commit, 4, alloc::vec![last; 32]));
    }
    let ends = house.run(&[1, 2, 3], rng);
    let (record, ceremony) = done(&ends[0]);
    assert_eq!((record.verify().as_ref(), record.packages().len()), (Ok(ceremony), 2 + 3 * 5));
    let more = |package: Package| {
        let packages = record.packages().iter().cloned().chain([package]).collect();
        CeremonyRecord::from_packages(house.cast.parameters.clone(), packages).verify()
    };
    let too_many = |round, trustee| CeremonyError::TooManyPackages { round, trustee: index(trustee) };
    let commits = house.folder.iter().filter(|p| (p.round(), p.sender()) == (Round::Commit, index(4)));
    let third = commits.into_iter().find(|p| !record.packages().contains(p)).unwrap();
    assert_eq!(more(third.clone()), Err(too_many(Round::Commit, 4)));
    assert_eq!(more(record.packages()[3].clone()), Err(too_many(Round::Commit, 4)));
    let endorsement = record.packages().last().unwrap();
    assert_eq!(more(endorsement.clone()), Err(too_many(Round::Endorse, 3)));
    let excluded = house.cast.sign(Round::Endorse, 4, endorsement.body().to_vec());
    assert_eq!(more(excluded), Err(CeremonyError::NotQualified { trustees: alloc::vec![index(4)] }));

    // Its file has one order, and nothing twice.
    let read = |change: &dyn Fn(&mut Vec<serde_json::Value>)| {
        let mut value: serde_json::Value = serde_json::from_str(&record.to_json()).unwrap();
        change(value["packages"].as_array_mut().unwrap());
        CeremonyRecord::from_json(value.to_string().as_bytes())
    };
    assert_eq!(read(&|_| ()).as_ref(), Ok(record));
    let refused = |error| Err(DecodeError::Field { field: "packages", error });
    assert_eq!(read(&|all| all.swap(0, 1)), Err(DecodeError::PackageOrder));
    assert_eq!(read(&|all| all.insert(0, all[0].clone())), Err(DecodeError::PackageOrder));
    let (expected, actual) = (MAX_CEREMONY_PACKAGES, MAX_CEREMONY_PACKAGES + 1);
    let many = read(&|all| all.resize(actual, all[0].clone()));
    assert_eq!(many, refused(EncodingError::Length { expected, actual }));
}
