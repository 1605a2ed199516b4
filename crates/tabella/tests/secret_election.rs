//! A whole election with secret ballots: key ceremony, ballots with real proofs, a challenge, fraud, an absent and a lying trustee, audit.
//!
//! Twelve random elections are held with proofs; with `TABELLA_FULL_TESTS=1`, two hundred.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use std::sync::LazyLock;
use tabella::{
    Auditor, Citizen, Election, NotOpened, OpenedSum, Registrar, Rejected, Trustee, TrusteeError, VoteError,
    audit::{NotAuthorised, PublishedHead},
    ballot::{CastBallot, ChallengeError, OpeningError, SealError, SecretBallot, VoterWeight},
    ballot_box::RegistryLeaves,
    election::{
        Abstention, ElectionKind, FrozenRegistry, Manifest, Method, Rules, SecretBallots, VotesError, Window,
    },
    hold_ceremony, keys, open_sum,
    params::{KeyPolicy, ParamsCache},
    primitives::{Fr, cancel::CancelToken, progress::quietly, rng},
    protocol::trustee::{
        CeremonyRecord, CombineError, KeyCeremony, OpeningLedger, OpeningPolicy, Package, PackageError,
        Refusal, ShareFault,
    },
    prover::ProvingKey,
    record::{BallotSearch, FoundBallot, find_ballot},
    registry::{LeanImt, RegistryRoot, weighted_leaf},
    statement::CircuitId,
};

const POLICY: KeyPolicy = KeyPolicy::AllowInsecureDevelopmentKeys;
const DURING: u64 = 1_700_000_100;
const CLOSES: u64 = 1_700_003_600;

fn key(circuit: CircuitId) -> ProvingKey {
    keys::proving_key(&ParamsCache::open_default().unwrap(), circuit, |_| ()).unwrap().key
}

static SMALL: LazyLock<ProvingKey> = LazyLock::new(|| key(CircuitId::Ballot2V1));
static LARGE: LazyLock<ProvingKey> = LazyLock::new(|| key(CircuitId::Ballot8V1));

fn proving_key(manifest: &Manifest) -> &'static ProvingKey {
    if manifest.circuit() == CircuitId::Ballot2V1 { &SMALL } else { &LARGE }
}

fn window() -> Window {
    Window { opens_at: 1_700_000_000, closes_at: CLOSES }
}

struct Town {
    citizens: Vec<Citizen>,
    registrar: Registrar,
    trustees: Vec<Trustee>,
    record: CeremonyRecord,
    ceremony: KeyCeremony,
    election: Election,
}

/// Six citizens, three of five trustees, two options, at least three ballots.
fn town() -> Town {
    let rng = &mut rng::from_os().unwrap();
    let citizens: Vec<Citizen> = (0..6).map(|_| Citizen::generate(rng)).collect();
    let mut registrar = Registrar::new();
    registrar.register(citizens.iter().map(Citizen::commitment)).unwrap();
    let (trustees, record, ceremony) = hold_ceremony(3, 5, 2, rng).unwrap();
    let draft = Manifest::builder("Town meeting", "Shall the mill become a library?")
        .options(["Yes", "No"])
        .window(window())
        .secret(SecretBallots::new(&ceremony, OpeningPolicy::new(3).unwrap()));
    let election = Election::create(draft, registrar.freeze().unwrap(), POLICY, rng).unwrap();
    Town { citizens, registrar, trustees, record, ceremony, election }
}

impl Town {
    fn ballot(&self, citizen: usize, choice: &str) -> CastBallot {
        let rng = &mut rng::from_os().unwrap();
        let sealed = self.citizens[citizen]
            .seal(&self.election, self.registrar.registry(), [(choice, 1)], rng)
            .unwrap();
        let code = sealed.tracking_code();
        let ballot = sealed.cast(proving_key(self.election.manifest()), rng).unwrap();
        assert_eq!(ballot.tracking_code(), code, "the code was known before the ballot was cast");
        ballot
    }
}

#[test]
fn an_election_with_an_absent_and_a_lying_trustee() {
    let mut town = town();
    let rng = &mut rng::from_os().unwrap();
    let manifest = town.election.manifest().clone();
    assert_eq!((manifest.kind(), manifest.circuit()), (ElectionKind::SecretBallots, CircuitId::Ballot2V1));
    let ballot_box = town.election.memory_ballot_box().unwrap();
    let mut receipts = Vec::new();
    let mut ballots = Vec::new();
    for (citizen, choice) in ["Yes", "No", "Yes", "Yes"].into_iter().enumerate() {
        let ballot = town.ballot(citizen, choice);
        receipts.push(ballot_box.accept(ballot_box.check(&ballot).unwrap(), DURING).unwrap());
        ballots.push(ballot);
    }
    // A second vote; a copied ballot; a mauled one; votes against the rules; a stranger.
    let second = ballot_box.check(&town.ballot(0, "No")).unwrap();
    assert_eq!(ballot_box.accept(second, DURING), Err(Rejected::AlreadyVoted { index: 0 }));
    let mut copied = ballots[1].secret().unwrap().sealed().clone();
    copied.nullifier = town.ballot(4, "No").nullifier();
    let copied = SecretBallot::new(&manifest, copied, *ballots[1].proof()).unwrap().into();
    assert_eq!(ballot_box.check(&copied), Err(Rejected::InvalidProof));
    let registry = town.registrar.registry();
    let too_many = town.citizens[4].seal(&town.election, registry, [("Yes", 1), ("No", 1)], rng);
    let against = VotesError::Sum { min: 1, max: 1 };
    assert_eq!(too_many.err(), Some(VoteError::Seal(SealError::Votes(against))));
    let stranger = Citizen::generate(rng).seal(&town.election, registry, [("Yes", 1)], rng);
    assert_eq!(stranger.err(), Some(VoteError::NotRegistered));

    // A challenge: another machine sees what this one encrypted.
    let challenged = town.citizens[5].seal(&town.election, registry, [("No", 1)], rng).unwrap();
    let code = challenged.tracking_code();
    let mine = town.citizens[5].nullifier(&manifest);
    let kept = challenged.keep();
    let resumed = town.citizens[5].resume(&town.election, kept.clone()).unwrap();
    assert_eq!(resumed.tracking_code(), code, "a vote that was kept is the same one");
    let foreign = town.citizens[4].resume(&town.election, kept);
    assert_eq!(foreign.err(), Some(VoteError::Seal(SealError::NotRegistered)));
    let mut challenged = resumed.challenge();
    assert_eq!(challenged.check(&manifest, &mine, &code, VoterWeight::Once), Ok(&[0, 1][..]));
    let others = town.citizens[4].nullifier(&manifest);
    let error = ChallengeError::OtherVoter { expected: others, actual: mine };
    assert_eq!(challenged.check(&manifest, &others, &code, VoterWeight::Once), Err(error));
    challenged.sealed = ballots[0].secret().unwrap().sealed().clone();
    let lie = ChallengeError::Opening(OpeningError::OtherNumbers);
    assert_eq!(challenged.check(&manifest, &mine, &code, VoterWeight::Once), Err(lie));

    let closing = PublishedHead::from(ballot_box.close(CLOSES).unwrap());
    let leaves = RegistryLeaves::Plain(registry.tree().leaves());
    let mut record = Vec::new();
    let unopened = ballot_box.write_unopened(&mut record, leaves, &town.record).unwrap();
    let search = |found| Ok(BallotSearch { election: manifest.id(), found });
    let found = FoundBallot { index: 2, nullifier: town.citizens[2].nullifier(&manifest) };
    assert_eq!(find_ballot(record.as_slice(), &receipts[2].tracking_code()), search(Some(found)));
    assert_eq!(find_ballot(record.as_slice(), &code), search(None), "a challenged ballot is not cast");

    // Trustee 2 is absent, trustee 4 lies.
    let auditor = Auditor::new(POLICY).expect_election(manifest.id());
    let mut shares = Vec::new();
    for number in [0, 2, 3, 4] {
        shares.push(
            town.trustees[number].open(&auditor, manifest.id(), closing, record.as_slice(), rng).unwrap(),
        );
    }
    let mut lie = shares[2].to_bytes();
    lie[120] ^= 1;
    shares[2] = Package::from_bytes(&lie).unwrap();
    let opened = |shares: Vec<Package>| -> Result<OpenedSum, NotOpened> {
        open_sum(&manifest, &unopened, shares, &CancelToken::new(), &mut quietly)
    };
    let error = CombineError::TooFew { shares: 2, threshold: 3 };
    match opened(shares[..3].to_vec()) {
        Err(NotOpened::Shares { error: actual, dropped, missing }) => {
            assert_eq!((actual, dropped.len(), missing.len()), (error, 1, 3));
        }
        other => panic!("{other:?}"),
    }
    let opened = opened(shares).unwrap();
    assert_eq!(opened.numbers, [3, 1]);
    let liar = town.trustees[3].index();
    assert_eq!(opened.dropped[0].trustee, liar);
    assert_eq!(opened.dropped[0].fault, ShareFault::Package(PackageError::BadSignature { claimed: liar }));
    assert_eq!(opened.missing, [town.trustees[1].index(), liar]);

    let mut whole = Vec::new();
    let exported =
        ballot_box.write_opened(&mut whole, leaves, &town.record, Some(opened.as_opened())).unwrap();
    let report = auditor.expect_record(exported.digest).audit(whole.as_slice(), rng).unwrap();
    assert_eq!((report.tally.winners.as_slice(), report.ballots), (&[0u16][..], 4));
    assert_eq!(report.opening.as_ref().unwrap().shares.len(), 3);
    let text = report.to_string();
    assert!(text.contains("5 of 5 hold shares, any 3 open the sum; 3 good shares in the record"), "{text}");
    for receipt in &receipts {
        receipt.check_in_record(whole.as_slice()).unwrap();
    }
    // A trustee opens what was published, and one sum: not that of the ballots before the last as well.
    let auditor = Auditor::new(POLICY);
    let earlier = town.election.memory_ballot_box().unwrap();
    for ballot in &ballots[..3] {
        earlier.accept(earlier.check(ballot).unwrap(), DURING).unwrap();
    }
    let early = PublishedHead::from(earlier.close(CLOSES).unwrap());
    let mut subset = Vec::new();
    earlier.write_unopened(&mut subset, leaves, &town.record).unwrap();
    let mut refused = |number: usize, closing| {
        town.trustees[number].open(&auditor, manifest.id(), closing, subset.as_slice(), rng).unwrap_err()
    };
    let other = NotAuthorised::OtherNumber { expected: 4, actual: 3 };
    assert_eq!(refused(1, closing), TrusteeError::Refused(other));
    let twice = refused(0, early);
    let TrusteeError::Refused(NotAuthorised::Refused(Refusal::OtherSum { .. })) = twice else {
        panic!("{twice}")
    };
    assert_eq!(*town.trustees[1].ledger(), OpeningLedger::new(), "nothing was spent");
    // Nor does it take a record on trust.
    let text = String::from_utf8(record).unwrap();
    let tampered = text.replacen(&receipts[1].nullifier.to_string(), "12345", 1);
    let refused =
        town.trustees[1].open(&auditor, manifest.id(), closing, tampered.as_bytes(), rng).unwrap_err();
    assert!(matches!(&refused, TrusteeError::Record(fault) if fault.entry == 2), "{refused}");
    assert_eq!(town.ceremony.qualified().len(), 5);
}

#[test]
fn kinds_of_elections_are_not_mixed_up() {
    let town = town();
    let rng = &mut rng::from_os().unwrap();
    let plain = Manifest::builder("Lunch", "Where?").options(["Yes", "No"]).window(window());
    let plain = Election::create(plain, town.registrar.freeze().unwrap(), POLICY, rng).unwrap();
    let registry = town.registrar.registry();
    let refused = town.citizens[0].seal(&plain, registry, [("Yes", 1)], rng).err();
    assert_eq!(refused, Some(VoteError::OtherKind { expected: ElectionKind::OpenBallots }));
    let choice = tabella::ballot::Selection::from_labels(town.election.manifest(), ["Yes"]).unwrap();
    let refused = town.citizens[0].vote(&town.election, registry, choice, &SMALL, rng);
    assert_eq!(refused, Err(VoteError::OtherKind { expected: ElectionKind::SecretBallots }));
    let sealed = town.citizens[0].seal(&town.election, registry, [("Yes", 1)], rng).unwrap();
    assert_eq!(format!("{sealed:?} {:?}", town.trustees[0]), "SealedVote(..) Trustee(..)");
    assert_eq!(sealed.cast(&LARGE, rng), Err(VoteError::OtherKey));
}

/// Votes that keep the rules, at random.
fn votes(method: Method, options: usize, rng: &mut ChaCha20Rng) -> Vec<u64> {
    let mut below = |bound: u64| rng.next_u64() % bound;
    match method {
        Method::Approval { .. } | Method::SingleChoice => {
            let chosen = below(u64::try_from(options).unwrap());
            (0..).take(options).map(|option: u64| u64::from(option == chosen)).collect()
        }
        Method::Score { max } => {
            let mut votes: Vec<u64> = (0..options).map(|_| below(u64::from(max) + 1)).collect();
            votes[0] = votes[0].max(1);
            votes
        }
        Method::Budget { points } => {
            let mut left = u64::from(points);
            let mut votes: Vec<u64> = vec![0; options];
            votes[options - 1] = 1;
            left -= 1;
            for vote in &mut votes {
                let spent = below(left + 1);
                *vote += spent;
                left -= spent;
            }
            votes
        }
        Method::Quadratic { credits } => {
            let most = (u64::from(credits) / u64::try_from(options).unwrap()).isqrt();
            let mut votes: Vec<u64> = (0..options).map(|_| below(most + 1)).collect();
            votes[0] = votes[0].max(1);
            votes
        }
        _ => {
            let mut order: Vec<u64> = (0..).take(options).collect();
            for place in (1..options).rev() {
                order.swap(place, usize::try_from(below(u64::try_from(place + 1).unwrap())).unwrap());
            }
            order
        }
    }
}

/// One random election with proofs: whatever the rules, the opened sum is the sum of what was written on the ballots.
fn hold(seed: u64) {
    let rng = &mut ChaCha20Rng::seed_from_u64(seed);
    // Mostly the small circuit, for its proofs are faster.
    let options = if seed % 4 == 3 { 3 + usize::try_from(seed / 4 % 6).unwrap() } else { 2 };
    let method = match seed % 6 {
        0 => Method::SingleChoice,
        1 => Method::Approval { min: 1, max: 2 },
        2 => Method::Score { max: 9 },
        3 => Method::Budget { points: 7 },
        4 => Method::Quadratic { credits: 50 },
        _ => Method::Borda,
    };
    let weighted = rng.next_u64() % 2 == 0;
    let abstention = if rng.next_u64() % 2 == 0 { Abstention::Allowed } else { Abstention::Refused };
    let citizens: Vec<Citizen> = (0..3).map(|_| Citizen::generate(rng)).collect();
    let weights: Vec<u32> = citizens
        .iter()
        .map(|_| if weighted { 1 + u32::try_from(rng.next_u64() % 9).unwrap() } else { 1 })
        .collect();
    let leaves: Vec<Fr> = citizens
        .iter()
        .zip(&weights)
        .map(|(citizen, weight)| match weighted {
            true => weighted_leaf(&citizen.commitment(), *weight),
            false => *citizen.commitment().as_field(),
        })
        .collect();
    let mut tree = LeanImt::new();
    tree.insert_many(&leaves).unwrap();
    let (mut trustees, record, ceremony) = hold_ceremony(2, 3, u8::try_from(options).unwrap(), rng).unwrap();
    let secret = SecretBallots::new(&ceremony, OpeningPolicy::new(2).unwrap());
    let draft = Manifest::builder("Random", "Which?")
        .options((0..options).map(|option| format!("Option {option}")))
        .rules(Rules { method, abstention, ..Rules::single_choice() })
        .window(window())
        .secret(if weighted { secret.weighted(9) } else { secret });
    let frozen = FrozenRegistry::new(RegistryRoot::from_field(tree.root()), tree.size());
    let election = Election::create(draft, frozen, POLICY, rng).unwrap();
    let manifest = election.manifest();
    let ballot_box = election.memory_ballot_box().unwrap();
    let mut naive = vec![0; options];
    for (place, (citizen, weight)) in (0u64..).zip(citizens.iter().zip(&weights)) {
        let abstains = abstention == Abstention::Allowed && rng.next_u64() % 4 == 0;
        let votes = if abstains { vec![0; options] } else { votes(method, options, rng) };
        for (sum, vote) in naive.iter_mut().zip(&votes) {
            *sum += vote * u64::from(*weight);
        }
        let labels = manifest.options().iter().zip(votes);
        let sealed =
            citizen.seal_with_path(&election, tree.path(place).unwrap(), *weight, labels, rng).unwrap();
        let ballot = sealed.cast(proving_key(manifest), rng).unwrap();
        ballot_box.accept(ballot_box.check(&ballot).unwrap(), DURING).unwrap();
    }
    let closing = PublishedHead::from(ballot_box.close(CLOSES).unwrap());
    let commitments: Vec<(Fr, u32)> =
        citizens.iter().zip(&weights).map(|(c, weight)| (*c.commitment().as_field(), *weight)).collect();
    let registry =
        if weighted { RegistryLeaves::Weighted(&commitments) } else { RegistryLeaves::Plain(&leaves) };
    let mut unopened_record = Vec::new();
    let unopened = ballot_box.write_unopened(&mut unopened_record, registry, &record).unwrap();
    let auditor = Auditor::new(POLICY);
    let shares: Vec<Package> = trustees
        .iter_mut()
        .skip(usize::try_from(seed % 2).unwrap())
        .take(2)
        .map(|trustee| {
            trustee.open(&auditor, manifest.id(), closing, unopened_record.as_slice(), rng).unwrap()
        })
        .collect();
    let opened = open_sum(manifest, &unopened, shares, &CancelToken::new(), &mut quietly).unwrap();
    assert_eq!(opened.numbers, naive, "seed {seed}: {method:?}, weights {weights:?}");
    let mut whole = Vec::new();
    ballot_box.write_opened(&mut whole, registry, &record, Some(opened.as_opened())).unwrap();
    let report = auditor.audit(whole.as_slice(), rng).unwrap();
    let counted: Vec<u64> = report.tally.counts.iter().map(|count| count.votes).collect();
    assert_eq!((counted, report.citizens), (naive, Some(3)), "seed {seed}");
}

#[test]
fn random_elections_with_proofs_open_to_what_was_voted() {
    let elections = if std::env::var_os("TABELLA_FULL_TESTS").is_some() { 200 } else { 12 };
    for seed in 0..elections {
        hold(seed);
    }
}
