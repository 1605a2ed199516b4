//! The HTTP ballot box: takes registrations and ballots, gives receipts, serves registries, proving keys, records and the wallet's files.
//!
//! | module | what |
//! | --- | --- |
//! | [`settings`] | what a site is told before it starts |
//! | [`server`] | binds, serves, stops without losing anything |
//! | [`open_error`] | why a site does not start |
//! | [`event`] | what whoever runs the site should see |
//!
//! What is durable lies in one folder, so that a restart continues. A ballot is on the disk before its receipt is made. The server keeps no
//! log of requests and no addresses. The routes, and what the server learns, stand in `docs/server.md`.
//!
//! A **rehearsal** is a site on which anybody may register and anybody may start elections, with insecure development keys: for trying out.
#![warn(clippy::indexing_slicing)]

mod api_error;
mod blocking;
mod clock;
pub mod event;
mod files;
mod folder;
mod headers;
mod hosted;
mod keys;
pub mod open_error;
mod published;
mod records;
mod rehearsal;
mod routes;
pub mod server;
pub mod settings;
mod site;
mod trustees;

pub use event::Event;
pub use open_error::{OpenSiteError, SiteFault};
pub use server::{ServeError, Server};
pub use settings::{Purpose, Settings};
