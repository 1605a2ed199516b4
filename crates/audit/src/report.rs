//! What an audit without a fault found.

use core::fmt;
use serde::{Serialize, Serializer};
use tabella_primitives::digest::Digest;
use tabella_protocol::{
    election::{ElectionId, Manifest},
    record::Link,
    statement::CircuitId,
    tally::{Outcome, Tally},
    trustee::{MAX_TALLY_SHARES, TrusteeIndex},
};

/// The format of a report.
pub const REPORT_FORMAT: &str = "tabella-audit-report-v1";

/// What is no fault of the record, but should be known to whoever relies on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "warning")]
#[non_exhaustive]
pub enum Warning {
    /// The verifying key is for development: whoever knows the public seed can forge any ballot.
    InsecureDevelopmentKey,
    /// Proofs of sum or tally are under a key for development, other than the ballots': they show nothing.
    InsecureAggregateKey,
    /// The record does not hold the registry, so that its root was not rebuilt.
    RegistryNotIncluded,
    /// The ballot box closed before the window ended: later voters were turned away.
    ClosedEarly {
        /// When the window ends, in seconds since 1970.
        closes_at: u64,
        /// When the ballot box closed, in seconds since 1970.
        closed_at: u64,
    },
    /// The record says that the ballot box closed later than the auditor's clock shows: one of the two is wrong.
    ClosedInFuture {
        /// When the ballot box closed, in seconds since 1970.
        closed_at: u64,
        /// What the auditor's clock shows, in seconds since 1970.
        now: u64,
    },
    /// At most half of those who hold shares open a sum: two groups could open two, of which the difference is a few ballots.
    TwoSumsPossible {
        /// How many trustees it takes.
        threshold: u8,
        /// How many hold a share of the keys.
        trustees: usize,
    },
    /// The threshold is 1: whoever holds a share of the keys can decrypt any ballot, and nobody would know.
    AnyTrusteeAlone,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsecureDevelopmentKey => f.write_str(
                "the verifying key is an INSECURE DEVELOPMENT key: anyone can forge ballots under it, \
                 so this record proves nothing to anybody",
            ),
            Self::InsecureAggregateKey => f.write_str(
                "proofs of sum or tally are under an INSECURE DEVELOPMENT key and prove nothing to anybody; \
                 sum and shares were checked without them",
            ),
            Self::RegistryNotIncluded => {
                f.write_str("the record does not include the registry; its root was taken from the manifest")
            }
            Self::ClosedEarly { closes_at, closed_at } => write!(
                f,
                "the ballot box closed {} before the time in the manifest",
                Span(closes_at.saturating_sub(*closed_at))
            ),
            Self::ClosedInFuture { closed_at, now } => write!(
                f,
                "the record says the ballot box closed {} from now: this clock or the clerk's is wrong, \
                 or the time was made up",
                Span(closed_at.saturating_sub(*now))
            ),
            Self::TwoSumsPossible { threshold, trustees } => write!(
                f,
                "{threshold} of {trustees} trustees open a sum: two groups of them could open two, and learn from the difference"
            ),
            Self::AnyTrusteeAlone => {
                f.write_str("with a threshold of 1 any single trustee reads every ballot alone, unnoticed")
            }
        }
    }
}

/// What an audit without a fault found. That there is a report means that every check was made and none failed.
///
/// For machines it serializes; for people it has a display form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditReport {
    /// Always [`REPORT_FORMAT`].
    pub format: &'static str,
    /// The election.
    #[serde(serialize_with = "as_text")]
    pub election: ElectionId,
    /// What was asked, of whom, when, under which rules.
    pub manifest: Manifest,
    /// Number of ballots, each with a valid proof and a nullifier of its own.
    pub ballots: u64,
    /// Number of citizens in the registry, removed ones not counted; none if the record does not include the registry.
    pub citizens: Option<u64>,
    /// When the ballot box closed, in seconds since 1970.
    pub closed_at: u64,
    /// The link after the last ballot.
    pub head: Link,
    /// Who opened the sum of secret ballots; none for open ballots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<OpeningReport>,
    /// Which proofs of sum and tally the record of secret ballots has, all of which hold; none for open ballots. What they prove was checked
    /// without them too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proofs: Option<AggregateReport>,
    /// The result, counted again; of secret ballots, compared with what the shares decrypt.
    pub tally: Tally,
    /// Number of entries.
    pub entries: u64,
    /// Digest of the record: who has the same digest has the same record.
    #[serde(serialize_with = "as_text")]
    pub record_digest: Digest,
    /// Number of published heads of the ballot box that were found in the record.
    pub heads_found: u64,
    /// Number of receipts whose ballots were found in the record.
    pub receipts_found: u64,
    /// What should be known to whoever relies on the record.
    pub warnings: Vec<Warning>,
}

/// Who made the keys of secret ballots, and who opened their sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpeningReport {
    /// How many trustees it takes.
    pub threshold: u8,
    /// How many took part in the key ceremony.
    pub trustees: usize,
    /// Who holds a share of the keys.
    pub qualified: Vec<TrusteeIndex>,
    /// Who gave a good share of the decryption; nobody if there were too few ballots.
    pub shares: Vec<TrusteeIndex>,
}

/// Which proofs of sum and tally a record has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AggregateReport {
    /// Of the sum; none if the record has none.
    pub sum: Option<SumProofReport>,
    /// The circuit of the proof of the tally; none if the record has none.
    #[serde(serialize_with = "as_name")]
    pub tally: Option<CircuitId>,
}

/// Proofs of the sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SumProofReport {
    /// Their circuit.
    #[serde(serialize_with = "as_text")]
    pub circuit: CircuitId,
    /// Their number: one for each batch of ballots.
    pub batches: u64,
}

/// `1 proof`, `2 proofs`.
struct Counted<N>(N, &'static str);

impl<N: fmt::Display> fmt::Display for Counted<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, what) = self;
        let count = count.to_string();
        write!(f, "{count} {what}{}", if count == "1" { "" } else { "s" })
    }
}

/// A span in seconds by its two greatest units: `2 days 3 hours`.
struct Span(u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
        let mut rest = self.0;
        let counts = UNITS.map(|(length, name)| {
            let count = rest / length;
            rest %= length;
            Counted(count, name)
        });
        let greatest = counts.iter().position(|Counted(count, _)| *count > 0).unwrap_or(counts.len() - 1);
        let (first, less) = match counts.get(greatest..) {
            Some([first, less @ ..]) => (first, less.first()),
            _ => return Ok(()),
        };
        first.fmt(f)?;
        match less.filter(|Counted(count, _)| *count > 0) {
            Some(second) => write!(f, " {second}"),
            None => Ok(()),
        }
    }
}

#[allow(clippy::ref_option, reason = "the signature that serde asks for")]
fn as_name<S: Serializer>(circuit: &Option<CircuitId>, serializer: S) -> Result<S::Ok, S::Error> {
    circuit.map(CircuitId::name).serialize(serializer)
}

fn as_text<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let manifest = &self.manifest;
        let few = self.tally.outcome == Outcome::NotOpened;
        writeln!(f, "The record holds: every check was made again and none failed.")?;
        writeln!(f)?;
        writeln!(f, "  election    {} ({})", manifest.title(), self.election)?;
        writeln!(f, "  ballots     {}, each with a valid proof, no nullifier twice", self.ballots)?;
        match self.citizens {
            Some(citizens) => {
                let citizens = Counted(citizens, "citizen");
                writeln!(f, "  registry    {citizens}, root rebuilt: {}", manifest.registry().root)?;
            }
            None => writeln!(f, "  registry    not included, root {}", manifest.registry().root)?,
        }
        writeln!(f, "  circuit     {}", manifest.circuit())?;
        writeln!(f, "  key         {} ({})", manifest.verifying_key(), manifest.key_provenance())?;
        if let Some(opening) = &self.opening {
            let OpeningReport { threshold, trustees, qualified, shares } = opening;
            writeln!(
                f,
                "  trustees    {} of {trustees} hold shares, any {threshold} open the sum; {}",
                qualified.len(),
                if few {
                    "none gave one".to_owned()
                } else {
                    format!("{} in the record", Counted(shares.len(), "good share"))
                }
            )?;
        }
        if let Some(proofs) = &self.proofs {
            match &proofs.sum {
                Some(SumProofReport { circuit, batches }) => writeln!(
                    f,
                    "  sum         added up again; confirmed by {} of circuit {circuit}",
                    Counted(batches, "proof")
                )?,
                None => writeln!(f, "  sum         added up again; the record has no proof of it")?,
            }
            let threshold = self.opening.as_ref().map_or(0, |opening| usize::from(opening.threshold));
            match proofs.tally {
                None if few => {
                    let least = manifest.secret().map_or(0, |secret| secret.policy.least_ballots());
                    writeln!(f, "  opening     none: fewer than {least} ballots are not opened")?;
                }
                Some(circuit) => {
                    writeln!(
                        f,
                        "  opening     shares checked again; a proof of circuit {circuit} says the same"
                    )?;
                }
                None if threshold > MAX_TALLY_SHARES => writeln!(
                    f,
                    "  opening     shares checked again; thresholds above {MAX_TALLY_SHARES} have no proof"
                )?,
                None => {
                    writeln!(f, "  opening     shares checked again; the record has no proof of the result")?
                }
            }
        }
        if self.heads_found + self.receipts_found > 0 {
            writeln!(
                f,
                "  published   {} and {} of the ballot box found again",
                Counted(self.receipts_found, "receipt"),
                Counted(self.heads_found, "head")
            )?;
        }
        writeln!(f, "  entries     {}, hash chain unbroken", self.entries)?;
        writeln!(f, "  digest      {}", self.record_digest)?;
        for warning in &self.warnings {
            writeln!(f, "  WARNING     {warning}")?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "Each nullifier stands for one place of the registry. A place stands for one citizen only if whoever \
             registered them checked persons and proofs of possession; no record can show that."
        )?;
        writeln!(f)?;
        write!(f, "{}", self.tally.explain(manifest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_by_their_two_greatest_units() {
        let spans = [(0, "0 seconds"), (1, "1 second"), (60, "1 minute"), (3_599, "59 minutes 59 seconds")];
        let longer =
            [(86_400, "1 day"), (97_200, "1 day 3 hours"), (86_401, "1 day"), (7_260, "2 hours 1 minute")];
        for (seconds, said) in spans.into_iter().chain(longer) {
            assert_eq!(Span(seconds).to_string(), said);
        }
    }
}
