//! Records that were changed after they were written: every value and every line in turn.

use crate::{
    common::lines::{self, join, scalars},
    fixture::{Parts, options, rng},
};
use std::ops::Range;
use tabella_audit::{audit, quietly};

fn lines() -> Vec<String> {
    lines::lines(Parts::proved().write())
}

fn entry_of_fault(lines: &[String]) -> Option<u64> {
    let record = join(lines);
    audit(record.as_slice(), &options(), &mut rng(7), &mut quietly).err().map(|fault| fault.entry)
}

/// Places of the values of a line of JSON: scalars, but names of fields and null.
fn values(line: &str) -> impl Iterator<Item = Range<usize>> {
    let value = |place: &Range<usize>| !line[place.end..].starts_with(':') && &line[place.clone()] != "null";
    scalars(line).into_iter().filter(value)
}

/// Another value of the same type, and one of another form.
fn others(value: &str) -> [String; 2] {
    match value.strip_suffix('"') {
        Some(text) => {
            let last = text.chars().last();
            let other = if last == Some('1') { '2' } else { '1' };
            let head = &text[..text.len() - last.map_or(0, char::len_utf8)];
            [format!("{head}{other}\""), format!("{text}0\"")]
        }
        None => match value.parse::<u64>() {
            Ok(number) => [format!("{}", number + 1), format!("0{value}")],
            Err(_) => [if value == "true" { "false" } else { "true" }.to_owned(), "null".to_owned()],
        },
    }
}

#[test]
fn every_value_of_every_line_is_protected() {
    let lines = lines();
    assert_eq!(lines.len(), 30);
    let mut mutations = 0;
    for (number, line) in lines.iter().enumerate() {
        for place in values(line) {
            for other in others(&line[place.clone()]) {
                let mut changed = lines.clone();
                changed[number].replace_range(place.clone(), &other);
                let entry = u64::try_from(number).unwrap();
                assert_eq!(entry_of_fault(&changed), Some(entry), "{} -> {other} in {line}", &line[place]);
                mutations += 1;
            }
        }
    }
    assert!(mutations >= 300, "{mutations}");
}

#[test]
fn lines_left_out_twice_or_exchanged() {
    let lines = lines();
    for number in 0..lines.len() {
        let entry = u64::try_from(number).unwrap();
        let mut changed = lines.clone();
        changed.remove(number);
        assert_eq!(entry_of_fault(&changed), Some(entry));
        let mut changed = lines.clone();
        changed.insert(number, lines[number].clone());
        assert_eq!(entry_of_fault(&changed), Some(entry + 1));
        if number > 0 {
            let mut changed = lines.clone();
            changed.swap(number - 1, number);
            assert_eq!(entry_of_fault(&changed), Some(entry - 1));
        }
    }
}
