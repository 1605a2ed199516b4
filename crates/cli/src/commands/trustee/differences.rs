//! What is told where trustees saw different packages.

use super::names::Names;
use serde_json::{Value, json};
use tabella::protocol::trustee::{Differences, OtherSeen, TrusteeIndex};

/// What to do when trustees saw different packages.
const COMPARE: &str = "nobody is to blame for what others showed them: compare the files of your folders, and hold a new ceremony, without whoever signed two things of one round";

/// Who left out whom of the last round, by what each signed, to be added to a message.
pub(super) fn explain(differences: Option<&Differences>, names: &Names) -> String {
    let Some(Differences { round, others, .. }) = differences else { return String::new() };
    let explained = |other: &OtherSeen| {
        let who = names.show(other.trustee);
        if let Some(with) = other.with {
            let with = names.show(with);
            return format!(
                "; {who} closed round `{round}` with the package of {with}, which came late here"
            );
        }
        if other.without.is_empty() {
            return String::new();
        }
        let note = if other.noted { "" } else { ", and no note of that is here" };
        format!("; {who} closed round `{round}` without {}{note}", names.list(&other.without))
    };
    others.iter().map(explained).collect()
}

/// What to do. Whoever is alone can be honest: then it has a package that convicts somebody, and the others lack it.
pub(super) fn hint(differences: Option<&Differences>, names: &Names, me: TrusteeIndex) -> String {
    let Some(Differences { round, alone: Some(alone), .. }) = differences else { return COMPARE.to_owned() };
    let found = "whoever signed two things is named by the same command then; where nobody did, a package reached some of you alone";
    if *alone == me {
        return format!(
            "you alone differ from all others: send them your files of round `{round}`, and put theirs into your folder; {found}, and a new ceremony is the way on"
        );
    }
    let who = names.show(*alone);
    format!(
        "{who} alone differs from all others: ask it for its files of round `{round}`, and put them into your folder; {found}. Hold a new ceremony without whoever that is; without {who} only if it has no file that explains it"
    )
}

/// The members for programs: who differs, whom each left out or had in time, and who is alone.
pub(super) fn members(differences: &Differences, names: &Names) -> [(&'static str, Value); 4] {
    let trustees: Vec<TrusteeIndex> = differences.others.iter().map(|other| other.trustee).collect();
    let closed_with = differences.others.iter().filter_map(|other| {
        let with = names.json(other.with?);
        let name = &names.json(other.trustee)["name"];
        Some(json!({"trustee": other.trustee, "name": name, "round": differences.round.name(), "with": with}))
    });
    let closed_without = differences.others.iter().filter(|other| !other.without.is_empty()).map(|other| {
        json!({
            "trustee": other.trustee,
            "name": names.json(other.trustee)["name"],
            "round": differences.round.name(),
            "without": names.json_list(&other.without),
            "noted": other.noted,
        })
    });
    [
        ("trustees", names.json_list(&trustees)),
        ("closed_without", closed_without.collect()),
        ("closed_with", closed_with.collect()),
        ("alone", differences.alone.map_or(Value::Null, |alone| names.json(alone))),
    ]
}
