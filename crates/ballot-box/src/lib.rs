//! Accepts ballots: check, accept, receipt.
