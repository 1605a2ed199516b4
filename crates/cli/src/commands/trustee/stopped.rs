//! Why a trustee takes no step, as a failure.

use super::{differences, folder::CeremonyFolder};
use crate::error::Failure;
use serde_json::json;
use tabella::protocol::trustee::{CeremonyError, Differences, ParticipantError, RoundError, TrusteeIndex};

/// Why there is no step; who is to blame for it is in `culprits`.
pub(super) fn failure(
    error: &ParticipantError,
    differences: Option<&Differences>,
    folder: &CeremonyFolder,
    me: TrusteeIndex,
) -> Failure {
    let names = &folder.names;
    let again = "a new ceremony without them, with `tabella trustee convene`, is the way on";
    let explained = differences::explain(differences, names);
    let failure = match error {
        ParticipantError::Forgotten { .. } => Failure::refused("state-lost", error)
            .hint("bring back the newest state file with --state; if it is lost, only a new ceremony helps"),
        ParticipantError::Gone { round, trustees } => Failure::refused(
            "packages-gone",
            format_args!("packages with which round `{round}` was closed are gone: {}", names.list(trustees)),
        )
        .hint("ask for these files again"),
        ParticipantError::Equivocation { round, trustee, packages } => {
            let [first, second] = folder.files_of_two(packages);
            let who = names.show(*trustee);
            let message = format_args!(
                "{who} signed two different packages of round `{round}`: {first} and {second}{explained}"
            );
            Failure::refused("equivocation", message)
                .hint(format!(
                    "keep both files, they prove it; others may have seen both in time: hold a new ceremony without {who}, with `tabella trustee convene`"
                ))
                .with_member("files", json!([first, second]))
        }
        ParticipantError::Round(RoundError::Excluded { fault }) => {
            Failure::refused("excluded", format_args!("you were excluded: {fault}"))
        }
        ParticipantError::Round(RoundError::OtherSession { .. }) => Failure::refused("other-ceremony", error)
            .hint("name the state file of this ceremony with --state"),
        ParticipantError::Round(RoundError::NotRegistered) => Failure::refused("not-registered", error),
        ParticipantError::Round(RoundError::BoardChanged { trustees }) => Failure::refused(
            "board-changed",
            format_args!("closed rounds have changed: packages of {}", names.list(trustees)),
        ),
        ParticipantError::Round(RoundError::Ceremony(CeremonyError::TooFew {
            left,
            threshold,
            blames,
            ..
        })) => {
            let lines = names.blame_lines(blames);
            let lines = lines.trim_end().replace('\n', "; ");
            Failure::refused(
                "ceremony-failed",
                format_args!("{left} trustees are left where {threshold} are needed: {lines}"),
            )
            .hint(again)
        }
        ParticipantError::Round(RoundError::Ceremony(CeremonyError::OtherView { round, trustees })) => {
            let who = names.list(trustees);
            let message = format_args!(
                "not everyone saw the same packages: {who} saw other ones than you before round `{round}`{explained}"
            );
            Failure::refused("views-differ", message)
                .hint(differences::hint(differences, names, me))
                .with_member("trustees", names.json_list(trustees))
        }
        ParticipantError::Round(RoundError::Ceremony(CeremonyError::OtherTranscript { trustees })) => {
            Failure::refused(
                "other-transcript",
                format_args!(
                    "not everyone saw the same packages: {} signed another transcript{explained}",
                    names.list(trustees)
                ),
            )
            .hint(differences::hint(differences, names, me))
            .with_member("trustees", names.json_list(trustees))
        }
        other => Failure::refused("ceremony-failed", other),
    };
    let members = differences.map(|differences| differences::members(differences, names));
    let failure = members
        .into_iter()
        .flatten()
        .fold(failure, |failure, (name, value)| failure.with_member(name, value));
    match error.culprits() {
        [] => failure,
        culprits => failure.with_member("culprits", names.json_list(culprits)),
    }
}
