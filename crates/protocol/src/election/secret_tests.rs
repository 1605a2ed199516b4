use super::*;
use crate::{
    ballot::{SealedElectionError, SelectionError},
    registry::RegistryRoot,
    statement::CircuitId,
    trustee::OpeningPolicy,
    wire::DecodeError,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use tabella_primitives::{
    Fr,
    digest::Digest,
    edwards::{Point, Scalar},
    elgamal::{EncryptionKey, EncryptionKeyError, WrongSlots},
    encoding::EncodingError,
};

fn keys(count: u64) -> EncryptionKey {
    EncryptionKey::new((2..count + 2).map(|k| Point::mul_base(&Scalar::from(k))).collect()).unwrap()
}

fn secret(options: u64) -> SecretBallots {
    SecretBallots {
        weighting: Weighting::Plain,
        policy: OpeningPolicy::new(10).unwrap(),
        key: keys(options),
        ceremony: Digest::from_bytes([7; 32]),
    }
}

fn builder() -> ManifestBuilder {
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park", "Roof"])
        .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .secret(secret(3))
}

fn weighted() -> Manifest {
    let rules = Rules { method: Method::Score { max: 5 }, ..Rules::single_choice() };
    let binding = ChainBinding { chain_id: 11_155_111, contract: [0xab; 20] };
    builder().rules(rules).secret(secret(3).weighted(1000)).binding(binding).build().unwrap()
}

/// Keys and digest were computed by independent code for the curve and for Keccak, over the fields in the order of the declaration.
/// A change here renames every election with secret ballots.
#[test]
fn names_and_form_are_pinned() {
    let manifest = weighted();
    assert_eq!(
        manifest.to_json(),
        concat!(
            r#"{"format":"tabella-election-manifest-v1","kind":"secret-ballots","title":"Lunch","#,
            r#""question":"Where do we eat?","description":"","options":["Canteen","Park","Roof"],"#,
            r#""rules":{"method":{"score":{"max":5}},"abstention":"allowed","seats":1,"threshold":"none","#,
            r#""quorum":"none","ties":"no-winner"},"window":{"opens_at":1700000000,"closes_at":1700003600},"#,
            r#""registry":{"root":"7","size":300,"depth":9},"circuit":"ballot-8-v1","#,
            r#""verifying_key":"0909090909090909090909090909090909090909090909090909090909090909","#,
            r#""key_provenance":"insecure-development","#,
            r#""nonce":"0101010101010101010101010101010101010101010101010101010101010101","#,
            r#""binding":{"chain_id":11155111,"contract":"0xabababababababababababababababababababab"},"#,
            r#""secret":{"weighting":{"weighted":{"max_weight":1000}},"least_ballots":10,"#,
            r#""ceremony":"0707070707070707070707070707070707070707070707070707070707070707","#,
            r#""keys":["53686d2b4005178e1843106f2992a867a01d8a84afbe9e8bda300abfaf6c6601","#,
            r#""957cfd431b63e4a96bf4f3ef71dfb4c19c31f98958f2944495ae95220e6fd621","#,
            r#""dc4f6bf477ec17e8f19442c6730e701caaa89050edc595280d3155e00beed782"]}}"#
        )
    );
    let digest = "2a1edb7f07dd0ea2376d6ac03dc8f3ade3a56872ebfb7f49f7e51e1a0c525fee";
    assert_eq!(manifest.id().to_string(), digest);
    let sealed = "18587970902188029625135883716931192425026664766708145413877916615445274437122";
    assert_eq!(manifest.sealed().unwrap().id().to_string(), sealed);
}

#[test]
fn every_field_enters_both_names() {
    let base = weighted();
    let secret = base.secret().unwrap().clone();
    let with = |secret: SecretBallots| {
        builder().rules(*base.rules()).binding(*base.binding().unwrap()).secret(secret).build().unwrap()
    };
    assert_eq!(with(secret.clone()).id(), base.id());
    let changed = [
        SecretBallots { weighting: Weighting::Plain, ..secret.clone() },
        SecretBallots { weighting: Weighting::Weighted { max_weight: 1001 }, ..secret.clone() },
        SecretBallots { policy: OpeningPolicy::new(11).unwrap(), ..secret.clone() },
        SecretBallots { ceremony: Digest::from_bytes([8; 32]), ..secret.clone() },
        SecretBallots {
            key: EncryptionKey::new(secret.key.points().iter().rev().copied().collect()).unwrap(),
            ..secret
        },
    ];
    let mut manifests: Vec<Manifest> = changed.into_iter().map(with).collect();
    manifests.push(builder().rules(*base.rules()).secret(base.secret().unwrap().clone()).build().unwrap());
    manifests.push(base);
    for (i, one) in manifests.iter().enumerate() {
        assert_eq!(Manifest::from_json(one.to_json().as_bytes()).as_ref(), Ok(one));
        for other in manifests.iter().skip(i + 1) {
            assert_ne!(one.id(), other.id());
            assert_ne!(one.sealed().unwrap().id(), other.sealed().unwrap().id());
        }
    }
}

#[test]
fn senseless_elections_are_refused_by_field() {
    let share = |of| Threshold::Share { numerator: 1, denominator: 2, comparison: Comparison::MoreThan, of };
    let rules = |method, threshold| Rules { method, threshold, ..Rules::single_choice() };
    let unknown = || ManifestError::Rules(RulesError::ThresholdUnknown);
    let sealed = |error| ManifestError::Secret(SealedElectionError::Rules(error));
    let (all, chosen) = (share(ThresholdBase::AllBallots), share(ThresholdBase::BallotsWithChoice));
    for (draft, error) in [
        (builder().rules(rules(Method::Score { max: 3 }, all)), unknown()),
        (builder().rules(rules(Method::SingleChoice, chosen)), unknown()),
        (builder().rules(rules(Method::SingleChoice, all)).secret(secret(3).weighted(2)), unknown()),
        (
            builder().rules(rules(Method::Budget { points: 0 }, Threshold::None)),
            sealed(SealedRulesError::NoPoints { method: "budget" }),
        ),
        (builder().secret(secret(3).weighted(0)), sealed(SealedRulesError::NoWeight)),
        (
            builder().options((0..9).map(|i| i.to_string())),
            sealed(SealedRulesError::NumberOfOptions { options: 9 }),
        ),
        (
            builder().secret(secret(2)),
            ManifestError::Secret(SealedElectionError::Keys(WrongSlots { expected: 3, actual: 2 })),
        ),
        (
            builder().secret(SecretBallots { policy: OpeningPolicy::new(301).unwrap(), ..secret(3) }),
            ManifestError::LeastBallots { least: 301, citizens: 300 },
        ),
        (
            builder().circuit(CircuitId::Ballot2V1),
            ManifestError::CircuitRelation {
                circuit: CircuitId::Ballot2V1,
                kind: ElectionKind::SecretBallots,
            },
        ),
        (
            builder().circuit(CircuitId::Membership20V1),
            ManifestError::CircuitRelation {
                circuit: CircuitId::Membership20V1,
                kind: ElectionKind::SecretBallots,
            },
        ),
    ] {
        assert_eq!(draft.build(), Err(error));
    }
    // What a sum does tell.
    let refused = Rules { abstention: Abstention::Refused, ..rules(Method::SingleChoice, chosen) };
    assert!(builder().rules(refused).build().is_ok());
    assert!(builder().rules(rules(Method::Approval { min: 1, max: 2 }, all)).build().is_ok());
    let two = builder().options(["Yes", "No"]).secret(secret(2)).build().unwrap();
    assert_eq!((two.circuit(), two.kind()), (CircuitId::Ballot2V1, ElectionKind::SecretBallots));
}

#[test]
fn numbers_are_given_by_label() {
    let manifest = weighted();
    assert_eq!(*manifest.numbers([("Roof", 2), ("Canteen", 5)]).unwrap(), [5, 0, 2]);
    assert_eq!(*manifest.numbers::<&str>([]).unwrap(), [0, 0, 0]);
    let unknown = SelectionError::NoSuchLabel { label: "Moon".to_string() };
    assert_eq!(manifest.numbers([("Moon", 1)]), Err(unknown));
    let twice = SelectionError::Repeated { index: 1 };
    assert_eq!(manifest.numbers([("Park", 1), ("Park", 2)]), Err(twice));
    // Three ballots of at most five, each of weight at most 1000.
    assert_eq!(manifest.greatest_sum(3), Some(15_000));
    assert_eq!(manifest.greatest_sum(u64::MAX), Some(1 << 40));
}

#[test]
fn files_have_one_form() {
    let good = weighted().to_json();
    let read = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Manifest::from_json(good.replacen(from, to, 1).as_bytes())
    };
    let first = tabella_primitives::encoding::encode_hex(&keys(1).points()[0].to_packed());
    let key = |to: &str, error| {
        assert_eq!(
            read(&first, to),
            Err(ManifestFileError::Decode(DecodeError::Field { field: "secret.keys", error }))
        );
    };
    let hex = |point: [u8; 32]| tabella_primitives::encoding::encode_hex(&point);
    key(&hex(Point::identity().to_packed()), EncodingError::Identity);
    key(&hex([0xff; 32]), EncodingError::NotCanonical);
    key(&first[2..], EncodingError::Length { expected: 64, actual: 62 });
    key(
        &first.to_uppercase(),
        EncodingError::InvalidDigit { offset: first.find(|c: char| c.is_alphabetic()).unwrap() },
    );
    let second = hex(keys(2).points()[1].to_packed());
    assert_eq!(
        read(&first, &second),
        Err(ManifestFileError::Decode(DecodeError::EncryptionKey(EncryptionKeyError::Repeated {
            slot: 1,
            earlier: 0
        })))
    );
    let many: Vec<String> = (0..10).map(|_| alloc::format!("\"{first}\"")).collect();
    assert_eq!(
        read(&alloc::format!("\"{first}\""), &many.join(",")),
        Err(ManifestFileError::Decode(DecodeError::Field {
            field: "secret.keys",
            error: EncodingError::Length { expected: 9, actual: 12 }
        }))
    );
    let least = |least| Err(ManifestFileError::Invalid(ManifestError::LeastBallots { least, citizens: 300 }));
    assert_eq!(read("\"least_ballots\":10", "\"least_ballots\":1"), least(1));
    assert_eq!(
        read("secret-ballots", "open-ballots"),
        Err(ManifestFileError::Invalid(ManifestError::SecretInOpenElection))
    );
    let unknown = Err(ManifestFileError::UnknownName { field: "kind", name: "sealed".to_string() });
    assert_eq!(read("secret-ballots", "sealed"), unknown);
    let without = good.split(",\"secret\":").next().unwrap().to_string() + "}";
    assert_eq!(
        Manifest::from_json(without.as_bytes()),
        Err(ManifestFileError::Invalid(ManifestError::Missing { field: "secret" }))
    );
    for (from, to) in [
        ("\"least_ballots\":10", "\"least_ballots\":-1"),
        ("\"least_ballots\":10", "\"least_ballots\":10,\"least_ballots\":10"),
        ("\"max_weight\":1000", "\"max_weight\":4294967296"),
        ("\"ceremony\"", "\"more\":1,\"ceremony\""),
    ] {
        assert!(matches!(read(from, to), Err(ManifestFileError::Decode(DecodeError::Json { .. }))), "{to}");
    }
}
