//! `tabella registry ..`: the registrar's tree of identity commitments, in one durable file.

mod change;
mod import;
mod path_file;
mod register;
mod show;
mod source;
mod weights;

pub(crate) use path_file::PathFile;
pub(crate) use source::{is_store, read_registry};
pub(crate) use weights::read_weights;

use super::registration::parse_label;
use crate::{error::Failure, report::Report, ui::Ui};
use clap::{Args, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use tabella::{
    identity::{IdentityCommitment, RegistryLabel},
    store::{StoreError, StoreFault, registry::RegistryStore},
};

/// What the help and the notes say where commitments are taken without registrations.
const BARE: &str = "whoever hands in a bare commitment could hand in the root of a private tree, and vote as often as that tree \
                    has leaves: take registrations (`tabella registry register`), or a list that you trust";

/// The registry.
#[derive(Args, Debug)]
pub(crate) struct RegistryArgs {
    #[command(subcommand)]
    command: RegistryCommand,
}

#[derive(Debug, Subcommand)]
enum RegistryCommand {
    /// Make an empty registry
    New {
        /// The registry file to make
        registry: PathBuf,
    },
    /// Append citizens who prove by registrations that they have the keys of their commitments, all or none
    Register {
        /// The registry file
        registry: PathBuf,
        /// The label for which citizens register
        #[arg(long, value_parser = parse_label)]
        label: RegistryLabel,
        /// Registration files, or folders of them (every .json file in them)
        #[arg(required = true, value_name = "FILE|DIR")]
        registrations: Vec<PathBuf>,
    },
    /// Append citizens by bare commitments, all or none
    #[command(after_help = BARE)]
    Add {
        /// The registry file
        registry: PathBuf,
        /// Identity commitments, decimal
        #[arg(required = true, value_parser = parse_commitment, allow_negative_numbers = true)]
        commitments: Vec<IdentityCommitment>,
    },
    /// Append the commitments of a CSV or JSON-lines file, all or none; the first wrong line is named
    #[command(after_help = BARE)]
    Import {
        /// The registry file; made if it is not there
        registry: PathBuf,
        /// The list
        list: PathBuf,
        /// The list's format (default: from its name)
        #[arg(long)]
        format: Option<ListFormat>,
    },
    /// Make a registry from the JSON of a Semaphore group
    #[command(after_help = BARE)]
    ImportSemaphore {
        /// The registry file to make
        registry: PathBuf,
        /// The group, as `group.export()` of Semaphore writes it
        group: PathBuf,
    },
    /// Remove a citizen: the slot becomes 0 and is never used again
    Remove {
        /// The registry file
        registry: PathBuf,
        #[command(flatten)]
        who: Who,
    },
    /// Give a citizen another commitment
    #[command(after_help = BARE)]
    Update {
        /// The registry file
        registry: PathBuf,
        #[command(flatten)]
        who: Who,
        /// The new commitment, decimal
        #[arg(long, value_parser = parse_commitment, allow_negative_numbers = true)]
        to: IdentityCommitment,
    },
    /// Print the root, the size and the depth
    Root {
        /// A registry file, snapshot, Semaphore group or list of commitments
        registry: PathBuf,
    },
    /// Write one citizen's membership path
    Path {
        /// A registry file, snapshot, Semaphore group or list of commitments
        registry: PathBuf,
        #[command(flatten)]
        who: Who,
        /// The file to write
        #[arg(long, short)]
        out: PathBuf,
        /// Overwrite it if it is there
        #[arg(long)]
        force: bool,
    },
    /// Write the present state for others: citizens vote with it, and an election is created with it
    Export {
        /// A registry file, snapshot, Semaphore group or list of commitments
        registry: PathBuf,
        /// The file to write
        #[arg(long, short)]
        out: PathBuf,
        /// Its format
        #[arg(long, default_value = "snapshot")]
        format: ExportFormat,
        /// Overwrite it if it is there
        #[arg(long)]
        force: bool,
    },
    /// List the states the registry has been in
    History {
        /// The registry file
        registry: PathBuf,
        /// How many of the latest states
        #[arg(long, default_value_t = 20)]
        last: usize,
    },
    /// Recompute every node of the tree
    Check {
        /// The registry file
        registry: PathBuf,
    },
}

impl RegistryCommand {
    const fn takes_bare_commitments(&self) -> bool {
        matches!(
            self,
            Self::Add { .. } | Self::Import { .. } | Self::ImportSemaphore { .. } | Self::Update { .. }
        )
    }
}

/// One citizen, by slot or by commitment.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Who {
    /// The citizen's slot, from 0
    #[arg(long)]
    slot: Option<u64>,
    /// The citizen's commitment, decimal
    #[arg(long, value_parser = parse_commitment, allow_negative_numbers = true)]
    commitment: Option<IdentityCommitment>,
}

/// Formats of lists of commitments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// One column, or a header that names one `commitment`.
    Csv,
    /// One JSON text or object with `commitment` per line.
    Jsonl,
}

/// Formats of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// Tabella's own: keeps slots, sequence and root.
    Snapshot,
    /// The JSON of a Semaphore group.
    Semaphore,
    /// `slot,commitment`, removed slots left out.
    Csv,
}

fn parse_commitment(text: &str) -> Result<IdentityCommitment, String> {
    IdentityCommitment::from_decimal(text).map_err(|cause| cause.to_string())
}

pub(crate) fn run(args: RegistryArgs, ui: &Ui) -> Result<Report, Failure> {
    if args.command.takes_bare_commitments() {
        ui.note(BARE);
    }
    match args.command {
        RegistryCommand::New { registry } => change::new(&registry),
        RegistryCommand::Register { registry, label, registrations } => {
            register::register(&registry, &label, &registrations, ui)
        }
        RegistryCommand::Add { registry, commitments } => change::add(&registry, &commitments, ui),
        RegistryCommand::Import { registry, list, format } => import::list(&registry, &list, format, ui),
        RegistryCommand::ImportSemaphore { registry, group } => import::semaphore(&registry, &group, ui),
        RegistryCommand::Remove { registry, who } => change::remove(&registry, &who),
        RegistryCommand::Update { registry, who, to } => change::update(&registry, &who, to),
        RegistryCommand::Root { registry } => show::root(&registry, ui),
        RegistryCommand::Path { registry, who, out, force } => show::path(&registry, &who, &out, force, ui),
        RegistryCommand::Export { registry, out, format, force } => {
            show::export(&registry, &out, format, force, ui)
        }
        RegistryCommand::History { registry, last } => show::history(&registry, last),
        RegistryCommand::Check { registry } => show::check(&registry, ui),
    }
}

/// Opens a registry file.
fn open(path: &Path) -> Result<RegistryStore, Failure> {
    RegistryStore::open(path).map_err(|error| open_failure(&error, "a registry"))
}

/// The failure to open a store that is there; `wanted` says which kind of store it should be.
pub(crate) fn open_failure(error: &StoreError, wanted: &str) -> Failure {
    match &error.fault {
        fault @ StoreFault::NotAStore => Failure::bad_input(
            "damaged-store",
            format_args!("{} is not {wanted}: {fault}", error.path.display()),
        ),
        _ => store_failure(error),
    }
}

/// The failure of a store, registry or ballot box.
pub(crate) fn store_failure(error: &StoreError) -> Failure {
    match &error.fault {
        StoreFault::NotFound => Failure::io("open", &error.path, &std::io::ErrorKind::NotFound.into()),
        StoreFault::Exists => Failure::io("make", &error.path, &std::io::ErrorKind::AlreadyExists.into())
            .hint("a registry or ballot box is never overwritten: choose another name"),
        StoreFault::Locked => Failure::storage(error).hint("close the other program that has it open"),
        StoreFault::Io(std::io::ErrorKind::UnexpectedEof) => Failure::bad_input("truncated-file", error),
        StoreFault::Io(kind) => Failure::io("use", &error.path, &(*kind).into()),
        StoreFault::Unusable => Failure::storage(error),
        _ => Failure::bad_input("damaged-store", error),
    }
}
