//! Trees of every awkward size.

use super::{super::*, commitment, naive_root};
use alloc::vec::Vec;
use tabella_primitives::Fr;

fn leaves(count: u64) -> Vec<Fr> {
    (1..=count).map(Fr::from).collect()
}

fn tree(count: u64) -> LeanImt {
    let mut tree = LeanImt::new();
    if count > 0 {
        tree.insert_many(&leaves(count)).unwrap();
    }
    tree
}

#[test]
fn every_path_leads_to_its_own_root_only() {
    let around = (7..=10).flat_map(|k| [(1u64 << k) - 1, 1 << k, (1 << k) + 1]);
    let mut seen: Vec<RegistryRoot> = Vec::new();
    for size in (1..=70).chain(around) {
        let tree = tree(size);
        let root = RegistryRoot::from_field(tree.root());
        assert_eq!(tree.root(), naive_root(tree.leaves()), "size {size}");
        assert_eq!(tree.depth(), (size as f64).log2().ceil() as usize, "size {size}");
        for index in 0..size {
            let path = tree.path(index).unwrap();
            assert!(path.depth() <= tree.depth());
            assert_eq!(path.root(&commitment(index + 1)), root, "size {size}, leaf {index}");
            // Another citizen's path does not do.
            assert_ne!(path.root(&commitment(size + 1)), root);
        }
        assert!(!seen.contains(&root), "size {size}");
        seen.push(root);
    }
}

#[test]
fn any_split_of_a_batch_gives_the_same_tree() {
    for size in [1u64, 2, 3, 255, 256, 257, 1000] {
        let (all, whole) = (leaves(size), tree(size));
        for first in [1, 2, 3, 7, 128, 254, 255, 256].into_iter().filter(|first| *first < all.len()) {
            let mut split = LeanImt::new();
            split.insert_many(&all[..first]).unwrap();
            split.insert_many(&all[first..]).unwrap();
            assert_eq!(split, whole, "{first} and {} more", all.len() - first);
            let mut mixed = LeanImt::new();
            for chunk in all.chunks(first) {
                mixed.insert_many(chunk).unwrap();
            }
            assert_eq!(mixed, whole, "{first} at a time");
        }
        let mut one_by_one = LeanImt::new();
        all.iter().for_each(|leaf| one_by_one.insert(*leaf).unwrap());
        assert_eq!(one_by_one, whole, "size {size}");
    }
}

#[test]
fn large_batches_are_the_single_insertions() {
    let all = leaves(65_536);
    let mut one_by_one = LeanImt::new();
    all[..65_535].iter().for_each(|leaf| one_by_one.insert(*leaf).unwrap());
    assert_eq!(one_by_one, tree(65_535));
    one_by_one.insert(all[65_535]).unwrap();
    assert_eq!(one_by_one, tree(65_536));
    assert_eq!(one_by_one.depth(), 16);
}

#[cfg(feature = "parallel")]
#[test]
fn any_number_of_threads_gives_the_same_tree() {
    let trees = [1, 2, 7].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| tree(5000))
    });
    assert_eq!(trees[0], trees[1]);
    assert_eq!(trees[0], trees[2]);
}

#[test]
fn progress_never_falls_and_ends_at_its_total() {
    let mut registry = Registry::new();
    for count in [1u64, 2, 20_000] {
        let mut reports = Vec::new();
        let batch = super::commitments(registry.size() + 1..=registry.size() + count);
        registry.append_batch_with_progress(&batch, &mut |progress| reports.push(progress)).unwrap();
        assert!(reports.is_sorted_by_key(|progress| progress.done));
        assert!(reports.last().is_none_or(|last| last.done == last.total), "{reports:?}");
    }
    let mut last = None;
    registry.tree().check(&mut |progress| last = Some(progress)).unwrap();
    assert!(last.is_some_and(|last| last.done == last.total));
}
