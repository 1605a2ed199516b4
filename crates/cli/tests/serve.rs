//! `tabella serve` as a process: says where it listens, answers, ends when told to, continues.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]
#![cfg(unix)]

mod common;

use common::fails;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

struct Running {
    child: Child,
    said: Value,
}

/// A folder with a wallet of one page.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("wallet")).unwrap();
    fs::write(folder.path().join("wallet/index.html"), "<!doctype html>").unwrap();
    folder
}

fn words(folder: &Path, more: &[&str]) -> Vec<String> {
    let at = |name: &str| folder.join(name).display().to_string();
    let (data, site) = (at("data"), at("wallet"));
    let words = ["serve", "--data", &data, "--site", &site, "--listen", "127.0.0.1:0", "--name", "Town"];
    words.iter().chain(more).map(|word| (*word).to_owned()).collect()
}

fn start(folder: &Path) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tabella"))
        .arg("--json")
        .args(words(folder, &[]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    Running { child, said: serde_json::from_str(&line).unwrap() }
}

impl Running {
    fn site(&self) -> Value {
        let address = self.said["address"].as_str().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /api/v1/site HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Ends it as an operating system does; answers what it said at last.
    fn end(mut self) -> String {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success() && self.child.wait().unwrap().success());
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

#[test]
fn a_rehearsal_says_what_it_is_and_continues_after_a_restart() {
    let folder = place();
    let running = start(folder.path());
    assert_eq!(running.said["rehearsal"], true);
    let warnings = running.said["warnings"].to_string();
    assert!(warnings.contains("REHEARSAL") && warnings.contains("INSECURE DEVELOPMENT KEYS"), "{warnings}");
    let site = running.site();
    assert_eq!((&site["name"], &site["rehearsal"]), (&Value::from("Town"), &Value::from(true)));
    // A second one on the same folder, or on the same address, is refused.
    fails(&words_of(&words(folder.path(), &[])), 4, "storage");
    let (other, address) = (place(), running.said["address"].as_str().unwrap());
    let mut there = words(other.path(), &[]);
    there.iter_mut().filter(|word| *word == "127.0.0.1:0").for_each(|word| *word = address.to_owned());
    fails(&words_of(&there), 4, "cannot-listen");
    assert!(running.end().contains("the server has stopped"));
    let again = start(folder.path());
    assert_eq!(again.site()["registry"], site["registry"], "the same label");
    again.end();
}

fn words_of(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

#[test]
fn what_cannot_be_served_is_named() {
    let folder = place();
    fails(&words_of(&words(folder.path(), &["--election", "none"])), 4, "not-found");
    fails(&words_of(&words(folder.path(), &["--insecure-development-keys"])), 2, "usage");
    fs::remove_file(folder.path().join("wallet/index.html")).unwrap();
    let error = fails(&words_of(&words(folder.path(), &[])), 3, "no-wallet");
    assert_eq!(error["error"]["hint"], "`cargo xtask wallet` builds it");
}
