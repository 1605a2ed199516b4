//! The dependency arrows: which crate may import which.
//!
//! Data flows one way through the house, and someone who only checks an election compiles no code that handles
//! secrets: `verifier`, `ballot-box` and `audit` reach neither `prover` nor `circuits`. Development dependencies
//! are free.

use crate::{
    failure::Failure,
    metadata::{Dependency, Metadata, Package},
    repository::Repository,
};
use std::collections::{BTreeMap, BTreeSet};

/// What one crate may import of the workspace.
#[derive(Debug, Clone, Copy)]
enum Imports {
    /// These, always.
    Only(&'static [&'static str]),
    /// The first always; the second only if the feature named last switches them on.
    Behind(&'static [&'static str], &'static [&'static str], &'static str),
    /// Every library.
    Libraries,
}
use Imports::{Behind, Libraries, Only};

const LANES: &str = "tabella-lanes";
const KEYS: &str = "tabella-keys";
const PRIMITIVES: &str = "tabella-primitives";
const PROTOCOL: &str = "tabella-protocol";
const VERIFIER: &str = "tabella-verifier";
const PROVER: &str = "tabella-prover";
const CIRCOM: &str = "tabella-circom";
const CIRCUITS: &str = "tabella-circuits";
const PARAMS: &str = "tabella-params";
const BALLOT_BOX: &str = "tabella-ballot-box";
const STORE: &str = "tabella-store";
const AUDIT: &str = "tabella-audit";
const FACADE: &str = "tabella";
const SERVER: &str = "tabella-server";
const REPORT: &str = "tabella-report";
const SEMAPHORE: &str = "tabella-semaphore";
const TESTKIT: &str = "tabella-testkit";
const FUZZ: &str = "tabella-fuzz";

/// The arrows. Every member of the workspace stands here.
const ARROWS: &[(&str, Imports)] = &[
    (LANES, Only(&[])),
    (PRIMITIVES, Only(&[])),
    (PROTOCOL, Only(&[PRIMITIVES])),
    (VERIFIER, Only(&[PRIMITIVES])),
    (PROVER, Only(&[VERIFIER, PRIMITIVES, LANES])),
    (CIRCOM, Only(&[PROVER, VERIFIER, PRIMITIVES])),
    (KEYS, Only(&[CIRCOM, PROVER, PRIMITIVES])),
    (CIRCUITS, Only(&[PROTOCOL, PRIMITIVES])),
    (PARAMS, Behind(&[VERIFIER, PROTOCOL, PRIMITIVES], &[PROVER, KEYS], "proving")),
    (BALLOT_BOX, Only(&[PROTOCOL, VERIFIER, PRIMITIVES])),
    (STORE, Only(&[BALLOT_BOX, PROTOCOL, PRIMITIVES])),
    (AUDIT, Only(&[PROTOCOL, VERIFIER, PRIMITIVES])),
    (SEMAPHORE, Only(&[KEYS, CIRCOM, PROVER, PROTOCOL, VERIFIER, PRIMITIVES])),
    (
        FACADE,
        Only(&[
            PRIMITIVES, PROTOCOL, VERIFIER, PROVER, CIRCOM, KEYS, CIRCUITS, PARAMS, BALLOT_BOX, STORE, AUDIT,
            SEMAPHORE,
        ]),
    ),
    (REPORT, Only(&[])),
    (SERVER, Only(&[FACADE])),
    ("tabella-cli", Only(&[FACADE, SERVER, REPORT])),
    ("tabella-benches", Libraries),
    ("tabella-peers", Libraries),
    (FUZZ, Libraries),
    (TESTKIT, Only(&[])),
    ("xtask", Only(&[REPORT])),
];

/// Crates that must build without anything that proves.
pub(crate) const PUBLIC_SIDE: [&str; 3] = [VERIFIER, BALLOT_BOX, AUDIT];

/// What the crates of [`PUBLIC_SIDE`] must not reach, directly or through others.
pub(crate) const PROVING_SIDE: [&str; 5] = [PROVER, CIRCUITS, "ark-groth16", "ark-r1cs-std", "ark-relations"];

/// Checks the arrows of the workspace; the answer is a line for the summary.
pub(crate) fn run(repository: &Repository) -> Result<String, Failure> {
    let (arrows, list) = check(&repository.metadata);
    if list.is_empty() {
        Ok(format!("{arrows} arrows between {} crates hold", repository.metadata.packages.len()))
    } else {
        Err(Failure::Findings { check: "arrows", list })
    }
}

/// The number of arrows, and a sentence for each one that must not be.
fn check(metadata: &Metadata) -> (usize, Vec<String>) {
    let members: BTreeSet<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let rules: BTreeMap<&str, Imports> = ARROWS.iter().copied().collect();
    let mut arrows = 0;
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let Some(rule) = rules.get(package.name.as_str()) else {
            findings.push(format!("{}: stands in no list of arrows; add it to {}", package.name, file!()));
            continue;
        };
        let imports = package.dependencies.iter().filter(|d| d.kind.as_deref() != Some("dev"));
        for import in imports.filter(|d| members.contains(d.name.as_str())) {
            arrows += 1;
            if let Some(reason) = forbidden(package, import, *rule) {
                findings.push(format!("{} -> {}: {reason}", package.name, import.name));
            }
        }
    }
    (arrows, findings)
}

/// Why this import must not be, if so.
fn forbidden(package: &Package, import: &Dependency, rule: Imports) -> Option<String> {
    // The fuzz targets are for development as a whole: their seeds are known answers.
    if import.name == TESTKIT && package.name != FUZZ {
        return Some("the testkit is for development dependencies only".into());
    }
    let name = import.name.as_str();
    match rule {
        Only(allowed) => (!allowed.contains(&name)).then(|| may_import(allowed)),
        Libraries => {
            (name == "xtask" || name == "tabella-cli").then(|| "only libraries may be imported".into())
        }
        Behind(_, guarded, feature) if guarded.contains(&name) => {
            if !import.optional {
                return Some(format!("allowed only behind the feature `{feature}`, but it is not optional"));
            }
            let switch = [format!("dep:{name}"), name.to_owned()];
            let wrong = package
                .features
                .iter()
                .find(|(f, on)| *f != feature && on.iter().any(|o| switch.contains(o)));
            let by_default =
                package.features.get("default").is_some_and(|on| on.iter().any(|o| o == feature));
            match wrong {
                Some((other, _)) => {
                    Some(format!("allowed only behind `{feature}`, but `{other}` switches it on"))
                }
                None if by_default => Some(format!("`{feature}` must not be a default feature")),
                None => None,
            }
        }
        Behind(allowed, ..) => (!allowed.contains(&name)).then(|| may_import(allowed)),
    }
}

fn may_import(allowed: &[&str]) -> String {
    if allowed.is_empty() {
        "it may import no crate of the house".into()
    } else {
        format!("it may import only {}", allowed.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(packages: &str) -> Metadata {
        Metadata::parse(&format!(r#"{{ "target_directory": "target", "packages": [{packages}] }}"#)).unwrap()
    }

    fn package(name: &str, dependencies: &str, features: &str) -> String {
        format!(
            r#"{{ "name": "{name}", "manifest_path": "Cargo.toml", "dependencies": [{dependencies}], "features": {{ {features} }} }}"#
        )
    }

    fn import(name: &str) -> String {
        format!(r#"{{ "name": "{name}", "kind": null }}"#)
    }

    fn findings(packages: &[String]) -> Vec<String> {
        check(&workspace(&packages.join(","))).1
    }

    #[test]
    fn allowed_arrows_pass() {
        let (arrows, findings) = check(&workspace(
            &[
                package(PRIMITIVES, &import("ark-ff"), ""),
                package(VERIFIER, &import(PRIMITIVES), ""),
                package(AUDIT, &[import(VERIFIER), import(PRIMITIVES)].join(","), ""),
            ]
            .join(","),
        ));
        assert_eq!((arrows, findings), (3, vec![]));
    }

    #[test]
    fn a_planted_arrow_is_named() {
        let planted = [package(VERIFIER, &import(PROVER), ""), package(PROVER, "", "")];
        assert_eq!(
            findings(&planted),
            ["tabella-verifier -> tabella-prover: it may import only tabella-primitives"]
        );
        let planted = [package(PRIMITIVES, &import(PROTOCOL), ""), package(PROTOCOL, "", "")];
        assert_eq!(
            findings(&planted),
            ["tabella-primitives -> tabella-protocol: it may import no crate of the house"]
        );
        let planted =
            [package("tabella-benches", &import("tabella-cli"), ""), package("tabella-cli", "", "")];
        assert_eq!(findings(&planted), ["tabella-benches -> tabella-cli: only libraries may be imported"]);
    }

    #[test]
    fn development_dependencies_are_free_and_the_testkit_is_only_that() {
        let dev = format!(r#"{{ "name": "{TESTKIT}", "kind": "dev" }}"#);
        assert_eq!(findings(&[package(VERIFIER, &dev, ""), package(TESTKIT, "", "")]), Vec::<String>::new());
        assert_eq!(
            findings(&[package(VERIFIER, &import(TESTKIT), ""), package(TESTKIT, "", "")]),
            ["tabella-verifier -> tabella-testkit: the testkit is for development dependencies only"]
        );
        assert_eq!(
            findings(&[package(FUZZ, &import(TESTKIT), ""), package(TESTKIT, "", "")]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn build_dependencies_are_imports() {
        let build = format!(r#"{{ "name": "{PROVER}", "kind": "build" }}"#);
        assert_eq!(findings(&[package(VERIFIER, &build, ""), package(PROVER, "", "")]).len(), 1);
    }

    #[test]
    fn params_reach_the_prover_only_behind_their_feature() {
        let optional = format!(r#"{{ "name": "{PROVER}", "kind": null, "optional": true }}"#);
        let with = |dependency: &str, features: &str| {
            findings(&[package(PARAMS, dependency, features), package(PROVER, "", "")])
        };
        assert_eq!(with(&optional, r#""proving": ["dep:tabella-prover"]"#), Vec::<String>::new());
        assert_eq!(
            with(&import(PROVER), ""),
            [
                "tabella-params -> tabella-prover: allowed only behind the feature `proving`, but it is not optional"
            ]
        );
        assert_eq!(
            with(&optional, r#""fast": ["dep:tabella-prover"]"#),
            ["tabella-params -> tabella-prover: allowed only behind `proving`, but `fast` switches it on"]
        );
        assert_eq!(
            with(&optional, r#""default": ["proving"], "proving": ["dep:tabella-prover"]"#),
            ["tabella-params -> tabella-prover: `proving` must not be a default feature"]
        );
    }

    #[test]
    fn every_crate_must_be_listed() {
        let found = findings(&[package("tabella-new", "", "")]);
        assert!(
            matches!(found.as_slice(), [line] if line.starts_with("tabella-new: stands in no list of arrows"))
        );
    }
}
