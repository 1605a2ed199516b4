//! Elections: taking part, auditing, looking into records.

pub mod audit;
mod citizen;
pub mod election;
mod failure;
pub mod key;
pub mod pages;
pub mod record;
pub mod sealed;
mod source;
