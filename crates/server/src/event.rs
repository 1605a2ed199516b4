//! What whoever runs the site should see.

use core::fmt;

/// What whoever runs the site should see. Says nothing about voters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A proving key is loaded, or made, which takes seconds.
    PreparingKey {
        /// The circuit.
        circuit: &'static str,
    },
    /// An election's box was not closed, or its record not written; it is tried again.
    NotSettled {
        /// The election.
        election: String,
        /// Why.
        cause: String,
    },
    /// Something on the server's side failed while it answered.
    Failed {
        /// What.
        cause: String,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreparingKey { circuit } => write!(f, "preparing the proving key of {circuit}"),
            Self::NotSettled { election, cause } => {
                write!(f, "election {election} was not closed, or its record not written: {cause}")
            }
            Self::Failed { cause } => write!(f, "a request failed: {cause}"),
        }
    }
}

/// Told of events.
pub(crate) type Observer = Box<dyn Fn(&Event) + Send + Sync>;
