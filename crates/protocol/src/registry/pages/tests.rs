//! Paths from pages are those of the whole tree, and nothing else passes for a page.

use super::*;
use crate::{
    identity::IdentityCommitment,
    registry::{LeanImt, Registry, RegistryRoot, weighted_leaf},
};
use alloc::{format, vec};
use proptest::prelude::*;
use tabella_primitives::encoding::EncodingError;

fn commitment(value: u64) -> IdentityCommitment {
    IdentityCommitment::from_field(Fr::from(value))
}

fn registry(size: u64) -> Registry {
    let mut registry = Registry::new();
    let citizens: Vec<_> = (1..=size).map(|value| commitment(value * value + 7)).collect();
    registry.append_batch(&citizens).unwrap();
    registry
}

fn citizen(slot: u64) -> IdentityCommitment {
    commitment((slot + 1) * (slot + 1) + 7)
}

/// Both, as a wallet gets them.
fn fetched(registry: &Registry, number: u64) -> (CheckedUpper, RegistryPage) {
    let upper = RegistryUpper::of(registry.tree()).unwrap();
    let again = RegistryUpper::from_bytes(&upper.to_bytes()).unwrap();
    assert_eq!(again, upper);
    let page = RegistryPage::of(registry.tree(), number).unwrap();
    assert_eq!(RegistryPage::from_bytes(&page.to_bytes()).as_ref(), Ok(&page));
    (again.check(&registry.root().unwrap(), registry.size()).unwrap(), page)
}

#[test]
fn paths_are_those_of_the_whole_tree() {
    const P: u64 = 4096;
    for size in [1, 2, 3, 5, 100, P - 1, P, P + 1, P + 2, 2 * P, 2 * P + 1, 3 * P, 3 * P + 77, 4 * P + 1] {
        let registry = registry(size);
        let slots =
            [0, 1, 2, 50, P - 2, P - 1, P, P + 1, 2 * P - 1, 2 * P, 3 * P, size.saturating_sub(2), size - 1];
        for slot in slots.into_iter().filter(|slot| *slot < size) {
            let (upper, page) = fetched(&registry, RegistryPage::number_of_slot(slot));
            assert_eq!((upper.size(), upper.pages()), (size, size.div_ceil(P)));
            let path = upper.path_of(&page, &citizen(slot)).unwrap();
            assert_eq!(path, registry.path_of(&citizen(slot)).unwrap(), "slot {slot} of {size}");
        }
        let pages = size.div_ceil(P);
        assert!(RegistryPage::of(registry.tree(), pages - 1).is_some());
        assert!(RegistryPage::of(registry.tree(), pages).is_none());
    }
    assert!(RegistryUpper::of(&LeanImt::new()).is_none());
    assert!(RegistryPage::of(&LeanImt::new(), 0).is_none());
}

#[test]
fn removed_slots_stand_in_pages_and_are_nobody() {
    let mut registry = registry(4100);
    for slot in [0, 7, 4096, 4099] {
        registry.remove(slot).unwrap();
    }
    for slot in [1, 6, 8, 4095, 4097, 4098] {
        let (upper, page) = fetched(&registry, slot / 4096);
        assert_eq!(upper.path_of(&page, &citizen(slot)), Ok(registry.path_of(&citizen(slot)).unwrap()));
    }
    let (upper, page) = fetched(&registry, 0);
    let nobody = Err(PagesError::NotInPage { page: 0 });
    assert_eq!(upper.path_of(&page, &citizen(7)), nobody);
    assert_eq!(upper.path_of(&page, &commitment(0)), nobody);
    assert_eq!(upper.path_of(&page, &citizen(4097)), nobody, "she stands in the other page");
}

#[test]
fn citizens_with_weights_find_their_leaves() {
    let weights = |slot: u64| u32::try_from(slot % 9 + 1).unwrap();
    let leaves: Vec<Fr> = (0..4099).map(|slot| weighted_leaf(&citizen(slot), weights(slot))).collect();
    let mut tree = LeanImt::new();
    tree.insert_many(&leaves).unwrap();
    let root = RegistryRoot::from_field(tree.root());
    let upper = RegistryUpper::of(&tree).unwrap().check(&root, 4099).unwrap();
    let page = RegistryPage::of(&tree, 1).unwrap();
    let leaf = weighted_leaf(&citizen(4098), weights(4098));
    let path = upper.path_of_leaf(&page, &leaf).unwrap();
    assert_eq!(path.weighted_root(&citizen(4098), weights(4098)), root);
    assert_eq!(path, tree.path(4098).unwrap());
}

#[test]
fn what_is_not_the_frozen_registry_is_refused() {
    let registry = registry(8200);
    let (root, size) = (registry.root().unwrap(), registry.size());
    let upper = RegistryUpper::of(registry.tree()).unwrap();
    let other_size = PagesError::OtherSize { expected: 8199, actual: 8200 };
    assert_eq!(upper.clone().check(&root, 8199).unwrap_err(), other_size);
    let expected = RegistryRoot::from_field(Fr::from(5u64));
    let other_root = PagesError::OtherRoot { expected, actual: root };
    assert_eq!(upper.clone().check(&expected, size).unwrap_err(), other_root);
    let checked = upper.check(&root, size).unwrap();
    let page = |number| RegistryPage::of(registry.tree(), number).unwrap();

    // A leaf of another's, a page under another's number, a page cut short, no page at all.
    let mut forged = page(1);
    forged.leaves[5] = Fr::from(99u64);
    assert_eq!(checked.path_of(&forged, &citizen(4096)), Err(PagesError::OtherPage { page: 1 }));
    assert_eq!(checked.path_of(&forged, &commitment(99)), Err(PagesError::OtherPage { page: 1 }));
    let mut moved = page(1);
    moved.number = 0;
    assert_eq!(checked.path_of(&moved, &citizen(4096)), Err(PagesError::OtherPage { page: 0 }));
    let mut short = page(1);
    short.leaves.pop();
    let error = PagesError::PageLength { page: 1, expected: 4096, actual: 4095 };
    assert_eq!(checked.path_of(&short, &citizen(4096)), Err(error));
    let mut long = page(2);
    long.leaves.push(Fr::from(1u64));
    let error = PagesError::PageLength { page: 2, expected: 8, actual: 9 };
    assert_eq!(checked.path_of(&long, &citizen(8192)), Err(error));
    // Inner nodes do not pass for leaves: a page has the number of leaves that follows from the size.
    let inner = RegistryPage { number: 0, leaves: registry.tree().level(1).unwrap()[..2048].to_vec() };
    let error = PagesError::PageLength { page: 0, expected: 4096, actual: 2048 };
    assert_eq!(checked.path_of_leaf(&inner, &inner.leaves[0]), Err(error));
    let mut beyond = page(0);
    beyond.number = 3;
    let error = PagesError::NoSuchPage { page: 3, pages: 3 };
    assert_eq!(checked.path_of(&beyond, &citizen(0)), Err(error));
}

#[test]
fn bytes_have_one_form() {
    let registry = registry(4097);
    let upper = RegistryUpper::of(registry.tree()).unwrap().to_bytes();
    let page = RegistryPage::of(registry.tree(), 1).unwrap().to_bytes();
    assert_eq!((upper.len(), page.len()), (24 + 64, 24 + 32));
    assert_eq!(
        (&upper[..24], &page[..24]),
        (&b"tabella-upper-v1\0\0\0\0\0\0\x10\x01"[..], &b"tabella-page-v1\0\0\0\0\x01\0\0\0\x01"[..])
    );
    let (upper_of, page_of) = (RegistryUpper::from_bytes, RegistryPage::from_bytes);
    assert_eq!(upper_of(&page).unwrap_err(), PagesError::Format { expected: "the upper part" });
    assert_eq!(page_of(&upper).unwrap_err(), PagesError::Format { expected: "a page" });
    assert_eq!(page_of(&[]).unwrap_err(), PagesError::Format { expected: "a page" });
    let cut = |bytes: &[u8], less: usize| bytes[..bytes.len() - less].to_vec();
    let longer = |bytes: &[u8]| [bytes, &[0]].concat();
    let length = |what, expected, actual| PagesError::Length { what, expected, actual };
    assert_eq!(upper_of(&cut(&upper, 1)).unwrap_err(), length("the upper part", 64, 63));
    assert_eq!(upper_of(&longer(&upper)).unwrap_err(), length("the upper part", 64, 65));
    assert_eq!(upper_of(&upper[..20]).unwrap_err(), length("the upper part", 8, 4));
    assert_eq!(page_of(&longer(&page)).unwrap_err(), length("a page", 32, 33));
    assert_eq!(page_of(&page[..17]).unwrap_err(), length("a page", 4, 1));
    let with = |bytes: &[u8], at: usize, new: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + new.len()].copy_from_slice(new);
        bytes
    };
    // A length that would need 2^37 bytes is refused by what is there.
    let huge = with(&upper, 16, &(1u64 << 32).to_be_bytes());
    assert_eq!(upper_of(&huge).unwrap_err(), length("the upper part", 1 << 25, 64));
    for size in [0, (1 << 32) + 1, u64::MAX] {
        let bytes = with(&upper, 16, &u64::to_be_bytes(size));
        assert_eq!(upper_of(&bytes).unwrap_err(), PagesError::Size { size });
    }
    for leaves in [0, 4097, u32::MAX] {
        let bytes = with(&page, 20, &leaves.to_be_bytes());
        assert_eq!(page_of(&bytes).unwrap_err(), PagesError::Leaves { leaves: leaves.into() });
    }
    let error = PagesError::Element { what: "a page", index: 0, error: EncodingError::NotCanonical };
    assert_eq!(page_of(&with(&page, 24, &[255; 32])).unwrap_err(), error);
    assert_eq!(
        format!("{error}"),
        "a page of a registry, element 0: not canonical: the integer is not below the modulus, or is not in its shortest form"
    );
}

proptest! {
    #[test]
    fn decoders_never_panic_and_never_repair(bytes in prop::collection::vec(any::<u8>(), 0..200), size in 0u64..9000) {
        for head in [&[][..], b"tabella-upper-v1", b"tabella-page-v1\0", b"tabella-page-v1\0\0\0\0\0\0\0\0\x01"] {
            let bytes = [head, &bytes].concat();
            if let Ok(upper) = RegistryUpper::from_bytes(&bytes) {
                prop_assert_eq!(upper.to_bytes(), bytes.clone());
            }
            if let Ok(page) = RegistryPage::from_bytes(&bytes) {
                prop_assert_eq!(page.to_bytes(), bytes);
            }
        }
        let nodes = vec![Fr::from(3u64); usize::try_from(pages_of(size)).unwrap()];
        let mut bytes = [&b"tabella-upper-v1"[..], &size.to_be_bytes()].concat();
        put_elements(&mut bytes, &nodes);
        prop_assert_eq!(RegistryUpper::from_bytes(&bytes).is_ok(), size > 0);
    }
}
