//! Every field of every package of trustee 2, changed on the way and changed by its sender.

use super::*;
use crate::wire::DecodeError;
use alloc::vec;
use tabella_primitives::{
    edwards::{Point, Scalar},
    encoding::EncodingError,
    knowledge::InvalidProof,
    secret::Secret,
};

/// Whose packages are changed, among 4 trustees of whom 2 decrypt, with 2 keys.
const TWO: u8 = 2;

fn cast() -> Cast {
    Cast::new(4, 2, 2)
}

/// (0, -1), of order 2, packed.
fn order_two() -> [u8; 32] {
    let mut bytes = tabella_primitives::encoding::Canonical::to_be_bytes(&-tabella_primitives::Fr::from(1));
    bytes.reverse();
    bytes
}

/// The blames of a ceremony in which trustee `number` signs a changed body in one round.
pub(super) fn blames_after(
    cast: Cast,
    round: Round,
    number: u8,
    change: impl Fn(&mut Vec<u8>),
) -> Vec<Blame> {
    let done = cast.hold_with(|cast, now, packages| {
        for package in packages.iter_mut().filter(|p| now == round && p.sender() == index(number)) {
            *package = cast.with_content(package, &change);
        }
    });
    done.map_or_else(|failed| failed.blames().to_vec(), |done| done.ceremony.blames().to_vec())
}

/// The same for round 1, with a hash in round 0 that fits: what a trustee does that has planned it.
fn blames_after_planned_reveal(change: impl Fn(&mut Vec<u8>)) -> Vec<Blame> {
    let body = reveal_of(&cast(), TWO, change);
    blames_with_reveals(cast(), &[(TWO, body)])
}

/// What this trustee reveals in an honest ceremony, changed.
fn reveal_of(cast: &Cast, number: u8, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let honest = cast.clone().hold();
    let package = honest.board.packages().find(|p| (p.round(), p.sender()) == (Round::Reveal, index(number)));
    let mut body = content(package.unwrap()).to_vec();
    change(&mut body);
    body
}

/// A ceremony in which these trustees commit to and reveal this.
pub(super) fn hold_with_reveals(cast: Cast, reveals: &[(u8, Vec<u8>)]) -> Result<Done, Failed> {
    cast.hold_with(|cast, round, packages| {
        for package in packages.iter_mut() {
            let number = package.sender().get();
            let Some((_, reveal)) = reveals.iter().find(|(who, _)| *who == number) else { continue };
            let content = match round {
                Round::Commit => {
                    let hash = round0::hash(cast.parameters.session(), index(number), reveal);
                    hash.as_bytes().to_vec()
                }
                Round::Reveal => reveal.clone(),
                _ => continue,
            };
            *package = cast.with_content(package, |body| *body = content);
        }
    })
}

pub(super) fn blames_with_reveals(cast: Cast, reveals: &[(u8, Vec<u8>)]) -> Vec<Blame> {
    hold_with_reveals(cast, reveals)
        .map_or_else(|failed| failed.blames().to_vec(), |done| done.ceremony.blames().to_vec())
}

fn only(fault: Fault) -> Vec<Blame> {
    vec![Blame { culprit: index(TWO), fault }]
}

fn malformed(round: Round, field: &'static str, error: EncodingError) -> Vec<Blame> {
    only(Fault::Malformed { round, error: DecodeError::Field { field, error } })
}

fn length(round: Round, expected: usize, actual: usize) -> Vec<Blame> {
    only(Fault::Malformed { round, error: DecodeError::Length { expected, actual } })
}

#[test]
fn an_honest_ceremony_blames_nobody() {
    assert_eq!(cast().hold().ceremony.blames(), []);
    assert_eq!(blames_after(cast(), Round::Deal, TWO, |_| ()), []);
    assert_eq!(blames_after_planned_reveal(|_| ()), []);
}

/// Any byte of any package changed by whoever carries it: nobody is blamed, the package is not taken, the board is as it was.
#[test]
fn changes_on_the_way_blame_nobody() {
    let done = cast().hold();
    let honest: Vec<Package> = done
        .board
        .packages()
        .chain(&done.endorsements)
        .filter(|package| package.sender() == index(TWO))
        .cloned()
        .collect();
    assert_eq!(honest.len(), 5);
    for package in honest {
        let bytes = package.to_bytes();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            let Ok(changed) = Package::from_bytes(&changed) else { continue };
            let mut board = Board::new(done.cast.parameters.clone());
            let claimed = changed.sender();
            let expected = match at {
                1..=32 => {
                    PackageError::OtherSession { expected: *package.session(), actual: *changed.session() }
                }
                33 if claimed.get() > 4 => PackageError::UnknownSender { sender: claimed },
                _ => PackageError::BadSignature { claimed },
            };
            assert_eq!(board.add(changed), Err(expected), "{:?} at {at}", package.round());
            assert_eq!(board.packages().count(), 0);
        }
    }
}

#[test]
fn every_field_of_round_0() {
    for at in 0..32 {
        assert_eq!(blames_after(cast(), Round::Commit, TWO, |body| body[at] ^= 1), only(Fault::HashMismatch));
    }
    let cut = |body: &mut Vec<u8>| body.truncate(31);
    assert_eq!(blames_after(cast(), Round::Commit, TWO, cut), length(Round::Commit, 32, 31));
    let long = |body: &mut Vec<u8>| body.push(0);
    assert_eq!(blames_after(cast(), Round::Commit, TWO, long), length(Round::Commit, 32, 33));
}

/// Layout: k, t, four commitments from 2, then challenge and two responses from 130.
#[test]
fn every_field_of_round_1() {
    let whole = 2 + 4 * 32 + 3 * 32;
    // Other than what was committed to: any byte.
    for at in (0..whole).step_by(13).chain([0, 1, whole - 1]) {
        assert_eq!(blames_after(cast(), Round::Reveal, TWO, |body| body[at] ^= 1), only(Fault::HashMismatch));
    }
    // Planned from the start: each field.
    let planned = |at: usize, bytes: &[u8]| {
        blames_after_planned_reveal(|body| body[at..at + bytes.len()].copy_from_slice(bytes))
    };
    let counts = malformed(Round::Reveal, "counts", EncodingError::NotCanonical);
    for (at, value) in [(0, 0), (0, 9), (1, 0), (1, 21)] {
        assert_eq!(planned(at, &[value]), counts);
    }
    // One key fewer: commitments are read as scalars of the proof, for which they are too large.
    assert_eq!(planned(0, &[1]), malformed(Round::Reveal, "proof", EncodingError::NotCanonical));
    let not_satisfied = only(Fault::KnowledgeProof(InvalidProof::NotSatisfied));
    for at in (0..4).map(|i| 2 + 32 * i) {
        let identity = malformed(Round::Reveal, "commitments", EncodingError::Identity);
        assert_eq!(planned(at, &Point::identity().to_packed()), identity);
        let small = malformed(Round::Reveal, "commitments", EncodingError::NotInSubgroup);
        assert_eq!(planned(at, &order_two()), small);
        let large = malformed(Round::Reveal, "commitments", EncodingError::NotCanonical);
        assert_eq!(planned(at, &[0xff; 32]), large);
        // The opposite point is as good a point; but the proof is about the other one.
        assert_eq!(blames_after_planned_reveal(|body| body[at + 31] ^= 0x80), not_satisfied);
    }
    for at in [130, 162, 194] {
        assert_eq!(blames_after_planned_reveal(|body| body[at + 31] ^= 1), not_satisfied);
        let large = malformed(Round::Reveal, "proof", EncodingError::NotCanonical);
        assert_eq!(planned(at, &[0xff; 32]), large);
    }
    assert_eq!(
        blames_after_planned_reveal(|body| body.truncate(whole - 1)),
        length(Round::Reveal, whole, whole - 1)
    );
    assert_eq!(blames_after_planned_reveal(|body| body.push(0)), length(Round::Reveal, whole, whole + 1));
}

#[test]
fn polynomials_of_another_degree_or_for_other_keys() {
    let rng = &mut ChaCha20Rng::seed_from_u64(8);
    let mut reveal = |slots: u8, threshold: u8| {
        let polynomials: Vec<_> = (0..slots).map(|_| polynomial::random(threshold, rng)).collect();
        let body = round1::Reveal::of(&cast().parameters, index(TWO), &polynomials, rng);
        package::Body::to_bytes(&body)
    };
    for threshold in [1, 3, 4, 20] {
        let raised = only(Fault::WrongDegree { expected: 1, actual: threshold - 1 });
        assert_eq!(blames_with_reveals(cast(), &[(TWO, reveal(2, threshold))]), raised);
    }
    for slots in [1, 3, 8] {
        let other = only(Fault::WrongSlots { expected: 2, actual: slots });
        assert_eq!(blames_with_reveals(cast(), &[(TWO, reveal(slots, 2))]), other);
    }
    // Other polynomials of the right shape pass this round; only the shares, which are of those first drawn, do not fit them.
    let fitting = blames_with_reveals(cast(), &[(TWO, reveal(2, 2))]);
    assert_eq!(
        fitting,
        [1, 3, 4].map(|i| Blame { culprit: index(TWO), fault: Fault::BadShare { recipient: index(i) } })
    );
}

/// Layout: k, number, then for trustees 1, 3 and 4: recipient, ephemeral key, challenge, response, two shares, tag.
#[test]
fn every_field_of_round_2() {
    const ENVELOPE: usize = 1 + 32 + 64 + 80;
    let whole = 2 + 3 * ENVELOPE;
    let change = |at: usize, bytes: &[u8]| {
        blames_after(cast(), Round::Deal, TWO, |body| body[at..at + bytes.len()].copy_from_slice(bytes))
    };
    let flip = |at: usize, bit: u8| blames_after(cast(), Round::Deal, TWO, |body| body[at] ^= bit);
    let counts = malformed(Round::Deal, "counts", EncodingError::NotCanonical);
    assert_eq!((change(0, &[9]), change(1, &[21])), (counts.clone(), counts));
    assert_eq!(change(1, &[2]), length(Round::Deal, whole - ENVELOPE, whole));
    assert_eq!(change(1, &[4]), length(Round::Deal, whole + 1, whole));
    let slots = |body: &mut Vec<u8>| {
        body.truncate(2);
        body.copy_from_slice(&[1, 0]);
    };
    let other = only(Fault::WrongSlots { expected: 2, actual: 1 });
    assert_eq!(blames_after(cast(), Round::Deal, TWO, slots), other);
    for (i, recipient) in [1u8, 3, 4].into_iter().enumerate() {
        let start = 2 + i * ENVELOPE;
        let recipient = index(recipient);
        for other in [TWO, 5] {
            assert_eq!(change(start, &[other]), only(Fault::WrongRecipients));
        }
        assert_eq!(change(start, &[0]), malformed(Round::Deal, "recipient", EncodingError::Zero));
        let nobody = malformed(Round::Deal, "recipient", EncodingError::NotCanonical);
        assert_eq!(change(start, &[21]), nobody);
        let ephemeral = start + 1;
        let identity = malformed(Round::Deal, "ephemeral", EncodingError::Identity);
        assert_eq!(change(ephemeral, &Point::identity().to_packed()), identity);
        let small = malformed(Round::Deal, "ephemeral", EncodingError::NotInSubgroup);
        assert_eq!(change(ephemeral, &order_two()), small);
        let error = InvalidProof::NotSatisfied;
        let not_its_own = only(Fault::EphemeralProof { recipient, error });
        assert_eq!(flip(ephemeral + 31, 0x80), not_its_own);
        for scalar in [ephemeral + 32, ephemeral + 64] {
            assert_eq!(flip(scalar + 31, 1), not_its_own);
            let large = malformed(Round::Deal, "proof", EncodingError::NotCanonical);
            assert_eq!(change(scalar, &[0xff; 32]), large);
        }
        let ciphertext = ephemeral + 96;
        for at in [0, 31, 32, 63, 64, 79] {
            assert_eq!(flip(ciphertext + at, 4), only(Fault::BadShare { recipient }));
        }
    }
    // An envelope is left out, or dealt twice.
    let left_out = |body: &mut Vec<u8>| {
        body[1] = 2;
        body.truncate(whole - ENVELOPE);
    };
    assert_eq!(blames_after(cast(), Round::Deal, TWO, left_out), only(Fault::WrongRecipients));
    let twice = |body: &mut Vec<u8>| body.copy_within(2..2 + ENVELOPE, 2 + ENVELOPE);
    assert_eq!(blames_after(cast(), Round::Deal, TWO, twice), only(Fault::WrongRecipients));
}

/// A well-made envelope with a wrong number inside: only its recipient sees it, and everyone believes it.
#[test]
fn a_wrong_share_in_a_good_envelope() {
    for wrong_slot in 0..2 {
        for recipient in [1u8, 3, 4] {
            let blames = blames_after(cast(), Round::Deal, TWO, |body| {
                let mut deal = <round2::Deal as package::Body>::from_bytes(body).unwrap();
                let cast = cast();
                let key = cast.parameters.trustees()[index(recipient).place()].encryption;
                let route = sealed::Route {
                    parameters: &cast.parameters,
                    dealer: index(TWO),
                    recipient: index(recipient),
                    key: &key,
                };
                // The right shares, as the recipient would read them, and one of them wrong by 1.
                let honest = cast.clone().hold();
                let dealt = honest.board.dealt(index(TWO)).unwrap();
                let sealed = dealt.deal.share_for(index(recipient)).unwrap();
                let secret = cast.secret(recipient).decryption().expose_secret();
                let shared = sealed.ephemeral.mul_vartime(secret);
                let mut shares = sealed.open(&route, &shared, &dealt.reveal.commitments).unwrap();
                let wrong = *shares[wrong_slot].expose_secret() + Scalar::from(1u8);
                shares[wrong_slot] = Secret::new(wrong);
                let rng = &mut ChaCha20Rng::seed_from_u64(3);
                for (to, sealed) in deal.shares.iter_mut().filter(|(to, _)| *to == index(recipient)) {
                    assert_eq!(*to, index(recipient));
                    *sealed = route.seal(&shares, rng);
                }
                *body = package::Body::to_bytes(&deal);
            });
            assert_eq!(blames, only(Fault::BadShare { recipient: index(recipient) }));
        }
    }
}

/// A complaint of `by` against `against` about a good envelope, correctly made.
fn complaint(by: u8, against: u8) -> Vec<u8> {
    let honest = cast().hold();
    let board = &honest.board;
    let dealt = board.dealt(index(against)).unwrap();
    let sealed = dealt.deal.share_for(index(by)).unwrap();
    let me = honest.cast.secret(by);
    let rng = &mut ChaCha20Rng::seed_from_u64(4);
    let complaint = round3::Complaint::open(
        board.parameters(),
        index(by),
        index(against),
        me,
        sealed,
        &dealt.digest,
        rng,
    );
    package::Body::to_bytes(&round3::Complaints(vec![complaint]))
}

/// Layout: number, then against whom, S, challenge, response.
#[test]
fn every_field_of_round_3() {
    let after = |change: &dyn Fn(&mut Vec<u8>)| blames_after(cast(), Round::Complain, TWO, change);
    // Nothing complained of; bytes that say otherwise.
    assert_eq!(after(&|body| body[0] = 1), length(Round::Complain, 2, 1));
    assert_eq!(after(&|body| body.clear()), length(Round::Complain, 1, 0));
    assert_eq!(after(&|body| body.push(0)), length(Round::Complain, 1, 2));
    // A complaint of a good share.
    let good = complaint(TWO, 3);
    let whole = good.len();
    let with = |at: usize, bytes: &[u8]| {
        let mut body = good.clone();
        body[at..at + bytes.len()].copy_from_slice(bytes);
        after(&|b| *b = body.clone())
    };
    let flip = |at: usize, bit: u8| with(at, &[good[at] ^ bit]);
    assert_eq!(with(0, &[1]), only(Fault::FalseComplaint { against: index(3) }));
    assert_eq!(with(0, &[2]), length(Round::Complain, whole + 1, whole));
    // Against another: the point is not that of the other envelope. Against itself or nobody.
    let error = InvalidProof::NotSatisfied;
    for other in [1, 4] {
        assert_eq!(with(1, &[other]), only(Fault::ComplaintProof { against: index(other), error }));
    }
    for nobody in [TWO, 9] {
        assert_eq!(with(1, &[nobody]), only(Fault::FalseComplaint { against: index(nobody) }));
    }
    assert_eq!(with(1, &[0]), malformed(Round::Complain, "against", EncodingError::Zero));
    let shared = malformed(Round::Complain, "shared", EncodingError::NotInSubgroup);
    assert_eq!(with(2, &order_two()), shared);
    let wrong = only(Fault::ComplaintProof { against: index(3), error });
    for (at, bit) in [(33, 0x80), (65, 1), (97, 1)] {
        assert_eq!(flip(at, bit), wrong);
    }
    assert_eq!(with(66, &[0xff; 32]), malformed(Round::Complain, "proof", EncodingError::NotCanonical));
    // The same twice.
    let mut twice = good.clone();
    twice[0] = 2;
    twice.extend_from_slice(&good[1..]);
    let order = malformed(Round::Complain, "against", EncodingError::NotCanonical);
    assert_eq!(after(&|b| *b = twice.clone()), order);
}

/// A justified complaint that its complainer spoils: then the complainer is blamed, and a dealer who was not shown to be guilty is not.
#[test]
fn a_spoilt_complaint_blames_its_complainer() {
    let spoil = |at: usize| {
        let done = cast().hold_with(|cast, round, packages| {
            for package in packages.iter_mut() {
                *package = cast.with_content(package, |body| match (round, package.sender().get()) {
                    // The last byte of the envelope for trustee 1.
                    (Round::Deal, TWO) => body[2 + 176] ^= 1,
                    (Round::Complain, 1) => {
                        assert_eq!(body.len(), 1 + 97);
                        if at > 0 {
                            body[at] ^= if at == 33 { 0x80 } else { 1 };
                        }
                    }
                    _ => (),
                });
            }
        });
        done.unwrap().ceremony.blames().to_vec()
    };
    assert_eq!(spoil(0), only(Fault::BadShare { recipient: index(1) }));
    let error = InvalidProof::NotSatisfied;
    for at in [33, 65, 97] {
        let fault = Fault::ComplaintProof { against: index(TWO), error };
        assert_eq!(spoil(at), [Blame { culprit: index(1), fault }]);
    }
}

#[test]
fn silence_and_double_talk_in_every_round() {
    for round in [Round::Commit, Round::Reveal, Round::Deal, Round::Complain] {
        let silent = cast().hold_with(|_, now, packages| {
            packages.retain(|package| now != round || package.sender() != index(TWO));
        });
        assert_eq!(silent.unwrap().ceremony.blames(), only(Fault::Missing { round }));
        let double = cast().hold_with(|cast, now, packages| {
            if now == round {
                packages.push(cast.sign(round, TWO, vec![0; 32]));
            }
        });
        let double = double.unwrap();
        assert_eq!(double.ceremony.blames(), only(Fault::Equivocation { round }));
        let left = [1, 3, 4].map(index);
        assert_eq!(double.ceremony.qualified(), left);
    }
}

/// Whoever says to have seen something else is not judged and not blamed, and the round stays open: nobody can tell whether it lies, or was shown a
/// second package of somebody else. A package that is too short for a view is its sender's fault.
#[test]
fn another_view_is_no_fault_and_no_view_is_one() {
    for round in [Round::Reveal, Round::Deal, Round::Complain] {
        for at in 0..32 {
            let failed = cast().hold_with(|cast, now, packages| {
                if now == round {
                    let mut body = packages[1].body().to_vec();
                    body[at] ^= 1;
                    packages[1] = cast.sign(round, TWO, body);
                }
            });
            let error = failed.err().unwrap().error;
            assert_eq!(error, CeremonyError::OtherView { round, trustees: vec![index(TWO)] });
            assert!(error.culprits().is_empty());
        }
        let short = cast().hold_with(|cast, now, packages| {
            if now == round {
                packages[1] = cast.sign(round, TWO, vec![0; 31]);
            }
        });
        assert_eq!(short.unwrap().ceremony.blames(), length(round, 32, 31));
    }
}

#[test]
fn the_keys_are_those_of_who_is_left() {
    let done = cast().hold_with(|cast, round, packages| {
        if round == Round::Deal {
            packages[1] = cast.with_content(&packages[1], |body| body[2 + 176] ^= 1);
        }
    });
    let done = done.unwrap();
    assert_eq!(done.ceremony.qualified(), [1, 3, 4].map(index));
    assert_eq!(done.ceremony.verification_key(index(TWO)), None);
    for slot in 0..2 {
        let honest = cast().hold();
        let dealt = |i: u8| honest.board.dealt(index(i)).unwrap().reveal.constants()[slot];
        assert_eq!(done.ceremony.key().points()[slot], dealt(1) + dealt(3) + dealt(4));
        for share in &done.shares {
            let scalar = share.scalars()[slot].expose_secret();
            let key = done.ceremony.verification_key(share.trustee()).unwrap()[slot];
            assert_eq!(Point::mul_base(scalar), key);
        }
    }
}
