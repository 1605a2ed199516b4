//! The history of roots.

use super::{super::*, commitment, commitments};
use alloc::vec::Vec;

fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.append_batch(&commitments([1, 2, 3])).unwrap();
    registry.update(0, commitment(4)).unwrap();
    registry.remove(2).unwrap();
    registry
}

#[test]
fn every_change_leaves_a_state() {
    let registry = registry();
    let changes: Vec<_> =
        registry.history().records().iter().map(|state| (state.sequence, state.size, state.change)).collect();
    assert_eq!(
        changes,
        [
            (1, 3, Change::Appended { count: 3 }),
            (2, 3, Change::Updated { index: 0 }),
            (3, 3, Change::Removed { index: 2 }),
        ]
    );
    let state = registry.history().latest().unwrap();
    assert_eq!((state.root, registry.history().sequence()), (registry.root(), 3));
    let first = registry.history().records()[0];
    assert_eq!(registry.history().find(&first.root.unwrap()), Some(&first));
    assert_eq!(registry.history().find(&RegistryRoot::from_decimal("99").unwrap()), None);
    assert_eq!(
        serde_json::to_value(state).unwrap()["change"],
        serde_json::json!({"kind": "removed", "index": 2})
    );
}

#[test]
fn states_that_do_not_follow_are_refused() {
    let good = registry().history().records().to_vec();
    let with = |position: usize, edit: &dyn Fn(&mut RootRecord)| {
        let mut records = good.clone();
        edit(&mut records[position]);
        RootHistory::from_records(records)
    };
    assert_eq!(RootHistory::from_records(good.clone()).unwrap(), *registry().history());
    let sequence = |expected, actual| Err(HistoryError::Sequence { expected, actual });
    assert_eq!(with(0, &|state| state.sequence = 2), sequence(1, 2));
    assert_eq!(with(1, &|state| state.sequence = 1), sequence(2, 1));
    assert_eq!(with(2, &|state| state.sequence = u64::MAX), sequence(3, u64::MAX));
    let size = |sequence| Err(HistoryError::Size { sequence });
    assert_eq!(with(0, &|state| state.size = 4), size(1));
    assert_eq!(with(0, &|state| state.change = Change::Appended { count: 0 }), size(1));
    assert_eq!(with(1, &|state| state.size = 2), size(2));
    assert_eq!(with(1, &|state| state.change = Change::Updated { index: 3 }), size(2));
    assert_eq!(with(1, &|state| state.change = Change::Imported), size(2));
    assert_eq!(RootHistory::imported(0, None, 0), sequence(1, 0));
    assert_eq!(RootHistory::imported(1 << 53, None, 0), sequence(1, 1 << 53));
}
