//! `tabella trustee next`: one command for all rounds. It does what is due, or says whose package is missing.

use super::{
    ceremony_warnings,
    folder::{CeremonyFolder, PARAMETERS, RefusedFile},
    secret::TrusteeFile,
    state::StateFile,
    stopped::failure,
    verify,
};
use crate::{
    error::Failure,
    files::Existing,
    report::{Report, table},
    text::printable,
    ui::{BAD, GOOD, Ui, styled, warning_lines},
};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{
    primitives::rng,
    protocol::trustee::{
        Blame, KeyCeremony, Late, Notes, Participant, Progress, Round, RoundError, Standing, TrusteeIndex,
        TrusteeSecret,
    },
};

/// A step of a ceremony.
#[derive(Args, Debug)]
pub(super) struct NextArgs {
    #[command(flatten)]
    trustee: TrusteeFile,
    /// The folder of the ceremony, with all packages that have arrived; the own ones are written into it
    folder: PathBuf,
    /// Go on without this trustee, who does not speak, and is excluded; all trustees must leave out the same. Give it once for each
    #[arg(long, value_name = "NUMBER", value_parser = parse_index)]
    without: Vec<TrusteeIndex>,
    /// Go on with this trustee, who has spoken, whatever others' notes say about having left it out. Give it once for each
    #[arg(long, value_name = "NUMBER", value_parser = parse_index)]
    with: Vec<TrusteeIndex>,
    /// Where this machine remembers the ceremony (default: beside the trustee's secret)
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

fn parse_index(text: &str) -> Result<TrusteeIndex, String> {
    let number = text.parse::<u8>().map_err(|_| format!("{text:?} is no trustee's number"))?;
    TrusteeIndex::new(number).map_err(|cause| cause.to_string())
}

/// A trustee at work on a ceremony.
struct Desk<'a> {
    folder: CeremonyFolder,
    me: TrusteeSecret,
    state: &'a StateFile,
    participant: Participant,
    /// What was said in this run, and where it is written.
    steps: Vec<Round>,
    written: Vec<PathBuf>,
    /// Who says to have closed which round without this trustee.
    against_me: Vec<(TrusteeIndex, Round)>,
    /// Who was to be left out and is excluded already.
    without_effect: Vec<TrusteeIndex>,
}

pub(super) fn run(args: &NextArgs, ui: &Ui) -> Result<Report, Failure> {
    let folder = CeremonyFolder::read(&args.folder, ui)?;
    let me = args.trustee.open(ui)?;
    let parameters = &folder.parameters;
    let index = parameters.index_of(me.keys()).ok_or_else(|| {
        Failure::refused("not-registered", RoundError::NotRegistered)
            .hint("whoever convenes the ceremony needs your registration, and makes a new one")
    })?;
    check_numbers("--without", &args.without, &folder, index)?;
    check_numbers("--with", &args.with, &folder, index)?;
    if let Some(both) = args.with.iter().find(|trustee| args.without.contains(trustee)) {
        return Err(Failure::usage(format_args!("--with and --without: trustee {both} is named by both")));
    }
    let state = StateFile::take(args.state.as_deref(), &args.trustee.trustee, parameters.session())?;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let (participant, first) = match state.read(&me)? {
        Some(participant) => (participant, false),
        None => {
            let begun = Participant::begin(parameters, &me, &folder.packages, &mut rng)
                .map_err(|error| failure(&error, None, &folder, index))?;
            for other in state.others(&args.trustee.trustee) {
                ui.note(&format!(
                    "a new ceremony was begun; {} is of another one: compare the session with the others, {} may have been exchanged",
                    other.display(),
                    args.folder.join(PARAMETERS).display()
                ));
            }
            // On the disk before anybody sees what it says.
            state.write(&begun, &me, Existing::Keep)?;
            (begun, true)
        }
    };
    let steps = if first { vec![Round::Commit] } else { Vec::new() };
    let mut desk = Desk {
        folder,
        me,
        state: &state,
        participant,
        steps,
        written: Vec::new(),
        against_me: Vec::new(),
        without_effect: Vec::new(),
    };
    desk.publish()?;
    let bar = ui.progress("taking the next step", None);
    let (mut without, mut with) = (args.without.as_slice(), args.with.as_slice());
    loop {
        desk.check_left_out(without, with)?;
        let advanced = desk.participant.advance(
            &desk.me,
            &desk.folder.parameters,
            &desk.folder.packages,
            without,
            &mut rng,
        );
        let progress = match advanced {
            Ok(progress) => progress,
            // A ceremony that all have signed stands, whatever is signed afterwards, and by whomever.
            Err(_) if desk.participant.due().is_none() && desk.take_endorsements() => continue,
            Err(stopped) => {
                let (error, differences) = (&stopped.error, stopped.differences.as_ref());
                let failure = failure(error, differences, &desk.folder, index);
                return Err(desk.with_all(failure, &stopped.blames, &stopped.late));
            }
        };
        match &progress.standing {
            Standing::Spoke(package) => {
                desk.state.write(&desk.participant, &desk.me, Existing::Replace)?;
                desk.steps.push(package.round());
                desk.publish()?;
                // Both are about one round. Whoever is left out of it has no say in the next ones.
                (without, with) = (&[], &[]);
            }
            // Somebody who has them has put them into the record already; each is looked at as if it had come by itself.
            Standing::Waits { round: Round::Endorse, .. } if desk.take_endorsements() => {}
            Standing::Waits { round, awaited } => {
                drop(bar);
                return desk.waits(&progress, *round, awaited, without);
            }
            Standing::Done { record, ceremony } => {
                let path = desk.folder.add_record(record, ceremony)?;
                drop(bar);
                return Ok(desk.done(&progress, ceremony, &path));
            }
        }
    }
}

/// The numbers of an option are trustees, and not the own one.
fn check_numbers(
    option: &str,
    numbers: &[TrusteeIndex],
    folder: &CeremonyFolder,
    me: TrusteeIndex,
) -> Result<(), Failure> {
    for trustee in numbers {
        if *trustee == me {
            return Err(Failure::usage(format_args!("{option}: {me} is your own number")));
        }
        if folder.parameters.keys_of(*trustee).is_none() {
            return Err(Failure::usage(format_args!("{option}: the ceremony has no trustee {trustee}")));
        }
    }
    Ok(())
}

impl Desk<'_> {
    /// Writes everything that was said and does not lie in the folder.
    fn publish(&mut self) -> Result<(), Failure> {
        for package in self.participant.said().iter().filter(|said| said.round() != Round::Decrypt) {
            self.written.extend(self.folder.add(package)?);
        }
        Ok(())
    }

    /// Takes what is in a record that others have written, if this trustee has signed it; says whether some of it is new.
    fn take_endorsements(&mut self) -> bool {
        let own = self.participant.said().iter().find(|said| said.round() == Round::Endorse);
        own.is_some_and(|own| self.folder.take_endorsements(own))
    }

    /// All trustees leave out the same, or the ceremony fails in the next round. A note is one trustee's word: it never makes this one leave out somebody
    /// who has spoken.
    fn check_left_out(&mut self, without: &[TrusteeIndex], with: &[TrusteeIndex]) -> Result<(), Failure> {
        let notes = self.participant.notes(&self.folder.parameters, &self.folder.packages, without);
        // What is wrong with the packages stops the step itself, which tells more of it.
        let Ok(notes) = notes else { return Ok(()) };
        self.refuse_notes(&notes);
        self.against_me.clone_from(&notes.against_me);
        for trustee in without.iter().filter(|trustee| !notes.left.contains(trustee)) {
            if !self.without_effect.contains(trustee) {
                self.without_effect.push(*trustee);
            }
        }
        let Some(round) = self.participant.due() else { return Ok(()) };
        let (names, me) = (&self.folder.names, self.participant.trustee());
        let new = |trustee: &&TrusteeIndex| {
            **trustee != me
                && notes.left.contains(trustee)
                && !without.contains(trustee)
                && !with.contains(trustee)
                // Views that differ stop the ceremony, and a note shall not make an exclusion of that.
                && !notes.other_view.contains(trustee)
        };
        for (by, note) in &notes.heard {
            let Some(trustee) = note.without.iter().find(new) else { continue };
            let all = notes.heard.iter().filter(|(_, note)| note.without.contains(trustee));
            let mut says: Vec<TrusteeIndex> = all.map(|(by, _)| *by).collect();
            says.sort();
            says.dedup();
            let others = notes.left.iter().filter(|other| **other != me && **other != *trustee).count();
            let message = format!(
                "{} says to have closed round `{round}` without {}, as {} of {others} others do",
                names.show(*by),
                names.show(*trustee),
                says.len()
            );
            let failure = match notes.spoke.contains(trustee) {
                true => Failure::refused(
                    "left-out",
                    format_args!("{message}; but trustee {trustee}'s package of this round is here"),
                )
                .hint(format!(
                    "the note may be a lie, or the package late: ask all others whether they have it, for all must do the same; --with {trustee} goes on with it"
                )),
                false => Failure::refused("left-out", message).hint(format!(
                    "wait for trustee {trustee}, or ask it and all others: a note is one trustee's word; once all others leave it out, do as they did with --without {trustee}"
                )),
            };
            let failure = failure
                .with_member("subject", names.json(*trustee))
                .with_member("said_by", names.json_list(&says))
                .with_member("others", others.into());
            return Err(self.with_all(failure, &[], &[]));
        }
        // Who is excluded already may say what it likes.
        let spoke = |trustee: &&TrusteeIndex| notes.spoke.contains(trustee);
        for trustee in without.iter().filter(spoke) {
            let noted = notes.heard.iter().any(|(_, note)| note.without.contains(trustee));
            if !noted || notes.other_view.contains(trustee) {
                return Err(Failure::refused(
                    "has-spoken",
                    format_args!("{} has spoken in round `{round}`", names.show(*trustee)),
                )
                .hint("who has spoken is left out only if others did so before; go on without --without"));
            }
        }
        Ok(())
    }

    /// Sets notes aside that tell nothing.
    fn refuse_notes(&mut self, notes: &Notes) {
        for (by, package) in &notes.unheard {
            let who = self.folder.names.show(*by);
            let cause = format_args!("{who} is excluded, and has no say in who is left out");
            self.folder.refuse_package(package, &cause);
        }
        for (by, package) in &notes.belied {
            let who = self.folder.names.show(*by);
            let cause = format_args!(
                "{who} signed that it left out somebody, and in the next round that it did not: the note is not true"
            );
            self.folder.refuse_package(package, &cause);
        }
    }

    /// Adds to a failure everything else that is known.
    fn with_all(&self, failure: Failure, blames: &[Blame], late: &[Late]) -> Failure {
        let failure = failure.with_text(self.text(blames, late));
        match self.json(blames, late) {
            Value::Object(members) => {
                members.into_iter().fold(failure, |failure, (name, value)| failure.with_member(&name, value))
            }
            _ => failure,
        }
    }

    /// What every answer of this command has.
    fn json(&self, blames: &[Blame], late: &[Late]) -> Value {
        let names = &self.folder.names;
        let in_round = |(round, trustee): &(Round, TrusteeIndex)| json!({"round": round.name(), "trustee": trustee, "name": names.json(*trustee)["name"]});
        json!({
            "session": self.participant.session().to_string(),
            "trustee": self.participant.trustee(),
            "name": names.json(self.participant.trustee())["name"],
            "steps": self.steps.iter().map(|round| round.name()).collect::<Vec<_>>(),
            "written": self.written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
            "state": self.state.path().display().to_string(),
            "blames": names.blames_json(blames),
            "name_conflicts": names.conflicts(),
            "warnings": ceremony_warnings(&self.folder.parameters),
            "refused": self.folder.refused.iter().map(RefusedFile::json).collect::<Value>(),
            "late": late.iter().map(|late| self.late_json(late)).collect::<Value>(),
            "without_effect": names.json_list(&self.without_effect),
            "left_out_by": self.against_me.iter().map(|(by, round)| in_round(&(*round, *by))).collect::<Value>(),
        })
    }

    /// What came late; where somebody signed two things, with the files of both.
    fn late_json(&self, late: &Late) -> Value {
        let mut json = json!({"round": late.round.name(), "trustee": late.trustee, "name": self.folder.names.json(late.trustee)["name"]});
        if let (Some(packages), Value::Object(members)) = (&late.packages, &mut json) {
            members.insert("files".into(), json!(self.folder.files_of_two(packages)));
        }
        json
    }

    /// The same for people.
    fn text(&self, blames: &[Blame], late: &[Late]) -> String {
        let names = &self.folder.names;
        let me = self.participant.trustee();
        let mut text =
            table(&[("session", self.participant.session().to_string()), ("you are", names.show(me))]);
        if self.steps.contains(&Round::Commit) {
            let trustees: Vec<TrusteeIndex> = self.folder.parameters.indices().collect();
            let (threshold, count) = (self.folder.parameters.threshold(), trustees.len());
            text.push_str(&format!(
                "The ceremony begins: any {threshold} of {count} will open the sum. Compare the session with the others: {}\n",
                names.list(&trustees)
            ));
            text.push_str(&warning_lines(&ceremony_warnings(&self.folder.parameters)));
        }
        for round in &self.steps {
            text.push_str(&format!("{} `{round}`\n", styled(GOOD, "you spoke in round")));
        }
        for path in &self.written {
            text.push_str(&format!("  {}\n", printable(&path.display().to_string())));
        }
        if !self.written.is_empty() {
            text.push_str("If the folder is not shared, send what was written to all others.\n");
        }
        for line in names.blame_lines(blames).lines() {
            text.push_str(&format!("{} {line}\n", styled(BAD, "excluded:")));
        }
        for Late { round, trustee, packages } in late {
            let who = names.show(*trustee);
            text.push_str(&match packages {
                None => format!("{who}: a package of round `{round}` came after you had closed it\n"),
                Some(packages) => format!(
                    "{who}: a second, different package of round `{round}` came after you had closed it; keep both files, they prove it: {}\n",
                    printable(&self.folder.files_of_two(packages).join(" and "))
                ),
            });
        }
        for trustee in &self.without_effect {
            let who = names.show(*trustee);
            text.push_str(&format!("{who} is excluded already: --without changes nothing\n"));
        }
        for (by, round) in &self.against_me {
            let by = names.show(*by);
            text.push_str(&format!(
                "{} {by} says to have closed round `{round}` without you: ask the others whether they have your package\n",
                styled(BAD, "left out:")
            ));
        }
        for conflict in names.conflicts() {
            text.push_str(&format!("{} {}\n", styled(BAD, "names:"), printable(&conflict)));
        }
        for file in &self.folder.refused {
            text.push_str(&format!("{} {}\n", styled(BAD, "refused:"), printable(&file.show())));
        }
        text
    }

    /// Others have to speak. `without` is what was asked for and has changed nothing yet.
    fn waits(
        &self,
        progress: &Progress,
        round: Round,
        awaited: &[TrusteeIndex],
        without: &[TrusteeIndex],
    ) -> Result<Report, Failure> {
        let names = &self.folder.names;
        let mut json = self.json(&progress.blames, &progress.late);
        if let Value::Object(members) = &mut json {
            members.insert("done".into(), false.into());
            members.insert("round".into(), round.name().into());
            members.insert("awaited".into(), names.json_list(awaited));
        }
        let mut text = self.text(&progress.blames, &progress.late);
        let pending: Vec<&TrusteeIndex> =
            without.iter().filter(|trustee| !self.without_effect.contains(trustee)).collect();
        let waits = format!("waiting in round `{round}` for {}", names.list(awaited));
        // A file that looks like what is awaited and is not: without it one would wait for ever.
        let bad = self.folder.refused.iter().find(|file| file.claims_one_of(round, awaited));
        if let Some(file) = bad {
            let message = format!("{waits}: {}", file.show());
            return Err(Failure::refused("package-refused", message)
                .hint("nobody is to blame for it: anyone can write another's name on a file; ask for the right one")
                .with_data(json)
                .with_text(text));
        }
        // Whoever is left has a share of the keys, and must sign what came out.
        if round == Round::Endorse
            && let Some(trustee) = without.iter().find(|trustee| awaited.contains(trustee))
        {
            let (who, missing) = (names.show(*trustee), names.list(awaited));
            let message = format_args!(
                "{who} cannot be left out any more: all rounds are closed, and signatures are missing of {missing}"
            );
            return Err(Failure::refused("cannot-be-left-out", message)
                .hint("ask all others for `ceremony.json`, in which they may be; if nobody has it, wait, or begin again with `tabella trustee convene`")
                .with_data(json)
                .with_text(text));
        }
        text.push_str(&format!("{waits}\nRun the command again when more has arrived"));
        text.push_str(&match pending.as_slice() {
            [] => ".\n".to_owned(),
            _ => ", with --without as now: nobody is left out before all others have spoken.\n".to_owned(),
        });
        Ok(Report::new(json, text))
    }

    /// The ceremony is over.
    fn done(&self, progress: &Progress, ceremony: &KeyCeremony, path: &Path) -> Report {
        let mut json = self.json(&progress.blames, &progress.late);
        if let Value::Object(members) = &mut json {
            members.insert("done".into(), true.into());
            members.insert("ceremony".into(), path.display().to_string().into());
            members.insert("transcript".into(), ceremony.transcript().to_string().into());
        }
        let text = format!(
            "{}{}\n{}Keep your secret, its passphrase and {}: they are your share of the keys.\n",
            self.text(&progress.blames, &progress.late),
            styled(GOOD, format_args!("the ceremony is done: its record is {}", path.display())),
            verify::describe(ceremony, &self.folder.names),
            printable(&self.state.path().display().to_string()),
        );
        Report::new(json, text)
    }
}
