//! `tabella demo --secret --prove`: sum and tally are proved to those who have neither ballots nor shares.

use crate::{
    commands::{audit::audit_file, params},
    error::Failure,
    files::{self, Existing, Privacy},
    ui::{GOOD, Ui, styled},
};
use serde_json::{Value, json};
use std::{
    io::{BufReader, Write},
    path::Path,
    time::Instant,
};
use tabella::{
    Auditor, Trustee,
    ballot::BatchSize,
    keys::Wanted,
    params::KeyPolicy,
    primitives::{cancel::CancelToken, rng},
    prove_sums, prove_tally,
    record::{Provable, RecordReader, add_proofs},
};

/// What it leaves behind.
pub(super) const FILES: [(&str, &str); 2] = [
    ("part-*.json", "the trustees' parts in the proof of the tally"),
    ("record-proved.jsonl", "the record with proofs of sum and tally"),
];

/// Proves the sum of a record and the tally by the trustees who opened it, and leaves the record with the proofs and the trustees' parts in
/// the folder. Tells it, and gives what goes into the report.
pub(super) fn prove(
    folder: &Path,
    record: &Path,
    trustees: &[Trustee],
    ui: &Ui,
) -> Result<(String, Value), Failure> {
    let bytes = files::read(record, 1 << 32)?;
    let provable = Provable::read(RecordReader::new(bytes.as_slice())).map_err(Failure::internal)?;
    let size = provable.election().size();
    let sum_key = params::proving_key(BatchSize::Small.circuit(size), Wanted::Kept, ui)?.key;
    let tally_key = params::proving_key(size.tally_circuit(), Wanted::Kept, ui)?.key;
    let started = Instant::now();
    let go = CancelToken::new();
    let batches = provable.ballots().len().div_ceil(BatchSize::Small.places());
    let bar = ui.progress("proving the sum", u64::try_from(batches).ok());
    let sums = prove_sums(&provable, BatchSize::Small, &sum_key, Vec::new(), &go, &mut |_, progress| {
        bar.set(progress.done);
    })
    .map_err(Failure::internal)?;
    drop(bar);
    let tally = provable.tally().map_err(Failure::internal)?;
    let (mut parts, mut names) = (Vec::new(), Vec::new());
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    for trustee in trustees {
        // Who was absent, or opened something else, has no part in it.
        let Ok(part) = trustee.prove_tally(&tally, &mut rng) else { continue };
        let name = format!("part-{}.json", part.trustee());
        files::write(&folder.join(&name), part.to_json().as_bytes(), Existing::Keep, Privacy::Public)?;
        parts.push(part);
        names.push(name);
    }
    let proved = prove_tally(&tally, parts, &tally_key, &go).map_err(Failure::internal)?;
    let seconds = started.elapsed().as_secs_f64();
    let path = folder.join("record-proved.jsonl");
    files::write_with(&path, Existing::Keep, Privacy::Public, |file| {
        let mut to = std::io::BufWriter::new(file);
        add_proofs(BufReader::new(bytes.as_slice()), &mut to, &sums, Some(&proved.proof))
            .map_err(std::io::Error::other)?;
        to.flush()
    })?;
    let auditor = Auditor::new(KeyPolicy::AllowInsecureDevelopmentKeys);
    audit_file(&auditor.require_sum_proofs().require_tally_proof(), &path, ui)?;
    let text = format!(
        "Somebody who has neither ballots nor shares, a contract say, gets {} that the sum is that of the ballots that\n\
         were accepted, and one that the result is what it opens to, 256 bytes each ({seconds:.1} s). {} An audit goes by\n\
         its own sum all the same.",
        if sums.len() == 1 { "a proof".to_owned() } else { format!("{} proofs", sums.len()) },
        styled(GOOD, "They hold."),
    );
    let json = json!({
        "record": path.display().to_string(),
        "sum_proofs": sums.len(),
        "parts": names,
        "seconds": seconds,
    });
    Ok((text, json))
}
