//! Steps that build parts of the workspace in unusual ways.

use super::Context;
use crate::{
    checks::arrows::{PROVING_SIDE, PUBLIC_SIDE},
    failure::Failure,
    metadata::Package,
    process::Process,
    summary::Ending,
};
use std::{collections::BTreeSet, path::Path};

/// Crates that must build without the standard library: what others embed and re-implement.
/// (`tabella-protocol` is not `no_std` itself; that it builds without its feature `std` is seen in [`features`].)
const NO_STD: [&str; 2] = ["tabella-primitives", "tabella-verifier"];

/// Targets that have no standard library, or one that does nothing. The first that is installed is used.
const BARE_TARGETS: [&str; 3] = ["x86_64-unknown-none", "thumbv7em-none-eabihf", "wasm32-unknown-unknown"];

/// Builds [`NO_STD`] without features: for this machine, and for a bare target if there is one.
///
/// A build for this machine alone would not notice a dependency that brings the standard library along, so the
/// features of all dependencies are looked at, too.
pub(super) fn no_std(context: &Context<'_>) -> Result<Ending, Failure> {
    let target = bare_target(context);
    let mut findings = Vec::new();
    for package in NO_STD {
        let check = ["check", "--package", package, "--no-default-features"];
        context.repository.cargo().args(check).run()?;
        if let Some(target) = target {
            context.repository.cargo().args(check).args(["--target", target]).run()?;
        }
        let tree = context
            .repository
            .cargo()
            .args(["tree", "--package", package, "--no-default-features", "--edges", "normal,no-proc-macro"])
            .args(["--prefix", "none", "--format", "{p} features:{f}"])
            .capture()?;
        findings.extend(
            with_std(&tree).into_iter().map(|name| format!("{package}: `{name}` is built with `std`")),
        );
    }
    if !findings.is_empty() {
        return Err(Failure::Findings { check: "no-std", list: findings });
    }
    let bare = match target {
        Some(target) => format!(", also for {target}"),
        None => format!("\nbare target SKIPPED: none of {} is installed", BARE_TARGETS.join(", ")),
    };
    Ok(Ending::Passed(format!("{}{bare}", NO_STD.join(", "))))
}

/// An installed target without a standard library. The developer's toolchain is left as it is: none is installed here.
fn bare_target(context: &Context<'_>) -> Option<&'static str> {
    let sysroot =
        Process::new("rustc", &context.repository.root).args(["--print", "sysroot"]).capture().ok()?;
    let libraries = Path::new(sysroot.trim()).join("lib").join("rustlib");
    BARE_TARGETS.into_iter().find(|target| libraries.join(target).join("lib").is_dir())
}

/// The packages in the output of `cargo tree` that have a feature `std` switched on.
fn with_std(tree: &str) -> BTreeSet<&str> {
    tree.lines()
        .filter_map(|line| line.split_once(" features:"))
        .filter(|(_, features)| features.trim_end_matches(" (*)").split(',').any(|feature| feature == "std"))
        .filter_map(|(package, _)| package.split_whitespace().next())
        .collect()
}

/// What other steps build with every combination: the lints take the fuzz targets in, the tests leave them out, and the command line tool and
/// this one use reports with spans and without.
const BUILT_ELSEWHERE: [&str; 2] = ["tabella-fuzz", "tabella-report"];

/// Builds every library with no feature, with each one alone, and with all.
pub(super) fn features(context: &Context<'_>) -> Result<Ending, Failure> {
    let packages = context.repository.metadata.packages.iter();
    let mut builds = 0;
    let elsewhere = |package: &Package| BUILT_ELSEWHERE.contains(&package.name.as_str());
    for package in packages.filter(|package| !package.features.is_empty() && !elsewhere(package)) {
        for selection in selections(package) {
            let check = ["check", "--package", &package.name, "--lib", "--no-default-features"];
            let mut cargo = context.repository.cargo().args(check);
            if !selection.is_empty() {
                cargo = cargo.args(["--features", &selection]);
            }
            cargo.run()?;
            builds += 1;
        }
    }
    Ok(Ending::Passed(format!("{builds} combinations")))
}

/// The combinations of features to build; the empty one first.
fn selections(package: &Package) -> Vec<String> {
    let names: Vec<&str> =
        package.features.keys().map(String::as_str).filter(|name| *name != "default").collect();
    let mut selections = vec![String::new()];
    selections.extend(names.iter().map(|&name| name.to_owned()));
    if names.len() > 1 {
        selections.push(names.join(","));
    }
    selections
}

/// Builds the crates of someone who only checks, each alone, and looks for what they must not reach.
pub(super) fn public_side(context: &Context<'_>) -> Result<Ending, Failure> {
    let mut findings = Vec::new();
    let mut notes = Vec::new();
    for package in PUBLIC_SIDE {
        context.repository.cargo().args(["check", "--package", package, "--lib"]).run()?;
        let tree = context
            .repository
            .cargo()
            .args([
                "tree",
                "--package",
                package,
                "--edges",
                "normal,build",
                "--prefix",
                "none",
                "--format",
                "{p}",
            ])
            .capture()?;
        let reached: BTreeSet<&str> =
            tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
        findings.extend(
            PROVING_SIDE
                .iter()
                .filter(|name| reached.contains(*name))
                .map(|name| format!("{package} reaches {name}")),
        );
        notes.push(format!("{package} ({} crates)", reached.len()));
    }
    if findings.is_empty() {
        Ok(Ending::Passed(notes.join(", ")))
    } else {
        Err(Failure::Findings { check: "public-side", list: findings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, path::PathBuf};

    #[test]
    fn a_dependency_with_std_is_found() {
        let tree = "tabella-verifier v0.1.0 (path) features:\n\
                    ark-ff v0.6.0 features:default,std\n\
                    serde v1.0.0 features:alloc,derive\n\
                    ark-ff v0.6.0 features:std (*)\n\
                    hex v0.4.3 features:nostd\n";
        assert_eq!(with_std(tree), BTreeSet::from(["ark-ff"]));
    }

    #[test]
    fn features_are_built_alone_and_together() {
        let features = ["default", "parallel", "std"].map(|name| (name.to_owned(), Vec::new()));
        let mut package = Package {
            name: "x".into(),
            manifest_path: PathBuf::new(),
            dependencies: Vec::new(),
            features: BTreeMap::from(features),
            targets: Vec::new(),
        };
        assert_eq!(selections(&package), ["", "parallel", "std", "parallel,std"]);
        package.features.remove("std");
        assert_eq!(selections(&package), ["", "parallel"]);
    }
}
