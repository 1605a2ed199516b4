//! The box of an election with secret ballots: what it accepts, what it refuses, and the record in two steps.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::LazyLock;
use tabella_ballot_box::{
    BallotBox, BallotStore, Cause, ExportError, MemoryBallotStore, Opened, RegistryLeaves, Rejected,
    StorageError, StoredBallot,
};
use tabella_primitives::{
    Fr,
    edwards::{Point, Scalar},
    elgamal::{Ciphertext, Randomness, WrongSlots},
    encoding::{EncodingError, encode_hex},
    instance::PublicInputs,
};
use tabella_protocol::{
    ballot::{
        BallotStatement, CastBallot, SealedBallot, SealedBallotError, SecretBallot, Selection, TrackingCode,
    },
    election::{ElectionKind, FrozenRegistry, Manifest, SecretBallots, Window},
    record::{BallotSearch, RecordReader, find_ballot},
    registry::RegistryRoot,
    statement::Nullifier,
    tally::Outcome,
    trustee::{
        CeremonyParameters, CeremonyRecord, KeyCeremony, KeyShare, OpeningLedger, OpeningPolicy, Package,
        TrusteeSecret, hold_in_memory,
    },
    wire::DecodeError,
};
use tabella_verifier::{InvalidProof, testing::ForgingKey};

const OPENS: u64 = 1_700_000_000;
const CLOSES: u64 = 1_700_003_600;

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

static KEY: LazyLock<ForgingKey> = LazyLock::new(|| ForgingKey::generate(3, &mut rng(1)));

struct Held {
    record: CeremonyRecord,
    ceremony: KeyCeremony,
    share: KeyShare,
    me: TrusteeSecret,
}

fn hold(seed: u8) -> Held {
    let rng = &mut rng(seed);
    let me = TrusteeSecret::generate(rng);
    let parameters = CeremonyParameters::new([seed; 32], 1, 2, vec![*me.keys()]).unwrap();
    let mut held =
        hold_in_memory(parameters, std::slice::from_ref(&me), rng, |_, packages| packages).unwrap();
    let record = held.record();
    Held { ceremony: record.verify().unwrap(), record, share: held.shares.remove(0), me }
}

static HELD: LazyLock<Held> = LazyLock::new(|| hold(2));

fn draft(nonce: u8) -> tabella_protocol::election::ManifestBuilder {
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park"])
        .window(Window { opens_at: OPENS, closes_at: CLOSES })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 4))
        .insecure_development_key(KEY.verifying_key().digest())
        .nonce([nonce; 32])
}

fn manifest(nonce: u8) -> Manifest {
    draft(nonce).secret(SecretBallots::new(&HELD.ceremony, OpeningPolicy::new(3).unwrap())).build().unwrap()
}

fn open(manifest: &Manifest) -> BallotBox<MemoryBallotStore> {
    BallotBox::open(MemoryBallotStore::new(manifest.clone()), KEY.verifying_key()).unwrap()
}

fn content(manifest: &Manifest, nullifier: u64, numbers: [u64; 2], rho: u64) -> SealedBallot {
    let election = manifest.sealed().unwrap();
    let randomness = Randomness::from_scalar(Scalar::from(rho)).unwrap();
    SealedBallot {
        election: election.id(),
        nullifier: Nullifier::from_field(Fr::from(nullifier)),
        ciphertext: election.key().encrypt(&numbers, &randomness).unwrap(),
    }
}

fn prove(manifest: &Manifest, content: SealedBallot) -> CastBallot {
    let instance = content.instance(manifest.sealed().unwrap()).unwrap();
    let proof = KEY.forge(&instance.public_inputs(), &mut rng(3)).to_bytes();
    SecretBallot::new(manifest, content, proof).unwrap().into()
}

fn ballot(manifest: &Manifest, nullifier: u64, numbers: [u64; 2]) -> CastBallot {
    prove(manifest, content(manifest, nullifier, numbers, 1000 + nullifier))
}

fn cast(ballot_box: &BallotBox<MemoryBallotStore>, ballot: &CastBallot) -> Result<u64, Rejected> {
    let verified = ballot_box.check_json(ballot.to_json().as_bytes())?;
    ballot_box.accept(verified, OPENS).map(|receipt| receipt.index)
}

#[test]
fn a_secret_ballot_is_accepted_once_and_found_by_its_code() {
    let m = manifest(1);
    let ballot_box = open(&m);
    let first = ballot(&m, 1, [1, 0]);
    let receipt = ballot_box.accept(ballot_box.check(&first).unwrap(), OPENS).unwrap();
    assert_eq!((receipt.index, receipt.election, receipt.ballot), (0, m.id(), first.digest()));
    assert_eq!(receipt.tracking_code(), first.tracking_code());
    // Sent again, with other bytes for the same proof too: the same receipt, even after the window.
    let other_proof =
        KEY.forge(&first.secret().unwrap().instance(&m).unwrap().public_inputs(), &mut rng(9)).to_bytes();
    let again: CastBallot =
        SecretBallot::new(&m, first.secret().unwrap().sealed().clone(), other_proof).unwrap().into();
    assert_ne!(again.proof(), first.proof());
    assert_eq!(ballot_box.accept(ballot_box.check(&again).unwrap(), CLOSES), Ok(receipt));
    // Another ballot of the same voter.
    assert_eq!(cast(&ballot_box, &ballot(&m, 1, [0, 1])), Err(Rejected::AlreadyVoted { index: 0 }));
    let code: TrackingCode = receipt.tracking_code().to_string().parse().unwrap();
    ballot_box.close(CLOSES).unwrap();
    let mut record = Vec::new();
    ballot_box.write_unopened(&mut record, RegistryLeaves::Omitted, &HELD.record).unwrap();
    assert_eq!(find_ballot(record.as_slice(), &code).unwrap().found.map(|found| found.index), Some(0));
    assert_eq!(receipt.check_in_record(record.as_slice()), Ok(()));
    let never_cast = ballot(&m, 9, [1, 0]).tracking_code();
    assert_eq!(
        find_ballot(record.as_slice(), &never_cast),
        Ok(BallotSearch { election: m.id(), found: None })
    );
}

#[test]
fn one_randomness_serves_one_ballot() {
    let m = manifest(1);
    let ballot_box = open(&m);
    cast(&ballot_box, &ballot(&m, 1, [1, 0])).unwrap();
    // Two voters together: other nullifiers and numbers, good proofs, one C_0.
    let copied = prove(&m, content(&m, 2, [0, 1], 1001));
    assert_eq!(cast(&ballot_box, &copied), Err(Rejected::CopiedCiphertext { index: 0 }));
    assert_eq!(ballot_box.refusals().of(Cause::CopiedCiphertext), 1);
    // Within one batch.
    let batch = [prove(&m, content(&m, 3, [0, 1], 50)), prove(&m, content(&m, 4, [0, 1], 50))];
    let verified =
        ballot_box.check_batch(&batch, &mut rng(4)).into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    let answers = ballot_box.accept_batch(verified, OPENS);
    assert_eq!(answers[0].as_ref().unwrap().index, 1);
    assert_eq!(answers[1], Err(Rejected::CopiedCiphertext { index: 1 }));
    // The store guards it by itself.
    let state = ballot_box.state().unwrap();
    let forced = StoredBallot::following(&state.head, state.ballots, batch[1].clone());
    let refused = ballot_box.store().append(&[forced]);
    assert_eq!(refused, Err(StorageError::DuplicateCiphertext { index: 1 }));
    assert_eq!(ballot_box.state().unwrap(), state);
}

#[test]
fn what_is_no_ballot_of_the_election_is_refused_by_name() {
    let m = manifest(1);
    let ballot_box = open(&m);
    let good = ballot(&m, 1, [1, 0]);
    let sealed = good.secret().unwrap().sealed().clone();
    let proof = *good.proof();
    let beside = |content: SealedBallot| CastBallot::from(SecretBallot::new(&m, content, proof).unwrap());
    let point = |number: u64| Point::mul_base(&Scalar::from(number));
    // A good proof beside rubbish, a mauled vote, a changed voter.
    let rubbish = Ciphertext::from_points(vec![point(5), point(6), point(7)]).unwrap();
    assert_eq!(
        cast(&ballot_box, &beside(SealedBallot { ciphertext: rubbish, ..sealed.clone() })),
        Err(Rejected::InvalidProof)
    );
    let mut points = sealed.ciphertext.points().to_vec();
    points[2] = points[2] + Point::base();
    let mauled = Ciphertext::from_points(points).unwrap();
    assert_eq!(
        cast(&ballot_box, &beside(SealedBallot { ciphertext: mauled, ..sealed.clone() })),
        Err(Rejected::InvalidProof)
    );
    let nullifier = Nullifier::from_field(Fr::from(2));
    assert_eq!(
        cast(&ballot_box, &beside(SealedBallot { nullifier, ..sealed.clone() })),
        Err(Rejected::InvalidProof)
    );
    // Another election; its ballot with this one's name.
    let other = manifest(2);
    let (expected, actual) = (m.id(), other.id());
    let foreign = ballot(&other, 1, [1, 0]);
    assert_eq!(cast(&ballot_box, &foreign), Err(Rejected::UnknownElection { expected, actual }));
    let renamed = foreign.to_json().replace(&actual.to_string(), &expected.to_string());
    let renamed = CastBallot::from_json(renamed.as_bytes()).unwrap();
    let error = SealedBallotError::OtherElection {
        expected: m.sealed().unwrap().id(),
        actual: other.sealed().unwrap().id(),
    };
    assert_eq!(cast(&ballot_box, &renamed), Err(Rejected::Sealed(error)));
    let verified = open(&other).check(&foreign).unwrap();
    assert_eq!(ballot_box.accept(verified, OPENS), Err(Rejected::UnknownElection { expected, actual }));
    // An open ballot with this election's name.
    let plain = draft(1).build().unwrap();
    let choice = Selection::from_indices(&plain, [1]).unwrap();
    let shown = BallotStatement::new(&plain, nullifier, choice).unwrap().into_ballot(proof);
    let shown = shown.to_json().replace(&plain.id().to_string(), &expected.to_string());
    let shown = CastBallot::from_json(shown.as_bytes()).unwrap();
    let kind = ElectionKind::SecretBallots;
    assert_eq!(cast(&ballot_box, &shown), Err(Rejected::OtherKind { expected: kind }));
    // One option less.
    let json = good.to_json();
    let last = encode_hex(&sealed.ciphertext.points()[2].to_packed());
    let short = CastBallot::from_json(json.replace(&format!(",\"{last}\""), "").as_bytes()).unwrap();
    let error = SealedBallotError::Slots(WrongSlots { expected: 2, actual: 1 });
    assert_eq!(cast(&ballot_box, &short), Err(Rejected::Sealed(error)));
    // Points of small order.
    let mut small = tabella_primitives::encoding::Canonical::to_be_bytes(&-Fr::from(1));
    small.reverse();
    let error = DecodeError::Field { field: "ciphertext", error: EncodingError::NotInSubgroup };
    let small = json.replace(&last, &encode_hex(&small));
    assert_eq!(ballot_box.check_json(small.as_bytes()), Err(Rejected::Malformed(error)));
    assert_eq!(ballot_box.state().unwrap().ballots, 0);
    assert_eq!(cast(&ballot_box, &good), Ok(0));
    // A key for another number of public inputs proves nothing, whatever the manifest says.
    let four = ForgingKey::generate(4, &mut rng(8));
    let misfit = draft(3)
        .secret(m.secret().unwrap().clone())
        .insecure_development_key(four.verifying_key().digest())
        .build()
        .unwrap();
    let instance = content(&misfit, 1, [1, 0], 5).instance(misfit.sealed().unwrap()).unwrap();
    let inputs = [instance.public_inputs().as_slice(), &[Fr::from(0)]].concat();
    let forged = four.forge(&inputs, &mut rng(3)).to_bytes();
    let forged: CastBallot =
        SecretBallot::new(&misfit, content(&misfit, 1, [1, 0], 5), forged).unwrap().into();
    let store = MemoryBallotStore::new(misfit);
    let misfit = BallotBox::open(store, four.verifying_key()).unwrap();
    assert_eq!(misfit.check(&forged), Err(Rejected::InvalidProof));
    assert_ne!(InvalidProof::NotSatisfied, InvalidProof::WrongNumberOfInputs { expected: 4, actual: 3 });
}

fn share(ballots: &[CastBallot], manifest: &Manifest) -> Package {
    let ciphertexts: Vec<_> =
        ballots.iter().map(|ballot| ballot.secret().unwrap().sealed().ciphertext.clone()).collect();
    let authorised = OpeningLedger::new()
        .authorise(
            &HELD.ceremony,
            HELD.share.trustee(),
            manifest.id(),
            &ciphertexts,
            manifest.secret().unwrap().policy,
        )
        .unwrap();
    HELD.share.decrypt(&HELD.me, &HELD.ceremony, &authorised, &mut rng(5)).unwrap()
}

#[test]
fn the_record_is_written_in_two_steps() {
    let m = manifest(1);
    let ballot_box = open(&m);
    let ballots = [ballot(&m, 1, [1, 0]), ballot(&m, 2, [0, 1]), ballot(&m, 3, [0, 1])];
    for ballot in &ballots {
        cast(&ballot_box, ballot).unwrap();
    }
    let unopened = |to: &mut Vec<u8>, ceremony| {
        ballot_box.write_unopened(to, RegistryLeaves::Omitted, ceremony).map(|unopened| unopened.sum)
    };
    assert_eq!(unopened(&mut Vec::new(), &HELD.record), Err(ExportError::NotClosed));
    ballot_box.close(CLOSES).unwrap();
    let other = hold(7);
    let (expected, actual) = (*HELD.ceremony.transcript(), *other.ceremony.transcript());
    assert_eq!(
        unopened(&mut Vec::new(), &other.record),
        Err(ExportError::OtherCeremony { expected, actual })
    );
    let kind = ElectionKind::SecretBallots;
    let refused = ballot_box.write_record(Vec::new(), &[]).unwrap_err();
    assert_eq!(refused, ExportError::OtherKind { actual: kind });
    assert_eq!(ballot_box.tally(), Err(refused));
    let leaves = [Fr::from(1)];
    let registry = RegistryLeaves::Plain(&leaves);
    let refused = ballot_box.write_unopened(Vec::new(), registry, &HELD.record).unwrap_err();
    assert!(matches!(refused, ExportError::OtherRegistry { size: 1, .. }));

    let mut first = Vec::new();
    let sum = unopened(&mut first, &HELD.record).unwrap().unwrap();
    assert_eq!((sum.sum().count(), *sum.election()), (3, m.id()));
    let shares = [share(&ballots, &m)];
    let mut whole = Vec::new();
    let opened = |numbers: &'static [u64]| Some(Opened { shares: &shares, numbers });
    let write = |to: &mut Vec<u8>, opened: Option<Opened<'_>>| {
        ballot_box.write_opened(to, RegistryLeaves::Omitted, &HELD.record, opened)
    };
    let exported = write(&mut whole, opened(&[1, 2])).unwrap();
    assert_eq!((exported.tally.winners.as_slice(), exported.tally.abstentions), (&[1u16][..], None));
    assert!(whole.starts_with(&first), "the second step continues the first");
    assert!(RecordReader::new(whole.as_slice()).all(|entry| entry.is_ok()));
    let wrong = write(&mut Vec::new(), opened(&[1])).unwrap_err();
    assert_eq!(wrong, ExportError::Numbers(WrongSlots { expected: 2, actual: 1 }));
    let missing = write(&mut Vec::new(), None).unwrap_err();
    assert_eq!(missing, ExportError::Opening { ballots: 3, least: 3 });
    // An election with open ballots has no such record.
    let plain = draft(1).build().unwrap();
    let open_box = BallotBox::open(MemoryBallotStore::new(plain), KEY.verifying_key()).unwrap();
    open_box.close(CLOSES).unwrap();
    let refused = open_box.write_unopened(Vec::new(), RegistryLeaves::Omitted, &HELD.record).unwrap_err();
    assert_eq!(refused, ExportError::OtherKind { actual: ElectionKind::OpenBallots });
}

#[test]
fn too_few_ballots_stay_closed() {
    let m = manifest(1);
    let ballot_box = open(&m);
    let ballots = [ballot(&m, 1, [1, 0]), ballot(&m, 2, [0, 1])];
    for ballot in &ballots {
        cast(&ballot_box, ballot).unwrap();
    }
    ballot_box.close(CLOSES).unwrap();
    let write = |opened: Option<Opened<'_>>| {
        ballot_box.write_opened(Vec::new(), RegistryLeaves::Omitted, &HELD.record, opened)
    };
    let exported = write(None).unwrap();
    assert_eq!((exported.tally.outcome, exported.tally.counts.len()), (Outcome::NotOpened, 0));
    let refused = write(Some(Opened { shares: &[], numbers: &[1, 1] })).unwrap_err();
    assert_eq!(refused, ExportError::Opening { ballots: 2, least: 3 });
}
