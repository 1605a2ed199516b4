//! A whole election: registration, ballots, every kind of fraud, tally, record, audit, tampering.
//!
//! Twenty citizens of a hundred vote; with `TABELLA_FULL=1`, three hundred of a thousand.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use std::sync::LazyLock;
use tabella::{
    Auditor, BallotBox, Citizen, Election, MemoryBallotStore, Registrar, Rejected, VoteError,
    audit::Cause,
    ballot::{CastBallot, Selection, SelectionError},
    election::{Manifest, Window},
    keys,
    params::{KeyPolicy, ParamsCache},
    primitives::{Fr, encoding::EncodingError, rng},
    protocol::wire::DecodeError,
    prover::ProvingKey,
    statement::{CircuitId, Nullifier},
};

const POLICY: KeyPolicy = KeyPolicy::AllowInsecureDevelopmentKeys;
const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
const DURING: u64 = 1_700_000_100;
const CLOSES: u64 = 1_700_003_600;

struct Town {
    citizens: Vec<Citizen>,
    registrar: Registrar,
    election: Election,
}

fn full() -> bool {
    std::env::var_os("TABELLA_FULL").is_some()
}

fn key() -> &'static ProvingKey {
    static KEY: LazyLock<ProvingKey> = LazyLock::new(|| {
        let cache = ParamsCache::open_default().unwrap();
        keys::proving_key(&cache, CircuitId::Membership10V1, |_| ()).unwrap().key
    });
    &KEY
}

fn draft() -> tabella::election::ManifestBuilder {
    Manifest::builder("Town meeting", "What shall we do with the mill?")
        .options(["Library", "Playground", "Nothing"])
        .window(Window { opens_at: 1_700_000_000, closes_at: CLOSES })
}

fn town(count: usize) -> Town {
    let mut rng = rng::from_os().unwrap();
    let citizens: Vec<Citizen> = (0..count).map(|_| Citizen::generate(&mut rng)).collect();
    let mut registrar = Registrar::new();
    registrar.register(citizens.iter().map(Citizen::commitment)).unwrap();
    let election = Election::create(draft(), registrar.freeze().unwrap(), POLICY, &mut rng).unwrap();
    Town { citizens, registrar, election }
}

impl Town {
    fn ballot(&self, citizen: &Citizen, choice: u16) -> CastBallot {
        let selection = Selection::from_indices(self.election.manifest(), [choice]).unwrap();
        let mut rng = rng::from_os().unwrap();
        citizen.vote(&self.election, self.registrar.registry(), selection, key(), &mut rng).unwrap()
    }
}

fn cast(ballot_box: &BallotBox<MemoryBallotStore>, ballot: &[u8]) -> Result<u64, Rejected> {
    let verified = ballot_box.check_json(ballot)?;
    ballot_box.accept(verified, DURING).map(|receipt| receipt.index)
}

/// The ballot's file with one text replaced by another.
fn with(ballot: &CastBallot, from: &str, to: &str) -> Vec<u8> {
    let text = ballot.to_json();
    assert!(text.contains(from), "{from} in {text}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn an_election_with_every_kind_of_fraud() {
    let (count, voters) = if full() { (1_000, 300) } else { (100, 20) };
    let town = town(count);
    let manifest = town.election.manifest();
    let ballot_box = town.election.memory_ballot_box().unwrap();
    let mut receipts = Vec::new();
    let mut ballots = Vec::new();
    for (number, citizen) in town.citizens.iter().take(voters).enumerate() {
        let ballot = town.ballot(citizen, u16::try_from(number % 3).unwrap());
        let verified = ballot_box.check(&ballot).unwrap();
        receipts.push(ballot_box.accept(verified, DURING).unwrap());
        ballots.push(ballot);
    }

    // The same ballot again gets the same receipt and changes nothing.
    let again = ballot_box.accept(ballot_box.check(&ballots[3]).unwrap(), DURING).unwrap();
    assert_eq!(again, receipts[3]);
    refuse_every_fraud(&town, &ballot_box, &ballots);

    ballot_box.close(CLOSES).unwrap();
    let late = town.ballot(&town.citizens[voters], 0);
    assert_eq!(
        ballot_box.accept(ballot_box.check(&late).unwrap(), CLOSES),
        Err(Rejected::Closed { closed_at: CLOSES, now: CLOSES })
    );
    let mut record = Vec::new();
    let exported = ballot_box.write_record(&mut record, town.registrar.registry().tree().leaves()).unwrap();
    let mut rng = rng::from_os().unwrap();
    let auditor = Auditor::new(POLICY).expect_election(manifest.id()).expect_record(exported.digest);
    let report = auditor.audit(record.as_slice(), &mut rng).unwrap();
    assert_eq!(report.ballots, u64::try_from(voters).unwrap());
    assert_eq!(report.citizens, Some(u64::try_from(count).unwrap()));
    assert_eq!(report.tally, exported.tally);
    let votes: Vec<u64> = report.tally.counts.iter().map(|c| c.votes).collect();
    let expected = |option: usize| u64::try_from((0..voters).filter(|n| n % 3 == option).count()).unwrap();
    assert_eq!(votes, [expected(0), expected(1), expected(2)]);
    for receipt in &receipts {
        receipt.check_in_record(record.as_slice()).unwrap();
    }

    // One vote changed in the record: the first fault is named.
    let text = String::from_utf8(record).unwrap();
    let tampered = text.replacen("\"selection\":[0]", "\"selection\":[1]", 1);
    let fault = Auditor::new(POLICY).audit(tampered.as_bytes(), &mut rng).unwrap_err();
    assert_eq!(fault.entry, 1);
    // An auditor who trusts keys of a ceremony only trusts none of today's.
    let fault = Auditor::new(KeyPolicy::CeremonyOnly).audit(text.as_bytes(), &mut rng).unwrap_err();
    assert!(matches!(fault.cause, Cause::UntrustedKey { .. }), "{fault}");
}

fn refuse_every_fraud(town: &Town, ballot_box: &BallotBox<MemoryBallotStore>, ballots: &[CastBallot]) {
    let manifest = town.election.manifest();
    let state = ballot_box.state().unwrap();
    let mut rng = rng::from_os().unwrap();
    let victim = &ballots[1];

    let twice = town.ballot(&town.citizens[0], 2);
    assert_eq!(cast(ballot_box, twice.to_json().as_bytes()), Err(Rejected::AlreadyVoted { index: 0 }));

    // A stranger with a registry of their own.
    let stranger = Citizen::generate(&mut rng);
    let mut own = Registrar::new();
    own.register([stranger.commitment(), Citizen::generate(&mut rng).commitment()]).unwrap();
    let own_election = Election::create(draft(), own.freeze().unwrap(), POLICY, &mut rng).unwrap();
    let choice = Selection::from_indices(own_election.manifest(), [0]).unwrap();
    let foreign = stranger.vote(&own_election, own.registry(), choice.clone(), key(), &mut rng).unwrap();
    let id = manifest.id().to_string();
    let foreign_root = with(&foreign, &own_election.manifest().id().to_string(), &id);
    let (expected, actual) = (manifest.registry().root, own_election.manifest().registry().root);
    assert_eq!(cast(ballot_box, &foreign_root), Err(Rejected::ForeignRegistryRoot { expected, actual }));
    let relabelled =
        String::from_utf8(foreign_root).unwrap().replace(&actual.to_string(), &expected.to_string());
    assert_eq!(cast(ballot_box, relabelled.as_bytes()), Err(Rejected::InvalidProof));
    let registry = town.registrar.registry();
    let refused = stranger.vote(&town.election, registry, choice.clone(), key(), &mut rng);
    assert_eq!(refused, Err(VoteError::NotRegistered));
    let refused = stranger.vote(&town.election, own.registry(), choice.clone(), key(), &mut rng);
    assert_eq!(refused, Err(VoteError::OtherRegistry { expected, actual: Some(actual) }));

    // Another election of the same town, so another scope.
    let other = Election::create(draft(), town.registrar.freeze().unwrap(), POLICY, &mut rng).unwrap();
    let elsewhere = town.citizens[0].vote(&other, registry, choice, key(), &mut rng).unwrap();
    let (expected, actual) = (manifest.id(), other.manifest().id());
    assert_ne!(elsewhere.nullifier(), ballots[0].nullifier(), "nullifiers of two elections cannot be linked");
    assert_eq!(
        cast(ballot_box, elsewhere.to_json().as_bytes()),
        Err(Rejected::UnknownElection { expected, actual })
    );
    let moved = with(&elsewhere, &actual.to_string(), &id);
    assert_eq!(cast(ballot_box, &moved), Err(Rejected::InvalidProof));

    // Values changed after the proof was made.
    assert_eq!(
        cast(ballot_box, &with(victim, "\"selection\":[1]", "\"selection\":[0]")),
        Err(Rejected::InvalidProof)
    );
    assert_eq!(
        cast(ballot_box, &with(victim, "\"selection\":[1]", "\"selection\":[3]")),
        Err(Rejected::InvalidSelection(SelectionError::NoSuchOption { index: 3, options: 3 }))
    );
    let nullifier = victim.nullifier().to_string();
    let next = Nullifier::from_field(*victim.nullifier().as_field() + Fr::from(1)).to_string();
    assert_eq!(cast(ballot_box, &with(victim, &nullifier, &next)), Err(Rejected::InvalidProof));
    let alias = add(&nullifier, R);
    assert_eq!(
        cast(ballot_box, &with(victim, &nullifier, &alias)),
        Err(Rejected::Malformed(DecodeError::Field {
            field: "nullifier",
            error: EncodingError::NotCanonical
        }))
    );
    let mut mauled: Vec<u8> = victim.proof().to_vec();
    mauled[255] ^= 1;
    let mauled = with_proof(victim, mauled.try_into().unwrap());
    assert!(matches!(
        cast(ballot_box, mauled.to_json().as_bytes()),
        Err(Rejected::MalformedProof(_) | Rejected::InvalidProof)
    ));
    let swapped = with_proof(victim, *ballots[2].proof());
    assert_eq!(cast(ballot_box, swapped.to_json().as_bytes()), Err(Rejected::InvalidProof));

    // Files cut off and blown up.
    let text = victim.to_json();
    for cut in 0..text.len() {
        let refused = cast(ballot_box, &text.as_bytes()[..cut]);
        assert!(matches!(refused, Err(Rejected::Malformed(DecodeError::Json { .. }))), "{cut}: {refused:?}");
    }
    let oversized = vec![b' '; 5 << 20];
    assert!(matches!(
        cast(ballot_box, &oversized),
        Err(Rejected::Malformed(DecodeError::Oversized { actual, .. })) if actual == 5 << 20
    ));
    assert_eq!(ballot_box.state().unwrap(), state, "no refusal changes the box");
}

/// The same ballot with another proof.
fn with_proof(ballot: &CastBallot, proof: [u8; 256]) -> CastBallot {
    ballot.open().unwrap().statement().clone().into_ballot(proof).into()
}

/// Adds two decimal numbers.
fn add(a: &str, b: &str) -> String {
    let digit = |text: &str, i: usize| text.bytes().rev().nth(i).map_or(0, |c| c - b'0');
    let (mut carry, mut sum) = (0, Vec::new());
    for i in 0..a.len().max(b.len()) + 1 {
        let total = digit(a, i) + digit(b, i) + carry;
        sum.push(char::from(b'0' + total % 10));
        carry = total / 10;
    }
    sum.iter().rev().collect::<String>().trim_start_matches('0').to_owned()
}

#[test]
fn an_election_needs_somebody_and_an_honest_word_about_its_keys() {
    let mut rng = rng::from_os().unwrap();
    assert_eq!(Registrar::new().freeze(), Err(tabella::NobodyRegistered));
    let town = town(2);
    let refused =
        Election::create(draft(), town.registrar.freeze().unwrap(), KeyPolicy::CeremonyOnly, &mut rng);
    assert!(refused.unwrap_err().to_string().contains("INSECURE DEVELOPMENT KEY"));
    let manifest = town.election.manifest().clone();
    assert!(Election::join(manifest.clone(), KeyPolicy::CeremonyOnly).is_err());
    assert_eq!(Election::join(manifest.clone(), POLICY).unwrap().manifest(), &manifest);
}
