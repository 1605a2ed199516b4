#![allow(clippy::unwrap_used, reason = "tests")]

use super::{text::TextProblem, *};
use crate::{registry::RegistryRoot, statement::CircuitId, wire::DecodeError};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use std::collections::HashSet;
use tabella_primitives::{Fr, digest::Digest, encoding::EncodingError};

fn builder() -> ManifestBuilder {
    Manifest::builder("Lunch", "Where do we eat?")
        .description("Bring a coat.\nIt may rain.")
        .options(["Canteen", "Park", "Roof"])
        .rules(Rules::approval(1, 2))
        .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
}

fn share(numerator: u32, denominator: u32, comparison: Comparison) -> Threshold {
    Threshold::Share { numerator, denominator, comparison, of: ThresholdBase::AllBallots }
}

#[test]
fn every_field_enters_the_identifier() {
    let rules = Rules::approval(1, 2);
    let registry = FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300);
    let window = Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 };
    let binding = ChainBinding { chain_id: 1, contract: [1; 20] };
    let with = |rules: Rules| builder().rules(rules);
    let threshold = share(1, 2, Comparison::MoreThan);
    let Threshold::Share { numerator, denominator, comparison, .. } = threshold else { unreachable!() };
    let other_base =
        Threshold::Share { numerator, denominator, comparison, of: ThresholdBase::BallotsWithChoice };
    let variants = [
        builder(),
        ManifestBuilder { title: "Lunch!".to_string(), ..builder() },
        ManifestBuilder { question: "Where?".to_string(), ..builder() },
        builder().description(""),
        builder().options(["Canteen", "Park"]),
        builder().options(["Canteen", "Roof", "Park"]),
        builder().options(["CanteenP", "ark", "Roof"]),
        with(Rules { method: Method::SingleChoice, ..rules }),
        with(Rules { method: Method::Approval { min: 2, max: 2 }, ..rules }),
        with(Rules { method: Method::Approval { min: 1, max: 3 }, ..rules }),
        with(Rules { abstention: Abstention::Refused, ..rules }),
        with(Rules { seats: 2, ..rules }),
        with(Rules { threshold, ..rules }),
        with(Rules { threshold: share(1, 3, Comparison::MoreThan), ..rules }),
        with(Rules { threshold: share(2, 3, Comparison::MoreThan), ..rules }),
        with(Rules { threshold: share(1, 2, Comparison::AtLeast), ..rules }),
        with(Rules { threshold: other_base, ..rules }),
        with(Rules { quorum: Quorum::Ballots { count: 20 }, ..rules }),
        with(Rules { quorum: Quorum::Ballots { count: 21 }, ..rules }),
        with(Rules { quorum: Quorum::RegistryShare { basis_points: 20 }, ..rules }),
        with(Rules { ties: TieRule::AllWin, ..rules }),
        with(Rules { ties: TieRule::OrderOfOptions, ..rules }),
        builder().window(Window { opens_at: 1_700_000_001, ..window }),
        builder().window(Window { closes_at: 1_700_003_601, ..window }),
        builder().registry(FrozenRegistry { root: RegistryRoot::from_field(Fr::from(8)), ..registry }),
        builder().registry(FrozenRegistry { size: 301, ..registry }),
        builder().registry(FrozenRegistry::new(registry.root, 600)),
        builder().circuit(CircuitId::Membership16V1),
        builder().insecure_development_key(Digest::from_bytes([8; 32])),
        builder().verifying_key(Digest::from_bytes([9; 32]), KeyProvenance::Ceremony),
        builder().nonce([2; 32]),
        builder().binding(binding),
        builder().binding(ChainBinding { chain_id: 2, ..binding }),
        builder().binding(ChainBinding { contract: [2; 20], ..binding }),
    ];
    let count = variants.len();
    let ids: HashSet<ElectionId> = variants
        .into_iter()
        .map(|variant| {
            let manifest = variant.build().unwrap();
            assert_eq!(Manifest::from_json(manifest.to_json().as_bytes()).as_ref(), Ok(&manifest));
            assert_eq!(Manifest::from_json(manifest.to_json_pretty().as_bytes()).as_ref(), Ok(&manifest));
            manifest.id()
        })
        .collect();
    assert_eq!(ids.len(), count, "two different manifests share an identifier");
}

/// Computed by an independent Keccak over the parts in protocol section 4. A change here renames every election.
#[test]
fn the_identifier_is_pinned() {
    let manifest = builder().build().unwrap();
    assert_eq!(manifest.scope().as_be_bytes(), manifest.id().as_bytes());
    assert_eq!(manifest.id().to_string(), "b89db2f4c10b145ec1b28e6f722b2ca3fa590225c3475c0f9099793b11dbd5b8");
}

#[test]
fn the_smallest_circuit_that_serves_the_registry_is_chosen() {
    for (size, circuit) in [
        (1, CircuitId::Membership10V1),
        (1024, CircuitId::Membership10V1),
        (1025, CircuitId::Membership16V1),
        (1 << 32, CircuitId::Membership32V1),
    ] {
        let registry = FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), size);
        assert_eq!(builder().registry(registry).build().unwrap().circuit(), circuit);
    }
    for (size, depth) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1 << 32, 32), (u64::MAX, 64)] {
        assert_eq!(FrozenRegistry::depth_of(size), depth, "{size}");
    }
}

#[test]
fn senseless_manifests_are_refused_by_field() {
    let root = RegistryRoot::from_field(Fr::from(7));
    let registry = FrozenRegistry::new(root, 300);
    let rules = Rules::single_choice();
    let many: Vec<String> = (0..257).map(|i| format!("Option {i}")).collect();
    let text = |field, problem| ManifestError::Text { field, problem };
    for (bad, expected) in [
        (ManifestBuilder { title: String::new(), ..builder() }, text(TextField::Title, TextProblem::Empty)),
        (
            ManifestBuilder { question: "a\rb".to_string(), ..builder() },
            text(TextField::Question, TextProblem::Deceptive { offset: 1, character: '\r' }),
        ),
        (
            builder().description("x".repeat(10_001)),
            text(TextField::Description, TextProblem::TooLong { limit: 10_000, actual: 10_001 }),
        ),
        (builder().options(["only"]), ManifestError::NumberOfOptions { actual: 1 }),
        (builder().options(many), ManifestError::NumberOfOptions { actual: 257 }),
        (builder().options(["a", "b", "a"]), ManifestError::DuplicateOption { first: 0, second: 2 }),
        (builder().options(["a", " b"]), text(TextField::Option { index: 1 }, TextProblem::SurroundingSpace)),
        (
            builder().window(Window { opens_at: 5, closes_at: 5 }),
            ManifestError::EmptyWindow { opens_at: 5, closes_at: 5 },
        ),
        (
            builder().window(Window { opens_at: 5, closes_at: 1_700_003_600_000 }),
            ManifestError::TimeOutOfRange { time: 1_700_003_600_000 },
        ),
        (
            builder().registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(0)), 3)),
            ManifestError::ZeroRegistryRoot,
        ),
        (builder().registry(FrozenRegistry::new(root, 0)), ManifestError::RegistrySize { size: 0 }),
        (
            builder().registry(FrozenRegistry::new(root, (1 << 32) + 1)),
            ManifestError::RegistrySize { size: (1 << 32) + 1 },
        ),
        (
            builder().registry(FrozenRegistry { depth: 8, ..registry }),
            ManifestError::RegistryDepth { expected: 9, actual: 8 },
        ),
        (
            builder().registry(FrozenRegistry::new(root, 1025)).circuit(CircuitId::Membership10V1),
            ManifestError::CircuitTooShallow { circuit: CircuitId::Membership10V1, depth: 11 },
        ),
        (
            builder().circuit(CircuitId::Ballot8V1),
            ManifestError::CircuitRelation { circuit: CircuitId::Ballot8V1, kind: ElectionKind::OpenBallots },
        ),
        (ManifestBuilder { window: None, ..builder() }, ManifestError::Missing { field: "window" }),
        (ManifestBuilder { key: None, ..builder() }, ManifestError::Missing { field: "verifying_key" }),
        (ManifestBuilder { nonce: None, ..builder() }, ManifestError::Missing { field: "nonce" }),
        (
            builder().rules(Rules { seats: 4, ..rules }),
            ManifestError::Rules(RulesError::Seats { seats: 4, options: 3 }),
        ),
    ] {
        assert_eq!(bad.build(), Err(expected));
    }
}

#[test]
fn senseless_rules_are_refused_by_field() {
    let rules = Rules::single_choice();
    let bounds = |min, max| RulesError::ApprovalBounds { min, max, options: 3 };
    for (bad, expected) in [
        (Rules::approval(0, 2), bounds(0, 2)),
        (Rules::approval(3, 2), bounds(3, 2)),
        (Rules::approval(1, 4), bounds(1, 4)),
        (Rules { seats: 0, ..rules }, RulesError::Seats { seats: 0, options: 3 }),
        (
            Rules { threshold: share(0, 2, Comparison::MoreThan), ..rules },
            RulesError::ThresholdShare { numerator: 0, denominator: 2 },
        ),
        (
            Rules { threshold: share(3, 2, Comparison::AtLeast), ..rules },
            RulesError::ThresholdShare { numerator: 3, denominator: 2 },
        ),
        (
            Rules { threshold: share(0, 0, Comparison::AtLeast), ..rules },
            RulesError::ThresholdShare { numerator: 0, denominator: 0 },
        ),
        (Rules { threshold: share(2, 2, Comparison::MoreThan), ..rules }, RulesError::ThresholdOutOfReach),
        (
            Rules { quorum: Quorum::Ballots { count: 301 }, ..rules },
            RulesError::QuorumBallots { count: 301, registry_size: 300 },
        ),
        (
            Rules { quorum: Quorum::Ballots { count: 0 }, ..rules },
            RulesError::QuorumBallots { count: 0, registry_size: 300 },
        ),
        (
            Rules { quorum: Quorum::RegistryShare { basis_points: 10_001 }, ..rules },
            RulesError::QuorumShare { basis_points: 10_001 },
        ),
    ] {
        assert_eq!(bad.check(3, 300), Err(expected));
    }
    assert_eq!(Rules { threshold: share(2, 2, Comparison::AtLeast), ..rules }.check(3, 300), Ok(()));
}

#[test]
fn sloppy_files_are_refused() {
    let good = builder().binding(ChainBinding { chain_id: 1, contract: [1; 20] }).build().unwrap().to_json();
    let field = |field, error| ManifestFileError::Decode(DecodeError::Field { field, error });
    let zeros = "01".repeat(20);
    for (from, to, expected) in [
        (
            "\"root\":\"7\"",
            "\"root\":\"07\"".to_string(),
            field("registry.root", EncodingError::NotCanonical),
        ),
        (
            "\"nonce\":\"0101",
            "\"nonce\":\"0A01".to_string(),
            field("nonce", EncodingError::InvalidDigit { offset: 1 }),
        ),
        (
            &format!("0x{zeros}"),
            zeros.clone(),
            field("binding.contract", EncodingError::InvalidDigit { offset: 0 }),
        ),
        (
            "membership-10-v1",
            "membership-11-v1".to_string(),
            ManifestFileError::Decode(DecodeError::UnknownCircuit { name: "membership-11-v1".to_string() }),
        ),
        (
            "open-ballots",
            "secret".to_string(),
            ManifestFileError::UnknownName { field: "kind", name: "secret".to_string() },
        ),
        (
            "insecure-development",
            "trust-me".to_string(),
            ManifestFileError::UnknownName { field: "key_provenance", name: "trust-me".to_string() },
        ),
    ] {
        assert_eq!(Manifest::from_json(good.replace(from, &to).as_bytes()), Err(expected), "{from}");
    }
    for (from, to) in [
        ("\"title\":", "\"titel\":"),
        ("{\"format\"", "{\"title\":\"x\",\"format\""),
        ("\"size\":300", "\"size\":300.0"),
        ("\"size\":300", "\"size\":-300"),
        ("\"min\":1", "\"min\":1,\"mean\":1"),
        ("\"no-winner\"", "\"No-winner\""),
        ("}}", "}}}"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{from}");
        assert!(
            matches!(
                Manifest::from_json(bad.as_bytes()),
                Err(ManifestFileError::Decode(DecodeError::Json { .. }))
            ),
            "{from}"
        );
    }
    let huge = " ".repeat(MAX_MANIFEST_BYTES + 1);
    assert_eq!(
        Manifest::from_json(huge.as_bytes()),
        Err(DecodeError::Oversized { limit: MAX_MANIFEST_BYTES, actual: MAX_MANIFEST_BYTES + 1 }.into())
    );
}

#[test]
fn the_greatest_manifest_fits_its_file() {
    let labels = (0..256).map(|i| format!("{i:03}{}", "\"".repeat(197)));
    let manifest = builder().description("\"".repeat(10_000)).options(labels).build().unwrap();
    assert_eq!(Manifest::from_json(manifest.to_json().as_bytes()), Ok(manifest));
}
