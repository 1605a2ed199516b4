//! Every answer of the known answers is looked at: whoever changes one makes the check fail.

use super::*;
use std::collections::BTreeSet;

/// One place in a JSON value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Field(String),
    Index(usize),
}

fn file(name: &str) -> Map<String, Value> {
    match tabella_testkit::semaphore_vector(name) {
        Value::Object(object) => object,
        other => panic!("{name} is {other}"),
    }
}

fn folder() -> Folder {
    Folder { keys: Some(file("verification_keys.json")), groups: Some(file("groups.json")) }
}

fn check_for(name: &str) -> Check {
    FILES.iter().find(|(file, _)| *file == name).unwrap().1
}

fn failures(name: &str, object: &Map<String, Value>, folder: &Folder) -> usize {
    let mut checker = Checker::default();
    check_for(name)(&mut checker, object, folder);
    checker.failures.len()
}

/// All texts that are numbers, and all booleans.
fn answers(value: &Value, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    match value {
        Value::String(text) if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) => {
            found.push(path.clone());
        }
        Value::Bool(_) => found.push(path.clone()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                answers(item, path, found);
                path.pop();
            }
        }
        Value::Object(object) => {
            for (field, item) in object.iter().filter(|(field, _)| !is_metadata(field)) {
                path.push(Step::Field(field.clone()));
                answers(item, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn is_metadata(field: &str) -> bool {
    ["meta", "note", "algorithm", "group", "zkeyExportMatchesJson", "sha256OfDecimalJoinedByComma"]
        .contains(&field)
}

fn at<'v>(value: &'v mut Value, path: &[Step]) -> &'v mut Value {
    path.iter().fold(value, |value, step| match step {
        Step::Field(field) => value.get_mut(field).unwrap(),
        Step::Index(index) => value.get_mut(*index).unwrap(),
    })
}

/// Changes one digit, or turns a boolean round.
fn spoil(value: &mut Value) {
    *value = match &*value {
        Value::Bool(truth) => Value::Bool(!truth),
        Value::String(text) => {
            let (head, last) = text.split_at(text.len() - 1);
            let last: u32 = last.parse().unwrap();
            Value::String(format!("{head}{}", (last + 1) % 10))
        }
        other => panic!("{other}"),
    };
}

/// Places whose value is an input to something that must be refused, or that no other value contradicts: another input is
/// refused as well.
fn is_free(name: &str, object: &Map<String, Value>, path: &[Step]) -> bool {
    let field = |step: &Step| match step {
        Step::Field(field) => field.clone(),
        Step::Index(_) => String::new(),
    };
    let entry = |list: &str, index: &Step| match index {
        Step::Index(index) => object[list][index].clone(),
        Step::Field(_) => Value::Null,
    };
    match (name, path) {
        ("group_ops.json", [first, second]) => field(first) == "singleMember" && field(second) == "before",
        ("group_ops.json", [first, index, args, ..]) => {
            field(args) == "args" && entry(&field(first), index).get("error").is_some()
        }
        ("proofs.json", [first, index, proof, ..]) => {
            field(first) == "verifierEdgeCases"
                && field(proof) == "proof"
                && entry("verifierEdgeCases", index)["result"] != true
        }
        // A value that is refused for its size is still refused with another digit, but its integer is compared.
        _ => false,
    }
}

#[test]
fn the_known_answers_are_met() {
    let (mut passed, folder) = (0, folder());
    for (name, check) in FILES {
        let mut checker = Checker::default();
        check(&mut checker, &file(name), &folder);
        assert_eq!(checker.failures, [], "{name}");
        passed += checker.passed;
    }
    assert_eq!(passed, 787);
}

#[test]
fn no_answer_can_be_changed_unnoticed() {
    // All of them take minutes: by default every so-manieth is tried.
    let full = std::env::var_os("TABELLA_FULL").is_some();
    let folder = folder();
    for (name, _) in FILES {
        let object = file(name);
        let mut places = Vec::new();
        answers(&Value::Object(object.clone()), &mut Vec::new(), &mut places);
        places.retain(|path| !is_free(name, &object, path));
        assert!(places.len() > 10, "{name}");
        let step = if full { 1 } else { (places.len() / 12).max(1) };
        for path in places.iter().step_by(step) {
            let mut spoilt = Value::Object(object.clone());
            spoil(at(&mut spoilt, path));
            let Value::Object(spoilt) = spoilt else { panic!("an object stays one") };
            assert_ne!(failures(name, &spoilt, &folder), 0, "{name} {path:?} was changed unnoticed");
        }
    }
}

#[test]
fn garbled_entries_are_failures_and_never_panics() {
    let folder = Folder::default();
    let wrong = [
        json!(null),
        json!(7),
        json!("x"),
        json!([]),
        json!({}),
        json!([[]]),
        json!({"a": [1]}),
        json!(true),
    ];
    for (name, _) in FILES {
        let object = file(name);
        for field in object.keys().filter(|field| !is_metadata(field)) {
            for value in &wrong {
                let mut garbled = object.clone();
                garbled.insert(field.clone(), value.clone());
                failures(name, &garbled, &folder);
            }
            // And each field of the first entry of each list.
            let entry = object[field].get(0).and_then(Value::as_object);
            for inner in entry.into_iter().flat_map(Map::keys) {
                for value in &wrong {
                    let mut garbled: Map<String, Value> = Map::new();
                    let mut first = object[field][0].clone();
                    first[inner] = value.clone();
                    garbled.insert(field.clone(), json!([first]));
                    failures(name, &garbled, &folder);
                }
            }
        }
    }
}

#[test]
fn a_missing_answer_is_named() {
    let mut object = file("nullifiers.json");
    object["nullifiers"][2].as_object_mut().unwrap().remove("nullifier");
    let mut checker = Checker::default();
    nullifiers::check(&mut checker, &object, &Folder::default());
    let entries: BTreeSet<&str> = checker.failures.iter().map(|f| f.entry.as_str()).collect();
    assert_eq!(entries, BTreeSet::from(["nullifiers[2].nullifier"]));
}

#[test]
fn what_javascript_takes_sloppily_counts_when_it_is_refused() {
    // The same member twice: JavaScript adds it, Tabella refuses, and the foreign tree is followed all the same.
    let (a, b) = (sloppy::reduced("5").unwrap(), sloppy::reduced("7").unwrap());
    let root = |leaves: &[tabella::primitives::Fr]| {
        tabella::primitives::encoding::Canonical::to_decimal(&sloppy::plain_root(leaves).0)
    };
    let steps = json!([
        {"op": "addMembers", "args": [["5", "7"]], "root": root(&[a, b]), "depth": 1, "size": 2, "leaves": ["5", "7"]},
        {"op": "addMember", "args": ["5"], "root": root(&[a, b, a]), "depth": 2, "size": 3, "leaves": ["5", "7", "5"]},
        {"op": "removeMember", "args": [0], "root": root(&[0.into(), b, a]), "depth": 2, "size": 3, "leaves": ["0", "7", "5"]},
        {"op": "addMember", "args": ["011"], "root": root(&[0.into(), b, a, 11.into()]), "depth": 2, "size": 4, "leaves": ["0", "7", "5", "11"]},
        {"op": "updateMember", "args": [1, "13"], "root": root(&[0.into(), 13.into(), a, 11.into()]), "depth": 2, "size": 4, "leaves": ["0", "13", "5", "11"]},
    ]);
    let Value::Object(object) = json!({"steps": steps}) else { panic!("an object") };
    let mut checker = Checker::default();
    group_ops::check(&mut checker, &object, &Folder::default());
    assert_eq!(checker.failures, []);
    assert_eq!(checker.passed, 5 * 4 + 2);
    // But nobody may claim that a fresh canonical member is refused.
    let Value::Object(object) = json!({"steps": [
        {"op": "addMember", "args": ["5"], "error": "no", "root": "0", "depth": 0, "size": 0, "leaves": []},
    ]}) else {
        panic!("an object")
    };
    assert_ne!(failures("group_ops.json", &object, &Folder::default()), 0);
}
