//! Semaphore groups and snapshots: round trips and refusals.

use super::{super::*, commitment, commitments};
use alloc::{format, string::String, vec::Vec};
use tabella_primitives::encoding::EncodingError;

fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.append_batch(&commitments(1..=5)).unwrap();
    registry.remove(3).unwrap();
    registry
}

fn import(text: &str) -> Result<Registry, GroupImportError> {
    Registry::from_group_json(text, &mut quietly)
}

#[test]
fn a_group_comes_back_as_it_went() {
    for size in [0u64, 1, 2, 3, 64, 65] {
        let mut registry = Registry::new();
        if size > 0 {
            registry.append_batch(&commitments(1..=size)).unwrap();
        }
        let text = registry.to_group_json();
        let back = import(&text).unwrap();
        assert_eq!(back.tree(), registry.tree());
        assert_eq!(back.citizen_count(), size);
        assert_eq!(back.history().records().len(), 1);
    }
    let spaced = registry().to_group_json().replace(',', " ,\n\t");
    assert_eq!(import(&spaced).unwrap().tree(), registry().tree());
}

#[test]
fn groups_that_javascript_would_believe_are_refused() {
    let good = registry().to_group_json();
    let levels =
        |expected, actual| GroupImportError::Inconsistent(InconsistentTree::Levels { expected, actual });
    for (text, error) in [
        ("[]", levels(1, 0)),
        ("[[],[]]", levels(1, 2)),
        (r#"[["1"],["1"]]"#, levels(1, 2)),
        (r#"[["1","2"]]"#, levels(2, 1)),
        (
            r#"[["1","2","3"],["7","3","4"],["9"]]"#,
            GroupImportError::Inconsistent(InconsistentTree::LevelLength {
                level: 1,
                expected: 2,
                actual: 3,
            }),
        ),
        (
            r#"[["1","2"],["3"]]"#,
            GroupImportError::Inconsistent(InconsistentTree::Node { level: 1, index: 0 }),
        ),
        (
            r#"[["1","0x2"],["3"]]"#,
            GroupImportError::Encoding {
                level: 0,
                index: 1,
                cause: EncodingError::InvalidDigit { offset: 1 },
            },
        ),
        (
            r#"[["1","02"],["3"]]"#,
            GroupImportError::Encoding { level: 0, index: 1, cause: EncodingError::NotCanonical },
        ),
        (
            r#"[["1","2"],["21888242871839275222246405745257275088548364400416034343698204186575808495617"]]"#,
            GroupImportError::Encoding { level: 1, index: 0, cause: EncodingError::NotCanonical },
        ),
    ] {
        assert_eq!(import(text), Err(error), "{text}");
    }
    for text in [r#"[["1",2],["3"]]"#, "{}", "", "[[]", &format!("{good} x")] {
        assert!(matches!(import(text), Err(GroupImportError::Json { line: 1, .. })), "{text}");
    }
    let mut doubled = LeanImt::new();
    doubled.insert_many(&[9u64, 8, 9].map(Into::into)).unwrap();
    let mut text = String::from("[");
    for level in 0..=doubled.depth() {
        let nodes: Vec<String> =
            doubled.level(level).unwrap().iter().map(|node| format!("\"{node}\"")).collect();
        text += &format!("{}[{}]", if level == 0 { "" } else { "," }, nodes.join(","));
    }
    text += "]";
    assert_eq!(import(&text), Err(GroupImportError::Rules(RestoreError::Duplicate { index: 2, earlier: 0 })));
}

#[cfg(feature = "std")]
mod snapshots {
    use super::*;

    fn write(registry: &Registry) -> String {
        let mut bytes = Vec::new();
        registry.write_snapshot(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn read(text: &str) -> Result<Registry, SnapshotError> {
        Registry::read_snapshot(text.as_bytes(), &mut quietly)
    }

    #[test]
    fn a_wallet_makes_its_own_path() {
        let registry = registry();
        let wallet = read(&write(&registry)).unwrap();
        assert_eq!(wallet.path_of(&commitment(5)), registry.path_of(&commitment(5)));
        assert_eq!(wallet.root(), registry.root());
        assert_eq!(wallet.history().sequence(), registry.history().sequence());
        assert_eq!(wallet.tree(), registry.tree());
        assert_eq!(write(&wallet), write(&registry));
        let empty = Registry::new();
        assert_eq!(read(&write(&empty)), Ok(empty));
    }

    #[test]
    fn snapshots_that_contradict_themselves_are_refused() {
        let good = write(&registry());
        let with = |from: &str, to: &str| {
            assert!(good.contains(from), "{good}");
            read(&good.replacen(from, to, 1))
        };
        let root = registry().root().unwrap();
        assert_eq!(with("tabella-registry", "tabella-register"), Err(SnapshotError::Format));
        assert_eq!(with("\"version\":1", "\"version\":2"), Err(SnapshotError::Version { found: 2 }));
        assert_eq!(with("\"size\":5", "\"size\":6"), Err(SnapshotError::Size { expected: 6, actual: 5 }));
        assert_eq!(with("\n\"1\",", "\n\"7\","), Err(SnapshotError::Root));
        assert_eq!(with(&format!("\"{root}\""), "null"), Err(SnapshotError::Root));
        let bad = |index, cause| Err(SnapshotError::Commitment { index, cause });
        assert_eq!(with("\n\"2\"", "\n\"02\""), bad(1, EncodingError::NotCanonical));
        assert_eq!(with("\n\"2\"", "\n\"\""), bad(1, EncodingError::Length { expected: 1, actual: 0 }));
        let twice = RestoreError::Duplicate { index: 1, earlier: 0 };
        assert_eq!(with("\n\"2\"", "\n\"1\""), Err(SnapshotError::Rules(twice)));
        assert!(matches!(with("\n\"2\"", "\n2"), Err(SnapshotError::Json { line: 3, .. })));
        let sequence = HistoryError::Sequence { expected: 1, actual: 0 };
        let history = Err(SnapshotError::Rules(RestoreError::History(sequence)));
        assert_eq!(with("\"sequence\":2", "\"sequence\":0"), history);
        for (from, to) in [
            ("\"size\"", "\"extra\":1,\"size\""),
            ("\"root\":", "\"toor\":"),
            (&*format!("\"{root}\""), "\"0\""),
            ("]}", "]}]"),
        ] {
            assert!(matches!(with(from, to), Err(SnapshotError::Json { .. })), "{to}");
        }
    }

    #[test]
    fn csv_lists_the_citizens_and_can_be_imported() {
        let mut bytes = Vec::new();
        registry().write_csv(&mut bytes).unwrap();
        assert_eq!(bytes, b"slot,commitment\n0,1\n1,2\n2,3\n4,5\n");
        assert_eq!(Registry::new().import(CsvCommitments::new(&bytes[..])), Ok(4));
    }
}
