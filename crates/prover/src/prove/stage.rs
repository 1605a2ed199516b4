//! What the prover does, step by step.

use core::fmt;
use tracing::{Span, info_span};

/// What the prover is about to do.
///
/// Each stage runs in a `tracing` span of its name (as [`Display`](fmt::Display) shows it), target `tabella_prover`, level
/// info, inside a span `prove` or `prepare`. Spans carry sizes, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Runs the circuit for the values of all variables. Absent if the assignment was given.
    Synthesis,
    /// Checks every constraint.
    Satisfaction,
    /// Transforms for the quotient polynomial.
    Quotient,
    /// Multi-scalar multiplications.
    Commitments,
    /// Verifies the proof before it is handed out.
    Verification,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 5] =
        [Self::Synthesis, Self::Satisfaction, Self::Quotient, Self::Commitments, Self::Verification];

    pub(crate) fn span(self) -> Span {
        match self {
            Self::Synthesis => info_span!(target: "tabella_prover", "synthesis"),
            Self::Satisfaction => info_span!(target: "tabella_prover", "satisfaction"),
            Self::Quotient => info_span!(target: "tabella_prover", "quotient"),
            Self::Commitments => info_span!(target: "tabella_prover", "commitments"),
            Self::Verification => info_span!(target: "tabella_prover", "verification"),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Synthesis => "synthesis",
            Self::Satisfaction => "satisfaction",
            Self::Quotient => "quotient",
            Self::Commitments => "commitments",
            Self::Verification => "verification",
        })
    }
}
