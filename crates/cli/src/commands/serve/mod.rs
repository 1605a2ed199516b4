//! `tabella serve`: a voting site on this machine.

mod wallet;

use crate::{
    commands::election::policy,
    error::Failure,
    report::{Report, table},
    ui::{STRONG, Ui, styled, warning_lines},
};
use clap::Args;
use serde_json::json;
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};
use tabella_server::{Event, OpenSiteError, Purpose, ServeError, Server, Settings, SiteFault};

/// What is said of a rehearsal, a line each.
const REHEARSAL: [&str; 3] = [
    "this is a REHEARSAL, for trying out: whoever reaches this address may register, as often as they like, start elections and close them",
    "its keys are INSECURE DEVELOPMENT KEYS: anybody can forge ballots",
    "its trustees are all in this server: whoever runs it could open every secret ballot",
];

/// A site.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// The folder of everything durable: registry, ballot boxes, records; made if it is not there
    #[arg(long, value_name = "DIR", default_value = "tabella-site")]
    data: PathBuf,
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8017")]
    listen: SocketAddr,
    /// The built wallet (default: that of this checkout, which is built if need be)
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// What the site is called (default: Tabella)
    #[arg(long, default_value = "Tabella")]
    name: String,
    /// Do not isolate pages from other origins: wallets then prove on one thread
    #[arg(long)]
    no_isolation: bool,
    /// Instead of a rehearsal: an election's folder, with election.json, registry.json and, where ballots are secret, ceremony.json;
    /// may be given several times
    #[arg(long = "election", value_name = "DIR")]
    elections: Vec<PathBuf>,
    /// I know that anybody can forge ballots: there are no keys from a ceremony yet
    #[arg(long, requires = "elections")]
    insecure_development_keys: bool,
}

pub(crate) fn run(args: ServeArgs, ui: &Ui) -> Result<Report, Failure> {
    let files = wallet::find(args.site, ui)?;
    let rehearsal = args.elections.is_empty();
    let purpose = if rehearsal {
        Purpose::Rehearsal
    } else {
        Purpose::Elections { folders: args.elections, keys: policy(args.insecure_development_keys) }
    };
    let data = args.data.display().to_string();
    let settings =
        Settings { data: args.data, files, name: args.name, isolation: !args.no_isolation, purpose };
    let (other_ui, said) = (ui.for_other_threads(), Mutex::new(None));
    let server = Server::bind(settings, args.listen, move |event: &Event| {
        // What fails every second is said once.
        let mut last = said.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() != Some(event) {
            other_ui.note_now(&event.to_string());
            *last = Some(event.clone());
        }
    })
    .map_err(failure)?;
    let mut report = announcement(server.address(), &data, rehearsal);
    ui.show(&mut report)?;
    server.run().map_err(failure)?;
    ui.note("the server has stopped; everything it accepted is in its folder");
    Ok(report)
}

fn announcement(address: SocketAddr, data: &str, rehearsal: bool) -> Report {
    let url = format!("http://{address}/");
    let mut text = format!(
        "{}\n{}",
        styled(STRONG, format_args!("The site is at {url}")),
        table(&[("data", data.to_owned()), ("stop", "Ctrl-C; nothing is lost".to_owned())])
    );
    let mut warnings: Vec<&str> = if rehearsal { REHEARSAL.to_vec() } else { Vec::new() };
    if !address.ip().is_loopback() {
        warnings.push("browsers run wallets over https or on localhost only: see docs/server.md for TLS");
    }
    text.push_str(&warning_lines(&warnings));
    let json = json!({
        "url": url, "address": address.to_string(), "data": data, "rehearsal": rehearsal, "warnings": warnings,
    });
    Report::new(json, text)
}

fn failure(error: ServeError) -> Failure {
    match &error {
        ServeError::Listen { .. } => {
            Failure::unwritten("cannot-listen", error).hint("--listen 127.0.0.1:0 takes any free port")
        }
        ServeError::Site(OpenSiteError { path, fault }) => match &**fault {
            SiteFault::Io(kind) => Failure::io("use", path, &(*kind).into()),
            SiteFault::Store(store) => crate::commands::registry::store_failure(store),
            SiteFault::Election(election) => crate::commands::election::election_failure(election.clone()),
            SiteFault::OtherPurpose => {
                Failure::refused("other-purpose", &error).hint("--data names another folder")
            }
            SiteFault::OtherRegistry => Failure::refused("other-registry", error),
            SiteFault::OtherCeremony => Failure::refused("other-ceremony", error),
            _ => Failure::bad_input("malformed-file", error),
        },
        _ => Failure::internal(error),
    }
}
