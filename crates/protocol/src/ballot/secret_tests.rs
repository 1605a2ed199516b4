use super::*;
use crate::{
    election::{FrozenRegistry, Manifest, Method, Rules, SecretBallots, VotesError, Weighting, Window},
    identity::IdentitySecret,
    registry::MembershipPath,
    trustee::OpeningPolicy,
    wire::DecodeError,
};
use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use proptest::prelude::*;
use tabella_primitives::{
    Fr,
    digest::Digest,
    edwards::{Point, Scalar},
    elgamal::{Ciphertext, EncryptionKey, Randomness, WrongSlots},
    encoding::{EncodingError, encode_hex},
};
use zeroize::Zeroizing;

fn witness(votes: &[u64], weight: u32, rho: u64) -> BallotWitness {
    BallotWitness {
        secret: IdentitySecret::from_scalar(Scalar::from(42u64)),
        weight,
        path: MembershipPath::from_parts(1, vec![Fr::from(5u64)]).unwrap(),
        votes: Zeroizing::new(votes.to_vec()),
        randomness: Randomness::from_scalar(Scalar::from(rho)).unwrap(),
    }
}

fn manifest(options: u64, rules: Rules, weighting: Weighting) -> Manifest {
    let witness = witness(&[], 3, 1);
    let commitment = witness.secret.commitment();
    let root = match weighting {
        Weighting::Plain => witness.path.root(&commitment),
        Weighting::Weighted { .. } => witness.path.weighted_root(&commitment, 3),
    };
    let points = (2..options + 2).map(|k| Point::mul_base(&Scalar::from(k))).collect();
    Manifest::builder("Lunch", "Where do we eat?")
        .options((0..options).map(|option| option.to_string()))
        .rules(rules)
        .window(Window { opens_at: 1, closes_at: 2 })
        .registry(FrozenRegistry::new(root, 2))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .secret(SecretBallots {
            weighting,
            policy: OpeningPolicy::new(2).unwrap(),
            key: EncryptionKey::new(points).unwrap(),
            ceremony: Digest::from_bytes([7; 32]),
        })
        .build()
        .unwrap()
}

fn simple() -> Manifest {
    manifest(3, Rules::single_choice(), Weighting::Plain)
}

fn ballot(manifest: &Manifest, votes: &[u64], weight: u32) -> SecretBallot {
    let sealed = manifest.sealed().unwrap().seal(&witness(votes, weight, 99)).unwrap();
    SecretBallot::new(manifest, sealed, core::array::from_fn(|i| u8::try_from(i).unwrap())).unwrap()
}

#[test]
fn both_forms_travel_and_are_strict() {
    let manifest = simple();
    let cast = CastBallot::from(ballot(&manifest, &[0, 1, 0], 1));
    let json = cast.to_json();
    assert_eq!(CastBallot::from_json(json.as_bytes()), Ok(cast.clone()));
    let bytes = cast.to_bytes();
    assert_eq!(CastBallot::from_bytes(cast.kind(), &bytes), Ok(cast.clone()));
    for cut in 0..bytes.len() {
        // With a point less it is a ballot with an option less, which belongs to no such election.
        let shorter = SecretBallot::from_bytes(&bytes[..cut]).map(|ballot| ballot.instance(&manifest));
        let option_less =
            |actual| Err(BallotError::Sealed(SealedBallotError::Slots(WrongSlots { expected: 3, actual })));
        match bytes.len() - cut {
            32 => assert_eq!(shorter, Ok(option_less(2))),
            64 => assert_eq!(shorter, Ok(option_less(1))),
            _ => assert!(shorter.is_err(), "cut at {cut}"),
        }
    }
    for more in [1, 31, 32, 64, 32 * 9] {
        let mut long = bytes.clone();
        long.resize(bytes.len() + more, 0);
        assert!(SecretBallot::from_bytes(&long).is_err(), "{more} bytes more");
    }
    let first = encode_hex(&cast.secret().unwrap().sealed().ciphertext.points()[0].to_packed());
    let read = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        CastBallot::from_json(json.replacen(from, to, 1).as_bytes())
    };
    let field = |field, error| Err(DecodeError::Field { field, error });
    let mut minus_one = tabella_primitives::encoding::Canonical::to_be_bytes(&-Fr::from(1));
    minus_one.reverse();
    for (point, error) in [
        (Point::identity().to_packed(), EncodingError::Identity),
        (minus_one, EncodingError::NotInSubgroup),
        ([0xff; 32], EncodingError::NotCanonical),
    ] {
        assert_eq!(read(&first, &encode_hex(&point)), field("ciphertext", error));
    }
    let quoted = alloc::format!("\"{first}\"");
    let many: Vec<String> = (0..7).map(|_| quoted.clone()).collect();
    let length = |expected, actual| EncodingError::Length { expected, actual };
    assert_eq!(read(&quoted, &many.join(",")), field("ciphertext", length(9, 10)));
    // The small circuit's digest covers two points beside C_0: a third one would have no name.
    assert_eq!(read("ballot-8-v1", "ballot-2-v1"), field("ciphertext", length(3, 4)));
    let unknown = Err(DecodeError::UnknownCircuit { name: "membership-20-v1".to_string() });
    assert_eq!(read("ballot-8-v1", "membership-20-v1"), unknown);
    for (from, to) in [("\"format\"", "\"more\":1,\"format\""), ("\"proof\"", "\"proof\":\"\",\"proof\"")] {
        assert!(matches!(read(from, to), Err(DecodeError::Json { .. })), "{to}");
    }
    let format = read("tabella-secret-ballot-v1", "tabella-secret-ballot-v2");
    assert!(matches!(format, Err(DecodeError::Json { .. } | DecodeError::WrongFormat { .. })));
}

#[test]
fn a_ballot_of_something_else_is_named() {
    let manifest = simple();
    let good = ballot(&manifest, &[0, 1, 0], 1);
    let open = Manifest::builder("Lunch", "Where do we eat?")
        .options(["0", "1", "2"])
        .window(Window { opens_at: 1, closes_at: 2 })
        .registry(*manifest.registry())
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .build()
        .unwrap();
    let other = manifest.id();
    let expected = open.id();
    assert_eq!(good.instance(&open), Err(BallotError::UnknownElection { expected, actual: other }));
    let kind = open.kind();
    let sealed = good.sealed().clone();
    assert_eq!(
        SecretBallot::new(&open, sealed.clone(), [0; 256]),
        Err(BallotError::OtherKind { expected: kind })
    );
    // An open ballot for an election with secret ones.
    let selection = Selection::from_indices(&open, [1]).unwrap();
    let text =
        BallotStatement::new(&open, sealed.nullifier, selection).unwrap().into_ballot([0; 256]).to_json();
    let moved = text.replace(&open.id().to_string(), &manifest.id().to_string());
    let moved = CastBallot::from_json(moved.as_bytes()).unwrap();
    assert_eq!(moved.instance(&manifest), Err(BallotError::OtherKind { expected: manifest.kind() }));
    // The circuit's name of another election; another number of options.
    let elsewhere = SealedElectionId::from_field(Fr::from(1));
    let wrong = SealedBallot { election: elsewhere, ..sealed.clone() };
    let error = SealedBallotError::OtherElection { expected: sealed.election, actual: elsewhere };
    assert_eq!(SecretBallot::new(&manifest, wrong, [0; 256]), Err(BallotError::Sealed(error)));
    let points = sealed.ciphertext.points()[..3].to_vec();
    let short = SealedBallot { ciphertext: Ciphertext::from_points(points).unwrap(), ..sealed };
    let error = SealedBallotError::Slots(WrongSlots { expected: 3, actual: 2 });
    assert_eq!(SecretBallot::new(&manifest, short, [0; 256]), Err(BallotError::Sealed(error)));
}

#[test]
fn names_and_codes_follow_from_all_but_the_proof() {
    let manifest = simple();
    let good = ballot(&manifest, &[0, 1, 0], 1);
    let other_proof = SecretBallot::new(&manifest, good.sealed().clone(), [0; 256]).unwrap();
    assert_eq!(good.digest(), other_proof.digest());
    // Known answer: computed by an independent Keccak from the digest of the sealed ballot.
    let code = CastBallot::from(good.clone()).tracking_code();
    assert_eq!(good.sealed().digest(BallotSize::Eight).to_string(), SEALED_DIGEST);
    assert_eq!(manifest.id().to_string(), ELECTION);
    assert_eq!(code.to_string(), CODE);
    assert_eq!(good.sealed().tracking_code(&manifest.id(), BallotSize::Eight), code);
    assert_eq!(code.to_string().parse(), Ok(code));
    assert_eq!(good.digest().to_string().len(), 64);
    let swap = |points: &mut Vec<Point>, i, j| points.swap(i, j);
    for (i, j) in [(0, 1), (1, 2), (2, 3)] {
        let mut points = good.sealed().ciphertext.points().to_vec();
        swap(&mut points, i, j);
        let sealed =
            SealedBallot { ciphertext: Ciphertext::from_points(points).unwrap(), ..good.sealed().clone() };
        assert_ne!(SecretBallot::new(&manifest, sealed, *good.proof()).unwrap().digest(), good.digest());
    }
    for text in ["", "0000", &code.to_string().to_lowercase(), &code.to_string().replace('-', ""), "é"] {
        assert_eq!(text.parse::<TrackingCode>(), Err(InvalidTrackingCode), "{text}");
    }
    let long = alloc::format!("{code}-0000");
    assert_eq!(long.parse::<TrackingCode>(), Err(InvalidTrackingCode));
    assert_eq!(
        code.to_string().replacen(|c: char| c != '-', "U", 1).parse::<TrackingCode>(),
        Err(InvalidTrackingCode)
    );
}

#[test]
fn a_challenged_ballot_shows_what_it_says() {
    let weighting = Weighting::Weighted { max_weight: 9 };
    let rules = Rules { method: Method::Score { max: 5 }, ..Rules::single_choice() };
    let manifest = manifest(3, rules, weighting);
    let election = manifest.sealed().unwrap();
    let truth = witness(&[5, 0, 2], 3, 77);
    let sealed = election.seal(&truth).unwrap();
    let opening = Opening::of(&truth);
    assert_eq!(opening.check(election, &sealed, VoterWeight::Known(3)), Ok(&[5, 0, 2][..]));
    assert_eq!(alloc::format!("{opening:?}"), "Opening(..)");
    let json = opening.to_json();
    assert_eq!(
        json,
        r#"{"format":"tabella-ballot-opening-v1","votes":[5,0,2],"weight":3,"randomness":"77"}"#
    );
    assert_eq!(Opening::from_json(json.as_bytes()).unwrap().to_json(), json);
    assert!(!json.contains(&sealed.nullifier.to_string()), "an opening says nothing about who");
    // A wallet that lied about any of the three.
    for lie in [witness(&[5, 0, 3], 3, 77), witness(&[5, 0, 2], 2, 77), witness(&[5, 0, 2], 3, 78)] {
        let weight = VoterWeight::Known(lie.weight);
        assert_eq!(
            Opening::of(&lie).check(election, &sealed, weight).err(),
            Some(OpeningError::OtherNumbers)
        );
    }
    let known = VoterWeight::Known(3);
    let votes = Opening::of(&witness(&[6, 0, 2], 3, 77)).check(election, &sealed, known).unwrap_err();
    assert_eq!(votes, OpeningError::Votes(VotesError::TooMany { option: 0, max: 5 }));
    let none = Opening::of(&witness(&[5, 0, 2], 0, 77));
    let error = OpeningError::OtherWeight { expected: 3, actual: 0 };
    assert_eq!(none.check(election, &sealed, known), Err(error));
    let elsewhere = SealedBallot { election: SealedElectionId::from_field(Fr::from(1)), ..sealed.clone() };
    let error = OpeningError::OtherElection { expected: election.id(), actual: elsewhere.election };
    assert_eq!(opening.check(election, &elsewhere, known), Err(error));
    let plain = simple();
    let one = plain.sealed().unwrap().seal(&witness(&[0, 1, 0], 1, 5)).unwrap();
    let heavy = Opening::of(&witness(&[0, 1, 0], 2, 5));
    let said = heavy.check(plain.sealed().unwrap(), &one, VoterWeight::Once);
    assert_eq!(said, Err(OpeningError::OtherWeight { expected: 1, actual: 2 }));
    for (from, to, error) in
        [("\"77\"", "\"0\"", EncodingError::NotCanonical), ("\"77\"", "\"077\"", EncodingError::NotCanonical)]
    {
        let read = Opening::from_json(json.replace(from, to).as_bytes()).map(|_| ());
        assert_eq!(read, Err(DecodeError::Field { field: "randomness", error }));
    }
}

#[test]
fn a_challenged_ballot_is_opened_at_the_weight_of_its_voter() {
    let weighting = Weighting::Weighted { max_weight: 9 };
    for method in [Method::Score { max: 5 }, Method::Quadratic { credits: 9 }] {
        let manifest = manifest(3, Rules { method, ..Rules::single_choice() }, weighting);
        let election = manifest.sealed().unwrap();
        // Asked for 3 votes of weight 3, the machine seals 1, and opens it as 3 of weight 1: the products are the same.
        let sealed = election.seal(&witness(&[1, 0, 0], 3, 77)).unwrap();
        let code = sealed.tracking_code(&manifest.id(), election.size());
        let mine = election.nullifier(&witness(&[], 3, 1).secret);
        let lie = Opening::of(&witness(&[3, 0, 0], 1, 77));
        let error = OpeningError::OtherWeight { expected: 3, actual: 1 };
        assert_eq!(lie.check(election, &sealed, VoterWeight::Known(3)), Err(error));
        assert_eq!(
            alloc::format!("{error}"),
            "the ballot is opened at weight 1, and the voter's weight is 3"
        );
        // A voter who lets the machine say her weight is deceived: the ciphertext is the same.
        assert_eq!(lie.check(election, &sealed, VoterWeight::Known(1)), Ok(&[3, 0, 0][..]));
        let lie = ChallengedBallot { sealed: sealed.clone(), opening: lie };
        assert_eq!(
            lie.check(&manifest, &mine, &code, VoterWeight::Known(3)),
            Err(ChallengeError::Opening(error))
        );
        let truth = ChallengedBallot { sealed, opening: Opening::of(&witness(&[1, 0, 0], 3, 77)) };
        assert_eq!(truth.check(&manifest, &mine, &code, VoterWeight::Known(3)), Ok(&[1, 0, 0][..]));
        let missing = Err(ChallengeError::Voter(VoterWeightError::Missing));
        assert_eq!(truth.check(&manifest, &mine, &code, VoterWeight::Once), missing);
        for actual in [0, 10, u32::MAX] {
            let error = ChallengeError::Voter(VoterWeightError::OutOfRange { max: 9, actual });
            assert_eq!(truth.check(&manifest, &mine, &code, VoterWeight::Known(actual)), Err(error));
        }
    }
    let plain = simple();
    let truth = witness(&[0, 1, 0], 1, 5);
    let sealed = plain.sealed().unwrap().seal(&truth).unwrap();
    let code = sealed.tracking_code(&plain.id(), plain.sealed().unwrap().size());
    let mine = sealed.nullifier;
    let challenged = ChallengedBallot { sealed, opening: Opening::of(&truth) };
    let error = ChallengeError::Voter(VoterWeightError::NoWeights);
    assert_eq!(challenged.check(&plain, &mine, &code, VoterWeight::Known(1)), Err(error));
    // An election is named in one form everywhere.
    let weighted = manifest(3, Rules::single_choice(), weighting);
    let error = ChallengeError::OtherElection { expected: weighted.id() };
    assert_eq!(challenged.check(&weighted, &mine, &code, VoterWeight::Known(1)), Err(error));
}

#[test]
fn a_challenged_ballot_is_the_one_whose_code_was_shown() {
    let manifest = simple();
    let election = manifest.sealed().unwrap();
    let (truth, other) = (witness(&[0, 1, 0], 1, 5), witness(&[0, 1, 0], 1, 6));
    let challenged =
        ChallengedBallot { sealed: election.seal(&truth).unwrap(), opening: Opening::of(&truth) };
    let code = challenged.sealed.tracking_code(&manifest.id(), election.size());
    let mine = election.nullifier(&truth.secret);
    assert_eq!(challenged.check(&manifest, &mine, &code, VoterWeight::Once), Ok(&[0, 1, 0][..]));
    let json = challenged.to_json();
    let read = ChallengedBallot::from_json(json.as_bytes()).unwrap();
    assert_eq!(
        (read.to_json(), read.check(&manifest, &mine, &code, VoterWeight::Once)),
        (json.clone(), Ok(&[0, 1, 0][..]))
    );
    assert!(!alloc::format!("{read:?}").contains("votes"));

    // A machine that shows the code of one ballot and opens another, or opens it to other numbers.
    let sealed = election.seal(&other).unwrap();
    let actual = sealed.tracking_code(&manifest.id(), election.size());
    let swapped = ChallengedBallot { sealed: sealed.clone(), opening: Opening::of(&other) };
    assert_eq!(
        swapped.check(&manifest, &mine, &code, VoterWeight::Once),
        Err(ChallengeError::OtherCode { expected: code, actual })
    );
    let lie = ChallengedBallot { sealed, opening: Opening::of(&truth) };
    let wrong = Err(ChallengeError::Opening(OpeningError::OtherNumbers));
    assert_eq!(lie.check(&manifest, &mine, &actual, VoterWeight::Once), wrong);
    let points = json.split("\"ciphertext\":[").nth(1).unwrap().split(']').next().unwrap();
    let many = json.replace(points, &[points; 4].join(","));
    let error = EncodingError::Length { expected: 9, actual: 16 };
    let read = ChallengedBallot::from_json(many.as_bytes()).map(|_| ());
    assert_eq!(read, Err(DecodeError::Field { field: "ciphertext", error }));
}

/// Clash attack: Ann and Bob want the same, and one attacker has both their machines. Bob's shows Ann's ballot, whatever Bob does with it,
/// and is free to cast another one for him.
#[test]
fn a_challenged_ballot_is_of_the_voter_who_challenges() {
    let manifest = simple();
    let election = manifest.sealed().unwrap();
    let anns = witness(&[0, 1, 0], 1, 5);
    let (ann, bob) = (election.nullifier(&anns.secret), {
        let bob = IdentitySecret::from_scalar(Scalar::from(43u64));
        election.nullifier(&bob)
    });
    let shown = ChallengedBallot { sealed: election.seal(&anns).unwrap(), opening: Opening::of(&anns) };
    let code_of = |ballot: &SealedBallot| ballot.tracking_code(&manifest.id(), election.size());
    let code = code_of(&shown.sealed);
    assert_eq!(shown.check(&manifest, &ann, &code, VoterWeight::Once), Ok(&[0, 1, 0][..]));
    let error = ChallengeError::OtherVoter { expected: bob, actual: ann };
    assert_eq!(shown.check(&manifest, &bob, &code, VoterWeight::Once), Err(error));
    let said =
        alloc::format!("the ballot has nullifier {ann}, and the voter's is {bob}: it is another's ballot");
    assert_eq!(error.to_string(), said);
    // Ann's ballot under Bob's nullifier has another code than the one that was shown.
    let mut moved = shown.clone();
    moved.sealed.nullifier = bob;
    let actual = code_of(&moved.sealed);
    assert_ne!(actual, code);
    let error = ChallengeError::OtherCode { expected: code, actual };
    assert_eq!(moved.check(&manifest, &bob, &code, VoterWeight::Once), Err(error));
}

#[cfg(feature = "std")]
#[test]
fn a_ballot_kept_for_a_citizen_is_opened_by_her_alone() {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
    let (manifest, truth) = (simple(), witness(&[0, 1, 0], 1, 5));
    let election = manifest.sealed().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let bytes = KeptBallot::of(&truth).encrypt_for(&truth.secret, &mut rng);
    assert_ne!(
        bytes,
        KeptBallot::of(&truth).encrypt_for(&truth.secret, &mut rng),
        "each has a salt of its own"
    );
    let again = KeptBallot::decrypt_for(&truth.secret, &bytes).unwrap().into_witness(truth.secret.clone());
    assert_eq!(election.seal(&again), election.seal(&truth));

    let stranger = crate::identity::Identity::from_private_key_text("stranger");
    let open = |bytes: &[u8]| KeptBallot::decrypt_for(&truth.secret, bytes).err();
    assert_eq!(KeptBallot::decrypt_for(stranger.secret(), &bytes).err(), Some(NotKept::OtherCitizen));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let expected = if at < 16 { NotKept::Form } else { NotKept::OtherCitizen };
        assert_eq!(open(&changed), Some(expected), "{at}");
    }
    assert_eq!(open(&[]), Some(NotKept::Form));
    assert_eq!(open(&[bytes.as_slice(), &[0; 20_000]].concat()), Some(NotKept::Form));
}

#[cfg(feature = "secret-files")]
#[test]
fn a_kept_ballot_is_the_same_ballot_again() {
    use crate::{
        encrypted::{DecryptError, WorkFactor},
        identity::Identity,
    };
    let (manifest, truth) = (simple(), witness(&[0, 1, 0], 1, 5));
    let election = manifest.sealed().unwrap();
    let kept = KeptBallot::of(&truth);
    assert_eq!(alloc::format!("{kept:?}"), "KeptBallot(..)");
    let work = WorkFactor::new(1).unwrap();
    let bytes = kept.encrypt_to_bytes("correct horse", work).unwrap();
    let open = |passphrase| KeptBallot::decrypt_from_bytes(&bytes, passphrase);
    let again = open("correct horse").unwrap().into_witness(truth.secret.clone());
    assert_eq!(election.seal(&again), election.seal(&truth));
    assert_eq!(open("horse").err(), Some(DecryptError::WrongPassphrase));
    let identity = Identity::from_private_key_text("x").encrypt_to_bytes("x", work).unwrap();
    let other = KeptBallot::decrypt_from_bytes(&identity, "x").err();
    assert_eq!(other, Some(DecryptError::OtherContent { expected: "sealed ballot" }));
}

proptest! {
    #[test]
    fn bytes_that_decode_encode_to_themselves(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = ballot(&simple(), &[1, 0, 0], 1).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(decoded) = SecretBallot::from_bytes(&bytes) {
            prop_assert_eq!(decoded.to_bytes(), bytes);
            prop_assert_eq!(SecretBallot::from_json(decoded.to_json().as_bytes()), Ok(decoded));
        }
    }

    #[test]
    fn codes_are_read_as_they_are_written(bytes in prop::array::uniform32(any::<u8>())) {
        let code = TrackingCode::of(&BallotDigest::from_digest(Digest::from_bytes(bytes)));
        prop_assert_eq!(code.to_string().len(), 39);
        prop_assert_eq!(code.to_string().parse(), Ok(code));
    }
}

const SEALED_DIGEST: &str = "4456794387151674889004464951746399410850156896612614658478203384299765270272";
const ELECTION: &str = "14bc217fca8bc4f968f1edcb44913aceef440a61fb70e1cc67ac1584d12577a1";
const CODE: &str = "9FWW-DWYB-HJTS-G1NY-K5JS-FFVT-S318-RV47";
