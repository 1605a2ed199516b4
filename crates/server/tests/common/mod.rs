//! A site on a free port, with citizens who register and vote over HTTP.
#![allow(dead_code, reason = "not every test needs all of it")]

use serde_json::{Value, json};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::LazyLock,
    thread::JoinHandle,
    time::Duration,
};
use tabella::{
    Citizen, Election,
    ballot::{CastBallot, Selection},
    election::Manifest,
    identity::RegistryLabel,
    keys,
    params::{KeyPolicy, ParamsCache},
    primitives::rng,
    prover::ProvingKey,
    registry::{MembershipPath, RegistryPage, RegistryUpper},
    statement::CircuitId,
};
use tabella_server::{Purpose, Server, Settings};
use tempfile::TempDir;
use tokio::sync::oneshot;
use ureq::{Agent, http::Response};

pub(crate) const POLICY: KeyPolicy = KeyPolicy::AllowInsecureDevelopmentKeys;

/// What a request was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    fn of(mut response: Response<ureq::Body>) -> Self {
        let bytes = response.body_mut().with_config().limit(1 << 28).read_to_vec().unwrap();
        Self { status: response.status().as_u16(), headers: response.headers().clone(), bytes }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Status and code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["error"]["code"].as_str().unwrap().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// A site that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    agent: Agent,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(settings: Settings) -> Self {
        let server = Server::bind(settings, "127.0.0.1:0".parse().unwrap(), |event| {
            eprintln!("event: {event}");
        })
        .unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            server
                .run_until(async {
                    let _ = stopped.await;
                })
                .unwrap();
        });
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent = agent.timeout_global(Some(Duration::from_secs(300))).build().into();
        Self { address, agent, stop: Some(stop), thread: Some(thread) }
    }

    /// Stops as Ctrl-C does, and waits until it has.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            headers.iter().fold(self.agent.get(self.url(path)), |r, (name, value)| r.header(*name, *value));
        Answer::of(request.call().unwrap())
    }

    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.post_with(path, body, &[])
    }

    pub(crate) fn post_with(&self, path: &str, body: impl AsRef<[u8]>, headers: &[(&str, &str)]) -> Answer {
        let request = self.agent.post(self.url(path));
        let typed = headers.iter().any(|(name, _)| *name == "content-type");
        let request = if typed { request } else { request.header("content-type", "application/json") };
        let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
        Answer::of(request.send(body.as_ref()).unwrap())
    }

    pub(crate) fn site(&self) -> Value {
        self.get("/api/v1/site").expect(200).json()
    }

    pub(crate) fn state(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/elections/{id}/state")).expect(200).json()
    }

    /// Registers a new citizen.
    pub(crate) fn citizen(&self) -> Citizen {
        let label = self.site()["registry"]["label"].as_str().unwrap().to_owned();
        let citizen = Citizen::generate(&mut rng::from_os().unwrap());
        let registration = citizen.registration(&RegistryLabel::new(label).unwrap());
        self.post("/api/v1/registrations", registration.to_json()).expect(201);
        citizen
    }

    /// Starts an election that is open for ten minutes.
    pub(crate) fn start_election(&self, kind: &str, options: &[&str]) -> String {
        let draft = json!({
            "title": "Lunch", "question": "Where do we eat?", "options": options, "minutes": 10, "kind": kind,
        });
        let started = self.post("/api/v1/rehearsal/elections", draft.to_string()).expect(201).json();
        started["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn election(&self, id: &str) -> Election {
        let manifest = self.get(&format!("/api/v1/elections/{id}/manifest")).expect(200).bytes;
        Election::join(Manifest::from_json(&manifest).unwrap(), POLICY).unwrap()
    }

    /// The path of a citizen as a wallet makes it, from page `number`.
    pub(crate) fn path(&self, election: &Election, citizen: &Citizen, number: u64) -> MembershipPath {
        let manifest = election.manifest();
        let (id, frozen) = (manifest.id(), manifest.registry());
        let octets =
            |path: &str| self.get(&format!("/api/v1/elections/{id}/registry/{path}")).expect(200).bytes;
        let upper =
            RegistryUpper::from_bytes(&octets("upper")).unwrap().check(&frozen.root, frozen.size).unwrap();
        let page = RegistryPage::from_bytes(&octets(&format!("pages/{number}"))).unwrap();
        upper.path_of(&page, &citizen.commitment()).unwrap()
    }

    /// Makes a ballot with what the server gives out.
    pub(crate) fn ballot(&self, election: &Election, citizen: &Citizen, choice: &str) -> CastBallot {
        let (rng, manifest) = (&mut rng::from_os().unwrap(), election.manifest());
        let (path, key) = (self.path(election, citizen, 0), proving_key(manifest.circuit()));
        match manifest.secret() {
            None => {
                let selection = Selection::from_labels(manifest, [choice]).unwrap();
                citizen.vote_with_path(election, path, selection, key, rng).unwrap()
            }
            Some(_) => {
                citizen.seal_with_path(election, path, 1, [(choice, 1)], rng).unwrap().cast(key, rng).unwrap()
            }
        }
    }

    pub(crate) fn cast(&self, election: &Election, ballot: &CastBallot) -> Answer {
        let id = election.manifest().id();
        self.post(&format!("/api/v1/elections/{id}/ballots"), ballot.to_json())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// A folder for a site, with a little wallet.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("wallet");
        fs::create_dir_all(files.join("assets")).unwrap();
        fs::write(files.join("index.html"), format!("<!doctype html>{}", "Tabella ".repeat(100))).unwrap();
        fs::write(files.join("assets/index-BfZ3kq_x.js"), "'use strict';".repeat(100)).unwrap();
        fs::write(files.join("assets/engine-12345678.wasm"), [0; 100]).unwrap();
        fs::write(files.join("assets/engine-12345678.wasm.br"), "packed").unwrap();
        fs::write(folder.path().join("secret.txt"), "not for the public").unwrap();
        Self { folder }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn settings(&self, purpose: Purpose) -> Settings {
        Settings {
            data: self.at("site"),
            files: self.at("wallet"),
            name: "Town".to_owned(),
            isolation: true,
            purpose,
        }
    }

    pub(crate) fn rehearse(&self) -> Running {
        Running::start(self.settings(Purpose::Rehearsal))
    }
}

/// The development key of a circuit, made once.
pub(crate) fn proving_key(circuit: CircuitId) -> &'static ProvingKey {
    static OPEN: LazyLock<ProvingKey> = LazyLock::new(|| key(CircuitId::Membership10V1));
    static SECRET: LazyLock<ProvingKey> = LazyLock::new(|| key(CircuitId::Ballot2V1));
    match circuit {
        CircuitId::Membership10V1 => &OPEN,
        CircuitId::Ballot2V1 => &SECRET,
        other => panic!("{other} is not for tests"),
    }
}

fn key(circuit: CircuitId) -> ProvingKey {
    keys::proving_key(&ParamsCache::open_default().unwrap(), circuit, |_| ()).unwrap().key
}

/// Waits until something holds, for at most a minute.
pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} did not come about");
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
