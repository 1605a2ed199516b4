//! `tabella tally prove`: proves sum and tally of secret ballots, and writes the record with the proofs.

use crate::{
    commands::{
        election::{danger, too_few as too_few_ballots},
        params,
        tally::unprovable,
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, counted},
    ui::{GOOD, Ui, WARNING, styled},
};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::{
    fs::{File, OpenOptions},
    io::{BufReader, BufWriter, Seek, Write},
    path::{Path, PathBuf},
    time::Instant,
};
use tabella::{
    NotProved,
    ballot::BatchSize,
    election::Manifest,
    keys::Wanted,
    primitives::cancel::CancelToken,
    protocol::trustee::TallyShare,
    prove_sums, prove_tally,
    record::{
        DroppedPart, Provable, ProvableError, ProvableTally, RecordReader, SUM_PROOF_FORMAT, SumProof,
        TallyProof, add_proofs,
    },
};

/// Greatest size of a file with kept proofs, in bytes: those of sixty million ballots.
const KEPT: u64 = 1 << 30;

/// Proofs for a record.
#[derive(Args, Debug)]
pub(crate) struct ProveArgs {
    /// The election record, opened
    record: PathBuf,
    /// Where the record with the proofs goes
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
    /// How many ballots one proof of the sum is about: many at once take less time and more memory
    #[arg(long, value_enum, default_value = "64")]
    batch: Batch,
    /// A trustee's part in the proof of the tally; as many as open a sum. Without any, a proof of the tally that the record has is left in it
    #[arg(long = "part", value_name = "FILE")]
    parts: Vec<PathBuf>,
    /// Write every proof of the sum here as soon as it is made, and go on from those that are here already
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Batch {
    #[value(name = "64")]
    Small,
    #[value(name = "256")]
    Large,
}

pub(super) fn run(args: &ProveArgs, ui: &Ui) -> Result<Report, Failure> {
    let mut inputs: Vec<&Path> = args.parts.iter().chain([&args.record]).map(PathBuf::as_path).collect();
    if let Some(keep) = &args.keep {
        files::check_output(keep, Existing::Replace, &inputs)?;
        inputs.push(keep);
    }
    files::check_output(&args.out, Existing::from_force(args.force), &inputs)?;
    let parts = args.parts.iter().map(|path| read_part(path)).collect::<Result<Vec<_>, _>>()?;
    let done = args.keep.as_deref().map(read_kept).transpose()?.unwrap_or_default();
    let started = Instant::now();
    // Opened once: what is proved is what the proofs are put into, whatever comes to stand under the name meanwhile.
    let mut record = files::open(&args.record)?;
    rewind(&mut record, &args.record)?;
    let provable = Provable::read(RecordReader::new(BufReader::new(&record)))
        .map_err(|error| unprovable(&args.record, &error))?;
    // Before hours of work rather than after them.
    let tally = if parts.is_empty() {
        None
    } else {
        let tally = provable.tally().map_err(|error| unprovable(&args.record, &error))?;
        tally.witness(parts.iter().copied()).map_err(|error| too_few(args, &error))?;
        Some(tally)
    };
    let sums = sums(args, &provable, done, ui)?;
    let proved = tally.map(|tally| prove(args, &tally, &parts, ui)).transpose()?;
    let (made, dropped) = proved.unzip();
    // That of the record stays if no other is made.
    let proof = made.as_ref().or(provable.tally_proof());
    rewind(&mut record, &args.record)?;
    let digest = write(args, &record, &sums, proof)?;
    let dropped: Vec<String> = dropped.unwrap_or_default();
    let ballots = provable.ballots().len();
    let count = u64::try_from(ballots).unwrap_or(u64::MAX);
    let mut text = format!(
        "{} {} of the sum of {}; {}.\n",
        styled(GOOD, "Proved."),
        counted(u64::try_from(sums.len()).unwrap_or(u64::MAX), "proof"),
        counted(count, "ballot"),
        match (&made, proof) {
            (Some(_), _) => "one of the tally",
            (None, Some(_)) => "the proof of the tally that the record had stays in it, unverified",
            (None, None) => no_tally(provable.manifest(), count),
        },
    );
    for dropped in &dropped {
        text.push_str(&format!("{} {dropped}\n", styled(WARNING, "dropped:")));
    }
    text.push_str(&format!("The record with them is {}.\n", args.out.display()));
    if let Some(danger) = danger(provable.manifest()) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "path": args.out.display().to_string(),
        "ballots": ballots,
        "sum_proofs": sums.len(),
        "tally_proof": proof.is_some(),
        "dropped": dropped,
        "digest": digest,
        "seconds": started.elapsed().as_secs_f64(),
    });
    Ok(Report::new(json, text))
}

/// Why there is no proof of the tally among those that were made.
fn no_tally(manifest: &Manifest, ballots: u64) -> &'static str {
    match too_few_ballots(manifest, ballots) {
        Some(_) => "none of the tally, which was not opened",
        None => "none of the tally, for which trustees give --part",
    }
}

fn read_part(path: &Path) -> Result<TallyShare, Failure> {
    // Longer than a part may be: a file of another kind is told as what it is.
    let bytes = files::read(path, files::SMALL)?;
    TallyShare::from_json(&bytes).map_err(|cause| files::decode_failure(path, "a part of a proof", &cause))
}

fn sums(
    args: &ProveArgs,
    provable: &Provable,
    done: Vec<SumProof>,
    ui: &Ui,
) -> Result<Vec<SumProof>, Failure> {
    let size = match args.batch {
        Batch::Small => BatchSize::Small,
        Batch::Large => BatchSize::Large,
    };
    let mut kept = args.keep.as_deref().map(|path| Kept::open(path, &done)).transpose()?;
    let key = params::proving_key(size.circuit(provable.election().size()), Wanted::Kept, ui)?.key;
    let batches = provable.ballots().len().div_ceil(size.places());
    let bar = ui.progress("proving the sum", u64::try_from(batches).ok());
    let mut written = Ok(());
    let stop = CancelToken::new();
    let proved = prove_sums(provable, size, &key, done, &stop, &mut |proof, progress| {
        bar.set(progress.done);
        if let Some(kept) = &mut kept
            && written.is_ok()
        {
            written = kept.write(proof);
            if written.is_err() {
                stop.cancel();
            }
        }
    });
    written?;
    proved.map_err(|cause| match (&cause, &args.keep) {
        (NotProved::OtherProof { batch }, Some(keep)) => Failure::refused(
            "not-proved",
            format_args!(
                "{}: its proof of batch {batch} is not of this record, or was made with another --batch",
                keep.display()
            ),
        )
        .hint("name another file with --keep; the proofs in this one stay"),
        _ => Failure::refused("not-proved", cause),
    })
}

/// A part that was dropped, with its file: parts are not signed, and anybody could have made one in a trustee's name.
fn dropped_part(args: &ProveArgs, dropped: &DroppedPart) -> String {
    let file = args.parts.get(dropped.place).map_or_else(String::new, |path| path.display().to_string());
    format!("{file} in the name of {dropped}")
}

/// The parts that hold do not suffice.
fn too_few(args: &ProveArgs, error: &ProvableError) -> Failure {
    let ProvableError::Witness { error, dropped } = error else { return unprovable(&args.record, error) };
    let mut message = format!("{}: {error}", args.record.display());
    for dropped in dropped {
        message.push_str(&format!("; {}", dropped_part(args, dropped)));
    }
    Failure::refused("not-provable", message)
        .hint("a trustee's part is made by `tabella trustee part`, for this very record")
}

/// Proves the tally; the parts were found to suffice before.
fn prove(
    args: &ProveArgs,
    tally: &ProvableTally,
    parts: &[TallyShare],
    ui: &Ui,
) -> Result<(TallyProof, Vec<String>), Failure> {
    let circuit = tally.statement().size().tally_circuit();
    let key = params::proving_key(circuit, Wanted::Kept, ui)?.key;
    let bar = ui.progress("proving the tally", None);
    let proved = prove_tally(tally, parts.iter().copied(), &key, &CancelToken::new());
    drop(bar);
    let proved = proved.map_err(|cause| Failure::refused("not-proved", cause))?;
    Ok((proved.proof, proved.dropped.iter().map(|dropped| dropped_part(args, dropped)).collect()))
}

/// Goes back to the beginning of the record, which is read twice.
fn rewind(record: &mut File, path: &Path) -> Result<(), Failure> {
    record.rewind().map_err(|cause| {
        Failure::io("read", path, &cause).hint("the record is read twice: give a file, not a pipe")
    })
}

/// Whole or not at all: the record was read before.
fn write(
    args: &ProveArgs,
    record: &File,
    sums: &[SumProof],
    tally: Option<&TallyProof>,
) -> Result<String, Failure> {
    let mut digest = String::new();
    files::write_with(&args.out, Existing::from_force(args.force), Privacy::Public, |file| {
        let record = BufReader::new(record);
        let mut to = BufWriter::new(file);
        digest = add_proofs(record, &mut to, sums, tally).map_err(std::io::Error::other)?.to_string();
        to.flush()
    })?;
    Ok(digest)
}

/// Proofs that an earlier run wrote down. A last line without end was cut off, and is left out; one that does not even begin like a proof
/// is of another file, which is not replaced.
fn read_kept(path: &Path) -> Result<Vec<SumProof>, Failure> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = files::read(path, KEPT)?;
    let rest = bytes.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let beginning = format!("{{\"format\":\"{SUM_PROOF_FORMAT}\",");
    if !rest.iter().zip(beginning.as_bytes()).all(|(byte, expected)| byte == expected) {
        return Err(Failure::malformed(path, "a file of kept proofs", "its last line is no proof of a sum"));
    }
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_suffix(b"\n"))
        .map(|line| {
            SumProof::from_json(line).map_err(|cause| files::decode_failure(path, "a proof of a sum", &cause))
        })
        .collect()
}

/// A file that grows by a line for every proof.
struct Kept<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> Kept<'a> {
    /// Begins the file anew with what was read from it, so that no line that was cut off stays.
    fn open(path: &'a Path, done: &[SumProof]) -> Result<Self, Failure> {
        let lines: String = done.iter().map(|proof| format!("{}\n", proof.to_json())).collect();
        files::write(path, lines.as_bytes(), Existing::Replace, Privacy::Public)?;
        let file =
            OpenOptions::new().append(true).open(path).map_err(|cause| Failure::io("open", path, &cause))?;
        Ok(Self { path, file })
    }

    fn write(&mut self, proof: &SumProof) -> Result<(), Failure> {
        let line = format!("{}\n", proof.to_json());
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|cause| Failure::io("write", self.path, &cause))
    }
}
