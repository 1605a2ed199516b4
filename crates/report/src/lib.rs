//! Records of measurements: what `cargo xtask bench`, `cargo xtask bench-peers` and `tabella bench` have in common.
//!
//! | module | what |
//! | --- | --- |
//! | [`machine`] | processor, its features, threads, memory, load, peak memory of a process |
//! | [`conditions`] | date, commit, machine, rounds and load, which every record has |
//! | [`date`] | today's date, for the names of folders |
//! | [`stats`] | minimum, median with its confidence interval, quartiles; ratios of paired samples |
//! | [`table`] | a Markdown table |
//! | [`plot`] | bars and lines as SVG |
//! | [`folder`] | a folder under `benches/results` |
//! | `spans` | times of `tracing` spans (feature `spans`) |
//!
//! Knows nothing of proofs. Writes only below the folder that it is given.

pub mod conditions;
pub mod date;
pub mod folder;
pub mod machine;
pub mod plot;
#[cfg(feature = "spans")]
pub mod spans;
pub mod stats;
pub mod table;
