//! Records that were changed after they were written: every value and every line in turn.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{
    Parts, fault,
    lines::{join, scalars},
};
use proptest::prelude::*;
use tabella_audit::{Cause, audit, quietly};
use tabella_protocol::record::{EntryKind, RecordError};

fn lines() -> Vec<String> {
    common::lines::lines(Parts::honest().write())
}

/// Other values of the same type, other forms of the same value, other types.
fn replacements(scalar: &str) -> Vec<String> {
    if let Some(text) = scalar.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut changed =
            vec![format!("\"{text}0\""), format!("\"0{text}\""), "\"\"".into(), "null".into(), "0".into()];
        if let Some(last) = text.chars().last() {
            // The last character changed; an escape for the same text.
            let head = &text[..text.len() - last.len_utf8()];
            let other = if last == '1' { '2' } else { '1' };
            changed.push(format!("\"{head}{other}\""));
            changed.push(format!("\"{head}\\u{:04x}\"", u32::from(last)));
        }
        changed.retain(|other| other != scalar);
        changed
    } else if let Ok(number) = scalar.parse::<u64>() {
        [
            "null".to_owned(),
            "-1".into(),
            format!("{}", number + 1),
            format!("{scalar}.0"),
            format!("0{scalar}"),
            format!("\"{scalar}\""),
            "18446744073709551616".into(),
        ]
        .into()
    } else {
        ["null", "true", "false", "1"]
            .into_iter()
            .filter(|other| *other != scalar)
            .map(str::to_owned)
            .collect()
    }
}

#[test]
fn every_value_of_every_line_is_protected() {
    let lines = lines();
    let mut mutations = 0;
    for (number, line) in lines.iter().enumerate() {
        for place in scalars(line) {
            for other in replacements(&line[place.clone()]) {
                let mut changed = lines.clone();
                changed[number].replace_range(place.clone(), &other);
                let found =
                    audit(join(&changed).as_slice(), &common::options(), &mut common::rng(), &mut quietly);
                let entry = found.as_ref().err().map(|fault| fault.entry);
                assert_eq!(
                    entry,
                    Some(u64::try_from(number).unwrap()),
                    "{} -> {other} in {line}",
                    &line[place]
                );
                mutations += 1;
            }
        }
    }
    assert!(mutations > 1000, "{mutations}");
}

#[test]
fn lines_left_out() {
    let lines = lines();
    for number in 0..lines.len() {
        let mut changed = lines.clone();
        changed.remove(number);
        let found = fault(&join(&changed));
        assert_eq!(found.entry, u64::try_from(number).unwrap(), "{found}");
    }
}

#[test]
fn lines_twice() {
    let lines = lines();
    for number in 0..lines.len() {
        let mut changed = lines.clone();
        changed.insert(number, lines[number].clone());
        let found = fault(&join(&changed));
        assert_eq!(found.entry, u64::try_from(number + 1).unwrap(), "{found}");
    }
}

#[test]
fn lines_exchanged() {
    let lines = lines();
    for one in 0..lines.len() {
        for other in one + 1..lines.len() {
            let mut changed = lines.clone();
            changed.swap(one, other);
            let found = fault(&join(&changed));
            assert_eq!(found.entry, u64::try_from(one).unwrap(), "{one} and {other}: {found}");
        }
    }
}

#[test]
fn files_cut_off() {
    let lines = lines();
    for number in 0..lines.len() {
        let truncated = |record: &[u8]| {
            let found = fault(record);
            let entry = u64::try_from(number).unwrap();
            assert_eq!(found.cause, Cause::Record(RecordError::Truncated { entry }));
            assert_eq!(found.entry, entry);
        };
        let mut record = join(&lines[..number]);
        truncated(&record);
        // In the middle of a line, and before its end.
        record.extend_from_slice(&lines[number].as_bytes()[..lines[number].len() / 2]);
        truncated(&record);
        let mut record = join(&lines[..=number]);
        record.pop();
        truncated(&record);
    }
}

#[test]
fn data_behind_the_end() {
    let record = Parts::honest().write();
    for extra in [&b"\n"[..], b" ", b"{}\n", b"\0", &record] {
        let found = fault(&[record.as_slice(), extra].concat());
        assert_eq!(found.cause, Cause::Record(RecordError::TrailingData { entries: 12 }));
        assert_eq!(found.entry, 12);
    }
}

#[test]
fn other_line_ends_and_blanks() {
    let lines = lines();
    let changes: [fn(&str) -> String; 4] = [
        |line| format!("{line}\r"),
        |line| format!(" {line}"),
        |line| format!("{line} "),
        |line| line.replacen(':', ": ", 1),
    ];
    for number in 0..lines.len() {
        for change in changes {
            let mut changed = lines.clone();
            changed[number] = change(&lines[number]);
            assert_eq!(fault(&join(&changed)).entry, u64::try_from(number).unwrap());
        }
    }
    let mut changed = lines.clone();
    changed.insert(3, String::new());
    assert_eq!(fault(&join(&changed)).entry, 3);
    let marked = [&b"\xef\xbb\xbf"[..], &join(&lines)].concat();
    assert_eq!(fault(&marked).entry, 0);
}

#[test]
fn files_that_are_no_records() {
    let oversized = vec![b'a'; 10 << 20];
    let limit = tabella_protocol::record::MAX_LINE_BYTES;
    assert_eq!(fault(&oversized).cause, Cause::Record(RecordError::Oversized { entry: 0, limit }));
    assert_eq!(fault(b"").cause, Cause::Record(RecordError::Truncated { entry: 0 }));
    assert_eq!(fault(b"\xff\xfe\n").cause, Cause::Record(RecordError::NotText { entry: 0 }));
    let mut from_the_middle = lines();
    from_the_middle.remove(0);
    // The ballot that comes first now is numbered 1.
    let cause = Cause::Record(RecordError::WrongNumber { entry: 0, actual: 1 });
    assert_eq!(fault(&join(&from_the_middle)).cause, cause);
    from_the_middle[0] = from_the_middle[0].replacen("\"entry\":1", "\"entry\":0", 1);
    let cause = RecordError::OutOfOrder { entry: 0, after: None, kind: EntryKind::Ballot };
    assert_eq!(fault(&join(&from_the_middle)).cause, Cause::Record(cause));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_byte_anywhere_is_a_fault_of_its_line(at in any::<prop::sample::Index>(), xor in 1u8..=255) {
        let mut record = Parts::honest().write();
        let at = at.index(record.len());
        let line = u64::try_from(record[..at].iter().filter(|byte| **byte == b'\n').count()).unwrap();
        record[at] ^= xor;
        let found = audit(record.as_slice(), &common::options(), &mut common::rng(), &mut quietly);
        prop_assert_eq!(found.map(|_| ()).map_err(|fault| fault.entry), Err(line));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(audit(bytes.as_slice(), &common::options(), &mut common::rng(), &mut quietly).is_err());
    }
}
