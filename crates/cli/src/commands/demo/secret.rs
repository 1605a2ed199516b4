//! `tabella demo --secret`: the same town with secret ballots and five trustees, of whom one is absent and one lies.

use super::{
    DemoArgs, audited, folder, heading, left_behind, proofs,
    town::{OPEN_FOR, Town, new_election},
};
use crate::{
    commands::{election::danger, params, registry::store_failure, tally::bars},
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, thousands},
    times,
    ui::{BAD, FAINT, GOOD, Ui, styled},
};
use rayon::prelude::*;
use serde_json::json;
use std::{
    io::{BufWriter, Write},
    path::Path,
    time::Instant,
};
use tabella::{
    Auditor, BallotBox, Election, OpenedSum, Receipt, SealedVote, Trustee,
    ballot::{CastBallot, SecretBallot, VoterWeight},
    ballot_box::{Opened, RegistryLeaves, Unopened},
    election::{Manifest, SecretBallots, Window},
    hold_ceremony,
    keys::Wanted,
    open_sum,
    params::KeyPolicy,
    primitives::{cancel::CancelToken, progress::quietly, rng},
    protocol::trustee::{CeremonyRecord, OpeningPolicy, Package},
    prover::ProvingKey,
    record::find_ballot,
    store::RedbBallotStore,
};

/// Trustees, and how many of them it takes.
const TRUSTEES: u8 = 5;
const THRESHOLD: u8 = 3;
/// Least number of ballots that are opened.
const LEAST: u64 = 2;
/// Who does not come, and who lies: places in the list.
const ABSENT: usize = 1;
const LIAR: usize = 3;

/// What the demonstration leaves behind.
pub(super) const FILES: [(&str, &str); 8] = [
    ("town.registry", "the registrar's registry"),
    ("registry.json", "the registry as it was frozen and published"),
    ("ceremony.json", "the record of the trustees' key ceremony"),
    ("election.json", "the election's manifest"),
    ("ballots/", "the ballots as they were sent"),
    ("town.box", "the clerk's ballot box"),
    ("record-unopened.jsonl", "the record as the trustees got it (audit --unopened)"),
    ("record.jsonl", "the election record, with their shares and the result"),
];

/// Everything there is once the election is published.
struct House<'a> {
    folder: &'a Path,
    town: &'a Town,
    trustees: Vec<Trustee>,
    ceremony: CeremonyRecord,
    election: Election,
    ballot_box: BallotBox<RedbBallotStore>,
    key: ProvingKey,
}

pub(super) fn run(args: &DemoArgs, ui: &Ui) -> Result<Report, Failure> {
    if args.voters <= LEAST {
        return Err(Failure::usage(format_args!(
            "--secret needs more than {LEAST} voters: a trustee who lies leaves one ballot out, and fewer than {LEAST} are never opened"
        )));
    }
    let started = Instant::now();
    let folder = folder(args.dir.as_deref())?;
    ui.say(&heading(1, "Registration"))?;
    let town = Town::register(&folder, args.citizens, ui)?;
    ui.say(&format!(
        "{} citizens registered. The root of the registry:\n  {}",
        thousands(args.citizens),
        styled(FAINT, town.root())
    ))?;

    ui.say(&heading(2, "The trustees and the election"))?;
    let mut house = House::found(&folder, &town, ui)?;
    let manifest = house.election.manifest().clone();
    ui.say(&format!(
        "{TRUSTEES} trustees made the keys together; nobody has them. Any {THRESHOLD} of them can open the sum of all ballots.\n\
         \"{}\"",
        manifest.question()
    ))?;
    if let Some(danger) = danger(&manifest) {
        ui.say(&danger)?;
    }

    ui.say(&heading(3, "Voting"))?;
    let code = house.challenge()?;
    ui.say(&format!(
        "The first citizen does not trust the machine. It encrypts a ballot and shows its code,\n  {}\n\
         and is told to open it instead of casting it: another machine sees that it says what was asked for.",
        styled(FAINT, &code)
    ))?;
    let first = Instant::now();
    let (ballots, receipts) = house.vote(args.voters, ui)?;
    ui.say(&format!(
        "{} citizens cast a ballot each ({:.2} s per ballot, with the proof). It shows neither the choice nor the voter.",
        thousands(args.voters),
        first.elapsed().as_secs_f64() / super::to_float(args.voters),
    ))?;

    ui.say(&heading(4, "Attempts at fraud"))?;
    let attempts = house.frauds(&ballots)?;
    for (_, story, cause) in &attempts {
        ui.say(&format!("- {story}\n  {} {cause}", styled(GOOD, "refused:")))?;
    }

    ui.say(&heading(5, "Opening the sum"))?;
    let (opened, leaves) = house.open(&ballots, ui)?;
    let named: Vec<String> = opened.dropped.iter().map(ToString::to_string).collect();
    ui.say(&format!(
        "Each trustee checked every ballot again. Trustee {} did not come. One lied, and is named:\n  {}\n\
         The other three opened the sum. No ballot was opened, by anybody.",
        ABSENT + 1,
        styled(BAD, named.join("; "))
    ))?;
    let record = house.publish(&opened, &leaves)?;
    let report = audited(&record, ui)?;
    ui.say(&format!("{}\n{}", bars(&manifest, &report.tally), report.tally.explain(&manifest)))?;

    ui.say(&heading(6, "Audit"))?;
    house.find_all(&record, &receipts, &code)?;
    ui.say(&format!(
        "{} The audit redid {} proofs, the key ceremony, the sum, the shares and the result. Every voter found the own\n\
         ballot by its code; the one that was opened is not there.",
        styled(GOOD, "Nothing is wrong."),
        thousands(report.ballots)
    ))?;

    let proved = if args.prove {
        ui.say(&heading(7, "Proofs of sum and result"))?;
        let (text, json) = proofs::prove(&folder, &record, &house.trustees, ui)?;
        ui.say(&text)?;
        Some(json)
    } else {
        None
    };

    let seconds = started.elapsed().as_secs_f64();
    let mut files = FILES.to_vec();
    if proved.is_some() {
        files.extend(proofs::FILES);
    }
    let mut text = left_behind(seconds, &folder, &files);
    if let Some(danger) = danger(&manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let attempts: Vec<_> = attempts
        .iter()
        .map(|(name, _, cause)| json!({"attempt": name, "refused": true, "cause": cause}))
        .collect();
    let json = json!({
        "path": folder.display().to_string(),
        "citizens": args.citizens,
        "voters": args.voters,
        "accepted": report.ballots,
        "attempts": attempts,
        "trustees": {"count": TRUSTEES, "threshold": THRESHOLD, "dropped": named},
        "tally": report.tally,
        "options": manifest.options(),
        "audit": {"valid": true, "digest": report.record_digest.to_string(), "warnings": report.warnings},
        "proofs": proved,
        "insecure_development_key": danger(&manifest).is_some(),
        "seconds": seconds,
    });
    Ok(Report::new(json, text))
}

impl<'a> House<'a> {
    /// The trustees hold their ceremony, the clerk publishes the election and opens the box.
    fn found(folder: &'a Path, town: &'a Town, ui: &Ui) -> Result<Self, Failure> {
        let mut rng = rng::from_os().map_err(Failure::internal)?;
        let (trustees, ceremony, keys) =
            hold_ceremony(THRESHOLD, TRUSTEES, 2, &mut rng).map_err(Failure::internal)?;
        let write = |name: &str, text: String| {
            files::write(&folder.join(name), text.as_bytes(), Existing::Keep, Privacy::Public)
        };
        write("ceremony.json", ceremony.to_json())?;
        let now = times::now();
        let policy = OpeningPolicy::new(LEAST).expect("two ballots are the least that there may be");
        let draft = Manifest::builder("Town meeting", "Shall the old mill become a library?")
            .options(["Yes", "No"])
            .window(Window { opens_at: now, closes_at: now + OPEN_FOR })
            .secret(SecretBallots::new(&keys, policy));
        let election = new_election(draft, town.registry())?;
        let manifest = election.manifest();
        write("election.json", manifest.to_json_pretty())?;
        let store = RedbBallotStore::create(folder.join("town.box"), manifest.clone())
            .map_err(|error| store_failure(&error))?;
        let ballot_box = election.ballot_box(store).map_err(Failure::internal)?;
        let key = params::proving_key(manifest.circuit(), Wanted::Kept, ui)?.key;
        Ok(Self { folder, town, trustees, ceremony, election, ballot_box, key })
    }

    fn during(&self) -> u64 {
        self.election.manifest().window().opens_at + 60
    }

    /// Five of nine say yes.
    fn seal(&self, number: usize) -> Result<SealedVote, Failure> {
        let choice = if (number % 9).is_multiple_of(2) { "Yes" } else { "No" };
        let mut rng = rng::from_os().map_err(Failure::internal)?;
        self.town
            .citizen(number)
            .seal(&self.election, self.town.registry(), [(choice, 1)], &mut rng)
            .map_err(Failure::internal)
    }

    /// The first citizen has a ballot opened; gives its code.
    fn challenge(&self) -> Result<String, Failure> {
        let sealed = self.seal(0)?;
        let code = sealed.tracking_code();
        let challenged = sealed.challenge();
        let votes = challenged
            .check(
                self.election.manifest(),
                &self.town.citizen(0).nullifier(self.election.manifest()),
                &code,
                VoterWeight::Once,
            )
            .map_err(Failure::internal)?;
        if votes != [1, 0] {
            return Err(Failure::refused("wallet-lied", "the machine encrypted something else"));
        }
        Ok(code.to_string())
    }

    fn vote(&self, voters: u64, ui: &Ui) -> Result<(Vec<CastBallot>, Vec<Receipt>), Failure> {
        let folder = self.folder.join("ballots");
        std::fs::create_dir(&folder).map_err(|e| Failure::io("make the folder", &folder, &e))?;
        let voters = usize::try_from(voters).map_err(Failure::internal)?;
        let bar = ui.progress("voting", u64::try_from(voters).ok());
        let (mut ballots, mut receipts) = (Vec::new(), Vec::new());
        for number in 0..voters {
            let mut rng = rng::from_os().map_err(Failure::internal)?;
            let ballot = self.seal(number)?.cast(&self.key, &mut rng).map_err(Failure::internal)?;
            let path = folder.join(format!("ballot-{number:05}.json"));
            files::write(&path, ballot.to_json().as_bytes(), Existing::Keep, Privacy::Public)?;
            receipts.push(self.accept(&ballot).map_err(Failure::internal)?);
            ballots.push(ballot);
            bar.step();
        }
        Ok((ballots, receipts))
    }

    fn accept(&self, ballot: &CastBallot) -> Result<Receipt, tabella::Rejected> {
        self.ballot_box
            .check_json(ballot.to_json().as_bytes())
            .and_then(|verified| self.ballot_box.accept(verified, self.during()))
    }

    /// What somebody tries, as (name, story, refusal).
    fn frauds(&self, ballots: &[CastBallot]) -> Result<Vec<(&'static str, &'static str, String)>, Failure> {
        let manifest = self.election.manifest();
        let (Some(first), Some(second)) = (ballots.first(), ballots.get(1)) else {
            return Err(Failure::internal("at least two citizens vote"));
        };
        let (Some(first), Some(second)) = (first.secret(), second.secret()) else {
            return Err(Failure::internal("the ballots are secret ones"));
        };
        let with = |change: &dyn Fn(&mut tabella::ballot::SealedBallot)| {
            let mut sealed = first.sealed().clone();
            change(&mut sealed);
            SecretBallot::new(manifest, sealed, *first.proof())
                .map(CastBallot::from)
                .map_err(Failure::internal)
        };
        let mut rng = rng::from_os().map_err(Failure::internal)?;
        let again = self.seal(0)?.cast(&self.key, &mut rng).map_err(Failure::internal)?;
        let attempts = [
            ("second-vote", "A citizen votes a second time.", again),
            (
                "copied-ciphertext",
                "Somebody puts another's encrypted choice on the own ballot, to vote as they did.",
                with(&|sealed| sealed.ciphertext = second.sealed().ciphertext.clone())?,
            ),
            (
                "stolen-ballot",
                "Somebody sends a good ballot under another voter's mark.",
                with(&|sealed| sealed.nullifier = second.sealed().nullifier)?,
            ),
        ];
        let refused =
            |(name, story, ballot): (&'static str, &'static str, CastBallot)| match self.accept(&ballot) {
                Err(rejected) => Ok((name, story, rejected.to_string())),
                Ok(_) => Err(Failure::refused("fraud-accepted", format_args!("{name} was accepted"))),
            };
        attempts.into_iter().map(refused).collect()
    }

    /// Closes the box; the trustees open the sum.
    fn open(
        &mut self,
        ballots: &[CastBallot],
        ui: &Ui,
    ) -> Result<(OpenedSum, Vec<tabella::primitives::Fr>), Failure> {
        let manifest = self.election.manifest().clone();
        let closes_at = manifest.window().closes_at;
        let closing = self.ballot_box.close(closes_at).map_err(Failure::internal)?;
        let leaves = self.town.registry().tree().leaves().to_vec();
        let registry = RegistryLeaves::Plain(&leaves);
        let mut record = Vec::new();
        let unopened: Unopened = self
            .ballot_box
            .write_unopened(&mut record, registry, &self.ceremony)
            .map_err(Failure::internal)?;
        files::write(&self.folder.join("record-unopened.jsonl"), &record, Existing::Keep, Privacy::Public)?;
        // What the liar opens instead: all ballots but one, to learn that one.
        let other = self.election.memory_ballot_box().map_err(Failure::internal)?;
        for ballot in ballots.iter().skip(1) {
            other
                .check(ballot)
                .and_then(|verified| other.accept(verified, self.during()))
                .map_err(Failure::internal)?;
        }
        let less = other.close(closes_at).map_err(Failure::internal)?;
        let mut wrong = Vec::new();
        other.write_unopened(&mut wrong, registry, &self.ceremony).map_err(Failure::internal)?;
        let auditor = Auditor::new(KeyPolicy::AllowInsecureDevelopmentKeys);
        let bar = ui.progress("trustees check the record", Some(TRUSTEES.into()));
        let mut shares: Vec<Package> = Vec::new();
        for (place, trustee) in self.trustees.iter_mut().enumerate().filter(|(place, _)| *place != ABSENT) {
            let mut rng = rng::from_os().map_err(Failure::internal)?;
            let (closing, read) = if place == LIAR { (less, &wrong) } else { (closing, &record) };
            shares.push(
                trustee
                    .open(&auditor, manifest.id(), closing.into(), read.as_slice(), &mut rng)
                    .map_err(Failure::internal)?,
            );
            bar.step();
        }
        drop(bar);
        let opened = open_sum(&manifest, &unopened, shares, &CancelToken::new(), &mut quietly)
            .map_err(Failure::internal)?;
        Ok((opened, leaves))
    }

    fn publish(
        &self,
        opened: &OpenedSum,
        leaves: &[tabella::primitives::Fr],
    ) -> Result<std::path::PathBuf, Failure> {
        let path = self.folder.join("record.jsonl");
        let opened: Opened<'_> = opened.as_opened();
        files::write_with(&path, Existing::Keep, Privacy::Public, |file| {
            let mut to = BufWriter::new(file);
            self.ballot_box
                .write_opened(&mut to, RegistryLeaves::Plain(leaves), &self.ceremony, Some(opened))
                .map_err(std::io::Error::other)?;
            to.flush()
        })?;
        Ok(path)
    }

    /// Every voter finds the own ballot, and nobody the one that was opened.
    fn find_all(&self, record: &Path, receipts: &[Receipt], opened: &str) -> Result<(), Failure> {
        let bytes = files::read(record, 1 << 32)?;
        receipts.par_iter().try_for_each(|receipt| {
            receipt
                .check_in_record(bytes.as_slice())
                .map_err(|error| Failure::refused("not-in-record", error))
        })?;
        let code = opened.parse().map_err(Failure::internal)?;
        match find_ballot(bytes.as_slice(), &code).map_err(Failure::internal)?.found {
            None => Ok(()),
            Some(_) => {
                Err(Failure::refused("opened-and-cast", "a ballot that was opened stands in the record"))
            }
        }
    }
}
