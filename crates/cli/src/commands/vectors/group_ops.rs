//! `group_ops.json`: a group that members join, leave and change, step by step.

use super::{
    Folder,
    checker::{Checker, Place, texts},
    groups::Sloppiness,
    library::{self, Group},
    sloppy,
};
use serde_json::{Map, Value};
use tabella::primitives::{Fr, encoding::Canonical};

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, _folder: &Folder) {
    let mut place = checker.at("group_ops.json", "");
    place.known_fields(file, &["meta", "note", "algorithm", "steps", "singleMember", "emptyGroup"]);
    if let Some(steps) = file.get("steps") {
        match steps.as_array() {
            Some(steps) => check_steps(&mut place, steps),
            None => place.missing("steps", "a list", Some(steps)),
        }
    }
    if let Some(single) = file.get("singleMember") {
        let mut place = place.inside("singleMember");
        if let Some(single) = place.object(Some(single), "") {
            check_single(&mut place, single);
        }
    }
    if let Some(empty) = file.get("emptyGroup") {
        let mut place = place.inside("emptyGroup");
        if let Some(empty) = place.object(Some(empty), "") {
            place.known_fields(empty, &["note", "root", "depth", "size"]);
            let group = Group::default();
            place.answer(empty, "root", group.root());
            place.answer(empty, "depth", group.depth());
            place.answer_if_present(empty, "size", 0);
        }
    }
}

/// The state that the file's own steps lead to: leaves as JavaScript keeps them.
struct Follower {
    /// Decimal integers, 0 for a removed member.
    leaves: Vec<String>,
    /// Tabella's registry of the same leaves, while there is one.
    group: Option<Group>,
}

fn check_steps(place: &mut Place<'_>, steps: &[Value]) {
    let mut follower = Follower { leaves: Vec::new(), group: Some(Group::default()) };
    for (index, step) in steps.iter().enumerate() {
        let op = step.get("op").and_then(Value::as_str).unwrap_or("?");
        let mut place = place.inside(&format!("steps[{index}] ({op})"));
        if let Some(step) = place.object(Some(step), "") {
            check_step(&mut place, step, &mut follower);
        }
    }
}

fn check_step(place: &mut Place<'_>, step: &Map<String, Value>, follower: &mut Follower) {
    place.known_fields(step, &["note", "op", "args", "error", "root", "depth", "size", "leaves"]);
    let operation = match Operation::parse(step) {
        Ok(operation) => operation,
        Err(cause) => {
            place
                .inside("args")
                .fail("addMember(text), addMembers(texts), removeMember(n) or updateMember(n, text)", cause);
            resynchronise(follower, step);
            return;
        }
    };
    let refused = step.contains_key("error");
    let outcome = follower.group.as_mut().map(|group| operation.apply(group));
    match (outcome, refused) {
        (Some(Ok(())), false) => operation.follow(&mut follower.leaves),
        (Some(Err(_)), true) => place.inside("error").pass(),
        (Some(Ok(())), true) => {
            place.inside("error").fail("refused", "accepted");
            operation.follow(&mut follower.leaves);
        }
        (Some(Err(reason)), false) => {
            match operation.sloppiness(&follower.leaves) {
                Some(_) => place.inside("args").pass(),
                None => place.inside("args").fail("accepted", format!("refused: {reason}")),
            }
            operation.follow(&mut follower.leaves);
            follower.group = library::group(&follower.leaves).ok();
        }
        // The tree already holds what Tabella refuses: only the plain tree follows it.
        (None, false) => operation.follow(&mut follower.leaves),
        (None, true) => match operation.plainly_wrong(&follower.leaves) {
            true => place.inside("error").pass(),
            false => place.skip("group_ops.json: a refusal in a group that Tabella would not have made"),
        },
    }
    compare_state(place, step, follower);
    if follower.group.is_none() {
        follower.group = library::group(&follower.leaves).ok();
    }
}

fn compare_state(place: &mut Place<'_>, step: &Map<String, Value>, follower: &Follower) {
    let (root, depth) = match &follower.group {
        Some(group) => (group.root(), group.depth()),
        None => plain(&follower.leaves),
    };
    place.answer(step, "root", root);
    place.answer(step, "depth", depth);
    place.answer(step, "size", follower.leaves.len());
    place.answer(step, "leaves", follower.leaves.clone());
}

/// Root and depth of leaves that Tabella would not take.
fn plain(leaves: &[String]) -> (String, usize) {
    if let [only] = leaves {
        return (only.clone(), 0);
    }
    let values: Vec<Fr> = leaves.iter().map(|leaf| sloppy::reduced(leaf).unwrap_or_default()).collect();
    let (root, depth) = sloppy::plain_root(&values);
    (root.to_decimal(), depth)
}

/// Goes on from the leaves that the file lists, after a step that could not be read.
fn resynchronise(follower: &mut Follower, step: &Map<String, Value>) {
    if let Some(leaves) = step.get("leaves").and_then(texts) {
        follower.leaves = leaves.into_iter().map(str::to_owned).collect();
        follower.group = library::group(&follower.leaves).ok();
    }
}

/// One call of a Semaphore group.
enum Operation {
    Add(Vec<String>),
    Update(u64, String),
    Remove(u64),
}

impl Operation {
    fn parse(step: &Map<String, Value>) -> Result<Self, String> {
        let args = step.get("args").and_then(Value::as_array).ok_or("no list `args`")?;
        let op = step.get("op").and_then(Value::as_str).unwrap_or_default();
        let text = |value: &Value| match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            other => Err(format!("{other} is no commitment")),
        };
        let place = |value: &Value| value.as_u64().ok_or_else(|| format!("{value} is no place in a group"));
        match (op, args.as_slice()) {
            ("addMember", [member]) => Ok(Self::Add(vec![text(member)?])),
            ("addMembers", [Value::Array(members)]) => {
                Ok(Self::Add(members.iter().map(text).collect::<Result<_, _>>()?))
            }
            ("updateMember", [index, member]) => Ok(Self::Update(place(index)?, text(member)?)),
            ("removeMember", [index]) => Ok(Self::Remove(place(index)?)),
            _ => Err(format!("{op} with {} arguments", args.len())),
        }
    }

    /// Tabella's answer.
    fn apply(&self, group: &mut Group) -> Result<(), String> {
        match self {
            Self::Add(members) => group.add(members),
            Self::Update(index, member) => group.update(*index, member),
            Self::Remove(index) => group.remove(*index),
        }
    }

    /// What JavaScript does to its leaves.
    fn follow(&self, leaves: &mut Vec<String>) {
        let integer = |text: &String| sloppy::big_int(text).map_or_else(|| text.clone(), |v| v.to_string());
        match self {
            Self::Add(members) => leaves.extend(members.iter().map(integer)),
            Self::Update(index, member) => set(leaves, *index, integer(member)),
            Self::Remove(index) => set(leaves, *index, "0".into()),
        }
    }

    /// Why Tabella refuses what JavaScript takes, if it does.
    fn sloppiness(&self, leaves: &[String]) -> Option<Sloppiness> {
        let new: Vec<&String> = match self {
            Self::Add(members) => members.iter().collect(),
            Self::Update(_, member) => vec![member],
            Self::Remove(_) => Vec::new(),
        };
        Sloppiness::of(&new)
            .or_else(|| new.iter().any(|m| leaves.contains(*m)).then_some(Sloppiness::Duplicate))
    }

    /// Refused by everybody: nothing to add, no such place, a place already removed, the leaf 0.
    fn plainly_wrong(&self, leaves: &[String]) -> bool {
        let gone = |index: u64| {
            usize::try_from(index).ok().and_then(|i| leaves.get(i)).is_none_or(|leaf| leaf == "0")
        };
        match self {
            Self::Add(members) => {
                members.is_empty() || members.iter().any(|m| sloppy::big_int(m).is_none_or(|v| v == 0.into()))
            }
            Self::Update(index, _) | Self::Remove(index) => gone(*index),
        }
    }
}

fn set(leaves: &mut [String], index: u64, value: String) {
    if let Some(slot) = usize::try_from(index).ok().and_then(|index| leaves.get_mut(index)) {
        *slot = value;
    }
}

/// A group of one member, whom it loses: the root is the leaf, and then 0.
fn check_single(place: &mut Place<'_>, single: &Map<String, Value>) {
    place.known_fields(single, &["note", "before", "afterRemove", "size", "depth", "warning"]);
    let Some(member) = place.text(single, "before") else { return };
    let mut group = Group::default();
    if let Err(cause) = group.add(&[member.to_owned()]) {
        return place.inside("before").fail("a member", format!("refused: {cause}"));
    }
    place.answer(single, "before", group.root());
    if let Err(cause) = group.remove(0) {
        return place.inside("afterRemove").fail("accepted", format!("refused: {cause}"));
    }
    place.answer(single, "afterRemove", group.root());
    place.answer(single, "size", group.size());
    place.answer(single, "depth", group.depth());
}
