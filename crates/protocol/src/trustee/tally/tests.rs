use super::{share::challenge, *};
use crate::{
    ballot::{BallotSum, SealedBallot, SealedElection},
    election::{Method, SealedRules},
    registry::RegistryRoot,
    statement::Nullifier,
    trustee::{
        AuthorisedSum, DecryptionShare, EncryptedSum, OpeningLedger, OpeningPolicy, Refusal, TrusteeIndex,
        Verified,
        tests::{Cast, Done, election as name, index},
    },
    wire::DecodeError,
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tabella_primitives::{
    Fr,
    digest::Digest,
    edwards::{Point, Scalar},
    elgamal::Ciphertext,
    encoding::EncodingError,
};

struct Opened {
    done: Done,
    election: SealedElection,
    ballots: Vec<Ciphertext>,
}

impl Opened {
    /// Two of three trustees; 4 and 6 votes.
    fn new(seed: u64) -> Self {
        let done = Cast::new(3, 2, 2).with_seed(seed).hold();
        let rules = SealedRules::plain(Method::Score { max: 9 });
        let (terms, root) = (Digest::from_bytes([1; 32]), RegistryRoot::from_field(Fr::from(5u64)));
        let key = done.ceremony.key().clone();
        let election = SealedElection::new(terms, root, 100, &rules, 2, key).unwrap();
        let ballots = done.ballots(&[[1, 2], [3, 4]]);
        Self { done, election, ballots }
    }

    fn sum(&self, ballots: &[Ciphertext]) -> BallotSum {
        let ballots: Vec<_> = ballots
            .iter()
            .map(|ciphertext| SealedBallot {
                election: self.election.id(),
                nullifier: Nullifier::from_field(Fr::from(1u64)),
                ciphertext: ciphertext.clone(),
            })
            .collect();
        BallotSum::none(&self.election).with(&ballots).unwrap()
    }

    fn statement(&self, totals: [u64; 2]) -> TallyStatement {
        TallyStatement::new(self.election.clone(), self.sum(&self.ballots), totals.to_vec()).unwrap()
    }

    fn authorised(&self, number: u8, ballots: &[Ciphertext]) -> AuthorisedSum {
        let policy = OpeningPolicy::new(2).unwrap();
        let mut ledger = OpeningLedger::new();
        ledger.authorise(&self.done.ceremony, index(number), name(1), ballots, policy).unwrap()
    }

    fn prove(&self, number: u8, statement: &TallyStatement) -> Result<TallyShare, TallyShareError> {
        let rng = &mut ChaCha20Rng::seed_from_u64(number.into());
        let authorised = self.authorised(number, &self.ballots);
        self.done.share(number).prove_tally(&self.done.ceremony, &authorised, statement, rng)
    }

    fn decryption(&self, number: u8) -> DecryptionShare<Verified> {
        let package = self.done.decrypt(number, name(1), &self.ballots);
        let sum = EncryptedSum::of(&self.done.ceremony, name(1), &self.ballots).unwrap();
        let share = DecryptionShare::from_package(&self.done.ceremony, &package).unwrap();
        share.verify(&self.done.ceremony, &sum).unwrap()
    }
}

#[test]
fn a_tally_has_a_witness_and_another_has_none() {
    let opened = Opened::new(1);
    for (totals, right) in [([4, 6], true), ([4, 7], false), ([6, 4], false)] {
        let statement = opened.statement(totals);
        let shares = [3, 1].map(|i| (opened.prove(i, &statement).unwrap(), opened.decryption(i)));
        let witness = TallyWitness::new(statement, &opened.done.ceremony, &shares).unwrap();
        assert_eq!(tally_holds(&witness.statement().instance(), &witness), right, "{totals:?}");
        assert_eq!(witness.shares().len(), MAX_TALLY_SHARES);
        let weights: Scalar = witness.shares().iter().map(|share| share.weight).sum();
        assert_eq!(weights, Scalar::from(1u64));
    }
}

/// Each value removed from what is absorbed would make two of these equal.
#[test]
fn every_value_that_is_absorbed_changes_coefficients_and_challenge() {
    let opened = Opened::new(1);
    let statement = opened.statement([4, 6]);
    let other_sum = {
        let sum = opened.sum(&opened.ballots[..1]);
        TallyStatement::new(opened.election.clone(), sum, vec![4, 6]).unwrap()
    };
    let statements = [statement.clone(), opened.statement([5, 6]), opened.statement([4, 7]), other_sum];
    let coefficients: BTreeSet<u128> =
        statements.iter().flat_map(|s| s.coefficients()).map(|c| c.bits()).collect();
    assert_eq!(coefficients.len(), 8);
    let points: Vec<Point> = (1..=5u64).map(|k| Point::mul_base(&Scalar::from(k))).collect();
    let [a, b, c, d, other] = points.as_array::<5>().unwrap();
    let mut challenges: BTreeSet<u128> =
        statements.iter().map(|s| challenge(s, index(1), [a, b, c, d]).bits()).collect();
    let draw = |trustee: TrusteeIndex, points| challenge(&statement, trustee, points).bits();
    challenges.insert(draw(index(2), [a, b, c, d]));
    challenges.extend(
        [[other, b, c, d], [a, other, c, d], [a, b, other, d], [a, b, c, other]].map(|p| draw(index(1), p)),
    );
    assert_eq!(challenges.len(), 9);
    // Numbers of more than four options are in the second word.
    let totals = |last| TallyInstance { totals: [0, 0, 0, 0, 0, 0, 0, last], ..statement.instance() };
    use tabella_primitives::instance::PublicInputs;
    assert_ne!(totals(1).public_inputs(), totals(2).public_inputs());
}

#[test]
fn trustees_prove_what_they_opened_and_nothing_else() {
    let opened = Opened::new(1);
    let other_sum = opened.sum(&opened.ballots[1..]);
    let other_sum = TallyStatement::new(opened.election.clone(), other_sum, vec![3, 4]).unwrap();
    let trustee = index(2);
    assert_eq!(opened.prove(2, &other_sum), Err(TallyShareError::OtherSum { trustee }));
    let elsewhere = Opened::new(9);
    let other_keys = elsewhere.statement([4, 6]);
    assert_eq!(opened.prove(2, &other_keys), Err(TallyShareError::OtherSum { trustee }));
    // What was authorised for another trustee.
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let authorised = opened.authorised(1, &opened.ballots);
    let refused =
        opened.done.share(2).prove_tally(&opened.done.ceremony, &authorised, &opened.statement([4, 6]), rng);
    assert_eq!(refused, Err(TallyShareError::OtherSum { trustee }));
}

/// A ledger authorises again what it has, and nothing else.
#[test]
fn what_was_opened_is_authorised_again_without_its_ballots() {
    let opened = Opened::new(1);
    let (ceremony, statement) = (&opened.done.ceremony, opened.statement([4, 6]));
    let sum = EncryptedSum::of(ceremony, name(1), &opened.ballots).unwrap();
    let mut ledger = OpeningLedger::new();
    let refused = Err(Refusal::NotOpened { asked: *sum.digest() });
    assert_eq!(ledger.authorise_again(ceremony, index(1), sum.clone()), refused);
    let policy = OpeningPolicy::new(2).unwrap();
    let first = ledger.authorise(ceremony, index(1), name(1), &opened.ballots, policy).unwrap();
    let kept = ledger.clone();
    assert_eq!(ledger.authorise_again(ceremony, index(1), sum.clone()), Ok(first));
    let share = opened.prove(1, &statement).unwrap();
    assert!(share.verify(ceremony, &statement, &opened.decryption(1)).is_ok());
    // Another trustee's, another election's, another sum, another ceremony's.
    let more = opened.done.ballots(&[[1, 2], [3, 4], [5, 6]]);
    let elsewhere = Opened::new(9).done.ceremony;
    for (ceremony, trustee, election, ballots) in [
        (ceremony, 2, 1, &opened.ballots),
        (ceremony, 1, 2, &opened.ballots),
        (ceremony, 1, 1, &more),
        (&elsewhere, 1, 1, &opened.ballots),
    ] {
        let sum = EncryptedSum::of(ceremony, name(election), ballots).unwrap();
        let refused = Err(Refusal::NotOpened { asked: *sum.digest() });
        assert_eq!(ledger.authorise_again(ceremony, index(trustee), sum), refused);
    }
    assert_eq!(ledger, kept);
}

#[test]
fn a_share_travels_in_one_form() {
    let opened = Opened::new(1);
    let share = opened.prove(3, &opened.statement([4, 6])).unwrap();
    let json = share.to_json();
    assert_eq!(TallyShare::from_json(json.as_bytes()), Ok(share));
    assert_eq!(TallyShare::from_bytes(&share.to_bytes()), Ok(share));
    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        TallyShare::from_json(json.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    let field = |field, error| DecodeError::Field { field, error };
    let trustee = field("trustee", EncodingError::NotCanonical);
    assert_eq!(with("\"trustee\":3", "\"trustee\":0"), trustee);
    assert!(matches!(with("\"trustee\":3", "\"trustee\":256"), DecodeError::Json { .. }));
    let length = EncodingError::Length { expected: 96, actual: 98 };
    assert_eq!(with("\"proof\":\"", "\"proof\":\"00"), field("proof", length));
    let found = alloc::string::String::from("tabella-tally-share-v2");
    let expected = DecodeError::WrongFormat { expected: TALLY_SHARE_FORMAT, found };
    assert_eq!(with("share-v1", "share-v2"), expected);
    let response = &json[json.len() - 66..json.len() - 2];
    assert_eq!(with(response, &"f".repeat(64)), field("response", EncodingError::NotCanonical));
}

#[test]
fn a_share_is_of_its_trustee_tally_and_keys() {
    let opened = Opened::new(1);
    let (ceremony, statement) = (&opened.done.ceremony, opened.statement([4, 6]));
    let share = opened.prove(1, &statement).unwrap();
    let trustee = index(1);
    assert!(share.verify(ceremony, &statement, &opened.decryption(1)).is_ok());
    assert_eq!(
        share.verify(ceremony, &opened.statement([4, 7]), &opened.decryption(1)),
        Err(TallyShareError::InvalidProof { trustee })
    );
    assert_eq!(
        share.verify(ceremony, &statement, &opened.decryption(2)),
        Err(TallyShareError::OtherShare { trustee })
    );
    let elsewhere = Opened::new(9);
    assert_eq!(
        share.verify(&elsewhere.done.ceremony, &statement, &opened.decryption(1)),
        Err(TallyShareError::OtherSum { trustee })
    );
    let mut bytes = share.to_bytes();
    bytes[0] = 2;
    let posing = TallyShare::from_bytes(&bytes).unwrap();
    assert_eq!(
        posing.verify(ceremony, &statement, &opened.decryption(2)),
        Err(TallyShareError::InvalidProof { trustee: index(2) })
    );
}

#[test]
fn what_is_no_statement_is_refused() {
    let opened = Opened::new(1);
    let new = |sum, totals| TallyStatement::new(opened.election.clone(), sum, totals);
    let sum = opened.sum(&opened.ballots);
    assert_eq!(new(sum.clone(), vec![1]), Err(TallyStatementError::Count { expected: 2, actual: 1 }));
    let large = vec![1 << 40, (1 << 40) + 1];
    assert_eq!(new(sum, large), Err(TallyStatementError::TooLarge { option: 1 }));
    assert_eq!(new(BallotSum::none(&opened.election), vec![0, 0]), Err(TallyStatementError::Degenerate));
    let elsewhere = Opened::new(9);
    let (expected, actual) = (opened.election.id(), elsewhere.election.id());
    assert_eq!(
        new(elsewhere.sum(&elsewhere.ballots), vec![4, 6]),
        Err(TallyStatementError::OtherElection { expected, actual })
    );
}
