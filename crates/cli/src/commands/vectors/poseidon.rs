//! `poseidon.json`: `poseidonN` is a list of `{in: [N integers], out: hash}`, for N in 1..=16.

use super::{
    Folder,
    checker::{Checker, Place, texts},
    sloppy,
};
use serde_json::{Map, Value};
use tabella::primitives::{Fr, encoding::Canonical, poseidon};

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, _folder: &Folder) {
    for (key, entries) in
        file.iter().filter(|(key, _)| !matches!(key.as_str(), "meta" | "note" | "algorithm"))
    {
        let mut place = checker.at("poseidon.json", key.as_str());
        let width = key
            .strip_prefix("poseidon")
            .and_then(|n| n.parse::<usize>().ok())
            .filter(|n| (1..=16).contains(n));
        let (Some(width), Some(entries)) = (width, entries.as_array()) else {
            place.fail("a list under a name poseidon1 .. poseidon16", "something else");
            continue;
        };
        for (index, entry) in entries.iter().enumerate() {
            let mut place = place.inside(&super::checker::name(index, entry));
            if let Some(entry) = place.object(Some(entry), "") {
                check_entry(&mut place, entry, width);
            }
        }
    }
}

fn check_entry(place: &mut Place<'_>, entry: &Map<String, Value>, width: usize) {
    place.known_fields(entry, &["in", "out", "note"]);
    let Some(inputs) = entry.get("in").and_then(texts).filter(|inputs| inputs.len() == width) else {
        place.missing("in", &format!("{width} texts"), entry.get("in"));
        return;
    };
    let canonical: Result<Vec<Fr>, _> = inputs.iter().map(|text| Fr::from_decimal(text)).collect();
    let inputs = match canonical {
        Ok(inputs) => inputs,
        // JavaScript reduces what Tabella refuses: the answer is still checked, on the reduced integers.
        Err(_) => match inputs.iter().map(|text| sloppy::reduced(text)).collect::<Option<Vec<_>>>() {
            Some(inputs) => inputs,
            None => return place.inside("in").fail("integers", format!("{inputs:?}")),
        },
    };
    match hash(&inputs) {
        Some(found) => place.answer(entry, "out", found.to_decimal()),
        None => place.inside("in").fail("1 to 16 inputs", inputs.len().to_string()),
    }
}

/// `H_n` for a number of inputs known only when the file is read.
fn hash(inputs: &[Fr]) -> Option<Fr> {
    macro_rules! by_width {
        ($($n:literal)*) => {
            match inputs.len() {
                $($n => Some(poseidon::hash::<$n>(inputs.try_into().ok()?)),)*
                _ => None,
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
}
