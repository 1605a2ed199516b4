//! Every route, with what is right and with what is not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on shall stop")]

mod common;

use common::{Place, Running};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};
use tabella::{
    Citizen, identity::RegistryLabel, params::Manifest, primitives::rng, prover::ProvingKey,
    statement::CircuitId,
};
use tabella_server::{Purpose, Settings};

fn draft(change: impl FnOnce(&mut Value)) -> String {
    let mut draft = json!({
        "title": "Lunch", "question": "Where do we eat?", "options": ["Canteen", "Park"], "minutes": 10, "kind": "open",
    });
    change(&mut draft);
    draft.to_string()
}

#[test]
fn registrations_are_checked() {
    let place = Place::new();
    let site = place.rehearse();
    let label = RegistryLabel::new(site.site()["registry"]["label"].as_str().unwrap()).unwrap();
    let citizen = Citizen::generate(&mut rng::from_os().unwrap());
    let register = |body: &str| site.post("/api/v1/registrations", body);
    assert_eq!(register(&citizen.registration(&label).to_json()).expect(201).json(), json!({"slot": 0}));
    let again = register(&citizen.registration(&label).to_json());
    assert_eq!(again.refusal(), (409, "already-registered".to_owned()));
    assert_eq!(again.json()["error"]["message"], "this identity is registered already, in slot 0");
    let bad = (422, "bad-registration".to_owned());
    let other = RegistryLabel::new("another town").unwrap();
    assert_eq!(register(&citizen.registration(&other).to_json()).refusal(), bad);
    let stranger = Citizen::generate(&mut rng::from_os().unwrap()).registration(&label).to_json();
    let forged = stranger.replacen("\"signature\":\"", "\"signature\":\"00", 1);
    for body in ["", "{}", "null", "\u{0}", &forged] {
        assert_eq!(register(body).refusal(), bad, "{body}");
    }
    assert_eq!(register(&" ".repeat(4097)).refusal(), (413, "too-large".to_owned()));
    assert_eq!(site.site()["registry"]["size"], 1);
}

#[test]
fn drafts_of_elections_are_checked() {
    let place = Place::new();
    let site = place.rehearse();
    let start = |body: &str| site.post("/api/v1/rehearsal/elections", body);
    assert_eq!(start(&draft(|_| ())).refusal(), (409, "nobody-registered".to_owned()));
    site.citizen();
    let bad = (422, "bad-election".to_owned());
    let changes: &[fn(&mut Value)] = &[
        |d| d["minutes"] = json!(0),
        |d| d["minutes"] = json!(10_081),
        |d| d["minutes"] = json!(u64::MAX),
        |d| d["title"] = json!(""),
        |d| d["question"] = json!("\u{202e}"),
        |d| d["options"] = json!(["Canteen"]),
        |d| d["options"] = json!(["Canteen", "Canteen"]),
        |d| d["options"] = json!(vec!["x"; 300]),
        // A secret ballot needs a second citizen to hide behind.
        |d| d["kind"] = json!("secret"),
        |d| {
            (d["kind"], d["options"]) =
                (json!("secret"), json!((0..9).map(|n| n.to_string()).collect::<Vec<_>>()))
        },
    ];
    for change in changes {
        let body = draft(change);
        assert_eq!(start(&body).refusal(), bad, "{body}");
    }
    let status = |body: &str| start(body).refusal();
    assert_eq!(status("{"), (400, "bad-request".to_owned()));
    assert_eq!(status(&draft(|d| d["kind"] = json!("other"))), (422, "bad-request".to_owned()));
    assert_eq!(status(&draft(|d| d["more"] = json!(1))), (422, "bad-request".to_owned()));
    assert_eq!(status(&draft(|d| d["title"] = json!("x".repeat(64 << 10)))), (413, "too-large".to_owned()));
    let plain =
        site.post_with("/api/v1/rehearsal/elections", draft(|_| ()), &[("content-type", "text/plain")]);
    assert_eq!(plain.refusal(), (415, "bad-request".to_owned()));
    assert_eq!(site.site()["elections"], json!([]));
    start(&draft(|_| ())).expect(201);
}

#[test]
fn ballots_are_checked_and_unknown_things_named() {
    let place = Place::new();
    let site = place.rehearse();
    let (citizen, _other) = (site.citizen(), site.citizen());
    let id = site.start_election("open", &["Canteen", "Park"]);
    let second = site.start_election("open", &["Canteen", "Park"]);
    let election = site.election(&id);
    let ballot = site.ballot(&election, &citizen, "Park");
    let cast = |id: &str, body: &str| site.post(&format!("/api/v1/elections/{id}/ballots"), body);
    assert_eq!(cast(&second, &ballot.to_json()).refusal(), (422, "unknown-election".to_owned()));
    for body in ["", "{}", "[]", "\u{0}"] {
        assert_eq!(cast(&id, body).refusal(), (422, "malformed".to_owned()), "{body}");
    }
    let changed = ballot.to_json().replacen("\"selection\":[1]", "\"selection\":[0]", 1);
    assert_ne!(changed, ballot.to_json());
    assert_eq!(cast(&id, &changed).refusal(), (422, "invalid-proof".to_owned()));
    let outside = ballot.to_json().replacen("\"selection\":[1]", "\"selection\":[2]", 1);
    assert_eq!(cast(&id, &outside).refusal(), (422, "invalid-selection".to_owned()));
    assert_eq!(cast(&id, &" ".repeat(4097)).refusal(), (413, "too-large".to_owned()));
    assert_eq!(site.state(&id)["ballots"], 0);

    let unknown = (404, "unknown-election".to_owned());
    let long = "0".repeat(64);
    for id in ["x", long.as_str(), "%2e%2e", "..%2f..", &id.to_uppercase()] {
        for path in ["manifest", "state", "registry/upper", "registry/pages/0", "record"] {
            assert_eq!(site.get(&format!("/api/v1/elections/{id}/{path}")).refusal(), unknown, "{id}");
        }
        assert_eq!(cast(id, &ballot.to_json()).refusal(), unknown);
        assert_eq!(site.post(&format!("/api/v1/rehearsal/elections/{id}/close"), "").refusal(), unknown);
    }
    for number in ["1", "-1", "x", "18446744073709551616", "18446744073709551615"] {
        let page = site.get(&format!("/api/v1/elections/{id}/registry/pages/{number}"));
        assert_eq!(page.refusal(), (404, "unknown-page".to_owned()));
    }
    for path in ["", "/", "/elections", "/nothing", "/elections/x/y/z"] {
        assert_eq!(site.get(&format!("/api/v1{path}")).refusal(), (404, "unknown-path".to_owned()), "{path}");
    }
    let wrong = (405, "method-not-allowed".to_owned());
    assert_eq!(site.post("/api/v1/site", "").refusal(), wrong);
    assert_eq!(site.get("/api/v1/registrations").refusal(), wrong);
}

#[test]
fn keys_are_those_that_are_pinned() {
    let place = Place::new();
    let site = place.rehearse();
    let answer = site.get("/api/v1/keys/membership-10-v1").expect(200);
    let expected = common::proving_key(CircuitId::Membership10V1);
    let served = ProvingKey::from_compact_bytes(&answer.bytes).unwrap();
    assert_eq!(served.verifying_key(), expected.verifying_key());
    let digest = answer.header("etag").trim_matches('"').to_owned();
    let pinned = Manifest::pinned().entry(CircuitId::Membership10V1).unwrap().compact_key;
    assert_eq!(digest, pinned.digest.to_string());
    assert_eq!(
        (answer.header("cache-control"), answer.header("content-type")),
        ("no-cache", "application/octet-stream")
    );
    let again = site.get_with("/api/v1/keys/membership-10-v1", &[("if-none-match", answer.header("etag"))]);
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let this = site.get(&format!("/api/v1/keys/membership-10-v1?digest={digest}")).expect(200);
    assert_eq!(this.header("cache-control"), "public, max-age=31536000, immutable");
    let other = site.get("/api/v1/keys/membership-10-v1?digest=00");
    assert_eq!(other.refusal(), (404, "other-key".to_owned()));
    for circuit in ["sum-2-of-64-v1", "tally-8-v1", "membership-11-v1", "x", "..%2f.."] {
        let answer = site.get(&format!("/api/v1/keys/{circuit}"));
        assert_eq!(answer.refusal(), (404, "unknown-circuit".to_owned()), "{circuit}");
    }
}

#[test]
fn the_wallet_is_served_with_strict_headers() {
    let place = Place::new();
    let site = place.rehearse();
    let page = site.get("/").expect(200);
    assert!(page.text().contains("Tabella"));
    assert_eq!((page.header("content-type"), page.header("cache-control")), ("text/html", "no-cache"));
    let script = site.get("/assets/index-BfZ3kq_x.js").expect(200);
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    let missing = site.get("/nothing.html");
    assert_eq!(missing.refusal(), (404, "unknown-path".to_owned()));
    let missing_asset = site.get("/assets/gone-12345678.js");
    assert_eq!((missing_asset.status, missing_asset.header("cache-control")), (404, "no-store"));
    for answer in [&page, &script, &missing, &site.get("/api/v1/site"), &site.get("/api/v1/x")] {
        let policy = answer.header("content-security-policy");
        assert!(
            policy
                .starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; ")
        );
        assert!(policy.ends_with("base-uri 'none'; form-action 'none'; frame-ancestors 'none'"), "{policy}");
        let expected = [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
        ];
        for (name, value) in expected {
            assert_eq!(answer.header(name), value);
        }
    }
    assert_eq!(site.get("/api/v1/site").header("cache-control"), "no-store");

    // Packed where it is asked for; files that are packed already as they are.
    let packed = raw(&site, "GET / HTTP/1.1", "accept-encoding: gzip\r\n");
    assert!(packed.contains("content-encoding: gzip"), "{packed}");
    let packed = raw(&site, "GET /assets/engine-12345678.wasm HTTP/1.1", "accept-encoding: br\r\n");
    assert!(packed.contains("content-encoding: br") && packed.ends_with("packed"), "{packed}");
    assert!(packed.contains("content-type: application/wasm"), "{packed}");
}

#[test]
fn pages_need_not_be_isolated() {
    let place = Place::new();
    let site = Running::start(Settings { isolation: false, ..place.settings(Purpose::Rehearsal) });
    let page = site.get("/").expect(200);
    assert_eq!(page.header("cross-origin-opener-policy"), "");
    assert_eq!(page.header("cross-origin-embedder-policy"), "");
    assert!(!page.header("content-security-policy").is_empty());
}

/// Sends a request as it is, and reads the answer to the end.
fn raw(site: &Running, line: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(site.address).unwrap();
    write!(stream, "{line}\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n", site.address).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn nothing_outside_the_wallet_is_served() {
    let place = Place::new();
    let site = place.rehearse();
    fs::write(place.at("wallet/a b.txt"), "spaces").unwrap();
    assert_eq!(site.get("/a%20b.txt").expect(200).text(), "spaces");
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%2fetc/passwd",
        "//etc/passwd",
        "/%00",
        "/../site/site.json",
    ] {
        let answer = raw(&site, &format!("GET {path} HTTP/1.1"), "");
        assert!(answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400"), "{path}: {answer}");
        assert!(!answer.contains("not for the public") && !answer.contains("root:"), "{path}");
    }
}

#[test]
fn pages_of_other_sites_cannot_act() {
    let place = Place::new();
    let site = place.rehearse();
    site.citizen();
    let start = |from: &str| {
        site.post_with("/api/v1/rehearsal/elections", draft(|_| ()), &[("sec-fetch-site", from)])
    };
    for from in ["cross-site", "same-site"] {
        assert_eq!(start(from).refusal(), (403, "foreign-page".to_owned()));
    }
    start("same-origin").expect(201);
    start("none").expect(201);
    assert_eq!(site.site()["elections"].as_array().unwrap().len(), 2);
}
