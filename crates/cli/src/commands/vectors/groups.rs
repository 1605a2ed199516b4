//! `groups.json`: members, and groups of their first n with root, depth and Merkle proofs.

use super::{
    Folder,
    checker::{Checker, Place, name, texts},
    library::Group,
    sloppy,
};
use serde_json::{Map, Value};
use tabella::{
    primitives::{Fr, encoding::Canonical},
    protocol::{identity::IdentityCommitment, registry::MembershipPath},
};

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, _folder: &Folder) {
    let mut place = checker.at("groups.json", "");
    place.known_fields(file, &["meta", "note", "algorithm", "members", "groups"]);
    let members = match file.get("members").map(texts) {
        Some(Some(members)) => members,
        None => Vec::new(),
        Some(None) => return place.missing("members", "a list of texts", file.get("members")),
    };
    let Some(groups) = place.list(file, "groups") else { return };
    for (index, entry) in groups.iter().enumerate() {
        let mut place = place.inside(&format!("groups{}", name(index, entry)));
        if let Some(entry) = place.object(Some(entry), "") {
            check_group(&mut place, entry, &members);
        }
    }
}

fn check_group(place: &mut Place<'_>, entry: &Map<String, Value>, members: &[&str]) {
    place.known_fields(entry, &["note", "size", "depth", "root", "members", "merkleProofs"]);
    let Some(leaves) = leaves(place, entry, members) else { return };
    place.answer(entry, "size", leaves.len());
    let tree = match Tree::new(&leaves) {
        Ok(tree) => tree,
        Err(cause) => return place.inside("members").fail("integers", cause),
    };
    if let Err(reason) = &tree.strict {
        // JavaScript takes such members; here the refusal is the right answer, and the root is still recomputed.
        match Sloppiness::of(&leaves) {
            Some(_) => place.inside("members").pass(),
            None => place.inside("members").fail("a registry of these members", format!("refused: {reason}")),
        }
    }
    place.answer(entry, "root", tree.root());
    place.answer(entry, "depth", tree.depth());
    let proofs = match entry.get("merkleProofs") {
        Some(Value::Array(proofs)) => proofs.as_slice(),
        None => &[],
        other => return place.missing("merkleProofs", "a list", other),
    };
    for (index, proof) in proofs.iter().enumerate() {
        let mut place = place.inside(&format!("merkleProofs[{index}]"));
        if let Some(proof) = place.object(Some(proof), "") {
            check_proof(&mut place, proof, &tree);
        }
    }
}

fn check_proof(place: &mut Place<'_>, proof: &Map<String, Value>, tree: &Tree) {
    place.known_fields(proof, &["note", "leafIndex", "root", "leaf", "index", "siblings"]);
    let Some(leaf_index) = place.number(proof, "leafIndex") else { return };
    let Some((leaf, index, siblings)) = tree.path(leaf_index) else {
        return place.inside("leafIndex").fail("a member's place", leaf_index.to_string());
    };
    place.answer(proof, "root", tree.root());
    place.answer(proof, "leaf", leaf.to_decimal());
    place.answer(proof, "index", index);
    place.answer(proof, "siblings", siblings.iter().map(Canonical::to_decimal).collect::<Vec<_>>());
    // And the way a citizen goes: from the leaf of the file by the siblings of the file to the root of the file.
    if let Some(cause) = leads_to_root(proof).err() {
        place.fail("a path from leaf to root", cause);
    } else {
        place.pass();
    }
}

/// Walks a Merkle proof of the file.
pub(crate) fn leads_to_root(proof: &Map<String, Value>) -> Result<MembershipPath, String> {
    let field = |text: &str| Fr::from_decimal(text).map_err(|e| e.to_string());
    let text =
        |name: &str| proof.get(name).and_then(Value::as_str).ok_or_else(|| format!("no text `{name}`"));
    let siblings = proof.get("siblings").and_then(texts).ok_or("no list of texts `siblings`")?;
    let siblings = siblings.into_iter().map(field).collect::<Result<Vec<_>, _>>()?;
    let index = proof.get("index").and_then(Value::as_u64).ok_or("no whole number `index`")?;
    let path = MembershipPath::from_parts(index, siblings).map_err(|e| e.to_string())?;
    let root = path.root(&IdentityCommitment::from_field(field(text("leaf")?)?));
    if root.to_string() == text("root")? { Ok(path) } else { Err(format!("the path leads to {root}")) }
}

/// Which members: `members[a..b]` of the file's list, a list of its own, or the first `size`.
fn leaves(place: &mut Place<'_>, entry: &Map<String, Value>, members: &[&str]) -> Option<Vec<String>> {
    let range = match entry.get("members") {
        Some(Value::Array(_)) => {
            return place.texts(entry, "members").map(|own| own.into_iter().map(str::to_owned).collect());
        }
        Some(Value::String(text)) => text
            .strip_prefix("members[")
            .and_then(|rest| rest.strip_suffix(']'))
            .and_then(|range| range.split_once(".."))
            .and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?)),
        None => place.number(entry, "size").and_then(|size| usize::try_from(size).ok()).map(|size| 0..size),
        Some(_) => None,
    };
    let found = range.and_then(|range| members.get(range));
    if found.is_none() {
        place.missing(
            "members",
            "a list, or `members[a..b]` within the file's members",
            entry.get("members"),
        );
    }
    found.map(|slice| slice.iter().map(|text| (*text).to_owned()).collect())
}

/// Why Tabella refuses leaves that JavaScript takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sloppiness {
    /// Not decimal in its shortest form, or not below r.
    NotCanonical,
    /// The leaf 0.
    Zero,
    /// A leaf that is there already.
    Duplicate,
}

impl Sloppiness {
    /// The first reason among the leaves.
    pub(crate) fn of<T: AsRef<str>>(leaves: &[T]) -> Option<Self> {
        let mut seen = std::collections::HashSet::new();
        leaves.iter().find_map(|leaf| match Fr::from_decimal(leaf.as_ref()) {
            Err(_) => Some(Self::NotCanonical),
            Ok(value) if value == Fr::from(0) => Some(Self::Zero),
            Ok(value) => (!seen.insert(value)).then_some(Self::Duplicate),
        })
    }
}

/// A group: Tabella's registry where it takes the members, and the plain tree where it does not.
struct Tree {
    strict: Result<Group, String>,
    leaves: Vec<Fr>,
    only: Option<String>,
}

impl Tree {
    fn new(texts: &[String]) -> Result<Self, String> {
        let leaves = texts
            .iter()
            .map(|text| sloppy::reduced(text).ok_or_else(|| format!("{text:?}")))
            .collect::<Result<Vec<_>, _>>()?;
        let only = match texts {
            [one] => sloppy::big_int(one).map(|value| value.to_string()),
            _ => None,
        };
        let mut strict = Group::default();
        let strict = strict.add(texts).map(|()| strict);
        Ok(Self { strict, leaves, only })
    }

    fn root(&self) -> String {
        match (&self.strict, &self.only) {
            (Ok(group), _) => group.root(),
            // A single leaf is its own root, unreduced.
            (Err(_), Some(only)) => only.clone(),
            (Err(_), None) => sloppy::plain_root(&self.leaves).0.to_decimal(),
        }
    }

    fn depth(&self) -> usize {
        match &self.strict {
            Ok(group) => group.depth(),
            Err(_) => sloppy::plain_root(&self.leaves).1,
        }
    }

    fn path(&self, leaf_index: u64) -> Option<(Fr, u64, Vec<Fr>)> {
        let leaf = *self.leaves.get(usize::try_from(leaf_index).ok()?)?;
        match &self.strict {
            Ok(group) => {
                let path = group.path(leaf_index)?;
                Some((leaf, path.index(), path.siblings().to_vec()))
            }
            Err(_) => {
                let (index, siblings) = sloppy::plain_path(&self.leaves, usize::try_from(leaf_index).ok()?);
                Some((leaf, index, siblings))
            }
        }
    }
}
