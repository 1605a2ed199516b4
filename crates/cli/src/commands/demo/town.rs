//! The people of the demonstration: citizens, registrar, clerk.

use crate::{
    commands::{election::election_failure, params, registry::store_failure},
    error::Failure,
    files::{self, Existing, Privacy},
    times,
    ui::Ui,
};
use rayon::prelude::*;
use std::{
    io::{BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};
use tabella::{
    BallotBox, Citizen, Election, Receipt,
    ballot::{CastBallot, Selection},
    election::{Manifest, Window},
    freeze,
    identity::RegistryLabel,
    keys::Wanted,
    params::KeyPolicy,
    primitives::rng,
    prover::ProvingKey,
    registry::Registry,
    store::{RedbBallotStore, registry::RegistryStore},
};

/// How long the demonstration's box is open, in seconds. Its clock jumps, nobody waits.
pub(super) const OPEN_FOR: u64 = 3_600;

/// Everybody who takes part.
pub(super) struct Town {
    folder: PathBuf,
    citizens: Vec<Citizen>,
    registry: RegistryStore,
    clerk: Option<Clerk>,
    ballots: Vec<CastBallot>,
    receipts: Vec<Receipt>,
}

/// The clerk's things, from the creation of the election on.
struct Clerk {
    election: Election,
    ballot_box: BallotBox<RedbBallotStore>,
    key: ProvingKey,
}

impl Town {
    /// Citizens make identities and registrations, the registrar checks these and registers the commitments.
    pub(super) fn register(folder: &Path, count: u64, ui: &Ui) -> Result<Self, Failure> {
        let bar = ui.progress("making identities", Some(count));
        let citizens = (0..count)
            .into_par_iter()
            .map(|_| {
                let citizen = Citizen::generate(&mut rng::from_os().map_err(Failure::internal)?);
                bar.step();
                Ok(citizen)
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        drop(bar);
        let mut registry =
            RegistryStore::create(folder.join("town.registry")).map_err(|error| store_failure(&error))?;
        // Each citizen proves to have the key; the registrar takes a commitment on no other terms.
        let label = RegistryLabel::new("town").map_err(Failure::internal)?;
        let commitments = citizens
            .par_iter()
            .map(|citizen| citizen.registration(&label).verify(&label))
            .collect::<Result<Vec<_>, _>>()
            .map_err(Failure::internal)?;
        let bar = ui.progress("building the registry", Some(count));
        registry
            .append_batch(&commitments, &mut |progress| bar.fraction(progress.done, progress.total))
            .map_err(Failure::internal)?;
        drop(bar);
        files::write_with(&folder.join("registry.json"), Existing::Keep, Privacy::Public, |file| {
            registry.registry().write_snapshot(file)
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            citizens,
            registry,
            clerk: None,
            ballots: Vec::new(),
            receipts: Vec::new(),
        })
    }

    /// The root of the registry.
    pub(super) fn root(&self) -> String {
        self.registry().root().map_or_else(String::new, |root| root.to_string())
    }

    /// The registry.
    pub(super) fn registry(&self) -> &Registry {
        self.registry.registry()
    }

    /// The clerk publishes the election and opens the box.
    pub(super) fn create_election(&mut self, ui: &Ui) -> Result<(), Failure> {
        let now = times::now();
        let draft = Manifest::builder("Town meeting", "What shall we do with the old mill?")
            .options(["A library", "A playground", "Leave it to the owls"])
            .window(Window { opens_at: now, closes_at: now + OPEN_FOR });
        let election = new_election(draft, self.registry())?;
        let manifest = election.manifest();
        let path = self.folder.join("election.json");
        files::write(&path, manifest.to_json_pretty().as_bytes(), Existing::Keep, Privacy::Public)?;
        let store = RedbBallotStore::create(self.folder.join("town.box"), manifest.clone())
            .map_err(|error| store_failure(&error))?;
        let ballot_box = election.ballot_box(store).map_err(Failure::internal)?;
        let key = params::proving_key(manifest.circuit(), Wanted::Kept, ui)?.key;
        self.clerk = Some(Clerk { election, ballot_box, key });
        Ok(())
    }

    fn clerk(&self) -> &Clerk {
        self.clerk.as_ref().expect("the election is created before anything else is asked of the clerk")
    }

    /// The election.
    pub(super) fn election(&self) -> &Election {
        &self.clerk().election
    }

    /// The box.
    pub(super) fn ballot_box(&self) -> &BallotBox<RedbBallotStore> {
        &self.clerk().ballot_box
    }

    /// The proving key.
    pub(super) fn key(&self) -> &ProvingKey {
        &self.clerk().key
    }

    /// A time at which the box is open.
    pub(super) fn during(&self) -> u64 {
        self.election().manifest().window().opens_at + 60
    }

    /// Some citizens vote; each gets a receipt.
    pub(super) fn vote(&mut self, voters: u64, ui: &Ui) -> Result<(), Failure> {
        let folder = self.folder.join("ballots");
        std::fs::create_dir(&folder).map_err(|e| Failure::io("make the folder", &folder, &e))?;
        let voters = usize::try_from(voters).map_err(Failure::internal)?;
        let bar = ui.progress("voting", u64::try_from(voters).ok());
        let mut rng = rng::from_os().map_err(Failure::internal)?;
        for number in 0..voters {
            let citizen = self.citizen(number);
            // A landslide for nobody: 4 of 9 for the first option, 3 for the second, 2 for the third.
            let choice = match number % 9 {
                0 | 2 | 4 | 6 => 0,
                1 | 3 | 5 => 1,
                _ => 2,
            };
            let ballot = self.ballot(citizen, choice, &mut rng)?;
            let path = folder.join(format!("ballot-{number:05}.json"));
            files::write(&path, ballot.to_json().as_bytes(), Existing::Keep, Privacy::Public)?;
            let receipt = self
                .ballot_box()
                .check(&ballot)
                .and_then(|verified| self.ballot_box().accept(verified, self.during()))
                .map_err(Failure::internal)?;
            self.ballots.push(ballot);
            self.receipts.push(receipt);
            bar.step();
        }
        Ok(())
    }

    /// A ballot of a registered citizen.
    pub(super) fn ballot(
        &self,
        citizen: &Citizen,
        choice: u16,
        rng: &mut impl rng::CryptoRng,
    ) -> Result<CastBallot, Failure> {
        let selection =
            Selection::from_indices(self.election().manifest(), [choice]).map_err(Failure::internal)?;
        citizen.vote(self.election(), self.registry(), selection, self.key(), rng).map_err(Failure::internal)
    }

    /// A citizen by number; the voters come first.
    pub(super) fn citizen(&self, number: usize) -> &Citizen {
        self.citizens.get(number).or(self.citizens.last()).expect("a town has at least two citizens")
    }

    /// The ballot of a voter.
    pub(super) fn cast(&self, number: usize) -> &CastBallot {
        self.ballots.get(number).expect("at least two citizens vote")
    }

    /// Number of receipts.
    pub(super) fn receipts(&self) -> u64 {
        u64::try_from(self.receipts.len()).unwrap_or(u64::MAX)
    }

    /// The clerk closes the box and publishes the record.
    pub(super) fn close_and_export(&self, ui: &Ui) -> Result<PathBuf, Failure> {
        let closes_at = self.election().manifest().window().closes_at;
        self.ballot_box().close(closes_at).map_err(Failure::internal)?;
        let path = self.folder.join("record.jsonl");
        let leaves = self.registry().tree().leaves();
        let bar = ui.progress("writing the record", Some(self.receipts()));
        files::write_with(&path, Existing::Keep, Privacy::Public, |file| {
            let mut to = BufWriter::new(file);
            self.ballot_box()
                .write_record_with_progress(&mut to, leaves, |done| bar.set(done))
                .map_err(std::io::Error::other)?;
            to.flush()
        })?;
        Ok(path)
    }

    /// Every voter looks for the own ballot.
    pub(super) fn check_receipts(&self, record: &Path) -> Result<(), Failure> {
        let bytes = files::read(record, 1 << 32)?;
        self.receipts.par_iter().try_for_each(|receipt| {
            receipt
                .check_in_record(BufReader::new(bytes.as_slice()))
                .map_err(|error| Failure::refused("not-in-record", error))
        })
    }
}

/// An election over a registry, with the development keys that are all there is.
pub(super) fn new_election(
    draft: tabella::election::ManifestBuilder,
    registry: &Registry,
) -> Result<Election, Failure> {
    let frozen = freeze(registry).map_err(Failure::internal)?;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    Election::create(draft, frozen, KeyPolicy::AllowInsecureDevelopmentKeys, &mut rng)
        .map_err(election_failure)
}
